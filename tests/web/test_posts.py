"""A person with posts in several departments acts in the name of one, asked anew each time."""

import datetime as dt
import re

import pytest
from django.test import Client

from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations import actions
from huitong.organisations.models import Department, Person, Post
from huitong.organisations.types import SYSTEM, PostRole
from huitong.web import wording
from web import pages


@pytest.fixture
def second(province: World, at: dt.datetime) -> Post:
    """Return the post of the education officer in the civil affairs department, the default."""
    return actions.appoint(
        person=Person.objects.get(username="jiaoyu"),
        department=province.departments["HLJ-MZ"],
        role=PostRole.DAILY_STAFF,
        since=at.date() - dt.timedelta(days=1),
        actor=SYSTEM,
        at=at,
    )


def education() -> int:
    return Department.objects.get(code="HLJ-JY").pk


def token_of(browser: Client, page: str) -> str:
    html = browser.get(page).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert found is not None
    return found[1]


def test_one_post_is_no_choice(log_in: pages.LogIn) -> None:
    assert 'href="/w/posts/"' not in log_in("jiaoyu").get("/w/").content.decode()


@pytest.mark.clause("HL-6.1")
def test_the_chosen_post_is_kept_for_the_log_in(log_in: pages.LogIn, second: Post) -> None:
    browser = log_in("jiaoyu")
    html = browser.get("/w/").content.decode()
    assert 'href="/w/posts/"' in html
    assert "<small>省民政厅（演示）</small>" in html
    html = browser.get("/w/posts/").content.decode()
    assert "日常管理人员" in html
    assert pages.fields_of(html)["department"] == str(second.department_id)

    html = browser.post("/w/posts/", {"department": education()}, follow=True).content.decode()

    assert "现代表“省教育厅（演示）”办理" in html
    assert "<small>省教育厅（演示）</small>" in html
    assert "<small>省民政厅（演示）</small>" in log_in("jiaoyu").get("/w/").content.decode()


@pytest.mark.parametrize("department", ["", "none", "999999", "other"])
def test_only_a_post_of_ones_own_is_chosen(
    log_in: pages.LogIn, second: Post, department: str
) -> None:
    browser = log_in("jiaoyu")
    if department == "other":
        department = str(Department.objects.get(code="HLJ-WJ").pk)

    answer = browser.post("/w/posts/", {"department": department})

    assert answer.status_code == 422
    assert 'href="#id_department"' in answer.content.decode()
    assert "<small>省民政厅（演示）</small>" in browser.get("/w/").content.decode()


def test_acts_stand_in_the_name_of_the_chosen_department(
    log_in: pages.LogIn, second: Post, graduates: Dataset
) -> None:
    browser, submit = log_in("jiaoyu"), f"/w/datasets/{graduates.code}/submit/"
    assert browser.post(submit).status_code == 403
    assert browser.get(f"/api/v1/datasets/{graduates.code}").status_code == 403
    browser.post("/w/posts/", {"department": education()})

    assert browser.get(f"/api/v1/datasets/{graduates.code}").status_code == 200
    assert browser.post(submit).status_code == 302
    assert Entry.objects.filter(kind="case.step", actor="person:jiaoyu@HLJ-JY").exists()


def test_a_form_that_stood_open_is_not_taken_in_the_new_name(
    log_in: pages.LogIn, second: Post, schools: Dataset
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = log_in("jiaoyu").cookies
    page = f"/w/datasets/{schools.code}/apply/"
    old = token_of(browser, page)

    switch = {"department": education(), "csrfmiddlewaretoken": token_of(browser, "/w/posts/")}
    assert browser.post("/w/posts/", switch).status_code == 302

    assert browser.post(page, {"csrfmiddlewaretoken": old}).status_code == 403
    new = token_of(browser, page)
    assert browser.post(page, {"csrfmiddlewaretoken": new}).status_code == 422


def test_a_form_of_a_post_that_ended_is_not_taken_after_a_page_was_read_either(
    log_in: pages.LogIn, second: Post, schools: Dataset, at: dt.datetime
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = log_in("jiaoyu").cookies
    switch = {"department": education(), "csrfmiddlewaretoken": token_of(browser, "/w/posts/")}
    assert browser.post("/w/posts/", switch).status_code == 302
    old = token_of(browser, "/w/posts/")
    first = Post.objects.get(person__username="jiaoyu", department__code="HLJ-JY")
    actions.end_post(first, until=at.date(), actor=SYSTEM, at=at)

    assert browser.get("/w/").status_code == 200
    answer = browser.post(f"/w/datasets/{schools.code}/apply/", {"csrfmiddlewaretoken": old})

    assert answer.status_code == 403


def test_a_newer_post_does_not_take_the_place_of_the_one_logged_in_with(
    schools: Dataset, province: World, at: dt.datetime
) -> None:
    person = Person.objects.get(username="jiaoyu")
    person.set_password("correct horse battery")
    person.save()
    browser = Client()
    entered = browser.post("/w/login/", {"username": "jiaoyu", "password": "correct horse battery"})
    assert entered.status_code == 302
    assert browser.session["acts_for"] == education()
    actions.appoint(
        person=person,
        department=province.departments["HLJ-MZ"],
        role=PostRole.DAILY_STAFF,
        since=at.date(),
        actor=SYSTEM,
        at=at,
    )

    assert "省教育厅" in browser.get("/w/").content.decode()


def test_a_chosen_post_that_ended_does_nothing_more(
    log_in: pages.LogIn, second: Post, graduates: Dataset, at: dt.datetime
) -> None:
    browser, submit = log_in("jiaoyu"), f"/w/datasets/{graduates.code}/submit/"
    browser.post("/w/posts/", {"department": education()})
    first = Post.objects.get(person__username="jiaoyu", department__code="HLJ-JY")
    actions.end_post(first, until=at.date(), actor=SYSTEM, at=at)

    refused = browser.post(submit)

    assert refused.status_code == 403
    html = refused.content.decode()
    assert "已不再担任所选任职" in html
    assert "第六条" in html
    assert catalogue.dataset(graduates.code).status == "draft"
    assert "<small>省民政厅（演示）</small>" in browser.get("/w/").content.decode()


def test_reading_goes_on_in_the_first_post_and_says_so(
    log_in: pages.LogIn, second: Post, at: dt.datetime
) -> None:
    browser = log_in("jiaoyu")
    browser.post("/w/posts/", {"department": education()})
    first = Post.objects.get(person__username="jiaoyu", department__code="HLJ-JY")
    actions.end_post(first, until=at.date(), actor=SYSTEM, at=at)

    html = browser.get("/w/").content.decode()

    assert "您已不再担任所选任职，现代表“省民政厅（演示）”" in html
    assert "您已不再担任" not in browser.get("/w/").content.decode()


def test_the_interface_refuses_a_step_of_a_post_that_ended(
    log_in: pages.LogIn, second: Post, at: dt.datetime
) -> None:
    browser = log_in("jiaoyu")
    browser.post("/w/posts/", {"department": education()})
    first = Post.objects.get(person__username="jiaoyu", department__code="HLJ-JY")
    actions.end_post(first, until=at.date(), actor=SYSTEM, at=at)

    body = {"step": "review.approve", "version": 1}
    answer = browser.post("/api/v1/cases/X/steps", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "chosen_post_ended")


def test_every_post_has_a_label() -> None:
    assert set(wording.TABLES["post"]) == set(PostRole)
