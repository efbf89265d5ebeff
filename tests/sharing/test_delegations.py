"""Art. 23: a department below decides on the applications of its own area."""

import pytest

from catalogue.world import LATER, NOON, TODAY
from huitong.cases import actions as cases
from huitong.cases import tables
from huitong.cases.errors import WrongPersonError
from huitong.cases.models import Case, Notice, RegisterEntry
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations import queries
from huitong.organisations.models import Department
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole
from huitong.sharing import actions, delegations
from huitong.sharing.errors import DelegateUnknownError, NoDelegationError
from huitong.sharing.models import Application, Grant
from huitong.sharing.queries import applications_of, decided_by, grants_seen_by
from huitong.sharing.types import Decision
from sharing.places import DRAFTS, Place, found

CITY_EDU, CITY_HRSS = "C-EDU", "C-HRSS"


@pytest.fixture
def place(db: None) -> Place:
    made = found("heilongjiang-2025")
    city = organisations.found_jurisdiction(
        code="410100", name="某市", level=Level.CITY, parent=made.home, actor=SYSTEM, at=NOON
    )
    for code, name in ((CITY_EDU, "市教育局"), (CITY_HRSS, "市人社局")):
        where = organisations.found_department(
            code=code, name=name, jurisdiction=city, actor=SYSTEM, at=NOON
        )
        person = organisations.register_person(
            username=code.lower(), name=code, actor=SYSTEM, at=NOON
        )
        organisations.appoint(
            person=person, department=where, role=PostRole.OFFICER, actor=SYSTEM, at=NOON
        )
    return made


def officer(code: str) -> Actor:
    department = Department.objects.get(code=code)
    return queries.actor_of(department.posts.get().person, TODAY)


def delegated(place: Place, delegate: str = "市教育局", **facts: object) -> Case:
    case = cases.open_case(
        kind="whole_delegation",
        jurisdiction=place.home,
        subject=f"jurisdiction:{place.home.code}",
        title="整体授权",
        parties={"provider": place.provider},
        facts={"area": "某市", "delegate": delegate, **facts},
        actor=place.teacher,
        at=LATER,
    )
    return cases.take_step(case, "record.record", actor=place.regulator, facts={}, at=LATER)


def decide(application: Application, actor: Actor) -> Grant | None:
    whole = dict.fromkeys(application.items, Decision.WHOLE.value)
    return actions.decide(application, decisions=whole, actor=actor, at=LATER)


@pytest.mark.clause("HL-23.2")
def test_the_delegate_decides_on_an_application_of_its_own_area(place: Place) -> None:
    dataset = place.publish(DRAFTS["CONDITIONAL"], "entry-1")
    case = delegated(place)
    assert case.state == "delegated"
    row = RegisterEntry.objects.get(register="delegation")
    assert (row.holder, row.facts["delegate"], row.made_by.cite) == (
        place.provider,
        CITY_EDU,
        ["HL-23.2"],
    )

    application = place.apply(dataset, actor=officer(CITY_HRSS))
    with pytest.raises(WrongPersonError):
        decide(application, place.teacher)
    grant = decide(application, officer(CITY_EDU))
    assert grant is not None
    assert grant.dataset == dataset
    assert application in applications_of(officer(CITY_EDU).department_id or 0)


@pytest.mark.clause("HL-23.2")
@pytest.mark.parametrize("applicant", ["P-HRSS", CITY_EDU])
def test_others_and_the_delegate_itself_are_answered_by_the_provider(
    place: Place, applicant: str
) -> None:
    dataset = place.publish(DRAFTS["CONDITIONAL"], "entry-1")
    delegated(place)
    actor = place.clerk if applicant == "P-HRSS" else officer(applicant)
    application = place.apply(dataset, actor=actor)
    assert application.case.parties["provider"] == place.provider.pk
    assert decide(application, place.teacher) is not None


@pytest.mark.clause("HL-23.2")
@pytest.mark.parametrize(("named", "decides"), [("entry-1", CITY_EDU), ("entry-2", "P-EDU")])
def test_a_delegation_of_named_data_is_for_that_alone(
    place: Place, named: str, decides: str
) -> None:
    dataset = place.publish(DRAFTS["CONDITIONAL"], "entry-1")
    delegated(place, datasets=[named])
    application = place.apply(dataset, actor=officer(CITY_HRSS))
    assert application.case.parties["provider"] == Department.objects.get(code=decides).pk


@pytest.mark.clause("HL-22.2", "HL-23.2")
def test_what_the_provider_does_not_decide_is_not_delegated(place: Place) -> None:
    dataset = place.publish(DRAFTS["UNCONDITIONAL"], "entry-1")
    delegated(place)
    application = place.apply(dataset, actor=officer(CITY_HRSS))
    assert application.case.parties["provider"] == place.provider.pk


@pytest.mark.clause("HL-23.2")
@pytest.mark.parametrize("named", ["不存在的局", "人社局"])
def test_only_a_department_one_level_below_is_filed(place: Place, named: str) -> None:
    with pytest.raises(DelegateUnknownError) as refused:
        delegated(place, delegate=named)
    assert refused.value.cite == ("HL-23.2",)
    assert not delegations.of_dataset(place.publish(DRAFTS["CONDITIONAL"], "entry-1"), LATER)
    assert Case.objects.get(kind="whole_delegation").closed_at is None


def ended(place: Place, actor: Actor, delegate: str = CITY_EDU, area: str = "某市") -> Case:
    case = cases.open_case(
        kind="whole_delegation",
        jurisdiction=place.home,
        subject=f"jurisdiction:{place.home.code}",
        title="结束整体授权",
        parties={"provider": place.provider},
        facts={"area": area, "delegate": delegate, "delegation_matter": "end"},
        actor=actor,
        at=LATER,
    )
    return cases.take_step(case, "revoke.end", actor=actor, facts={}, at=LATER)


@pytest.mark.clause("HL-23.2")
def test_who_gave_a_delegation_ends_it_and_decides_again(place: Place) -> None:
    dataset = place.publish(DRAFTS["CONDITIONAL"], "entry-1")
    delegated(place)
    before = place.apply(dataset, actor=officer(CITY_HRSS))

    case = ended(place, place.teacher)

    assert case.state == "revoked"
    row = RegisterEntry.objects.get(register="delegation")
    assert (row.ended_at, row.ended_by.case) == (LATER, case)  # type: ignore[union-attr]
    assert tables.of(case).step_named("revoke.end").presumed  # type: ignore[union-attr]
    assert Entry.objects.get(kind="register.ended").cite == ["HL-23.2"]
    assert Notice.objects.filter(case=case, seq=2, duty="sharing").exists()
    # What the delegate has before it goes on with it; what comes now is the provider's again.
    assert decide(before, officer(CITY_EDU)) is not None
    after = place.apply(dataset, actor=officer(CITY_HRSS))
    assert after.case.parties["provider"] == place.provider.pk


@pytest.mark.clause("HL-23.2")
@pytest.mark.parametrize(("delegate", "area"), [(CITY_HRSS, "某市"), (CITY_EDU, "别的市")])
def test_what_does_not_stand_is_not_ended(place: Place, delegate: str, area: str) -> None:
    delegated(place)
    with pytest.raises(NoDelegationError) as refused:
        ended(place, place.teacher, delegate, area)
    assert refused.value.cite == ("HL-23.2",)
    assert RegisterEntry.objects.get().ended_at is None


@pytest.mark.clause("HL-23.2")
@pytest.mark.parametrize("who", ["delegate", "authority"])
def test_nobody_else_ends_it(place: Place, who: str) -> None:
    delegated(place)
    with pytest.raises(WrongPersonError):
        ended(place, officer(CITY_EDU) if who == "delegate" else place.regulator)
    assert RegisterEntry.objects.get().ended_at is None


@pytest.mark.clause("HL-23.2")
def test_the_delegate_finds_the_grant_that_it_decided(place: Place) -> None:
    dataset = place.publish(DRAFTS["CONDITIONAL"], "entry-1")
    delegated(place)
    grant = decide(place.apply(dataset, actor=officer(CITY_HRSS)), officer(CITY_EDU))
    assert grant is not None

    delegate = officer(CITY_EDU).department_id or 0
    assert list(grants_seen_by(delegate)) == [grant]
    assert decided_by(grant, delegate)
    assert not decided_by(grant, place.consumer.pk)
    assert grant not in grants_seen_by(place.consumer.pk)
