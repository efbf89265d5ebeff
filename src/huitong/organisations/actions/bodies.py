"""Departments: founding, kinds, names, places, guidance."""

import datetime as dt

from huitong.identifiers import credit_code as credit_codes
from huitong.organisations import queries
from huitong.organisations.actions.guarding import (
    AREA,
    named,
    note,
    require_act,
    require_founding,
    require_oversight,
    require_place,
)
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import (
    BodyEndedError,
    BodyKindError,
    CodeError,
    LevelError,
    NoRegulationError,
    TakenError,
)
from huitong.organisations.models import Department, DepartmentChange, Jurisdiction
from huitong.organisations.types import Actor, BodyAct
from huitong.regulations import house


@act(*AREA)
def found_department(
    *,
    code: str,
    name: str,
    jurisdiction: Jurisdiction,
    actor: Actor,
    at: dt.datetime,
    name_en: str = "",
    credit_code: str | None = None,
    kind: str = "government_department",
    authorised_by: str = "",
    parent: Department | None = None,
    day: dt.date | None = None,
    paper: str = "",
) -> Department:
    """Add a department to a jurisdiction.

    `kind` is one of `bodies` in `regulations/house.yaml`. Where the regulation binds such a body
    only if a law gives it its function, `authorised_by` names that law; a kind that the regulation
    does not name is noted, not refused. `day` and `paper` are those of its founding: without them
    it was there before the platform.

    Raises: NotAuthorityError, CodeError, TakenError, BodyKindError, ActPaperError, LevelError.
    """
    require_oversight(actor, jurisdiction)
    require_place(jurisdiction)
    code, name, name_en = named(code, name, name_en)
    founding = require_founding(day, paper, at)
    warnings = _standing(kind, authorised_by, jurisdiction)
    if credit_code:
        checked = credit_codes.check(credit_code)
        if not checked.ok:
            raise CodeError(
                f"{credit_code} is no unified social credit code ({checked.reason}): correct it.",
                zh=f"“{credit_code}”不是有效的统一社会信用代码（{checked.reason}）：请更正。",
            )
        credit_code = checked.value
        if Department.objects.filter(credit_code=credit_code).exists():
            raise TakenError(what="credit code", value=str(credit_code))
    if Department.objects.filter(code=code).exists():
        raise TakenError(what="department code", value=code)
    department = Department.objects.create(
        code=code,
        name=name,
        name_en=name_en,
        jurisdiction=jurisdiction,
        credit_code=credit_code or None,
        kind=kind,
        authorised_by=authorised_by.strip(),
        parent=parent,
    )
    facts: dict[str, object] = {
        "name": name,
        "jurisdiction": jurisdiction.code,
        "credit_code": credit_code,
        "kind": kind,
        **warnings,
    }
    if parent is not None:
        facts["parent"] = parent.code
    if founding is not None:
        facts |= {"day": founding.day.isoformat(), "paper": founding.paper}
        DepartmentChange.objects.create(
            department=department,
            act=BodyAct.FOUNDED.value,
            day=founding.day,
            paper=founding.paper,
            before={},
            after=state_of(department),
        )
    note("department.founded", f"department:{code}", actor, at, AREA, facts)
    return department


@act(*AREA)
def rename_department(
    department: Department,
    *,
    name: str,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
    name_en: str = "",
) -> Department:
    """Give a department another name from a day on; what happened before keeps the old one.

    Raises: NotAuthorityError, BodyEndedError, ActPaperError.
    """
    row = locked(department, actor)
    before = state_of(row)
    _, row.name, row.name_en = named(row.code, name, name_en)
    return changed(row, before, BodyAct.RENAMED, day, paper, actor, at)


@act(*AREA)
def move_department(
    department: Department,
    *,
    jurisdiction: Jurisdiction,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Department:
    """Put a department into another area from a day on; one that holds duties is relieved first.

    Raises: NotAuthorityError, BodyEndedError, ActPaperError, LevelError.
    """
    row = locked(department, actor)
    require_oversight(actor, jurisdiction)
    require_place(jurisdiction)
    if row.duties.exists():
        raise LevelError(
            f"{row} holds duties in {row.jurisdiction}: assign them to another department first.",
            zh=f"“{row}”在“{row.jurisdiction}”承担主管职责：请先将职责交由其他部门。",
            cite=AREA,
        )
    before = state_of(row)
    row.jurisdiction = jurisdiction
    return changed(row, before, BodyAct.MOVED, day, paper, actor, at)


@act(*AREA)
def change_kind(
    department: Department,
    *,
    kind: str,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
    authorised_by: str = "",
) -> Department:
    """Make a department a body of another kind from a day on.

    Raises: NotAuthorityError, BodyEndedError, ActPaperError, BodyKindError.
    """
    row = locked(department, actor)
    _standing(kind, authorised_by, row.jurisdiction)
    before = state_of(row)
    row.kind, row.authorised_by = kind, authorised_by.strip()
    return changed(row, before, BodyAct.REKINDED, day, paper, actor, at)


@act(*AREA)
def set_guide(
    department: Department,
    *,
    guide: Department | None,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Department:
    """Say which department one level or more above guides the sector of this one, from a day on.

    Raises: NotAuthorityError, BodyEndedError, ActPaperError; LevelError when the guide is not of an
    area above.
    """
    row = locked(department, actor)
    above = {place.pk for place in row.jurisdiction.lineage()[1:]}
    if guide is not None and guide.jurisdiction_id not in above:
        raise LevelError(
            f"{guide} is not of an area above {row.jurisdiction}: choose one that is.",
            zh=f"“{guide}”不是“{row.jurisdiction}”上级的部门：请选择上级部门。",
        )
    if guide is not None:
        guide = standing(guide)
    before = state_of(row)
    row.guide = guide
    return changed(row, before, BodyAct.GUIDED, day, paper, actor, at)


def state_of(row: Department) -> dict[str, object]:
    """Return what history keeps of a department."""
    return {
        "name": row.name,
        "name_en": row.name_en,
        "kind": row.kind,
        "authorised_by": row.authorised_by,
        "jurisdiction": row.jurisdiction.code,
        "guide": row.guide.code if row.guide else None,
        "successor": row.successor.code if row.successor else None,
    }


def locked(department: Department, actor: Actor) -> Department:
    """Return the row, locked; only who oversees its area may change it, and only while it stands.

    Raises: NotAuthorityError, BodyEndedError.
    """
    lock_departments(department)
    row = Department.objects.select_related("jurisdiction", "guide", "successor").get(
        pk=department.pk
    )
    require_oversight(actor, row.jurisdiction)
    require_standing(row)
    return row


def changed(
    row: Department,
    before: dict[str, object],
    act: BodyAct,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Department:
    """Save an act on a department with its history and its entry.

    Raises: ActPaperError.
    """
    last = DepartmentChange.objects.filter(department=row).order_by("-day").first()
    paper = require_act(day, paper, at, last.day if last else None)
    after = state_of(row)
    row.save(
        update_fields=[
            *("name", "name_en", "kind", "authorised_by"),
            *("jurisdiction", "guide", "ended_on", "successor"),
        ]
    )
    DepartmentChange.objects.create(
        department=row, act=act.value, day=day, paper=paper, before=before, after=after
    )
    facts = {"day": day.isoformat(), "paper": paper, "before": before, "after": after}
    note(f"department.{act.value}", f"department:{row.code}", actor, at, AREA, facts)
    return row


def standing(department: Department) -> Department:
    """Return the row as it is now, locked: nobody ends or moves it before the act is done.

    Raises: BodyEndedError.
    """
    lock_departments(department)
    row = Department.objects.select_related("jurisdiction", "successor").get(pk=department.pk)
    require_standing(row)
    return row


def lock_departments(*departments: Department | None) -> None:
    """Lock departments until the act is done, always in the same order.

    The rows are read anew by whoever asks next: a lock taken together with a join loses the row
    whose join changed while it waited.
    """
    wanted = [one.pk for one in departments if one is not None]
    rows = Department.objects.select_for_update(no_key=True).filter(pk__in=wanted)
    list(rows.order_by("pk").values_list("pk", flat=True))


def require_standing(department: Department) -> None:
    """Refuse a department that was merged or abolished.

    Raises: BodyEndedError.
    """
    if department.ended_on is not None:
        raise BodyEndedError(
            department=department.name,
            day=department.ended_on,
            successor=department.successor.name if department.successor else "",
        )


def _standing(kind: str, authorised_by: str, jurisdiction: Jurisdiction) -> dict[str, object]:
    """Check a kind of body against the regulation here; return the warning for the ledger."""
    if kind not in house.words().bodies:
        raise BodyKindError(
            f"There is no kind of body {kind!r}: use one of {', '.join(house.words().bodies)}.",
            zh=f"没有“{kind}”这一单位类别：请从列出的类别中选择。",
        )
    try:
        asked = house.of(queries.profile_of(jurisdiction))
    except NoRegulationError:
        return {}
    rule = asked.bodies.get(kind)
    if rule is None:
        return {"warning": "kind_not_in_text"}
    if rule.authorised and not authorised_by.strip():
        raise BodyKindError(
            "Such a body counts only where a law or regulation gives it its public function: "
            "name that law.",
            zh="此类单位须经法律、法规授权管理公共事务：请填写授权依据。",
            cite=rule.cite,
        )
    return {}
