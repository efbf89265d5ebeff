"""What a person confirms about the proposed drafts: the part that no program may decide."""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.types import OpeningType, SharingType, UpdateFrequency
from huitong.operations.demonstration import cast


@dataclass(frozen=True)
class Entry:
    """One dataset of the demonstration: its file, its words, its key and what the file declares."""

    code: str
    path: Path
    words: dict[str, Any]
    key: tuple[str, ...] = ()
    version_column: str = ""
    required: tuple[str, ...] = ()
    patterns: dict[str, str] = field(default_factory=dict)
    personal: bool = False
    declared: dict[str, Any] | None = None

    def confirm(self, draft: Draft) -> Draft:
        """Return the draft with the words, the key by its headers, and the types of sharing."""
        by_title = {item.title.strip(): item.name for item in draft.items}
        by_name = {item.name: item.name for item in draft.items}
        names = by_title | by_name
        return dataclasses.replace(
            draft,
            **self.words,
            items=tuple(self._item(item) for item in draft.items),
            key=tuple(names[title] for title in self.key),
            version_column=names[self.version_column] if self.version_column else "",
        )

    def _item(self, item: DraftItem) -> DraftItem:
        rules = item.rules
        if item.title in self.patterns:
            rules = (*rules, {"rule": "pattern", "pattern": self.patterns[item.title]})
        required = item.required or item.title in self.required
        return dataclasses.replace(item, required=required, rules=rules)


_OPEN = {
    "update_frequency": UpdateFrequency.YEARLY,
    "sharing_type": SharingType.UNCONDITIONAL,
    "sharing_condition": "",
    "sharing_purpose": "",
    "opening_type": OpeningType.UNCONDITIONAL,
    "opening_condition": "",
    "closed_reason": "",
}


def graduates(path: Path, rows: int) -> Entry:
    """Return the dataset with personal data: conditional, never open."""
    return Entry(
        code="HLJ-JY-0001",
        path=path,
        words={
            "title": "高校毕业生就业登记信息",
            "title_en": "Employment of graduates",
            "summary": "高校毕业生去向登记：姓名、证件号码、联系方式、毕业院校、就业单位、状态。",
            "theme": "教育",
            "update_frequency": UpdateFrequency.WEEKLY,
            "sharing_type": SharingType.CONDITIONAL,
            "sharing_condition": "限省内各级政府部门因履行法定职责使用，按最小必要范围逐项审核。",
            "sharing_purpose": "就业服务、住房保障、社会救助资格核验。",
            "opening_type": OpeningType.WITHHELD,
            "opening_condition": "",
            "closed_reason": "含自然人身份号码、姓名、联系电话，涉及个人隐私。",
        },
        key=("公民身份号码",),
        version_column="更新日期",
        required=("姓名",),
        patterns={"联系电话": "1[3-9][0-9]{9}"},
        personal=True,
        declared={"rows": rows},
    )


def schools(path: Path, rows: int) -> Entry:
    """Return the made dataset without personal data that ends on the portal."""
    return Entry(
        code="HLJ-JY-0002",
        path=path,
        words=_OPEN
        | {
            "title": "高等学校名单（演示）",
            "title_en": "Universities and colleges (demo)",
            "summary": "全省高等学校名称、主管部门、所在地、办学层次和在校生人数。",
            "theme": "教育",
        },
        key=("学校标识码",),
        declared={"rows": rows},
    )


def real(folder: Path) -> list[Entry]:
    """Return the datasets of the real files, each with what its publisher says it holds."""
    return [
        Entry(
            code="HLJ-JY-0002",
            path=folder / "A01_moe_universities_2025.xls",
            words=_OPEN
            | {
                "title": "全国高等学校名单",
                "title_en": "Universities of China",
                "summary": "学校名称、学校标识码、主管部门、所在地、办学层次，按省份分组公布。",
                "theme": "教育",
            },
            key=("学校标识码",),
            declared={"rows": 2919},
        ),
        Entry(
            code="HLJ-WJ-0001",
            path=folder / "A05_fever_clinics_gb18030.csv",
            words=_OPEN
            | {
                "title": "发热门诊名单",
                "title_en": "Fever clinics",
                "summary": "设有发热门诊的医疗机构名称、所在省市和地址。",
                "theme": "卫生健康",
            },
            declared={"rows": 2083},
        ),
        Entry(
            code="HLJ-MZ-0001",
            path=folder / "A02_gb2260_divisions_with_history.csv",
            words=_OPEN
            | {
                "title": "行政区划代码（含历史沿革）",
                "title_en": "Division codes with history",
                "summary": "行政区划代码、名称、曾用名、层级、坐标和撤销标志。",
                "theme": "民政",
            },
            key=("code",),
            declared={"rows": 6564},
        ),
        Entry(
            code="HLJ-SJ-0001",
            path=folder / "A08_uscc_code_vectors.csv",
            words=_OPEN
            | {
                "title": "统一社会信用代码校验样例",
                "title_en": "Vectors of the social credit code",
                "summary": "统一社会信用代码及其来源、校验结论，供各部门核对校验程序。",
                "theme": "市场监管",
            },
            declared={"rows": 129},
        ),
    ]


def officer_of(code: str) -> str:
    """Return the user name of the officer whose department the dataset's code names."""
    return cast.officer_of(code.rsplit("-", 1)[0])
