"""Jurisdictions, departments and duties: who founds them and what is refused."""

import datetime as dt

import pytest

from huitong.ledger.models import Entry
from huitong.organisations import actions, queries
from huitong.organisations.errors import (
    CodeError,
    LevelError,
    NoAuthorityError,
    NoRegulationError,
    NotAuthorityError,
    TakenError,
)
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM, Level
from organisations.places import Province


def test_a_county_may_lie_directly_below_its_province(founded: Province) -> None:
    county = actions.found_jurisdiction(
        code="239001", name="某县级市", level="county", parent=founded.province,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    assert [place.code for place in county.lineage()] == ["239001", "230000"]


@pytest.mark.parametrize(
    ("level", "has_parent"),
    [(Level.PROVINCE, True), (Level.CITY, False), (Level.COUNTY, False)],
)
def test_a_level_that_does_not_fit_its_parent_is_refused(
    founded: Province, level: Level, has_parent: bool
) -> None:
    with pytest.raises(LevelError):
        actions.found_jurisdiction(
            code="230900", name="某地", level=level, actor=SYSTEM, at=founded.at,
            parent=founded.province if has_parent else None,
        )  # fmt: skip

    assert not Jurisdiction.objects.filter(code="230900").exists()


@pytest.mark.parametrize("code", ["23", "23010A", "２３０１００", "2301000"])
def test_a_code_that_is_not_six_digits_is_refused(founded: Province, code: str) -> None:
    with pytest.raises(CodeError, match="six digits"):
        actions.found_jurisdiction(
            code=code, name="某市", level="city", parent=founded.province,
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip


def test_a_division_that_the_standard_does_not_know_is_noted_and_accepted(
    founded: Province,
) -> None:
    made = actions.found_jurisdiction(
        code="239900", name="试点新区", level="city", parent=founded.province,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    noted = Entry.objects.get(subject="jurisdiction:239900")
    assert made.pk
    assert noted.facts["warning"] == "division_unknown"


def test_a_known_division_carries_no_warning(founded: Province) -> None:
    assert "warning" not in Entry.objects.get(subject="jurisdiction:230100").facts


@pytest.mark.clause("HL-5")
def test_the_provinces_authority_founds_bodies_in_its_cities_too(founded: Province) -> None:
    made = actions.found_department(
        code="HRB-EDU", name="哈尔滨市教育局", jurisdiction=founded.city,
        actor=founded.actor(founded.regulator), at=founded.at,
    )  # fmt: skip

    noted = Entry.objects.get(subject="department:HRB-EDU")
    assert made.jurisdiction == founded.city
    assert noted.actor == "person:wang@HL-DATA"
    assert noted.cite == ["HL-5"]


@pytest.mark.clause("HL-5")
def test_a_department_that_is_no_authority_founds_nothing(founded: Province) -> None:
    before = Entry.objects.exclude(kind="organisation.refused").count()

    with pytest.raises(NotAuthorityError) as refused:
        actions.found_department(
            code="X", name="某局", jurisdiction=founded.province,
            actor=founded.actor(founded.head), at=founded.at,
        )  # fmt: skip

    assert refused.value.cite == ("HL-5",)
    assert "主管部门" in refused.value.zh
    assert not Department.objects.filter(code="X").exists()
    assert Entry.objects.exclude(kind="organisation.refused").count() == before


@pytest.mark.clause("HL-5")
def test_a_citys_authority_has_no_say_in_the_province(founded: Province) -> None:
    actions.assign_duty(
        jurisdiction=founded.city, duty="sharing", department=founded.civil_affairs,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip
    clerk = actions.register_person(username="sun", name="孙", actor=SYSTEM, at=founded.at)
    actions.appoint(
        person=clerk, department=founded.civil_affairs, role="head", actor=SYSTEM, at=founded.at
    )

    with pytest.raises(NotAuthorityError):
        actions.choose_regulation(
            founded.province, profile_id="heilongjiang-2025",
            actor=founded.actor(clerk), at=founded.at,
        )  # fmt: skip


def test_a_credit_code_with_a_wrong_check_digit_is_refused(founded: Province) -> None:
    with pytest.raises(CodeError, match="check_digit"):
        actions.found_department(
            code="X", name="某局", jurisdiction=founded.province,
            credit_code="911101080000000000", actor=SYSTEM, at=founded.at,
        )  # fmt: skip


def test_a_code_in_use_is_refused(founded: Province) -> None:
    with pytest.raises(TakenError, match="HL-EDU"):
        actions.found_department(
            code="HL-EDU", name="另一个", jurisdiction=founded.province,
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip


def test_a_duty_has_one_holder_and_moves_with_a_record_of_the_former_one(founded: Province) -> None:
    actions.assign_duty(
        jurisdiction=founded.province, duty="sharing", department=founded.education,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip

    assert queries.authority_of(founded.province, "sharing") == founded.education
    noted = Entry.objects.filter(kind="duty.assigned").order_by("id").last()
    assert noted is not None
    assert noted.facts["former"] == "HL-DATA"


def test_a_duty_goes_to_a_department_of_the_same_jurisdiction(founded: Province) -> None:
    with pytest.raises(LevelError):
        actions.assign_duty(
            jurisdiction=founded.province, duty="opening", department=founded.civil_affairs,
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip


def test_a_duty_that_nobody_holds_is_named_with_the_rule_that_asked(founded: Province) -> None:
    with pytest.raises(NoAuthorityError) as refused:
        queries.authority_of(founded.city, "sharing", cite=("HL-22.2",))

    assert refused.value.cite == ("HL-22.2",)
    assert "哈尔滨市" in refused.value.zh


@pytest.mark.clause("HN-3.2")
def test_a_city_without_a_regulation_of_its_own_applies_its_provinces(founded: Province) -> None:
    assert queries.profile_of(founded.city) == "heilongjiang-2025"


def test_a_tree_without_any_regulation_says_so(founded: Province) -> None:
    bare = actions.found_jurisdiction(
        code="220000", name="吉林省", level="province", parent=None, actor=SYSTEM, at=founded.at
    )

    with pytest.raises(NoRegulationError):
        queries.profile_of(bare)


def test_choosing_a_regulation_is_recorded_with_the_one_before(founded: Province) -> None:
    actions.choose_regulation(
        founded.city, profile_id="heilongjiang-2025", actor=founded.actor(founded.regulator),
        at=founded.at + dt.timedelta(days=1),
    )  # fmt: skip

    noted = Entry.objects.get(kind="jurisdiction.regulation")
    assert noted.facts == {"before": "", "profile": "heilongjiang-2025"}
