"""Areas: founding, the regulation they apply, and what becomes of them."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from huitong.identifiers import divisions
from huitong.organisations.actions.guarding import (
    AREA,
    named,
    note,
    require_act,
    require_founding,
    require_oversight,
    require_place,
)
from huitong.organisations.actions.refusing import act
from huitong.organisations.errors import CodeError, LevelError, TakenError
from huitong.organisations.models import Jurisdiction, PlaceChange
from huitong.organisations.types import ABOVE, Actor, BodyAct, Level
from huitong.regulations import profiles

_DIGITS = {Level.TOWN: 9, Level.VILLAGE: 12}


@act(*AREA)
def found_jurisdiction(
    *,
    code: str,
    name: str,
    level: Level | str,
    parent: Jurisdiction | None,
    actor: Actor,
    at: dt.datetime,
    name_en: str = "",
    profile_id: str = "",
    day: dt.date | None = None,
    paper: str = "",
) -> Jurisdiction:
    """Add a jurisdiction to the tree. A code that GB/T 2260 does not know is noted, not refused.

    `day` and `paper` are those of its founding: without them it was there before the platform.

    Raises: NotAuthorityError, CodeError, LevelError, TakenError, ActPaperError, BodyNameError, or
    what loading a profile raises.
    """
    require_oversight(actor, parent)
    if parent is not None:
        require_place(parent)
    code, name, name_en = named(code, name, name_en)
    founding = require_founding(day, paper, at)
    level = Level(level)
    _require_code(code, level, parent)
    _require_below(name, level, parent)
    if profile_id:
        profiles.load(profile_id)
    jurisdiction = Jurisdiction.objects.create(
        code=code,
        name=name,
        name_en=name_en,
        level=level.value,
        parent=parent,
        profile_id=profile_id,
    )
    facts: dict[str, object] = {
        "code": code,
        "name": name,
        "level": level.value,
        "parent": parent.code if parent else None,
        "profile": profile_id,
    }
    if founding is not None:
        facts |= {"day": founding.day.isoformat(), "paper": founding.paper}
        PlaceChange.objects.create(
            jurisdiction=jurisdiction,
            act=BodyAct.FOUNDED.value,
            day=founding.day,
            paper=founding.paper,
            before={},
            after=state_of(jurisdiction),
        )
    if not divisions.known(code[:6], timezone.localdate(at)):
        facts["warning"] = "division_unknown"
    note("jurisdiction.founded", f"jurisdiction:{code}", actor, at, AREA, facts)
    return jurisdiction


@act(*AREA)
def choose_regulation(
    jurisdiction: Jurisdiction, *, profile_id: str, actor: Actor, at: dt.datetime
) -> Jurisdiction:
    """Apply another regulation to new cases; running cases keep the one they began under.

    Raises: NotAuthorityError, or what loading a profile raises.
    """
    require_oversight(actor, jurisdiction)
    require_place(jurisdiction)
    profiles.load(profile_id)
    row = Jurisdiction.objects.select_for_update().get(pk=jurisdiction.pk)
    facts = {"before": row.profile_id, "profile": profile_id}
    # The entry first: the database lets the regulation change only as the last entry says.
    note("jurisdiction.regulation", f"jurisdiction:{row.code}", actor, at, AREA, facts)
    row.profile_id = profile_id
    row.save(update_fields=["profile_id"])
    return row


@act(*AREA)
def rename_jurisdiction(
    jurisdiction: Jurisdiction,
    *,
    name: str,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
    name_en: str = "",
) -> Jurisdiction:
    """Give an area another name from a day on; what happened before keeps the old one.

    Raises: NotAuthorityError, ActPaperError.
    """
    row = locked(jurisdiction, actor)
    before = state_of(row)
    _, row.name, row.name_en = named(row.code, name, name_en)
    return changed(row, before, BodyAct.RENAMED, day, paper, actor, at)


@act(*AREA)
def recode_jurisdiction(
    jurisdiction: Jurisdiction,
    *,
    code: str,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
    name: str = "",
    name_en: str = "",
) -> Jurisdiction:
    """Give an area the code that the standard gives it from a day on (a county becomes a district).

    `name` is the name that comes with it. Towns and villages below carry the code of their county
    at the beginning of their own: theirs change with it. Case numbers keep the code of their day.

    Raises: NotAuthorityError, ActPaperError, CodeError, TakenError.
    """
    row = locked(jurisdiction, actor)
    before, former = state_of(row), row.code
    code = code.strip()
    _require_code(code, Level(row.level), row.parent, row)
    row.code = code
    if name.strip():
        row.name, row.name_en = name.strip(), name_en.strip()
    done = changed(row, before, BodyAct.RECODED, day, paper, actor, at)
    for town in row.children.filter(ended_on__isnull=True, code__startswith=former):
        if len(town.code) > len(former):
            follows = code + town.code[len(former) :]
            since = max(day, _last_day(town) or day)
            recode_jurisdiction(town, code=follows, day=since, paper=paper, actor=actor, at=at)
    return done


@act(*AREA)
def move_jurisdiction(
    jurisdiction: Jurisdiction,
    *,
    parent: Jurisdiction,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Jurisdiction:
    """Put an area below another parent from a day on; whoever oversees both may.

    Raises: NotAuthorityError, ActPaperError, LevelError.
    """
    row = locked(jurisdiction, actor)
    require_oversight(actor, parent)
    require_place(parent)
    before = state_of(row)
    _require_below(row.name, Level(row.level), parent)
    row.parent = parent
    return changed(row, before, BodyAct.MOVED, day, paper, actor, at)


def state_of(row: Jurisdiction) -> dict[str, object]:
    """Return what history keeps of an area: code, names, level, the code of its parent."""
    return {
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "level": row.level,
        "parent": row.parent.code if row.parent else None,
        "successor": row.successor.code if row.successor else None,
    }


def locked(jurisdiction: Jurisdiction, actor: Actor) -> Jurisdiction:
    """Return the row, locked, by who oversees it and while it stands.

    Raises: NotAuthorityError, LevelError.
    """
    row = (
        Jurisdiction.objects.select_for_update(of=("self",))
        .select_related("parent", "successor")
        .get(pk=jurisdiction.pk)
    )
    require_oversight(actor, row)
    require_place(row)
    return row


def changed(
    row: Jurisdiction,
    before: dict[str, object],
    act: BodyAct,
    day: dt.date,
    paper: str,
    actor: Actor,
    at: dt.datetime,
) -> Jurisdiction:
    """Save an act on an area with its history and its entry.

    Raises: ActPaperError.
    """
    paper = require_act(day, paper, at, _last_day(row))
    after = state_of(row)
    row.save(update_fields=["code", "name", "name_en", "parent", "ended_on", "successor"])
    PlaceChange.objects.create(
        jurisdiction=row, act=act.value, day=day, paper=paper, before=before, after=after
    )
    facts = {"day": day.isoformat(), "paper": paper, "before": before, "after": after}
    note(f"jurisdiction.{act.value}", f"jurisdiction:{row.code}", actor, at, AREA, facts)
    return row


def _last_day(row: Jurisdiction) -> dt.date | None:
    """Return the day of the last act on an area."""
    last = PlaceChange.objects.filter(jurisdiction=row).order_by("-day").first()
    return last.day if last else None


def _require_code(
    code: str, level: Level, parent: Jurisdiction | None, own: Jurisdiction | None = None
) -> None:
    digits = _DIGITS.get(level, 6)
    if len(code) != digits or not code.isascii() or not code.isdigit():
        written = {6: "six digits: take it from GB/T 2260"}.get(digits, f"{digits} digits")
        standard = "GB/T 2260" if digits == 6 else "GB/T 10114"
        raise CodeError(
            f"The division code {code!r} is not {written}.",
            zh=f"行政区划代码“{code}”不是{digits}位数字：请按 {standard} 填写。",
        )
    if digits > 6 and parent is not None and not code.startswith(parent.code):
        raise CodeError(
            f"The code {code} does not begin with {parent.code}, that of {parent}: correct it.",
            zh=f"代码“{code}”不以其上级“{parent}”的代码{parent.code}开头：请更正。",
        )
    # A code that an area ever had stands in the numbers of its cases: no other area gets it.
    had = Q(code=code) | Q(changes__before__code=code) | Q(changes__after__code=code)
    others = Jurisdiction.objects.exclude(pk=own.pk) if own else Jurisdiction.objects.all()
    if (own and own.code == code) or others.filter(had).exists():
        raise TakenError(what="division code", value=code)


def _require_below(name: str, level: Level, parent: Jurisdiction | None) -> None:
    above = Level(parent.level) if parent else None
    if above not in ABOVE[level]:
        raise LevelError(
            f"A {level} cannot stand below {parent or 'nothing'}: name a parent one level above.",
            zh=f"“{name}”的层级与其上级“{parent or '无'}”不相符：请选择上一级行政区。",
        )
