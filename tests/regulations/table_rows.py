"""What a row says of a procedure as a whole: its stages, steps, ways, powers and silences.

Nothing of this depends on how far a case has come; `test_specification.py` walks the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from huitong.regulations import rules
from huitong.regulations.law import ProcedureText, Profile, StageText
from huitong.regulations.types import ON_PAPER, Step, TimeLimit
from regulations.looking import Looked, Row, called, worded
from regulations.walking import Walk


class TableRow:
    """One row beside the table of its procedure."""

    def __init__(self, profile: Profile, row: Row, walk: Walk, looked: Looked) -> None:
        self.row = row
        self.walk = walk
        self.table = walk.table
        self.looked = looked
        self.text: ProcedureText = profile.kinds[row["at"]]

    def check(self) -> None:
        """Compare every key of the row that this class knows."""
        for key in self.row.keys() & STEPS.keys():
            for name, wanted in self.row[key].items():
                for step in self._steps(name):
                    STEPS[key](self, step, wanted)
                    self.looked.at(key, step.cite)
        for key in self.row.keys() & STAGES.keys():
            for name, wanted in self.row[key].items():
                STAGES[key](self, key, self._stage(name), wanted)
        for key in self.row.keys() & WHOLE.keys():
            WHOLE[key](self, key, self.row[key])

    def _steps(self, name: str) -> list[Step]:
        """Return the rows of a step from where the case stands, else from the first place."""
        here = list(self.table.rows(name, self.walk.state))
        first = self.table.step_named(name)
        assert first is not None, f"{self.table.kind} has no step {name}"
        return here or list(self.table.rows(name, first.source))

    def _stage(self, name: str) -> StageText:
        on = self.table.since
        wordings = [
            one
            for one in self.text.stages.get(name, ())
            if one.since is None or (on is not None and one.since <= on)
        ]
        assert wordings, f"{self.table.kind} has no stage {name}"
        return wordings[-1]

    # Steps.

    def _by(self, step: Step, wanted: object) -> None:
        taken_by = [row.by for row in self.table.rows(step.name, step.source)]
        assert called(self.table.roles, taken_by, wanted), f"{step.name} is taken by {taken_by}"
        self.looked.by_the_way("by", *(self.table.roles[role].cite for role in taken_by))

    def _facts(self, step: Step, wanted: object) -> None:
        on_paper = ON_PAPER if self.table.roles[step.by].recorded_by else ()
        asked = [*worded(wanted), *on_paper]
        assert list(step.facts) == list(dict.fromkeys(asked)), f"{step.name}: {step.facts}"

    def _facts_when(self, step: Step, wanted: Mapping[str, str]) -> None:
        assert {need.name: need.when for need in step.facts_when} == wanted, step.facts_when
        self.looked.at("facts_when", *(need.cite for need in step.facts_when))

    def _optional(self, step: Step, wanted: object) -> None:
        assert list(step.optional) == worded(wanted), f"{step.name}: {step.optional}"

    def _computed(self, step: Step, wanted: object) -> None:
        assert list(step.computed) == worded(wanted), f"{step.name}: {step.computed}"

    def _told(self, step: Step, wanted: object) -> None:
        assert called(self.table.roles, step.tell, wanted), f"{step.name} tells {step.tell}"

    def _forbidden(self, step: Step, wanted: Mapping[str, str]) -> None:
        found = {guard.when: guard.cite for guard in step.forbidden}
        assert {when: " ".join(cite) for when, cite in found.items()} == wanted, found
        self.looked.by_the_way("forbidden", *found.values())

    def _to(self, step: Step, wanted: object) -> None:
        if isinstance(wanted, Mapping):
            ways = {route.when or "else": self._place(route.to) for route in step.routes}
            assert ways == wanted, f"{step.name}: {ways}"
            assert list(ways) == list(wanted), "the first way whose condition holds is taken"
            return
        facts = self.row.get("facts", {})
        own = {f: v for f, v in facts.items() if f in step.own_facts or f in step.computed}
        route = rules.route_of(step, rules.deciding(step, own, self.walk.facts))
        assert self._place(route.to) == wanted, f"{step.name} leads to {route.to}"

    def _place(self, state: str) -> str:
        return self.table.states[state].stage

    def _rests_on(self, step: Step, wanted: object) -> None:
        assert list(step.cite) == worded(wanted), f"{step.name} rests on {step.cite}"

    def _of_several(self, step: Step, wanted: object) -> None:
        assert (step.several or "none") == wanted, f"{step.name}: of several {step.several}"

    def _does(self, step: Step, wanted: object) -> None:
        assert list(step.effects) == worded(wanted), f"{step.name}: {step.effects}"

    # Stages.

    def _owners(self, key: str, stage: StageText, wanted: object) -> None:
        assert called(self.table.roles, stage.all_of or stage.by, wanted), stage.by
        self.looked.at(key, stage.cite)

    def _all_of(self, key: str, stage: StageText, wanted: object) -> None:
        assert called(self.table.roles, stage.all_of, wanted), stage.all_of
        self.looked.at(key, stage.cite)

    def _consulting(self, key: str, stage: StageText, wanted: object) -> None:
        roles = stage.consulting.roles if stage.consulting else ()
        # Who is consulted gives an opinion on paper and need not be a role of the table.
        assert list(roles) == worded(wanted), roles
        self.looked.at(key, stage.consulting.cite if stage.consulting else stage.cite)

    def _consent(self, key: str, stage: StageText, wanted: object) -> None:
        by = [stage.consent.by] if stage.consent else []
        assert called(self.table.roles, by, wanted), by
        self.looked.at(key, stage.consent.cite if stage.consent else self._silence(stage, key))

    def _force(self, key: str, stage: StageText, wanted: object) -> None:
        assert stage.force == wanted, stage.force
        self.looked.at(key, stage.cite)

    def _times(self, key: str, stage: StageText, wanted: object) -> None:
        said = [] if wanted == "none" else wanted if isinstance(wanted, list) else [wanted]
        assert [_limit(limit) for limit in stage.times] == said, stage.times
        if stage.times:
            self.looked.at(key, *(limit.cite for limit in stage.times))
        else:
            self.looked.at(key, self._silence(stage, "time"))

    def _wait(self, key: str, stage: StageText, wanted: object) -> None:
        assert (_limit(stage.wait) if stage.wait else "none") == wanted, stage.wait
        self.looked.at(key, stage.wait.cite if stage.wait else stage.cite)

    def _extend(self, key: str, stage: StageText, wanted: object) -> None:
        power = stage.extend
        if power is None:
            assert wanted == "none"
            self.looked.at(key, self._silence(stage, key))
            return
        said = _limit(power.limit) | {
            "by": power.approved_by,
            "facts": list(power.facts),
            "told": list(power.tell),
        }
        assert {k: v for k, v in said.items() if v} == wanted, said
        self.looked.at(key, power.cite)
        self.looked.at(key, power.limit.cite)

    def _supplement(self, key: str, stage: StageText, wanted: object) -> None:
        power = stage.supplement
        if power is None:
            assert wanted == "none"
            self.looked.at(key, self._silence(stage, key))
            return
        said: dict[str, object] = {
            "times": power.times,
            "by": power.by,
            "pauses": power.pauses,
            "facts": list(power.facts),
        }
        assert {k: v for k, v in said.items() if v} == wanted, said
        self.looked.at(key, power.cite)

    def _at_end(self, key: str, stage: StageText, wanted: object) -> None:
        end = stage.at_end
        if end is None:
            assert wanted == "none"
            self.looked.at(key, stage.cite)
            return
        said = {"outcome": end.outcome} | ({"presumed": True} if end.presumed else {})
        assert said == wanted, said
        self.looked.at(key, end.cite)

    def _silence(self, stage: StageText, what: str) -> tuple[str, ...]:
        clause = self.text.silent.get(f"{stage.name}.{what}")
        return (clause,) if clause else stage.cite

    # The whole procedure.

    def _stages(self, key: str, wanted: list[str]) -> None:
        assert list(self.text.stages) == wanted, list(self.text.stages)
        cites = [one.cite for wordings in self.text.stages.values() for one in wordings]
        self.looked.by_the_way(key, *cites)

    def _silent(self, key: str, wanted: list[str]) -> None:
        for place in wanted:
            assert place in self.text.silent, f"the text is not silent on {place}"
            self.looked.at(key, (self.text.silent[place],))

    def _closed(self, key: str, wanted: list[str]) -> None:
        for place in wanted:
            assert place in self.table.closed, f"{place} is not closed"
            assert self.table.step_named(place) is None
            self.looked.at(key, self.table.closed[place])

    def _practice(self, _key: str, wanted: object) -> None:
        found = dict.fromkeys(step.name for step in self.table.steps if step.practice)
        assert list(found) == worded(wanted), found

    def _recurs(self, key: str, wanted: object) -> None:
        again = self.text.recurs
        assert again is not None
        assert ("yearly" if again.yearly else again.own_period) == wanted, again
        self.looked.at(key, again.cite)

    def _ours(self, _key: str, wanted: object) -> None:
        found = dict.fromkeys(step.name for step in self.table.steps if step.presumed)
        assert list(found) == worded(wanted), found

    def _ends(self, _key: str, wanted: list[str]) -> None:
        found = [state.name for state in self.table.states.values() if state.is_end]
        assert sorted(found) == sorted(wanted), found


def _limit(limit: TimeLimit) -> dict[str, Any]:
    """Return a period as a row writes it."""
    said: dict[str, Any] = {}
    if limit.unit is not None:
        said[limit.unit] = limit.amount
    said |= {"own_period": limit.own_period, "set_in": limit.set_in, "from": limit.start}
    said |= {"when": limit.when, "presumed": limit.presumed}
    return {key: value for key, value in said.items() if value}


STEPS: Mapping[str, Callable[..., None]] = {
    "by": TableRow._by,
    "facts_needed": TableRow._facts,
    "facts_when": TableRow._facts_when,
    "optional": TableRow._optional,
    "computed": TableRow._computed,
    "tells": TableRow._told,
    "forbidden": TableRow._forbidden,
    "to": TableRow._to,
    "does": TableRow._does,
    "rests_on": TableRow._rests_on,
    "of_several": TableRow._of_several,
}
STAGES: Mapping[str, Callable[..., None]] = {
    "owners": TableRow._owners,
    "all_of": TableRow._all_of,
    "consulting": TableRow._consulting,
    "consent": TableRow._consent,
    "force": TableRow._force,
    "times": TableRow._times,
    "wait": TableRow._wait,
    "extend": TableRow._extend,
    "supplement": TableRow._supplement,
    "at_end": TableRow._at_end,
}
WHOLE: Mapping[str, Callable[..., None]] = {
    "stages": TableRow._stages,
    "silent": TableRow._silent,
    "closed": TableRow._closed,
    "practice": TableRow._practice,
    "recurs": TableRow._recurs,
    "ours": TableRow._ours,
    "ends": TableRow._ends,
}
