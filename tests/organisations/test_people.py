"""People, posts and accounts."""

import datetime as dt
import json

import pytest

from huitong.ledger.models import Entry
from huitong.organisations import actions, queries, rules
from huitong.organisations.errors import (
    NoPostError,
    NotAuthorityError,
    NotYourDepartmentError,
    PostError,
    TakenError,
    WeakPasswordError,
)
from huitong.organisations.models import Person, Post
from huitong.organisations.types import SYSTEM, PostRole
from organisations.places import Province

DAY = dt.timedelta(days=1)


def test_an_actor_is_the_person_in_the_department_of_the_post(founded: Province) -> None:
    actor = founded.actor(founded.regulator)

    assert actor.department_code == "HL-DATA"
    assert actor.duties == {("230000", "sharing")}
    assert actor.is_authority_of == {"230000"}
    assert actor.posts == {PostRole.DAILY_STAFF}
    assert actor.ledger_name == "person:wang@HL-DATA"


@pytest.mark.clause("HL-6.1")
def test_an_officer_acts_for_the_own_department_only(founded: Province) -> None:
    officer = founded.actor(founded.officer)

    rules.require_acts_for(officer, founded.education)
    with pytest.raises(NotYourDepartmentError) as refused:
        rules.require_acts_for(officer, founded.authority)

    assert refused.value.cite == ("HL-6.1",)
    assert "省数据局" in refused.value.zh


def test_a_duty_is_held_where_it_was_assigned_and_nowhere_else(founded: Province) -> None:
    regulator = founded.actor(founded.regulator)

    assert rules.is_authority(regulator, founded.province, "sharing")
    assert rules.is_authority(regulator, founded.province)
    assert not rules.is_authority(regulator, founded.province, "opening")
    assert not rules.is_authority(regulator, founded.city, "sharing")
    assert rules.oversees(regulator, founded.city.lineage())
    with pytest.raises(NotAuthorityError):
        rules.require_authority(regulator, founded.city, "sharing")


def test_the_platform_acts_for_no_department(founded: Province) -> None:
    assert not rules.acts_for(SYSTEM, founded.education)
    assert SYSTEM.ledger_name == "system:huitong"


def test_a_person_with_two_posts_acts_for_one_department_at_a_time(founded: Province) -> None:
    actions.appoint(
        person=founded.officer, department=founded.authority, role=PostRole.DAILY_STAFF,
        since=founded.today + DAY, actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    tomorrow = founded.today + DAY

    by_default = queries.actor_of(founded.officer, tomorrow)
    chosen = queries.actor_of(founded.officer, tomorrow, department=founded.education)

    assert by_default.department_code == "HL-DATA"
    assert by_default.posts == {PostRole.DAILY_STAFF}
    assert chosen.department_code == "HL-EDU"
    assert not chosen.duties
    assert queries.actors_of(founded.officer, tomorrow) == (by_default, chosen)
    assert by_default.duties == founded.actor(founded.regulator).duties
    assert queries.departments_of(founded.officer, tomorrow) == [
        founded.authority,
        founded.education,
    ]


def test_a_post_counts_from_its_first_day_and_no_longer_on_its_last(founded: Province) -> None:
    post = Post.objects.get(person=founded.officer)
    with pytest.raises(NoPostError):
        queries.actor_of(founded.officer, founded.today - DAY)

    actions.end_post(post, until=founded.today + 3 * DAY, actor=SYSTEM, at=founded.at)

    assert queries.actor_of(founded.officer, founded.today + 2 * DAY)
    with pytest.raises(NoPostError):
        queries.actor_of(founded.officer, founded.today + 3 * DAY)


def test_an_account_that_is_switched_off_acts_for_nobody(founded: Province) -> None:
    founded.officer.is_active = False

    with pytest.raises(NoPostError):
        founded.actor(founded.officer)


def test_a_post_ends_once_and_not_before_it_began(founded: Province) -> None:
    post = Post.objects.get(person=founded.officer)
    with pytest.raises(PostError):
        actions.end_post(post, until=founded.today - DAY, actor=SYSTEM, at=founded.at)
    actions.end_post(post, actor=SYSTEM, at=founded.at)
    with pytest.raises(PostError):
        actions.end_post(post, actor=SYSTEM, at=founded.at)


def test_the_same_post_is_not_held_twice_at_once(founded: Province) -> None:
    with pytest.raises(PostError):
        actions.appoint(
            person=founded.officer, department=founded.education, role="officer",
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip


@pytest.mark.clause("HL-6.1")
def test_the_head_appoints_people_of_the_own_department(founded: Province) -> None:
    head = founded.actor(founded.head)
    clerk = actions.register_person(username="zhao", name="赵", actor=head, at=founded.at)

    actions.appoint(
        person=clerk, department=founded.education, role="daily_staff", actor=head, at=founded.at
    )

    noted = Entry.objects.filter(kind="post.begun").order_by("id").last()
    assert noted is not None
    assert noted.cite == ["HL-6.1"]
    assert noted.facts == {"person": "zhao", "role": "daily_staff", "since": "2026-03-02"}
    with pytest.raises(NotYourDepartmentError):
        actions.appoint(
            person=clerk, department=founded.civil_affairs, role="officer",
            actor=head, at=founded.at,
        )  # fmt: skip


@pytest.mark.clause("HL-5")
def test_the_areas_authority_may_name_a_departments_people(founded: Province) -> None:
    regulator = founded.actor(founded.regulator)

    actions.appoint(
        person=founded.officer, department=founded.civil_affairs, role="daily_staff",
        actor=regulator, at=founded.at,
    )  # fmt: skip

    noted = Entry.objects.filter(kind="post.begun").order_by("id").last()
    assert noted is not None
    assert noted.actor == "person:wang@HL-DATA"


@pytest.mark.clause("HL-6.1")
def test_an_officer_appoints_nobody_and_opens_no_account(founded: Province) -> None:
    officer = founded.actor(founded.officer)

    with pytest.raises(NotYourDepartmentError):
        actions.appoint(
            person=founded.officer, department=founded.education, role="head",
            actor=officer, at=founded.at,
        )  # fmt: skip
    with pytest.raises(NotYourDepartmentError):
        actions.register_person(username="qian", name="钱", actor=officer, at=founded.at)

    assert not Person.objects.filter(username="qian").exists()


def test_a_password_is_kept_as_argon2_and_the_ledger_knows_neither_it_nor_the_name(
    founded: Province,
) -> None:
    person = actions.register_person(
        username="zhou", name="周某某", password="Long-enough-9271", actor=SYSTEM, at=founded.at
    )

    person.refresh_from_db()
    noted = Entry.objects.get(subject="person:zhou")
    assert person.password.startswith("argon2")
    assert person.check_password("Long-enough-9271")
    assert "周某某" not in json.dumps(noted.facts, ensure_ascii=False)
    assert "Long-enough" not in json.dumps(noted.facts)


def test_a_weak_password_opens_no_account(founded: Province) -> None:
    with pytest.raises(WeakPasswordError):
        actions.register_person(
            username="wu", name="吴", password="123456", actor=SYSTEM, at=founded.at
        )
    assert not Person.objects.filter(username="wu").exists()


def test_a_user_name_is_given_once(founded: Province) -> None:
    with pytest.raises(TakenError):
        actions.register_person(username="li", name="另一个李", actor=SYSTEM, at=founded.at)


def test_an_account_without_a_password_lets_nobody_in(founded: Province) -> None:
    assert not founded.officer.has_usable_password()


def test_people_set_their_own_password_and_nobody_elses(founded: Province) -> None:
    officer = founded.actor(founded.officer)
    actions.set_password(founded.officer, password="My-own-words-11", actor=officer, at=founded.at)
    with pytest.raises(NotYourDepartmentError):
        actions.set_password(founded.head, password="Not-my-words-11", actor=officer, at=founded.at)

    founded.officer.refresh_from_db()
    founded.head.refresh_from_db()
    assert founded.officer.check_password("My-own-words-11")
    assert not founded.head.has_usable_password()


@pytest.mark.clause("HL-6.1")
def test_a_departments_people_are_listed_with_their_posts(founded: Province) -> None:
    posts = queries.people_of(founded.education, founded.today)

    assert [(post.person.username, post.role) for post in posts] == [
        ("li", "head"),
        ("zhang", "officer"),
    ]
