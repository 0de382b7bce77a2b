"""Words: a text cut into words, punctuation and sentences, with offsets, fast enough for rules that run on whole
newspapers.

A *word* is a run of letters and digits with inner hyphens (`three-year`), a decimal number, an abbreviation with its
full stop (`Mr.`, `U.S.`), a clitic (`'s`), or one other character; `''` counts as one quotation mark. White space
belongs to no word. A *sentence* is a half-open range of word indices; a paragraph break always ends one. What this
cannot do: tell parts of speech, or an abbreviation that it does not list from the end of a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from operator import add
from typing import Final

from onrecord.baselines.kinds import ENDER, MARK, places, sorts_of
from onrecord.baselines.marks import Quoted, quoted

_ABBREVIATIONS: Final = (
    "Mr|Mrs|Ms|Dr|Prof|Sen|Sens|Rep|Reps|Gov|Gen|Col|Lt|Sgt|Capt|Adm|Rev|Hon|Pres|Jr|Sr|St|Mt|vs|v|Ft|No|Inc|Corp|Co|Ltd|"
    "Jan|Feb|Aug|Sept|Oct|Nov|Dec|Ariz|Calif|Colo|Conn|Fla|Ga|Ill|Ky|Mass|Md|Mich|Minn|Miss|Mo|Nev|Okla|Pa|Tenn|Tex|Va|Vt|Wash|Wis"
)
# With the white space behind it. What most words and marks are is tried first; the rest could not match them otherwise.
_WORD: Final = re.compile(
    r"[A-Za-z][a-z]*+ (?=\S)|(?:[A-Za-z]\w++(?!\.)(?:[.,]\d++|-\w++)*+|[,;:!?()“”—\"\-–‘«»„…]|\.(?!\.\.)"
    rf"|[DRI]-(?:[A-Z]\.[A-Za-z.]*+|[A-Z][a-z]*+\.)|(?=[A-Zv])(?:{_ABBREVIATIONS})\.|(?:[A-Za-z]\.){{2,}}|[A-Z]\.(?=\s[A-Z])"
    r"|\w++(?:[.,]\d++|-\w++)*+|['’](?:s|ve|re|d|ll|m|t|S)\b|(?<=\S)'(?=''(?!'))|''|\.\.\.|[^\w\s])\s*+"
)
_DATELINE: Final = 14
"""The most words of a dateline."""
_NO_BEGINNING: Final = frozenset(",;:.!?)]…")
_LONGEST_CODE: Final = 2
"""The most letters of a row of capitals that begins no dateline ("US - the …")."""


@dataclass
class Words:
    """The words of `text`: `words[i]` is `text[starts[i]:ends[i]]`, and `ends[i]` is `end(i)`.

    `inside[i]` is the number (from 1) of the quotation that word i stands in, marks included, or 0. `breaks` holds the
    indices of words that begin a paragraph, `edges` the same in order; `sorts` has a letter for each
    word (`onrecord.baselines.kinds`). `sentences` are half-open ranges of word
    indices, in order, without gaps.
    """

    text: str
    words: list[str]
    starts: list[int]
    breaks: frozenset[int]
    edges: list[int]
    sorts: str
    quotes: list[Quoted]
    inside: list[int] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)

    @cached_property
    def ends(self) -> list[int]:
        """Where each word ends: the rules ask of few, and of each alone."""
        return list(map(add, self.starts, map(len, self.words)))

    def end(self, at: int) -> int:
        """Return where word `at` ends."""
        return self.starts[at] + len(self.words[at])


@lru_cache(maxsize=1)
def read(text: str) -> Words:
    """Return the words, quotations and sentences of `text` (offsets in code points); the last answer is kept."""
    lead = len(text) - len(text.lstrip())
    spaced = _WORD.findall(text, lead)
    words = list(map(str.rstrip, spaced))
    starts = list(accumulate(map(len, spaced), initial=lead))
    starts.pop()
    edges = sorted({0, *_breaks(text, starts)})
    sorts = sorts_of(words)
    quotes = quoted(words, spaced, edges, places(MARK, sorts))
    found = Words(text, words, starts, frozenset(edges), edges, sorts, quotes)
    found.inside = _inside(len(words), quotes)
    found.sentences = _sentences(found, places(ENDER, sorts))
    return found


def _breaks(text: str, starts: list[int]) -> Iterator[int]:
    """Yield the indices of words that begin a line."""
    line = text.find("\n")
    while line >= 0:
        following = bisect_left(starts, line)
        yield following
        line = text.find("\n", starts[following]) if following < len(starts) else -1


def _inside(size: int, quotes: list[Quoted]) -> list[int]:
    inside = [0] * size
    for number, quote in enumerate(quotes, start=1):
        inside[quote.first : quote.last + 1] = [number] * (quote.last + 1 - quote.first)
    return inside


def _sentences(found: Words, enders: list[int]) -> list[tuple[int, int]]:
    """Return the sentences of `found`; at `enders` one may end."""
    words, inside, size = found.words, found.inside, len(found.words)
    closers = {quote.last for quote in found.quotes}
    ends = {0, size, *found.edges}
    ends.update([_dateline(found, first) for first in found.edges if first < size and words[first].isupper()])
    for at in enders:
        after = at + 1
        if after in closers:
            after += 1
        elif inside[at]:
            continue
        elif after < size and words[after] in ")]":
            after += 1
        if after < size and _begins(words[after]):
            ends.add(after)
    return list(pairwise(sorted(ends)))


def _dateline(found: Words, first: int) -> int:
    """Return where the dateline ends with which a paragraph begins ("LONDON (AP) - "), a sentence of its own, or 0;
    the paragraph's first word is in capitals.
    """
    words = found.words
    if len(words[first]) <= _LONGEST_CODE:
        return 0
    for at in range(first + 1, min(first + _DATELINE, len(words))):
        if at in found.breaks or words[at][0].islower():
            return 0
        if words[at] in ("—", "–", "-"):
            after = at + 1 + (words[at + 1 : at + 2] == ["-"])
            return after if after < len(words) and _begins(words[after]) else 0
    return 0


def _begins(word: str) -> bool:
    """Whether a sentence can begin with `word`: a capital, a figure, or a mark that opens something."""
    return not word[0].islower() and word not in _NO_BEGINNING


class Lines:
    """The sentences and paragraphs of a text that has words, by offset."""

    def __init__(self, text: str) -> None:
        page = read(text)
        paragraphs = pairwise([*page.edges, len(page.words)])
        self._sentences = _Stretches(page, page.sentences)
        self._paragraphs = _Stretches(page, [(first, end) for first, end in paragraphs if first < end])

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the start and end of the sentence around offset `at`, or of the one before it."""
        return self._sentences.around(at)

    def paragraph(self, at: int) -> tuple[int, int]:
        """Return the start and end of the paragraph around offset `at`, or of the one before it."""
        return self._paragraphs.around(at)


class _Stretches:
    """Ranges of words, found by offset."""

    def __init__(self, page: Words, ranges: Sequence[tuple[int, int]]) -> None:
        self._starts = [page.starts[first] for first, _ in ranges]
        self._ends = [page.end(end - 1) for _, end in ranges]

    def around(self, at: int) -> tuple[int, int]:
        number = max(bisect_right(self._starts, at) - 1, 0)
        return self._starts[number], self._ends[number]
