"""What may not be opened. Pure: no Django."""

from collections.abc import Collection, Sequence

from huitong.catalogue import rules as catalogue
from huitong.catalogue.draft_types import Draft
from huitong.catalogue.types import OpeningType
from huitong.opening.types import Refusal
from huitong.regulations.law import OpeningBar, Profile

PRIVACY = "personal_privacy"
"""The name of the bar in a profile's `opening_bars` that personal data meets."""


def private_items(entry: Draft) -> tuple[str, ...]:
    """Return the titles of items that hold personal data, in their order."""
    return tuple(item.title for item in entry.items if catalogue.is_private(item))


def marked_before(entry: Draft, versions: Sequence[Draft]) -> tuple[str, ...]:
    """Return the titles of unmarked items that some version marked, by name or by title."""
    marked = [item for draft in versions for item in draft.items if catalogue.is_private(item)]
    return tuple(
        item.title
        for item in entry.items
        if not catalogue.is_private(item)
        and any(catalogue.same_column(item.name, item.title, other) for other in marked)
    )


def refusals(
    entry: Draft,
    profile: Profile,
    *,
    versions: Sequence[Draft] = (),
    telling: Collection[str] = (),
) -> tuple[Refusal, ...]:
    """Return every ground on which an entry may not be put on the open list, with its article.

    Personal data is not opened (Heilongjiang, art. 33). `versions` are all that the dataset has:
    what one of them marked personal stays so. `telling` are the names of items whose values look
    like personal data. The consent that could lift the bar is not asked for here: nobody can show
    it for every person of a dataset.
    """
    found = _personal(entry, profile, versions, telling)
    if entry.opening_type is OpeningType.WITHHELD:
        # A text that has no field for the reason still knows the type.
        asked = [field.cite for field in profile.fields if field.name == "closed_reason"]
        cite = asked[0] if asked else profile.terms["opening.WITHHELD"].cite
        found.append(
            Refusal(
                "withheld",
                ("opening_type",),
                cite,
                f"目录已声明{profile.term('opening.WITHHELD', 'zh')}（{entry.closed_reason}）",
                f"the entry says {profile.term('opening.WITHHELD', 'en')} ({entry.closed_reason})",
            )
        )
    return tuple(found)


def _personal(
    entry: Draft, profile: Profile, versions: Sequence[Draft], telling: Collection[str]
) -> list[Refusal]:
    bar = next((b for b in profile.opening_bars if b.name == PRIVACY), None)
    if bar is None:
        return []
    values = tuple(item.title for item in entry.items if item.name in telling)
    grounds = (
        (PRIVACY, private_items(entry), bar.names.zh, f"touch {bar.names.en}"),
        (
            "marked_before",
            marked_before(entry, versions),
            (
                f"曾在本条目其他版本中标为{bar.names.zh}；新版本不能取消该标记，"
                "除非相关主体同意，而本系统目前不受理此类同意"
            ),
            (
                f"were marked as {bar.names.en} in another version of the entry; a new version "
                "does not lift that, only the consent of those concerned would, which this system "
                "does not take yet"
            ),
        ),
        (
            "values_look_personal",
            values,
            f"的数值疑为公民身份号码或手机号码，{bar.names.zh}",
            f"hold what looks like citizen ids or mobile numbers: {bar.names.en}",
        ),
    )
    return [_refusal(ground, fields, bar, zh, en) for ground, fields, zh, en in grounds if fields]


def _refusal(ground: str, fields: tuple[str, ...], bar: OpeningBar, zh: str, en: str) -> Refusal:
    return Refusal(
        ground,
        fields,
        bar.cite,
        f"数据项“{'”“'.join(fields)}”{zh}",
        f"the data items {', '.join(fields)} {en}",
    )
