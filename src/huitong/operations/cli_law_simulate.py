"""`huitong law simulate`: the running cases under another regulation."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from huitong.operations import preparing
from huitong.operations.clock import now
from huitong.regulations import profiles

if TYPE_CHECKING:
    from huitong.cases.simulating import Outcome, Standing
    from huitong.organisations.models import Jurisdiction
    from huitong.regulations.types import Names

out = Console()
_SAYS = {
    "absent": "那里没有此程序",
    "stops": "那里办不到这一步",
    "ends": "那里此前已经办结",
    "unknown": "从办件不能得知",
    "changes": "有变化",
    "same": "没有变化",
}


def simulate(
    profile: str,
    *,
    jurisdiction: Annotated[
        str | None, typer.Option(help="code of a place; those below it too")
    ] = None,
    on: Annotated[str | None, typer.Option(help="the day whose wording counts")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Replay the running cases under another profile: which deadlines and bodies would change.

    Nothing is written and nothing guessed. Each case that would change is printed with what does
    not fit and why, and with what cannot be known from it and why.
    """
    found = profiles.load(profile)
    preparing.prepare()
    from django.utils import timezone  # noqa: PLC0415

    from huitong.cases import simulating  # noqa: PLC0415

    day = _day(on) if on else timezone.localdate(now())
    place = _place(jurisdiction) if jurisdiction else None
    counts: Counter[str] = Counter()
    outcomes = simulating.summed(simulating.simulate(found, day, jurisdiction=place), counts)
    if as_json:
        _print_json(outcomes, {"profile": found.id, "on": str(day)}, counts)
        return
    out.print(f"{found.title.zh}（{day}）", highlight=False)
    for one in outcomes:
        if one.verdict != "same":
            _print(one)
    out.print(
        f"{counts['cases']} cases: {counts['same']} same, {counts['changes']} change, "
        f"{counts['absent']} without procedure, {counts['stops']} stop, {counts['ends']} end, "
        f"{counts['unknown']} cannot be known; "
        f"{counts['due']} deadlines and {counts['who']} bodies differ",
        highlight=False,
        soft_wrap=True,
    )


def _print(one: Outcome) -> None:
    head = f"{one.number} {one.kind_names.zh}：{_SAYS[one.verdict]}"
    if one.there is None:
        head = f"{head}（{'、'.join(one.cite)}）"
    out.print(head, highlight=False, soft_wrap=True)
    for label, side in (("现在", one.here), ("那里", one.there)):
        if one.there is not None and side is not None:
            out.print(f"  {label} {_told(side)}", highlight=False, soft_wrap=True)
    for note in one.notes:
        said = f"  · {note.step.zh}：{note.names.zh}（{'、'.join(note.cite)}）"
        out.print(said, highlight=False, soft_wrap=True)
    for gap in one.gaps:
        said = f"  ? {gap.names.zh}：{gap.why.zh}"
        out.print(said, highlight=False, soft_wrap=True)


def _told(side: Standing) -> str:
    until = f"至{side.due}" if side.due else "没有期限"
    if side.until.why:
        until = side.until.why.zh
    bodies = side.seats.because.zh if side.seats.because else _listed(side)
    who = f"由{side.who.zh or '—'}办理{f'（{bodies}）' if bodies else ''}"
    return f"{side.state.zh}，{who}，{until}（{'、'.join(side.cite)}）"


def _listed(side: Standing) -> str:
    return "、".join(names.zh for names in side.seats.names)


def _print_json(outcomes: Iterator[Outcome], head: dict[str, str], counts: Counter[str]) -> None:
    """Print one object, case by case as they come."""
    sys.stdout.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "cases": [')
    separator = "\n"
    for one in outcomes:
        sys.stdout.write(separator + json.dumps(_row(one), ensure_ascii=False))
        separator = ",\n"
    told = {name: counts[name] for name in ("cases", *_SAYS, "due", "who")}
    sys.stdout.write('\n], "summary": ' + json.dumps(told) + "}\n")


def _row(one: Outcome) -> dict[str, object]:
    return {
        "number": one.number,
        "kind": one.kind,
        "profile": one.profile,
        "verdict": one.verdict,
        "due_changes": one.due_changes,
        "who_changes": one.who_changes,
        "here": _side(one.here),
        "there": _side(one.there) if one.there else None,
        "cite": list(one.cite),
        "notes": [
            {"step": _both(note.step), **_both(note.names), "cite": list(note.cite)}
            for note in one.notes
        ],
        "unknown": [
            {"fact": gap.fact, **_both(gap.names), "why": _both(gap.why)} for gap in one.gaps
        ],
    }


def _side(side: Standing) -> dict[str, object]:
    return {
        "state": _both(side.state),
        "who": _both(side.who),
        "bodies": [_both(names) for names in side.seats.names],
        "who_unknown": _both(side.seats.because) if side.seats.because else None,
        "due": str(side.due) if side.due else None,
        "due_note": _both(side.until.why) if side.until.why else None,
        "cite": list(side.cite),
    }


def _both(names: Names) -> dict[str, str]:
    return {"zh": names.zh, "en": names.en}


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no day: write 2027-01-07.") from None


def _place(code: str) -> Jurisdiction:
    from huitong.organisations.models import Jurisdiction  # noqa: PLC0415

    found = Jurisdiction.objects.filter(code=code).first()
    if found is None:
        raise typer.BadParameter(f"There is no jurisdiction {code}: give its code, such as 230000.")
    return found
