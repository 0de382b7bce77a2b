"""Read files into plain values that remember the line on which each part stands.

YAML is read with JSON's types only (a date is a string, `yes` is a string), through PyYAML's node graph, which keeps
the marks.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from onrecord.schema.incidents import Incident, shown

Located = tuple[object, dict[str, int]]
"""A value, and the line (from 1) of each JSON pointer into it."""


_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


class _JsonLoader(yaml.SafeLoader):
    """A loader whose implicit types are JSON's: null, true and false, numbers; all else is a string."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class table

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases, which JSON does not have and which can make a small file endless."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="an alias (*name) stands for nothing here", problem_mark=mark)
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("null", r"null|", ("n", "")),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)(?:[eE][-+]?[0-9]+)?", "-0123456789"),
):
    _JsonLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


class UnreadableError(Exception):
    """A file that gives no value at all; `incident` says why."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(str(incident))
        self.incident = incident


def pointer_part(key: object) -> str:
    """Return `key` escaped as one part of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file; raise `UnreadableError` for any other."""
    name = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(Incident("file-unreadable", "", error.strerror or str(error), name)) from None
    if not data.strip():
        raise UnreadableError(Incident("file-empty", "", "", name))
    return decode(data, name)


def is_binary(data: bytes) -> bool:
    """Whether `data` begins like no text: with control characters other than white space and escape."""
    return _CONTROL.search(data, 0, 4096) is not None


def decode(data: bytes, name: str, line: int | None = None) -> str:
    """Return `data` as text; raise `UnreadableError` with the place of the first byte that is not UTF-8."""
    if is_binary(data):
        raise UnreadableError(Incident("file-binary", shown(bytes(data[:8])), "", name, line))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = line if line is not None else data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02x}"
        as_windows = data[max(error.start - 12, 0) : error.start + 12].decode("cp1252", "replace")
        detail = f"as Windows-1252 it would read {shown(as_windows)}"
        raise UnreadableError(Incident("file-not-utf8", byte, detail, name, at)) from None


def read_yaml(text: str, name: str, first_line: int = 1) -> Located:
    """Return the value of a YAML text that begins on line `first_line` of file `name`; raise `UnreadableError`."""
    lines: dict[str, int] = {}
    try:
        loader = _JsonLoader(text)
        node = loader.get_single_node()
        value = None if node is None else _construct(loader, node, "", lines, name, first_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + mark.line if mark else first_line
        raise UnreadableError(Incident("yaml-invalid", "", str(error.problem or error.context), name, line)) from None
    except yaml.YAMLError as error:
        raise UnreadableError(Incident("yaml-invalid", "", " ".join(str(error).split()), name, first_line)) from None
    except RecursionError:
        raise UnreadableError(Incident("yaml-invalid", "", "nested too deeply", name, first_line)) from None
    except ValueError as error:  # a value that its tag does not allow, or a number that is too long
        detail = " ".join(str(error).split())
        raise UnreadableError(Incident("yaml-invalid", "", detail, name, first_line)) from None
    return value, lines


def _construct(
    loader: _JsonLoader, node: yaml.Node, pointer: str, lines: dict[str, int], name: str, first_line: int
) -> object:
    lines[pointer] = first_line + node.start_mark.line
    if isinstance(node, yaml.MappingNode):
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in result:
                line = first_line + key_node.start_mark.line
                raise UnreadableError(Incident("yaml-duplicate-key", shown(key), "", name, line, pointer))
            result[key] = _construct(loader, value_node, f"{pointer}/{pointer_part(key)}", lines, name, first_line)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_construct(loader, n, f"{pointer}/{i}", lines, name, first_line) for i, n in enumerate(node.value)]
    return loader.construct_object(node, deep=True)


def line_of(lines: dict[str, int], pointer: str) -> int | None:
    """Return the line of `pointer`, or of the nearest part above it that has one."""
    while pointer not in lines and pointer:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer)
