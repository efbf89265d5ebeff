"""What may go on record at all: names, texts, numbers and days of facts; title and subject.

What is recorded once is never deleted, so nothing goes in that no step asks for. A room above may
state words of its own beside those of the text (which version was applied for): it admits them
when the program starts.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from huitong.cases.errors import FactInvalidError
from huitong.cases.gate_errors import (
    FactDateError,
    FactUnkeepableError,
    FactUnknownError,
    HeadingError,
)
from huitong.regulations.types import FactWord, FlatTable, Step

LONGEST_TEXT = 20_000
LONGEST_MEMBER = 2_000
MOST_MEMBERS = 2_000
LONGEST_TITLE = 300
LONGEST_SUBJECT = 200
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LARGEST = 2**53 - 1
"""What a number may be: readers of a case file in any language hold it exactly."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STEP = re.compile(r"[a-z][a-z_]{0,39}(\.[a-z][a-z_]{0,39})?")
_LINES = "\n\r\t"
_ADMITTED: dict[str, dict[str, str]] = {}


def admit(kinds: Iterable[str], words: Mapping[str, str]) -> None:
    """Admit facts that a room states beside those of the text, by name with their form.

    `words` maps a name to `text`, `date`, `boolean`, `list`, `number` or `mapping`.
    """
    for kind in kinds:
        _ADMITTED.setdefault(kind, {}).update(words)


def check_facts(table: FlatTable, row: Step, facts: Mapping[str, object], today: dt.date) -> None:
    """Refuse facts that cannot be kept, or that do not have the form of their word.

    Raises: FactUnknownError, FactUnkeepableError, FactInvalidError, FactDateError.
    """
    beside = _ADMITTED.get(table.kind, {})
    for name, value in facts.items():
        word = table.facts.get(name)
        form = word.type if word is not None else beside.get(name)
        if form is None:
            allowed = row.own_facts | beside.keys()
            raise FactUnknownError(fact=shown(name), step=row.name, allowed=allowed, cite=row.cite)
        label = word.names.zh if word is not None else ""
        if not _fits(form, value, word):
            raise FactInvalidError(
                fact=name,
                fact_zh=label,
                kind=form,
                choices=tuple(word.choices) if word is not None else (),
                cite=row.cite,
            )
        _keepable(name, label, value, row.cite)
        if word is not None and word.type == "date" and value:
            _check_day(word, str(value), today, row.cite)


def check_heading(title: str, subject: str) -> None:
    """Refuse a title or a subject that is no line of text or too long; a title needs words.

    Raises: HeadingError.
    """
    if not title.strip() or len(title) > LONGEST_TITLE or _stray(title, allowed=""):
        raise HeadingError(field="title", most=LONGEST_TITLE)
    if len(subject) > LONGEST_SUBJECT or _stray(subject, allowed=""):
        raise HeadingError(field="subject", most=LONGEST_SUBJECT)


def is_text(value: str) -> bool:
    """Whether a text holds nothing but signs and line breaks, so that it can be kept."""
    return not _stray(value, allowed=_LINES)


def texts_of(value: object) -> Iterable[str]:
    """Yield every text of a value, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from texts_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_of(item)


def step_name(given: str) -> str:
    """Return a step's name as the ledger may keep it: what is no name at all becomes `?`.

    The ledger cannot be mended, so no text that somebody sent in a name's place goes into it.
    """
    return given if _STEP.fullmatch(given) else "?"


def shown(text: str) -> str:
    """Return a text that somebody sent as an error may repeat it: short, without stray signs."""
    return "".join("?" if _is_stray(sign, "") else sign for sign in text[:40])


def is_date(value: object) -> bool:
    """Whether a value is a day written YYYY-MM-DD, of a year from 1990 to 2100."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return False
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def _check_day(word: FactWord, value: str, today: dt.date, cite: tuple[str, ...]) -> None:
    bounds = {"today": today, "tomorrow": today + dt.timedelta(days=1)}
    for bound, is_last in ((word.not_after, True), (word.not_before, False)):
        if not bound:
            continue
        edge = bounds[bound].isoformat()
        if (value > edge) if is_last else (value < edge):
            raise FactDateError(
                fact=word.name, fact_zh=word.names.zh, day=edge, is_last=is_last, cite=cite
            )


def _fits(form: str, value: object, word: FactWord | None) -> bool:
    if value is None or value == "":
        return True  # not given; whether it was needed is another question
    if form == "choice":
        return isinstance(value, str) and word is not None and value in word.choices
    return _FORMS[form](value)


def _keepable(name: str, label: str, value: object, cite: tuple[str, ...]) -> None:
    """Refuse what is too long or holds stray signs. Raises: FactUnkeepableError."""
    fault = None
    if isinstance(value, str):
        fault = _fault(value, LONGEST_TEXT)
    elif isinstance(value, list | tuple | Mapping):
        if len(value) > MOST_MEMBERS:
            fault = (
                f"has more than {MOST_MEMBERS} members",
                f"超过{MOST_MEMBERS}项",
            )
        fault = fault or next(
            (found for text in texts_of(value) if (found := _fault(text, LONGEST_MEMBER))), None
        )
    if fault is not None:
        because, because_zh = fault
        raise FactUnkeepableError(
            fact=name, fact_zh=label, because=because, because_zh=because_zh, cite=cite
        )


def _fault(text: str, most: int) -> tuple[str, str] | None:
    if len(text) > most:
        return f"has more than {most} characters", f"超过{most}个字符"
    if _stray(text, allowed=_LINES):
        return "holds control characters", "含有控制字符"
    return None


def _stray(text: str, *, allowed: str) -> bool:
    if text.isprintable():  # almost every text: one look at it in C
        return False
    return any(_is_stray(sign, allowed) for sign in text)


def _is_stray(sign: str, allowed: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"} and sign not in allowed


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(key, str) and (item is None or isinstance(item, str) or _FORMS["list"](item))
        for key, item in value.items()
    )


_FORMS: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    "date": is_date,
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST
    ),
    "list": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "mapping": _is_mapping,
}
