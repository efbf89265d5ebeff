"""From a grant's page to the cases about it: nothing that the grant says is asked for again."""

import datetime as dt

import pytest

from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.types import SYSTEM
from huitong.sharing import actions as sharing
from huitong.sharing.models import Grant
from web import applying, pages


@pytest.fixture
def grant(province: World, shared: Dataset, at: dt.datetime) -> Grant:
    application = applying.apply(province, shared, "citizen_id", "name", at=at)
    decisions = {"citizen_id": "whole", "name": "name"}
    sharing.decide(application, decisions=decisions, actor=province.actor("jiaoyu"), at=at)
    return Grant.objects.get()


def _link(kind: str, grant: Grant, party: str) -> str:
    return f"/w/start/{kind}/?about=grant&reference={grant.pk}&as={party}"


@pytest.mark.clause("HL-30")
def test_a_change_of_use_is_asked_from_the_grant_with_its_matter_alone(
    log_in: pages.LogIn, province: World, grant: Grant
) -> None:
    browser, link = log_in("zhufang"), _link("use_change", grant, "consumer")
    assert link.replace("&", "&amp;") in browser.get(f"/w/grants/{grant.pk}/").content.decode()
    form = browser.get(link).content.decode()

    asked = pages.fields_of(form)
    assert asked["about"] == "grant"
    assert asked["reference"] == str(grant.pk)
    assert "高校毕业生就业登记信息" in asked["title"]
    assert not [name for name in asked if name.startswith("party_")], "both are known"
    assert "查找部门" not in form
    for known in ("省教育厅", "资格复核", "本市申请家庭", f'href="/w/grants/{grant.pk}/"'):
        assert known in form
    changed = {**asked, "fact_use_matter": "other_purpose", "fact_purpose": "人才公寓资格核验"}
    browser.post(link, {**changed, "act": "start"})
    case = Case.objects.get(kind="use_change")
    assert case.subject == grant.subject
    assert case.title == asked["title"]
    assert set(case.parties.values()) == {grant.dataset.provider_id, grant.consumer_id}


@pytest.mark.clause("HL-30")
def test_what_is_missing_is_said_on_the_filled_in_form(
    log_in: pages.LogIn, province: World, grant: Grant
) -> None:
    browser, link = log_in("zhufang"), _link("use_change", grant, "consumer")
    asked = pages.fields_of(browser.get(link).content.decode())

    answer = browser.post(link, {**asked, "act": "start"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_fact_use_matter"' in page
    assert "涉及的授权" in page
    assert not Case.objects.filter(kind="use_change").exists()


def test_the_consumer_ends_its_use_from_the_grant(
    log_in: pages.LogIn, province: World, grant: Grant, at: dt.datetime
) -> None:
    home = province.jurisdictions["230000"]
    organisations.choose_regulation(home, profile_id="national-2025", actor=SYSTEM, at=at)
    browser, link = log_in("zhufang"), _link("use_end", grant, "consumer")
    assert link.replace("&", "&amp;") in browser.get(f"/w/grants/{grant.pk}/").content.decode()

    asked = pages.fields_of(browser.get(link).content.decode())

    assert not [name for name in asked if name.startswith("party_")]
    assert asked["reference"] == str(grant.pk)


def test_the_provider_proposes_a_service_change_and_the_consumer_may_not(
    log_in: pages.LogIn, province: World, grant: Grant, at: dt.datetime
) -> None:
    home = province.jurisdictions["230000"]
    organisations.choose_regulation(home, profile_id="national-2025", actor=SYSTEM, at=at)
    link = _link("share_service_change", grant, "provider")
    provider, consumer = log_in("jiaoyu"), log_in("zhufang")
    held = consumer.get(f"/w/grants/{grant.pk}/").content.decode()
    assert "share_service_change" not in held
    assert link.replace("&", "&amp;") in provider.get(f"/w/grants/{grant.pk}/").content.decode()

    asked = pages.fields_of(provider.get(link).content.decode())
    told = {"fact_service_matter": "end", "fact_reason": "系统下线", "act": "start"}
    assert "本部门不能发起" in consumer.get(link).content.decode()
    assert consumer.post(link, {**asked, **told}).status_code == 403
    assert not Case.objects.filter(kind="share_service_change").exists()
    assert provider.post(link, {**asked, **told}).status_code == 302
    assert Case.objects.get(kind="share_service_change").subject == grant.subject


def test_a_stranger_sees_nothing_of_a_grant_by_naming_it(
    log_in: pages.LogIn, province: World, grant: Grant
) -> None:
    page = log_in("renshe").get(_link("use_change", grant, "consumer")).content.decode()

    assert "涉及的授权" not in page
    assert "本市申请家庭" not in page


def test_nothing_is_offered_to_change_about_a_grant_that_has_ended(
    log_in: pages.LogIn, province: World, grant: Grant, at: dt.datetime
) -> None:
    Grant.objects.filter(pk=grant.pk).update(revoked_at=at, stop_cite=["HL-27.2"])

    page = log_in("zhufang").get(f"/w/grants/{grant.pk}/").content.decode()

    assert "/w/start/use_change/" not in page
