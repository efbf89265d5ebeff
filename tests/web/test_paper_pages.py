"""Documents, the whole file and the whole timeline on the page of a case."""

import datetime as dt
import io
import json

import pytest
from django.test import Client
from pypdf import PdfReader

from huitong.cases import actions as cases
from huitong.cases import tasks
from huitong.cases.errors import WrongPersonError
from huitong.cases.models import Case
from huitong.cases.papers import content, sheets, verifying
from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from web import applying, pages


@pytest.fixture
def case(province: World, shared: Dataset, at: dt.datetime) -> Case:
    """Applied for, tried by the wrong person, past its day, refused."""
    application = applying.apply(province, shared, "name", "school", at=at - dt.timedelta(days=9))
    case = application.case
    with pytest.raises(WrongPersonError):
        cases.take_step(
            case, "reply.refuse", actor=province.actor("zhufang"), at=at, facts={"reason": "x"}
        )
    tasks.note_overdue(at)
    return cases.take_step(
        case, "reply.refuse", actor=province.actor("jiaoyu"), at=at, facts={"reason": "范围过宽"}
    )


def page(browser: Client, case: Case) -> str:
    return browser.get(f"/w/cases/{case.number}/").content.decode()


@pytest.mark.clause("HL-22.3")
def test_the_timeline_shows_refusals_and_delays_between_the_steps_in_order(
    log_in: pages.LogIn, case: Case
) -> None:
    html = page(log_in("jiaoyu"), case)
    timeline = html[html.index('id="h-timeline"') :]

    told = ["提交申请", "未予办理 · 不同意共享", "逾期提示 · 提供部门审核", "<h3>不同意共享</h3>"]
    places = [timeline.index(words) for words in told]
    assert places == sorted(places)
    assert "办理人不具有该环节的身份" in timeline
    assert "zhufang@HRB-ZJ" in timeline


@pytest.mark.clause("HL-22.3")
def test_documents_are_listed_downloaded_and_issued_by_whom_they_are_of(
    log_in: pages.LogIn, case: Case
) -> None:
    provider, consumer = log_in("jiaoyu"), log_in("zhufang")
    address = f"/w/cases/{case.number}/papers/02"
    html = page(provider, case)
    for words in ("受理通知书", "逾期提示单", "不予同意决定书"):
        assert words in html, words
    assert f"{address}/issue/" in html
    assert f"{address}/issue/" not in page(consumer, case)

    answer = consumer.get(f"{address}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "范围过宽" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()

    assert consumer.post(f"{address}/issue/").status_code == 403
    assert provider.post(f"{address}/issue/").status_code == 302
    html = page(consumer, case)
    assert "已出具存证" in html
    assert "文书出具 · 不予同意决定书" in html
    assert Entry.objects.filter(kind=content.PAPER).count() == 1


def test_the_whole_file_is_given_out_on_record_in_both_forms(
    log_in: pages.LogIn, case: Case
) -> None:
    browser = log_in("zhufang")
    data = browser.post(f"/w/cases/{case.number}/file.json").content
    pdf = browser.post(f"/w/cases/{case.number}/file.pdf").content

    assert sheets.attached(pdf) == data
    found = verifying.verify(data, None)
    assert found.ok
    assert found.events == 2
    assert found.unsealed
    assert Entry.objects.filter(kind=content.EXPORTED).count() == 1
    assert "卷宗导出" in page(browser, case)


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("path", ["file.json", "file.pdf", "papers/02.pdf", "papers/02/issue/"])
def test_another_department_gets_nothing(
    log_in: pages.LogIn, case: Case, verb: str, path: str
) -> None:
    answer = getattr(log_in("minzheng"), verb)(f"/w/cases/{case.number}/{path}")

    assert answer.status_code in {403, 405}
    assert not Entry.objects.filter(kind__in=(content.PAPER, content.EXPORTED)).exists()


@pytest.mark.parametrize("path", ["papers/09.pdf", "file.exe"])
def test_what_a_case_does_not_have_is_not_found(log_in: pages.LogIn, case: Case, path: str) -> None:
    browser = log_in("jiaoyu")
    verb = browser.post if path.startswith("file") else browser.get

    assert verb(f"/w/cases/{case.number}/{path}").status_code == 404


def test_over_http_papers_and_file_are_read_by_whom_the_case_concerns(
    log_in: pages.LogIn, case: Case
) -> None:
    browser, root = log_in("zhufang"), f"/api/v1/cases/{case.number}"

    assert [one["document"] for one in browser.get(f"{root}/papers").json()] == [
        "acceptance", "overdue", "refusal",
    ]  # fmt: skip
    assert browser.get(f"{root}/papers/02.pdf?lang=en").content.startswith(b"%PDF")
    assert json.loads(browser.get(f"{root}/file.json").content)["number"] == case.number
    assert log_in("minzheng").get(f"{root}/papers").status_code == 403
    assert log_in("minzheng").get(f"{root}/file.json").status_code == 403
