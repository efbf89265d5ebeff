"""Every page as people see it: axe, light and dark, phone and desktop, no sideways scroll."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from browser.conftest import SCREENSHOTS, Opener, Site, follow

pytestmark = pytest.mark.browser

# name, user, path (numbers of `Site` in braces), taken for the README
PAGES = (
    ("login", "", "/w/login/", False),
    ("portal-home", "", "/", True),
    ("search", "", "/search/?q=学校&theme=教育", True),
    ("portal-dataset", "", "/datasets/HLJ-JY-0002/", True),
    ("law", "", "/law/", False),
    ("law-text", "", "/law/heilongjiang-2025/", False),
    ("law-text-unproved", "", "/law/model-city/?show=unproved", False),
    ("law-kind", "", "/law/national-2025/share_application_conditional/", False),
    ("law-kind-absent", "", "/law/model-city/use_rectification/", False),
    ("law-compare", "", "/law/compare/?a=heilongjiang-2025&b=national-2025", False),
    ("law-health", "", "/law/heilongjiang-2025/health/", False),
    ("law-uses", "shuju", "/law/heilongjiang-2025/uses/HL-12.3/", False),
    ("display", "", "/display/", False),
    ("todo", "jiaoyu", "/w/", True),
    ("start", "zhufang", "/w/start/", False),
    ("start-kind", "zhufang", "/w/start/demand/", False),
    (
        "start-from-grant",
        "zhufang",
        "/w/start/use_change/?about=grant&reference={grant}&as=consumer",
        False,
    ),
    ("start-absent", "zhufang", "/w/start/share_extension/", False),
    ("requests", "", "/requests/", False),
    ("request-new", "", "/requests/new/correction_subject/?dataset=HLJ-JY-0002", False),
    ("notices", "shuju", "/w/notices/", False),
    ("periods", "jiaoyu", "/w/periods/", False),
    ("calendar", "shuju", "/w/calendar/", False),
    ("cases", "shuju", "/w/cases/", False),
    ("cases-found", "shuju", "/w/cases/?q=学校&kind=catalogue_review&standing=closed", False),
    ("review", "jiaoyu", "/w/cases/{application}/", True),
    ("catalogue-review", "shuju", "/w/cases/{review}/", True),
    ("rectification", "zhufang", "/w/cases/{order}/", False),
    ("datasets", "jiaoyu", "/w/datasets/", False),
    ("dataset", "jiaoyu", "/w/datasets/HLJ-JY-0001/", False),
    ("dataset-edit", "jiaoyu", "/w/datasets/HLJ-JY-0003/edit/", True),
    ("dataset-new", "jiaoyu", "/w/drafts/new/", False),
    ("dataset-confirm", "jiaoyu", "/w/drafts/confirm/", False),
    ("dataset-submit", "jiaoyu", "/w/datasets/HLJ-JY-0006/submit/", False),
    ("dataset-withdraw", "jiaoyu", "/w/datasets/HLJ-JY-0001/withdraw/", False),
    ("dataset-close", "jiaoyu", "/w/datasets/HLJ-JY-0002/close/", False),
    ("posts", "renshe", "/w/posts/", False),
    ("deliveries", "jiaoyu", "/w/deliveries/", False),
    ("deliver", "jiaoyu", "/w/datasets/HLJ-JY-0001/deliver/", False),
    ("quarantine", "jiaoyu", "/w/batches/{batch}/", True),
    ("apply", "minzheng", "/w/datasets/HLJ-JY-0001/apply/", False),
    ("grants", "zhufang", "/w/grants/", False),
    ("grant", "jiaoyu", "/w/grants/{grant}/", False),
    ("grant-held", "zhufang", "/w/grants/{grant}/", False),
    ("clients", "zhufang", "/w/clients/", False),
    ("client-stop", "zhufang", "/w/clients/{client}/stop/", False),
    ("organisations", "jiaoyu", "/w/organisations/", False),
    ("place", "shuju", "/w/places/230000/", False),
    ("organisation", "jiaoyu", "/w/organisations/HLJ-JY/", False),
    ("organisation-people", "jiaoyu-head", "/w/organisations/HLJ-JY/people/", False),
    ("organisation-found", "shuju-head", "/w/places/230000/departments/", False),
    ("place-found", "shuju-head", "/w/places/230000/below/", False),
    ("organisation-act", "shuju-head", "/w/organisations/HLJ-JY/acts/rename/", False),
    ("organisation-end", "shuju-head", "/w/organisations/HRB-ZJ/end/", False),
    ("place-end", "shuju-head", "/w/places/230100/end/", False),
    ("place-act", "shuju-head", "/w/places/230123/acts/recode/", False),
    ("book-new", "shuju", "/w/organisations/HLJ-SJ/books/task/", False),
    ("registers", "shuju", "/w/registers/", False),
    ("register", "shuju", "/w/registers/violation/?state=all", False),
    ("public-register", "", "/registers/operation/", False),
    ("ledger", "shuju", "/w/ledger/", True),
    ("refused", "minzheng", "/w/datasets/HLJ-JY-0003/", False),
)


def propose(page: Page, site: Site) -> None:
    """Have an entry proposed from a file, so that there is something to confirm."""
    page.goto("/w/drafts/new/")
    page.set_input_files("#id_file", str(site.numbers["schools"]))
    follow(page, "main form button[type=submit]")
    page.wait_for_url("**/w/drafts/confirm/")


OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"

# Pages that are empty until something was done in the same browser.
FIRST = {"dataset-confirm": propose}


# One load for all three: colours and widths are the style sheet's matter alone.
LOOKS = (("light", 1280, ""), ("dark", 1280, "-dark"), ("light", 390, "-phone"))


@pytest.mark.parametrize(("name", "user", "path", "shown"), PAGES, ids=[one[0] for one in PAGES])
def test_page(open_page: Opener, site: Site, name: str, user: str, path: str, shown: bool) -> None:
    page = open_page(path.format(**site.numbers), user=user)
    if name in FIRST:
        FIRST[name](page, site)
    assert page.url.startswith(site.url + path.format(**site.numbers).partition("?")[0])

    # A refusal is a page too, and would pass for the one that was asked for.
    assert page.evaluate(STATUS) == (403 if name == "refused" else 200)

    for scheme, width, end in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        assert not _violations(page), (scheme, width)
        assert page.evaluate(OVERFLOW) <= 0, (scheme, width)
        if shown and os.environ.get("HUITONG_SCREENSHOTS") == "1":
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}{end}.png", full_page=True)
    assert not page.faults  # type: ignore[attr-defined]


def _violations(page: Page) -> list[tuple[str, list[object]]]:
    """Return what axe finds: each rule with the elements that break it."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("path", ["/", "/search/?q=学校", "/datasets/HLJ-JY-0002/", "/w/login/"])
def test_320_pixels_are_enough(open_page: Opener, path: str) -> None:
    page = open_page(path, width=320)

    assert page.evaluate(OVERFLOW) <= 0


def test_large_text_and_high_contrast_are_kept_and_pass_axe(open_page: Opener) -> None:
    page = open_page("/display/", width=390)
    page.check("input[name=contrast][value=more]")
    page.check("input[name=text][value=large]")
    page.check("input[name=theme][value=dark]")
    follow(page, "main button[type=submit]")
    page.goto("/datasets/HLJ-JY-0002/")

    assert page.locator("html").get_attribute("data-contrast") == "more"
    assert not Axe().run(page).response["violations"]
    assert page.evaluate(OVERFLOW) <= 0


def test_english_pages_hold_no_chinese_of_ours(open_page: Opener) -> None:
    page = open_page("/", english=True)

    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Find data"
    assert not Axe().run(page).response["violations"]
