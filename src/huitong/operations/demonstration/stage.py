"""The record of a played job: one line a step on the terminal, one object for machines."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from huitong.errors import HuitongError
from huitong.operations import clock
from huitong_sources.errors import SourceError


@dataclass
class Step:
    """What one step did. `cite` are clause ids."""

    step: str
    ok: bool = False
    seconds: float = 0.0
    cite: list[str] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the step for `--json`."""
        return {
            "step": self.step,
            "ok": self.ok,
            "seconds": round(self.seconds, 3),
            "cite": self.cite,
            "detail": self.detail,
        }


class StageFailedError(HuitongError):
    """A step of the demonstration did not do what it must."""

    code = "demonstration_failed"


class Stage:
    """Plays steps one after another and stops at the first that fails."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.console = Console(stderr=True, soft_wrap=True)

    @property
    def ok(self) -> bool:
        """Whether every step so far did what it must."""
        return all(step.ok for step in self.steps)

    def now(self) -> dt.datetime:
        """Return the time of an act: the demonstration is an edge, and edges read the clock."""
        return clock.now()

    def play(self, name: str, title: str, act: Callable[[Step], None]) -> bool:
        """Play one step unless an earlier one failed; tell its end on standard error."""
        if not self.ok:
            return False
        step = Step(name)
        self.steps.append(step)
        if self.console.is_terminal:
            self.console.print(f"[dim]…[/] {title}", end="\r", highlight=False)
        started = time.monotonic()
        try:
            act(step)
            step.ok = True
        except (HuitongError, SourceError) as error:
            step.detail["error"] = {"code": error.code, "zh": error.zh, "en": str(error)}
        step.seconds = time.monotonic() - started
        mark = "[green]✓[/]" if step.ok else "[red]✗[/]"
        cites = f" [dim]{' '.join(step.cite)}[/]" if step.cite else ""
        self.console.print(f"{mark} {title} {step.seconds:6.2f} s{cites}", highlight=False)
        if not step.ok:
            self.console.print(f"  {step.detail['error']['zh']}", highlight=False)
            self.console.print(f"  {step.detail['error']['en']}", highlight=False)
        return step.ok

    def outcome(self) -> dict[str, Any]:
        """Return the object of the whole job."""
        return {"ok": self.ok, "steps": [step.as_dict() for step in self.steps]}


def require(condition: object, what: str) -> None:
    """Raise StageFailedError unless the condition holds: a step must not pass by luck."""
    if not condition:
        raise StageFailedError(
            f"The step did not do what it must: {what}", zh=f"演示未达预期：{what}"
        )
