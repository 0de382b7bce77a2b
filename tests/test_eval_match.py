"""Matching, as index pairs: literal cases, every matching tried, and no dependence on order."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import (
    TEXT,
    Merit,
    assigned,
    best_matching,
    claim_columns,
    contents,
    corpora,
    fragments,
    gold_of,
    letters,
    prediction,
    report,
    said,
    scores,
    triples,
)

from onrecord.eval.columns import columns, ranks
from onrecord.eval.match import match
from onrecord.eval.results import result_of
from onrecord.schema.prediction import LABELS, PredictedClaim, Prediction
from onrecord.schema.records import Report


def pairs(gold, predicted, text=TEXT, **options):
    """Return the matched pairs of the claims with these contents in one report."""
    result = match(gold=claim_columns(gold), predicted=claim_columns(predicted), texts=[text], **options)
    return list(zip(result.gold.tolist(), result.predicted.tolist(), strict=True))


def characters(text, spans):
    """Return the characters of a content that count, by a reference that works with sets."""
    found = set()
    for start, end in spans:
        inside = [at for at in range(start, end) if text[at].isalnum()]
        if inside:
            found |= {at for at in range(inside[0], inside[-1] + 1) if not text[at].isspace()}
    return found


def admissible_pairs(text, gold, predicted, gold_labels=None, predicted_labels=None):
    """Return the merits of the admissible pairs: intersection over union, then what is right: the definition."""
    found = {}
    for (g, mine), (p, yours) in itertools.product(enumerate(gold), enumerate(predicted)):
        a, b = characters(text, mine), characters(text, yours)
        if a & b and 2 * len(a & b) >= len(a | b):
            right = [x == y for x, y in zip(gold_labels[g], predicted_labels[p], strict=True)] if gold_labels else []
            record = (all(right[:4]),) if right else ()
            found[g, p] = Merit(Fraction(len(a & b), len(a | b)), (*record, *right))
    return found


def claims_in(text, most):
    nested = st.integers(0, len(text) - 1).flatmap(
        lambda a: st.integers(a + 1, len(text)).map(lambda b: ((a, b),))
    )  # one fragment: nested, crossing and equal ones are frequent in a short text
    return st.lists(st.one_of(contents(len(text)), nested), max_size=most)


@st.composite
def rivals(draw, most=6):
    text = draw(letters)
    gold, predicted = draw(claims_in(text, most)), draw(claims_in(text, most))
    copied = draw(st.lists(st.sampled_from(gold), max_size=2)) if gold else []
    return text, gold, (predicted + copied)[:most]


LITERAL = {
    "nothing": ([], [], []),
    "no gold": ([], [[(0, 10)]], []),
    "no prediction": ([[(0, 10)]], [], []),
    "equal": ([[(0, 10)]], [[(0, 10)]], [(0, 0)]),
    "apart": ([[(0, 10)]], [[(11, 21)]], []),
    "at offset zero, one character": ([[(0, 1)]], [[(0, 1)]], [(0, 0)]),
    "at the end of the text": ([[(53, 54)]], [[(53, 54)]], [(0, 0)]),
    "a half exactly": ([[(0, 10)]], [[(0, 5)]], [(0, 0)]),
    "just under a half": ([[(0, 10)]], [[(0, 4)]], []),
    "a third each way": ([[(0, 10)]], [[(5, 10), (11, 16)]], []),
    "whole text": ([[(0, 10)]], [[(0, 54)]], []),
    "better of two": ([[(0, 10)]], [[(0, 8)], [(0, 9)]], [(0, 1)]),
    "first of two equals": ([[(0, 10)]], [[(0, 9)], [(0, 9)]], [(0, 0)]),
    "one prediction, two gold": ([[(0, 8)], [(0, 9)]], [[(0, 9)]], [(1, 0)]),
    "nested gold, both found": ([[(0, 10)], [(0, 6)]], [[(0, 6)], [(0, 10)]], [(0, 1), (1, 0)]),
    "more pairs beat the better pair": ([[(0, 10)], [(0, 6)]], [[(0, 9)], [(0, 16)]], [(0, 1), (1, 0)]),
    "two fragments against one": ([[(0, 5), (11, 16)]], [[(0, 16)]], [(0, 0)]),
    "two fragments, one found": ([[(0, 5), (11, 16)]], [[(11, 16)]], [(0, 0)]),
    "two fragments, one of three found": ([[(0, 5), (11, 16), (22, 27)]], [[(11, 16)]], []),
    "fragments that touch are one": ([[(0, 5), (5, 10)]], [[(0, 10)]], [(0, 0)]),
    "interleaved, nothing shared": ([[(0, 2), (4, 6)]], [[(2, 4), (6, 8)]], []),
    "white space is no overlap": ([[(9, 11)]], [[(10, 12)]], []),
}


@pytest.mark.parametrize("name", LITERAL)
def test_literal_pairs(name):
    gold, predicted, expected = LITERAL[name]
    assert pairs(gold, predicted) == expected


def test_the_threshold_is_met_exactly_at_one_half():
    text = "x" * 1000
    assert pairs([[(0, 1000)]], [[(0, 500)]], text) == [(0, 0)]
    assert pairs([[(0, 1000)]], [[(0, 499)]], text) == []
    assert pairs([[(0, 999)]], [[(0, 500)]], text) == [(0, 0)]
    assert pairs([[(0, 3)]], [[(1, 3), (5, 6)]], text) == [(0, 0)]  # 2 of 4
    assert pairs([[(0, 3)]], [[(1, 3), (5, 7)]], text) == []  # 2 of 5


@pytest.mark.parametrize(("shared", "union"), [(11, 20), (7, 25), (15, 29), (1, 2), (1, 1), (7, 41)])
def test_a_threshold_that_is_met_exactly_admits(shared, union):
    """A threshold of 7/25 is met by 7 of 25 characters, whatever 7 / 25 * 25 rounds to."""
    text = "x" * union
    assert pairs([[(0, union)]], [[(0, shared)]], text, threshold=shared / union) == [(0, 0)]


@pytest.mark.parametrize("threshold", [0.0, -0.5, 1.01, float("nan")])
def test_a_threshold_out_of_range_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        pairs([], [], threshold=threshold)


def test_an_exact_tie_goes_to_the_earliest_though_the_ratios_have_no_finite_digits():
    """18/21 + 15/21 is 1 + 12/21: cutting each ratio before the sum must not decide."""
    text = "abcdefghijklmnopqrstu"
    gold, predicted = [[(0, 15)], [(0, 21)]], [[(0, 21)], [(3, 21)]]
    assert pairs(gold, predicted, text) == [(0, 0), (1, 1)]


def test_shared_and_sizes_are_characters_without_white_space_and_edge_marks():
    text = "“one two,” she said"
    result = match(gold=claim_columns([[(0, 10)]]), predicted=claim_columns([[(5, 8)], [(1, 8)]]), texts=[text])
    assert (result.gold.tolist(), result.predicted.tolist(), result.shared.tolist()) == ([0], [1], [6])
    assert (result.gold_size.tolist(), result.predicted_size.tolist()) == ([6], [3, 6])


@settings(max_examples=400)
@given(rivals())
def test_equals_the_best_of_all_matchings(case):
    text, gold, predicted = case
    merits = admissible_pairs(text, gold, predicted)
    assert pairs(gold, predicted, text) == (best_matching(merits) if merits else [])


@settings(max_examples=300)
@given(rivals(most=5), st.data())
def test_equals_the_best_of_all_matchings_with_labels(case, data):
    text, gold, predicted = case
    codes = st.lists(st.integers(0, 1), min_size=len(LABELS), max_size=len(LABELS))
    mine, yours = ([data.draw(codes) for _ in side] for side in (gold, predicted))
    merits = admissible_pairs(text, gold, predicted, mine, yours)
    columns = claim_columns(gold, labels=mine), claim_columns(predicted, labels=yours)
    result = match(gold=columns[0], predicted=columns[1], texts=[text])
    found = list(zip(result.gold.tolist(), result.predicted.tolist(), strict=True))
    assert found == (best_matching(merits) if merits else [])


@settings(max_examples=300)
@given(rivals(most=14))
def test_the_fast_paths_agree_with_the_assignment_on_everything(case):
    text, gold, predicted = case
    merits = admissible_pairs(text, gold, predicted)
    assert pairs(gold, predicted, text) == (assigned(merits) if merits else [])


@settings(max_examples=100)
@given(st.lists(rivals(most=5), min_size=2, max_size=5))
def test_many_reports_are_matched_as_each_alone(cases):
    def joined(side):
        parts = [case[side] for case in cases]
        return claim_columns(
            [c for part in parts for c in part], np.repeat(range(len(parts)), [*map(len, parts)]), len(parts)
        )

    result = match(gold=joined(1), predicted=joined(2), texts=[case[0] for case in cases])
    expected, g_base, p_base = [], 0, 0
    for text, gold, predicted in cases:
        expected += [(g + g_base, p + p_base) for g, p in pairs(gold, predicted, text)]
        g_base, p_base = g_base + len(gold), p_base + len(predicted)
    assert list(zip(result.gold.tolist(), result.predicted.tolist(), strict=True)) == expected


@settings(max_examples=150)
@given(corpora(), st.randoms())
def test_no_score_depends_on_any_order(corpus, random):
    made, predicted = corpus

    def shuffled(values):
        values = list(values)
        random.shuffle(values)
        return values

    def permuted(report_):
        claims = tuple(shuffled(report_.claims))
        return Report(report_.id, report_.dossier, report_.register, None, (), report_.text, claims)

    other_gold = shuffled([permuted(r) for r in made])
    other = shuffled([Prediction(p.report, tuple(shuffled(p.claims))) for p in predicted])
    one = result_of(gold=gold_of(*made), predicted=predicted, draws=50, seed=3)
    two = result_of(gold=gold_of(*other_gold), predicted=other, draws=50, seed=3)
    assert one.to_dict() == two.to_dict()


def test_the_surest_of_equal_contents_is_matched_whatever_the_order():
    gold = report("r", [(0, 10)])
    sure, unsure = said((0, 10), confidence=0.9), said((0, 10), speaker="brae", confidence=0.2)
    for claims in ((sure, unsure), (unsure, sure)):
        assert triples([gold], [prediction("r", *claims)])["record"] == (1, 2, 1)
    silent = said((0, 10), speaker="brae")
    for claims in ((sure, silent), (silent, sure)):
        assert triples([gold], [prediction("r", *claims)])["record"] == (1, 2, 1)


def test_one_whole_record_beats_two_halves():
    """All four have the same words. The second way has more right labels here and there, but no right record."""
    gold, predicted = [[0, 0, 0, 0, 0], [0, 1, 1, 1, 0]], [[0, 0, 0, 0, 0], [2, 0, 0, 2, 0]]
    same = [[(0, 10)]] * 2
    result = match(gold=claim_columns(same, labels=gold), predicted=claim_columns(same, labels=predicted), texts=[TEXT])
    assert list(zip(result.gold.tolist(), result.predicted.tolist(), strict=True)) == [(0, 0), (1, 1)]


def test_a_tie_of_overlaps_is_broken_by_place_not_by_the_file():
    """Both predictions have an intersection over union of one half, but they share 5 and 10 characters."""
    gold, half, twice = report("r", [(0, 10)]), said((0, 5)), said((0, 10), (11, 21))
    for claims in ((half, twice), (twice, half)):
        assert triples([gold], [prediction("r", *claims)])["characters"] == (5, 25, 10)


def test_the_columns_rank_by_place_then_confidence_then_label():
    claims = [said((0, 5), topic="c", confidence=0.1), said((0, 5), topic="b", confidence=0.9), said((0, 5), topic="a")]
    _, ranked = columns(gold=[report("r")], predicted=[prediction("r", *claims, said((0, 4), topic="d"))])
    codes = ranked.labels[:, LABELS.index("topic")].tolist()
    assert (ranked.end.tolist(), codes) == ([4, 5, 5, 5], sorted(codes))  # codes count up: d, b, c, a
    assert ranks(claims) == [1, 0, 2]


def test_claims_of_one_report_never_match_those_of_another():
    made = [report("r1", [(0, 10)]), report("r2", [(0, 10)])]
    crossed = [prediction("r1"), prediction("r2", said((0, 10)), said((0, 10)))]
    assert triples(made, crossed)["detection"] == (1, 2, 2)


@pytest.mark.parametrize("span", [(54, 64), (50, 64), (0, 55), (1000, 1010)])
@pytest.mark.parametrize("position", [0, 1])
def test_offsets_past_the_end_of_a_report_are_refused_and_reach_no_other_report(span, position):
    """A caller of the library has no `validate` before it: the error must say where, not match the next report."""
    made = [report("r1", [(0, 10)]), report("r2", [(0, 10)])]
    wrong = prediction(made[position].id, PredictedClaim(fragments(span)))
    with pytest.raises(ValueError, match=f"{made[position].id}.*54"):
        scores(made, [wrong])


@pytest.mark.parametrize("n", [2, 40])
def test_a_crowd_of_equal_claims_is_matched_in_order(n):
    crowd = [[(0, 10)]] * n
    assert pairs(crowd, crowd) == [(i, i) for i in range(n)]
    assert pairs(crowd, crowd[:1]) == [(0, 0)]
    assert pairs(crowd[:1], crowd) == [(0, 0)]
