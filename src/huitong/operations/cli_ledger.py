"""`huitong ledger`: seal, verify, and hand out receipts that verify alone."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer import Option

from huitong.operations import preparing
from huitong.operations.clock import now

app = typer.Typer(help="The verifiable record.", no_args_is_help=True, rich_markup_mode=None)
out = Console()


@app.command()
def seal() -> None:
    """Seal what is not sealed yet under a signed checkpoint."""
    preparing.prepare()
    from huitong.operations import proving  # noqa: PLC0415

    checkpoint = proving.seal(at=now())
    out.print("nothing to seal" if checkpoint is None else f"sealed: {checkpoint.size} entries")


@app.command()
def verify(*, as_json: Annotated[bool, Option("--json")] = False) -> None:
    """Recompute every entry, tree and checkpoint, trusting nothing in the database."""
    preparing.prepare()
    from huitong.operations import proving  # noqa: PLC0415

    result = proving.verify_ledger(at=now())
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        out.print(
            f"{result['entries']} entries, {result['checkpoints']} checkpoints: "
            + ("all proved" if result["ok"] else "NOT PROVED")
        )
        for problem in result["problems"]:
            out.print(f"  {problem}", highlight=False)
    if not result["ok"]:
        raise typer.Exit(1)


@app.command()
def receipt(
    entry: str,
    *,
    to: Annotated[Path | None, Option("--out", help="Write to this file.")] = None,
) -> None:
    """Give out the receipt of one entry (by its UUID)."""
    preparing.prepare()
    from huitong.ledger import queries  # noqa: PLC0415
    from huitong.operations import proving  # noqa: PLC0415

    proving.seal(at=now())
    text = json.dumps(queries.receipt(entry), ensure_ascii=False, indent=1) + "\n"
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, "utf-8")
        out.print(f"{to}: verify it anywhere with `huitong ledger verify-receipt {to} --key FILE`")


@app.command("verify-receipt")
def verify_receipt(
    receipt_file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    *,
    key: Annotated[Path, Option(help="The ledger's public key file.", exists=True)],
    as_json: Annotated[bool, Option("--json")] = False,
) -> None:
    """Verify a saved receipt with nothing but the public key: no database, no network."""
    from huitong.ledger import verify as verifier  # noqa: PLC0415

    verified = verifier.verify_file(receipt_file, key)
    if as_json:
        told = {"ok": True, "index": verified.index, "entry": verified.entry}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    out.print(f"verified: entry {verified.index} of the log", highlight=False)
    out.print_json(json.dumps(verified.entry, ensure_ascii=False))
