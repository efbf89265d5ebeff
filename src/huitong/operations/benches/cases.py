"""A step, the sweep and a to-do page with a million open cases in the database.

One case is opened by the engine; the others are its rows again, each with a day, a number and a
body of its own, so that the engine takes any of them further. Baselines of the same run: the step
and the page while the database held a hundred cases, and plain reading of all open cases' days.
"""

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg
from django.db import connection
from psycopg import sql

from huitong.cases import actions, queries, tasks
from huitong.cases.models import Case
from huitong.cases.types import Noticed
from huitong.organisations import actions as organisations
from huitong.organisations import queries as organisation_queries
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import SYSTEM, Actor, Level, PostRole

BODIES = 10
FEW = 100
STEPS = 60
PAGES = 20
_ZONE = ZoneInfo("Asia/Shanghai")
_TODAY = dt.date(2026, 11, 20)
_OPENED = dt.datetime(2026, 11, 2, 9, tzinfo=_ZONE)
# Just after business: what ends today becomes late with this sweep, all else was told before.
_AT = dt.datetime(2026, 11, 20, 17, 31, tzinfo=_ZONE)
# Cases are due on days spread around today, as many a day.
_DAYS = 2000
_SLOW_INDEXES = ("case_words", "case_bodies")

_CASES = """
    INSERT INTO cases_case SELECT made.* FROM cases_case model
    CROSS JOIN generate_series(%(first)s::int, %(last)s::int) n
    CROSS JOIN LATERAL (SELECT %(today)s::date + (n %% %(days)s - %(days)s / 2) AS ends) day
    CROSS JOIN LATERAL jsonb_populate_record(model, jsonb_build_object(
        'id', model.id + n,
        'number', 'SY-230000-2026-' || lpad((n + 1)::text, 8, '0'),
        'subject', 'grant:' || n,
        'parties', model.parties || jsonb_build_object(
            'consumer', (%(bodies)s::bigint[])[1 + n / %(days)s %% %(count)s]),
        'due_at', (day.ends + time '17:30') AT TIME ZONE 'Asia/Shanghai',
        'noticed', CASE WHEN day.ends < %(today)s THEN %(late)s
                        WHEN day.ends = %(today)s THEN %(due)s ELSE %(told)s END
    )) made WHERE model.id = %(model)s
"""
_EVENTS = """
    INSERT INTO cases_caseevent SELECT made.* FROM cases_caseevent model
    CROSS JOIN cases_case copy
    CROSS JOIN LATERAL jsonb_populate_record(model, jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('cases_caseevent', 'id')), 'case_id', copy.id,
        'facts', model.facts || jsonb_build_object('rectify_by',
            (copy.due_at AT TIME ZONE 'Asia/Shanghai')::date)
    )) made WHERE model.case_id = %(model)s AND copy.id > %(from)s
"""
_WAITING = """
    INSERT INTO cases_waiting SELECT made.* FROM cases_waiting model
    CROSS JOIN cases_case copy
    CROSS JOIN LATERAL jsonb_populate_record(model, jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('cases_waiting', 'id')), 'case_id', copy.id,
        'due_at', copy.due_at,
        'department_id', CASE WHEN model.department_id IS NULL THEN NULL
                              ELSE (copy.parties ->> 'consumer')::bigint END
    )) made WHERE model.case_id = %(model)s AND copy.id > %(from)s
"""


class Taken(NamedTuple):
    """Wall time, and what of it this process itself worked (a busy machine adds to the first)."""

    wall: float
    cpu: float


def run(admin_dsn: str, cases: int = 1_000_000) -> list[dict[str, object]]:
    """Return milliseconds of a step and of a to-do page, and seconds of a sweep.

    `admin_dsn` reaches the same database as a superuser, who may write rows past the guards.
    """
    provider, consumers, actors = _found()
    model = _open(provider, consumers[0], actors[provider.pk])
    bodies = [body.pk for body in consumers]
    _fill(admin_dsn, model, bodies, 1, FEW)
    few_step = _steps(model, range(1, FEW), actors)
    few_page = _median(PAGES, lambda: queries.todo_for(actors[bodies[0]], _AT))
    _fill(admin_dsn, model, bodies, FEW + 1, cases)
    step = _steps(model, range(FEW + 1, cases), actors)
    page = _median(PAGES, lambda: queries.todo_for(actors[bodies[0]], _AT))
    plain = _median(3, _read_all).wall
    began, cpu = time.perf_counter(), time.process_time()
    late = tasks.note_overdue(_AT)
    sweep = Taken(time.perf_counter() - began, time.process_time() - cpu)
    again = tasks.note_overdue(_AT)
    if not late or again:
        msg = f"The sweep found {len(late)} late cases, then {len(again)}: it measures nothing."
        raise RuntimeError(msg)
    listed = f"{cases // BODIES:,} of one body"
    return [
        _figure(f"cases.step ({cases:,} cases)", step, "ms", few_step.wall, 15.0),
        _figure(f"cases.todo ({listed})", page, "ms", few_page.wall, 50.0),
        _figure(
            f"cases.sweep ({cases:,} open, {len(late)} newly late)", sweep, "s", plain / 1000, 5.0
        ),
    ]


def _found() -> tuple[Department, list[Department], dict[int, Actor]]:
    """Found a province, its authority (a provider too) and the bodies that are asked to rectify."""
    province = organisations.found_jurisdiction(
        code="230000",
        name="黑龙江省",
        level=Level.PROVINCE,
        parent=None,
        actor=SYSTEM,
        at=_OPENED,
        profile_id="heilongjiang-2025",
    )
    bodies = [_body(province, number) for number in range(BODIES + 1)]
    for duty in ("supervision", "sharing"):
        organisations.assign_duty(
            jurisdiction=province, duty=duty, department=bodies[0], actor=SYSTEM, at=_OPENED
        )
    people = Person.objects.filter(username__startswith="bench").order_by("pk")
    actors = [organisation_queries.actor_of(person, _TODAY) for person in people]
    return bodies[0], bodies[1:], {a.department_id: a for a in actors if a.department_id}


def _body(province: Jurisdiction, number: int) -> Department:
    body = organisations.found_department(
        code=f"BENCH-{number:02d}",
        name=f"测速部门{number:02d}",
        jurisdiction=province,
        actor=SYSTEM,
        at=_OPENED,
    )
    person = organisations.register_person(
        username=f"bench{number:02d}", name=f"经办人{number:02d}", actor=SYSTEM, at=_OPENED
    )
    organisations.appoint(
        person=person,
        department=body,
        role=PostRole.OFFICER,
        actor=SYSTEM,
        at=_OPENED,
        since=_OPENED.date(),
    )
    return body


def _open(provider: Department, consumer: Department, actor: Actor) -> Case:
    return actions.open_case(
        kind="use_rectification",
        jurisdiction=provider.jurisdiction,
        subject="grant:0",
        title="超范围调用",
        parties={"provider": provider, "consumer": consumer},
        facts={
            "trigger": "over_scope",
            "problem": "调用了未授权的数据项",
            "rectify_by": (_TODAY + dt.timedelta(days=10)).isoformat(),
        },
        actor=actor,
        at=_OPENED,
    )


def _fill(admin_dsn: str, model: Case, bodies: list[int], first: int, last: int) -> None:
    """Write the rows of the model again, from the `first` copy to the `last`."""
    values: dict[str, object] = {
        "first": first,
        "last": last,
        "from": model.pk + first - 1,
        "model": model.pk,
        "bodies": bodies,
        "count": len(bodies),
        "today": _TODAY,
        "days": _DAYS,
        "late": Noticed.OVERDUE,
        "due": Noticed.DUE,
        "told": Noticed.REMINDED,
    }
    with psycopg.connect(admin_dsn) as admin:
        admin.execute("SET session_replication_role = replica")  # the guards stay for others
        slow = admin.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)",
            [list(_SLOW_INDEXES)],
        ).fetchall()
        for name, _ in slow:
            admin.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for statement in (_CASES, _EVENTS, _WAITING):
            admin.execute(statement, values)
        for _, definition in slow:
            admin.execute(definition)
        admin.commit()
        admin.autocommit = True
        admin.execute("VACUUM ANALYZE cases_case, cases_caseevent, cases_waiting")


def _steps(model: Case, copies: range, actors: dict[int, Actor]) -> Taken:
    """Return the median milliseconds of a report on rectification, in cases chosen by chance."""
    chance = random.Random(7)  # noqa: S311 - the same cases at every run
    times, used = [], []
    for copy in chance.sample(copies, k=STEPS):
        case = Case.objects.get(pk=model.pk + copy)
        actor = actors[case.parties["consumer"]]
        began, cpu = time.perf_counter(), time.process_time()
        actions.take_step(
            case,
            "rectify.report",
            actor=actor,
            at=_AT,
            facts={"report": "已停止调用并删除"},
            expected_version=1,
        )
        times.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    return Taken(statistics.median(times), statistics.median(used))


def _median(rounds: int, act: Callable[[], object]) -> Taken:
    times, used = [], []
    for _ in range(rounds + 1):
        began, cpu = time.perf_counter(), time.process_time()
        act()
        times.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    return Taken(statistics.median(times[1:]), statistics.median(used[1:]))  # the first warms up


def _read_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, due_at FROM cases_case WHERE closed_at IS NULL")
        cursor.fetchall()


def _figure(
    name: str, taken: Taken, unit: str, baseline: float, target: float
) -> dict[str, object]:
    return {
        "name": name,
        "value": round(taken.wall, 2),
        "cpu": round(taken.cpu, 2),
        "unit": unit,
        "baseline": round(baseline, 2),
        "ratio": round(taken.wall / baseline, 2),
        "target": f"≤ {target:.0f} {unit}",
        "met": taken.wall <= target,
    }
