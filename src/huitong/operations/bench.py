"""`./run bench`: figures as ratios to a baseline measured in the same run.

Every bench is a module of `benches` with `run(...) -> list[dict]`; a figure has name, value, unit,
baseline, ratio, target and met. A figure that misses its target is printed as missed, never hidden.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from huitong.config import load
from huitong.operations import scratch

NAMES = ("identifiers", "ingest", "ledger", "gateway", "page", "calendar", "cases")


def _identifiers(*, quick: bool) -> list[dict[str, Any]]:
    from huitong.operations.benches import identifiers  # noqa: PLC0415

    return identifiers.run(rows=100_000 if quick else 1_000_000)


def _ingest(*, quick: bool) -> list[dict[str, Any]]:
    from huitong.operations.benches import ingest  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        return ingest.run(Path(folder), rows=200_000 if quick else 2_000_000)


def _ledger(*, quick: bool) -> list[dict[str, Any]]:
    from huitong.operations.benches import ledger  # noqa: PLC0415

    return ledger.run(load().address("owner").url, entries=50_000 if quick else 1_000_000)


def _gateway(*, quick: bool) -> list[dict[str, Any]]:
    from huitong.operations.benches import gateway  # noqa: PLC0415

    return gateway.run(seconds_per_round=1 if quick else 3, rounds=3 if quick else 7)


def _page(*, quick: bool) -> list[dict[str, Any]]:
    from huitong.operations.benches import page  # noqa: PLC0415

    del quick
    return page.run()


def _calendar(*, quick: bool) -> list[dict[str, Any]]:
    from huitong.operations.benches import calendar  # noqa: PLC0415

    return calendar.run(periods=100_000 if quick else 1_000_000)


def _cases(*, quick: bool) -> list[dict[str, Any]]:
    from huitong.operations import postgres  # noqa: PLC0415
    from huitong.operations.benches import cases  # noqa: PLC0415

    config = load()
    dsn = postgres.admin_dsn(config, config.database_name())
    return cases.run(dsn, cases=20_000 if quick else 1_000_000)


BENCHES: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "identifiers": _identifiers,
    "ingest": _ingest,
    "ledger": _ledger,
    "gateway": _gateway,
    "page": _page,
    "calendar": _calendar,
    "cases": _cases,
}


def main() -> int:
    """Run the chosen benches; return 0 when every target was met."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which; all by default")
    parser.add_argument("--json", action="store_true", help="print one list for machines")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    chosen = parser.parse_args()
    err = Console(stderr=True)
    figures: list[dict[str, Any]] = []
    with scratch.home():
        for name in chosen.names or NAMES:
            err.print(f"[dim]{name} …[/]")
            figures += BENCHES[name](quick=chosen.quick)
    if chosen.json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    else:
        Console().print(_table(figures))
    return 0 if all(figure["met"] for figure in figures) else 1


def _table(figures: list[dict[str, Any]]) -> Table:
    table = Table("figure", "value", "baseline", "ratio", "target", "met")
    for figure in figures:
        unit = figure.get("unit", "")
        table.add_row(
            figure["name"],
            f"{_short(figure['value'])} {unit}",
            _short(figure.get("baseline")),
            _short(figure.get("ratio")),
            str(figure.get("target", "")),
            "[green]yes[/]" if figure["met"] else "[red]no[/]",
        )
    return table


def _short(value: object) -> str:
    return f"{value:,.3g}" if isinstance(value, float) else "" if value is None else f"{value:,}"


if __name__ == "__main__":
    sys.exit(main())
