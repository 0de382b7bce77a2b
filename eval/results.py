"""From predictions to scores: the five steps of the contract in a row, a chunk of reports at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onrecord.eval.align import align_all, count_alignments, without_fuzzy
from onrecord.eval.bootstrap import DRAWS
from onrecord.eval.classes import CLASSED, Confusion
from onrecord.eval.clusters import Clusters, clusters
from onrecord.eval.columns import columns
from onrecord.eval.count import Counts
from onrecord.eval.scores import FIGURES, Figures, Score, figures, scores_of
from onrecord.eval.signature import Signature, prediction_digest, signature
from onrecord.eval.tally import CHUNK, Tally
from onrecord.schema.prediction import ALIGNMENTS, Alignment, Prediction
from onrecord.schema.records import Report

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True)
class Gold:
    """A split to score against: its name, its reports, and the digest of their rows."""

    split: str
    reports: tuple[Report, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Result:
    """The scores of one system on one split, and the signature of every one of them.

    `alignment` says how many claims were grounded which way (`onrecord.eval.align`). `without_fuzzy` are the figures
    that are left of each score when claims grounded by similarity count as ungrounded, where there are any. `fact` are
    the clusters of a system that did not see the ledger; where it did, `fact` is one of `scores`, and this is None.
    `classes` has each label's values by themselves. `usage` is what the system says that it used for all this.
    `invalid` counts the lines of its predictions that were refused.
    """

    signature: Signature
    scores: dict[str, Score]
    alignment: Mapping[Alignment, int]
    classes: Mapping[str, Confusion]
    fact: Clusters | None = None
    without_fuzzy: Mapping[str, Figures] | None = None
    usage: Mapping[str, float] | None = None
    invalid: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the result in the shape of the result schema."""
        scores = {name: score.to_dict() for name, score in self.scores.items()}
        value = {"signature": dict(self.signature), "scores": scores, "alignment": dict(self.alignment)}
        value["labels"] = {name: label.to_dict(classed=name in CLASSED) for name, label in self.classes.items()}
        if self.fact is not None:
            value["fact"] = self.fact.to_dict()
        if self.without_fuzzy is not None:
            value["without_fuzzy"] = {name: dict(values) for name, values in self.without_fuzzy.items()}
        if self.usage is not None:
            value["usage"] = dict(self.usage)
        if self.invalid:
            value["invalid"] = self.invalid
        return value

    def to_frame(self) -> DataFrame:
        """Return the scores as a pandas frame, a row for each: figures, counts, ends of the intervals, accuracy."""
        from pandas import DataFrame

        rows = {}
        for name, score in self.scores.items():
            row = {what: getattr(score, what) for what in (*FIGURES, "tp", "predicted", "gold", "reports", "accuracy")}
            for figure in FIGURES:
                row[f"{figure}_low"], row[f"{figure}_high"] = score.interval[figure] or (None, None)
                row[f"{figure}_macro"] = score.macro[figure]
            rows[name] = row
        frame = DataFrame.from_dict(rows, orient="index").rename_axis("score")
        return frame.astype({name: float for name in frame if name not in {"tp", "predicted", "gold", "reports"}})

    def __str__(self) -> str:
        """Return the tables that `onrecord score` prints."""
        from onrecord.eval.tables import as_text, print_result

        return as_text(lambda console: print_result(console, self))


def count_reports(*, gold: Sequence[Report], predicted: Sequence[Prediction]) -> dict[str, Counts]:
    """Return the counts of each score per report; `predicted[i]` is the prediction for the report `gold[i]`.

    Words without offsets are aligned first.
    """
    return _count(gold, align_all(gold=gold, predicted=predicted), ledger=False).counts()


def _count(gold: Sequence[Report], aligned: Sequence[Prediction], *, ledger: bool) -> Tally:
    tally = Tally(ledger=ledger)
    for at in range(0, max(len(gold), 1), CHUNK):
        reports, predicted = gold[at : at + CHUNK], aligned[at : at + CHUNK]
        g, p = columns(gold=reports, predicted=predicted, codes=tally.codes)
        firm = None
        if any(claim.alignment == "fuzzy" for prediction in predicted for claim in prediction.claims):
            _, firm = columns(gold=reports, predicted=[without_fuzzy(p) for p in predicted], codes=tally.codes)
        tally.add(gold=g, predicted=p, texts=[report.text for report in reports], firm=firm)
        tally.alignment.update(count_alignments(predicted))
    return tally


def result_of(
    *,
    gold: Gold,
    predicted: Sequence[Prediction],
    draws: int = DRAWS,
    seed: int = 0,
    ledger: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Result:
    """Return the scores of `predicted` against `gold`; a report without prediction counts as an empty prediction.

    `draws` resamples (0: no intervals) with `seed` give the intervals. `ledger` says that the system was given the
    ledger, so that its fact ids are scored as a label. `progress` is called after each score. A prediction for a report
    that is not in the gold raises `ValueError`.
    """
    by_report = {prediction.report: prediction for prediction in predicted}
    unknown = sorted(set(by_report) - {report.id for report in gold.reports})
    if unknown:
        raise ValueError(f"there is no report {unknown[0]!r} in split {gold.split!r}; predict reports of that split")
    if len(by_report) != len(predicted):
        twice = next(p.report for n, p in enumerate(predicted) if p.report in {q.report for q in predicted[:n]})
        raise ValueError(f"there are two predictions for the report {twice!r}; give one for each report")
    ordered = [by_report.get(report.id, Prediction(report.id, ())) for report in gold.reports]
    counted = _count(gold.reports, align_all(gold=gold.reports, predicted=ordered), ledger=ledger)
    dossiers = [report.dossier for report in gold.reports]
    run = signature(data=gold.digest, split=gold.split, draws=draws, seed=seed, ledger=ledger)
    run["prediction"] = prediction_digest(ordered)
    return result_from(counted, dossiers, run, draws=draws, seed=seed, progress=progress)


def result_from(
    counted: Tally,
    dossiers: Sequence[str],
    run: Signature,
    *,
    draws: int,
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> Result:
    """Return the result of what was counted; `dossiers[i]` is the dossier of report i, `run` the whole signature."""
    rest = counted.firm()
    return Result(
        run,
        scores_of(counted.counts(), dossiers, draws=draws, seed=seed, progress=progress),
        {alignment: counted.alignment[alignment] for alignment in ALIGNMENTS},
        counted.classes(),
        None if counted.ledger else clusters(counted.mentions(), dossiers, draws=draws, seed=seed),
        None if rest is None else {name: figures(of) for name, of in rest.items()},
    )
