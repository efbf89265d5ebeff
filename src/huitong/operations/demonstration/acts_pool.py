"""Steps 4 and 5: deliveries with their receipts, and the swap of the serving copy."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg

from huitong.operations.demonstration import entries
from huitong.operations.demonstration.scene import Scene
from huitong.operations.demonstration.stage import Step, require
from huitong.pool import actions, queries, serving

Act = Callable[[Step], None]


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
    """Swap every serving copy; while the big one is swapped again, readers read without error."""
    for entry in scene.entries:
        actions.swap_serving_copy(scene.dataset(entry), at=scene.stage.now())
    dataset = scene.dataset(scene.personal)
    expected = queries.latest_batch(dataset)
    rows = expected.accepted if expected else 0
    readers = [_Reader(scene, dataset.pk) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        copy = actions.swap_serving_copy(dataset, at=scene.stage.now())
    finally:
        for reader in readers:
            reader.done.set()
            reader.join()
    reads = sum(reader.reads for reader in readers)
    wrong = [reader.problem for reader in readers if reader.problem]
    seen = {count for reader in readers for count in reader.seen}
    require(not wrong, f"a reader failed: {wrong}")
    require(seen <= {rows}, f"a reader saw {seen} rows instead of {rows}")
    require(reads > 0, "no reader read during the swap")
    step.cite = ["HL-18.2"]
    step.detail = {"table": copy.table_name, "rows": rows, "reads_during_swap": reads, "errors": 0}


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
