"""What persons and firms without an account do: open a case, and have their data erased."""

import datetime as dt
import secrets
from collections.abc import Mapping

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from huitong.cases import actions, refusals
from huitong.cases.applicants import Applicant, code_hash
from huitong.cases.errors import (
    AlreadyReceivedError,
    ErasedTooEarlyError,
    TooManyRequestsError,
)
from huitong.cases.models import Case
from huitong.ledger import actions as ledger
from huitong.organisations.errors import NotAuthorityError
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.rules import oversees, require_acts_for
from huitong.organisations.types import Actor, public_actor

MOST: Mapping[str, int] = {"open": 10, "code": 30, "step": 30}
"""How often one address may open a request, give a code, and take a step, each a day."""

# Without the letters and figures that are mistaken for one another (Crockford's alphabet).
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 4, 4

_COUNT = """
    INSERT INTO cases_publicact (key, day, count) VALUES (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET count = cases_publicact.count + 1
    RETURNING count
"""
_FORGET = "DELETE FROM cases_publicact WHERE day < %s"


def open_case(
    *,
    kind: str,
    jurisdiction: Jurisdiction,
    subject: str,
    title: str,
    parties: Mapping[str, Department],
    facts: Mapping[str, object],
    name: str,
    contact: str,
    ref: str,
    at: dt.datetime,
) -> tuple[Case, str]:
    """Open a case for somebody without an account; return it and the receipt code, told once.

    `ref` (32 random hex digits, made with the form) makes a second submission of one form fail.

    Raises: AlreadyReceivedError, and what `actions.open_case` raises.
    """
    code = "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)
    )
    if Applicant.objects.filter(ref=ref).exists():
        raise AlreadyReceivedError
    try:
        with refusals.recorded(), transaction.atomic():
            case = actions.open_case(
                kind=kind,
                jurisdiction=jurisdiction,
                subject=subject,
                title=title,
                parties=parties,
                facts=facts,
                actor=public_actor(ref),
                at=at,
            )
            Applicant.objects.create(
                case=case, ref=ref, code_sha256=code_hash(code), name=name, contact=contact
            )
    except IntegrityError as error:
        if "ref" not in str(error):
            raise
        raise AlreadyReceivedError from None
    return case, code


def erase(case: Case, *, approval: str, actor: Actor, at: dt.datetime) -> Applicant:
    """Erase name and contact of an applicant once the case is closed; the case itself stays.

    A department of the case does, the authority of the area where the case names none; it names
    the approval (its number) on which it acts.

    Raises: NotYourDepartmentError, NotAuthorityError, ErasedTooEarlyError, Applicant.DoesNotExist.
    """
    with transaction.atomic():
        row = Applicant.objects.select_for_update(of=("self",)).get(case=case)
        homes = list(Department.objects.filter(pk__in=case.parties.values()))
        if not homes and not oversees(actor, case.jurisdiction.lineage()):
            raise NotAuthorityError(actor=actor.name, jurisdiction=case.jurisdiction.name)
        if homes and all(one.pk != actor.department_id for one in homes):
            require_acts_for(actor, homes[0])
        if case.closed_at is None or not approval.strip():
            raise ErasedTooEarlyError(number=case.number)
        row.name = row.contact = ""
        row.erased_at = at
        row.save(update_fields=["name", "contact", "erased_at"])
        ledger.record(
            kind="applicant.erased",
            subject=f"case:{case.number}",
            actor=actor.ledger_name,
            at=at,
            facts={"approval": approval.strip(), "applicant": row.ref},
        )
    return row


def count(act: str, address: str, at: dt.datetime) -> None:
    """Count what an address does today, and refuse it past the limit of `MOST`.

    Yesterday's counts are forgotten; of the address only a keyed hash of the day is kept.

    Raises: TooManyRequestsError.
    """
    today = timezone.localdate(at)
    key = salted_hmac("huitong.public", f"{today}|{act}|{address}", algorithm="sha256").hexdigest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, today])
        (done,) = cursor.fetchone()
        if done == 1:
            cursor.execute(_FORGET, [today])
    if done > MOST[act]:
        raise TooManyRequestsError(most=MOST[act])
