"""The ranker against scikit-learn's logistic regression, and what must hold for any candidates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from onrecord.baselines.linear import Ranker, fit

FEATURES = st.dictionaries(st.sampled_from("abcd"), st.floats(-3, 3), max_size=4)


def test_a_choice_between_yes_and_no_is_logistic_regression():
    random = np.random.default_rng(7)
    rows = random.normal(size=(200, 3))
    truth = random.random(200) < 1 / (1 + np.exp(-(rows @ [1.5, -2.0, 0.5])))
    named = [{name: float(value) for name, value in zip("abc", row, strict=True)} for row in rows]
    ours = fit([([features, {}], 0 if yes else 1) for features, yes in zip(named, truth, strict=True)], penalty=2.0)
    theirs = LogisticRegression(C=1 / 2.0, fit_intercept=False, tol=1e-8).fit(rows, truth)
    assert [ours.weights[name] for name in "abc"] == pytest.approx(theirs.coef_[0].tolist(), abs=1e-3)


def test_a_choice_among_classes_is_multinomial_regression():
    random = np.random.default_rng(8)
    rows = random.normal(size=(150, 2))
    classes = np.argmax(rows @ [[2.0, -1.0, 0.0], [0.0, 1.0, -2.0]] + random.gumbel(size=(150, 3)), axis=1)
    choices = [
        ([{f"{c}:{name}": float(v) for name, v in zip("ab", row, strict=True)} for c in range(3)], int(right))
        for row, right in zip(rows, classes, strict=True)
    ]
    ours = fit(choices, penalty=1.0)
    theirs = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-8).fit(rows, classes)
    expected = theirs.predict_proba(rows[:5])
    assert [ours.probabilities(candidates) for candidates, _ in choices[:5]] == pytest.approx(expected, abs=1e-3)


def test_a_feature_that_too_few_candidates_have_is_not_learnt():
    choices = [([{"often": 1.0, f"once{n}": 1.0}, {}], 0) for n in range(5)]
    assert set(fit(choices, penalty=1.0, fewest=2).weights) == {"often"}


def test_equal_choices_give_equal_weights_whatever_the_order_of_the_features():
    choices = [([{"a": 1.0, "b": 2.0}, {"c": 1.0}], 0), ([{"b": 1.0}, {"a": 1.0}], 1)]
    turned = [([dict(reversed(one.items())) for one in candidates], right) for candidates, right in choices]
    assert fit(choices, penalty=1.0) == fit(turned, penalty=1.0)


def test_nothing_to_choose_from_teaches_nothing():
    assert fit([([{"a": 1.0}], 0)], penalty=1.0) == fit([], penalty=1.0) == Ranker({})


@given(st.lists(FEATURES, min_size=1, max_size=6), FEATURES)
def test_probabilities_sum_to_one_and_the_choice_is_the_first_of_the_likeliest(candidates, weights):
    ranker = Ranker(weights)
    shares = ranker.probabilities(candidates)
    best, sure = ranker.choose(candidates)
    assert sum(shares) == pytest.approx(1.0)
    assert sure == max(shares)
    assert shares.index(sure) == best
