"""The command `huitong`. Exit codes: 0 done, 1 refused by a rule, 2 usage, 3 unreachable."""

from typing import Annotated

import typer
from rich.console import Console

from huitong.config import ConfigError, load
from huitong.errors import HuitongError
from huitong.operations import (
    cli_calendar,
    cli_case,
    cli_dataset,
    cli_law,
    cli_ledger,
    cli_organisation,
    postgres,
    preparing,
    processes,
)
from huitong.operations.printing import print_error, print_json
from huitong_sources.errors import SourceError

app = typer.Typer(
    name="huitong",
    help="汇通: the whole life of government data, by the book.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_dataset.app, name="dataset")
app.add_typer(cli_case.app, name="case")
app.add_typer(cli_ledger.app, name="ledger")
app.add_typer(cli_law.app, name="law")
app.add_typer(cli_calendar.app, name="calendar")
app.add_typer(cli_organisation.app, name="organisation")
app.command("ingest")(cli_dataset.ingest)

out = Console()
err = Console(stderr=True)


@app.command()
def up(
    *,
    prepare: Annotated[bool, typer.Option(help="Migrate before starting.")] = True,
) -> None:
    """Start database, web, gateway, shipper and worker, and keep them running."""
    config = preparing.prepare() if prepare else load()
    chosen = processes.ports(config)
    err.print(f"web      http://127.0.0.1:{chosen['web']}/")
    err.print(f"gateway  http://127.0.0.1:{chosen['gateway']}/")
    processes.Supervisor(config, processes.parts(config)).run()


@app.command()
def stop() -> None:
    """Stop everything that belongs to this home, the database last."""
    config = load()
    stopped = processes.stop(config)
    database = not config.database_url and postgres.stop(config)
    err.print("stopped" if stopped or database else "nothing was running")


@app.command()
def migrate() -> None:
    """Create or update database, roles, schemas and tables."""
    config = load()
    preparing.forget_migrations(config)
    preparing.prepare()


@app.command()
def doctor(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Look at this installation and say what is wrong and what to do."""
    from huitong.operations import doctor as examination  # noqa: PLC0415

    config = load()
    if not config.database_url and config.secrets_path.exists():
        postgres.ensure_running(config)
    findings = examination.examine(config)
    if as_json:
        print_json({"ok": all(x.ok for x in findings), "findings": [x.as_dict() for x in findings]})
    else:
        for found in findings:
            mark = "[green]ok  [/]" if found.ok else "[red]FAIL[/]"
            out.print(f"{mark} {found.name}: {found.detail}", highlight=False)
            if found.mend:
                out.print(f"     → {found.mend}", highlight=False)
    if not all(x.ok for x in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option(help="Stop everything after the job.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object of all steps.")] = False,
    data: Annotated[str | None, typer.Option(help="Play on the real files in this folder.")] = None,
    people: Annotated[int, typer.Option(help="How many people to make.", min=1000)] = 200_000,
) -> None:
    """Make a province and play the whole life of its data, from the law to the proof."""
    from huitong.operations.demonstration import job  # noqa: PLC0415

    outcome = job.play(once=once, data=data, people=people, quiet=as_json)
    if as_json:
        print_json(outcome)
    if not outcome["ok"]:
        raise typer.Exit(1)


def main() -> None:
    """Run a command; an error is told in both languages and becomes an exit code."""
    try:
        app()
    except (HuitongError, SourceError) as error:
        print_error(error)
        unreachable = (postgres.DatabaseUnavailableError, processes.NotReadyError)
        if isinstance(error, unreachable):
            raise SystemExit(3) from None
        raise SystemExit(2 if isinstance(error, ConfigError) else 1) from None


if __name__ == "__main__":
    main()
