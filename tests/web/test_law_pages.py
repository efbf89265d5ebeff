"""The regulations on pages: this place's first, clause by clause, side by side, their health."""

import datetime as dt
import re

import pytest
from django.db import transaction
from django.test import Client

from huitong.catalogue.models import Dataset
from huitong.ledger import actions as ledger
from huitong.ledger import citing
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.models import Jurisdiction
from huitong.organisations.types import SYSTEM
from huitong.regulations import clauses, compiling, matrix, profiles
from huitong.web import clock, place
from huitong.web.views.law import FILTERS
from web import pages

ALL = profiles.all_ids()


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what another test has chosen."""
    monkeypatch.setattr(place, "_chosen", {})


def _choose(profile_id: str, at: dt.datetime) -> None:
    root = Jurisdiction.objects.get(parent=None)
    organisations.choose_regulation(root, profile_id=profile_id, actor=SYSTEM, at=at)


@pytest.mark.parametrize("profile_id", ["heilongjiang-2025", "county-2024", "national-2025"])
def test_the_regulation_of_this_place_comes_first_then_the_one_above(
    client: Client, province: World, at: dt.datetime, profile_id: str
) -> None:
    _choose(profile_id, at)
    html = client.get("/law/").content.decode()
    order = re.findall(r'<h2 id="text-([\w-]+)"', html)

    assert order[0] == profile_id
    assert order[1] == "national-2025" or profile_id == "national-2025"
    assert sorted(order) == list(ALL)
    assert html.count('<span class="tag info">本地适用') == 1


def test_every_clause_keeps_its_address_on_the_list(client: Client, db: None) -> None:
    html = client.get("/law/").content.decode()

    assert set(clauses.all_clauses()) <= set(re.findall(r'id="([A-Z]{2}-[\d.]+)"', html))


@pytest.mark.parametrize("profile_id", ALL)
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_a_text_is_read_clause_by_clause_in_its_order(
    client: Client, db: None, profile_id: str, lang: str
) -> None:
    client.cookies["django_language"] = lang
    html = client.get(f"/law/{profile_id}/").content.decode()
    wanted = [one.id for one in clauses.of_profile(profile_id)]

    assert re.findall(r'class="clause card" id="([\w.-]+)"', html) == wanted


def test_a_clause_shows_both_summaries_what_rests_on_it_and_its_proof(
    client: Client, db: None
) -> None:
    html = client.get("/law/heilongjiang-2025/").content.decode()
    article = html[
        html.index('id="HL-22.3"') : html.index("</article>", html.index('id="HL-22.3"'))
    ]

    clause = clauses.clause("HL-22.3")
    assert clause.zh in article
    assert 'lang="en"' in article
    assert "自收到之日起1个工作日" in article
    assert "/law/heilongjiang-2025/share_application_conditional/#reply" in article
    assert "证明本条的测试" in article


def test_in_english_the_reader_keeps_chinese_to_the_other_summary_and_test_names(
    client: Client, db: None
) -> None:
    client.cookies["django_language"] = "en"
    html = client.get("/law/heilongjiang-2025/").content.decode()

    assert "Tests that prove it:" in html
    assert not re.search(r"<summary>[^<]*[\u4e00-\u9fff]", html)


@pytest.mark.parametrize("name", list(FILTERS))
def test_each_filter_shows_as_many_clauses_as_it_says(client: Client, db: None, name: str) -> None:
    html = client.get(f"/law/national-2025/?show={name}").content.decode()
    shown = html.count('class="clause card"')
    label = str(FILTERS[name][0])

    assert re.search(rf'aria-current="true">.*{label} {shown}</a>', html)
    assert shown == sum(FILTERS[name][1](r) for r in matrix.of(profiles.load("national-2025")))


def test_uses_are_counted_when_entries_are_sealed_and_each_once(
    client: Client, shared: Dataset, at: dt.datetime
) -> None:
    """The review of the dataset rests on HL-12.3; any process then reads the same number."""
    entries = list(Entry.objects.order_by("pk"))
    steps = sum("HL-12.3" in entry.cite for entry in entries if entry.kind == "case.step")
    assert citing.tally(["HL-12.3"]).entries["HL-12.3"] == 0

    ledger.seal(at=at)
    with transaction.atomic():
        ledger.record(
            kind="case.step", subject="case:X", actor="system:x", at=at, cite=["HL-12.3"] * 2
        )
    ledger.seal(at=at)
    found = citing.tally(["HL-12.3", "HL-1"])

    assert steps > 0
    assert found.sealed == len(entries) + 1
    assert found.steps["HL-12.3"] == steps + 1  # an entry that names it twice rests on it once
    assert found.entries["HL-12.3"] == 1 + sum("HL-12.3" in entry.cite for entry in entries)
    assert found.entries["HL-1"] == 0
    html = client.get("/law/heilongjiang-2025/").content.decode()
    assert f"办件步骤引用 {steps + 1} 次" in html
    assert "查看用过它的" not in html


def test_staff_see_the_cases_that_used_a_clause_as_far_as_they_may(
    log_in: pages.LogIn, shared: Dataset, at: dt.datetime
) -> None:
    ledger.seal(at=at)
    address = "/law/heilongjiang-2025/uses/HL-12.3/"
    mine = log_in("jiaoyu").get(address).content.decode()
    others = log_in("minzheng").get(address).content.decode()

    assert re.search(r'href="/w/cases/[\w-]+/"', mine)
    assert not re.search(r'href="/w/cases/[\w-]+/"', others)


def test_the_public_sees_no_numbers_of_cases(client: Client, shared: Dataset) -> None:
    answer = client.get("/law/heilongjiang-2025/uses/HL-12.3/")

    assert answer.status_code == 302
    assert "/w/login/" in answer.headers["Location"]


@pytest.mark.parametrize("profile_id", ALL)
def test_every_procedure_of_every_text_has_a_page(
    client: Client, db: None, profile_id: str
) -> None:
    profile = profiles.load(profile_id)
    for kind, text in profile.kinds.items():
        answer = client.get(f"/law/{profile_id}/{kind}/")
        html = answer.content.decode()
        assert answer.status_code == 200
        assert ('<svg class="flow"' in html) == (text.absent is None)
        if text.absent is not None:
            assert clauses.label(text.absent.at[0]) in html
            assert ("条文残缺" in html) == (text.absent.because == "lost")


def test_a_procedure_shows_each_step_of_the_table_once(
    client: Client, at: dt.datetime, db: None
) -> None:
    profile = profiles.load("national-2025")
    table = compiling.compiled(profile, "share_application_conditional", clock.day_of(at))
    html = client.get("/law/national-2025/share_application_conditional/").content.decode()

    stage_of = {"": "", **{name: state.stage for name, state in table.states.items()}}
    assert f"{len({(stage_of[s.source], s.name) for s in table.steps})} 步" in html
    assert "补正期间不停止计时" in html
    assert "自收到之日起10个工作日" in html


@pytest.mark.clause("NA-21.2", "HL-22.3")
def test_two_texts_stand_side_by_side_with_both_articles(client: Client, db: None) -> None:
    page = "/law/compare/?a=heilongjiang-2025&b=national-2025&kind=share_application_conditional"
    html = client.get(page).content.decode()

    assert "自收到之日起1个工作日" in html
    assert "自收到之日起10个工作日" in html
    assert '<a href="/law/heilongjiang-2025/#HL-22.3">' in html
    assert '<a href="/law/national-2025/#NA-21.2">' in html


def test_the_comparison_begins_with_this_place_and_the_law_above(
    client: Client, province: World
) -> None:
    html = client.get("/law/compare/").content.decode()

    assert '<option value="heilongjiang-2025" selected>' in html
    assert '<option value="national-2025" selected>' in html


@pytest.mark.parametrize(
    "path",
    [
        "/law/nowhere-2025/",
        "/law/nowhere-2025/health/",
        "/law/national-2025/tea/",
        "/law/national-2025/uses/HL-1/",
        "/law/compare/?a=nowhere",
    ],
)
def test_what_is_not_there_is_not_found(log_in: pages.LogIn, path: str) -> None:
    assert log_in("jiaoyu").get(path).status_code == 404


@pytest.mark.parametrize("profile_id", ALL)
def test_health_shows_conflicts_silence_expiry_and_what_is_unproved(
    client: Client, at: dt.datetime, db: None, profile_id: str
) -> None:
    html = client.get(f"/law/{profile_id}/health/").content.decode()

    for part in ("conflicts", "silence", "expiry", "unproved", "planned"):
        assert f'id="{part}"' in html
    assert ("没有上位法，不作对照" in html) == (profile_id == "national-2025")


@pytest.mark.clause("HL-47", "HZ-25")
@pytest.mark.parametrize(
    ("profile_id", "told"),
    [
        ("heilongjiang-2025", "2027年1月6日（周三）届满，还有 47 日"),
        ("huizhou-2024", "2026年12月31日（周四）届满，还有 41 日"),
    ],
)
def test_health_says_when_a_text_ends_and_what_follows(
    client: Client, at: dt.datetime, db: None, profile_id: str, told: str
) -> None:
    html = client.get(f"/law/{profile_id}/health/").content.decode()

    assert told in html
    assert "届满后新收到的办件适用" in html
    assert "/law/national-2025/" in html


def test_a_text_that_is_over_says_so(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert "已失效（2027-01-06 届满）" in client.get("/law/heilongjiang-2025/").content.decode()
    assert "现行有效" in client.get("/law/national-2025/").content.decode()
