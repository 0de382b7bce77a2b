"""The state of one pass over a text, which the constructions read and add to."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    via: list[Range] = field(default_factory=list)
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
        found.at = len(self.found)
        if self.label is not None and found.content[0][0] < self.label.content[-1][1]:
            found.inside = self.label.at
        if self.recent is not None and found.cue and any(a <= found.cue[0][0] < b for a, b in self.recent.content):
            found.inside = self.recent.at
        for first, last in found.content:
            self.taken.update(self.page.inside[first:last])
        self.found.append(found)
        if found.pattern == "colon":
            self.label = found
        elif self.recent is None or found.inside != self.recent.at:
            self.recent = found

    def quote_before(self, at: int) -> int:
        """Return the number of the quotation that ends directly before word `at` (a comma may stand between), or 0."""
        if at == 0 or at in self.page.breaks:
            return 0
        if self.page.inside[at - 1]:
            return self.page.inside[at - 1]
        if self.page.words[at - 1] == "," and at > 1:
            return self.page.inside[at - 2]
        return 0
