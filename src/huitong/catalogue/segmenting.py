"""Chinese text as words that PostgreSQL's `simple` configuration can index. Pure: no Django."""

import re

import rjieba

_WORD = re.compile(r"\w")


def for_index(text: str) -> str:
    """Return all words of a text, the parts of compounds too, with blanks between.

    >>> for_index("普通高等学校名单")
    '普通 高等 学校 高等学校 名单'
    """
    return " ".join(word for word in rjieba.cut_for_search(text) if _WORD.search(word))


def for_query(text: str) -> str:
    """Return the words to look for; the shorter parts of a compound are not asked for again.

    >>> for_query("高等学校 名单！")
    '高等学校 名单'
    """
    return " ".join(word for word in rjieba.cut(text[:200]) if _WORD.search(word))
