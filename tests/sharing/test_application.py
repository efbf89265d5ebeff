"""Applying, deciding item by item, and what a grant then is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from catalogue.world import GRADUATES, LATER, SCHOOLS, WITHHELD, World
from huitong.cases import queries as cases
from huitong.cases.errors import FactMissingError, WrongPersonError, WrongStateError
from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.sharing import actions, hooks, queries
from huitong.sharing.errors import (
    ApplicantMissingError,
    ItemsError,
    ModeError,
    NotSharedYetError,
    OwnDatasetError,
    ReasonMissingError,
    RowFilterError,
    SharingError,
    UndecidedItemsError,
    UnknownMaskError,
    UseUntilError,
    WithheldError,
)
from huitong.sharing.models import Application, Grant, SnapshotVersion
from sharing.applying import WHOLE, apply


@pytest.fixture
def graduates(world: World) -> Dataset:
    return world.publish(GRADUATES, "graduates")


@pytest.mark.clause("HL-22.1", "HL-22.3")
def test_the_provider_grants_two_columns_whole_and_one_masked(
    world: World, graduates: Dataset
) -> None:
    application = apply(world, graduates)
    assert application.case.kind == "share_application_conditional"
    assert application.items == ["citizen_id", "name", "mobile"]

    grant = actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)

    assert grant is not None
    assert grant.columns == [
        {"name": "citizen_id", "mask": None},
        {"name": "name", "mask": None},
        {"name": "mobile", "mask": "phone"},
    ]
    assert grant.consumer_id == world.labour.pk
    assert grant.starts_at == LATER
    assert grant.ends_at == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Harbin
    assert "HL-22.3" in grant.cite
    issued = Entry.objects.get(subject=f"grant:{grant.pk}")
    assert (issued.kind, issued.actor) == ("grant.issued", "person:zhang@HL-EDU")


@pytest.mark.clause("HL-22.3")
def test_the_provider_has_one_working_day(world: World, graduates: Dataset) -> None:
    due = cases.due_of(apply(world, graduates).case)
    assert due is not None
    assert due.day == date(2026, 3, 3)
    assert "HL-22.3" in due.cite


@pytest.mark.clause("HL-22.1")
@pytest.mark.parametrize("name", ["scenario", "scope", "basis"])
def test_an_application_states_scenario_scope_and_basis(
    world: World, graduates: Dataset, name: str
) -> None:
    with pytest.raises(FactMissingError) as caught:
        apply(world, graduates, **{name: "  "})
    assert "HL-22.1" in caught.value.cite
    assert not Application.objects.exists()


@pytest.mark.clause("HL-22.2")
def test_unconditional_data_is_decided_by_the_authority(world: World) -> None:
    schools = world.publish(SCHOOLS, "schools")
    application = apply(world, schools, items=["school_code"])
    decisions = {"school_code": "whole"}
    with pytest.raises(WrongPersonError):
        actions.decide(application, decisions=decisions, actor=world.teacher, at=LATER)
    assert actions.decide(application, decisions=decisions, actor=world.regulator, at=LATER)


@pytest.mark.clause("HL-21.3")
def test_withheld_data_cannot_be_applied_for_and_the_article_is_named(world: World) -> None:
    withheld = world.publish(WITHHELD, "withheld")
    with pytest.raises(WithheldError, match="统计法") as caught:
        apply(world, withheld, items=["school_code"])
    assert caught.value.cite == ("HL-21.3",)
    assert Entry.objects.filter(subject="dataset:withheld", kind="share.refused").exists()


@pytest.mark.clause("HL-22.3")
def test_refusing_an_item_needs_a_reason(world: World, graduates: Dataset) -> None:
    application = apply(world, graduates)
    decisions = WHOLE | {"mobile": "refused"}
    with pytest.raises(ReasonMissingError) as caught:
        actions.decide(application, decisions=decisions, actor=world.teacher, at=LATER)
    assert caught.value.cite == ("HL-22.3",)

    grant = actions.decide(
        application, decisions=decisions, actor=world.teacher, at=LATER, reason="非必要"
    )
    assert grant is not None
    assert [column["name"] for column in grant.columns] == ["citizen_id", "name"]


@pytest.mark.clause("HL-22.3")
def test_refusing_every_item_refuses_the_application(world: World, graduates: Dataset) -> None:
    application = apply(world, graduates)
    refused = dict.fromkeys(application.items, "refused")
    decided = actions.decide(
        application, decisions=refused, actor=world.teacher, at=LATER, reason="无履职依据"
    )
    assert decided is None
    application.case.refresh_from_db()
    assert (application.case.state, Grant.objects.count()) == ("refused", 0)


@pytest.mark.parametrize(
    ("decisions", "error"),
    [
        ({"citizen_id": "whole"}, UndecidedItemsError),
        (WHOLE | {"employer": "whole"}, ItemsError),
        (WHOLE | {"mobile": "rot13"}, UnknownMaskError),
    ],
)
def test_a_decision_fits_the_application(
    world: World, graduates: Dataset, decisions: dict[str, str], error: type[SharingError]
) -> None:
    application = apply(world, graduates)
    with pytest.raises(error):
        actions.decide(application, decisions=decisions, actor=world.teacher, at=LATER)
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    "row_filter",
    [{"column": "nothing", "in": ["x"]}, {"column": "division", "in": []}, {"sql": "true"},
     {"column": "division", "in": [1]}],
)  # fmt: skip
def test_a_row_filter_is_a_list_of_texts_of_one_item(
    world: World, graduates: Dataset, row_filter: dict[str, object]
) -> None:
    application = apply(world, graduates)
    with pytest.raises(RowFilterError):
        actions.decide(
            application, decisions=WHOLE, actor=world.teacher, at=LATER, row_filter=row_filter
        )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"items": []}, ItemsError),
        ({"items": ["nothing"]}, ItemsError),
        ({"mode": "carrier_pigeon"}, ModeError),
        ({"use_until": date(2026, 3, 1)}, UseUntilError),
    ],
)
def test_an_application_fits_the_dataset(
    world: World, graduates: Dataset, changes: dict[str, object], error: type[SharingError]
) -> None:
    with pytest.raises(error):
        apply(world, graduates, **changes)


@pytest.mark.clause("NA-3.2")
def test_only_published_data_of_another_department_is_applied_for(
    world: World, graduates: Dataset
) -> None:
    draft = world.add(SCHOOLS, "draft")
    with pytest.raises(NotSharedYetError):
        apply(world, draft)
    with pytest.raises(OwnDatasetError):
        apply(world, graduates, actor=world.teacher)
    with pytest.raises(ApplicantMissingError):
        apply(world, graduates, actor=replace(world.clerk, department_id=None))


def test_a_decided_application_is_not_decided_again(world: World, graduates: Dataset) -> None:
    application = apply(world, graduates)
    actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    with pytest.raises(WrongStateError):
        actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    assert Grant.objects.count() == 1


def test_an_applicant_may_take_the_application_back(world: World, graduates: Dataset) -> None:
    application = apply(world, graduates)
    assert actions.withdraw(application, actor=world.clerk, at=LATER).state == "withdrawn"


@pytest.fixture
def failing_hook() -> Iterator[None]:
    def fail(grant: Grant) -> None:
        raise RuntimeError(f"no function for grant {grant.pk}")

    hooks.on_grant_issued(fail)
    yield
    hooks.forget(fail)


def test_without_the_gateways_function_there_is_no_grant(
    world: World, graduates: Dataset, failing_hook: None
) -> None:
    application = apply(world, graduates)
    with pytest.raises(RuntimeError):
        actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    assert not Grant.objects.exists()
    application.case.refresh_from_db()
    assert application.case.closed_at is None


def test_every_change_that_the_gateway_must_see_raises_the_snapshot(
    world: World, graduates: Dataset
) -> None:
    before = SnapshotVersion.objects.get().version
    grant = actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)
    raised = SnapshotVersion.objects.get().version
    assert grant is not None
    assert before < grant.version <= raised

    with connection.cursor() as cursor:  # no way around the actions leaves it as it was
        cursor.execute("UPDATE sharing_grant SET revoked_at = now() WHERE id = %s", [grant.pk])
    grant.refresh_from_db()
    assert raised < grant.version <= SnapshotVersion.objects.get().version


def test_the_database_lets_a_grant_be_ended_and_nothing_else(
    world: World, graduates: Dataset
) -> None:
    grant = actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)
    assert grant is not None
    rows = Grant.objects.filter(pk=grant.pk)
    attempts = (
        lambda: rows.update(columns=[{"name": "employer", "mask": None}]),
        lambda: rows.update(ends_at=datetime(2099, 1, 1, tzinfo=UTC)),
        lambda: rows.update(consumer=world.education),
        rows.delete,
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="grant"), transaction.atomic():
            attempt()
    rows.update(ends_at=datetime(2026, 6, 1, tzinfo=UTC), revoked_at=LATER)
    with pytest.raises(DatabaseError, match="revoked"), transaction.atomic():
        rows.update(revoked_at=None)


@pytest.mark.clause("HN-28")
def test_both_departments_see_the_grant_and_a_third_does_not(
    world: World, graduates: Dataset
) -> None:
    actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)
    for department, seen in ((world.labour, 1), (world.education, 1), (world.authority, 0)):
        assert queries.grants_seen_by(department.pk).count() == seen
        assert queries.applications_of(department.pk).count() == seen
