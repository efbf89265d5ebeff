"""Server time of the to-do page and of the review page, through every middleware.

The province, forty cases and what they rest on are made in one transaction that is rolled back, so
the home that is measured stays as it was. The baseline is the simplest page of ours that reads
nothing (`/display/`), fetched in turn with the others: what is left is the work of the page itself.
"""

import datetime as dt
import statistics
import time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.test import Client

from huitong.cases.models import Case
from huitong.catalogue import actions as catalogue
from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.types import OpeningType, Secrecy, SharingType, UpdateFrequency
from huitong.operations.clock import now
from huitong.operations.demonstration import world
from huitong.organisations.models import Jurisdiction, Person

ROUNDS = 60
CASES = 40
TARGET_MS = 30.0
_DRAFT = Draft(
    title="学校名单",
    summary="学校名称与地址。",
    theme="教育",
    update_frequency=UpdateFrequency.YEARLY,
    data_format="csv",
    sharing_type=SharingType.UNCONDITIONAL,
    opening_type=OpeningType.UNCONDITIONAL,
    secrecy=Secrecy.NON_SECRET,
    key=("item_01",),
    items=tuple(
        DraftItem(name=f"item_{number:02d}", title=f"数据项{number}") for number in range(1, 21)
    ),
)


def run() -> list[dict[str, object]]:
    """Return the median milliseconds of each page; `ratio` is to the page that reads nothing."""
    with transaction.atomic():
        try:
            return _measured()
        finally:
            transaction.set_rollback(True)


def _measured() -> list[dict[str, object]]:
    at = now().astimezone(ZoneInfo("Asia/Shanghai"))
    day = dt.timedelta(days=1)
    made = (
        world.existing(on=at.date())
        if Jurisdiction.objects.exists()
        else world.found(at=at - 30 * day)
    )
    provider = made.actor("jiaoyu")
    for number in range(CASES):
        dataset = catalogue.add_dataset(
            _DRAFT,
            code=f"BENCH-{number:04d}",
            provider=made.departments["HLJ-JY"],
            actor=provider,
            at=at - 2 * day,
        )
        catalogue.submit_dataset(dataset, actor=provider, at=at - day)
    case = Case.objects.filter(subject="dataset:BENCH-0000").get()
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(
        Person.objects.get(username="shuju"), backend="django.contrib.auth.backends.ModelBackend"
    )
    pages = {"bare": "/display/", "to-do": "/w/", "review": f"/w/cases/{case.number}/"}
    times: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(ROUNDS + 5):
        for name, path in pages.items():
            began = time.perf_counter()
            answer = browser.get(path)
            taken = (time.perf_counter() - began) * 1000
            if answer.status_code != 200:
                msg = f"{path} answered {answer.status_code}: the bench measures no refusal"
                raise RuntimeError(msg)
            if number >= 5:
                times[name].append(taken)
    bare = statistics.median(times["bare"])
    return [
        {
            "name": f"page.{name} ({CASES} cases, 20 items)",
            "value": round(value, 2),
            "unit": "ms",
            "baseline": round(bare, 2),
            "ratio": round(value / bare, 2),
            "target": f"≤ {TARGET_MS:.0f} ms",
            "met": value <= TARGET_MS,
        }
        for name in ("to-do", "review")
        for value in [statistics.median(times[name])]
    ]
