"""Pages of what people were told, of periods that a body sets, and of the calendar."""

import datetime as dt

import pytest
from django.test import Client

from huitong.cases import expiry, tasks
from huitong.cases.models import CalendarNotice, Case, Notice, OwnPeriod
from huitong.catalogue.models import Dataset
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.models import Department, Person
from huitong.organisations.types import SYSTEM, PostRole
from web import applying, pages

NOTICE = """year: 2027
notice: 国办发明电〔2026〕9号
days_off:
  - {from: 2027-01-01, to: 01-03, zh: 元旦, en: New Year's Day}
make_up: [01-30]
"""
DAY = dt.timedelta(days=1)


@pytest.fixture
def late(province: World, shared: Dataset, at: dt.datetime) -> Case:
    return applying.apply(province, shared, "name", at=at).case


@pytest.mark.clause("HL-42.2", "HL-22.3")
def test_the_owner_and_the_authority_read_that_a_case_is_late_and_mark_it_seen(
    log_in: pages.LogIn, late: Case, at: dt.datetime
) -> None:
    tasks.give_notice(at + 10 * DAY)

    for username in ("jiaoyu", "shuju"):
        browser = log_in(username)
        page = browser.get("/w/notices/").content.decode()
        assert "已逾期，办理期限为2026年11月23日" in page
        assert late.number in page
        assert "第四十二条" in page

    told = Notice.objects.filter(case=late, department__isnull=False)
    ids = list(told.values_list("pk", flat=True))
    browser = log_in("jiaoyu")
    assert browser.post("/w/notices/", {"notice": [*ids, "x"]}).status_code == 302
    assert not told.filter(seen_at=None).exists()
    assert Notice.objects.filter(
        case=late, kind="overdue", duty="supervision", seen_at=None
    ).exists()
    assert "已逾期" not in log_in("zhufang").get("/w/notices/").content.decode()


@pytest.mark.clause("HL-47")
def test_the_authority_reads_that_its_regulation_ends_and_what_then_applies(
    log_in: pages.LogIn, province: World, at: dt.datetime
) -> None:
    expiry.note_endings(at)

    page = log_in("shuju").get("/w/notices/").content.decode()

    assert "《黑龙江省政务数据管理暂行办法》有效期至2027年1月6日" in page
    assert "此后新办件适用《政务数据共享条例》" in page


def test_a_body_sets_its_own_period_and_a_wrong_number_is_refused_on_the_page(
    log_in: pages.LogIn, province: World
) -> None:
    person = Person.objects.get(username="jiaoyu")
    organisations.appoint(
        person=person,
        department=Department.objects.get(pk=province.actor("jiaoyu").department_id or 0),
        role=PostRole.CHIEF_DATA_OFFICER,
        actor=SYSTEM,
        at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    )
    browser = log_in("jiaoyu")
    assert "平台和通道管理" in browser.get("/w/periods/").content.decode()

    chosen = {"stage": "platform_approval.migrate"}
    for days in ("0", "251", "x", "", "９"):
        assert browser.post("/w/periods/", {**chosen, "days": days}).status_code == 422
    other = browser.post("/w/periods/", {"stage": "demand.review", "days": "5"})
    assert (other.status_code, "没有可由本机构自行设定的期限" in other.content.decode()) == (
        422,
        True,
    )
    assert not OwnPeriod.objects.exists()

    assert browser.post("/w/periods/", {**chosen, "days": "15"}).status_code == 302
    assert "15 个工作日" in browser.get("/w/periods/").content.decode()
    assert OwnPeriod.objects.get().set_by == province.actor("jiaoyu").ledger_name


def test_who_holds_no_post_that_answers_for_the_body_sets_nothing(
    log_in: pages.LogIn, province: World
) -> None:
    refused = log_in("jiaoyu").post(
        "/w/periods/", {"stage": "platform_approval.migrate", "days": "15"}
    )

    assert refused.status_code == 403
    assert not OwnPeriod.objects.exists()


def test_the_calendar_shows_the_notices_and_its_authority_loads_one(
    log_in: pages.LogIn, province: World
) -> None:
    browser = log_in("shuju")
    page = browser.get("/w/calendar/").content.decode()
    assert "国办发明电〔2025〕7号" in page
    assert "2026年10月1日" in page

    broken = browser.post("/w/calendar/", {"notice": "year: 2027\nnotice: x\nmake_up: [03-01]"})
    assert broken.status_code == 422
    assert "通知:3" in broken.content.decode()
    assert not CalendarNotice.objects.exists()

    assert browser.post("/w/calendar/", {"notice": NOTICE}).status_code == 302
    page = browser.get("/w/calendar/").content.decode()
    assert "国办发明电〔2026〕9号" in page
    assert "2027年12月31日" in page


def test_others_see_the_calendar_and_cannot_load_one(log_in: pages.LogIn, province: World) -> None:
    browser: Client = log_in("jiaoyu")

    assert "加载放假通知" not in browser.get("/w/calendar/").content.decode()
    assert browser.post("/w/calendar/", {"notice": NOTICE}).status_code == 403
    assert not CalendarNotice.objects.exists()
