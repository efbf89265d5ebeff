"""The number of days that a body sets for itself where a text says 及时 or the like.

The law gives no number and the platform none: until a body has set its own, no clock runs. What it
set runs for the stages that begin after that day, and pages mark it as the body's own.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huitong.cases.errors import NoOwnPeriodError, OwnPeriodError, OwnPeriodPostError
from huitong.cases.models import OwnPeriod
from huitong.ledger import actions as ledger
from huitong.organisations import rules as organisation_rules
from huitong.organisations.models import Department
from huitong.organisations.types import Actor, PostRole
from huitong.regulations.law import Profile
from huitong.regulations.types import Names, TimeLimit

MOST_DAYS = 250
_HOUSE = ("HL-6.1",)
# Who binds a body by a number: whoever is responsible in it, not each officer.
_SETTING = frozenset({PostRole.HEAD, PostRole.DAILY_STAFF, PostRole.CHIEF_DATA_OFFICER})


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """A stage for which a text gives no number, and what a body has set for it, if anything."""

    kind: str
    kind_names: Names
    stage: str
    stage_names: Names
    says: str
    cite: tuple[str, ...]
    days: int | None
    since: dt.datetime | None


def stages_of(profile: Profile) -> list[tuple[str, str, TimeLimit]]:
    """Return every (kind, stage, limit) of a text whose period a body sets for itself."""
    found = []
    for kind, text in profile.kinds.items():
        for stage, wordings in text.stages.items():
            limit = next((t for t in wordings[-1].times if t.own_period is not None), None)
            if limit is not None:
                found.append((kind, stage, limit))
    return found


def of(department: Department, profile: Profile) -> list[OpenPeriod]:
    """Return the stages of a text that need a number, with the department's; one query."""
    set_by_now: dict[tuple[str, str], OwnPeriod] = {}
    for row in OwnPeriod.objects.filter(department=department).order_by("since", "id"):
        set_by_now[row.kind, row.stage] = row
    found = []
    for kind, stage, limit in stages_of(profile):
        word, row_ = profile.words.kinds[kind], set_by_now.get((kind, stage))
        found.append(
            OpenPeriod(
                kind=kind,
                kind_names=word.names,
                stage=stage,
                stage_names=word.stages[stage].names,
                says=limit.own_period or "",
                cite=limit.cite,
                days=row_.days if row_ else None,
                since=row_.since if row_ else None,
            )
        )
    return found


@transaction.atomic
def set_days(
    department: Department,
    profile: Profile,
    *,
    kind: str,
    stage: str,
    days: int,
    actor: Actor,
    at: dt.datetime,
) -> OwnPeriod:
    """Set the department's own number of working days for a stage, from now on.

    Raises: NotYourDepartmentError; OwnPeriodPostError, without a post that answers for the body;
    OwnPeriodError, for a number out of 1…250; NoOwnPeriodError, where the text sets the number
    itself or has no such stage.
    """
    organisation_rules.require_acts_for(actor, department)
    if not actor.posts & _SETTING:
        raise OwnPeriodPostError(
            f"{actor.name} holds no post that answers for {department}: ask its head, daily staff "
            "or chief data officer to set the period.",
            zh=f"{actor.name}不是“{department}”的负责人、日常管理人员或首席数据官，不能设定内控期限。",
            cite=_HOUSE,
        )
    limit = _limit_of(profile, kind, stage)
    if not 1 <= days <= MOST_DAYS:
        raise OwnPeriodError(
            f"{days} working days is no period: set 1 to {MOST_DAYS}.",
            zh=f"{days}个工作日不是有效的期限：请填写1至{MOST_DAYS}。",
            cite=limit.cite,
        )
    ledger.record(
        kind="period.set",
        subject=f"department:{department.code}",
        actor=actor.ledger_name,
        at=at,
        cite=limit.cite,
        facts={"kind": kind, "stage": stage, "days": days},
    )
    return OwnPeriod.objects.create(
        department=department,
        kind=kind,
        stage=stage,
        days=days,
        since=at,
        set_by=actor.ledger_name,
        cite=list(limit.cite),
    )


def _limit_of(profile: Profile, kind: str, stage: str) -> TimeLimit:
    found = [limit for k, s, limit in stages_of(profile) if (k, s) == (kind, stage)]
    if found:
        return found[0]
    text = profile.kinds.get(kind)
    wordings = text.stages.get(stage, ()) if text else ()
    cite = wordings[-1].cite if wordings else ()
    raise NoOwnPeriodError(kind=kind, stage=stage, profile=profile.names, cite=cite)
