"""The statements of the DuckDB engine, made from a plan.

A batch has each item's text under its name. Its value stands beside it under `name:typed`: given
with the batch where Arrow could cast the whole column, else made here. The first kind is named in
`given`.
"""

# ruff: noqa: S608 - names are checked item names in quotation marks, values are literals

from collections.abc import Collection, Sequence

from huitong.pool.plans import Plan, PlanItem
from huitong.pool.rules import literal, quoted


def typed_name(name: str) -> str:
    """Return the name of the column with the item's value."""
    return f"{name}:typed"


def reason_name(name: str) -> str:
    """Return the name of the column with the identifier check's reason."""
    return f"{name}:reason"


def check(plan: Plan, given: Collection[str], open_conditions: Sequence[str]) -> str | None:
    """Return the projection of the values that were not given, and of `_bad`.

    `open_conditions` are those that nobody has seen kept. None when nothing is left to ask.
    """
    made = [item for item in plan.items if item.name not in given]
    if not made and not open_conditions:
        return None
    columns = [f"{quoted(typed_name(item.name))} AS {quoted(item.name)}" for item in made]
    columns.append(f"coalesce({' OR '.join(open_conditions) or 'FALSE'}, FALSE) AS _bad")
    return f"SELECT {', '.join(columns)} FROM ({_with_values(plan.items, given)})"


def reasons(plan: Plan, given: Collection[str]) -> str:
    """Return the projection of `_reasons`: `item:code` joined by `;`, in the order of the items."""
    cases: list[str] = []
    for item in plan.items:
        cases += [
            f"CASE WHEN {check.condition} THEN {literal(f'{item.name}:{check.code}')} END"
            for check in item.checks
        ]
        if item.identifier is not None:
            reason = quoted(reason_name(item.name))
            said = f"concat({literal(item.name + ':')}, {reason})"
            cases.append(f"CASE WHEN {reason} IS NOT NULL THEN {said} END")
    listed = f"concat_ws(';', {', '.join(cases)})" if cases else "''"
    return f"SELECT {listed} AS _reasons FROM ({_with_values(plan.items, given)})"


def key_hashes(items: Sequence[PlanItem], given: Collection[str]) -> str:
    """Return the projection of a hash over the values of key items."""
    values = ", ".join(quoted(typed_name(item.name)) for item in items)
    return f"SELECT hash({values}) AS h FROM ({_with_values(items, given)})"


def _with_values(items: Sequence[PlanItem], given: Collection[str]) -> str:
    values = (
        f"{item.typed} AS {quoted(typed_name(item.name))}"
        for item in items
        if item.name not in given
    )
    return f"SELECT {', '.join(('*', *values))} FROM batch"
