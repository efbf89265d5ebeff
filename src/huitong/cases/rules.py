"""What a step needs, as functions of the table and the facts. No database here."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence

from huitong.cases.errors import (
    ConsentMissingError,
    FactMissingError,
    FactNotAskedError,
    StepForbiddenError,
    UnknownStepError,
    WrongStateError,
)
from huitong.regulations import predicates
from huitong.regulations import rules as law
from huitong.regulations.types import ON_PAPER, FlatTable, Happened, Names, Step

_DEEPEST = 8
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


def as_meant(
    table: FlatTable, rows: Sequence[Step], facts: Mapping[str, object]
) -> tuple[Step, ...]:
    """Return rows with those first that the facts speak of.

    Whoever may act itself and may record what another decided records the other's decision when
    it names the paper, and acts itself when it does not.
    """
    on_paper = any(facts.get(name) for name in ON_PAPER)
    return tuple(
        sorted(
            rows,
            key=lambda row: (table.roles[row.by].recorded_by is not None) is not on_paper,
        )
    )


def normalised(facts: Mapping[str, object]) -> dict[str, object]:
    """Return facts as JSON holds them: dates as ISO text, tuples and sets as lists."""
    return {name: _plain(value) for name, value in facts.items()}


def check_asked(table: FlatTable, row: Step, given: Mapping[str, object]) -> None:
    """Refuse every fact that the table knows and this row does not ask for, be it empty.

    A fact of another step would rewrite what that step put on record, and with it what the law
    makes of the case.

    Raises: FactNotAskedError.
    """
    for name in given:
        word = table.facts.get(name)
        if word is not None and name not in row.own_facts:
            raise FactNotAskedError(
                fact=name,
                fact_zh=word.names.zh,
                step=row.name,
                step_zh=row.names.zh,
                allowed=row.own_facts,
                cite=row.cite,
            )


def check_facts(
    table: FlatTable, row: Step, given: Mapping[str, object], before: Mapping[str, object]
) -> None:
    """Refuse a step without a fact that it needs, or that is barred.

    `given` are the step's facts, those that the engine computed among them, `before` those of
    the earlier steps. Their form `gate.check_facts` has looked at.

    Raises: StepForbiddenError, FactMissingError, ConsentMissingError.
    """
    missing = law.missing_facts(table, row, given, before)
    if missing:
        only_consent = row.consent is not None and {fact.name for fact in missing} == {CONSENT}
        error = ConsentMissingError if only_consent else FactMissingError
        cite = row.consent.cite if row.consent and only_consent else ()
        raise error(
            missing=[fact.name for fact in missing],
            labels=[fact.names.zh for fact in missing],
            cite=cite or dict.fromkeys(c for fact in missing for c in fact.cite),
        )
    guard = law.barred_by(row, law.deciding(row, given, before))
    if guard is not None:
        raise StepForbiddenError(
            step=row.name,
            step_zh=row.names.zh,
            because=predicates.PREDICATES[guard.when].names,
            cite=guard.cite,
        )


def facts_digest(facts: Mapping[str, object]) -> str:
    """Return the SHA-256 under which the ledger knows an event's facts.

    The ledger keeps the digest and not the facts: a reason may hold personal data, and what is
    sealed cannot be taken back. A case file carries the facts, anybody can hash them again.
    """
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def on_record(table: FlatTable, history: Sequence[Happened]) -> dict[str, object]:
    """Return the facts that decide in a case so far, later ones over earlier ones.

    Of each step only what its row asks for or had computed; what else came with it decides nothing.
    """
    known: dict[str, object] = {}
    source = ""
    for event in history:
        rows = table.rows(event.step, source)
        asked = frozenset(name for row in rows for name in (*row.own_facts, *row.computed))
        known |= {name: value for name, value in event.facts.items() if name in asked}
        source = event.to_state
    return known


def _plain(value: object, depth: int = 0) -> object:
    if depth > _DEEPEST:
        return value  # no fact is built so deep: the gate refuses it
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item, depth + 1) for item in value), key=str)
    return value
