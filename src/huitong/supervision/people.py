"""What a filing of people does: the post that was reported is held from the day of the filing."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from huitong.cases import effects, queries, registers
from huitong.cases.errors import PartyMissingError
from huitong.cases.models import Case, CaseEvent
from huitong.organisations import actions
from huitong.organisations.errors import PostError
from huitong.organisations.models import Department, Person, Post
from huitong.organisations.types import SYSTEM, Actor, PostRole

ROLES = {
    "first_responsible": PostRole.HEAD,
    "leader_in_charge": PostRole.DEPUTY,
    "unit_head": PostRole.UNIT_HEAD,
    "daily_staff": PostRole.DAILY_STAFF,
    "cdo": PostRole.CHIEF_DATA_OFFICER,
    "security_officer": PostRole.SECURITY_OFFICER,
}
"""The post that each choice of the fact `post` names."""
# A department has one of these; who is reported next takes the place of the one before.
_SINGLE = frozenset(ROLES.values()) - {PostRole.DAILY_STAFF}


@effects.register("file_people")
def file_people(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Let the reported person hold the reported post, or leave it, from the day of the filing.

    The person is known by user name, or by name among the department's people; somebody who has
    no account yet is entered without a password, which nobody can log in with.

    Raises: PartyMissingError, PostError.
    """
    del actor  # the case's own event says who filed; the post follows from it
    facts = registers.stated(case)
    department = _department(case)
    role = ROLES[str(facts["post"])]
    named, contact = str(facts["person"]).strip(), str(facts.get("contact") or "")
    today = timezone.localdate(at)
    held = Post.objects.filter(department=department, role=role.value, acting=False).held_on(today)
    person = _person(department, named)
    if facts.get("post_change") == "leaves":
        leaving = held.filter(person=person, until__isnull=True).first() if person else None
        if leaving is None:
            raise PostError(
                f"Nobody known as {named} holds the post {role} in {department}: correct the name.",
                zh=f"“{department}”没有名为“{named}”的该岗位人员：请更正姓名。",
                cite=event.cite,
            )
        actions.end_post(leaving, actor=SYSTEM, at=at, until=today)
        return
    if person is None:
        username = f"{department.code}-{case.number}".lower()[:64]
        person = actions.register_person(username=username, name=named, actor=SYSTEM, at=at)
    open_posts = held.filter(until__isnull=True)
    if role in _SINGLE:
        for post in open_posts.exclude(person=person):
            actions.end_post(post, actor=SYSTEM, at=at, until=today)
    mine = open_posts.filter(person=person).first()
    if mine is not None:
        actions.change_contact(mine, contact=contact, actor=SYSTEM, at=at)
        return
    actions.appoint(
        person=person, department=department, role=role, since=today, contact=contact,
        actor=SYSTEM, at=at,
    )  # fmt: skip


def _department(case: Case) -> Department:
    parties = queries.parties_of(case)
    for name in ("department", "provider"):
        if name in parties:
            return parties[name]
    raise PartyMissingError(role="department", role_zh="报送部门", cite=())


def _person(department: Department, named: str) -> Person | None:
    """Return the one person meant: by user name, or by a name that one of the department has."""
    found = Person.objects.filter(username=named).first()
    if found is not None:
        return found
    mine = Person.objects.filter(Q(posts__department=department), name=named).distinct()[:2]
    return mine[0] if len(mine) == 1 else None
