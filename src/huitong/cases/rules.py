"""What a step needs, as functions of the table and the facts. No database here."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence

from huitong.cases.errors import (
    ConsentMissingError,
    FactInvalidError,
    FactMissingError,
    NoRouteError,
    StepForbiddenError,
    UnknownStepError,
    WrongStateError,
)
from huitong.regulations import predicates
from huitong.regulations.types import FactWord, FlatTable, Names, Route, Step

CONSENT = "consent"
"""The fact that names who consented; asked for where a step rests on somebody's consent."""


def rows_of(table: FlatTable, step: str, state: str) -> tuple[Step, ...]:
    """Return the rows of a step in a state; the actor must fill the role of one of them.

    Raises: UnknownStepError, WrongStateError.
    """
    rows = table.rows(step, state)
    if rows:
        return rows
    known = table.step_named(step)
    if known is None:
        raise UnknownStepError(step=step, known=table.step_names())
    standing = table.states[state].names if state in table.states else Names(zh="", en="")
    raise WrongStateError(
        step=step,
        state=state,
        state_zh=standing.zh,
        open_steps={row.name for row in table.steps_from(state)} if state else set(),
        cite=known.cite,
    )


def normalised(facts: Mapping[str, object]) -> dict[str, object]:
    """Return facts as JSON holds them: dates as ISO text, tuples and sets as lists."""
    return {name: _plain(value) for name, value in facts.items()}


def check_facts(
    table: FlatTable, row: Step, given: Mapping[str, object], before: Mapping[str, object]
) -> None:
    """Refuse a step without a fact that it needs, with one of the wrong type, or that is barred.

    `given` are the step's own facts, `before` those of the earlier steps. A fact that the
    table does not know is kept with the event and decides nothing.

    Raises: StepForbiddenError, FactMissingError, ConsentMissingError, FactInvalidError.
    """
    known = {**before, **given}
    for guard in row.forbidden:
        if predicates.holds(guard.when, known):
            raise StepForbiddenError(
                step=row.name,
                step_zh=row.names.zh,
                because=predicates.names(guard.when),
                cite=guard.cite,
            )
    for name, value in given.items():
        word = table.facts.get(name)
        if word is not None and not _is_empty(value) and not _fits(word, value):
            raise FactInvalidError(
                fact=name, fact_zh=word.names.zh, kind=word.type, choices=tuple(word.choices),
                cite=row.cite,
            )  # fmt: skip
    conditional = {
        need.name: need.cite for need in row.facts_when if predicates.holds(need.when, known)
    }
    missing = {name for name in (*row.facts, *conditional) if _is_empty(given.get(name))}
    if row.consent is not None and _is_empty(given.get(CONSENT)):
        if not missing:
            raise ConsentMissingError(
                missing=[CONSENT], labels=_labels(table, [CONSENT]), cite=row.consent.cite
            )
        missing.add(CONSENT)
    if missing:
        cite = dict.fromkeys(row.cite) if missing & {*row.facts, CONSENT} else {}
        for name in sorted(missing & conditional.keys()):
            cite |= dict.fromkeys(conditional[name])
        raise FactMissingError(missing=missing, labels=_labels(table, missing), cite=tuple(cite))


def route_of(row: Step, known: Mapping[str, object]) -> Route:
    """Return the first route whose predicate holds.

    Raises: NoRouteError; a checked table ends with an unconditional route.
    """
    for route in row.routes:
        if route.when is None or predicates.holds(route.when, known):
            return route
    raise NoRouteError(
        f"No route of {row.name} applies: add an unconditional last one to the procedure.",
        zh=f"步骤“{row.names.zh}”没有可走的去向：请在流程中补上无条件的去向。",
        cite=row.cite,
    )


def facts_digest(facts: Mapping[str, object]) -> str:
    """Return the SHA-256 under which the ledger knows an event's facts.

    The ledger keeps the digest and not the facts: a reason may hold personal data, and what is
    sealed cannot be taken back. A case file carries the facts, anybody can hash them again.
    """
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def merged(steps: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the facts of all steps so far, later ones over earlier ones."""
    known: dict[str, object] = {}
    for facts in steps:
        known |= facts
    return known


def _labels(table: FlatTable, names: Collection[str]) -> list[str]:
    return [table.facts[n].names.zh if n in table.facts else n for n in sorted(names)]


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=str)
    return value


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value in ([], {}, ())


def _fits(word: FactWord, value: object) -> bool:
    if word.type == "date":
        return isinstance(value, str) and _is_date(value)
    if word.type == "boolean":
        return isinstance(value, bool)
    if word.type == "number":
        return isinstance(value, int) and not isinstance(value, bool)
    if word.type == "choice":
        return value in word.choices
    if word.type == "list":
        return isinstance(value, list)
    return isinstance(value, str)


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
