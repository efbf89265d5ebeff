"""Where the titles end and the data begins: titles, headers over several rows, footers, groups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from huitong_sources.addresses import address, address_zh
from huitong_sources.errors import DuplicateHeaderError, HeaderMissingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Grid = list[list[str]]
    Merge = tuple[int, int, int, int]

FOOTER: Final = (
    r"^\s*(?:"
    r"(?:[合总共]\s*计|小\s*计|[Tt]otal|TOTAL)(?:\s*[:：（(].*|\s*[0-9].*)?"
    r"|(?:注|备注|附注|说明|注释|数据来源|资料来源|填表人|制表人|填报人|审核人|负责人|单位负责人"
    r"|联系人|联系电话|填报单位|制表单位|填报日期|制表日期|截至日期|[Nn]otes?|[Ss]ource)"
    r"\s*[0-9一二三四五]?\s*[:：].*"
    r"|注\s*[0-9一二三四五]?\s*[、.．].*"
    r")\s*$"
)
"""What the first cell of a row at the end says when the row is no data."""

GROUP: Final = (
    r"^\s*(?P<value>.+?)\s*[（(]\s*(?:共\s*)?(?P<total>[0-9][0-9,]*)\s*"
    r"(?:所|家|个|户|人|条|项|名|处|座|件|辆|宗)?\s*[)）]\s*$"
)
"""A group with its stated number of rows: 北京市（92所）."""

_ABOUT: Final = re.compile(r"(?:单位|日期|时间|部门|人|年份|年度|期)\s*[:：]")
_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?%?")
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u2060"))
_PROVINCE: Final = re.compile(r".+(?:省|市|自治区|特别行政区|兵团)")
_DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Structure:
    """The top of a table: `headers` by position, mended; '' where a column has none."""

    title_rows: int
    titles: tuple[str, ...]
    header_rows: int
    headers: tuple[str, ...]
    mends: tuple[tuple[int, int, str, str], ...]
    """(row, position, as it was, as it is), both counted from 0."""


def tidy(text: str) -> str:
    r"""Return a header without invisible characters, line ends, and blanks around it.

    >>> tidy("former_name "), tidy("学校 \n 名称"), tidy("date  of birth")
    ('former_name', '学校名称', 'date of birth')
    """
    plain = text.translate(_INVISIBLE).replace("\u00a0", " ").replace("\u3000", " ")
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    joined = lines[0] if lines else ""
    for line in lines[1:]:
        gap = " " if joined[-1:].isascii() and line[:1].isascii() and joined and line else ""
        joined += gap + line
    return joined.strip()


def detect(rows: Grid, merges: Sequence[Merge], name: str) -> Structure:
    """Find titles and headers in the first rows of a table (cells as text, '' where empty).

    Raises: HeaderMissingError.
    """
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    grid = [[*row, *[""] * (width - len(row))][:width] for row in rows]
    filled = _filled(grid, merges)
    top = next((index for index in range(len(grid)) if _is_header(grid, filled, index)), None)
    if top is None:
        raise HeaderMissingError(
            f"{name}: no row of the first {len(rows)} can be the header: deliver a table whose "
            "columns are named.",
            zh=f"{name}：前{len(rows)}行中找不到表头：请报送有列名的表。",
        )
    depth = _depth(grid, filled, merges, top)
    _fill_right(filled, grid, top, depth)
    headers, mends = _joined(filled, grid, top, depth)
    last = max((place + 1 for place, header in enumerate(headers) if header), default=0)
    below = filled[top + depth :]
    used = max((at + 1 for row in below for at, cell in enumerate(row) if cell), default=0)
    titles = tuple(tidy(next((cell for cell in row if cell), "")) for row in grid[:top])
    return Structure(top, titles, depth, tuple(headers[: max(last, used)]), tuple(mends))


def join_headers(
    rows: Grid, merges: Sequence[Merge]
) -> tuple[tuple[str, ...], tuple[tuple[int, int, str, str], ...]]:
    """Return the headers that these rows make up, without blanks at the end, and their mends."""
    width = max((len(row) for row in rows), default=0)
    grid = [[*row, *[""] * (width - len(row))] for row in rows]
    filled = _filled(grid, merges)
    _fill_right(filled, grid, 0, len(rows))
    headers, mends = _joined(filled, grid, 0, len(rows))
    while headers and not headers[-1]:
        headers.pop()
    return tuple(headers), tuple(mends)


def _joined(
    filled: Grid, grid: Grid, top: int, depth: int
) -> tuple[list[str], list[tuple[int, int, str, str]]]:
    """Join the parts of each column's header; return them with what had to be mended."""
    headers: list[str] = []
    mends: list[tuple[int, int, str, str]] = []
    for place in range(len(grid[0]) if grid else 0):
        parts: list[str] = []
        for row in range(top, top + depth):
            raw = filled[row][place]
            part = tidy(raw)
            if part and (not parts or parts[-1] != part):
                parts.append(part)
            if grid[row][place] and part != raw:
                mends.append((row, place, raw, part))
        headers.append("_".join(parts))
    return headers, mends


def _filled(grid: Grid, merges: Sequence[Merge]) -> Grid:
    """Return a copy in which every cell of a merged range holds the range's value."""
    filled = [list(row) for row in grid]
    for top, left, bottom, right in merges:
        for row in range(top, min(bottom + 1, len(grid))):
            for place in range(left, min(right + 1, len(grid[row]))):
                filled[row][place] = grid[top][left]
    return filled


def _is_header(grid: Grid, filled: Grid, index: int) -> bool:
    """Tell whether a row may begin the header: half of its cells, at least two, say something."""
    row = grid[index]
    width = len(row)
    own = [cell for cell in row if cell.strip()]
    if not own:
        return False
    if width == 1:
        return True
    spread = [cell for cell in filled[index] if cell.strip()]
    if any(_ABOUT.search(cell) for cell in own):
        return False
    return len(own) > 1 and len(spread) * 2 >= width


def _depth(grid: Grid, filled: Grid, merges: Sequence[Merge], top: int) -> int:
    """Return how many rows the header has."""
    depth = 1
    while depth < _DEEPEST and top + depth < len(grid):
        last = top + depth - 1
        bottom = max((low for high, _, low, _ in merges if top <= high <= last), default=last)
        spans = any(high == low == last and right > left for high, left, low, right in merges)
        if bottom > last:
            depth = bottom - top + 1
        elif (spans and _only_words(filled[last + 1])) or (not merges and _continues(grid, last)):
            depth += 1
        else:
            break
    return min(depth, len(grid) - top)


def _only_words(row: list[str]) -> bool:
    return any(row) and not any(_NUMBER.fullmatch(cell) for cell in row if cell)


def _continues(grid: Grid, last: int) -> bool:
    """Tell whether, in text without merges, the next row names parts of this header.

    That is so when it has words under blanks, is blank where this row is complete, and the row
    after it fills those blanks.
    """
    if last + 2 >= len(grid):
        return False
    upper, lower, data = grid[last], grid[last + 1], grid[last + 2]
    under = [place for place, cell in enumerate(lower) if cell and not upper[place]]
    whole = [place for place, cell in enumerate(upper) if cell and not lower[place]]
    return (
        bool(under)
        and bool(whole)
        and _only_words(lower)
        and all(place > 0 and lower[place - 1] for place in under)
        and all(data[place] for place in whole)
    )


def _fill_right(filled: Grid, grid: Grid, top: int, depth: int) -> None:
    """Carry a header over the blanks to its right that have parts of their own below."""
    for row in range(top, top + depth - 1):
        for place in range(1, len(filled[row])):
            below = any(grid[lower][place] for lower in range(row + 1, top + depth))
            if not filled[row][place] and below:
                filled[row][place] = filled[row][place - 1]


def refuse_twice(headers: Sequence[str], sheet: str | None, line: int, name: str) -> None:
    """Refuse headers that are the same after mending.

    Raises: DuplicateHeaderError.
    """
    seen: dict[str, int] = {}
    for place, header in enumerate(headers):
        if header and header in seen:
            one, two = address(sheet, line, seen[header]), address(sheet, line, place)
            raise DuplicateHeaderError(
                f"{name}: the header “{header}” stands twice, in {one} and {two}: rename one.",
                zh=f"{name}：表头“{header}”出现两次（{address_zh(sheet, line, seen[header])}和"
                f"{address_zh(sheet, line, place)}）：请改名。",
                address=two,
            )
        seen[header] = place


def group_position(rows: Grid, width: int) -> int | None:
    """Return where the groups stand when the first row of data is one, else None.

    A group row has one cell only, in a table of three columns or more whose next row is fuller.
    """
    filled = [row for row in rows if any(row)]
    if width < 3 or len(filled) < 2:
        return None
    places = [place for place, cell in enumerate(filled[0]) if cell]
    fuller = sum(1 for cell in filled[1] if cell)
    if len(places) != 1 or fuller < 3 or re.match(FOOTER, filled[0][places[0]]):
        return None
    return places[0]


def group_name(values: Sequence[str]) -> tuple[str, str]:
    """Return header and name of the column that the groups become."""
    plain = [found["value"] if (found := re.match(GROUP, value)) else value for value in values]
    if plain and all(_PROVINCE.fullmatch(value) for value in plain):
        return "省份", "province"
    return "分组", "group"


def has_footer(rows: Grid) -> bool:
    """Tell whether the last rows of a table are a footer."""
    for row in reversed([row for row in rows if any(row)]):
        first = next(cell for cell in row if cell)
        if re.match(FOOTER, first):
            return True
        if sum(1 for cell in row if cell) > 1:
            return False
    return False
