"""Curves: at every threshold what the scorer says of the claims that are left; average precision by the step rule."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import TEXT, corpora, prediction, report, said, scores

from onrecord.eval.curves import CURVES, Curve, curves, has_confidences
from onrecord.schema.prediction import PredictedClaim

confidences = st.sampled_from((None, 0.0, 0.2, 0.5, 0.9, 1.0))


def with_confidence(draw, predicted):
    return [
        replace(p, claims=tuple(replace(claim, confidence=draw(confidences)) for claim in p.claims)) for p in predicted
    ]


def value_of(claim):
    return 1.0 if claim.confidence is None else claim.confidence


@given(st.data())
def test_curves_are_what_a_loop_over_evaluate_gives(draw):
    gold, predicted = draw.draw(corpora())
    predicted = with_confidence(draw.draw, predicted)
    if draw.draw(st.booleans()):
        nowhere = PredictedClaim((), words=("zzzz",), alignment="ungrounded", confidence=0.5)
        predicted[0] = replace(predicted[0], claims=(*predicted[0].claims, nowhere))
    thresholds = sorted({value_of(claim) for p in predicted for claim in p.claims}, reverse=True)
    made = curves(gold=gold, predicted=predicted)
    for name in CURVES:
        assert made[name].thresholds == tuple(thresholds)
    area, before = dict.fromkeys(CURVES, 0.0), dict.fromkeys(CURVES, 0.0)
    for k, threshold in enumerate(thresholds):
        kept = [replace(p, claims=tuple(c for c in p.claims if value_of(c) >= threshold)) for p in predicted]
        for name, score in scores(gold, kept).items():
            if name in CURVES:
                curve = made[name]
                assert (curve.tp[k], curve.predicted[k], curve.gold) == (score.tp, score.predicted, score.gold)
                assert (curve.precision[k], curve.recall[k]) == (score.precision, score.recall)
                area[name] += ((score.recall or 0.0) - before[name]) * score.precision
                before[name] = score.recall or 0.0
    for name in CURVES:
        defined = made[name].gold and thresholds
        assert made[name].average_precision == (pytest.approx(area[name], abs=1e-12) if defined else None)


@given(st.data())
def test_recall_of_detection_never_falls_and_the_order_of_claims_says_nothing(draw):
    gold, predicted = draw.draw(corpora())
    predicted = with_confidence(draw.draw, predicted)
    made = curves(gold=gold, predicted=predicted)
    tp = made["detection"].tp
    assert list(tp) == sorted(tp)
    assert curves(gold=gold, predicted=[replace(p, claims=p.claims[::-1]) for p in predicted]) == made


def test_the_matching_is_solved_again_at_each_threshold():
    gold = [report("r", ([(0, 10)], {}))]
    found = [prediction("r", said((0, 7), confidence=0.9), said((0, 10), confidence=0.5, speaker="brae"))]
    made = curves(gold=gold, predicted=found)
    assert made["detection"] == Curve((0.9, 0.5), (1, 1), (1, 2), 1)
    assert made["record"] == Curve((0.9, 0.5), (1, 0), (1, 2), 1)  # the surer claim is right; the other overlaps more
    assert made["record"].average_precision == 1.0  # 1 * 1/1, then -1 * 0/2


def test_the_step_rule_on_a_case_by_hand():
    gold = [report("r", [(0, 10)], [(11, 21)], [(22, 32)], [(33, 43)])]
    claims = (
        said((0, 10), confidence=0.9), said((44, 54), confidence=0.8), said((11, 21), confidence=0.8),
        said((22, 32), confidence=0.1),
    )  # fmt: skip
    curve = curves(gold=gold, predicted=[prediction("r", *claims)])["detection"]
    assert curve == Curve((0.9, 0.8, 0.1), (1, 2, 3), (1, 3, 4), 4)
    assert curve.average_precision == pytest.approx(0.25 * 1 + 0.25 * 2 / 3 + 0.25 * 3 / 4)


def test_a_claim_without_confidence_counts_as_one():
    gold = [report("r", [(0, 10)], [(11, 21)])]
    found = [prediction("r", said((0, 10)), said((11, 21), confidence=0.3))]
    assert has_confidences(found)
    assert curves(gold=gold, predicted=found)["detection"].thresholds == (1.0, 0.3)
    assert not has_confidences([prediction("r", said((0, 10)))])


def test_what_is_undefined_is_none():
    nothing = curves(gold=[report("r", [(0, 10)])], predicted=[prediction("r")])["record"]
    assert (nothing.thresholds, nothing.average_precision) == ((), None)
    empty = curves(gold=[report("r")], predicted=[prediction("r", said((0, 10), confidence=0.4))])["record"]
    assert (empty.recall, empty.precision, empty.average_precision) == ((None,), (0.0,), None)
    assert curves(gold=[], predicted=[])["detection"].average_precision is None


def test_many_reports_in_chunks_are_one_curve():
    gold = [report(f"r{n}", [(0, 10)], text=TEXT) for n in range(1100)]
    found = [prediction(f"r{n}", said((0, 10), confidence=(n % 4) / 4)) for n in range(1100)]
    curve = curves(gold=gold, predicted=found)["record"]
    assert curve == Curve((0.75, 0.5, 0.25, 0.0), (275, 550, 825, 1100), (275, 550, 825, 1100), 1100)
    assert curve.average_precision == 1.0
