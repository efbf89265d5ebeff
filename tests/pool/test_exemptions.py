"""Who need not aggregate at once or in whole is on a register."""

import pytest

from cases.proceeding import NOON, Proceeding
from huitong.cases.models import RegisterEntry
from huitong.pool import exemptions

pytestmark = pytest.mark.django_db
WAYS = {
    "heilongjiang-2025": ("review.confirm",),
    "county-2024": ("record.record",),
    "model-city": (),
}
FACTS = {
    "aggregation_mode": "periodic",
    "aggregation_period": "每周",
    "basis": "《统计法》第二十五条",
    "basis_rank": "law",
}


@pytest.mark.clause("HL-18.2", "CT-13.3", "MC-13.2")
@pytest.mark.parametrize("profile_id", sorted(WAYS))
def test_an_exemption_stands_from_its_confirmation_or_filing(profile_id: str) -> None:
    place = Proceeding(profile_id)
    case = place.run("aggregation_exemption", subject="dataset:slow", facts=FACTS)
    for step in WAYS[profile_id]:
        assert exemptions.exempted(["dataset:slow"], NOON) == {}
        case = place.take(case, step, facts=FACTS)

    found = exemptions.exempted(["dataset:slow", "dataset:other"], NOON)
    assert set(found) == {"dataset:slow"}
    assert found["dataset:slow"].made_by.case == case
    assert set(found["dataset:slow"].made_by.cite) & {"HL-18.2", "CT-13.3", "MC-13.2"}


@pytest.mark.clause("CT-13.3")
def test_a_later_filing_replaces_the_earlier_one() -> None:
    place = Proceeding("county-2024")
    for period in ("每周", "每月"):
        place.run(
            "aggregation_exemption",
            "record.record",
            subject="dataset:slow",
            facts={**FACTS, "aggregation_period": period},
        )

    assert RegisterEntry.objects.count() == 2
    (entry,) = exemptions.exempted(["dataset:slow"], NOON).values()
    assert entry.facts["aggregation_period"] == "每月"


@pytest.mark.clause("HL-18.2")
def test_what_is_not_confirmed_is_not_exempted() -> None:
    place = Proceeding("heilongjiang-2025")

    place.run("aggregation_exemption", "review.refuse", subject="dataset:slow", facts=FACTS)

    assert exemptions.exempted(["dataset:slow"], NOON) == {}
