"""Differences between two systems on the same reports: is one better, or was it luck?

*Paired approximate randomisation* (Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989; Yeh, COLING 2000):
under the null hypothesis the two systems are exchangeable report by report, so each draw swaps their counts in a random
half of the reports. p is the share of draws, the observed one counted in, whose difference is at least as large; ties
count, so that a system against itself has p = 1. *Paired bootstrap*: the reports of each dossier are drawn with
replacement, the same for both systems; the percentile interval of the difference (Efron and Tibshirani 1993, chapter
13). *Holm* (Scandinavian Journal of Statistics 6, 1979) corrects the p-values when several pairs are tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.bootstrap import LEVEL, Interval, resampled
from onrecord.eval.columns import Ints
from onrecord.eval.count import Counts

Floats = npt.NDArray[np.float64]

TRIALS: Final = 10_000
_CHUNK: Final = 8192  # reports whose tables are held at once
_SAME: Final = 1e-12  # two differences closer than this are one: they differ by the order of float operations only


@dataclass(frozen=True, slots=True)
class Difference:
    """F1 of one system minus F1 of another on the same reports, as ratios between -1 and 1.

    `interval` is the 95 % interval of the paired bootstrap, `p` the two-sided p-value of the paired approximate
    randomisation, and `detectable` the least difference that this test would find in four of five samples of this size
    (5 % level, 80 % power: 2.80 standard errors of the difference). Undefined figures are None.
    """

    value: float | None
    interval: Interval | None
    p: float | None
    detectable: float | None


def f1(sums: npt.NDArray[np.int64]) -> Floats:
    """Return F1 for rows of (tp, predicted, gold); NaN where it is undefined."""
    tp, predicted, gold = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Floats = 2 * tp / (predicted + gold)
    return ratio


def difference(first: Counts, second: Counts, strata: Ints, *, trials: int = TRIALS, seed: int = 0) -> Difference:
    """Return the difference between two systems from the counts of one score on the same reports.

    `strata` (reports,) is the dossier's number of each report. Raises `ValueError` where the reports are not the same.
    """
    if not np.array_equal(first.gold, second.gold):
        raise ValueError("the counts are not of the same reports: a paired test needs both systems on every report")
    a, b = (np.stack([c.tp, c.predicted, c.gold], axis=1) for c in (first, second))
    value = float((f1(a.sum(axis=0)[None]) - f1(b.sum(axis=0)[None]))[0])
    if np.isnan(value):
        return Difference(None, None, None, None)
    if trials < 2:
        return Difference(value, None, None, None)
    p = randomised(a, b, trials=trials, seed=seed)
    if len(np.unique(strata)) == len(a):  # one report a dossier: nothing varies between resamples
        return Difference(value, None, p, None)
    drawn = resampled(np.hstack([a, b]), strata, draws=trials, seed=seed)
    spread = f1(drawn[:, :3]) - f1(drawn[:, 3:])
    if np.isnan(spread).any():
        return Difference(value, None, p, None)
    low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Difference(
        value=value,
        interval=(float(low), float(high)),
        p=p,
        detectable=float(_POWER * spread.std(ddof=1)),
    )


_POWER: Final = 1.959964 + 0.841621  # the normal quantiles of 97.5 % and 80 %


def randomised(a: Ints, b: Ints, *, trials: int, seed: int) -> float:
    """Return the two-sided p-value; `a` and `b` (reports, 3) are tp, predicted and gold of each report.

    How it stays fast: a random byte says of eight reports at once which are swapped, and a table of these eight says
    for each byte what that does to the sums of tp and predicted: the two parts of a complex number, exact below 2**53.
    The gold is the same for both systems, and moves nothing.
    """
    random = np.random.default_rng(seed)
    moved = (b - a)[:, 0] + 1j * (b - a)[:, 1]
    observed = abs(float((f1(a.sum(axis=0)[None]) - f1(b.sum(axis=0)[None]))[0]))
    shift = np.zeros(trials, dtype=np.complex128)
    differing = moved[moved != 0]  # reports with equal counts change nothing when they are swapped
    for at in range(0, len(differing), _CHUNK):
        for table in _tables(differing[at : at + _CHUNK]):
            shift += table.take(np.frombuffer(random.bytes(trials), dtype=np.uint8))
    moves = np.rint([shift.real, shift.imag, np.zeros(trials)]).T.astype(np.int64)
    gap = np.abs(f1(a.sum(axis=0) + moves) - f1(b.sum(axis=0) - moves))
    return (int(np.count_nonzero(~(gap < observed - _SAME))) + 1) / (trials + 1)


def _tables(moves: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    """Return, for every eight of `moves` and every byte, the sum of those whose bit is set: (moves / 8, 256)."""
    eights = np.zeros((-(-len(moves) // 8), 8), dtype=np.complex128)
    eights.reshape(-1)[: len(moves)] = moves
    bits = np.arange(256)[:, None] >> np.arange(8) & 1
    return eights @ bits.T.astype(np.complex128)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected by Holm's step-down method, in the order given, at most 1."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected = [0.0] * len(p_values)
    least = 0.0
    for rank, index in enumerate(order):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = least
    return corrected
