"""Curves: precision and recall at every threshold on confidence, and average precision.

At a threshold t the claims with a confidence of at least t are kept, and the matching is solved again on what is left:
a claim that the threshold removes competes with none. The thresholds are the distinct confidences; a claim without
confidence counts as one with confidence 1. Words are aligned once, before any claim is left out.

*Average precision* by the step rule (Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008,
chapter 8; scikit-learn's `average_precision_score`): the sum of P_k (R_k - R_{k-1}) over the thresholds from the
highest down, R_0 = 0. Nothing is interpolated, and recall that is never reached counts nothing. In `detection` recall
never falls; in `record` it may, where a further claim takes a pair with more overlap and a wrong label: that step is
subtracted. Undefined (an empty gold, or nothing predicted) is None.

How it stays fast: reports do not compete, so a report is solved again only at its own confidences, as if it were a
report of its own; the curve is the running sum of what changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.align import align_all
from onrecord.eval.columns import Claims, Ints, columns, fragments_of, ranks, without_roles
from onrecord.eval.count import count
from onrecord.eval.match import match
from onrecord.eval.scores import Ratio
from onrecord.schema.prediction import Prediction
from onrecord.schema.records import Report

CURVES: Final = ("record", "detection")
"""The scores that have a curve."""

_CHUNK: Final = 512  # reports solved at once, each at all of its thresholds

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Counts at each threshold, from the highest down: `tp[k]` and `predicted[k]` at `thresholds[k]`; `gold` is one."""

    thresholds: tuple[float, ...]
    tp: tuple[int, ...]
    predicted: tuple[int, ...]
    gold: int

    @property
    def precision(self) -> tuple[float | None, ...]:
        """The precision at each threshold."""
        return tuple(Ratio(tp, predicted).value for tp, predicted in zip(self.tp, self.predicted, strict=True))

    @property
    def recall(self) -> tuple[float | None, ...]:
        """The recall at each threshold."""
        return tuple(Ratio(tp, self.gold).value for tp in self.tp)

    @property
    def average_precision(self) -> float | None:
        """The average precision by the step rule, or None where it is undefined."""
        if not self.gold or not self.thresholds:
            return None
        gains = (after - before for before, after in zip((0, *self.tp), self.tp, strict=False))
        return sum(
            gain * tp / predicted for gain, tp, predicted in zip(gains, self.tp, self.predicted, strict=True)
        ) / self.gold  # fmt: skip


def has_confidences(predicted: Sequence[Prediction]) -> bool:
    """Whether any claim of `predicted` has a confidence."""
    return any(claim.confidence is not None for prediction in predicted for claim in prediction.claims)


def curves(*, gold: Sequence[Report], predicted: Sequence[Prediction]) -> dict[str, Curve]:
    """Return the curve of each score of `CURVES`; `predicted[i]` is the prediction for the report `gold[i]`."""
    aligned = align_all(gold=gold, predicted=predicted)
    steps = [_steps(gold[at : at + _CHUNK], aligned[at : at + _CHUNK]) for at in range(0, len(gold), _CHUNK)]
    threshold = np.concatenate([step[0] for step in steps]) if steps else np.zeros(0)
    changes = np.concatenate([step[1] for step in steps]) if steps else np.zeros((0, len(CURVES) + 1), dtype=np.int64)
    distinct, where = np.unique(threshold, return_inverse=True)
    sums = np.zeros((len(distinct), changes.shape[1]), dtype=np.int64)
    np.add.at(sums, where, changes)
    totals = np.cumsum(sums[::-1], axis=0)
    n_gold = sum(len(report.claims) for report in gold)
    return {
        name: Curve(
            tuple(distinct[::-1].tolist()), tuple(totals[:, column].tolist()), tuple(totals[:, -1].tolist()), n_gold
        )
        for column, name in enumerate(CURVES)
    }


def _steps(gold: Sequence[Report], predicted: Sequence[Prediction]) -> tuple[_Floats, Ints]:
    """Return the thresholds of each report in turn, from the highest down, and what each changes.

    The changes (thresholds, curves + 1) are of the true positives of each of `CURVES`, and of what is predicted.
    """
    gold_claims, predicted_claims = columns(gold=gold, predicted=predicted)
    confidence = np.array([_confidence(p, index) for p in predicted for index in ranks(p.claims)], dtype=np.float64)
    kept = list(_kept(predicted_claims, confidence))
    of = np.array([report for report, _, _ in kept], dtype=np.int64)
    threshold = np.array([at for _, at, _ in kept], dtype=np.float64)
    of_gold = [np.arange(*_range(gold_claims, report)) for report in of.tolist()]
    some_gold, some_predicted = _taken(gold_claims, of_gold), _taken(predicted_claims, [rows for _, _, rows in kept])
    texts = [gold[report].text for report in of.tolist()]
    matching = match(gold=some_gold, predicted=some_predicted, texts=texts)
    counts = count(gold=some_gold, predicted=some_predicted, matching=matching)
    totals = np.stack([*(counts[name].tp for name in CURVES), counts[CURVES[0]].predicted], axis=1)
    changes = totals.copy()
    follows = np.flatnonzero(of[1:] == of[:-1]) + 1
    changes[follows] -= totals[follows - 1]
    return threshold, changes


def _confidence(prediction: Prediction, index: int) -> float:
    given = prediction.claims[index].confidence
    return 1.0 if given is None else given


def _range(claims: Claims, report: int) -> tuple[int, int]:
    low, high = np.searchsorted(claims.report, [report, report + 1])
    return int(low), int(high)


def _kept(claims: Claims, confidence: _Floats) -> Iterator[tuple[int, float, Ints]]:
    """Yield each report, each of its thresholds from the highest down, and the rows of the claims that are kept."""
    for report in np.unique(claims.report).tolist():
        low, high = _range(claims, report)
        own = confidence[low:high]
        for threshold in sorted(set(own.tolist()), reverse=True):
            yield report, threshold, low + np.flatnonzero(own >= threshold)


def _taken(claims: Claims, rows: Sequence[Ints]) -> Claims:
    """Return `rows[i]` of `claims` as the claims of report i, roles left out: no curve is theirs."""
    index = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
    first, fragment = fragments_of(claims.first, index)
    report = np.repeat(np.arange(len(rows)), [len(some) for some in rows]).astype(np.int64)
    return Claims(
        len(rows), report, first, claims.start[fragment], claims.end[fragment], claims.labels[index],
        claims.fact[index], claims.words[index], roles=without_roles(len(index)),
    )  # fmt: skip
