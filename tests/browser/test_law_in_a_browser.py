"""The pages of the law without JavaScript, on paper, and by their old addresses."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.conftest import Opener, follow

pytestmark = pytest.mark.browser


def test_two_texts_are_chosen_and_compared_without_scripts(open_page: Opener) -> None:
    page = open_page("/law/", scripts=False)
    page.get_by_role("link", name="并排比较两部规定").click()
    page.select_option("#a", "model-city")
    page.select_option("#b", "huizhou-2024")
    page.select_option("#kind", "correction_consumer")
    follow(page, "main form button[type=submit]")

    page.wait_for_url("**/law/compare/?a=model-city&b=huizhou-2024&kind=correction_consumer")
    expect(page.locator("main")).to_contain_text("自收到之日起5个工作日")
    expect(page.locator("main")).to_contain_text("自收到之日起10个工作日")


def test_clauses_are_filtered_and_lead_to_the_procedure_without_scripts(open_page: Opener) -> None:
    page = open_page("/law/heilongjiang-2025/", scripts=False)
    page.get_by_role("navigation", name="筛选条款").get_by_text("只看期限").click()
    number = page.locator("article.clause").count()
    page.locator("[id='HL-22.3']").get_by_role("link", name="有条件共享申请").first.click()

    assert 0 < number < 98
    page.wait_for_url("**/law/heilongjiang-2025/share_application_conditional/")
    assert page.locator("svg.flow rect").count() > 3


@pytest.mark.parametrize("path", ["/law/#HL-22.3", "/law/heilongjiang-2025/#HL-22.3"])
def test_old_and_new_addresses_of_a_clause_show_it(open_page: Opener, path: str) -> None:
    page = open_page(path)

    expect(page.locator("[id='HL-22.3']")).to_be_in_viewport()


def test_on_paper_the_clauses_stand_beside_what_is_done_and_nothing_is_to_be_clicked(
    open_page: Opener,
) -> None:
    page = open_page("/law/heilongjiang-2025/")
    page.emulate_media(media="print")
    says = page.locator("[id='HL-22.3'] .says").bounding_box()
    does = page.locator("[id='HL-22.3'] .does").bounding_box()

    expect(page.get_by_role("navigation", name="筛选条款")).to_be_hidden()
    expect(page.locator(".top .tools")).to_be_hidden()
    assert says is not None
    assert does is not None
    assert says["y"] == does["y"]
    assert says["x"] < does["x"]


def test_in_english_the_pages_speak_english_and_pass_axe(open_page: Opener) -> None:
    for path in ("/law/heilongjiang-2025/health/", "/law/huizhou-2024/demand/"):
        page = open_page(path, english=True)

        assert page.locator("html").get_attribute("lang") == "en"
        assert not re.search(r"[\u4e00-\u9fff]", page.locator("main").inner_text())
        assert not Axe().run(page).response["violations"]
