"""What the public reads: search, preview and downloads of exactly what was reviewed."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from catalogue.world import LATER, SCHOOLS, TODAY, World
from huitong.cases import actions as cases
from huitong.catalogue import actions as catalogue
from huitong.catalogue import queries as entries
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType
from huitong.opening import actions, downloads, queries
from huitong.opening.errors import ApplicationNeededError, FormatUnknownError, NotOnListError
from huitong.pool import actions as pool
from huitong.pool import proposing

FILE = """学校标识码,学校名称,在校生数,备注
4111010001,北京大学,40000,-请核实
4111010002,"清华,大学",-5,
4123010003,哈尔滨工业大学,30000,+86
"""


def opened(world: World, dataset: Dataset) -> Dataset:
    case = actions.propose_opening(dataset, actor=world.teacher, at=LATER)
    cases.take_step(case, "review.approve", actor=world.regulator, at=LATER)
    return dataset


def drafted(path: Path) -> Draft:
    return proposing.propose(path, on=TODAY, title="普通高等学校名单")


@pytest.fixture
def delivered(committed: World, tmp_path: Path) -> Dataset:
    """A dataset drafted from a file, reviewed, delivered and opened."""
    path = tmp_path / "schools.csv"
    path.write_text(FILE, "utf-8")
    committed.publish(drafted(path), "schools")
    dataset = entries.dataset("schools")
    pool.receive_delivery(
        dataset=dataset, path=path, name=path.name, actor=committed.teacher, at=LATER
    )
    return opened(committed, dataset)


@pytest.mark.clause("HL-34.2", "HN-22")
def test_a_drafted_file_is_read_by_the_public_as_csv_and_json(delivered: Dataset) -> None:
    page = queries.dataset_page("schools")
    assert (page.rows, page.downloadable) == (3, True)
    assert page.entry.version.key == ["school_code"]

    raw = b"".join(downloads.download(page.entry, "csv"))
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["学校标识码", "学校名称", "在校生数", "备注"]
    by_code = {row[0]: row for row in rows[1:]}
    assert by_code["4111010001"][3] == "'-请核实"  # no spreadsheet runs it
    assert by_code["4111010002"][1:] == ["清华,大学", "-5", ""]  # a number stays a number
    assert by_code["4123010003"][3] == "'+86"

    objects = json.loads(b"".join(downloads.download(page.entry, "json")))
    by_code = {row["school_code"]: row for row in objects}
    assert by_code["4111010001"]["remark"] == "-请核实"
    assert by_code["4111010002"]["remark"] is None
    assert isinstance(by_code["4111010002"][page.items[2].name], int)


def test_the_preview_shows_headers_and_at_most_so_many_rows(delivered: Dataset) -> None:
    preview = queries.preview(queries.entry_of("schools"), limit=2)
    assert preview.headers == ("学校标识码", "学校名称", "在校生数", "备注")
    assert len(preview.rows) == 2
    assert all(isinstance(value, str | None) for row in preview.rows for value in row)


@pytest.mark.clause("HL-32")
def test_a_column_added_after_the_review_is_not_open(
    committed: World, delivered: Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "wider.csv"
    path.write_text(
        "学校标识码,学校名称,在校生数,备注,主管部门\n4111010001,北京大学,1,,某某\n", "utf-8"
    )
    later = LATER + timedelta(days=1)
    catalogue.edit_dataset(delivered, drafted(path), actor=committed.teacher, at=later)
    facts = {"change_source": "other", "change_day": later.date(), "changes": "增加主管部门"}
    catalogue.submit_dataset(delivered, actor=committed.teacher, at=later, facts=facts)
    pool.receive_delivery(
        dataset=entries.dataset("schools"),
        path=path,
        name=path.name,
        actor=committed.teacher,
        at=later,
    )

    entry = queries.entry_of("schools")
    for fmt in downloads.CONTENT_TYPES:
        assert "某某" not in b"".join(downloads.download(entry, fmt)).decode()
    assert "某某" not in str(queries.preview(entry))


def test_an_unknown_format_is_refused_before_the_first_byte(world: World) -> None:
    opened(world, world.publish(SCHOOLS, "schools"))
    with pytest.raises(FormatUnknownError):
        downloads.download(queries.entry_of("schools"), "exe")


@pytest.mark.clause("HL-34.1")
def test_conditionally_open_data_is_listed_but_not_handed_out(world: World) -> None:
    conditional = replace(
        SCHOOLS, opening_type=OpeningType.CONDITIONAL, opening_condition="须具备安全处理能力"
    )
    opened(world, world.publish(conditional, "schools"))
    page = queries.dataset_page("schools")
    assert not page.downloadable
    with pytest.raises(ApplicationNeededError, match="须具备安全处理能力"):
        downloads.download(page.entry, "csv")
    with pytest.raises(ApplicationNeededError):
        queries.preview(page.entry)


@pytest.mark.clause("HN-22")
def test_the_portal_finds_by_words_and_narrows_by_facets(world: World) -> None:
    opened(world, world.publish(SCHOOLS, "schools"))
    clinics = replace(
        SCHOOLS,
        title="发热门诊名单",
        summary="",
        theme="卫生",
        items=(DraftItem("hospital", "医院名称"),),
        key=(),
    )
    opened(world, world.publish(clinics, "clinics"))
    world.publish(replace(SCHOOLS, title="高等学校未开放"), "closed")

    found = queries.open_datasets("高等学校")
    assert [entry.dataset.code for entry in found.entries] == ["schools"]
    everything = queries.open_datasets()
    assert everything.total == 2
    themes = next(facet for facet in everything.facets if facet.name == "theme")
    assert {(v.value, v.count) for v in themes.values} == {("教育", 1), ("卫生", 1)}

    health = queries.open_datasets(filters={"theme": "卫生", "nonsense": "x"})
    assert [entry.dataset.code for entry in health.entries] == ["clinics"]
    themes = next(facet for facet in health.facets if facet.name == "theme")
    assert {(v.value, v.chosen) for v in themes.values} == {("教育", False), ("卫生", True)}
    assert queries.open_datasets("量子").pages == 1


def test_a_search_takes_the_same_queries_however_many_results(
    world: World, django_assert_num_queries: object
) -> None:
    for number in range(3):
        opened(world, world.publish(SCHOOLS, f"schools{number}"))
        with django_assert_num_queries(8):  # type: ignore[operator]
            found = queries.open_datasets("高等学校", page=99, size=2)
            assert all(entry.dataset.provider.jurisdiction.name for entry in found.entries)
    assert (found.page, found.pages, found.total) == (2, 2, 3)


@pytest.mark.clause("HN-19")
def test_what_is_not_listed_does_not_exist_for_the_public(world: World) -> None:
    world.publish(SCHOOLS, "schools")
    with pytest.raises(NotOnListError):
        queries.dataset_page("schools")
