"""Pages of areas, departments and books: what each shows, and who may change it."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huitong.cases import running_out
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations import actions
from huitong.organisations.models import Delegation, Duty, Paper, Person, Post, Unit
from huitong.organisations.types import SYSTEM
from web import pages

DEPARTMENT = "/w/organisations/HLJ-JY/"
PEOPLE = f"{DEPARTMENT}people/"
BOOK = f"{DEPARTMENT}books/management_rules/"


def paper(**more: object) -> dict[str, Any]:
    return {"title": "数据管理制度", "number": "教发〔2026〕1号", "since": "2026-11-01", **more}


def test_areas_are_listed_and_lead_to_their_departments(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    html = browser.get("/w/organisations/").content.decode()
    assert '<a href="/w/places/230123/">依兰县</a>' in html
    assert f'href="{DEPARTMENT}"' in html

    html = browser.get("/w/places/230000/").content.decode()

    assert f'<a href="{DEPARTMENT}">省教育厅（演示）</a>' in html


@pytest.mark.clause("HL-5")
def test_a_duty_nobody_holds_is_shown_and_assigned_by_who_oversees(log_in: pages.LogIn) -> None:
    stranger, regulator = log_in("jiaoyu"), log_in("shuju-head")
    html = regulator.get("/w/places/230000/").content.decode()
    assert "尚未确定" in html
    assert "确定承担部门" in html
    assert "确定承担部门" not in stranger.get("/w/places/230000/").content.decode()
    holder = Post.objects.get(person__username="shuju").department_id
    asked = {"act": "duty", "duty-duty": "correction", "duty-department": holder}

    assert stranger.post("/w/places/230000/", asked).status_code == 403
    assert not Duty.objects.filter(duty="correction").exists()
    assert regulator.post("/w/places/230000/", asked).status_code == 302
    assert Duty.objects.get(duty="correction").department_id == holder
    assert regulator.post("/w/places/230000/", {"act": "duty"}).status_code == 422


@pytest.mark.clause("HL-5")
def test_a_duty_is_delegated_on_the_page_and_both_departments_stand_there(
    log_in: pages.LogIn, province: World
) -> None:
    asked = {
        "act": "delegate", "delegate-duty": "sharing",
        "delegate-department": province.departments["HLJ-MZ"].pk,
        "delegate-since": "2026-11-20", "delegate-until": "2026-12-20",
        "delegate-paper": "委托书1号",
    }  # fmt: skip
    browser = log_in("shuju-head")
    assert log_in("jiaoyu").post("/w/places/230000/", asked).status_code == 403
    browser.post("/w/places/230000/", asked)

    assert Delegation.objects.count() == 1
    html = browser.get("/w/places/230000/").content.decode()
    assert "委托省民政厅（演示）代行" in html
    html = browser.get("/w/organisations/HLJ-MZ/").content.decode()
    assert "受省数据局（演示）委托" in html
    assert browser.post("/w/places/230000/", asked).status_code == 422


@pytest.mark.clause("HL-6.1")
def test_what_is_missing_stands_on_the_page_with_its_article(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu-head")
    html = browser.get(DEPARTMENT).content.decode()
    assert "按规定还缺" in html
    assert "政务数据工作机构" in html
    assert "第六条" in html

    posted = {"act": "unit", "unit-kind": "data_work", "unit-name": "信息中心",
              "unit-since": "2026-11-01"}  # fmt: skip
    assert browser.post(PEOPLE, posted).status_code == 302

    assert Unit.objects.get(department__code="HLJ-JY").name == "信息中心"
    missing = browser.get(DEPARTMENT).content.decode().partition("基本情况")[0]
    assert "政务数据工作机构" not in missing


@pytest.mark.clause("HL-6.1")
def test_people_are_appointed_stood_in_for_and_relieved(log_in: pages.LogIn) -> None:
    head = log_in("jiaoyu-head")
    new = {"act": "appoint", "appoint-username": "xinren", "appoint-name": "新人",
           "appoint-role": "daily_staff", "appoint-since": "2026-11-20"}  # fmt: skip
    assert log_in("jiaoyu").post(PEOPLE, new).status_code == 403
    assert not Post.objects.filter(person__username="xinren").exists()
    assert head.post(PEOPLE, new | {"appoint-name": ""}).status_code == 422
    head.post(PEOPLE, new)
    post = Post.objects.get(person__username="jiaoyu-head")
    head.post(
        PEOPLE,
        {"act": "stand_in", "stand_in-post": post.pk, "stand_in-username": "xinren",
         "stand_in-since": "2026-11-20", "stand_in-until": "2026-11-25"},
    )  # fmt: skip

    html = log_in("jiaoyu").get(DEPARTMENT).content.decode()
    assert f"代{post.person.name}" in html

    held = Post.objects.get(person__username="xinren", role="daily_staff")
    head.post(PEOPLE, {"act": "end", "post": held.pk})
    held.refresh_from_db()
    assert held.until == dt.date(2026, 11, 20)
    assert head.post(PEOPLE, {"act": "end", "post": held.pk}).status_code == 404


@pytest.mark.clause("HL-6.1")
def test_a_paper_is_filed_shown_followed_and_fetched_as_a_download(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    page = "<!doctype html><script>alert(1)</script>"
    sent = SimpleUploadedFile("制度.html", page.encode(), content_type="text/html")

    assert browser.post(BOOK, paper(file=sent)).status_code == 302

    filed = Paper.objects.get()
    html = browser.get(f"/w/books/{filed.pk}/").content.decode()
    assert filed.file_sha256 in html
    assert "黑龙江省政务数据管理暂行办法》第六条" in html
    answer = browser.get(f"/w/books/{filed.pk}/file")
    assert answer.content.decode() == page
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = browser.post(f"{BOOK}?follows={filed.pk}", paper(since="2026-11-10"))
    assert again.status_code == 302
    html = browser.get(DEPARTMENT).content.decode()
    assert "第2版" in html
    assert "已失效" in html


def test_a_paper_is_neither_filed_nor_read_by_strangers(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    browser.post(BOOK, paper())
    number = Paper.objects.get().pk
    stranger = log_in("minzheng")

    assert stranger.get(BOOK).status_code == 403
    assert stranger.post(BOOK, paper()).status_code == 403
    assert stranger.get(f"/w/books/{number}/").status_code == 403
    assert stranger.get(f"/w/books/{number}/file").status_code == 403
    assert f"/w/books/{number}/" not in stranger.get(DEPARTMENT).content.decode()
    assert log_in("shuju-head").get(f"/w/books/{number}/").status_code == 200
    assert browser.get(f"/w/books/{number}/file").status_code == 404
    assert browser.get("/w/books/999999/").status_code == 404
    assert browser.get(f"{DEPARTMENT}books/novel/").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"since": "x"}, {"until": "2026-10-01"}], ids=["title", "day", "end"]
)
def test_a_paper_that_is_wrong_is_told_on_its_form(
    log_in: pages.LogIn, wrong: dict[str, str]
) -> None:
    answer = log_in("jiaoyu").post(BOOK, paper(**wrong))

    assert answer.status_code == 422
    assert "请先处理以下问题" in answer.content.decode()
    assert not Paper.objects.exists()


@pytest.mark.clause("HL-5", "HZ-3.2")
def test_a_task_is_set_reported_on_and_closed(log_in: pages.LogIn, province: World) -> None:
    regulator, officer = log_in("shuju-head"), log_in("jiaoyu")
    posted = paper(
        stated_task="编目", stated_requirement="全部挂接", due="2026-12-01",
        addressees=[province.departments["HLJ-JY"].pk],
    )  # fmt: skip
    others = posted | {"addressees": [province.departments["HLJ-MZ"].pk]}
    assert officer.post(f"{DEPARTMENT}books/task/", others).status_code == 403
    regulator.post("/w/organisations/HLJ-SJ/books/task/", posted)
    address = f"/w/books/{Paper.objects.get().pk}/"
    assert address in officer.get(DEPARTMENT).content.decode()

    assert officer.post(address, {"act": "report", "text": ""}).status_code == 422
    officer.post(address, {"act": "report", "text": "已完成一半"})
    assert officer.post(address, {"act": "close"}).status_code == 403
    regulator.post(address, {"act": "close"})

    html = officer.get(address).content.decode()
    assert "已完成一半" in html
    assert "已办结" in html
    assert address not in officer.get(DEPARTMENT).content.decode()


@pytest.mark.clause("NA-11.2")
def test_the_duties_of_the_sharing_unit_stand_with_what_waits_and_what_is_filed(
    log_in: pages.LogIn, province: World, at: dt.datetime
) -> None:
    education = province.departments["HLJ-JY"]
    actions.choose_regulation(
        education.jurisdiction, profile_id="national-2025", actor=SYSTEM, at=at
    )
    browser = log_in("jiaoyu")
    before = browser.get(DEPARTMENT).content.decode()
    assert before.count("政务数据共享工作机构") >= 1
    assert '数据工作机构：<span class="tag bad">尚未确定</span>' in before
    assert "待办 0 件" in before
    actions.name_unit(
        department=education, kind="data_work", name="信息中心", since=at.date(),
        actor=SYSTEM, at=at,
    )  # fmt: skip
    actions.file_paper(
        department=education, kind="privacy_rules", title="个保制度", since=at.date(),
        actor=SYSTEM, at=at,
    )  # fmt: skip

    html = browser.get(DEPARTMENT).content.decode()

    assert "数据工作机构：信息中心" in html
    assert '个人信息保护制度 <span class="tag ok">已登记</span>' in html
    assert '安全性评估报告 <span class="tag bad">缺</span>' in html


@pytest.mark.clause("HZ-14.1")
def test_the_chief_data_officer_answers_for_opening(
    log_in: pages.LogIn, province: World, at: dt.datetime
) -> None:
    education = province.departments["HLJ-JY"]
    actions.choose_regulation(
        education.jurisdiction, profile_id="huizhou-2024", actor=SYSTEM, at=at
    )
    browser = log_in("jiaoyu")
    assert '首席数据官：<span class="tag bad">' in browser.get(DEPARTMENT).content.decode()
    actions.appoint(
        person=Post.objects.get(person__username="jiaoyu").person, department=education,
        role="chief_data_officer", actor=SYSTEM, at=at,
    )  # fmt: skip

    html = browser.get(DEPARTMENT).content.decode()

    assert "首席数据官：田育" in html
    assert "统筹、规范和促进本机构数据开放" in html


@pytest.mark.clause("NA-8.3")
def test_who_guides_a_sector_is_shown_on_both_sides(
    log_in: pages.LogIn, province: World, at: dt.datetime
) -> None:
    actions.set_guide(
        province.departments["HRB-ZJ"], guide=province.departments["HLJ-MZ"], day=at.date(),
        paper="黑编1号", actor=SYSTEM, at=at,
    )  # fmt: skip
    browser = log_in("minzheng")

    assert "省民政厅（演示）" in browser.get("/w/organisations/HRB-ZJ/").content.decode()
    html = browser.get("/w/organisations/HLJ-MZ/").content.decode()
    assert "指导的本行业部门" in html
    assert "市住房保障中心（演示）" in html


def test_a_renamed_department_keeps_its_history_on_the_page(
    log_in: pages.LogIn, province: World, at: dt.datetime
) -> None:
    actions.rename_department(
        province.departments["HLJ-JY"], name="省教育和体育厅", day=at.date(), paper="黑编1号",
        actor=SYSTEM, at=at,
    )  # fmt: skip

    html = log_in("jiaoyu").get(DEPARTMENT).content.decode()

    assert "沿革" in html
    assert "省教育厅（演示）" in html
    assert "省教育和体育厅" in html


def test_contacts_are_for_the_department_and_its_authority(
    log_in: pages.LogIn, province: World, at: dt.datetime
) -> None:
    post = Post.objects.get(person__username="jiaoyu")
    actions.change_contact(post, contact="0451-5555", actor=SYSTEM, at=at)

    seen = {
        who: "0451-5555" in log_in(who).get(DEPARTMENT).content.decode()
        for who in ("jiaoyu", "shuju", "minzheng")
    }

    assert seen == {"jiaoyu": True, "shuju": True, "minzheng": False}


@pytest.mark.parametrize("path", ["/w/places/999999/", "/w/organisations/NONE/",
                                  "/w/organisations/NONE/people/"])  # fmt: skip
def test_what_is_not_there_is_not_found(log_in: pages.LogIn, path: str) -> None:
    assert log_in("jiaoyu").get(path).status_code == 404


def test_pages_speak_english_too(log_in: pages.LogIn) -> None:
    browser = log_in("shuju-head")
    browser.cookies["django_language"] = "en"
    for path in ("/w/organisations/", "/w/places/230000/", DEPARTMENT, PEOPLE):
        html = browser.get(path).content.decode()
        assert 'lang="en"' in html
    assert "Still missing by the regulation" in browser.get(DEPARTMENT).content.decode()


def test_areas_and_departments_are_asked_for_over_http(log_in: pages.LogIn, client: Client) -> None:
    browser = log_in("jiaoyu")

    tree = browser.get("/api/v1/organisations/tree").json()
    assert [(one["depth"], one["code"]) for one in tree] == [
        (0, "230000"), (1, "230100"), (2, "230123"),
    ]  # fmt: skip
    listed = browser.get("/api/v1/organisations?area=230100&on=2026-11-20").json()
    assert "HRB-ZJ" in {one["code"] for one in listed}
    assert {one["area"] for one in listed} == {"230100"}
    shown = browser.get("/api/v1/organisations/HLJ-JY").json()
    assert {one["role"] for one in shown["posts"]} == {"officer", "head"}
    assert "contact" not in shown["posts"][0]
    found = browser.get("/api/v1/organisations/gaps?area=230000").json()
    assert ["HL-6.1"] in [one["cite"] for one in found]
    for address, status in (
        ("/NOWHERE", 404), ("?area=999999", 404), ("/gaps?area=1", 404), ("?on=2026-02-30", 422),
        ("/tree?on=x", 422),
    ):  # fmt: skip
        assert browser.get(f"/api/v1/organisations{address}").status_code == status
    assert client.get("/api/v1/organisations").status_code == 401


def test_a_paper_that_runs_out_is_announced_as_the_platforms_own_reminder(
    log_in: pages.LogIn, at: dt.datetime
) -> None:
    browser = log_in("jiaoyu")
    browser.post(BOOK, paper(until="2026-11-25"))

    running_out.note_running_out(at)

    html = browser.get("/w/notices/").content.decode()
    assert "《数据管理制度》将于2026年11月25日（周三）失效。" in html
    assert "规定没有要求提醒，为平台自设的提醒。" in html
    assert "失效。规定" not in log_in("minzheng").get("/w/notices/").content.decode()


@pytest.mark.clause("HL-5", "HL-6.1")
def test_an_officer_of_a_body_with_a_side_duty_takes_no_department_over(
    log_in: pages.LogIn, province: World, at: dt.datetime
) -> None:
    actions.assign_duty(
        jurisdiction=province.jurisdictions["230000"], duty="evaluation",
        department=province.departments["HLJ-MZ"], actor=SYSTEM, at=at,
    )  # fmt: skip
    people, before = "/w/organisations/HLJ-JY/people/", Person.objects.count()
    himself = {
        "act": "appoint", "appoint-username": "minzheng", "appoint-role": "head",
        "appoint-since": "2026-11-20",
    }  # fmt: skip

    assert log_in("minzheng").post(people, himself).status_code == 403
    newcomer = {**himself, "appoint-username": "squat", "appoint-name": "张三"}
    assert log_in("minzheng-head").post(people, newcomer).status_code == 403
    earlier = {**himself, "appoint-since": "2020-01-01"}
    assert log_in("shuju-head").post(people, earlier).status_code == 422
    odd = {"act": "end", "post": "abc"}
    assert log_in("shuju-head").post(people, odd).status_code == 404
    found = "/w/places/230000/departments/"
    assert log_in("minzheng-head").post(found, {}).status_code == 403

    assert Person.objects.count() == before
    refused = Entry.objects.filter(kind="organisation.refused").order_by("id")
    assert [(one.actor, one.subject, one.facts["code"]) for one in refused] == [
        ("person:minzheng@HLJ-MZ", "department:HLJ-JY", "not_your_department"),
        ("person:minzheng-head@HLJ-MZ", "department:HLJ-JY", "not_your_department"),
        ("person:shuju-head@HLJ-SJ", "department:HLJ-JY", "post"),
        ("person:minzheng-head@HLJ-MZ", "jurisdiction:230000", "not_authority"),
    ]
    assert all(one.cite for one in refused)
