"""An entry from a file to publication, by the pages alone."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue
from huitong.catalogue import queries
from huitong.catalogue.models import Dataset
from huitong.operations.demonstration.world import World
from web import pages

CSV = "学校标识码,学校名称,在校生数\n4123010001,演示大学,1200\n4123010002,演示学院,800\n"


def form_of(html: str, **changes: str) -> dict[str, str]:
    """Return a page's form as a browser would post it, with some answers changed."""
    return {**pages.fields_of(html), **changes}


def draft_from_file(browser: Client) -> str:
    file = SimpleUploadedFile("schools.csv", CSV.encode())
    answer = browser.post("/w/drafts/new/", {"file": file}, follow=True)
    return str(answer.content.decode())


def test_a_file_becomes_a_draft_that_a_person_confirms(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    html = draft_from_file(browser)

    assert "根据文件“schools.csv”提出" in html
    answer = browser.post("/w/drafts/confirm/", form_of(html, code="HLJ-JY-0009", title="学校"))

    assert answer.headers["Location"] == "/w/datasets/HLJ-JY-0009/"
    dataset = queries.dataset("HLJ-JY-0009")
    assert dataset.newest.title == "学校"
    assert [item.title for item in queries.items_of(dataset.newest)] == [
        "学校标识码",
        "学校名称",
        "在校生数",
    ]
    assert dataset.newest.layout["columns"], "the layout that was proposed is kept"


def test_the_layout_that_later_files_must_fit_is_shown(log_in: pages.LogIn) -> None:
    text = "标题,,\n学校,学生,\n甲,乙,1\n丙,丁,2\n合计,,3\n"
    file = SimpleUploadedFile("schools.csv", text.encode())

    html = log_in("jiaoyu").post("/w/drafts/new/", {"file": file}, follow=True).content.decode()

    for shown in ("以后归集的文件须符合这一格式", "UTF-8", "逗号", "1 行；数据从第 3 行开始"):
        assert shown in html
    assert "该列没有表头，命名为“列3”" in html
    assert "合计、说明等行不作为数据" in html


def test_a_file_that_is_not_what_it_says_is_refused(log_in: pages.LogIn) -> None:
    file = SimpleUploadedFile("schools.xlsx", b"not a workbook at all")

    answer = log_in("jiaoyu").post("/w/drafts/new/", {"file": file})

    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()


@pytest.mark.clause("HL-44")
def test_state_secrets_are_refused_at_the_door(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    posted = form_of(draft_from_file(browser), code="HLJ-JY-0009", secrecy="state_secret")

    answer = browser.post("/w/drafts/confirm/", posted)

    assert answer.status_code == 422
    assert "第四十四条" in answer.content.decode()
    assert not Dataset.objects.filter(code="HLJ-JY-0009").exists()


def test_a_line_with_a_mistake_is_named_and_linked(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    posted = form_of(draft_from_file(browser), **{"code": "HLJ-JY-0009", "item-1-name": ""})

    html = browser.post("/w/drafts/confirm/", posted).content.decode()

    assert 'href="#id_item-1-name"' in html
    assert "第 2 行，标识" in html


@pytest.mark.clause("HL-13")
def test_each_missing_field_is_named_with_its_article(
    log_in: pages.LogIn, province: World, graduates: Dataset, at: dt.datetime
) -> None:
    bare = queries.draft_of(graduates.newest).as_dict() | {
        "update_frequency": None,
        "opening_type": None,
    }
    from huitong.catalogue import drafts  # noqa: PLC0415

    catalogue.edit_dataset(graduates, drafts.from_dict(bare), actor=province.actor("jiaoyu"), at=at)

    answer = log_in("jiaoyu").post(f"/w/datasets/{graduates.code}/submit/")

    html = answer.content.decode()
    assert answer.status_code == 422
    for field, label in (("update_frequency", "更新频率"), ("opening_type", "开放类型")):
        assert f'href="/w/datasets/{graduates.code}/edit/#id_{field}">{label}</a>' in html
    assert "第十三条" in html
    assert not Case.objects.exists()


@pytest.mark.clause("HL-12.3")
def test_the_authority_returns_an_entry_and_then_approves_it(
    log_in: pages.LogIn, graduates: Dataset
) -> None:
    provider, authority = log_in("jiaoyu"), log_in("shuju")
    provider.post(f"/w/datasets/{graduates.code}/submit/")
    case = Case.objects.get()
    page = f"/w/cases/{case.number}/"

    html = authority.get(page).content.decode()
    silent = authority.post(f"{page}step/", form_of(html, step="review.return"))
    assert silent.status_code == 422
    assert "修改意见" in silent.content.decode()

    posted = form_of(html, step="review.return", fact_opinion="请写明时间范围。")
    assert authority.post(f"{page}step/", posted).status_code == 302
    html = provider.get(page).content.decode()
    assert "剩余 5 个工作日" in html
    assert "请写明时间范围。" in html

    provider.post(f"{page}step/", form_of(html, step="revise.resubmit"))
    html = authority.get(page).content.decode()
    authority.post(f"{page}step/", form_of(html, step="review.approve"))

    assert queries.dataset(graduates.code).resource_code == "HLJ-JY/000001"
    assert "已发布" in authority.get(page).content.decode()


def test_a_decision_on_a_page_that_is_too_old_is_not_taken(
    log_in: pages.LogIn, graduates: Dataset
) -> None:
    log_in("jiaoyu").post(f"/w/datasets/{graduates.code}/submit/")
    case = Case.objects.get()
    authority = log_in("shuju")
    posted = form_of(authority.get(f"/w/cases/{case.number}/").content.decode())
    first = {**posted, "step": "review.return", "fact_opinion": "改"}
    authority.post(f"/w/cases/{case.number}/step/", first)

    again = authority.post(f"/w/cases/{case.number}/step/", {**posted, "step": "review.approve"})

    assert again.status_code in {409, 422}
    assert Case.objects.get().state == "revise"


def test_nobody_else_decides(log_in: pages.LogIn, graduates: Dataset) -> None:
    log_in("jiaoyu").post(f"/w/datasets/{graduates.code}/submit/")
    case = Case.objects.get()

    answer = log_in("minzheng").post(
        f"/w/cases/{case.number}/step/", {"step": "review.approve", "version": "1"}
    )

    assert answer.status_code == 403
    assert Case.objects.get().state == "review"


def test_the_review_page_needs_the_same_queries_for_few_items_and_for_many(
    log_in: pages.LogIn,
    graduates: Dataset,
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    log_in("jiaoyu").post(f"/w/datasets/{graduates.code}/submit/")
    browser, page = log_in("shuju"), f"/w/cases/{Case.objects.get().number}/"
    browser.get(page)

    with django_assert_num_queries(13):  # type: ignore[operator]
        browser.get(page)
