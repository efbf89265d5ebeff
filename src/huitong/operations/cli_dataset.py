"""`huitong dataset …` and `huitong ingest`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer import Option

from huitong.errors import HuitongError
from huitong.operations import preparing
from huitong.operations.clock import now

if TYPE_CHECKING:
    from huitong.organisations.types import Actor

app = typer.Typer(
    help="Datasets: draft from a file, add, list, show.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
out = Console()
err = Console(stderr=True)

As = Annotated[
    str | None, Option("--as", help="User name of the acting person.", envvar="HUITONG_ACTOR")
]
Existing = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
Json = Annotated[bool, Option("--json", help="Print one object for machines.")]


class NobodyActsError(HuitongError):
    """A command changes something and does not say in whose name."""

    code = "nobody_acts"

    def __init__(self) -> None:
        super().__init__(
            "Say who acts with --as USERNAME (or HUITONG_ACTOR): every act stands in the ledger "
            "under a person's name.",
            zh="请用 --as 用户名（或环境变量 HUITONG_ACTOR）说明由谁办理："
            "每一步都以具体人员的名义存证。",
        )


class NothingDeliveredError(HuitongError):
    """A receipt was asked for before anything was delivered."""

    code = "nothing_delivered"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Nothing was delivered to {dataset} yet: huitong ingest FILE --dataset {dataset}.",
            zh=f"数据集 {dataset} 还没有归集过数据：huitong ingest 文件 --dataset {dataset}。",
        )


@app.command()
def draft(
    file: Existing,
    *,
    to: Annotated[Path, Option("--out", help="Where to write the draft.")] = Path("draft.yaml"),
    title: Annotated[str | None, Option(help="The dataset's name; the file's by default.")] = None,
    key: Annotated[list[str] | None, Option(help="A header or item that identifies a row.")] = None,
    as_json: Json = False,
) -> None:
    """Propose a catalogue entry from a file: items, types, identifiers, personal data, grades."""
    from huitong.catalogue import drafts  # noqa: PLC0415
    from huitong.pool import proposing  # noqa: PLC0415

    proposed = proposing.propose(file, title=title or "", key=tuple(key or ()), on=now().date())
    to.write_text(drafts.write_yaml(proposed), "utf-8")
    if as_json:
        _print_json(proposed.as_dict())
        return
    table = Table("item", "title", "type", "identifier", "personal", "grade")
    for item in proposed.items:
        table.add_row(
            item.name,
            item.title,
            item.type,
            item.identifier or "",
            "yes" if item.personal else "",
            str(item.grade),
        )
    out.print(table)
    out.print(f"{to}: confirm it, then `huitong dataset add {to} --code CODE`", highlight=False)


@app.command()
def add(
    draft_file: Existing,
    *,
    code: Annotated[str, Option(help="The dataset's code.")],
    provider: Annotated[str | None, Option(help="Department code; the actor's by default.")] = None,
    publish: Annotated[
        bool, Option("--publish", help="On a demonstration home: take it through review.")
    ] = False,
    acting: As = None,
    as_json: Json = False,
) -> None:
    """Add a dataset from a confirmed draft."""
    config = preparing.prepare()
    from huitong.catalogue import actions, drafts  # noqa: PLC0415
    from huitong.operations.demonstration import homes, world  # noqa: PLC0415
    from huitong.organisations.models import Department  # noqa: PLC0415

    if publish:
        homes.require_demonstration(config)
    confirmed = drafts.read_yaml(draft_file.read_text("utf-8"), source=str(draft_file))
    actor = _actor(acting, homes.default_officer(config, provider))
    department = Department.objects.get(code=actor.department_code)
    dataset = actions.add_dataset(confirmed, code=code, provider=department, actor=actor, at=now())
    if publish:
        world.publish(dataset, provider=actor, at=now())
        dataset.refresh_from_db()
    told = {
        "code": dataset.code,
        "resource_code": dataset.resource_code,
        "status": str(dataset.status),
        "items": len(confirmed.items),
    }
    if as_json:
        _print_json(told)
    else:
        out.print(f"{dataset.code}: {told['status']}, {told['items']} items", highlight=False)


@app.command("list")
def list_datasets(*, as_json: Json = False) -> None:
    """List the datasets."""
    preparing.prepare()
    from huitong.catalogue.models import Dataset  # noqa: PLC0415

    rows = [
        {"code": x.code, "title": x.newest.title, "status": str(x.status)}
        for x in Dataset.objects.select_related("current_version", "working_version__review_case")
    ]
    if as_json:
        _print_json({"datasets": rows})
        return
    table = Table("code", "title", "status")
    for row in rows:
        table.add_row(*row.values())
    out.print(table)


@app.command()
def receipt(code: str, *, as_json: Json = False) -> None:
    """Print the receipt of the newest accepted delivery."""
    preparing.prepare()
    from huitong.catalogue import queries as catalogue  # noqa: PLC0415
    from huitong.pool import queries as pool  # noqa: PLC0415

    batch = pool.latest_batch(catalogue.dataset(code))
    if batch is None:
        raise NothingDeliveredError(code)
    _print_receipt(pool.receipt_of(batch), as_json=as_json)


def ingest(
    file: Existing,
    *,
    dataset: Annotated[str, Option(help="The dataset's code.")],
    rows: Annotated[int | None, Option(help="How many data rows you declare.")] = None,
    acting: As = None,
    as_json: Json = False,
) -> None:
    """Deliver a file; print its receipt."""
    config = preparing.prepare()
    from huitong.catalogue import queries as catalogue  # noqa: PLC0415
    from huitong.operations.demonstration import homes  # noqa: PLC0415
    from huitong.pool import actions, queries  # noqa: PLC0415

    found = catalogue.dataset(dataset)
    actor = _actor(acting, homes.default_officer(config, found.provider.code))
    declared = None if rows is None else {"rows": rows}
    batch = actions.receive_delivery(
        dataset=found, path=file, name=file.name, declared=declared, actor=actor, at=now()
    )
    actions.swap_serving_copy(found, at=now())
    _print_receipt(queries.receipt_of(batch), as_json=as_json)


def _print_receipt(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(told)
        return
    for name, value in told.items():
        out.print(f"{name:12} {value}", highlight=False)


def _actor(acting: str | None, default: str | None) -> "Actor":
    from huitong.organisations import queries  # noqa: PLC0415
    from huitong.organisations.models import Person  # noqa: PLC0415

    username = acting or default
    if username is None:
        raise NobodyActsError
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise NobodyActsError
    return queries.actor_of(person, now().date())


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")
