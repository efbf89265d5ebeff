"""From a catalogue entry to a grant that the gateway answers, under each text that has the way."""

from dataclasses import replace

import pytest

from catalogue.world import GRADUATES, LATER, NOON, SCHOOLS, TODAY
from huitong.cases import actions as cases
from huitong.cases import tables
from huitong.cases.errors import (
    FactMissingError,
    FactNotAskedError,
    KindAbsentError,
    StepForbiddenError,
    WrongPersonError,
)
from huitong.cases.models import Case, CaseEvent
from huitong.catalogue.types import Mask, SharingType
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations import queries as bodies
from huitong.organisations.types import SYSTEM, Level, PostRole
from huitong.sharing import actions, applications, deciding
from huitong.sharing.errors import (
    ApplicationIncompleteError,
    DecisionsDifferError,
    NotRefusedError,
    UndecidedItemsError,
    WithheldError,
)
from huitong.sharing.models import Application, Grant
from sharing.places import DRAFTS, SHARING, Place, found

UNCONDITIONAL, CONDITIONAL, WITHHELD = SharingType
# Where nobody is asked the application itself is the grant.
DIRECT = {"henan-2020", "model-city", "huizhou-2024"}
ISSUED_BY = {
    ("henan-2020", UNCONDITIONAL): {"HN-16.2", "HN-16.1"},
    ("model-city", UNCONDITIONAL): {"MC-17", "MC-5.4"},
    ("huizhou-2024", UNCONDITIONAL): {"HZ-13.2", "HZ-13.1"},
    ("heilongjiang-2025", UNCONDITIONAL): {"HL-22.2"},
    ("national-2025", UNCONDITIONAL): {"NA-21.1", "NA-22.1", "NA-22.2"},
    ("henan-2020", CONDITIONAL): {"HN-16.3", "HN-16.8", "HN-16.5"},
    ("model-city", CONDITIONAL): {"MC-18.1", "MC-5.2", "MC-20"},
    ("huizhou-2024", CONDITIONAL): {"HZ-13.4"},
    ("heilongjiang-2025", CONDITIONAL): {"HL-22.3"},
    ("national-2025", CONDITIONAL): {"NA-21.2", "NA-22.1", "NA-22.2"},
    ("henan-2020", WITHHELD): {"HN-16.4", "HN-16.5"},
    ("model-city", WITHHELD): {"MC-19", "MC-20"},
    ("huizhou-2024", WITHHELD): {"HZ-13.6"},
}


@pytest.fixture
def place(db: None, request: pytest.FixtureRequest) -> Place:
    return found(request.param)


@pytest.mark.clause(
    "HN-16.2", "HN-16.3", "HN-16.4", "MC-17", "MC-18.1", "MC-19", "HZ-13.2", "HZ-13.4", "HL-22.2",
    "HL-22.3", "NA-21.1", "NA-21.2", "NA-22.1", "NA-20.1",
)  # fmt: skip
@pytest.mark.parametrize(("place", "sharing"), sorted(ISSUED_BY), indirect=["place"], ids=str)
def test_an_application_becomes_a_grant(place: Place, sharing: SharingType) -> None:
    dataset = place.publish(DRAFTS[sharing], "entry-1")
    application = place.apply(dataset)
    assert Grant.objects.exists() is (sharing == UNCONDITIONAL and place.profile_id in DIRECT)

    grant = place.granted(application)

    assert [column["name"] for column in grant.columns] == list(place.names(dataset))[:2]
    assert set(grant.cite) == ISSUED_BY[place.profile_id, sharing]
    assert (grant.consumer_id, grant.dataset_id) == (place.consumer.pk, dataset.pk)
    assert (grant.purpose, grant.scope, grant.mode) == ("核验申请人就业状况", "2025年毕业生", "api")
    assert Grant.objects.live(LATER).get() == grant
    assert Entry.objects.filter(kind="share.applied").count() == 1
    assert Entry.objects.get(kind="grant.issued").cite == grant.cite
    assert Case.objects.get(pk=application.case_id).closed_at == LATER


@pytest.mark.clause(
    "HN-16.3", "HN-16.4", "MC-18.2", "MC-19", "HZ-13.5", "HZ-13.6", "HL-22.2", "HL-22.3", "NA-21.3"
)
@pytest.mark.parametrize(
    ("place", "sharing"),
    [
        (name, sharing)
        for name in SHARING
        for sharing in SharingType
        if not (sharing == UNCONDITIONAL and name in DIRECT)
        and not (sharing == WITHHELD and name in {"heilongjiang-2025", "national-2025"})
    ],
    indirect=["place"],
    ids=str,
)
def test_an_application_is_refused_by_whoever_decides(place: Place, sharing: SharingType) -> None:
    application = place.apply(place.publish(DRAFTS[sharing], "entry-1"))
    case = place.against(application)
    assert case.state == "refused"
    assert not Grant.objects.exists()
    assert case.events.order_by("seq").last().facts


@pytest.mark.clause("HL-21.3", "NA-14")
@pytest.mark.parametrize("place", ["heilongjiang-2025", "national-2025"], indirect=True)
def test_withheld_data_has_no_way_where_the_text_knows_none(place: Place) -> None:
    dataset = place.publish(DRAFTS[WITHHELD], "entry-1")
    with pytest.raises(WithheldError):
        place.apply(dataset)
    assert Entry.objects.filter(kind="share.refused").exists()


@pytest.mark.clause("CT-15.1")
@pytest.mark.parametrize("place", ["county-2024"], indirect=True)
def test_nobody_applies_where_the_text_has_no_procedure(place: Place) -> None:
    dataset = place.publish(SCHOOLS, "entry-1")
    with pytest.raises(KindAbsentError) as absent:
        place.apply(dataset)
    assert "CT-15.1" in absent.value.cite
    assert not Application.objects.exists()


@pytest.mark.clause("CT-15.4")
@pytest.mark.parametrize("place", ["heilongjiang-2025"], indirect=True)
def test_a_county_has_data_from_above_by_the_text_of_whoever_provides_it(place: Place) -> None:
    dataset = place.publish(DRAFTS[CONDITIONAL], "entry-1")
    county = organisations.found_jurisdiction(
        code="410122", name="某县", level=Level.COUNTY, parent=place.home, actor=SYSTEM, at=NOON,
        profile_id="county-2024",
    )  # fmt: skip
    bureau = organisations.found_department(
        code="X-HRSS", name="县人社局", jurisdiction=county, actor=SYSTEM, at=NOON
    )
    person = organisations.register_person(username="x", name="县", actor=SYSTEM, at=NOON)
    organisations.appoint(
        person=person, department=bureau, role=PostRole.OFFICER, actor=SYSTEM, at=NOON
    )

    grant = place.granted(place.apply(dataset, actor=bodies.actor_of(person, TODAY)))

    assert (grant.consumer, grant.dataset) == (bureau, dataset)
    assert grant.cite == ["HL-22.3"]


@pytest.mark.clause("MC-22")
@pytest.mark.parametrize("place", ["model-city"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "may"), [("public_enterprise", False), ("social_organisation", False),
                      ("public_institution", True), ("township", True)],
)  # fmt: skip
def test_data_goes_to_organs_and_public_institutions_only(
    place: Place, kind: str, may: bool
) -> None:
    dataset = place.publish(DRAFTS[UNCONDITIONAL], "entry-1")
    organisations.change_kind(
        place.consumer, kind=kind, paper="改革〔2026〕1号", day=TODAY, actor=SYSTEM, at=NOON
    )

    if may:
        assert place.granted(place.apply(dataset)).consumer_id == place.consumer.pk
    else:
        with pytest.raises(StepForbiddenError) as refused:
            place.apply(dataset)
        assert refused.value.cite == ("MC-22",)
        assert not Application.objects.exists()


@pytest.mark.clause("HZ-13.2")
@pytest.mark.parametrize("place", sorted(DIRECT), indirect=True)
def test_where_nobody_is_asked_the_catalogue_says_what_is_masked(place: Place) -> None:
    items = (SCHOOLS.items[0], replace(SCHOOLS.items[1], mask_default=Mask.NAME), SCHOOLS.items[2])
    dataset = place.publish(replace(SCHOOLS, items=items), "entry-1")
    grant = place.granted(place.apply(dataset, items=["school_code", "school_name"]))
    assert grant.columns == [
        {"name": "school_code", "mask": None},
        {"name": "school_name", "mask": "name"},
    ]


@pytest.mark.clause("HN-16.4", "HZ-13.6")
@pytest.mark.parametrize("place", ["henan-2020", "huizhou-2024"], indirect=True)
def test_what_was_refused_may_be_asked_for_by_the_other_way(place: Place) -> None:
    dataset = place.publish(DRAFTS[CONDITIONAL], "entry-1")
    first = place.apply(dataset)
    with pytest.raises(NotRefusedError):
        place.apply(dataset, refused=first)
    place.against(first)

    second = place.apply(dataset, refused=first)
    assert second.case.kind == "share_application_third"


@pytest.mark.clause("HZ-13.6")
@pytest.mark.parametrize("place", ["huizhou-2024"], indirect=True)
def test_withheld_data_is_compared_and_never_given_out(place: Place) -> None:
    dataset = place.publish(DRAFTS[WITHHELD], "entry-1")
    application = place.apply(dataset, items=["citizen_id", "name", "mobile"])
    decisions = {"citizen_id": "whole", "name": "whole", "mobile": "refused"}
    actions.decide(application, decisions=decisions, reason="非必要", actor=place.teacher, at=LATER)
    grant = Grant.objects.get(application=application)
    assert grant.columns == [
        {"name": "citizen_id", "mask": "match"},
        {"name": "name", "mask": "match"},
    ]


@pytest.mark.clause("HL-22.3")
@pytest.mark.parametrize("place", ["heilongjiang-2025"], indirect=True)
def test_where_a_text_ends_with_the_refusal_there_is_no_other_way(place: Place) -> None:
    dataset = place.publish(GRADUATES, "entry-1")
    first = place.apply(dataset)
    place.against(first)
    with pytest.raises(NotRefusedError):
        place.apply(dataset, refused=first)


@pytest.mark.clause("MC-18.2")
@pytest.mark.parametrize("place", ["model-city"], indirect=True)
def test_who_decides_together_decides_the_same(place: Place) -> None:
    application = place.apply(place.publish(GRADUATES, "entry-1"))
    cases.take_step(application.case, "review.not_met", actor=place.regulator, facts={}, at=LATER)
    whole = dict.fromkeys(application.items, "whole")
    one, other = application.items
    actions.decide(application, decisions=whole, actor=place.regulator, at=LATER)
    with pytest.raises(DecisionsDifferError):
        actions.decide(
            application,
            decisions={one: "whole", other: "hidden"},
            actor=place.teacher,
            at=LATER,
        )
    assert Case.objects.get(pk=application.case_id).state == "consult_joined_sharing_authority"

    actions.decide(application, actor=place.teacher, at=LATER)
    grant = actions.deliver(
        application, actor=place.teacher, at=LATER, facts={"purpose_class": "reference"}
    )
    assert [column["mask"] for column in grant.columns] == [None, None]


@pytest.mark.clause("NA-22.1")
@pytest.mark.parametrize("place", ["national-2025"], indirect=True)
def test_what_nobody_decided_is_not_delivered(place: Place) -> None:
    application = place.apply(place.publish(GRADUATES, "entry-1"))
    case = application.case
    cases.take_step(case, "reply.consent_grant", actor=place.actors["provider_head"], at=LATER)
    cases.take_step(case, "reply.grant", actor=place.teacher, at=LATER)
    with pytest.raises(UndecidedItemsError):
        actions.deliver(application, actor=place.teacher, at=LATER)
    assert not Grant.objects.exists()


@pytest.mark.clause("NA-20.2", "NA-20.3")
@pytest.mark.parametrize("place", ["national-2025"], indirect=True)
def test_the_heads_of_both_offices_consent(place: Place) -> None:
    dataset = place.publish(GRADUATES, "entry-1")
    with pytest.raises(FactMissingError, match="assurance"):
        place.apply(dataset, facts={"consent": "李负责人"})
    application = place.apply(dataset)
    with pytest.raises(WrongPersonError):
        cases.take_step(application.case, "reply.consent_grant", actor=place.teacher, at=LATER)


@pytest.mark.clause("NA-15.1")
@pytest.mark.parametrize("place", ["national-2025"], indirect=True)
@pytest.mark.parametrize("fact", ["scope", "use_until", "duty_basis"])
def test_a_provider_changes_nothing_of_what_was_applied_for(place: Place, fact: str) -> None:
    application = place.apply(place.publish(GRADUATES, "entry-1"))
    events = CaseEvent.objects.filter(case=application.case)
    before = events.count()
    asked = {"missing_material": "依据文件", fact: "2026-12-31"}

    with pytest.raises(FactNotAskedError, match=fact):
        cases.take_step(
            application.case, "reply.ask_supplement", actor=place.teacher, facts=asked, at=LATER
        )

    assert events.count() == before


@pytest.mark.clause("HN-16.2")
@pytest.mark.parametrize("place", ["henan-2020"], indirect=True)
def test_a_case_that_states_no_columns_grants_none(place: Place) -> None:
    dataset = place.publish(SCHOOLS, "entry-1")
    with pytest.raises(ApplicationIncompleteError, match="dataset_version"):
        cases.open_case(
            kind="share_application_unconditional",
            jurisdiction=place.home,
            subject=dataset.subject,
            title="名单",
            parties={"provider": place.provider, "consumer": place.consumer},
            facts={},
            actor=place.clerk,
            at=LATER,
        )
    assert not Case.objects.filter(subject=dataset.subject, kind__startswith="share").exists()


@pytest.mark.parametrize("place", SHARING, indirect=True)
def test_every_way_to_a_grant_has_a_decision_or_asks_nobody(place: Place) -> None:
    application = place.apply(place.publish(DRAFTS[CONDITIONAL], "entry-1"))
    table = tables.of(application.case)
    assert deciding.favouring(table)
    assert not deciding.asks_nobody(table)
    assert applications.decided(application.case, application) is None
