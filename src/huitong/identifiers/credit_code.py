"""Unified social credit codes (统一社会信用代码, GB 32100-2015), 18 characters.

Registering authority, category, six digits of a division, the nine characters of the organisation
code (GB 11714, with its own check character), and a check character mod 31. The standard writes
capitals: lower-case letters are accepted and normalised to capitals. The letters I, O, S, V and Z
do not occur. An unknown division is the warning `unknown_region`, never a refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from huitong.identifiers import columns, divisions, tables
from huitong.identifiers.types import (
    REASONS,
    UNKNOWN_REGION,
    Array,
    CheckResult,
    ChunkedArray,
    ColumnCheck,
)

if TYPE_CHECKING:
    import numpy.typing as npt

_VALUES: Final = tables.values_by_byte(tables.CREDIT_ALPHABET)
_ORGANISATION_VALUES: Final = tables.values_by_byte(tables.ORGANISATION_ALPHABET)
_CHECKS: Final = tables.checks_by_sum(tables.CREDIT_CHECKS, 30 * sum(tables.CREDIT_WEIGHTS))
_ORGANISATION_CHECKS: Final = tables.checks_by_sum(
    tables.ORGANISATION_CHECKS, 35 * sum(tables.ORGANISATION_WEIGHTS)
)
_CREDIT_VALUE: Final = {character: value for value, character in enumerate(tables.CREDIT_ALPHABET)}
_ORGANISATION_VALUE: Final = {
    character: value for value, character in enumerate(tables.ORGANISATION_ALPHABET)
}
_SMALL: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
_CAPITAL: Final = {
    character: character.upper() if character in _SMALL else character
    for character in (*_CREDIT_VALUE, *map(str.lower, _CREDIT_VALUE))
}
_DIGITS: Final = frozenset("0123456789")


def check(value: str) -> CheckResult:
    """Check one code.

    >>> check("91440300ma5dmm0h7k").value
    '91440300MA5DMM0H7K'
    >>> check("91110000123456789X").reason
    'check_digit'
    """
    if len(value) != tables.LENGTH:
        return CheckResult(None, ok=False, reason="length")
    try:
        code = "".join([_CAPITAL[character] for character in value])
    except KeyError:
        return CheckResult(None, ok=False, reason="character")
    if not _DIGITS.issuperset(code[tables.REGION_PLACE]):
        return CheckResult(None, ok=False, reason="character")
    if check_character(code[:17]) != code[17]:
        return CheckResult(None, ok=False, reason="check_digit")
    if organisation_character(code[tables.ORGANISATION_PLACE]) != code[16]:
        return CheckResult(None, ok=False, reason="organisation_digit")
    known = divisions.region_is_known(int(code[tables.REGION_PLACE]))
    return CheckResult(code, ok=True, warning=None if known else UNKNOWN_REGION)


def check_character(body: str) -> str:
    """Return the check character of the first 17 characters (capitals)."""
    total = sum(
        weight * _CREDIT_VALUE[character]
        for weight, character in zip(tables.CREDIT_WEIGHTS, body, strict=True)
    )
    return tables.CREDIT_CHECKS[total % 31]


def organisation_character(body: str) -> str:
    """Return the check character of the 8 characters of an organisation code (capitals)."""
    total = sum(
        weight * _ORGANISATION_VALUE[character]
        for weight, character in zip(tables.ORGANISATION_WEIGHTS, body, strict=True)
    )
    return tables.ORGANISATION_CHECKS[total % 11]


def check_column(column: Array | ChunkedArray) -> ColumnCheck:
    """Check a column of text (string, large string or dictionary), as `check` does each value.

    Raises: pyarrow.ArrowInvalid, when the column cannot be read as text.
    """
    text = columns.text_of(column)
    count = len(text.matrix)
    codes = np.empty(count, dtype=np.int8)
    unknown = np.empty(count, dtype=np.bool_)
    known = divisions.known_regions()
    small = False
    for start in range(0, count, columns.BLOCK):
        block = slice(start, start + columns.BLOCK)
        characters = np.ascontiguousarray(text.matrix[block].T)
        codes[block], unknown[block] = _check_block(characters, known)
        small = small or bool((characters >= ord("a")).any())
    raised = _capitals(text.matrix) if small else None
    return columns.answer(text, codes, unknown, raised)


def _capitals(characters: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a copy with a to z raised."""
    is_small = (characters >= ord("a")) & (characters <= ord("z"))
    return characters - is_small * np.uint8(32)


def _check_block(
    characters: npt.NDArray[np.uint8], known: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Check a block given as (18, m) bytes; return reason codes (m) and unknown regions (m)."""
    wide = (characters >= 0x80).any(axis=0)
    characters = _capitals(characters)
    values = _VALUES[characters]
    region_digits = values[tables.REGION_PLACE]
    strange = (values == tables.NO_VALUE).any(axis=0) | (region_digits > 9).any(axis=0)
    values[:, strange] = 0
    total = np.zeros(characters.shape[1], dtype=np.uint16)
    for weight, value in zip(tables.CREDIT_WEIGHTS, values[:17], strict=True):
        total += value * np.uint16(weight)
    wrong = _CHECKS[total] != characters[17]
    organisation = _ORGANISATION_VALUES[characters[tables.ORGANISATION_PLACE]]
    organisation[:, strange] = 0
    total = np.zeros(characters.shape[1], dtype=np.uint16)
    for weight, value in zip(tables.ORGANISATION_WEIGHTS, organisation, strict=True):
        total += value * np.uint16(weight)
    wrong_organisation = _ORGANISATION_CHECKS[total] != characters[16]
    # 18 bytes that are not all ASCII are fewer than 18 characters.
    codes = np.select(
        [wide, strange, wrong, wrong_organisation],
        [
            np.int8(REASONS.index(reason))
            for reason in ("length", "character", "check_digit", "organisation_digit")
        ],
        default=np.int8(columns.ACCEPTED),
    )
    region = np.zeros(characters.shape[1], dtype=np.uint32)
    for digit in region_digits:
        region = region * 10 + digit
    return codes, ~known[region]
