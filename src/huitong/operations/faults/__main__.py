"""`./run faults`: kill processes under load, count what was promised, print what was found."""

import argparse
import json
import sys
from collections.abc import Callable

from huitong.operations import scratch


def _gateway(kills: int | None) -> dict[str, object]:
    from huitong.operations.faults import gateway  # noqa: PLC0415

    return gateway.run(kills=kills or 30)


def _deliveries(kills: int | None) -> dict[str, object]:
    from huitong.operations.faults import deliveries  # noqa: PLC0415 - Django is set up by now

    return deliveries.run(kills=kills or 10)


LOOPS: dict[str, Callable[[int | None], dict[str, object]]] = {
    "gateway": _gateway,
    "deliveries": _deliveries,
}


def main() -> int:
    """Run the loops; return 0 when nothing was missing and nothing double."""
    parser = argparse.ArgumentParser(prog="./run faults", description=__doc__)
    parser.add_argument("loops", nargs="*", choices=[*LOOPS, []], help="which; all by default")
    parser.add_argument(
        "--kills", type=int, help="how often each process dies; 30 at the gateway, 10 workers"
    )
    chosen = parser.parse_args()
    with scratch.home():
        found = {name: LOOPS[name](chosen.kills) for name in chosen.loops or LOOPS}
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(one["ok"] for one in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
