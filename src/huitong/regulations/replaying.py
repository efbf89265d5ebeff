"""A running case replayed under another text: how far its steps fit, and where it would stand.

What a step lacked there (a fact, a consent, the right body) is noted with the article, mended, and
the replay goes on. A step that keeps its stage and that the other text has not (an extension, a
supplement) is noted and left out. It stops at a step that would leave a stage otherwise than the
other text allows, or that it forbids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from huitong.regulations import rules, saying
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FlatTable, Happened, Names, State, Step

Ending = Literal["fits", "stops", "ends"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was really taken: by which role of its own table, and from which state."""

    event: Happened
    role: str
    from_state: str


@dataclass(frozen=True, slots=True)
class Note:
    """One thing in which the other text treats a step differently; `names` say which."""

    step: Names
    names: Names
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """The case as the other text would have it. `stops` where it went on without a way there.

    `cite` are the clauses of the state, or of the step that led to an end.
    """

    ending: Ending
    state: State
    history: tuple[Happened, ...]
    notes: tuple[Note, ...]
    cite: tuple[str, ...]


def replay(
    here: FlatTable, taken: Sequence[Taken], there: FlatTable, computed: Mapping[str, object]
) -> Replay:
    """Return how far the steps of a case fit another table of its kind.

    `computed` are facts that the engine finds out itself and that the case's own table never asked
    for; what is not among them counts as not so.
    """
    run = _Run(here, there, dict(computed))
    for number, one in enumerate(taken):
        ending = run.step(one, first=number == 0)
        if ending is not None:
            return run.result(ending)
    return run.result("fits")


class _Run:
    def __init__(self, here: FlatTable, there: FlatTable, computed: dict[str, object]) -> None:
        self.here, self.there, self.computed = here, there, computed
        self.state = ""
        self.cite: tuple[str, ...] = ()
        self.known: dict[str, object] = {}
        self.history: list[Happened] = []
        self.notes: list[Note] = []

    def result(self, ending: Ending) -> Replay:
        state = self.there.states[self.state]
        return Replay(
            ending, state, tuple(self.history), tuple(self.notes), state.cite or self.cite
        )

    def step(self, one: Taken, *, first: bool) -> Ending | None:
        """Take one step; return how the replay ends where it ends here."""
        if self.state and self.there.states[self.state].is_end:
            names = Names("那里此前已经办结", "there the case had ended before")
            self._note(one, names, self._cite_of_state())
            return "ends"
        rows = self.there.entry_steps if first else self.there.rows(one.event.step, self.state)
        if not rows:
            return self._no_such_step(one)
        row = self._row_of_role(one, rows)
        given = {**self.computed, **one.event.facts}
        for fact in rules.missing_facts(self.there, row, given, self.known):
            said = Names(f"缺少：{fact.names.zh}", f"lacks: {fact.names.en}")
            self._note(one, said, fact.cite)
        given |= {name: self.computed.get(name) for name in row.computed if name not in given}
        facts = rules.deciding(row, given, self.known)
        guard = rules.barred_by(row, facts)
        if guard is not None:
            why = PREDICATES[guard.when].names
            self._note(one, Names(f"不得作出：{why.zh}", f"barred: {why.en}"), guard.cite)
            if self.state:
                return "stops"
        to = rules.route_of(row, facts).to
        self.history.append(Happened(row.name, row.stage, one.event.at, one.event.facts, to))
        self.known |= facts
        self.cite = row.cite
        self.state = to
        return None

    def _no_such_step(self, one: Taken) -> Ending | None:
        source, target = one.from_state, one.event.to_state
        stays = self.here.states[source].stage == self.here.states[target].stage
        if stays:
            names = Names("那里没有这一步，略过", "no such step there, left out")
            self._note(one, names, self._looked(one))
            return None
        names = Names("那里没有这一步", "no such step there")
        self._note(one, names, self._looked(one))
        return "stops"

    def _looked(self, one: Taken) -> tuple[str, ...]:
        """Return the clause that is silent on the step there, else that of the state."""
        stage, _, outcome = one.event.step.partition(".")
        power = {"ask_extension": "extend", "grant_extension": "extend", "consent": "consent"}
        parameter = power.get(outcome, "supplement" if "supplement" in outcome else outcome)
        for key in (f"{stage}.{parameter}", stage):
            if key in self.there.silent:
                return (self.there.silent[key],)
            if key in self.there.closed:
                return self.there.closed[key]
        return self._cite_of_state()

    def _cite_of_state(self) -> tuple[str, ...]:
        if self.state:
            return self.there.states[self.state].cite or self.cite
        return tuple(dict.fromkeys(c for row in self.there.entry_steps for c in row.cite))

    def _row_of_role(self, one: Taken, rows: Sequence[Step]) -> Step:
        acted = self._standing(self.here, one.role)
        for row in rows:
            if self._standing(self.there, row.by) == acted:
                return row
        roles = [self.there.roles[row.by].names for row in rows]
        who = saying.named(dict.fromkeys(roles))
        self._note(one, Names(f"那里由{who.zh}办理", f"there it falls to {who.en}"), rows[0].cite)
        return rows[0]

    @staticmethod
    def _standing(table: FlatTable, role: str) -> object:
        return saying.standing(table.roles[role]) if role in table.roles else role

    def _note(self, one: Taken, names: Names, cite: tuple[str, ...]) -> None:
        word = self.here.step_named(one.event.step)
        step = word.names if word else Names(one.event.step, one.event.step)
        self.notes.append(Note(step, names, cite))
