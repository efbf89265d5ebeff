"""Persons and firms without an account: who stands behind a case, kept apart so that it can go.

Events and the ledger know an applicant by a random reference only. Name and contact stand in one
table of their own, from which they can be erased; the receipt code only as its hash.
"""

import hashlib
import hmac
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from huitong.cases.errors import RequestNotFoundError, WrongPersonError
from huitong.organisations.types import Actor, public_actor

if TYPE_CHECKING:
    from huitong.cases.models import Case


class Applicant(models.Model):
    """Who opened a case from outside. Only name and contact ever change, and only to nothing."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="applicant")
    ref = models.CharField(max_length=32, unique=True)
    """The name under which events and the ledger know the applicant: random, 32 hex digits."""
    code_sha256 = models.CharField(max_length=64)
    name = models.CharField("申请人", max_length=100, blank=True)
    contact = models.CharField("联系方式", max_length=200, blank=True)
    erased_at = models.DateTimeField("删除时间", null=True, blank=True)

    def __str__(self) -> str:
        return self.ref


class PublicAct(models.Model):
    """How often one address did one thing on one day; the address only as a keyed hash."""

    key = models.CharField(max_length=64, unique=True)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["day"], name="public_act_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


def code_hash(code: str) -> str:
    """Return the SHA-256 of a receipt code; case and hyphens of what people type do not count.

    A code has 80 random bits, so a plain hash of it cannot be searched.
    """
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()


def admitted(number: str, code: str) -> Applicant:
    """Return the applicant of a case to whoever has its code.

    Raises: RequestNotFoundError, the same for a wrong number and a wrong code.
    """
    found = Applicant.objects.select_related("case").filter(case__number=number.strip()).first()
    kept = found.code_sha256 if found else code_hash("")
    right = hmac.compare_digest(kept, code_hash(code))
    if found is None or not right:
        raise RequestNotFoundError
    return found


def of_reference(number: str, ref: str) -> Applicant:
    """Return the applicant of a case by the reference that `admitted` gave out.

    Raises: RequestNotFoundError.
    """
    found = Applicant.objects.select_related("case").filter(case__number=number, ref=ref).first()
    if found is None:
        raise RequestNotFoundError
    return found


def actor_of(applicant: Applicant) -> Actor:
    """Return the applicant as an actor."""
    return public_actor(applicant.ref)


def require_own(case: "Case", actor: Actor, step: str) -> None:
    """Refuse an actor from outside in every case but the one that it opened.

    Raises: WrongPersonError.
    """
    if not Applicant.objects.filter(case=case, ref=actor.username).exists():
        raise WrongPersonError(
            step=step, actor=actor.name, needed="the applicant of the case", needed_zh="本件申请人"
        )
