"""The door for uploads: who may send a file, where, and how large."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

from huitong.catalogue.models import Dataset
from huitong.config import load
from web import pages

Limit = Callable[[int], None]


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch, huitong_home: Path) -> Limit:
    def set_limit(most: int) -> None:
        changed = replace(django_settings.CONFIG, upload_limit=most)
        monkeypatch.setattr(django_settings, "CONFIG", changed)

    return set_limit


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of the pieces that were written to the disk."""
    pieces: list[int] = []
    real = TemporaryFileUploadHandler.receive_data_chunk

    def note(self: TemporaryFileUploadHandler, raw_data: bytes, start: int) -> None:
        pieces.append(len(raw_data))
        real(self, raw_data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", note)
    return pieces


def a_file(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("schools.csv", b"a,b\n" + b"1,2\n" * (size // 4))


def test_no_byte_over_the_limit_is_written(
    log_in: pages.LogIn, limit: Limit, written: list[int]
) -> None:
    limit(2**20)

    answer = log_in("jiaoyu").post("/w/drafts/new/", {"file": a_file(3 * 2**20)})

    html = answer.content.decode()
    assert answer.status_code == 413
    assert "文件超过 1 MiB 的上限：请拆分文件" in html
    assert 0 < sum(written) <= 2**20


def test_the_refusal_is_told_in_english(log_in: pages.LogIn, limit: Limit) -> None:
    limit(2**20)
    browser = log_in("jiaoyu")
    browser.post("/language/", {"language": "en", "next": "/"})

    answer = browser.post("/w/drafts/new/", {"file": a_file(2 * 2**20)})

    assert answer.status_code == 413
    assert "The file is larger than 1 MiB: split it" in answer.content.decode()


def test_a_stated_length_over_the_limit_is_refused_unread(
    log_in: pages.LogIn, limit: Limit, written: list[int], settings: object
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]
    limit(1000)

    answer = log_in("jiaoyu").post("/w/drafts/new/", {"file": a_file(4000)})

    assert answer.status_code == 413
    assert not written


def test_a_form_without_a_file_has_a_limit_of_its_own(
    log_in: pages.LogIn, settings: object
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # type: ignore[attr-defined]

    answer = log_in("jiaoyu").post("/w/clients/", {"name": "长" * 1000})

    assert answer.status_code == 413
    assert "请精简内容后重新提交" in answer.content.decode()


@pytest.mark.parametrize("path", ["/w/drafts/new/", "/w/login/", "/language/", "/nothing/"])
def test_nobody_leaves_a_file_without_logging_in(
    client: Client, province: object, written: list[int], path: str
) -> None:
    client.post(path, {"next": "/", "file": a_file(2**20)})

    assert not written


def test_a_page_that_takes_no_file_keeps_none(log_in: pages.LogIn, written: list[int]) -> None:
    log_in("jiaoyu").post("/w/clients/", {"name": "系统", "file": a_file(2**20)})

    assert not written


def test_the_api_says_it_as_a_problem(
    log_in: pages.LogIn, schools: Dataset, limit: Limit, written: list[int]
) -> None:
    limit(2**20)
    path = f"/api/v1/datasets/{schools.code}/deliveries"

    answer = log_in("jiaoyu").post(path, {"file": a_file(2 * 2**20)})

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert sum(written) <= 2**20
    stranger = pages.StrictClient().post(path, {"file": a_file(4000)})
    assert stranger.status_code == 401


def test_files_on_their_way_lie_in_the_home() -> None:
    home = Path(load().home)

    assert Path(django_settings.FILE_UPLOAD_TEMP_DIR).is_relative_to(home)


def test_a_draft_of_two_thousand_items_can_be_confirmed(log_in: pages.LogIn) -> None:
    browser = log_in("jiaoyu")
    header = ",".join(f"指标{number}" for number in range(2000))
    row = ",".join("1" for _ in range(2000))
    file = SimpleUploadedFile("wide.csv", f"{header}\n{row}\n{row}\n".encode())
    html = browser.post("/w/drafts/new/", {"file": file}, follow=True).content.decode()
    posted = pages.fields_of(html) | {"code": "HLJ-JY-0099", "title": "宽表"}

    answer = browser.post("/w/drafts/confirm/", posted)

    assert answer.status_code == 302
    assert Dataset.objects.get().newest.items.count() == 2000
