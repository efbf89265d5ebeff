"""`huitong law`: what the loaded regulations say."""

import dataclasses
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from huitong.operations import cli_law_beside, cli_law_simulate
from huitong.operations.printing import print_json
from huitong.regulations import checking, clocks, periods, profiles, saying, standing
from huitong.regulations import clauses as clause_texts

app = typer.Typer(help="The law as data.", no_args_is_help=True, rich_markup_mode=None)
app.command("show")(cli_law_beside.show)
app.command("diff")(cli_law_beside.diff)
app.command("simulate")(cli_law_simulate.simulate)
app.command("floors")(cli_law_beside.compare_with_parent)
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
                "status": x.status,
                "parent": x.parent,
                "valid_from": x.valid_from,
                "valid_to": x.valid_to,
                "kinds": sorted(x.kinds),
            }
            for x in found
        ]
        print_json(rows)
        return
    table = Table("id", "名称", "效力", "有效期", "程序")
    for x in found:
        runs = sum(text.absent is None for text in x.kinds.values())
        valid = saying.validity(x)[0].zh
        table.add_row(x.id, x.names["zh"], saying.STATUS[x.status].zh, valid, str(runs))
    out.print(table)


@app.command()
def check(profile: str, *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check a profile (an id or a folder); name file, line, clause and the mend of each fault."""
    faults = checking.check(profile)
    if as_json:
        print_json({"ok": not faults, "faults": [dataclasses.asdict(fault) for fault in faults]})
        raise typer.Exit(1 if faults else 0)
    for fault in faults:
        out.print(str(fault), highlight=False)
    if faults:
        raise typer.Exit(1)
    out.print(f"{profile}: no fault found")


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
    text, moment = profiles.load(profile), _moment(start)
    found = periods.period_of(text, kind, step, moment, _facts(fact or []), extended=extended)
    reached = found.due
    holds = text.in_force(periods.day_of(text, moment))
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
            "assuming": found.assuming.names.zh if found.assuming else None,
            "in_force": holds,
        }
        print_json(answer)
        return
    if not holds:
        out.print(
            f"注意：该规定在此日不施行，有效期：{saying.validity(text)[0].zh}。", soft_wrap=True
        )
        said = f"Mind: the text is not in force on that day: {saying.validity(text)[0].en}."
        out.print(said, highlight=False, soft_wrap=True)
    if found.assuming:
        zh, en = found.assuming.names.zh, found.assuming.names.en
        out.print(f"以“{zh}”为前提；其他情形用 --fact 写明。", highlight=False, soft_wrap=True)
        out.print(f"Assuming that {en}; say otherwise by --fact.", highlight=False, soft_wrap=True)
    if reached is not None:
        for lang in ("zh", "en"):
            told = clocks.explain(reached, lang, earliest=found.because == "wait")
            out.print(told, highlight=False, soft_wrap=True)
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
        print_json(rows)
    else:
        for one in shown:
            where = "、".join(one.rules) or one.by or one.room
            said = f"{one.clause.id} {one.clause.zh}：{standing.KINDS[one.kind].zh} {where}"
            out.print(said.rstrip(), highlight=False, soft_wrap=True)
    for fault in faults:
        out.print(str(fault), highlight=False, soft_wrap=True)
    if faults:
        raise typer.Exit(1)
