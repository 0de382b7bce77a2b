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
_SPACE, _MARK, _LETTER = b" !x"  # the characters of ASCII that stand for all others
_TABLE: Final = 0x3000  # code points below are looked up in a table, the few above one by one

_Letters = npt.NDArray[np.uint8]


def ink_offsets(texts: Sequence[str], parts: Sequence[tuple[Ints, Ints, Ints]]) -> list[Ints]:
    """Return the starts and ends of fragments as ink offsets, trimmed: (2, fragments) for each of `parts`.

    A part is where the fragments of each report begin (reports + 1,), and their starts and ends in code points. Start
    and end are equal where nothing of a fragment is left.
    """
    length = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    base = length.cumsum() - length
    until = list(accumulate((len(start) for _, start, _ in parts), initial=0))
    edges = np.empty((2, until[-1]), dtype=np.int64)
    for (first, start, end), low, high in zip(parts, until[:-1], until[1:], strict=True):
        shift = base.repeat(first[1:] - first[:-1])
        np.add(start, shift, out=edges[0, low:high])
        np.add(end, shift, out=edges[1, low:high])
    trimmed = Ink("".join(texts)).trimmed(edges)
    return [trimmed[:, low:high] for low, high in pairwise(until)]


class Ink:
    """A text, ready to turn offsets in code points into ink offsets."""

    def __init__(self, text: str) -> None:
        self._letters = _in_ascii(text)
        # How much ink stands before an offset: whole 64-bit words are summed once, the rest is counted in the word.
        bits = np.packbits(self._letters > _SPACE, bitorder="little")
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
        letters = self._letters.take(edge + look if look else edge, mode="clip")
        active = ((letters | 0x20) - 0x61 > 25).nonzero()[0]  # few: most edges are letters from a to z
        active = active.take(_loose().take(letters.take(active)).nonzero()[0])
        while len(active):
            place = edge.take(active)
            room = place != limit.take(active)
            place += room * step
            edge[active] = place
            loose = _loose().take(self._letters.take(place + look, mode="clip"))
            active = active.take((room & loose).nonzero()[0])


def _in_ascii(text: str) -> _Letters:
    """Return `text` with one of ASCII's characters for every other: a space, a mark or a letter, as that is."""
    try:
        points: Any = np.frombuffer(text.encode("latin-1"), dtype=np.uint8)
    except UnicodeEncodeError:
        points = np.frombuffer(text.encode(_UTF_32, "surrogatepass"), dtype=np.uint32)
    letters: _Letters = points.astype(np.uint8, copy=False)
    if not text.isascii():
        other = (points > 0x7F).nonzero()[0]
        letters = letters.copy()
        letters[other] = _stand_ins(points.take(other))
    return letters


def _stand_ins(points: Any) -> _Letters:
    letters: _Letters = _table().take(points, mode="clip")
    beyond = (points >= _TABLE).nonzero()[0]
    if len(beyond):
        distinct, where = np.unique(points.take(beyond), return_inverse=True)
        letters[beyond] = np.array([_stand_in(code) for code in distinct.tolist()], dtype=np.uint8)[where]
    return letters


@cache
def _table() -> _Letters:
    return np.array([_stand_in(code) for code in range(_TABLE)], dtype=np.uint8)


@cache
def _loose() -> npt.NDArray[np.bool_]:
    """Whether each character of ASCII is left out at the edge of a fragment."""
    return np.array([_has(chr(code), "edge") for code in range(0x80)])


def _stand_in(code: int) -> int:
    return _SPACE if _has(chr(code), "space") else _MARK if _has(chr(code), "edge") else _LETTER


def _has(character: str, what: str) -> bool:
    """Whether a character is white space; for `edge`, whether it is left out at the edge of a fragment."""
    space = character <= " " or character.isspace()
    return space or (what == "edge" and (character == "`" or unicodedata.category(character).startswith("P")))


def ink_length(words: str) -> int:
    """Return the characters of `words` that count, where they stand in no text: trimmed, and without white space."""
    solid = [at for at, character in enumerate(words) if not _has(character, "edge")]
    return sum(not _has(character, "space") for character in words[solid[0] : solid[-1] + 1]) if solid else 0
