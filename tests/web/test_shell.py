"""The frame of all pages: log-in, language, display, refusals, headers, pictures."""

import re

import pytest
from django.test import Client

from huitong.catalogue.models import Dataset
from web import catalogues, pages


def test_wrong_password_is_said_once_for_every_mistake(client: Client, province: object) -> None:
    wrong = client.post("/w/login/", {"username": "jiaoyu", "password": "no"})
    nobody = client.post("/w/login/", {"username": "nobody", "password": "no"})

    sentence = "用户名或密码不正确"
    assert sentence in wrong.content.decode()
    assert sentence in nobody.content.decode()


def test_five_wrong_passwords_lock_the_account(client: Client, province: object) -> None:
    for _ in range(5):
        last = client.post("/w/login/", {"username": "jiaoyu", "password": "no"})
    right = client.post("/w/login/", {"username": "jiaoyu", "password": "huitong-demo-2026"})

    assert last.status_code == 429
    assert right.status_code == 429
    assert "十五分钟后再试" in right.content.decode()


def test_the_right_password_opens_the_workbench(client: Client, province: object) -> None:
    answer = client.post("/w/login/", {"username": "jiaoyu", "password": "huitong-demo-2026"})

    assert answer.headers["Location"] == "/w/"
    assert "省教育厅" in client.get("/w/").content.decode()


def test_pages_are_chinese_until_english_is_chosen(client: Client, db: None) -> None:
    before = client.get("/")
    client.post("/language/", {"language": "en", "next": "/"})
    after = client.get("/")

    assert '<html lang="zh-CN"' in before.content.decode()
    assert '<html lang="en"' in after.content.decode()
    assert "Find data" in after.content.decode()


def test_display_choices_are_kept_in_a_cookie(client: Client, db: None) -> None:
    chosen = {"theme": "dark", "contrast": "more", "text": "large", "next": "/law/"}

    assert client.post("/display/", chosen).headers["Location"] == "/law/"
    html = client.get("/law/").content.decode()
    assert 'data-theme="dark" data-contrast="more" data-text="large"' in html


def test_display_does_not_send_elsewhere(client: Client, db: None) -> None:
    answer = client.post("/display/", {"theme": "dark", "next": "https://elsewhere.example/"})

    assert answer.headers["Location"] == "/"


def test_a_department_is_told_why_it_may_not_see_anothers_draft(
    log_in: pages.LogIn, graduates: Dataset
) -> None:
    answer = log_in("minzheng").get(f"/w/datasets/{graduates.code}/")

    assert answer.status_code == 403
    html = answer.content.decode()
    assert "《黑龙江省政务数据管理暂行办法》第六条" in html
    assert "请由“省教育厅（演示）”的人员办理" in html


@pytest.mark.parametrize("path", ["/nothing/", "/datasets/NONE/"])
def test_what_is_not_there_is_said_plainly(log_in: pages.LogIn, path: str) -> None:
    assert log_in("jiaoyu").get(path).status_code == 404


def test_pages_of_people_are_not_cached(log_in: pages.LogIn) -> None:
    assert log_in("jiaoyu").get("/w/").headers["Cache-Control"] == "no-store"


def test_every_clause_is_on_the_law_page(client: Client, db: None) -> None:
    html = client.get("/law/").content.decode()

    assert 'id="HL-22.3"' in html
    assert "第二十二条第二款第（二）项" in html


def test_every_picture_that_pages_name_is_in_the_sprite() -> None:
    sprite = (catalogues.WEB / "static" / "web" / "icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="(\w+)"', sprite))
    named = {
        name
        for path in catalogues.WEB.rglob("*.html")
        for name in re.findall(r'{% icon "(\w+)" %}', path.read_text("utf-8"))
    }

    assert named <= drawn
    assert not drawn - named, "drawn and never shown"


def test_no_template_is_left_over() -> None:
    folder = catalogues.WEB / "templates"
    here = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    texts = [path.read_text("utf-8") for path in catalogues.WEB.rglob("*.html")]
    texts += [path.read_text("utf-8") for path in catalogues.WEB.rglob("*.py")]
    texts.append((catalogues.WEB.parent / "settings.py").read_text("utf-8"))

    assert not [one for one in here if not any(one in text for text in texts)]
