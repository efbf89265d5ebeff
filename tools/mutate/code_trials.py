"""Tries mutants of the code: everything is imported and collected once, and each child goes on.

A child puts the changed functions into the living modules and runs the tests until one fails. What
is changed outside functions (a constant, a default) must be there before its module is imported:
such a child begins from nothing.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from mutants import ROOT, SRC, Mutant

# The quickest first: the first test that fails ends the trial.
REGULATION_TESTS = (
    "test_timing", "test_clocks", "test_calendars", "test_specification", "test_powers",
    "test_periods", "test_floors", "test_register", "test_tables", "test_differences",
    "test_seeded_faults", "test_clock_properties",
)  # fmt: skip
CASE_TESTS = (
    "test_steps", "test_times", "test_roles", "test_higher_review", "test_files_and_effects",
    "test_overriding", "test_records", "test_guards", "test_applicants", "test_last_days",
    "test_recurrence", "test_registers", "test_refusals", "test_together", "test_properties",
)  # fmt: skip
# A process of its own does not see what is changed in this one.
_ELSEWHERE = ("test_the_program_does_not_start_while_an_effect_has_nobody_to_carry_it_out",)

Session = Callable[[Callable[[Mutant], str]], None]


def on_cases(mutant: Mutant) -> bool:
    """Say whether a mutant is one of the engine of cases, whose tests need a database."""
    return mutant.file.startswith("cases/")


def with_everything_imported(*, cases: bool, tried: Session) -> None:
    """Collect the tests; call `tried` with a function that tries one mutant in a child.

    `tried` forks; the function that it is given is to be called in the child.
    """
    code = pytest.main(_arguments(cases=cases), plugins=[_Collected(tried)])
    if code != 0:
        sys.exit(f"the tests that the mutants meet were not collected: pytest ended with {code}")


def begun_anew(mutant: Mutant) -> str:
    """Return the test that fails when the changed text is there before anything imports it."""
    sys.meta_path.insert(0, _Put(_module_of(mutant), mutant.make(), SRC / mutant.file))
    stop = _Stop()
    os.environ["PYTEST_XDIST_WORKER"] = f"mutant{os.environ.get('MUTANT_PLACE', '0')}"
    code = pytest.main(["-x", *_arguments(cases=on_cases(mutant))], plugins=[stop])
    return stop.failed or ("" if code == 0 else f"pytest ended with {code}")


def in_functions_only(mutant: Mutant) -> bool:
    """Say whether the change lies in the bodies of functions alone."""
    before = _codes(compile((SRC / mutant.file).read_text("utf-8"), mutant.file, "exec"))
    after = _codes(compile(mutant.make(), mutant.file, "exec"))
    return before.keys() == after.keys() and _plain(before[""]) == _plain(after[""])


def _arguments(*, cases: bool) -> list[str]:
    folder = ROOT / "tests" / ("cases" if cases else "regulations")
    names = CASE_TESTS if cases else REGULATION_TESTS
    return [
        "-q", "-p", "no:cacheprovider", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"),
        "-k", " and ".join(f"not {name}" for name in _ELSEWHERE),
        *(str(folder / f"{name}.py") for name in names if (folder / f"{name}.py").exists()),
    ]  # fmt: skip


class _Worker:
    """Makes a session pass for a worker of xdist: it neither starts nor stops the one server."""

    def pytest_configure(self, config: pytest.Config) -> None:
        config.workerinput = {"workerid": "mutant"}  # type: ignore[attr-defined]


class _Collected(_Worker):
    """Takes the place of the run: children go on from here, one for each mutant."""

    def __init__(self, tried: Session) -> None:
        self._tried = tried

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._tried(lambda mutant: _in_child(session, mutant))
        return True


def _in_child(session: pytest.Session, mutant: Mutant) -> str:
    _put(mutant)
    if on_cases(mutant):
        from django.conf import settings  # noqa: PLC0415 - in the child of the cases only

        name = f"huitong_test_mutant{os.environ['MUTANT_PLACE']}"
        os.environ["HUITONG_DATABASE"] = name
        for alias in ("default", "owner"):
            settings.DATABASES[alias]["NAME"] = name
    stop = _Stop()
    session.config.pluginmanager.register(stop)
    for place, item in enumerate(session.items):
        after = session.items[place + 1] if place + 1 < len(session.items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if stop.failed:
            return stop.failed
    return ""


def _put(mutant: Mutant) -> None:
    """Give the living functions of a module the code of the changed text, and empty all caches."""
    module = sys.modules[_module_of(mutant)]
    codes = _codes(compile(mutant.make(), str(SRC / mutant.file), "exec"))
    for function in _functions(module):
        new = codes.get(function.__qualname__)
        if new is not None and new.co_freevars == function.__code__.co_freevars:
            function.__code__ = new
    for name, one in list(sys.modules.items()):
        if name.startswith("huitong."):
            for value in list(vars(one).values()):
                if isinstance(value, functools._lru_cache_wrapper):  # noqa: SLF001
                    value.cache_clear()


def _module_of(mutant: Mutant) -> str:
    return "huitong." + mutant.file.removesuffix(".py").replace("/", ".")


def _codes(code: CodeType, inside: str = "") -> dict[str, CodeType]:
    """Return the code of a module ("") and of each function and class body in it, by its name."""
    found = {inside: code}
    for one in code.co_consts:
        if isinstance(one, CodeType):
            found.update(_codes(one, one.co_qualname))
    return found


def _plain(code: CodeType) -> tuple[Any, ...]:
    """Return what a body does by itself: functions defined in it count by their names."""
    consts = tuple(
        (_plain(one) if _is_class(one) else one.co_qualname) if isinstance(one, CodeType) else one
        for one in code.co_consts
    )
    return code.co_code, consts, code.co_names


def _is_class(code: CodeType) -> bool:
    return "__qualname__" in code.co_names


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the functions that a module and its classes define, without what is wrapped round."""
    waiting = [value for value in vars(module).values() if _is_of(value, module)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, type):
            waiting += list(vars(value).values())
        elif isinstance(value, property):
            waiting += [one for one in (value.fget, value.fset) if one]
        elif isinstance(value, (staticmethod, classmethod, functools.cached_property)):
            waiting.append(getattr(value, "__func__", None) or getattr(value, "func", None))
        elif isinstance(value, FunctionType) and not hasattr(value, "__wrapped__"):
            yield value
        elif hasattr(value, "__wrapped__"):
            waiting.append(value.__wrapped__)


def _is_of(value: Any, module: ModuleType) -> bool:  # noqa: ANN401
    return getattr(value, "__module__", None) == module.__name__


class _Put(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and gives another text for it."""

    def __init__(self, name: str, text: str, path: Path) -> None:
        self._name, self._text, self._path = name, text, path

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:  # noqa: ANN401
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self._path)
        exec(compile(self._text, str(self._path), "exec"), module.__dict__)  # noqa: S102


class _Stop(_Worker):
    """Notes the first test that fails."""

    def __init__(self) -> None:
        self.failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = f"collecting {report.nodeid}"
