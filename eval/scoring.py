"""`onrecord score`: a prediction file scored on a split or on the article, whole and slice by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from onrecord.eval import gold as sources
from onrecord.eval.complaints import print_incidents
from onrecord.eval.files import read_predictions
from onrecord.eval.pairing import pair
from onrecord.eval.results import Result, result_of
from onrecord.eval.scores import Score
from onrecord.eval.scoring_files import score_files
from onrecord.eval.slices import require_cut, slice_scores
from onrecord.eval.tables import print_result, print_slices, standard_output
from onrecord.eval.tables_labels import print_classes
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident, counted

Slices = Mapping[str, Mapping[str, Mapping[str, Score]]]
"""Scores by cut, value and name."""


def scored(
    predictions: Path,
    *,
    split: str,
    article: Path | None,
    own: Path | None,
    own_codebooks: Sequence[Path],
    strict: bool,
    ledger: bool,
    by: Sequence[str],
    draws: int,
    seed: int,
) -> tuple[Result, Slices, Sequence[Incident]]:
    """Return the result of a prediction file, its slices by each cut of `by`, and the errors that were in the file.

    Incidents are printed on standard error. Raises `OnRecordError` where no line is right or, with `strict`, where one
    is not.
    """
    if own is not None:
        if by:
            raise OnRecordError("--by needs a published split; leave it out with --gold", exit_code=2)
        result, incidents, accepted = score_files(
            predictions, own, own_codebooks, ledger=ledger, draws=draws, seed=seed
        )
        return result, {}, verdict(predictions, incidents, accepted, strict=strict)
    for cut in by:
        require_cut(cut)
    gold = sources.article_gold(article) if article else sources.published_gold(split)
    codebooks = sources.published_codebooks()
    validated = read_predictions(predictions, gold, codebooks)
    errors = verdict(predictions, validated.incidents, validated.accepted, strict=strict)
    pairings = pair(gold=gold.reports, predicted=validated.predictions) if by else ()
    slices = {cut: slice_scores(pairings, cut, codebooks, draws=draws, seed=seed) for cut in by}
    result = result_of(gold=gold, predicted=validated.predictions, draws=draws, seed=seed, ledger=ledger)
    return replace(result, invalid=validated.refused), slices, errors


def verdict(
    predictions: Path, incidents: Sequence[Incident], accepted: int, *, strict: bool = False
) -> Sequence[Incident]:
    """Print incidents and return the errors among them, or raise `OnRecordError` where they forbid a score."""
    errors = [incident for incident in incidents if incident.level == "error"]
    print_incidents(incidents if accepted else errors)  # where no line is right, that reports lack one says nothing
    if strict and errors:
        raise OnRecordError(f"{predictions}: {counted(len(errors), 'error')} and --strict: no score")
    if errors and not accepted:
        raise OnRecordError(f"{predictions}: no line can be scored, so there is no score; correct what stands above")
    return errors


def show(result: Result, slices: Slices, *, per_class: bool = False) -> None:
    """Print a result and its slices on standard output; with `per_class`, labels class by class as well."""
    console = standard_output()
    print_result(console, result)
    if per_class:
        print_classes(console, result.classes)
    for cut, values in slices.items():
        print_slices(console, cut, values)
