"""Quotation marks as rules for extraction see them: pairs of words, in one pass, whatever the text does with its marks.

`onrecord.schema.quotation` decides what the *form* of a claim is; it weighs every character. This module serves
extractors that read thousands of documents a second: it looks only at the marks, knows the typewriter's `''` as well,
and never looks back, so its time is linear in the number of marks. A quotation ends with its paragraph; where the next
paragraph begins with the same opening mark it goes on there, and otherwise a mark that nothing closes opens nothing.
Nested quotations belong to the outer one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_CLOSERS: Final = {"“": "”", '"': '"', "''": "''", "«": "»", "„": "“", "‘": "’", "'": "'", "”": "”", "`": "'"}
MARKS: Final = frozenset([*_CLOSERS, *_CLOSERS.values()])
_SINGLE: Final = frozenset("‘'’`")
_ALWAYS_OPEN: Final = frozenset("“«„")
_ALWAYS_CLOSE: Final = frozenset("”»“")
_BEFORE_OPENING: Final = frozenset("([—–-/:“‘\"'")
"""What an opening mark may follow without white space."""


class Quoted(NamedTuple):
    """A quotation: the indices of its first and last word, marks included; `open` where the paragraph ends before
    the mark closes.
    """

    first: int
    last: int
    open: bool


def quoted(words: Sequence[str], spaced: Sequence[str], edges: Sequence[int], marks: Sequence[int]) -> list[Quoted]:
    """Return the outermost quotations among `words`, in order; `spaced` are these with the white space behind them.

    `edges` begin paragraphs, `marks` are those in `MARKS`, by index.
    """
    found: list[Quoted] = []
    at = 0
    while at < len(marks):
        paragraph = bisect_right(edges, marks[at])
        end = edges[paragraph] if paragraph < len(edges) else len(words)
        following = bisect_left(marks, end, at)
        heir = words[end] if end < len(words) else ""
        found.extend(_paragraph(words, spaced, marks[at:following], end, heir))
        at = following
    return found


def _paragraph(
    words: Sequence[str], spaced: Sequence[str], marks: Sequence[int], end: int, heir: str
) -> Iterator[Quoted]:
    opening: int | None = None
    last_of = {words[i]: i for i in marks}
    for i in marks:
        word = words[i]
        if opening is not None and word == _CLOSERS[words[opening]] and _can_close(words, spaced, i):
            yield Quoted(opening, i, False)
            opening = None
        elif (opening is None or word == words[opening]) and _can_open(words, spaced, i):
            # A mark that nothing can close opens nothing; of two openings in a row the second is meant.
            closes = last_of.get(_CLOSERS[word], -1) > i or (heir == word and word not in _SINGLE)
            opening = i if closes else opening
    if opening is not None and heir == words[opening]:
        yield Quoted(opening, end - 1, True)


def _can_open(words: Sequence[str], spaced: Sequence[str], at: int) -> bool:
    word = words[at]
    if word in _ALWAYS_OPEN:
        return True
    if word not in _CLOSERS or not _tight_right(words, spaced, at):
        return False
    return not _tight_left(words, spaced, at) or words[at - 1] in _BEFORE_OPENING


def _can_close(words: Sequence[str], spaced: Sequence[str], at: int) -> bool:
    word = words[at]
    if word in _ALWAYS_CLOSE:
        return True
    tight_left, tight_right = _tight_left(words, spaced, at), _tight_right(words, spaced, at)
    if word in _SINGLE:
        return tight_left and not (tight_right and words[at + 1][0].isalnum())
    return tight_left or not tight_right


def _tight_left(words: Sequence[str], spaced: Sequence[str], at: int) -> bool:
    """Whether a word stands in front of the mark at `at` without white space between."""
    return at > 0 and len(spaced[at - 1]) == len(words[at - 1])


def _tight_right(words: Sequence[str], spaced: Sequence[str], at: int) -> bool:
    return at + 1 < len(words) and len(spaced[at]) == len(words[at])
