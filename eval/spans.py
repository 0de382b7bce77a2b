"""Spans: what claims have in the text, as content or in a role, on one line of ink (`onrecord.eval.ink`).

How it stays fast: most claims have one fragment or none, and what two fragments share is a difference. Where there are
more, every pair (in `via`, every pair and agent) gets a lane of its own on one longer line, so that the gold fragments
of all lanes are apart, and what a predicted fragment shares with them is a difference of two sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onrecord.eval.columns import Claims, Ints, Role, fragments_of
from onrecord.eval.ink import Ink

_Line = tuple[Ints, Ints]
"""Start and end of stretches of a line."""


@dataclass(frozen=True, slots=True)
class Spans:
    """The fragments of claims in ink offsets: those of claim i are `start[first[i]:first[i + 1]]`, and likewise `end`.

    Start and end are equal where nothing of a fragment counts. `agent` (fragments,) is that of `Role`, None for none.
    """

    first: Ints
    start: Ints
    end: Ints
    agent: Ints | None = None

    @classmethod
    def of(cls, part: Claims | Role, report: Ints, ink: Ink) -> Spans:
        """Return the contents of claims, or what they have in a role; `report` (claims,) is the report of each."""
        start, end = ink.trimmed(np.repeat(report, np.diff(part.first)), part.start, part.end)
        return cls(part.first, start, end, part.agent if isinstance(part, Role) and part.agent.any() else None)

    def sizes(self) -> Ints:
        """Return the characters of each claim (claims,)."""
        total = np.zeros(len(self.start) + 1, dtype=np.int64)
        np.cumsum(self.end - self.start, out=total[1:])
        return np.diff(total.take(self.first))


def shared(gold: Spans, predicted: Spans, g: Ints, p: Ints) -> Ints:
    """Return how many characters claim `g[k]` of the gold and claim `p[k]` of the predicted share, for each k."""
    if not (len(gold.start) and len(predicted.start)):
        return np.zeros(len(g), dtype=np.int64)
    g_row, p_row = gold.first.take(g), predicted.first.take(p)
    ways = (gold.first[1:].take(g) - g_row) * (predicted.first[1:].take(p) - p_row)  # for a fragment to meet another
    start = np.maximum(gold.start.take(g_row, mode="clip"), predicted.start.take(p_row, mode="clip"))
    end = np.minimum(gold.end.take(g_row, mode="clip"), predicted.end.take(p_row, mode="clip"))
    common: Ints = np.maximum(end - start, 0) * (ways == 1)
    rest = np.flatnonzero(ways > 1)
    if gold.agent is not None or predicted.agent is not None:
        rest = np.flatnonzero(ways)
    if len(rest):
        common[rest] = _shared_in_lanes(gold, predicted, g.take(rest), p.take(rest))
    return common


def _shared_in_lanes(gold: Spans, predicted: Spans, g: Ints, p: Ints) -> Ints:
    """Return what `shared` does, for any numbers of fragments and agents."""
    (g_pair, g_row), (p_pair, p_row) = _rows(gold, g), _rows(predicted, p)
    g_lane, p_lane = g_pair, p_pair
    if gold.agent is not None or predicted.agent is not None:
        agent = np.concatenate([_agents(gold, g_row), _agents(predicted, p_row)])
        key = np.concatenate([g_pair, p_pair]) * (int(agent.max(initial=0)) + 1) + agent
        lane = np.unique(key, return_inverse=True)[1]
        g_lane, p_lane = lane[: len(g_row)], lane[len(g_row) :]
    length = int(max(gold.end.max(), predicted.end.max())) + 1
    meets = _meets(
        gold=(gold.start.take(g_row) + g_lane * length, gold.end.take(g_row) + g_lane * length),
        predicted=(predicted.start.take(p_row) + p_lane * length, predicted.end.take(p_row) + p_lane * length),
    )
    return np.bincount(p_pair, weights=meets, minlength=len(g)).astype(np.int64)


def _rows(spans: Spans, claims: Ints) -> tuple[Ints, Ints]:
    """Return the number of the claim, and the row, of every fragment of some claims."""
    after, row = fragments_of(spans.first, claims)
    return np.repeat(np.arange(len(claims)), np.diff(after)), row


def _agents(spans: Spans, row: Ints) -> Ints:
    return np.zeros(len(row), dtype=np.int64) if spans.agent is None else spans.agent.take(row)


def _meets(*, gold: _Line, predicted: _Line) -> Ints:
    """Return how much of each predicted stretch lies in gold ones, which do not overlap."""
    start, end = gold
    if np.any(np.diff(start) < 0):
        order = np.argsort(start, kind="stable")
        start, end = start[order], end[order]
    total = np.concatenate([[0], np.cumsum(end - start)])
    last = np.concatenate([[0], end])

    def below(place: Ints) -> Ints:
        number = np.searchsorted(start, place)
        sums: Ints = total[number] - np.maximum(last[number] - place, 0)
        return sums

    return below(predicted[1]) - below(predicted[0])
