"""Who plays: the invented province as plain tables.

The division codes are real (GB/T 2260), because codes that do not exist would be refused; people,
passwords and credit codes are made for the demonstration.
"""

from dataclasses import dataclass

from huitong.organisations.types import Level

PROFILE = "heilongjiang-2025"
# Known to everyone who reads this: a demonstration home says so on its log-in page.
PASSWORD = "huitong-demo-2026"  # noqa: S105
DUTIES = ("catalogue", "sharing", "opening", "supervision")

JURISDICTIONS = (
    ("230000", "黑龙江省", "Heilongjiang Province", Level.PROVINCE, None),
    ("230100", "哈尔滨市", "Harbin", Level.CITY, "230000"),
    ("230123", "依兰县", "Yilan County", Level.COUNTY, "230100"),
)
# code, name, English, jurisdiction, officer's user name, officer's name, head's name
DEPARTMENTS = (
    (
        "HLJ-SJ",
        "省数据局（演示）",
        "Provincial Data Bureau (demo)",
        "230000",
        "shuju",
        "何数",
        "贺总",
    ),
    (
        "HLJ-JY",
        "省教育厅（演示）",
        "Department of Education (demo)",
        "230000",
        "jiaoyu",
        "田育",
        "唐校",
    ),
    (
        "HLJ-RS",
        "省人力资源和社会保障厅（演示）",
        "Department of Human Resources (demo)",
        "230000",
        "renshe",
        "任社",
        "饶保",
    ),
    (
        "HLJ-MZ",
        "省民政厅（演示）",
        "Department of Civil Affairs (demo)",
        "230000",
        "minzheng",
        "闵正",
        "梅政",
    ),
    (
        "HLJ-WJ",
        "省卫生健康委员会（演示）",
        "Health Commission (demo)",
        "230000",
        "weijian",
        "魏健",
        "温康",
    ),
    ("HRB-SJ", "市数据局（演示）", "City Data Bureau (demo)", "230100", "shishuju", "施数", "石总"),
    (
        "HRB-ZJ",
        "市住房保障中心（演示）",
        "City Housing Security Centre (demo)",
        "230100",
        "zhufang",
        "朱房",
        "祝安",
    ),
    (
        "YL-SJ",
        "县营商环境局（演示）",
        "County Business Environment Bureau (demo)",
        "230123",
        "xianshuju",
        "谢县",
        "夏总",
    ),
)
# The one body that is no government department: code → (kind of body, law that authorises it).
INSTITUTIONS = {"HRB-ZJ": ("authorised_institution", "《哈尔滨市住房保障条例（演示）》第五条")}
UNIT = "数据资源处（演示）"
AUTHORITIES = {"230000": "HLJ-SJ", "230100": "HRB-SJ", "230123": "YL-SJ"}


@dataclass(frozen=True)
class Account:
    """What a visitor of the demonstration logs in with."""

    username: str
    name: str
    department: str
    duty_zh: str


def accounts() -> tuple[Account, ...]:
    """Return every account of the demonstration, officers first."""
    officers = [
        Account(officer, name, department, "经办人")
        for department, _, _, _, officer, name, _ in DEPARTMENTS
    ]
    heads = [
        Account(f"{officer}-head", head, department, "负责人")
        for department, _, _, _, officer, _, head in DEPARTMENTS
    ]
    return tuple(officers + heads)


def officer_of(department: str) -> str:
    """Return the user name of a department's officer."""
    return {code: officer for code, _, _, _, officer, _, _ in DEPARTMENTS}[department]
