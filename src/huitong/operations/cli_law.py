"""`huitong law`: what the loaded regulations say."""

import json
import sys
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from huitong.regulations import checking, clocks, periods, profiles, standing
from huitong.regulations import clauses as clause_texts
from huitong.regulations import floors as floor_rules

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
    found = clause_texts.clause(clause)
    out.print(f"{clause_texts.label(clause)} ({clause})", highlight=False)
    out.print(found.zh, highlight=False)
    out.print(found.en, highlight=False)


@app.command()
def due(
    profile: str,
    kind: str,
    step: str,
    *,
    start: Annotated[str, typer.Option("--from", help="when the period starts, ISO 8601")],
    fact: Annotated[
        list[str] | None, typer.Option(help="name=value, for periods that depend on it")
    ] = None,
    extended: Annotated[bool, typer.Option(help="with the extension that the text allows")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Print until when a step is due, the days counted and skipped, and the article."""
    found = periods.period_of(
        profiles.load(profile), kind, step, _moment(start), _facts(fact or []), extended=extended
    )
    reached = found.due
    if as_json:
        answer = {
            "due": str(reached.day) if reached else None,
            "counted": [str(day) for day in reached.counted] if reached else [],
            "skipped": [str(note.day) for note in reached.skipped] if reached else [],
            "cite": list(found.cite),
            "provisional": bool(reached and reached.provisional),
            "because": found.because,
            "presumed": bool(reached and reached.limit.presumed),
            "reasons": {str(note.day): note.why_zh for note in reached.skipped} if reached else {},
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
        return
    if reached is not None:
        for lang in ("zh", "en"):
            out.print(clocks.explain(reached, lang), highlight=False, soft_wrap=True)
        return
    for lang in ("zh", "en"):
        where = "; ".join(clause_texts.label(one, lang) for one in found.cite)
        said = f"{found.names.get(lang)}: {found.why.get(lang)} ({where})"
        out.print(said, highlight=False, soft_wrap=True)


def _moment(text: str) -> datetime:
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no time: write 2026-09-30T16:00.") from None
    return given if given.tzinfo else given.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def _facts(given: list[str]) -> dict[str, object]:
    words: dict[str, object] = {"true": True, "false": False}
    found: dict[str, object] = {}
    for one in given:
        name, separator, value = one.partition("=")
        if not separator:
            raise typer.BadParameter(f"{one} is no fact: write name=value.")
        found[name] = words.get(value, value)
    return found


@app.command()
def floors(
    profile: str,
    *,
    parent: Annotated[str | None, typer.Option(help="another text than its own parent")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Compare a text with the one above it: shorter, weaker, silent, each with both articles."""
    local = profiles.load(profile)
    above = parent or local.parent
    if above is None:
        raise typer.BadParameter(f"{profile} has no text above it: name one with --parent.")
    found = floor_rules.compare(local, profiles.load(above))
    if as_json:
        rows = [
            {
                "where": one.where,
                "verdict": one.verdict,
                "warns": one.warns,
                "zh": one.names.zh,
                "en": one.names.en,
                "local": list(one.local),
                "parent": list(one.parent),
            }
            for one in found
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    for one in found:
        sign = "!" if one.warns else "·"
        local_cites, above_cites = ("、".join(cites) for cites in (one.local, one.parent))
        said = f"{sign} {one.where}：{one.names.zh}（{local_cites} / {above_cites}）"
        out.print(said, highlight=False, soft_wrap=True)
    out.print(f"{sum(one.warns for one in found)} of {len(found)} weaker", highlight=False)


@app.command()
def clauses(
    profile: str,
    *,
    only: Annotated[
        str | None, typer.Option(help=f"one standing: {', '.join(standing.KINDS)}")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List every clause of a text with what carries it out, supports it, or is to."""
    if only is not None and only not in standing.KINDS:
        raise typer.BadParameter(f"{only} is no standing: use one of {', '.join(standing.KINDS)}.")
    stands, faults = standing.of(profiles.load(profile))
    shown = [one for one in stands if only in (None, one.kind)]
    if as_json:
        rows = [
            {
                "id": one.clause.id,
                "article": clause_texts.label(one.clause.id, short=True),
                "zh": one.clause.zh,
                "en": one.clause.en,
                "standing": one.kind,
                "rules": list(one.rules),
                "room": one.room,
                "by": one.by,
            }
            for one in shown
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        for one in shown:
            where = "、".join(one.rules) or one.by or one.room
            said = f"{one.clause.id} {one.clause.zh}：{standing.KINDS[one.kind].zh} {where}"
            out.print(said.rstrip(), highlight=False, soft_wrap=True)
    for fault in faults:
        out.print(str(fault), highlight=False, soft_wrap=True)
    if faults:
        raise typer.Exit(1)
