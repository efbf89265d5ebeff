"""Whether values look like personal data, whatever the catalogue says of their column.

Pure: no Django. Answers name columns and never hold a value. A column is told by its share of:

- citizen ids: more than 0.5 % of the values that are there. The check character lets one in eleven
  of chance numbers pass and the day of birth one in hundreds, so that a column of 18-digit serial
  numbers stays below 0.1 %; a few real numbers among remarks do not. Serial numbers that carry a
  day in the same place pass too often and are refused: this errs towards closing.
- mainland mobile numbers (1, then 3 to 9, then nine digits): half of the values. There is no check
  digit and 7 % of chance eleven-digit numbers fit, so only a column made of them is one.

Blanks, hyphens, full-width digits and +86 are looked through, and numbers in numeric columns too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from huitong.identifiers import citizen_id

CITIZEN_SHARE = 0.005
MOBILE_SHARE = 0.5
_SHORTEST = 11
_BLANK = r"[\s\x{00a0}\x{3000}-]"
_DIGITS = rf"(?:\p{{Nd}}{_BLANK}*){{11}}"
_CITIZEN = "(?:^|[^0-9])(?P<found>[0-9]{17}[0-9Xx])(?:$|[^0-9])"
_MOBILE = r"^(?:\+?86)?1[3-9][0-9]{9}$"
_compute: Any = pc  # the stubs know few of the functions


@dataclass(frozen=True, slots=True)
class Tally:
    """How many values of a column are there, pass as citizen ids, and look like mobile numbers."""

    values: int = 0
    citizens: int = 0
    mobiles: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return the tally of both."""
        return Tally(
            self.values + other.values,
            self.citizens + other.citizens,
            self.mobiles + other.mobiles,
        )

    @property
    def personal(self) -> bool:
        """Tell whether a column of these values counts as personal data."""
        citizens = self.citizens > CITIZEN_SHARE * self.values
        return citizens or (self.mobiles > 0 and self.mobiles >= MOBILE_SHARE * self.values)


def telling_columns(batches: Iterable[pa.RecordBatch], *, on: date) -> tuple[str, ...]:
    """Return the names of the columns whose values count as personal data, over all batches.

    `on` is the day after which nobody in the data can have been born.
    """
    tallies: dict[str, Tally] = {}
    for batch in batches:
        for name, tally in tallied(batch, on=on).items():
            tallies[name] = tallies.get(name, Tally()) + tally
    return tuple(name for name, tally in tallies.items() if tally.personal)


def tallied(batch: pa.RecordBatch, *, on: date) -> Mapping[str, Tally]:
    """Return the tally of every column that can hold such numbers."""
    fields = zip(batch.schema.names, batch.columns, strict=True)
    return {name: _tally(column, on) for name, column in fields if _can_tell(column.type)}


def _can_tell(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_decimal(kind)
    )


def _tally(column: Any, on: date) -> Tally:  # noqa: ANN401 - an Arrow array of any kind
    values = len(column) - column.null_count
    text = column.cast(pa.large_string())
    if pa.types.is_decimal(column.type):
        text = _compute.replace_substring_regex(text, pattern="[.]0*$", replacement="")
    # Most values are too short to be either or have too few digits; what follows is dear.
    text = text.filter(_compute.greater_equal(_compute.utf8_length(text), _SHORTEST))
    text = text.filter(_compute.match_substring_regex(text, pattern=_DIGITS))
    if len(text) == 0:
        return Tally(values)
    text = _compute.utf8_normalize(text, form="NFKC")
    text = _compute.replace_substring_regex(text, pattern=_BLANK, replacement="")
    mobiles = _compute.sum(_compute.match_substring_regex(text, pattern=_MOBILE)).as_py() or 0
    found = _compute.extract_regex(text, pattern=_CITIZEN).field("found")
    checked = citizen_id.check_column(found, on=on)
    citizens = _compute.sum(checked.ok).as_py() or 0
    return Tally(values, citizens, mobiles)
