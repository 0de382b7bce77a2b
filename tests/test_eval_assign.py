"""The assignment: most pairs, most overlap, most right labels, earliest; proven by trying every matching."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import Merit, Merits, assigned, best_matching
from scipy.optimize import linear_sum_assignment


def plain(overlap: dict[tuple[int, int], int]) -> Merits:
    """Return merits of overlap alone."""
    return {pair: Merit(Fraction(value)) for pair, value in overlap.items()}


def merits(size: int, overlap: st.SearchStrategy[Fraction], labels: int) -> st.SearchStrategy[Merits]:
    rank = st.integers(0, size - 1)
    merit = st.builds(Merit, overlap, st.tuples(*[st.booleans()] * labels))
    return st.dictionaries(st.tuples(rank, rank), merit, min_size=1, max_size=size * size)


FEW = st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(1)])
MANY = st.fractions(Fraction(1, 1000), 1, max_denominator=1000)


@settings(max_examples=300)
@given(merits(4, FEW, 0))
def test_equals_the_best_of_all_matchings_where_ties_abound(case):
    assert assigned(case) == best_matching(case)


@settings(max_examples=300)
@given(merits(4, FEW, 3))
def test_equals_the_best_of_all_matchings_where_labels_decide(case):
    assert assigned(case) == best_matching(case)


@settings(max_examples=100)
@given(merits(5, MANY, 1))
def test_equals_the_best_of_all_matchings_with_real_overlaps(case):
    assert assigned(case) == best_matching(case)


@pytest.mark.parametrize("seed", range(6))
def test_equals_the_best_of_all_matchings_six_by_six(seed):
    random = np.random.default_rng(seed)
    cells = [(g, p) for g in range(6) for p in range(6) if random.random() < 0.4]
    case = {cell: Merit(Fraction(int(random.integers(1, 4)), 3), (bool(random.integers(2)),)) for cell in cells}
    assert assigned(case) == best_matching(case)


@settings(max_examples=60)
@given(st.integers(2, 25), st.integers(2, 25), st.integers(0, 2**32 - 1), st.sampled_from((0.1, 0.4, 1.0)))
def test_agrees_with_scipy_on_count_and_overlap(rows, columns, seed, density):
    random = np.random.default_rng(seed)
    weight = random.integers(1, 1000, (rows, columns)) * (random.random((rows, columns)) < density)
    overlap = {(g, p): int(weight[g, p]) for g, p in np.argwhere(weight).tolist()}
    if not overlap:
        return
    unit = {pair: Merit(Fraction(value, 1000)) for pair, value in overlap.items()}
    pair_bonus = 1 + 1000 * min(rows, columns)
    g, p = linear_sum_assignment(weight + pair_bonus * (weight > 0), maximize=True)
    real = weight[g, p] > 0
    ours = assigned(unit)
    assert len(ours) == int(real.sum())
    assert sum(overlap[pair] for pair in ours) == int(weight[g, p].sum())


@settings(max_examples=100)
@given(merits(6, FEW, 2))
def test_the_result_is_one_to_one_admissible_and_sorted(case):
    pairs = assigned(case)
    assert set(pairs) <= set(case)
    assert len({g for g, _ in pairs}) == len({p for _, p in pairs}) == len(pairs)
    assert pairs == sorted(pairs)


@settings(max_examples=100)
@given(merits(6, FEW, 2), st.randoms())
def test_the_order_of_the_mapping_does_not_matter(case, random):
    items = list(case.items())
    random.shuffle(items)
    assert assigned(dict(items)) == assigned(case)


def test_more_pairs_beat_more_overlap():
    few = Fraction(1, 1000)
    assert assigned({(0, 0): Merit(few), (0, 1): Merit(Fraction(1)), (1, 1): Merit(few)}) == [(0, 0), (1, 1)]


def test_more_overlap_beats_right_labels_and_earlier():
    half, more = Fraction(1, 2), Fraction(501, 1000)
    assert assigned({(0, 0): Merit(half, (True,)), (0, 1): Merit(more, (False,))}) == [(0, 1)]
    assert assigned({(0, 0): Merit(half), (0, 1): Merit(more)}) == [(0, 1)]


def test_right_labels_beat_earlier_and_the_first_label_beats_the_rest():
    half = Fraction(1, 2)
    assert assigned({(0, 0): Merit(half, (False,)), (0, 1): Merit(half, (True,))}) == [(0, 1)]
    assert assigned({(0, 0): Merit(half, (False, True, True)), (0, 1): Merit(half, (True, False, False))}) == [(0, 1)]


def test_the_earliest_of_equals_is_taken():
    assert assigned(plain({(g, p): 7 for g in range(3) for p in range(3)})) == [(0, 0), (1, 1), (2, 2)]
    assert assigned(plain({(4, 9): 1, (8, 9): 1})) == [(4, 9)]
    assert assigned(plain({(4, 9): 1, (4, 3): 1})) == [(4, 3)]
    ring = {(0, 1): 1, (0, 2): 1, (1, 0): 1, (1, 1): 1, (2, 0): 1, (2, 2): 1}
    assert assigned(plain(ring)) == [(0, 1), (1, 0), (2, 2)]


def test_sums_of_ratios_are_exact():
    """1/3 + 1/7 + ... decides by what it is, not by what it rounds to: 18/21 + 15/21 is 1 + 12/21."""
    case = {(0, 0): Fraction(15, 21), (1, 1): Fraction(18, 21), (0, 1): Fraction(12, 21), (1, 0): Fraction(1)}
    assert assigned({pair: Merit(value) for pair, value in case.items()}) == [(0, 0), (1, 1)]
    case[1, 0] -= Fraction(1, 10**30)
    assert assigned({pair: Merit(value) for pair, value in case.items()}) == [(0, 0), (1, 1)]
    case[1, 0] += Fraction(2, 10**30)
    assert assigned({pair: Merit(value) for pair, value in case.items()}) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("n", [1, 30])
def test_a_hub_gets_one_pair_on_either_side(n):
    assert assigned(plain({(0, p): 1 for p in range(n)})) == [(0, 0)]
    assert assigned(plain({(g, 0): 1 for g in range(n)})) == [(0, 0)]
