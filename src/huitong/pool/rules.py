r"""Quality rules as data, compiled to conditions in DuckDB's dialect that Spark can be given too.

A rule is an object with the name of its kind in `rule`, for example
`{"rule": "pattern", "pattern": "1[0-9]{10}"}`; a data item holds a list of them. A condition is
true for a value that breaks the rule; NULL never does, `required` alone asks for a value.
Portability follows the trap table of the pipeline's ADR: full matches are `^(?:…)\z`, there is no
look-around, no `$` inside, no class that Java and RE2 read differently.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from huitong.pool.errors import RuleError

# Constructs that RE2 lacks or that RE2 and Java read differently.
_UNPORTABLE = re.compile(r"\(\?[=!<>]|\\[bBpPkGXRhHvVZzA1-9]|\[\[:|[*+?}]\+|&&")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def quoted(name: str) -> str:
    """Return a column name for SQL; items are named by `[a-z][a-z0-9_]*` alone."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def full_match(column: str, pattern: str) -> str:
    r"""Return the condition that a column matches a pattern from end to end.

    >>> full_match('"v"', "[0-9]+")
    'regexp_matches("v", \'^(?:[0-9]+)\\z\')'
    """
    return f"regexp_matches({column}, {literal(f'^(?:{pattern})' + chr(92) + 'z')})"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a condition speaks of: `text` is the normalised text, `typed` the conformed value."""

    item: str
    type: str
    text: str
    typed: str


Condition = Callable[[Subject, Mapping[str, object]], str]


@dataclass(frozen=True, slots=True)
class RuleKind:
    """A kind of rule: its parameters, the item types it fits, and the condition it makes.

    The name of the kind is the code of its reason: `item:name`.
    """

    parameters: frozenset[str]
    types: frozenset[str]
    condition: Condition


def _length(subject: Subject, rule: Mapping[str, object]) -> str:
    low, high = _whole(subject, rule, "min"), _whole(subject, rule, "max")
    parts = [f"length({subject.text}) < {low}" if low is not None else None]
    parts.append(f"length({subject.text}) > {high}" if high is not None else None)
    return _any_of(subject, parts)


def _pattern(subject: Subject, rule: Mapping[str, object]) -> str:
    return f"NOT {full_match(subject.text, portable_pattern(subject.item, rule.get('pattern')))}"


def _enum(subject: Subject, rule: Mapping[str, object]) -> str:
    values = rule.get("values")
    if not isinstance(values, list) or not values:
        raise RuleError(subject.item, "`enum` needs a list `values` that is not empty")
    return f"{subject.text} NOT IN ({', '.join(literal(str(value)) for value in values)})"


def _range(subject: Subject, rule: Mapping[str, object]) -> str:
    parts: list[str | None] = []
    for name, sign in (("min", "<"), ("max", ">")):
        bound = rule.get(name)
        if bound is not None:
            parts.append(f"{subject.typed} {sign} {_bound(subject, str(bound))}")
    return _any_of(subject, parts)


_TEXT = frozenset({"text"})
_ANY = frozenset({"text", "integer", "decimal", "date", "datetime", "boolean"})

KINDS: Mapping[str, RuleKind] = {
    "length": RuleKind(frozenset({"min", "max"}), _ANY, _length),
    "pattern": RuleKind(frozenset({"pattern"}), _ANY, _pattern),
    "enum": RuleKind(frozenset({"values"}), _ANY, _enum),
    "range": RuleKind(
        frozenset({"min", "max"}), frozenset({"integer", "decimal", "date", "datetime"}), _range
    ),
}


def compiled(subject: Subject, rule: object) -> tuple[str, str]:
    """Return the code of a rule's reason and the condition that breaks it.

    Raises: RuleError, naming the item and what is wrong with the rule.
    """
    if not isinstance(rule, Mapping):
        raise RuleError(subject.item, "a rule is an object with its kind in `rule`")
    name = rule.get("rule")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        known = ", ".join(sorted(KINDS))
        raise RuleError(subject.item, f"there is no rule kind {name!r}; known are {known}")
    stray = set(rule) - kind.parameters - {"rule"}
    if stray:
        raise RuleError(subject.item, f"`{name}` has no parameter {', '.join(sorted(stray))}")
    if subject.type not in kind.types:
        raise RuleError(subject.item, f"`{name}` does not fit an item of type {subject.type}")
    return str(name), kind.condition(subject, rule)


def portable_pattern(item: str, pattern: object) -> str:
    """Return a pattern's body, without outer anchors, if every engine reads it alike.

    Raises: RuleError, when it is no regular expression or uses what engines read differently.
    """
    if not isinstance(pattern, str) or not pattern:
        raise RuleError(item, "`pattern` needs a regular expression")
    body = pattern.removeprefix("^")
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    plain = re.sub(r"\\\$|\[[^\]]*\]", "", body)
    if _UNPORTABLE.search(body) or "$" in plain or "^" in plain:
        raise RuleError(
            item,
            "`pattern` uses look-around, a back-reference, \\b, \\p or an inner anchor, which "
            "engines read differently; write it with explicit ranges",
        )
    try:
        re.compile(body)
    except re.error as error:
        raise RuleError(item, f"`pattern` is no regular expression ({error})") from None
    return body


def item_name(name: str) -> str:
    """Return the name if it can be a column's.

    Raises: RuleError.
    """
    if not _NAME.match(name):
        raise RuleError(name, "a data item is named by small letters, digits and _")
    return name


def _any_of(subject: Subject, parts: list[str | None]) -> str:
    given = [part for part in parts if part]
    if not given:
        raise RuleError(subject.item, "a rule with `min` and `max` needs at least one of them")
    return "(" + " OR ".join(given) + ")"


def _whole(subject: Subject, rule: Mapping[str, object], name: str) -> int | None:
    value = rule.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RuleError(subject.item, f"`{name}` is a whole number of characters")
    return value


def _bound(subject: Subject, text: str) -> str:
    try:
        match subject.type:
            case "date":
                return f"DATE {literal(date.fromisoformat(text).isoformat())}"
            case "datetime":
                moment = datetime.fromisoformat(text)
                if moment.tzinfo is None:
                    return f"TIMESTAMP {literal(moment.isoformat(sep=' '))}"
            case _:
                number = Decimal(text)
                if number.is_finite():
                    return format(number, "f")
    except (ValueError, InvalidOperation):
        pass
    raise RuleError(subject.item, f"a bound of `range` is no value of type {subject.type}")
