"""People, the posts that they hold, and who stands in for them."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from huitong.organisations.actions.bodies import standing
from huitong.organisations.actions.guarding import (
    HOUSE,
    note,
    require_first_day,
    require_naming,
)
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import (
    NotYourDepartmentError,
    PostError,
    TakenError,
    WeakPasswordError,
)
from huitong.organisations.models import Department, Person, Post
from huitong.organisations.types import Actor, Newcomer, PostRole


@act(*HOUSE)
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
    require_naming(actor, None)
    username, name = username.strip(), name.strip()
    if Person.objects.filter(username=username).exists():
        raise TakenError(what="user name", value=username)
    person = Person(username=username, name=name)
    if password is None:
        person.set_unusable_password()
    else:
        _require_strong(password, person)
        person.set_password(password)
    person.save()
    note("person.registered", f"person:{username}", actor, at, HOUSE, {})
    return person


@act(*HOUSE)
def set_password(person: Person, *, password: str, actor: Actor, at: dt.datetime) -> Person:
    """Set a person's password: one's own, or by somebody who names all their posts.

    Those are the posts of today and of days to come; for somebody without any the platform alone
    does it.

    Raises: NotYourDepartmentError, WeakPasswordError.
    """
    if actor.person_id != person.pk and not actor.is_system:
        kept = Post.objects.filter(
            Q(until__isnull=True) | Q(until__gt=timezone.localdate(at)), person=person
        )
        homes = Department.objects.filter(posts__in=kept).select_related("jurisdiction").distinct()
        for department in homes:
            require_naming(actor, department)
        if not homes:
            raise NotYourDepartmentError(
                actor=actor.name, department=actor.department_name, cite=HOUSE
            )
    _require_strong(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    note("person.password_set", f"person:{person.username}", actor, at, HOUSE, {})
    return person


@act(*HOUSE)
def appoint(
    *,
    person: Person | Newcomer,
    department: Department,
    role: PostRole | str,
    actor: Actor,
    at: dt.datetime,
    since: dt.date | None = None,
    contact: str = "",
    acting: bool = False,
    paper: str = "",
) -> Post:
    """Appoint a person to a post, from today or a given day; `acting` while the post is vacant.

    A newcomer gets an account with it, or neither. A post that began before today rests on the
    `paper` of that appointment. Nobody appoints themselves.

    Raises: NotYourDepartmentError, BodyEndedError, TakenError; PostError when the person holds that
    post already, is the actor, or the post would begin earlier than it may.
    """
    department = standing(department)
    require_naming(actor, department)
    role = PostRole(role)
    since = since or timezone.localdate(at)
    paper = require_first_day(actor, since, paper, at)
    person = _entered(person, actor, at)
    _require_another(person, actor)
    if Post.objects.filter(
        person=person, department=department, role=role.value, until__isnull=True
    ).exists():
        raise PostError(
            f"{person.username} holds the post {role} in {department} already: end it first.",
            zh=f"{person}已在“{department}”担任该职务：如需变更请先免去。",
            cite=HOUSE,
        )
    post = Post.objects.create(
        person=person,
        department=department,
        role=role.value,
        since=since,
        contact=contact.strip(),
        acting=acting,
    )
    facts: dict[str, object] = {
        "person": person.username,
        "role": role.value,
        "since": since.isoformat(),
    }
    if acting:
        facts["acting"] = True
    if paper:
        facts["paper"] = paper
    note("post.begun", f"department:{department.code}", actor, at, HOUSE, facts)
    return post


@act(*HOUSE)
def change_contact(post: Post, *, contact: str, actor: Actor, at: dt.datetime) -> Post:
    """Set or erase how the holder of a post is reached; the ledger holds no number.

    Raises: NotYourDepartmentError.
    """
    row = Post.objects.select_for_update(of=("self",))
    post = row.select_related("department__jurisdiction", "person").get(pk=post.pk)
    require_naming(actor, post.department)
    post.contact = contact.strip()
    post.save(update_fields=["contact"])
    facts = {"person": post.person.username, "role": post.role, "erased": not post.contact}
    note("post.contact", f"department:{post.department.code}", actor, at, HOUSE, facts)
    return post


@act(*HOUSE)
def stand_in(
    post: Post,
    *,
    person: Person | Newcomer,
    since: dt.date,
    until: dt.date,
    actor: Actor,
    at: dt.datetime,
    paper: str = "",
) -> Post:
    """Let somebody stand in for the holder of a post, from `since` until `until` (exclusive).

    The ledger names both. The holder keeps the post: who is back early ends the standing in. Days
    before today rest on a `paper`, and nobody makes themselves stand in.

    Raises: NotYourDepartmentError, BodyEndedError, TakenError; PostError for one's own post, a day
    on which the post is not held, or days on which somebody else stands in already.
    """
    department = standing(post.department)
    require_naming(actor, department)
    paper = require_first_day(actor, since, paper, at)
    person = _entered(person, actor, at)
    _require_another(person, actor)
    row = Post.objects.select_for_update(of=("self",)).select_related("department", "person")
    post = row.get(pk=post.pk)
    faults = {
        "a person cannot stand in for themselves": (person.pk == post.person_id, "不能代理本人"),
        "the last day must come after the first": (until <= since, "终止日须晚于起始日"),
        "the post is not held on all those days": (
            since < post.since or (post.until is not None and until > post.until),
            "代理期间超出该职务的任期",
        ),
        "nobody stands in for one who stands in": (post.acting, "代理职务不能再行代理"),
        "somebody stands in, or the person holds the post, on some of those days": (
            Post.objects.filter(
                Q(stands_in_for=post)
                | Q(person=person, department=post.department, role=post.role),
                Q(until__isnull=True) | Q(until__gt=since),
                since__lt=until,
            ).exists(),
            "该期间已有代理人，或其本人已任该职务",
        ),
    }
    for en, (wrong, zh) in faults.items():
        if wrong:
            raise PostError(
                f"Nobody was made to stand in: {en}. Correct person or days.",
                zh=f"未登记代理：{zh}。请更正人员或日期。",
                cite=HOUSE,
            )
    made = Post.objects.create(
        person=person,
        department=post.department,
        role=post.role,
        since=since,
        until=until,
        acting=True,
        stands_in_for=post,
    )
    facts = {
        "person": person.username,
        "for": post.person.username,
        "role": post.role,
        "since": since.isoformat(),
        "until": until.isoformat(),
    }
    if paper:
        facts["paper"] = paper
    note("post.stood_in", f"department:{post.department.code}", actor, at, HOUSE, facts)
    return made


@act(*HOUSE)
def end_post(post: Post, *, actor: Actor, at: dt.datetime, until: dt.date | None = None) -> Post:
    """End a post; from the day `until` (default: today) the person no longer holds it.

    Whoever stands in for the person in it then stops as well.

    Raises: NotYourDepartmentError; PostError when it ended already or would end before it began.
    """
    row = Post.objects.select_for_update(of=("self",)).select_related("department", "person")
    post = row.get(pk=post.pk)
    require_naming(actor, post.department)
    until = until or timezone.localdate(at)
    ended = post.until is not None and not (post.acting and until < post.until)
    if ended or until < post.since:
        raise PostError(
            f"The post of {post.person.username} began {post.since} and cannot end on {until}: "
            "check the day, or whether it ended already.",
            zh=f"{post.person}的职务自{post.since}起任，不能于{until}免去：请核对日期或是否已免去。",
            cite=HOUSE,
        )
    post.until = until
    post.save(update_fields=["until"])
    for one in Post.objects.filter(stands_in_for=post, until__gt=until):
        one.until = max(until, one.since)
        one.save(update_fields=["until"])
    facts = {"person": post.person.username, "role": post.role, "until": until.isoformat()}
    note("post.ended", f"department:{post.department.code}", actor, at, HOUSE, facts)
    return post


def _entered(person: Person | Newcomer, actor: Actor, at: dt.datetime) -> Person:
    """Return the person, with a new account if there was none. Raises: TakenError."""
    if isinstance(person, Person):
        return person
    return register_person(username=person.username, name=person.name, actor=actor, at=at)


def _require_another(person: Person, actor: Actor) -> None:
    """Refuse somebody who gives a post to themselves. Raises: PostError."""
    if actor.person_id == person.pk:
        raise PostError(
            f"{person.username} cannot take a post by their own act: let another responsible "
            "person of the department, or the authority, do it.",
            zh=f"{person}不能任命本人，也不能指定本人代理：请由本部门其他负责人员或主管部门办理。",
            cite=HOUSE,
        )


def _require_strong(password: str, person: Person) -> None:
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        said = " ".join(error.messages)
        raise WeakPasswordError(
            f"The password is too weak: {said}", zh=f"密码强度不足：{said}"
        ) from None
