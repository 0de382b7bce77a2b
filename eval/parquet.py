"""Parquet: predictions and gold in the shape of the published `reports`, read a batch at a time.

A file of predictions needs `id` and `claims` with offsets; every other field may be absent, and is then no answer. A
null agency is the answer that there is none; any other null is no answer. The text of fragments, which their offsets
imply, is not compared. Line means row here, counted from 1.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet as pq

from onrecord.data.published import json_rows
from onrecord.eval.arrow import NAMES, columns_of_lists
from onrecord.eval.columns import Claims, Codes, Ints
from onrecord.eval.files import opened
from onrecord.eval.flat import Desk, Flags
from onrecord.eval.goldfile import Value, settled
from onrecord.eval.stream import Chunk, Found
from onrecord.eval.tally import CHUNK
from onrecord.schema.errors import OnRecordError
from onrecord.schema.lines import empty_file
from onrecord.schema.prediction import LABELS

_FIELDS: Final = ("content", "source", "cue", "via", *LABELS, "fact", "confidence")
_GOLD: Final = ("id", "dossier", "text", *(f"claims.{name}" for name in _FIELDS[:-1]))
_PREDICTED: Final = ("id", *(f"claims.{name}" for name in _FIELDS))


def gold_batches(path: Path, codes: Codes) -> Iterator[tuple[Value, Chunk]]:
    """Yield the reports of a Parquet file in chunks, and the value of each."""
    desk = Desk(codes, None, gold=True)
    whole = _Whole(path)
    at = 0
    for batch in _batches(path, _GOLD, needed=_GOLD):

        def value(number: int, at: int = at) -> tuple[int, Any]:
            return at + number + 1, json_rows("reports", [whole.row(at + number)])[0]

        names = [batch.column(name).to_pylist() for name in ("id", "dossier", "text")]
        if any(name is None for column in names for name in column):
            raise OnRecordError(f"{path}: id, dossier or text is null in a row; give every report all three")
        with _readable(path):
            claims, odd = columns_of_lists(batch.column("claims"), [desk] * batch.num_rows, names[1], codes)
        yield value, settled(path, (names[0], names[1], names[2]), claims, odd, value, codes)
        at += batch.num_rows


class _Whole:
    """The rows of a file with all their columns, for those that want explaining: read again, in their order."""

    def __init__(self, path: Path) -> None:
        self._read = _batches(path, None)
        self._low, self._batch = 0, None

    def row(self, number: int) -> dict[str, Any]:
        """Return a row, none of which stands more than a batch before one that was asked for."""
        while self._batch is None or number >= self._low + self._batch.num_rows:
            self._low += 0 if self._batch is None else self._batch.num_rows
            self._batch = next(self._read)
        row: dict[str, Any] = self._batch.slice(number - self._low, 1).to_pylist()[0]
        return row


class Rows:
    """Predictions in Parquet: read once from beginning to end where they stand in the order of the gold."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: dict[str, int] = {}
        self._again: dict[str, list[int]] = {}
        batches = _batches(path, ("id",), needed=("id",))
        reports = (report for batch in batches for report in batch.column("id").to_pylist())
        for row, report in enumerate(reports):
            if self._first.setdefault(report, row) != row:
                self._again.setdefault(report, []).append(row)
        if self._first:
            self._restart()

    def _restart(self) -> None:
        self._read = _batches(self._path, _PREDICTED, needed=("id", "claims.content"))
        self._low, self._batch = 0, next(self._read)

    def has(self, report: str) -> bool:
        """Whether a row is about a report."""
        return report in self._first

    def fast(self, chunk: Chunk, desks: Sequence[Desk], codes: Codes) -> tuple[Claims, Flags]:
        """Return the claims of the rows for a chunk."""
        rows = np.array([self._first.get(report, -1) for report in chunk.ids], dtype=np.int64)
        number = np.flatnonzero(rows >= 0)
        order = number[np.argsort(rows[number])]
        lists = _picked(self._take(rows[order]), np.argsort(order)) if len(order) else None
        odd = np.array([report in self._again for report in chunk.ids], dtype=bool)
        with _readable(self._path):
            return columns_of_lists(lists, desks, chunk.dossiers, codes, odd=odd, number=number)

    def slow(self, report: str) -> Iterator[Found]:
        """Yield the rows about a report, as JSON values."""
        for row in [self._first[report], *self._again.get(report, ())]:
            claims = self._take(np.array([row])).to_pylist()[0] or []
            yield row + 1, {"report": report, "claims": [_claim(claim) for claim in claims]}, None

    def rest(self, asked: Collection[str]) -> Iterator[Found]:
        """Yield the rows that are about no report of those `asked` for."""
        if not self._first:
            yield 1, None, empty_file(str(self._path))
        for report in self._first:
            if report not in asked:
                yield from self.slow(report)

    def _take(self, rows: Ints) -> Any:
        """Return the claims of some rows, ascending."""
        if rows[0] < self._low:
            self._restart()
        pieces = []
        while len(rows):
            here = rows[rows < self._low + self._batch.num_rows]
            pieces.append(_picked(self._batch.column("claims"), here - self._low))
            rows = rows[len(here) :]
            if len(rows):
                self._low, self._batch = self._low + self._batch.num_rows, next(self._read)
        return pa.concat_arrays(pieces) if len(pieces) > 1 else pieces[0]


def _picked(array: Any, rows: Ints) -> Any:
    """Return elements of an array: a view of them where they are neighbours, which copies nothing."""
    if np.array_equal(rows, np.arange(len(rows)) + rows[:1]):
        return array.slice(int(rows[0]) if len(rows) else 0, len(rows))
    return array.take(pa.array(rows))


def _claim(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim of a row as the prediction schema has it."""
    claim = {name: value for name, value in row.items() if value is not None or name == "agency"}
    for name, names in NAMES.items():
        if isinstance(claim.get(name), int):
            claim[name] = names[claim[name]] if 0 <= claim[name] < len(names) else claim[name]
    return claim


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        reason = " ".join(str(error).split())
        raise OnRecordError(
            f"{path}: no Parquet that can be read ({reason}); write the file anew", exit_code=2
        ) from None


def _batches(path: Path, fields: Sequence[str] | None, *, needed: Sequence[str] = ()) -> Iterator[Any]:
    """Yield the rows of a Parquet file with the columns that `fields` name, or with all, as they are read.

    Raises `OnRecordError` where the file cannot be read, or lacks a field that is `needed`. One thread reads: the
    columns of a batch are small, and every thread would keep memory of its own.
    """
    with opened(path), _readable(path):  # what is wrong with the path is told as for any other file
        file = pq.ParquetFile(path)
        leaves = [file.schema.column(number).path for number in range(len(file.schema))]
        for field in needed:
            if not any(_belongs(leaf, field) for leaf in leaves):
                raise OnRecordError(f"{path}: there is no column {field}; give the shape of the published reports")
        if fields is None:
            yield from file.iter_batches(batch_size=CHUNK, use_threads=False)
            return
        parts = [leaf for leaf in leaves if any(_belongs(leaf, field) for field in fields)]
        chosen = [leaf for leaf in parts if not leaf.endswith(".text")]  # which the offsets imply
        yield from file.iter_batches(batch_size=CHUNK, columns=chosen, use_threads=False)


def _belongs(leaf: str, field: str) -> bool:
    """Whether a column is a part of a field."""
    names = [part for part in leaf.split(".") if part not in ("list", "element", "item")]
    return ".".join(names[: field.count(".") + 1]) == field
