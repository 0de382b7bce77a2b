"""Counts and scores: file triples worked out by hand, and the laws that every score obeys."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from makers import (
    AGENTS,
    TEXT,
    claim_columns,
    codebook,
    contents,
    corpora,
    fragments,
    gold_of,
    labels,
    prediction,
    report,
    reports,
    said,
    scores,
    triple,
    triples,
)
from sklearn.metrics import precision_recall_fscore_support

from onrecord.eval import results as results_module
from onrecord.eval.count import CHARACTER_SCORES, SCORES, Counts, concatenate, count
from onrecord.eval.match import match
from onrecord.eval.results import count_reports
from onrecord.eval.scores import FIGURES, scores_of
from onrecord.eval.validate import validate
from onrecord.schema.convert import report_from_json, report_to_json
from onrecord.schema.prediction import LABELS, ROLES, UNANSWERED, Prediction, as_prediction
from onrecord.schema.records import Relay
from onrecord.schema.semantics import check_report

TRIPLES = sorted(path.parent for path in (Path(__file__).parent / "fixtures/eval").glob("*/expected.json"))
WORDS = [(0, 10), (11, 21), (22, 32), (33, 43), (44, 54)]  # the words of TEXT, ten letters each


# file triples: gold, predicted, expected


def from_files(folder):
    """Return the reports, the validated predictions and the expectation of a file triple."""
    gold = [report_from_json(json.loads(line)) for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()]
    with (folder / "predicted.jsonl").open("rb") as lines:
        books = {dossier: codebook(dossier=dossier) for dossier in ("harbour", "peaks")}
        validated = validate(lines, gold=gold, codebooks=books)
    return gold, validated, json.loads((folder / "expected.json").read_text("utf-8"))


def test_there_are_enough_triples():
    assert len(TRIPLES) >= 6


@pytest.mark.parametrize("folder", TRIPLES, ids=lambda folder: folder.name)
def test_file_triple(folder):
    gold, validated, expected = from_files(folder)
    found = scores(gold, validated.predictions)
    assert {name: list(triple(s)) for name, s in found.items()} == expected["scores"]
    assert {s.reports for s in found.values()} == {expected["reports"]}
    for name, reasons in expected.get("undefined", {}).items():
        assert found[name].undefined() == reasons
    for name, figures in expected.get("macro_by_dossier", {}).items():
        assert found[name].macro == pytest.approx({key: float(Fraction(f)) for key, f in figures.items()}, abs=1e-15)


@pytest.mark.parametrize("folder", TRIPLES, ids=lambda folder: folder.name)
def test_ratios_follow_from_the_expected_counts(folder):
    gold, validated, expected = from_files(folder)
    found = scores(gold, validated.predictions)
    for name, (tp, predicted, in_gold) in expected["scores"].items():
        pairs = ((tp, predicted), (tp, in_gold), (2 * tp, predicted + in_gold))
        for figure, (part, whole) in zip(FIGURES, pairs, strict=True):
            assert getattr(found[name], figure) == (float(Fraction(part, whole)) if whole else None)


# gold as prediction


def all_ones(found):
    return [s for s in found.values() if s.gold and (s.precision, s.recall, s.f1) != (1.0, 1.0, 1.0)]


@settings(max_examples=80)
@given(corpora())
def test_gold_as_prediction_is_exactly_one(corpus):
    made, _ = corpus
    found = scores(made, [as_prediction(r) for r in made], draws=20)
    assert not all_ones(found)
    assert all(s.interval[f] in (None, (1.0, 1.0)) for s in found.values() for f in FIGURES)


@settings(max_examples=150)
@given(reports(most=6))
def test_gold_claims_as_prediction_are_exactly_one(made):
    found = scores([made], [as_prediction(made)])
    assert not all_ones(found)
    for name in (*LABELS, "record"):
        assert found[name].accuracy == (1.0 if made.claims else None)


def test_gold_as_prediction_of_the_file_triples_is_exactly_one():
    for folder in TRIPLES:
        gold, _, _ = from_files(folder)
        assert not all_ones(scores(gold, [as_prediction(r) for r in gold])), folder.name


def test_two_speakers_of_the_same_words_each_score_on_their_own():
    """Two gold claims may share their content; a system that finds one of them is right, whichever it is."""
    both = report("r", ([(0, 10)], {"speaker": "brae"}), ([(0, 10)], {"speaker": "toskan"}))
    for claim in as_prediction(both).claims:
        assert triples([both], [prediction("r", claim)])["record"] == (1, 1, 2), claim.speaker


@pytest.mark.parametrize("punctuation", ["…", "?!", "—"])
def test_a_gold_claim_without_a_letter_is_refused_or_matched(punctuation):
    """It has no character that counts, so it could be matched by nothing: either it is no gold, or it scores 1."""
    made = report("r", [(2, 2 + len(punctuation))], text=f"a {punctuation} b")
    refused = [i for i in check_report(report_to_json(made)) if i.level == "error"]
    assert refused or not all_ones(scores([made], [as_prediction(made)]))


# laws


def swapped(made, predicted):
    """Return gold and predicted with their roles exchanged; open labels and confidences must not occur."""
    gold = [
        report(r.id, *((tuple((f.start, f.end) for f in c.content), label_values(c)) for c in p.claims), text=r.text)
        for r, p in zip(made, predicted, strict=True)
    ]
    return gold, [as_prediction(r) for r in made]


def label_values(claim):
    return {name: getattr(claim, name) for name in (*LABELS, *ROLES)}


@settings(max_examples=80)
@given(corpora())
def test_swap_exchanges_precision_and_recall_of_detection(corpus):
    one, two = scores(*corpus), scores(*swapped(*corpus))
    tp, predicted, gold = triple(one["detection"])
    assert triple(two["detection"]) == (tp, gold, predicted)
    assert (one["detection"].precision, one["detection"].recall) == (
        two["detection"].recall,
        two["detection"].precision,
    )


@st.composite
def disjoint_corpora(draw):
    """Draw a report whose gold contents are some words of TEXT, and predictions that are other words or halves."""

    def with_roles():
        some = {name: fragments(draw(st.sampled_from(WORDS))) for name in ("source", "cue")}
        return {**draw(labels), **some, "via": (Relay(draw(st.sampled_from(AGENTS)), fragments(WORDS[0])),)}

    gold = [([w], with_roles()) for w in draw(st.lists(st.sampled_from(WORDS), unique=True))]
    chosen = draw(st.lists(st.sampled_from(WORDS), unique=True))
    predicted = [said((a, b - draw(st.integers(0, 7))), **with_roles()) for a, b in chosen]
    return [report("r", *gold)], [prediction("r", *predicted)]


@settings(max_examples=200)
@given(disjoint_corpora())
def test_swap_exchanges_precision_and_recall_of_every_score_where_nothing_ties(corpus):
    one, two = scores(*corpus), scores(*swapped(*corpus))
    for name in SCORES:
        tp, predicted, gold = triple(one[name])
        assert triple(two[name]) == (tp, gold, predicted)


@settings(max_examples=200)
@given(disjoint_corpora(), st.integers(0, 4))
def test_a_duplicate_raises_nothing(corpus, which):
    made, (predicted,) = corpus
    assume(predicted.claims)
    again = predicted.claims[which % len(predicted.claims)]
    one = scores(made, [predicted])
    two = scores(made, [Prediction(predicted.report, (*predicted.claims, again))])
    for name in SCORES:
        assert two[name].tp == one[name].tp
        assert two[name].predicted > one[name].predicted
        assert two[name].precision <= one[name].precision


@settings(max_examples=80)
@given(corpora(), labels)
def test_a_spurious_claim_never_raises_precision(corpus, its_labels):
    made, predicted = corpus
    longer = [report(r.id, *((tuple((f.start, f.end) for f in c.content), label_values(c)) for c in r.claims),
                     text=r.text + " zzzzzzzz") for r in made]  # fmt: skip
    spurious = said((len(made[0].text) + 1, len(made[0].text) + 9), **its_labels)
    more = [Prediction(predicted[0].report, (*predicted[0].claims, spurious)), *predicted[1:]]
    one, two = scores(longer, predicted), scores(longer, more)
    for name in SCORES:
        assert two[name].tp == one[name].tp
        assert two[name].recall == one[name].recall
        assert one[name].precision is None or two[name].precision <= one[name].precision


@settings(max_examples=80)
@given(corpora())
def test_removing_a_prediction_never_raises_recall_of_detection(corpus):
    """Of detection only: a rival with better labels may take the place of the claim that goes."""
    made, predicted = corpus
    whole = scores(made, predicted)["detection"].tp
    for number, p in enumerate(predicted):
        for gone in range(len(p.claims)):
            fewer = [*predicted]
            fewer[number] = Prediction(p.report, p.claims[:gone] + p.claims[gone + 1 :])
            assert whole - 1 <= scores(made, fewer)["detection"].tp <= whole


@settings(max_examples=200)
@given(disjoint_corpora())
def test_removing_a_prediction_never_raises_any_recall_where_nothing_competes(corpus):
    made, (predicted,) = corpus
    whole = scores(made, [predicted])
    for gone in range(len(predicted.claims)):
        rest = predicted.claims[:gone] + predicted.claims[gone + 1 :]
        fewer = scores(made, [Prediction(predicted.report, rest)])
        assert all(fewer[name].tp <= whole[name].tp for name in SCORES)


@settings(max_examples=80)
@given(corpora())
def test_the_stricter_never_exceeds_the_looser(corpus):
    found = scores(*corpus)
    tp = {name: s.tp for name, s in found.items()}
    assert max(tp[name] for name in ("exact", *LABELS)) <= tp["detection"]
    assert tp["record"] <= min(tp[name] for name in ("speaker", "agency", "topic", "stance"))
    claims = [name for name in SCORES if name not in CHARACTER_SCORES]
    assert len({(found[name].predicted, found[name].gold) for name in claims}) == 1
    assert all(0 <= s.tp <= min(s.predicted, s.gold) for s in found.values())


def renamed(made, predicted, names):
    """Return gold and predicted with every speaker and topic renamed."""

    def relabelled(claim):
        return {**label_values(claim), "speaker": names[claim.speaker], "topic": names[claim.topic]}

    def spans(claim):
        return tuple((f.start, f.end) for f in claim.content)

    gold = [report(r.id, *((spans(c), relabelled(c)) for c in r.claims), text=r.text) for r in made]
    return gold, [prediction(p.report, *(said(*spans(c), **relabelled(c)) for c in p.claims)) for p in predicted]


BACKWARD = {"toskan": "a", "board": "b", "brae": "c", "levy": "d", "dredging": "e"}


@settings(max_examples=200)
@given(disjoint_corpora())
def test_relabelling_changes_nothing(corpus):
    assert triples(*renamed(*corpus, BACKWARD)) == triples(*corpus)


@settings(max_examples=80)
@given(corpora())
def test_relabelling_changes_nothing_where_contents_tie(corpus):
    """The alphabet is no referee: two claims with the same words must not be told apart by their labels' spelling."""
    assert triples(*renamed(*corpus, BACKWARD)) == triples(*corpus)


def test_a_shift_of_text_and_spans_changes_nothing():
    near = report("r", [(0, 10), (22, 32)], [(11, 21)])
    far = report("r", [(7, 17), (29, 39)], [(18, 28)], text="“😀 … ” " + TEXT[:-1])
    one = triples([near], [prediction("r", said((0, 9), (22, 30)), said((11, 20)))])
    two = triples([far], [prediction("r", said((7, 16), (29, 37)), said((18, 27)))])
    assert one == two
    assert one["detection"] == (2, 2, 2)


# concatenation


@settings(max_examples=60)
@given(corpora(most=6), st.integers(1, 7))
def test_concatenation_leaves_no_trace_whatever_the_chunks(corpus, chunk):
    made, predicted = corpus
    whole = count_reports(gold=made, predicted=predicted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_module, "CHUNK", chunk)
        parts = count_reports(gold=made, predicted=predicted)
    for name in SCORES:
        for what in ("tp", "predicted", "gold"):
            assert getattr(parts[name], what).tobytes() == getattr(whole[name], what).tobytes()
            assert getattr(parts[name], what).dtype == np.int64


@settings(max_examples=60)
@given(corpora(most=6))
def test_the_counts_of_a_corpus_are_the_sums_over_its_reports(corpus):
    made, predicted = corpus
    each = [triples([r], [p]) for r, p in zip(made, predicted, strict=True)]
    whole = triples(made, predicted)
    for name in SCORES:
        assert whole[name] == tuple(map(sum, zip(*(one[name] for one in each), strict=True)))


def test_concatenating_nothing_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        concatenate([])


def test_count_refuses_sides_that_cover_different_reports():
    gold, predicted = claim_columns([[(0, 1)]]), claim_columns([], reports=2)
    matching = match(gold=gold, predicted=claim_columns([]), texts=["a"])
    with pytest.raises(ValueError, match="pair them by report id"):
        count(gold=gold, predicted=predicted, matching=matching)


# undefined, empty, missing


def test_nothing_at_all_is_undefined_never_zero_and_never_one():
    for made in ([], [report("r", text="")], [report("r")]):
        for s in scores(made, [], draws=20).values():
            assert triple(s) == (0, 0, 0)
            assert (s.precision, s.recall, s.f1) == (None, None, None)
            assert s.interval == dict.fromkeys(FIGURES)
            assert set(FIGURES) <= set(s.undefined())
            assert s.reports == len(made)


def test_an_open_label_is_never_right_and_no_agency_is_an_answer():
    gold = report("r", [(0, 10)])
    silent = prediction("r", said((0, 10), **dict.fromkeys(LABELS, UNANSWERED)))
    assert {n: t[0] for n, t in triples([gold], [silent]).items()} == {
        **dict.fromkeys(SCORES, 0), "detection": 1, "exact": 1, "characters": 10,
    }  # fmt: skip
    assert triples([gold], [prediction("r", said((0, 10), agency=None))])["agency"][0] == 1
    assert triples([gold], [prediction("r", said((0, 10), agency="board"))])["agency"][0] == 0


def test_accuracy_is_over_matched_pairs_and_its_absence_has_a_reason():
    gold = report("r", [(0, 10)], [(11, 21)], [(22, 32)])
    found = scores([gold], [prediction("r", said((0, 10)), said((11, 21), stance="against"))])
    assert (found["stance"].accuracy, found["stance"].matched, found["stance"].recall) == (0.5, 2, 1 / 3)
    nothing = scores([gold], [])["stance"]
    assert (nothing.accuracy, nothing.undefined()["accuracy"]) == (None, "no pair matched")
    assert "accuracy" not in found["detection"].to_dict()


@settings(max_examples=100)
@given(corpora())
def test_every_null_of_a_score_has_a_reason(corpus):
    for name, s in scores(*corpus, draws=30).items():
        value = s.to_dict()
        nulls = {f for f in FIGURES if value[f] is None}
        nulls |= {f"macro_by_dossier.{f}" for f in FIGURES if value["macro_by_dossier"][f] is None}
        nulls |= {"accuracy"} if value.get("accuracy", {"value": 0})["value"] is None else set()
        assert nulls <= set(value.get("undefined", {})), name


def test_an_interval_that_is_null_has_a_reason_even_where_its_figure_is_defined():
    made = [report("r1", [(0, 10)]), report("r2", [(0, 10)])]
    s = scores(made, [prediction("r1", said((0, 10)))], draws=200)["detection"]
    assert (s.precision, s.interval["precision"]) == (1.0, None)  # a draw without r1 predicts nothing
    assert "interval.precision" in s.undefined()


# macro


def test_macro_is_the_mean_of_the_dossiers_not_of_the_reports():
    counts = {name: Counts(*np.array([[1, 1, 0, 3], [2, 2, 1, 3], [1, 3, 2, 4]])) for name in SCORES}
    s = scores_of(counts, ["harbour", "harbour", "harbour", "peaks"], draws=0, seed=0)["detection"]
    assert s.macro == pytest.approx(
        {"precision": (2 / 5 + 1) / 2, "recall": (2 / 6 + 3 / 4) / 2, "f1": (4 / 11 + 6 / 7) / 2}
    )
    assert (s.precision, s.recall, s.dossiers, s.reports) == (5 / 8, 5 / 10, 2, 4)


def test_macro_is_undefined_where_one_dossier_is():
    counts = {name: Counts(*np.array([[1, 0], [1, 0], [1, 2]])) for name in SCORES}
    s = scores_of(counts, ["harbour", "peaks"], draws=0, seed=0)["detection"]
    assert s.macro == {"precision": None, "recall": 0.5, "f1": 0.5}
    assert list(s.undefined()) == ["macro_by_dossier.precision"]


def test_one_dossier_macro_is_micro():
    s = scores([report("r", [(0, 10)], [(11, 21)])], [prediction("r", said((0, 10)))])["record"]
    assert s.macro == {"precision": s.precision, "recall": s.recall, "f1": s.f1}


# scikit-learn, where the modes coincide


@st.composite
def exact_spans(draw):
    """Draw the stance of each word of TEXT in gold and prediction, or None: exact spans, disjoint claims."""
    stance = st.sampled_from((None, "favor", "against", "neutral"))
    return draw(st.lists(st.tuples(stance, stance), min_size=5, max_size=5))


@settings(max_examples=100)
@given(st.lists(exact_spans(), min_size=1, max_size=4))
def test_agrees_with_scikit_learn_on_exact_spans(drawn):
    made, predicted = [], []
    for n, words in enumerate(drawn):
        rows = list(zip(WORDS, words, strict=True))
        made.append(report(f"r{n}", *(([w], {"stance": g}) for w, (g, _) in rows if g)))
        predicted.append(prediction(f"r{n}", *(said(w, stance=p) for w, (_, p) in rows if p)))
    found = scores(made, predicted)
    true = [g or "none" for words in drawn for g, _ in words]
    guess = [p or "none" for words in drawn for _, p in words]
    expected = {
        "stance": (true, guess, ["favor", "against", "neutral"]),
        "detection": (["-" if v == "none" else "x" for v in true], ["-" if v == "none" else "x" for v in guess], ["x"]),
    }
    for name, (y_true, y_pred, classes) in expected.items():
        theirs = precision_recall_fscore_support(y_true, y_pred, labels=classes, average="micro", zero_division=np.nan)
        for figure, value in zip(FIGURES, theirs[:3], strict=True):
            ours = getattr(found[name], figure)
            if ours is None:
                assert np.isnan(value)
            elif not np.isnan(value):  # scikit-learn's F1 is undefined where only one of its parts is; ours is 0 there
                assert ours == pytest.approx(value, abs=1e-12)
    assert triple(found["exact"]) == triple(found["detection"])


def test_evaluate_refuses_what_is_for_no_report_and_what_is_there_twice():
    made = [report("r1", [(0, 10)])]
    with pytest.raises(ValueError, match="harbour/nowhere"):
        scores(made, [prediction("nowhere")])
    with pytest.raises(ValueError, match="harbour/r1"):
        scores(made, [prediction("r1"), prediction("r1")])


def test_the_signature_says_what_the_numbers_depend_on():
    made, predicted = report("r1", [(0, 10)]), prediction("r1", said((0, 10)), said((11, 21)))
    other = prediction("r1", *reversed(predicted.claims))
    one, two = (results_module.result_of(gold=gold_of(made), predicted=[p], draws=0) for p in (predicted, other))
    assert one.signature == two.signature
    assert set(one.signature) == {
        "onrecord",
        "schema",
        "data",
        "split",
        "match",
        "alignment",
        "ledger",
        "draws",
        "seed",
        "prediction",
    }
    third = results_module.result_of(gold=gold_of(made), predicted=[prediction("r1", said((0, 9)))], draws=0, seed=1)
    assert {k for k in third.signature if third.signature[k] != one.signature[k]} == {"prediction", "seed"}


@settings(max_examples=50)
@given(contents(54))
def test_characters_count_what_matched_pairs_share(spans):
    gold = report("r", spans)
    inside = [at for a, b in spans for at in range(a, b) if TEXT[at] != " "]
    assume(inside)
    assert triples([gold], [as_prediction(gold)])["characters"] == (len(inside),) * 3
