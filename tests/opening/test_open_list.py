"""What comes onto the open list, what never does, and how it leaves."""

from dataclasses import replace

import pytest

from catalogue.world import GRADUATES, LATER, NOON, SCHOOLS, World
from huitong.cases import actions as cases
from huitong.cases.errors import StepForbiddenError, WrongPersonError
from huitong.catalogue import actions as catalogue
from huitong.catalogue.draft_types import DraftItem
from huitong.catalogue.types import IdentifierKind, OpeningType
from huitong.ledger.models import Entry
from huitong.opening import actions
from huitong.opening.errors import (
    EntryChangedError,
    NotOnListError,
    NotOpenableError,
    NotPublishedError,
)
from huitong.opening.models import OpenEntry
from huitong.organisations.errors import NotYourDepartmentError


def listed() -> list[str]:
    return [entry.dataset.code for entry in OpenEntry.objects.listed()]


@pytest.mark.clause("HL-32", "HL-33.3")
def test_the_authority_puts_a_dataset_on_the_open_list(world: World) -> None:
    schools = world.publish(SCHOOLS, "schools")
    case = actions.propose_opening(schools, actor=world.teacher, at=LATER)
    assert listed() == []
    with pytest.raises(WrongPersonError):
        cases.take_step(case, "review.approve", actor=world.teacher, at=LATER)

    cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)
    assert listed() == ["schools"]
    entry = Entry.objects.get(subject="dataset:schools", kind="opening.listed")
    assert "HL-32" in entry.cite


@pytest.mark.clause("HL-33.1")
def test_opening_personal_data_is_refused_with_each_field_and_the_article(world: World) -> None:
    wanted = replace(GRADUATES, opening_type=OpeningType.UNCONDITIONAL, closed_reason="")
    graduates = world.publish(wanted, "graduates")

    with pytest.raises(NotOpenableError) as caught:
        actions.propose_opening(graduates, actor=world.teacher, at=LATER)

    assert caught.value.cite == ("HL-33.1",)
    for field in ("公民身份号码", "姓名", "手机号码"):
        assert field in str(caught.value)
        assert field in caught.value.zh
    assert "用人单位" not in caught.value.zh
    refusal = Entry.objects.get(subject="dataset:graduates", kind="opening.refused")
    assert "HL-33.1" in refusal.cite


@pytest.mark.clause("HL-33.1")
def test_a_citizen_id_is_personal_whatever_its_flag_says(world: World) -> None:
    item = DraftItem("n", "编号", identifier=IdentifierKind.CITIZEN_ID, personal=False)
    sly = world.publish(replace(SCHOOLS, items=(*SCHOOLS.items, item)), "sly")
    with pytest.raises(NotOpenableError, match="编号"):
        actions.propose_opening(sly, actor=world.teacher, at=LATER)


@pytest.mark.clause("HL-33.4")
def test_what_its_department_declares_closed_is_not_opened(world: World) -> None:
    closed = replace(SCHOOLS, opening_type=OpeningType.WITHHELD, closed_reason="法律规定不得开放")
    schools = world.publish(closed, "schools")
    with pytest.raises(NotOpenableError, match="法律规定不得开放") as caught:
        actions.propose_opening(schools, actor=world.teacher, at=LATER)
    assert "HL-33.4" in caught.value.cite


def test_only_the_provider_proposes_and_only_what_is_published(world: World) -> None:
    draft = world.add(SCHOOLS, "draft")
    with pytest.raises(NotPublishedError):
        actions.propose_opening(draft, actor=world.teacher, at=NOON)
    schools = world.publish(SCHOOLS, "schools")
    with pytest.raises(NotYourDepartmentError):
        actions.propose_opening(schools, actor=world.clerk, at=LATER)


def test_what_was_published_anew_during_review_is_not_listed_unseen(world: World) -> None:
    schools = world.publish(SCHOOLS, "schools")
    case = actions.propose_opening(schools, actor=world.teacher, at=LATER)
    with_names = replace(SCHOOLS, items=(*SCHOOLS.items, DraftItem("name", "校长", personal=True)))
    catalogue.edit_dataset(schools, with_names, actor=world.teacher, at=LATER)
    facts = {"change_source": "other", "change_day": NOON.date(), "changes": "增加校长"}
    catalogue.submit_dataset(schools, actor=world.teacher, at=LATER, facts=facts)

    with pytest.raises(EntryChangedError):
        cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)
    assert listed() == []

    cases.take_step(
        case, "review.return", actor=world.regulator, at=LATER, facts={"opinion": "请重报"}
    )
    actions.resubmit_opening(case, actor=world.teacher, at=LATER)
    with pytest.raises(StepForbiddenError):
        cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)
    assert listed() == []


@pytest.mark.clause("HL-35")
def test_leaving_the_list_needs_a_review_a_filing_and_a_notice(world: World) -> None:
    schools = world.publish(SCHOOLS, "schools")
    with pytest.raises(NotOnListError):
        actions.propose_withdrawal(schools, reason="x", actor=world.teacher, at=LATER)
    case = actions.propose_opening(schools, actor=world.teacher, at=LATER)
    cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)

    leaving = actions.propose_withdrawal(schools, reason="职责调整", actor=world.teacher, at=LATER)
    assert listed() == ["schools"]
    cases.take_step(leaving, "review.approve", actor=world.regulator, at=LATER)
    assert listed() == []
    assert OpenEntry.objects.get().unlisted_at == LATER
    cases.take_step(leaving, "file.record", actor=world.teacher, at=LATER)
    done = cases.take_step(
        leaving, "announce.post", actor=world.teacher, at=LATER, facts={"notice": "公告"}
    )
    assert done.closed_at == LATER
