"""Roles: how many characters of source, cue and via a system has in common with the gold.

On a matched pair the characters (ink, `onrecord.eval.ink`) that both sides have in the role are right; in `via` only
between relays of the same agent. Predicted and gold are the characters of the role over all claims, matched or not, so
that a source beside a content that matches nothing is wrong; words that were not found in the text count as predicted.
A role that neither side has adds nothing.
"""

from __future__ import annotations

from onrecord.eval.columns import Claims, Ints, Role, sums
from onrecord.eval.match import Matching
from onrecord.eval.spans import Spans, shared
from onrecord.schema.prediction import ROLES


def role_overlaps(*, gold: Claims, predicted: Claims, matching: Matching) -> dict[str, tuple[Ints, Ints, Ints]]:
    """Return, for each of `ROLES`, the characters that are right (pairs,), predicted and in the gold (reports,)."""
    found = {}
    for name, g, p in zip(ROLES, gold.roles, predicted.roles, strict=True):
        one, other = Spans.of(g, gold.report, matching.ink), Spans.of(p, predicted.report, matching.ink)
        right = shared(one, other, matching.gold, matching.predicted)
        found[name] = (right, _sizes(predicted, p, other), _sizes(gold, g, one))
    return found


def _sizes(claims: Claims, role: Role, spans: Spans) -> Ints:
    """Return the characters of a role over all claims of each report, found in the text or not."""
    found = sums(spans.end - spans.start, role.first.take(claims.bounds))
    return found + sums(role.words, claims.bounds) if role.words.any() else found
