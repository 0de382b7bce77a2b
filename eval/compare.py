"""Compare: where systems differ on the same reports, whether the difference is real, and which claims make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any, Final

import numpy as np

from onrecord.eval.count import Counts
from onrecord.eval.difference import Difference, difference, f1, holm
from onrecord.eval.pairing import Pairing, pair
from onrecord.eval.results import Gold, count_reports
from onrecord.eval.slices import slice_counts
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import RECORD_LABELS, Prediction

COMPARED: Final = ("record", "detection")
"""The scores on which systems are compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """System `a` against system `b` on one score: the difference of F1 (a minus b); `p_holm` is corrected.

    `wins`, `ties` and `losses` count the reports on which the F1 of a is higher, equal (or undefined), or lower.
    """

    a: str
    b: str
    score: str
    difference: Difference
    p_holm: float | None
    wins: int
    ties: int
    losses: int

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        value = asdict(self)
        return {**value, **value.pop("difference")}


def compare(
    *, gold: Gold, predicted: Mapping[str, Sequence[Prediction]], trials: int, seed: int
) -> tuple[Comparison, ...]:
    """Return the comparison of every pair of systems on each of `COMPARED`, p-values corrected within each score.

    `predicted` maps the names of systems to predictions in the order of the gold's reports.
    """
    counts = {name: count_reports(gold=gold.reports, predicted=some) for name, some in predicted.items()}
    return compare_counts(counts, [report.dossier for report in gold.reports], trials=trials, seed=seed)


def compare_counts(
    counts: Mapping[str, Mapping[str, Counts]],
    dossiers: Sequence[str],
    *,
    trials: int,
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> tuple[Comparison, ...]:
    """Return the same from the counts of each system; `dossiers[i]` is the dossier of report i.

    `progress` is called after each pair of systems on each score.
    """
    strata = np.unique(dossiers, return_inverse=True)[1]
    compared: list[Comparison] = []
    for score in COMPARED:
        found: list[Comparison] = []
        for a, b in combinations(counts, 2):
            first, second = counts[a][score], counts[b][score]
            gap = difference(first, second, strata, trials=trials, seed=seed)
            one, other = (f1(np.stack([c.tp, c.predicted, c.gold], axis=1)) for c in (first, second))
            wins, losses = int(np.count_nonzero(one > other)), int(np.count_nonzero(one < other))
            found.append(Comparison(a, b, score, gap, gap.p, wins, len(one) - wins - losses, losses))
            progress()
        corrected = iter(holm([c.p_holm for c in found if c.p_holm is not None]))
        compared += [replace(c, p_holm=next(corrected)) if c.p_holm is not None else c for c in found]
    return tuple(compared)


@dataclass(frozen=True, slots=True)
class Change:
    """A gold claim whose record one system has right and another has not: its id, its words, who gained it."""

    claim: str
    words: str
    gained_by: str


def changes(*, gold: Gold, predicted: Mapping[str, Sequence[Prediction]], a: str, b: str) -> tuple[Change, ...]:
    """Return the gold claims whose record exactly one of the systems `a` and `b` has right, in order."""
    right = {name: _right(pair(gold=gold.reports, predicted=predicted[name])) for name in (a, b)}
    found: list[Change] = []
    for report in gold.reports:
        for claim in report.claims:
            has = claim.id in right[a]
            if has != (claim.id in right[b]):
                words = " … ".join(report.text[f.start : f.end] for f in claim.content)
                found.append(Change(claim.id, " ".join(words.split()), a if has else b))
    return tuple(found)


def _right(pairings: Sequence[Pairing]) -> set[str]:
    return {
        pairing.report.claims[g].id
        for pairing in pairings
        for g, p in pairing.pairs
        if all(
            getattr(pairing.report.claims[g], name) == getattr(pairing.prediction.claims[p], name)
            for name in RECORD_LABELS
        )
    }


def parting(
    *,
    gold: Gold,
    predicted: Mapping[str, Sequence[Prediction]],
    a: str,
    b: str,
    by: str,
    codebooks: Mapping[str, Codebook],
) -> dict[str, tuple[float | None, float | None]]:
    """Return the recall of `record` of `a` and `b` in each slice of the cut `by`: where the systems part."""
    tables = [slice_counts(pair(gold=gold.reports, predicted=predicted[name]), by, codebooks) for name in (a, b)]
    values = sorted(set(tables[0]) | set(tables[1]))

    def recall(table: Mapping[str, Any], value: str) -> float | None:
        counts = table[value]["record"] if value in table else None
        gold_claims = 0 if counts is None else int(counts.gold.sum())
        return int(counts.tp.sum()) / gold_claims if counts is not None and gold_claims else None

    return {value: (recall(tables[0], value), recall(tables[1], value)) for value in values}
