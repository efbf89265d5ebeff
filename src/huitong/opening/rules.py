"""What may not be opened. Pure: no Django."""

from huitong.catalogue.draft_types import Draft
from huitong.catalogue.types import OpeningType
from huitong.opening.types import Refusal
from huitong.regulations.law import Profile

PRIVACY = "personal_privacy"
"""The name of the bar in a profile's `opening_bars` that personal data meets."""


def private_items(entry: Draft) -> tuple[str, ...]:
    """Return the titles of items that hold personal data, in their order."""
    return tuple(
        item.title
        for item in entry.items
        if item.personal or item.sensitive or item.identifier == "citizen_id"
    )


def refusals(entry: Draft, profile: Profile) -> tuple[Refusal, ...]:
    """Return every ground on which an entry may not be put on the open list, with its article.

    Personal data is not opened (Heilongjiang, art. 33). The consent that could lift the bar is not
    asked for here: nobody can show it for every person of a dataset.
    """
    found = []
    bar = next((b for b in profile.opening_bars if b.name == PRIVACY), None)
    fields = private_items(entry)
    if fields and bar is not None:
        found.append(
            Refusal(
                PRIVACY,
                fields,
                bar.cite,
                f"数据项“{'”“'.join(fields)}”{bar.names.zh}",
                f"the data items {', '.join(fields)} touch {bar.names.en}",
            )
        )
    stated = {field.name: field for field in profile.fields}
    if entry.opening_type is OpeningType.WITHHELD:
        field = stated["closed_reason"]
        found.append(
            Refusal(
                "withheld",
                ("opening_type",),
                field.cite,
                f"目录已声明{profile.term('opening.WITHHELD', 'zh')}（{entry.closed_reason}）",
                f"the entry says {profile.term('opening.WITHHELD', 'en')} ({entry.closed_reason})",
            )
        )
    return tuple(found)
