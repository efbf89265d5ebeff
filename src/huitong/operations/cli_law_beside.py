"""`huitong law show`, `diff` and `floors`: what one text says, and two texts side by side."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from huitong.operations.printing import print_json
from huitong.regulations import clauses, differences, floors, parameters, profiles
from huitong.regulations.law import Profile
from huitong.regulations.parameters import PARAMETERS, Place, Said
from huitong.regulations.types import Names

out = Console()


def show(
    what: Annotated[str, typer.Argument(help="a profile, or a clause such as HL-22.3")],
    kind: Annotated[str | None, typer.Argument(help="one procedure of the profile")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show what a profile says, parameter by parameter with the article, or one clause."""
    if what not in profiles.all_ids():
        _show_clause(what, as_json=as_json)
        return
    profile = profiles.load(what)
    said = parameters.of(profile, _kind(profile, kind))
    if as_json:
        rows = [{**_place(place), "label": _both(x.label), **_said(x)} for place, x in said.items()]
        print_json({"id": profile.id, "title": _both(profile.title), "parameters": rows})
        return
    out.print(f"{profile.title.zh} ({profile.id})", highlight=False)
    before = None
    for place, one in said.items():
        before = _heading(profile, place, before)
        told = f"  {_of(place, one.label)}：{_words(one)}"
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


def _show_clause(clause_id: str, *, as_json: bool) -> None:
    found = clauses.clause(clause_id)
    if as_json:
        print_json(
            {
                "id": found.id,
                "profile": found.profile_id,
                "article": clauses.label(clause_id),
                "zh": found.zh,
                "en": found.en,
            }
        )
        return
    out.print(f"{clauses.label(clause_id)} ({clause_id})", highlight=False)
    out.print(found.zh, highlight=False)
    out.print(found.en, highlight=False)


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


def _both(names: Names) -> dict[str, object]:
    return {"zh": names.zh, "en": names.en}
