"""Intervals: the percentile bootstrap over reports within dossiers.

The reports of a dossier are one stratum; each draw takes as many reports from a stratum, with replacement, as it has
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13). The unit is the report, because the
claims of one report are not independent. One set of draws serves all scores: what is drawn is how often each report
occurs, and a matrix product sums all counts of all draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from onrecord.eval.columns import Ints

Interval = tuple[float, float]

_Number = TypeVar("_Number", np.int64, np.float64)

LEVEL: Final = 0.95
DRAWS: Final = 10_000
_CHUNK: Final = 1 << 18  # reports drawn at once: they stay in the processor's cache


def resampled(rows: npt.NDArray[_Number], strata: Ints, *, draws: int, seed: int) -> npt.NDArray[_Number]:
    """Return the sums of `rows` (reports, counts) over `draws` stratified resamples: (draws, counts)."""
    random = np.random.default_rng(seed)
    whole = np.issubdtype(rows.dtype, np.integer)
    sums = np.zeros((draws, rows.shape[1]), dtype=rows.dtype)
    rows = rows[np.lexsort((*rows.T, strata))]  # so the order in which the reports are given does not matter
    edges = np.cumsum([0, *np.unique(strata, return_counts=True)[1]])
    for low, high in pairwise(edges.tolist()):
        # A float product of integers is exact here (all sums are below 2**53), and runs in BLAS; theirs does not.
        own, n = rows[low:high].astype(np.float64), high - low
        step = max(_CHUNK // n, 1)
        for at in range(0, draws, step):
            size = min(step, draws - at)
            drawn = random.integers(0, n, (size, n), dtype=np.uint32) + np.arange(size)[:, None] * n
            times = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n)
            product = times.astype(np.float64) @ own
            sums[at : at + size] += (np.rint(product) if whole else product).astype(rows.dtype)
    return sums


def resampled_counts(
    counts: Sequence[tuple[Ints, Ints, Ints]], strata: Ints, *, draws: int = DRAWS, seed: int = 0
) -> list[Ints]:
    """Return, for each triple of tp, predicted and gold (reports,), its sums over the same resamples: (draws, 3).

    `strata` (reports,) is the dossier's number. There is no draw (0, 3) where `draws` is 0, or where no dossier has two
    reports: one report says nothing about the next. An array that several triples share is summed once.
    """
    alone = len(np.unique(strata)) == len(strata)
    distinct = list({id(column): column for triple in counts for column in triple}.values())
    place = {id(column): number for number, column in enumerate(distinct)}
    rows = np.stack(distinct, axis=1)
    sums = rows[:0] if alone or not draws else resampled(rows, strata, draws=draws, seed=seed)
    return [sums[:, [place[id(column)] for column in triple]] for triple in counts]


def intervals(sums: Ints) -> dict[str, Interval | None]:
    """Return the ends of the 95 % interval of precision, recall and F1 from resampled tp, predicted, gold (draws, 3).

    A figure that is undefined in any draw has no interval (None), nor has any where there is no draw.
    """
    tp, predicted, gold = sums.T
    ratios = {"precision": (tp, predicted), "recall": (tp, gold), "f1": (2 * tp, predicted + gold)}
    return {name: percentiles(numerator, denominator) for name, (numerator, denominator) in ratios.items()}


def percentiles(numerator: npt.NDArray[Any], denominator: npt.NDArray[Any]) -> Interval | None:
    """Return the ends of the 95 % interval of a ratio (draws,), or None where it is undefined in any draw."""
    if not len(denominator) or not denominator.all():
        return None
    low, high = np.quantile(numerator / denominator, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
