"""The books of a department: what was filed, what is in force, and the kept bytes of each file."""

import contextlib
import datetime as dt
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db.models import Q, QuerySet

from huitong.organisations import rules
from huitong.organisations.errors import PaperError
from huitong.organisations.models import Department, Paper
from huitong.organisations.types import Actor, Attachment

LIMIT = 20 * 2**20
"""Bytes of one file in the books."""
SOON = dt.timedelta(days=30)


def keep(attachment: Attachment) -> tuple[str, str, int]:
    """Keep a file's bytes under their digest; return its name, SHA-256 and size.

    The name is only ever shown, never a path; the bytes are never looked into.

    Raises: PaperError, for an empty file or one above the limit.
    """
    size = len(attachment.content)
    if not 0 < size <= LIMIT:
        raise PaperError(
            f"The file has {size} bytes: files of the books have 1 to {LIMIT}.",
            zh=f"文件大小为{size}字节：须大于0且不超过{LIMIT // 2**20} MiB。",
        )
    digest = hashlib.sha256(attachment.content).hexdigest()
    folder: Path = settings.CONFIG.papers_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / digest
    if not path.exists():
        with NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(attachment.content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    name = attachment.name.replace("\\", "/").rpartition("/")[2]
    return "".join(x for x in name if x.isprintable())[-200:] or "file", digest, size


def content_of(paper: Paper) -> bytes:
    """Return the bytes of a paper's file, once they have the digest that was filed.

    Raises: PaperError, when there is no file, it is gone, or it is no longer what was filed.
    """
    content = b""
    with contextlib.suppress(FileNotFoundError, IsADirectoryError):
        content = (settings.CONFIG.papers_dir / paper.file_sha256).read_bytes()
    if not paper.file_sha256 or hashlib.sha256(content).hexdigest() != paper.file_sha256:
        raise PaperError(
            f"The file of {paper} is gone or is not what was filed: restore it from a backup.",
            zh=f"“{paper}”的文件不存在或与登记的摘要不符：请从备份恢复。",
        )
    return content


def in_force(papers: QuerySet[Paper], on: dt.date) -> QuerySet[Paper]:
    """Keep papers in force on a day: the first day counts, the day in `until` no longer."""
    return papers.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)


def of_department(department: Department) -> QuerySet[Paper]:
    """Return a department's own papers, by kind, newest first."""
    related = department.papers.select_related("department", "filed_by", "followed_by")
    return related.prefetch_related("addressees", "notes__department")


def sent_to(department: Department) -> QuerySet[Paper]:
    """Return the open tasks and matters that others address to a department, first due first."""
    rows = department.papers_received.filter(closed_on__isnull=True)
    return rows.select_related("department").order_by("due", "-since", "-id")


def ending(departments: Iterable[Department], on: dt.date) -> QuerySet[Paper]:
    """Return the papers in force that end within thirty days and that no version follows."""
    rows = Paper.objects.filter(department__in=list(departments), followed_by__isnull=True)
    return in_force(rows, on).filter(until__lte=on + SOON).order_by("until")


def may_read(paper: Paper, actor: Actor) -> bool:
    """Whether the actor may read a paper: its department, whom it concerns, guide and authority."""
    home = paper.department
    if rules.acts_for(actor, home) or rules.oversees(actor, home.jurisdiction.lineage()):
        return True
    concerned = {home.guide_id, *(one.pk for one in paper.addressees.all())}
    return actor.department_id is not None and actor.department_id in concerned
