"""The demonstration's province, strict pages, and a clock that stands still."""

import copy
import dataclasses
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.template import engines
from django.test import Client

from huitong.catalogue import actions as catalogue
from huitong.catalogue import queries
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
from huitong.operations.demonstration import world
from huitong.operations.demonstration.cast import AUTHORITIES
from huitong.organisations import actions as organisations
from huitong.organisations.models import Duty, Person
from huitong.organisations.types import SYSTEM
from huitong.regulations import profiles
from huitong.web import clock
from web import pages

# A Friday; the working day after it is Monday the 23rd.
NOW = dt.datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

GRADUATES = Draft(
    title="高校毕业生就业登记信息",
    title_en="Employment of graduates",
    summary="高校毕业生去向登记。",
    theme="教育",
    update_frequency=UpdateFrequency.WEEKLY,
    data_format="csv",
    sharing_type=SharingType.CONDITIONAL,
    sharing_condition="限省内各级政府部门因履行法定职责使用。",
    sharing_purpose="就业服务、住房保障资格核验。",
    opening_type=OpeningType.WITHHELD,
    closed_reason="涉及个人隐私。",
    secrecy=Secrecy.NON_SECRET,
    key=("citizen_id",),
    items=(
        DraftItem(
            name="citizen_id",
            title="公民身份号码",
            identifier=IdentifierKind.CITIZEN_ID,
            required=True,
            personal=True,
            sensitive=True,
            grade=4,
            mask_default=Mask.CITIZEN_ID,
        ),
        DraftItem(name="name", title="姓名", personal=True, grade=3, mask_default=Mask.NAME),
        DraftItem(name="school", title="毕业院校"),
        DraftItem(name="graduated_on", title="毕业日期", type=ItemType.DATE),
    ),
)
SCHOOLS = Draft(
    title="高等学校名单",
    title_en="Universities and colleges",
    summary="学校名称、学校标识码、所在地。",
    theme="教育",
    update_frequency=UpdateFrequency.YEARLY,
    data_format="csv",
    sharing_type=SharingType.UNCONDITIONAL,
    opening_type=OpeningType.UNCONDITIONAL,
    secrecy=Secrecy.NON_SECRET,
    key=("code",),
    items=(
        DraftItem(name="code", title="学校标识码", required=True),
        DraftItem(name="name", title="学校名称", required=True),
        DraftItem(name="students", title="在校生数", type=ItemType.INTEGER),
    ),
)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return NOW


@pytest.fixture
def strict_templates(settings: object, tmp_path: Path) -> None:
    """Make an undefined variable in any template a failure."""
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]  whitenoise warns without one
    # Sixteen invented people need no slow hash in every test.
    settings.PASSWORD_HASHERS = [  # type: ignore[attr-defined]
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]
    strict = copy.deepcopy(django_settings.TEMPLATES)
    strict[0]["OPTIONS"]["string_if_invalid"] = pages.Undefined("%s")
    settings.TEMPLATES = strict  # type: ignore[attr-defined]
    assert engines["django"].engine.string_if_invalid == "%s"


@pytest.fixture
def province(db: None, at: dt.datetime, strict_templates: None, huitong_home: Path) -> world.World:
    return world.found(at=at - dt.timedelta(days=30))


@pytest.fixture
def whole(province: world.World, at: dt.datetime) -> world.World:
    """The province whose authorities hold every duty, as art. 5 gives them all to one body."""
    held = set(Duty.objects.values_list("jurisdiction__code", "duty"))
    for code, department in AUTHORITIES.items():
        for duty in profiles.load("heilongjiang-2025").words.duties:
            if (code, duty) not in held:
                organisations.assign_duty(
                    jurisdiction=province.jurisdictions[code],
                    duty=duty,
                    department=province.departments[department],
                    actor=SYSTEM,
                    at=at - dt.timedelta(days=30),
                )
    return province


@pytest.fixture
def client(strict_templates: None) -> Client:
    return pages.StrictClient()


@pytest.fixture
def log_in(province: world.World) -> pages.LogIn:
    """Return a function from a user name to that person's browser."""

    def enter(username: str) -> Client:
        browser = pages.StrictClient()
        browser.force_login(
            Person.objects.get(username=username),
            backend="django.contrib.auth.backends.ModelBackend",
        )
        return browser

    return enter


@pytest.fixture
def graduates(province: world.World, at: dt.datetime) -> Dataset:
    """Return the personal dataset as a draft."""
    return added(province, GRADUATES, "HLJ-JY-0001", at)


@pytest.fixture
def shared(province: world.World, graduates: Dataset, at: dt.datetime) -> Dataset:
    """Return the personal dataset, published."""
    world.publish(graduates, provider=province.actor("jiaoyu"), at=at - dt.timedelta(days=5))
    return queries.dataset(graduates.code)


@pytest.fixture
def schools(province: world.World, at: dt.datetime) -> Dataset:
    """Return the dataset without personal data, published."""
    dataset = added(province, SCHOOLS, "HLJ-JY-0002", at)
    world.publish(dataset, provider=province.actor("jiaoyu"), at=at - dt.timedelta(days=5))
    return queries.dataset(dataset.code)


def added(province: world.World, draft: Draft, code: str, at: dt.datetime) -> Dataset:
    return catalogue.add_dataset(
        dataclasses.replace(draft),
        code=code,
        provider=province.departments["HLJ-JY"],
        actor=province.actor("jiaoyu"),
        at=at - dt.timedelta(days=10),
    )
