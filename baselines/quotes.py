"""`quotes`: a regular expression for quotation marks and the nearest name. What almost no work reaches.

A quotation is a claim when it holds at least `SHORTEST` words (one less where a comma, a full stop, ! or ? stands
inside its closing mark); shorter ones are mostly titles, terms and irony. The speaker is the name of the codebook that
stands nearest to the quotation in its paragraph, outside quotation marks, a name behind it before one in front of it at
equal distance.

It cannot see indirect speech, so it misses most claims; it takes long titles and mottos for claims, cuts a mixed
quotation out of its clause, and has no answer for topic, stance or kind but the commonest: the first topic, neutral,
statement. Its agency is the speaker where that is an institution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from onrecord.baselines.mentions import Index, Mention, index
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import UNANSWERED, PredictedClaim
from onrecord.schema.records import Fragment, Fragments

SHORTEST: Final = 3
"""The fewest words of a quotation that is a claim."""

_OPENINGS: Final = "“«„\"'‘"
"""What a quotation may begin with; of the typewriter's two single marks the first."""
# Each alternative begins behind one of these marks. To find them costs less than to try the expression everywhere.
_QUOTATION: Final = re.compile(
    r"[“«„\"'‘](?:(?<=“)[^“”\n]*+”?|(?<=«)[^«»\n]*+»|(?<=„)[^“”„\n]*+[“”]"
    r"|(?<=\")(?<![\w\"]\")(?=[^\s\"])[^\"\n]*+(?:\"|(?=\n\s*+\"))"
    r"|(?<=')(?<![\w']')'(?=[^\s'])(?:[^'\n]++|'(?!'))*+(?:''|(?=\n\s*+''))"
    r"|(?<=‘)(?=\S)(?:[^‘’\n]++|’(?=\w))*+’)"
)
_NAME: Final = re.compile(
    r"[A-ZHhSsTt](?<!\w.)(?:(?<=[A-Z])(?:\w{0,2}\.(?=\s[A-Z])|[\w’'-]*+)(?:\s[A-Z](?:\w{0,2}\.(?=\s[A-Z])|[\w’'-]*+))*+"
    r"|(?:(?<=h)e|(?<=s)he|(?<=t)hey)\b)"
)
_ENDING: Final = re.compile(r"[\w.’'-]")
"""What a name may end with."""
_ATTRIBUTION: Final = 170
"""The longest attribution that may stand inside a quotation, in code points."""
_WINDOW: Final = 80
"""How far from a quotation a name may stand, in code points."""


class Quotation(NamedTuple):
    """A quotation and the name nearest to it; offsets in code points."""

    content: Fragments
    source: Fragments


class Quotes:
    """The regular expression, as a system."""

    def spans(self, text: str) -> list[Quotation]:
        """Return the long quotations of `text` with the nearest name or pronoun, without any codebook.

        Quotations that only a short attribution parts ("…," she said. "…") are one, in fragments.
        """
        found: list[Quotation] = []
        last = before = -1
        for start, end, low, high, line in _windows(text):
            content = Fragment(start, end)
            if line == before and start - last <= _ATTRIBUTION and _NAME.search(text, last, start) is not None:
                begun = found[-1]
                found[-1] = Quotation((*begun.content, content), begun.source)
            else:
                name = _nearest(text, start, end, low, high)
                found.append(Quotation((content,), () if name is None else (Fragment(name.start(), name.end()),)))
            last, before = end, line
        return found

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the long quotations of `text` (NFC) as claims of the nearest agent of `codebook`."""
        names = index(codebook)
        # Which topic is the commonest, it cannot know of a text that no dossier holds.
        topic = min((topic.id for topic in codebook.topics if not names.is_open), default=UNANSWERED)
        claims = []
        for start, end, low, high, _ in _windows(text):
            behind = next(names.in_text(text, end, high), None)
            gap = behind.start - end if behind is not None else _WINDOW
            ahead = None
            if text[max(low, start - gap) : start].strip():  # as no name in front can be nearer where it is blank
                near = low if behind is None else max(low, start - gap - _WINDOW // 2)
                for ahead in names.in_text(text, near, start):  # noqa: B007 - the last one counts
                    pass
            name = behind if ahead is None or (behind and gap <= start - ahead.end) else ahead
            claims.append(_claim(Fragment(start, end), name, names, topic))
        return claims


def _nearest(text: str, start: int, end: int, low: int, high: int) -> re.Match[str] | None:
    """Return the name nearest to the quotation from `start` to `end`, between `low` and `high`."""
    behind = _NAME.search(text, end, high)
    if behind is None:
        return _last_name(text, low, start)
    near = start - (behind.start() - end)
    if near < low:
        near = low
    # Most names in front are farther than the one behind. One as near would end behind `near`, and so have a word that
    # begins there or later, or is the one around `near`; to look for that costs less than to find all names in front.
    if _ENDING.search(text, near, start) is None:
        return behind
    word = text.rfind(" ", low, near)
    if _NAME.search(text, low if word < 0 else word, start) is None:
        return behind
    ahead = _last_name(text, low, start)
    return behind if ahead is None or ahead.end() <= near else ahead


def _last_name(text: str, start: int, end: int) -> re.Match[str] | None:
    last = None
    for last in _NAME.finditer(text, start, end):  # noqa: B007 - the last one counts
        pass
    return last


def _claim(content: Fragment, name: Mention | None, names: Index, topic: str) -> PredictedClaim:
    speaker = min(name.agents) if name else UNANSWERED
    itself = name is not None and names.agents[speaker].type in ("institution", "news-agency")
    return PredictedClaim(
        content=(content,),
        source=(Fragment(name.start, name.end),) if name else (),
        speaker=speaker,
        agency=speaker if itself else None,
        topic=topic,
        stance="neutral" if topic else UNANSWERED,
        kind="statement",
    )


def _quotations(text: str) -> list[tuple[int, int]]:
    """Return where the quotations of `text` begin and end, in order, none overlapping."""
    found, free = [], 0
    for start in _openings(text):
        if start >= free and (quotation := _QUOTATION.match(text, start)) is not None:
            free = end = quotation.end()
            while text[end - 1].isspace():  # one may stay open
                end -= 1
            found.append((start, end))
    return found


def _openings(text: str) -> list[int]:
    """Return where the marks stand that may open a quotation, in order."""
    found: list[int] = []
    for mark in _OPENINGS:
        at = text.find(mark)
        while at >= 0:
            found.append(at)
            at = text.find(mark, at + 1)
    found.sort()
    return found


def _windows(text: str) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield (start, end, low, high, line): a long quotation, the stretch around it in which a name may stand, and
    where its line begins.
    """
    before = line = 0
    close = -1
    for (start, end), (after, _) in pairwise([*_quotations(text), (len(text), 0)]):
        if start > close:
            line, close = text.rfind("\n", 0, start) + 1, text.find("\n", end)
            if close < 0:
                close = len(text)
        spaces = text.count(" ", start, end)
        if spaces >= SHORTEST - 1 or (spaces and text[end - 2] in ".,!?"):
            low, high = start - _WINDOW, end + _WINDOW
            if low < before or low < line:
                low = before if before > line else line
            if high > after or high > close:
                high = after if after < close else close
            yield start, end, low, high, line
        before = end
