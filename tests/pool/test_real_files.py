"""Files of real departments, quirks included."""

from pathlib import Path

import pytest

from huitong.catalogue.models import Dataset
from huitong.pool import queries
from huitong_sources import files, layouts
from pool.stage import Item, Stage

pytestmark = [pytest.mark.clause("HL-18.2", "HL-19.2")]


def _items(path: Path, **special: Item) -> list[Item]:
    """Return every column that the layout proposes as an optional text, but for the special."""
    proposed = layouts.propose(files.open_file(path))
    return [special.get(name, Item(name)) for name in proposed.names]


def _column(path: Path, header: str) -> str:
    proposed = layouts.propose(files.open_file(path))
    return next(c.name for c in proposed.columns if c.header.strip() == header)


def _text(dataset: Dataset, name: str) -> list[object]:
    return [
        value
        for batch in queries.snapshot_reader(dataset, columns=[name])
        for value in batch.column(name).to_pylist()
    ]


def test_universities_reconcile_to_the_totals_that_their_group_rows_state(
    stage: Stage, shared_data: Path
) -> None:
    path = shared_data / "A01_moe_universities_2025.xls"
    code = _column(path, "学校标识码")
    dataset = stage.dataset(
        "A01", _items(path, **{code: Item(code, required=True)}), sample=path, key=[code]
    )

    batch = stage.deliver(dataset, path)

    assert (batch.rows_read, batch.accepted, batch.quarantined) == (2919, 2919, 0)
    assert batch.declared == {"rows": 2919, "sums": {}, "source": "file"}
    assert batch.reconciled is True
    assert len([line for line in batch.statement if line["what"].startswith("rows:")]) == 31
    codes = _text(dataset, code)
    assert {type(value) for value in codes} == {str}
    assert all(len(str(value)) == 10 and str(value).isdigit() for value in codes)


def test_clinics_report_eight_exact_duplicates_and_do_not_load_them(
    stage: Stage, shared_data: Path
) -> None:
    path = shared_data / "A05_fever_clinics_gb18030.csv"
    dataset = stage.dataset("A05", _items(path), sample=path)

    batch = stage.deliver(dataset, path, declared={"rows": 2083})

    assert (batch.rows_read, batch.accepted, batch.duplicates) == (2083, 2075, 8)
    assert batch.reconciled is True


def test_division_codes_that_name_two_places_are_quarantined_side_by_side(
    stage: Stage, shared_data: Path
) -> None:
    path = shared_data / "A02_gb2260_divisions_with_history.csv"
    dataset = stage.dataset("A02", _items(path), sample=path, key=["code"])

    batch = stage.deliver(dataset, path)

    assert (batch.rows_read, batch.accepted, batch.quarantined) == (6564, 6560, 4)
    assert batch.reasons == {"key_conflict": 4}
    assert batch.reconciled is None
    assert "header_trimmed" in {mend["code"] for mend in batch.mended}
    rows = queries.quarantine_rows(batch)
    keys = [row["key"] for row in rows]
    assert keys == [rows[0]["values"]["code"]] * 2 + [rows[2]["values"]["code"]] * 2  # type: ignore[index]
    assert rows[0]["values"] != rows[1]["values"]


def test_credit_codes_are_refused_by_checksum_and_only_warned_of_by_region(
    stage: Stage, shared_data: Path
) -> None:
    path = shared_data / "A08_uscc_code_vectors.csv"
    code = Item("code", identifier="credit_code")
    dataset = stage.dataset("A08", _items(path, code=code), sample=path)

    batch = stage.deliver(dataset, path)

    assert (batch.rows_read, batch.accepted, batch.quarantined) == (129, 120, 9)
    assert sum(batch.reasons.values()) == 9
    assert all(reason.startswith("code:") for reason in batch.reasons)
    assert batch.warnings.get("code:unknown_region", 0) > 0
    assert {row["values"]["checksum_valid"] for row in queries.quarantine_rows(batch)} == {"0"}  # type: ignore[index]
