"""The application form as a PDF: what it says, and that its characters are characters."""

import io

import pytest
from pypdf import PdfReader

from catalogue.world import GRADUATES, LATER, World
from huitong.sharing import actions, forms
from sharing.applying import WHOLE, apply


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.clause("HL-22.1")
def test_the_form_states_what_the_article_asks_for(world: World) -> None:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    text = text_of(forms.application_pdf(application)).replace("\n", "")

    for words in (
        application.case.number,
        "政务数据共享申请表",
        "高校毕业生就业补贴审核",
        "《就业促进法》第四十四条",
        "2025年毕业生",
        "公民身份号码",
        "省教育厅",
        "省人力资源和社会保障厅",
        "2026-12-31",
        "待审核",
        "第二十二条",
    ):
        assert words in text, words


def test_the_form_prints_the_decision_once_there_is_one(world: World) -> None:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    decisions = WHOLE | {"name": "refused"}
    actions.decide(application, decisions=decisions, actor=world.teacher, at=LATER, reason="非必要")
    text = text_of(forms.application_pdf(application))
    assert "脱敏" in text
    assert "不同意" in text
    assert "待审核" not in text


def test_the_form_prints_to_which_rows_the_data_is_limited(world: World) -> None:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    assert "行范围" not in text_of(forms.application_pdf(application))
    rows = {"column": "division", "in": ["230102", "230103"]}
    actions.decide(application, decisions=WHOLE, row_filter=rows, actor=world.teacher, at=LATER)
    text = text_of(forms.application_pdf(application)).replace("\n", "")
    assert "只提供“所在地”为下列取值的行：230102、230103" in text


def test_a_refused_application_is_printed_as_one(world: World) -> None:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    actions.refuse(application, reason="非必要", actor=world.teacher, at=LATER)
    text = text_of(forms.application_pdf(application))
    assert text.count("不同意") == 3


def test_markup_in_an_application_is_printed_and_not_run(world: World) -> None:
    hostile = '#panic("x") *粗* $ \\ "引号" #include "/etc/passwd"'
    application = apply(world, world.publish(GRADUATES, "graduates"), scenario=hostile)
    text = text_of(forms.application_pdf(application)).replace("\n", "")
    assert '#panic("x")' in text
    assert "root:" not in text


def test_every_character_has_a_glyph_in_the_embedded_font(world: World) -> None:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    page = PdfReader(io.BytesIO(forms.application_pdf(application))).pages[0]
    fonts = page["/Resources"]["/Font"]
    names = {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    assert names
    assert all("NotoSansCJK" in name for name in names)
    assert "\x00" not in page.extract_text()  # the empty box has no character


def test_a_character_without_glyph_would_be_seen(world: World) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    application = apply(world, graduates, scenario="埃及 \U00013000")
    assert "\x00" in text_of(forms.application_pdf(application))
