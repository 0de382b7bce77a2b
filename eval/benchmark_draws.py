"""Resampling beside sacrebleu's design: 10,000 draws over 10,000 reports.

Its design (Post, A Call for Clarity in Reporting BLEU Scores, WMT 2018, and the paired tests that came later), written
anew: a matrix of indices (draws, reports) at once, the counts gathered by it and summed, and each draw's score computed
in Python; for the paired test a matrix of coin tosses. It does so score by score, ours for all scores at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from onrecord.eval.benchmark import generate, peak
from onrecord.eval.bootstrap import intervals, resampled_counts
from onrecord.eval.columns import Ints
from onrecord.eval.count import Counts, count
from onrecord.eval.difference import randomised
from onrecord.eval.match import match

_REPORTS: Final = 10_000
_DRAWS: Final = 10_000


def _counts(seed: int) -> dict[str, Counts]:
    texts, gold, predicted = generate(_REPORTS, seed)
    return count(gold=gold, predicted=predicted, matching=match(gold=gold, predicted=predicted, texts=texts))


def _rows(counts: Counts) -> Ints:
    return np.stack([counts.tp, counts.predicted, counts.gold], axis=1)


def _two(seed: int) -> tuple[Ints, Ints]:
    """Return the counts of a system, and of one that loses a tenth of what it has right."""
    one = _rows(_counts(seed)["detection"])
    other = one.copy()
    other[:, 0] -= np.random.default_rng(seed).binomial(one[:, 0], 0.1)
    return one, other


def _timed(scores: int, function: Callable[[], object]) -> dict[str, float]:
    before, began = peak(), time.process_time()
    function()
    return {"seconds": time.process_time() - began, "scores": scores, "of it for drawing": peak() - before}


def bootstrap(seed: int) -> dict[str, float]:
    """Draw for all scores, and take their intervals."""
    triples = [(c.tp, c.predicted, c.gold) for c in _counts(seed).values()]
    strata = np.zeros(_REPORTS, dtype=np.int64)

    def all_intervals() -> Any:
        return [intervals(sums) for sums in resampled_counts(triples, strata, draws=_DRAWS, seed=seed)]

    return _timed(len(triples), all_intervals)


def _f1(sums: Any) -> float:
    tp, predicted, gold = sums
    return float(2 * tp / (predicted + gold))


def peer_bootstrap(seed: int) -> dict[str, float]:
    """Draw for one score by sacrebleu's design."""
    stats = _rows(_counts(seed)["detection"]).astype(np.float32)

    def one_interval() -> Any:
        drawn = np.random.default_rng(seed).choice(len(stats), size=(_DRAWS, len(stats)), replace=True)
        return np.percentile([_f1(stats[index].sum(axis=0)) for index in drawn], [2.5, 97.5])

    return _timed(1, one_interval)


def paired(seed: int) -> dict[str, float]:
    """Test the difference of one score."""
    one, other = _two(seed)
    return _timed(1, lambda: randomised(one, other, trials=_DRAWS, seed=seed))


def peer_paired(seed: int) -> dict[str, float]:
    """Test the difference of one score by sacrebleu's design."""
    one, other = (rows.astype(np.float32) for rows in _two(seed))

    def p() -> Any:
        toss = np.random.default_rng(seed).integers(0, 2, size=(_DRAWS, len(one)), dtype=bool)
        gap = abs(_f1(one.sum(axis=0)) - _f1(other.sum(axis=0)))
        first, second = toss @ one + ~toss @ other, toss @ other + ~toss @ one
        return np.mean([abs(_f1(a) - _f1(b)) >= gap for a, b in zip(first, second, strict=True)])

    return _timed(1, p)


Row = Callable[[int], dict[str, float]]

ROWS: Final[tuple[tuple[str, Row, Row], ...]] = (
    ("bootstrap", bootstrap, peer_bootstrap),
    ("paired test", paired, peer_paired),
)
"""The name of each row, ours, and the peer's."""
