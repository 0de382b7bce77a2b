"""Intervals: the percentile bootstrap over reports within dossiers.

The reports of a dossier are one stratum; each draw takes as many reports from a stratum, with replacement, as it has
(Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13). The unit is the report, because the
claims of one report are not independent. Reports with equal counts are interchangeable, so what is drawn is how often
each distinct row of counts occurs: one multinomial per stratum, which is the exact law of drawing report by report and
needs no time for reports that are alike.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from onrecord.eval.columns import Ints

Interval = tuple[float, float]

_Number = TypeVar("_Number", np.int64, np.float64)

LEVEL: Final = 0.95
DRAWS: Final = 10_000
_CHUNK: Final = 1 << 21  # multinomial cells held at once: about 16 MB


def resampled(rows: npt.NDArray[_Number], strata: Ints, *, draws: int, seed: int) -> npt.NDArray[_Number]:
    """Return the sums of `rows` (reports, counts) over `draws` stratified resamples: (draws, counts)."""
    random = np.random.default_rng(seed)
    whole = np.issubdtype(rows.dtype, np.integer)
    sums = np.zeros((draws, rows.shape[1]), dtype=rows.dtype)
    for stratum in np.unique(strata):
        distinct, times = np.unique(rows[strata == stratum], axis=0, return_counts=True)
        n, share = int(times.sum()), times / times.sum()
        step = max(_CHUNK // len(distinct), 1)
        for at in range(0, draws, step):
            drawn = random.multinomial(n, share, size=min(step, draws - at))
            # A float product of integers is exact here (all sums are below 2**53), and runs in BLAS; theirs does not.
            product = drawn.astype(np.float64) @ distinct.astype(np.float64)
            sums[at : at + step] += (np.rint(product) if whole else product).astype(rows.dtype)
    return sums


def intervals(rows: Ints, strata: Ints, *, draws: int = DRAWS, seed: int = 0) -> dict[str, Interval | None]:
    """Return the ends of the 95 % interval of precision, recall and F1.

    `rows` (reports, 3) are tp, predicted and gold of each report, `strata` (reports,) the dossier's number. A figure
    that is undefined on all the reports, or in any draw, has no interval (None), nor has any where `draws` is 0, or
    where no dossier has two reports: one report says nothing about the next.
    """
    alone = len(np.unique(strata)) == len(rows)
    sums = np.zeros((0, 3), dtype=np.int64) if alone or not draws else resampled(rows, strata, draws=draws, seed=seed)
    tp, predicted, gold = sums.T
    ratios = {"precision": (tp, predicted), "recall": (tp, gold), "f1": (2 * tp, predicted + gold)}
    return {name: percentiles(numerator, denominator) for name, (numerator, denominator) in ratios.items()}


def percentiles(numerator: npt.NDArray[Any], denominator: npt.NDArray[Any]) -> Interval | None:
    """Return the ends of the 95 % interval of a ratio (draws,), or None where it is undefined in any draw."""
    if not len(denominator) or not denominator.all():
        return None
    low, high = np.quantile(numerator / denominator, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
