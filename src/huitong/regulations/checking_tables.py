"""Faults that only the compiled table shows: dead ends, orphans, routes that need not end."""

from __future__ import annotations

from collections.abc import Iterator

from huitong.regulations.law import ProcedureText, StageText
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import EACH, Fault, FlatTable, Step

FILE = "procedures.yaml"


def faults_of(table: FlatTable, text: ProcedureText) -> Iterator[Fault]:
    """Yield what is impossible in a table, placed at the stage it comes from."""
    yield from _targets(table, text)
    yield from _exits(table, text)
    yield from _reached(table, text)
    yield from _evidence(table, text)
    yield from _several(table, text)


def _several(table: FlatTable, text: ProcedureText) -> Iterator[Fault]:
    """Yield what several departments of one role could never bring to an end."""
    for step in _once(table):
        rows = [row for row in table.rows(step.name, step.source) if row.several == EACH]
        if any(route.to == step.source for row in rows for route in row.routes):
            yield _fault(
                text,
                step.stage,
                "several_go_round",
                f"{step.name} needs each of several departments and leads back to itself",
                "let it lead on, or say `several: any`",
            )
        consent = [
            row for row in table.steps_from(step.source) if row.outcome.startswith("consent_")
        ]
        if rows and consent:
            yield _fault(
                text,
                step.stage,
                "several_under_one_head",
                f"{step.name} needs each of several departments and the consent of one head",
                "drop `consent:`, or say `several: lead`",
            )
    for stage, wordings in text.stages.items():
        spoken = {name for wording in wordings if wording.several for name in _actors(wording)}
        if any(wording.several for wording in wordings) and not any(
            table.roles[name].several for name in spoken if name in table.roles
        ):
            yield _fault(
                text,
                stage,
                "several_of_one",
                f"{stage} says what several departments need, and no role of it has several",
                "say `several:` of a role in profile.yaml, or drop it here",
            )


def _actors(stage: StageText) -> tuple[str, ...]:
    return (*stage.by, *stage.all_of, *(r for o in stage.outcomes.values() for r in o.by))


def _fault(text: ProcedureText, stage: str, code: str, message: str, mend: str) -> Fault:
    wordings = text.stages.get(stage)
    line = text.lines.get(stage, wordings[0].line if wordings else text.line)
    clause = wordings[0].cite[0] if wordings and wordings[0].cite else ""
    return Fault(FILE, line, clause, f"{text.kind}: {message}", mend, code)


def _targets(table: FlatTable, text: ProcedureText) -> Iterator[Fault]:
    for step in _once(table):
        for route in step.routes:
            if route.to not in table.states:
                yield _fault(
                    text,
                    step.stage,
                    "route_to_nowhere",
                    f"{step.name} leads to {route.to}, which the text does not have",
                    f"state {route.to}, give the outcome another `to:`, or close it with a clause",
                )
        if step.routes[-1].when is not None:
            yield _fault(
                text,
                step.stage,
                "route_may_not_end",
                f"no route of {step.name} is without a condition",
                "let the last route have no `when`",
            )


def _exits(table: FlatTable, text: ProcedureText) -> Iterator[Fault]:
    ends = {name for name, state in table.states.items() if state.is_end}
    lead_out = _leading_to(table, ends)
    for name, state in table.states.items():
        if state.is_end:
            continue
        lawful = [step for step in table.steps_from(name) if not step.practice]
        if not lawful:
            yield _fault(
                text,
                state.stage,
                "state_without_exit",
                f"nothing leads out of {name}",
                "open an outcome of the stage or give it a power that ends it",
            )
        elif all(step.forbidden for step in lawful):
            yield _fault(
                text,
                state.stage,
                "all_ways_barred",
                f"every way out of {name} may be barred by a condition",
                "leave one outcome without `forbidden_when`",
            )
        elif name not in lead_out:
            yield _fault(
                text,
                state.stage,
                "no_way_to_an_end",
                f"from {name} no end can be reached",
                "let an outcome lead on",
            )


def _leading_to(table: FlatTable, ends: set[str]) -> set[str]:
    found = set(ends)
    while True:
        more = {
            step.source
            for step in table.steps
            if not step.practice and any(route.to in found for route in step.routes)
        }
        if more <= found:
            return found
        found |= more


def _reached(table: FlatTable, text: ProcedureText) -> Iterator[Fault]:
    reached, todo = set[str](), [""]
    while todo:
        for step in table.steps_from(todo.pop()):
            for route in step.routes:
                if route.to not in reached:
                    reached.add(route.to)
                    todo.append(route.to)
    for name, state in table.states.items():
        if name not in reached:
            yield _fault(
                text,
                state.stage,
                "state_unreachable",
                f"nothing leads to {name}",
                "let an earlier outcome lead there, or drop the stage",
            )


def _evidence(table: FlatTable, text: ProcedureText) -> Iterator[Fault]:
    """Yield conditions and clocks that hang on facts which no step asks for."""
    for step in _once(table):
        conditions = [r.when for r in step.routes] + [g.when for g in step.forbidden]
        for when in filter(None, conditions):
            if not any(fact in table.facts for fact in PREDICATES[when].needs):
                yield _fault(
                    text,
                    step.stage,
                    "condition_without_evidence",
                    f"{step.name} depends on {when}, and no step asks for"
                    f" {' or '.join(PREDICATES[when].needs)}",
                    "ask for the fact in this step or an earlier one",
                )
    for state in table.states.values():
        for limit in state.times:
            wanted = limit.set_in or limit.start.removeprefix("event.")
            from_fact = limit.set_in or limit.start.startswith("event.")
            if from_fact and not any(wanted in step.facts for step in table.steps):
                yield _fault(
                    text,
                    state.stage,
                    "clock_without_start",
                    f"the clock of {state.name} hangs on {wanted}, which no step asks for",
                    "add the fact to the step that knows it",
                )


def _once(table: FlatTable) -> Iterator[Step]:
    seen = set[str]()
    for step in table.steps:
        if step.name not in seen:
            seen.add(step.name)
            yield step
