"""What the law has the catalogue keep: duty lists, who collects what, sources, items in doubt."""

import datetime as dt
import unicodedata
from collections.abc import Collection, Mapping

from django.db.models import F, Q

from huitong.cases import computed, effects, hindsight, registers
from huitong.cases.hindsight import Moment
from huitong.cases.models import Case, CaseEvent, RegisterEntry
from huitong.cases.registers import Register
from huitong.catalogue import queries
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import (
    DutyItemUnknownError,
    SourceElsewhereError,
    SourceUnknownError,
)
from huitong.catalogue.models import DataItem, Dataset, DatasetVersion
from huitong.catalogue.types import SharingType
from huitong.organisations.models import Department, Jurisdiction
from huitong.organisations.types import Actor
from huitong.regulations.doubts import Unknown
from huitong.regulations.law import Profile
from huitong.regulations.types import Names

_NOT_DATED = Names(
    "当时其他部门已经备案和共享的事项没有留存",
    "what others had filed and shared by then was not kept",
)
DUTY_LISTS = registers.declare(
    Register(
        name="duty_list",
        names=Names("职能数据清单", "Duty lists"),
        effects=("adopt_duty_list",),
        facts=("duty_list",),
        for_all=True,
    )
)
COLLECTIONS = registers.declare(
    Register(
        name="collection",
        names=Names("采集备案", "Filed collection"),
        effects=("record_collection",),
        facts=("reason", "basis", "duplicate_check"),
        for_all=True,
    )
)
SOURCES = registers.declare(
    Register(
        name="source",
        names=Names("数源部门", "Source departments"),
        effects=("register_source",),
        facts=("lead_department", "participants", "division_of_work", "basis", "basis_rank"),
        for_all=True,
    )
)
DOUBTS = registers.declare(
    Register(
        name="doubt",
        names=Names("正在校核的数据项", "Items being checked"),
        effects=("mark_item", "unmark_item"),
        facts=("error_kind",),
        for_all=True,
    )
)
_DESIGNATED = "designate"
_MOST_NAMED = 20
_SOLE = frozenset({"NA-19.2", "HZ-3.5"})
"""Clauses by which the source provides for all; others only share out the work."""


def folded(text: str) -> str:
    """Return the form in which names of items are compared.

    >>> folded(" 手机 号码"), folded("Ａbc")
    ('手机号码', 'abc')
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())[:200]


@effects.register("adopt_duty_list")
def adopt_duty_list(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Put the list of a department in force in place of the one before (Huizhou, art. 10)."""
    holder = registers.holder_of(case)
    before = RegisterEntry.objects.on_register(DUTY_LISTS.name).filter(holder=holder)
    registers.end(before, case, event, actor, at)
    subject = f"department:{holder.code}" if holder else case.subject
    registers.enter(DUTY_LISTS, case, event, actor, at, subject=subject, key=subject)


@effects.register("record_collection")
def record_collection(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter each item that a department collects; what is collected already is refused.

    A stated exception of law (`basis`) is entered beside what stands (model city, art. 12).

    Raises: RegisteredAlreadyError.
    """
    known = registers.stated(case)
    excepted = bool(known.get("basis"))
    for item in _items(known, case):
        registers.enter(
            COLLECTIONS,
            case,
            event,
            actor,
            at,
            title=item,
            key="" if excepted else folded(item),
        )


@effects.register("register_source")
def register_source(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Enter who alone provides each item; an authority's designation replaces an earlier one.

    What departments agree among themselves takes nothing from a source that stands.

    Raises: RegisteredAlreadyError, SourceUnknownError.
    """
    known = registers.stated(case)
    lead = _lead(case, str(known.get("lead_department") or ""), event)
    for item in _items(known, case):
        if event.step.startswith(_DESIGNATED):
            before = RegisterEntry.objects.on_register(SOURCES.name).filter(
                jurisdiction=case.jurisdiction, key=folded(item)
            )
            registers.end(before, case, event, actor, at)
        registers.enter(SOURCES, case, event, actor, at, title=item, holder=lead, key=folded(item))


@effects.register("mark_item")
def mark_item(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Mark the items of a dataset as being checked; all of it where no item is named.

    Free text of an application is not taken over: it may hold personal data.
    """
    dataset = Dataset.objects.for_lists().filter(code=_code(case.subject)).first()
    if dataset is None:
        return  # about something that the catalogue does not list
    version = dataset.current_version or dataset.newest
    named = registers.stated(case).get("disputed_items")
    wanted = {folded(str(name)) for name in named} if isinstance(named, list) else set()
    items = [
        item.name
        for item in queries.items_of(version)
        if {folded(item.name), folded(item.title)} & wanted
    ]
    registers.enter(
        DOUBTS, case, event, actor, at, title=version.title, more={"disputed_items": items}
    )


@effects.register("unmark_item")
def unmark_item(case: Case, event: CaseEvent, actor: Actor, at: dt.datetime) -> None:
    """Take off the marks of this case; those of other cases stay until these end."""
    registers.end(registers.made_in(case, DOUBTS), case, event, actor, at)


def doubts_about(dataset: Dataset, at: dt.datetime) -> Mapping[str, tuple[str, ...]]:
    """Return the items being checked by name, with the numbers of the cases; one query.

    The name `*` stands for the whole dataset.
    """
    found: dict[str, list[str]] = {}
    rows = registers.living(DOUBTS, at).about(dataset.subject).select_related("made_by__case")
    for row in rows:
        for name in row.facts.get("disputed_items") or ["*"]:
            found.setdefault(str(name), []).append(row.made_by.case.number)
    return {name: tuple(sorted(set(numbers))) for name, numbers in found.items()}


def sources_of(
    items: Collection[str], places: Collection[Jurisdiction], at: dt.datetime
) -> list[RegisterEntry]:
    """Return who is the registered source of some items (by title) in some places; one query."""
    keys = {folded(item) for item in items}
    return list(
        registers.living(SOURCES, at)
        .filter(key__in=keys, jurisdiction__in=places)
        .select_related("holder", "made_by")
    )


def duty_list_of(department: Department, at: dt.datetime) -> tuple[str, ...] | None:
    """Return the items of the list in force of a department, None where none was adopted."""
    row = registers.living(DUTY_LISTS, at).of_department(department).first()
    return None if row is None else tuple(str(item) for item in row.facts.get("duty_list", ()))


def check_duty_item(dataset: Dataset, entry: Draft, profile: Profile, at: dt.datetime) -> None:
    """Refuse an entry that names no item of its department's list, where entries derive from one.

    Huizhou, art. 10. Raises: DutyItemUnknownError, also when no list was adopted yet.
    """
    field = next((one for one in profile.fields if one.name == "duty_item"), None)
    if field is None:
        return
    adopted = duty_list_of(dataset.provider, at)
    if folded(entry.duty_item) not in {folded(item) for item in adopted or ()}:
        raise DutyItemUnknownError(entry.duty_item, adopted, cite=field.cite)


def check_sources(dataset: Dataset, entry: Draft, at: dt.datetime) -> None:
    """Refuse an entry whose items another department alone provides (national, art. 19).

    Raises: SourceElsewhereError.
    """
    titles = [entry.title, *(item.title for item in entry.items)]
    places = dataset.provider.jurisdiction.lineage()
    for row in sources_of(titles, places, at):
        sole = [clause for clause in row.made_by.cite if clause in _SOLE]
        if sole and row.holder is not None and row.holder_id != dataset.provider_id:
            raise SourceElsewhereError(row.title, row.holder.name, cite=sole)


@computed.register("duplicate_check")
def duplicate_check(case: Case, at: dt.datetime, stated: Mapping[str, object]) -> str:
    """Return what of the items to be collected others share or have filed, empty when nothing."""
    keys = {folded(item) for item in _items(stated, case)}
    mine = registers.holder_of(case)
    filed = (
        registers.living(COLLECTIONS, at)
        .filter(jurisdiction=case.jurisdiction, key__in=keys)
        .exclude(holder=mine)
        .select_related("holder")
    )
    found = [f"{row.title}（{row.holder.name if row.holder else ''}）" for row in filed]
    for title, version in _shared(_items(stated, case), mine):
        found.append(f"{title}（{version.dataset.provider.name}：{version.title}）")
    return "；".join(found[:_MOST_NAMED])


@hindsight.register("duplicate_check")
def duplicates_then(_moment: Moment) -> Unknown:
    """Say that it cannot be known: items are matched with what others share and have filed now."""
    return Unknown(_NOT_DATED)


def _shared(titles: Collection[str], but: Department | None) -> list[tuple[str, DatasetVersion]]:
    """Return published versions that others share under one of these titles, or as an item."""
    current = DatasetVersion.objects.filter(
        dataset__current_version_id=F("pk"), dataset__withdrawn_at__isnull=True
    ).exclude(effective_sharing_type=SharingType.WITHHELD)
    if but is not None:
        current = current.exclude(dataset__provider=but)
    items = DataItem.objects.filter(title__in=titles, version__in=current)
    found = current.filter(title__in=titles).select_related("dataset__provider")
    named = items.select_related("version__dataset__provider")[:_MOST_NAMED]
    return [(row.title, row) for row in found] + [(row.title, row.version) for row in named]


def _items(known: Mapping[str, object], case: Case) -> list[str]:
    named = known.get("collection_items")
    items = [str(item).strip() for item in named] if isinstance(named, list) else []
    return list(dict.fromkeys(item for item in items if item)) or [case.title]


def _lead(case: Case, named: str, event: CaseEvent) -> Department | None:
    """Return the department that leads: the one named by code or full name, else a party."""
    if not named.strip():
        return registers.holder_of(case)
    wanted = named.strip()
    found = Department.objects.filter(Q(code=wanted) | Q(name=wanted)).first()
    if found is None:
        raise SourceUnknownError(wanted, cite=tuple(event.cite))
    return found


def _code(subject: str) -> str:
    return subject.removeprefix("dataset:")
