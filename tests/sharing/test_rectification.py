"""A use is put right or ended: Heilongjiang, art. 27."""

from datetime import date, timedelta

import pytest

from catalogue.world import GRADUATES, LATER, World
from huitong.cases.errors import (
    FactMissingError,
    StepForbiddenError,
    WrongPersonError,
    WrongStateError,
)
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.organisations.types import SYSTEM, Actor
from huitong.sharing import actions, queries, rectification
from huitong.sharing.errors import GrantEndedError, GrantNotFoundError
from huitong.sharing.models import Grant
from sharing.applying import WHOLE, apply


@pytest.fixture
def grant(world: World) -> Grant:
    application = apply(world, world.publish(GRADUATES, "graduates"))
    made = actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)
    assert made is not None
    return made


def order(grant: Grant, actor: Actor) -> Case:
    return rectification.order_rectification(
        grant,
        trigger="over_scope",
        problem="调用量超出申请范围",
        rectify_by=date(2026, 3, 9),
        actor=actor,
        at=LATER,
    )


@pytest.mark.clause("HL-27.1", "HL-27.2")
def test_the_provider_orders_the_consumer_declines_the_grant_ends(
    world: World, grant: Grant
) -> None:
    case = order(grant, world.teacher)
    rectification.decline_rectification(case, reason="不整改", actor=world.clerk, at=LATER)
    ended = LATER + timedelta(hours=1)
    rectification.cut_off(case, finding="拒不整改", actor=world.teacher, at=ended)

    after = queries.grant(grant.pk)
    assert after.revoked_at == ended
    assert after.version > grant.version
    entry = Entry.objects.get(subject=grant.subject, kind="grant.revoked")
    assert "HL-27.2" in entry.cite
    assert not Grant.objects.live(ended).exists()


@pytest.mark.clause("HL-27.1")
def test_the_authority_may_order_too_but_no_third_department(world: World, grant: Grant) -> None:
    assert order(grant, world.regulator).state == "rectify"
    with pytest.raises(WrongPersonError):
        order(grant, world.clerk)


@pytest.mark.clause("HL-27.2")
def test_nobody_is_cut_off_before_having_had_time_to_rectify(world: World, grant: Grant) -> None:
    case = order(grant, world.teacher)
    with pytest.raises(WrongStateError):
        rectification.cut_off(case, finding="立即终止", actor=world.teacher, at=LATER)
    assert queries.grant(grant.pk).revoked_at is None


@pytest.mark.clause("HL-27.2")
def test_what_was_put_right_leaves_the_grant_and_what_was_declined_cannot_satisfy(
    world: World, grant: Grant
) -> None:
    reported = order(grant, world.teacher)
    rectification.report_rectification(reported, report="已限流", actor=world.clerk, at=LATER)
    rectification.accept_rectification(reported, finding="整改到位", actor=world.teacher, at=LATER)
    assert queries.grant(grant.pk).revoked_at is None

    declined = order(grant, world.teacher)
    rectification.decline_rectification(declined, reason="不改", actor=world.clerk, at=LATER)
    with pytest.raises(StepForbiddenError):
        rectification.accept_rectification(declined, finding="算了", actor=world.teacher, at=LATER)


@pytest.mark.clause("HL-27.1")
def test_an_order_says_what_is_wrong(world: World, grant: Grant) -> None:
    with pytest.raises(FactMissingError, match="problem"):
        rectification.order_rectification(
            grant,
            trigger="security_risk",
            problem="",
            rectify_by=date(2026, 3, 9),
            actor=world.teacher,
            at=LATER,
        )


def test_there_is_no_order_on_a_grant_that_ended_or_never_was(world: World, grant: Grant) -> None:
    Grant.objects.filter(pk=grant.pk).update(revoked_at=LATER)
    with pytest.raises(GrantEndedError):
        order(grant, world.teacher)
    with pytest.raises(GrantNotFoundError):
        queries.grant(10**9)


@pytest.mark.clause("HL-27.1")
def test_pages_ask_who_may_order_and_get_the_answer_of_the_step(world: World, grant: Grant) -> None:
    asked = {
        actor.username: rectification.may_order(grant, actor, LATER)
        for actor in (world.teacher, world.regulator, world.clerk, SYSTEM)
    }

    assert asked == {
        world.teacher.username: True,
        world.regulator.username: True,
        world.clerk.username: False,
        SYSTEM.username: False,
    }
    Grant.objects.filter(pk=grant.pk).update(revoked_at=LATER)
    assert not rectification.may_order(grant, world.teacher, LATER)
