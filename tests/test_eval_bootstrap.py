"""Intervals: against an analytic case, against scipy, and against resampling report by report."""

import numpy as np
import pytest
from makers import prediction, report, said, scores
from scipy import stats

from onrecord.eval.bootstrap import DRAWS, LEVEL, resampled, resampled_counts
from onrecord.eval.bootstrap import intervals as ends
from onrecord.eval.scores import FIGURES


def intervals(rows, strata, **options):
    """Return the intervals of one score alone."""
    return ends(resampled_counts([tuple(rows.T)], strata, **options)[0])


def naive(rows, strata, *, draws, seed):
    """Draw report by report, within each stratum; the definition."""
    random = np.random.default_rng(seed)
    sums = np.zeros((draws, rows.shape[1]), dtype=np.int64)
    for stratum in sorted(set(strata.tolist())):
        own = rows[strata == stratum]
        for draw in range(draws):
            sums[draw] += own[random.integers(0, len(own), len(own))].sum(axis=0)
    return sums


def some_rows(seed=0, reports=40, dossiers=3):
    random = np.random.default_rng(seed)
    gold = random.integers(1, 6, reports)
    predicted = random.integers(1, 7, reports)
    tp = np.minimum(np.minimum(gold, predicted), random.integers(0, 5, reports))
    return np.stack([tp, predicted, gold], axis=1), random.integers(0, dossiers, reports)


@pytest.mark.parametrize(("n", "hits"), [(100, 50), (400, 100), (250, 225)])
def test_a_proportion_has_the_binomial_interval(n, hits):
    """One claim a report, right or wrong: the draws are binomial(n, hits / n), and so are the ends."""
    rows = np.array([[int(i < hits), 1, 1] for i in range(n)])
    found = intervals(rows, np.zeros(n, dtype=np.int64), draws=40_000, seed=1)
    exact = stats.binom(n, hits / n)
    normal = stats.norm(hits / n, np.sqrt(hits / n * (1 - hits / n) / n))
    for figure in FIGURES:
        for end, q in zip(found[figure], (0.025, 0.975), strict=True):
            assert abs(end - exact.ppf(q) / n) <= 1 / n + 1e-12
            assert abs(end - normal.ppf(q)) <= 2 / n + 0.003


def test_the_width_does_not_shrink_with_the_draws():
    rows, strata = some_rows()
    few, many = (intervals(rows, strata, draws=draws, seed=0)["f1"] for draws in (2_000, 50_000))
    assert few[1] - few[0] == pytest.approx(many[1] - many[0], rel=0.1)
    assert many[1] - many[0] > 0.05


@pytest.mark.parametrize("figure", FIGURES)
def test_agrees_with_scipy_on_one_stratum(figure):
    rows, _ = some_rows(seed=4)
    ratio = {"precision": (0, (1,)), "recall": (0, (2,)), "f1": (0, (1, 2))}[figure][1]

    def statistic(*columns, axis=-1):
        tp = columns[0].sum(axis=axis) * len(ratio)
        return tp / sum(columns[i].sum(axis=axis) for i in ratio)

    theirs = stats.bootstrap(
        tuple(rows.T), statistic, paired=True, vectorized=True, n_resamples=30_000, method="percentile",
        confidence_level=LEVEL, rng=np.random.default_rng(5),
    ).confidence_interval  # fmt: skip
    ours = intervals(rows, np.zeros(len(rows), dtype=np.int64), draws=30_000, seed=6)[figure]
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.004)


def test_the_law_is_that_of_drawing_report_by_report():
    rows, strata = some_rows(seed=7, reports=25)
    rows = rows[np.random.default_rng(8).integers(0, 6, len(rows))]  # many reports with equal counts
    ours, theirs = resampled(rows, strata, draws=20_000, seed=9), naive(rows, strata, draws=20_000, seed=10)
    error = theirs.std(axis=0) / np.sqrt(20_000)
    assert np.all(np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 6 * error)
    assert np.cov(ours.T) == pytest.approx(np.cov(theirs.T), rel=0.05, abs=0.3)
    for column in range(3):
        assert stats.ks_2samp(ours[:, column], theirs[:, column]).statistic < 0.03


def test_the_moments_are_those_of_the_theory():
    rows, strata = some_rows(seed=11)
    sums = resampled(rows, strata, draws=40_000, seed=12)
    parts = [rows[strata == s] for s in np.unique(strata)]
    covariance = sum(len(own) * np.cov(own.T, bias=True) for own in parts)
    assert sums.mean(axis=0) == pytest.approx(rows.sum(axis=0), rel=0.005)
    variance = np.diag(covariance)
    error = np.sqrt((np.outer(variance, variance) + covariance**2) / 40_000)
    assert np.all(np.abs(np.cov(sums.T) - covariance) < 5 * error)


def test_every_stratum_keeps_its_size():
    """With one count a stratum that is 1 in all its reports, the sum is the number of reports, in every draw."""
    strata = np.repeat([0, 1, 2], [3, 10, 1])
    rows = (strata[:, None] == np.array([0, 1, 2])).astype(np.int64)
    assert np.all(resampled(rows, strata, draws=500, seed=0) == [3, 10, 1])


def test_a_stratum_of_one_report_is_constant_and_no_report_crosses():
    rows = np.array([[0, 1, 1], [1, 1, 1], [0, 1000, 1000]])
    sums = resampled(rows, np.array([0, 0, 1]), draws=300, seed=0)
    assert set(sums[:, 1].tolist()) == {1002}
    assert set(sums[:, 0].tolist()) == {0, 1, 2}


def test_strata_make_the_interval_narrower_where_they_differ():
    rows = np.array([[1, 1, 1]] * 30 + [[0, 1, 1]] * 30)
    within = intervals(rows, np.repeat([0, 1], 30), draws=500, seed=0)
    across = intervals(rows, np.zeros(60, dtype=np.int64), draws=500, seed=0)
    assert within["f1"] == (0.5, 0.5)
    assert across["f1"][1] - across["f1"][0] > 0.2


def test_the_same_seed_gives_the_same_interval_and_another_gives_another():
    rows, strata = some_rows(seed=2)
    one, again, other = (resampled(rows, strata, draws=300, seed=seed) for seed in (5, 5, 6))
    assert one.tobytes() == again.tobytes() != other.tobytes()


def test_the_order_of_the_reports_does_not_matter():
    rows, strata = some_rows(seed=3)
    order = np.random.default_rng(0).permutation(len(rows))
    assert intervals(rows, strata, draws=300) == intervals(rows[order], strata[order], draws=300)


def test_how_many_cells_are_held_at_once_does_not_matter(monkeypatch):
    rows, strata = some_rows(seed=3)
    whole = resampled(rows, strata, draws=300, seed=1)
    for cells in (1, 64, 1000):
        monkeypatch.setattr("onrecord.eval.bootstrap._CHUNK", cells)
        assert resampled(rows, strata, draws=300, seed=1).tobytes() == whole.tobytes()


@pytest.mark.parametrize("draws", [1, 7, 300])
def test_there_are_as_many_draws_as_were_asked_for(draws):
    rows, strata = some_rows()
    assert resampled(rows, strata, draws=draws, seed=0).shape == (draws, 3)


def test_no_draws_no_interval():
    assert intervals(*some_rows(), draws=0) == dict.fromkeys(FIGURES)


def test_no_report_no_interval():
    assert intervals(np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64), draws=50) == dict.fromkeys(FIGURES)


@pytest.mark.parametrize("reports", [1, 3])
def test_one_report_a_dossier_has_no_interval(reports):
    """Nothing varies between resamples: an interval of no width would claim certainty."""
    rows = np.array([[1, 2, 4]] * reports)
    assert intervals(rows, np.arange(reports), draws=50) == dict.fromkeys(FIGURES)
    assert intervals(np.vstack([rows, rows]), np.tile(np.arange(reports), 2), draws=50)["f1"] == (1 / 3, 1 / 3)


def test_a_figure_that_is_undefined_in_any_draw_has_no_interval():
    rows = np.array([[1, 1, 1], [0, 0, 1]])
    found = intervals(rows, np.zeros(2, dtype=np.int64), draws=200)
    assert found["precision"] is None
    assert found["recall"] == (0.0, 1.0)
    assert found["f1"] == (0.0, 1.0)


def test_the_interval_holds_the_figure_and_has_two_ends_of_its_own():
    """Low and high, not a half-width: near 1 the interval is not symmetric."""
    rows = np.array([[1, 1, 1]] * 19 + [[0, 1, 1]])
    low, high = intervals(rows, np.zeros(20, dtype=np.int64), draws=5000)["f1"]
    assert (low, high) == (0.85, 1.0)


def test_an_interval_of_a_score_is_that_of_its_counts_per_report():
    made = [report(f"r{n}", [(0, 10)], [(11, 21)]) for n in range(12)]
    predicted = [prediction(f"r{n}", said((0, 10)), said((33, 43))) for n in range(0, 12, 2)]
    rows = np.array([[1 - n % 2, 2 - 2 * (n % 2), 2] for n in range(12)])
    found = scores(made, predicted, draws=4000, seed=8)["detection"].interval
    alone = intervals(rows, np.zeros(12, dtype=np.int64), draws=4000, seed=8)
    assert all(found[name] == pytest.approx(alone[name], abs=0.06) for name in FIGURES)


def test_all_scores_are_drawn_together():
    """One set of draws for all: a score whose counts are another's has its interval, and sums move together."""
    rows, strata = some_rows()
    tp, predicted, gold = rows.T
    one, same, all_right = resampled_counts([(tp, predicted, gold), (tp.copy(), predicted, gold), (gold,) * 3], strata)
    assert np.array_equal(one, same)
    assert np.array_equal(one[:, 2], all_right[:, 0])


def test_the_default_is_enough_draws_for_two_digits():
    assert DRAWS >= 1000
    assert LEVEL == 0.95
