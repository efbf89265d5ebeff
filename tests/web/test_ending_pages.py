"""Merging and abolishing a department on its page: what goes to whom is shown before it does."""

import datetime as dt

import pytest

from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.models import Department, Duty, Jurisdiction, Post
from huitong.organisations.types import SYSTEM
from huitong.sharing import actions as sharing
from huitong.sharing import systems
from huitong.sharing.models import Client, Grant, Handover
from web import applying, pages

CONSUMER = "/w/organisations/HRB-ZJ/end/"
RESTS_ON = {"day": "2026-11-20", "paper": "黑编发〔2026〕8号"}


@pytest.fixture
def grant(province: World, shared: Dataset, at: dt.datetime) -> Grant:
    """A grant of the city's housing centre, with a system and an application that still runs."""
    user, provider = province.actor("zhufang"), province.actor("jiaoyu")
    application = applying.apply(province, shared, "citizen_id", "school", at=at)
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
    regulator = log_in("shuju-head")
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
    regulator = log_in("shuju-head")

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
    regulator = log_in("shuju-head")
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
    assert log_in("shuju-head").get("/w/organisations/NOWHERE/end/").status_code == 404


@pytest.fixture
def second(province: World, at: dt.datetime) -> Jurisdiction:
    """Another city, into which Harbin may be merged."""
    return organisations.found_jurisdiction(
        code="230200", name="齐齐哈尔市", level="city", parent=province.jurisdictions["230000"],
        actor=SYSTEM, at=at,
    )  # fmt: skip


@pytest.mark.clause("HL-5")
def test_an_area_is_merged_on_its_page_once_what_goes_along_was_shown(
    log_in: pages.LogIn, province: World, second: Jurisdiction
) -> None:
    regulator, address = log_in("shuju-head"), "/w/places/230100/end/"
    assert address in regulator.get("/w/places/230100/").content.decode()
    asked = {"successor": second.pk, **RESTS_ON}
    for stranger in ("jiaoyu", "zhufang-head"):
        assert log_in(stranger).get(address).status_code == 403
        assert log_in(stranger).post(address, {**asked, "confirm": "1"}).status_code == 403

    html = regulator.post(address, asked).content.decode()
    assert "市住房保障中心（演示）" in html
    assert "依兰县 230123" in html
    assert "划入齐齐哈尔市" in html
    for wrong in ({"successor": ""}, {"successor": province.jurisdictions["230123"].pk},
                  {"paper": " "}, {"day": "2026-11-21"}):  # fmt: skip
        answer = regulator.post(address, {**asked, **wrong, "confirm": "1"})
        assert answer.status_code == 422
    assert not Jurisdiction.objects.filter(ended_on__isnull=False).exists()

    assert regulator.post(address, {**asked, "confirm": "1"}).status_code == 302

    assert Department.objects.get(code="HRB-ZJ").jurisdiction == second
    html = regulator.get("/w/places/230100/").content.decode()
    assert "并入：" in html
    assert address not in html
    assert "哈尔滨市" not in regulator.get("/w/organisations/").content.decode()
    then = regulator.get("/w/organisations/?on=2026-11-19").content.decode()
    assert "哈尔滨市" in then
    assert "后已合并" in then
    assert regulator.get("/w/organisations/?on=tomorrow").status_code == 422


@pytest.mark.clause("HL-5")
def test_a_county_becomes_a_district_on_its_page(log_in: pages.LogIn, province: World) -> None:
    regulator, address = log_in("shuju-head"), "/w/places/230123/acts/recode/"
    asked = {"code": "230113", "name": "依兰区", **RESTS_ON}
    assert log_in("jiaoyu").post(address, asked).status_code == 403
    for wrong in ({"code": "23011"}, {"code": "230100"}, {"code": "230123"}, {"paper": ""}):
        assert regulator.post(address, {**asked, **wrong}).status_code == 422
    assert province.jurisdictions["230123"].changes.count() == 0

    assert regulator.post(address, asked).status_code == 302

    html = regulator.get("/w/places/230113/").content.decode()
    assert "依兰区" in html
    assert "依兰县" in html  # the history
    assert regulator.get("/w/places/230123/").status_code == 404
    then = regulator.get("/w/organisations/?on=2026-11-19").content.decode()
    assert "现代码" in then
    renamed = {"name": "新依兰区", "name_en": "New Yilan", **RESTS_ON}
    assert regulator.post("/w/places/230113/acts/rename/", renamed).status_code == 302
    moved = {"parent": province.jurisdictions["230000"].pk, **RESTS_ON}
    assert regulator.post("/w/places/230113/acts/move/", moved).status_code == 302
    county = Jurisdiction.objects.get(code="230113")
    assert (county.name, county.parent) == ("新依兰区", province.jurisdictions["230000"])
