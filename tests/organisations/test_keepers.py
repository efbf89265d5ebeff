"""Who may name people and change bodies: the right duty and a post that answers for it."""

import dataclasses
import datetime as dt

import pytest
from django.db import transaction

from huitong.ledger.models import Entry
from huitong.organisations import actions, queries
from huitong.organisations.actions.refusing import kept
from huitong.organisations.errors import (
    NotAuthorityError,
    NotResponsibleError,
    NotYourDepartmentError,
    PostError,
    TakenError,
)
from huitong.organisations.models import Department, Person, Post
from huitong.organisations.types import SYSTEM, Newcomer, PostRole
from organisations.places import Province

DAY = dt.timedelta(days=1)
PASSWORD = "Langes-Geheimnis-9271"


def _person(founded: Province, username: str, home: Department, role: str) -> Person:
    return actions.appoint(
        person=Newcomer(username, f"{username}（测试）"), department=home, role=role,
        actor=SYSTEM, at=founded.at,
    ).person  # fmt: skip


@pytest.mark.clause("HL-5", "HL-6.1")
def test_a_side_duty_names_nobody_elsewhere_and_changes_no_body(founded: Province) -> None:
    actions.assign_duty(
        jurisdiction=founded.province, duty="evaluation", department=founded.education,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    head = founded.actor(founded.head)

    with pytest.raises(NotYourDepartmentError):
        actions.appoint(
            person=founded.officer, department=founded.authority, role="head",
            actor=head, at=founded.at,
        )  # fmt: skip
    with pytest.raises(NotAuthorityError):
        actions.assign_duty(
            jurisdiction=founded.province, duty="sharing", department=founded.education,
            actor=head, at=founded.at,
        )  # fmt: skip

    assert queries.authority_of(founded.province, "sharing") == founded.authority


@pytest.mark.clause("HL-5", "HL-6.1")
def test_an_officer_of_the_authority_names_nobody_and_changes_no_body(founded: Province) -> None:
    officer = founded.actor(_person(founded, "clerk", founded.authority, "officer"))

    with pytest.raises(NotYourDepartmentError):
        actions.appoint(
            person=founded.officer, department=founded.civil_affairs, role="officer",
            actor=officer, at=founded.at,
        )  # fmt: skip
    with pytest.raises(NotResponsibleError) as refused:
        actions.rename_department(
            founded.civil_affairs, name="另一名称", day=founded.today, paper="文件",
            actor=officer, at=founded.at,
        )  # fmt: skip

    assert refused.value.cite == ("HL-5",)


@pytest.mark.clause("CT-23.2")
def test_where_a_text_says_to_whom_people_are_reported_that_body_names_them(
    founded: Province,
) -> None:
    actions.choose_regulation(
        founded.province, profile_id="county-2024", actor=SYSTEM, at=founded.at
    )
    before = founded.actor(founded.regulator)
    appointment = {
        "person": founded.officer, "department": founded.civil_affairs, "role": "officer",
        "at": founded.at,
    }  # fmt: skip
    with pytest.raises(NotYourDepartmentError):
        actions.appoint(**appointment, actor=before)  # type: ignore[arg-type]

    actions.assign_duty(
        jurisdiction=founded.province, duty="people", department=founded.authority,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    post = actions.appoint(**appointment, actor=founded.actor(founded.regulator))  # type: ignore[arg-type]
    assert post.department == founded.civil_affairs


@pytest.mark.clause("HL-6.1")
def test_nobody_takes_a_post_by_their_own_act(founded: Province) -> None:
    regulator, head = founded.actor(founded.regulator), founded.actor(founded.head)
    clerk = _person(founded, "clerk", founded.education, "daily_staff")
    post = Post.objects.get(person=clerk)

    with pytest.raises(PostError):
        actions.appoint(
            person=founded.regulator, department=founded.education, role="head",
            actor=regulator, at=founded.at,
        )  # fmt: skip
    with pytest.raises(PostError):
        actions.stand_in(
            post, person=founded.head, since=founded.today, until=founded.today + DAY,
            actor=head, at=founded.at,
        )  # fmt: skip

    assert not Post.objects.filter(person=founded.regulator, department=founded.education).exists()


@pytest.mark.clause("HL-6.1")
def test_a_post_from_before_today_rests_on_a_paper(founded: Province) -> None:
    head = founded.actor(founded.head)
    given = {
        "person": Newcomer("zhao", "赵"), "department": founded.education, "role": "officer",
        "since": founded.today - 3 * DAY, "actor": head, "at": founded.at,
    }  # fmt: skip

    with pytest.raises(PostError):
        actions.appoint(**given)  # type: ignore[arg-type]
    post = actions.appoint(**given, paper=" 任字〔2026〕3号 ")  # type: ignore[arg-type]
    with pytest.raises(PostError):
        actions.stand_in(
            Post.objects.get(person=founded.head), person=post.person,
            since=founded.today - DAY, until=founded.today + DAY,
            actor=head, at=founded.at,
        )  # fmt: skip

    noted = Entry.objects.filter(kind="post.begun").order_by("id").last()
    assert noted is not None
    assert noted.facts["paper"] == "任字〔2026〕3号"


@pytest.mark.clause("HL-6.1")
def test_a_password_is_set_by_oneself_or_by_who_names_every_post_held_or_to_come(
    founded: Province,
) -> None:
    head = founded.actor(founded.head)
    coming = actions.register_person(username="neu", name="新人", actor=SYSTEM, at=founded.at)
    with pytest.raises(NotYourDepartmentError):
        actions.set_password(coming, password=PASSWORD, actor=head, at=founded.at)
    actions.appoint(
        person=coming, department=founded.education, role="officer", actor=SYSTEM, at=founded.at
    )
    actions.set_password(coming, password=PASSWORD, actor=head, at=founded.at)
    actions.appoint(
        person=coming, department=founded.authority, role="head", actor=SYSTEM, at=founded.at,
        since=founded.today + 3 * DAY,
    )  # fmt: skip

    with pytest.raises(NotYourDepartmentError):
        actions.set_password(coming, password=PASSWORD + "x", actor=head, at=founded.at)

    own = dataclasses.replace(head, person_id=coming.pk)
    actions.set_password(coming, password=PASSWORD + "y", actor=own, at=founded.at)
    coming.refresh_from_db()
    assert coming.check_password(PASSWORD + "y")


@pytest.mark.clause("HL-6.1")
def test_a_newcomer_gets_account_and_post_together_or_neither(founded: Province) -> None:
    head = founded.actor(founded.head)

    with pytest.raises(NotYourDepartmentError):
        actions.appoint(
            person=Newcomer("squat", "张三"), department=founded.civil_affairs, role="officer",
            actor=head, at=founded.at,
        )  # fmt: skip
    with pytest.raises(TakenError):
        actions.appoint(
            person=Newcomer("wang", "张三"), department=founded.education, role="officer",
            actor=head, at=founded.at,
        )  # fmt: skip

    assert not Person.objects.filter(username="squat").exists()
    assert not Entry.objects.filter(subject="person:squat").exists()


@pytest.mark.clause("HL-5", "HL-6.1")
def test_a_refused_act_is_on_record_with_its_article_and_nothing_that_was_typed(
    founded: Province,
) -> None:
    head = founded.actor(founded.head)

    with pytest.raises(NotYourDepartmentError):
        actions.appoint(
            person=Newcomer("squat", "张三"), department=founded.civil_affairs, role="officer",
            actor=head, at=founded.at,
        )  # fmt: skip
    with pytest.raises(NotAuthorityError):
        actions.found_department(
            code="张三", name="张三", jurisdiction=founded.city, actor=head, at=founded.at
        )
    with pytest.raises(TakenError):
        actions.register_person(username="li", name="张三", actor=head, at=founded.at)

    refused = Entry.objects.filter(kind="organisation.refused").order_by("id")
    assert [(one.subject, one.facts, one.cite, one.actor) for one in refused] == [
        (
            "department:HRB-CA", {"act": "appoint", "code": "not_your_department"}, ["HL-6.1"],
            "person:li@HL-EDU",
        ),
        (
            "jurisdiction:230100", {"act": "found_department", "code": "not_authority"}, ["HL-5"],
            "person:li@HL-EDU",
        ),
        (
            "department:HL-EDU", {"act": "register_person", "code": "taken"}, ["HL-6.1"],
            "person:li@HL-EDU",
        ),
    ]  # fmt: skip


@pytest.mark.clause("HL-5")
def test_a_refusal_inside_a_larger_transaction_outlives_it(founded: Province) -> None:
    head = founded.actor(founded.head)

    with pytest.raises(NotAuthorityError), kept(), transaction.atomic():
        actions.end_department(
            founded.civil_affairs, successor=None, day=founded.today, paper="文件",
            actor=head, at=founded.at,
        )  # fmt: skip

    noted = Entry.objects.get(kind="organisation.refused")
    assert noted.facts == {"act": "end_department", "code": "not_authority"}


def test_who_stands_in_for_a_head_names_people_for_those_days(founded: Province) -> None:
    actions.stand_in(
        Post.objects.get(person=founded.head), person=founded.officer, since=founded.today,
        until=founded.today + DAY, actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    acting = founded.actor(founded.officer)

    post = actions.appoint(
        person=Newcomer("zhao", "赵"), department=founded.education, role=PostRole.OFFICER,
        actor=acting, at=founded.at,
    )  # fmt: skip

    assert post.person.username == "zhao"
