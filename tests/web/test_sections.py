"""The menu shows where a page stands, however deep the page lies."""

from huitong.operations.demonstration.world import World
from huitong.web import sections, urls
from web import pages

# Reached from the head of each page, not from the menu; or no pages of their own.
OF_NO_ENTRY = {
    "login", "logout", "posts", "delivery-status", "applicant-erase", "case-file", "register-csv",
    "book-file", "ledger-verify", "entry-receipt",
}  # fmt: skip


def test_every_address_of_the_workbench_belongs_to_one_entry_of_the_menu() -> None:
    addresses = {one.name for one in urls.workbench}
    entries = [page for section, below in sections.PAGES.items() for page in (section, *below)]

    assert len(entries) == len(set(entries))
    assert {name for name in addresses if not sections.section_of(str(name))} == OF_NO_ENTRY
    assert set(entries) <= addresses


def test_a_form_below_an_entry_marks_it(log_in: pages.LogIn, province: World) -> None:
    html = log_in("shuju-head").get("/w/places/230000/below/").content.decode()

    assert 'href="/w/organisations/" aria-current="page"' in html
    assert html.count('aria-current="page">') == 2  # the menu's entry and the last of the trail
