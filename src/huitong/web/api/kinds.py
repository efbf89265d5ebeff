"""The kinds of procedure over HTTP: who may start them here, and what that takes."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from huitong.cases.errors import KindAbsentError
from huitong.organisations.types import Actor
from huitong.regulations.law import Absent, Profile
from huitong.regulations.predicates import PREDICATES
from huitong.regulations.types import FlatTable, Names
from huitong.web import kinds, starting
from huitong.web.api.callers import caller

router = Router(tags=["kinds"])


class Named(Schema):
    """A name in both languages."""

    zh: str
    en: str


class KindOpener(Schema):
    """Who may start: `acts_as` is the party that this is, `authority` or `public`."""

    acts_as: str
    names: Named
    mine: bool
    cite: list[str]


class KindParty(Schema):
    """A department that a case has; `needed` ones must be named unless the subject names them.

    `several` is `each`, `any` or `lead` where there may be several: what is needed of them.
    """

    key: str
    names: Named
    needed: bool
    several: str | None
    cite: list[str]


class KindFact(Schema):
    """A fact of the entry.

    `need` is required, conditional (then `when` says in which case) or optional; `type` is text,
    date, boolean, choice, list or number.
    """

    name: str
    names: Named
    type: str
    choices: dict[str, Named]
    need: str
    when: Named | None
    cite: list[str]


class KindLine(Schema):
    """A kind under the regulation of the caller's place.

    `absent` is `silent` or `lost` where that has no such procedure; `cite` is then where we
    looked. `place` is the list of the workbench that leads to the kind's own page, if it has one.
    """

    kind: str
    names: Named
    theme: str
    absent: str | None
    cite: list[str]
    openers: list[KindOpener]
    parties: list[KindParty]
    facts: list[KindFact]
    subjects: list[str]
    place: str | None


@router.get("", response=list[KindLine])
def list_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """List every kind, those that the regulation in force lacks too."""
    actor, at = caller(request)
    home = starting.own_home(actor)
    profile = starting.profile_at(home, at)
    lines = []
    for theme, (_label, names) in kinds.THEMES.items():
        for name in names:
            try:
                table = starting.table_of(name, home, at)
            except KindAbsentError:
                lines.append(_absent(profile, theme, name))
            else:
                lines.append(_line(table, theme, actor))
    return lines


def _line(table: FlatTable, theme: str, actor: Actor) -> dict[str, Any]:
    return {
        "kind": table.kind,
        "names": _names(table.names),
        "theme": theme,
        "absent": None,
        "cite": list(table.entry_steps[0].cite),
        "openers": [
            {
                "acts_as": one.key,
                "names": _names(one.names),
                "mine": one.mine,
                "cite": list(one.cite),
            }
            for one in starting.openers_of(table, actor)
        ],
        "parties": [
            {
                "key": one.key,
                "names": _names(one.names),
                "needed": one.needed,
                "several": one.several or None,
                "cite": list(one.cite),
            }
            for one in starting.parties_of(table)
        ],
        "facts": _facts(table),
        "subjects": list(kinds.subjects_of(table.kind)),
        "place": kinds.PLACES.get(table.kind),
    }


def _facts(table: FlatTable) -> list[dict[str, Any]]:
    """Return the facts of the entry, the required ones first."""
    found: dict[str, dict[str, Any]] = {}
    for row in table.entry_steps:
        for name in row.facts:
            found.setdefault(name, _fact(table, name, "required", row.cite))
        for need in row.facts_when:
            made = _fact(table, need.name, "conditional", need.cite)
            made["when"] = _names(PREDICATES[need.when].names)
            found.setdefault(need.name, made)
        for name in row.optional:
            found.setdefault(name, _fact(table, name, "optional", row.cite))
    return list(found.values())


def _fact(table: FlatTable, name: str, need: str, cite: tuple[str, ...]) -> dict[str, Any]:
    word = table.facts[name]
    return {
        "name": name,
        "names": _names(word.names),
        "type": word.type,
        "choices": {key: _names(names) for key, names in word.choices.items()},
        "need": need,
        "when": None,
        "cite": list(cite),
    }


def _absent(profile: Profile, theme: str, kind: str) -> dict[str, Any]:
    text: Absent | None = profile.kinds[kind].absent
    nothing: list[Any] = []
    return {
        "kind": kind,
        "names": _names(profile.words.kinds[kind].names),
        "theme": theme,
        "absent": text.because if text else "silent",
        "cite": list(text.at) if text else nothing,
        "openers": nothing,
        "parties": nothing,
        "facts": nothing,
        "subjects": nothing,
        "place": None,
    }


def _names(names: Names) -> dict[str, str]:
    return {"zh": names.zh, "en": names.en}
