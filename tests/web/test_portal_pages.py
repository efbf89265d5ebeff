"""What the public sees, and how a dataset gets there."""

import dataclasses
import datetime as dt

import pytest
from django.test import Client

from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue
from huitong.catalogue.models import Dataset
from huitong.opening.models import OpenEntry
from huitong.operations.demonstration.world import World
from web import pages
from web.conftest import SCHOOLS


@pytest.fixture
def listed(log_in: pages.LogIn, schools: Dataset) -> Dataset:
    """Return the dataset without personal data, put on the open list by the pages."""
    log_in("jiaoyu").post(f"/w/datasets/{schools.code}/open/")
    case = Case.objects.get(kind="open_list_review")
    authority = log_in("shuju")
    html = authority.get(f"/w/cases/{case.number}/").content.decode()
    posted = pages.fields_of(html) | {"step": "review.approve"}
    assert authority.post(f"/w/cases/{case.number}/step/", posted).status_code == 302
    return schools


@pytest.mark.clause("HL-33.1")
def test_personal_data_is_refused_with_the_fields_and_the_article(
    log_in: pages.LogIn, shared: Dataset
) -> None:
    answer = log_in("jiaoyu").post(f"/w/datasets/{shared.code}/open/")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "公民身份号码" in html
    assert "姓名" in html
    assert "第三十三条" in html
    assert not Case.objects.filter(kind="open_list_review").exists()


@pytest.mark.clause("HL-32")
def test_a_listed_dataset_is_found(client: Client, listed: Dataset) -> None:
    html = client.get("/search/", {"q": "学校"}).content.decode()

    assert "找到 1 个数据集" in html
    assert f'href="/datasets/{listed.code}/"' in html


@pytest.mark.clause("HL-33.1")
def test_a_card_counts_only_the_columns_that_are_open(
    client: Client, listed: Dataset, province: World, at: dt.datetime
) -> None:
    assert "<b>3</b> 项" in client.get("/search/").content.decode()
    items = (dataclasses.replace(i, personal=i.name == "students") for i in SCHOOLS.items)
    marked = dataclasses.replace(SCHOOLS, items=tuple(items))
    provider = province.actor("jiaoyu")
    facts = {"change_source": "other", "change_day": at.date(), "changes": "标注个人信息"}
    catalogue.edit_dataset(listed, marked, actor=provider, at=at)
    catalogue.submit_dataset(listed, actor=provider, at=at, facts=facts)
    OpenEntry.objects.update(unlisted_at=None)  # as if nobody had taken it off

    assert "— 行 × 2 项" in client.get(f"/datasets/{listed.code}/").content.decode()
    for path in ("/", "/search/"):
        html = client.get(path).content.decode()
        assert "<b>2</b> 项" in html, path
        assert "<b>3</b> 项" not in html, path


def test_a_chosen_facet_is_a_chip_that_can_be_removed(client: Client, listed: Dataset) -> None:
    html = client.get("/search/", {"q": "学校", "theme": "教育"}).content.decode()

    assert '<a class="chip" href="/search/?q=%E5%AD%A6%E6%A0%A1">' in html


def test_nothing_found_says_what_to_do(client: Client, listed: Dataset) -> None:
    html = client.get("/search/", {"q": "没有这样的数据"}).content.decode()

    assert "请换一个更短的关键词" in html


def test_the_dataset_page_says_when_nothing_was_delivered(client: Client, listed: Dataset) -> None:
    html = client.get(f"/datasets/{listed.code}/").content.decode()

    assert "学校标识码" in html
    assert "这个数据集还没有归集数据" in html


def test_a_dataset_that_is_not_open_is_not_there(client: Client, shared: Dataset) -> None:
    assert client.get(f"/datasets/{shared.code}/").status_code == 404


def test_an_unknown_format_is_not_there(client: Client, listed: Dataset) -> None:
    assert client.get(f"/datasets/{listed.code}/download/exe").status_code == 404


def test_the_home_page_needs_the_same_queries_for_one_and_for_many(
    client: Client, listed: Dataset, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    client.get("/")
    with django_assert_num_queries(10):  # type: ignore[operator]
        client.get("/")
