"""Where something stands in a file, in the words that its reader uses."""

from __future__ import annotations


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


def address_zh(sheet: str | None, line: int, position: int) -> str:
    """Return the address of a cell in Chinese.

    >>> address_zh(None, 12, 2)
    '第12行第3列'
    """
    if sheet is not None:
        return f"{sheet}!{letters(position)}{line}"
    return f"第{line}行第{position + 1}列"
