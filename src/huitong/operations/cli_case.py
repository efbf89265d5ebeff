"""`huitong case`: give out the whole file of a case, and check one offline."""

import json
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer import Option

from huitong.operations.clock import now

app = typer.Typer(help="Case files.", no_args_is_help=True, rich_markup_mode=None)
out = Console()


class Lang(StrEnum):
    """A language of papers."""

    ZH = "zh"
    EN = "en"


Json = Annotated[bool, Option("--json", help="Print one object for machines.")]


@app.command("list")
def list_cases(
    text: Annotated[
        str, typer.Argument(help="The beginning of a number, or words of title and subject.")
    ] = "",
    *,
    kind: Annotated[str, Option(help="A kind of procedure, such as demand.")] = "",
    state: Annotated[str, Option(help="A state, or a stage with its variants.")] = "",
    profile: Annotated[str, Option(help="The id of a regulation.")] = "",
    jurisdiction: Annotated[str, Option(help="The code of a jurisdiction.")] = "",
    party: Annotated[str, Option(help="A department's code, or part of its name.")] = "",
    waits_for: Annotated[str, Option(help="The code of the department that is to act.")] = "",
    since: Annotated[datetime | None, Option("--from", formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, Option("--to", formats=["%Y-%m-%d"])] = None,
    is_open: Annotated[bool | None, Option("--open/--closed", help="Only these.")] = None,
    overdue: Annotated[bool, Option(help="Only what is past its lawful day.")] = False,
    after: Annotated[str, Option(help="The key of the page before.")] = "",
    limit: Annotated[int, Option(min=1, max=1000)] = 50,
    as_json: Json = False,
) -> None:
    """Find cases, the newest first."""
    from huitong.operations import preparing  # noqa: PLC0415

    preparing.prepare()
    from huitong.cases.search import Wanted  # noqa: PLC0415
    from huitong.operations import case_files  # noqa: PLC0415

    wanted = Wanted(
        text=text,
        kind=kind,
        state=state,
        profile=profile,
        jurisdiction=jurisdiction,
        party=party,
        waits_for=waits_for,
        received_from=since.date() if since else None,
        received_to=until.date() if until else None,
        is_open=is_open,
        is_overdue=overdue,
    )
    found = case_files.listed(wanted, after=after, limit=limit, at=now())
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table("编号", "标题", "状态", "收到")
    for case in found["cases"]:
        table.add_row(case["number"], case["title"], case["state"], case["received_at"][:10])
    out.print(table)
    if found["after"]:
        out.print(f"--after {found['after']}", highlight=False, soft_wrap=True)


@app.command()
def export(
    number: str,
    *,
    to: Annotated[Path, Option("--out", help="The folder to write to.")] = Path(),
    lang: Annotated[Lang, Option(help="The language of the PDF.")] = Lang.ZH,
    as_json: Json = False,
) -> None:
    """Write NUMBER.json and NUMBER.pdf, sealed, so that anybody can check them offline."""
    from huitong.operations import preparing  # noqa: PLC0415

    preparing.prepare()
    from huitong.operations import case_files  # noqa: PLC0415

    written = case_files.export(number, to, lang=lang.value, at=now())
    if as_json:
        sys.stdout.write(json.dumps({"files": [str(path) for path in written]}) + "\n")
        return
    for path in written:
        out.print(str(path), highlight=False, soft_wrap=True)
    out.print(
        f"check it anywhere: huitong case verify {written[0]} --key ledger.pub",
        highlight=False,
        soft_wrap=True,
    )


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    key: Annotated[
        Path | None,
        Option(help="The ledger's public key file; by default that of this installation."),
    ] = None,
    pdf: Annotated[
        Path | None,
        Option(help="The PDF that should be the one of FILE.", exists=True, dir_okay=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a case file (JSON, or the PDF that carries it): no database, no network."""
    from huitong.cases.papers import sheets, verifying  # noqa: PLC0415
    from huitong.config import load  # noqa: PLC0415
    from huitong.ledger import keys  # noqa: PLC0415

    public = keys.load_public(key or load().keys_dir / keys.PUBLIC_NAME)
    data = file.read_bytes()
    is_pdf = data.startswith(b"%PDF")
    found = sheets.verify_pdf(data, public) if is_pdf else verifying.verify(data, public)
    if pdf is not None:
        found = sheets.verify_pdf(pdf.read_bytes(), public, data)
    if as_json:
        sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        for lang in ("zh", "en"):
            for line in found.lines(lang):
                out.print(line, highlight=False, soft_wrap=True)
    if not found.is_proved:
        raise typer.Exit(1)
