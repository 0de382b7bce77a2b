"""What the borders of a content are judged by (`borders`): each border by itself, and the content between them.

Of a border: how likely the role model thinks it, and how likely the words are a content's that it takes in or gives up;
the words and kinds on both sides, quotation marks, the edges of sentences and paragraphs, the rules' border, and how
far it is from cue and source. Of the content: its length, and whether its quotation marks balance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from math import log
from typing import Final

from onrecord.baselines.binding import Bound
from onrecord.baselines.linear import Features, Ranker
from onrecord.baselines.phrases import Range, kinds_of
from onrecord.baselines.roles import Shares, Span
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_LEAST: Final = 1e-4
"""No probability is taken to be nearer to 0 or 1."""
_STEPS: Final = (4, 7, 12, 20, 35)
_LETTERS: Final = {"content": "c", "source": "s", "cue": "q", "via": "v"}


class Ground:
    """A page with the spans found in it and the probabilities of borders."""

    def __init__(self, page: Words, rules: Sequence[Found], spans: Sequence[Span], shares: Shares) -> None:
        self.page, self.shares = page, shares
        self.kinds = [*kinds_of(page), ","]
        self.lower = [*(word.lower() for word in page.words), ""]
        self.taken = ["O"] * len(page.words)
        """For each word, the role of its span in a letter."""
        for span in spans:
            for first, end in span.ranges:
                self.taken[first:end] = [_LETTERS[span.role]] * (end - first)
        self.firsts = {first for first, _ in page.sentences}
        self.lasts = {end for _, end in page.sentences}
        self.opening = {quote.first for quote in page.quotes}
        self.closing = {quote.last for quote in page.quotes}
        count = range(len(page.words))
        self.opened = list(accumulate((at in self.opening for at in count), initial=0))
        """How many quotations begin before each word."""
        self.closed = list(accumulate((at in self.closing for at in count), initial=0))
        outer = [found for found in rules if found.content]
        self.ruled = {found.content[0][0] for found in outer} | {f.complementiser[0] for f in outer if f.complementiser}
        self.ruled_ends = {found.content[-1][1] for found in outer}
        self.sentence = [number for number, (first, end) in enumerate(page.sentences) for _ in range(first, end)]
        odds = (log(share / (1 - share)) for share in (min(max(s, _LEAST), 1 - _LEAST) for s in shares.within))
        self._sums = list(accumulate(odds, initial=0.0))

    @cached_property
    def edges(self) -> set[int]:
        """The places where a quotation begins, or behind one, and the rules' borders."""
        return self.opening | {at + 1 for at in self.closing} | self.firsts | self.lasts | self.ruled | self.ruled_ends

    def take(self, ranges: Sequence[Range]) -> None:
        """Let the words of `ranges` be a content's."""
        for first, end in ranges:
            self.taken[first:end] = ["c"] * (end - first)

    def start_score(self, old: int, at: int) -> float:
        """Return how well a content begins at `at` and not at `old`, by the role model."""
        return self.begins(at) + self.gained(at, old) / 2

    def end_score(self, old: int, at: int) -> float:
        """Return how well a content ends before `at` and not before `old`, by the role model."""
        return self.finishes(at) + self.gained(old, at) / 2

    def begins(self, at: int) -> float:
        """Return the logarithm of the probability that a content begins at `at`."""
        return log(self.shares.begins[at] + _LEAST)

    def finishes(self, at: int) -> float:
        """Return the logarithm of the probability that a content or fragment ends before `at`."""
        return log(self.shares.ends[at - 1] + _LEAST)

    def gained(self, first: int, end: int) -> float:
        """Return the log odds of the words from `first` to `end` to be a content's; the negative where that is back."""
        return self._sums[end] - self._sums[first]

    def quote(self, at: int) -> str:
        """Return how word `at` stands to quotations."""
        if not 0 <= at < len(self.page.words):
            return "_"
        return "(" if at in self.opening else ")" if at in self.closing else "i" if self.page.inside[at] else "o"


class Options:
    """Ranges that the content of `one` may have, seen border by border: many options share few borders."""

    def __init__(self, ground: Ground, one: Bound, options: Sequence[Sequence[Range]]) -> None:
        order = one.order
        self._borders = [(ranges[0][0], ranges[-1][1]) for ranges in options]
        self._starts = {at: _start_features(ground, one, order, at) for at in {first for first, _ in self._borders}}
        self._ends = {at: _end_features(ground, one, order, at) for at in {end for _, end in self._borders}}
        self._wholes = [dict.fromkeys(_whole(ground, one, order, ranges), 1.0) for ranges in options]

    def features(self) -> list[Features]:
        """Return what describes each option."""
        parts = zip(self._borders, self._wholes, strict=True)
        return [self._starts[first] | self._ends[end] | whole for (first, end), whole in parts]

    def best(self, ranker: Ranker) -> int:
        """Return the index of the option that `ranker` scores highest, the first of equals."""
        starts = {at: ranker.score(features) for at, features in self._starts.items()}
        ends = {at: ranker.score(features) for at, features in self._ends.items()}
        parts = zip(self._borders, self._wholes, strict=True)
        scores = [starts[first] + ends[end] + ranker.score(whole) for (first, end), whole in parts]
        return scores.index(max(scores))


def _start_features(ground: Ground, one: Bound, order: str, at: int) -> Features:
    features = dict.fromkeys(_start(ground, one, order, at), 1.0)
    return features | {"begins": ground.begins(at), "gains": ground.gained(at, one.content.first) / 2}


def _end_features(ground: Ground, one: Bound, order: str, at: int) -> Features:
    features = dict.fromkeys(_end(ground, one, order, at), 1.0)
    return features | {"finishes": ground.finishes(at), "gains behind": ground.gained(one.content.end, at) / 2}


def _start(ground: Ground, one: Bound, order: str, at: int) -> Iterator[str]:
    words, kinds, old = ground.lower, ground.kinds, one.content.first
    before = words[at - 1] if at else ""
    yield f"s{'<' if at < old else '>' if at > old else '='}"
    if at == old:
        yield f"s.sure{int(ground.shares.begins[at] * 10)}"
    yield f"s.w={words[at]}"
    yield f"s.w-1={before}"
    yield f"s.ww={before}|{words[at]}"
    yield f"s.k={kinds[at - 1]}{kinds[at]}{kinds[at + 1]}"
    yield f"s.k-={kinds[at - 2]}{kinds[at - 1]}{kinds[at]}"
    yield f"s.q={ground.quote(at - 1)}{ground.quote(at)}{order}"
    yield f"s.sentence={at in ground.firsts}{at in ground.page.breaks}{order}"
    yield f"s.rule={at in ground.ruled}"
    if at:
        yield f"s.role={ground.taken[at - 1]}{order}"
    if one.source is not None and one.source.end <= at:
        yield f"s.source={_bucket(at - one.source.end)}"
    if one.cue is not None:
        yield from _from_cue(ground, one.cue, order, at)


def _from_cue(ground: Ground, cue: Span, order: str, at: int) -> Iterator[str]:
    """Name how a start at `at` lies to the cue."""
    words, kinds, sentence = ground.lower, ground.kinds, ground.sentence
    if order == "<":
        gap, verb = range(cue.end, at), words[cue.end - 1]
        yield f"s.gap={_bucket(at - cue.end)}"
        yield f"s.cue={verb}|{_bucket(at - cue.end)}"
        yield f"s.cue={verb}|w={words[at]}"
        yield f"s.cue={verb}|k={kinds[at]}"
        yield f"s.between={''.join(kinds[i] for i in gap[:6])}"
        yield f"s.commas={min(3, sum(words[i] == ',' for i in gap))}{any(words[i] == 'that' for i in gap)}"
        yield f"s.apart={sentence[at] != sentence[cue.end - 1]}"
    elif order == ">":
        yield f"s.apart>{sentence[at] != sentence[cue.first]}"
        yield f"s.into={_bucket(at - ground.page.sentences[sentence[at]][0])}"


def _end(ground: Ground, one: Bound, order: str, at: int) -> Iterator[str]:
    words, kinds, old = ground.lower, ground.kinds, one.content.end
    after = words[at + 1] if at + 1 < len(words) else ""
    yield f"e{'<' if at < old else '>' if at > old else '='}"
    if at == old:
        yield f"e.sure{int(ground.shares.ends[at - 1] * 10)}"
    yield f"e.w={words[at - 1]}"
    yield f"e.w+1={words[at]}{order}"
    yield f"e.ww={words[at - 1]}|{words[at]}"
    yield f"e.ww+={words[at]}|{after}"
    yield f"e.k={kinds[at - 2]}{kinds[at - 1]}{kinds[at]}"
    yield f"e.k+={''.join(kinds[at - 1 : at + 2])}"
    yield f"e.q={ground.quote(at - 1)}{ground.quote(at)}{order}"
    yield f"e.sentence={at in ground.lasts}{at + 1 in ground.lasts}{at in ground.page.breaks}{order}"
    yield f"e.rule={at in ground.ruled_ends}"
    if at < len(ground.taken):
        yield f"e.role={ground.taken[at]}{order}"
    if one.cue is not None and order == ">":
        yield f"e.gap={_bucket(max(0, one.cue.first - at))}"
    if one.source is not None and one.source.first >= at:
        yield f"e.source={_bucket(one.source.first - at)}"


def _whole(ground: Ground, one: Bound, order: str, ranges: Sequence[Range]) -> Iterator[str]:
    """Name what the content is like between its borders."""
    first, end, old = ranges[0][0], ranges[-1][1], one.content.ranges
    opened, closed = (counts[end] - counts[first] for counts in (ground.opened, ground.closed))
    yield f"length={_bucket(end - first)}{order}"
    yield f"open={min(2, opened) - min(2, closed)}"
    yield f"quoted={ground.quote(first)}{ground.quote(end - 1)}{min(2, opened)}"
    yield f"sentences={min(3, ground.sentence[end - 1] - ground.sentence[first])}{order}"
    yield f"whole={first in ground.firsts}{end in ground.lasts}{end + 1 in ground.lasts}{order}"
    yield f"kept={first == old[0][0]}{end == old[-1][1]}"
    yield f"ruled={first in ground.ruled and end in ground.ruled_ends}"
    yield f"commas={min(4, ground.lower[first:end].count(','))}"
    change = "=" if len(ranges) == len(old) else "first" if ranges[0] != old[0] else "last"
    yield f"fragments={min(3, len(ranges))}{change}"
    if change != "=":
        lost = old[0] if change == "first" else old[-1]
        mean = ground.gained(*lost) / (lost[1] - lost[0])
        yield f"lost={change}{_bucket(lost[1] - lost[0])}"
        yield f"lost={change}{round(max(-4.0, min(4.0, mean)))}"
    for (_, before), (after, _) in pairwise(ranges):
        yield from _gap(ground, one, before, after)


def _gap(ground: Ground, one: Bound, end: int, first: int) -> Iterator[str]:
    """Name what stands between two fragments."""
    own = {i for span in (one.cue, one.source) if span is not None for a, b in span.ranges for i in range(a, b)}
    strange = sum(i not in own and ground.kinds[i] != "," for i in range(end, first))
    words, kinds = ground.lower, ground.kinds
    yield f"g.strange={min(4, strange)}"
    yield f"g.own={any(i in own for i in range(end, first))}"
    yield f"g.length={_bucket(first - end)}"
    yield f"g.q={ground.quote(end - 1)}{ground.quote(first)}"
    yield f"g.w={words[first]}"
    yield f"g.w-1={words[first - 1]}"
    yield f"g.e={words[end - 1]}"
    yield f"g.k={kinds[first - 1]}{kinds[first]}"
    yield f"g.apart={min(3, ground.sentence[first] - ground.sentence[end - 1])}{first in ground.firsts}"
    yield f"g.sure{int(ground.shares.resumes[first] * 5)}"


def _bucket(words: int) -> str:
    if words < _STEPS[0]:
        return str(words)
    return str(max(step for step in _STEPS if step <= words))
