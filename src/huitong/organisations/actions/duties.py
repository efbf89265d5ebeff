"""What departments hold: the duties of the authority, and the units that do their data work."""

import datetime as dt

from huitong.organisations import queries
from huitong.organisations.actions.bodies import standing
from huitong.organisations.actions.guarding import (
    AREA,
    HOUSE,
    note,
    require_naming,
    require_oversight,
    require_place,
)
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import LevelError, UnitError
from huitong.organisations.models import Department, Duty, Jurisdiction, Unit
from huitong.organisations.types import Actor
from huitong.regulations import house


@act(*AREA)
def assign_duty(
    *,
    jurisdiction: Jurisdiction,
    duty: str,
    department: Department,
    actor: Actor,
    at: dt.datetime,
) -> Duty:
    """Give a duty of the competent authority to a department, taking it from the former holder.

    Running cases that wait for the duty wait for the new holder from then on, those of areas that
    were merged into this one too.

    Raises: NotAuthorityError, BodyEndedError; LevelError when the department belongs to another
    jurisdiction, or the jurisdiction was merged.
    """
    department = standing(department)
    require_oversight(actor, jurisdiction)
    require_place(jurisdiction)
    if department.jurisdiction_id != jurisdiction.pk:
        raise LevelError(
            f"{department} belongs to another jurisdiction than {jurisdiction}: choose one of its "
            "own departments.",
            zh=f"“{department}”不属于“{jurisdiction}”：请选择本级部门。",
            cite=AREA,
        )
    former = Duty.objects.select_for_update().filter(jurisdiction=jurisdiction, duty=duty).first()
    held, _ = Duty.objects.update_or_create(
        jurisdiction=jurisdiction, duty=duty, defaults={"department": department}
    )
    remains = queries.merged_into(jurisdiction)
    Duty.objects.filter(jurisdiction__in=remains, duty=duty).update(department=department)
    facts = {
        "duty": duty,
        "department": department.code,
        "former": former.department.code if former else None,
    }
    note("duty.assigned", f"jurisdiction:{jurisdiction.code}", actor, at, AREA, facts)
    return held


@act(*HOUSE)
def name_unit(
    *,
    department: Department,
    kind: str,
    name: str,
    since: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> Unit:
    """Name the unit that does a department's data work or sees to its security.

    The unit of that kind named before ends on the same day.

    Raises: NotYourDepartmentError, UnitError.
    """
    department = standing(department)
    require_naming(actor, department)
    if kind not in house.words().units or not name.strip():
        raise UnitError(
            f"A unit is one of {', '.join(house.words().units)} and has a name: correct it.",
            zh="工作机构须选定类别并填写名称：请更正。",
            cite=HOUSE,
        )
    former = Unit.objects.select_for_update().filter(
        department=department, kind=kind, until__isnull=True
    )
    for one in former:
        if since < one.since:
            raise UnitError(
                f"{one} is the unit since {one.since}; another cannot follow on {since}.",
                zh=f"“{one}”自{one.since}起承担，新的机构不能早于该日：请核对日期。",
                cite=HOUSE,
            )
        one.until = since
        one.save(update_fields=["until"])
    unit = Unit.objects.create(department=department, kind=kind, name=name.strip(), since=since)
    facts = {"kind": kind, "name": unit.name, "since": since.isoformat()}
    note("unit.named", f"department:{department.code}", actor, at, HOUSE, facts)
    return unit
