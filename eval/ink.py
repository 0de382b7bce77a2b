"""Ink: the characters of a text that overlap is measured in, white space left out.

An *ink offset* counts the characters before it that are not white space, over all texts one after another; so the texts
of a corpus lie in one line, apart, and overlap is arithmetic on integers. At the edges of a fragment quotation marks
and punctuation are left out too (Unicode general category P, and the backtick): a system that puts the closing mark
elsewhere than the gold is not wrong. White space is what `str.isspace` says, and every control character up to U+0020.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from onrecord.eval.columns import Ints

_UTF_32: Final = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
_ONE: Final = np.uint64(1)
_TABLE: Final = 0x3000  # code points below are looked up in a table, the few above one by one


_Points = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
_Flags = npt.NDArray[np.bool_]


def ink_offsets(texts: Sequence[str], parts: Sequence[tuple[Ints, Ints, Ints]]) -> list[Ints]:
    """Return the starts and ends of fragments as ink offsets, trimmed: (2, fragments) for each of `parts`.

    A part is where the fragments of each report begin (reports + 1,), and their starts and ends in code points. Start
    and end are equal where nothing of a fragment is left.
    """
    base = np.fromiter(accumulate(map(len, texts), initial=0), dtype=np.int64, count=len(texts) + 1)
    shift = np.concatenate([base[:-1].repeat(first[1:] - first[:-1]) for first, _, _ in parts])
    edges = np.empty((2, len(shift)), dtype=np.int64)
    np.concatenate([start for _, start, _ in parts], out=edges[0])
    np.concatenate([end for _, _, end in parts], out=edges[1])
    edges += shift
    trimmed = Ink("".join(texts)).trimmed(edges)
    until = accumulate((len(start) for _, start, _ in parts), initial=0)
    return [trimmed[:, low:high] for low, high in pairwise(until)]


class Ink:
    """A text, ready to turn offsets in code points into ink offsets."""

    def __init__(self, text: str) -> None:
        self._points = _points(text)
        # How much ink stands before an offset: whole 64-bit words are summed once, the rest is counted in the word.
        bits = np.packbits(_is_ink(self._points, ascii=text.isascii()), bitorder="little")
        words = np.zeros(len(text) // 64 + 1, dtype=np.uint64)
        words.view(np.uint8)[: len(bits)] = bits
        self._before = np.zeros(len(words) + 1, dtype=np.int64)
        np.bitwise_count(words).cumsum(dtype=np.int64, out=self._before[1:])
        self._words = words << _ONE

    def trimmed(self, edges: Ints) -> Ints:
        """Return fragments, whose starts and ends are `edges` (2, fragments), as ink offsets; `edges` is used up."""
        self._trim(edges[0], edges[1], step=1)
        self._trim(edges[1], edges[0], step=-1)
        word = edges >> 6
        # Of the word in which an offset lies, the bits below it are shifted to the top, and the others out.
        rest = np.bitwise_count(self._words.take(word) << (~edges & 63).view(np.uint64))
        found: Ints = self._before.take(word) + rest
        return found

    def _trim(self, edge: Ints, limit: Ints, *, step: int) -> None:
        """Move `edge`, in place, by `step` toward `limit` while the character on its way is to go."""
        look = min(step, 0)
        points = self._points.take(edge + look, mode="clip")
        active = ((points | 0x20) - 0x61 > 25).nonzero()[0]  # few: most edges are letters from a to z
        active = active.take(_look_up(points.take(active), "edge").nonzero()[0])
        while len(active):
            place = edge.take(active)
            room = place != limit.take(active)
            place += room * step
            edge[active] = place
            loose = _look_up(self._points.take(place + look, mode="clip"), "edge")
            active = active.take((room & loose).nonzero()[0])


def _points(text: str) -> _Points:
    """Return the code points of `text`, in bytes where that is possible."""
    try:
        return np.frombuffer(text.encode("latin-1"), dtype=np.uint8)
    except UnicodeEncodeError:
        return np.frombuffer(text.encode(_UTF_32, "surrogatepass"), dtype=np.uint32)


def _is_ink(points: _Points, *, ascii: bool) -> _Flags:
    ink: _Flags = points > 0x20
    if not ascii:
        high = np.flatnonzero(points > 0x7F)
        ink[high] = ~_look_up(points[high], "space")
    return ink


def _look_up(points: Any, what: str) -> _Flags:
    wide = points.dtype == np.uint32
    flags: _Flags = _table(what, _TABLE if wide else 0x100).take(points, mode="clip")
    if wide:
        beyond = np.flatnonzero(points >= _TABLE)
        if len(beyond):
            distinct, where = np.unique(points[beyond], return_inverse=True)
            flags[beyond] = np.array([_has(chr(code), what) for code in distinct.tolist()])[where]
    return flags


@cache
def _table(what: str, limit: int) -> _Flags:
    return np.array([_has(chr(code), what) for code in range(limit)])


def _has(character: str, what: str) -> bool:
    """Whether a character is white space; for `edge`, whether it is left out at the edge of a fragment."""
    space = character <= " " or character.isspace()
    return space or (what == "edge" and (character == "`" or unicodedata.category(character).startswith("P")))


def ink_length(words: str) -> int:
    """Return the characters of `words` that count, where they stand in no text: trimmed, and without white space."""
    solid = [at for at, character in enumerate(words) if not _has(character, "edge")]
    return sum(not _has(character, "space") for character in words[solid[0] : solid[-1] + 1]) if solid else 0
