"""Merging and abolishing a department on its page: what goes to whom is shown before it does."""

import datetime as dt

import pytest

from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations.models import Department, Duty, Post
from huitong.sharing import actions as sharing
from huitong.sharing import systems
from huitong.sharing.models import Client, Grant, Handover
from web import pages

CONSUMER = "/w/organisations/HRB-ZJ/end/"
RESTS_ON = {"day": "2026-11-20", "paper": "黑编发〔2026〕8号"}


@pytest.fixture
def grant(province: World, shared: Dataset, at: dt.datetime) -> Grant:
    """A grant of the city's housing centre, with a system and an application that still runs."""
    told = {
        "scenario": "公共租赁住房资格复核", "mode": "api", "scope": "本市申请家庭",
        "basis": "《公共租赁住房管理办法》第八条", "purpose": "资格复核",
        "use_until": dt.date(2027, 11, 30),
    }  # fmt: skip
    user, provider = province.actor("zhufang"), province.actor("jiaoyu")
    application = sharing.apply(
        dataset=shared, items=["citizen_id", "school"], actor=user, at=at,
        **told,  # type: ignore[arg-type]
    )  # fmt: skip
    decisions = dict.fromkeys(("citizen_id", "school"), "whole")
    sharing.decide(application, decisions=decisions, actor=provider, at=at)
    systems.register_client(
        department=province.departments["HRB-ZJ"], name="公租房系统", actor=user, at=at
    )
    return Grant.objects.get()


def told(province: World, successor: str) -> dict[str, object]:
    heir = province.departments[successor].pk if successor else ""
    return {"successor": heir, **RESTS_ON}


@pytest.mark.clause("HL-5", "HL-30")
def test_what_goes_to_whom_is_shown_and_nothing_is_done_before_it_is_confirmed(
    log_in: pages.LogIn, province: World, grant: Grant
) -> None:
    regulator = log_in("shuju")
    assert CONSUMER in regulator.get("/w/organisations/HRB-ZJ/").content.decode()
    asked = told(province, "HRB-SJ")

    html = regulator.post(CONSUMER, asked).content.decode()

    assert "各项去向" in html
    assert "以市数据局（演示）名义继续，目的和范围不变" in html
    assert "连同密钥归市数据局（演示）" in html
    assert f"/w/grants/{grant.pk}/" in html
    assert "第三十条" in html
    assert not Department.objects.filter(ended_on__isnull=False).exists()
    assert not Handover.objects.exists()
    assert not Entry.objects.filter(kind__in=("department.merged", "grant.handed_over")).exists()

    assert regulator.post(CONSUMER, {**asked, "confirm": "1"}).status_code == 302

    grant.refresh_from_db()
    assert grant.consumer == province.departments["HRB-SJ"]
    assert Client.objects.get().consumer == province.departments["HRB-SJ"]
    assert not Post.objects.filter(department__code="HRB-ZJ", until__isnull=True).exists()
    html = log_in("jiaoyu").get(f"/w/grants/{grant.pk}/").content.decode()
    assert "承接沿革" in html
    assert "市住房保障中心（演示）" in html
    heir = Post.objects.filter(department__code="HRB-SJ").first()
    assert heir is not None
    browser = log_in(heir.person.username)
    assert f"/w/grants/{grant.pk}/" in browser.get("/w/grants/").content.decode()
    assert "原属市住房保障中心（演示）" in browser.get("/w/clients/").content.decode()
    ended = regulator.get("/w/organisations/HRB-ZJ/").content.decode()
    assert "黑编发〔2026〕8号" in ended
    assert CONSUMER not in ended
    # Whoever worked there has no post any longer, and no page of the workbench.
    assert log_in("zhufang").get(f"/w/grants/{grant.pk}/").status_code == 403
    assert log_in("zhufang").get("/w/clients/").status_code == 403


@pytest.mark.clause("HL-5")
def test_where_nobody_carries_on_the_page_says_what_ends(
    log_in: pages.LogIn, province: World, grant: Grant
) -> None:
    regulator = log_in("shuju")

    html = regulator.post(CONSUMER, told(province, "")).content.decode()
    assert "随之终止" in html
    assert "停用，令牌全部失效" in html
    assert regulator.post(CONSUMER, {**told(province, ""), "confirm": "1"}).status_code == 302

    grant.refresh_from_db()
    assert grant.ended_at is not None
    assert not Client.objects.get().active
    html = log_in("jiaoyu").get(f"/w/grants/{grant.pk}/").content.decode()
    assert "已结束" in html


@pytest.mark.clause("HL-5")
def test_a_refusal_is_told_before_anybody_confirms(
    log_in: pages.LogIn, province: World, grant: Grant
) -> None:
    regulator = log_in("shuju")
    for body, match in (("HLJ-JY", "HLJ-JY-0001"), ("HLJ-SJ", "项主管职责")):
        answer = regulator.post(f"/w/organisations/{body}/end/", told(province, ""))
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "请先处理以下问题" in html
        assert match in html
        assert 'name="confirm"' not in html
    for wrong in (
        {"paper": ""}, {"day": ""}, {"day": "2026-11-21"}, {"successor": "x"},
        {"successor": province.departments["HRB-ZJ"].pk},
    ):  # fmt: skip
        asked = {**told(province, "HRB-SJ"), **wrong, "confirm": "1"}
        assert regulator.post(CONSUMER, asked).status_code == 422
    assert not Department.objects.filter(ended_on__isnull=False).exists()
    assert Duty.objects.filter(department__code="HLJ-SJ").exists()


@pytest.mark.clause("HL-5")
def test_only_who_oversees_the_area_merges_its_departments(
    log_in: pages.LogIn, province: World
) -> None:
    asked = {**told(province, "HRB-SJ"), "confirm": "1"}
    for stranger in ("jiaoyu", "zhufang-head"):
        assert log_in(stranger).get(CONSUMER).status_code == 403
        assert log_in(stranger).post(CONSUMER, asked).status_code == 403
    assert not Department.objects.filter(ended_on__isnull=False).exists()
    assert log_in("shuju").get("/w/organisations/NOWHERE/end/").status_code == 404
