"""Walking a case file's events through its own table, with the table's own conditions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeAlias

from huitong.cases import rules
from huitong.cases.papers.answers import Answers
from huitong.cases.papers.verdicts import Problem
from huitong.regulations import predicates
from huitong.regulations import rules as law
from huitong.regulations.types import FlatTable, Happened, Step

# A file whose shape was checked: its members are what `shapes.FILE` says.
Checked: TypeAlias = Mapping[str, Any]

_NEVER = datetime.min.replace(tzinfo=UTC)


def table_faults(file: Checked) -> Iterator[Problem]:
    """Yield what is wrong with the table of a file, and with the way of its events through it."""
    text: str = file["table"]
    if sha256(text.encode()).hexdigest() != file["table_sha256"]:
        yield Problem(
            "table_altered",
            "table",
            "the table does not have the digest that the file states",
            "流程表与其摘要不符",
        )
    try:
        table = FlatTable.from_json(text)
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration) as error:
        yield Problem("table_unreadable", "table", f"it is no table ({error})", "流程表无法读取")
        return
    if (table.kind, table.profile_id) != (file["kind"], file["profile"]):
        yield Problem(
            "table_foreign",
            "table",
            f"it is of {table.profile_id}/{table.kind}",
            f"流程表属于{table.profile_id}/{table.kind}",
        )
    yield from _replay(table, file["events"], Answers(table, file))
    yield from _ends(table, file)


def _replay(table: FlatTable, events: Sequence[Checked], answers: Answers) -> Iterator[Problem]:
    """Walk the events through the table; each must be a path that the table has."""
    state, history = "", list[Happened]()
    for place, event in enumerate(events, start=1):
        where = f"event {place}"
        if event["from"] != state:
            yield Problem(
                "state_broken",
                where,
                f"it begins in {event['from']!r}, the one before led to {state!r}",
                f"第{place}步的起始状态与上一步的结果不衔接",
            )
        row = _row(table, event)
        missing = answers.missing_after(row, event) if row is not None else frozenset()
        if missing and event["to"] == event["from"]:
            pass  # one of several departments answered, and the stage goes on for the others
        elif row is None or missing or event["to"] not in {route.to for route in row.routes}:
            yield Problem(
                "path_unknown",
                where,
                f"the table has no step {event['step']} from {event['from']!r} by {event['role']} "
                f"to {event['to']!r}",
                f"流程表中没有第{place}步所走的路径",
            )
        else:
            try:
                yield from list(_decided(table, row, event, history, place))
            except (KeyError, TypeError, RuntimeError) as error:
                yield Problem(
                    "table_unreadable", where, f"its row is broken ({error})", "流程表残缺"
                )
        state = event["to"]
        history.append(_happened(event))


def _decided(
    table: FlatTable, row: Step, event: Checked, history: Sequence[Happened], place: int
) -> Iterator[Problem]:
    """Ask the table's own conditions, as far as this program still knows them by name."""
    before = rules.on_record(table, history)
    facts = law.deciding(row, event["facts"], before)
    named = {route.when for route in row.routes if route.when}
    named |= {one.when for one in row.forbidden} | {one.when for one in row.facts_when}
    if not named <= predicates.PREDICATES.keys():
        return
    if law.route_of(row, facts).to != event["to"]:
        yield Problem(
            "path_other",
            f"event {place}",
            f"on these facts the table leads to {law.route_of(row, facts).to!r}",
            f"按所载事实，第{place}步应走另一路径",
        )
    guard = law.barred_by(row, facts)
    if guard is not None:
        yield Problem(
            "path_other",
            f"event {place}",
            f"on these facts the table bars the step ({guard.when})",
            f"按所载事实，第{place}步不得办理",
        )
    missing = law.missing_facts(table, row, event["facts"], before)
    if missing:
        yield Problem(
            "facts_missing",
            f"event {place}",
            f"the step needs {', '.join(fact.name for fact in missing)}",
            f"第{place}步缺少：{'、'.join(fact.names.zh for fact in missing)}",
        )


def _row(table: FlatTable, event: Checked) -> Step | None:
    """Return the row that was taken; a recorder's role stands for the role it records."""
    for row in table.rows(event["step"], event["from"]):
        role = table.roles.get(row.by)
        recorder = role.recorded_by if role is not None else None
        if event["role"] in {row.by, recorder}:
            return row
    return None


def _ends(table: FlatTable, file: Checked) -> Iterator[Problem]:
    events = file["events"]
    if not events:
        yield Problem("event_missing", "event 1", "the file has no event", "卷宗没有任何办理记录")
        return
    state = table.states.get(file["state"])
    if events[-1]["to"] != file["state"] or state is None:
        yield Problem(
            "state_other",
            "state",
            f"the file says {file['state']!r}, its last event led to {events[-1]['to']!r}",
            "卷宗所载状态与最后一步的结果不符",
        )
    elif file["closed_at"] != (events[-1]["at"] if state.is_end else None):
        yield Problem("state_other", "closed_at", "it is not the last event's", "办结时间不符")
    if file["received_at"] != events[0]["at"]:
        yield Problem("state_other", "received_at", "it is not the first event's", "收到时间不符")


def _happened(event: Checked) -> Happened:
    return Happened(
        step=event["step"],
        stage=event["step"].partition(".")[0],
        at=moment(event["at"]) or _NEVER,
        facts=event["facts"],
        to_state=event["to"],
    )


def moment(text: str) -> datetime | None:
    """Return a time as a file writes it, None where it is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
