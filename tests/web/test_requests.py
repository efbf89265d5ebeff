"""People and firms without an account: they ask, follow, supply, take back, and are answered."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from huitong.cases import outside
from huitong.cases.applicants import Applicant, PublicAct
from huitong.cases.models import Case, CaseEvent
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import SYSTEM
from web import pages

NAME, CONTACT = "满意中", "13900001111"
FORM = "/requests/new/correction_subject/"
ANSWERS = {
    "name": NAME,
    "contact": CONTACT,
    "party_provider": "HLJ-JY",
    "fact_disputed_items": "毕业院校",
    "fact_error_kind": "inaccurate",
    "act": "start",
}


def ask(browser: Client, **more: str) -> tuple[str, str]:
    """Submit the form as it is shown; return number and receipt code."""
    given = pages.fields_of(browser.get(FORM).content.decode())
    answer = browser.post(FORM, {**given, **ANSWERS, **more})
    assert answer.status_code == 201, answer.content.decode()
    page = answer.content.decode()
    code = re.search(r'id="receipt-code">([^<]+)<', page)
    assert code is not None
    return Case.objects.latest("pk").number, code[1]


def follow(number: str, code: str) -> tuple[Client, str]:
    """Give number and code in a fresh browser; return it and the page."""
    browser = pages.StrictClient()
    browser.post("/requests/", {"number": number, "code": code})
    return browser, browser.get(f"/requests/{number}/").content.decode()


@pytest.mark.clause("HL-24.2", "HL-24.4")
def test_a_correction_of_ones_own_data_is_asked_for_and_answered_with_its_article(
    client: Client, whole: World, log_in: pages.LogIn
) -> None:
    number, code = ask(client)

    browser, page = follow(number, code)
    assert "第二十四条" in page
    assert "2026年11月27日（周五）" in page, "five working days from Friday the 20th"
    officer = log_in("jiaoyu")
    shown = officer.get(f"/w/cases/{number}/").content.decode()
    assert NAME in shown
    steps = re.findall(r'name="step" value="([^"]+)"', shown)
    assert steps
    answered = officer.post(
        f"/w/cases/{number}/step/",
        {
            **pages.fields_of(shown),
            "step": "handle.correct",
            "fact_correction": "院校名称已更正",
            "fact_written_reply": "已更正",
        },
    )
    assert answered.status_code == 302
    page = browser.get(f"/requests/{number}/").content.decode()
    assert "院校名称已更正" in page
    assert "田育" not in page, "the officer's name is not the public's"


def test_personal_data_stands_in_one_table_only(client: Client, whole: World) -> None:
    _number, code = ask(client)

    applicant = Applicant.objects.get()
    assert (applicant.name, applicant.contact) == (NAME, CONTACT)
    assert code not in (applicant.code_sha256, applicant.ref)
    event = CaseEvent.objects.get()
    kept = f"{event.__dict__} {Case.objects.values().get()} {list(Entry.objects.values())}"
    for word in (NAME, CONTACT, code):
        assert word not in kept
    assert Entry.objects.filter(actor=f"public:{applicant.ref}", kind="case.step").exists()
    assert "127.0.0.1" not in str(list(PublicAct.objects.values()))


def test_the_officers_of_the_case_see_who_asked_and_nobody_else_does(
    client: Client, whole: World, log_in: pages.LogIn
) -> None:
    number, _code = ask(client)

    assert CONTACT in log_in("jiaoyu").get(f"/w/cases/{number}/").content.decode()
    above = log_in("shuju").get(f"/w/cases/{number}/")
    assert above.status_code == 200
    assert CONTACT not in above.content.decode()
    assert log_in("weijian").get(f"/w/cases/{number}/").status_code == 403


@pytest.mark.parametrize("wrong", ["number", "code"])
def test_a_wrong_number_and_a_wrong_code_are_answered_alike(
    client: Client, whole: World, wrong: str
) -> None:
    number, code = ask(client)
    given = {"number": number, "code": code.lower().replace("-", " ")} | {wrong: "JH-1"}
    browser = pages.StrictClient()
    answer = browser.post("/requests/", given)

    assert answer.status_code == 404
    assert "没有与该受理号和查询码相符的申请" in answer.content.decode()
    assert browser.get(f"/requests/{number}/").headers["Location"] == "/requests/"
    assert browser.post(f"/requests/{number}/step/").headers["Location"] == "/requests/"


def test_a_code_is_read_as_people_type_it(client: Client, whole: World) -> None:
    number, code = ask(client)

    typed = {"number": f" {number} ", "code": code.lower().replace("-", " ")}
    assert pages.StrictClient().post("/requests/", typed).status_code == 302


def test_one_form_is_received_once(client: Client, whole: World) -> None:
    given = {**pages.fields_of(client.get(FORM).content.decode()), **ANSWERS}
    first, second = client.post(FORM, given), client.post(FORM, given)

    assert (first.status_code, second.status_code) == (201, 409)
    assert Case.objects.count() == 1


@pytest.mark.clause("HL-24.2")
def test_what_the_article_asks_for_is_named_and_what_was_filled_in_is_kept(
    client: Client, whole: World
) -> None:
    given = pages.fields_of(client.get(FORM).content.decode())
    answer = client.post(FORM, {**given, **ANSWERS, "fact_error_kind": "", "name": ""})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_fact_error_kind"' in page
    assert 'href="#id_name"' in page
    assert CONTACT in page
    assert not Case.objects.exists()


def test_an_address_that_asks_too_often_is_told_so_and_may_tomorrow(
    client: Client, whole: World, at: dt.datetime
) -> None:
    for _ in range(outside.MOST["open"]):
        outside.count("open", "127.0.0.1", at)
    given = pages.fields_of(client.get(FORM).content.decode())
    answer = client.post(FORM, {**given, **ANSWERS})

    assert answer.status_code == 429
    assert "同一网络地址每天最多办理10次" in answer.content.decode()
    assert not Case.objects.exists()
    outside.count("open", "10.0.0.9", at)
    outside.count("open", "127.0.0.1", at + dt.timedelta(days=1))
    assert PublicAct.objects.count() == 1, "what is past is forgotten"


def test_codes_are_not_tried_without_end(client: Client, whole: World, at: dt.datetime) -> None:
    number, code = ask(client)
    for _ in range(outside.MOST["code"]):
        outside.count("code", "127.0.0.1", at)
    answer = client.post("/requests/", {"number": number, "code": code})

    assert answer.status_code == 429


def test_a_request_of_somebody_else_is_not_acted_in(client: Client, whole: World) -> None:
    first, code = ask(client)
    second, _other = ask(client)
    browser, _page = follow(first, code)
    answer = browser.post(f"/requests/{second}/step/", {"step": "apply.withdraw", "version": "1"})

    assert answer.headers["Location"] == "/requests/"
    assert Case.objects.get(number=second).version == 1


def test_leaving_forgets_the_codes_of_this_browser(client: Client, whole: World) -> None:
    number, code = ask(client)
    browser, _page = follow(number, code)
    browser.post("/requests/leave/")

    assert browser.get(f"/requests/{number}/").headers["Location"] == "/requests/"


def test_a_form_from_elsewhere_is_refused(whole: World) -> None:
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(FORM, ANSWERS).status_code == 403


def test_an_applicant_is_erased_once_the_case_is_closed_and_never_rewritten(
    client: Client, whole: World, log_in: pages.LogIn, at: dt.datetime
) -> None:
    number, code = ask(client)
    officer, erased = log_in("jiaoyu"), f"/w/cases/{number}/applicant/"
    assert officer.post(erased, {"approval": "教数〔2026〕8号"}).status_code == 422
    page = officer.get(f"/w/cases/{number}/").content.decode()
    officer.post(
        f"/w/cases/{number}/step/",
        {
            **pages.fields_of(page),
            "step": "handle.correct",
            "fact_correction": "已更正",
            "fact_written_reply": "已更正",
        },
    )
    assert log_in("weijian").post(erased, {"approval": "x"}).status_code == 403
    with pytest.raises(IntegrityError, match="only ever erased"), transaction.atomic():
        Applicant.objects.update(name="别人")
    assert officer.post(erased, {"approval": "教数〔2026〕8号"}).status_code == 302

    applicant = Applicant.objects.get()
    assert (applicant.name, applicant.contact) == ("", "")
    assert Entry.objects.get(kind="applicant.erased").facts["approval"] == "教数〔2026〕8号"
    assert "删除" in officer.get(f"/w/cases/{number}/").content.decode()
    assert number in follow(number, code)[1], "the case itself stays"
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('cases_applicant', 'DELETE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.clause("HZ-15.2", "HZ-15.3", "NA-37.2", "MC-26.1", "HN-21.2")
@pytest.mark.parametrize(
    ("profile_id", "listed"),
    [
        ("heilongjiang-2025", {"correction_subject", "open_application"}),
        ("huizhou-2024", {"correction_subject", "open_request", "authorised_operation"}),
        ("national-2025", {"correction_subject"}),
        ("model-city", {"open_application"}),
        ("henan-2020", set()),
        ("county-2024", set()),
    ],
)
def test_each_text_says_what_the_public_may_ask_for(
    client: Client, province: World, at: dt.datetime, profile_id: str, listed: set[str]
) -> None:
    organisations.choose_regulation(
        jurisdiction=Jurisdiction.objects.get(parent=None),
        profile_id=profile_id,
        actor=SYSTEM,
        at=at,
    )
    page = client.get("/requests/").content.decode()

    assert set(re.findall(r"/requests/new/(\w+)/", page)) == listed
    for kind in listed:
        assert client.get(f"/requests/new/{kind}/").status_code == 200
    assert client.get("/requests/new/evaluation/").status_code == 404
