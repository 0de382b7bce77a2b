"""Grounding: where words stand in a text, to the letter or by their skeletons (`onrecord.eval.skeleton`).

An occurrence begins and ends between grapheme clusters and cuts no number. One that cuts a word (*he* in *the*) counts
only where no other is found, and never for a source, a cue or a relay; scripts without spaces between words have no
such borders. All spans are pairs of offsets in code points of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final, Literal

from onrecord.eval.numbers import cuts_number, negations, numbers
from onrecord.eval.skeleton import Skeleton, letters, skeleton
from onrecord.schema.offsets import character_borders

Span = tuple[int, int]
Spans = tuple[Span, ...]
Way = Literal["exact", "normalised"]

_MOST: Final = 4096  # occurrences refused in one search, after which it ends: no text of news has as many
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)


class Page:
    """A text, ready to be searched for words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.borders = character_borders(text)

    @cached_property
    def skeleton(self) -> Skeleton:
        """The skeleton of the text."""
        return skeleton(self.text)

    def rank(self, at: int) -> int:
        """Return how many letters of the skeleton stand before the offset `at`."""
        return int(self.skeleton.start.searchsorted(at))

    def first(self, words: str, way: Way, low: int, high: int, *, within: bool = False) -> Span | None:
        """Return the first occurrence of `words` in `text[low:high]`; inside of words where `within`."""
        return next(self._occurrences(words, way, low, high, within=within), None)

    def last(self, words: str, way: Way, low: int, high: int, *, within: bool = False) -> Span | None:
        """Return the last occurrence of `words` in `text[low:high]`; inside of words where `within`."""
        return next(self._occurrences(words, way, low, high, within=within, backward=True), None)

    def chains(self, parts: Sequence[str], way: Way) -> Iterator[Spans]:
        """Yield where `parts` stand one after another, from the front, each chain behind the one before.

        Of the chains that end at one place it is the shortest: no part is taken from an earlier passage.
        """
        yielded = False
        if not all(self._holds(part, way) for part in parts):
            return
        for within in (False, True):
            at = 0
            while chain := self._chain(parts, way, at, within=within):
                yield chain
                yielded, at = True, chain[-1][1]
            if yielded:
                return

    def _holds(self, part: str, way: Way) -> bool:
        return part.strip() in self.text if way == "exact" else letters(part) in self.skeleton.letters

    def _chain(self, parts: Sequence[str], way: Way, at: int, *, within: bool) -> Spans:
        low, chain = at, []
        for part in parts:
            span = self.first(part, way, low, len(self.text), within=within)
            if span is None:
                return ()
            chain.append(span)
            low = span[1]
        for number in range(len(parts) - 2, -1, -1):
            nearer = self.last(parts[number], way, at, chain[number + 1][0], within=within)
            chain[number] = nearer or chain[number]
        return tuple(chain)

    def _occurrences(
        self, words: str, way: Way, low: int, high: int, *, within: bool, backward: bool = False
    ) -> Iterator[Span]:
        """Yield occurrences, from the front or from the back; they may overlap."""
        exact = way == "exact"
        needle = words.strip() if exact else letters(words)
        space = self.text if exact else self.skeleton.letters
        if not needle:
            return
        plain = exact or needle.isalpha()  # as many letters, and no number among them
        if not exact:
            low, high = self.rank(low), self.rank(high)
        find = space.rfind if backward else space.find
        for _ in range(_MOST):
            at = find(needle, low, high)
            if at < 0:
                return
            span = (at, at + len(needle)) if exact else self._span(at, at + len(needle))
            if span and self.fits(*span, within=within) and (plain or self.same_numbers(words, (span,))):
                yield span
            low, high = (low, at + len(needle) - 1) if backward else (at + 1, high)

    def _span(self, first: int, last: int) -> Span | None:
        """Return the span of the letters from `first` to before `last`, or None where these cut a cluster."""
        start, end = self.skeleton.start, self.skeleton.end
        if (first and start[first - 1] == start[first]) or (last < len(start) and start[last] == start[last - 1]):
            return None
        return int(start[first]), int(end[last - 1])

    def fits(self, start: int, end: int, *, within: bool) -> bool:
        """Whether a span cuts no character, no number and, unless `within`, no word."""
        if self.borders is not None and not (start in self.borders and end in self.borders):
            return False
        if not within and (self.cuts_word(start) or self.cuts_word(end)):
            return False
        return not (cuts_number(self.text, start) or cuts_number(self.text, end))

    def cuts_word(self, at: int) -> bool:
        """Whether the offset `at` stands inside a word of a script that puts spaces between words."""
        if not 0 < at < len(self.text):
            return False
        before, after = self.text[at - 1], self.text[at]
        return _in_word(before) and _in_word(after) and not _UNSPACED.search(before + after)

    def same_sense(self, words: str, spans: Spans) -> bool:
        """Whether the text at `spans` has the numbers of `words`, and as many negations."""
        said = sum(negations(self.text[start:end]) for start, end in spans)
        return said == negations(words) and self.same_numbers(words, spans)

    def same_numbers(self, words: str, spans: Spans) -> bool:
        """Whether the text at `spans` has the numbers of `words`."""
        return numbers(words) == numbers(" ".join(self.text[start:end] for start, end in spans))

    def nearest(self, parts: Sequence[str], content: Spans) -> Spans:
        """Return where `parts`, in order, stand nearest to `content` and outside it, or else in it; () if nowhere."""
        for way in ("exact", "normalised"):
            found: list[Span] = []
            for part in parts:
                low = found[-1][1] if found else 0
                span = self._nearest(part, way, content, low)
                if span is None:
                    break
                found.append(span)
            else:
                return tuple(found)
        return ()

    def _nearest(self, words: str, way: Way, content: Spans, low: int) -> Span | None:
        edges = [low, *(edge for span in content for edge in span), len(self.text)]
        found: list[tuple[int, Span]] = []
        for number in range(0, len(edges), 2):
            first, last = max(edges[number], low), edges[number + 1]
            if first < last:
                before = self.last(words, way, first, last) if number + 2 < len(edges) else None
                after = self.first(words, way, first, last) if number else None
                found += [(last - span[1], span) for span in (before,) if span]
                found += [(span[0] - first, span) for span in (after,) if span]
        if found:
            return min(found)[1]
        inside = (self.first(words, way, max(start, low), end) for start, end in content)
        return next((span for span in inside if span), None)


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"
