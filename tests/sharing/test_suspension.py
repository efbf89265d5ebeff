"""A use is suspended first, then put right or ended: State Council, art. 27, second paragraph."""

from datetime import date, timedelta

import pytest

from catalogue.world import GRADUATES, LATER, World
from huitong.cases.errors import WrongStateError
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations.types import SYSTEM
from huitong.sharing import actions, queries, rectification
from huitong.sharing.models import Grant
from sharing.applying import WHOLE, apply

BY = date(2026, 3, 9)
LATE = LATER + timedelta(days=2)


@pytest.fixture
def grant(world: World) -> Grant:
    """A grant in a province that goes by the national regulation from now on."""
    application = apply(world, world.publish(GRADUATES, "graduates"))
    made = actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    assert made is not None
    organisations.choose_regulation(
        world.province, profile_id="national-2025", actor=SYSTEM, at=LATER
    )
    return made


def order(world: World, grant: Grant, trigger: str = "over_purpose") -> Case:
    return rectification.order_rectification(
        grant,
        trigger=trigger,
        problem="用于申请以外的业务",
        rectify_by=BY,
        actor=world.teacher,
        at=LATER,
    )


@pytest.mark.clause("NA-27.2")
def test_the_grant_is_suspended_at_once_and_not_revoked(world: World, grant: Grant) -> None:
    case = order(world, grant)

    after = queries.grant(grant.pk)
    assert case.state == "rectify"
    assert (after.suspended_at, after.revoked_at, after.ended_at) == (LATER, None, None)
    assert after.stop_cite == ["NA-27.2"]
    assert after.version > grant.version
    assert not Grant.objects.live(LATER).exists()
    assert Grant.objects.standing(LATER).get() == grant
    assert Entry.objects.get(subject=grant.subject, kind="grant.suspended").cite == ["NA-27.2"]


@pytest.mark.clause("NA-27.2")
def test_what_was_put_right_is_answered_again(world: World, grant: Grant) -> None:
    case = order(world, grant, "third_party")
    rectification.report_rectification(case, report="已收回", actor=world.clerk, at=LATE)
    after = rectification.accept_rectification(case, finding="到位", actor=world.teacher, at=LATE)

    assert after.state == "resumed"
    resumed = queries.grant(grant.pk)
    assert (resumed.suspended_at, resumed.revoked_at, resumed.stop_cite) == (None, None, [])
    assert Grant.objects.live(LATE).get() == grant
    assert Entry.objects.filter(subject=grant.subject, kind="grant.resumed").exists()


@pytest.mark.clause("NA-27.2")
def test_a_consumer_that_declines_is_judged_and_may_be_cut_off(world: World, grant: Grant) -> None:
    case = order(world, grant)
    rectification.decline_rectification(case, reason="不改", actor=world.clerk, at=LATE)
    assert Case.objects.get(pk=case.pk).state == "judge_suspended"
    again = rectification.order_again(case, rectify_by=BY, actor=world.regulator, at=LATE)
    assert again.state == "rectify"
    assert queries.grant(grant.pk).suspended_at == LATER

    rectification.decline_rectification(case, reason="不改", actor=world.clerk, at=LATE)
    rectification.cut_off(case, finding="拒不整改", actor=world.teacher, at=LATE)
    after = queries.grant(grant.pk)
    assert (after.revoked_at, after.suspended_at) == (LATE, LATER)
    assert after.stop_cite == ["NA-27.2"]


@pytest.mark.clause("NA-27.2")
def test_a_grant_that_two_cases_suspended_waits_for_both(world: World, grant: Grant) -> None:
    first, second = order(world, grant), order(world, grant, "over_scope")
    for case in (first, second):
        rectification.report_rectification(case, report="已改", actor=world.clerk, at=LATE)

    rectification.accept_rectification(first, finding="到位", actor=world.teacher, at=LATE)
    assert queries.grant(grant.pk).suspended_at == LATER
    stays = Entry.objects.get(subject=grant.subject, kind="grant.stays_suspended")
    assert stays.facts["because"] == second.number
    rectification.accept_rectification(second, finding="到位", actor=world.teacher, at=LATE)
    assert queries.grant(grant.pk).suspended_at is None


@pytest.mark.clause("HL-27.2")
def test_where_the_order_comes_first_nothing_is_suspended(world: World) -> None:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    made = actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    assert made is not None
    order(world, made)
    assert queries.grant(made.pk).suspended_at is None
    assert Grant.objects.live(LATER).exists()


def test_nobody_judges_before_the_consumer_had_its_say(world: World, grant: Grant) -> None:
    case = order(world, grant)
    with pytest.raises(WrongStateError):
        rectification.cut_off(case, finding="立即终止", actor=world.teacher, at=LATE)
    assert queries.grant(grant.pk).revoked_at is None
