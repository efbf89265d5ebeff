"""The ledger's pages: who may read which entries, and who may have all of it verified."""

import dataclasses
import datetime as dt

import pytest

from huitong.catalogue.models import Dataset
from huitong.ledger import actions as ledger
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations.types import Actor
from huitong.sharing import systems
from huitong.web.insight import readable_entries
from web import pages
from web.conftest import GRADUATES, added


def subjects(actor: Actor) -> set[str]:
    return set(readable_entries(actor).values_list("subject", flat=True))


@pytest.mark.clause("HL-5", "HN-6.2", "HN-6.3", "NA-8")
def test_an_authority_reads_its_own_area_and_below_only(
    province: World, shared: Dataset, at: dt.datetime
) -> None:
    city = province.departments["HRB-ZJ"]
    made = systems.register_client(
        department=city, name="系统", actor=province.actor("zhufang"), at=at
    )

    of_province = subjects(province.actor("shuju"))
    of_city = subjects(province.actor("shishuju"))
    of_county = subjects(province.actor("xianshuju"))

    assert {shared.subject, f"client:{made.client_id}", "department:YL-SJ"} <= of_province
    assert {f"client:{made.client_id}", "department:YL-SJ", "jurisdiction:230123"} <= of_city
    assert shared.subject not in of_city
    assert "person:xianshuju" in of_county
    assert not of_county & {shared.subject, f"client:{made.client_id}", "department:HLJ-JY"}


def test_the_root_reads_everything(province: World, shared: Dataset) -> None:
    assert readable_entries(province.actor("shuju")).count() == Entry.objects.count()


def test_a_department_reads_what_concerns_it(
    province: World, shared: Dataset, graduates: Dataset
) -> None:
    mine, other = subjects(province.actor("jiaoyu")), subjects(province.actor("minzheng"))

    assert {shared.subject, "department:HLJ-JY"} <= mine
    assert shared.subject not in other
    assert not {one for one in other if one.startswith("case:")}


def test_a_user_name_with_an_at_sign_is_not_taken_for_a_department(
    province: World, at: dt.datetime
) -> None:
    stranger = dataclasses.replace(province.actor("jiaoyu"), username="x@HLJ-MZ")
    ledger.record(kind="post.begun", subject="other:1", actor=stranger.ledger_name, at=at)

    assert "other:1" not in subjects(province.actor("minzheng"))
    assert "other:1" in subjects(province.actor("jiaoyu"))


def test_the_list_is_one_query_whatever_the_area(
    province: World,
    shared: Dataset,
    at: dt.datetime,
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    added(province, GRADUATES, "HLJ-JY-0003", at)
    city = province.actor("shishuju")

    with django_assert_num_queries(2):  # type: ignore[operator]  the area, and the entries
        list(readable_entries(city).order_by("-id")[:50])


def test_only_an_authority_has_the_ledger_verified(log_in: pages.LogIn, at: dt.datetime) -> None:
    ledger.seal(at=at)
    department, authority = log_in("jiaoyu"), log_in("shuju")

    assert "立即全部核验" not in department.get("/w/ledger/").content.decode()
    refused = department.post("/w/ledger/verify/")
    assert refused.status_code == 403
    assert "第五条" in refused.content.decode()
    assert "立即全部核验" in authority.get("/w/ledger/").content.decode()
    assert authority.post("/w/ledger/verify/").status_code == 200


def test_an_entry_of_the_province_is_closed_to_the_county(
    log_in: pages.LogIn, shared: Dataset
) -> None:
    entry = Entry.objects.filter(subject=shared.subject).latest("id")

    assert log_in("xianshuju").get(f"/w/ledger/{entry.uuid}/").status_code == 403
    assert log_in("shuju").get(f"/w/ledger/{entry.uuid}/").status_code == 200
