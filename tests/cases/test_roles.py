"""Whose authority is meant: beside a party, at a level that the article names, or at home."""

from dataclasses import replace
from datetime import date

import pytest

from cases.scene import MONDAY, Scene
from huitong.cases import roles
from huitong.cases.errors import PartyMissingError
from huitong.organisations import actions as organisations
from huitong.organisations.errors import NoAuthorityError
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM, PostRole, public_actor
from huitong.regulations import compiling, profiles
from huitong.regulations.types import FlatTable, Names, Role


@pytest.fixture
def city(scene: Scene) -> Jurisdiction:
    return organisations.found_jurisdiction(
        code="230100", name="哈尔滨市", level="city", parent=scene.province,
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip


@pytest.fixture
def bureau(city: Jurisdiction) -> Department:
    return organisations.found_department(
        code="HRB-CA", name="市民政局", jurisdiction=city, actor=SYSTEM, at=MONDAY
    )


def table_with(**role: str | int | None) -> FlatTable:
    """Return a real table in which one more role stands for what is tried."""
    profile = profiles.load("heilongjiang-2025")
    table = compiling.compiled(profile, "share_application_conditional", date(2026, 3, 2))
    tried = Role(
        name="tried", names=Names(zh="某主管部门", en="some authority"), cite=("HL-25.2",),
        **{"resolver": "authority", "duty": "sharing", **role},  # type: ignore[arg-type]
    )  # fmt: skip
    return replace(table, roles={**table.roles, "tried": tried})


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ({"beside": "provider"}, "230000"),
        ({"beside": "consumer"}, "230100"),
        ({"beside": None}, "230100"),
        ({"beside": "consumer", "level": "province"}, "230000"),
        ({"level": "province"}, "230000"),
        ({"beside": "consumer", "above": 1}, "230000"),
    ],
)
def test_the_level_is_that_of_the_one_whom_the_article_is_about(
    scene: Scene,
    city: Jurisdiction,
    bureau: Department,
    role: dict[str, str | int | None],
    expected: str,
) -> None:
    parties = {"provider": scene.provider, "consumer": bureau}

    holder = roles.resolve(table_with(**role), "tried", parties, city)

    assert (holder.jurisdiction_code, holder.duty) == (expected, "sharing")
    assert holder.department_id is None


@pytest.mark.clause("HL-25.2")
def test_a_level_that_the_tree_does_not_have_is_refused_with_the_article(scene: Scene) -> None:
    with pytest.raises(NoAuthorityError) as refused:
        roles.resolve(table_with(level="county"), "tried", {}, scene.province)

    assert refused.value.cite == ("HL-25.2",)


@pytest.mark.clause("HL-12.2")
def test_nobody_is_above_the_root_of_the_tree(scene: Scene) -> None:
    with pytest.raises(NoAuthorityError):
        roles.resolve(
            table_with(beside="provider", above=1),
            "tried",
            {"provider": scene.provider},
            scene.province,
        )


def test_a_citys_authority_is_not_its_provinces(
    scene: Scene, city: Jurisdiction, bureau: Department
) -> None:
    holder = roles.resolve(
        table_with(beside="consumer"), "tried", {"consumer": bureau}, scene.province
    )

    assert not holder.held_by(scene.actor("authority"))
    organisations.assign_duty(
        jurisdiction=city, duty="sharing", department=bureau, actor=SYSTEM, at=MONDAY
    )
    organisations.appoint(
        person=scene.people["consumer_2"], department=bureau, role="officer",
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    assert holder.held_by(scene.actor("consumer_2"))


def test_whoever_has_no_account_acts_through_the_one_who_records(scene: Scene) -> None:
    table = table_with(resolver="anyone_of_public", duty=None, recorded_by="provider")

    holder = roles.resolve(table, "tried", {"provider": scene.provider}, scene.province)

    assert holder.held_by(scene.actor("provider"))
    assert not holder.held_by(scene.actor("consumer"))
    assert holder.role == "tried"  # the event names the one who acts, and who recorded it


@pytest.mark.clause("HL-24.2")
def test_the_public_is_whoever_has_no_account_and_no_officer(scene: Scene) -> None:
    table = table_with(resolver="anyone_of_public", duty=None)
    holder = roles.resolve(table, "tried", {}, scene.province)

    assert holder.held_by(public_actor("0" * 32))
    assert not holder.held_by(scene.actor("provider"))
    assert not holder.held_by(SYSTEM)
    provider = roles.resolve(table, "provider", _parties(scene), scene.province)
    assert not provider.held_by(public_actor("0" * 32))
    assert not roles.THE_CLOCK.held_by(public_actor("0" * 32))


def test_a_role_without_anybody_is_named(scene: Scene) -> None:
    table = table_with(resolver="consumer", duty=None)

    with pytest.raises(PartyMissingError, match="tried") as refused:
        roles.resolve(table, "tried", {"provider": scene.provider}, scene.province)

    assert "某主管部门" in refused.value.zh


def test_a_head_consents_for_the_own_department_and_an_officer_does_not(scene: Scene) -> None:
    table = table_with(resolver="head", duty=None, beside="provider")
    holder = roles.resolve(table, "tried", _parties(scene), scene.province)

    officer = replace(scene.actor("provider"), posts=frozenset({PostRole.OFFICER}))
    assert not holder.held_by(officer)
    assert holder.held_by(replace(officer, posts=frozenset({PostRole.HEAD})))
    assert not holder.held_by(replace(scene.actor("consumer"), posts=frozenset({PostRole.HEAD})))


def test_the_common_superior_is_of_the_lowest_jurisdiction_that_holds_both(
    scene: Scene, city: Jurisdiction, bureau: Department
) -> None:
    table = table_with(resolver="common_superior", duty="sharing", beside=None)
    county = organisations.found_jurisdiction(
        code="230102", name="道里区", level="county", parent=city, actor=SYSTEM, at=MONDAY
    )
    office = organisations.found_department(
        code="DL-ED", name="区教育局", jurisdiction=county, actor=SYSTEM, at=MONDAY
    )
    education = scene.provider

    def superior(one: Department, other: Department) -> str:
        parties = {"provider": one, "consumer": other}
        return roles.resolve(table, "tried", parties, scene.province).jurisdiction_code

    assert superior(bureau, office) == "230100"  # decision 2: of the city, not above it
    assert superior(education, office) == "230000"
    assert superior(office, office) == "230102"


def test_a_department_named_in_the_case_acts_under_the_roles_own_name(
    scene: Scene, bureau: Department
) -> None:
    table = table_with(resolver="party", duty=None)

    holder = roles.resolve(table, "tried", {**_parties(scene), "tried": bureau}, scene.province)
    assert holder.department_id == bureau.pk
    with pytest.raises(PartyMissingError, match="tried"):
        roles.resolve(table, "tried", _parties(scene), scene.province)


def test_of_several_who_may_act_those_whom_the_case_lacks_are_left_out(scene: Scene) -> None:
    table = table_with(resolver="party", duty=None)

    found = roles.resolve_all(table, ["tried", "provider"], _parties(scene), scene.province)
    assert list(found) == ["provider"]
    with pytest.raises(PartyMissingError, match="tried"):
        roles.resolve_all(table, ["tried"], _parties(scene), scene.province)


def _parties(scene: Scene) -> dict[str, Department]:
    return {"provider": scene.provider, "consumer": scene.consumer}


@pytest.mark.clause("NA-20.2", "NA-20.3")
def test_where_a_text_asks_for_the_head_of_the_work_body_no_other_head_consents(
    scene: Scene,
) -> None:
    table = table_with(resolver="head", duty=None, beside="provider", post="unit_head")
    holder = roles.resolve(table, "tried", _parties(scene), scene.province)
    actor = scene.actor("provider")

    assert holder.held_by(replace(actor, posts=frozenset({PostRole.UNIT_HEAD})))
    assert not holder.held_by(replace(actor, posts=frozenset({PostRole.HEAD})))
