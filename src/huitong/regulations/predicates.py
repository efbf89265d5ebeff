"""The conditions that tables may name: plain functions of a case's facts.

No predicate counts days or reads the time. A stored table names its predicates, so a changed
meaning gets a new name. `needs` are the facts that a predicate looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from huitong.regulations.types import Names

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Predicate:
    """A named condition with the words in which pages show it."""

    name: str
    names: Names
    needs: tuple[str, ...]
    holds: Callable[[Facts], bool]


def _says(fact: str, value: object) -> Callable[[Facts], bool]:
    return lambda facts: facts.get(fact) == value


def _private_without_consent(facts: Facts) -> bool:
    return bool(facts.get("private_items")) and facts.get("subject_consent") is not True


PREDICATES: Mapping[str, Predicate] = {
    predicate.name: predicate
    for predicate in (
        Predicate(
            "entry_in_use",
            Names("数据已被使用", "the data is in use by others"),
            ("in_use",),
            _says("in_use", value=True),
        ),
        Predicate(
            "below_province",
            Names("提供部门属市（地）、县（市、区）", "the provider is below province level"),
            ("below_province",),
            _says("below_province", value=True),
        ),
        Predicate(
            "returned_at_own_level",
            Names("由同级主管部门退回", "returned by the authority of the same level"),
            ("returned_above",),
            lambda facts: facts.get("returned_above") is not True,
        ),
        Predicate(
            "shares_conditionally",
            Names("共享类型为有条件共享", "sharing is conditional"),
            ("sharing_type",),
            _says("sharing_type", "CONDITIONAL"),
        ),
        Predicate(
            "withholds_sharing",
            Names("共享类型为不予共享", "sharing is withheld"),
            ("sharing_type",),
            _says("sharing_type", "WITHHELD"),
        ),
        Predicate(
            "opens_conditionally",
            Names("开放类型为有条件开放", "opening is conditional"),
            ("opening_type",),
            _says("opening_type", "CONDITIONAL"),
        ),
        Predicate(
            "withholds_opening",
            Names("开放类型为不予开放", "opening is withheld"),
            ("opening_type",),
            _says("opening_type", "WITHHELD"),
        ),
        Predicate(
            "private_without_consent",
            Names(
                "涉及个人隐私或商业秘密且未取得同意",
                "private data or commercial secrets without consent",
            ),
            ("private_items", "subject_consent"),
            _private_without_consent,
        ),
        Predicate(
            "rectification_declined",
            Names("使用部门拒不整改", "the consumer declined to rectify"),
            ("decline_reason",),
            lambda facts: bool(facts.get("decline_reason")),
        ),
        Predicate(
            "material_missing",
            Names("材料不全", "material is missing"),
            ("missing_material", "material"),
            lambda facts: bool(facts.get("missing_material")) and not facts.get("material"),
        ),
    )
}


def holds(name: str, facts: Facts) -> bool:
    """Say whether a condition holds on the facts of a case or the values of an entry.

    Raises: KeyError, when the name is no predicate (a checked profile has none such).
    """
    return PREDICATES[name].holds(facts)
