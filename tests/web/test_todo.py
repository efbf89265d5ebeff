"""The first page of a working day."""

import datetime as dt

import pytest
from django.test import Client

from huitong.catalogue import actions as catalogue
from huitong.catalogue.models import Dataset
from huitong.operations.demonstration.world import World
from web import applying, pages


def test_a_stranger_is_led_to_the_login(client: Client, db: None) -> None:
    answer = client.get("/w/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/w/login/")


@pytest.mark.clause("HL-22.3")
def test_the_provider_sees_until_when_and_why(
    log_in: pages.LogIn, province: World, shared: Dataset, at: dt.datetime
) -> None:
    applying.apply(province, shared, "name", "school", at=at)

    page = log_in("jiaoyu").get("/w/").content.decode()

    assert "剩余 1 个工作日" in page
    assert "2026年11月23日（周一）" in page
    assert "第二十二条第二款第（二）项" in page


def test_the_page_needs_the_same_queries_for_one_and_for_many(
    log_in: pages.LogIn,
    province: World,
    graduates: Dataset,
    schools: Dataset,
    at: dt.datetime,
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    browser = log_in("shuju")
    browser.get("/w/")
    catalogue.submit_dataset(graduates, actor=province.actor("jiaoyu"), at=at)
    with django_assert_num_queries(8):  # type: ignore[operator]
        assert "高校毕业生" in browser.get("/w/").content.decode()
