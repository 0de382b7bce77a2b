"""Arrow: claims as columns, without a Python value for each of them.

Integers are taken from Arrow's buffers: its own ways from and to NumPy import pandas, which takes longer than scoring
ten thousand reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onrecord.eval.columns import OPEN, Claims, Codes, Ints
from onrecord.eval.flat import UNKNOWN, Desk, Flags, firsts, odd_relays, roles_of
from onrecord.schema.prediction import LABELS
from onrecord.schema.vocabulary import KINDS, STANCES

NAMES: Final = {"stance": STANCES, "kind": KINDS}
"""The class labels, which a file may hold as numbers or as names."""


def columns_of_lists(
    lists: Any, desks: Sequence[Desk], dossiers: Sequence[str], codes: Codes, *,
    odd: Flags | None = None, number: Ints | None = None,
) -> tuple[Claims, Flags]:  # fmt: skip
    """Return the claims of an array of lists, in their order, and `odd` with the reports that are odd beside.

    The i-th list is report `number[i]`'s, which is i by default.
    """
    odd = np.zeros(len(dossiers), dtype=bool) if odd is None else odd
    if lists is None:
        lists, number = pa.nulls(0, pa.list_(pa.struct([]))), np.zeros(0, dtype=np.int64)
    number = np.arange(len(lists)) if number is None else number
    lengths, claims = _flat(lists)
    report = np.repeat(number, lengths)
    n = len(report)
    none = np.zeros(n, dtype=np.int64)
    content, *roles = (_spans(_field(claims, role), n) for role in ("content", "source", "cue"))
    via, strange = _relays(_field(claims, "via"), n, report, desks)
    odd[strange] = True
    labels = [_coded(_field(claims, name), name, at, report, desks) for at, name in enumerate(LABELS)]
    return Claims(
        n_reports=len(dossiers),
        report=report,
        first=firsts(content[0], n),
        start=content[1],
        end=content[2],
        labels=np.stack(labels, axis=1).reshape(n, len(LABELS)),
        fact=_facts(_field(claims, "fact"), report, dossiers, codes),
        words=none,
        roles=roles_of(roles, via, none),
    ), odd


def _flat(lists: Any) -> tuple[Ints, Any]:
    """Return the lengths of lists, 0 for null, and their elements one after another."""
    return _whole(pc.list_value_length(lists), 0), lists.flatten()


def _whole(array: Any, null: int) -> Ints:
    """Return integers, `null` for null; raise `pa.ArrowException` for what are none."""
    array = array.cast(pa.int64())
    if array.null_count == len(array):
        return np.full(len(array), null, dtype=np.int64)
    valid, data = array.buffers()
    values = np.frombuffer(data, dtype=np.int64)[array.offset :][: len(array)]
    if not array.null_count:
        return values
    bits = np.unpackbits(np.frombuffer(valid, dtype=np.uint8), bitorder="little")[array.offset :][: len(array)]
    return np.where(bits, values, null)


def _field(structs: Any, name: str) -> Any:
    """Return a field of structs, or None where they have none such, or are none (an empty list may be of anything)."""
    if structs is None or not pa.types.is_struct(structs.type) or structs.type.get_field_index(name) < 0:
        return None
    return pc.struct_field(structs, name)


def _ints(array: Any, n: int) -> Ints:
    """Return integers, -1 for null, and for all `n` where there is no array."""
    if array is None:
        return np.full(n, -1, dtype=np.int64)
    try:
        return _whole(array, -1)
    except pa.ArrowException:  # no offsets: the way of records says what they are
        return np.full(len(array), -1, dtype=np.int64)


def _spans(lists: Any, n: int) -> tuple[Ints, Ints, Ints]:
    """Return owner, start and end of the fragments in an array of lists of fragments."""
    if lists is None:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    lengths, fragments = _flat(lists)
    start, end = (_ints(_field(fragments, name), len(fragments)) for name in ("start", "end"))
    return np.repeat(np.arange(n), lengths), start, end


def _relays(lists: Any, n: int, report: Ints, desks: Sequence[Desk]) -> tuple[tuple[Ints, Ints, Ints, Ints], Ints]:
    """Return claim, agent, start and end of the relays' fragments, and the reports whose relays are odd."""
    none = np.zeros(0, dtype=np.int64)
    lengths, relays = (none, None) if lists is None else _flat(lists)
    if not lengths.any():
        return (none, none, none, none), none
    claim = np.repeat(np.arange(n), lengths)
    names, index = _encoded(_field(relays, "agent"))
    desk_of, kinds = _numbered(desks, report[claim])

    def code(desk: int, at: int) -> int:
        return kinds[desk].relays[names[at]] if _is_name(names[at]) else UNKNOWN

    agent = _looked_up(desk_of, index, len(names), code)
    owner, start, end = _spans(_field(relays, "fragments"), len(claim))
    return (claim[owner], agent[owner], start, end), report[odd_relays(claim, agent)]


def _coded(array: Any, name: str, at: int, report: Ints, desks: Sequence[Desk]) -> Ints:
    """Return the codes of a label: each distinct value of each dossier is looked up once."""
    if array is None:
        return np.full(len(report), OPEN, dtype=np.int64)
    if name in NAMES and pa.types.is_integer(array.type):
        return _coded(_named(array, NAMES[name]), name, at, report, desks)
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
    return values, _whole(encoded.indices, len(values) - 1)


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
    if at >= LABELS.index("stance") and value is not None and value not in NAMES[LABELS[at]]:
        return UNKNOWN
    return desk.labels[at][value] if value is None or _is_name(value) else UNKNOWN


def _named(array: Any, names: Sequence[str]) -> Any:
    """Return class labels as names, and as themselves where they are none."""
    inside = pc.and_(pc.greater_equal(array, 0), pc.less(array, len(names)))
    known = pc.take(pa.array(names), pc.if_else(inside, array, 0))
    return pc.if_else(inside, known, pc.cast(array, pa.string()))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""
