"""The last days of open cases: computed anew under a lock, and who is told of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from huitong.cases import calendars, deadlines, notices, queries, stays, tables
from huitong.cases.models import Case, CaseEvent, Notice, Waiting
from huitong.cases.types import Holder, Noticed, NoticeKind
from huitong.ledger import actions as ledger
from huitong.organisations.types import SYSTEM
from huitong.regulations.calendars import WorkingCalendar
from huitong.regulations.clocks import Due
from huitong.regulations.types import CLOCK, FlatTable, Names

REMIND_DAYS = 2
"""Working days before the last day on which the owner is reminded; a setting of the platform."""
KINDS = {
    Noticed.REMINDED: NoticeKind.REMINDED,
    Noticed.DUE: NoticeKind.DUE,
    Noticed.OVERDUE: NoticeKind.OVERDUE,
}


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case, locked, with what its last day follows from."""

    case: Case
    table: FlatTable
    calendar: WorkingCalendar
    due: Due | None


def locked(ids: Sequence[int]) -> list[OpenCase]:
    """Return locked open cases with the last day computed anew; a fixed number of queries.

    Two sweeps at once: the second waits here and then finds what the first one did.
    """
    cases = list(
        Case.objects.select_for_update(of=("self",))
        .filter(pk__in=ids, closed_at__isnull=True)
        .select_related("jurisdiction__parent__parent")
        .order_by("pk")
    )
    read = tables.read({case.table_id for case in cases})
    days = calendars.of_all({case.jurisdiction_id for case in cases})
    history: dict[int, list[CaseEvent]] = {case.pk: [] for case in cases}
    for event in CaseEvent.objects.filter(case__in=list(history)).order_by("case_id", "seq"):
        history[event.case_id].append(event)
    found = []
    for case in cases:
        table, calendar = read[case.table_id], days[case.jurisdiction_id]
        due = deadlines.due(table, history[case.pk], calendar)
        found.append(OpenCase(case, table, calendar, due))
    return found


def noticed(ids: Sequence[int], at: dt.datetime) -> list[tuple[Case, Noticed]]:
    """Give the notices of some cases that are due by now; return of which, and which."""
    given: list[tuple[Case, Noticed]] = []
    due_now = []
    for each in locked(ids):
        # A day that another calendar gave: `renew_days` comes first, and the next sweep after it.
        if each.due is not None and each.due.at == each.case.due_at:
            step = _step_due(each.due, at, each.calendar)
            if step > each.case.noticed:
                due_now.append((each, each.due, step))
                given.append((each.case, step))
    waiting: dict[int, list[Holder]] = {case.pk: [] for case, _ in given}
    for row in Waiting.objects.filter(case__in=list(waiting)).exclude(role=CLOCK):
        waiting[row.case_id].append(_holder(row))
    told: list[Notice] = []
    for each, due, step in due_now:
        told += _given(each, due, step, waiting[each.case.pk], at)
    notices.write(told)
    for step in KINDS:
        cases = [case.pk for case, reached in given if reached == step]
        if cases:
            Case.objects.filter(pk__in=cases).update(noticed=step)
    return given


def _step_due(due: Due, at: dt.datetime, calendar: WorkingCalendar) -> Noticed:
    if at > due.at:
        return Noticed.OVERDUE
    left = deadlines.remaining(due, timezone.localdate(at), calendar)
    if left == 0:
        return Noticed.DUE
    return Noticed.REMINDED if left <= REMIND_DAYS else Noticed.NOT


def _given(
    each: OpenCase, due: Due, step: Noticed, waiting: list[Holder], at: dt.datetime
) -> list[Notice]:
    """Return the notices of one case; a last day that is past goes into the ledger too."""
    case, to, cite = each.case, waiting, due.cite
    if step is Noticed.OVERDUE:
        rule = each.table.overdue
        cite = tuple(dict.fromkeys((*due.cite, *rule.cite)))
        parties = queries.parties_of(case)
        told = rule.tell or (notices.OWNER,)
        to = notices.holders(each.table, told, waiting, parties, case.jurisdiction)
        ledger.record(
            kind="case.overdue",
            subject=f"case:{case.number}",
            actor=SYSTEM.ledger_name,
            at=at,
            cite=cite,
            facts={
                "seq": case.version,
                "state": case.state,
                "due": due.day,
                "tell": list(rule.tell),
            },
        )
    return notices.rows(
        KINDS[step],
        subject=f"case:{case.number}",
        to=to,
        at=at,
        case=case,
        seq=case.version,
        cite=cite,
        facts={"due": due.day.isoformat()},
    )


def _holder(row: Waiting) -> Holder:
    return Holder(
        role=row.role,
        names=Names(row.role, row.role),
        department_id=row.department_id,
        jurisdiction_id=row.jurisdiction_id,
        duty=row.duty,
    )


def renewed(each: OpenCase, at: dt.datetime) -> bool:
    """Keep the last day that a case now has; say whether it moved.

    The ledger has each move, and whoever the case waits for is told.
    """
    case, due, before = each.case, each.due, each.case.due_at
    if not stays.renew(case, due, each.calendar):
        return False
    facts: dict[str, object] = {
        "before": timezone.localdate(before).isoformat() if before else None,
        "due": due.day.isoformat() if due else None,
        "calendar": each.calendar.id,
    }
    ledger.record(
        kind="case.due_moved",
        subject=f"case:{case.number}",
        actor=SYSTEM.ledger_name,
        at=at,
        cite=due.cite if due else (),
        facts={"seq": case.version, **facts},
    )
    notices.give(
        NoticeKind.MOVED,
        subject=f"case:{case.number}",
        to=[_holder(row) for row in Waiting.objects.filter(case=case).exclude(role=CLOCK)],
        at=at,
        case=case,
        seq=case.version,
        cite=due.cite if due else (),
        facts=facts,
    )
    return True
