"""Borders: where a content begins and ends, chosen anew once its cue and its source are known.

The role model sees a few words around each word, so it puts a border where a border often stands: a phrase too early or
too late, or over the end of a quotation. Here a content is seen whole. Its candidates are what the role model found,
with other starts and ends around it that stand at a mark, a small word or the edge of a sentence or quotation, or where
the model thinks a border likely; a content of several fragments can also lose its first or its last, which becomes a
content of its own. A ranker (`linear`) chooses by both borders, by what is between them, and by how they lie to the cue
(`bordering`). It learns from contents that a role model predicted for texts it had not seen, where one of the
candidates is right.

What this cannot do: find a content that was not touched, or put a cue's words into a content and the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.baselines.binding import Binder, Bound
from onrecord.baselines.bordering import Ground, Options
from onrecord.baselines.linear import Choice, Ranker, fit
from onrecord.baselines.phrases import Range
from onrecord.baselines.proposals import Labelling
from onrecord.baselines.roles import Shares, Span
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_REACH: Final = 30
"""How many words a border can move."""
_STARTS, _ENDS = 6, 5
"""How many starts and ends are candidates."""
_LIKELY: Final = 0.02
"""From which probability on a border may stand anywhere."""
_SUBORDINATES: Final = frozenset(["that", "to", "who", "which"])
_PENALTY, _FEWEST = 5.0, 40
"""The ranker's penalty, and how many candidates have to have a feature; chosen on held-out articles of PolNeAR's train
part.
"""

Ranges = tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what a model predicts for it, and the spans of its claims."""

    page: Words
    rules: Sequence[Found]
    found: Labelling
    shares: Shares
    claims: Sequence[Sequence[Span]]


def learn(examples: Iterable[Example], binder: Binder) -> Ranker:
    """Return the ranker of borders learnt from `examples`, seen with what `binder` binds to their contents."""
    return fit(
        [choice for example in examples for choice in _choices(example, binder)], penalty=_PENALTY, fewest=_FEWEST
    )


def settle(
    page: Words, rules: Sequence[Found], found: Labelling, shares: Shares, binder: Binder, ranker: Ranker
) -> Labelling:
    """Return `found` with the contents whose borders `ranker` chooses, seen with what `binder` binds to them."""
    ground = Ground(page, rules, found.spans, shares)
    spans = [span for span in found.spans if span.role != "content"]
    sure = list(found.sure)
    for one in binder.bind(page, found.spans, rules):
        options = _candidates(ground, one)
        chosen = options[Options(ground, one, options).best(ranker)]
        spans += [Span("content", ranges) for ranges in (chosen, *_rest(one.content.ranges, chosen))]
        for i in (i for first, end in chosen for i in range(first, end) if ground.taken[i] == "O"):
            sure[i] = shares.within[i]
        ground.take(chosen)
    return Labelling(sorted(spans, key=lambda span: (span.ranges, span.role)), sure)


def _rest(old: Ranges, new: Ranges) -> Iterator[Ranges]:
    """Yield the fragment that a content of `old` lost, if it has fewer now."""
    if len(new) < len(old):
        yield (old[0],) if new[0] != old[0] else (old[-1],)


def _choices(example: Example, binder: Binder) -> Iterator[Choice]:
    """Yield the candidates of each content of which one is the content of a claim."""
    ground = Ground(example.page, example.rules, example.found.spans, example.shares)
    gold = {span.ranges for claim in example.claims for span in claim if span.role == "content"}
    for one in binder.bind(example.page, example.found.spans, example.rules):
        options = _candidates(ground, one)
        right = next((at for at, ranges in enumerate(options) if ranges in gold), None)
        if right is not None:
            yield Options(ground, one, options).features(), right


def _candidates(ground: Ground, one: Bound) -> list[Ranges]:
    """Return the ranges that the content of `one` may have, those that it has first."""
    old = one.content.ranges
    (first, first_end), (last, last_end) = old[0], old[-1]
    found = [old]
    for start in _starts(ground, first, first_end):
        for end in _ends(ground, last, last_end):
            if len(old) == 1 and start < end:
                found.append(((start, end),))
            elif len(old) > 1:
                found.append(((start, first_end), *old[1:-1], (last, end)))
    if len(old) > 1:
        found += [old[1:], old[:-1]]
    return list(dict.fromkeys(found))


def _starts(ground: Ground, first: int, end: int) -> list[int]:
    low = first
    while first - low < _REACH and low > 0 and low not in ground.page.breaks and ground.taken[low - 1] == "O":
        low -= 1
    likely = ground.shares.begins
    places = (
        at
        for at in range(low, min(end, first + _REACH))
        if at == low
        or likely[at] > _LIKELY
        or ground.kinds[at] in "csp"
        or ground.kinds[at - 1] in ",csv"
        or {ground.lower[at], ground.lower[at - 1]} & _SUBORDINATES
        or at in ground.edges
    )
    return _best(places, first, lambda at: ground.start_score(first, at), _STARTS)


def _ends(ground: Ground, first: int, end: int) -> list[int]:
    size, high = len(ground.page.words), end
    while high - end < _REACH and high < size and high not in ground.page.breaks and ground.taken[high] == "O":
        high += 1
    likely = ground.shares.ends
    places = (
        at
        for at in range(max(first + 1, end - _REACH), high + 1)
        if at in (high, size)
        or likely[at - 1] > _LIKELY
        or ground.kinds[at] in ",csp"
        or ground.kinds[at - 1] == ","
        or ground.lower[at] in _SUBORDINATES
        or at in ground.edges
    )
    return _best(places, end, lambda at: ground.end_score(end, at), _ENDS)


def _best(places: Iterable[int], known: int, score: Callable[[int], float], most: int) -> list[int]:
    """Return `known` and the best other of `places`."""
    others = sorted((at for at in places if at != known), key=lambda at: -score(at))
    return [known, *others[: most - 1]]
