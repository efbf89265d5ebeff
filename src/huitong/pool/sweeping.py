"""Files that deliveries left behind when they were cut off before their commit."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from huitong.pool import lake, pointers, receiving
from huitong.pool.models import Batch


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed."""

    files: int
    bytes: int


def sweep(*, before: datetime) -> Swept:
    """Remove what nothing needs and was last written before the moment given."""
    limit = before.timestamp()
    files = size = 0
    for path in _orphans():
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        if status.st_mtime < limit:
            path.unlink(missing_ok=True)
            files += 1
            size += status.st_size
    return Swept(files, size)


def _orphans() -> Iterator[Path]:
    """Yield the files that nothing needs, dataset by dataset, under each dataset's lock."""
    pointers.prepare()
    config = receiving.config()
    folders = sorted(
        path for path in (config.warehouse / lake.NAMESPACE).glob("[dq]_*_*") if path.is_dir()
    )
    datasets = {int(path.name.split("_")[1]) for path in folders}
    work = config.home / "work"
    if work.is_dir():
        datasets |= {int(path.name) for path in work.iterdir() if path.name.isdigit()}
    for dataset_id in sorted(datasets):
        with receiving.if_idle(dataset_id) as held:
            if held:
                mine = [path for path in folders if path.name.split("_")[1] == str(dataset_id)]
                yield from _of_dataset(dataset_id, mine)
    kept = set(Batch.objects.values_list("digest", flat=True).distinct())
    if config.bytes_dir.is_dir():
        yield from (path for path in config.bytes_dir.iterdir() if path.name not in kept)


def _of_dataset(dataset_id: int, folders: list[Path]) -> Iterator[Path]:
    work = receiving.work_folder(dataset_id)
    if work.is_dir():
        yield from [path for path in work.rglob("*") if path.is_file()]
        if not any(path.is_file() for path in work.rglob("*")):
            shutil.rmtree(work, ignore_errors=True)
    current = pointers.all_current()
    for folder in folders:
        location = current.get(folder.name)
        needed = lake.referenced_files(location) if location else set()
        yield from [path for path in folder.rglob("*") if path.is_file() and path not in needed]
