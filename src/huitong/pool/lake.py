"""Iceberg tables on files, staged here and made current elsewhere. Pure: no Django.

PyIceberg commits one table at a time. A delivery changes two, and a batch row and a ledger entry
belong to them, so staging stops one step short: data files, manifests and the new metadata file are
written and synced, and the swing of the catalogue's pointers is left to the transaction that writes
the batch (`huitong.pool.pointers`). Until then nobody can see any of it. The catalogue's table is
PyIceberg's own, so any Iceberg reader with a JDBC or SQL catalogue can follow.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.catalog.noop import NoopCatalog
from pyiceberg.io import load_file_io
from pyiceberg.io.pyarrow import parquet_file_to_data_file, pyarrow_to_schema
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC
from pyiceberg.serializers import ToOutputFile
from pyiceberg.table import CommitTableResponse, StaticTable, Table
from pyiceberg.table.locations import load_location_provider
from pyiceberg.table.metadata import TableMetadata, new_table_metadata
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.table.update import TableRequirement, TableUpdate, update_table_metadata

from huitong.pool.errors import PlanError
from huitong.pool.keeping import sync_file, sync_folder

CATALOG = "huitong"
NAMESPACE = "pool"

_VERSION_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Staged:
    """A new state of one table, on disk and not yet current.

    `expected` is the metadata that was current when it was staged (None: the table is new);
    `location` the metadata to become current; `files` everything written for it.
    """

    table: str
    expected: str | None
    location: str
    snapshot_id: int
    files: tuple[Path, ...]


class _StagingCatalog(NoopCatalog):
    """A catalogue whose commit writes the metadata file and swings nothing."""

    def __init__(self) -> None:
        super().__init__(CATALOG)
        self.staged: tuple[TableMetadata, str] | None = None

    def commit_table(
        self,
        table: Table,
        requirements: tuple[TableRequirement, ...],
        updates: tuple[TableUpdate, ...],
    ) -> CommitTableResponse:
        """Write the metadata that the updates lead to, beside the current one."""
        current = table.metadata_location or None
        for requirement in requirements:
            requirement.validate(table.metadata)
        metadata = update_table_metadata(
            table.metadata, updates, enforce_validation=False, metadata_location=current
        )
        provider = load_location_provider(metadata.location, metadata.properties)
        location = provider.new_table_metadata_file_location(_next_version(current))
        ToOutputFile.table_metadata(metadata, table.io.new_output(location))
        self.staged = (metadata, location)
        return CommitTableResponse.model_validate(
            {"metadata": metadata, "metadata-location": location}
        )


def table_folder(warehouse: Path, table: str) -> Path:
    """Return the folder of a table."""
    return warehouse / NAMESPACE / table


def new_data_file(warehouse: Path, table: str) -> Path:
    """Return a path for a data file of the table; its folder is made."""
    folder = table_folder(warehouse, table) / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{uuid.uuid4()}.parquet"


def stage_replacement(
    *,
    warehouse: Path,
    table: str,
    schema: pa.Schema,
    current: str | None,
    data: Path | None,
    properties: Mapping[str, str],
) -> Staged:
    """Stage a snapshot in which the table holds the rows of `data` and no others.

    `schema` carries Iceberg field ids; `current` is the current metadata, None for a new table;
    `data` None makes the table empty. `properties` go into the snapshot's summary. Everything is on
    the disk when this returns.

    Raises: PlanError when the table has another schema, OSError when the disk refuses.
    """
    folder = table_folder(warehouse, table) / "metadata"
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    try:
        return _staged(warehouse, table, schema, current, data, properties)
    except BaseException:
        # Whoever stages a table holds its dataset's lock, so what is new here is this attempt's.
        for path in set(folder.iterdir()) - before:
            path.unlink(missing_ok=True)
        raise


def _staged(
    warehouse: Path,
    table: str,
    schema: pa.Schema,
    current: str | None,
    data: Path | None,
    properties: Mapping[str, str],
) -> Staged:
    catalog = _StagingCatalog()
    handle = _handle(warehouse, table, schema, current, catalog)
    if handle.schema().as_struct() != pyarrow_to_schema(schema).as_struct():
        raise PlanError(
            f"Lake table {table} has other columns than the plan: publish a new version of the "
            "dataset instead of changing one.",
            zh=f"湖表 {table} 的列与目录不一致：请发布新的目录版本，而不是更改已发布的版本。",
        )
    earlier = [] if current is None else [task.file for task in handle.scan().plan_files()]
    with handle.transaction() as transaction:
        change = transaction.update_snapshot(snapshot_properties=dict(properties)).overwrite()
        for file in earlier:
            change.delete_data_file(file)
        if data is not None:
            change.append_data_file(
                parquet_file_to_data_file(handle.io, handle.metadata, data.as_uri())
            )
        change.commit()
    if catalog.staged is None:
        msg = "PyIceberg committed without calling the catalogue"
        raise RuntimeError(msg)
    metadata, location = catalog.staged
    snapshot = metadata.current_snapshot()
    if snapshot is None:
        msg = "the staged metadata has no snapshot"
        raise RuntimeError(msg)
    files = [path_of(location), *_metadata_files(handle, snapshot)]
    files += [data] if data is not None else []
    for path in files:
        sync_file(path)
    for folder in {path.parent for path in files}:
        sync_folder(folder)
    return Staged(table, current, location, snapshot.snapshot_id, tuple(files))


def data_files(location: str, snapshot_id: int) -> list[Path]:
    """Return the data files of a snapshot, by the table's current metadata."""
    table = StaticTable.from_metadata(location)
    tasks = list(table.scan(snapshot_id=snapshot_id).plan_files())
    if any(task.delete_files for task in tasks):
        msg = "the pool writes no delete files; another writer did"
        raise RuntimeError(msg)
    return [path_of(task.file.file_path) for task in tasks]


def read(
    files: Sequence[Path], columns: Sequence[str], batch_rows: int = 65_536
) -> Iterator[pa.RecordBatch]:
    """Yield columns of data files in batches, in the order asked for."""
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=batch_rows, columns=list(columns)):
                yield batch.select(list(columns)).replace_schema_metadata(None)


def referenced_files(location: str) -> set[Path]:
    """Return every file that the table's history needs, its metadata files among them."""
    table = StaticTable.from_metadata(location)
    files = {path_of(location)}
    files |= {path_of(entry.metadata_file) for entry in table.metadata.metadata_log}
    for snapshot in table.metadata.snapshots:
        files.add(path_of(snapshot.manifest_list))
        for manifest in snapshot.manifests(table.io):
            files.add(path_of(manifest.manifest_path))
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
                files.add(path_of(entry.data_file.file_path))
    return files


def path_of(location: str) -> Path:
    """Return the path behind a `file:` URI."""
    return Path(unquote(urlsplit(location).path))


def _handle(
    warehouse: Path, table: str, schema: pa.Schema, current: str | None, catalog: _StagingCatalog
) -> Table:
    """Return the table as it stands, or a new empty one that no catalogue knows yet."""
    if current is not None:
        static = StaticTable.from_metadata(current)
        return Table((NAMESPACE, table), static.metadata, current, static.io, catalog)
    location = table_folder(warehouse, table).as_uri()
    metadata = new_table_metadata(
        schema=pyarrow_to_schema(schema),
        partition_spec=UNPARTITIONED_PARTITION_SPEC,
        sort_order=UNSORTED_SORT_ORDER,
        location=location,
        properties={"format-version": "2"},
    )
    return Table((NAMESPACE, table), metadata, "", load_file_io(location=location), catalog)


def _metadata_files(handle: Table, snapshot: Snapshot) -> Iterator[Path]:
    """Yield the manifest list and the manifests that this snapshot wrote."""
    yield path_of(snapshot.manifest_list)
    for manifest in snapshot.manifests(handle.io):
        if manifest.added_snapshot_id == snapshot.snapshot_id:
            yield path_of(manifest.manifest_path)


def _next_version(current: str | None) -> int:
    if current is None:
        return 0
    return int(path_of(current).name[:_VERSION_DIGITS]) + 1
