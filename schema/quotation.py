"""Quotation marks: where a text quotes, and the form (direct, mixed, indirect) of a claim's content.

A *quotation* is the stretch between an opening and its closing mark, marks included. Recognised pairs: “…”, "…", ‘…’,
'…', «…», „…“ and „…”. Quotations may nest; `quotations` returns the outermost. A paragraph that ends inside a quotation
continues it in the next one when that one begins with the same opening mark (the convention of printed news); otherwise
a mark that nothing closes opens nothing.

An apostrophe is not a mark, but looks like one. Inside a word it is none (*don’t*), nor before an elided word (*’tis*,
*’90s*). At the end of a word it may be a closing mark, a plural possessive (*the workers’ union*) or an elision
(*goin’*); of the candidates before the next opening mark the best is taken, by these ranks: behind punctuation; behind
a word that is no possessive or elision; before punctuation; any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from onrecord.schema.records import Fragment, Fragments
from onrecord.schema.vocabulary import Form

CLOSERS: Final = {"“": "”", '"': '"', "‘": "’", "'": "'", "«": "»", "„": "“”"}
"""The opening marks, and what closes each."""

MARKS: Final = "".join(sorted({*CLOSERS, *"".join(CLOSERS.values())}))

_SINGLE: Final = "‘’'"
_PARAGRAPH: Final = re.compile(r"[^\n]+")
_ELIDED: Final = re.compile(
    r"(?:\d\ds?|t(?:is|was|were|will|il?l)|em|cause|cos|bout|round|n|er|ere)(?![\w’'])", re.IGNORECASE
)
_POSSESSIVE: Final = re.compile(r"(?:s|in|\b(?:an|o|ol|th|wi|d))\Z", re.IGNORECASE)
_CERTAIN, _LIKELY, _POSSIBLE, _DOUBTFUL = range(4)


class _Paragraph:
    """A paragraph `text[start:end]` read for its quotations; `following` is the first character of the next one."""

    def __init__(self, text: str, start: int, end: int, following: str) -> None:
        self.text, self.start, self.end, self.following = text, start, end, following
        self.unclosed: set[str] = set()  # the marks that nothing further on closes: reading stays linear

    def quotations(self) -> Iterator[Fragment]:
        at = self.start
        while at < self.end:
            if self.text[at] in CLOSERS and self.opens(at):
                closing = self.closing(at)
                if closing is None and self.text[at] == self.following != "'":
                    closing = self.end - 1
                if closing is not None:
                    yield Fragment(at, closing + 1)
                    at = closing
            at += 1

    def around(self, at: int) -> tuple[str, str]:
        """Return the characters before and after the mark at `at`; a space stands for the paragraph's border."""
        before = self.text[at - 1] if at > self.start else " "
        return before, self.text[at + 1] if at + 1 < self.end else " "

    def opens(self, at: int) -> bool:
        """Whether the mark at `at` can open a quotation: where it has no direction, a word behind it only."""
        if self.text[at] in "“«„":
            return True
        before, after = self.around(at)
        if before.isalnum() or after.isspace() or before in ",.!?;…":
            return False
        return self.text[at] not in _SINGLE or _ELIDED.match(self.text, at + 1, self.end) is None

    def closing(self, opening: int) -> int | None:
        """Return where the quotation that opens at `opening` is closed in this paragraph."""
        mark = self.text[opening]
        if mark in self.unclosed:
            return None
        if mark in _SINGLE:
            return self.single_closing(opening)
        closing = self.nested_closing(opening) if mark in "“«" else None
        if closing is None:
            closing = self.first_closing(opening)
        if closing is None:
            self.unclosed.add(mark)
        return closing

    def nested_closing(self, opening: int) -> int | None:
        """Return where a mark with a direction is closed, quotations with the same marks inside it counted."""
        mark, closers = self.text[opening], CLOSERS[self.text[opening]]
        depth = 0
        for at in range(opening, self.end):
            depth += (self.text[at] == mark) - (self.text[at] in closers)
            if depth == 0:
                return at
        return None

    def first_closing(self, opening: int) -> int | None:
        closers = CLOSERS[self.text[opening]]
        places = (self.text.find(closer, opening + 1, self.end) for closer in closers)
        return min((place for place in places if place >= 0), default=None)

    def single_closing(self, opening: int) -> int | None:
        """Return the best closing mark of a single quotation, before the next one opens."""
        closer = CLOSERS[self.text[opening]]
        candidates: list[tuple[int, int]] = []  # rank, place
        at = opening + 1
        while at < self.end:
            mark = self.text[at]
            if mark == closer and (rank := self.rank(at)) is not None:
                candidates.append((rank, at))
                if rank == _CERTAIN:
                    break
            elif mark == self.text[opening] and self.opens(at):
                break
            elif mark in CLOSERS and mark not in _SINGLE and self.opens(at):
                at = self.closing(at) or at
            at += 1
        if not candidates:
            return None
        best = min(rank for rank, _ in candidates)
        places = [place for rank, place in candidates if rank == best]
        if best < _DOUBTFUL or not self.is_speech(opening):
            return places[0]
        # Speech ends with punctuation: a possessive in it is not its end, unless the paragraph offers no other.
        return None if self.following == self.text[opening] else places[-1]

    def rank(self, at: int) -> int | None:
        """Return how well the single mark at `at` closes a quotation; None for an apostrophe."""
        before, after = self.around(at)
        if after.isalnum() or before.isspace():
            return None
        if not before.isalnum():
            return _CERTAIN
        if _POSSESSIVE.search(self.text, max(at - 3, self.start), at) is None:
            return _LIKELY
        return _DOUBTFUL if after.isspace() and at + 1 < self.end else _POSSIBLE

    def is_speech(self, opening: int) -> bool:
        """Whether a quotation stands where speech does: at the paragraph's beginning, or behind a comma or a colon."""
        return self.text[self.start : opening].rstrip()[-1:] in ("", ",", ":")


def quotations(text: str) -> Fragments:
    """Return the outermost quotations of `text`, marks included, in order (offsets in code points)."""
    found: list[Fragment] = []
    paragraphs = list(_PARAGRAPH.finditer(text))
    for number, paragraph in enumerate(paragraphs):
        following = text[paragraphs[number + 1].start()] if number + 1 < len(paragraphs) else ""
        found += _Paragraph(text, *paragraph.span(), following).quotations()
    return tuple(found)


def form(text: str, content: Fragments, quoted: Fragments) -> Form:
    """Return the form of `content`: direct where all its letters and digits stand in `quoted`, mixed where some do."""
    letters = inside = 0
    for fragment in content:
        letters += _letters(text, fragment.start, fragment.end)
        inside += sum(_letters(text, max(fragment.start, q.start), min(fragment.end, q.end)) for q in quoted)
    if not inside:
        return "indirect"
    return "direct" if inside == letters else "mixed"


def _letters(text: str, start: int, end: int) -> int:
    return sum(map(str.isalnum, text[start:end])) if start < end else 0
