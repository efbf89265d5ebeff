"""An act that is refused stays on record, although nothing of the act itself remains."""

import datetime as dt
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction

from huitong.errors import HuitongError
from huitong.ledger import actions as ledger
from huitong.ledger.models import Entry
from huitong.organisations.models import Delegation, Department, Jurisdiction, Paper, Person, Post
from huitong.organisations.types import Actor

P = ParamSpec("P")
T = TypeVar("T")

_NOTED = "_huitong_refused_act"
KIND = "organisation.refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried, without anything that was typed: no free text, so no personal data."""

    act: str
    subject: str
    actor: Actor
    at: dt.datetime
    cite: tuple[str, ...]
    """The article under which such an act falls, for a refusal that names none itself."""


@contextmanager
def attempting(attempt: Attempt) -> Iterator[None]:
    """Write an `organisation.refused` entry when a rule refuses what is done inside; raise it on.

    The entry is written after the act was undone. Where somebody else's transaction goes on around
    it, `kept` out there writes it again.
    """
    try:
        yield
    except HuitongError as error:
        setattr(error, _NOTED, (attempt, _note(error, attempt)))
        raise


@contextmanager
def kept() -> Iterator[None]:
    """Put around a transaction of one's own in which acts are tried: their refusals outlive it."""
    try:
        yield
    except HuitongError as error:
        noted: tuple[Attempt, UUID] | None = getattr(error, _NOTED, None)
        if noted is not None and not Entry.objects.filter(uuid=noted[1]).exists():
            setattr(error, _NOTED, (noted[0], _note(error, noted[0])))
        raise


def act(*cite: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function one act: one transaction, and a refusal that stays on record.

    `cite` is the article under which the act falls. The function has `actor` and `at`, and the body
    or person it is about among its arguments.
    """

    def decorated(function: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def carried_out(*args: P.args, **kwargs: P.kwargs) -> T:
            given = signature.bind(*args, **kwargs).arguments
            name = getattr(function, "__name__", "")
            actor, at = given["actor"], given["at"]
            tried = Attempt(name, _subject(given, actor), actor, at, cite)
            with attempting(tried), transaction.atomic():
                return function(*args, **kwargs)

        return carried_out

    return decorated


def _subject(given: Mapping[str, Any], actor: Actor) -> str:
    """Return the body that an act is about, or else that of the actor: never a name just typed."""
    for name in ("department", "post", "paper", "delegation", "jurisdiction", "parent", "person"):
        body = given.get(name)
        if isinstance(body, Department):
            return f"department:{body.code}"
        if isinstance(body, Jurisdiction):
            return f"jurisdiction:{body.code}"
        if isinstance(body, Person):
            return f"person:{body.username}"
        if isinstance(body, Post | Paper):
            return f"department:{body.department.code}"
        if isinstance(body, Delegation):
            return f"jurisdiction:{body.jurisdiction.code}"
    return f"department:{actor.department_code}"


def _note(error: HuitongError, attempt: Attempt) -> UUID:
    with transaction.atomic():
        entry = ledger.record(
            kind=KIND,
            subject=attempt.subject,
            actor=attempt.actor.ledger_name,
            at=attempt.at,
            cite=error.cite or attempt.cite,
            facts={"act": attempt.act, "code": error.code},
        )
    return UUID(str(entry.uuid))
