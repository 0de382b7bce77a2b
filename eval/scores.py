"""Score: precision, recall and F1 from summed counts only.

Micro by default: one sum over all reports. `macro_by_dossier` is the unweighted mean of the dossiers' own figures. What
is undefined (nothing predicted, nothing in the gold) is None with its reason, never 0 or 1; a macro average is
undefined where one of its parts is. Definitions: van Rijsbergen, Information Retrieval (1979), chapter 7; F1 = 2 tp /
(predicted + gold). Nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from onrecord.eval.bootstrap import Interval, intervals, resampled_counts
from onrecord.eval.count import Counts
from onrecord.schema.prediction import LABELS

FIGURES: Final = ("precision", "recall", "f1")
Figures = dict[str, float | None]
"""Precision, recall and F1, None where undefined."""

ONE_EACH: Final = "every dossier has one report"
UNDEFINED_DRAW: Final = "in at least one resample the figure is undefined"
_REASONS: Final = {
    "precision": "nothing was predicted",
    "recall": "the gold is empty",
    "f1": "nothing was predicted and the gold is empty",
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of counts: None where the denominator is 0."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """The ratio between 0 and 1, or None."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Score:
    """One score: its counts (claims, or characters), over how many reports, and what follows from them.

    `interval` maps each of `FIGURES` to the ends of its 95 % interval. `macro` maps them to the mean over `dossiers`
    dossiers. `matched` is the number of matched pairs where the score is a label's; its accuracy is tp over matched.
    """

    tp: int
    predicted: int
    gold: int
    reports: int
    interval: Mapping[str, Interval | None]
    macro: Mapping[str, float | None]
    dossiers: int
    matched: int | None = None
    draws: int = 0

    @property
    def precision(self) -> float | None:
        """True positives over predicted."""
        return Ratio(self.tp, self.predicted).value

    @property
    def recall(self) -> float | None:
        """True positives over gold."""
        return Ratio(self.tp, self.gold).value

    @property
    def f1(self) -> float | None:
        """Twice the true positives over predicted and gold together."""
        return Ratio(2 * self.tp, self.predicted + self.gold).value

    @property
    def accuracy(self) -> float | None:
        """The share of matched pairs whose label is right; None where the score is no label's, or nothing matched."""
        return Ratio(self.tp, self.matched).value if self.matched is not None else None

    def undefined(self) -> dict[str, str]:
        """Return the reason for each figure that is None."""
        reasons = {name: _REASONS[name] for name in FIGURES if getattr(self, name) is None}
        absent = [name for name in FIGURES if self.macro[name] is None]
        reasons |= {f"macro_by_dossier.{name}": f"in at least one dossier {_REASONS[name]}" for name in absent}
        reasons |= {
            f"interval.{name}": ONE_EACH if self.reports == self.dossiers else UNDEFINED_DRAW
            for name in FIGURES
            if self.draws and self.interval[name] is None and getattr(self, name) is not None
        }
        if self.matched == 0:
            reasons["accuracy"] = "no pair matched"
        return reasons

    def to_dict(self) -> dict[str, Any]:
        """Return the score in the shape of the result schema."""
        value: dict[str, Any] = {name: getattr(self, name) for name in (*FIGURES, "tp", "predicted", "gold", "reports")}
        value["interval"] = {name: list(ends) if (ends := self.interval[name]) else None for name in FIGURES}
        value["macro_by_dossier"] = {**self.macro, "dossiers": self.dossiers}
        if self.matched is not None:
            value["accuracy"] = {"value": self.accuracy, "matched": self.matched}
        if reasons := self.undefined():
            value["undefined"] = reasons
        return value


def scores_of(
    counts: Mapping[str, Counts],
    dossiers: Sequence[str],
    *,
    draws: int,
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Score]:
    """Return the score of each of `counts`.

    `counts` are those of `onrecord.eval.count.count`, or of a slice of them; `dossiers[i]` is the dossier of report i,
    the stratum of the bootstrap. `draws` resamples give the intervals (0: no intervals). `progress` is called after
    each score.
    """
    names, strata = np.unique(np.array(dossiers, dtype=str), return_inverse=True)
    triples = [(c.tp, c.predicted, c.gold) for c in counts.values()]
    resamples = resampled_counts(triples, strata, draws=draws, seed=seed)
    scores = {}
    for (name, c), drawn in zip(counts.items(), resamples, strict=True):
        rows = np.stack([c.tp, c.predicted, c.gold], axis=1)
        sums = np.zeros((len(names), 3), dtype=np.int64)
        np.add.at(sums, strata, rows)
        tp, predicted, gold = (int(total) for total in rows.sum(axis=0))
        scores[name] = Score(
            tp=tp,
            predicted=predicted,
            gold=gold,
            reports=len(rows),
            interval=intervals(drawn),
            macro=macro(sums.tolist()),
            dossiers=len(names),
            matched=int(counts["detection"].tp.sum()) if name in (*LABELS, "record", "fact") else None,
            draws=draws,
        )
        progress()
    return scores


def figures(counts: Counts) -> Figures:
    """Return the figures of one score, over all reports."""
    return ratios(*(int(of.sum()) for of in (counts.tp, counts.predicted, counts.gold)))


def ratios(tp: int, predicted: int, gold: int) -> Figures:
    """Return the figures of three counts."""
    found = (Ratio(tp, predicted), Ratio(tp, gold), Ratio(2 * tp, predicted + gold))
    return {name: ratio.value for name, ratio in zip(FIGURES, found, strict=True)}


def with_f1(precision: float | None, recall: float | None) -> Figures:
    """Return precision and recall that are means of other things than counts, with the harmonic mean of the two."""
    f1 = None
    if precision is not None and recall is not None:
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return dict(zip(FIGURES, (precision, recall, f1), strict=True))


def macro(sums: Sequence[Sequence[int]]) -> Figures:
    """Return the unweighted mean of the figures of some triples of counts; None where one of them is undefined."""
    parts = [ratios(*part) for part in sums]
    means: Figures = {}
    for name in FIGURES:
        values = [part[name] for part in parts]
        defined = [value for value in values if value is not None]
        means[name] = sum(defined) / len(defined) if defined and len(defined) == len(values) else None
    return means
