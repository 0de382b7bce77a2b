"""Clusters: what a system that does not see the ledger says of which claims state the same fact.

A system gives facts ids of its own, the same id to every claim of one fact in any report of a dossier; what the ids are
called does not matter. Claims are the mentions, facts the clusters; ids are per dossier, so the same id in two dossiers
is two clusters. Gold and predicted mentions are matched as for every score: a matched pair is one mention of both
sides, a gold claim without a match is missed, a predicted one is spurious, and both stay in their clusters and in the
denominators (Pradhan et al., Scoring Coreference Partitions of Predicted Mentions, ACL 2014: no mention is added to
either side, or taken away). A claim without an id is a cluster of its own, since it is a mention that was linked with
nothing. Where a system gives no id at all nothing was attempted, and every figure is None.

* *B-cubed* (Bagga and Baldwin, Algorithms for Scoring Coreference Chains, LREC 1998): a matched mention is right by the
  share of its predicted cluster (precision) or of its gold cluster (recall) that lies in both; the mean over predicted,
  or over gold, mentions. This is the score `fact`.
* *LEA* (Moosavi and Strube, Which Coreference Evaluation Metric Do You Trust?, ACL 2016): each cluster counts by its
  size, and is right by the share of its links, pairs of mentions, that the other side has too; a cluster of one has one
  link, with itself, which the other side has where the mention is alone there as well.

Both F1 are harmonic means. The interval of B-cubed is the bootstrap of `onrecord.eval.bootstrap` over what each
report's mentions contribute, the clusters held fixed: it says how much the mean depends on which reports were drawn,
not what other clusters would have come of them. LEA is a mean over clusters, which lie across reports: no interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.bootstrap import Interval, percentiles, resampled
from onrecord.eval.columns import OPEN, Claims, Ints
from onrecord.eval.match import Matching
from onrecord.eval.scores import FIGURES, ONE_EACH, UNDEFINED_DRAW, Figures, with_f1

Floats = npt.NDArray[np.float64]

_NO_IDS: Final = "the system gives no claim a fact id"
_NO_GOLD: Final = "the gold is empty"
_NO_LEA_INTERVAL: Final = "LEA is a mean over clusters, and these lie across reports"


@dataclass(frozen=True, slots=True)
class Mentions:
    """Gold and predicted claims by report and fact (claims,), and the pairs (pairs,) of them that are matched."""

    gold_report: Ints
    gold_fact: Ints
    predicted_report: Ints
    predicted_fact: Ints
    gold: Ints
    predicted: Ints


def mentions(*, gold: Claims, predicted: Claims, matching: Matching) -> Mentions:
    """Return the mentions of some reports; fact codes must hold across all that are put together."""
    return Mentions(gold.report, gold.fact, predicted.report, predicted.fact, matching.gold, matching.predicted)


def together(parts: Sequence[Mentions], reports: Sequence[int]) -> Mentions:
    """Return the mentions of several runs of reports, one after another; `reports[i]` is how many part i covers."""
    begin = np.cumsum([0, *reports])
    golds = np.cumsum([0, *(len(part.gold_fact) for part in parts)])
    predictions = np.cumsum([0, *(len(part.predicted_fact) for part in parts)])
    return Mentions(
        np.concatenate([part.gold_report + at for part, at in zip(parts, begin, strict=False)]),
        np.concatenate([part.gold_fact for part in parts]),
        np.concatenate([part.predicted_report + at for part, at in zip(parts, begin, strict=False)]),
        np.concatenate([part.predicted_fact for part in parts]),
        np.concatenate([part.gold + at for part, at in zip(parts, golds, strict=False)]),
        np.concatenate([part.predicted + at for part, at in zip(parts, predictions, strict=False)]),
    )


@dataclass(frozen=True, slots=True)
class Clusters:
    """The score `fact` by clusters: figures of B-cubed and of LEA, None where undefined.

    `matched`, `predicted`, `gold`: mentions; `linked`: predicted mentions with an id. `interval` is of B-cubed;
    `no_interval` says why there is none, where resamples were asked for.
    """

    b_cubed: Figures
    lea: Figures
    interval: dict[str, Interval | None]
    matched: int
    predicted: int
    gold: int
    linked: int
    reports: int
    no_interval: str = ""

    def undefined(self) -> dict[str, str]:
        """Return the reason for each figure that is None."""
        why = _NO_IDS if not self.linked else _NO_GOLD
        reasons = {
            f"{name}.{figure}": why
            for name, figures in (("b_cubed", self.b_cubed), ("lea", self.lea))
            for figure in FIGURES
            if figures[figure] is None
        }
        absent = [f for f in FIGURES if self.no_interval and self.interval[f] is None and self.b_cubed[f] is not None]
        reasons |= {f"b_cubed.interval.{figure}": self.no_interval for figure in absent}
        return reasons | {"lea.interval": _NO_LEA_INTERVAL}

    def to_dict(self) -> dict[str, Any]:
        """Return the score in the shape of the result schema."""
        ends = {name: list(pair) if (pair := self.interval[name]) else None for name in FIGURES}
        counts = {name: getattr(self, name) for name in ("matched", "predicted", "gold", "linked", "reports")}
        figures = {"b_cubed": {**self.b_cubed, "interval": ends}, "lea": dict(self.lea)}
        return {**figures, **counts, "undefined": self.undefined()}


def clusters(found: Mentions, dossiers: Sequence[str], *, draws: int, seed: int) -> Clusters:
    """Return the score of the mentions of reports; `dossiers[i]`, of report i, is the stratum of the bootstrap."""
    linked = int((found.predicted_fact != OPEN).sum())
    none: Figures = dict.fromkeys(FIGURES)
    b_cubed, lea, interval = none, none, dict[str, Interval | None](dict.fromkeys(FIGURES))
    if linked:
        cells = _Cells(found)
        rows = cells.contributions(len(dossiers))
        b_cubed = _figures(*rows.sum(axis=0).tolist())
        lea = _figures(cells.links(0), cells.links(1), *rows.sum(axis=0)[2:].tolist())
        interval = _intervals(rows, np.unique(np.array(dossiers), return_inverse=True)[1], draws, seed)
    why = "" if not draws else ONE_EACH if len(set(dossiers)) == len(dossiers) else UNDEFINED_DRAW
    counts = (len(found.gold), len(found.predicted_fact), len(found.gold_fact), linked, len(dossiers))
    return Clusters(b_cubed, lea, interval, *counts, no_interval=why)


class _Cells:
    """The matched mentions by predicted and gold cluster: a cell is what one of each have in common."""

    def __init__(self, found: Mentions) -> None:
        self._found = found
        of_gold, of_predicted = _numbered(found.gold_fact), _numbered(found.predicted_fact)
        self._sizes = (np.bincount(of_predicted), np.bincount(of_gold))
        self._pair = (of_predicted[found.predicted], of_gold[found.gold])
        key = self._pair[0] * max(len(self._sizes[1]), 1) + self._pair[1]
        _, self._first, self._cell, self._size = np.unique(
            key, return_index=True, return_inverse=True, return_counts=True
        )

    def contributions(self, reports: int) -> Floats:
        """Return for each report (reports, 4): what is right of predicted and of gold mentions, and their numbers."""
        report = self._found.gold_report[self._found.gold]
        size = self._size[self._cell]
        right = [np.bincount(report, size / self._sizes[s][self._pair[s]], reports) for s in (0, 1)]
        of = [np.bincount(r, minlength=reports) for r in (self._found.predicted_report, self._found.gold_report)]
        return np.stack([*right, *of], axis=1).astype(np.float64)

    def links(self, side: int) -> float:
        """Return the sum over the predicted clusters (side 0), or the gold ones (1), of size times share of links."""
        own, other = (self._sizes[s][self._pair[s][self._first]] for s in (side, 1 - side))
        shared = self._size * (self._size - 1) / 2
        share = np.where(own == 1, other == 1, shared / np.maximum(own * (own - 1) / 2, 1))
        return float((own * share).sum())


def _numbered(fact: Ints) -> Ints:
    """Return the cluster of each mention, numbered from 0; one without an id is alone in its own."""
    alone = fact == OPEN
    distinct, number = np.unique(fact, return_inverse=True)
    return np.unique(np.where(alone, len(distinct) + np.arange(len(fact)), number), return_inverse=True)[1]


def _figures(right_predicted: float, right_gold: float, predicted: float, gold: float) -> Figures:
    return with_f1(right_predicted / predicted if predicted else None, right_gold / gold if gold else None)


def _intervals(rows: Floats, strata: Ints, draws: int, seed: int) -> dict[str, Interval | None]:
    if not draws or len(np.unique(strata)) == len(rows):
        return dict.fromkeys(FIGURES)
    right_predicted, right_gold, predicted, gold = resampled(rows, strata, draws=draws, seed=seed).T
    both = right_predicted * gold + right_gold * predicted  # F1 = 2 PR / (P + R), cleared of its fractions
    f1 = np.where(both > 0, 2 * right_predicted * right_gold, 0)
    defined = (predicted > 0) & (gold > 0)
    return {
        "precision": percentiles(right_predicted, predicted),
        "recall": percentiles(right_gold, gold),
        "f1": percentiles(f1, np.where(both > 0, both, defined)),
    }
