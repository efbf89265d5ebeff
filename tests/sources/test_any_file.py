"""Whatever a file holds, it is read exactly or refused with a reason; nothing else comes out."""

import csv
import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huitong_sources import errors, files, layouts, reading

CELL = st.text(st.sampled_from('aé国0 ,;"\n\t\r|.'), max_size=6)
ROWS = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=30)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]), st.sampled_from(["\n", "\r\n"]))
def test_what_python_writes_as_csv_is_read_cell_by_cell_with_its_lines(
    rows: list[tuple[str, str, str]], encoding: str, end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    expected = []
    line = 2
    for row in [("one", "two", "three"), ("first", "x", "y"), *rows]:
        before = text.tell()
        writer.writerow(row)
        if row[0] != "one" and any(row):
            expected.append([cell or None for cell in row] + [line])
        if row[0] != "one":
            line += text.getvalue()[before:].count("\n")
    file = files.open_file(text.getvalue().encode(encoding), "list.csv")
    layout = layouts.propose(file)
    layout = layouts.from_dict(
        layouts.to_dict(layout)
        | {
            "dropped": [],
            "footer": None,
            "columns": [
                {"position": place, "header": header, "name": header}
                for place, header in enumerate(layout.headers)
            ],
        }
    )

    batches = list(reading.read(file, layout))

    assert [list(row.values()) for batch in batches for row in batch.to_pylist()] == expected


def _damaged_archive(rng: random.Random, data: bytes) -> bytes:
    """Return a workbook, sound as an archive, with nonsense inside its parts."""
    stream = io.BytesIO()
    numbers = (b"99999999", b"4294967295", b"-1", b"0", b"XFD1048576", b"ZZZ9")
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            if "sheet" in info.filename or rng.random() < 0.2:
                place = rng.randrange(len(part))
                part = part[:place] + rng.choice(numbers) + part[place + rng.randrange(4) :]
            new.writestr(info.filename, part)
    return stream.getvalue()


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_read_or_refused_and_never_ends_the_process(
    seed: int, workbook: Callable[..., bytes]
) -> None:
    rng = random.Random(seed)
    data = workbook([["code", "name"], *([number, f"x{number}"] for number in range(40))])
    for _ in range(5):
        with suppress(errors.SourceError):
            file = files.open_file(_damaged_archive(rng, data), "list.xlsx")
            for batch in reading.read(file, layouts.propose(file)):
                assert batch.num_rows > 0
