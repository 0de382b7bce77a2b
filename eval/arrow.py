"""Arrow: claims of a Parquet file, in the shape of the published `reports`, as columns without a Python value for each.

A file of predictions needs `id` and `claims` with offsets; every other field may be absent, and is then no answer. A
null agency is the answer that there is none; any other null is no answer. Line means row here, counted from 1.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import is_
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet as pq

from onrecord.data.published import json_rows
from onrecord.eval.columns import OPEN, Claims, Codes, Ints
from onrecord.eval.flat import UNKNOWN, Desk, Flags, roles_of
from onrecord.eval.goldfile import Value, settled
from onrecord.eval.stream import Chunk, Found
from onrecord.eval.tally import CHUNK
from onrecord.schema.errors import OnRecordError
from onrecord.schema.lines import empty_file
from onrecord.schema.prediction import LABELS
from onrecord.schema.vocabulary import KINDS, STANCES

_NAMES: Final = {"stance": STANCES, "kind": KINDS}
_FIELDS: Final = ("content", "source", "cue", "via", *LABELS, "fact", "confidence")
_GOLD: Final = ("id", "dossier", "text", *(f"claims.{name}" for name in _FIELDS[:-1]))
_PREDICTED: Final = ("id", *(f"claims.{name}" for name in _FIELDS))


def gold_batches(path: Path, codes: Codes) -> Iterator[tuple[Value, Chunk]]:
    """Yield the reports of a Parquet file in chunks, and the value of each."""
    desk = Desk(codes, None, gold=True)
    at = 0
    for batch in _batches(path, _GOLD, whole=True):

        def value(number: int, at: int = at, batch: Any = batch) -> tuple[int, Any]:
            return at + number + 1, json_rows("reports", batch.slice(number, 1).to_pylist())[0]

        names = [batch.column(name).to_pylist() for name in ("id", "dossier", "text")]
        if any(name is None for column in names for name in column):
            raise OnRecordError(f"{path}: id, dossier or text is null in a row; give every report all three")
        claims, odd = columns_of_lists(batch.column("claims"), [desk] * batch.num_rows, names[1], codes)
        yield value, settled(path, (names[0], names[1], names[2]), claims, odd, value, codes)
        at += batch.num_rows


class Rows:
    """Predictions in Parquet: read once from beginning to end where they stand in the order of the gold."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: dict[str, int] = {}
        self._again: dict[str, list[int]] = {}
        reports = (report for batch in _batches(path, ("id",)) for report in batch.column("id").to_pylist())
        for row, report in enumerate(reports):
            if self._first.setdefault(report, row) != row:
                self._again.setdefault(report, []).append(row)
        if self._first:
            self._restart()

    def _restart(self) -> None:
        self._read = _batches(self._path, _PREDICTED)
        self._low, self._batch = 0, next(self._read)

    def has(self, report: str) -> bool:
        """Whether a row is about a report."""
        return report in self._first

    def fast(self, chunk: Chunk, desks: Sequence[Desk], codes: Codes) -> tuple[Claims, Flags]:
        """Return the claims of the rows for a chunk."""
        rows = np.array([self._first.get(report, -1) for report in chunk.ids], dtype=np.int64)
        number = np.flatnonzero(rows >= 0)
        order = number[np.argsort(rows[number])]
        lists = self._take(rows[order]).take(pa.array(np.argsort(order))) if len(order) else None
        odd = np.array([report in self._again for report in chunk.ids], dtype=bool)
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
            pieces.append(self._batch.column("claims").take(pa.array(here - self._low)))
            rows = rows[len(here) :]
            if len(rows):
                self._low, self._batch = self._low + self._batch.num_rows, next(self._read)
        return pa.concat_arrays(pieces)


def _claim(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim of a row as the prediction schema has it."""
    claim = {name: value for name, value in row.items() if value is not None or name == "agency"}
    for name, names in _NAMES.items():
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


def _batches(path: Path, fields: Sequence[str], *, whole: bool = False) -> Iterator[Any]:
    """Yield the rows of a Parquet file with the columns that `fields` name, or with all (`whole`), as they are read.

    Raises `OnRecordError` where the file cannot be read, or lacks a field that is needed: all of them with `whole`.
    """
    with _readable(path):
        file = pq.ParquetFile(path)
        leaves = [file.schema.column(number).path for number in range(len(file.schema))]
        needed = fields if whole else [name for name in fields if name in ("id", "claims.content")]
        for field in needed:
            if not any(_belongs(leaf, field) for leaf in leaves):
                raise OnRecordError(f"{path}: there is no column {field}; give the shape of the published reports")
        parts = [leaf for leaf in leaves if any(_belongs(leaf, field) for field in fields)]
        chosen = [leaf for leaf in parts if not leaf.endswith(".text")]  # which the offsets imply
        yield from file.iter_batches(batch_size=CHUNK, columns=None if whole else chosen)


def _belongs(leaf: str, field: str) -> bool:
    """Whether a column is a part of a field."""
    names = [part for part in leaf.split(".") if part not in ("list", "element", "item")]
    return ".".join(names[: field.count(".") + 1]) == field


def columns_of_lists(
    lists: Any, desks: Sequence[Desk], dossiers: Sequence[str], codes: Codes, *,
    odd: Flags | None = None, number: Ints | None = None,
) -> tuple[Claims, Flags]:  # fmt: skip
    """Return the claims of an array of lists, in their order, and `odd` with the reports that are odd beside.

    The i-th list is report `number[i]`'s, which is i by default.
    """
    odd = np.zeros(len(dossiers), dtype=bool) if odd is None else odd
    if lists is None:
        lists, number = pa.array([], pa.list_(pa.struct([]))), np.zeros(0, dtype=np.int64)
    number = np.arange(len(lists)) if number is None else number
    lengths, claims = _flat(lists)
    report = np.repeat(number, lengths)
    n = len(report)
    none = np.zeros(n, dtype=np.int64)
    content, *roles = (_spans(_field(claims, role), n) for role in ("content", "source", "cue"))
    via, strange = _relays(_field(claims, "via"), n, report, desks)
    odd[report[strange]] = True
    labels = [_coded(_field(claims, name), name, at, report, desks) for at, name in enumerate(LABELS)]
    return Claims(
        n_reports=len(dossiers),
        report=report,
        first=np.concatenate([[0], np.cumsum(np.bincount(content[0], minlength=n))]),
        start=content[1],
        end=content[2],
        labels=np.stack(labels, axis=1).reshape(n, len(LABELS)),
        fact=_facts(_field(claims, "fact"), report, dossiers, codes),
        words=none,
        roles=roles_of(roles, via, none),
    ), odd


def _flat(lists: Any) -> tuple[Ints, Any]:
    """Return the lengths of lists, 0 for null, and their elements one after another."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths, lists.flatten()


def _field(structs: Any, name: str) -> Any:
    """Return a field of structs, or None where they have none such, or are none (an empty list may be of anything)."""
    if structs is None or not pa.types.is_struct(structs.type) or structs.type.get_field_index(name) < 0:
        return None
    return pc.struct_field(structs, name)


def _ints(array: Any, n: int) -> Ints:
    """Return integers, -1 for null, and for all `n` where there is no array."""
    if array is None:
        return np.full(n, -1, dtype=np.int64)
    values: Ints = pc.fill_null(pc.cast(array, pa.int64()), -1).to_numpy(zero_copy_only=False)
    return values


def _spans(lists: Any, n: int) -> tuple[Ints, Ints, Ints]:
    """Return owner, start and end of the fragments in an array of lists of fragments."""
    if lists is None:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    lengths, fragments = _flat(lists)
    start, end = (_ints(_field(fragments, name), len(fragments)) for name in ("start", "end"))
    return np.repeat(np.arange(n), lengths), start, end


def _relays(lists: Any, n: int, report: Ints, desks: Sequence[Desk]) -> tuple[tuple[Ints, Ints, Ints, Ints], Ints]:
    """Return claim, agent, start and end of the relays' fragments, and the claims whose relays are odd."""
    none = np.zeros(0, dtype=np.int64)
    lengths, relays = (none, None) if lists is None else _flat(lists)
    if not lengths.any():
        return (none, none, none, none), none
    claim = np.repeat(np.arange(n), lengths)
    names = _field(relays, "agent").to_pylist()
    agent = np.array(
        [desks[r].relays[name] if name else UNKNOWN for r, name in zip(report[claim].tolist(), names, strict=True)],
        dtype=np.int64,
    )
    owner, start, end = _spans(_field(relays, "fragments"), len(claim))
    order = np.lexsort((agent, claim))
    twice = (np.diff(claim[order]) == 0) & (np.diff(agent[order]) == 0)
    return (claim[owner], agent[owner], start, end), np.concatenate([claim[agent == UNKNOWN], claim[order][1:][twice]])


def _coded(array: Any, name: str, at: int, report: Ints, desks: Sequence[Desk]) -> Ints:
    """Return the codes of a label: each distinct value of each dossier is looked up once."""
    if array is None:
        return np.full(len(report), OPEN, dtype=np.int64)
    if pa.types.is_integer(array.type):
        return _coded(_named(array, _NAMES[name]), name, at, report, desks)
    values, index = _encoded(array)
    if all(map(is_, desks, desks[1:])):
        known: Ints = np.array([_code(desks[0], at, value) for value in values], dtype=np.int64)
        return known[index]
    desk_of, kinds = _numbered(desks, report)
    return _looked_up(desk_of, index, len(values), lambda desk, value: _code(kinds[desk], at, values[value]))


def _facts(array: Any, report: Ints, dossiers: Sequence[str], codes: Codes) -> Ints:
    """Return the codes of facts; an id is one of its dossier."""
    if array is None:
        return np.full(len(report), OPEN, dtype=np.int64)
    values, index = _encoded(array)
    dossier_of, names = _numbered(dossiers, report)

    def code(dossier: int, value: int) -> int:
        fact = values[value]
        return codes.setdefault((names[dossier], fact), len(codes)) if fact else OPEN

    return _looked_up(dossier_of, index, len(values), code)


def _encoded(array: Any) -> tuple[list[Any], Ints]:
    """Return the distinct values of an array, null the last, and the index of each element among them."""
    encoded = array.dictionary_encode()
    values = [*encoded.dictionary.to_pylist(), None]
    index = pc.fill_null(encoded.indices, len(values) - 1).to_numpy(zero_copy_only=False)
    return values, index.astype(np.int64)


def _numbered(things: Sequence[Any], report: Ints) -> tuple[Ints, list[Any]]:
    """Return the number of the thing of each claim's report among the distinct ones, and these."""
    place: dict[Any, int] = {}
    number = np.array([place.setdefault(thing, len(place)) for thing in things], dtype=np.int64)
    return number[report], list(place)


def _looked_up(group: Ints, index: Ints, n: int, code: Callable[[int, int], int]) -> Ints:
    """Return the code of each group and index under `n`, each distinct pair looked up once."""
    keys, inverse = np.unique(group * n + index, return_inverse=True)
    return np.array([code(*divmod(key, n)) for key in keys.tolist()], dtype=np.int64)[inverse]


def _code(desk: Desk, at: int, value: object) -> int:
    if at >= LABELS.index("stance") and value is not None and value not in _NAMES[LABELS[at]]:
        return UNKNOWN
    return desk.labels[at][value] if value != "" else UNKNOWN


def _named(array: Any, names: Sequence[str]) -> Any:
    """Return class labels as names, and as themselves where they are none."""
    inside = pc.and_(pc.greater_equal(array, 0), pc.less(array, len(names)))
    known = pc.take(pa.array(names), pc.if_else(inside, array, 0))
    return pc.if_else(inside, known, pc.cast(array, pa.string()))
