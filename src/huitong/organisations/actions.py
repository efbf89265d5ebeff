"""Founding bodies, appointing people, assigning duties: each act one transaction, one entry."""

import datetime as dt
from collections.abc import Mapping

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from huitong.identifiers import credit_code as credit_codes
from huitong.identifiers import divisions
from huitong.ledger import actions as ledger
from huitong.organisations import rules
from huitong.organisations.errors import (
    CodeError,
    LevelError,
    NotAuthorityError,
    NotYourDepartmentError,
    PostError,
    TakenError,
    WeakPasswordError,
)
from huitong.organisations.models import Department, Duty, Jurisdiction, Person, Post
from huitong.organisations.types import Actor, Level, PostRole
from huitong.regulations import profiles

_LEVEL_ABOVE = {Level.PROVINCE: None, Level.CITY: Level.PROVINCE, Level.COUNTY: Level.CITY}
_AREA = ("HL-5",)
_HOUSE = ("HL-6.1",)
# Who in a department names its own people: the article asks for a named unit and a responsible
# person, so an officer without such a post cannot appoint others.
_NAMING = frozenset({PostRole.HEAD, PostRole.DAILY_STAFF, PostRole.CHIEF_DATA_OFFICER})


@transaction.atomic
def found_jurisdiction(
    *,
    code: str,
    name: str,
    level: Level | str,
    parent: Jurisdiction | None,
    actor: Actor,
    at: dt.datetime,
    name_en: str = "",
    profile_id: str = "",
) -> Jurisdiction:
    """Add a jurisdiction to the tree. A code that GB/T 2260 does not know is noted, not refused.

    Raises: NotAuthorityError, CodeError, LevelError, TakenError, or what loading a profile raises.
    """
    _require_oversight(actor, parent)
    level = Level(level)
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        raise CodeError(
            f"The division code {code!r} is not six digits: take it from GB/T 2260.",
            zh=f"行政区划代码“{code}”不是6位数字：请按 GB/T 2260 填写。",
        )
    above = _LEVEL_ABOVE[level]
    # A county may lie directly below its province (省直辖县级行政区划).
    fits = (
        parent is None
        if above is None
        else parent is not None
        and (parent.level == above or (level is Level.COUNTY and parent.level == Level.PROVINCE))
    )
    if not fits:
        raise LevelError(
            f"A {level} cannot stand below {parent or 'nothing'}: name a parent one level above.",
            zh=f"“{name}”的层级与其上级“{parent or '无'}”不相符：请选择上一级行政区。",
        )
    if Jurisdiction.objects.filter(code=code).exists():
        raise TakenError(what="division code", value=code)
    if profile_id:
        profiles.load(profile_id)
    jurisdiction = Jurisdiction.objects.create(
        code=code,
        name=name,
        name_en=name_en,
        level=level.value,
        parent=parent,
        profile_id=profile_id,
    )
    facts: dict[str, object] = {
        "code": code,
        "name": name,
        "level": level.value,
        "parent": parent.code if parent else None,
        "profile": profile_id,
    }
    if not divisions.known(code, timezone.localdate(at)):
        facts["warning"] = "division_unknown"
    _note("jurisdiction.founded", f"jurisdiction:{code}", actor, at, _AREA, facts)
    return jurisdiction


@transaction.atomic
def choose_regulation(
    jurisdiction: Jurisdiction, *, profile_id: str, actor: Actor, at: dt.datetime
) -> Jurisdiction:
    """Apply another regulation to new cases; running cases keep the one they began under.

    Raises: NotAuthorityError, or what loading a profile raises.
    """
    _require_oversight(actor, jurisdiction)
    profiles.load(profile_id)
    row = Jurisdiction.objects.select_for_update().get(pk=jurisdiction.pk)
    before, row.profile_id = row.profile_id, profile_id
    row.save(update_fields=["profile_id"])
    facts = {"before": before, "profile": profile_id}
    _note("jurisdiction.regulation", f"jurisdiction:{row.code}", actor, at, _AREA, facts)
    return row


@transaction.atomic
def found_department(
    *,
    code: str,
    name: str,
    jurisdiction: Jurisdiction,
    actor: Actor,
    at: dt.datetime,
    name_en: str = "",
    credit_code: str | None = None,
) -> Department:
    """Add a department to a jurisdiction.

    Raises: NotAuthorityError, CodeError, TakenError.
    """
    _require_oversight(actor, jurisdiction)
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
    )
    facts = {"name": name, "jurisdiction": jurisdiction.code, "credit_code": credit_code}
    _note("department.founded", f"department:{code}", actor, at, _AREA, facts)
    return department


@transaction.atomic
def assign_duty(
    *,
    jurisdiction: Jurisdiction,
    duty: str,
    department: Department,
    actor: Actor,
    at: dt.datetime,
) -> Duty:
    """Give a duty of the competent authority to a department, taking it from the former holder.

    Running cases that wait for the duty wait for the new holder from then on.

    Raises: NotAuthorityError; LevelError when the department belongs to another jurisdiction.
    """
    _require_oversight(actor, jurisdiction)
    if department.jurisdiction_id != jurisdiction.pk:
        raise LevelError(
            f"{department} belongs to another jurisdiction than {jurisdiction}: choose one of its "
            "own departments.",
            zh=f"“{department}”不属于“{jurisdiction}”：请选择本级部门。",
            cite=_AREA,
        )
    former = Duty.objects.select_for_update().filter(jurisdiction=jurisdiction, duty=duty).first()
    held, _ = Duty.objects.update_or_create(
        jurisdiction=jurisdiction, duty=duty, defaults={"department": department}
    )
    facts = {
        "duty": duty,
        "department": department.code,
        "former": former.department.code if former else None,
    }
    _note("duty.assigned", f"jurisdiction:{jurisdiction.code}", actor, at, _AREA, facts)
    return held


@transaction.atomic
def register_person(
    *,
    username: str,
    name: str,
    actor: Actor,
    at: dt.datetime,
    password: str | None = None,
) -> Person:
    """Open an account; without a password nobody can log in with it yet.

    The ledger names the account only: a person's name must stay erasable.

    Raises: NotYourDepartmentError, WeakPasswordError, TakenError.
    """
    _require_naming(actor, None)
    if Person.objects.filter(username=username).exists():
        raise TakenError(what="user name", value=username)
    person = Person(username=username, name=name)
    if password is None:
        person.set_unusable_password()
    else:
        _require_strong(password, person)
        person.set_password(password)
    person.save()
    _note("person.registered", f"person:{username}", actor, at, _HOUSE, {})
    return person


@transaction.atomic
def set_password(person: Person, *, password: str, actor: Actor, at: dt.datetime) -> Person:
    """Set a person's password: one's own, or by somebody who names the department's people.

    Raises: NotYourDepartmentError, WeakPasswordError.
    """
    if actor.person_id != person.pk and not actor.is_system:
        homes = Department.objects.filter(
            posts__in=Post.objects.filter(person=person).held_on(timezone.localdate(at))
        ).distinct()
        for department in homes:
            _require_naming(actor, department)
        if not homes:
            _require_naming(actor, None)
    _require_strong(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    _note("person.password_set", f"person:{person.username}", actor, at, _HOUSE, {})
    return person


@transaction.atomic
def appoint(
    *,
    person: Person,
    department: Department,
    role: PostRole | str,
    actor: Actor,
    at: dt.datetime,
    since: dt.date | None = None,
) -> Post:
    """Appoint a person to a post, from today or a given day.

    Raises: NotYourDepartmentError; PostError when the person holds that post already.
    """
    _require_naming(actor, department)
    role = PostRole(role)
    since = since or timezone.localdate(at)
    if Post.objects.filter(
        person=person, department=department, role=role.value, until__isnull=True
    ).exists():
        raise PostError(
            f"{person.username} holds the post {role} in {department} already: end it first.",
            zh=f"{person}已在“{department}”担任该职务：如需变更请先免去。",
            cite=_HOUSE,
        )
    post = Post.objects.create(person=person, department=department, role=role.value, since=since)
    facts = {"person": person.username, "role": role.value, "since": since.isoformat()}
    _note("post.begun", f"department:{department.code}", actor, at, _HOUSE, facts)
    return post


@transaction.atomic
def end_post(post: Post, *, actor: Actor, at: dt.datetime, until: dt.date | None = None) -> Post:
    """End a post; from the day `until` (default: today) the person no longer holds it.

    Raises: NotYourDepartmentError; PostError when it ended already or would end before it began.
    """
    row = Post.objects.select_for_update(of=("self",)).select_related("department", "person")
    post = row.get(pk=post.pk)
    _require_naming(actor, post.department)
    until = until or timezone.localdate(at)
    if post.until is not None or until < post.since:
        raise PostError(
            f"The post of {post.person.username} began {post.since} and cannot end on {until}: "
            "check the day, or whether it ended already.",
            zh=f"{post.person}的职务自{post.since}起任，不能于{until}免去：请核对日期或是否已免去。",
            cite=_HOUSE,
        )
    post.until = until
    post.save(update_fields=["until"])
    facts = {"person": post.person.username, "role": post.role, "until": until.isoformat()}
    _note("post.ended", f"department:{post.department.code}", actor, at, _HOUSE, facts)
    return post


def _require_oversight(actor: Actor, jurisdiction: Jurisdiction | None) -> None:
    if actor.is_system:
        return
    if jurisdiction is None or not rules.oversees(actor, jurisdiction.lineage()):
        where = jurisdiction.name if jurisdiction else "the tree's root"
        raise NotAuthorityError(actor=actor.name, jurisdiction=where, cite=_AREA)


def _require_naming(actor: Actor, department: Department | None) -> None:
    """Let the platform, the area's authority, and the department's responsible people pass."""
    if actor.is_system:
        return
    named = bool(actor.posts & _NAMING)
    if department is None:
        if not (named or actor.duties):
            raise NotYourDepartmentError(
                actor=actor.name, department=actor.department_name, cite=_HOUSE
            )
        return
    if rules.oversees(actor, department.jurisdiction.lineage()):
        return
    if not (named and rules.acts_for(actor, department)):
        raise NotYourDepartmentError(actor=actor.name, department=department.name, cite=_HOUSE)


def _require_strong(password: str, person: Person) -> None:
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        said = " ".join(error.messages)
        raise WeakPasswordError(
            f"The password is too weak: {said}", zh=f"密码强度不足：{said}"
        ) from None


def _note(
    kind: str,
    subject: str,
    actor: Actor,
    at: dt.datetime,
    cite: tuple[str, ...],
    facts: Mapping[str, object],
) -> None:
    ledger.record(
        kind=kind, subject=subject, actor=actor.ledger_name, at=at, cite=cite, facts=facts
    )
