"""The scorer in Python: `evaluate` runs a system and scores it, `score` scores what you have predicted."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from onrecord.eval.bootstrap import DRAWS
from onrecord.eval.complaints import Complaint
from onrecord.eval.console import results_folder
from onrecord.eval.gold import gold_of, published_codebooks, published_gold
from onrecord.eval.results import Result, result_of
from onrecord.eval.run import run
from onrecord.eval.systems import predictions_of
from onrecord.eval.validate import resolve
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import PredictedClaim, Prediction
from onrecord.schema.records import Report

Predict = Callable[[str, Codebook], Iterable[PredictedClaim]]
"""A system as a function: from a text and a codebook to claims."""


class _Function:
    """A function as a system."""

    def __init__(self, predict: Predict) -> None:
        self._predict = predict

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims that the function finds."""
        return tuple(self._predict(text, codebook))


def evaluate(predict: Predict | str, split: str = "test", *, draws: int = DRAWS, seed: int = 0) -> Result:
    """Return the scores of a system on a published split.

    `predict` is a function of a text and a codebook, or the name of a registered system. A report on which it fails
    counts as empty and is told as a warning. Where `onrecord bench` has kept what a registered system predicts, that is
    used again. Raise `OnRecordError` where there is no such system or split.
    """
    gold, codebooks = published_gold(split), published_codebooks()
    complaints: list[Complaint] = []
    if isinstance(predict, str):
        validated = predictions_of(
            predict, gold=gold, codebooks=codebooks, folder=results_folder(), complain=complaints.append
        )
    else:
        name = getattr(predict, "__name__", type(predict).__name__)
        done = run(name, _Function(predict), reports=gold.reports, codebooks=codebooks)
        validated = done.validated
        complaints += done.complaints
    for complaint in complaints:
        warnings.warn(str(complaint), stacklevel=2)
    result = result_of(gold=gold, predicted=validated.predictions, draws=draws, seed=seed)
    return replace(result, invalid=validated.refused)


def score(
    *,
    gold: Sequence[Report] | str,
    predicted: Iterable[Prediction],
    codebooks: Mapping[str, Codebook] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Result:
    """Return the scores of `predicted` against `gold`: reports with their claims, or the name of a published split.

    Speakers, agencies and relays may be ids or names; `codebooks`, by dossier, resolve them, those of the published
    dossiers unless given. A report without prediction counts as an empty prediction. Raise `ValueError` for a
    prediction that is for no report of the gold, or for one that has a prediction already.
    """
    split = published_gold(gold) if isinstance(gold, str) else gold_of("given", gold)
    known = published_codebooks() if codebooks is None else codebooks
    books = {report.id: known[report.dossier] for report in split.reports if report.dossier in known}
    resolved = [resolve(each, books[each.report]) if each.report in books else each for each in predicted]
    return result_of(gold=split, predicted=resolved, draws=draws, seed=seed)
