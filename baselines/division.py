"""One checkable proposition, one claim: an attribution's content divided where a new sentence or a coordinated clause
begins.

The parts share source, cue and relays. Sentences inside a quotation are parts; two clauses joined by *and* or *but* are
two where the second brings its own subject and an auxiliary, the plainest sign of a clause. What this cannot do: see a
clause whose verb it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from onrecord.baselines.attribution import Attribution
from onrecord.schema.records import Fragment, Fragments

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])(?<![A-Z.][a-z]\.)(?<!\b[A-Z]\.)[”\"’'»]?(\s+)(?=[“\"‘«„]?[A-Z0-9])")
_FINAL: Final = re.compile(r"[.!?…][”\"’'»)]*$")
_SUBJECT: Final = (
    r"(?:he|she|it|they|we|I|you|there|this|that|these|those|no(?:body| one)|[A-Z][\w’'-]*"
    r"|(?:the|a|an|its|his|her|their|our|no|any|every|each)\s\w[\w’'-]*(?:\s\w[\w’'-]*)?)"
)
_AUXILIARY: Final = (
    r"(?:is|are|was|were|has|have|had|will|would|can|could|should|must|may|might|did|does|do|shall|cannot)"
)
_COORDINATION: Final = re.compile(
    rf",?\s(?:and|but)\s(?:that\s)?(?={_SUBJECT}\s(?:\w+ly\s|also\s|never\s)?{_AUXILIARY}\b)|,?\s(?:and|but)\sthat\s"
)
_SHORTEST: Final = 12
"""The shortest part, in code points."""


def divided(text: str, attribution: Attribution) -> list[Attribution]:
    """Return `attribution` as one attribution for each proposition of its content, in order."""
    groups: list[list[Fragment]] = []
    for fragment in attribution.content:
        for number, part in enumerate(_sentences(text, fragment)):
            if groups and number == 0 and not _ended(text, groups[-1][-1], part):
                groups[-1].append(part)
            else:
                groups.append([part])
    parts = [tuple(part) for group in groups for part in _clauses(text, group)]
    if len(parts) == 1 and parts[0] == attribution.content:
        return [attribution]
    return [
        attribution._replace(content=part, complementiser=attribution.complementiser if not n else ())
        for n, part in enumerate(parts)
    ]


def _ended(text: str, last: Fragment, following: Fragment) -> bool:
    """Whether a sentence ends with `last`, or with the attribution between it and `following`."""
    between = text[last.end : following.start].rstrip()
    return _FINAL.search(text, max(last.start, last.end - 3), last.end) is not None or between.endswith(
        (".", "!", "?", "…")
    )


def _sentences(text: str, fragment: Fragment) -> Iterator[Fragment]:
    start = fragment.start
    for gap in _SENTENCE_END.finditer(text, fragment.start, fragment.end):
        if gap.start(1) - start >= _SHORTEST:
            yield Fragment(start, gap.start(1))
            start = gap.end(1)
    yield Fragment(start, fragment.end)


def _clauses(text: str, group: list[Fragment]) -> Iterator[Fragments]:
    """Yield the coordinated clauses of one sentence, whose fragments are `group`."""
    part: list[Fragment] = []
    for fragment in group:
        start = fragment.start
        for joint in _COORDINATION.finditer(text, fragment.start, fragment.end):
            if joint.start() - start < _SHORTEST or fragment.end - joint.end() < _SHORTEST:
                continue
            yield (*part, Fragment(start, joint.start()))
            part, start = [], joint.end()
        part.append(Fragment(start, fragment.end))
    yield tuple(part)
