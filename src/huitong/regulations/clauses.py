"""Clauses by id, and their labels as a document would cite them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from huitong.regulations import marks
from huitong.regulations.errors import ClauseUnknownError
from huitong.regulations.types import Clause, Names

FOLDER = Path(__file__).parent / "profiles"
_DIGITS = "零一二三四五六七八九"


def clause(clause_id: str) -> Clause:
    """Return a clause.

    Raises: ClauseUnknownError, when no profile of the package has it.
    """
    found = all_clauses().get(clause_id)
    if found is None:
        raise ClauseUnknownError(
            f"No regulation has a clause {clause_id}: cite an id of its clauses.yaml.",
            zh=f"没有条款 {clause_id}，请引用规则档案 clauses.yaml 中的条款编号。",
        )
    return found


def label(clause_id: str, lang: str = "zh", *, short: bool = False) -> str:
    """Return how the clause is cited; `short` leaves the title out.

    >>> label("HL-22.3")
    '《黑龙江省政务数据管理暂行办法》第二十二条第二款第（二）项'
    >>> label("HL-22.3", "en", short=True)
    'art. 22, para. 2, item (2)'
    """
    found = clause(clause_id)
    title = _titles()[found.profile_id]
    if lang.startswith("zh"):
        where = f"第{numeral(found.article)}条"
        where += f"第{numeral(found.paragraph)}款" if found.paragraph else ""
        where += f"第（{numeral(found.item)}）项" if found.item else ""
        return where if short else f"《{title.zh}》{where}"
    where = f"art. {found.article}"
    where += f", para. {found.paragraph}" if found.paragraph else ""
    where += f", item ({found.item})" if found.item else ""
    return where if short else f"{title.en}, {where}"


def all_clauses() -> Mapping[str, Clause]:
    """Return every clause of every profile in the package, in the order of the texts."""
    return _all()


def of_profile(profile_id: str) -> tuple[Clause, ...]:
    """Return the clauses of one text, in its order."""
    return tuple(c for c in _all().values() if c.profile_id == profile_id)


def numeral(number: int) -> str:
    """Write 1–99 as articles are numbered: 一, 十, 十二, 二十, 四十七."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


@cache
def _all() -> dict[str, Clause]:
    found: dict[str, Clause] = {}
    for path in sorted(FOLDER.glob("*/clauses.yaml")):
        for row in marks.plain(path.read_text(encoding="utf-8")):
            found[row["id"]] = of_row(row, path.parent.name)
    return found


def of_row(row: Mapping[str, Any], profile_id: str) -> Clause:
    """Return the clause of one row of a clauses.yaml."""
    return Clause(
        id=row["id"],
        profile_id=profile_id,
        article=row["article"],
        paragraph=row.get("paragraph"),
        item=row.get("item"),
        zh=row["zh"],
        en=row["en"],
    )


@cache
def _titles() -> dict[str, Names]:
    titles: dict[str, Names] = {}
    for path in sorted(FOLDER.glob("*/profile.yaml")):
        title = marks.plain(path.read_text(encoding="utf-8"))["title"]
        titles[path.parent.name] = Names(title["zh"], title["en"])
    return titles
