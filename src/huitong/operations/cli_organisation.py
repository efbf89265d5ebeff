"""`huitong organisation`: areas and departments as of any day, and what they lack."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from typer import Argument, Option

from huitong.operations import preparing
from huitong.operations.clock import now
from huitong.operations.printing import print_json

app = typer.Typer(
    help="Areas and departments, as of any day.", no_args_is_help=True, rich_markup_mode=None
)
out = Console()
Json = Annotated[bool, Option("--json", help="Print one list or object for machines.")]
On = Annotated[
    datetime | None, Option("--on", formats=["%Y-%m-%d"], help="The day; today when left out.")
]
Area = Annotated[str, Option("--area", help="Division code, as it was on that day.")]


@app.command("list")
def list_departments(*, area: Area = "", on: On = None, as_json: Json = False) -> None:
    """List the departments that stood on a day."""
    preparing.prepare()
    from huitong.organisations import telling  # noqa: PLC0415

    found = telling.departments(_day(on), area=area)
    if as_json:
        print_json(found)
        return
    table = Table("代码", "名称", "单位类别", "区划")
    for one in found:
        table.add_row(one["code"], one["name"], one["kind_zh"], one["area"])
    out.print(table)


@app.command()
def show(
    code: Annotated[str, Argument(help="A department's code.")],
    *,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Print one department: posts, duties, papers, what it lacks, and what became of it."""
    preparing.prepare()
    from huitong.organisations import telling  # noqa: PLC0415
    from huitong.regulations import clauses  # noqa: PLC0415

    found = telling.department(code, _day(on))
    if as_json:
        print_json(found)
        return
    lines = [f"{found['code']}  {found['name']}  {found['kind_zh']}  {found['area']}"]
    lines += [f"  {one['role']}  {one['person']}  {one['since']} –" for one in found["posts"]]
    lines += [f"  {one['area']}  {one['duty']}" for one in found["duties"]]
    lines += [f"  {one['kind_zh']}  {one['title']}" for one in found["papers"]]
    lines += [
        f"  缺 {one['zh']}  {'、'.join(clauses.label(cite) for cite in one['cite'])}"
        for one in found["gaps"]
    ]
    lines += [f"  {one['day']}  {one['act']}  {one['paper']}" for one in found["changes"]]
    if found["ended_on"]:
        lines.append(f"  ended {found['ended_on']}  → {found['successor'] or '—'}")
    for line in lines:
        out.print(line, highlight=False, soft_wrap=True)


@app.command()
def gaps(*, area: Area = "", on: On = None, as_json: Json = False) -> None:
    """List posts, units, papers and duties that the text asks for and nobody has."""
    preparing.prepare()
    from huitong.organisations import telling  # noqa: PLC0415
    from huitong.regulations import clauses  # noqa: PLC0415

    found = telling.missing(_day(on), area=area)
    if as_json:
        print_json(found)
        return
    for one in found:
        body = one["department"] or one["area"]
        cited = "、".join(clauses.label(cite) for cite in one["cite"])
        out.print(
            f"{body}  {one['name']}  缺 {one['zh']}  {cited}", highlight=False, soft_wrap=True
        )


@app.command()
def tree(*, on: On = None, as_json: Json = False) -> None:
    """Print the areas that stood on a day, under the names and codes of that day."""
    preparing.prepare()
    from huitong.organisations import telling  # noqa: PLC0415

    found = telling.tree(_day(on))
    if as_json:
        print_json(found)
        return
    for one in found:
        out.print(f"{'  ' * one['depth']}{one['code']}  {one['name']}", highlight=False)


def _day(on: datetime | None) -> date:
    if on is not None:
        return on.date()
    from django.utils import timezone  # noqa: PLC0415

    return timezone.localdate(now())
