"""`huitong law show`, `diff` and `floors`: what one text says, and two texts side by side."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer
from rich.console import Console

from huitong.operations.printing import print_json
from huitong.regulations import clauses, differences, floors, parameters, profiles, saying
from huitong.regulations.differences import NOTHING
from huitong.regulations.law import Profile
from huitong.regulations.parameters import Held
from huitong.regulations.places import PARAMETERS, Place, Said
from huitong.regulations.types import Names

out = Console()


def show(
    what: Annotated[str, typer.Argument(help="a profile, or a clause such as HL-22.3")],
    kind: Annotated[str | None, typer.Argument(help="one procedure of the profile")] = None,
    *,
    on: Annotated[
        str | None, typer.Option(help="keep what holds on this day, such as 2026-09-30")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show what a profile says, parameter by parameter with the article, or one clause.

    Each line tells from when to when it holds. Without a day every wording is shown.
    """
    day = _day(on) if on else None
    if what not in profiles.all_ids():
        _show_clause(what, day, as_json=as_json)
        return
    profile = profiles.load(what)
    said = [
        (place, one)
        for place, held in parameters.history(profile, _kind(profile, kind)).items()
        for one in held
        if day is None or one.on(day)
    ]
    if as_json:
        rows = [
            {**_place(place), "label": _both(one.said.label), **_said(one.said), **_days(one)}
            for place, one in said
        ]
        head = {"id": profile.id, "title": _both(profile.title), "on": str(day) if day else None}
        print_json({**head, "parameters": rows})
        return
    out.print(f"{profile.title.zh} ({profile.id})", highlight=False)
    if day and not said:
        valid = saying.validity(profile)[0].zh
        out.print(f"{day}不在有效期内（{valid}），没有可显示的内容。", highlight=False)
    before = None
    for place, one in said:
        before = _heading(profile, place, before)
        told = f"  {_of(place, one.said.label)}：{_words(one.said)}｜{_between(one)}"
        out.print(told, highlight=False, soft_wrap=True)


def diff(
    left: str,
    right: str,
    *,
    kind: Annotated[str | None, typer.Option(help="one procedure only")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Compare two texts parameter by parameter: both values, both articles."""
    ours, theirs = profiles.load(left), profiles.load(right)
    found = differences.compare(ours, theirs, _kind(ours, kind))
    if as_json:
        rows = [
            {
                **_place(one.place),
                "label": _both(one.label),
                "left": _said(one.left),
                "right": _said(one.right),
            }
            for one in found
        ]
        print_json({"left": ours.id, "right": theirs.id, "differences": rows})
        return
    out.print(f"{ours.title.zh}｜{theirs.title.zh}", highlight=False, soft_wrap=True)
    before = None
    for one in found:
        before = _heading(ours, one.place, before)
        told = f"  {_of(one.place, one.label)}：{_words(one.left)}｜{_words(one.right)}"
        out.print(told, highlight=False, soft_wrap=True)
    out.print(f"{len(found)} differences", highlight=False)


def compare_with_parent(
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
    found = floors.compare(local, profiles.load(above))
    if as_json:
        print_json(
            [
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
        )
        return
    for one in found:
        sign = "!" if one.warns else "·"
        local_cites, above_cites = ("、".join(cites) for cites in (one.local, one.parent))
        said = f"{sign} {one.where}：{one.names.zh}（{local_cites} / {above_cites}）"
        out.print(said, highlight=False, soft_wrap=True)
    out.print(f"{sum(one.warns for one in found)} of {len(found)} weaker", highlight=False)


def _show_clause(clause_id: str, day: dt.date | None, *, as_json: bool) -> None:
    found = clauses.clause(clause_id)
    profile = profiles.load(found.profile_id)
    held = Held(NOTHING, profile.valid_from, profile.valid_to)
    if as_json:
        print_json(
            {
                "id": found.id,
                "profile": found.profile_id,
                "article": clauses.label(clause_id),
                "zh": found.zh,
                "en": found.en,
                **_days(held),
                "in_force": None if day is None else held.on(day),
            }
        )
        return
    out.print(f"{clauses.label(clause_id)} ({clause_id})", highlight=False)
    out.print(found.zh, highlight=False)
    out.print(found.en, highlight=False)
    out.print(_between(held), highlight=False)
    if day is not None and not held.on(day):
        out.print(f"{day}不在有效期内。", highlight=False)


def _kind(profile: Profile, kind: str | None) -> str | None:
    if kind is not None and kind not in profile.words.kinds:
        known = ", ".join(profile.words.kinds)
        raise typer.BadParameter(f"{kind} is no procedure: use one of {known}.")
    return kind


def _heading(profile: Profile, place: Place, before: str | None) -> str:
    """Print the name of a procedure before its first line; return which one it was."""
    if place.kind != before:
        names = profile.words.kinds[place.kind].names if place.kind else None
        title = f"{names.zh} ({place.kind})" if names else "文本整体 (the text as a whole)"
        out.print(title, style="bold", highlight=False)
    return place.kind


def _of(place: Place, label: Names) -> str:
    parameter = PARAMETERS[place.parameter].zh
    return f"{label.zh}·{parameter}" if label.zh and place.parameter != "absent" else parameter


def _words(said: Said) -> str:
    where = "、".join(said.cite)
    return f"{said.names.zh}（{where}）" if where else said.names.zh


def _place(place: Place) -> dict[str, str]:
    return {
        "where": str(place),
        "kind": place.kind,
        "stage": place.stage,
        "item": place.item,
        "parameter": place.parameter,
    }


def _said(said: Said) -> dict[str, object]:
    return {**_both(said.names), "because": said.because, "cite": list(said.cite)}


def _days(held: Held) -> dict[str, str | None]:
    """Return the first and the last day of a wording; None where the text knows none."""
    return {
        "since": str(held.since) if held.since else None,
        "until": str(held.until) if held.until else None,
    }


def _between(held: Held) -> str:
    first = f"自{held.since}" if held.since else "起始日不明"
    return f"{first}，至{held.until}" if held.until else f"{first}，无截止日"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no day: write 2026-09-30.") from None


def _both(names: Names) -> dict[str, object]:
    return {"zh": names.zh, "en": names.en}
