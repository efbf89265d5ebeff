"""Which steps of a procedure decide on an application: read from its table, whatever their names.

Texts differ in who decides, after how many steps, and whether the provider delivers afterwards;
what they share is where a step leads. Pure: no Django.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from huitong.catalogue.types import SharingType
from huitong.regulations.types import FlatTable, Step
from huitong.sharing.types import Refusal

KIND_OF: Mapping[SharingType, str] = {
    SharingType.UNCONDITIONAL: "share_application_unconditional",
    SharingType.CONDITIONAL: "share_application_conditional",
    SharingType.WITHHELD: "share_application_third",
}
THIRD = KIND_OF[SharingType.WITHHELD]
KINDS = frozenset(KIND_OF.values())
ISSUING = frozenset({"issue_grant", "issue_verification"})
# What every application states, whatever the text asks for; the last two follow from its items.
WORDS = frozenset(
    {"scenario", "mode", "scope", "duty_basis", "purpose", "use_until"}
    | {"application_items", "verification_items"}
)
_FULFIL = "fulfil"
_FAIL = "fail"
# Where a text asks for its reason under another name.
_REASONS = ("reason", "written_reason", "finding", "talks", "basis")


def favouring(table: FlatTable) -> frozenset[str]:
    """Return the names of the steps that decide for the applicant.

    They lead to the grant, or to the stage in which the provider delivers what was decided. The
    delivery itself decides nothing, and neither does the application where nobody is asked.
    """
    if table.kind not in KINDS:
        return frozenset()
    return frozenset(
        step.name
        for step in table.steps
        if step.source and step.stage != _FULFIL and _leads_on(table, step)
    )


def refusing(table: FlatTable) -> frozenset[str]:
    """Return the names of the steps that refuse an application."""
    if table.kind not in KINDS:
        return frozenset()
    return frozenset(
        step.name
        for step in table.steps
        if step.source and any(_is_refusal(table, route.to) for route in step.routes)
    )


def step_for(table: FlatTable, state: str) -> Step | None:
    """Return the step by which an application in this state is decided for the applicant."""
    return _first(table, state, favouring(table))


def step_against(table: FlatTable, state: str) -> Step | None:
    """Return the step that refuses an application in this state, or that lets talks fail."""
    known = refusing(table) | {step.name for step in table.steps if step.outcome == _FAIL}
    return _first(table, state, known)


def step_of_delivery(table: FlatTable) -> Step | None:
    """Return the step by which the provider delivers; None where the decision itself does."""
    found = (step for step in table.steps if step.source and step.stage == _FULFIL)
    return next(found, None)


def asked_beside(table: FlatTable) -> Step:
    """Return the application's step with what it asks for beside the words of every application."""
    entry = table.entry_steps[0]
    return replace(
        entry,
        facts=tuple(name for name in entry.facts if name not in WORDS),
        facts_when=tuple(need for need in entry.facts_when if need.name not in WORDS),
        optional=tuple(name for name in entry.optional if name not in WORDS),
    )


def asks_nobody(table: FlatTable) -> bool:
    """Whether the application itself ends the case: nobody decides on it."""
    return any(ISSUING & set(step.effects) for step in table.entry_steps)


def facts_of_refusal(step: Step | None, refusal: Refusal) -> dict[str, object]:
    """Return the facts of a refusal under the names by which its text asks for them."""
    asked = step.own_facts if step else frozenset({"reason"})
    facts = {name: value for name, value in refusal.facts.items() if name in asked}
    under = next((name for name in _REASONS if name in asked), "")
    if under and under not in facts:
        facts[under] = refusal.reason
    return facts


def asked_of(step: Step, table: FlatTable, offered: Mapping[str, object]) -> dict[str, object]:
    """Return those of the facts offered that a step takes: what it asks for, and its own words.

    A fact that the table knows and this step does not ask for would be refused by the engine.
    """
    return {
        name: value
        for name, value in offered.items()
        if name in step.own_facts or name not in table.facts
    }


def _leads_on(table: FlatTable, step: Step) -> bool:
    to_delivery = (table.states[route.to].stage == _FULFIL for route in step.routes)
    return bool(ISSUING & set(step.effects)) or any(to_delivery)


def _is_refusal(table: FlatTable, state: str) -> bool:
    return table.states[state].is_end and state == "refused"


def _first(table: FlatTable, state: str, names: frozenset[str]) -> Step | None:
    """Return the first of these steps that is open, else the first that there is."""

    def found() -> Iterator[Step]:
        yield from (step for step in table.steps_from(state) if step.name in names)
        yield from (step for step in table.steps if step.name in names)

    return next(found(), None)
