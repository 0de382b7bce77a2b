"""From predictions to scores: the five steps of the contract in a row, a chunk of reports at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onrecord.eval.bootstrap import DRAWS
from onrecord.eval.columns import columns
from onrecord.eval.count import Counts, concatenate, count
from onrecord.eval.match import match
from onrecord.eval.score import Score, score
from onrecord.eval.signature import Signature, prediction_digest, signature
from onrecord.schema.prediction import Prediction
from onrecord.schema.records import Report

_CHUNK: Final = 8192  # reports matched at once: the working set stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Gold:
    """A split to score against: its name, its reports, and the digest of their rows."""

    split: str
    reports: tuple[Report, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Result:
    """The scores of one system on one split, and the signature of every one of them."""

    signature: Signature
    scores: dict[str, Score]

    def to_dict(self) -> dict[str, Any]:
        """Return the result in the shape of the result schema."""
        return {"signature": dict(self.signature), "scores": {name: s.to_dict() for name, s in self.scores.items()}}


def count_reports(*, gold: Sequence[Report], predicted: Sequence[Prediction]) -> dict[str, Counts]:
    """Return the counts of each score per report; `predicted[i]` is the prediction for the report `gold[i]`."""
    chunks = []
    for at in range(0, max(len(gold), 1), _CHUNK):
        reports = gold[at : at + _CHUNK]
        gold_claims, predicted_claims = columns(gold=reports, predicted=predicted[at : at + _CHUNK])
        matching = match(gold=gold_claims, predicted=predicted_claims, texts=[report.text for report in reports])
        chunks.append(count(gold=gold_claims, predicted=predicted_claims, matching=matching))
    return concatenate(chunks)


def evaluate(
    *,
    gold: Gold,
    predicted: Sequence[Prediction],
    draws: int = DRAWS,
    seed: int = 0,
    progress: Callable[[], None] = lambda: None,
) -> Result:
    """Return the scores of `predicted` against `gold`; a report without prediction counts as an empty prediction.

    `draws` resamples (0: no intervals) with `seed` give the intervals; `progress` is called after each score. A
    prediction for a report that is not in the gold raises `ValueError`.
    """
    by_report = {prediction.report: prediction for prediction in predicted}
    unknown = sorted(set(by_report) - {report.id for report in gold.reports})
    if unknown or len(by_report) != len(predicted):
        raise ValueError(f"predictions must be for distinct reports of split {gold.split!r}; unknown: {unknown[:3]}")
    ordered = [by_report.get(report.id, Prediction(report.id, ())) for report in gold.reports]
    counts = count_reports(gold=gold.reports, predicted=ordered)
    dossiers = [report.dossier for report in gold.reports]
    scores = score(counts, dossiers, draws=draws, seed=seed, progress=progress)
    run = signature(data=gold.digest, split=gold.split, draws=draws, seed=seed)
    return Result({**run, "prediction": prediction_digest(ordered)}, scores)
