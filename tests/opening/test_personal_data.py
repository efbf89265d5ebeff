"""Personal data does not reach the portal, whatever its department ticks (art. 33)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from catalogue.world import LATER, NOON, World
from huitong.cases import actions as cases
from huitong.catalogue import actions as catalogue
from huitong.catalogue import queries as entries
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType, Secrecy, SharingType, Status, UpdateFrequency
from huitong.identifiers import citizen_id
from huitong.ledger.models import Entry
from huitong.opening import actions, downloads, queries, screening
from huitong.opening.errors import (
    ApplicationNeededError,
    NotOnListError,
    NotOpenableError,
)
from huitong.opening.models import OpenEntry
from huitong.pool import actions as pool
from huitong_sources import layouts
from huitong_sources.types import Column, Kind, Layout

NEXT = LATER + timedelta(days=1)
CHANGE = {"change_source": "other", "change_day": NOON.date(), "changes": "调整"}


def number(serial: int) -> str:
    """Return a citizen's number that nobody has: the division is unknown."""
    body = f"999999199001{1 + serial % 28:02d}{serial:03d}"
    return body + citizen_id.check_character(body)


PEOPLE = [(f"R{n}", number(n), f"人{n}", f"1390000{n:04d}", "城市") for n in range(1, 5)]
HEADER = "登记号,公民身份号码,姓名,手机号码,城市"
NAMES = ("serial", "citizen_id", "name", "mobile", "city")
LAYOUT = Layout(
    Kind.CSV,
    tuple(HEADER.split(",")),
    tuple(
        Column(position, header, name)
        for position, (header, name) in enumerate(zip(HEADER.split(","), NAMES, strict=True))
    ),
    header_rows=1,
    header_line=1,
    data_line=2,
    encoding="utf-8",
    delimiter=",",
)
MARKED = Draft(
    title="就业登记",
    summary="就业登记",
    theme="就业",
    update_frequency=UpdateFrequency.YEARLY,
    data_format="csv",
    sharing_type=SharingType.CONDITIONAL,
    sharing_condition="仅限办理就业补贴的部门",
    sharing_purpose="核验就业状况",
    opening_type=OpeningType.WITHHELD,
    closed_reason="含个人信息",
    secrecy=Secrecy.NON_SECRET,
    key=("serial",),
    layout=layouts.to_dict(LAYOUT),
    items=(
        DraftItem("serial", "登记号", required=True),
        DraftItem("citizen_id", "公民身份号码", personal=True, sensitive=True, grade=4),
        DraftItem("name", "姓名", personal=True, grade=3),
        DraftItem("mobile", "手机号码", personal=True, grade=3),
        DraftItem("city", "城市"),
    ),
)
PLAIN = replace(
    MARKED,
    opening_type=OpeningType.UNCONDITIONAL,
    closed_reason="",
    items=tuple(replace(i, personal=False, sensitive=False, grade=1) for i in MARKED.items),
)
HARMLESS = [(f"R{n}", "", f"单位{n}", "", "城市") for n in range(1, 5)]


def deliver(
    world: World, tmp_path: Path, rows: list[tuple[str, ...]], at: datetime = LATER
) -> None:
    path = tmp_path / f"rows-{at:%d%H}.csv"
    path.write_text("\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n", "utf-8")
    batch = pool.receive_delivery(
        dataset=entries.dataset("jobs"), path=path, name=path.name, actor=world.teacher, at=at
    )
    assert batch.accepted == len(rows)


def update(world: World, draft: Draft, at: datetime = NEXT) -> Dataset:
    dataset = entries.dataset("jobs")
    catalogue.edit_dataset(dataset, draft, actor=world.teacher, at=at)
    catalogue.submit_dataset(dataset, actor=world.teacher, at=at, facts=CHANGE)
    return entries.dataset("jobs")


def listed(world: World, at: datetime = LATER) -> OpenEntry:
    case = actions.propose_opening(entries.dataset("jobs"), actor=world.teacher, at=at)
    cases.take_step(case, "review.approve", actor=world.regulator, at=at)
    return queries.entry_of("jobs")


@pytest.mark.clause("HL-33.1", "HL-12.3")
def test_unticking_the_marks_of_delivered_people_does_not_open_them(
    committed: World, tmp_path: Path
) -> None:
    committed.publish(MARKED, "jobs")
    deliver(committed, tmp_path, PEOPLE)

    dataset = update(committed, PLAIN)
    assert dataset.status is Status.UNDER_REVIEW  # its department alone publishes nothing
    assert dataset.newest.review_case is not None
    assert dataset.newest.review_case.kind == "catalogue_review"
    catalogue.approve_dataset(dataset, actor=committed.regulator, at=NEXT)

    with pytest.raises(NotOpenableError) as caught:
        actions.propose_opening(entries.dataset("jobs"), actor=committed.teacher, at=NEXT)
    found = {each.ground: each.fields for each in caught.value.refusals}
    assert found["marked_before"] == ("公民身份号码", "姓名", "手机号码")
    assert found["values_look_personal"] == ("公民身份号码", "手机号码")
    assert caught.value.cite == ("HL-33.1",)
    assert "consent" in str(caught.value)
    refusal = Entry.objects.get(subject="dataset:jobs", kind="opening.refused")
    for value in (PEOPLE[0][1], PEOPLE[0][3]):
        assert value not in f"{caught.value} {caught.value.zh} {refusal.facts}"
    with pytest.raises(NotOnListError):
        queries.entry_of("jobs")


@pytest.mark.clause("HL-33.1")
def test_people_delivered_while_the_opening_is_under_review_are_not_listed(
    committed: World, tmp_path: Path
) -> None:
    committed.publish(PLAIN, "jobs")
    deliver(committed, tmp_path, HARMLESS)
    case = actions.propose_opening(entries.dataset("jobs"), actor=committed.teacher, at=LATER)
    deliver(committed, tmp_path, PEOPLE, NEXT)

    with pytest.raises(NotOpenableError, match="公民身份号码"):
        cases.take_step(case, "review.approve", actor=committed.regulator, at=NEXT)
    assert not OpenEntry.objects.exists()


@pytest.mark.clause("HL-33.1")
@pytest.mark.parametrize("title", ["公民身份号码", " 公民身份 号码"])
def test_a_mark_stays_with_the_name_and_with_the_title(world: World, title: str) -> None:
    world.publish(MARKED, "jobs")
    renamed = tuple(
        replace(item, name="code", title=title) if item.name == "citizen_id" else item
        for item in PLAIN.items
    )
    dataset = update(world, replace(PLAIN, items=renamed))
    catalogue.approve_dataset(dataset, actor=world.regulator, at=NEXT)
    with pytest.raises(NotOpenableError) as caught:
        actions.propose_opening(entries.dataset("jobs"), actor=world.teacher, at=NEXT)
    assert caught.value.refusals[0].fields == (title.strip(), "姓名", "手机号码")


@pytest.mark.clause("HL-33.1")
@pytest.mark.parametrize("closing", ["marked", "withheld"])
def test_a_listed_dataset_leaves_the_list_with_the_version_that_closes_it(
    committed: World, tmp_path: Path, closing: str
) -> None:
    committed.publish(PLAIN, "jobs")
    deliver(committed, tmp_path, HARMLESS)
    entry = listed(committed)
    assert "单位1" in b"".join(downloads.download(entry, "csv")).decode()

    items = MARKED.items if closing == "marked" else PLAIN.items
    kind = OpeningType.UNCONDITIONAL if closing == "marked" else OpeningType.WITHHELD
    reason = "" if closing == "marked" else "含个人信息"
    update(committed, replace(PLAIN, items=items, opening_type=kind, closed_reason=reason))
    deliver(committed, tmp_path, PEOPLE, NEXT + timedelta(hours=1))

    assert OpenEntry.objects.get().unlisted_at == NEXT
    suspended = Entry.objects.get(subject="dataset:jobs", kind="opening.suspended")
    assert "HL-33.1" in suspended.cite
    with pytest.raises(NotOnListError):
        queries.dataset_page("jobs")
    assert queries.open_datasets().total == 0


@pytest.mark.clause("HL-33.4", "HL-34.1")
def test_a_listed_dataset_becomes_conditional_with_the_version_that_says_so(world: World) -> None:
    world.publish(PLAIN, "jobs")
    listed(world)
    update(
        world,
        replace(PLAIN, opening_type=OpeningType.CONDITIONAL, opening_condition="须具备处理能力"),
    )
    page = queries.dataset_page("jobs")
    assert (page.entry.opening_type, page.downloadable) == ("CONDITIONAL", False)
    with pytest.raises(ApplicationNeededError, match="须具备处理能力"):
        queries.preview(page.entry)


@pytest.mark.clause("HL-33.1")
def test_the_portal_gives_no_column_that_the_current_version_marks(
    committed: World, tmp_path: Path
) -> None:
    committed.publish(PLAIN, "jobs")
    deliver(committed, tmp_path, HARMLESS)
    listed(committed)
    marked = tuple(replace(i, personal=i.name == "name") for i in PLAIN.items)
    update(committed, replace(PLAIN, items=marked))
    OpenEntry.objects.update(unlisted_at=None)  # as if nobody had taken it off

    page = queries.dataset_page("jobs")
    assert "姓名" not in [item.title for item in page.items]
    assert queries.open_item_counts([page.entry]) == {page.entry.pk: len(page.items)}
    assert len(page.items) == len(PLAIN.items) - 1
    assert "姓名" not in queries.preview(page.entry).headers
    for fmt in downloads.CONTENT_TYPES:
        text = b"".join(downloads.download(page.entry, fmt)).decode()
        assert "姓名" not in text
        assert "单位1" not in text


@pytest.mark.clause("HL-33.1")
def test_the_portal_hands_out_nothing_once_the_current_version_is_not_open(world: World) -> None:
    world.publish(PLAIN, "jobs")
    entry = listed(world)
    update(world, replace(PLAIN, opening_type=OpeningType.WITHHELD, closed_reason="含个人信息"))
    OpenEntry.objects.update(unlisted_at=None)

    with pytest.raises(NotOnListError):
        queries.entry_of("jobs")
    with pytest.raises(ApplicationNeededError):
        queries.preview(OpenEntry.objects.get(pk=entry.pk))


@pytest.mark.clause("HL-33.1")
def test_people_delivered_into_open_columns_are_not_handed_out(
    committed: World, tmp_path: Path
) -> None:
    committed.publish(PLAIN, "jobs")
    deliver(committed, tmp_path, HARMLESS)
    entry = listed(committed)
    deliver(committed, tmp_path, PEOPLE, NEXT)

    for fmt in downloads.CONTENT_TYPES:
        text = b"".join(downloads.download(entry, fmt)).decode()
        assert "城市" in text
        assert not any(row[1] in text or row[3] in text for row in PEOPLE)
    shown = queries.preview(entry)
    assert not any(row[1] in str(shown) or row[3] in str(shown) for row in PEOPLE)


ON = date(2026, 3, 2)


@pytest.mark.clause("HL-33.1")
@pytest.mark.parametrize(
    ("values", "tells"),
    [
        (["甲"] * 190 + [number(1)], True),  # 0.52 %
        (["甲"] * 200 + [number(1)], False),
        ([f"身份证：{number(1)}（补办）", None], True),
        ([number(1).lower().replace("9", "９")], True),
        (["13900000001", "+86 139-0000-0002", "无", "无"], True),  # half
        (["13900000001", "无", "无"], False),
        (["12900000001", "0451-82345678"], False),
        ([None, None], False),
        ([], False),
        ([f"20260302{n:010d}" for n in range(1000)], False),  # serial numbers of 18 digits
        ([int(number(n)) for n in range(1, 9) if number(n).isdigit()], True),
        ([13900000001, 13900000002], True),
        ([True, False], False),
    ],
)
def test_a_column_tells_by_its_values(values: list[object], tells: bool) -> None:
    column = pa.array(values, pa.string()) if not values or values[0] is None else pa.array(values)
    batch = pa.RecordBatch.from_arrays([column], names=["c"])
    assert screening.telling_columns([batch], on=ON) == (("c",) if tells else ())


def test_decimals_tell_too_and_batches_are_counted_together() -> None:
    numbers = pa.array([Decimal(13900000001), Decimal(13900000002)], pa.decimal128(28, 10))
    one = pa.RecordBatch.from_arrays([numbers], names=["c"])
    assert screening.telling_columns([one], on=ON) == ("c",)
    other = pa.RecordBatch.from_arrays([pa.array([Decimal(1)] * 5, numbers.type)], names=["c"])
    assert screening.telling_columns([one, other], on=ON) == ()
