"""Differences: against full enumeration, scipy, and cases whose answer is known."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from onrecord.eval.count import Counts
from onrecord.eval.difference import difference, f1, holm, randomised


def counts(rows):
    return Counts(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))


@st.composite
def paired(draw, most=8):
    gold = draw(st.lists(st.integers(1, 6), min_size=1, max_size=most))

    def system():
        return [
            (draw(st.integers(0, min(g, p))), p, g) for g, p in ((g, draw(st.integers(0, 6))) for g in gold)
        ]  # fmt: skip

    return system(), system()


def f1_of(rows):
    tp, predicted, gold = np.sum(rows, axis=0)
    return 2 * tp / (predicted + gold)


def enumerated(a, b):
    """The exact p-value: the share of all swaps whose difference is at least the observed one."""
    observed = abs(f1_of(a) - f1_of(b))
    gaps = []
    for swap in product([False, True], repeat=len(a)):
        one = [y if s else x for x, y, s in zip(a, b, swap, strict=True)]
        other = [x if s else y for x, y, s in zip(a, b, swap, strict=True)]
        gaps.append(abs(f1_of(one) - f1_of(other)))
    return np.mean(np.array(gaps) >= observed - 1e-12)


@given(paired())
def test_p_is_that_of_all_swaps(case):
    a, b = case
    p = randomised(np.array(a), np.array(b), trials=4000, seed=0)
    assert p == pytest.approx(enumerated(a, b), abs=0.05)


@given(paired())
def test_a_system_against_itself_has_p_1_and_difference_0(case):
    a, _ = case
    found = difference(counts(a), counts(a), np.zeros(len(a), dtype=np.int64), trials=50)
    assert (found.value, found.p) == (0.0, 1.0)
    several = len(a) > 1  # one report says nothing about the next
    assert (found.interval, found.detectable) == (((0.0, 0.0), 0.0) if several else (None, None))


@given(paired())
def test_the_order_of_the_systems_changes_the_sign_alone(case):
    a, b = counts(case[0]), counts(case[1])
    strata = np.zeros(len(a.gold), dtype=np.int64)
    one, other = (difference(x, y, strata, trials=400, seed=1) for x, y in ((a, b), (b, a)))
    assert one.value == pytest.approx(-other.value)
    assert one.p == pytest.approx(other.p, abs=0.15)


def some_systems(reports=80, seed=3):
    random = np.random.default_rng(seed)
    gold = random.integers(6, 12, reports)
    rows = []
    for share in (0.62, 0.55):
        predicted = random.integers(5, 12, reports)
        tp = np.minimum(random.binomial(gold, share), predicted)
        rows.append(np.stack([tp, predicted, gold], axis=1))
    return rows


def test_p_agrees_with_scipy():
    a, b = some_systems()

    def statistic(x, y, axis):
        del axis
        one, other = (
            a * (x[..., None] == 0) + b * (x[..., None] == 1),
            a * (y[..., None] == 0) + b * (y[..., None] == 1),
        )
        return np.abs(f1(one.sum(axis=-2)) - f1(other.sum(axis=-2)))

    tags = (np.zeros(len(a)), np.ones(len(a)))
    theirs = stats.permutation_test(
        tags, statistic, permutation_type="samples", vectorized=True, n_resamples=4000, alternative="greater", rng=5
    )
    assert randomised(a, b, trials=4000, seed=0) == pytest.approx(theirs.pvalue, abs=0.02)


def test_the_interval_agrees_with_scipy():
    a, b = some_systems()

    def gap(index, axis):
        del axis
        index = index.astype(int)
        return f1(a[index].sum(axis=-2)) - f1(b[index].sum(axis=-2))

    theirs = stats.bootstrap(
        (np.arange(len(a)),), gap, n_resamples=9000, method="percentile", vectorized=True, rng=2
    ).confidence_interval
    ours = difference(counts(a), counts(b), np.zeros(len(a), dtype=np.int64), trials=9000, seed=0)
    assert ours.interval == pytest.approx((theirs.low, theirs.high), abs=0.004)


def test_a_difference_of_the_detectable_size_is_found_in_four_of_five_samples():
    """The definition itself, simulated: normal differences of that size against a two-sided test at 5 %."""
    a, b = some_systems(400)
    found = difference(counts(a), counts(b), np.zeros(len(a), dtype=np.int64), trials=4000, seed=0)
    error = (found.interval[1] - found.interval[0]) / (2 * 1.96)
    draws = np.random.default_rng(0).normal(found.detectable, error, 20_000)
    assert np.mean(draws > 1.96 * error) == pytest.approx(0.8, abs=0.03)


def test_other_reports_are_refused():
    with pytest.raises(ValueError, match="same reports"):
        difference(counts([(1, 1, 2)]), counts([(1, 1, 3)]), np.zeros(1, dtype=np.int64))


def test_nothing_predicted_and_empty_gold_has_no_difference():
    empty = counts([(0, 0, 0)])
    assert difference(empty, empty, np.zeros(1, dtype=np.int64)).value is None


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values):
    corrected = holm(p_values)
    ordered = sorted(p_values)
    for alpha in (0.01, 0.05, 0.2):
        kept = next((i for i, p in enumerate(ordered) if p * (len(ordered) - i) > alpha), len(ordered))
        assert sum(c <= alpha for c in corrected) == kept
