"""The state of one pass over a text, which the constructions read and add to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onrecord.baselines.lexicon import Frame
from onrecord.baselines.phrases import Range, kinds_of
from onrecord.baselines.words import Words

Pattern = Literal[
    "preposed",
    "postposed",
    "inverted",
    "interrupted",
    "participle",
    "coordinated",
    "according",
    "as",
    "colon",
    "fronted",
    "announced",
    "headed",
    "standing",
]
"""The construction that an attribution was found by."""


@dataclass(slots=True)
class Found:
    """An attribution in ranges of word indices, before it becomes one in offsets."""

    content: list[Range]
    source: Range | None
    cue: list[Range]
    frame: Frame
    pattern: Pattern
    verb: str
    complementiser: Range | None = None
    relative: Range | None = None
    via: tuple[Range, ...] = ()
    inside: int | None = None
    at: int = 0


class Scene:
    """A page, the sentence that is being read, and what has been found so far."""

    def __init__(self, page: Words) -> None:
        self.page = page
        self.kinds = kinds_of(page)
        self.found: list[Found] = []
        self.taken: set[int] = set()
        """Numbers of the quotations that belong to an attribution."""
        self.first, self.end = 0, 0
        self.recent: Found | None = None
        """The last outer attribution of the sentence."""
        self.label: Found | None = None
        """The last "Name:" at the head of a paragraph."""
        self.cuts: frozenset[int] = frozenset()
        """Where the content of an earlier attribution has to end, because a coordinated cue follows."""

    def enter(self, first: int, end: int, cuts: frozenset[int]) -> None:
        """Go to the sentence of words `first` to `end` (exclusive)."""
        self.first, self.end, self.cuts, self.recent = first, end, cuts, None

    def add(self, found: Found) -> None:
        """Record `found`; one whose cue stands in the content of the attribution before it is inside that one."""
        recent, found.at = self.recent, len(self.found)
        if self.label is not None and found.content[0][0] < self.label.content[-1][1]:
            found.inside = self.label.at
        if recent is not None and found.cue:
            cue = found.cue[0][0]
            if any(first <= cue < last for first, last in recent.content):
                found.inside = recent.at
        sorts, inside = self.page.sorts, self.page.inside
        for first, last in found.content:
            if inside[first] or '"' in sorts[first:last]:  # most content is long, and not quoted
                self.taken.update(inside[first:last])
        self.found.append(found)
        if found.pattern == "colon":
            self.label = found
        elif recent is None or found.inside != recent.at:
            self.recent = found

    def quote_before(self, at: int) -> int:
        """Return the number of the quotation that ends directly before word `at` (a comma may stand between), or 0."""
        page = self.page
        if at == 0:
            return 0
        number = page.inside[at - 1]
        if not number and page.words[at - 1] == "," and at > 1:
            number = page.inside[at - 2]
        return 0 if number and at in page.breaks else number
