"""A province with one department, and datasets published for the files that tests deliver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pyarrow import parquet
from pyiceberg.table import StaticTable

from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.ledger.models import Entry
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor, Level
from huitong.pool import actions, lake, pointers
from huitong.pool.models import Batch
from huitong_sources import files, layouts

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """A data item as the catalogue keeps it; the defaults are a plain optional text."""

    name: str
    type: str = "text"
    length: int | None = None
    required: bool = False
    identifier: str | None = None
    rules: Sequence[Mapping[str, object]] = field(default_factory=list)


def clerk_of(department: Department) -> Actor:
    return Actor(
        person_id=department.pk,
        username=f"clerk_{department.code.lower().replace('-', '_')}",
        name="办事员",
        department_id=department.pk,
        department_code=department.code,
        department_name=department.name,
    )


@dataclass(frozen=True)
class Stage:
    """What a test of the pool plays on: a home for files, a department, its clerk."""

    home: Path
    province: Jurisdiction
    department: Department
    other: Department

    @property
    def clerk(self) -> Actor:
        return clerk_of(self.department)

    def file(self, name: str, text: str | bytes) -> Path:
        path = self.home / "incoming" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def dataset(
        self,
        code: str,
        items: Sequence[Item],
        *,
        sample: Path,
        key: Sequence[str] = (),
        version_column: str = "",
        published: bool = True,
    ) -> Dataset:
        """Publish a dataset whose layout is the one proposed for the sample, renamed to items."""
        layout = layouts.to_dict(layouts.propose(files.open_file(sample)))
        names = {item.name for item in items}
        layout["columns"] = [c for c in layout["columns"] if c["name"] in names]
        dataset = Dataset.objects.create(code=code, provider=self.department, created_at=NOON)
        version = DatasetVersion.objects.create(
            dataset=dataset,
            number=1,
            title=code,
            non_secret=True,
            layout=layout,
            key=list(key),
            version_column=version_column,
        )
        DataItem.objects.bulk_create(
            DataItem(
                version=version,
                position=position,
                name=item.name,
                title=item.name,
                type=item.type,
                length=item.length,
                required=item.required,
                identifier=item.identifier,
                rules=list(item.rules),
            )
            for position, item in enumerate(items, start=1)
        )
        if published:
            version.published_at = NOON
            version.save()
            dataset.current_version = version
            dataset.save()
        return dataset

    def deliver(
        self, dataset: Dataset, path: Path, *, declared: Mapping[str, object] | None = None
    ) -> Batch:
        return actions.receive_delivery(
            dataset=dataset,
            path=path,
            name=path.name,
            declared=declared,
            actor=self.clerk,
            at=NOON,
        )

    def ledger(self, kind: str) -> list[Entry]:
        return list(Entry.objects.filter(kind=kind).order_by("id"))


def make_stage(home: Path) -> Stage:
    province = Jurisdiction.objects.create(
        code="230000", name="黑龙江省", level=Level.PROVINCE, profile_id="heilongjiang-2025"
    )
    departments = [
        Department.objects.create(code=code, name=name, jurisdiction=province)
        for code, name in (("HL-EDU", "省教育厅"), ("HL-LAB", "省人社厅"))
    ]
    return Stage(home, province, *departments)


def whole(stage: Stage) -> None:
    """Assert that every batch is complete: both tables, its row and its ledger entry, or none."""
    batches = Batch.objects.order_by("id")
    entries = [entry.facts["batch"] for entry in stage.ledger("pool.delivery_accepted")]
    assert entries == [batch.pk for batch in batches]
    current = pointers.all_current()
    for table, location in current.items():
        newest = {
            "d": batches.filter(lake_table=table, snapshot_id__isnull=False),
            "q": batches.filter(quarantine_table=table),
        }[table[0]].last()
        assert newest is not None, f"{table} is current without a batch"
        found = {
            "d": (newest.snapshot_id, newest.accepted),
            "q": (newest.quarantine_snapshot_id, newest.quarantined),
        }[table[0]]
        snapshot, rows = found
        assert snapshot is not None
        metadata = StaticTable.from_metadata(location).metadata
        assert metadata.current_snapshot_id == snapshot
        files = lake.data_files(location, snapshot)
        assert sum(parquet.read_metadata(file).num_rows for file in files) == rows


def left_over(stage: Stage) -> list[Path]:
    """Return the files that no table needs."""
    needed: set[Path] = set()
    for location in pointers.all_current().values():
        needed |= lake.referenced_files(location)
    found = [*stage.home.glob("warehouse/**/*"), *stage.home.glob("work/**/*")]
    return [path for path in found if path.is_file() and path not in needed]
