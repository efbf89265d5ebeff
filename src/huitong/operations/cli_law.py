"""`huitong law`: what the loaded regulations say."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from huitong.regulations import checking, clauses, profiles

app = typer.Typer(help="The law as data.", no_args_is_help=True, rich_markup_mode=None)
out = Console()


@app.command("list")
def list_profiles(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the regulations."""
    found = [profiles.load(profile_id) for profile_id in profiles.all_ids()]
    if as_json:
        rows = [
            {
                "id": x.id,
                "zh": x.names["zh"],
                "en": x.names["en"],
                "valid_from": str(x.valid_from),
                "valid_to": str(x.valid_to),
                "kinds": sorted(x.kinds),
            }
            for x in found
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table("id", "名称", "有效期", "程序")
    for x in found:
        table.add_row(x.id, x.names["zh"], f"{x.valid_from} – {x.valid_to}", str(len(x.kinds)))
    out.print(table)


@app.command()
def check(profile: str) -> None:
    """Check a profile (an id or a folder); name file, line, clause and the mend of each fault."""
    faults = checking.check(profile)
    for fault in faults:
        out.print(str(fault), highlight=False)
    if faults:
        raise typer.Exit(1)
    out.print(f"{profile}: no fault found")


@app.command()
def show(clause: str) -> None:
    """Show one clause by its id, such as HL-22.3."""
    found = clauses.clause(clause)
    out.print(f"{clauses.label(clause)} ({clause})", highlight=False)
    out.print(found.zh, highlight=False)
    out.print(found.en, highlight=False)
