"""Steps 4 and 5: deliveries with their receipts, and the swap of the serving copy."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from huitong.operations.demonstration import entries, making
from huitong.operations.demonstration.scene import Scene
from huitong.operations.demonstration.stage import Step, require
from huitong.pool import actions, queries, serving

Act = Callable[[Step], None]
_READER_SECONDS = 30.0


def deliver(scene: Scene, entry: entries.Entry, step: Step) -> None:
    """Deliver the file, and once more: the second time is the same batch."""
    officer = scene.world.actor(entries.officer_of(entry.code))
    dataset = scene.dataset(entry)

    def send() -> Any:  # noqa: ANN401 - a batch
        return actions.receive_delivery(
            dataset=dataset,
            path=entry.path,
            name=entry.path.name,
            declared=entry.declared,
            actor=officer,
            at=scene.stage.now(),
        )

    batch = send()
    receipt = queries.receipt_of(batch)
    again = send()
    require(again.pk == batch.pk, "the same bytes were loaded twice")
    made = scene.made.get(entry.code)
    if made:
        found = {
            name: receipt[name] for name in ("accepted", "quarantined", "duplicates", "superseded")
        }
        put_in = {
            "accepted": made.accepted,
            "quarantined": made.quarantined,
            "duplicates": made.duplicates,
            "superseded": made.superseded,
        }
        require(found == put_in, f"counted {found}, put in {put_in}")
    require(receipt["reconciled"] is True, f"not reconciled: {receipt}")
    step.cite = ["HL-18.2", "HL-19.2"]
    step.detail = {"dataset": entry.code, "file": entry.path.name, **receipt}


def swap(scene: Scene, step: Step) -> None:
    """Swap every serving copy; then the next delivery's while readers read without error."""
    for entry in scene.entries:
        actions.swap_serving_copy(scene.dataset(entry), at=scene.stage.now())
    dataset = scene.dataset(scene.personal)
    before = scene.made[dataset.code]
    after = making.one_more_graduate(before, scene.folder / "高校毕业生就业登记-下周.csv")
    actions.receive_delivery(
        dataset=dataset,
        path=after.path,
        name=after.path.name,
        declared={"rows": after.rows},
        actor=scene.world.actor(entries.officer_of(dataset.code)),
        at=scene.stage.now(),
    )
    readers = [_Reader(scene, dataset.pk) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        _wait(readers, before.accepted)
        copy = actions.swap_serving_copy(dataset, at=scene.stage.now())
        _wait(readers, after.accepted)
    finally:
        for reader in readers:
            reader.done.set()
            reader.join()
    wrong = [reader.problem for reader in readers if reader.problem]
    seen = {count for reader in readers for count in reader.seen}
    require(not wrong, f"a reader failed: {wrong}")
    require(seen == {before.accepted, after.accepted}, f"a reader saw a mix: {sorted(seen)}")
    step.cite = ["HL-18.2"]
    step.detail = {
        "table": copy.table_name,
        "rows_before": before.accepted,
        "rows_after": after.accepted,
        "reads_during_swap": sum(reader.reads for reader in readers),
        "errors": 0,
    }


def _wait(readers: list["_Reader"], rows: int) -> None:
    """Return when every reader has seen the copy with so many rows, or one has failed."""
    deadline = time.monotonic() + _READER_SECONDS
    while not all(rows in reader.seen or reader.problem for reader in readers):
        require(time.monotonic() < deadline, f"no reader saw {rows} rows")
        threading.Event().wait(0.005)


class _Reader(threading.Thread):
    """Counts the rows of the serving copy over and over on a connection of its own."""

    def __init__(self, scene: Scene, dataset_id: int) -> None:
        super().__init__(daemon=True)
        self.dsn = scene.config.address("app").url
        self.dataset_id = dataset_id
        self.done = threading.Event()
        self.reads = 0
        self.seen: set[int] = set()
        self.problem = ""

    def run(self) -> None:
        """Read until told to stop."""
        try:
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                serving.act_as_pool(connection)
                while not self.done.is_set():
                    self.seen.add(serving.count(connection, self.dataset_id))
                    self.reads += 1
        except psycopg.Error as error:
            self.problem = str(error).splitlines()[0]
