"""Mutants of the engine: comparisons, bounds, booleans, constants, raises and calls, by syntax."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from functools import partial

from mutants import SRC, Mutant

FILES = (
    "regulations/calendars.py", "regulations/working_days.py", "regulations/due_days.py",
    "regulations/clocks.py", "regulations/timing.py", "regulations/rules.py",
    "regulations/powers.py", "regulations/compiling.py",
    "cases/rules.py", "cases/roles.py", "cases/deadlines.py", "cases/numbers.py",
    "cases/actions.py", "cases/tasks.py", "cases/refusals.py", "cases/types.py",
)  # fmt: skip

_Path = tuple[tuple[str, int | None], ...]
"""The fields, and the places in them, that lead to a node."""
_SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult,
}  # fmt: skip


def all_mutants() -> Iterator[Mutant]:
    """Yield every mutant of the engine's files, in their order."""
    for file in FILES:
        yield from of(file, (SRC / file).read_text("utf-8"))


def of(file: str, source: str) -> Iterator[Mutant]:
    """Yield the mutants of one file; two alike in one function are told apart by a number."""
    seen: dict[str, int] = {}
    tree = ast.parse(source)
    places = list(_places(tree, ""))
    for path, where, node in places:
        for change, act in _changes(node):
            key = f"{where}: {change}"
            seen[key] = seen.get(key, 0) + 1
            number = f" #{seen[key]}" if seen[key] > 1 else ""
            make = partial(_made, tree, path, act)
            yield Mutant(file, getattr(node, "lineno", 0), where, change + number, make)


def _made(tree: ast.Module, path: _Path, act: Callable[[ast.AST], None]) -> str:
    made = copy.deepcopy(tree)
    act(_at(made, path))
    return ast.unparse(ast.fix_missing_locations(made))


def _places(node: ast.AST, where: str, path: _Path = ()) -> Iterator[tuple[_Path, str, ast.AST]]:
    """Yield every node that may be changed, with the way to it and the function that it is in."""
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for place, child in children:
            if not isinstance(child, ast.AST) or _is_said(child):
                continue
            name = where
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                name = f"{where}.{child.name}".lstrip(".")
            here = (*path, (field, place))
            if name:
                yield here, name, child
            yield from _places(child, name, here)


def _is_said(node: ast.AST) -> bool:
    """Say whether a node is a docstring, a check for types only or the manner of a field."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        # What a dataclass does with a field when it prints or compares it.
        return isinstance(node.func, ast.Name) and node.func.id == "field"
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _at(tree: ast.AST, path: _Path) -> ast.AST:
    node = tree
    for field, place in path:
        value = getattr(node, field)
        node = value if place is None else value[place]
    return node


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    shown = ast.unparse(node) if isinstance(node, (ast.expr, ast.stmt)) else ""
    shown = " ".join(shown.split())[:90]
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            new = _SWAPPED[type(operator)]
            yield (
                f"{shown} → {type(operator).__name__} as {new.__name__}",
                lambda made, n=place, op=new: made.ops.__setitem__(n, op()),  # type: ignore[attr-defined]
            )
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{shown} → {other.__name__.lower()}", lambda made: setattr(made, "op", other())
    elif isinstance(node, ast.BinOp) and type(node.op) in _OTHER:
        new_op = _OTHER[type(node.op)]
        yield f"{shown} → {new_op.__name__}", lambda made: setattr(made, "op", new_op())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{shown} → without not", _without_not
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        flipped = not node.value
        yield f"{shown} → {flipped}", lambda made: setattr(made, "value", flipped)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        more = node.value + 1
        yield f"{shown} → {more}", lambda made: setattr(made, "value", more)
    elif isinstance(node, (ast.If, ast.IfExp)) and not isinstance(node.test, ast.Compare):
        yield f"if {ast.unparse(node.test)[:80]} → negated", _negated
    elif isinstance(node, (ast.Raise, ast.Expr, ast.AugAssign, ast.Continue, ast.Break)):
        yield f"{shown} → nothing", _nothing


def _without_not(node: ast.AST) -> None:
    # `not x` as `x`: a second `not` in its place.
    node.operand = ast.UnaryOp(ast.Not(), node.operand)  # type: ignore[attr-defined]


def _negated(node: ast.AST) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]


def _nothing(node: ast.AST) -> None:
    """Make a statement one that does nothing, where it stands."""
    node.__class__ = ast.Expr
    node.value = ast.Constant(None)  # type: ignore[attr-defined]
