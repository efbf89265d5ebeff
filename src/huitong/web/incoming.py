"""Files on their way from a page into the pool, and how far each of them is.

One folder an upload under `HUITONG_HOME/incoming`: the file as it came and `delivery.json`, which
is replaced whole, so that whoever reads it meets the old or the new state and nothing between.
The folder goes when the delivery has ended well; what failed stays for the person to read.
"""

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from huitong.errors import HuitongError
from huitong.organisations.types import Actor

_STATE = "delivery.json"
_FILE = "file"


@dataclass(frozen=True, slots=True)
class Incoming:
    """How far one upload is; `state` is `todo`, `doing`, `succeeded` or `failed`.

    `stage` and `rows` are what the pool said last, `batch` the id once there is one,
    `department_id` the department in whose name the person delivers.
    """

    id: str
    code: str
    name: str
    person_id: int
    received_at: str
    declared_rows: int | None = None
    state: str = "todo"
    stage: str = ""
    rows: int = 0
    batch: int | None = None
    department_id: int | None = None
    error: Mapping[str, Any] | None = None

    @property
    def path(self) -> Path:
        """Return where the file itself lies."""
        return _folder(self.id) / _FILE

    def now(self, **changes: Any) -> "Incoming":  # noqa: ANN401  fields of this class
        """Return the delivery as it is now, and write it down."""
        changed = replace(self, **changes)
        _write(changed)
        return changed


def take(
    upload: "UploadedFile[bytes]", *, code: str, actor: Actor, received_at: str, rows: int | None
) -> Incoming:
    """Move an upload out of the web server's temporary files into a folder of its own."""
    made = Incoming(
        id=str(uuid.uuid4()),
        code=code,
        name=Path(upload.name or "file").name,
        person_id=actor.person_id or 0,
        department_id=actor.department_id,
        received_at=received_at,
        declared_rows=rows,
    )
    folder = _folder(made.id)
    folder.mkdir(parents=True, mode=0o700)
    try:
        if isinstance(upload, TemporaryUploadedFile):
            shutil.move(upload.temporary_file_path(), made.path)
        else:
            with made.path.open("wb") as file:
                shutil.copyfileobj(upload, file)
        _write(made)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def read(delivery_id: uuid.UUID | str) -> Incoming | None:
    """Return how far a delivery is; None when there is no such delivery."""
    try:
        text = (_folder(str(delivery_id)) / _STATE).read_text("utf-8")
    except FileNotFoundError:
        return None
    return Incoming(**json.loads(text))


def refused(incoming: Incoming, error: HuitongError) -> Incoming:
    """Note why a delivery was refused, in both languages, and drop the file."""
    told = {"code": error.code, "en": str(error), "zh": error.zh, "cite": list(error.cite)}
    incoming.path.unlink(missing_ok=True)
    return incoming.now(state="failed", error=told)


def _folder(delivery_id: str) -> Path:
    return Path(settings.CONFIG.home) / "incoming" / str(uuid.UUID(delivery_id))


def _write(incoming: Incoming) -> None:
    target = _folder(incoming.id) / _STATE
    partial = target.with_suffix(".new")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(asdict(incoming), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
