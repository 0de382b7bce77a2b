"""Spans: what claims have in the text, as content or in a role, on one line of ink (`onrecord.eval.ink`).

How it stays fast: most claims have one fragment or none, and what two fragments share is a difference. Where there are
more, every pair (in `via`, every pair and agent) gets a lane of its own on one longer line, and all are gone through in
one sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.eval.columns import Claims, Ints, Role, fragments_of
from onrecord.eval.ink import ink_offsets


@dataclass(frozen=True, slots=True)
class Spans:
    """The fragments of claims in ink offsets: those of claim i are `start[first[i]:first[i + 1]]`, and likewise `end`.

    Start and end are equal where nothing of a fragment counts. `agent` (fragments,) is that of `Role`, None for none.
    """

    first: Ints
    start: Ints
    end: Ints
    agent: Ints | None = None

    def sizes(self) -> Ints:
        """Return the characters of each claim (claims,)."""
        total = np.zeros(len(self.start) + 1, dtype=np.int64)
        np.cumsum(self.end - self.start, out=total[1:])
        return np.diff(total.take(self.first))


def spans_of(texts: Sequence[str], *sides: Claims) -> list[list[Spans]]:
    """Return, for each of some claims about the same reports, the spans of their contents and of every role."""
    bounded: list[tuple[Ints, list[Claims | Role]]] = [(side.bounds, [side, *side.roles]) for side in sides]
    rows = [(part.first.take(bounds), part.start, part.end) for bounds, parts in bounded for part in parts]
    found = iter(ink_offsets(texts, rows))
    return [[_spans(part, next(found)) for part in parts] for _, parts in bounded]


def _spans(part: Claims | Role, edges: Ints) -> Spans:
    agent = part.agent if isinstance(part, Role) and part.agent.any() else None
    return Spans(part.first, edges[0], edges[1], agent)


def shared(gold: Spans, predicted: Spans, g: Ints, p: Ints) -> Ints:
    """Return how many characters claim `g[k]` of the gold and claim `p[k]` of the predicted share, for each k."""
    common = np.zeros(len(g), dtype=np.int64)
    if not (len(gold.start) and len(predicted.start)):
        return common
    g_row, p_row = gold.first.take(g), predicted.first.take(p)
    ways = (gold.first[1:].take(g) - g_row) * (predicted.first[1:].take(p) - p_row)  # for a fragment to meet another
    direct = gold.agent is None and predicted.agent is None
    if direct:
        start = np.maximum(gold.start.take(g_row, mode="clip"), predicted.start.take(p_row, mode="clip"))
        end = np.minimum(gold.end.take(g_row, mode="clip"), predicted.end.take(p_row, mode="clip"))
        common = np.maximum(end - start, 0) * (ways == 1)
    rest = (ways > direct).nonzero()[0]
    if len(rest):
        common[rest] = _shared_in_lanes(gold, predicted, g.take(rest), p.take(rest))
    return common


def _shared_in_lanes(gold: Spans, predicted: Spans, g: Ints, p: Ints) -> Ints:
    """Return what `shared` does, for any numbers of fragments and agents."""
    (g_pair, g_row), (p_pair, p_row) = _rows(gold, g), _rows(predicted, p)
    pair = np.concatenate([g_pair, p_pair])
    start = np.concatenate([gold.start.take(g_row), predicted.start.take(p_row)])
    end = np.concatenate([gold.end.take(g_row), predicted.end.take(p_row)])
    lane = pair
    if gold.agent is not None or predicted.agent is not None:
        agent = np.concatenate([_agents(gold, g_row), _agents(predicted, p_row)])
        lane = np.unique(pair * (int(agent.max()) + 1) + agent, return_inverse=True)[1]
    lane = lane * (int(end.max()) + 1)  # fragments times ink is far from what 64 bits hold
    order = (start + lane).argsort(kind="stable")
    start, end, pair = (start + lane).take(order), (end + lane).take(order), pair.take(order)
    # The stretches of one side are apart: what one shares with all that begin before it, it shares with the other side.
    common = np.minimum(end[1:], np.maximum.accumulate(end)[:-1]) - start[1:]
    return np.bincount(pair[1:], weights=np.maximum(common, 0), minlength=len(g)).astype(np.int64)


def _rows(spans: Spans, claims: Ints) -> tuple[Ints, Ints]:
    """Return the number of the claim, and the row, of every fragment of some claims."""
    after, row = fragments_of(spans.first, claims)
    return np.repeat(np.arange(len(claims)), np.diff(after)), row


def _agents(spans: Spans, row: Ints) -> Ints:
    return np.zeros(len(row), dtype=np.int64) if spans.agent is None else spans.agent.take(row)
