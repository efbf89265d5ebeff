"""Starting a case and asking from outside, in a browser without scripts and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.conftest import Opener, follow

pytestmark = pytest.mark.browser


def test_a_department_is_found_and_chosen_without_scripts(open_page: Opener) -> None:
    page = open_page("/w/start/demand/", user="zhufang", scripts=False)
    page.fill("#id_party_provider", "教育")
    follow(page, "button[value=find]")
    page.check("input[name=pick_provider][value='HLJ-JY']")

    assert page.input_value("#id_party_provider") == "教育"
    assert page.locator("[data-error-summary]").count() == 0


@pytest.mark.clause("HL-24.2")
@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 390)])
def test_somebody_without_an_account_asks_and_follows(
    open_page: Opener, scheme: str, width: int
) -> None:
    page = open_page("/requests/new/correction_subject/", scheme=scheme, width=width, scripts=False)
    page.fill("#id_name", "满意中")
    page.fill("#id_contact", "13900001111")
    page.fill("#id_party_provider", "HLJ-JY")
    page.fill("#id_fact_disputed_items", "毕业院校")
    page.select_option("#id_fact_error_kind", "inaccurate")
    follow(page, "button[value=start]")
    code = page.locator("#receipt-code").inner_text()
    number = page.locator("main dd code").first.inner_text()
    page.goto("/requests/")
    page.fill("#id_number", number)
    page.fill("#id_code", code)
    follow(page, "aside button[type=submit]")

    assert page.url.endswith(f"/requests/{number}/")
    assert "承办部门应于" in page.content()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.locator("main").count() == 1
    again = open_page("/requests/", scheme=scheme, width=width)
    again.fill("#id_number", number)
    again.fill("#id_code", code)
    follow(again, "aside button[type=submit]")
    found = Axe().run(again).response["violations"]
    assert not [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
    assert again.evaluate(overflow) <= 0
    assert not again.faults  # type: ignore[attr-defined]
