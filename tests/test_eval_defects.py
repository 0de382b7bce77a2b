"""The known defects of other scorers, one test each, to show that ours has none of them.

The numbers B1 to B37 are those of the review of other scorers; B28 waits for a cache.
"""

import json
import math
import sys
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from makers import (
    TEXT,
    claim_columns,
    codebook,
    fragments,
    gold_of,
    prediction,
    report,
    said,
    scores,
    triples,
)
from scipy.optimize import linear_sum_assignment

from onrecord.eval.bootstrap import intervals, resampled_counts
from onrecord.eval.count import CHARACTER_SCORES, SCORES, Counts
from onrecord.eval.difference import difference
from onrecord.eval.match import match
from onrecord.eval.pairing import pair
from onrecord.eval.results import count_reports, result_of
from onrecord.eval.run import run
from onrecord.eval.signature import as_line
from onrecord.eval.slices import slice_counts
from onrecord.eval.tables import percent
from onrecord.eval.validate import validate
from onrecord.schema.prediction import LABELS, ROLES, Prediction, as_prediction
from onrecord.schema.records import Relay

EVERY_ROLE = {
    "source": fragments((33, 43)), "cue": fragments((33, 43)), "via": (Relay("board", fragments((33, 43))),)
}  # fmt: skip

BOOKS = {"harbour": codebook()}


def detection(made, *claims):
    return triples([made], [prediction(made.id, *claims)])["detection"]


# matching and counting


def test_b01_the_order_of_gold_and_predicted_changes_nothing():
    """nervaluate #40: nested gold and one exact prediction scored 0 or 0.67 by the order of the gold."""
    found = set()
    for spans in ([(0, 21), (0, 10)], [(0, 10), (0, 21)]):
        made = report("r", *([span] for span in spans))
        for claims in ([said((0, 10)), said((0, 20))], [said((0, 20)), said((0, 10))]):
            found.add(str(triples([made], [prediction("r", *claims)])))
    assert len(found) == 1
    assert detection(report("r", [(0, 21)], [(0, 10)]), said((0, 10))) == (1, 1, 2)


def test_b02_the_first_overlap_does_not_consume_the_gold():
    """nervaluate #39: the first prediction that overlaps took the gold, though a later one was exact."""
    made = report("r", [(0, 10)])
    found = triples([made], [prediction("r", said((0, 9), speaker="brae"), said((0, 10)))])
    assert (found["exact"], found["record"]) == ((1, 2, 1), (1, 2, 1))


def test_b03_a_gold_in_two_predictions_is_counted_once():
    """nervaluate #29: a gold that is split in two predictions made the number of gold items 2."""
    found = scores([report("r", [(0, 10)])], [prediction("r", said((0, 5)), said((5, 10)))])["detection"]
    assert (found.tp, found.predicted, found.gold) == (1, 2, 1)


def test_b04_a_prediction_over_two_gold_claims_is_credited_once():
    """spaneval: one span over two gold items earned two hits."""
    text = "ab cd" + " x" * 30
    made = report("r", [(0, 2)], [(0, 5)], [(3, 5)], text=text)
    assert detection(made, said((0, 5))) == (1, 1, 3)
    assert detection(report("r", [(0, 2), (3, 5)], text=text), said((0, 2)), said((3, 5))) == (1, 2, 1)


def test_b05_a_spurious_claim_is_charged_to_precision_alone():
    """nervaluate #66: a spurious item was charged to every class. Here: to predicted, once, in every score."""
    made = report("r", ([(0, 10)], EVERY_ROLE))
    right, wrong = said((0, 10), **EVERY_ROLE), said((22, 32), **EVERY_ROLE)
    without, spurious = (triples([made], [prediction("r", *c)]) for c in ((right,), (right, wrong)))
    for name in SCORES:
        unit = 10 if name in CHARACTER_SCORES else 1
        assert spurious[name] == (without[name][0], without[name][1] + unit, without[name][2])


def sliced(made, predicted, by):
    """Return (tp, predicted, gold) of detection for each slice."""
    tables = slice_counts(pair(gold=made, predicted=predicted), by, BOOKS)
    return {
        name: tuple(int(c.sum()) for c in (d.tp, d.predicted, d.gold))
        for name, d in ((n, t["detection"]) for n, t in tables.items())
    }


@pytest.mark.parametrize("by", ["stance", "kind", "topic", "speaker", "agency", "form", "dossier", "register", "crowd"])
def test_b06_slices_are_cut_after_matching_and_sum_to_the_whole(by):
    """nervaluate #84: the same data with another filter of labels had another score."""
    made = [report("r", ([(0, 10)], {"stance": "favor"}), ([(0, 8)], {"stance": "against"}))]
    claims = [
        said((0, 10), stance="against"),
        said((0, 8), stance="against", kind="denial"),
        said((22, 32), topic="dredging"),
    ]
    predicted = [prediction("r", *claims)]
    parts = sliced(made, predicted, by)
    assert tuple(map(sum, zip(*parts.values(), strict=True))) == triples(made, predicted)["detection"]


def test_b07_half_credit_is_not_lost_when_documents_are_merged():
    """nervaluate #109: two documents with half credit each gave 0.0 together. Here counts add."""
    made = [report(f"r{n}", [(0, 10)]) for n in range(2)]
    predicted = [prediction(f"r{n}", said((0, 5))) for n in range(2)]
    one, both = scores(made[:1], predicted[:1])["characters"], scores(made, predicted)["characters"]
    assert (one.tp, both.tp) == (5, 10)
    assert one.recall == both.recall == 0.5


def test_b08_whole_document_prediction_is_no_hit():
    """nervaluate: the overlap was divided by the gold's length alone, so all of the document was a hit."""
    made = report("r", [(0, 10)])
    assert detection(made, said((0, 54))) == (0, 1, 1)
    assert triples([made], [prediction("r", said((0, 54)))])["characters"][0] == 0
    assert detection(report("r", [(0, 54)]), said((0, 10))) == (0, 1, 1)  # nor the other way round


def test_b09_offset_zero_and_the_last_character_count():
    """nervaluate #32: a start of 0 was read as absent, and the last token was lost."""
    assert detection(report("r", [(0, 1)]), said((0, 1))) == (1, 1, 1)
    assert detection(report("r", [(53, 54)]), said((53, 54))) == (1, 1, 1)
    assert detection(report("r", [(0, 1)], text="a"), said((0, 1))) == (1, 1, 1)
    assert detection(report("r", [(0, 1)]), said((1, 2))) == (0, 1, 1)


def test_b10_the_threshold_comes_before_the_assignment():
    """stickler: the assignment took the largest similarities, and a threshold afterwards lost pairs."""
    gold, predicted = [[(0, 20)], [(0, 9)]], [[(0, 18)], [(5, 15)]]
    similarity = np.array([[18 / 20, 10 / 20], [9 / 18, 4 / 15]])
    theirs = list(zip(*linear_sum_assignment(similarity, maximize=True), strict=True))
    assert [pair for pair in theirs if similarity[pair] >= 0.5] == [(0, 0)]  # one pair is lost
    result = match(gold=claim_columns(gold), predicted=claim_columns(predicted), texts=["x" * 20])
    assert list(zip(result.gold, result.predicted, strict=True)) == [(0, 1), (1, 0)]


def test_b11_one_claim_against_one_keeps_the_threshold():
    """stickler #225: lists of one element counted any similarity over zero as correct."""
    assert detection(report("r", [(0, 10)]), said((9, 21))) == (0, 1, 1)
    assert detection(report("r", [(0, 10)]), said((0, 4))) == (0, 1, 1)


def test_b12_a_pair_is_matched_or_missed_never_both():
    """stickler #225: a pair under the threshold was a pair, a miss and a spurious item."""
    for end, expected in ((4, (0, 1, 1)), (5, (1, 1, 1))):
        s = scores([report("r", [(0, 10)])], [prediction("r", said((0, end)))])["detection"]
        assert (s.tp, s.predicted, s.gold) == expected
        assert s.tp + (s.predicted - s.tp) == s.predicted
        assert s.tp <= min(s.predicted, s.gold)


def test_b13_vectorised_matching_stays_one_to_one():
    """torchmetrics #1275: the vectorised matching gave one gold to two predictions."""
    crowd = [[(0, 10)]] * 5
    result = match(gold=claim_columns(crowd[:3]), predicted=claim_columns(crowd), texts=[TEXT])
    assert result.gold.tolist() == [0, 1, 2]
    assert len(set(result.predicted.tolist())) == 3


def test_b14_the_matching_rule_is_in_the_signature():
    """pytorch-lightning #4564: two implementations of one metric broke ties in two ways, and nothing said so."""
    result = result_of(gold=gold_of(report("r", [(0, 10)])), predicted=[], draws=0)
    assert "one-to-one" in result.signature["match"]
    assert "0.5" in result.signature["match"]
    assert "then the earliest" in " ".join((sys.modules[match.__module__].__doc__ or "").split())


# duplicates, empties, undefined values


def test_b15_duplicates_are_false_positives_and_do_not_collapse():
    """smatch #15: duplicates brought F1 over 1; seqeval: they vanished in a set."""
    made = report("r", [(0, 10)])
    s = scores([made], [prediction("r", *[said((0, 10))] * 4)])["record"]
    assert (s.tp, s.predicted, s.gold) == (1, 4, 1)
    assert s.f1 == 2 / 5
    twice = report("r", [(0, 10)], [(0, 10)])
    assert detection(twice, said((0, 10))) == (1, 1, 2)
    assert detection(twice, said((0, 10)), said((0, 10))) == (2, 2, 2)


def test_b16_empty_documents_do_not_raise_the_score():
    """metametric: one wrong document and nine empty ones had an F1 of 0.9."""
    wrong, empty = report("r0", ([(0, 10)], EVERY_ROLE)), [report(f"r{n}") for n in range(1, 10)]
    predicted = [prediction("r0", said((22, 32), **EVERY_ROLE)), *(prediction(r.id) for r in empty)]
    for name, s in scores([wrong, *empty], predicted, draws=50).items():
        assert (s.tp, s.f1) == (0, 0.0), name
        assert s.reports == 10


def test_b17_division_by_zero_is_null_with_a_reason():
    """seqeval #60 and six others: a crash, 0, 1 or a tiny epsilon."""
    nothing = scores([report("r")], [])["record"]
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    silent = scores([report("r", [(0, 10)])], [])["record"]
    assert (silent.precision, silent.recall, silent.f1) == (None, 0.0, 0.0)
    assert silent.undefined()["precision"] == "nothing was predicted"
    spurious = scores([report("r")], [prediction("r", said((0, 10)))])["record"]
    assert (spurious.precision, spurious.recall, spurious.f1) == (0.0, None, 0.0)
    assert spurious.undefined()["recall"] == "the gold is empty"


def test_b18_missing_predictions_do_not_shrink_the_average():
    """ir_measures #2: a query without results was left out of the mean."""
    made = [report(f"r{n}", [(0, 10)]) for n in range(4)]
    s = scores(made, [prediction("r0", said((0, 10)))])["record"]
    assert (s.recall, s.reports, s.gold) == (0.25, 4, 4)
    assert s.macro["recall"] == 0.25


def test_b18_an_unknown_report_is_an_error():
    line = json.dumps({"report": "harbour/elsewhere", "claims": []}).encode()
    validated = validate([line], gold=[report("r", [(0, 10)])], codebooks=BOOKS)
    assert [i.id for i in validated.errors] == ["report-unknown"]


def test_b19_unparsable_output_counts_as_empty_and_is_told():
    """inspect #3707: samples that failed left the score."""
    made = [report(f"r{n}", [(0, 10)]) for n in range(2)]
    good = json.dumps({"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 10}]}]}).encode()
    validated = validate([good, b'{"report": "harbour/r1", "claims": [{"cont'], gold=made, codebooks=BOOKS)
    assert [i.id for i in validated.errors] == ["json-invalid"]
    assert triples(made, validated.predictions)["detection"] == (1, 1, 2)


def test_b19_a_system_that_raises_counts_as_empty_on_that_report():
    class Fails:
        def extract(self, text, _):
            if text.startswith("b"):
                raise RuntimeError("out of memory")
            return [said((0, 10))]

    made = [report("r0", [(0, 10)]), report("r1", [(0, 10)], text="b" * 20)]
    done = run("fails", Fails(), reports=made, codebooks=BOOKS)
    assert len(done.failures) == 1
    assert "harbour/r1" in str(done.failures[0])
    assert "out of memory" in str(done.failures[0])
    assert triples(made, done.validated.predictions)["detection"] == (1, 1, 2)


def test_b20_words_that_cannot_be_aligned_stay_false_positives():
    """spaCy #12811: spans that fitted no token were dropped, and precision rose to 58 where 41 was possible."""
    line = {"report": "harbour/r", "claims": [{"content": [{"start": 0, "end": 10}]}, {"content": "never said"}]}
    validated = validate([json.dumps(line).encode()], gold=[report("r", [(0, 10)])], codebooks=BOOKS)
    assert validated.incidents == ()
    found = triples([report("r", [(0, 10)])], validated.predictions)
    assert (found["detection"], found["characters"]) == ((1, 2, 1), (10, 19, 10))


def test_b21_every_score_says_how_many_reports_it_is_over():
    """spaCy #6137: documents were skipped, and nothing showed it."""
    made = [report("r0"), report("r1", text=""), report("r2", [(0, 10)])]
    found = scores(made, [])
    assert {s.reports for s in found.values()} == {3}
    assert {s.to_dict()["reports"] for s in found.values()} == {3}


def test_b22_a_class_that_only_the_prediction_has_is_a_slice():
    """neleval: groups came from the gold alone, so that spurious classes were charged to none."""
    made, predicted = [report("r", [(0, 10)])], [prediction("r", said((0, 10)), said((22, 32), stance="against"))]
    assert sliced(made, predicted, "stance") == {"favor": (1, 1, 1), "against": (0, 1, 0)}


# averages, text handling, argument order


def test_b23_an_average_says_its_unit():
    """seqeval #9: what was called macro was not."""
    value = scores([report("r", [(0, 10)])], [])["record"].to_dict()
    averages = {key for key in value if "macro" in key or "average" in key or "micro" in key}
    assert averages == {"macro_by_dossier"}
    assert value["macro_by_dossier"]["dossiers"] == 1


def test_b24_strict_by_default_an_open_label_is_wrong():
    """seqeval #23: invalid sequences scored 1 by default."""
    silent = said((0, 10), **dict.fromkeys(LABELS, ""))
    assert triples([report("r", [(0, 10)])], [prediction("r", silent)])["record"] == (0, 1, 1)


def test_b25_gold_as_prediction_scores_one():
    """lm-eval: gold was joined without spaces, so that the right answer was wrong."""
    text = "“Not one barge,”\u00a0she said — and twice:\n‘no’ … 😀 e\u0331."
    parts = [
        (text.index(words), text.index(words) + len(words)) for words in ("“Not one barge,”", "‘no’", "😀 e\u0331.")
    ]
    roles = {"source": fragments(parts[2]), "cue": fragments(parts[1]), "via": (Relay("board", fragments(parts[0])),)}
    made = report("r", ([parts[0]], roles), [parts[1]], parts[:2], [parts[2]], text=text)
    for s in scores([made], [as_prediction(made)]).values():
        assert (s.precision, s.recall, s.f1) == (1.0, 1.0, 1.0)


def test_b26_precision_and_recall_are_not_swapped():
    """HELM: pairs were built as (gold, prediction) and read as (prediction, gold)."""
    s = scores([report("r", [(0, 10)], [(11, 21)], [(22, 32)], [(33, 43)])], [prediction("r", said((0, 10)))])["record"]
    assert (s.precision, s.recall) == (1.0, 0.25)


@pytest.mark.parametrize("function", [match, count_reports, result_of])
def test_b26_gold_and_predicted_are_keyword_only(function):
    with pytest.raises(TypeError):
        function([], [])


def test_b27_rounding_happens_when_printing_only():
    """inspect: each F1 was rounded to two digits, then averaged."""
    made = [report(f"{d}/r", *[[(i, i + 1)] for i in range(9)]) for d in ("one", "two", "three")]
    predicted = [prediction(r.id, *(said((i, i + 1)) for i in range(n))) for r, n in zip(made, (1, 2, 4), strict=True)]
    s = scores(made, predicted)["record"]
    assert s.recall == 7 / 27
    assert s.macro["recall"] == pytest.approx((1 / 9 + 2 / 9 + 4 / 9) / 3, abs=1e-15)
    assert s.to_dict()["recall"] == 7 / 27
    assert percent(s.recall) == "25.9"


# statistics


@pytest.mark.parametrize("draws", [1_000, 16_000])
def test_b29_the_bootstrap_error_is_not_divided_by_the_root_of_the_draws(draws):
    """lighteval: 32 times too small with 1000 draws. Here: 1.96 standard errors either way, whatever the draws."""
    n, share = 400, 0.3
    rows = np.array([[int(i < n * share), 1, 1] for i in range(n)])
    (sums,) = resampled_counts([tuple(rows.T)], np.zeros(n, dtype=np.int64), draws=draws, seed=0)
    low, high = intervals(sums)["f1"]
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(share * (1 - share) / n), rel=0.1)


def counts_of(*tp):
    """Return the counts of a system that finds these many of 5 claims in each report and predicts 5."""
    return Counts(np.array(tp), np.full(len(tp), 5), np.full(len(tp), 5))


def test_b30_a_system_is_not_significantly_different_from_itself():
    """sacrebleu: p was 1 / (n + 1) for identical outputs, because ties were not counted."""
    one = counts_of(1, 2, 3, 4, 5, 0)
    found = difference(one, one, np.zeros(6, dtype=np.int64), trials=99)
    assert (found.value, found.interval, found.p) == (0.0, (0.0, 0.0), 1.0)


def test_b30_p_is_never_zero():
    better, worse = counts_of(*[5] * 40), counts_of(*[0] * 40)
    assert difference(better, worse, np.zeros(40, dtype=np.int64), trials=99).p == 1 / 100


def test_b31_the_test_is_paired_by_report():
    """lm-eval #3831: an unpaired test on paired data hides a difference that is there in every report."""
    better, worse = counts_of(*[1, 5] * 15), counts_of(*[0, 4] * 15)
    strata = np.zeros(30, dtype=np.int64)
    found = difference(better, worse, strata, trials=999)
    assert found.p == 1 / 1000
    assert found.interval == pytest.approx((0.2, 0.2))
    with pytest.raises(ValueError, match="same reports"):
        difference(better, Counts(worse.tp, worse.predicted, worse.gold + 1), strata)


def test_b32_low_and_high_are_told_not_a_half_width_and_the_signature_is_a_mapping():
    """sacrebleu: a symmetric half-width, hidden where the mean was 0; a colon in a value broke the signature."""
    made = [report(f"r{n}", [(0, 10)]) for n in range(5)]
    s = scores(
        made, [prediction("r0", said((22, 32)))] + [prediction(f"r{n}", said((22, 32))) for n in range(1, 5)], draws=50
    )
    assert s["record"].interval == {"precision": (0.0, 0.0), "recall": (0.0, 0.0), "f1": (0.0, 0.0)}
    signature = {"split": "a: b | c", "seed": 0}
    assert json.loads(json.dumps(signature)) == signature
    assert as_line(signature) == "split: a: b | c | seed: 0"


def test_b33_the_unit_of_resampling_is_the_report():
    """Claims of a report depend on each other: ten right and ten wrong in two reports are two units, not twenty."""
    spans = [(i, i + 1) for i in range(10)]
    made = [report(f"r{n}", *([span] for span in spans)) for n in range(2)]
    predicted = [
        prediction("r0", *(said(span) for span in spans)),
        prediction("r1", *(said((i + 11, i + 12)) for i in range(10))),
    ]
    s = scores(made, predicted, draws=2000)["detection"]
    assert s.interval["recall"] == (0.0, 1.0)


def test_b34_no_hidden_limit_on_how_many_claims_count():
    """torchmetrics #2560: not more than 100 detections counted, and nothing said so."""
    text = "ab " * 600
    spans = [(3 * i, 3 * i + 2) for i in range(600)]
    made = report("r", *([span] for span in spans), text=text)
    assert detection(made, *(said(span) for span in spans)) == (600, 600, 600)


# offsets


def test_b35_the_text_of_a_fragment_must_be_the_text_at_its_offsets():
    """nervaluate #53: gold and prediction were of different texts, and it went unnoticed."""
    line = {"report": "harbour/r", "claims": [{"content": [{"start": 0, "end": 5, "text": "vwxyz"}]}]}
    validated = validate([json.dumps(line).encode()], gold=[report("r")], codebooks=BOOKS)
    assert [i.id for i in validated.errors] == ["fragment-text-differs"]


def test_b35_the_data_hash_is_in_the_signature():
    one = result_of(gold=gold_of(report("r")), predicted=[], draws=0).signature
    assert one["data"] == gold_of(report("r")).digest


def test_b36_no_normalisation_moves_an_offset():
    """tokenizers #1201: offsets were those of a text that had been normalised."""
    text = "ﬁne ½ ẞ İstanbul 👩🏽‍🚀 e\u0331 \uff57\uff49\uff44\uff45 end"
    at = text.index("end")
    made = report("r", [(at, at + 3)], text=text)
    assert detection(made, said((at, at + 3))) == (1, 1, 1)
    assert detection(made, said((at - 5, at - 1))) == (0, 1, 1)


def test_b37_repeated_mentions_do_not_collapse_on_the_first():
    """langextract #485: the second of two equal sentences was grounded on the first."""
    text = "it rains, it rains"
    made = report("r", [(0, 8)], [(10, 18)], text=text)
    assert detection(made, said((0, 8)), said((10, 18))) == (2, 2, 2)
    assert detection(made, said((0, 8)), said((0, 8))) == (1, 2, 2)


# the design's list, where it says more


def test_roles_are_not_scored_on_pairs_whose_contents_do_not_overlap():
    """A shared task on debates matched disjoint claims that had one speaker, and gave their roles an F1 of 1."""
    found = triples([report("r", ([(0, 10)], EVERY_ROLE))], [prediction("r", said((22, 32), **EVERY_ROLE))])
    assert {name: found[name][0] for name in SCORES} == dict.fromkeys(SCORES, 0)
    assert {found[name][1:] for name in ROLES} == {(10, 10)}


def test_a_missing_report_is_an_empty_one():
    made = [report("r0", [(0, 10)]), report("r1", [(0, 10)])]
    one, two = (
        scores(made, [prediction("r0", said((0, 10)))]),
        scores(made, [prediction("r0", said((0, 10))), prediction("r1")]),
    )
    assert one == two


def test_a_prediction_is_frozen_so_that_nothing_mends_it_on_the_way():
    value = Prediction("harbour/r", (said((0, 10)),))
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, ())
