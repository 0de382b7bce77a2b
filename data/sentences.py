"""Sentences: where they begin and end, for counting what crosses them. Rules for English news prose, no more.

A sentence ends at `.`, `!`, `?` or `…` (closing quotation marks and brackets included) before white space and what can
begin a sentence, and at every line end. A full stop behind a title, an initial or a usual abbreviation ends none.
"""

from __future__ import annotations

import re
from typing import Final

from onrecord.schema.records import Fragment, Fragments

_END: Final = re.compile(r"[.!?…]+[”\"’'»)\]]*(?=\s+[“\"‘'«(\[]*[A-Z0-9]|\s*$)")
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s“\"‘'«(])(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sen|Rep|Gov|Gen|Col|Capt|Lt|Sgt|St|No|vs|etc|[A-Z](?:\.[A-Z])*)\.$"
)


def sentences(text: str) -> Fragments:
    """Return the sentences of `text` in order, tight; every character that is no white space is in one of them."""
    found: list[Fragment] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for end in _ends(text, *line.span()):
            piece = text[start:end]
            if piece.strip():
                lead = len(piece) - len(piece.lstrip())
                found.append(Fragment(start + lead, start + len(piece.rstrip())))
            start = end
    return tuple(found)


def _ends(text: str, start: int, end: int) -> list[int]:
    ends = [m.end() for m in _END.finditer(text, start, end) if not _ABBREVIATED.search(text[start : m.start() + 1])]
    return ends if ends and ends[-1] == end else [*ends, end]
