"""Registers on the pages: which there are, who reads them, what the public sees."""

import csv
import dataclasses
import datetime as dt
import io

import pytest
from django.test import Client

from cases.proceeding import Proceeding
from huitong.cases import actions, outside
from huitong.cases.models import RegisterEntry
from huitong.catalogue import queries
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType
from huitong.opening import actions as opening
from huitong.operations.demonstration import world
from huitong.operations.demonstration.world import World
from web import pages
from web.conftest import SCHOOLS, added

ASKED = {"disputed_items": ["姓名"], "error_kind": "inaccurate"}


@pytest.fixture
def breach(whole: World, at: object) -> RegisterEntry:
    """Return a breach of one department, found by the authority of the province."""
    return entered(whole, at, {"breach": "=HYPERLINK(1)", "channel": "部门间专线"})


def entered(whole: World, at: object, facts: dict[str, object]) -> RegisterEntry:
    actions.open_case(
        kind="violation",
        jurisdiction=whole.jurisdictions["230000"],
        subject="department:HLJ-JY",
        title="绕开平台共享",
        parties={"offender": whole.departments["HLJ-JY"]},
        facts={"offender_kind": "department", **facts},
        actor=whole.actor("shuju"),
        at=at,
    )
    return RegisterEntry.objects.get()


@pytest.mark.clause("HL-10.1")
def test_a_breach_is_read_by_its_department_and_the_authority_and_nobody_else(
    breach: RegisterEntry, log_in: pages.LogIn
) -> None:
    for username, seen in (("shuju", True), ("jiaoyu", True), ("minzheng", False)):
        html = log_in(username).get("/w/registers/violation/").content.decode()
        assert ("部门间专线" in html) is seen


def test_the_list_names_the_articles_and_what_the_local_text_does_not_have(
    breach: RegisterEntry, log_in: pages.LogIn
) -> None:
    html = log_in("jiaoyu").get("/w/registers/").content.decode()

    here, _, elsewhere = html.partition("本地规定没有设立的登记")
    assert 'href="/w/registers/violation/"' in here
    assert "第四十一条" in here
    assert "职能数据清单" in elsewhere
    assert "职能数据清单" not in here


def test_a_register_downloads_with_no_cell_that_a_spreadsheet_would_run(
    breach: RegisterEntry, log_in: pages.LogIn
) -> None:
    answer = log_in("shuju").get("/w/registers/violation.csv")

    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert "'=HYPERLINK(1)" in rows[1]
    assert breach.made_by.case.number in rows[1]
    nothing = log_in("minzheng").get("/w/registers/violation.csv").content.decode("utf-8-sig")
    assert len(nothing.splitlines()) == 1


def test_a_filter_finds_by_words_and_state(breach: RegisterEntry, log_in: pages.LogIn) -> None:
    browser = log_in("shuju")

    for asked, found in (
        ({"q": "绕开"}, True),
        ({"q": breach.made_by.case.number}, True),
        ({"q": "没有的词"}, False),
        ({"state": "ended"}, False),
        ({"state": "all"}, True),
        ({"state": "'; DROP"}, True),
        ({"page": "99"}, True),
    ):
        html = browser.get("/w/registers/violation/", asked).content.decode()
        assert ("部门间专线" in html) is found, asked


def test_an_unknown_register_and_one_that_is_not_published_are_refused(
    breach: RegisterEntry, log_in: pages.LogIn, client: Client
) -> None:
    assert log_in("shuju").get("/w/registers/nothing/").status_code == 404
    assert client.get("/registers/violation/").status_code == 404
    assert client.get("/registers/violation.csv").status_code == 404
    assert client.get("/w/registers/violation/").status_code == 302


@pytest.mark.clause("HN-20.2")
def test_the_public_reads_what_is_not_opened_and_why(db: None, client: Client, at: object) -> None:
    place = Proceeding("henan-2020")
    facts = {"opening_type": "WITHHELD", "basis": "《统计法》第二十五条"}
    place.run("open_list_review", "review.approve", subject="dataset:x", facts=facts, title="调查")

    html = client.get("/registers/open_restriction/").content.decode()

    assert "《统计法》第二十五条" in html
    assert "第二十条" in html
    assert "/w/cases/" not in html
    assert "《统计法》" in client.get("/registers/open_restriction.csv").content.decode()


@pytest.mark.clause("HN-18.2", "HL-28.1")
@pytest.mark.parametrize(
    ("profile_id", "steps", "is_public"),
    [
        ("henan-2020", ("assess.complete", "announce.publish"), True),
        ("heilongjiang-2025", ("announce.publish",), False),
    ],
)
def test_a_report_that_is_to_be_made_public_is_and_a_circular_is_not(
    db: None, client: Client, at: object, profile_id: str, steps: tuple[str, ...], is_public: bool
) -> None:
    place = Proceeding(profile_id)
    facts = {"results": "九十分", "breach": "超范围", "notice": "予以通报", "improvements": "改"}
    place.run("evaluation", *steps, facts=facts)

    html = client.get("/registers/evaluation/").content.decode()

    assert ("九十分" in html) is is_public


@pytest.fixture
def conditional(whole: World, log_in: pages.LogIn, at: dt.datetime) -> Dataset:
    """Return a dataset on the open list on conditions, with rows."""
    draft = dataclasses.replace(
        SCHOOLS, opening_type=OpeningType.CONDITIONAL, opening_condition="限学术研究"
    )
    dataset = added(whole, draft, "HLJ-JY-0003", at)
    world.publish(dataset, provider=whole.actor("jiaoyu"), at=at - dt.timedelta(days=5))
    dataset = queries.dataset(dataset.code)
    case = opening.propose_opening(dataset, actor=whole.actor("jiaoyu"), at=at)
    actions.take_step(case, "review.approve", actor=whole.actor("shuju"), at=at)
    return dataset


@pytest.mark.clause("HL-34.1", "HL-43")
def test_an_approved_applicant_downloads_with_a_code_until_the_access_is_closed(
    whole: World, conditional: Dataset, log_in: pages.LogIn, client: Client, at: dt.datetime
) -> None:
    provider = whole.departments["HLJ-JY"]
    case, _receipt = outside.open_case(
        kind="open_application",
        jurisdiction=whole.jurisdictions["230000"],
        subject=conditional.subject,
        title="申请",
        parties={"provider": provider},
        facts={"purpose": "研究"},
        name="申请人",
        contact="000",
        ref="0" * 32,
        at=at,
    )
    actions.take_step(case, "review.approve", actor=whole.actor("jiaoyu"), at=at)
    browser = log_in("jiaoyu")
    listed = browser.get("/w/registers/open_access/").content.decode()
    (entry,) = RegisterEntry.objects.on_register("open_access")
    address = f"/w/registers/open_access/{entry.pk}/code/"
    assert address in listed
    assert log_in("minzheng").post(address).status_code == 404
    assert browser.get(address).status_code == 405
    html = browser.post(address).content.decode()
    code = html.rpartition("<code>")[2].partition("</code>")[0]

    page = client.get(f"/datasets/{conditional.code}/").content.decode()
    assert 'name="code"' in page
    there = f"/datasets/{conditional.code}/download/csv"
    assert client.get(there).status_code == 422
    assert client.post(there, {"code": "x" * 30}).status_code == 422
    # Nothing was delivered yet: the code is good, there is nothing to give.
    with_code = client.post(there, {"code": code})
    assert with_code.status_code == 422
    assert "获取码" not in with_code.content.decode()

    actions.take_step(
        actions.open_case(
            kind="violation",
            jurisdiction=whole.jurisdictions["230000"],
            subject=entry.subject,
            title="违规使用",
            parties={"offender": provider},
            facts={"offender_kind": "public", "breach": "未采取安全保障措施"},
            actor=whole.actor("shuju"),
            at=at,
        ),
        "suspend.suspend",
        actor=whole.actor("shuju"),
        at=at,
    )
    closed = client.post(there, {"code": code})
    assert closed.status_code == 422
    assert "暂时关闭" in closed.content.decode()


def test_pages_of_registers_speak_english(breach: RegisterEntry, log_in: pages.LogIn) -> None:
    browser = log_in("shuju")
    browser.cookies["django_language"] = "en"

    html = browser.get("/w/registers/violation/").content.decode()

    assert "Breaches" in html
    assert "Channel outside the platform" in html


@pytest.mark.clause("HL-6.4")
def test_items_being_checked_show_on_the_register_the_page_and_in_the_api(
    shared: Dataset, whole: World, log_in: pages.LogIn, at: object
) -> None:
    actions.open_case(
        kind="correction_consumer",
        jurisdiction=whole.jurisdictions["230000"],
        subject=shared.subject,
        title="姓名有误",
        parties={
            "provider": whole.departments["HLJ-JY"],
            "consumer": whole.departments["HLJ-MZ"],
        },
        facts=ASKED,
        actor=whole.actor("minzheng"),
        at=at,
    )

    browser = log_in("minzheng")
    assert shared.subject in browser.get("/w/registers/doubt/").content.decode()
    page = browser.get(f"/w/datasets/{shared.code}/").content.decode()
    assert page.count("正在校核") == 1
    found = browser.get(f"/api/v1/datasets/{shared.code}").json()["items"]
    assert [item["name"] for item in found if item["being_checked"]] == ["name"]


@pytest.mark.clause("HL-18.2")
def test_an_exemption_from_aggregation_shows_on_the_page_of_its_dataset(
    whole: World, shared: Dataset, log_in: pages.LogIn, at: dt.datetime
) -> None:
    case = actions.open_case(
        kind="aggregation_exemption",
        jurisdiction=whole.jurisdictions["230000"],
        subject=shared.subject,
        title="逻辑汇聚",
        parties={"provider": whole.departments["HLJ-JY"]},
        facts={"basis": "《统计法》第二十五条", "basis_rank": "law"},
        actor=whole.actor("jiaoyu"),
        at=at,
    )
    browser = log_in("jiaoyu")
    address = f"/w/datasets/{shared.code}/"
    assert "已登记汇聚例外" not in browser.get(address).content.decode()

    actions.take_step(case, "review.confirm", actor=whole.actor("shuju"), at=at)

    html = browser.get(address).content.decode()
    assert f"已登记汇聚例外（办件 {case.number}）" in html
    assert "第十八条" in html
