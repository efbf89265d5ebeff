"""A province with its data authority, a provider and a consumer, and a few effects to watch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from huitong.cases import actions
from huitong.cases.models import Case
from huitong.organisations import actions as organisations
from huitong.organisations import queries
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 9:00 in Harbin
DUTIES = ("catalogue", "sharing", "opening", "supervision")
APPLICATION: Mapping[str, object] = {
    "scenario": "教师资格认定时核对学历",
    "mode": "接口查询",
    "scope": "姓名、学校、毕业年份",
    "duty_basis": "《教师资格条例》第十三条",
}


class Addresses(Protocol):
    """What a test that looks behind the program needs of a database of its own."""

    @property
    def owner_dsn(self) -> str: ...

    @property
    def admin_dsn(self) -> str: ...


@dataclass(frozen=True)
class Scene:
    """The bodies and people of these tests, and ready-made openings of cases."""

    province: Jurisdiction
    authority: Department
    provider: Department
    consumer: Department
    people: Mapping[str, Person]
    effects: list[tuple[str, str, int]] = field(default_factory=list)

    def actor(self, username: str, on: date = date(2026, 3, 2)) -> Actor:
        return queries.actor_of(self.people[username], on)

    def apply(self, at: datetime = MONDAY, **facts: object) -> Case:
        return actions.open_case(
            kind="share_application_conditional",
            jurisdiction=self.province,
            subject="dataset:HL-EDU-001",
            title="申请使用高校毕业生信息",
            parties={"provider": self.provider, "consumer": self.consumer},
            facts={**APPLICATION, **facts},
            actor=self.actor("consumer"),
            at=at,
        )

    def submit_entry(self, at: datetime = MONDAY) -> Case:
        return actions.open_case(
            kind="catalogue_review",
            jurisdiction=self.province,
            subject="dataset:HL-EDU-001",
            title="高校毕业生信息",
            parties={"provider": self.provider},
            actor=self.actor("provider"),
            at=at,
        )

    def order_rectification(self, rectify_by: str, at: datetime = MONDAY) -> Case:
        return actions.open_case(
            kind="use_rectification",
            jurisdiction=self.province,
            subject="grant:1",
            title="超范围调用",
            parties={"provider": self.provider, "consumer": self.consumer},
            facts={"trigger": "over_scope", "problem": "调用未授权的列", "rectify_by": rectify_by},
            actor=self.actor("authority"),
            at=at,
        )


def build(profile_id: str = "heilongjiang-2025") -> Scene:
    """Found everything, through the same actions that the platform uses."""
    province = organisations.found_jurisdiction(
        code="230000",
        name="黑龙江省",
        level=Level.PROVINCE,
        parent=None,
        actor=SYSTEM,
        at=MONDAY,
        profile_id=profile_id,
    )
    homes: dict[str, Department] = {}
    people: dict[str, Person] = {}
    for username, name in (
        ("authority", "省数据局"),
        ("provider", "省教育厅"),
        ("consumer", "省人力资源和社会保障厅"),
    ):
        home = organisations.found_department(
            code=f"HL-{username.upper()}",
            name=name,
            jurisdiction=province,
            actor=SYSTEM,
            at=MONDAY,
        )
        homes[username] = home
        for suffix in ("", "_2"):
            person = organisations.register_person(
                username=f"{username}{suffix}", name=f"{name}经办人", actor=SYSTEM, at=MONDAY
            )
            organisations.appoint(
                person=person,
                department=home,
                role=PostRole.OFFICER,
                actor=SYSTEM,
                at=MONDAY,
                since=date(2026, 1, 1),
            )
            people[person.username] = person
    for duty in DUTIES:
        organisations.assign_duty(
            jurisdiction=province,
            duty=duty,
            department=homes["authority"],
            actor=SYSTEM,
            at=MONDAY,
        )
    return Scene(province, homes["authority"], homes["provider"], homes["consumer"], people)


def unchanged(case: Case) -> bool:
    """Whether nothing of a refused step remains."""
    now = Case.objects.get(pk=case.pk)
    return (now.state, now.version, now.events.count()) == (
        case.state,
        case.version,
        case.version,
    )
