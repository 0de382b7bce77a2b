"""Pairs of claims, report by report, for whoever wants to look at them: what was matched with what.

The scores need none of this; they come from columns. It serves outcomes, slices and pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.eval.align import align_all
from onrecord.eval.columns import columns, ranks
from onrecord.eval.match import match, overlaps
from onrecord.schema.prediction import Prediction, as_prediction
from onrecord.schema.records import Report


@dataclass(frozen=True, slots=True)
class Pairing:
    """A report, its prediction, and how their claims meet; indices count the claims as they stand in both.

    `pairs` are the matched (gold, predicted), in order of gold; `overlap` maps every pair that shares a character to
    its intersection over union.
    """

    report: Report
    prediction: Prediction
    pairs: tuple[tuple[int, int], ...]
    overlap: dict[tuple[int, int], float]


def pair(*, gold: Sequence[Report], predicted: Sequence[Prediction]) -> tuple[Pairing, ...]:
    """Return the pairing of each report of `gold`; `predicted[i]` is the prediction for it.

    Words without offsets are aligned first, so that `Pairing.prediction` has offsets wherever its words were found.
    """
    predicted = align_all(gold=gold, predicted=predicted)
    texts = [report.text for report in gold]
    gold_claims, predicted_claims = columns(gold=gold, predicted=predicted)
    matching = match(gold=gold_claims, predicted=predicted_claims, texts=texts)
    met = overlaps(gold=gold_claims, predicted=predicted_claims, texts=texts)
    gold_at = _places([as_prediction(report) for report in gold])
    predicted_at = _places(predicted)
    pairs: list[list[tuple[int, int]]] = [[] for _ in gold]
    overlap: list[dict[tuple[int, int], float]] = [{} for _ in gold]
    for g, p in zip(matching.gold.tolist(), matching.predicted.tolist(), strict=True):
        report, index = gold_at[g]
        pairs[report].append((index, predicted_at[p][1]))
    for g, p, ratio in zip(met.gold.tolist(), met.predicted.tolist(), met.ratio.tolist(), strict=True):
        report, index = gold_at[g]
        overlap[report][index, predicted_at[p][1]] = ratio
    return tuple(
        Pairing(report, prediction, tuple(sorted(some)), all_met)
        for report, prediction, some, all_met in zip(gold, predicted, pairs, overlap, strict=True)
    )


def _places(predictions: Sequence[Prediction]) -> list[tuple[int, int]]:
    """Return, for each row of the columns, the number of its report and of the claim in it."""
    return [(number, index) for number, p in enumerate(predictions) for index in ranks(p.claims)]
