"""Starting cases in the workbench: who may, under which article, and why another cannot be."""

import datetime as dt

import pytest
from django.test import Client

from huitong.cases import actions as cases
from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations.models import Jurisdiction, Person
from huitong.organisations.types import SYSTEM, PostRole
from huitong.regulations import profiles
from huitong.web import kinds
from web import pages

MATTER = {"title": "人才公寓资格核验所需数据", "about": "free", "act": "start"}
DEMAND = {
    **MATTER,
    "party_provider": "HLJ-JY",
    "fact_wanted_from": "省教育厅",
    "fact_wanted_items": "毕业院校\n毕业年份",
    "fact_scenario": "人才公寓资格核验",
    "fact_duty_basis": "《公共租赁住房管理办法》第八条",
}


def _founded() -> dt.datetime:
    return Entry.objects.order_by("-id").values_list("at", flat=True)[0]


def test_every_kind_of_the_law_stands_in_one_theme() -> None:
    listed = [kind for _label, names in kinds.THEMES.values() for kind in names]

    assert sorted(listed) == sorted(profiles.load("heilongjiang-2025").words.kinds)


@pytest.mark.clause("HL-29.1", "HL-24.3")
def test_the_page_lists_who_may_start_what_and_its_periods(
    log_in: pages.LogIn, whole: World
) -> None:
    page = log_in("zhufang").get("/w/start/").content.decode()

    demand = _article(page, "/w/start/demand/")
    assert "本部门可以发起" in demand
    assert "3个工作日" in demand
    assert "第二十九条" in demand
    assert "由其他机构发起" in _article(page, "/w/start/cross_check/")
    assert "本部门可以发起" in _article(log_in("shuju").get("/w/start/").content.decode(), "cross")


@pytest.mark.clause("HL-22.1")
def test_a_kind_that_the_text_lacks_is_listed_apart_with_the_article(
    log_in: pages.LogIn, province: World
) -> None:
    browser = log_in("zhufang")
    page = browser.get("/w/start/").content.decode()
    apart = page.partition('id="absent"')[2]

    assert "/w/start/share_extension/" in apart
    assert "第二十二条" in _article(apart, "/w/start/share_extension/")
    alone = browser.get("/w/start/share_extension/").content.decode()
    assert "不能发起" in alone
    assert "HL-22.1" in alone
    answer = browser.post("/w/start/share_extension/", MATTER)
    assert answer.status_code == 409
    assert not Case.objects.exists()


def test_a_text_that_breaks_off_is_not_called_silent(log_in: pages.LogIn, province: World) -> None:
    _choose(province, "model-city")
    page = log_in("zhufang").get("/w/start/use_end/").content.decode()

    assert "条文自此残缺" in page
    assert "没有规定这一事项" not in page


@pytest.mark.clause("HL-29.1", "HL-29.4")
def test_a_demand_is_started_and_waits_for_the_authority(log_in: pages.LogIn, whole: World) -> None:
    answer = log_in("zhufang").post("/w/start/demand/", DEMAND)

    case = Case.objects.get()
    assert answer.headers["Location"] == f"/w/cases/{case.number}/"
    assert case.parties == {
        "provider": whole.departments["HLJ-JY"].pk,
        "consumer": whole.departments["HRB-ZJ"].pk,
    }
    event = case.events.get()
    assert event.facts["wanted_items"] == ["毕业院校", "毕业年份"]
    assert "HL-29.1" in event.cite


@pytest.mark.clause("HL-29.1")
def test_a_fact_that_is_missing_is_asked_for_with_its_article(
    log_in: pages.LogIn, whole: World
) -> None:
    answer = log_in("zhufang").post("/w/start/demand/", {**DEMAND, "fact_scenario": ""})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#id_fact_scenario"' in page
    assert "请填写（依据第二十九条" in page
    assert 'value="人才公寓资格核验所需数据"' in page, "what was filled in is kept"
    assert not Case.objects.exists()


def test_a_department_is_found_by_a_few_letters_and_chosen_without_scripts(
    log_in: pages.LogIn, whole: World
) -> None:
    browser = log_in("zhufang")
    asked = {**DEMAND, "party_provider": "省", "title": "", "act": "find"}
    found = browser.post("/w/start/demand/", asked)
    page = found.content.decode()

    assert found.status_code == 200
    assert "请先处理以下问题" not in page, "what is not filled in yet is no fault"
    assert page.count('name="pick_provider"') == 5
    unseen = browser.post("/w/start/demand/", {**DEMAND, "party_provider": "教育"})
    assert unseen.status_code == 422, "a department is never made a party unseen"
    browser.post(
        "/w/start/demand/", {**DEMAND, "party_provider": "教育", "pick_provider": "HLJ-JY"}
    )
    assert Case.objects.get().parties["provider"] == whole.departments["HLJ-JY"].pk
    nobody = browser.post("/w/start/demand/", {**DEMAND, "party_provider": "没有这个部门"})
    assert "没有找到名称含" in nobody.content.decode()


@pytest.mark.clause("HL-24.1")
def test_a_dataset_says_who_provides_it(log_in: pages.LogIn, whole: World, shared: Dataset) -> None:
    browser = log_in("zhufang")
    address = "/w/start/correction_consumer/?about=dataset&reference=HLJ-JY-0001"
    asked = pages.fields_of(browser.get(address).content.decode())
    assert asked["reference"] == "HLJ-JY-0001"
    browser.post(
        "/w/start/correction_consumer/", {**asked, "title": "院校名称有误", "act": "start"}
    )

    case = Case.objects.get(kind="correction_consumer")
    assert case.subject == "dataset:HLJ-JY-0001"
    assert case.parties["provider"] == shared.provider_id


def test_what_is_not_on_record_is_named(log_in: pages.LogIn, whole: World) -> None:
    answer = log_in("zhufang").post(
        "/w/start/correction_consumer/",
        {"title": "院校名称有误", "about": "dataset", "reference": "NOWHERE", "act": "start"},
    )

    assert answer.status_code == 404
    assert "NOWHERE" in answer.content.decode()


@pytest.mark.clause("HL-24.3")
def test_whoever_lacks_the_duty_is_told_with_the_article_and_the_refusal_is_on_record(
    log_in: pages.LogIn, whole: World, shared: Dataset
) -> None:
    browser = log_in("zhufang")
    page = browser.get("/w/start/cross_check/").content.decode()
    assert "本部门不能发起" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    answer = browser.post("/w/start/cross_check/", MATTER)

    assert answer.status_code == 403
    assert "第二十四条" in answer.content.decode()
    refused = Entry.objects.get(kind="case.refused")
    assert (refused.facts["kind"], refused.facts["code"]) == ("cross_check", "wrong_person")


@pytest.mark.clause("HL-24.1", "HL-24.3", "HL-25.1", "HL-25.4", "HL-6.3")
def test_the_page_of_an_entry_leads_on_to_what_the_reader_may_start(
    log_in: pages.LogIn, whole: World, shared: Dataset
) -> None:
    consumer = log_in("zhufang").get("/w/datasets/HLJ-JY-0001/").content.decode()
    provider = log_in("jiaoyu").get("/w/datasets/HLJ-JY-0001/").content.decode()
    authority = log_in("shuju").get("/w/datasets/HLJ-JY-0001/").content.decode()

    about = "about=dataset&amp;reference=HLJ-JY-0001"
    assert f"/w/start/correction_consumer/?{about}&amp;as=consumer" in consumer
    assert "/w/start/cross_check/" not in consumer
    assert "/w/start/correction_consumer/" not in provider
    assert f"/w/start/dispute/?{about}&amp;as=provider" in provider
    assert f"/w/start/cross_check/?{about}&amp;as=authority" in authority


@pytest.mark.clause("NA-28.1", "NA-28.4")
def test_a_refused_application_leads_on_to_the_dispute(
    log_in: pages.LogIn, whole: World, shared: Dataset, at: dt.datetime
) -> None:
    _choose(whole, "national-2025")
    organisations.appoint(
        person=Person.objects.get(username="jiaoyu-head"),
        department=whole.departments["HLJ-JY"],
        role=PostRole.UNIT_HEAD,
        actor=SYSTEM,
        at=at,
        since=dt.date(2026, 1, 1),
    )
    facts = {
        "duty_basis": "《公共租赁住房管理办法》第八条",
        "scenario": "资格复核",
        "scope": "本市申请家庭",
        "mode": "api",
        "use_until": "2027-11-30",
        "assurance": True,
        "consent": "祝安 2026年11月20日",
    }
    parties = {"provider": whole.departments["HLJ-JY"], "consumer": whole.departments["HRB-ZJ"]}
    case = cases.open_case(
        kind="share_application_conditional",
        jurisdiction=Jurisdiction.objects.get(code="230000"),
        subject=shared.subject,
        title="申请共享",
        parties=parties,
        facts=facts,
        actor=whole.actor("zhufang"),
        at=at,
    )
    assert "可以发起的事项" not in _case(log_in("zhufang"), case), "nothing follows while it runs"
    cases.take_step(case, "reply.consent_refuse", actor=whole.actor("jiaoyu-head"), at=at)
    refusal = {"reason": "与履职无关"}
    cases.take_step(case, "reply.refuse", actor=whole.actor("jiaoyu"), facts=refusal, at=at)

    page = _case(log_in("zhufang"), case)
    assert f"/w/start/dispute/?about=case&amp;reference={case.number}&amp;as=consumer" in page
    assert "可以发起的事项" not in _case(log_in("shuju"), case), "the authority is no party"


def _case(browser: Client, case: Case) -> str:
    return browser.get(f"/w/cases/{case.number}/").content.decode()


def test_kinds_with_pages_of_their_own_lead_there(log_in: pages.LogIn, whole: World) -> None:
    page = log_in("zhufang").get("/w/start/share_application_conditional/").content.decode()

    assert 'href="/w/datasets/"' in page.partition("<main")[2]
    assert "办理步骤" in page


def test_an_unknown_kind_is_not_found(log_in: pages.LogIn, whole: World) -> None:
    assert log_in("zhufang").get("/w/start/wish/").status_code == 404


def test_words_are_those_of_the_place_that_has_another_regulation(
    log_in: pages.LogIn, province: World
) -> None:
    _choose(province, "huizhou-2024")
    page = log_in("zhufang").get("/w/start/demand/").content.decode()

    assert "公共管理和服务机构（使用方）" in page
    assert "5个工作日" in page


def _choose(province: World, profile: str) -> None:
    organisations.choose_regulation(
        jurisdiction=province.jurisdictions["230000"],
        profile_id=profile,
        actor=SYSTEM,
        at=_founded(),
    )


def _article(page: str, address: str) -> str:
    """Return the part of the page about one kind."""
    return next(part for part in page.split("<article") if address in part)
