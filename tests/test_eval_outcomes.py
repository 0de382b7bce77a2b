"""Outcomes: every claim has exactly one, and they say what the detection counts say."""

import pytest
from hypothesis import given
from makers import corpora, prediction, report, said, scores

from onrecord.eval.outcomes import OUTCOMES, outcomes
from onrecord.eval.pairing import pair


def of(gold, *claims):
    made = report("r", *gold)
    (pairing,) = pair(gold=[made], predicted=[prediction("r", *claims)])
    return outcomes(pairing)


def test_right_and_wrong_labels():
    assert of([[(0, 10)]], said((0, 10))) == (("correct",), ("correct",))
    for label, other in (("speaker", "brae"), ("agency", "board"), ("topic", "dredging"), ("kind", "denial")):
        assert of([[(0, 10)]], said((0, 10), **{label: other})) == ((f"wrong-{label}",), (f"wrong-{label}",))
    first = of([[(0, 10)]], said((0, 10), stance="against", kind="denial"))
    assert first == (("wrong-stance",), ("wrong-stance",))


@pytest.mark.parametrize(
    ("gold", "claims", "expected"),
    [
        ([[(0, 10)]], [], (("missed",), ())),
        ([], [said((0, 10))], ((), ("spurious",))),
        ([[(0, 21)]], [said((0, 6))], (("boundary",), ("boundary",))),
        ([[(0, 54)]], [said((0, 10)), said((22, 32))], (("split",), ("split", "split"))),
        ([[(0, 10)], [(22, 32)]], [said((0, 54))], (("merged", "merged"), ("merged",))),
        ([[(0, 10)]], [said((0, 10)), said((0, 9))], (("correct",), ("correct", "duplicate"))),
    ],
)
def test_what_becomes_of_the_unmatched(gold, claims, expected):
    assert of(gold, *claims) == expected


def test_words_that_the_report_does_not_hold_are_ungrounded():
    from onrecord.schema.prediction import PredictedClaim

    assert of([[(0, 10)]], PredictedClaim((), words=("nothing of the kind",))) == (("missed",), ("ungrounded",))


@given(corpora())
def test_each_claim_has_one_and_they_sum_to_detection(corpus):
    gold, predicted = corpus
    found = [outcomes(pairing) for pairing in pair(gold=gold, predicted=predicted)]
    detection = scores(gold, predicted)["detection"]
    ours = [o for one, _ in found for o in one]
    theirs = [o for _, other in found for o in other]
    assert (len(ours), len(theirs)) == (detection.gold, detection.predicted)
    assert set(ours) | set(theirs) <= set(OUTCOMES)
    for side in (ours, theirs):
        assert sum(o == "correct" or o.startswith("wrong-") for o in side) == detection.tp
