"""Where something stands in a file, in the words that its reader uses."""

from __future__ import annotations

import re


def letters(position: int) -> str:
    """Return the letters of a column of a sheet; positions count from 0.

    >>> letters(0), letters(25), letters(26), letters(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    found = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def address(sheet: str | None, line: int, position: int) -> str:
    """Return the address of a cell: its line counts from 1, its position from 0.

    >>> address("Sheet1", 7, 2)
    'Sheet1!C7'
    >>> address(None, 12, 2)
    'line 12, column 3'
    """
    if sheet is not None:
        return f"{sheet}!{letters(position)}{line}"
    return f"line {line}, column {position + 1}"


def in_chinese(where: str) -> str:
    """Return an address of `address` in Chinese.

    >>> in_chinese("line 12, column 3"), in_chinese("Sheet1!C7")
    ('第12行第3列', 'Sheet1!C7')
    """
    found = re.fullmatch(r"line (\d+), column (\d+)", where)
    return f"第{found[1]}行第{found[2]}列" if found else where


def address_zh(sheet: str | None, line: int, position: int) -> str:
    """Return the address of a cell in Chinese.

    >>> address_zh(None, 12, 2)
    '第12行第3列'
    """
    return in_chinese(address(sheet, line, position))
