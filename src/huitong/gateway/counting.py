"""Counters of one worker, in the text form of Prometheus."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from huitong.gateway.types import Outcome

# Seconds; the last bucket is everything.
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


@dataclass(slots=True)
class Counters:
    """What happened since the start."""

    calls: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    unnoted: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(_BUCKETS) + 1))

    def took(self, seconds: float) -> None:
        """Count the duration of a call."""
        self.seconds += seconds
        self.buckets[bisect_left(_BUCKETS, seconds)] += 1


def render(counters: Counters, worker: int, gauges: dict[str, float]) -> bytes:
    """Return the metrics page; `worker` is the process, for each process counts for itself."""
    label = f'worker="{worker}"'
    lines = ["# TYPE huitong_gateway_calls_total counter"]
    lines += [
        f'huitong_gateway_calls_total{{{label},outcome="{Outcome(outcome).label}"}} {count}'
        for outcome, count in sorted(counters.calls.items())
    ]
    lines.append("# TYPE huitong_gateway_failures_total counter")
    lines += [
        f'huitong_gateway_failures_total{{{label},code="{code}"}} {count}'
        for code, count in sorted(counters.failures.items())
    ]
    lines.append("# TYPE huitong_gateway_unnoted_total counter")
    lines.append(f"huitong_gateway_unnoted_total{{{label}}} {counters.unnoted}")
    lines.append("# TYPE huitong_gateway_seconds histogram")
    total = 0
    for bound, count in zip((*map(str, _BUCKETS), "+Inf"), counters.buckets, strict=True):
        total += count
        lines.append(f'huitong_gateway_seconds_bucket{{{label},le="{bound}"}} {total}')
    lines.append(f"huitong_gateway_seconds_sum{{{label}}} {counters.seconds:.6f}")
    lines.append(f"huitong_gateway_seconds_count{{{label}}} {total}")
    for name, value in gauges.items():
        lines.append(f"# TYPE huitong_gateway_{name} gauge")
        lines.append(f"huitong_gateway_{name}{{{label}}} {value:g}")
    return ("\n".join(lines) + "\n").encode()
