"""Restrictions, plans, operations and accesses: published or given by a case, ended by one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cases.proceeding import NOON, Proceeding
from catalogue.world import SCHOOLS
from huitong.cases import registers as books
from huitong.cases.errors import RegisteredAlreadyError
from huitong.cases.models import RegisterEntry
from huitong.catalogue import actions as catalogue
from huitong.catalogue import queries
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType, Status
from huitong.ledger.models import Entry
from huitong.opening import access
from huitong.opening.errors import (
    AccessCodeInvalidError,
    AccessNotForThisError,
    AccessSuspendedError,
)
from huitong.opening.models import AccessCode
from huitong.organisations.errors import NotYourDepartmentError
from regulations.walking import filled

pytestmark = pytest.mark.django_db
CONDITIONAL = replace(
    SCHOOLS, opening_type=OpeningType.CONDITIONAL, opening_condition="用于学术研究"
)


def entries(register: str) -> list[RegisterEntry]:
    return list(books.living(books.named(register), NOON))


def published(place: Proceeding) -> Dataset:
    """Publish a dataset that is open on conditions, of a body with one level of review."""
    where = place.places[1 if place.profile_id == "model-city" else 0]
    body = place.body("EDU", where=where)
    actor = place.actor(body)
    dataset = catalogue.add_dataset(
        CONDITIONAL, code="schools", provider=body, actor=actor, at=NOON
    )
    row = place.table("catalogue_review").entry_steps[0]
    facts = {name: filled(place.table("catalogue_review").facts[name]) for name in row.facts}
    case = catalogue.submit_dataset(dataset, actor=actor, at=NOON, facts=facts)
    while case.closed_at is None:
        step = "settle" if case.state.startswith("classify") else "approve"
        case = place.take(case, f"{case.state.partition('_joined')[0]}.{step}")
    dataset = queries.dataset("schools")
    assert dataset.status is Status.PUBLISHED
    return dataset


@pytest.mark.clause("HN-20.2", "HN-21.2", "HN-21.3")
def test_what_is_not_opened_is_published_with_its_basis() -> None:
    place = Proceeding("henan-2020")
    facts = {"opening_type": "WITHHELD", "basis": "《统计法》第二十五条"}
    case = place.run("open_list_review", subject="dataset:x", facts=facts, title="统计调查表")
    assert entries("open_restriction") == []

    case = place.take(case, "review.approve")

    assert case.state == "restricted"
    (entry,) = entries("open_restriction")
    assert entry.facts == facts
    assert entry.title == "统计调查表"
    assert "HN-20.2" in entry.made_by.cite


@pytest.mark.clause("HZ-14.2", "HZ-14.3", "HZ-14.4")
def test_a_plan_is_published_for_its_year_and_a_later_one_replaces_it() -> None:
    place = Proceeding("huizhou-2024")
    facts = {"opening_plan": "开放三项", "plan_year": 2026, "priority_fields": ["交通出行"]}
    steps = ("record.record", "compile.report")
    case = place.run("opening_plan_filing", *steps, facts=facts)
    assert entries("opening_plan") == []

    place.take(case, "announce.publish")
    assert entries("opening_plan")[0].facts == facts

    changed = {**facts, "opening_plan": "开放五项"}
    place.run("opening_plan_filing", *steps, "announce.publish", facts=changed)
    place.run("opening_plan_filing", *steps, "announce.publish", facts={**facts, "plan_year": 2027})
    assert sorted(e.facts["opening_plan"] for e in entries("opening_plan")) == [
        "开放三项",
        "开放五项",
    ]


OPERATING = {
    "county-2024": ("review.approve", "start.start"),
    "huizhou-2024": ("review.approve", "start.start"),
    "model-city": ("review.approve", "assess.pass", "sign.sign", "start.start"),
}


@pytest.mark.clause("MC-25.1", "MC-25.2", "HZ-18.2", "HZ-18.3", "CT-26.3")
@pytest.mark.parametrize("profile_id", sorted(OPERATING))
def test_an_authorised_operation_is_on_the_register_from_its_start(profile_id: str) -> None:
    place = Proceeding(profile_id)
    facts = {"development_use": "信用评价", "purpose": "中小企业融资", "sensitive": True}
    *before, last = OPERATING[profile_id]
    case = place.run("authorised_operation", *before, facts=facts)
    assert entries("operation") == []

    place.take(case, last, facts=facts)

    (entry,) = entries("operation")
    assert entry.facts["development_use"] == "信用评价"
    assert entry.facts.get("purpose") == ("中小企业融资" if "huizhou" in profile_id else None)


@pytest.mark.clause("MC-25.2")
def test_an_operation_leaves_the_register_when_its_term_is_over() -> None:
    place = Proceeding("model-city")
    facts = {"sensitive": False}
    case = place.run(
        "authorised_operation", "review.approve", "assess.pass", "start.start", facts=facts
    )
    case = place.take(case, "inspect.sound")
    assert len(entries("operation")) == 1

    place.take(case, "inspect.finish")

    assert entries("operation") == []


@pytest.mark.clause("HZ-18.4", "HZ-18.5")
def test_a_product_is_registered_says_whether_it_may_be_traded_and_where_it_is() -> None:
    place = Proceeding("huizhou-2024")
    facts = {"product": "客流指数", "registration_number": "HG-1", "tradable": True}
    steps = ("review.approve", "start.start", "register.register")
    case = place.run("authorised_operation", *steps, facts=facts)
    (entry,) = entries("data_product")
    assert (entry.title, entry.facts["tradable"]) == ("客流指数", True)

    case = place.take(case, "trade.record", facts={"exchange": "省数据交易所"})
    (entry,) = entries("data_product")
    assert entry.facts["exchange"] == "省数据交易所"

    with pytest.raises(RegisteredAlreadyError):
        place.run("authorised_operation", *steps, facts=facts)
    assert len(entries("data_product")) == 1


GRANTING = {"heilongjiang-2025": {}, "model-city": {"sensitive": False}}


@pytest.mark.clause("HL-34.1", "MC-26.1")
@pytest.mark.parametrize("profile_id", sorted(GRANTING))
def test_an_approved_application_gives_access_with_a_code_of_which_only_the_hash_is_kept(
    profile_id: str,
) -> None:
    place = Proceeding(profile_id)
    dataset = published(place)
    parties = {"provider": dataset.provider}
    facts = {"purpose": "研究", **GRANTING[profile_id]}
    case = place.run("open_application", subject=dataset.subject, facts=facts, parties=parties)
    assert entries("open_access") == []
    case = place.take(case, "review.approve", facts=facts)

    (granted,) = entries("open_access")
    assert granted.subject == f"open_access:{case.number}"
    assert granted.facts["entry"] == "schools"
    code = access.issue_code(granted, actor=place.actor(dataset.provider), at=NOON)
    assert access.require_access(dataset, code, NOON) == granted
    assert code not in str(AccessCode.objects.get().__dict__)
    noted = Entry.objects.get(kind="opening.code_issued")
    assert code not in str(noted.facts)


@pytest.mark.clause("HL-34.1")
def test_a_code_is_of_one_dataset_and_the_last_one_counts() -> None:
    place = Proceeding("heilongjiang-2025")
    dataset = published(place)
    parties = {"provider": dataset.provider}
    place.run("open_application", "review.approve", subject=dataset.subject, parties=parties)
    (granted,) = entries("open_access")
    clerk = place.actor(dataset.provider)
    first = access.issue_code(granted, actor=clerk, at=NOON)
    second = access.issue_code(granted, actor=clerk, at=NOON)
    other = catalogue.add_dataset(
        SCHOOLS, code="other", provider=dataset.provider, actor=clerk, at=NOON
    )

    for wrong, where in ((first, dataset), ("", dataset), ("0" * 32, dataset), (second, other)):
        with pytest.raises(AccessCodeInvalidError):
            access.require_access(where, wrong, NOON)
    assert access.require_access(dataset, second, NOON) == granted
    with pytest.raises(NotYourDepartmentError):
        access.issue_code(granted, actor=place.actor(place.body("STRANGER")), at=NOON)


@pytest.mark.clause("HL-43")
def test_a_breach_of_the_public_closes_the_access_until_it_is_corrected() -> None:
    place = Proceeding("heilongjiang-2025")
    dataset = published(place)
    parties = {"provider": dataset.provider}
    place.run("open_application", "review.approve", subject=dataset.subject, parties=parties)
    (granted,) = entries("open_access")
    code = access.issue_code(granted, actor=place.actor(dataset.provider), at=NOON)
    facts = {"offender_kind": "public", "breach": "未采取安全保障措施", "problem": "未采取措施"}
    case = place.run("violation", "suspend.suspend", subject=granted.subject, facts=facts)

    with pytest.raises(AccessSuspendedError, match=case.number) as refused:
        access.require_access(dataset, code, NOON + timedelta(days=30))
    assert refused.value.cite == ("HL-43",)

    for step in ("order.issue", "rectify.report", "judge.satisfied"):
        case = place.take(case, step, facts=facts)
    assert case.state == "restored"
    assert access.require_access(dataset, code, NOON) == granted


@pytest.mark.clause("HL-43")
def test_an_access_whose_breach_is_not_corrected_stays_closed() -> None:
    place = Proceeding("heilongjiang-2025")
    dataset = published(place)
    parties = {"provider": dataset.provider}
    place.run("open_application", "review.approve", subject=dataset.subject, parties=parties)
    (granted,) = entries("open_access")
    code = access.issue_code(granted, actor=place.actor(dataset.provider), at=NOON)
    facts = {"offender_kind": "public", "breach": "损害公共利益"}
    case = place.run("violation", "suspend.suspend", subject=granted.subject, facts=facts)
    for step in ("order.issue", "rectify.decline", "judge.unsatisfied"):
        case = place.take(case, step, facts=facts)

    assert case.state == "concluded"
    with pytest.raises(AccessSuspendedError):
        access.require_access(dataset, code, NOON)


@pytest.mark.clause("HL-34.1")
def test_no_access_is_given_to_what_is_not_published_on_conditions() -> None:
    place = Proceeding("heilongjiang-2025")

    with pytest.raises(AccessNotForThisError, match="nothing"):
        place.run("open_application", "review.approve", subject="dataset:nothing")

    assert entries("open_access") == []


def test_the_database_refuses_to_change_or_remove_a_code() -> None:
    for statement in (
        "UPDATE opening_accesscode SET code_sha256 = 'x'",
        "DELETE FROM opening_accesscode",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
