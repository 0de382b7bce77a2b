"""Roles: how many characters of source, cue and via a system has in common with the gold.

On a matched pair the characters (ink, `onrecord.eval.ink`) that both sides have in the role are right; in `via` only
between relays of the same agent. Predicted and gold are the characters of the role over all claims, matched or not, so
that a source beside a content that matches nothing is wrong; words that were not found in the text count as predicted.
A role that neither side has adds nothing.

How it stays fast: every pair (in `via`, every pair and agent) gets a lane of its own on one line, so that the gold
fragments of all lanes are apart, and what a predicted fragment shares with them is a difference of two sums.
"""

from __future__ import annotations

import numpy as np

from onrecord.eval.columns import Claims, Ints, Role
from onrecord.eval.match import Matching
from onrecord.schema.prediction import ROLES

_Line = tuple[Ints, Ints]
"""Start and end of stretches of a line."""


def role_overlaps(*, gold: Claims, predicted: Claims, matching: Matching) -> dict[str, tuple[Ints, Ints, Ints]]:
    """Return, for each of `ROLES`, the characters that are right, predicted and in the gold (reports,)."""
    found = {}
    for name, g, p in zip(ROLES, gold.roles, predicted.roles, strict=True):
        g_line = matching.ink.trimmed(gold.report[g.claim], g.start, g.end)
        p_line = matching.ink.trimmed(predicted.report[p.claim], p.start, p.end)
        g_lane, p_lane = _lanes(g, p, _pairs(matching.gold, len(gold)), _pairs(matching.predicted, len(predicted)))
        length = max(int(g_line[1].max(initial=0)), int(p_line[1].max(initial=0))) + 1
        shared = _shared(gold=_apart(g_line, g_lane, length), predicted=_apart(p_line, p_lane, length))
        right = _per_report(predicted.report[p.claim[p_lane >= 0]], shared, gold.n_reports)
        found[name] = (right, _sizes(predicted, p, p_line), _sizes(gold, g, g_line))
    return found


def _pairs(matched: Ints, claims: int) -> Ints:
    """Return the number of each claim's pair (claims,), -1 where it is not matched."""
    pair = np.full(claims, -1, dtype=np.int64)
    pair[matched] = np.arange(len(matched))
    return pair


def _lanes(gold: Role, predicted: Role, gold_pair: Ints, predicted_pair: Ints) -> tuple[Ints, Ints]:
    """Return the lane of each fragment, gold and predicted, the same where they may meet; -1 where they may not."""
    g, p = gold_pair[gold.claim], predicted_pair[predicted.claim]
    if not (gold.agent.any() or predicted.agent.any()):
        return g, p
    agents = int(max(gold.agent.max(initial=0), predicted.agent.max(initial=0))) + 1
    keys, lane = np.unique(np.where(g < 0, -1, g * agents + gold.agent), return_inverse=True)
    wanted = np.where(p < 0, -1, p * agents + predicted.agent)
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    met = (p >= 0) & (keys[place] == wanted) if len(keys) else np.zeros(len(p), dtype=bool)
    return np.where(g < 0, -1, lane), np.where(met, place, -1)


def _apart(line: _Line, lane: Ints, length: int) -> _Line:
    """Return the stretches that have a lane, each moved to its lane of this `length`."""
    kept = np.flatnonzero(lane >= 0)
    shift = lane.take(kept) * length
    return line[0].take(kept) + shift, line[1].take(kept) + shift


def _shared(*, gold: _Line, predicted: _Line) -> Ints:
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


def _sizes(claims: Claims, role: Role, line: _Line) -> Ints:
    """Return the characters of a role over all claims of each report, found in the text or not."""
    found = _per_report(claims.report.take(role.claim), line[1] - line[0], claims.n_reports)
    return found + _per_report(claims.report, role.words, claims.n_reports) if role.words.any() else found


def _per_report(report: Ints, amount: Ints, reports: int) -> Ints:
    return np.bincount(report, weights=amount, minlength=reports).astype(np.int64)
