"""What the passing of time does to cases. Each may run again at any moment without harm."""

import datetime as dt

from django.db import transaction

from huitong.cases import actions, deadlines, queries, tables
from huitong.cases.errors import CaseError
from huitong.cases.models import Case, CaseEvent, Waiting
from huitong.ledger import actions as ledger
from huitong.ledger.models import Entry
from huitong.organisations.types import SYSTEM
from huitong.regulations.types import CLOCK


def note_overdue(at: dt.datetime) -> list[str]:
    """Record each case whose lawful day is past, once for each stay in a state.

    Being late changes nothing else (`overdue` of the profile names who is told). Returns the
    numbers of the cases newly found late.
    """
    noted: list[str] = []
    for todo in queries.overdue(at):
        with transaction.atomic():
            # Two sweeps at once: the second waits here and then finds the first one's entry.
            case = Case.objects.select_for_update().get(pk=todo.case.pk)
            if case.version != todo.case.version or todo.due is None or _is_noted(case):
                continue
            rule = tables.of(case).overdue
            ledger.record(
                kind="case.overdue",
                subject=f"case:{case.number}",
                actor=SYSTEM.ledger_name,
                at=at,
                cite=tuple(dict.fromkeys((*todo.due.cite, *rule.cite))),
                facts={
                    "seq": case.version,
                    "state": case.state,
                    "due": todo.due.day,
                    "tell": list(rule.tell),
                },
            )
            noted.append(case.number)
    return noted


def take_lapsed(at: dt.datetime) -> list[str]:
    """Take the steps that only the lapse of time takes; return the numbers of the cases."""
    taken: list[str] = []
    waiting = Waiting.objects.filter(role=CLOCK).select_related("case").order_by("case_id")
    for case in [row.case for row in waiting]:
        events = list(CaseEvent.objects.filter(case=case).order_by("seq"))
        row = deadlines.lapsed(tables.of(case), case.state, events, at)
        if row is None:
            continue
        try:
            actions.take_step(case, row.name, actor=SYSTEM, at=at, expected_version=case.version)
        except CaseError:
            # Somebody was faster, or the step is barred: it is recorded, the next case goes on.
            continue
        taken.append(case.number)
    return taken


def _is_noted(case: Case) -> bool:
    return Entry.objects.filter(
        kind="case.overdue", subject=f"case:{case.number}", facts__seq=case.version
    ).exists()
