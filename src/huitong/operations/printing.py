"""How errors look on a terminal, and answers for machines."""

import json
import sys
from typing import Protocol

from rich.console import Console

err = Console(stderr=True)


class _Told(Protocol):
    code: str
    zh: str


def print_error(error: _Told) -> None:
    """Print what happened in both languages, the code, and each article by its name.

    A caller who asked for JSON gets the problem as one object, on standard error.
    """
    from huitong.regulations import clauses  # noqa: PLC0415

    if "--json" in sys.argv:
        problem = {
            "code": error.code,
            "title": error.zh,
            "detail": str(error),
            "cite": list(getattr(error, "cite", ())),
        }
        sys.stderr.write(json.dumps(problem, ensure_ascii=False, indent=1) + "\n")
        return
    err.print(f"[red]✗[/] {error.zh}", highlight=False, soft_wrap=True)
    err.print(f"  {error} [dim]({error.code})[/]", highlight=False, soft_wrap=True)
    for cite in getattr(error, "cite", ()):
        err.print(f"  依据 {clauses.label(cite)} [dim]({cite})[/]", highlight=False)


def print_json(value: object) -> None:
    """Print one object or list for machines on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")
