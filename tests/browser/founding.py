"""Fills a database for the browser tests, in a process of its own, and works off its jobs.

`python founding.py found FOLDER` prints one JSON object with the numbers of the cases that the
tests open; `python founding.py work` runs the worker until nothing waits.
"""

import csv
import dataclasses
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from procrastinate.contrib.django import app  # noqa: E402

from huitong.cases import actions as cases  # noqa: E402
from huitong.catalogue import actions as catalogue  # noqa: E402
from huitong.catalogue import queries  # noqa: E402
from huitong.catalogue.models import Dataset  # noqa: E402
from huitong.catalogue.types import UpdateFrequency  # noqa: E402
from huitong.identifiers import making  # noqa: E402
from huitong.ledger import actions as ledger  # noqa: E402
from huitong.opening import actions as opening  # noqa: E402
from huitong.operations.clock import now  # noqa: E402
from huitong.operations.demonstration import world  # noqa: E402
from huitong.organisations import actions as organisations  # noqa: E402
from huitong.organisations.models import Person  # noqa: E402
from huitong.organisations.types import SYSTEM, PostRole  # noqa: E402
from huitong.pool import actions as pool  # noqa: E402
from huitong.pool import proposing  # noqa: E402
from huitong.sharing import actions as sharing  # noqa: E402
from huitong.sharing import rectification, systems  # noqa: E402
from huitong.sharing.models import Application, Grant  # noqa: E402

DAY = dt.timedelta(days=1)
BASIS = (
    "《公共租赁住房管理办法》第八条：市、县级人民政府住房保障主管部门应当会同有关部门，"
    "对申请人提交的申请材料进行审核。"
)


def graduates(folder: Path) -> Path:
    """Write 200 people, three of them with a wrong check digit, one twice with other content."""
    path = folder / "graduates.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["公民身份号码", "姓名", "联系电话", "毕业院校", "毕业日期"])
        last = ""
        for number in range(200):
            born = dt.date(2001, 1, 1) + dt.timedelta(days=number)
            last = making.make_citizen_id("230102", born, 100 + number)
            if number % 80 == 7:
                last = last[:-1] + ("1" if last[-1] != "1" else "2")
            school = ("黑龙江大学", "哈尔滨工业大学")[number % 2]
            name = "赵钱孙李周吴郑王"[number % 8] + "伟芳娜敏"[number % 4]
            lines.writerow(
                [last, name, f"138{number:08d}", school, f"2026-06-{1 + number % 28:02d}"]
            )
        lines.writerow([last, "冲突", "13800000000", "黑龙江大学", "2026-06-01"])
    return path


def schools(folder: Path) -> Path:
    """Write sixty schools."""
    path = folder / "schools.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["学校标识码", "学校名称", "主管部门", "所在地", "办学层次", "在校生数"])
        for number in range(60):
            place = ("哈尔滨市", "齐齐哈尔市", "牡丹江市")[number % 3]
            level = ("本科", "专科")[number % 2]
            lines.writerow(
                [
                    f"41230{number:05d}",
                    f"演示第{number + 1}大学",
                    "黑龙江省",
                    place,
                    level,
                    2000 + number,
                ]
            )
    return path


def found(folder: Path) -> dict[str, Any]:
    """Make everything that the tests look at; return the addresses of what they open."""
    at = now()
    made = world.found(at=at - 40 * DAY)
    provider, authority = made.actor("jiaoyu"), made.actor("shuju")
    files = {"people": graduates(folder), "schools": schools(folder)}

    def add(code: str, path: Path, **words: Any) -> Dataset:  # noqa: ANN401  the words of a draft
        draft = dataclasses.replace(proposing.propose(path, on=at.date()), **words)
        return catalogue.add_dataset(
            draft, code=code, provider=made.departments["HLJ-JY"], actor=provider, at=at - 9 * DAY
        )

    people = add(
        "HLJ-JY-0001",
        files["people"],
        title="高校毕业生就业登记信息",
        title_en="Employment of graduates",
        summary="高校毕业生去向登记：姓名、证件号码、联系方式、毕业院校。",
        theme="教育",
        update_frequency=UpdateFrequency.WEEKLY,
    )
    listed = add(
        "HLJ-JY-0002",
        files["schools"],
        title="高等学校名单（演示）",
        title_en="Universities and colleges (demo)",
        summary="全省高等学校名称、主管部门、所在地、办学层次和在校生人数。",
        theme="教育",
        update_frequency=UpdateFrequency.YEARLY,
    )
    for dataset in (people, listed):
        world.publish(dataset, provider=provider, at=at - 8 * DAY)
    add("HLJ-JY-0003", files["schools"], title="中等职业学校名单", update_frequency=None)
    reviewed = add(
        "HLJ-JY-0004",
        files["schools"],
        title="民办学校名单",
        summary="民办学校名称与地址。",
        theme="教育",
    )
    review = catalogue.submit_dataset(reviewed, actor=provider, at=at - 3 * DAY)
    returned = add(
        "HLJ-JY-0005", files["schools"], title="幼儿园名单", summary="幼儿园名称与地址。"
    )
    catalogue.submit_dataset(returned, actor=provider, at=at - 2 * DAY)
    catalogue.return_dataset(
        queries.dataset("HLJ-JY-0005"), opinion="请写明时间范围。", actor=authority, at=at - DAY
    )
    changed = add("HLJ-JY-0006", files["schools"], title="特殊教育学校名单", summary="名称与地址。")
    world.publish(changed, provider=provider, at=at - 8 * DAY)
    published = queries.dataset("HLJ-JY-0006")
    draft = dataclasses.replace(queries.draft_of(published.newest), summary="名称、地址、联系人。")
    catalogue.edit_dataset(published, draft, actor=provider, at=at - DAY)
    batches = {
        name: pool.receive_delivery(
            dataset=queries.dataset(code),
            path=files[name],
            name=files[name].name,
            declared={"rows": rows},
            actor=provider,
            at=at - 3 * dt.timedelta(hours=1),
        ).pk
        for name, code, rows in (("people", "HLJ-JY-0001", 201), ("schools", "HLJ-JY-0002", 60))
    }
    case = opening.propose_opening(queries.dataset(listed.code), actor=provider, at=at - 2 * DAY)
    cases.take_step(case, "review.approve", actor=authority, at=at - DAY)
    first = _apply(made, "zhufang", at - 4 * DAY)
    names = first.items
    sharing.decide(
        first,
        decisions={names[0]: "whole", names[1]: "name", names[2]: "refused"},
        reason="电话与资格复核无关",
        actor=provider,
        at=at - 3 * DAY,
    )
    open_application = _apply(made, "minzheng", at - dt.timedelta(hours=1))
    order = rectification.order_rectification(
        Grant.objects.get(),
        trigger="over_scope",
        problem="昨日调用量为申请量的六倍。",
        rectify_by=(at + 5 * DAY).date(),
        actor=provider,
        at=at - DAY,
    )
    client = systems.register_client(
        department=made.departments["HRB-ZJ"],
        name="资格复核系统",
        actor=made.actor("zhufang"),
        at=at - 2 * DAY,
    )
    organisations.appoint(
        person=Person.objects.get(username="renshe"),
        department=made.departments["HLJ-MZ"],
        role=PostRole.DAILY_STAFF,
        since=(at - DAY).date(),
        actor=SYSTEM,
        at=at - DAY,
    )
    ledger.seal(at=at)
    return {
        "application": open_application.case.number,
        "review": review.number,
        "order": order.number,
        "batch": batches["people"],
        "grant": Grant.objects.get().pk,
        "client": client.client_id,
        "schools": str(files["schools"]),
    }


def _apply(made: world.World, username: str, at: dt.datetime) -> Application:
    dataset = queries.dataset("HLJ-JY-0001")
    names = [item.name for item in queries.items_of(dataset.newest)]
    return sharing.apply(
        dataset=dataset,
        items=names[:3],
        scenario="公共租赁住房申请家庭成员就业情况复核",
        mode="api",
        scope="本市公租房申请家庭，约每日 3,000 次",
        basis=BASIS,
        purpose="住房保障资格复核",
        use_until=(at + 360 * DAY).date(),
        actor=made.actor(username),
        at=at,
    )


def work() -> None:
    """Work off what waits, as the worker of the platform does."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(queues=["deliveries"], wait=False, install_signal_handlers=False)


if __name__ == "__main__":
    if sys.argv[1] == "found":
        sys.stdout.write(json.dumps(found(Path(sys.argv[2]))))
    else:
        work()
