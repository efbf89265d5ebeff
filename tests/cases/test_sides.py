"""Nobody acts on both sides of one case; no step is taken before the last one."""

from datetime import date, timedelta

import pytest

from cases.scene import APPLICATION, MONDAY, Scene, unchanged
from huitong.cases import actions
from huitong.cases.gate_errors import BackwardsError, BothSidesError
from huitong.cases.models import Case
from huitong.ledger.models import Entry
from huitong.organisations import actions as organisations
from huitong.organisations import queries
from huitong.organisations.types import SYSTEM, Actor

pytestmark = pytest.mark.django_db


def _codes() -> list[str]:
    refused = Entry.objects.filter(kind="case.refused").order_by("id")
    return [entry.facts["code"] for entry in refused]


def _of_both(scene: Scene) -> dict[int | None, Actor]:
    """Return as whom the consumer's officer may act who is the provider's, too."""
    person = scene.people["consumer"]
    organisations.appoint(
        person=person, department=scene.provider, role="officer", actor=SYSTEM, at=MONDAY,
        since=date(2026, 1, 1),
    )  # fmt: skip
    return {one.department_id: one for one in queries.actors_of(person, date(2026, 3, 2))}


def test_no_step_is_taken_before_the_last_one(scene: Scene) -> None:
    case = scene.apply()

    with pytest.raises(BackwardsError):
        actions.take_step(
            case, "reply.grant", actor=scene.actor("provider"), at=MONDAY - timedelta(seconds=1)
        )

    assert unchanged(case)
    assert _codes() == ["backwards"]
    assert actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)


@pytest.mark.clause("HL-22.1")
def test_a_department_does_not_ask_itself(scene: Scene) -> None:
    with pytest.raises(BothSidesError) as refused:
        actions.open_case(
            kind="share_application_conditional", jurisdiction=scene.province,
            subject="dataset:X", title="申请", facts=APPLICATION, actor=scene.actor("consumer"),
            parties={"provider": scene.consumer, "consumer": scene.consumer}, at=MONDAY,
        )  # fmt: skip

    assert refused.value.cite
    assert not Case.objects.exists()
    assert _codes() == ["both_sides"]


def test_one_person_does_not_apply_for_one_department_and_grant_for_the_other(
    scene: Scene,
) -> None:
    case = scene.apply()
    acts = _of_both(scene)

    with pytest.raises(BothSidesError, match="both sides"):
        actions.take_step(case, "reply.grant", actor=acts[scene.provider.pk], at=MONDAY)

    assert unchanged(case)
    assert _codes() == ["both_sides"]
    granted = actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)
    assert granted.state == "granted"


def test_who_has_posts_on_both_sides_may_act_for_one_of_them(scene: Scene) -> None:
    acts = _of_both(scene)
    applied = actions.open_case(
        kind="share_application_conditional", jurisdiction=scene.province, subject="dataset:X",
        title="申请", parties={"provider": scene.provider, "consumer": scene.consumer},
        facts=APPLICATION, actor=scene.actor("consumer_2"), at=MONDAY,
    )  # fmt: skip

    granted = actions.take_step(applied, "reply.grant", actor=acts[scene.provider.pk], at=MONDAY)
    assert granted.state == "granted"


def test_after_a_merger_the_applicant_does_not_grant_its_own_request(scene: Scene) -> None:
    case = scene.apply()
    organisations.end_department(
        scene.provider, successor=scene.consumer, day=date(2026, 3, 2), paper="机构改革方案",
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    officer = scene.actor("consumer")

    with pytest.raises(BothSidesError):
        actions.take_step(case, "reply.grant", actor=officer, at=MONDAY)
    with pytest.raises(BothSidesError):
        actions.take_step(case, "reply.refuse", actor=officer, at=MONDAY, facts={"reason": "x"})

    assert actions.take_step(case, "apply.withdraw", actor=officer, at=MONDAY).state == "withdrawn"
