"""A province with its authority, two departments and a city's, and two entries to work with."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from huitong.catalogue import actions
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import (
    IdentifierKind,
    ItemType,
    Mask,
    OpeningType,
    Secrecy,
    SharingType,
    UpdateFrequency,
)
from huitong.organisations import actions as organisations
from huitong.organisations import queries
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
LATER = NOON + timedelta(hours=1)
DUTIES = ("catalogue", "sharing", "opening", "supervision")

GRADUATES = Draft(
    title="高校毕业生就业登记",
    title_en="Employment of graduates",
    summary="本省高等学校毕业生的就业单位",
    update_frequency=UpdateFrequency.YEARLY,
    data_format="csv",
    sharing_type=SharingType.CONDITIONAL,
    sharing_condition="仅限办理就业补贴的部门",
    sharing_purpose="核验就业状况",
    opening_type=OpeningType.WITHHELD,
    closed_reason="含个人信息",
    secrecy=Secrecy.NON_SECRET,
    key=("citizen_id",),
    items=(
        DraftItem(
            "citizen_id",
            "公民身份号码",
            identifier=IdentifierKind.CITIZEN_ID,
            personal=True,
            sensitive=True,
            grade=4,
            mask_default=Mask.CITIZEN_ID,
            required=True,
        ),
        DraftItem("name", "姓名", personal=True, grade=3, mask_default=Mask.NAME),
        DraftItem("mobile", "手机号码", personal=True, grade=3, mask_default=Mask.PHONE),
        DraftItem("employer", "用人单位"),
        DraftItem("division", "所在地"),
    ),
)
SCHOOLS = Draft(
    title="普通高等学校名单",
    title_en="Universities and colleges",
    summary="教育部批准的高等学校",
    theme="教育",
    update_frequency=UpdateFrequency.YEARLY,
    data_format="xls",
    sharing_type=SharingType.UNCONDITIONAL,
    opening_type=OpeningType.UNCONDITIONAL,
    secrecy=Secrecy.NON_SECRET,
    key=("school_code",),
    items=(
        DraftItem("school_code", "学校标识码", length=10, required=True),
        DraftItem("school_name", "学校名称"),
        DraftItem("students", "在校生数", ItemType.INTEGER),
    ),
)
WITHHELD = replace(
    SCHOOLS,
    title="不予共享样例",
    sharing_type=SharingType.WITHHELD,
    withheld_basis="《统计法》第二十五条",
    withheld_basis_rank="law",
)


@dataclass(frozen=True)
class World:
    """Who is there; each person as an `Actor` of NOON's day."""

    province: Jurisdiction
    city: Jurisdiction
    authority: Department
    education: Department
    labour: Department
    teacher: Actor
    clerk: Actor
    regulator: Actor

    def add(self, draft: Draft, code: str) -> Dataset:
        """Add a dataset of the education department."""
        return actions.add_dataset(
            draft, code=code, provider=self.education, actor=self.teacher, at=NOON
        )

    def publish(self, draft: Draft, code: str) -> Dataset:
        """Add a dataset and take it through review."""
        dataset = self.add(draft, code)
        actions.submit_dataset(dataset, actor=self.teacher, at=NOON)
        actions.approve_dataset(dataset, actor=self.regulator, at=LATER)
        return dataset


@pytest.fixture
def world(db: None) -> World:
    """Return the province in a transaction that is rolled back."""
    return make_world()


def make_world() -> World:
    """Found the province and its people."""

    def department(code: str, name: str, where: Jurisdiction) -> Department:
        return organisations.found_department(
            code=code, name=name, jurisdiction=where, actor=SYSTEM, at=NOON
        )

    def officer(username: str, home: Department) -> Actor:
        person = organisations.register_person(
            username=username, name=f"{username}（测试）", actor=SYSTEM, at=NOON
        )
        organisations.appoint(
            person=person, department=home, role=PostRole.OFFICER, actor=SYSTEM, at=NOON
        )
        return queries.actor_of(person, TODAY)

    province = organisations.found_jurisdiction(
        code="230000",
        name="黑龙江省",
        level=Level.PROVINCE,
        parent=None,
        actor=SYSTEM,
        at=NOON,
        profile_id="heilongjiang-2025",
    )
    city = organisations.found_jurisdiction(
        code="230100", name="哈尔滨市", level=Level.CITY, parent=province, actor=SYSTEM, at=NOON
    )
    authority = department("HL-DATA", "省数据局", province)
    for duty in DUTIES:
        organisations.assign_duty(
            jurisdiction=province, duty=duty, department=authority, actor=SYSTEM, at=NOON
        )
    education = department("HL-EDU", "省教育厅", province)
    labour = department("HL-HRSS", "省人力资源和社会保障厅", province)
    return World(
        province=province,
        city=city,
        authority=authority,
        education=education,
        labour=labour,
        teacher=officer("zhang", education),
        clerk=officer("zhao", labour),
        regulator=officer("wang", authority),
    )
