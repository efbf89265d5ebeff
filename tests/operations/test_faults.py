"""A worker killed in the middle of deliveries: each is once in the table, or reported failed."""

import pytest

from conftest import Databases


@pytest.mark.slow
def test_no_delivery_is_lost_doubled_or_halved_when_the_worker_is_killed(
    fresh_django: Databases,
) -> None:
    from huitong.operations.faults import deliveries  # noqa: PLC0415 - it imports models

    found = deliveries.run(kills=2, rows=5_000)

    assert found["kills"] == 2
    assert int(str(found["succeeded"])) == found["delivered"] >= 3
    assert found["failed"] == found["unfinished"] == 0
    assert found["missing"] == found["failed_yet_there"] == found["double"] == found["half"] == 0
    assert found["without_entry"] == found["serving_copies_behind"] == 0
    assert found["ok"] is True
