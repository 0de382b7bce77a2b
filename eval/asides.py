"""Asides: attributions in the midst of words, as in “The matter,” he said, “was considered”.

A copy of the words may leave them out. What is taken for one is at most `LONGEST` characters of one paragraph, with
punctuation at both ends, so that no passages are joined that merely stand near each other. Ranks count letters of the
skeleton of the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from onrecord.eval.grounding import Page

LONGEST: Final = 160  # characters
_SHORTEST: Final = 4  # letters
_MISS: Final = 4  # an alignment may miss the border of an aside by this part of its letters
_TRIES: Final = 4  # places of the second piece that are looked at

Ranks = list[tuple[int, int]]


def aside(page: Page, end: int, start: int) -> tuple[int, int] | None:
    """Return the ranks between which an aside stands that begins near rank `end` and stops near `start`, or None."""
    if not _SHORTEST <= start - end <= LONGEST:
        return None
    near = (start - end) // _MISS
    left = [rank for rank in range(end - near, end + near + 1) if _mark_behind(page, rank)]
    right = [rank for rank in range(start - near, start + near + 1) if _mark_before(page, rank)]
    pairs = [(abs(x - end) + abs(y - start), x, y) for x in left for y in right if y - x >= _SHORTEST]
    return next(((x, y) for _, x, y in sorted(pairs) if _is_aside(page, x, y)), None)


def _mark_behind(page: Page, rank: int) -> bool:
    """Whether punctuation follows the letter before `rank`."""
    if not 0 < rank < len(page.skeleton.start):
        return False
    at, to = page.skeleton.end[rank - 1], page.skeleton.start[rank]
    return bool(at < to) and _is_mark(page.text[at:to].strip()[:1])


def _mark_before(page: Page, rank: int) -> bool:
    """Whether punctuation stands before the letter at `rank`."""
    if not 0 < rank < len(page.skeleton.start):
        return False
    at, to = page.skeleton.end[rank - 1], page.skeleton.start[rank]
    return bool(at < to) and _is_mark(page.text[at:to].strip()[-1:])


def _is_mark(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] == "P"


def _is_aside(page: Page, left: int, right: int) -> bool:
    between = page.text[page.skeleton.end[left - 1] : page.skeleton.start[right]].strip()
    return len(between) <= LONGEST and "\n" not in between


def splits(page: Page, wanted: str, hits: Sequence[tuple[int, int]], seed: int) -> Iterator[Ranks]:
    """Yield where the text has `wanted` letter by letter in two pieces, with an aside between them.

    `hits` are where seeds of `seed` letters stand, as (place - rank in the words, rank in the words): the longer of
    the pieces begins with the first seed or ends with the last.
    """
    text, size = page.skeleton.letters, len(wanted)
    for move, at in hits:
        if at == 0:
            first = _common(wanted, text[move : move + size])
            for place in _places(text, wanted[first:], move + first, move + size + LONGEST):
                if found := aside(page, move + first, place):
                    yield [(move, found[0]), (found[1], place + size - first)]
        elif at == size - seed and move + size <= len(text):
            end = move + size
            last = _common(wanted[::-1], text[max(move, 0) : end][::-1])
            low = max(move - LONGEST, 0)
            for place in _places(text, wanted[: size - last], low, end - last):
                if found := aside(page, place + size - last, end - last):
                    yield [(place, found[0]), (found[1], end)]


def _common(one: str, other: str) -> int:
    """Return how many letters the beginnings of two strings have in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _places(text: str, piece: str, low: int, high: int) -> Iterator[int]:
    for _ in range(_TRIES if piece else 0):
        low = text.find(piece, low, high)
        if low < 0:
            return
        yield low
        low += 1
