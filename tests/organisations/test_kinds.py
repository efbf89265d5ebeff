"""Kinds of body: whom each regulation binds, whom by reference, and what law must authorise."""

import pytest

from huitong.ledger.models import Entry
from huitong.organisations import actions, gaps
from huitong.organisations.errors import ActPaperError, BodyKindError, NotAuthorityError
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM
from huitong.regulations import house, profiles
from organisations.places import Province


def place(founded: Province, profile: str) -> Jurisdiction:
    return actions.found_jurisdiction(
        code="410000", name="某省", level="province", parent=None, profile_id=profile,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip


def body(founded: Province, where: Jurisdiction, kind: str, authorised_by: str = "") -> Department:
    return actions.found_department(
        code="BODY", name="某单位", jurisdiction=where, kind=kind, authorised_by=authorised_by,
        actor=SYSTEM, at=founded.at,
    )  # fmt: skip


@pytest.mark.clause("HN-32", "HZ-24", "HZ-2.2", "NA-43", "NA-30.2", "HL-46", "CT-3.2", "MC-2.1")
@pytest.mark.parametrize(
    ("profile", "kind", "standing", "cite"),
    [
        ("henan-2020", "stationed_body", "by_reference", "HN-32"),
        ("henan-2020", "funded_body", "by_reference", "HN-32"),
        ("henan-2020", "public_enterprise", "by_reference", "HN-32"),
        ("huizhou-2024", "stationed_body", "by_reference", "HZ-24"),
        ("huizhou-2024", "funded_body", "by_reference", "HZ-24"),
        ("huizhou-2024", "public_enterprise", "in_part", "HZ-2.2"),
        ("national-2025", "other_state_organ", "by_reference", "NA-43"),
        ("national-2025", "village", "recipient", "NA-30.2"),
        ("heilongjiang-2025", "other_state_organ", "encouraged", "HL-46"),
        ("county-2024", "social_organisation", "bound", "CT-3.2"),
        ("model-city", "public_institution", "bound", "MC-2.1"),
    ],
)
def test_how_a_regulation_stands_to_a_kind_of_body(
    founded: Province, profile: str, kind: str, standing: str, cite: str
) -> None:
    rule = gaps.standing_of(body(founded, place(founded, profile), kind))

    assert rule is not None
    assert (rule.standing, rule.cite) == (standing, (cite,))


@pytest.mark.clause("HN-32", "HZ-24", "NA-43", "HL-46")
@pytest.mark.parametrize(
    ("profile", "kind"),
    [
        ("henan-2020", "stationed_body"),
        ("huizhou-2024", "funded_body"),
        ("national-2025", "other_state_organ"),
        ("heilongjiang-2025", "other_state_organ"),
    ],
)
def test_who_follows_by_reference_owes_a_house_and_who_is_encouraged_owes_none(
    founded: Province, profile: str, kind: str
) -> None:
    made = body(founded, place(founded, profile), kind)

    owes = bool(gaps.of_department(made, founded.today))

    assert owes is (profile != "heilongjiang-2025")


@pytest.mark.clause("HN-2.2")
def test_an_institution_counts_only_where_a_law_authorises_it(founded: Province) -> None:
    where = place(founded, "henan-2020")
    with pytest.raises(BodyKindError) as refused:
        body(founded, where, "authorised_institution", "  ")
    assert refused.value.cite == ("HN-2.2",)
    assert "授权依据" in refused.value.zh
    assert not Department.objects.filter(code="BODY").exists()

    made = body(founded, where, "authorised_institution", "《某条例》第三条")

    assert made.authorised_by == "《某条例》第三条"


@pytest.mark.clause("CT-3.2")
def test_a_text_that_asks_for_no_authorising_law_takes_an_institution_without_one(
    founded: Province,
) -> None:
    made = body(founded, place(founded, "county-2024"), "public_institution")

    assert Entry.objects.get(subject=f"department:{made.code}").facts["kind"] == made.kind


def test_a_kind_that_nobody_knows_is_refused(founded: Province) -> None:
    with pytest.raises(BodyKindError, match="no kind of body 'ministry'"):
        body(founded, founded.province, "ministry")


def test_a_kind_that_the_text_does_not_name_is_noted(founded: Province) -> None:
    made = body(founded, founded.province, "public_enterprise")

    noted = Entry.objects.get(subject=f"department:{made.code}")
    assert noted.facts["warning"] == "kind_not_in_text"
    assert gaps.standing_of(made) is None
    assert gaps.of_department(made, founded.today) == []


def test_a_change_of_kind_is_an_act_with_a_paper(founded: Province) -> None:
    with pytest.raises(ActPaperError):
        actions.change_kind(
            founded.education, kind="other_state_organ", day=founded.today, paper=" ",
            actor=SYSTEM, at=founded.at,
        )  # fmt: skip
    with pytest.raises(NotAuthorityError):
        actions.change_kind(
            founded.education, kind="other_state_organ", day=founded.today, paper="某发〔2026〕1号",
            actor=founded.actor(founded.head), at=founded.at,
        )  # fmt: skip

    changed = actions.change_kind(
        founded.education, kind="other_state_organ", day=founded.today, paper="某发〔2026〕1号",
        actor=founded.actor(founded.regulator), at=founded.at,
    )  # fmt: skip

    noted = Entry.objects.get(kind="department.rekinded")
    assert changed.kind == "other_state_organ"
    assert noted.facts["paper"] == "某发〔2026〕1号"


def test_every_profile_of_the_package_says_whom_it_binds() -> None:
    for profile_id in profiles.all_ids():
        asked = house.of(profile_id)
        assert asked.bodies["government_department"].standing == "bound", profile_id
