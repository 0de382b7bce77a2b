"""Kinship: what claims that say the same give to each other's labels."""

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines.kinship import Kinship
from onrecord.baselines.linear import Ranker

ALIKE = Ranker({"words": 8.0, "parts": 8.0, "bias": -4.0})
SAID = ["the fare will rise to nine crowns", "nine crowns is what the fare will rise to", "crews sleep on deck"]
FLAT = {"orsk": 0.5, "hale": 0.5}
PLAIN = {"orsk": 0.9, "hale": 0.1}

words = st.lists(st.sampled_from([*SAID, "the fare will not rise", "", "“Nine crowns,”"]), max_size=7)


def shares(one):
    return {"orsk": one, "hale": 1 - one}


def gathered(said, label, reports=None):
    return Kinship(said, reports or [0] * len(said)).gathered(label, [label], ALIKE)


def test_what_one_claim_tells_plainly_its_kin_learn_and_strangers_do_not():
    same, _, stranger = gathered(SAID, [FLAT, PLAIN, FLAT])
    assert same["orsk"]["kin"] > same["hale"]["kin"]
    assert stranger["orsk"] == stranger["hale"] == {"own": log(0.5), "kin": 0.0, "mean": 0.0}


def test_a_claim_without_kin_has_its_own_probability_alone():
    assert gathered(SAID[:1], [PLAIN])[0]["orsk"] == {"own": log(0.9), "kin": 0.0, "mean": 0.0}


def test_a_label_that_is_ruled_out_weighs_no_more_than_the_floor():
    found, _ = gathered(SAID[:2], [FLAT, {"orsk": 1.0, "hale": 0.0}])
    assert found["hale"]["kin"] >= log(1e-4)


def test_figures_that_differ_and_a_negation_that_one_has_are_told():
    ((_, features),) = Kinship(["the fare is nine crowns", "the fare is not ten crowns"], [0, 1]).pairs([])
    assert (features["figures.not"], features["figures"], features["negated"], features["within"]) == (1, 0, 1, 0)


@settings(deadline=None)
@given(words.flatmap(lambda said: st.tuples(st.just(said), st.permutations(range(len(said))))))
def test_the_order_of_claims_does_not_matter(drawn):
    said, order = drawn
    label = [shares(at / 6) for at in range(len(said))]
    found, again = gathered(said, label), gathered([said[i] for i in order], [label[i] for i in order])
    for place, at in enumerate(order):
        for name, features in found[at].items():
            assert again[place][name] == pytest.approx(features)


@settings(deadline=None)
@given(words)
def test_every_two_claims_are_compared_once_at_most(said):
    found = [pair for pair, _ in Kinship(said, range(len(said))).pairs([])]
    assert all(i < j for i, j in found)
    assert len(set(found)) == len(found)


@given(words, st.data())
def test_what_is_gathered_is_what_the_pairs_and_their_probabilities_say(said, data):
    share = st.floats(0, 1).map(shares)
    labels = [data.draw(st.lists(share, min_size=len(said), max_size=len(said))) for _ in range(2)]
    family = Kinship(said, [0] * len(said))
    kin = Ranker({**ALIKE.weights, "same0": 1.5, "same1": -0.5})
    mass, sums = [0.0] * len(said), [0.0] * len(said)
    for (i, j), features in family.pairs(labels):
        same = {f"same{at}": sum(label[i][name] * label[j][name] for name in FLAT) for at, label in enumerate(labels)}
        assert {name: features[name] for name in same} == pytest.approx(same)
        near, _ = kin.probabilities([features, {}])
        for one, other in ((i, j), (j, i)):
            if near >= 0.03:
                mass[one] += near
                sums[one] += near * log(max(labels[0][other]["orsk"], 1e-4))
    found = [one["orsk"] for one in family.gathered(labels[0], labels, kin)]
    assert [one["kin"] for one in found] == pytest.approx(sums)
    assert [one["mean"] for one in found] == pytest.approx([s / max(m, 1.0) for s, m in zip(sums, mass, strict=True)])


@given(words, st.data())
def test_what_is_settled_is_what_the_ranker_makes_of_all_that_is_gathered(said, data):
    label = data.draw(st.lists(st.floats(0, 1).map(shares), min_size=len(said), max_size=len(said)))
    ranker = Ranker({"own": 1.2, "kin": 0.6, "mean": data.draw(st.floats(-2, 2))})
    family = Kinship(said, [0] * len(said))
    settled = family.settled(label, [label], ALIKE, ranker)
    for found, options in zip(settled, family.gathered(label, [label], ALIKE), strict=True):
        assert list(found.values()) == pytest.approx(ranker.probabilities(list(options.values())))
        assert found.keys() == options.keys()


def test_claims_without_any_label_to_choose_settle_on_none():
    for said in (SAID, []):
        family, label = Kinship(said, [0] * len(said)), [{}] * len(said)
        assert family.settled(label, [label], ALIKE, ALIKE) == family.gathered(label, [label], ALIKE) == label
