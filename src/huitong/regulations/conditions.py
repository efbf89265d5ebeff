"""What a condition of the tables is, and how the plain ones are made."""

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


def says(fact: str, value: object) -> Callable[[Facts], bool]:
    """Hold where a fact has just this value."""
    return lambda facts: facts.get(fact) == value


def one_of(fact: str, *values: object) -> Callable[[Facts], bool]:
    """Hold where a fact is one of these values."""
    return lambda facts: facts.get(fact) in values


def said_outside(fact: str, *values: object) -> Callable[[Facts], bool]:
    """Hold where a fact is said and is none of these values."""
    # What is not said yet bars nothing: the step that needs the fact asks for it.
    return lambda facts: bool(facts.get(fact)) and facts.get(fact) not in values


def not_said(fact: str) -> Callable[[Facts], bool]:
    """Hold unless a fact is said to be so."""
    return lambda facts: facts.get(fact) is not True


def one_lacks(*needed: str) -> Callable[[Facts], bool]:
    """Hold where one of these facts is empty."""
    return lambda facts: not all(facts.get(fact) for fact in needed)
