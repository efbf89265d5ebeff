"""The province that these tests begin with."""

import pytest

from huitong.organisations import actions
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Level, PostRole
from organisations.places import MORNING, Province


@pytest.fixture
def founded(db: None) -> Province:
    def department(code: str, name: str, where: Jurisdiction) -> Department:
        return actions.found_department(
            code=code, name=name, jurisdiction=where, actor=SYSTEM, at=MORNING
        )

    def person(username: str, home: Department, role: PostRole) -> Person:
        made = actions.register_person(
            username=username, name=f"{username}（测试）", actor=SYSTEM, at=MORNING
        )
        actions.appoint(person=made, department=home, role=role, actor=SYSTEM, at=MORNING)
        return made

    province = actions.found_jurisdiction(
        code="230000",
        name="黑龙江省",
        level=Level.PROVINCE,
        parent=None,
        actor=SYSTEM,
        at=MORNING,
        profile_id="heilongjiang-2025",
    )
    city = actions.found_jurisdiction(
        code="230100", name="哈尔滨市", level=Level.CITY, parent=province, actor=SYSTEM, at=MORNING
    )
    authority = department("HL-DATA", "省数据局", province)
    education = department("HL-EDU", "省教育厅", province)
    civil = department("HRB-CA", "哈尔滨市民政局", city)
    actions.assign_duty(
        jurisdiction=province, duty="sharing", department=authority, actor=SYSTEM, at=MORNING
    )
    return Province(
        province=province,
        city=city,
        authority=authority,
        education=education,
        civil_affairs=civil,
        officer=person("zhang", education, PostRole.OFFICER),
        head=person("li", education, PostRole.HEAD),
        regulator=person("wang", authority, PostRole.DAILY_STAFF),
    )
