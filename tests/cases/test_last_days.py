"""Reminders, last days, calendars that are loaded, periods that a body sets, terms that end.

The days were worked out by hand from the calendar of 2026: 2 March is a Monday, 4 to 6 April are
days off for Qingming, and nothing else in between is.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from typer.testing import CliRunner

from cases.scene import MONDAY, Scene
from huitong.cases import (
    actions,
    calendar_loading,
    calendars,
    expiry,
    notices,
    own_periods,
    queries,
    tables,
    tasks,
)
from huitong.cases.errors import CalendarAuthorityError, NoOwnPeriodError, OwnPeriodError
from huitong.cases.models import Case, Notice, OwnPeriod, Waiting
from huitong.cases.types import Noticed
from huitong.ledger.models import Entry
from huitong.operations import cli_calendar
from huitong.organisations import actions as organisations
from huitong.organisations import queries as organisation_queries
from huitong.organisations.types import SYSTEM, Level, PostRole
from huitong.regulations import holiday_notices, profiles
from huitong.regulations.errors import ExpiredError, NoticeBrokenError

DAY = timedelta(days=1)
NOTICE_2027 = """
year: 2027
notice: 国办发明电〔2026〕9号
days_off:
  - {from: 2027-01-01, to: 01-03, zh: 元旦, en: New Year's Day}
  - {from: 02-05, to: 02-11, zh: 春节, en: Spring Festival}
make_up: [01-30, 02-20]
"""


def _returned(scene: Scene, at: datetime) -> Case:
    """A case that the department has five working days to revise (art. 12(3))."""
    return actions.take_step(
        scene.submit_entry(at), "review.return", actor=scene.actor("authority"),
        facts={"opinion": "x"}, at=at,
    )  # fmt: skip


# --- what is kept on the case ---------------------------------------------------------------


@pytest.mark.clause("HL-22.3")
def test_the_last_day_is_kept_on_the_case_and_on_each_list_it_waits_on(scene: Scene) -> None:
    case = Case.objects.get(pk=scene.apply().pk)
    due = queries.due_of(case)

    assert due is not None
    assert case.due_at == due.at
    assert {row.due_at for row in Waiting.objects.filter(case=case)} == {due.at}

    decided = actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)
    assert Case.objects.get(pk=decided.pk).due_at is None


def test_the_database_lets_nobody_move_a_state_with_the_last_day(scene: Scene) -> None:
    case = scene.apply()
    Case.objects.filter(pk=case.pk).update(noticed=Noticed.REMINDED)

    for change in ({"state": "granted"}, {"closed_at": MONDAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**change)


# --- reminder, last day, overdue ------------------------------------------------------------


@pytest.mark.clause("HL-12.3", "HL-42.2")
def test_notice_is_given_before_the_day_on_it_and_after_it_once_each(scene: Scene) -> None:
    case = _returned(scene, MONDAY)  # Monday 2 March: 3, 4, 5, 6, 9 March

    def swept(on: date, hour: int = 1) -> tuple[list[str], list[str], list[str]]:
        at = datetime(on.year, on.month, on.day, hour, 0, tzinfo=UTC)
        found = tasks.give_notice(at)
        again = tasks.give_notice(at)
        assert (again.reminded, again.due, again.overdue) == ([], [], [])
        return found.reminded, found.due, found.overdue

    number = [case.number]
    assert swept(date(2026, 3, 4)) == ([], [], [])
    assert swept(date(2026, 3, 5)) == (number, [], [])  # two working days left: 6, 9
    assert swept(date(2026, 3, 6)) == ([], [], [])
    assert swept(date(2026, 3, 9)) == ([], number, [])
    assert swept(date(2026, 3, 9), hour=10) == ([], [], number)  # after 17:30 in Harbin
    assert swept(date(2026, 3, 10)) == ([], [], [])

    told = Notice.objects.filter(case=case).exclude(kind="told").order_by("id")
    assert [(one.kind, one.recipient.partition(":")[0]) for one in told] == [
        ("reminded", "department"),
        ("due", "department"),
        ("overdue", "department"),
        ("overdue", "duty"),
    ]
    assert told[3].duty == "supervision"
    assert told[2].cite == ["HL-12.3", "HL-42.2"]


def test_a_sweep_after_weeks_of_silence_gives_the_notice_that_counts_now(scene: Scene) -> None:
    case = _returned(scene, MONDAY)

    found = tasks.give_notice(MONDAY + 60 * DAY)

    assert (found.reminded, found.due, found.overdue) == ([], [], [case.number])


def test_people_see_what_they_were_told_and_that_they_saw_it_stays_on_record(scene: Scene) -> None:
    _returned(scene, MONDAY)
    tasks.give_notice(MONDAY + 60 * DAY)
    provider, stranger = scene.actor("provider"), scene.actor("consumer")

    mine = [one.pk for one in notices.to_actor(provider)]
    assert mine
    assert notices.to_actor(stranger).count() == 0
    assert notices.mark_seen(mine, actor=stranger, at=MONDAY) == 0
    assert notices.mark_seen(mine, actor=provider, at=MONDAY) == len(mine)
    assert notices.mark_seen(mine, actor=scene.actor("provider_2"), at=MONDAY) == 0
    assert Notice.objects.get(pk=mine[0]).seen_by == provider.ledger_name

    for change in ({"seen_by": "x"}, {"kind": "due"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=mine[0]).update(**change)


@pytest.mark.clause("HL-22.3")
def test_whom_an_article_names_is_told_of_the_step_and_the_one_who_acts_is_not(
    scene: Scene,
) -> None:
    case = scene.apply()
    actions.take_step(
        case, "reply.refuse", actor=scene.actor("provider"), facts={"reason": "无依据"}, at=MONDAY
    )

    told = Notice.objects.filter(case=case, kind="told", seq=2)
    step = next(s for s in tables.of(case).steps if s.name == "reply.refuse")
    assert {one.role for one in told} <= set(step.tell)
    assert scene.provider.pk not in {one.department_id for one in told}


# --- calendars that are loaded --------------------------------------------------------------


@pytest.mark.clause("HL-12.3")
def test_a_date_past_the_last_notice_is_provisional_and_computed_anew_when_one_is_loaded(
    scene: Scene,
) -> None:
    at = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)  # a Thursday
    case = _returned(scene, at)
    before = queries.due_of(case)
    assert before is not None
    # Without a notice for 2027 only weekends are known: 1 January, 4 to 7.
    assert (before.day, before.provisional) == (date(2027, 1, 7), True)

    notice = holiday_notices.parse(NOTICE_2027)
    calendar_loading.load_notice(notice, actor=scene.actor("authority"), at=at)
    assert tasks.renew_days(at) == 1
    assert tasks.renew_days(at) == 0

    case = Case.objects.get(pk=case.pk)
    after = queries.due_of(case)
    assert after is not None
    # 1 to 3 January are off: 4, 5, 6, 7, 8.
    assert (after.day, after.provisional) == (date(2027, 1, 8), False)
    assert case.due_at == after.at
    moved = Entry.objects.get(kind="case.due_moved")
    assert (moved.facts["before"], moved.facts["due"]) == ("2027-01-07", "2027-01-08")
    assert Notice.objects.filter(case=case, kind="moved").count() == 1
    assert Entry.objects.get(kind="calendar.loaded").facts["number"] == "国办发明电〔2026〕9号"


def test_days_off_of_a_place_count_there_and_below_and_nowhere_else(scene: Scene) -> None:
    city = organisations.found_jurisdiction(
        code="230200", name="齐齐哈尔市", level=Level.CITY, parent=scene.province, actor=SYSTEM,
        at=MONDAY,
    )  # fmt: skip
    county = organisations.found_jurisdiction(
        code="230204", name="铁锋区", level=Level.COUNTY, parent=city, actor=SYSTEM, at=MONDAY
    )
    local = (
        "year: 2026\nnotice: 齐政发1号\ndays_off: [{from: 03-03, to: 03-03, zh: 纪念日, en: Day}]"
    )
    calendar_loading.load_notice(
        holiday_notices.parse(local), jurisdiction=city, actor=SYSTEM, at=MONDAY
    )

    off = date(2026, 3, 3)
    assert calendars.of(scene.province).is_working(off)
    assert not calendars.of(city).is_working(off)
    assert not calendars.of(county).is_working(off)
    assert calendars.of(city).is_known(off)


def test_a_year_loaded_twice_is_the_year_of_the_last_notice(scene: Scene) -> None:
    for number in ("1", "2"):
        span = f"{{from: 03-0{number}, to: 03-0{number}, zh: 假}}"
        text = f"year: 2027\nnotice: 第{number}号\ndays_off: [{span}]"
        calendar_loading.load_notice(holiday_notices.parse(text), actor=SYSTEM, at=MONDAY)

    calendar = calendars.of(scene.province)
    assert calendar.is_working(date(2027, 3, 1))
    assert not calendar.is_working(date(2027, 3, 2))
    assert calendar.notices[2027] == "第2号"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("year: 2027", "`notice` must be the notice's number"),
        ("notice: x", "`year` must be a year"),
        ("year: 2027\nnotice: x", "names no day"),
        ("year: 2027\nnotice: x\ndays_off: [{from: 02-30, to: 02-30, zh: 假}]", ":3 from and to"),
        ("year: 2027\nnotice: x\ndays_off: [{from: 03-05, to: 03-01, zh: 假}]", ":3 from and to"),
        ("year: 2027\nnotice: x\nmake_up: [03-01]", "only a weekend day"),
        ("year: 2027\nnotice: x\nmake_up: [2026-03-01]", "is not of 2027"),
        ("year: 2027\nnotice: x\nmake_up: [03-06]\nholidays: []", "no key of a notice"),
        (
            "year: 2027\nnotice: x\nmake_up: [03-06]\ndays_off: [{from: 03-06, to: 03-06, zh: 假}]",
            "stands twice",
        ),
        ("year: [", "notice:2"),
        ("- 1", "must hold year"),
    ],
)
def test_a_broken_notice_is_refused_with_file_and_line(text: str, says: str) -> None:
    with pytest.raises(NoticeBrokenError, match="nothing was loaded") as refused:
        holiday_notices.parse(text)

    assert says in str(refused.value)


def test_only_the_authority_of_a_root_or_of_the_place_loads_a_calendar(scene: Scene) -> None:
    notice = holiday_notices.parse(NOTICE_2027)

    for place in (None, scene.province):
        with pytest.raises(CalendarAuthorityError):
            calendar_loading.load_notice(
                notice, jurisdiction=place, actor=scene.actor("provider"), at=MONDAY
            )
    with pytest.raises(NoticeBrokenError, match="no make-up days"):
        calendar_loading.load_notice(
            notice, jurisdiction=scene.province, actor=scene.actor("authority"), at=MONDAY
        )


# --- the body's own period ------------------------------------------------------------------


@pytest.fixture
def head(scene: Scene) -> None:
    for name, home in (("authority", scene.authority), ("provider", scene.provider)):
        organisations.appoint(
            person=scene.people[name], department=home, role=PostRole.HEAD, actor=SYSTEM,
            at=MONDAY, since=date(2026, 1, 1),
        )  # fmt: skip


def test_the_stages_without_a_number_are_listed_with_their_article(scene: Scene) -> None:
    profile = profiles.load("national-2025")

    found = {(one.kind, one.stage): one for one in own_periods.of(scene.authority, profile)}

    assert found
    for (kind, stage), one in found.items():
        assert one.cite, (kind, stage)
        assert one.days is None


@pytest.mark.clause("HL-10.2")
@pytest.mark.usefixtures("head")
def test_a_number_that_a_body_sets_runs_for_stages_that_begin_later_and_is_marked_as_its_own(
    scene: Scene,
) -> None:
    profile, provider = profiles.load("heilongjiang-2025"), scene.actor("provider")
    where = {"kind": "platform_approval", "stage": "migrate"}
    early = _joining(scene)

    set_ = own_periods.set_days(
        scene.provider, profile, **where, days=15, actor=provider, at=MONDAY + DAY
    )
    late = _joining(scene, MONDAY + DAY)

    assert set_.cite == ["HL-10.2"]
    assert Entry.objects.get(kind="period.set").facts == {**where, "days": 15}
    listed = {(o.kind, o.stage): o.days for o in own_periods.of(scene.provider, profile)}
    assert listed["platform_approval", "migrate"] == 15
    # Art. 10(2) says 及时: no clock runs by itself, and none runs back.
    assert queries.due_of(early) is None
    due = queries.due_of(late)
    assert due is not None
    # From Tuesday 3 March: 4 to 6, 9 to 13, 16 to 20, 23, 24.
    assert (due.day, due.own, due.cite) == (date(2026, 3, 24), True, ("HL-10.2",))
    assert Case.objects.get(pk=late.pk).due_at == due.at
    for change in ({"days": 1}, {"stage": "x"}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            OwnPeriod.objects.update(**change)


def _joining(scene: Scene, at: datetime = MONDAY) -> Case:
    return actions.open_case(
        kind="platform_approval",
        jurisdiction=scene.province,
        subject="platform:1",
        title="关闭原有共享通道",
        parties={"provider": scene.provider},
        facts={"platform_matter": "close", "platform_name": "教育数据交换系统"},
        actor=scene.actor("provider"),
        at=at,
    )


@pytest.mark.usefixtures("head")
def test_a_number_is_refused_out_of_bounds_where_the_text_has_one_and_from_others(
    scene: Scene,
) -> None:
    profile = profiles.load("heilongjiang-2025")
    kind, stage, _limit = own_periods.stages_of(profile)[0]
    authority = scene.actor("authority")

    for days in (0, 251):
        with pytest.raises(OwnPeriodError):
            own_periods.set_days(
                scene.authority, profile, kind=kind, stage=stage, days=days, actor=authority,
                at=MONDAY,
            )  # fmt: skip
    with pytest.raises(NoOwnPeriodError) as refused:
        own_periods.set_days(
            scene.authority, profile, kind="share_application_conditional", stage="reply", days=5,
            actor=authority, at=MONDAY,
        )  # fmt: skip
    assert refused.value.cite
    with pytest.raises(OwnPeriodError, match="no post that answers"):
        own_periods.set_days(
            scene.provider, profile, kind=kind, stage=stage, days=5,
            actor=scene.actor("provider_2"), at=MONDAY,
        )  # fmt: skip
    assert not OwnPeriod.objects.exists()


# --- the end of a regulation's term ---------------------------------------------------------


@pytest.mark.clause("HL-47")
def test_the_authority_is_told_90_30_and_7_days_before_the_end_and_after_it_once_each(
    scene: Scene,
) -> None:
    ends = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)

    told = [
        (back, expiry.note_endings(ends - back * DAY))
        for back in (91, 90, 89, 31, 30, 8, 7, 1, 0, -1, -2)
    ]

    assert [(back, marks) for back, marks in told if marks] == [
        (90, [("230000", 90)]),
        (30, [("230000", 30)]),
        (7, [("230000", 7)]),
        (-1, [("230000", 0)]),
    ]
    mine = notices.to_actor(scene.actor("authority")).filter(kind="expiring")
    assert [one.seq for one in mine.order_by("id")] == [90, 30, 7, 0]
    assert mine[0].facts["then"] == "national-2025"
    assert mine[0].cite == ["HL-47"]


@pytest.mark.clause("HL-47", "NA-44")
def test_new_cases_after_the_term_fall_to_the_parent_and_running_ones_finish_under_theirs(
    scene: Scene,
) -> None:
    last = datetime(2027, 1, 6, 2, 0, tzinfo=UTC)
    running = scene.apply(last)
    assert running.profile_id == "heilongjiang-2025"

    # National art. 20(2) wants the consent of the head of the consumer's office and a last day.
    assert organisation_queries.profile_of(scene.province, date(2027, 1, 7)) == "national-2025"
    assert organisation_queries.profile_of(scene.province, date(2027, 1, 6)) == "heilongjiang-2025"
    decided = actions.take_step(
        running, "reply.grant", actor=scene.actor("provider"), at=last + 2 * DAY
    )
    assert (decided.profile_id, decided.state) == ("heilongjiang-2025", "granted")


@pytest.mark.clause("NA-44")
def test_before_anything_is_in_force_nothing_can_be_opened(scene: Scene) -> None:
    with pytest.raises(ExpiredError) as refused:
        organisation_queries.profile_of(scene.province, date(2025, 1, 5))

    assert refused.value.cite == ("HL-47",)


def test_a_draft_has_no_term_and_is_applied_as_chosen(scene: Scene) -> None:
    organisations.choose_regulation(
        scene.province, profile_id="henan-2020", actor=SYSTEM, at=MONDAY
    )

    scene.province.refresh_from_db()
    assert organisation_queries.profile_of(scene.province, date(2040, 1, 1)) == "henan-2020"
    assert expiry.endings(timezone.make_aware(datetime(2040, 1, 1))) == []  # noqa: DTZ001


# --- the command ----------------------------------------------------------------------------


def test_an_operator_loads_a_notice_and_sees_up_to_when_dates_are_certain(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_calendar.preparing, "prepare", lambda: None)
    case = _returned(scene, datetime(2026, 12, 31, 2, 0, tzinfo=UTC))
    file = tmp_path / "2027.yaml"
    file.write_text(NOTICE_2027, encoding="utf-8")

    loaded = CliRunner().invoke(cli_calendar.app, ["load", str(file)], catch_exceptions=False)
    shown = CliRunner().invoke(cli_calendar.app, ["show", "--json"], catch_exceptions=False)

    assert "1 last day(s) moved" in loaded.stdout
    (place,) = json.loads(shown.stdout)
    assert (place["jurisdiction"], place["until"]) == ("230000", "2027-12-31")
    assert place["notices"]["2027"] == "国办发明电〔2026〕9号"
    assert queries.due_of(Case.objects.get(pk=case.pk)).day == date(2027, 1, 8)  # type: ignore[union-attr]

    file.write_text("year: 2027", encoding="utf-8")
    with pytest.raises(NoticeBrokenError, match=r"2027\.yaml:1"):
        CliRunner().invoke(cli_calendar.app, ["load", str(file)], catch_exceptions=False)
    unknown = CliRunner().invoke(cli_calendar.app, ["show", "--jurisdiction", "110000"])
    assert unknown.exit_code == 2


def test_a_step_asks_the_database_nine_times(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The case, its parties, the actor's post, the events; the ledger, the event, the case, whom it
    # waits for, whom it tells. A savepoint in a test is what a transaction is elsewhere.
    case, actor = scene.order_rectification("2026-03-20"), scene.actor("consumer")

    with django_assert_num_queries(9 + 2):
        actions.take_step(
            case, "rectify.report", actor=actor, at=MONDAY, facts={"report": "已停止"}
        )  # fmt: skip
