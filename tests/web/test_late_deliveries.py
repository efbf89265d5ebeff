"""What was not delivered within its frequency is told late since when, or exempt by which case."""

import datetime as dt

import pytest

from huitong.cases import actions as cases
from huitong.catalogue.models import Dataset
from huitong.operations.demonstration import world
from huitong.organisations.models import Department
from huitong.pool.models import Batch, Mount
from huitong.supervision import late
from web import pages
from web.conftest import NOW

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


def told(dataset: Dataset, at: dt.datetime) -> list[late.Late]:
    return late.late_deliveries(at, department_id=dataset.provider_id, places=())


def begins(dataset: Dataset) -> dt.datetime:
    assert dataset.current_version is not None
    assert dataset.current_version.published_at is not None
    return dataset.current_version.published_at


def deliver(dataset: Dataset, at: dt.datetime, state: str = "accepted") -> None:
    mount = Mount.objects.create(
        dataset=dataset, version=dataset.current_version, layout={}, mounted_at=at
    )
    good = state == "accepted"
    Batch.objects.create(
        dataset=dataset, mount=mount, digest=at.isoformat(), plan_digest=state, state=state,
        name="a.csv", size=1, rows_read=1, accepted=int(good), quarantined=int(not good),
        duplicates=0, superseded=0, declared=None, reconciled=None, lake_table="t",
        snapshot_id=1, quarantine_table="q", delivered_by="x", received_at=at, seconds=0.1,
    )  # fmt: skip


@pytest.mark.clause("HL-13", "NA-13.2")
def test_what_is_past_its_frequency_is_late_from_that_moment_on(shared: Dataset) -> None:
    due = begins(shared) + WEEK

    assert told(shared, due) == []
    (one,) = told(shared, due + dt.timedelta(seconds=1))
    assert (one.dataset, one.last_at, one.late_since) == (shared, None, due)
    assert one.exemption is None


@pytest.mark.clause("HL-13")
def test_only_a_delivery_that_was_accepted_begins_the_period_anew(shared: Dataset) -> None:
    due = begins(shared) + WEEK
    deliver(shared, due - DAY, "nothing_accepted")
    assert [one.late_since for one in told(shared, due + DAY)] == [due]

    deliver(shared, due + DAY)

    assert told(shared, due + WEEK) == []
    assert [one.late_since for one in told(shared, due + 9 * DAY)] == [due + DAY + WEEK]


@pytest.mark.clause("HL-13")
def test_it_is_told_to_the_provider_and_the_authority_and_to_nobody_else(shared: Dataset) -> None:
    at, place = begins(shared) + 2 * WEEK, shared.provider.jurisdiction.code
    other = Department.objects.exclude(pk=shared.provider_id)[0]

    assert late.late_deliveries(at, department_id=other.pk, places=()) == []
    assert len(late.late_deliveries(at, department_id=other.pk, places=[place])) == 1


@pytest.mark.clause("HL-18.2")
def test_an_exempted_dataset_is_told_as_exempt_and_by_which_case(
    whole: world.World, shared: Dataset, log_in: pages.LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases.open_case(
        kind="aggregation_exemption", jurisdiction=shared.provider.jurisdiction,
        subject=shared.subject, title="逻辑汇聚", parties={"provider": shared.provider},
        facts={"basis": "《统计法》第二十五条", "basis_rank": "law"},
        actor=whole.actor("jiaoyu"), at=NOW,
    )  # fmt: skip
    later = NOW + 2 * WEEK
    monkeypatch.setattr("huitong.web.clock.now", lambda: later)
    html = log_in("jiaoyu").get("/w/deliveries/").content.decode()
    assert "逾期自" in html
    assert case.number not in html

    cases.take_step(case, "review.confirm", actor=whole.actor("shuju"), at=NOW)

    (one,) = told(shared, later)
    assert one.exemption is not None
    assert one.exemption.made_by.case == case
    html = log_in("jiaoyu").get("/w/deliveries/").content.decode()
    assert f"办件 {case.number}" in html
    assert "逾期自" not in html
