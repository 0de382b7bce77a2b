"""Approximate grounding: words that a text has with an attribution in their midst, or with other letters in places.

Seeds first: short runs of letters that words and text share vote for the stretch where the words may stand. There a
longest common subsequence (Hyyrö, 2004, as rapidfuzz computes it) aligns the two; a run of text in it that the words
lack is left out where it reads like an attribution. What remains is the candidate. Its similarity is twice the length
of the longest common subsequence over the letters of both, and letters are those of the skeleton, so that white space,
punctuation, case and width cost nothing. A candidate with other numbers than the words is none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from onrecord.eval.asides import LONGEST, Ranks, aside, splits
from onrecord.eval.grounding import Page, Span, Spans
from onrecord.eval.numbers import cuts_number
from onrecord.eval.skeleton import letters

FUZZY: Final = 0.85
"""The least similarity at which words are taken for a stretch of text that is not the same letter by letter.

Measured on the development part of PolNeAR (84 articles, contents of 60 letters and more, perturbed as in
`onrecord.eval.quotations`): 97 to 99 % are found, 0.0 % of the contents of other articles are, and 0.8 % of the
contents that were removed from their article. At 0.8 it is 98 to 99 %, 0.0 % and 0.8 %, but of contents of 20 to 30
letters that were removed 10 % instead of 5 %.
"""

SHORTEST: Final = 20
"""Words of fewer letters are found letter by letter or not at all: a name or a number would pass for another."""

_SURE: Final = 0.9  # similarity above which no wider stretch is looked at
_SEED: Final = 7  # letters of a seed
_STRIDE: Final = 4  # letters from one seed to the next, at least
_SEEDS: Final = 9  # about as many
_REPEATS: Final = 6  # places of a seed that are looked at
_PLACES: Final = 4  # places in the text that are looked at

_Block = tuple[int, int, int]  # letters in common: rank in the words, rank in the text, how many


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where words may stand: spans in code points, in order, and how similar the text there is to them (0 to 1)."""

    spans: Spans
    similarity: float


def candidates(page: Page, words: str, low: int = 0) -> list[Candidate]:
    """Return where `words` stand in the text of `page` from offset `low` on, the most similar first, none overlapping.

    A similarity of 1 means: letter by letter, but for an attribution left out. Between that and `FUZZY` words need
    `SHORTEST` letters.
    """
    wanted = letters(words)
    first = page.rank(low)
    if len(wanted) < _SEED or len(wanted) * FUZZY > (2 - FUZZY) * (len(page.skeleton.letters) - first):
        return []  # too short to look for, or too long to be similar to what is there
    hits = _hits(wanted, page.skeleton.letters, first)
    pieces = (_judge(page, words, wanted, ranks) for ranks in splits(page, wanted, hits, _SEED))
    found = [candidate for candidate in pieces if candidate is not None and candidate.similarity == 1]
    for stretches in _stretches(wanted, hits, first, len(page.skeleton.letters)) if not found else ():
        for stretch in stretches:
            found += _within(page, words, wanted, *stretch)
            if found and found[-1].similarity > _SURE:
                break
    found.sort(key=lambda candidate: (-candidate.similarity, candidate.spans))
    kept: list[Candidate] = []
    for candidate in found:
        if not any(_overlap(candidate.spans, other.spans) for other in kept):
            kept.append(candidate)
    return kept


def _within(page: Page, words: str, wanted: str, start: int, end: int) -> Iterator[Candidate]:
    """Yield the candidates between two ranks: of equally good alignments there are many, and two are looked at."""
    text = page.skeleton.letters
    blocks = _forward(wanted, text[start:end], start)
    common = sum(size for _, _, size in blocks)
    if 2 * common < FUZZY * (len(wanted) + common):  # not even if the text there were nothing else
        return
    forward = _settle(page, wanted, blocks)
    if not forward:
        return
    backward = _settle(page, wanted, _backward(wanted, text[start : forward[-1][1]], start))
    for ranks in (forward, backward) if forward != backward else (forward,):
        candidate = _judge(page, words, wanted, ranks)
        if candidate is not None:
            yield candidate


def _overlap(spans: Spans, others: Spans) -> bool:
    return spans[0][0] < others[-1][1] and others[0][0] < spans[-1][1]


def _stretches(wanted: str, hits: list[tuple[int, int]], first: int, last: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the places between two ranks that most `hits` of the seeds of `wanted` point to; use the hits up.

    A place is a stretch of ranks, and wider ones in case an aside stands before or behind it.
    """
    most = 0
    for _ in range(_PLACES):
        low, high = _densest(hits, 12 + len(wanted) // 4)
        if low == high or 2 * (high - low) < most:
            return
        most = max(most, high - low)
        before = bisect_left(hits, (hits[low][0] - LONGEST, 0))
        behind = bisect_left(hits, (hits[high - 1][0] + LONGEST, 0))
        wider = [(a, b) for a, b in ((before, high), (low, behind)) if (a, b) != (low, high)]
        yield [_stretch(wanted, hits[a:b], first, last) for a, b in [(low, high), *wider]]
        del hits[low:high]


def _hits(wanted: str, text: str, first: int) -> list[tuple[int, int]]:
    """Return where seeds stand, sorted: how far a seed is moved from words to text, and its rank in the words."""
    hits = []
    last = len(wanted) - _SEED
    for at in (*range(0, last, max(len(wanted) // _SEEDS, _STRIDE)), last):
        seed = wanted[at : at + _SEED]
        place = text.find(seed, first)
        for _ in range(_REPEATS):
            if place < 0:
                break
            hits.append((place - at, at))
            place = text.find(seed, place + 1)
    return sorted(hits)


def _stretch(wanted: str, hits: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """Return the ranks between which `wanted` may stand: the less certain, the farther a seed is from its edges."""
    before = min(at for _, at in hits)
    behind = len(wanted) - _SEED - max(at for _, at in hits)
    start, end = hits[0][0] - before // 2, hits[-1][0] + len(wanted) + behind // 2
    return max(start - 2, first), min(end + 2, last)


def _densest(hits: Sequence[tuple[int, int]], reach: int) -> tuple[int, int]:
    """Return the ends of the longest run of sorted `hits` whose moves lie within `reach` of each other."""
    best, low = (0, 0), 0
    for high, (move, _) in enumerate(hits):
        while move - hits[low][0] > reach:
            low += 1
        if high + 1 - low > best[1] - best[0]:
            best = low, high + 1
    return best


def _forward(wanted: str, stretch: str, start: int) -> list[_Block]:
    """Return what `wanted` and `stretch`, which begins at rank `start`, have in common."""
    from rapidfuzz.distance import LCSseq

    matched = LCSseq.editops(wanted, stretch).as_matching_blocks()
    return [(block.a, block.b + start, block.size) for block in matched if block.size]


def _backward(wanted: str, stretch: str, start: int) -> list[_Block]:
    """Return the same, but of equally good alignments the last, where `_forward` has the first."""
    size, end = len(wanted), start + len(stretch)
    mirrored = _forward(wanted[::-1], stretch[::-1], 0)
    return [(size - a - length, end - b - length, length) for a, b, length in reversed(mirrored)]


def _clean(blocks: Sequence[_Block]) -> list[_Block]:
    """Return `blocks` without letters far from all others, which agree by chance."""
    kept: list[_Block] = []
    for number, (a, b, size) in enumerate(blocks):
        before = b - kept[-1][1] - kept[-1][2] if kept else 0
        after = blocks[number + 1][1] - b - size if number + 1 < len(blocks) else 0
        if size > 3 or not (kept and number + 1 < len(blocks)) or before + after <= 4 * size:
            kept.append((a, b, size))
    return kept


def _settle(page: Page, wanted: str, blocks: Sequence[_Block]) -> Ranks:
    """Return the stretches of the skeleton that the best run of `blocks` covers, whole words only.

    Letters far from all others agree by chance and are left out first.

    Taking a block in adds its letters to what is common, and the letters before it to what is covered; it pays where
    the former outweigh the latter times half the similarity. An attribution between two blocks costs nothing.
    """
    blocks = _clean(blocks)
    half = min(sum(size for _, _, size in blocks) / len(wanted), 1.0) / 2
    best: Ranks = []
    ranks: Ranks = []
    best_score = score = 0.0
    for _, b, size in blocks:
        if ranks:
            gap = aside(page, ranks[-1][1], b)
            gap = gap if gap and ranks[-1][0] < gap[0] and gap[1] < b + size else None
            score -= 0.0 if gap else half * (b - ranks[-1][1])
        if not ranks or score <= 0:
            ranks, score = [(b, b + size)], float(size)
        else:
            *before, (start, _end) = ranks
            ranks = [*before, (start, gap[0]), (gap[1], b + size)] if gap else [*before, (start, b + size)]
            score += size
        if score > best_score:
            best, best_score = ranks, score
    return [(_word_edge(page, start, end, -1), _word_edge(page, end, start, 1)) for start, end in best]


def _word_edge(page: Page, edge: int, other: int, step: int) -> int:
    """Return `edge`, a border of a stretch of ranks, moved to the border of the word (or number) that it cuts.

    It moves outward where at least half of the word is covered, inward where less is, but not as far as `other`.
    """
    outward, inward = edge, edge
    while _inside(page, outward):
        outward += step
    if outward == edge:
        return edge
    while _inside(page, inward):
        inward -= step
    return outward if abs(inward - edge) >= abs(outward - edge) or (other - inward) * step >= 0 else inward


def _inside(page: Page, rank: int) -> bool:
    """Whether the border before the letter at `rank` cuts a character, a word or a number."""
    start, end = page.skeleton.start, page.skeleton.end
    if not 0 < rank < len(start):
        return False
    if start[rank] == start[rank - 1]:
        return True
    at = int(start[rank])
    return (at == end[rank - 1] and page.cuts_word(at)) or cuts_number(page.text, at)


def _judge(page: Page, words: str, wanted: str, ranks: Ranks) -> Candidate | None:
    """Return the candidate at `ranks`, or None where it is not similar enough."""
    from rapidfuzz.distance import Indel

    covered = "".join(page.skeleton.letters[start:end] for start, end in ranks)
    enough = FUZZY if len(wanted) >= SHORTEST else 1.0
    similarity = Indel.normalized_similarity(wanted, covered, score_cutoff=enough)
    in_order = all(x[0] < x[1] <= y[0] for x, y in pairwise([*ranks, (len(page.skeleton.letters),) * 2]))
    if not ranks or similarity < enough or not in_order:
        return None
    spans = tuple(_span(page, start, end) for start, end in ranks)
    return Candidate(spans, similarity) if page.same_sense(words, spans) else None


def _span(page: Page, first: int, last: int) -> Span:
    return int(page.skeleton.start[first]), int(page.skeleton.end[last - 1])
