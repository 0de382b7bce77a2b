"""Match: predicted to gold claims within a report, one to one.

A pair is *admissible* when the intersection over union of the contents' characters is at least `THRESHOLD`; characters
are ink (`onrecord.eval.ink`). Inadmissible pairs are excluded before the assignment, never after it: a threshold
applied afterwards loses pairs. Among all one-to-one matchings of admissible pairs the most pairs are taken, then the
largest total overlap (the sum of the pairs' intersection over union, in units of 2^-20), then the earliest
(`onrecord.eval.assign`). The result depends on no order of input.

How it stays fast: candidate pairs come from a sweep over sorted ink offsets; a pair without competitor is taken; where
one claim has several candidates, the best is taken; only what is left goes to the assignment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.assign import assign
from onrecord.eval.columns import Claims, Ints
from onrecord.eval.ink import Ink

THRESHOLD: Final = 0.5
"""The least intersection over union of an admissible pair."""

_UNIT: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Matching:
    """Matched pairs, in order of gold: `gold[k]` and `predicted[k]` index claims, and share `shared[k]` characters.

    `gold_size` and `predicted_size` (claims,) are the characters of every claim's content, matched or not.
    """

    gold: Ints
    predicted: Ints
    shared: Ints
    gold_size: Ints
    predicted_size: Ints


def match(*, gold: Claims, predicted: Claims, texts: Sequence[str], threshold: float = THRESHOLD) -> Matching:
    """Return the matching of `predicted` to `gold`; `texts[i]` is report i's text, `threshold` over 0 and at most 1."""
    if not 0.0 < threshold <= 1.0:
        raise ValueError(f"threshold: {threshold!r} is wrong: give an intersection over union over 0 and at most 1")
    ink = Ink(texts)
    gold_size, gold_spans = _spans(gold, ink)
    predicted_size, predicted_spans = _spans(predicted, ink)
    g, p, shared = _intersections(gold_spans, predicted_spans, len(predicted))
    union = gold_size[g] + predicted_size[p] - shared
    admissible = shared >= threshold * union
    g, p, shared, union = g[admissible], p[admissible], shared[admissible], union[admissible]
    taken = _choose(g, p, shared * _UNIT // union)
    return Matching(g[taken], p[taken], shared[taken], gold_size, predicted_size + predicted.words)


_Spans = tuple[Ints, Ints, Ints]
"""Start, end and claim of fragments, in order of start."""


def _spans(claims: Claims, ink: Ink) -> tuple[Ints, _Spans]:
    """Return the size of every claim in ink, and its fragments as ink offsets, empty ones left out."""
    start, end = ink.spans(claims)
    owner = np.repeat(np.arange(len(claims)), np.diff(claims.first))
    size = np.bincount(owner, weights=end - start, minlength=len(claims)).astype(np.int64)
    kept = np.flatnonzero(start < end)
    if np.any(np.diff(start[kept]) < 0):
        kept = kept[np.argsort(start[kept], kind="stable")]
    return size, (start[kept], end[kept], owner[kept])


def _intersections(gold: _Spans, predicted: _Spans, n_predicted: int) -> tuple[Ints, Ints, Ints]:
    """Return the pairs of claims that share ink, in order of gold and predicted: gold, predicted, shared characters."""
    (g_start, g_end, g_claim), (p_start, p_end, p_claim) = gold, predicted
    low = np.searchsorted(np.maximum.accumulate(g_end), p_start, side="right")
    high = np.searchsorted(g_start, p_end, side="left")
    width = np.maximum(high - low, 0)
    p = np.repeat(np.arange(len(p_start)), width)
    g = np.arange(len(p)) - np.repeat(np.cumsum(width) - width - low, width)
    shared = np.minimum(g_end[g], p_end[p]) - np.maximum(g_start[g], p_start[p])
    met = np.flatnonzero(shared > 0)
    key = g_claim[g[met]] * n_predicted + p_claim[p[met]]
    order = np.argsort(key, kind="stable")
    key, shared = key[order], shared[met][order]
    edges = np.flatnonzero(np.diff(key, prepend=-1))
    total = np.add.reduceat(shared, edges) if len(edges) else shared
    return key[edges] // max(n_predicted, 1), key[edges] % max(n_predicted, 1), total


def _choose(g: Ints, p: Ints, overlap: Ints) -> Ints:
    """Return the indices of the pairs that are taken, in order; pairs are distinct, and sorted by `g`, then `p`."""
    if not len(g):
        return np.zeros(0, dtype=np.int64)
    g_rivals, p_rivals = np.bincount(g)[g], np.bincount(p)[p]
    taken = (g_rivals == 1) & (p_rivals == 1)
    contested = np.flatnonzero(~taken)
    if len(contested):
        # A claim whose candidates have no other candidate takes the one that overlaps most, then the earliest.
        for hub, rivals in ((g, p_rivals), (p, g_rivals)):
            free = _free(hub[contested], rivals[contested])
            star = contested[free]
            order = star[np.lexsort((star, -overlap[star], hub[star]))]
            taken[order[np.diff(hub[order], prepend=-1) != 0]] = True
            contested = contested[~free]
        taken[_settle(contested, g, p, overlap)] = True
    return np.flatnonzero(taken)


def _free(hub: Ints, rivals: Ints) -> npt.NDArray[np.bool_]:
    """Return, for each pair, whether no pair of its hub has a rival at the other end."""
    busiest = np.zeros(int(hub.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(busiest, hub, rivals)
    alone: npt.NDArray[np.bool_] = busiest[hub] == 1
    return alone


def _settle(contested: Ints, g: Ints, p: Ints, overlap: Ints) -> list[int]:
    """Return the indices of the pairs that are taken among `contested`, component by component."""
    pair_at = {(int(g[i]), int(p[i])): int(i) for i in contested}
    by_gold: dict[int, list[tuple[int, int]]] = {}
    by_predicted: dict[int, list[tuple[int, int]]] = {}
    for pair in pair_at:
        by_gold.setdefault(pair[0], []).append(pair)
        by_predicted.setdefault(pair[1], []).append(pair)
    taken: list[int] = []
    seen: set[tuple[int, int]] = set()
    for first in pair_at:
        component: list[tuple[int, int]] = []
        waiting = [first]
        while waiting:
            pair = waiting.pop()
            if pair not in seen:
                seen.add(pair)
                component.append(pair)
                waiting += by_gold.pop(pair[0], []) + by_predicted.pop(pair[1], [])
        if component:
            taken += [pair_at[pair] for pair in assign({pair: int(overlap[pair_at[pair]]) for pair in component})]
    return taken
