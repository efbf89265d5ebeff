"""A refused step is on record too, although nothing of the step itself remains."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from huitong.cases import gate
from huitong.cases.models import Case
from huitong.cases.types import Refusal
from huitong.errors import HuitongError
from huitong.ledger import actions as ledger
from huitong.ledger.models import Entry
from huitong.organisations.types import Actor

_NOTED = "_huitong_refusal"


def of_step(case: Case, step: str, *, actor: Actor, at: dt.datetime) -> Refusal:
    """Return the refusal of a step, for whoever may have to refuse it, be it before the engine."""
    return Refusal(
        subject=f"case:{case.number}",
        actor=actor.ledger_name,
        at=at,
        facts={"step": gate.step_name(step)},
    )


@contextmanager
def recorded(refusal: Refusal | None = None) -> Iterator[None]:
    """Write a `case.refused` entry when a rule refuses what is done inside, and let the error pass.

    The entry is written after the step was undone, in a transaction of its own. Inside somebody
    else's transaction it shares the fate of that transaction: a room that wraps steps in one of
    its own puts `with refusals.recorded(), transaction.atomic():` around it, and the refusal that
    was undone with it is written again out here (once: an entry that survived is not repeated).
    """
    try:
        yield
    except HuitongError as error:
        found: tuple[Refusal, UUID | None] | None = getattr(error, _NOTED, None)
        if found is None and refusal is not None:
            found = (refusal, None)
        if found is not None:
            setattr(error, _NOTED, (found[0], _note(error, *found)))
        raise


def _note(error: HuitongError, refusal: Refusal, before: UUID | None) -> UUID:
    """Return the uuid of the entry, written now unless it still stands from an inner call."""
    with transaction.atomic():
        if before is not None and Entry.objects.filter(uuid=before).exists():
            return before
        entry = ledger.record(
            kind="case.refused",
            subject=refusal.subject,
            actor=refusal.actor,
            at=refusal.at,
            cite=error.cite,
            facts={**refusal.facts, "code": error.code},
        )
        return UUID(str(entry.uuid))
