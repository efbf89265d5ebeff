"""A delivery: upload, worker, progress, receipt, quarantine; with real commits."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from huitong.catalogue import queries
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import Mask, OpeningType
from huitong.ledger.models import Entry
from huitong.operations.demonstration import world
from huitong.organisations import actions
from huitong.organisations.models import Department, Person
from huitong.organisations.types import SYSTEM, PostRole
from huitong.pool import proposing
from huitong.pool.models import Batch
from huitong.web import incoming, tasks
from web import pages
from web.conftest import SCHOOLS, added

HEADER = "学校标识码,学校名称,在校生数\n"
GOOD = HEADER + "4123010001,演示大学,1200\n4123010002,演示学院,800\n"
CONFLICT = GOOD + "4123010002,演示学院（新）,801\n4123010003,演示专科,many\n"


@pytest.fixture
def committed(
    fresh_django: object, at: dt.datetime, strict_templates: None, huitong_home: Path
) -> Dataset:
    """Return the published dataset in a database where commits stay."""
    return published(SCHOOLS, at, huitong_home)


def published(schools: Draft, at: dt.datetime, home: Path) -> Dataset:
    founded = world.found(at=at - dt.timedelta(days=30))
    first = home / "first.csv"
    first.write_text(GOOD, "utf-8")
    layout = proposing.propose(first, on=at.date()).layout
    names = dict(zip(["学校标识码", "学校名称", "在校生数"], schools.items, strict=True))
    columns = [{**column, "name": names[column["header"]].name} for column in layout["columns"]]
    draft = dataclasses.replace(schools, layout={**layout, "columns": columns})
    dataset = added(founded, draft, "HLJ-JY-0002", at)
    world.publish(dataset, provider=founded.actor("jiaoyu"), at=at - dt.timedelta(days=5))
    return queries.dataset(dataset.code)


@pytest.fixture
def officer(committed: Dataset) -> pages.StrictClient:
    return entered("jiaoyu")


def entered(username: str) -> pages.StrictClient:
    browser = pages.StrictClient()
    browser.force_login(
        Person.objects.get(username=username),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return browser


def upload(
    browser: pages.StrictClient, dataset: Dataset, text: str, rows: str = ""
) -> incoming.Incoming:
    file = SimpleUploadedFile("schools.csv", text.encode())
    answer = browser.post(f"/w/datasets/{dataset.code}/deliver/", {"file": file, "rows": rows})
    assert answer.status_code == 302
    found = incoming.read(answer.headers["Location"].rstrip("/").rpartition("/")[2])
    assert found is not None
    return found


def work_off() -> None:
    """Run the one job that the page left, as the worker does."""
    job = ProcrastinateJob.objects.get(task_name="huitong.web.receive")
    tasks.receive(**job.args)


def test_an_upload_is_kept_and_handed_to_the_worker(
    officer: pages.StrictClient, committed: Dataset
) -> None:
    found = upload(officer, committed, GOOD)

    html = officer.get(f"/w/deliveries/{found.id}/").content.decode()
    assert "排队中" in html
    assert f'hx-get="/w/deliveries/{found.id}/status/"' in html
    assert found.path.read_text("utf-8") == GOOD


@pytest.mark.parametrize("chosen", [True, False])
def test_the_worker_delivers_in_the_name_that_the_person_had_chosen(
    committed: Dataset, at: dt.datetime, chosen: bool
) -> None:
    officer = entered("jiaoyu")
    found = upload(officer, committed, GOOD) if not chosen else None
    actions.appoint(
        person=Person.objects.get(username="jiaoyu"),
        department=Department.objects.get(code="HLJ-MZ"),
        role=PostRole.OFFICER,
        since=at.date(),
        actor=SYSTEM,
        at=at,
    )
    if chosen:
        officer.post("/w/posts/", {"department": committed.provider_id})
        found = upload(officer, committed, GOOD)
    work_off()

    assert found is not None
    batch = Batch.objects.get()
    assert batch.accepted == 2
    entry = Entry.objects.get(kind="pool.delivery_accepted")
    assert entry.actor == "person:jiaoyu@HLJ-JY"


def test_the_receipt_shows_where_each_row_went(
    officer: pages.StrictClient, committed: Dataset
) -> None:
    found = upload(officer, committed, CONFLICT, rows="4")
    work_off()

    status = officer.get(f"/w/deliveries/{found.id}/status/").content.decode()
    batch = Batch.objects.get()
    assert "已完成" in status
    assert "hx-get" not in status, "a finished delivery is asked about no more"
    assert not found.path.exists()
    html = officer.get(f"/w/batches/{batch.pk}/").content.decode()
    assert "账目相符" in html
    assert "同一主键，不同内容：4123010002" in html
    assert "演示学院（新）" in html
    assert "不是整数" in html
    assert (batch.accepted, batch.quarantined) == (1, 3)


def test_the_quarantine_comes_as_a_table(officer: pages.StrictClient, committed: Dataset) -> None:
    upload(officer, committed, CONFLICT + "4123010009,-演示,none\n")
    work_off()

    answer = officer.get(f"/w/batches/{Batch.objects.get().pk}/quarantine.csv")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]

    assert lines[0] == "行,原因,学校标识码,学校名称,在校生数"
    assert len(lines) == 1 + 4
    assert any("'-演示" in line for line in lines), "no spreadsheet takes it for a formula"


def test_a_file_that_cannot_be_read_says_why_and_loads_nothing(
    officer: pages.StrictClient, committed: Dataset
) -> None:
    found = upload(officer, committed, HEADER + "4123010001,演示大学\n")
    work_off()

    html = officer.get(f"/w/deliveries/{found.id}/").content.decode()
    assert 'role="alert"' in html
    assert "重新上传" in html
    assert not Batch.objects.exists()
    assert not found.path.exists()


def test_the_same_file_twice_is_the_same_batch(
    officer: pages.StrictClient, committed: Dataset
) -> None:
    first = tasks.run(upload(officer, committed, GOOD))
    second = tasks.run(upload(officer, committed, GOOD))

    assert first.batch == second.batch
    assert Batch.objects.count() == 1


def test_a_file_over_the_limit_is_refused(
    officer: pages.StrictClient, committed: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415

    monkeypatch.setattr(settings, "CONFIG", replace(settings.CONFIG, upload_limit=10))
    file = SimpleUploadedFile("schools.csv", GOOD.encode())

    answer = officer.post(f"/w/datasets/{committed.code}/deliver/", {"file": file})

    assert answer.status_code == 413
    assert not ProcrastinateJob.objects.filter(task_name="huitong.web.receive").exists()


def test_another_department_may_neither_deliver_nor_look(
    officer: pages.StrictClient, committed: Dataset
) -> None:
    found = upload(officer, committed, GOOD)
    work_off()
    stranger = entered("minzheng")
    file = SimpleUploadedFile("schools.csv", GOOD.encode())

    assert (
        stranger.post(f"/w/datasets/{committed.code}/deliver/", {"file": file}).status_code == 403
    )
    assert stranger.get(f"/w/deliveries/{found.id}/").status_code == 403
    assert stranger.get(f"/w/batches/{Batch.objects.get().pk}/").status_code == 403


def test_the_api_takes_a_file_the_same_way(officer: pages.StrictClient, committed: Dataset) -> None:
    file = SimpleUploadedFile("schools.csv", GOOD.encode())
    answer = officer.post(
        f"/api/v1/datasets/{committed.code}/deliveries", {"file": file, "rows": "2"}
    )
    assert answer.status_code == 202
    work_off()

    state = officer.get(answer.json()["status_url"]).json()
    receipt = officer.get(f"/api/v1/batches/{state['batch']}").json()

    assert state["state"] == "succeeded"
    assert (receipt["rows_read"], receipt["accepted"], receipt["reconciled"]) == (2, 2, True)
    assert json.dumps(receipt)


def test_an_overseer_sees_quarantined_values_masked_and_is_recorded(
    fresh_django: object, at: dt.datetime, strict_templates: None, huitong_home: Path
) -> None:
    code, name, students = SCHOOLS.items
    masked = dataclasses.replace(name, personal=True, mask_default=Mask.NAME)
    items = (dataclasses.replace(code, personal=True), masked, students)
    closed = {"opening_type": OpeningType.WITHHELD, "closed_reason": "涉及个人隐私。"}
    draft = dataclasses.replace(SCHOOLS, items=items, **closed)
    dataset = published(draft, at, huitong_home)
    officer = entered("jiaoyu")
    tasks.run(upload(officer, dataset, CONFLICT))
    batch = Batch.objects.get()
    page = f"/w/batches/{batch.pk}/"
    authority = entered("shuju")

    html = authority.get(page).content.decode()
    table = b"".join(authority.get(f"{page}quarantine.csv")).decode("utf-8-sig")  # type: ignore[arg-type]

    for shown in (html, table):
        assert "演示学院" not in shown
        assert "4123010002" not in shown
        assert "演***" in shown or "演*****" in shown
        assert "不是整数" in shown
    assert "同一主键，不同内容：***" in html
    assert "演示学院（新）" in officer.get(page).content.decode()
    notes = Entry.objects.filter(kind="pool.quarantine_read").order_by("id")
    assert [(one.facts["form"], one.facts["whole"]) for one in notes] == [
        ("page", False),
        ("csv", False),
        ("page", True),
    ]
    assert {(one.subject, tuple(one.cite)) for one in notes} == {
        (f"batch:{batch.pk}", ("HL-38.3",))
    }
    assert not any("演示" in str(one.facts) for one in notes)
    assert "pool.quarantine_read" in officer.get("/w/ledger/").content.decode()
