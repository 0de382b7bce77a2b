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
  agent; predicted and gold are the characters of the role over all claims (`onrecord.eval.roles`).
* `speaker`, `agency`, `topic`, `stance`, `kind`: the matched pairs whose label is equal. A null agency is a label like
  any other.
* `fact`, where the system was given the ledger: the matched pairs whose fact is equal. Where it was not, its ids are
  its own, and make clusters (`onrecord.eval.clusters`).
* `record`: the matched pairs whose speaker, agency, topic and stance are all right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from onrecord.eval.columns import Claims, Ints
from onrecord.eval.match import Matching
from onrecord.eval.roles import role_overlaps
from onrecord.schema.prediction import LABELS, RECORD_LABELS, ROLES

SCORES: Final = ("record", "detection", "exact", "characters", *ROLES, *LABELS)
"""The names of the scores, the headline first."""

CHARACTER_SCORES: Final = ("characters", *ROLES)
"""The scores whose unit is the character; that of all others is the claim."""


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
    reports = gold.n_reports
    if predicted.n_reports != reports:
        raise ValueError(f"predicted covers {predicted.n_reports} reports and gold {reports}: pair them by report id")
    at = gold.report[matching.gold]
    g, p = gold.labels[matching.gold], predicted.labels[matching.predicted]
    right = {name: g[:, i] == p[:, i] for i, name in enumerate(LABELS)}
    right["record"] = np.all([right[name] for name in RECORD_LABELS], axis=0)
    union = matching.gold_size[matching.gold] + matching.predicted_size[matching.predicted] - matching.shared
    right["exact"] = matching.shared == union
    right["detection"] = np.ones(len(at), dtype=bool)
    if ledger:
        right["fact"] = gold.fact[matching.gold] == predicted.fact[matching.predicted]
    all_predicted = np.bincount(predicted.report, minlength=reports)
    all_gold = np.bincount(gold.report, minlength=reports)
    counts = {
        name: Counts(np.bincount(at[hit], minlength=reports), all_predicted, all_gold) for name, hit in right.items()
    }
    counts["characters"] = Counts(
        _sum(at, matching.shared, reports),
        _sum(predicted.report, matching.predicted_size, reports),
        _sum(gold.report, matching.gold_size, reports),
    )
    roles = role_overlaps(gold=gold, predicted=predicted, matching=matching)
    counts |= {name: Counts(*amounts) for name, amounts in roles.items()}
    return {name: _checked(name, counts[name]) for name in (*SCORES, *(["fact"] if ledger else ()))}


def _sum(report: Ints, amount: Ints, reports: int) -> Ints:
    return np.bincount(report, weights=amount, minlength=reports).astype(np.int64)


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
