"""Papers on file and delegations that soon run out, and who is told of it.

No text says that anybody is to be reminded of either, nor when: the days are the platform's own,
the bodies concerned are told, and the notice says that no article asks for it.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from huitong.cases import notices
from huitong.cases.types import Holder, NoticeKind
from huitong.organisations import books
from huitong.organisations.models import Delegation, Department
from huitong.regulations.types import Names

MARKS = (30, 7)
"""Days before the end at which notice is given once each; a setting of the platform."""
_BODY = Names("有关部门", "body concerned")


def note_running_out(at: dt.datetime) -> list[str]:
    """Tell each body once at each mark; return the subjects that are within one of them.

    A sweep that comes late gives the notice of the mark that was last passed, not all of them. A
    paper that another version follows, and a task or matter that was closed, ends unannounced.
    """
    today = timezone.localdate(at)
    standing = Department.objects.filter(ended_on__isnull=True)
    found = []
    for paper in books.ending(standing, today).filter(closed_on__isnull=True):
        assert paper.until is not None  # noqa: S101  asked for by the query
        facts = {"paper": paper.pk, "title": paper.title}
        subject = f"paper:{paper.pk}"
        _tell(subject, (paper.department_id,), paper.until, facts, at)
        found.append(subject)
    soon = today + dt.timedelta(days=max(MARKS))
    for lent in Delegation.objects.held_on(today).filter(until__lte=soon).order_by("pk"):
        facts = {"delegation": lent.pk, "title": lent.paper, "duty": lent.duty}
        subject = f"delegation:{lent.pk}"
        _tell(subject, (lent.delegator_id, lent.department_id), lent.until, facts, at)
        found.append(subject)
    return found


def _tell(
    subject: str,
    bodies: Iterable[int],
    until: dt.date,
    facts: dict[str, object],
    at: dt.datetime,
) -> None:
    left = (until - timezone.localdate(at)).days
    notices.give(
        NoticeKind.EXPIRING,
        subject=subject,
        to=[Holder(role="body", names=_BODY, department_id=pk) for pk in bodies],
        at=at,
        seq=min(mark for mark in MARKS if left <= mark),
        facts={**facts, "ends": until.isoformat(), "own_rule": True},
    )
