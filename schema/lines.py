"""JSON Lines, read as bytes, one line at a time: a bad line is an incident, and the lines after it are still read.

Memory stays flat: a line is dropped once it is parsed, and of a line over the limit only as much is read as shows that
it is too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final, cast

import orjson

from onrecord.schema.incidents import Incident, shown
from onrecord.schema.located import UnreadableError, decode, is_binary

LINE_LIMIT: Final = 16 * 2**20
"""The longest line that is parsed, in bytes, its line ending included."""

Line = tuple[int, Any, Incident | None]
"""The number of a line (from 1), its value, and the incident in place of a value where the line has none."""

_BOM: Final = b"\xef\xbb\xbf"
_NUMBER: Final = re.compile(r"[-+.\w]+")
_NOT_FINITE: Final = re.compile(r"[-+]?(?:nan|inf(?:inity)?)\b", re.IGNORECASE)


def read_lines(stream: Iterable[bytes] | BinaryIO, name: str) -> Iterator[Line]:
    """Yield the number and value of every line that is not blank; `name` is the file's name in incidents.

    The incidents are `json-invalid`, `number-not-finite`, `file-not-utf8`, `line-too-long`, `file-empty` (no line has a
    value or an incident) and `file-binary`, behind which nothing is read. Raises `OSError` where the stream does.
    """
    empty = True
    for number, _, line in raw_lines(stream):
        empty = False
        value, incident = read_line(line, name, number)
        yield number, value, incident
        if incident is not None and incident.id == "file-binary":
            return
    if empty:
        yield 1, None, empty_file(name)


def empty_file(name: str) -> Incident:
    """Return the incident of a file in which no line has a value."""
    return Incident("file-empty", "", "", name)


def read_line(line: bytes, name: str, number: int) -> tuple[Any, Incident | None]:
    """Return the value of a line that is not blank, or the incident that is there instead."""
    if len(line) > LINE_LIMIT and not is_binary(line):
        return None, Incident("line-too-long", shown(line[:20].decode("utf-8", "replace")), "", name, number)
    try:
        return orjson.loads(line), None
    except orjson.JSONDecodeError as error:
        return None, _explain(line, error, name, number)


def raw_lines(stream: Iterable[bytes] | BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number (from 1), the offset in bytes and the bytes of every line that is not blank.

    Of a line over the limit only as much as shows that it is.
    """
    for number, (offset, data) in enumerate(_bounded(stream), 1):
        line = data.removeprefix(_BOM) if number == 1 else data
        if line and not line.isspace():
            yield number, offset + len(data) - len(line), line


def read_json(data: bytes, name: str) -> tuple[Any, Incident | None]:
    """Return the value of a file that holds one JSON value, or the incident that is there instead."""
    content = data.removeprefix(_BOM)
    if not content.strip():
        return None, Incident("file-empty", "", "", name)
    try:
        return orjson.loads(content), None
    except orjson.JSONDecodeError as error:
        return None, _explain(content, error, name, None)


def _bounded(stream: Iterable[bytes] | BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the offset and the bytes of every line; of one over the limit, its beginning, which is still over it."""
    at = 0
    if not hasattr(stream, "readline"):
        for line in stream:
            yield at, line
            at += len(line)
        return
    readline = cast(BinaryIO, stream).readline
    while line := readline(LINE_LIMIT + 1):
        yield at, line
        at += len(line)
        ended = len(line) <= LINE_LIMIT or line.endswith(b"\n")
        while not ended:
            rest = readline(2**16)
            at += len(rest)
            ended = not rest or rest.endswith(b"\n")


def _explain(data: bytes, error: orjson.JSONDecodeError, name: str, line: int | None) -> Incident:
    """Return the incident for JSON that orjson refused with `error`; `line` is None for that of a whole file."""
    try:
        text = decode(data, name, line)
    except UnreadableError as unreadable:
        return unreadable.incident
    at = min(error.pos, len(text.rstrip()))
    line = line or text.count("\n", 0, at) + 1
    column = f"column {at - text.rfind(chr(10), 0, at)}"
    number = _NUMBER.match(text, at)
    if number and (error.msg.startswith("number is infinity") or _NOT_FINITE.match(text, at)):
        read = column if _NOT_FINITE.match(text, at) else f"{column}: it is so large that it is read as infinity"
        return Incident("number-not-finite", shown(number[0]), read, name, line)
    around = text[max(at - 10, 0) : at + 10].strip()
    return Incident("json-invalid", shown(around), f"{column}: {error.msg}", name, line)
