"""Rates by GCRA: one float for each grant, the theoretical arrival time of its next call.

Source: ITU-T I.371, annex A. Counts are of one worker process; several workers each allow the rate.
"""


class Limiter:
    """Allow `rate` events a second for each name, and `burst` of them at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self._interval = 1.0 / rate if rate > 0 else 0.0
        self._slack = self._interval * max(burst - 1, 0)
        self._arrivals: dict[object, float] = {}
        self.limited = rate > 0

    def wait(self, name: object, now: float, cost: int = 1) -> float:
        """Return 0.0 and count `cost` events, or return the seconds to wait and count nothing.

        A cost past the burst is let through when nothing is owed, and paid off afterwards.

        >>> limiter = Limiter(rate=2, burst=1)
        >>> [limiter.wait("a", now) for now in (0.0, 0.0, 0.25, 0.5)]
        [0.0, 0.5, 0.25, 0.0]
        """
        interval = self._interval
        if not interval:
            return 0.0
        arrival = self._arrivals.get(name, 0.0)
        early = arrival - self._slack - now
        if early > 0.0:
            return early
        self._arrivals[name] = max(arrival, now) + interval * cost
        return 0.0

    def forget(self, now: float) -> None:
        """Drop names that are owed nothing any more."""
        self._arrivals = {name: at for name, at in self._arrivals.items() if at > now}
