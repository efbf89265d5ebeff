"""A published entry is edited and submitted: the page asks for what the article demands."""

import dataclasses
import datetime as dt

import pytest

from huitong.cases.models import Case
from huitong.catalogue import actions, queries
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType, Status
from huitong.operations.demonstration.world import World
from web import pages
from web.conftest import GRADUATES, SCHOOLS

FACTS = {
    "fact_change_source": "duty",
    "fact_change_day": "2026-11-19",
    "fact_changes": "增补简介。",
}


def edited(province: World, dataset: Dataset, draft: Draft, at: dt.datetime) -> str:
    """Edit a published entry; return the address of its submission."""
    actions.edit_dataset(dataset, draft, actor=province.actor("jiaoyu"), at=at)
    return f"/w/datasets/{dataset.code}/submit/"


@pytest.fixture
def page(province: World, schools: Dataset, at: dt.datetime) -> str:
    """Return the address at which an update that protects as much is submitted."""
    return edited(province, schools, dataclasses.replace(SCHOOLS, summary="全省高校。"), at)


@pytest.mark.clause("HL-15")
def test_the_facts_of_an_update_are_asked_for_and_kept(
    log_in: pages.LogIn, schools: Dataset, page: str
) -> None:
    browser = log_in("jiaoyu")
    assert f'href="{page}"' in browser.get(f"/w/datasets/{schools.code}/").content.decode()
    html = browser.get(page).content.decode()
    assert set(pages.fields_of(html)) == set(FACTS)
    assert "必填，依据第十五条" in html
    assert "职责变化" in html

    html = browser.post(page, FACTS, follow=True).content.decode()

    case = Case.objects.get(kind="catalogue_update")
    assert f"目录已更新，受理号 {case.number}" in html
    assert [event.facts for event in case.events.order_by("seq")] == [
        {"change_source": "duty", "change_day": "2026-11-19"},
        {"changes": "增补简介。"},
    ]
    published = queries.dataset(schools.code)
    assert (published.status, published.newest.number) == (Status.PUBLISHED, 2)
    assert f'href="{page}"' not in browser.get(f"/w/datasets/{schools.code}/").content.decode()


@pytest.mark.clause("HL-15")
def test_every_fact_that_is_missing_is_named_at_once_with_the_article(
    log_in: pages.LogIn, schools: Dataset, page: str
) -> None:
    answer = log_in("jiaoyu").post(page, {})

    html = answer.content.decode()
    assert answer.status_code == 422
    for name, label in zip(FACTS, ("变化原因", "变化之日", "更新内容"), strict=True):
        assert f'<a href="#id_{name}">{label}：请填写（依据第十五条）。</a>' in html
    assert queries.dataset(schools.code).status is Status.DRAFT
    assert not Case.objects.filter(kind="catalogue_update").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("fact_change_source", "whim"), ("fact_change_day", "yesterday")]
)
def test_a_fact_of_another_form_is_refused_and_the_rest_kept(
    log_in: pages.LogIn, page: str, name: str, value: str
) -> None:
    answer = log_in("jiaoyu").post(page, {**FACTS, name: value})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{name}"' in html
    assert pages.fields_of(html)["fact_changes"] == FACTS["fact_changes"]


@pytest.mark.clause("HL-12.3")
def test_an_update_that_protects_less_is_told_to_be_reviewed(
    log_in: pages.LogIn, province: World, shared: Dataset, at: dt.datetime
) -> None:
    looser = dataclasses.replace(
        GRADUATES, opening_type=OpeningType.CONDITIONAL, opening_condition="须承诺"
    )
    page, browser = edited(province, shared, looser, at), log_in("jiaoyu")
    html = browser.get(page).content.decode()
    assert "目录审核" in html
    assert "须经主管部门审核后发布" in html
    assert pages.fields_of(html) == {}

    assert "已提交审核" in browser.post(page, follow=True).content.decode()
    assert queries.dataset(shared.code).status is Status.UNDER_REVIEW
    assert "正在审核" in browser.get(page).content.decode()


@pytest.mark.clause("HL-13")
def test_a_field_that_the_edit_emptied_is_named_on_the_page(
    log_in: pages.LogIn, province: World, schools: Dataset, at: dt.datetime
) -> None:
    page = edited(province, schools, dataclasses.replace(SCHOOLS, update_frequency=None), at)

    answer = log_in("jiaoyu").post(page, FACTS)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "缺少必填信息：更新频率" in html
    assert "第十三条" in html
    assert f'href="/w/datasets/{schools.code}/edit/"' in html
    assert pages.fields_of(html) == FACTS


def test_nobody_else_submits(log_in: pages.LogIn, schools: Dataset, page: str) -> None:
    for username in ("minzheng", "shuju"):
        answer = log_in(username).post(page, FACTS)
        assert answer.status_code == 403
        assert "第六条" in answer.content.decode()
    assert queries.dataset(schools.code).status is Status.DRAFT


def test_without_a_change_there_is_nothing_to_submit(log_in: pages.LogIn, schools: Dataset) -> None:
    answer = log_in("jiaoyu").get(f"/w/datasets/{schools.code}/submit/")

    assert answer.status_code == 422
    assert "没有待提交的修改" in answer.content.decode()


def test_the_page_of_an_update_speaks_english(log_in: pages.LogIn, page: str) -> None:
    browser = log_in("jiaoyu")
    browser.post("/language/", {"language": "en", "next": "/"})

    html = browser.get(page).content.decode()
    for shown in ("Catalogue update", "Cause of the change", "Required, art. 15"):
        assert shown in html
