"""Who may take which step, when, and with what."""

from datetime import date, timedelta

import pytest

from cases.scene import APPLICATION, MONDAY, Scene, unchanged
from huitong.cases import actions, queries
from huitong.cases.errors import (
    FactInvalidError,
    FactMissingError,
    KindAbsentError,
    PartyMissingError,
    StaleCaseError,
    StepForbiddenError,
    TooEarlyError,
    UnknownStepError,
    WrongPersonError,
    WrongStateError,
)
from huitong.cases.models import Case
from huitong.organisations import actions as organisations
from huitong.organisations.errors import NoAuthorityError, NoPostError
from huitong.organisations.models import Post
from huitong.organisations.types import SYSTEM

HOUR = timedelta(hours=1)


@pytest.mark.clause("HL-22.1")
def test_an_application_states_scenario_mode_scope_and_legal_basis(scene: Scene) -> None:
    case = scene.apply()

    assert case.state == "reply"
    assert case.version == 1
    assert case.received_at == MONDAY
    event = case.events.get()
    assert event.step == "apply.submit"
    assert event.facts == APPLICATION
    assert event.cite == ["HL-22.1"]


@pytest.mark.clause("HL-22.1")
@pytest.mark.parametrize("fact", list(APPLICATION))
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_an_application_without_one_of_them_opens_no_case(
    scene: Scene, fact: str, blank: str | None
) -> None:
    with pytest.raises(FactMissingError, match=fact) as refused:
        scene.apply(MONDAY, **{fact: blank})

    assert refused.value.missing == (fact,)
    assert refused.value.cite == ("HL-22.1",)
    assert not Case.objects.exists()


@pytest.mark.clause("HL-22.3")
def test_the_provider_grants_and_the_effect_belongs_to_the_step(scene: Scene) -> None:
    case = actions.take_step(
        scene.apply(), "reply.grant", actor=scene.actor("provider"), at=MONDAY + HOUR
    )

    assert case.state == "granted"
    assert case.closed_at == MONDAY + HOUR
    assert scene.effects == [("issue_grant", case.number, 2)]
    assert not case.waiting.exists()


@pytest.mark.clause("HL-22.3")
def test_a_refusal_without_a_reason_changes_nothing(scene: Scene) -> None:
    case = scene.apply()

    with pytest.raises(FactMissingError, match="reason") as refused:
        actions.take_step(case, "reply.refuse", actor=scene.actor("provider"), at=MONDAY)

    assert refused.value.cite == ("HL-22.3",)
    assert "具体原因" in refused.value.zh
    assert unchanged(case)
    assert not scene.effects


@pytest.mark.clause("HL-22.3")
def test_a_refusal_with_its_reason_ends_the_case_without_a_grant(scene: Scene) -> None:
    case = actions.take_step(
        scene.apply(), "reply.refuse", actor=scene.actor("provider"), at=MONDAY,
        facts={"reason": "申请范围超出履职需要"},
    )  # fmt: skip

    assert case.state == "refused"
    assert not scene.effects


@pytest.mark.clause("HL-22.3")
@pytest.mark.parametrize("stranger", ["consumer", "authority"])
def test_only_the_provider_replies(scene: Scene, stranger: str) -> None:
    case = scene.apply()

    with pytest.raises(WrongPersonError) as refused:
        actions.take_step(case, "reply.grant", actor=scene.actor(stranger), at=MONDAY)

    assert "HL-22.3" in refused.value.cite
    assert "数据提供部门" in refused.value.zh
    assert unchanged(case)


def test_the_platform_decides_nothing_in_a_departments_place(scene: Scene) -> None:
    case = scene.apply()

    with pytest.raises(WrongPersonError):
        actions.take_step(case, "reply.grant", actor=SYSTEM, at=MONDAY)


def test_only_the_consumer_opens_its_application(scene: Scene) -> None:
    with pytest.raises(WrongPersonError):
        actions.open_case(
            kind="share_application_conditional", jurisdiction=scene.province,
            subject="dataset:HL-EDU-001", title="代他人申请", facts=APPLICATION,
            parties={"provider": scene.provider, "consumer": scene.consumer},
            actor=scene.actor("provider"), at=MONDAY,
        )  # fmt: skip


def test_a_decision_is_not_taken_twice(scene: Scene) -> None:
    case = scene.apply()
    actions.take_step(case, "reply.grant", actor=scene.actor("provider"), at=MONDAY)

    with pytest.raises(WrongStateError):
        actions.take_step(case, "reply.grant", actor=scene.actor("provider_2"), at=MONDAY)

    assert len(scene.effects) == 1


def test_who_decides_on_an_old_page_is_told_that_the_case_moved_on(scene: Scene) -> None:
    case = scene.submit_entry()
    returned = actions.take_step(
        case, "review.return", actor=scene.actor("authority"), at=MONDAY,
        facts={"opinion": "请补充更新频率"}, expected_version=1,
    )  # fmt: skip
    actions.take_step(returned, "revise.resubmit", actor=scene.actor("provider"), at=MONDAY)

    # The case is under review again, but not as this officer saw it.
    with pytest.raises(StaleCaseError, match="version 1, it is 3") as refused:
        actions.take_step(
            case, "review.approve", actor=scene.actor("authority_2"), at=MONDAY,
            expected_version=1,
        )  # fmt: skip

    assert case.number in refused.value.zh
    assert not scene.effects


def test_a_step_of_another_state_names_what_is_open_now(scene: Scene) -> None:
    case = scene.submit_entry()

    with pytest.raises(WrongStateError, match=r"review\.approve, review\.return"):
        actions.take_step(case, "revise.resubmit", actor=scene.actor("provider"), at=MONDAY)

    assert unchanged(case)


def test_a_step_that_no_table_has_names_those_there_are(scene: Scene) -> None:
    with pytest.raises(UnknownStepError, match=r"reply\.grant"):
        actions.take_step(scene.apply(), "reply.perhaps", actor=scene.actor("provider"), at=MONDAY)


@pytest.mark.clause("HL-12.3")
def test_the_article_leaves_the_authority_no_refusal_of_an_entry(scene: Scene) -> None:
    case = scene.submit_entry()

    with pytest.raises(UnknownStepError):
        actions.take_step(case, "review.refuse", actor=scene.actor("authority"), at=MONDAY)


@pytest.mark.clause("HL-12.3")
def test_an_entry_is_returned_revised_and_approved(scene: Scene) -> None:
    case = scene.submit_entry()
    authority = scene.actor("authority")
    with pytest.raises(FactMissingError, match="opinion"):
        actions.take_step(case, "review.return", actor=authority, at=MONDAY)
    case = actions.take_step(
        case, "review.return", actor=authority, at=MONDAY, facts={"opinion": "请补充更新频率"}
    )
    assert case.state == "revise"

    case = actions.take_step(case, "revise.resubmit", actor=scene.actor("provider"), at=MONDAY)
    case = actions.take_step(case, "review.approve", actor=authority, at=MONDAY + HOUR)

    assert case.state == "published"
    assert scene.effects == [("publish_dataset", case.number, 4)]
    assert [item.event.step for item in queries.timeline(case)] == [
        "apply.submit",
        "review.return",
        "revise.resubmit",
        "review.approve",
    ]


def test_an_applicant_takes_back_what_nobody_decided_yet(scene: Scene) -> None:
    case = actions.take_step(
        scene.apply(), "apply.withdraw", actor=scene.actor("consumer"), at=MONDAY
    )

    assert case.state == "withdrawn"
    assert queries.timeline(case)[-1].is_practice
    assert case.events.get(seq=2).cite == []


def test_a_fact_of_the_wrong_form_is_refused(scene: Scene) -> None:
    with pytest.raises(FactInvalidError, match="use_until must be a date") as refused:
        scene.apply(use_until="明年")

    assert "使用期限" in refused.value.zh
    assert not Case.objects.exists()


def test_a_date_may_be_given_as_a_date(scene: Scene) -> None:
    case = scene.apply(use_until=date(2027, 3, 1))

    assert case.events.get().facts["use_until"] == "2027-03-01"


@pytest.mark.clause("HL-27.1")
@pytest.mark.parametrize("ground", ["dislike", ["over_scope"], {"over_scope": True}])
def test_a_ground_that_the_article_does_not_name_is_refused(scene: Scene, ground: object) -> None:
    with pytest.raises(FactInvalidError, match="over_scope"):
        actions.open_case(
            kind="use_rectification", jurisdiction=scene.province, subject="grant:1", title="x",
            parties={"provider": scene.provider, "consumer": scene.consumer},
            facts={"trigger": ground, "problem": "x", "rectify_by": "2026-03-10"},
            actor=scene.actor("authority"), at=MONDAY,
        )  # fmt: skip


@pytest.mark.clause("HL-27.1")
@pytest.mark.parametrize("who", ["authority", "provider"])
def test_authority_and_provider_may_both_order_rectification(scene: Scene, who: str) -> None:
    case = actions.open_case(
        kind="use_rectification", jurisdiction=scene.province, subject="grant:1", title="超范围",
        parties={"provider": scene.provider, "consumer": scene.consumer},
        facts={"trigger": "over_scope", "problem": "调用未授权的列", "rectify_by": "2026-03-10"},
        actor=scene.actor(who), at=MONDAY,
    )  # fmt: skip

    assert case.state == "rectify"


@pytest.mark.clause("HL-27.2")
def test_whoever_declines_to_rectify_cannot_be_found_satisfactory(scene: Scene) -> None:
    case = actions.take_step(
        scene.order_rectification("2026-03-10"), "rectify.decline",
        actor=scene.actor("consumer"), at=MONDAY, facts={"decline_reason": "认为无须整改"},
    )  # fmt: skip

    with pytest.raises(StepForbiddenError) as refused:
        actions.take_step(case, "judge.satisfied", actor=scene.actor("provider"), at=MONDAY)
    assert refused.value.cite == ("HL-27.2",)
    assert "拒不整改" in refused.value.zh
    assert unchanged(case)

    case = actions.take_step(
        case, "judge.cut_off", actor=scene.actor("provider"), at=MONDAY,
        facts={"finding": "拒不整改，终止权限"},
    )  # fmt: skip
    assert case.state == "cut_off"
    assert scene.effects == [("revoke_grant", case.number, 3)]


@pytest.mark.clause("HL-27.2")
def test_access_is_not_cut_before_the_consumer_could_rectify(scene: Scene) -> None:
    case = scene.order_rectification("2026-03-10")

    with pytest.raises(WrongStateError):
        actions.take_step(
            case, "judge.cut_off", actor=scene.actor("provider"), at=MONDAY,
            facts={"finding": "x"},
        )  # fmt: skip
    with pytest.raises(TooEarlyError):
        actions.take_step(case, "rectify.lapse", actor=SYSTEM, at=MONDAY)
    assert not scene.effects


def test_a_kind_that_the_text_does_not_have_cannot_be_started(scene: Scene) -> None:
    with pytest.raises(KindAbsentError, match="heilongjiang-2025 has no procedure barter"):
        actions.open_case(
            kind="barter", jurisdiction=scene.province, subject="dataset:X", title="x",
            parties={"provider": scene.provider}, actor=scene.actor("provider"), at=MONDAY,
        )  # fmt: skip


def test_a_case_without_one_of_its_parties_is_not_opened(scene: Scene) -> None:
    with pytest.raises(PartyMissingError, match="provider"):
        actions.open_case(
            kind="share_application_conditional", jurisdiction=scene.province,
            subject="dataset:X", title="x", facts=APPLICATION,
            parties={"consumer": scene.consumer}, actor=scene.actor("consumer"), at=MONDAY,
        )  # fmt: skip


def test_a_case_never_waits_for_an_authority_that_nobody_is(scene: Scene) -> None:
    city = organisations.found_jurisdiction(
        code="230100", name="哈尔滨市", level="city", parent=scene.province,
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip
    bureau = organisations.found_department(
        code="HRB-EDU", name="市教育局", jurisdiction=city, actor=SYSTEM, at=MONDAY
    )
    organisations.appoint(
        person=scene.people["provider_2"], department=bureau, role="officer",
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip

    with pytest.raises(NoAuthorityError) as refused:
        actions.open_case(
            kind="catalogue_review", jurisdiction=city, subject="dataset:X", title="x",
            parties={"provider": bureau}, actor=scene.actor("provider_2"), at=MONDAY,
        )  # fmt: skip

    assert refused.value.cite == ("HL-12.3",)
    assert not Case.objects.exists()


def test_a_post_that_has_ended_signs_nothing_any_more(scene: Scene) -> None:
    case, stale = scene.apply(), scene.actor("provider")
    post = Post.objects.get(person=scene.people["provider"])
    organisations.end_post(post, actor=SYSTEM, at=MONDAY)

    with pytest.raises(NoPostError):
        actions.take_step(case, "reply.grant", actor=stale, at=MONDAY)
    assert unchanged(case)


def test_a_duty_that_has_moved_is_exercised_by_its_new_holder(scene: Scene) -> None:
    case, former = scene.submit_entry(), scene.actor("authority")
    organisations.assign_duty(
        jurisdiction=scene.province, duty="catalogue", department=scene.consumer,
        actor=SYSTEM, at=MONDAY,
    )  # fmt: skip

    with pytest.raises(WrongPersonError):
        actions.take_step(case, "review.approve", actor=former, at=MONDAY)
    done = actions.take_step(case, "review.approve", actor=scene.actor("consumer"), at=MONDAY)

    assert done.state == "published"
