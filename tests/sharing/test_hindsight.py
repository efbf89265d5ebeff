"""What the platform would have found out at an earlier step: from what is dated, else unknown."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from catalogue.world import GRADUATES, LATER, WITHHELD, World
from huitong.cases import checks, computed, hindsight
from huitong.cases.hindsight import Moment
from huitong.cases.models import Case
from huitong.catalogue.models import Dataset, DatasetVersion
from huitong.organisations import actions as organisations
from huitong.organisations.models import Department
from huitong.organisations.types import SYSTEM
from huitong.regulations.doubts import Unknown
from huitong.sharing import actions
from huitong.sharing.models import Grant
from sharing.applying import WHOLE, apply


def then(name: str, dataset: Dataset, at: datetime) -> object:
    case = Case(subject=dataset.subject, parties={"provider": dataset.provider_id})
    parties = {"provider": dataset.provider}
    return hindsight.CLAIMS.of(name, "")(Moment(case, "", at, {}, parties))


@pytest.mark.clause("HL-16.2")
def test_who_used_the_data_is_told_by_the_days_of_the_grants(world: World) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)
    begins = Grant.objects.get().starts_at

    assert then("in_use", graduates, begins - timedelta(hours=1)) is False
    assert then("in_use", graduates, begins) is True
    Grant.objects.update(revoked_at=begins + timedelta(days=9))
    assert then("in_use", graduates, begins + timedelta(days=8)) is True
    assert then("in_use", graduates, begins + timedelta(days=9)) is False


@pytest.mark.clause("HL-29.2", "HL-29.3", "HL-21.3")
def test_what_was_published_is_told_by_the_days_of_the_versions(world: World) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    version = DatasetVersion.objects.get(dataset=graduates)
    assert version.published_at is not None
    day = version.published_at

    assert then("catalogued", graduates, day - timedelta(hours=1)) is False
    assert then("catalogued", graduates, day) is True
    assert then("sharing_type", graduates, day - timedelta(hours=1)) == ""
    assert then("sharing_type", graduates, day) == version.effective_sharing_type
    assert then("entry_published", graduates, day) is False  # nothing was delivered
    Dataset.objects.update(withdrawn_at=day + timedelta(days=2))
    assert then("catalogued", graduates, day + timedelta(days=1)) is True
    assert then("catalogued", graduates, day + timedelta(days=2)) is False


def test_what_was_not_kept_is_unknown_with_the_reason(world: World) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    withheld = world.publish(WITHHELD, "withheld")
    day = DatasetVersion.objects.get(dataset=withheld).published_at
    assert day is not None

    assert then("leaves_withheld", graduates, day) is False  # it was shared anyway
    for name in ("leaves_withheld", "duplicate_check"):
        answer = then(name, withheld, day)
        assert isinstance(answer, Unknown)
        assert answer.why.zh


@pytest.mark.clause("MC-22")
def test_what_kind_of_body_asked_is_told_by_the_day(world: World) -> None:
    case = Case(subject="dataset:x", parties={})
    asks = hindsight.CLAIMS.of("consumer_kind", "")
    assert asks(Moment(case, "", LATER, {}, {})) == ""

    organisations.change_kind(
        world.labour, kind="public_enterprise", paper="转企〔2026〕1号", day=LATER.date(),
        actor=SYSTEM, at=LATER,
    )  # fmt: skip
    parties = {"consumer": Department.objects.get(pk=world.labour.pk)}

    assert asks(Moment(case, "", LATER, {}, parties)) == "public_enterprise"
    before = LATER - timedelta(days=3)
    assert asks(Moment(case, "", before, {}, parties)) == "government_department"


@pytest.mark.clause("MC-9.4")
def test_the_type_of_an_entry_under_review_is_not_known_afterwards(world: World) -> None:
    world.publish(GRADUATES, "graduates")
    case = Case.objects.get(kind="catalogue_review")

    answer = hindsight.CLAIMS.of("sharing_type", "")(Moment(case, "", LATER, {}, {}))

    assert isinstance(answer, Unknown)


def test_every_computed_fact_can_be_asked_for_in_hindsight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert computed.marked() <= hindsight.CLAIMS.held.keys()
    assert checks.computed_facts_are_known_in_hindsight() == []
    fewer = {k: v for k, v in hindsight.CLAIMS.held.items() if k != "across"}
    monkeypatch.setattr(hindsight.CLAIMS, "held", fewer)
    assert "across" in checks.computed_facts_are_known_in_hindsight()[0].msg
