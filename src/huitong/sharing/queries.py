"""Questions about applications, grants and systems."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from huitong.catalogue.models import DatasetVersion
from huitong.organisations import queries as organisations
from huitong.organisations.models import Jurisdiction
from huitong.regulations import compiling, profiles
from huitong.regulations.errors import KindNotInProfileError
from huitong.regulations.types import FlatTable
from huitong.sharing.errors import GrantNotFoundError
from huitong.sharing.models import Application, Client, Grant, GrantQuerySet

_PARTIES = ("dataset__provider__jurisdiction", "consumer__jurisdiction")


def applications_of(department_id: int) -> QuerySet[Application]:
    """Return applications that a department made or is asked about, the newest first.

    A delegate is asked in the provider's place: the case says so. What a department that was merged
    into it applied for is its own.
    """
    mine = organisations.carried_by(department_id)
    asked = Q(consumer_id__in=mine) | Q(dataset__provider_id=department_id)
    asked |= Q(case__parties__provider__in=list(mine))
    return Application.objects.filter(asked).select_related("case", "version", *_PARTIES)


def application_of_case(case_id: int) -> Application | None:
    """Return the application that a case decides on."""
    found = Application.objects.select_related("case", "version", *_PARTIES)
    return found.filter(case_id=case_id).first()


def grants_seen_by(department_id: int) -> GrantQuerySet:
    """Return grants that a department gave or holds, or one that was merged into it."""
    seen = Grant.objects.seen_by(organisations.carried_by(department_id))
    return seen.select_related("application__case", "application__version", "changed_by", *_PARTIES)


def decided_by(grant: Grant, department_id: int | None) -> bool:
    """Say whether a department, or one merged into it, decided on a grant for its provider."""
    if department_id is None:
        return False
    decider = grant.application.case.parties.get("provider")
    return decider in organisations.carried_by(department_id)


def live_grants(consumer_id: int, dataset_id: int, at: datetime) -> GrantQuerySet:
    """Return the grants that a department may use on a dataset at this moment."""
    return Grant.objects.live(at).filter(consumer_id=consumer_id, dataset_id=dataset_id)


def grant(grant_id: int) -> Grant:
    """Return a grant with its parties.

    Raises: GrantNotFoundError.
    """
    found = Grant.objects.select_related(
        "application__case", "application__version", "changed_by", *_PARTIES
    )
    row = found.filter(pk=grant_id).first()
    if row is None:
        raise GrantNotFoundError(grant_id)
    return row


def clients_of(department_id: int) -> QuerySet[Client]:
    """Return a department's systems."""
    return Client.objects.filter(consumer_id=department_id)


def client(client_id: str) -> Client | None:
    """Return a system with its department; None where no system has that name."""
    found = Client.objects.select_related("consumer__jurisdiction")
    return found.filter(client_id=client_id).first()


def item_names(version: DatasetVersion) -> list[str]:
    """Return the names of a version's items in their order."""
    return list(version.items.order_by("position").values_list("name", flat=True))


def table_in_force(kind: str, where: Jurisdiction, at: datetime) -> FlatTable | None:
    """Return the procedure of the text in force somewhere on a day; None where it has none."""
    profile = profiles.load(organisations.profile_of(where))
    try:
        return compiling.compiled(profile, kind, timezone.localdate(at))
    except KindNotInProfileError:
        return None


def application_of_number(number: str, consumer_id: int) -> Application | None:
    """Return a department's application by the number of its case."""
    mine = organisations.carried_by(consumer_id)
    return applications_of(consumer_id).filter(case__number=number, consumer__in=mine).first()
