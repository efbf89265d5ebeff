"""Tries mutants in processes of their own: a child that dies, hangs or fails has killed its mutant.

The tests of the tables need no database: they are called here as plain functions, with the few
fixtures that they use. Mutants of the code are tried by `code_trials`.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from mutants import PROFILES, ROOT, Mutant

SHARED = Path(os.environ.get("HUITONG_SHARED") or ROOT.parent / "shared")
TABLE_TESTS = (
    "test_specification", "test_matrix", "test_profile", "test_periods", "test_floors",
    "test_register",
)  # fmt: skip
_MOST_SECONDS = 600


class Trial:
    """One mutant in a child process; `result` is who killed it, or empty for a survivor."""

    def __init__(self, mutant: Mutant | None, act: Callable[[], str]) -> None:
        self.mutant = mutant
        self.result: str | None = None
        self._until = time.monotonic() + _MOST_SECONDS
        self.reader, writer = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.reader)
            _run(act, writer)
        os.close(writer)

    def ended(self) -> bool:
        """Say whether the child has ended; one that hangs is ended."""
        pid, _ = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0 and time.monotonic() > self._until:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            pid, self.result = self.pid, "time"
        if pid == 0:
            return False
        if self.result is None:
            ready, _, _ = select.select([self.reader], [], [], 0)
            said = os.read(self.reader, 65536) if ready else b""
            self.result = json.loads(said) if said else "the process died"
        os.close(self.reader)
        return True


def _run(act: Callable[[], str], writer: int) -> None:
    """Run in the child: say who killed the mutant, and end without any clearing up."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    try:
        killer = act()
    except BaseException as error:  # noqa: BLE001 - whatever it is, the mutant did it
        killer = f"{type(error).__name__}: {error}"[:300]
    os.write(writer, json.dumps(killer).encode())
    os._exit(0)


def table_trial(mutant: Mutant) -> str:
    """Return what notices the changed profile: `check`, a test, `same` when nothing differs."""
    from huitong.regulations import clauses, profiles  # noqa: PLC0415

    before = said(mutant.profile_id)
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    try:
        for path in PROFILES.iterdir():
            if path.name != mutant.profile_id:
                (folder / path.name).symlink_to(path)
        shutil.copytree(PROFILES / mutant.profile_id, folder / mutant.profile_id)
        (folder / Path(mutant.file).relative_to("regulations/profiles")).write_text(
            mutant.make(), "utf-8"
        )
        clauses.FOLDER = folder
        for cached in (profiles.load, clauses._all, clauses._titles):  # noqa: SLF001
            cached.cache_clear()
        try:
            changed = profiles.load(mutant.profile_id)
        except Exception:  # noqa: BLE001 - the program does not start on it
            return "check"
        if _said(changed) == before:
            return "same"
        return first_failing(TABLE_TESTS, profile_id=mutant.profile_id)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def said(profile_id: str) -> tuple[Any, ...]:
    """Return all that a profile of the package says; asked before the children are made."""
    from huitong.regulations import profiles  # noqa: PLC0415

    return _said(profiles.load(profile_id))


@cache
def matrix() -> Any:  # noqa: ANN401
    """Return the clause matrix, read once for all children."""
    path = SHARED / "regulations" / "clauses.yaml"
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


def prepared() -> str:
    """Read what all children of the tables need; return the first test that fails as it is."""
    matrix()
    for name in TABLE_TESTS:
        importlib.import_module(f"regulations.{name}")
    return first_failing(TABLE_TESTS)


def _said(profile: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return all that a profile says, without the lines on which it says it."""
    from huitong.regulations import compiling  # noqa: PLC0415

    tables = [table.to_json() for table in compiling.every_table([profile])]
    absent = {name: text.absent for name, text in profile.kinds.items()}
    plain = {
        name: getattr(profile, name)
        for name in type(profile).__slots__
        if name not in {"kinds", "words", "folder", "above", "__weakref__"}
    }
    return tables, absent, plain, profile.above is None


def first_failing(names: tuple[str, ...], *, profile_id: str = "") -> str:
    """Return the first test that fails, empty when all pass; those of other profiles are left."""
    for name in names:
        if not (ROOT / "tests" / "regulations" / f"{name}.py").exists():
            continue
        module = importlib.import_module(f"regulations.{name}")
        for test, function in list(vars(module).items()):
            if not test.startswith("test_"):
                continue
            for values in _cases(function):
                if profile_id and _of_another(values, profile_id):
                    continue
                try:
                    _call(function, values)
                except pytest.skip.Exception:
                    continue
                except BaseException:  # noqa: BLE001 - any way to fail counts
                    return f"{name}::{test}"
    return ""


def _of_another(values: dict[str, Any], profile_id: str) -> bool:
    said = values.get("profile_id")
    row = values.get("row")
    if said is None and isinstance(row, list):
        said = row[0]
    return said is not None and said != profile_id


def _cases(function: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Yield the arguments that the marks of a test give it."""
    marks = [m for m in getattr(function, "pytestmark", []) if m.name == "parametrize"]
    choices = []
    for mark in marks:
        names = mark.args[0]
        names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
        rows = [row.values if hasattr(row, "values") and hasattr(row, "marks") else
                (row if len(names) > 1 else (row,)) for row in mark.args[1]]  # fmt: skip
        choices.append([dict(zip(names, row, strict=True)) for row in rows])
    for combination in itertools.product(*choices):
        yield {name: value for part in combination for name, value in part.items()}


def _call(function: Any, values: dict[str, Any]) -> None:  # noqa: ANN401
    patch = pytest.MonkeyPatch()
    folder = Path(tempfile.mkdtemp(prefix="mutant-test-"))
    # Tests of the texts themselves (`shared_law`) have nothing to say about a changed table.
    fixtures: dict[str, Any] = {"tmp_path": folder, "monkeypatch": patch}
    if "matrix" in inspect.signature(function).parameters:
        fixtures["matrix"] = matrix()
    try:
        wanted = set(inspect.signature(function).parameters) - set(values)
        if not wanted - set(fixtures):
            function(**values, **{name: fixtures[name] for name in wanted})
    finally:
        patch.undo()
        shutil.rmtree(folder, ignore_errors=True)
