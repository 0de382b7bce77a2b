"""The conventions of others: worked cases, nervaluate and scikit-learn where they apply, and what each lets pass."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from makers import corpora, fragments, prediction, report, said
from nervaluate import Evaluator
from sklearn.metrics import f1_score

from onrecord.eval.cli import main
from onrecord.eval.conventions import conventions
from onrecord.eval.pairing import pair
from onrecord.eval.semeval import MODES, Span, tally
from onrecord.schema.prediction import Prediction, as_prediction, prediction_to_json

SENTENCE = "The board said that the levy will stay, and that Brae lied."
LEVY, LIED = (20, 38), (49, 58)  # "the levy will stay" (4 tokens), "Brae lied" (2)


def found(made, predicted):
    return {one.name: one.figures for one in conventions(gold=made, predicted=predicted)}


def one(name, gold, *claims, text=SENTENCE):
    figures = found([report("r", *gold, text=text)], [prediction("r", *claims)])[name]
    return figures["precision"], figures["recall"]


# worked by hand


def test_pareti_strict_takes_edges_as_they_are():
    assert one("Pareti 2013, strict", [[LEVY], [LIED]], said(LEVY), said((49, 59))) == (0.5, 0.5)


def test_pareti_partial_pays_the_share_of_tokens():
    """Predicted "levy will": 2 of 2 tokens are gold; of the gold 2 of 4; the other gold is missed."""
    assert one("Pareti 2013, partial", [[LEVY], [LIED]], said((24, 33))) == (1.0, 0.25)


def test_polnear_counts_tokens_of_a_role_wherever_it_is():
    """The source stands beside a content that matches nothing, and is right all the same."""
    gold = [([LEVY], {"source": fragments((0, 9))})]
    assert one("PolNeAR tokens, source", gold, said(LIED, source=fragments((4, 14)))) == (0.5, 0.5)
    assert one("PolNeAR tokens, content", gold, said(LIED)) == (0.0, 0.0)


@pytest.mark.parametrize("threshold", ["0.3", "0.8"])
def test_b08_the_tracker_takes_a_whole_document_for_a_hit_and_the_union_does_not(threshold):
    """Verified in its evaluation script: a prediction of 5,000 characters for a gold of 100 was a true positive."""
    text = SENTENCE + " word" * 40
    whole = said((0, len(text)))
    assert one(f"Gender Gap Tracker {threshold}, as published", [[LEVY]], whole, text=text) == (1.0, 1.0)
    assert one(f"Gender Gap Tracker {threshold}, over the union", [[LEVY]], whole, text=text) == (0.0, 0.0)


def test_the_tracker_credits_a_prediction_once():
    both = said((20, 58))
    assert one("Gender Gap Tracker 0.3, as published", [[LEVY], [LIED]], both) == (1.0, 0.5)


def test_semeval_2013_counts_by_hand():
    """Right; right borders and wrong kind; overlap and right kind; overlap and wrong kind; missed; spurious."""
    gold = [Span(0, 5, "a"), Span(10, 15, "a"), Span(20, 25, "a"), Span(30, 35, "a"), Span(40, 45, "a")]
    predicted = [Span(0, 5, "a"), Span(10, 15, "b"), Span(20, 24, "a"), Span(31, 35, "b"), Span(50, 55, "a")]
    counts = tally([(gold, predicted)])
    assert {mode: counts.right(mode) for mode in MODES} == {"strict": 1, "exact": 2, "partial": 3.0, "type": 2}
    assert (counts.possible, counts.actual) == (5, 5)


def test_semeval_2013_joins_fragments_and_takes_the_kind_for_the_type():
    claims = [[(20, 23), (29, 38)]]
    assert one("SemEval-2013, strict", claims, said(LEVY)) == (1.0, 1.0)
    assert one("SemEval-2013, strict", claims, said(LEVY, kind="denial")) == (0.0, 0.0)
    assert one("SemEval-2013, exact", claims, said(LEVY, kind="denial")) == (1.0, 1.0)


def test_words_that_are_nowhere_stay_predicted():
    lost = prediction("r", said(words=("nobody pays for the barges",), alignment="ungrounded"))
    for name, figures in found([report("r", [LEVY], text=SENTENCE)], [lost]).items():
        if name.startswith(("Pareti", "Gender", "SemEval-2013")):
            assert (figures["precision"], figures["recall"]) == (0.0, 0.0), name


def test_nothing_at_all_is_undefined():
    for figures in found([report("r")], [prediction("r")]).values():
        assert set(figures.values()) == {None}


# independent tools


@st.composite
def flat_documents(draw):
    """Draw flat spans, gold and predicted, of which each meets at most one of the other side."""
    documents = []
    for _ in range(draw(st.integers(1, 3))):
        sides = [], []
        for slot in range(draw(st.integers(0, 5))):
            for side in sides:
                if draw(st.booleans()):
                    start = draw(st.integers(0, 3))
                    end = draw(st.integers(start + 1, 8))
                    side.append(Span(10 * slot + start, 10 * slot + end, draw(st.sampled_from("ab"))))
        documents.append(sides)
    return documents


@settings(max_examples=100)
@given(flat_documents())
def test_nervaluate_agrees_where_spans_are_flat_and_meet_one_at_most(documents):
    assume(any(gold or predicted for gold, predicted in documents))
    spans = [
        [[{"label": s.type, "start": s.start, "end": s.end - 1} for s in document[side]] for document in documents]
        for side in (0, 1)
    ]
    theirs = Evaluator(*spans, tags=["a", "b"], loader="dict").evaluate()["overall"]
    ours = tally(documents)
    for mode, name in zip(MODES, ("strict", "exact", "partial", "ent_type"), strict=True):
        right = theirs[name].correct + 0.5 * theirs[name].partial
        assert (ours.right(mode), ours.possible, ours.actual) == (right, theirs[name].possible, theirs[name].actual)


@settings(max_examples=40)
@given(corpora())
def test_the_stance_of_semeval_2016_is_scikit_learns_on_matched_pairs(corpus):
    made, predicted = corpus
    pairs = [
        (p.report.claims[a].stance, p.prediction.claims[b].stance)
        for p in pair(gold=made, predicted=predicted)
        for a, b in p.pairs
    ]
    assume(all(any(name in both for both in pairs) for name in ("favor", "against")))
    theirs = f1_score(*zip(*pairs, strict=True), labels=["favor", "against"], average="macro")
    assert found(made, predicted)["SemEval-2016 stance, matched pairs"]["f1"] == pytest.approx(theirs)


# laws


@settings(max_examples=40)
@given(corpora())
def test_gold_as_prediction_is_one_or_undefined(corpus):
    """All but the tracker as published: where contents nest, its greedy hand may spend the long one on the short."""
    made, _ = corpus
    for name, figures in found(made, [as_prediction(r) for r in made]).items():
        assert "as published" in name or set(figures.values()) <= {1.0, None}, name


@settings(max_examples=40)
@given(corpora(), st.randoms(use_true_random=False))
def test_b01_the_order_of_a_file_changes_nothing(corpus, random):
    made, predicted = corpus
    shuffled = [Prediction(p.report, tuple(random.sample(p.claims, len(p.claims)))) for p in predicted]
    assert found(made, shuffled) == found(made, predicted)


@settings(max_examples=40)
@given(corpora())
def test_every_figure_is_a_ratio(corpus):
    assert all(v is None or 0 <= v <= 1 for figures in found(*corpus).values() for v in figures.values())


# the command


@pytest.fixture(scope="module")
def predictions(tmp_path_factory):
    from onrecord.data.published import read_reports

    file = tmp_path_factory.mktemp("conventions") / "gold.jsonl"
    lines = (json.dumps(prediction_to_json(as_prediction(r))) for r in read_reports("test"))
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_the_command_prints_every_convention_and_what_sets_it_apart(predictions, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(main, ["conventions", str(predictions)])
    assert result.exit_code == 0, result.output
    for name in (
        "Pareti 2013, strict",
        "PolNeAR tokens, cue",
        "Gender Gap Tracker 0.8, over the union",
        "onrecord, exact",
    ):
        assert name in result.stdout
    assert "a prediction of the whole text is a hit" in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_command_in_json_has_every_figure_the_signature_and_our_scores(predictions):
    value = json.loads(CliRunner().invoke(main, ["conventions", str(predictions), "--json"]).stdout)
    assert {one["f1"] for one in value["conventions"]} == {1.0}
    assert all(one["differs"] for one in value["conventions"])
    assert value["scores"]["record"]["f1"] == 1.0
    assert value["signature"]["split"] == "test"
