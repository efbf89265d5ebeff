"""Until when, asked without a case: `huitong law due` and what stands behind it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import periods, profiles
from huitong.regulations.errors import KindNotInProfileError, StepUnknownError
from regulations.walking import HEILONGJIANG, beijing

EVE_OF_NATIONAL_DAY = beijing("2026-09-30 16:00")


def asked(kind: str, step: str, start: str, *more: str) -> dict[str, object]:
    """Ask as a caller of the command does."""
    command = ["due", "heilongjiang-2025", kind, step, "--from", start, "--json", *more]
    answer = CliRunner().invoke(cli_law.app, command, catch_exceptions=False)
    assert answer.exit_code == 0
    return dict(json.loads(answer.stdout))


@pytest.mark.clause("HL-22.3")
def test_a_reply_is_due_one_working_day_after_the_holiday() -> None:
    found = asked("share_application_conditional", "reply", "2026-09-30T16:00")

    assert found["due"] == "2026-10-08"
    assert found["counted"] == ["2026-10-08"]
    assert found["skipped"] == [f"2026-10-0{day}" for day in range(1, 8)]
    assert (found["cite"], found["provisional"]) == (["HL-22.3"], False)


@pytest.mark.clause("HL-15")
def test_an_update_may_be_extended_by_five_days() -> None:
    # Friday; Monday to Wednesday are the three days, Thursday to the next Wednesday the five.
    assert asked("catalogue_update", "update.complete", "2026-11-20")["due"] == "2026-11-25"
    assert asked("catalogue_update", "update", "2026-11-20", "--extended")["due"] == "2026-12-02"


@pytest.mark.clause("HL-22.3")
def test_where_the_text_is_silent_no_day_is_invented() -> None:
    found = asked("share_application_conditional", "fulfil", "2026-09-30")

    assert (found["due"], found["because"], found["cite"]) == (None, "silent", ["HL-22.3"])


@pytest.mark.clause("HL-12.3")
def test_a_period_that_depends_on_a_fact_is_told_the_fact() -> None:
    day = asked("catalogue_review", "revise", "2026-11-20", "--fact", "returned_above=false")
    none = asked("catalogue_review", "revise", "2026-11-20", "--fact", "returned_above=true")

    assert (day["due"], none["due"]) == ("2026-11-27", None)


@pytest.mark.clause("HL-27.1")
def test_a_date_that_an_order_sets_is_not_counted() -> None:
    found = asked("use_rectification", "rectify", "2026-11-20")

    assert (found["due"], found["because"]) == (None, "set_in")


@pytest.mark.clause("HL-16.2")
def test_past_the_last_notice_a_day_is_provisional() -> None:
    found = asked("catalogue_withdrawal", "wind_down", "2026-08-31")

    assert (found["due"], found["provisional"]) == ("2027-02-28", True)
    assert found["because"] == "wait"


def test_an_unknown_kind_or_stage_is_refused_with_what_there_is() -> None:
    with pytest.raises(KindNotInProfileError):
        periods.period_of(profiles.load(HEILONGJIANG), "no_such_kind", "reply", EVE_OF_NATIONAL_DAY)
    with pytest.raises(StepUnknownError, match="review, higher_review, revise"):
        periods.period_of(
            profiles.load(HEILONGJIANG), "catalogue_review", "reply", EVE_OF_NATIONAL_DAY
        )
    with pytest.raises(StepUnknownError, match="no extension of reply"):
        periods.period_of(
            profiles.load(HEILONGJIANG),
            "share_application_conditional",
            "reply",
            EVE_OF_NATIONAL_DAY,
            extended=True,
        )


@pytest.mark.parametrize(
    ("option", "value"), [("--from", "next week"), ("--fact", "returned_above")]
)
def test_what_is_no_time_or_no_fact_is_named(option: str, value: str) -> None:
    command = ["due", "heilongjiang-2025", "catalogue_review", "revise", option, value]
    if option != "--from":
        command += ["--from", "2026-11-20"]
    answer = CliRunner().invoke(cli_law.app, command)

    assert answer.exit_code == 2
    assert value in answer.output


def test_for_people_the_day_is_explained_in_both_languages() -> None:
    command = ["due", "heilongjiang-2025", "share_application_conditional", "reply"]
    answer = CliRunner().invoke(cli_law.app, [*command, "--from", "2026-09-30T16:00"])

    assert "应于2026年10月8日" in answer.stdout
    assert "art. 22, para. 2, item (2)" in answer.stdout
