"""What is proposed from a file: types, identifiers, personal data, grades, key, sharing type."""

from datetime import date

import pyarrow as pa
import pytest

from huitong.catalogue import drafting, headers
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.types import (
    IdentifierKind,
    ItemType,
    Mask,
    OpeningType,
    Secrecy,
    SharingType,
)
from huitong.identifiers import making

TODAY = date(2026, 3, 2)
PEOPLE = [making.make_citizen_id("230102", date(1990, 1, 1 + n % 28), n + 1) for n in range(60)]
EMPLOYERS = [making.make_credit_code("230100", n) for n in range(60)]


def drafted(
    columns: dict[str, list[str | None]], *, title: str = "样例", **layout: object
) -> Draft:
    """Propose from columns by header, as a layout of `huitong_sources` would name them."""
    described = [{"header": header, "name": f"c{n}"} for n, header in enumerate(columns)]
    arrays = {f"c{n}": pa.array(values, pa.string()) for n, values in enumerate(columns.values())}
    rows = len(next(iter(columns.values())))
    sample = pa.table({"_line": pa.array(range(rows), pa.int64()), **arrays})
    layout = {"columns": described, **layout}
    return drafting.propose(sample, layout, title=title, data_format="csv", on=TODAY)


def graduates() -> Draft:
    return drafted(
        {
            "姓名": [f"张三{n}" for n in range(60)],
            "公民身份号码": PEOPLE,
            "手机号码": [f"138{n:08d}" for n in range(60)],
            "用人单位统一社会信用代码": EMPLOYERS,
            "毕业日期": ["2025年07月01日"] * 60,
            "学段": ["本科"] * 60,
        }
    )


def test_known_headers_get_english_names_and_unknown_ones_a_number() -> None:
    assert [item.name for item in graduates().items] == [
        "name",
        "citizen_id",
        "mobile",
        "employer_credit_code",
        "graduation_date",
        "item_06",
    ]


def test_the_layout_comes_back_with_the_items_names() -> None:
    draft = graduates()
    assert [c["name"] for c in draft.layout["columns"]] == [item.name for item in draft.items]
    assert draft.layout["columns"][0]["header"] == "姓名"


def test_identifiers_are_recognised_by_their_checks_and_stay_text() -> None:
    items = {item.name: item for item in graduates().items}
    assert items["citizen_id"].identifier is IdentifierKind.CITIZEN_ID
    assert items["employer_credit_code"].identifier is IdentifierKind.CREDIT_CODE
    assert items["citizen_id"].type is ItemType.TEXT


def test_an_identifier_is_recognised_without_its_header_and_with_some_broken_values() -> None:
    broken = [value[:-1] + ("0" if value[-1] != "0" else "1") for value in PEOPLE[:6]]
    draft = drafted({"号": broken + PEOPLE[6:]})
    assert draft.items[0].identifier is IdentifierKind.CITIZEN_ID


def test_eighteen_digits_that_fail_the_check_are_no_identifier() -> None:
    draft = drafted({"流水号": [f"{n:018d}" for n in range(1, 40)]})
    assert draft.items[0].identifier is None


def test_a_column_of_credit_codes_that_look_like_citizen_ids_is_judged_by_all_values() -> None:
    draft = drafted({"统一社会信用代码": EMPLOYERS})
    assert draft.items[0].identifier is IdentifierKind.CREDIT_CODE
    assert not draft.items[0].personal


def test_personal_data_is_flagged_with_grade_and_mask() -> None:
    items = {item.name: item for item in graduates().items}
    assert (items["name"].personal, items["name"].grade) == (True, 3)
    assert (items["citizen_id"].sensitive, items["citizen_id"].grade) == (True, 4)
    assert items["mobile"].mask_default is Mask.PHONE
    assert items["name"].mask_default is Mask.NAME
    assert items["item_06"].grade == 1


def test_the_telephone_and_address_of_an_institution_are_not_personal() -> None:
    draft = drafted(
        {"医院名称": ["甲医院", "乙医院"], "联系电话": ["0451-1"] * 2, "地址": ["南岗区"] * 2}
    )
    assert not any(item.personal for item in draft.items)


@pytest.mark.clause("HL-33.1", "HL-21.2")
def test_personal_data_is_proposed_as_conditional_with_conditions_and_never_as_open() -> None:
    draft = graduates()
    assert draft.sharing_type is SharingType.CONDITIONAL
    assert draft.sharing_condition
    assert draft.sharing_purpose
    assert draft.opening_type is OpeningType.WITHHELD
    assert "公民身份号码" in draft.closed_reason


def test_data_without_persons_is_proposed_as_open() -> None:
    draft = drafted({"学校标识码": ["4111010001", "4111010002"], "学校名称": ["甲", "乙"]})
    assert draft.sharing_type is SharingType.UNCONDITIONAL
    assert draft.opening_type is OpeningType.UNCONDITIONAL


@pytest.mark.parametrize(
    ("header", "values", "kind", "form"),
    [
        ("成文日期", ["1990年12月03日", "2020年1月5日"], ItemType.DATE, "YYYY年MM月DD日"),
        ("日期", ["20240105", "20241231"], ItemType.DATE, "YYYYMMDD"),
        ("数值", ["20240105", "20241231"], ItemType.INTEGER, ""),
        ("更新时间", ["2024-01-05 10:00:00"] * 2, ItemType.DATETIME, "YYYY-MM-DD HH:MM:SS"),
        ("数量", ["1", "-20"], ItemType.INTEGER, ""),
        ("数量", ["1", "007"], ItemType.TEXT, ""),
        ("金额", ["1.50", "3"], ItemType.DECIMAL, ""),
        ("金额", ["1e3", "3"], ItemType.TEXT, ""),
        ("学校标识码", ["4111010001", "4111010002"], ItemType.TEXT, ""),
        ("是否在用", ["是", "否"], ItemType.BOOLEAN, ""),
        ("空列", [None, ""], ItemType.TEXT, ""),
    ],
)
def test_types_are_guarded(
    header: str, values: list[str | None], kind: ItemType, form: str
) -> None:
    item = drafted({header: values}).items[0]
    assert (item.type, item.format) == (kind, form)


def test_the_key_is_a_code_even_when_a_row_number_is_unique_and_the_code_almost() -> None:
    codes = [f"{110000 + n}" for n in range(400)]
    codes[7] = codes[8]
    draft = drafted({"id": [str(n) for n in range(400)], "code": codes, "name": codes})
    assert draft.key == ("code",)
    assert [item.required for item in draft.items] == [False, True, False]


def test_without_anything_unique_no_key_is_proposed() -> None:
    assert drafted({"序号": ["1", "2"], "城市": ["哈尔滨", "哈尔滨"]}).key == ()


@pytest.mark.clause("HL-2", "HL-44")
@pytest.mark.parametrize(
    "draft",
    [
        lambda: drafted({"城市": ["哈尔滨"]}, title="机密★10年 人员名单"),
        lambda: drafted({"城市": ["哈尔滨"]}, titles=["绝密★启用前"]),
        lambda: drafted({"密级": ["公开", "秘密"], "城市": ["哈尔滨", "大庆"]}),
        lambda: drafted({"正文": ["内部", "秘密★"]}),
    ],
)
def test_marks_of_secrecy_are_found_and_declared(draft: object) -> None:
    made = draft()  # type: ignore[operator]
    assert made.secrecy is Secrecy.STATE_SECRET
    assert made.secret_marks


def test_words_about_secrecy_in_open_text_are_no_marks() -> None:
    made = drafted({"标题": ["关于保守国家秘密法实施条例的批复"], "密级": ["公开"]})
    assert made.secrecy is Secrecy.NON_SECRET


def test_names_are_never_repeated_and_always_identifiers() -> None:
    names = headers.names_for(["代码", "代码", "层次", "2024 Total", "_key", "", "Ünï"])
    assert len(set(names)) == len(names)
    assert all(name.isascii() and name.isidentifier() and name[0] != "_" for name in names)
