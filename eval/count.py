"""Count: true positives, predicted and gold, per report, as integers. Counts add; nothing else does.

Units are claims, except in `CHARACTER_SCORES`, whose unit is the character of ink (`onrecord.eval.ink`). Every score is
charged end to end: its predicted and gold counts are all claims, matched or not, so that a label can only be right on a
pair whose contents match.

* `detection`: the matched pairs.
* `exact`: the matched pairs whose contents are the same characters, quotation marks and punctuation at the edges left
  out.
* `characters`: the characters shared by matched pairs; predicted and gold are the characters of all contents, claim by
  claim.
* `source`, `cue`, `via`: the characters that matched pairs share in that role, in `via` between relays of the same
  agent; predicted and gold are the characters of the role over all claims, matched or not, so that a source beside a
  content that matches nothing is wrong. Words that were not found in the text count as predicted. A role that neither
  side has adds nothing.
* `speaker`, `agency`, `topic`, `stance`, `kind`: the matched pairs whose label is equal. A null agency is a label like
  any other.
* `fact`, where the system was given the ledger: the matched pairs whose fact is equal. Where it was not, its ids are
  its own, and make clusters (`onrecord.eval.clusters`).
* `record`: the matched pairs whose speaker, agency, topic and stance are all right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.columns import Claims, Ints, sums
from onrecord.eval.match import Matching
from onrecord.eval.spans import Spans, shared
from onrecord.schema.prediction import LABELS, RECORD_LABELS, ROLES

SCORES: Final = ("record", "detection", "exact", "characters", *ROLES, *LABELS)
"""The names of the scores, the headline first."""

CHARACTER_SCORES: Final = ("characters", *ROLES)
"""The scores whose unit is the character; that of all others is the claim."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counts:
    """Integer counts of one score: `tp`, `predicted` and `gold` (reports,), with tp at most each of the others."""

    tp: Ints
    predicted: Ints
    gold: Ints


def count(*, gold: Claims, predicted: Claims, matching: Matching, ledger: bool = False) -> dict[str, Counts]:
    """Return the counts of each score of `SCORES` for the reports that `gold` and `predicted` cover.

    With `ledger`, the system's fact ids are those of the ledger, and there is a score `fact` as well.
    """
    if predicted.n_reports != gold.n_reports:
        raise ValueError(
            f"predicted covers {predicted.n_reports} reports and gold {gold.n_reports}: pair them by report id"
        )
    names = (*SCORES, *(["fact"] if ledger else ()))
    right = _right(gold, predicted, matching)
    amounts = np.empty((len(names), len(matching.gold)), dtype=np.int64)
    for row, name in zip(amounts, names, strict=True):
        row[:] = right[name]
    tp = dict(zip(names, sums(amounts, np.searchsorted(matching.gold, gold.bounds)), strict=True))
    of_predicted = _whole(predicted, matching.predicted_size, matching.predicted_roles)
    of_gold = _whole(gold, matching.gold_size, matching.gold_roles)
    return {name: _checked(name, Counts(tp[name], of_predicted[name], of_gold[name])) for name in names}


def _right(gold: Claims, predicted: Claims, matching: Matching) -> dict[str, Ints | Flags]:
    """Return how much is right of each pair (pairs,) in each score."""
    g, p = matching.gold, matching.predicted
    union = matching.gold_size.take(g) + matching.predicted_size.take(p) - matching.shared
    labels = (gold.labels.take(g, axis=0) == predicted.labels.take(p, axis=0)).T
    right: dict[str, Ints | Flags] = dict(zip(LABELS, labels, strict=True))
    right["record"] = np.logical_and.reduce([right[name] for name in RECORD_LABELS])
    right["detection"] = np.ones_like(g)
    right["exact"] = matching.shared == union
    right["fact"] = gold.fact.take(g) == predicted.fact.take(p)
    right["characters"] = matching.shared
    for name, one, other in zip(ROLES, matching.gold_roles, matching.predicted_roles, strict=True):
        right[name] = shared(one, other, g, p)
    return right


def _whole(claims: Claims, size: Ints, roles: Sequence[Spans]) -> dict[str, Ints]:
    """Return how much there is in each report (reports,) in each score; scores of the same unit share an array."""
    bounds = claims.bounds
    whole = dict.fromkeys((*SCORES, "fact"), np.diff(bounds))
    whole["characters"] = sums(size, bounds)
    for name, role, spans in zip(ROLES, claims.roles, roles, strict=True):
        whole[name] = sums(spans.end - spans.start, role.first.take(bounds))
        if role.words.any():
            whole[name] += sums(role.words, bounds)
    return whole


def _checked(name: str, counts: Counts) -> Counts:
    if np.any(counts.tp > np.minimum(counts.predicted, counts.gold)):
        raise AssertionError(f"{name}: more true positives than claims; this is a defect of onrecord")
    return counts


def concatenate(parts: Iterable[Mapping[str, Counts]]) -> dict[str, Counts]:
    """Return the counts of several runs of reports, one after another; the chunking leaves no trace.

    Scores that share an array in the parts (what is predicted is the same for most) share it in the whole.
    """
    chunks = list(parts)
    if not chunks:
        raise ValueError("no counts: give the counts of at least one chunk of reports")
    joined: dict[tuple[int, ...], Ints] = {}

    def join(name: str, what: str) -> Ints:
        arrays = [getattr(chunk[name], what) for chunk in chunks]
        key = tuple(map(id, arrays))
        if key not in joined:
            joined[key] = np.concatenate(arrays)
        return joined[key]

    return {name: Counts(*(join(name, what) for what in ("tp", "predicted", "gold"))) for name in chunks[0]}
