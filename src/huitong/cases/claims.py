"""Names that procedures use and rooms above carry out: effects, and facts that are found out.

A room claims a name from its `AppConfig.ready`. A name that nobody claims, or that two claim, is a
mistake of the program and stops it at start.
"""

from collections.abc import Callable, Iterable
from typing import Generic, Literal, TypeVar

from huitong.cases.errors import CaseError
from huitong.regulations import compiling, profiles, vocabulary
from huitong.regulations.types import Step

_Claimed = TypeVar("_Claimed", bound=Callable[..., object])


class Claims(Generic[_Claimed]):
    """Who carries out which name. `noun`, `noun_zh` say what the names are, for errors.

    `section` is where `kinds.yaml` names them, so that an error can say the line.
    """

    def __init__(
        self,
        noun: str,
        noun_zh: str,
        error: type[CaseError],
        section: Literal["effects", "facts"],
    ) -> None:
        self._noun, self._noun_zh, self._error = noun, noun_zh, error
        self._section: Literal["effects", "facts"] = section
        self.held: dict[str, _Claimed] = {}

    def register(self, name: str) -> Callable[[_Claimed], _Claimed]:
        """Claim a name for the decorated function; the same function again changes nothing.

        Raises: the registry's error, when another function claims the name already.
        """

        def claim(function: _Claimed) -> _Claimed:
            holder = self.held.get(name)
            if holder is not None and _where(holder) != _where(function):
                raise self._error(
                    f"The {self._noun} {name} is claimed by {_where(holder)} and by "
                    f"{_where(function)}: let one room claim it.",
                    zh=f"{self._noun_zh}“{name}”被两个模块同时登记。",
                )
            self.held[name] = function
            return function

        return claim

    def of(self, name: str, case_number: str) -> _Claimed:
        """Return who carries out a name.

        Raises: the registry's error, when nobody does; the case's step is then undone.
        """
        found = self.held.get(name)
        if found is None:
            raise self._error(
                f"No room claims the {self._noun} {name} of case {case_number}: register it at "
                "start.",
                zh=f"程序中没有模块承担{self._noun_zh}“{name}”，办件{case_number}的步骤不能办理。",
            )
        return found

    def check(self, named: Iterable[str]) -> None:
        """Stop when a procedure names what nobody claims.

        Raises: the registry's error, naming all of them.
        """
        orphans = sorted(set(named) - self.held.keys())
        if orphans:
            placed = [f"{one} ({vocabulary.place_of(self._section, one)})" for one in orphans]
            raise self._error(
                f"No room claims the {self._noun}s {', '.join(placed)}: register each in the "
                "`ready` of the room that carries it out, or take it out of kinds.yaml and the "
                "profiles.",
                zh=f"没有模块承担这些{self._noun_zh}：{'、'.join(placed)}。",
            )


def named_by(names: Callable[[Step], Iterable[str]]) -> frozenset[str]:
    """Return every name that the steps of all procedures of all profiles give.

    Raises: ProfileBrokenError.
    """
    tables = compiling.every_table(map(profiles.load, profiles.all_ids()))
    return frozenset(name for table in tables for step in table.steps for name in names(step))


def _where(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', repr(function))}"
