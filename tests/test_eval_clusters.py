"""Facts as clusters: textbook cases, a brute force by the definitions, an independent scorer, and the null cases."""

from collections import Counter
from itertools import combinations

import pytest
from corefeval.metrics import b_cubed, lea
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from makers import gold_of, prediction, report, said

from onrecord.eval import results as results_module
from onrecord.eval.results import result_of
from onrecord.schema.prediction import Prediction, as_prediction

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def word(place):
    """Return the span of the word at a place of the text that `corpus` makes."""
    return (11 * place, 11 * place + 10)


def corpus(gold, predicted, *, dossier="harbour", per_report=3):
    """Return reports and predictions of mentions 0, 1, …: `gold[m]` and `predicted[m]` are their facts.

    A fact of None in `predicted` is a claim without an id; a mention that only one side has is missed, or spurious.
    """
    last = max([*gold, *predicted], default=0)
    reports, predictions = [], []
    for number in range(last // per_report + 1):
        places = range(number * per_report, (number + 1) * per_report)
        name = f"{dossier}/r{number}"
        text = " ".join(LETTERS[place] * 10 for place in range(per_report))
        claims = [([word(m % per_report)], {"fact": f"{dossier}/f{gold[m]:02}"}) for m in places if m in gold]
        reports.append(report(name, *claims, text=text))
        found = [said(word(m % per_report), fact=predicted[m]) for m in places if m in predicted]
        predictions.append(prediction(name, *found))
    return reports, predictions


def fact(reports, predictions, **options):
    return result_of(gold=gold_of(*reports), predicted=predictions, **{"draws": 0, **options}).fact


def mentions(clusters):
    """Return the cluster of each mention, from clusters of mentions."""
    return {mention: number for number, cluster in enumerate(clusters, 1) for mention in cluster}


def named(clusters):
    return {mention: f"own-{number}" for mention, number in mentions(clusters).items()}


def rounded(figures):
    return tuple(round(figures[name], 4) for name in ("precision", "recall", "f1"))


# textbook


def test_bagga_and_baldwin_1998_the_worked_example():
    """Key {1-5} {6,7} {8-9,10-12}; the response that joins the two large chains has precision 58 %, recall 100 %.

    The other response joins a large chain with the small one: precision 76 %.
    """
    key = [range(5), range(5, 7), range(7, 12)]
    small = fact(*corpus(mentions(key), named([[*range(7)], range(7, 12)])))
    large = fact(*corpus(mentions(key), named([[*range(5), *range(7, 12)], range(5, 7)])))
    assert (round(small.b_cubed["precision"], 2), small.b_cubed["recall"]) == (0.76, 1.0)
    assert (round(large.b_cubed["precision"], 2), large.b_cubed["recall"]) == (0.58, 1.0)


def test_moosavi_and_strube_2016_the_worked_example():
    """Key {a,b,c} {d,e,f,g}; response {a,b} {c,d} {f,g,h,i}: by the formulas of LEA, recall 0.24, precision 0.33."""
    key, response = [[0, 1, 2], [3, 4, 5, 6]], [[0, 1], [2, 3], [5, 6, 7, 8]]
    found = fact(*corpus(mentions(key), named(response)))
    assert found.lea["recall"] == pytest.approx((3 * 1 / 3 + 4 * 1 / 6) / 7)
    assert found.lea["precision"] == pytest.approx((2 * 1 / 1 + 2 * 0 / 1 + 4 * 1 / 6) / 8)
    assert rounded(found.lea)[:2] == (0.3333, 0.2381)


# brute force


def by_definition(gold, predicted):
    """Return B-cubed and LEA, precision and recall, mention by mention and link by link."""
    alone = {m: (f"alone-{m}" if f is None else f) for m, f in predicted.items()}

    def one_side(own, other):
        def cluster(of, mention):
            return {n for n in of if of[n] == of[mention]}

        b3 = sum(len(cluster(own, m) & cluster(other, m)) / len(cluster(own, m)) for m in own if m in other) / len(own)
        links = 0.0
        for name in set(own.values()):
            some = [m for m in own if own[m] == name]
            if len(some) == 1:
                links += some[0] in other and len(cluster(other, some[0])) == 1
            else:
                pairs = list(combinations(some, 2))
                shared = sum(a in other and b in other and other[a] == other[b] for a, b in pairs)
                links += len(some) * shared / len(pairs)
        return b3, links / len(own)

    (b3_precision, lea_precision), (b3_recall, lea_recall) = one_side(alone, gold), one_side(gold, alone)
    return {"b_cubed": (b3_precision, b3_recall), "lea": (lea_precision, lea_recall)}


facts = st.integers(1, 4)
golds = st.dictionaries(st.integers(0, 11), facts, min_size=1)
predictions = st.dictionaries(st.integers(0, 11), st.none() | facts.map("own-{}".format), min_size=1)


@settings(max_examples=80)
@given(golds, predictions, st.integers(1, 4))
def test_the_figures_are_those_of_the_definitions_whatever_the_chunks(gold, predicted, chunk):
    assume(any(predicted.values()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_module, "CHUNK", chunk)
        found = fact(*corpus(gold, predicted))
    for name, (precision, recall) in by_definition(gold, predicted).items():
        figures = getattr(found, name)
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        assert (figures["precision"], figures["recall"], figures["f1"]) == pytest.approx((precision, recall, f1))


def without_lone(facts_by_mention):
    """Return the mentions whose fact another one has too."""
    sizes = Counter(facts_by_mention.values())
    return {m: f for m, f in facts_by_mention.items() if sizes[f] > 1}


def clustered(facts_by_mention):
    names = dict.fromkeys(facts_by_mention.values())
    return [[m for m in facts_by_mention if facts_by_mention[m] == name] for name in names]


@settings(max_examples=80)
@given(
    st.dictionaries(st.integers(0, 11), facts, min_size=5),
    st.dictionaries(st.integers(0, 11), facts.map("own-{}".format), min_size=5),
)
def test_an_independent_scorer_agrees_where_no_cluster_has_one_mention(gold, predicted):
    """coreference-eval leaves clusters of one out, as the CoNLL files do; elsewhere its definitions are ours."""
    gold, predicted = without_lone(gold), without_lone(predicted)
    assume(gold and predicted)
    sides = clustered(gold), clustered(predicted)
    key, response = ({m: tuple(c) for c in side for m in c} for side in sides)
    found = fact(*corpus(gold, predicted))
    for ours, theirs in ((found.b_cubed, b_cubed), (found.lea, lea)):
        for figure, own, other in (("precision", sides[1], key), ("recall", sides[0], response)):
            right, of = theirs(own, other)
            assert ours[figure] == pytest.approx(right / of)


# conventions


def test_gold_as_prediction_is_one():
    reports, _ = corpus({m: m % 4 + 1 for m in range(12)}, {})
    found = fact(reports, [as_prediction(r) for r in reports])
    assert rounded(found.b_cubed) == rounded(found.lea) == (1.0, 1.0, 1.0)


def test_what_ids_are_called_does_not_matter():
    gold = {m: m % 4 + 1 for m in range(12)}
    one = fact(*corpus(gold, {m: f"x{m % 3}" for m in range(12)}))
    other = fact(*corpus(gold, {m: f"harbour/f{9 - m % 3:02}" for m in range(12)}))
    assert (one.b_cubed, one.lea) == (other.b_cubed, other.lea)


def test_the_same_id_in_two_dossiers_is_two_clusters():
    one = corpus({0: 1, 1: 1}, {0: "a", 1: "a"}, dossier="harbour")
    other = corpus({0: 1, 1: 1}, {0: "a", 1: "a"}, dossier="peaks")
    found = fact(one[0] + other[0], one[1] + other[1])
    assert rounded(found.b_cubed) == rounded(found.lea) == (1.0, 1.0, 1.0)


def test_missed_and_spurious_claims_are_charged():
    """Two of three mentions found, one spurious: each found one has 2/3 of its gold and of its predicted cluster."""
    found = fact(*corpus({0: 1, 1: 1, 2: 1}, {0: "a", 1: "a", 3: "a"}))
    assert rounded(found.b_cubed) == (0.4444, 0.4444, 0.4444)
    assert rounded(found.lea) == (0.3333, 0.3333, 0.3333)


def test_a_system_without_any_id_has_no_score_and_the_reason():
    found = fact(*corpus({0: 1, 1: 1}, {0: None, 1: None}))
    value = found.to_dict()
    assert value["b_cubed"]["f1"] is value["lea"]["f1"] is None
    assert value["undefined"]["b_cubed.f1"] == value["undefined"]["lea.recall"] == "the system gives no claim a fact id"
    assert (value["matched"], value["linked"]) == (2, 0)


def test_an_empty_gold_is_null_with_its_reason():
    found = fact(*corpus({}, {0: "a"}))
    assert (found.b_cubed["precision"], found.b_cubed["recall"], found.b_cubed["f1"]) == (0.0, None, None)
    assert found.undefined()["b_cubed.recall"] == "the gold is empty"


def test_links_to_claims_that_match_nothing_are_never_right():
    found = fact(*corpus({0: 1, 1: 1}, {3: "a", 4: "a"}))
    assert rounded(found.b_cubed) == rounded(found.lea) == (0.0, 0.0, 0.0)


def test_the_order_of_claims_changes_nothing():
    reports, predicted = corpus({m: m % 3 for m in range(9)}, {m: f"x{m % 2}" for m in range(9)})
    backward = [Prediction(p.report, p.claims[::-1]) for p in predicted]
    assert fact(reports, predicted, draws=50) == fact(reports, backward, draws=50)


def test_the_interval_is_that_of_a_mean_whose_reports_differ():
    gold = {m: m // 2 for m in range(24)}
    predicted = {m: (f"x{m // 2}" if m < 12 else f"y{m}") for m in range(24)}
    found = fact(*corpus(gold, predicted, per_report=2), draws=2000)
    low, high = found.interval["recall"]
    assert found.b_cubed["recall"] == 0.75  # half of the reports have 1, half have 1/2
    assert low == pytest.approx(0.75 - 1.96 * 0.25 / 12**0.5, abs=0.03)
    assert high == pytest.approx(0.75 + 1.96 * 0.25 / 12**0.5, abs=0.03)
    assert found.interval["precision"] == (1.0, 1.0)
    assert low < found.interval["f1"][0] < found.interval["f1"][1] <= 1
    assert found.undefined() == {"lea.interval": "LEA is a mean over clusters, and these lie across reports"}


def test_an_interval_that_cannot_be_has_its_reason():
    found = fact(*corpus({0: 1, 1: 1}, {0: "a", 1: "a"}), draws=20)
    assert found.interval["f1"] is None
    assert found.undefined()["b_cubed.interval.f1"] == "every dossier has one report"
    assert "b_cubed.interval.f1" not in fact(*corpus({0: 1}, {0: "a"})).undefined()
