"""What people do, with the keyboard, with scripts and without them."""

from pathlib import Path

import pytest

from browser.conftest import Opener, Site, follow

pytestmark = pytest.mark.browser

CSV = (
    "学校标识码,学校名称,主管部门,所在地,办学层次,在校生数\n"
    "4123000001,演示大学,黑龙江省,哈尔滨市,本科,1200\n"
    "4123000001,另一大学,黑龙江省,哈尔滨市,本科,1300\n"
    "4123000002,演示学院,黑龙江省,大庆市,专科,800\n"
)


def test_the_first_tab_leads_to_the_content(open_page: Opener) -> None:
    page = open_page("/w/", user="jiaoyu")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_an_error_summary_takes_the_focus_and_leads_to_the_field(
    open_page: Opener, site: Site
) -> None:
    page = open_page(f"/w/cases/{site.numbers['application']}/", user="jiaoyu")
    page.check("input[name=step][value='reply.refuse']")
    follow(page, "#decision button[type=submit]")

    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.click("[data-error-summary] a[href='#id_fact_reason']")
    assert page.evaluate("document.activeElement.id") == "id_fact_reason"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_delivery_is_followed_to_its_receipt(
    open_page: Opener, site: Site, tmp_path: Path, scripts: bool
) -> None:
    file = tmp_path / "schools.csv"
    file.write_text(CSV + f"412300000{3 + scripts},演示专科,黑龙江省,伊春市,专科,300\n", "utf-8")
    page = open_page("/w/datasets/HLJ-JY-0002/deliver/", user="jiaoyu", scripts=scripts)
    page.set_input_files("#id_file", file)
    page.fill("#id_rows", "4")
    follow(page, "form[data-upload] button[type=submit]")
    page.wait_for_url("**/w/deliveries/*/")
    site.work()
    if scripts:
        page.wait_for_selector("#delivery a[href^='/w/batches/']")
    else:
        follow(page, "text=刷新")
    follow(page, "#delivery a[href^='/w/batches/']")

    assert page.locator("h1").inner_text() == "归集回执"
    assert "账目相符" in page.content()
    assert "同一主键，不同内容：4123000001" in page.content()


def test_the_menu_opens_on_a_phone_without_scripts(open_page: Opener) -> None:
    page = open_page("/w/", user="jiaoyu", width=390, scripts=False)
    assert not page.locator("#side").is_visible()
    page.click("header a[href='#side']")

    assert page.locator("#side").is_visible()


def test_a4_print_leaves_out_what_paper_does_not_need(open_page: Opener, site: Site) -> None:
    page = open_page(f"/w/cases/{site.numbers['application']}/", user="jiaoyu")
    page.emulate_media(media="print")

    assert not page.locator("#side").is_visible()
    assert not page.locator("#decision").is_visible()
    assert page.locator(".due .print-only").is_visible(), "why the day is due is printed"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_an_application_goes_through_the_check_of_answers(open_page: Opener) -> None:
    page = open_page("/w/datasets/HLJ-JY-0001/apply/", user="weijian")
    page.check("input[name=columns] >> nth=0")
    for field in ("scenario", "scope", "basis", "purpose"):
        page.fill(f"#id_{field}", f"{field}：传染病防控")
    page.fill("#id_use_until", "2030-12-31")
    follow(page, "main form button[type=submit]")
    assert page.locator("h1").inner_text() == "提交前请核对"
    follow(page, "button[value=change]")
    assert page.input_value("#id_scenario") == "scenario：传染病防控"
    follow(page, "main form button[type=submit]")
    follow(page, "button[value=submit]")

    assert "已提交" in page.content()
    assert "提供部门审核" in page.content()
