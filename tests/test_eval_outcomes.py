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
        # what is a duplicate is explained, and explains no other claim that it touches
        ([[(0, 10)], [(11, 21)]], [said((0, 10)), said((0, 12))], (("correct", "missed"), ("correct", "duplicate"))),
        ([[(0, 10)], [(11, 32)]], [said((0, 10)), said((9, 13))], (("correct", "boundary"), ("correct", "boundary"))),
        # of three claims in a chain the one that touches two is split, or merged, first
        ([[(0, 32)], [(33, 54)]], [said((0, 5)), said((27, 38))], (("split", "merged"), ("split", "merged"))),
    ],
)
def test_what_becomes_of_the_unmatched(gold, claims, expected):
    assert of(gold, *claims) == expected


def test_words_that_the_report_does_not_hold_are_ungrounded():
    from onrecord.schema.prediction import PredictedClaim

    assert of([[(0, 10)]], PredictedClaim((), words=("nothing of the kind",))) == (("missed",), ("ungrounded",))


def by_the_table(pairing):
    """The outcomes of the claims that are not matched, read off the table word by word."""
    gold, predicted = range(len(pairing.report.claims)), range(len(pairing.prediction.claims))
    matched_gold, matched = {g for g, _ in pairing.pairs}, {p for _, p in pairing.pairs}
    repeats = {p for (g, p), ratio in pairing.overlap.items() if g in matched_gold and ratio >= 0.5} - matched
    loose_gold = [g for g in gold if g not in matched_gold]
    loose = [p for p in predicted if p not in matched | repeats and pairing.prediction.claims[p].content]
    to_predicted = {g: [p for p in loose if (g, p) in pairing.overlap] for g in loose_gold}
    to_gold = {p: [g for g in loose_gold if (g, p) in pairing.overlap] for p in loose}

    def placed(own, other, several, one_of_several, none):
        def of(touched):
            if len(touched) != 1:
                return several if touched else none
            return "boundary" if len(other[touched[0]]) == 1 else one_of_several

        return {claim: of(touched) for claim, touched in own.items()}

    became = placed(to_gold, to_predicted, "merged", "split", "spurious") | dict.fromkeys(repeats, "duplicate")
    return placed(to_predicted, to_gold, "split", "merged", "missed"), became


@given(corpora(most=2))
def test_the_table_says_what_becomes_of_every_claim_that_is_not_matched(corpus):
    for pairing in pair(gold=corpus[0], predicted=corpus[1]):
        found = outcomes(pairing)
        for side, expected in enumerate(by_the_table(pairing)):
            assert {n: found[side][n] for n in expected} == expected


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
