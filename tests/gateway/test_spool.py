"""The spool: what was noted is read back whole, in order, and nothing else is."""

import errno
import fcntl
import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitong.gateway import records, spool
from huitong.gateway.errors import SpoolFullError
from huitong.gateway.spool import Spool
from huitong.gateway.types import NO_DIGEST, NO_SHAPE, Outcome, Use
from huitong.ledger import leaves


def use(number: int) -> Use:
    return Use(
        at=1_795_000_000_000_000 + number,
        client_id=1,
        consumer_id=2,
        grant_id=number,
        dataset_id=4,
        outcome=Outcome.ANSWERED,
        rows=1,
        shape=b"s" * 16,
        key_mac=sha256(b"key%d" % number).digest(),
        body_digest=sha256(b"body%d" % number).digest(),
    )


def read_back(segment: Path) -> list[Use]:
    found = records.read(segment.read_bytes(), 0, records.seed(segment.stem))
    return [noted.use for noted in found]


def segments(folder: Path) -> list[Path]:
    """Return the segments in the order in which they were begun: their names end in numbers."""
    return sorted(folder.glob("*.spool"), key=lambda path: int(path.stem.rpartition("-")[2], 16))


def test_receipts_name_where_each_use_lies(tmp_path: Path) -> None:
    written = Spool(tmp_path, node="n1", segment_bytes=10_000)
    receipts = [*written.note([use(1)]), *written.note([use(2), use(3)])]

    (segment,) = segments(tmp_path)
    assert receipts == [f"{segment.stem}.{position}" for position in range(3)]
    assert segment.stem.startswith("n1-")
    assert read_back(segment) == [use(1), use(2), use(3)]


def test_a_segment_is_allocated_whole_before_it_is_used(tmp_path: Path) -> None:
    Spool(tmp_path, node="n", segment_bytes=1_000_000).note([use(1)])

    status = segments(tmp_path)[0].stat()
    assert status.st_size == 1_000_000 // records.SIZE * records.SIZE
    assert status.st_blocks * 512 >= status.st_size


def test_a_batch_that_has_no_room_begins_the_next_segment(tmp_path: Path) -> None:
    written = Spool(tmp_path, node="n", segment_bytes=records.SIZE * 4)
    written.note([use(1), use(2), use(3)])
    written.note([use(4), use(5)])

    assert [len(read_back(segment)) for segment in segments(tmp_path)] == [3, 2]


def test_a_batch_larger_than_a_segment_is_spread(tmp_path: Path) -> None:
    written = Spool(tmp_path, node="n", segment_bytes=records.SIZE * 4)
    receipts = written.note([use(number) for number in range(10)])

    assert len(set(receipts)) == 10
    assert sum(len(read_back(segment)) for segment in segments(tmp_path)) == 10


@pytest.mark.parametrize("cut", [0, 1, records.SIZE - 5, records.SIZE - 1])
def test_a_torn_last_record_is_skipped(tmp_path: Path, cut: int) -> None:
    written = Spool(tmp_path, node="n", segment_bytes=10_000)
    written.note([use(1), use(2), use(3)])
    (segment,) = segments(tmp_path)
    data = bytearray(segment.read_bytes())
    data[2 * records.SIZE + cut : 3 * records.SIZE] = bytes(records.SIZE - cut)
    segment.write_bytes(data)

    assert read_back(segment) == [use(1), use(2)]


def test_the_reader_stops_at_the_first_record_that_was_tampered_with(tmp_path: Path) -> None:
    written = Spool(tmp_path, node="n", segment_bytes=10_000)
    written.note([use(1), use(2), use(3)])
    (segment,) = segments(tmp_path)
    data = bytearray(segment.read_bytes())
    data[records.SIZE + 20] ^= 1
    segment.write_bytes(data)

    assert read_back(segment) == [use(1)]


def test_a_record_of_another_segment_or_place_does_not_pass() -> None:
    data = records.encode(use(1), 5, records.seed("one"))

    assert records.decode(data, 5, records.seed("one")) is not None
    assert records.decode(data, 6, records.seed("one")) is None
    assert records.decode(data, 5, records.seed("two")) is None
    assert records.decode(bytes(records.SIZE), 0, records.seed("one")) is None


def test_the_bound_on_the_spool_refuses_the_note_and_frees_with_the_segment(tmp_path: Path) -> None:
    size = records.SIZE * 10
    written = Spool(tmp_path, node="n", segment_bytes=size, max_bytes=size * 2)
    for number in range(20):
        written.note([use(number)])

    with pytest.raises(SpoolFullError):
        written.note([use(20)])
    assert [len(read_back(segment)) for segment in segments(tmp_path)] == [10, 10]

    segments(tmp_path)[0].unlink()
    written.note([use(20)])
    assert read_back(segments(tmp_path)[-1]) == [use(20)]


def test_a_full_disk_is_met_when_a_segment_is_begun_never_inside_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Spool(tmp_path, node="n", segment_bytes=records.SIZE * 3)
    for number in range(3):
        written.note([use(number)])

    def full(_file: int, _offset: int, _length: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full)
        with pytest.raises(SpoolFullError):
            written.note([use(3)])
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".new"] == []
    written.note([use(3)])
    assert [len(read_back(segment)) for segment in segments(tmp_path)] == [3, 1]


def test_a_disk_that_is_really_full_refuses_the_note(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("did not run: mounting a small disk needs root")
    try:
        written = Spool(tmp_path, node="n", segment_bytes=100_000)
        for noted in range(735 * 2):
            written.note([use(noted)])
        with pytest.raises(SpoolFullError):
            written.note([use(735 * 2)])
        assert sum(len(read_back(segment)) for segment in segments(tmp_path)) == 735 * 2
        written.close()
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_the_writer_holds_its_segment_until_it_is_gone(tmp_path: Path) -> None:
    written = Spool(tmp_path, node="n", segment_bytes=10_000)
    written.note([use(1)])
    with segments(tmp_path)[0].open() as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        written.close()
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_what_lies_in_the_folder_is_told(tmp_path: Path) -> None:
    Spool(tmp_path, node="n", segment_bytes=records.SIZE * 3).note([use(1)])
    held = spool.held(tmp_path, segments(tmp_path)[0].stat().st_mtime + 5)

    assert (held.segments, held.bytes, round(held.age)) == (1, records.SIZE * 3, 5)


digests = st.sampled_from([NO_DIGEST]) | st.binary(min_size=32, max_size=32)
ids = st.integers(0, 2**53 - 1)


@given(
    st.builds(
        Use,
        at=st.integers(0, 4_000_000_000_000_000),
        client_id=ids,
        consumer_id=ids,
        grant_id=ids,
        dataset_id=ids,
        outcome=st.sampled_from([int(outcome) for outcome in Outcome]),
        rows=st.integers(0, 2**32 - 1),
        shape=st.sampled_from([NO_SHAPE]) | st.binary(min_size=16, max_size=16),
        key_mac=digests,
        body_digest=digests,
    ),
    st.integers(0, 2**31 - 1),
)
def test_the_bytes_of_a_record_are_what_the_ledger_would_write(made: Use, position: int) -> None:
    noted = records.Noted(position, made)
    data = records.encode(made, position, records.seed("n-1"))

    assert records.decode(data, position, records.seed("n-1")) == noted
    assert records.canonical("n-1", noted) == leaves.canonical_object(records.as_json("n-1", noted))
