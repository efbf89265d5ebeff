"""An index of a calendar's days: any number of working days ahead in a few look-ups.

`clocks` walks day by day where a period leaves the index; inside it, both give the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import accumulate
from typing import Generic, TypeVar

_Note = TypeVar("_Note")


class DayIndex(Generic[_Note]):
    """The days from `first` to `last`, both in, as prefix sums of the working ones.

    `why_off` gives the note on a day that is not worked, `why_worked` the one on a weekend day
    that is; both give None for other days.
    """

    def __init__(
        self,
        first: date,
        last: date,
        why_off: Callable[[date], _Note | None],
        why_worked: Callable[[date], _Note | None],
    ) -> None:
        self.first = first.toordinal()
        days = [date.fromordinal(n) for n in range(self.first, last.toordinal() + 1)]
        notes = [why_off(day) for day in days]
        # Of the n-th day: how many days up to it, itself included, are worked.
        self.upto = list(accumulate(note is None for note in notes))
        self.worked = [day for day, note in zip(days, notes, strict=True) if note is None]
        self._off = [note for note in notes if note is not None]
        made_up = [why_worked(day) for day in days]
        self._made_up_upto = list(accumulate(note is not None for note in made_up))
        self._made_up = [note for note in made_up if note is not None]

    def ahead(
        self, day: date, amount: int
    ) -> tuple[tuple[date, ...], tuple[_Note, ...], tuple[_Note, ...]] | None:
        """Return the next `amount` working days after a day, and the notes on the way to the last.

        These are of the days off in between, and of the weekend days that are worked. None for an
        amount below 1, and where the index does not reach so far.
        """
        place = day.toordinal() - self.first
        if amount < 1 or not 0 <= place < len(self.upto):
            return None
        before = self.upto[place]
        after = before + amount
        if after > len(self.worked):
            return None
        end = self.worked[after - 1].toordinal() - self.first
        return (
            tuple(self.worked[before:after]),
            # Days off up to a place are all the days up to it less the worked ones.
            tuple(self._off[place + 1 - before : end + 1 - after]),
            tuple(self._made_up[self._made_up_upto[place] : self._made_up_upto[end]]),
        )

    def between(self, day: date, last: date) -> int | None:
        """Return how many days after `day` up to and with `last` are worked; None past the index.

        Negative, when `last` comes first.
        """
        begin, end = day.toordinal() - self.first, last.toordinal() - self.first
        if min(begin, end) < 0 or max(begin, end) >= len(self.upto):
            return None
        return self.upto[end] - self.upto[begin]
