"""Access to data that is open on conditions: granted by a case, closed and restored by another.

Heilongjiang, arts. 34 and 43; model city, art. 26. Whoever was granted access shows a code; only
its hash is kept.
"""

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from huitong.cases import effects, registers
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.cases.registers import Register
from huitong.catalogue import queries as catalogue
from huitong.catalogue.errors import DatasetNotFoundError
from huitong.catalogue.models import Dataset
from huitong.catalogue.types import OpeningType
from huitong.ledger import actions as ledger
from huitong.opening.errors import (
    AccessCodeInvalidError,
    AccessNotForThisError,
    AccessSuspendedError,
)
from huitong.opening.models import AccessCode
from huitong.organisations.rules import require_acts_for
from huitong.organisations.types import Actor
from huitong.regulations.types import Names

ACCESSES = registers.declare(
    Register(
        name="open_access",
        names=Names("有条件开放数据的获取权限", "Access to conditional open data"),
        effects=("issue_open_access",),
        facts=("scenario", "purpose", "basis", "use_until"),
    )
)
SUSPENSIONS = registers.declare(
    Register(
        name="open_suspension",
        names=Names("暂时关闭的获取权限", "Access closed for the time being"),
        effects=("suspend_open_access", "resume_open_access"),
        facts=("breach",),
    )
)
_PREFIX = "open_access:"
_OWN_DATA = ("HL-6.3",)
_CODE_BYTES = 24


@effects.register("issue_open_access")
def issue_open_access(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter the access; its subject, `open_access:` and the case's number, is what is suspended.

    Raises: AccessNotForThisError.
    """
    dataset = _conditional(case, event)
    registers.enter(
        ACCESSES,
        case,
        event,
        actor,
        at,
        subject=f"{_PREFIX}{case.number}",
        holder=dataset.provider,
        title=dataset.newest.title,
        until=registers.day_of(registers.stated(case), "use_until"),
        more={"entry": dataset.code},
    )


@effects.register("suspend_open_access")
def suspend_open_access(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Close the access that the breach is about; codes are refused from now on.

    A breach that is not about an access (data that anybody may fetch) has none to close.
    """
    access = registers.living(ACCESSES, at).about(case.subject).first()
    if access is not None:
        registers.enter(
            SUSPENSIONS, case, event, actor, at, title=access.title, holder=access.holder
        )


@effects.register("resume_open_access")
def resume_open_access(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """End the closing that this case brought; one that another case brought stays."""
    registers.end(registers.made_in(case, SUSPENSIONS), case, event, actor, at)


def issue_code(access: RegisterEntry, *, actor: Actor, at: dt.datetime) -> str:
    """Return a new code for an access; it is shown once, and the one before works no more.

    Raises: NotYourDepartmentError, AccessCodeInvalidError (the access has ended).
    """
    holder = access.holder
    if holder is not None:
        require_acts_for(actor, holder, cite=_OWN_DATA)
    code = secrets.token_urlsafe(_CODE_BYTES)
    with transaction.atomic():
        row = registers.living(ACCESSES, at).filter(pk=access.pk).first()
        if row is None:
            raise AccessCodeInvalidError(access.title, cite=tuple(access.made_by.cite))
        AccessCode.objects.create(access=row, code_sha256=_hash(code), issued_at=at)
        ledger.record(
            kind="opening.code_issued",
            subject=row.subject,
            actor=actor.ledger_name,
            at=at,
            cite=row.made_by.cite,
            facts={"entry": row.facts["entry"]},
        )
    return code


def require_access(dataset: Dataset, code: str, at: dt.datetime) -> RegisterEntry:
    """Return the access that a code gives to a dataset.

    Raises: AccessCodeInvalidError, AccessSuspendedError.
    """
    shown = AccessCode.objects.filter(code_sha256=_hash(code.strip())).first()
    access = shown and (
        registers.living(ACCESSES, at)
        .filter(pk=shown.access_id)
        .select_related("made_by__case")
        .first()
    )
    if shown is None or not access or access.facts.get("entry") != dataset.code:
        raise AccessCodeInvalidError(dataset.code, cite=_article(dataset))
    newest = AccessCode.objects.filter(access=access).first()
    if newest is None or newest.pk != shown.pk:
        raise AccessCodeInvalidError(dataset.code, cite=_article(dataset))
    closed = (
        registers.living(SUSPENSIONS, at)
        .about(access.subject)
        .select_related("made_by__case")
        .first()
    )
    if closed is not None:
        raise AccessSuspendedError(
            dataset.code, case=closed.made_by.case.number, cite=tuple(closed.made_by.cite)
        )
    return access


def _article(dataset: Dataset) -> tuple[str, ...]:
    """Return the clauses on which accesses rest where the dataset is, empty where none says it."""
    profile = catalogue.profile_of(dataset)
    text = profile.kinds.get("open_application")
    if text is None or text.absent is not None:
        return ()
    return tuple(dict.fromkeys(c for w in text.stages.get("apply", ()) for c in w.cite))


def _conditional(case: Case, event: CaseEvent) -> Dataset:
    try:
        dataset = catalogue.dataset(case.subject.removeprefix("dataset:"))
    except DatasetNotFoundError:
        raise AccessNotForThisError(case.subject, cite=tuple(event.cite)) from None
    version = dataset.current_version
    conditional = version is not None and version.opening_type == OpeningType.CONDITIONAL
    if not conditional or dataset.withdrawn_at is not None:
        raise AccessNotForThisError(case.subject, cite=tuple(event.cite))
    return dataset


def _hash(code: str) -> str:
    # Codes are 192 random bits: a plain hash cannot be guessed backwards.
    return hashlib.sha256(code.encode()).hexdigest()
