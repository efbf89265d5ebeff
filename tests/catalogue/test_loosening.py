"""An update that protects less than before is reviewed; every other one goes on as the law says."""

from dataclasses import replace

import pytest

from catalogue.world import GRADUATES, LATER, NOON, SCHOOLS, World
from huitong.catalogue import actions, publishing, queries
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType, SharingType, Status
from huitong.ledger.models import Entry

CHANGE = {"change_source": "other", "change_day": NOON.date(), "changes": "调整"}


def updated(world: World, before: Draft, after: Draft) -> Dataset:
    dataset = world.publish(before, "entry")
    actions.edit_dataset(dataset, after, actor=world.teacher, at=LATER)
    actions.submit_dataset(dataset, actor=world.teacher, at=LATER, facts=CHANGE)
    return queries.dataset("entry")


def changed(column: str, **changes: object) -> Draft:
    items = (replace(i, **changes) if i.name == column else i for i in GRADUATES.items)  # type: ignore[arg-type]
    return replace(GRADUATES, items=tuple(items))


LOOSER = {
    "personal": (GRADUATES, changed("name", personal=False)),
    "sensitive": (GRADUATES, changed("citizen_id", sensitive=False)),
    "identifier": (GRADUATES, changed("citizen_id", identifier=None)),
    "grade": (GRADUATES, changed("mobile", grade=2)),
    "renamed": (GRADUATES, changed("mobile", name="code", title="编号", personal=False)),
    "by_title": (GRADUATES, changed("name", name="xm", personal=False)),
    "sharing": (GRADUATES, replace(GRADUATES, sharing_type=SharingType.UNCONDITIONAL)),
    "no_condition": (GRADUATES, replace(GRADUATES, sharing_condition="", sharing_purpose="")),
    "opening": (
        GRADUATES,
        replace(GRADUATES, opening_type=OpeningType.CONDITIONAL, opening_condition="须承诺"),
    ),
}


@pytest.mark.clause("HL-12.3", "HL-14.2", "HZ-9.2")
@pytest.mark.parametrize("name", LOOSER)
def test_an_update_that_protects_less_goes_to_the_authority(world: World, name: str) -> None:
    dataset = updated(world, *LOOSER[name])
    case = dataset.newest.review_case
    assert case is not None
    assert (case.kind, case.state) == ("catalogue_review", "review")
    assert dataset.status is Status.UNDER_REVIEW
    assert dataset.current_version is not None
    assert dataset.current_version.number == 1
    assert "protects_less" in [notice.code for notice in queries.notices_of(dataset)]
    told = Entry.objects.get(subject="dataset:entry", kind="dataset.submitter_told")
    assert "HL-12.3" in told.cite

    actions.return_dataset(dataset, opinion="请说明", actor=world.regulator, at=LATER)
    actions.submit_dataset(dataset, actor=world.teacher, at=LATER, facts=CHANGE)
    actions.approve_dataset(dataset, actor=world.regulator, at=LATER)
    assert queries.dataset("entry").newest.number == 2
    assert queries.dataset("entry").status is Status.PUBLISHED


@pytest.mark.clause("HL-15")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SCHOOLS, replace(SCHOOLS, summary="全省高校")),
        (SCHOOLS, replace(SCHOOLS, items=(*SCHOOLS.items, DraftItem("city", "城市")))),
        (GRADUATES, replace(GRADUATES, items=GRADUATES.items[:2])),
        (SCHOOLS, replace(GRADUATES, key=("citizen_id",))),
    ],
)
def test_every_other_update_is_published_by_its_department(
    world: World, before: Draft, after: Draft
) -> None:
    dataset = updated(world, before, after)
    assert (dataset.status, dataset.newest.number) == (Status.PUBLISHED, 2)


@pytest.mark.clause("HL-12.3")
def test_a_mark_left_out_for_one_version_is_not_gone_in_the_next(world: World) -> None:
    short = replace(GRADUATES, items=tuple(i for i in GRADUATES.items if i.name != "name"))
    dataset = updated(world, GRADUATES, short)
    assert dataset.status is Status.PUBLISHED
    actions.edit_dataset(dataset, changed("name", personal=False), actor=world.teacher, at=LATER)
    actions.submit_dataset(dataset, actor=world.teacher, at=LATER, facts=CHANGE)
    assert queries.dataset("entry").status is Status.UNDER_REVIEW


def test_what_a_room_above_refuses_undoes_the_publication(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(publishing, "_on_published", [refuse])
    with pytest.raises(PermissionError):
        world.publish(SCHOOLS, "entry")
    assert queries.dataset("entry").current_version is None
