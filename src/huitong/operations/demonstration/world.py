"""A province with a city and a county, eight departments and their people. All invented.

The division codes are real (GB/T 2260), because codes that do not exist would be refused; the
people, passwords and credit codes are made for the demonstration.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from huitong.identifiers import making
from huitong.organisations import actions, queries
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole

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
    ("HLJ-SJ", "省数据局（演示）", "Provincial Data Bureau (demo)", "230000", "shuju", "何数", "贺总"),
    ("HLJ-JY", "省教育厅（演示）", "Department of Education (demo)", "230000", "jiaoyu", "田育", "唐校"),
    ("HLJ-RS", "省人力资源和社会保障厅（演示）", "Department of Human Resources (demo)", "230000", "renshe", "任社", "饶保"),
    ("HLJ-MZ", "省民政厅（演示）", "Department of Civil Affairs (demo)", "230000", "minzheng", "闵正", "梅政"),
    ("HLJ-WJ", "省卫生健康委员会（演示）", "Health Commission (demo)", "230000", "weijian", "魏健", "温康"),
    ("HRB-SJ", "市数据局（演示）", "City Data Bureau (demo)", "230100", "shishuju", "施数", "石总"),
    ("HRB-ZJ", "市住房保障中心（演示）", "City Housing Security Centre (demo)", "230100", "zhufang", "朱房", "祝安"),
    ("YL-SJ", "县营商环境局（演示）", "County Business Environment Bureau (demo)", "230123", "xianshuju", "谢县", "夏总"),
)
AUTHORITIES = {"230000": "HLJ-SJ", "230100": "HRB-SJ", "230123": "YL-SJ"}


@dataclass(frozen=True)
class Account:
    """What a visitor of the demonstration logs in with."""

    username: str
    name: str
    department: str
    duty_zh: str


@dataclass(frozen=True)
class World:
    """The founded province; people are found by user name."""

    jurisdictions: dict[str, Jurisdiction]
    departments: dict[str, Department]
    on: dt.date

    def actor(self, username: str) -> Actor:
        """Return the person, acting for the department of the first post."""
        person = Person.objects.get(username=username)
        return queries.actor_of(person, self.on)


def accounts() -> tuple[Account, ...]:
    """Return every account of the demonstration, officers first."""
    officers = [
        Account(officer, name, department, "经办人")
        for _, department, _, _, officer, name, _ in DEPARTMENTS
    ]
    heads = [
        Account(f"{officer}-head", head, department, "负责人")
        for _, department, _, _, officer, _, head in DEPARTMENTS
    ]
    return tuple(officers + heads)


@transaction.atomic
def found(*, at: dt.datetime) -> World:
    """Found jurisdictions, departments, duties and people; every act is in the ledger."""
    jurisdictions: dict[str, Jurisdiction] = {}
    for code, name, name_en, level, parent in JURISDICTIONS:
        jurisdictions[code] = actions.found_jurisdiction(
            code=code,
            name=name,
            name_en=name_en,
            level=level,
            parent=jurisdictions[parent] if parent else None,
            profile_id=PROFILE if parent is None else "",
            actor=SYSTEM,
            at=at,
        )
    departments: dict[str, Department] = {}
    for number, (code, name, name_en, area, officer, officer_name, head) in enumerate(DEPARTMENTS):
        departments[code] = actions.found_department(
            code=code,
            name=name,
            name_en=name_en,
            jurisdiction=jurisdictions[area],
            credit_code=making.make_credit_code(area, 11_000_000 + number),
            actor=SYSTEM,
            at=at,
        )
        for username, person_name, role in (
            (officer, officer_name, PostRole.OFFICER),
            (f"{officer}-head", head, PostRole.HEAD),
        ):
            person = actions.register_person(
                username=username, name=person_name, password=PASSWORD, actor=SYSTEM, at=at
            )
            actions.appoint(
                person=person, department=departments[code], role=role, actor=SYSTEM, at=at
            )
    for area, department in AUTHORITIES.items():
        for duty in DUTIES:
            actions.assign_duty(
                jurisdiction=jurisdictions[area],
                duty=duty,
                department=departments[department],
                actor=SYSTEM,
                at=at,
            )
    return World(jurisdictions, departments, at.date())


def existing(*, on: dt.date) -> World:
    """Return the province that is already in the database."""
    return World(
        {x.code: x for x in Jurisdiction.objects.all()},
        {x.code: x for x in Department.objects.select_related("jurisdiction")},
        on,
    )
