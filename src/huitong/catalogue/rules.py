"""What the regulation in force asks of a catalogue entry. Pure: no Django.

The fields, their conditions and what silence counts as come from the profile; nothing of a text is
written here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from huitong.catalogue.draft_types import Draft
from huitong.catalogue.errors import BasisRankError, MissingField, SecretDataRefusedError
from huitong.catalogue.types import Secrecy, SharingType
from huitong.regulations import predicates
from huitong.regulations.law import CatalogueField, Profile

_DATASET_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


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


def check_basis(entry: Draft, profile: Profile) -> None:
    """Refuse to withhold an entry from sharing on a norm of too low a rank.

    Raises: BasisRankError, naming the ranks that would do.
    """
    rule = profile.bases.get("withhold_sharing")
    if entry.sharing_type is not SharingType.WITHHELD or rule is None:
        return
    if entry.withheld_basis_rank not in rule.ranks:
        named = profile.ranks.get(entry.withheld_basis_rank)
        raise BasisRankError(
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


def _conditions_of_sharing(entry: Draft, profile: Profile) -> Sequence[CatalogueField]:
    return [field for field in profile.fields if field.treated_as and _applies(field, entry)]


def _applies(field: CatalogueField, entry: Draft) -> bool:
    return field.when is None or predicates.holds(field.when, entry.as_dict())


def _stated(field: CatalogueField, entry: Draft, provider: str) -> bool:
    value = provider if field.name == "provider" else getattr(entry, field.name)
    return bool(value.strip()) if isinstance(value, str) else bool(value)
