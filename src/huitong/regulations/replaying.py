"""A running case replayed under another text: how far its steps fit, and where it would stand.

What a step lacked there (a fact, a consent, the right body) is noted with the article, mended, and
the replay goes on. A step that keeps its stage and that the other text has not (an extension, a
supplement) is noted and left out. It stops at a step that would leave a stage otherwise than the
other text allows, or that it forbids. Where the way on hangs on a fact that cannot be known from
the case it stops too and says on which one: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from huitong.regulations import doubts, rules, saying
from huitong.regulations.doubts import NOT_ASKED, Doubt, Unknown
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import EACH, FlatTable, Happened, Names, State, Step

Ending = Literal["fits", "stops", "ends", "unknown"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was really taken: by which role of its own table, and from which state."""

    event: Happened
    role: str
    from_state: str


Look: TypeAlias = Callable[[str, Taken, str, Mapping[str, object]], object]
"""Finds a computed fact out once more: its name, the step, the state there before it, and the facts
known by then. Returns its value, or `Unknown`."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing in which the other text treats a step differently; `names` say which."""

    step: Names
    names: Names
    cite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """The case as the other text would have it. `stops` where it went on without a way there.

    `cite` are the clauses of the state, or of the step that led to an end. `state` is None where
    already the first state cannot be known. `unknown` are the facts that the other text asks for
    and that cannot be known, with the reason of each.
    """

    ending: Ending
    state: State | None
    history: tuple[Happened, ...]
    notes: tuple[Note, ...]
    cite: tuple[str, ...]
    unknown: Mapping[str, Names]


def replay(here: FlatTable, taken: Sequence[Taken], there: FlatTable, look: Look) -> Replay:
    """Return how far the steps of a case fit another table of its kind.

    `look` finds out the facts that the other table has computed and this one has not.
    """
    run = _Run(here, there, look)
    for number, one in enumerate(taken):
        ending = run.step(one, first=number == 0)
        if ending is not None:
            return run.result(ending)
    return run.result("fits")


class _Run:
    def __init__(self, here: FlatTable, there: FlatTable, look: Look) -> None:
        self.here, self.there, self.look = here, there, look
        self.state = ""
        self.cite: tuple[str, ...] = ()
        self.known: dict[str, object] = {}
        self.unknown: dict[str, Names] = {}
        self.history: list[Happened] = []
        self.notes: list[Note] = []

    def result(self, ending: Ending) -> Replay:
        state = self.there.states[self.state] if self.state else None
        cite = (state.cite if state else ()) or self.cite or self._cite_of_state()
        notes = tuple(self.notes)
        return Replay(ending, state, tuple(self.history), notes, cite, dict(self.unknown))

    def step(self, one: Taken, *, first: bool) -> Ending | None:
        """Take one step; return how the replay ends where it ends here."""
        if self.state and self.there.states[self.state].is_end:
            names = Names("那里此前已经办结", "there the case had ended before")
            self._note(one, names, self._cite_of_state())
            return "ends"
        if self._is_answer_of_several(one):
            return None  # the stage goes on: only the last of them decides, here and there
        rows = self.there.entry_steps if first else self.there.rows(one.event.step, self.state)
        if not rows:
            return self._no_such_step(one)
        row = self._row_of_role(one, rows)
        given = self._given(one, row)
        for fact in rules.missing_facts(self.there, row, given, self.known):
            if fact.name not in row.computed:
                said = Names(f"缺少：{fact.names.zh}", f"lacks: {fact.names.en}")
                self._note(one, said, fact.cite)
        facts = rules.deciding(row, given, self.known)
        ending = self._barred(one, row, facts)
        if ending is not None and self.state:
            return ending
        way = doubts.route_of(row.routes, facts, self.unknown, self.there.facts)
        if isinstance(way, Doubt):
            self._doubt(one, way, row.cite, Names("去向", "where it leads"))
            return "unknown"
        found = {name: given[name] for name in row.computed if name in given}
        event = replace(one.event, step=row.name, stage=row.stage, to_state=way.to)
        self.history.append(replace(event, facts={**one.event.facts, **found}))
        self.known |= facts
        self.cite = row.cite
        self.state = way.to
        return None

    def _given(self, one: Taken, row: Step) -> dict[str, object]:
        """Return the facts of a step, those that the other text has computed found out anew."""
        given = dict(one.event.facts)
        for name in row.computed:
            if name not in given:
                value = self.look(name, one, self.state, {**self.known, **given})
                if isinstance(value, Unknown):
                    self.unknown[name] = value.why
                    continue
                given[name] = value
            self.unknown.pop(name, None)
        mine = self.here.rows(one.event.step, one.from_state)
        asked = {name for row_ in mine for name in (*row_.own_facts, *row_.computed)}
        for name in row.own_facts:
            if name in given or name in self.known:
                self.unknown.pop(name, None)
            elif name not in asked:
                self.unknown[name] = NOT_ASKED
        return given

    def _barred(self, one: Taken, row: Step, facts: Mapping[str, object]) -> Ending | None:
        """Return how the replay ends at a step that is, or may be, forbidden there."""
        for guard in row.forbidden:
            answer = doubts.holds(guard.when, facts, self.unknown, self.there.facts)
            why = PREDICATES[guard.when].names
            if isinstance(answer, Doubt):
                said = Names(f"是否“{why.zh}”", f"whether {why.en}")
                self._doubt(one, answer, guard.cite, said)
                return "unknown"
            if answer:
                self._note(one, Names(f"不得作出：{why.zh}", f"barred: {why.en}"), guard.cite)
                return "stops"
        return None

    def _doubt(self, one: Taken, doubt: Doubt, cite: tuple[str, ...], what: Names) -> None:
        on = named_facts(self.there, doubt.facts)
        zh = f"{what.zh}取决于{on.zh}，从办件不能得知"
        en = f"{what.en} hangs on {on.en}, which the case does not tell"
        self._note(one, Names(zh, en), cite)

    def _is_answer_of_several(self, one: Taken) -> bool:
        """Whether one of several departments answered and the stage went on for the others."""
        rows = self.here.rows(one.event.step, one.from_state)
        each = any(row.several == EACH and row.by == one.role for row in rows)
        return each and one.event.to_state == one.from_state

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


def named_facts(table: FlatTable, facts: Iterable[str]) -> Names:
    """Return facts of a table by their names, in quotation marks."""
    found = [table.facts[name].names for name in facts if name in table.facts]
    return saying.named(Names(f"“{n.zh}”", f"“{n.en}”") for n in found)
