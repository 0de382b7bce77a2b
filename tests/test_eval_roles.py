"""Source, cue and via: the characters that matched pairs share, against sets of characters, and the laws they obey."""

import unicodedata
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import (
    AGENTS,
    TEXT,
    contents,
    fragments,
    gold_of,
    labels,
    letters,
    prediction,
    report,
    said,
    scores,
    triples,
)

from onrecord.eval import results as results_module
from onrecord.eval.columns import columns
from onrecord.eval.pairing import pair
from onrecord.eval.results import result_of
from onrecord.schema.prediction import ROLES, PredictedRelay, Prediction, as_prediction
from onrecord.schema.records import Relay


@st.composite
def roles(draw, length, *, once):
    """Draw the roles of a claim; with `once`, each relay's agent once, as the gold has it."""

    def spans():
        return fragments(*draw(contents(length))) if draw(st.booleans()) else ()

    agents = draw(st.lists(st.sampled_from(AGENTS), max_size=3, unique=once))
    made = [(agent, fragments(*draw(contents(length)))) for agent in agents]
    kind = Relay if once else PredictedRelay
    return {"source": spans(), "cue": spans(), "via": tuple(kind(*relay) for relay in made)}


@st.composite
def corpora(draw, most=3):
    """Draw reports whose claims have roles, and for each a prediction, in part with the contents of the gold."""
    made, predicted = [], []
    for number in range(draw(st.integers(1, most))):
        text = draw(letters)
        size = len(text)
        inked = contents(size).filter(lambda cs, text=text: any(text[i].isalnum() for a, b in cs for i in range(a, b)))
        gold = [(draw(inked), {**draw(labels), **draw(roles(size, once=True))}) for _ in range(draw(st.integers(0, 4)))]
        kept = [spans for spans, _ in gold if draw(st.booleans())]
        others = draw(st.lists(contents(size), max_size=2))
        claims = [said(*spans, **draw(labels), **draw(roles(size, once=False))) for spans in (*kept, *others)]
        made.append(report(f"r{number}", *gold, text=text))
        predicted.append(prediction(f"r{number}", *claims))
    return made, predicted


def characters(text, parts):
    """Return the ink of `parts`, (agent, fragments), as (agent, place), each fragment trimmed on its own."""
    found = set()
    for agent, some in parts:
        for fragment in some:
            places = list(range(fragment.start, fragment.end))
            for edge in (0, -1):
                while places and (text[places[edge]].isspace() or unicodedata.category(text[places[edge]])[0] == "P"):
                    places.pop(edge)
            found |= {(agent, place) for place in places if not text[place].isspace()}
    return found


def of_role(text, claim, name):
    parts = [(relay.agent, relay.fragments) for relay in claim.via] if name == "via" else [(0, getattr(claim, name))]
    return characters(text, parts)


def by_sets(made, predicted):
    """Return (tp, predicted, gold) of each role, counted character by character."""
    counts = {name: Counter() for name in ROLES}
    for pairing in pair(gold=made, predicted=predicted):
        text, gold, claims = pairing.report.text, pairing.report.claims, pairing.prediction.claims
        for name in ROLES:
            counts[name]["gold"] += sum(len(of_role(text, claim, name)) for claim in gold)
            counts[name]["predicted"] += sum(len(of_role(text, claim, name)) for claim in claims)
            counts[name]["tp"] += sum(
                len(of_role(text, gold[g], name) & of_role(text, claims[p], name)) for g, p in pairing.pairs
            )
    return {name: (c["tp"], c["predicted"], c["gold"]) for name, c in counts.items()}


def counted(made, predicted):
    found = triples(made, predicted)
    return {name: found[name] for name in ROLES}


@settings(max_examples=60)
@given(corpora())
def test_the_counts_are_those_of_sets_of_characters(corpus):
    assert counted(*corpus) == by_sets(*corpus)


@settings(max_examples=30)
@given(corpora())
def test_gold_as_prediction_is_exactly_one_even_where_claims_share_content_and_labels(corpus):
    made, _ = corpus
    twice = [replace(r, claims=(*r.claims, *(replace(c, source=c.cue, cue=c.source) for c in r.claims))) for r in made]
    for name, score in scores(twice, [as_prediction(r) for r in twice]).items():
        assert score.tp == score.predicted == score.gold, name


@settings(max_examples=30)
@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_claims_changes_no_role(corpus, random):
    made, predicted = corpus
    shuffled = [Prediction(p.report, tuple(random.sample(p.claims, len(p.claims)))) for p in predicted]
    assert counted(made, shuffled) == counted(made, predicted)


@settings(max_examples=20)
@given(corpora(most=5), st.integers(1, 3))
def test_the_chunking_leaves_no_trace_in_a_role(corpus, chunk):
    whole = counted(*corpus)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results_module, "CHUNK", chunk)
        assert counted(*corpus) == whole


def test_a_role_that_neither_side_has_adds_nothing_and_is_null():
    found = scores([report("r", [(0, 10)])], [prediction("r", said((0, 10)))])
    for name in ROLES:
        assert (found[name].tp, found[name].predicted, found[name].gold) == (0, 0, 0)
        assert found[name].f1 is None
        assert found[name].undefined()["f1"] == "nothing was predicted and the gold is empty"


def test_the_source_of_a_claim_that_is_not_matched_is_wrong():
    gold = report("r", ([(0, 10)], {"source": fragments((11, 21))}))
    assert counted([gold], [prediction("r", said((33, 43), source=fragments((11, 21))))])["source"] == (0, 10, 10)


def test_a_source_is_right_on_its_own_pair_only():
    """Two claims whose sources are exchanged: every character was found somewhere, none where it belongs."""
    one, two = fragments((22, 32)), fragments((33, 43))
    gold = report("r", ([(0, 10)], {"source": one}), ([(11, 21)], {"source": two}))
    swapped = prediction("r", said((0, 10), source=two), said((11, 21), source=one))
    assert counted([gold], [swapped])["source"] == (0, 20, 20)


def test_two_claims_may_share_one_source():
    shared = {"source": fragments((22, 32))}
    gold = report("r", ([(0, 10)], shared), ([(11, 21)], shared))
    both = prediction("r", said((0, 10), **shared), said((11, 21), **shared))
    assert counted([gold], [both])["source"] == (20, 20, 20)


def test_words_of_a_source_that_are_in_no_text_count_as_predicted():
    gold = report("r", ([(0, 10)], {"source": fragments((11, 21))}))
    lost = prediction("r", said((0, 10), source_words=("nobody, at all",), cue_words=("“hm”",)))
    assert counted([gold], [lost]) == {"source": (0, 12, 10), "cue": (0, 2, 0), "via": (0, 0, 0)}


def test_words_of_a_source_that_are_found_count_like_offsets():
    gold = report("r", ([(0, 10)], {"source": fragments((11, 21))}))
    assert counted([gold], [prediction("r", said((0, 10), source_words=(TEXT[11:21],)))])["source"] == (10, 10, 10)


def test_a_relay_is_right_under_its_own_name_only():
    gold = report("r", ([(0, 10)], {"via": (Relay("board", fragments((11, 21))),)}))
    for agent, tp in (("board", 10), ("brae", 0), ("?the Gazette", 0)):
        via = (PredictedRelay(agent, fragments((11, 21))),)
        assert counted([gold], [prediction("r", said((0, 10), via=via))])["via"] == (tp, 10, 10)


def test_a_relay_named_twice_has_each_character_once():
    gold = report("r", ([(0, 10)], {"via": (Relay("board", fragments((11, 21))),)}))
    via = (PredictedRelay("board", fragments((11, 17))), PredictedRelay("board", fragments((14, 21))))
    assert counted([gold], [prediction("r", said((0, 10), via=via))])["via"] == (10, 10, 10)


def test_relays_in_another_order_are_as_right():
    relays = (Relay("board", fragments((22, 32))), Relay("brae", fragments((11, 21))))
    gold = report("r", ([(0, 10)], {"via": relays}))
    assert counted([gold], [prediction("r", said((0, 10), via=relays[::-1]))])["via"] == (20, 20, 20)


def test_a_role_beyond_the_text_is_refused_with_its_place():
    with pytest.raises(ValueError, match=r"harbour/r: a claim ends at 99, and the text has 54 code points"):
        columns(gold=[report("r")], predicted=[prediction("r", said((0, 10), cue=fragments((90, 99))))])


def test_roles_have_intervals_and_a_macro_average_like_every_score():
    made = [report(f"{d}/r{n}", ([(0, 10)], {"cue": fragments((11, 21))})) for d in ("harbour", "peaks") for n in "ab"]
    half = [prediction(r.id, said((0, 10), cue=fragments((11, 16 if "a" in r.id[-1] else 21)))) for r in made]
    cue = result_of(gold=gold_of(*made), predicted=half, draws=200).scores["cue"]
    assert (cue.tp, cue.predicted, cue.gold) == (30, 30, 40)
    assert cue.interval["recall"] == (0.5, 1.0) or 0.5 <= cue.interval["recall"][0] < cue.interval["recall"][1] <= 1
    assert cue.macro["recall"] == 0.75
