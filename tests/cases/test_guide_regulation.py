"""Cases under the invented county of the guide: opened, decided and counted by the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cases.proceeding import NOON, Proceeding
from huitong.cases import effects, own_periods, queries, recurrence
from huitong.cases.errors import FactInvalidError, StepForbiddenError
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.regulations import profiles, vocabulary
from regulations.invented import YUNZE, settled

ID = YUNZE.name
COUNTY = "230102"


def noon(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 4, 0, tzinfo=UTC)


def due(case: Case) -> tuple[date, tuple[str, ...]] | None:
    found = queries.due_of(case)
    return None if found is None else (found.day, found.cite)


@pytest.fixture
def county(db: None, watched: list[tuple[str, str, int]], tmp_path: Path) -> Iterator[Proceeding]:
    # What other rooms do at the end of their cases is theirs to test, under any text.
    others = vocabulary.shared()[0].effects.keys() - effects.CLAIMS.held.keys()
    effects.CLAIMS.held |= dict.fromkeys(others, lambda *_of_the_case: None)
    with settled(tmp_path):
        yield Proceeding(ID)


def test_an_application_is_completed_extended_granted_and_supplied(
    county: Proceeding, watched: list[tuple[str, str, int]]
) -> None:
    case = county.run("share_application_conditional")
    assert due(case) == (date(2026, 3, 11), ("YZ-13.3",))

    case = county.take(case, "reply.ask_supplement", at=noon(3, 4))
    assert due(case) is None
    case = county.take(case, "reply.supplement", at=noon(3, 9))
    # Two days had run; 5, 6 and 9 March stood still; five are left: 10 to 13 and 16.
    assert due(case) == (date(2026, 3, 16), ("YZ-13.3",))
    case = county.take(case, "reply.ask_extension", at=noon(3, 10))
    case = county.take(case, "reply.grant_extension", at=noon(3, 11))
    assert due(case) == (date(2026, 3, 23), ("YZ-13.3", "YZ-13.4"))
    case = county.take(case, "reply.grant", at=noon(3, 23))
    assert due(case) == (date(2026, 3, 26), ("YZ-13.5",))
    case = county.take(case, "fulfil.deliver", at=noon(3, 24))

    assert (case.state, case.profile_id) == ("granted", ID)
    assert watched == [("issue_grant", case.number, 7)]
    cited = [e.cite for e in Entry.objects.filter(kind="case.step").order_by("id")]
    assert cited[0] == ["YZ-13.1"]
    assert {clause[:3] for cite in cited for clause in cite} == {"YZ-"}


def test_the_amendment_counts_for_what_comes_in_from_its_day_on(county: Proceeding) -> None:
    facts = {"state_secret": False}
    before = county.run("catalogue_review", facts=facts, at=noon(12, 21))
    after = county.run("catalogue_review", facts=facts, at=noon(3, 1, 2027))

    assert due(before) == (date(2026, 12, 28), ("YZ-6.2",))
    assert due(after) == (date(2027, 3, 4), ("YZ-6.3",))


def test_where_the_county_is_silent_the_national_clock_runs(county: Proceeding) -> None:
    case = county.run("correction_consumer")

    assert case.profile_id == ID
    assert due(case) == (date(2026, 3, 16), ("NA-26.2",))


def test_the_decision_of_the_joint_meeting_is_recorded_by_the_bureau(county: Proceeding) -> None:
    case = county.run("dispute", "negotiate.fail", "coordinate.fail")
    assert case.state == "decide"

    case = county.take(case, "decide.decide")

    event = case.events.latest("seq")
    assert (case.state, event.role) == ("decided", "joint_meeting")
    assert event.department_code == f"DATA-{COUNTY}"
    assert event.facts["decided_by"]
    assert event.facts["decided_by_paper"]


def test_promptly_has_no_day_until_the_department_sets_its_own(county: Proceeding) -> None:
    facts = {"platform_matter": "join"}
    assert due(county.run("platform_approval", facts=facts)) is None
    supplier = county.body("B-SUPPLIER")
    own_periods.set_days(
        supplier, profiles.load(ID), kind="platform_approval", stage="migrate", days=10,
        actor=county.actor(supplier), at=NOON,
    )  # fmt: skip

    late = county.run(
        "platform_approval", facts=facts, subject="matter:2", parties={"supplier": supplier}
    )
    assert due(late) == (date(2026, 3, 16), ("YZ-10.2",))


def test_what_the_text_bars_leaves_out_or_narrows_is_refused_with_its_article(
    county: Proceeding,
) -> None:
    for error, kind, facts, cite in (
        (StepForbiddenError, "catalogue_review", {"state_secret": True}, "YZ-2.2"),
        (FactInvalidError, "platform_approval", {"platform_matter": "new_platform"}, "YZ-10.1"),
    ):
        with pytest.raises(error) as refused:
            county.run(kind, facts=facts)
        assert cite in refused.value.cite
    assert not Case.objects.exists()
    assert Entry.objects.filter(kind="case.refused").count() == 2


def test_the_yearly_plan_is_asked_for_and_the_regular_evaluation_reminds_nobody(
    county: Proceeding,
) -> None:
    county.body("EDU")

    asked = recurrence.note_missing(noon(10, 2))

    assert (COUNTY, "opening_plan_filing") in asked
    assert (COUNTY, "evaluation") not in asked
