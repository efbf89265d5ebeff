"""An application from the form to the grant, and to its end."""

import dataclasses
import datetime as dt

import pytest

from huitong.cases import actions as cases
from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import SharingType
from huitong.operations.demonstration import world as places
from huitong.operations.demonstration.world import World
from huitong.organisations import actions as organisations
from huitong.organisations import queries as people
from huitong.organisations.models import Department
from huitong.organisations.types import SYSTEM
from huitong.sharing import actions as sharing
from huitong.sharing import rectification
from huitong.sharing.models import Application, Client, Grant
from huitong.sharing.types import Trigger
from web import applying, pages, walking
from web.conftest import GRADUATES, added

ANSWERS = {
    "columns": ["citizen_id", "name", "school"],
    "scenario": "公共租赁住房资格复核",
    "mode": "api",
    "scope": "本市申请家庭",
    "basis": "《公共租赁住房管理办法》第八条",
    "purpose": "资格复核",
    "use_until": "2027-11-30",
}


@pytest.fixture
def applied(province: World, shared: Dataset, at: dt.datetime) -> Application:
    return applying.apply(province, shared, *ANSWERS["columns"], at=at)


@pytest.fixture
def grant(province: World, applied: Application, at: dt.datetime) -> Grant:
    decisions = {"citizen_id": "whole", "name": "name", "school": "whole"}
    sharing.decide(applied, decisions=decisions, actor=province.actor("jiaoyu"), at=at)
    return Grant.objects.get()


@pytest.mark.clause("HL-22.1")
def test_answers_are_shown_before_they_are_submitted(log_in: pages.LogIn, shared: Dataset) -> None:
    browser, page = log_in("zhufang"), f"/w/datasets/{shared.code}/apply/"

    check = browser.post(page, ANSWERS)
    assert "提交前请核对" in check.content.decode()
    assert not Application.objects.exists()

    assert browser.post(page, {**ANSWERS, "act": "submit"}).status_code == 302
    assert Application.objects.get().items == ANSWERS["columns"]


@pytest.mark.clause("NA-20.2")
def test_the_form_asks_for_what_the_text_in_force_asks_for(
    log_in: pages.LogIn, province: World, shared: Dataset, at: dt.datetime
) -> None:
    home = shared.provider.jurisdiction
    organisations.choose_regulation(home, profile_id="national-2025", actor=SYSTEM, at=at)
    browser, page = log_in("zhufang"), f"/w/datasets/{shared.code}/apply/"
    html = browser.get(page).content.decode()
    assert "保证申请真实、合法、必要" in html
    assert "同意人" in html

    lacking = browser.post(page, {**ANSWERS, "act": "submit"})
    assert lacking.status_code == 422
    assert '<a href="#id_fact_assurance">' in lacking.content.decode()
    whole = {**ANSWERS, "fact_assurance": "yes", "fact_consent": "王主任，11月20日"}
    check = browser.post(page, whole).content.decode()
    assert "王主任，11月20日" in check
    assert not Application.objects.exists()
    assert browser.post(page, pages.fields_of(check) | whole | {"act": "submit"}).status_code == 302
    assert Application.objects.get().case.state == "reply"


@pytest.mark.clause("HN-16.2")
def test_where_nobody_is_asked_the_answer_is_the_grant(
    log_in: pages.LogIn, province: World, schools: Dataset, at: dt.datetime
) -> None:
    home = schools.provider.jurisdiction
    organisations.choose_regulation(home, profile_id="henan-2020", actor=SYSTEM, at=at)
    item = schools.newest.items.values_list("name", flat=True)[0]
    browser, page = log_in("zhufang"), f"/w/datasets/{schools.code}/apply/"
    answer = browser.post(page, {**ANSWERS, "columns": [item], "act": "submit"}, follow=True)
    assert answer.status_code == 200
    grant = Grant.objects.get()
    assert [column["name"] for column in grant.columns] == [item]
    assert browser.get(f"/w/grants/{grant.pk}/").status_code == 200


@pytest.mark.clause("HN-16.4")
def test_after_a_refusal_the_page_offers_the_other_way(
    log_in: pages.LogIn, province: World, shared: Dataset, at: dt.datetime
) -> None:
    home = shared.provider.jurisdiction
    organisations.choose_regulation(home, profile_id="henan-2020", actor=SYSTEM, at=at)
    browser, page = log_in("zhufang"), f"/w/datasets/{shared.code}/apply/"
    browser.post(page, {**ANSWERS, "act": "submit"})
    first = Application.objects.get()
    sharing.refuse(
        first, reason="不符", facts={"basis": "《统计法》"}, actor=province.actor("jiaoyu"), at=at
    )
    html = browser.get(f"/w/cases/{first.case.number}/").content.decode()
    again = f"{page}?after={first.case.number}"
    assert again in html
    check = browser.post(again, ANSWERS).content.decode()
    browser.post(page, {**ANSWERS, "after": first.case.number, "act": "submit"})
    assert pages.fields_of(check)["after"] == first.case.number
    second = Application.objects.exclude(pk=first.pk).get()
    assert second.case.kind == "share_application_third"


def test_an_empty_answer_is_linked_from_the_summary(log_in: pages.LogIn, shared: Dataset) -> None:
    answer = log_in("zhufang").post(
        f"/w/datasets/{shared.code}/apply/", {**ANSWERS, "scenario": "", "act": "submit"}
    )

    assert answer.status_code == 422
    assert '<a href="#id_scenario">' in answer.content.decode()
    assert not Case.objects.filter(kind__startswith="share").exists()


@pytest.mark.clause("HL-22.3")
def test_the_provider_decides_on_each_column(log_in: pages.LogIn, applied: Application) -> None:
    browser, page = log_in("jiaoyu"), f"/w/cases/{applied.case.number}/"
    html = browser.get(page).content.decode()
    assert "剩余 1 个工作日" in html
    assert "2026年11月23日" in html

    posted = pages.fields_of(html) | {
        "step": "reply.grant",
        "column-citizen_id": "whole",
        "column-name": "name",
        "column-school": "refused",
    }
    refused = browser.post(f"{page}step/", posted)
    assert refused.status_code == 422, "an item is refused with a reason only"
    assert not Grant.objects.exists()

    browser.post(f"{page}step/", {**posted, "fact_reason": "与复核无关"})
    assert Grant.objects.get().columns == [
        {"name": "citizen_id", "mask": None},
        {"name": "name", "mask": "name"},
    ]


@pytest.mark.clause("HL-22.3")
def test_the_provider_limits_the_rows_of_a_grant(log_in: pages.LogIn, applied: Application) -> None:
    browser, page = log_in("jiaoyu"), f"/w/cases/{applied.case.number}/"
    posted = pages.fields_of(browser.get(page).content.decode())
    assert (posted["filter-column"], posted["filter-values"]) == ("", "")

    limit = {"filter-column": "school", "filter-values": " 演示大学\r\n\r\n演示学院\r\n演示大学"}
    browser.post(f"{page}step/", {**posted, **limit, "step": "reply.grant"})

    grant = Grant.objects.get()
    assert grant.row_filter == {"column": "school", "in": ["演示大学", "演示学院"]}
    for reader, path in (("jiaoyu", f"/w/grants/{grant.pk}/"), ("zhufang", page)):
        html = log_in(reader).get(path).content.decode()
        assert "只提供“毕业院校”为下列 2 个取值的行" in html
        assert "<code>演示大学</code>、<code>演示学院</code>" in html
        assert 'name="filter-column"' not in html


def test_only_who_decides_is_asked_for_columns_and_rows(
    log_in: pages.LogIn, applied: Application
) -> None:
    html = log_in("zhufang").get(f"/w/cases/{applied.case.number}/").content.decode()

    assert "apply.withdraw" in html
    assert 'name="column-name"' not in html
    assert 'name="filter-column"' not in html


def test_a_grant_of_all_rows_says_nothing_of_rows(log_in: pages.LogIn, grant: Grant) -> None:
    assert grant.row_filter is None
    assert "行范围" not in log_in("jiaoyu").get(f"/w/grants/{grant.pk}/").content.decode()


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("school", " \r\n", "须为 1 至 1000 个"),
        ("", "演示大学", "不是本条目的数据项"),
        ("nothing", "演示大学", "“nothing”不是本条目的数据项"),
        ("school", "\n".join(map(str, range(1001))), "列有 1001 个取值"),
    ],
)
def test_a_limit_that_fits_no_rows_is_refused_and_kept_on_the_page(
    log_in: pages.LogIn, applied: Application, column: str, values: str, told: str
) -> None:
    browser, page = log_in("jiaoyu"), f"/w/cases/{applied.case.number}/"
    posted = pages.fields_of(browser.get(page).content.decode())
    limit = {"filter-column": column, "filter-values": values}

    answer = browser.post(f"{page}step/", {**posted, **limit, "step": "reply.grant"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert told in html
    assert pages.fields_of(html)["filter-values"].split() == values.split()
    assert not Grant.objects.exists()


def test_the_interface_limits_the_rows_too(log_in: pages.LogIn, applied: Application) -> None:
    body = {
        "step": "reply.grant",
        "version": 1,
        "decisions": dict.fromkeys(applied.items, "whole"),
        "row_filter": {"column": "school", "in": ["演示大学"]},
    }
    path = f"/api/v1/cases/{applied.case.number}/steps"
    log_in("jiaoyu").post(path, body, content_type="application/json")

    assert Grant.objects.get().row_filter == body["row_filter"]


@pytest.mark.clause("HL-22.3")
def test_a_refusal_needs_a_reason(log_in: pages.LogIn, applied: Application) -> None:
    browser, page = log_in("jiaoyu"), f"/w/cases/{applied.case.number}/"
    posted = pages.fields_of(browser.get(page).content.decode()) | {"step": "reply.refuse"}

    answer = browser.post(f"{page}step/", posted)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_fact_reason">' in html
    assert "第二十二条第二款第（二）项" in html


def test_the_form_is_a_pdf_for_the_parties_only(log_in: pages.LogIn, applied: Application) -> None:
    path = f"/w/cases/{applied.case.number}/form.pdf"

    assert log_in("zhufang").get(path).content.startswith(b"%PDF")
    assert log_in("minzheng").get(path).status_code == 403


def test_the_application_page_is_closed_to_other_departments(
    log_in: pages.LogIn, applied: Application
) -> None:
    assert log_in("weijian").get(f"/w/cases/{applied.case.number}/").status_code == 403


def test_the_secret_of_a_system_is_shown_once(log_in: pages.LogIn, province: World) -> None:
    browser = log_in("zhufang")
    made = browser.post("/w/clients/", {"name": "资格复核系统"}).content.decode()
    client = Client.objects.get()

    assert client.client_id in made
    assert 'id="client-secret"' in made
    assert 'id="client-secret"' not in browser.get("/w/clients/").content.decode()


@pytest.mark.clause("HL-38.3")
def test_a_system_is_stopped_after_a_second_question(log_in: pages.LogIn) -> None:
    browser, stranger = log_in("zhufang"), log_in("jiaoyu")
    browser.post("/w/clients/", {"name": "资格复核系统"})
    client = Client.objects.get()
    page = f"/w/clients/{client.client_id}/stop/"

    assert f'href="{page}"' in browser.get("/w/clients/").content.decode()
    assert "停用“资格复核系统”？" in browser.get(page).content.decode()
    assert stranger.get(page).status_code == 403
    assert stranger.post(page).status_code == 403
    client.refresh_from_db()
    assert client.active, "looking stops nothing, and nobody else does"

    html = browser.post(page, follow=True).content.decode()
    client.refresh_from_db()
    assert not client.active
    assert "其令牌全部失效" in html
    assert f'href="{page}"' not in html
    assert browser.post(page).status_code == 422
    assert browser.get("/w/clients/none/stop/").status_code == 404


@pytest.mark.clause("HL-27.1", "HL-27.2")
def test_an_order_that_is_declined_ends_the_grant(log_in: pages.LogIn, grant: Grant) -> None:
    provider, consumer = log_in("jiaoyu"), log_in("zhufang")
    order = {"trigger": "over_scope", "problem": "超出范围", "rectify_by": "2026-11-25"}
    provider.post(f"/w/grants/{grant.pk}/", order)
    case = Case.objects.get(kind="use_rectification")
    page = f"/w/cases/{case.number}/"

    posted = pages.fields_of(consumer.get(page).content.decode())
    declined = {**posted, "step": "rectify.decline", "fact_decline_reason": "不同意"}
    consumer.post(f"{page}step/", declined)
    html = provider.get(page).content.decode()
    judged = pages.fields_of(html) | {"step": "judge.cut_off", "fact_finding": "拒不整改"}
    provider.post(f"{page}step/", judged)

    grant.refresh_from_db()
    assert grant.revoked_at is not None
    assert "已终止" in provider.get(f"/w/grants/{grant.pk}/").content.decode()


@pytest.mark.parametrize("trigger", Trigger)
def test_every_ground_of_an_order_is_offered_and_taken(
    log_in: pages.LogIn, grant: Grant, trigger: Trigger
) -> None:
    browser, page = log_in("jiaoyu"), f"/w/grants/{grant.pk}/"
    assert f'<option value="{trigger}"' in browser.get(page).content.decode()

    order = {"trigger": trigger.value, "problem": "见说明", "rectify_by": "2026-11-25"}
    assert browser.post(page, order).status_code == 302


@pytest.mark.clause("HL-27.1")
def test_the_form_stands_for_whom_the_room_lets_order(
    log_in: pages.LogIn, province: World, grant: Grant, at: dt.datetime
) -> None:
    for username in ("jiaoyu", "zhufang", "shuju"):
        may = rectification.may_order(grant, province.actor(username), at)
        html = log_in(username).get(f"/w/grants/{grant.pk}/").content.decode()

        assert ("发出整改要求" in html) is may, username
    assert rectification.may_order(grant, province.actor("jiaoyu"), at)
    assert not rectification.may_order(grant, province.actor("zhufang"), at)


@pytest.mark.clause("HL-28.2", "NA-29.2", "NA-29.3")
def test_the_page_says_which_records_the_law_asks_for_and_who_may_look(
    log_in: pages.LogIn, grant: Grant
) -> None:
    html = log_in("jiaoyu").get(f"/w/grants/{grant.pk}/").content.decode()

    assert "使用记录的要求" in html
    assert html.count("不少于3年") == 2  # of the province, and of the nation
    assert "主管部门、提供部门" in html


def test_a_stranger_sees_no_grant(log_in: pages.LogIn, grant: Grant) -> None:
    assert log_in("weijian").get(f"/w/grants/{grant.pk}/").status_code == 403


def test_the_review_page_needs_a_fixed_number_of_queries(
    log_in: pages.LogIn,
    applied: Application,
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    browser, page = log_in("jiaoyu"), f"/w/cases/{applied.case.number}/"
    browser.get(page)

    with django_assert_num_queries(13):  # type: ignore[operator]
        browser.get(page)


@pytest.mark.clause("NA-27.2")
def test_under_the_national_text_only_its_three_grounds_are_offered_and_another_is_refused(
    log_in: pages.LogIn, grant: Grant, at: dt.datetime
) -> None:
    place = grant.dataset.provider.jurisdiction
    organisations.choose_regulation(place, profile_id="national-2025", actor=SYSTEM, at=at)
    path = f"/w/grants/{grant.pk}/"
    browser = log_in("jiaoyu")

    page = browser.get(path).content.decode()
    assert 'value="over_scope"' in page
    assert "idle_3_months" not in page
    order = {"trigger": "idle_3_months", "problem": "未调用", "rectify_by": "2026-11-25"}
    assert browser.post(path, order).status_code == 422
    assert not Case.objects.filter(kind="use_rectification").exists()


WITHHELD = dataclasses.replace(
    GRADUATES,
    sharing_type=SharingType.WITHHELD,
    withheld_basis="《统计法》第二十五条",
    withheld_basis_rank="law",
    sharing_condition="",
    sharing_purpose="",
)


@pytest.mark.clause("HN-16.4", "MC-19", "HZ-13.6", "HL-21.3", "NA-14")
@pytest.mark.parametrize(
    ("profile_id", "articles"),
    [
        ("henan-2020", None),
        ("model-city", None),
        ("huizhou-2024", None),
        ("heilongjiang-2025", ("HL-21.3", "HL-22.2")),
        ("national-2025", ("NA-14", "NA-21.2")),
        ("county-2024", ("CT-16.6", "CT-16.3")),
    ],
)
def test_the_page_of_withheld_data_offers_the_application_or_says_which_article_has_none(
    log_in: pages.LogIn,
    province: World,
    at: dt.datetime,
    profile_id: str,
    articles: tuple[str, ...] | None,
) -> None:
    dataset = added(province, WITHHELD, "HLJ-JY-0009", at)
    places.publish(dataset, provider=province.actor("jiaoyu"), at=at - dt.timedelta(days=5))
    home = dataset.provider.jurisdiction
    organisations.choose_regulation(home, profile_id=profile_id, actor=SYSTEM, at=at)
    html = log_in("zhufang").get(f"/w/datasets/{dataset.code}/").content.decode()
    offered = f'href="/w/datasets/{dataset.code}/apply/"' in html
    assert offered is (articles is None)
    assert ("没有这类数据的申请程序" in html) is (articles is not None)
    for article in articles or ():
        assert f'#{article}"' in html
    own = log_in("jiaoyu").get(f"/w/datasets/{dataset.code}/").content.decode()
    assert "没有这类数据的申请程序" not in own


@pytest.mark.clause("CT-21.1", "CT-21.2")
def test_a_system_that_waits_for_its_filing_is_filed_from_the_list(
    log_in: pages.LogIn, whole: World, at: dt.datetime
) -> None:
    walking.settle(at - dt.timedelta(days=20))
    home = whole.jurisdictions["230000"]
    organisations.choose_regulation(home, profile_id="county-2024", actor=SYSTEM, at=at)
    browser = log_in("yl-tg")
    browser.post("/w/clients/", {"name": "核验系统"})
    client = Client.objects.get(name="核验系统")
    assert not client.admitted
    page = f"/w/start/security_filing/?about=client&amp;reference={client.client_id}"
    assert page in browser.get("/w/clients/").content.decode()

    asked = {"title": "核验系统备案", "about": "client", "reference": client.client_id}
    tests = {"system_name": "x", "protection_test": "合格", "function_test": "合格"}
    posted = {f"fact_{name}": value for name, value in {**tests, "test_body": "某测评中心"}.items()}
    answer = browser.post("/w/start/security_filing/", {**asked, **posted, "act": "start"})
    assert answer.status_code == 302, walking.said(answer)
    case = Case.objects.get(kind="security_filing")
    assert case.subject == f"client:{client.client_id}"
    assert case.events.get().facts["system_name"] == "核验系统"


@pytest.mark.clause("HL-23.2")
def test_the_entry_and_the_case_say_who_decides_in_the_providers_place(
    log_in: pages.LogIn, province: World, shared: Dataset, at: dt.datetime
) -> None:
    provider = shared.provider
    below = Department.objects.filter(jurisdiction__parent=provider.jurisdiction)
    delegate, consumer = below.order_by("code")[:2]
    assert delegate.jurisdiction == consumer.jurisdiction
    case = cases.open_case(
        kind="whole_delegation",
        jurisdiction=provider.jurisdiction,
        subject="jurisdiction:230000",
        title="整体授权",
        parties={"provider": provider},
        facts={"area": "哈尔滨市", "delegate": delegate.code},
        actor=province.actor("jiaoyu"),
        at=at,
    )
    cases.take_step(case, "record.record", actor=province.actor("shuju"), facts={}, at=at)
    html = log_in("zhufang").get(f"/w/datasets/{shared.code}/").content.decode()
    assert f"哈尔滨市的使用部门提出的申请，由 {delegate.name} 直接受理" in html

    browser = log_in(consumer.posts.all()[0].person.username)
    browser.post(f"/w/datasets/{shared.code}/apply/", {**ANSWERS, "act": "submit"})
    number = Application.objects.get().case.number
    for reader in (consumer, delegate):
        browser = log_in(reader.posts.all()[0].person.username)
        answer = browser.get(f"/w/cases/{number}/").content.decode()
        assert "受权受理部门" in answer
        assert delegate.name in answer
    assert 'name="column-name"' in answer
    applied = Application.objects.get()
    made = sharing.decide(
        applied,
        decisions=dict.fromkeys(applied.items, "whole"),
        actor=people.actor_of(delegate.posts.all()[0].person, at.date()),
        at=at,
    )
    assert made is not None
    assert browser.get(f"/w/grants/{made.pk}/").status_code == 200, "the delegate reads its grant"
    stranger = log_in("minzheng")
    assert stranger.get(f"/w/grants/{made.pk}/").status_code == 403
