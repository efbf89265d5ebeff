"""A withdrawn entry is supplied for six months where it is used, and then to nobody."""

from datetime import UTC, datetime

import pytest

from catalogue.world import GRADUATES, LATER, SCHOOLS, World
from huitong.cases import actions as cases
from huitong.cases import computed
from huitong.cases.errors import CaseError, FactInvalidError, StepForbiddenError
from huitong.cases.models import Case
from huitong.catalogue import queries, withdrawal
from huitong.catalogue.errors import DatasetWithdrawnError, NotPublishedError
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import Status
from huitong.ledger.models import Entry
from huitong.organisations.types import SYSTEM
from huitong.sharing import actions
from huitong.sharing.errors import NoLongerSharedError
from huitong.sharing.models import Grant
from sharing.applying import WHOLE, apply


def propose(world: World, dataset: Dataset) -> Case:
    return withdrawal.propose_withdrawal(
        dataset, change_source="duty", change_reason="职责划转", actor=world.teacher, at=LATER
    )


@pytest.mark.clause("HL-16.1")
def test_an_entry_that_nobody_uses_is_withdrawn_when_the_authority_agrees(world: World) -> None:
    schools = world.publish(SCHOOLS, "schools")
    case = propose(world, schools)
    assert queries.dataset("schools").status is Status.PUBLISHED
    cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)
    assert queries.dataset("schools").status is Status.WITHDRAWN
    assert not queries.published().exists()
    assert Entry.objects.filter(kind="dataset.withdrawn").exists()
    with pytest.raises(DatasetWithdrawnError):
        propose(world, schools)


@pytest.mark.clause("HL-16.2")
def test_an_entry_in_use_is_supplied_for_six_months_more(world: World) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)
    case = propose(world, graduates)
    cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)
    assert Case.objects.get(pk=case.pk).state == "wind_down"

    too_early = datetime(2026, 8, 31, 4, tzinfo=UTC)
    with pytest.raises(CaseError):
        cases.take_step(case, "wind_down.elapse", actor=SYSTEM, at=too_early)
    assert Grant.objects.live(too_early).count() == 1

    after = datetime(2026, 9, 3, 4, tzinfo=UTC)
    cases.take_step(case, "wind_down.elapse", actor=SYSTEM, at=after)
    assert queries.dataset("graduates").status is Status.WITHDRAWN
    assert Grant.objects.live(after).count() == 0
    assert Entry.objects.get(kind="grant.ended").cite == ["HL-16.2"]


@pytest.mark.clause("HL-16.1")
def test_what_left_the_catalogue_after_the_application_is_granted_to_nobody(world: World) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    application = apply(world, graduates)
    case = propose(world, graduates)
    cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)
    assert queries.dataset("graduates").status is Status.WITHDRAWN

    with pytest.raises(NoLongerSharedError, match="graduates"):
        actions.decide(application, decisions=WHOLE, actor=world.teacher, at=LATER)

    assert not Grant.objects.exists()
    refusal = Entry.objects.filter(kind="case.refused").latest("id")
    assert (refusal.facts["code"], refusal.cite) == ("dataset_withdrawn", ["HL-16.1"])


def test_what_was_never_published_is_not_withdrawn(world: World) -> None:
    with pytest.raises(NotPublishedError):
        propose(world, world.add(SCHOOLS, "draft"))


@pytest.mark.clause("HL-16.2")
@pytest.mark.parametrize("said", [False, True, None])
def test_nobody_says_that_an_entry_is_not_in_use(world: World, said: bool | None) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)
    case = propose(world, graduates)

    with pytest.raises(FactInvalidError, match="in_use"):
        cases.take_step(
            case, "review.approve", actor=world.regulator, at=LATER, facts={"in_use": said}
        )

    assert Case.objects.get(pk=case.pk).state == "review"
    assert Grant.objects.live(LATER).count() == 1


@pytest.mark.clause("HL-16.2")
def test_what_counts_is_the_use_on_the_day_of_the_decision(world: World) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    case = propose(world, graduates)
    actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)

    after = cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)

    assert after.state == "wind_down"
    assert after.events.get(seq=2).facts == {"in_use": True}


@pytest.mark.clause("HL-16.2")
def test_a_grant_that_came_between_undoes_the_withdrawal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    graduates = world.publish(GRADUATES, "graduates")
    actions.decide(apply(world, graduates), decisions=WHOLE, actor=world.teacher, at=LATER)
    case = propose(world, graduates)
    # As if the grant had been issued after the question was asked.
    monkeypatch.setitem(computed.CLAIMS.held, "in_use", lambda _case, _at, _stated: False)

    with pytest.raises(StepForbiddenError) as refused:
        cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)

    assert refused.value.cite == ("HL-16.2",)
    assert Case.objects.get(pk=case.pk).state == "review"
    assert queries.dataset("graduates").status is Status.PUBLISHED
    assert Grant.objects.live(LATER).count() == 1
