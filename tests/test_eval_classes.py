"""Classes and coefficients against scikit-learn and krippendorff, and what is charged to which class."""

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from makers import corpora, gold_of, prediction, report, said
from sklearn.metrics import classification_report, cohen_kappa_score

from onrecord.eval import results as results_module
from onrecord.eval.classes import CLASSED, Confusion
from onrecord.eval.pairing import pair
from onrecord.eval.results import result_of
from onrecord.schema.prediction import LABELS, UNANSWERED
from onrecord.schema.structure import check_structure


def classes(made, predicted):
    return result_of(gold=gold_of(*made), predicted=predicted, draws=0).classes


def columns(made, predicted, name):
    """Return the values of a label, gold and predicted, of matched pairs; and of all claims, `-` for no partner."""
    pairs, rest = [], []
    for p in pair(gold=made, predicted=predicted):
        gold, found = ([str(getattr(c, name)) for c in side.claims] for side in (p.report, p.prediction))
        pairs += [(gold[a], found[b]) for a, b in p.pairs]
        rest += [(g, "-") for n, g in enumerate(gold) if n not in {a for a, _ in p.pairs}]
        rest += [("-", f) for n, f in enumerate(found) if n not in {b for _, b in p.pairs}]
    return pairs, pairs + rest


@settings(max_examples=20)
@given(corpora())
def test_classes_are_those_of_scikit_learn_and_coefficients_those_of_the_libraries(corpus):
    found = classes(*corpus)
    for name in LABELS:
        pairs, everything = columns(*corpus, name)
        if everything:
            labels = sorted({v for both in everything for v in both} - {"-"})
            theirs = classification_report(
                *zip(*everything, strict=True), labels=labels, output_dict=True, zero_division=np.nan
            )
            for value, (tp, predicted, gold) in found[name].classes().items():
                row = theirs[value]
                assert row["support"] == gold
                assert row["precision"] == pytest.approx(tp / predicted if predicted else np.nan, nan_ok=True)
                assert row["recall"] == pytest.approx(tp / gold if gold else np.nan, nan_ok=True)
        values = sorted({v for both in pairs for v in both})
        alpha, kappa = found[name].alpha(), found[name].kappa()
        if len(values) < 2:
            assert (alpha, kappa) == (None, None)
        else:
            coded = np.array([[values.index(v) for v in column] for column in zip(*pairs, strict=True)], dtype=float)
            assert alpha == pytest.approx(krippendorff.alpha(coded, level_of_measurement="nominal"))
            assert kappa == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))


@settings(max_examples=30)
@given(corpora())
def test_true_positives_of_classes_sum_to_the_score_whatever_the_chunks(corpus):
    made, predicted = corpus
    whole = result_of(gold=gold_of(*made), predicted=predicted, draws=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_module, "CHUNK", 1)
        assert classes(made, predicted) == whole.classes
    for name in CLASSED:
        sums = [sum(column) for column in zip(*whole.classes[name].classes().values(), strict=True)] or [0, 0, 0]
        score = whole.scores[name]
        assert sums == [score.tp, score.predicted, score.gold]


def test_b05_a_spurious_claim_is_charged_to_its_own_class_and_a_missed_one_to_the_golds():
    made = report("r", [(0, 10)], ([(11, 21)], {"stance": "against"}))
    found = classes([made], [prediction("r", said((0, 10)), said((33, 43), stance="neutral"))])
    assert found["stance"].classes() == {"against": (0, 0, 1), "favor": (1, 1, 1), "neutral": (0, 1, 0)}


def test_an_open_label_is_no_class_and_costs_the_gold_class_its_recall():
    found = classes([report("r", [(0, 10)])], [prediction("r", said((0, 10), stance=UNANSWERED))])
    assert found["stance"].classes() == {"favor": (0, 0, 1)}


def test_a_coefficient_without_pairs_is_null_with_its_reason():
    value = Confusion({}, {"favor": 1}, {}).to_dict(classed=True)
    assert (value["alpha"], value["kappa"]) == (None, None)
    assert set(value["undefined"]) == {"alpha", "kappa"}
    assert value["macro_by_class"] == {"precision": None, "recall": 0.0, "f1": 0.0, "classes": 1}


def test_the_result_with_classes_has_the_shape_of_the_schema():
    made = report("r", [(0, 10)], ([(11, 21)], {"stance": "against"}))
    result = result_of(gold=gold_of(made), predicted=[prediction("r", said((0, 10), topic="tides"))], draws=5)
    assert check_structure("result", result.to_dict()) == []
