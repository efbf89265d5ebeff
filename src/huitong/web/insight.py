"""What somebody may see: entries of the catalogue and of the ledger, and what concerns others."""

from collections.abc import Collection
from functools import cache

from django.db.models import BigIntegerField, F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from huitong.cases.models import Case
from huitong.catalogue.models import Dataset
from huitong.ledger.models import Entry
from huitong.organisations import queries, rules
from huitong.organisations.errors import NotYourDepartmentError
from huitong.organisations.models import Department, Jurisdiction, Person
from huitong.organisations.types import Actor
from huitong.pool.models import Batch
from huitong.regulations import profiles
from huitong.sharing.models import Client, Grant


def readable_entries(actor: Actor) -> QuerySet[Entry]:
    """Return the entries of a department: its own acts, and what was done to what is its own.

    An authority reads those of every department in its area and below (HL-5), and where nothing
    lies outside its area, all of them. One query, and one for the area.
    """
    area = queries.places_within(actor.is_authority_of)
    if actor.duties and not Jurisdiction.objects.exclude(pk__in=area.values("pk")).exists():
        return Entry.objects.all()
    departments = Department.objects.filter(
        Q(pk=actor.department_id or 0) | Q(jurisdiction__in=area.order_by().values("pk"))
    )
    ids = departments.order_by().values("pk")
    datasets = Dataset.objects.filter(provider__in=ids)
    grants = Grant.objects.filter(Q(consumer__in=ids) | Q(dataset__provider__in=ids))
    batches = Batch.objects.filter(dataset__provider__in=ids)
    concerns = Q(office__in=departments.order_by().values("code"))
    for kind, rows, name in (
        ("case", _cases(ids, area), "number"),
        ("dataset", datasets, "code"),
        ("batch", batches, "pk"),
        ("grant", grants, "pk"),
        ("client", Client.objects.filter(consumer__in=ids), "client_id"),
        ("department", departments, "code"),
        ("person", Person.objects.filter(posts__department__in=ids), "username"),
        ("jurisdiction", area, "code"),
    ):
        concerns |= Q(subject__in=_subjects(kind, rows, name))
    return Entry.objects.annotate(office=_office_of("actor")).filter(concerns)


def require_sight(actor: Actor, dataset: Dataset) -> None:
    """Let everybody read a published entry, and a draft its provider and the authorities above.

    Raises: NotYourDepartmentError.
    """
    if dataset.current_version is not None:
        return
    if rules.oversees(actor, dataset.provider.jurisdiction.lineage()):
        return
    if not rules.acts_for(actor, dataset.provider):
        raise NotYourDepartmentError(
            actor=actor.name, department=dataset.provider.name, cite=("HL-6.1",)
        )


def require_insight(actor: Actor, parties: Collection[Department]) -> None:
    """Refuse whoever is neither one of the departments nor an authority above one of them.

    Raises: NotYourDepartmentError.
    """
    if any(rules.acts_for(actor, one) for one in parties):
        return
    if any(rules.oversees(actor, one.jurisdiction.lineage()) for one in parties):
        return
    named = "、".join(one.name for one in parties)
    raise NotYourDepartmentError(actor=actor.name, department=named, cite=("HL-6.1",))


@cache
def party_roles() -> tuple[str, ...]:
    """Return every role under which some regulation has a case keep a department of its own."""
    named = {
        role.name
        for profile in map(profiles.load, profiles.all_ids())
        for role in profile.roles.values()
        if role.resolver == "party" and role.recorded_by is None
    }
    return tuple(sorted(named))


def _cases(ids: object, area: QuerySet[Jurisdiction]) -> QuerySet[Case]:
    """Return cases with a party among the departments, or in the area of the authority."""
    parties = {
        f"{role}_id": Cast(KeyTextTransform(role, "parties"), BigIntegerField())
        for role in ("provider", "consumer", *party_roles())
    }
    concerns = Q(jurisdiction__in=area.values("pk"))
    for name in parties:
        concerns |= Q(**{f"{name}__in": ids})
    return Case.objects.annotate(**parties).filter(concerns)


def _subjects(kind: str, rows: QuerySet[Model], name: str) -> QuerySet[Model]:
    """Return the names under which the ledger knows rows."""
    text = Cast(name, TextField())
    return rows.order_by().values_list(Concat(Value(f"{kind}:"), text, output_field=TextField()))


def _office_of(column: str) -> Func:
    """Return what follows the last @ of `person:wang@CODE`, since a user name may hold one too."""
    return Func(
        F(column),
        template="substring(%(expressions)s from '[^@]*$')",
        output_field=TextField(),
    )
