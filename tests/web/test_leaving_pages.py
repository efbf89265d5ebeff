"""Leaving the catalogue (art. 16) and the open list (art. 35), by the pages alone."""

import dataclasses
import datetime as dt

import pytest
from django.test import Client

from huitong.cases import actions as cases
from huitong.cases.models import Case
from huitong.catalogue import queries
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import Status
from huitong.opening import actions as opening
from huitong.opening.models import OpenEntry
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.types import SYSTEM
from huitong.regulations import profiles
from huitong.regulations.law import Absent
from huitong.sharing.models import Grant
from web import pages
from web.test_sharing_pages import applied, grant

__all__ = ["applied", "grant"]

REASON = "职责已划转，数据不再产生。"


@pytest.fixture
def listed(province: World, schools: Dataset, at: dt.datetime) -> Dataset:
    case = opening.propose_opening(schools, actor=province.actor("jiaoyu"), at=at)
    cases.take_step(case, "review.approve", actor=province.actor("shuju"), at=at)
    return schools


def take(browser: Client, case: Case, name: str, **facts: str) -> str:
    """Take a step on the page of a case; return the page that follows."""
    page = f"/w/cases/{case.number}/"
    posted = pages.fields_of(browser.get(page).content.decode()) | {"step": name, **facts}
    answer = browser.post(f"{page}step/", posted, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


@pytest.mark.clause("HL-16.1")
def test_an_entry_leaves_the_catalogue_when_the_authority_agrees(
    log_in: pages.LogIn, schools: Dataset
) -> None:
    browser, page = log_in("jiaoyu"), f"/w/datasets/{schools.code}/withdraw/"
    assert f'href="{page}"' in browser.get(f"/w/datasets/{schools.code}/").content.decode()
    html = browser.get(page).content.decode()
    for shown in ("目录撤销", "主管部门审核", "必填，依据第十六条", "选填，依据第十六条"):
        assert shown in html
    assert "项有效授权" not in html

    given = {"fact_change_source": "duty", "fact_change_reason": REASON}
    browser.post(page, given)

    case = Case.objects.get(kind="catalogue_withdrawal")
    assert case.events.get().facts == {"change_source": "duty", "change_reason": REASON}
    again = browser.post(page, given)
    assert (again.status_code, Case.objects.filter(kind=case.kind).count()) == (409, 1)
    assert case.number in again.content.decode()
    authority = log_in("shuju")
    html = authority.get(f"/w/cases/{case.number}/").content.decode()
    assert "学校标识码" in html, "the entry stands beside the decision"
    take(authority, case, "review.approve")
    assert queries.dataset(schools.code).status is Status.WITHDRAWN
    html = browser.get(f"/w/datasets/{schools.code}/").content.decode()
    assert "已于 2026年11月20日（周五） 撤销" in html
    for gone in ("withdraw", "deliver", "open", "edit"):
        assert f'"/w/datasets/{schools.code}/{gone}/"' not in html
    assert browser.post(page, given).status_code == 422


@pytest.mark.clause("HL-16.1")
def test_the_cause_is_asked_for_with_its_article(log_in: pages.LogIn, schools: Dataset) -> None:
    answer = log_in("jiaoyu").post(f"/w/datasets/{schools.code}/withdraw/", {})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_fact_change_source">变化原因：请填写（依据第十六条）。</a>' in html
    assert not Case.objects.filter(kind="catalogue_withdrawal").exists()


@pytest.mark.clause("HL-16.2")
def test_who_uses_the_entry_is_said_to_applicant_and_reviewer(
    log_in: pages.LogIn, shared: Dataset, grant: Grant
) -> None:
    browser, page = log_in("jiaoyu"), f"/w/datasets/{shared.code}/withdraw/"
    assert "现有 1 项有效授权" in browser.get(page).content.decode()
    browser.post(page, {"fact_change_source": "other"})
    case = Case.objects.get(kind="catalogue_withdrawal")
    authority = log_in("shuju")
    assert "现有 1 项有效授权" in authority.get(f"/w/cases/{case.number}/").content.decode()

    html = take(authority, case, "review.approve")

    assert "继续提供" in html
    assert queries.dataset(shared.code).status is Status.PUBLISHED
    grant.refresh_from_db()
    assert grant.revoked_at is None


@pytest.mark.clause("HL-35")
def test_open_data_leaves_the_list_with_a_filing_and_a_notice(
    log_in: pages.LogIn, listed: Dataset, client: Client
) -> None:
    browser, page = log_in("jiaoyu"), f"/w/datasets/{listed.code}/close/"
    assert f'href="{page}"' in browser.get(f"/w/datasets/{listed.code}/").content.decode()
    html = browser.get(page).content.decode()
    for shown in ("撤销开放数据", "报省级备案", "平台公告", "第三十五条"):
        assert shown in html

    browser.post(page, {"fact_reason": REASON})
    case = Case.objects.get(kind="open_withdrawal")
    assert client.get(f"/datasets/{listed.code}/").status_code == 200, "not before the review"
    take(log_in("shuju"), case, "review.approve")
    assert client.get(f"/datasets/{listed.code}/").status_code == 404
    take(browser, case, "file.record")
    html = take(browser, case, "announce.post", fact_notice="自即日起撤销。")

    assert "已撤销并公告" in html
    assert OpenEntry.objects.get().unlisted_at is not None
    html = browser.get(f"/w/datasets/{listed.code}/").content.decode()
    assert f'href="{page}"' not in html
    refused = browser.post(page, {"fact_reason": REASON})
    assert refused.status_code == 404
    assert "开放目录中没有" in refused.content.decode()


@pytest.mark.parametrize("what", ["withdraw", "close"])
@pytest.mark.parametrize("username", ["minzheng", "shuju"])
def test_only_the_provider_applies(
    log_in: pages.LogIn, listed: Dataset, what: str, username: str
) -> None:
    browser, page = log_in(username), f"/w/datasets/{listed.code}/{what}/"

    for answer in (browser.get(page), browser.post(page, {"fact_change_source": "law"})):
        assert answer.status_code == 403
        assert "第六条" in answer.content.decode()
    assert f'href="{page}"' not in browser.get(f"/w/datasets/{listed.code}/").content.decode()
    assert not Case.objects.filter(kind__endswith="withdrawal").exists()


@pytest.mark.parametrize(
    ("what", "kind", "clause", "article"),
    [
        ("withdraw", "catalogue_withdrawal", "HL-16.1", "第十六条"),
        ("close", "open_withdrawal", "HL-35", "第三十五条"),
    ],
)
def test_a_regulation_without_the_procedure_is_said_with_the_article(
    log_in: pages.LogIn,
    listed: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    kind: str,
    clause: str,
    article: str,
) -> None:
    whole = profiles.load("heilongjiang-2025")
    silent = dataclasses.replace(whole.kinds[kind], absent=Absent("silent", (clause,)))
    lacking = dataclasses.replace(whole, kinds={**whole.kinds, kind: silent})
    monkeypatch.setattr(profiles, "load", lambda _profile: lacking)
    browser, page = log_in("jiaoyu"), f"/w/datasets/{listed.code}/{what}/"

    shown, posted = browser.get(page), browser.post(page, {"fact_change_source": "law"})

    assert (shown.status_code, posted.status_code) == (200, 409)
    for answer in (shown, posted):
        html = answer.content.decode()
        assert "没有规定" in html
        assert article in html
        assert 'type="submit" class' not in html
        assert "提交申请" not in html
    assert not Case.objects.filter(kind=kind).exists()


def test_what_was_never_published_is_not_withdrawn(log_in: pages.LogIn, graduates: Dataset) -> None:
    page = f"/w/datasets/{graduates.code}/withdraw/"

    answer = log_in("jiaoyu").post(page, {"fact_change_source": "law"})

    assert answer.status_code == 422
    assert "尚未发布，无需撤销" in answer.content.decode()


def test_the_pages_of_leaving_speak_english(log_in: pages.LogIn, listed: Dataset) -> None:
    browser = log_in("jiaoyu")
    browser.post("/language/", {"language": "en", "next": "/"})

    html = browser.get(f"/w/datasets/{listed.code}/withdraw/").content.decode()
    assert "Catalogue withdrawal" in html
    assert "Required, art. 16" in html
    html = browser.get(f"/w/datasets/{listed.code}/close/").content.decode()
    assert "Withdrawal of open data" in html


@pytest.mark.clause("HZ-14.6", "HZ-14.7", "HZ-20.4", "HN-21.1")
@pytest.mark.parametrize(
    ("profile_id", "given"),
    [
        (
            "huizhou-2024",
            {
                "fact_obtained_by_sharing": "no",
                "fact_responsibility_list": "开放责任清单第3项",
                "fact_secrecy_review": "保密审查通过",
            },
        ),
        ("henan-2020", {"fact_obtained_by_sharing": "no"}),
    ],
)
def test_what_the_text_of_the_place_asks_of_an_open_list_is_asked_on_a_form(
    log_in: pages.LogIn,
    schools: Dataset,
    at: dt.datetime,
    profile_id: str,
    given: dict[str, str],
) -> None:
    home = schools.provider.jurisdiction
    organisations.choose_regulation(home, profile_id=profile_id, actor=SYSTEM, at=at)
    browser, page = log_in("jiaoyu"), f"/w/datasets/{schools.code}/open/"

    html = browser.post(page).content.decode()
    assert all(f'name="{name}"' in html for name in given)
    assert 'name="fact_opening_type"' not in html  # the catalogue knows it
    assert not Case.objects.filter(kind="open_list_review").exists()

    empty = browser.post(page, {"act": "propose"})
    assert empty.status_code == 422
    shared = browser.post(page, {**given, "fact_obtained_by_sharing": "yes", "act": "propose"})
    assert shared.status_code in (403, 409, 422)
    assert not Case.objects.filter(kind="open_list_review").exists()

    answer = browser.post(page, {**given, "act": "propose"}, follow=True)
    assert answer.status_code == 200
    case = Case.objects.get(kind="open_list_review")
    facts = case.events.get(seq=1).facts
    assert case.profile_id == profile_id
    assert facts["obtained_by_sharing"] is False
    assert facts["opening_type"] == schools.newest.opening_type
