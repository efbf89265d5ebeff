"""The weights and alphabets of the standards, once, for scalar and column checks alike.

Sources: GB 11643-1999 (citizen identification number; the check character is that of ISO 7064
MOD 11-2), GB 11714-1997 (organisation code), GB 32100-2015 (unified social credit code).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

LENGTH: Final = 18
"""Characters in a citizen id and in a credit code."""

CITIZEN_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
"""GB 11643: the weight of each of the first 17 digits, 2^(17 - place) mod 11."""

CITIZEN_CHECKS: Final = tuple("10X98765432"[rest] for rest in range(11))
"""GB 11643: the check character by the weighted sum mod 11."""

CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100: the 31 characters, without I, O, S, V and Z; a character's place is its value."""

CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
"""GB 32100: the weight of each of the first 17 characters, 3^place mod 31."""

CREDIT_CHECKS: Final = tuple(CREDIT_ALPHABET[-rest % 31] for rest in range(31))
"""GB 32100: the check character by the weighted sum mod 31."""

ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""GB 11714: digits count as themselves, A as 10, up to Z as 35."""

ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
"""GB 11714: the weight of each of the 8 characters before its check character."""

ORGANISATION_CHECKS: Final = tuple("0X987654321"[rest] for rest in range(11))
"""GB 11714: the check character by the weighted sum mod 11 (11 - rest; 10 is X, 11 is 0)."""

ORGANISATION_PLACE: Final = slice(8, 16)
"""Where in a credit code the 8 characters of the organisation code stand; its check is next."""

REGION_PLACE: Final = slice(2, 8)
"""Where in a credit code the division code of the registering authority stands (6 digits)."""

NO_VALUE: Final = 255
"""In a byte table: this byte is not in the alphabet."""


def values_by_byte(alphabet: str) -> npt.NDArray[np.uint8]:
    """Return a table of 256: the value of each ASCII byte, letters in either case, or NO_VALUE."""
    table = np.full(256, NO_VALUE, dtype=np.uint8)
    for value, character in enumerate(alphabet):
        table[ord(character)] = value
        table[ord(character.lower())] = value
    return table


def checks_by_sum(checks: tuple[str, ...], largest_sum: int) -> npt.NDArray[np.uint8]:
    """Return the check character (ASCII) for every weighted sum from 0 to `largest_sum`."""
    cycle = np.frombuffer("".join(checks).encode("ascii"), dtype=np.uint8)
    return np.resize(cycle, largest_sum + 1)


def days_by_month() -> npt.NDArray[np.uint8]:
    """Return a table (2, 100): days in a month, for common and leap years; 0 is no month."""
    table = np.zeros((2, 100), dtype=np.uint8)
    table[:, 1:13] = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    table[1, 2] = 29
    return table
