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
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from onrecord.eval.columns import Ints

_UTF_32: Final = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
_ALL: Final = np.uint64(2**64 - 1)
_TABLE: Final = 0x3000  # code points below are looked up in a table, the few above one by one

_Points = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]
_Flags = npt.NDArray[np.bool_]


class Ink:
    """The texts of some reports, ready to turn offsets in code points into ink offsets."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._points = _points("".join(texts))
        self._base = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in texts], out=self._base[1:])
        # How much ink stands before an offset: whole 64-bit words are summed once, the rest is counted in the word.
        bits = np.packbits(~_is_space(self._points), bitorder="little")
        words = np.zeros(len(self._points) // 64 + 1, dtype=np.uint64)
        words.view(np.uint8)[: len(bits)] = bits
        self._words = words
        self._before = np.cumsum(np.bitwise_count(words), dtype=np.int64) - np.bitwise_count(words)

    def trimmed(self, report: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return fragments of the texts `report` as ink offsets, trimmed; start and end are equal where none is left.

        All arrays are (fragments,).
        """
        shift = self._base.take(report)
        start, end = start + shift, end + shift
        self._trim(start, end, step=1, look=0)
        self._trim(end, start, step=-1, look=-1)
        return self._ink_before(start), self._ink_before(end)

    def _ink_before(self, offset: Ints) -> Ints:
        word = offset >> 6
        below = ~(_ALL << (offset & 63).view(np.uint64))
        before: Ints = self._before.take(word) + np.bitwise_count(self._words.take(word) & below)
        return before

    def _trim(self, edge: Ints, limit: Ints, *, step: int, look: int) -> None:
        """Move `edge`, in place, by `step` toward `limit` while the character at `edge + look` is to go."""
        active = np.flatnonzero(_is_edge(self._points.take(edge + look, mode="clip")))  # few: most edges are letters
        while len(active := active[edge.take(active) != limit.take(active)]):
            place = edge.take(active) + step
            edge[active] = place
            active = active[_is_edge(self._points.take(place + look, mode="clip"))]


def _points(text: str) -> _Points:
    """Return the code points of `text`, in bytes where that is possible."""
    try:
        return np.frombuffer(text.encode("latin-1"), dtype=np.uint8)
    except UnicodeEncodeError:
        return np.frombuffer(text.encode(_UTF_32, "surrogatepass"), dtype=np.uint32)


def _is_space(points: _Points) -> _Flags:
    space: _Flags = points <= 0x20
    if points.max(initial=0) > 0x7F:
        high = np.flatnonzero(points > 0x7F)
        space[high] = _look_up(points[high], "space")
    return space


def _is_edge(points: Any) -> _Flags:
    return _look_up(points, "edge")


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
