"""`huitong calendar`: what days count, and loading a year's holiday notice."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from typer import Argument, Option

from huitong.operations import preparing
from huitong.operations.clock import now

if TYPE_CHECKING:
    from huitong.organisations.models import Jurisdiction

app = typer.Typer(
    help="The calendar that all clocks count by.", no_args_is_help=True, rich_markup_mode=None
)
out = Console()
Place = Annotated[str, Option("--jurisdiction", help="Division code; empty means all of them.")]


@app.command()
def load(
    notice: Annotated[Path, Argument(exists=True, dir_okay=False, help="YAML or JSON.")],
    *,
    jurisdiction: Place = "",
) -> None:
    """Load a year as announced, or days off of one jurisdiction; move the last days of cases."""
    from huitong.regulations import holiday_notices  # noqa: PLC0415

    # Read before the database is touched: a broken file is told at once.
    read = holiday_notices.parse(notice.read_text(encoding="utf-8"), name=notice.name)
    preparing.prepare()
    from huitong.cases import calendar_loading, tasks  # noqa: PLC0415
    from huitong.organisations.types import SYSTEM  # noqa: PLC0415

    at = now()
    place = _place(jurisdiction) if jurisdiction else None
    calendar_loading.load_notice(read, jurisdiction=place, actor=SYSTEM, at=at)
    moved = tasks.renew_days(at)
    out.print(f"loaded {read.year} ({read.number}); {moved} last day(s) moved", highlight=False)


@app.command()
def show(*, jurisdiction: Place = "", as_json: Annotated[bool, Option("--json")] = False) -> None:
    """Print the notices known and up to which day dates are certain."""
    preparing.prepare()
    from huitong.cases import calendars  # noqa: PLC0415
    from huitong.organisations.models import Jurisdiction  # noqa: PLC0415

    places = [_place(jurisdiction)] if jurisdiction else list(Jurisdiction.objects.all())
    known = calendars.of_all(place.pk for place in places)
    if as_json:
        found = [
            {
                "jurisdiction": place.code,
                "calendar": known[place.pk].id,
                "until": known[place.pk].last_notice_day.isoformat(),
                "notices": {str(year): text for year, text in known[place.pk].notices.items()},
            }
            for place in places
        ]
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    for place in places:
        calendar = known[place.pk]
        out.print(f"{place.code}  certain until {calendar.last_notice_day}", highlight=False)
        for year, text in sorted(calendar.notices.items()):
            out.print(f"  {year}  {text}", highlight=False)


def _place(code: str) -> "Jurisdiction":
    from huitong.organisations.models import Jurisdiction  # noqa: PLC0415

    place = Jurisdiction.objects.filter(code=code).first()
    if place is None:
        raise typer.BadParameter(f"there is no jurisdiction {code}", param_hint="--jurisdiction")
    return place
