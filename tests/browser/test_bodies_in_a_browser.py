"""Merging a department, as people see it: what goes to whom, before anybody confirms."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.conftest import Opener, Site, follow

pytestmark = pytest.mark.browser

END = "/w/organisations/HRB-ZJ/end/"
PICTURES = os.environ.get("HUITONG_LOOK", "")


@pytest.mark.parametrize(
    ("scheme", "width", "scripts"),
    [("light", 1280, True), ("dark", 1280, False), ("light", 390, True)],
)
def test_what_goes_to_whom_is_read_with_and_without_scripts(
    open_page: Opener, site: Site, scheme: str, width: int, scripts: bool
) -> None:
    page = open_page(END, user="shuju-head", scheme=scheme, width=width, scripts=scripts)
    heir = page.locator("#id_successor option", has_text="市数据局").get_attribute("value")
    page.select_option("#id_successor", heir)
    page.fill("#id_day", "2026-11-20")
    page.fill("#id_paper", "哈编发〔2026〕8号")
    follow(page, "main form.card button[type=submit]")

    text = page.inner_text("main")
    assert "名义继续，目的和范围不变" in text
    assert "登记后不能撤回" in text
    if scripts:
        found = Axe().run(page).response["violations"]
        assert not [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0
    assert not page.faults  # type: ignore[attr-defined]
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"end-{scheme}-{width}.png", full_page=True)
        page.emulate_media(media="print")
        page.screenshot(path=Path(PICTURES) / f"end-{scheme}-{width}-print.png", full_page=True)


def test_a_wrong_form_leads_to_its_fields_and_changes_nothing(open_page: Opener) -> None:
    page = open_page(END, user="shuju-head")
    page.fill("#id_day", "2026-11-20")
    follow(page, "main form.card button[type=submit]")

    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.click("[data-error-summary] a[href='#id_paper']")
    assert page.evaluate("document.activeElement.id") == "id_paper"
