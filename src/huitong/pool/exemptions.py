"""Datasets that need not be delivered in whole or in time, because a case found so.

Heilongjiang, art. 18 (logical aggregation), county, art. 13 and model city, art. 13 (later than at
once): an exempted dataset counts neither as missing nor as late.
"""

import datetime as dt
from collections.abc import Collection

from huitong.cases import effects, registers
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.cases.registers import Register
from huitong.organisations.types import Actor
from huitong.regulations.types import Names

EXEMPTIONS = registers.declare(
    Register(
        name="aggregation_exemption",
        names=Names("汇聚例外", "Exemptions from aggregation"),
        effects=("exempt_aggregation",),
        facts=(
            "aggregation_mode",
            "aggregation_period",
            "basis",
            "basis_rank",
            "special_reason",
            "reason",
        ),
        for_all=True,
    )
)


@effects.register("exempt_aggregation")
def exempt_aggregation(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter the exemption; a later one about the same dataset replaces it."""
    before = RegisterEntry.objects.on_register(EXEMPTIONS.name).about(case.subject)
    registers.end(before, case, event, actor, at)
    registers.enter(EXEMPTIONS, case, event, actor, at, key=case.subject)


def exempted(subjects: Collection[str], at: dt.datetime) -> dict[str, RegisterEntry]:
    """Return the exemption of each of some datasets (`dataset:ABC`) that has one; one query."""
    rows = (
        registers.living(EXEMPTIONS, at)
        .filter(subject__in=subjects)
        .select_related("made_by__case")
    )
    return {row.subject: row for row in rows}
