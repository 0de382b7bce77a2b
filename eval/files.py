"""Reading what a user gives, writing what a verb makes: one clear message where it cannot be, nothing half-written."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from onrecord.eval.results import Gold
from onrecord.eval.validate import Validated, validate
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.located import UnreadableError, decode

LIMIT: Final = 16 * 2**20
"""The largest file that holds one text, in bytes; the longest line of JSON Lines is as long."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or standard input for `-`, for reading bytes; raise `OnRecordError` where that is impossible."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except OSError as error:
        raise OnRecordError(f"{path}: {error.strerror}; give the path of a readable file", exit_code=2) from None
    with stream:
        yield stream


def read_document(path: Path) -> str:
    """Return the text of a UTF-8 file in NFC with `\\n` line ends; raise `OnRecordError` for any other file."""
    with opened(path) as stream:
        data = stream.read(LIMIT + 1)
    refuse_long(data, str(path))
    try:
        return text_of(data, str(path))
    except UnreadableError as error:
        raise OnRecordError(f"{path}: no text to read", incidents=[error.incident]) from None


def refuse_long(content: bytes | str, name: str) -> None:
    """Raise `OnRecordError` where a text is longer than the limit; `name` is its place."""
    if len(content) > LIMIT:
        raise OnRecordError(f"{name}: longer than {LIMIT // 2**20} MiB; split it into texts")


def text_of(content: bytes | str, name: str) -> str:
    """Return what is in a file, or a part of one, in NFC with `\\n` line ends.

    Raises `UnreadableError` where it is no UTF-8 or binary, and `OnRecordError` where it is empty; `name` is the place.
    """
    text = decode(content if isinstance(content, bytes) else content.encode(), name)
    if not text.strip():
        raise OnRecordError(f"{name}: the text is empty; give a text")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def read_predictions(path: Path, gold: Gold, codebooks: Mapping[str, Codebook]) -> Validated:
    """Return the predictions in a file of JSON Lines for the reports of `gold`, with the incidents."""
    if path.suffix == ".parquet" and path.is_file():
        fix = "give JSON Lines, or score it with `onrecord score --gold`"
        raise OnRecordError(f"{path}: Parquet is read with gold of one's own alone; {fix}", exit_code=2)
    with opened(path) as stream:
        return validate(stream, gold=gold.reports, codebooks=codebooks, name=str(path))


@contextlib.contextmanager
def writable(path: Path) -> Iterator[None]:
    """Turn the error of whoever writes to `path` into an `OnRecordError`."""
    try:
        yield
    except OSError as error:
        raise OnRecordError(f"{path}: {error.strerror}; give a folder that can be written to", exit_code=2) from None


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, with its folder; raise `OnRecordError` where that is impossible.

    What is there and no regular file (a device, a pipe) is written to, never replaced.
    """
    path = path.resolve()
    with writable(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
