"""Until when, asked without a case: `huitong law due` and what stands behind it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from huitong.operations import cli_law
from huitong.regulations import periods, profiles
from huitong.regulations.errors import (
    FactUnknownError,
    KindNotInProfileError,
    StartOutOfRangeError,
    StepUnknownError,
)
from regulations.walking import HEILONGJIANG, beijing

MONDAY = date(2026, 3, 2)
EVE_OF_NATIONAL_DAY = beijing("2026-09-30 16:00")


def asked(
    kind: str, step: str, start: str, *more: str, profile: str = HEILONGJIANG
) -> dict[str, object]:
    """Ask as a caller of the command does."""
    command = ["due", profile, kind, step, "--from", start, "--json", *more]
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


# The pairs that callers rely on, with the working days that the articles give.
NUMBERS = [
    ("share_application_conditional", "reply", "henan-2020", 5),
    ("share_application_conditional", "reply", "huizhou-2024", 2),
    ("share_application_conditional", "reply", "heilongjiang-2025", 1),
    ("share_application_conditional", "reply", "national-2025", 10),
    ("share_application_conditional", "fulfil", "huizhou-2024", 3),
    ("share_application_conditional", "fulfil", "national-2025", 20),
    ("share_application_unconditional", "reply", "national-2025", 1),
    ("catalogue_update", "update", "henan-2020", 10),
    ("catalogue_update", "update", "heilongjiang-2025", 3),
    ("catalogue_update", "update", "national-2025", 10),
    ("catalogue_update", "review", "national-2025", 2),
    ("catalogue_review", "revise", "heilongjiang-2025", 5),
    ("correction_consumer", "recheck", "model-city", 5),
    ("correction_consumer", "verify", "model-city", 3),
    ("correction_consumer", "handle", "huizhou-2024", 10),
    ("correction_consumer", "handle", "national-2025", 10),
    ("correction_subject", "handle", "huizhou-2024", 10),
    ("correction_subject", "handle", "heilongjiang-2025", 5),
    ("demand", "review", "huizhou-2024", 5),
    ("demand", "review", "heilongjiang-2025", 3),
    ("demand", "publish", "heilongjiang-2025", 10),
    ("open_application", "review", "heilongjiang-2025", 5),
    ("open_request", "review", "huizhou-2024", 20),
]


@pytest.mark.parametrize(("kind", "step", "profile", "days"), NUMBERS)
def test_where_the_article_gives_a_number_it_is_counted_without_any_fact(
    kind: str, step: str, profile: str, days: int
) -> None:
    # Monday 2 March 2026: no day off or make-up day lies in the five weeks after it.
    found = asked(kind, step, "2026-03-02", profile=profile)

    assert isinstance(found["counted"], list)
    assert len(found["counted"]) == days
    assert found["due"] == str(MONDAY + timedelta(days=days + days // 5 * 2))


@pytest.mark.clause("HN-9", "NA-17.1")
@pytest.mark.parametrize("profile", ["henan-2020", "national-2025"])
def test_a_period_for_some_causes_says_that_it_was_asked_for_those(profile: str) -> None:
    asked_of_none = asked("catalogue_update", "update", "2026-03-02", profile=profile)
    by_law = ("--fact", "change_source=law")
    of_law = asked("catalogue_update", "update", "2026-03-02", *by_law, profile=profile)
    by_other = ("--fact", "change_source=other")
    of_other = asked("catalogue_update", "update", "2026-03-02", *by_other, profile=profile)

    assert asked_of_none["assuming"]
    assert (of_law["assuming"], of_law["due"]) == (None, asked_of_none["due"])
    assert (of_other["assuming"], of_other["due"]) == (None, None)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--fact", "change_source=lwa"), "use one of law, duty, other"),
        (("--fact", "chnge_source=law"), "change_day, change_source, changes"),
    ],
)
def test_a_fact_or_an_answer_that_nobody_knows_is_refused_and_not_taken_for_no(
    more: tuple[str, ...], told: str
) -> None:
    with pytest.raises(FactUnknownError, match=told):
        asked("catalogue_update", "update", "2026-03-02", *more, profile="henan-2020")


@pytest.mark.parametrize("step", ["review.approve.x.y", "review.lift_off"])
def test_a_step_with_a_tail_that_no_table_has_is_refused(step: str) -> None:
    with pytest.raises(StepUnknownError):
        asked("demand", step, "2026-03-02")


@pytest.mark.parametrize("start", ["9999-12-30", "9999-12-31T23:00:00-12:00"])
def test_a_day_that_no_calendar_reaches_is_refused(start: str) -> None:
    with pytest.raises(StartOutOfRangeError):
        asked("demand", "review", start)


def test_the_day_is_the_one_of_the_place() -> None:
    # 20:00 in London on Monday is Tuesday in Harbin: three working days end on Friday.
    assert asked("demand", "review", "2026-03-02T20:00+00:00")["due"] == "2026-03-06"


@pytest.mark.clause("HL-47")
def test_a_text_that_is_not_in_force_on_that_day_says_so() -> None:
    assert asked("demand", "review", "2027-01-06")["in_force"] is True
    assert asked("demand", "review", "2027-01-07")["in_force"] is False
    command = ["due", HEILONGJIANG, "demand", "review", "--from", "2027-01-07"]
    told = CliRunner().invoke(cli_law.app, command).stdout
    assert "该规定在此日不施行" in told
    assert "not in force on that day" in told


@pytest.mark.clause("HL-16.2")
def test_a_day_before_which_nothing_goes_on_is_not_told_as_a_last_day() -> None:
    command = ["due", HEILONGJIANG, "catalogue_withdrawal", "wind_down", "--from", "2026-02-28"]
    told = CliRunner().invoke(cli_law.app, command).stdout

    assert "2026年8月28日（星期五）之前不得进行下一步" in told
    assert "Nothing goes on before Fri 2026-08-28" in told
    assert "前办结" not in told
