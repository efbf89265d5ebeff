"""People, the posts that they hold, and who stands in for them."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huitong.organisations.actions.bodies import require_standing
from huitong.organisations.actions.guarding import HOUSE, note, require_naming
from huitong.organisations.errors import PostError, TakenError, WeakPasswordError
from huitong.organisations.models import Department, Person, Post
from huitong.organisations.types import Actor, PostRole


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
    require_naming(actor, None)
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
            require_naming(actor, department)
        if not homes:
            require_naming(actor, None)
    _require_strong(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    note("person.password_set", f"person:{person.username}", actor, at, HOUSE, {})
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
    contact: str = "",
    acting: bool = False,
) -> Post:
    """Appoint a person to a post, from today or a given day; `acting` while the post is vacant.

    Raises: NotYourDepartmentError, BodyEndedError; PostError when the person holds that post
    already.
    """
    require_naming(actor, department)
    require_standing(department)
    role = PostRole(role)
    since = since or timezone.localdate(at)
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
    note("post.begun", f"department:{department.code}", actor, at, HOUSE, facts)
    return post


@transaction.atomic
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


@transaction.atomic
def stand_in(
    post: Post,
    *,
    person: Person,
    since: dt.date,
    until: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> Post:
    """Let somebody stand in for the holder of a post, from `since` until `until` (exclusive).

    The ledger names both. The holder keeps the post: who is back early ends the standing in.

    Raises: NotYourDepartmentError, BodyEndedError; PostError for one's own post, a day on which the
    post is not held, or days on which somebody else stands in already.
    """
    row = Post.objects.select_for_update(of=("self",)).select_related(
        "department__jurisdiction", "person"
    )
    post = row.get(pk=post.pk)
    require_naming(actor, post.department)
    require_standing(post.department)
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
    note("post.stood_in", f"department:{post.department.code}", actor, at, HOUSE, facts)
    return made


@transaction.atomic
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


def _require_strong(password: str, person: Person) -> None:
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        said = " ".join(error.messages)
        raise WeakPasswordError(
            f"The password is too weak: {said}", zh=f"密码强度不足：{said}"
        ) from None
