"""Return flow: what a department above collected goes back to the departments below.

HL-26.1 and NA-24.1 bind the upper department to return the data of the receiving area (属地), whole
and without further conditions; HZ-12.2 has a body work for it in its own field, towards the bodies
at the grass roots; under MC-15 the lower body fetches its own data from its superior and settles
how, and no area is spoken of. What is listed in the catalogue is returned through the gateway by a
grant as any other; what is not is put on record alone.
"""

import datetime as dt
from collections.abc import Mapping

from huitong.cases import effects, queries, registers, tables
from huitong.cases.models import Case, CaseEvent
from huitong.cases.registers import Register
from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.catalogue.types import IdentifierKind
from huitong.identifiers import divisions
from huitong.organisations import queries as organisations
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations.types import Names
from huitong.sharing import actions
from huitong.sharing.applications import Decided
from huitong.sharing.errors import AreaItemError, NoLongerSharedError, NotTheirDataError
from huitong.sharing.models import Application
from huitong.sharing.queries import item_names
from huitong.sharing.types import NO_END, Mode

FLOWS = registers.declare(
    Register(
        name="return_flow",
        names=Names("数据回流", "Return flows"),
        effects=("open_return_flow",),
        facts=("source_system", "area", "area_item", "datasets", "mode"),
    )
)
GIVERS = ("upper_department", "superior", "provider")
RECEIVERS = ("lower_department", "unit", "grassroots_unit")
"""Roles of the six texts, as their cases keep them: who returns data, and who gets it."""
_AREA_ITEM = "area_item"


@effects.register("open_return_flow")
def open_return_flow(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Put the return flow on record and, for an entry of the catalogue, open it at the gateway.

    All items, as they are: no text lets the upper department set conditions. Where the text limits
    the flow to the receiving area (it asks for `area_item`), the rows are those of that area.

    Raises: NotTheirDataError, NoLongerSharedError, AreaItemError.
    """
    parties = queries.parties_of(case)
    giver, receiver = _first(parties, GIVERS), _first(parties, RECEIVERS)
    registers.enter(FLOWS, case, event, actor, at, holder=receiver or giver)
    if not case.subject.startswith("dataset:") or receiver is None:
        return
    dataset = catalogue.dataset(case.subject.removeprefix("dataset:"))
    version = dataset.current_version
    if giver is None or dataset.provider_id != giver.pk:
        raise NotTheirDataError(dataset.code, giver.name if giver else "", cite=event.cite)
    if version is None or dataset.withdrawn_at is not None:
        raise NoLongerSharedError(dataset.code)
    stated = registers.stated(case)
    items = item_names(version)
    rows = _rows_of_area(case, dataset, version, receiver, stated, event)
    application = Application.objects.create(
        case=case,
        dataset=dataset,
        version=version,
        consumer=receiver,
        items=items,
        scenario=case.title,
        mode=Mode.API.value,
        scope=str(stated.get("area") or (receiver.jurisdiction.name if rows else "")),
        basis=str(stated.get("duty_basis") or ""),
        purpose=case.title,
        use_until=NO_END,
    )
    columns: list[dict[str, str | None]] = [{"name": name, "mask": None} for name in items]
    decided = Decided(dict.fromkeys(items, "whole"), rows, tuple(event.cite))
    actions.issue(application, columns, decided, event, actor, at)


def values_of(place: Jurisdiction, *, coded: bool) -> list[str]:
    """Return how rows name an area and what lies in it: by division codes, or by names."""
    below = organisations.places_within([place.code]).exclude(pk=place.pk)
    places = [place, *below.order_by("code")]
    if not coded:
        return list(dict.fromkeys(one.name for one in places))
    return list(dict.fromkeys((*(one.code for one in places), *divisions.within(place.code))))


def _rows_of_area(
    case: Case,
    dataset: Dataset,
    version: DatasetVersion,
    receiver: Department,
    stated: Mapping[str, object],
    event: CaseEvent,
) -> Mapping[str, object] | None:
    """Return to which rows the flow is limited; None where the text limits it to no area.

    Raises: AreaItemError, when nothing says in which item the area stands.
    """
    if _AREA_ITEM not in tables.of(case).facts:
        return None
    items: list[DataItem] = list(catalogue.items_of(version))
    named = str(stated.get(_AREA_ITEM) or "").strip()
    if named:
        found = [item for item in items if named in (item.name, item.title)]
    else:
        found = [item for item in items if item.identifier == IdentifierKind.DIVISION]
    if len(found) != 1:
        raise AreaItemError(dataset.code, named, [item.title for item in items], cite=event.cite)
    coded = found[0].identifier == IdentifierKind.DIVISION
    return {"column": found[0].name, "in": values_of(receiver.jurisdiction, coded=coded)}


def _first(parties: Mapping[str, Department], roles: tuple[str, ...]) -> Department | None:
    return next((parties[role] for role in roles if role in parties), None)
