"""Which body a role falls to: by whose level, how far up, for which duty, and who records for it.

Names alone do not tell: 政务数据主管部门 is the provider's in one text, the consumer's in another.
"""

from __future__ import annotations

from collections.abc import Iterable

from huitong.regulations.law import Profile, StageText
from huitong.regulations.places import cites
from huitong.regulations.saying import LEVELS, Value, standing
from huitong.regulations.types import Names, Role

_POSTS = {
    None: Names("负责人", "head"),
    "head": Names("主要负责人", "head"),
    "unit_head": Names("工作机构负责人", "head of the unit"),
}
_FOUND = ("authority", "common_superior", "head")
_PLACES = {
    "owner": Names("当前办理部门", "whoever is to act"),
}


def roles_of(stage: StageText) -> tuple[str, ...]:
    """Return every role that a stage names, each once."""
    found = [*stage.by, *stage.all_of, *stage.tell]
    if stage.consulting:
        found += stage.consulting.roles
    if stage.consent:
        found.append(stage.consent.by)
    if stage.extend:
        found += [stage.extend.approved_by, *stage.extend.tell]
    if stage.supplement and stage.supplement.by:
        found.append(stage.supplement.by)
    for outcome in stage.outcomes.values():
        found += [*outcome.by, *outcome.tell]
    return tuple(dict.fromkeys(found))


def seats(profile: Profile, names: Iterable[str]) -> tuple[Value, tuple[str, ...]] | None:
    """Return how the bodies of some roles are found, and the clauses of those roles.

    None where every role is a plain party.
    """
    known = (profile.roles[name] for name in names if name in profile.roles)
    roles = [one for one in known if one.resolver in _FOUND or one.recorded_by or one.presumed]
    if not roles:
        return None
    lines = [Names(_line(profile, one, "zh"), _line(profile, one, "en")) for one in roles]
    lines = list(dict.fromkeys(lines))
    words = Names("；".join(n.zh for n in lines), "; ".join(n.en for n in lines))
    keys = frozenset(_key(profile, one) for one in roles)
    return (words, keys), cites(one.cite for one in roles)


def _key(profile: Profile, role: Role) -> tuple[object, ...]:
    return (
        standing(role),
        role.duty,
        role.post,
        role.presumed,
        _standing_of(profile, role.beside),
        _standing_of(profile, role.recorded_by),
    )


def _standing_of(profile: Profile, name: str | None) -> object:
    role = profile.roles.get(name or "")
    return standing(role) if role else name


def _line(profile: Profile, role: Role, lang: str) -> str:
    zh = lang == "zh"
    named = profile.roles.get(role.beside or "")
    beside = named.names if named else _PLACES.get(role.beside or "", Names("", ""))
    parts = []
    if role.resolver == "head":
        post = _POSTS[role.post]
        parts.append(f"{beside.zh}的{post.zh}" if zh else f"{post.en} of {beside.en}")
    elif role.resolver == "common_superior":
        parts.append("双方的共同上级" if zh else "the common superior of both")
    elif role.level:
        level = LEVELS[role.level]
        parts.append(level.zh if zh else f"of the {level.en}")
    elif role.beside and role.above:
        up = f"比{beside.zh}高{role.above}级"
        parts.append(up if zh else f"{role.above} level(s) above {beside.en}")
    elif role.beside:
        parts.append(f"与{beside.zh}同级" if zh else f"of the level of {beside.en}")
    if role.duty:
        duty = profile.words.duties[role.duty]
        parts.append(f"按“{duty.zh}”职责确定" if zh else f"by the duty “{duty.en}”")
    if role.recorded_by:
        by = profile.roles[role.recorded_by].names
        parts.append(f"由{by.zh}代为记录" if zh else f"recorded by {by.en}")
    if role.presumed:
        parts.append("系平台的理解" if zh else "our reading")
    between, colon = ("，", "：") if zh else (", ", ": ")
    return f"{role.names.get(lang)}{colon}{between.join(parts)}"
