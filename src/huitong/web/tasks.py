"""What pages leave to the worker."""

import datetime as dt

from procrastinate.contrib.django import app

from huitong.catalogue import queries as catalogue
from huitong.errors import HuitongError
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department, Person
from huitong.pool import actions as pool
from huitong.pool.types import BatchState, Stage
from huitong.web import clock, incoming


class DeliveryBrokenError(HuitongError):
    """Something failed that is no refusal; the worker's log says what."""

    code = "delivery_broken"

    def __init__(self) -> None:
        super().__init__(
            "The delivery stopped on a fault of the platform, nothing was loaded: deliver it "
            "again; if that fails too, tell the operators of the platform.",
            zh="归集因平台故障中断，未入库任何数据：请重新上传；仍不成功的，请告知平台运行人员。",
        )


@app.task(name="huitong.web.receive", queue="deliveries")
def receive(delivery_id: str) -> None:
    """Run one delivery through the pool, noting how far it is for the page that watches it."""
    found = incoming.read(delivery_id)
    if found is None or found.state not in {"todo", "doing"}:
        return
    run(found)


def run(found: incoming.Incoming) -> incoming.Incoming:
    """Receive a delivery now and return how it ended; a refusal is an end, a fault is raised."""
    latest = found.now(state="doing")

    def note(stage: Stage, rows: int) -> None:
        nonlocal latest
        latest = latest.now(stage=stage.value, rows=rows)

    try:
        person = Person.objects.get(pk=found.person_id)
        home = Department.objects.filter(pk=found.department_id or 0).first()
        actor = organisations.actor_of(person, clock.day_of(clock.now()), department=home)
        dataset = catalogue.dataset(found.code)
        batch = pool.receive_delivery(
            dataset=dataset,
            path=found.path,
            name=found.name,
            declared=None if found.declared_rows is None else {"rows": found.declared_rows},
            actor=actor,
            at=dt.datetime.fromisoformat(found.received_at),
            progress=note,
        )
        if batch.state == BatchState.ACCEPTED:
            pool.swap_serving_copy(dataset, at=clock.now())
    except HuitongError as error:
        return incoming.refused(latest, error)
    except Exception:
        incoming.refused(latest, DeliveryBrokenError())
        raise
    # In this order: a worker killed between the two leaves a file to be swept, not a lie.
    ended = latest.now(state="succeeded", stage=Stage.DONE.value, batch=batch.pk)
    found.path.unlink(missing_ok=True)
    return ended
