"""Delegation: another department carries out a duty for a time, and what it does names both."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from huitong.ledger.models import Entry
from huitong.organisations import actions, queries, rules
from huitong.organisations.errors import (
    DelegationError,
    NoAuthorityError,
    NotYourDepartmentError,
)
from huitong.organisations.models import Delegation, Department
from huitong.organisations.types import SYSTEM, Actor, Lent
from organisations.places import TODAY, Province

DAY = dt.timedelta(days=1)


def delegate(founded: Province, *, actor: Actor = SYSTEM, **more: object) -> Delegation:
    asked: dict[str, object] = {
        "jurisdiction": founded.province, "duty": "sharing", "department": founded.education,
        "since": TODAY, "until": TODAY + 5 * DAY, "paper": "委托书〔2026〕1号",
        "actor": actor, "at": founded.at,
    }  # fmt: skip
    return actions.delegate(**(asked | more))  # type: ignore[arg-type]


@pytest.mark.clause("HL-5")
def test_the_delegates_people_hold_the_duty_for_those_days(founded: Province) -> None:
    delegate(founded, since=TODAY + DAY)

    held = [
        ("230000", "sharing") in queries.actor_of(founded.officer, TODAY + n * DAY).duties
        for n in (0, 1, 4, 5)
    ]

    assert held == [False, True, True, False]
    assert queries.holds_duty(founded.education.pk, founded.province.pk, "sharing", TODAY + DAY)
    assert not queries.holds_duty(founded.education.pk, founded.province.pk, "sharing", TODAY)
    assert queries.holds_duty(founded.authority.pk, founded.province.pk, "sharing", TODAY + DAY)


def test_the_actor_says_for_whom_and_is_no_authority_of_the_area(founded: Province) -> None:
    delegate(founded)
    actor = founded.actor(founded.officer)

    assert actor.lent_by("230000", "sharing") == Lent("230000", "sharing", "HL-DATA", "省数据局")
    assert actor.lent_by("230000", "opening") is None
    assert rules.is_authority(actor, founded.province, "sharing")
    assert not rules.oversees(actor, founded.province.lineage())
    assert founded.actor(founded.regulator).delegated == frozenset()


def test_a_delegation_gives_nothing_once_the_holder_lost_the_duty(founded: Province) -> None:
    delegate(founded)
    actions.assign_duty(
        jurisdiction=founded.province, duty="sharing",
        department=Department.objects.create(
            code="HL-NEW", name="新局", jurisdiction=founded.province
        ),
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    assert founded.actor(founded.officer).duties == frozenset()
    assert not queries.holds_duty(founded.education.pk, founded.province.pk, "sharing", TODAY)


def test_a_delegate_that_becomes_the_holder_acts_for_itself(founded: Province) -> None:
    delegate(founded)
    actions.assign_duty(
        jurisdiction=founded.province, duty="sharing", department=founded.education,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    assert founded.actor(founded.officer).delegated == frozenset()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"until": TODAY}, "must come after"),
        ({"since": TODAY - DAY}, "in the past"),
        ({"paper": " "}, "no paper"),
    ],
)
def test_a_delegation_that_cannot_stand_is_refused(
    founded: Province, more: dict[str, object], why: str
) -> None:
    with pytest.raises(DelegationError, match=why) as refused:
        delegate(founded, **more)
    assert refused.value.cite == ("HL-5",)
    assert not Delegation.objects.exists()


def test_a_duty_goes_to_one_delegate_of_the_area_and_not_on(founded: Province) -> None:
    with pytest.raises(DelegationError, match="holder itself"):
        delegate(founded, department=founded.authority)
    with pytest.raises(NoAuthorityError):
        delegate(founded, duty="opening")
    with pytest.raises(NotYourDepartmentError):
        delegate(founded, actor=founded.actor(founded.head))
    delegate(founded)
    with pytest.raises(DelegationError, match="delegated on some"):
        delegate(founded, department=founded.civil_affairs, since=TODAY + 4 * DAY)
    with pytest.raises(NotYourDepartmentError):
        delegate(founded, actor=founded.actor(founded.head), since=TODAY + 5 * DAY,
                 until=TODAY + 6 * DAY)  # fmt: skip


def test_a_delegation_ends_early_on_record_and_only_once(founded: Province) -> None:
    made = delegate(founded)

    ended = actions.end_delegation(made, actor=SYSTEM, at=founded.at)

    assert ended.until == TODAY
    assert founded.actor(founded.officer).duties == frozenset()
    assert Entry.objects.get(kind="delegation.ended").facts["duty"] == "sharing"
    with pytest.raises(DelegationError):
        actions.end_delegation(made, actor=SYSTEM, at=founded.at)


def test_the_database_lets_a_delegation_only_end_earlier(founded: Province) -> None:
    delegate(founded)
    for change, refused in (
        ("until = until + 1", IntegrityError),
        ("duty = 'opening'", ProgrammingError),
    ):
        with pytest.raises(refused), transaction.atomic():
            connection.cursor().execute(f"UPDATE organisations_delegation SET {change}")  # noqa: S608
