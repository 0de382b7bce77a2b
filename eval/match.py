"""Match: predicted to gold claims within a report, one to one.

A pair is *admissible* when the intersection over union of the contents' characters is at least `THRESHOLD`; characters
are ink (`onrecord.eval.ink`). Inadmissible pairs are excluded before the assignment, never after it: a threshold
applied afterwards loses pairs. Among all one-to-one matchings of admissible pairs the most pairs are taken, then the
largest total overlap (the sum of the pairs' intersection over union), then the most right labels, then the earliest
(`onrecord.eval.assign`). So claims with the same words are told apart by their labels, never by the order in which a
file lists them.

How it stays fast: one sweep over where claims begin and end tells which can meet one other claim only; in what is left,
the crowds, a sweep over fragments finds the candidate pairs. A pair without competitor is taken; where one claim has
several candidates, the best is taken; only what is left goes to the assignment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.assign import Pair, assign
from onrecord.eval.columns import Claims, Ints, fragments_of
from onrecord.eval.spans import Spans, shared, spans_of
from onrecord.schema.prediction import LABELS, RECORD_LABELS

THRESHOLD: Final = 0.5
"""The least intersection over union of an admissible pair."""

_RECORD: Final = [LABELS.index(name) for name in RECORD_LABELS]
_WEIGHTS: Final = 2 ** np.arange(len(LABELS), -1, -1)  # of the record, then of the labels: each over all that follow


@dataclass(frozen=True, slots=True)
class Matching:
    """Matched pairs, in order of gold: `gold[k]` and `predicted[k]` index claims, and share `shared[k]` characters.

    `gold_size` and `predicted_size` (claims,) are the characters of every claim's content, matched or not. `gold_roles`
    and `predicted_roles` are the spans of each of `ROLES`.
    """

    gold: Ints
    predicted: Ints
    shared: Ints
    gold_size: Ints
    predicted_size: Ints
    gold_roles: Sequence[Spans]
    predicted_roles: Sequence[Spans]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Every pair of claims of one report that shares a character: indices into columns, characters shared, sizes."""

    gold: Ints
    predicted: Ints
    shared: Ints
    gold_size: Ints
    predicted_size: Ints

    @property
    def union(self) -> Ints:
        """The characters of either claim of each pair."""
        return self.gold_size.take(self.gold) + self.predicted_size.take(self.predicted) - self.shared

    @property
    def ratio(self) -> npt.NDArray[np.float64]:
        """The intersection over union of each pair."""
        return self.shared / self.union


def overlaps(*, gold: Claims, predicted: Claims, texts: Sequence[str]) -> Overlaps:
    """Return the pairs that share ink, in order of gold and predicted; `texts[i]` is the text of report i."""
    (one, *_), (other, *_) = spans_of(texts, gold, predicted)
    return _overlaps(one, other)


def match(*, gold: Claims, predicted: Claims, texts: Sequence[str], threshold: float = THRESHOLD) -> Matching:
    """Return the matching of `predicted` to `gold`; `texts[i]` is report i's text, `threshold` over 0 and at most 1."""
    if not 0.0 < threshold <= 1.0:
        raise ValueError(f"threshold: {threshold!r} is wrong: give an intersection over union over 0 and at most 1")
    (one, *gold_roles), (other, *predicted_roles) = spans_of(texts, gold, predicted)
    met = _overlaps(one, other)
    taken = _Pairs(met, gold.labels, predicted.labels, threshold).choose()
    pairs = (met.gold.take(taken), met.predicted.take(taken), met.shared.take(taken))
    return Matching(*pairs, met.gold_size, met.predicted_size + predicted.words, gold_roles, predicted_roles)


def _overlaps(gold: Spans, predicted: Spans) -> Overlaps:
    sizes = gold.sizes(), predicted.sizes()
    (g, p), crowd = _couples(_hulls(gold, sizes[0]), _hulls(predicted, sizes[1]))
    common = shared(gold, predicted, g, p)
    met = common.nonzero()[0]
    more = _intersections(_stretches(gold, crowd[0]), _stretches(predicted, crowd[1]))
    found = zip((g.take(met), p.take(met), common.take(met)), more, strict=True)
    g, p, common = map(np.concatenate, found)
    order = g.argsort(kind="stable")
    return Overlaps(g.take(order), p.take(order), common.take(order), *sizes)


_Stretches = tuple[Ints, Ints, Ints]
"""Start, end and claim of stretches of the line, in order of start."""


def _hulls(spans: Spans, size: Ints) -> _Stretches:
    """Return where each claim with a size begins and ends."""
    claim = np.flatnonzero(size)
    start, end = spans.start.take(spans.first.take(claim)), spans.end.take(spans.first[1:].take(claim) - 1)
    return _in_order(start, end, claim)


def _stretches(spans: Spans, claims: Ints) -> _Stretches:
    """Return the fragments of some claims, empty ones left out."""
    after, row = fragments_of(spans.first, claims)
    start, end = spans.start.take(row), spans.end.take(row)
    claim = np.repeat(claims, np.diff(after))
    kept = np.flatnonzero(start < end)
    return _in_order(start.take(kept), end.take(kept), claim.take(kept))


def _in_order(start: Ints, end: Ints, claim: Ints) -> _Stretches:
    if np.any(start[1:] < start[:-1]):
        order = np.argsort(start, kind="stable")
        return start.take(order), end.take(order), claim.take(order)
    return start, end, claim


def _couples(gold: _Stretches, predicted: _Stretches) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Return the pairs of one gold and one predicted claim that can meet only each other, and the claims in a crowd.

    Two claims whose hulls overlap are together, and so is what is together with either; the rest meets nothing.
    """
    place, until, claim = (np.concatenate(two) for two in zip(gold, predicted, strict=True))
    order = np.argsort(place, kind="stable")
    reach = np.maximum.accumulate(until.take(order))
    first = np.flatnonzero(np.concatenate([[True], place.take(order)[1:] >= reach[:-1]]))[: len(order)]
    size = np.diff(first, append=len(order))
    two = first.take((size == 2).nonzero()[0])
    one, other = order.take(two), order.take(two + 1)
    g, p = np.minimum(one, other), np.maximum(one, other)
    couple = ((g < len(gold[0])) & (p >= len(gold[0]))).nonzero()[0]
    crowd = order.take((size > 2).repeat(size).nonzero()[0])
    mine = crowd < len(gold[0])
    return (
        (claim.take(g.take(couple)), claim.take(p.take(couple))),
        (claim.take(crowd[mine]), claim.take(crowd[~mine])),
    )


def _intersections(gold: _Stretches, predicted: _Stretches) -> Ints:
    """Return (3, pairs) the gold and the predicted claim of each pair that shares ink, and how many characters."""
    (g_start, g_end, g_claim), (p_start, p_end, p_claim) = gold, predicted
    if not (len(g_start) and len(p_start)):
        return np.zeros((3, 0), dtype=np.int64)
    low = np.searchsorted(np.maximum.accumulate(g_end), p_start, side="right")
    high = np.searchsorted(g_start, p_end, side="left")
    width = np.maximum(high - low, 0)
    p = np.repeat(np.arange(len(p_start)), width)
    g = np.arange(len(p)) - np.repeat(np.cumsum(width) - width - low, width)
    common = np.minimum(g_end.take(g), p_end.take(p)) - np.maximum(g_start.take(g), p_start.take(p))
    met = np.flatnonzero(common > 0)
    claims = int(p_claim.max()) + 1
    key = g_claim.take(g.take(met)) * claims + p_claim.take(p.take(met))
    order = np.argsort(key, kind="stable")
    key, common = key.take(order), common.take(met.take(order))
    edges = np.flatnonzero(np.diff(key, prepend=-1))
    total = np.add.reduceat(common, edges) if len(edges) else common
    return np.stack([*np.divmod(key.take(edges), claims), total])


class _Pairs:
    """The admissible pairs, in order of gold and predicted, and the choice among them; indices count these pairs."""

    def __init__(self, met: Overlaps, gold: Ints, predicted: Ints, threshold: float) -> None:
        union = met.union
        self._index: Ints = (met.shared / union >= threshold).nonzero()[0]
        self._gold, self._predicted = met.gold.take(self._index), met.predicted.take(self._index)
        self._shared, self._union = met.shared.take(self._index), union.take(self._index)
        self._labels = gold, predicted

    def choose(self) -> Ints:
        """Return which of all overlapping pairs are taken, in order."""
        g, p = self._gold, self._predicted
        if not len(g):
            return self._index
        g_rivals, p_rivals = np.bincount(g).take(g), np.bincount(p).take(p)
        taken = (g_rivals == 1) & (p_rivals == 1)
        contested = (~taken).nonzero()[0]
        # A claim whose candidates have no other candidate takes the best of them.
        for hub, rivals in ((g, p_rivals), (p, g_rivals)):
            free = _free(hub.take(contested), rivals.take(contested))
            star = contested[free]
            taken[self._best(hub.take(star), star)] = True
            contested = contested[~free]
        taken[self._settle(contested)] = True
        chosen: Ints = self._index.take(taken.nonzero()[0])
        return chosen

    def _right(self, pairs: Ints) -> npt.NDArray[np.bool_]:
        """Return what is right about some pairs (pairs, 1 + labels): the record as a whole, then label by label."""
        gold, predicted = self._labels
        g, p = self._gold.take(pairs), self._predicted.take(pairs)
        right = gold.take(g, axis=0) == predicted.take(p, axis=0)
        return np.column_stack([right[:, _RECORD].all(axis=1), right])

    def _best(self, hub: Ints, star: Ints) -> Ints:
        """Return, for each hub, its pair of `star` that overlaps most, then has most right labels, then is earliest."""
        wrong = ~self._right(star) @ _WEIGHTS
        ratio = self._shared.take(star) / self._union.take(star)
        order = np.lexsort((wrong, -ratio, hub))  # star counts up, so that the earliest is the first of equals
        chosen: Ints = star.take(order[np.diff(hub.take(order), prepend=-1) != 0])
        return chosen

    def _settle(self, contested: Ints) -> list[int]:
        """Return the indices of the pairs that are taken among `contested`, component by component."""
        pairs = list(zip(self._gold[contested].tolist(), self._predicted[contested].tolist(), strict=True))
        sizes = zip(self._shared[contested].tolist(), self._union[contested].tolist(), strict=True)
        overlap = [Fraction(shared, union) for shared, union in sizes]
        right = [tuple(row) for row in self._right(contested).tolist()]
        shares, labels = dict(zip(pairs, overlap, strict=True)), dict(zip(pairs, right, strict=True))
        index = dict(zip(pairs, contested.tolist(), strict=True))
        return [
            index[pair] for some in _components(pairs) for pair in assign({pair: shares[pair] for pair in some}, labels)
        ]


def _free(hub: Ints, rivals: Ints) -> npt.NDArray[np.bool_]:
    """Return, for each pair, whether no pair of its hub has a rival at the other end."""
    busiest = np.zeros(int(hub.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(busiest, hub, rivals)
    alone: npt.NDArray[np.bool_] = busiest[hub] == 1
    return alone


def _components(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Yield the connected components of the graph whose edges are `pairs`."""
    by_gold: dict[int, list[Pair]] = {}
    by_predicted: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_gold.setdefault(pair[0], []).append(pair)
        by_predicted.setdefault(pair[1], []).append(pair)
    seen: set[Pair] = set()
    for first in pairs:
        component: list[Pair] = []
        waiting = [first]
        while waiting:
            pair = waiting.pop()
            if pair not in seen:
                seen.add(pair)
                component.append(pair)
                waiting += by_gold.pop(pair[0], []) + by_predicted.pop(pair[1], [])
        if component:
            yield component
