"""The values that opening hands to pages. Pure: no Django."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One ground on which a dataset is not opened, with the fields that it lies in."""

    ground: str
    fields: tuple[str, ...]
    cite: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet; `count` is how many results choosing it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A property by which results can be narrowed, its values by count."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of an open dataset, every value as text; None where there is none."""

    headers: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
