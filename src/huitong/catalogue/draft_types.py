"""A draft: a catalogue entry as a person writes and confirms it. Pure: no Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from huitong.catalogue.types import (
    IdentifierKind,
    ItemType,
    Mask,
    OpeningType,
    Secrecy,
    SharingType,
    UpdateFrequency,
)


@dataclass(frozen=True, slots=True)
class DraftItem:
    """One data item; `title` is the header in the source, `name` the identifier that systems use.

    `length` is in characters. `grade` follows the general levels of GB/T 43697, 1 lowest. `rules`
    are further quality rules in the pool's vocabulary.
    """

    name: str
    title: str
    type: ItemType = ItemType.TEXT
    length: int | None = None
    format: str = ""
    required: bool = False
    identifier: IdentifierKind | None = None
    personal: bool = False
    sensitive: bool = False
    grade: int = 1
    mask_default: Mask | None = None
    description: str = ""
    rules: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole entry. Empty words are allowed here; submitting asks for what the law requires.

    `withheld_basis_rank` is one of the profile's ranks of norms, such as `law`. `duty_item` names
    an item of the department's duty list, `social_source` whence and how data of society was
    obtained (by agreement, by purchase).
    `layout` is a layout of `huitong_sources` as a dict. `secret_marks` holds places in the source
    that look like a mark of secrecy; a person who finds them wrong empties the list.
    """

    title: str
    items: tuple[DraftItem, ...]
    title_en: str = ""
    summary: str = ""
    theme: str = ""
    update_frequency: UpdateFrequency | None = None
    data_format: str = ""
    sharing_type: SharingType | None = None
    sharing_condition: str = ""
    sharing_purpose: str = ""
    sharing_mode: str = ""
    data_class: str = ""
    withheld_reason: str = ""
    withheld_basis: str = ""
    withheld_basis_rank: str = ""
    opening_type: OpeningType | None = None
    opening_condition: str = ""
    closed_reason: str = ""
    duty_item: str = ""
    social_source: str = ""
    secrecy: Secrecy | None = None
    secret_marks: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    version_column: str = ""
    layout: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values in the order of the fields, for YAML, JSON and forms."""
        plain = {entry.name: _plain(getattr(self, entry.name)) for entry in fields(self)}
        items = plain.pop("items")
        layout = plain.pop("layout")
        return {**plain, "items": items, "layout": layout}


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON values of any shape
    if isinstance(value, DraftItem):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(inner) for inner in value]
    return getattr(value, "value", value)
