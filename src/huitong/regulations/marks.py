"""YAML with the line of every key kept, so that a fault can name its place.

Mappings come back as :class:`MarkedDict`, sequences as :class:`MarkedList`; scalars are plain.
Only the safe tags are known, the order of keys is the order of the file, and a key given twice
is an error (plain YAML would silently take the last).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode


class MarkedDict(dict[str, Any]):
    """A mapping that knows on which line it and each of its keys stand."""

    line: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """Return the line of a key, or the line of the mapping when it has no such key."""
        return self.lines.get(key, self.line)


class MarkedList(list[Any]):
    """A sequence that knows on which line it and each of its items stand."""

    line: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class NotYamlError(Exception):
    """The file is no YAML that a profile may be written in."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


if TYPE_CHECKING or not yaml.__with_libyaml__:  # noqa: SIM108 (a base class must be one name)
    _Base = yaml.SafeLoader
else:
    _Base = yaml.CSafeLoader  # the same nodes and marks, six times as fast


class _Loader(_Base):
    def construct_marked(self, node: yaml.nodes.Node) -> Any:  # noqa: ANN401 (YAML is untyped)
        if isinstance(node, MappingNode):
            made = MarkedDict()
            made.line = node.start_mark.line + 1
            for key_node, value_node in node.value:
                key = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
                line = key_node.start_mark.line + 1
                if not key:
                    raise NotYamlError(line, "a key must be a plain word")
                if key in made:
                    raise NotYamlError(line, f"the key {key} is given twice")
                made[key] = self.construct_marked(value_node)
                made.lines[key] = line
            return made
        if isinstance(node, SequenceNode):
            items = MarkedList()
            items.line = node.start_mark.line + 1
            for item in node.value:
                items.append(self.construct_marked(item))
                items.lines.append(item.start_mark.line + 1)
            return items
        try:
            return self.construct_object(node)
        except ValueError as error:  # a day that no calendar has
            line = node.start_mark.line + 1
            raise NotYamlError(line, f"{node.value} cannot be read: {error}") from error


def read(path: Path) -> Any:  # noqa: ANN401 (YAML is untyped)
    """Return the document of a file.

    Raises: NotYamlError, when it cannot be read, with the line.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotYamlError(line, "the file is not in UTF-8") from error
    return marked(text)


def marked(text: str) -> Any:  # noqa: ANN401 (YAML is untyped)
    """Return a document with its lines.

    Raises: NotYamlError, when it cannot be read, with the line.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        return None if node is None else loader.construct_marked(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", "") or str(error)
        raise NotYamlError((mark.line if mark else 0) + 1, problem or "no YAML") from error
    finally:
        loader.dispose()


def plain(text: str) -> Any:  # noqa: ANN401 (YAML is untyped)
    """Return a document without its lines, for files that were checked before."""
    return yaml.load(text, Loader=_Base)  # noqa: S506 - one of the two safe loaders
