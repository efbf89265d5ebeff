"""What the regulation in force asks of a catalogue entry. Pure: no Django.

The fields, their conditions and what silence counts as come from the profile; nothing of a text is
written here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from huitong.catalogue.draft_types import Draft, DraftItem
from huitong.catalogue.errors import BasisRankError, MissingField, SecretDataRefusedError
from huitong.catalogue.types import IdentifierKind, Secrecy, SharingType
from huitong.regulations import predicates
from huitong.regulations.law import CatalogueField, Profile

_REVIEWED = ("HL-12.3",)
_WIDTH = {"WITHHELD": 0, "CONDITIONAL": 1, "UNCONDITIONAL": 2}
_LOWERED: Mapping[str, Callable[[DraftItem, DraftItem], bool]] = {
    "personal": lambda before, now: before.personal and not now.personal,
    "sensitive": lambda before, now: before.sensitive and not now.sensitive,
    "identifier": lambda before, now: before.identifier not in {None, now.identifier},
    "grade": lambda before, now: before.grade > now.grade,
}
_BASES: Mapping[SharingType | None, str] = {
    SharingType.WITHHELD: "withhold_sharing",
    SharingType.CONDITIONAL: "condition_sharing",
}
_LOOSER_ZH = {
    "personal": "不再标为个人信息",
    "sensitive": "不再标为敏感个人信息",
    "identifier": "的标识类型有变",
    "grade": "降低了级别",
    "removed": "被删除或改名",
    "sharing_type": "共享类型放宽",
    "opening_type": "开放类型放宽",
}
_LOOSER_EN = {
    "personal": "is no longer personal",
    "sensitive": "is no longer sensitive",
    "identifier": "has another kind of identifier",
    "grade": "has a lower grade",
    "removed": "is gone or renamed",
    "sharing_type": "sharing is wider",
    "opening_type": "opening is wider",
}
_DATASET_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Loosening:
    """One thing that protects less than before: an item's mark by its title, or a type."""

    title: str
    what: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the law makes of an entry and that submitter and reviewer must be told."""

    code: str
    zh: str
    en: str
    cite: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the form that a case's facts keep."""
        return {"code": self.code, "zh": self.zh, "en": self.en, "cite": list(self.cite)}


def is_dataset_code(code: str) -> bool:
    """Tell whether a text can be a dataset's code: it stands in addresses and file names.

    >>> is_dataset_code("HL-EDU.graduates"), is_dataset_code("../x")
    (True, False)
    """
    return _DATASET_CODE.fullmatch(code) is not None


def missing_fields(entry: Draft, profile: Profile, *, provider: str) -> tuple[MissingField, ...]:
    """Return every required field that is empty, with its article.

    A field whose silence the text itself gives a meaning (`treated_as`) is not missing.
    """
    return tuple(
        MissingField(field.name, field.names.zh, field.names.en, field.cite)
        for field in profile.fields
        if _applies(field, entry) and not field.treated_as and not _stated(field, entry, provider)
    )


def effective_sharing_type(entry: Draft, profile: Profile) -> SharingType:
    """Return the type that the entry has in law.

    An entry shared conditionally that states no condition at all counts as what the profile's
    `treated_as` says (Heilongjiang, art. 21: unconditional). One that states some of them keeps
    its type.
    """
    if entry.sharing_type is None:
        raise ValueError(
            "an entry without sharing type has none in law: check missing_fields first"
        )
    fields = _conditions_of_sharing(entry, profile)
    if fields and not any(_stated(field, entry, "") for field in fields):
        return SharingType(str(fields[0].treated_as))
    return entry.sharing_type


def notices(entry: Draft, profile: Profile) -> tuple[Notice, ...]:
    """Return what submitter and reviewer must be told about the entry."""
    fields = _conditions_of_sharing(entry, profile)
    silent = [field for field in fields if not _stated(field, entry, "")]
    if not silent:
        return ()
    cite = tuple(dict.fromkeys(clause for field in silent for clause in field.cite))
    listed_zh = "、".join(field.names.zh for field in silent)
    listed_en = ", ".join(field.names.en for field in silent)
    if len(silent) == len(fields):
        counts_as = str(fields[0].treated_as)
        word = profile.terms[f"sharing.{counts_as}"].names
        stated = profile.terms[f"sharing.{entry.sharing_type}"].names
        return (
            Notice(
                "counts_as_" + counts_as.lower(),
                f"本条目声明为{stated.zh}，但未明确{listed_zh}，按规定视为{word.zh}类",
                f"the entry says {stated.en} but states no {listed_en}; in law it counts as "
                f"{word.en}",
                cite,
            ),
        )
    return (
        Notice(
            "condition_incomplete",
            f"共享条件不完整：未明确{listed_zh}",
            f"the conditions of sharing are incomplete: no {listed_en}",
            cite,
        ),
    )


def loosenings(entry: Draft, earlier: Sequence[Draft], profile: Profile) -> tuple[Loosening, ...]:
    """Return in what an entry protects less than its published versions did (the newest first).

    An item is held against the newest version that has one of its name or title. A marked item
    that is gone while others are new may be one of them under another name, so that counts too.
    """
    if not earlier:
        return ()
    found = []
    for item in entry.items:
        before = next((same for draft in earlier if (same := _same_items(item, draft))), ())
        lowered = [name for name, lower in _LOWERED.items() if any(lower(b, item) for b in before)]
        found += [Loosening(item.title, name) for name in lowered]
    gone = [i for i in earlier[0].items if not _same_items(i, entry) and is_private(i)]
    if gone and not all(_same_items(item, earlier[0]) for item in entry.items):
        found += [Loosening(item.title, "removed") for item in gone]
    for name, width in (("sharing_type", _sharing_width), ("opening_type", _opening_width)):
        if width(entry, profile) > width(earlier[0], profile):
            found.append(Loosening("", name))
    return tuple(found)


def loosened_notice(found: Sequence[Loosening]) -> Notice:
    """Return what submitter and reviewer are told of an update that protects less."""
    zh = "；".join(f"{one.title}{_LOOSER_ZH[one.what]}" for one in found)
    en = "; ".join(f"{one.title} {_LOOSER_EN[one.what]}".strip() for one in found)
    return Notice(
        "protects_less",
        f"本次更新放宽了对数据的保护（{zh}），须经主管部门审核后发布",
        f"this update protects less than the published version ({en}): the authority reviews it "
        "before it is published",
        _REVIEWED,
    )


def is_private(item: DraftItem) -> bool:
    """Tell whether an item is declared to hold personal data; a citizen's number always does."""
    return item.personal or item.sensitive or item.identifier is IdentifierKind.CITIZEN_ID


def same_column(name: str, title: str, item: DraftItem) -> bool:
    """Tell whether an item is the column of that name or title, however either is typed.

    >>> same_column("a", "手机 号", DraftItem("b", "手机号"))
    True
    >>> same_column("a", "甲", DraftItem("b", "乙"))
    False
    """
    return _folded(name) == _folded(item.name) or _folded(title) == _folded(item.title)


def check_basis(entry: Draft, profile: Profile) -> None:
    """Refuse to restrict the sharing of an entry on a norm of too low a rank.

    Every text asks it of what is withheld, some of what is shared conditionally too (Henan,
    art. 15).

    Raises: BasisRankError, naming the ranks that would do.
    """
    rule = profile.bases.get(_BASES.get(entry.sharing_type, ""))
    if rule is None:
        return
    if entry.withheld_basis_rank not in rule.ranks:
        named = profile.ranks.get(entry.withheld_basis_rank)
        wanted = profile.terms[f"sharing.{entry.sharing_type}"].names
        raise BasisRankError(
            type_zh=wanted.zh,
            type_en=wanted.en,
            given_zh=named.zh if named else "（未说明）",
            given_en=named.en if named else "not stated",
            allowed_zh=[profile.ranks[rank].zh for rank in rule.ranks],
            allowed_en=[profile.ranks[rank].en for rank in rule.ranks],
            cite=rule.cite,
        )


def check_secrecy(entry: Draft, profile: Profile) -> None:
    """Refuse data that is secret, may be secret, or of which nobody says that it is not.

    Raises: SecretDataRefusedError.
    """
    every = tuple(dict.fromkeys(c for rule in profile.excluded.values() for c in rule.cite))
    if entry.secret_marks:
        listed = "; ".join(entry.secret_marks)
        raise SecretDataRefusedError(
            why_en=f"the source carries what looks like a mark of secrecy ({listed})",
            why_zh=f"来源中有疑似密级标识（{listed}）",
            cite=every,
        )
    if entry.secrecy is None:
        raise SecretDataRefusedError(
            why_en="the draft does not declare that its data is non-secret (secrecy: non_secret)",
            why_zh="草稿未声明数据为非涉密（secrecy: non_secret）",
            cite=every,
        )
    if entry.secrecy is not Secrecy.NON_SECRET:
        excluded = profile.excluded.get(entry.secrecy.value)
        zh, en = (excluded.names.zh, excluded.names.en) if excluded else ("涉密数据", "secret data")
        raise SecretDataRefusedError(
            why_en=f"the draft declares {en}",
            why_zh=f"草稿声明涉及{zh}",
            cite=excluded.cite if excluded else every,
        )


def _same_items(item: DraftItem, draft: Draft) -> tuple[DraftItem, ...]:
    return tuple(other for other in draft.items if same_column(item.name, item.title, other))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _sharing_width(entry: Draft, profile: Profile) -> int:
    if entry.sharing_type is None:
        return 0
    return _WIDTH[effective_sharing_type(entry, profile)]


def _opening_width(entry: Draft, _profile: Profile) -> int:
    return _WIDTH[entry.opening_type] if entry.opening_type else 0


def _conditions_of_sharing(entry: Draft, profile: Profile) -> Sequence[CatalogueField]:
    return [field for field in profile.fields if field.treated_as and _applies(field, entry)]


def _applies(field: CatalogueField, entry: Draft) -> bool:
    return field.when is None or predicates.holds(field.when, entry.as_dict())


def _stated(field: CatalogueField, entry: Draft, provider: str) -> bool:
    value = provider if field.name == "provider" else getattr(entry, field.name)
    return bool(value.strip()) if isinstance(value, str) else bool(value)
