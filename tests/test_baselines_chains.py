"""Chains: the likeliest labels and their probabilities against all label sequences one by one, against a recursion word
by word, and against CRFsuite.
"""

from itertools import product

import numpy as np
import pycrfsuite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import chains
from onrecord.baselines.chains import FARTHEST, likeliest, shares


@st.composite
def short(draw):
    """The weights of a short text's labels, and of steps; small whole numbers are often equal."""
    words, labels = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    weight = draw(st.sampled_from([st.integers(-2, 2), st.floats(-20, 20)]))
    scores = [[draw(weight) for _ in range(labels)] for _ in range(words)]
    steps = [[draw(weight) for _ in range(labels)] for _ in range(labels)]
    return np.array(scores, dtype=float), np.array(steps, dtype=float)


def weight_of(path, scores, steps):
    return scores[range(len(path)), path].sum() + steps[path[:-1], path[1:]].sum()


def one_by_one(scores, steps):
    """Return the most that a label sequence weighs, and the probability of each label at each word."""
    paths = [list(path) for path in product(range(len(steps)), repeat=len(scores))]
    weights = np.array([weight_of(path, scores, steps) for path in paths])
    marginal = np.zeros_like(scores)
    for path, share in zip(paths, np.exp(weights - weights.max()), strict=True):
        marginal[range(len(scores)), path] += share
    return weights.max(), marginal / marginal.sum(axis=1, keepdims=True)


@given(short(), st.integers(1, 3))
def test_labels_and_probabilities_are_those_of_all_sequences_one_by_one(given_weights, block):
    scores, steps = given_weights
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chains, "_BLOCK", block)
        patch.setattr(chains, "_LONGER", 0)
        found, probable = likeliest(scores, steps), shares(scores, steps)
    most, marginal = one_by_one(scores, steps)
    assert weight_of(found, scores, steps) == pytest.approx(most)
    assert probable == pytest.approx(marginal, abs=1e-9)


def word_by_word(scores, steps):
    """Return the weight of the likeliest sequence, and the probabilities of labels, in logarithms."""

    def total(rows):
        most = rows.max(axis=0)
        return most + np.log(np.exp(rows - most).sum(axis=0))

    best, forward, backward = [scores[0]], [scores[0]], [np.zeros(len(steps))]
    for row in scores[1:]:
        best.append((best[-1][:, None] + steps).max(axis=0) + row)
        forward.append(total(forward[-1][:, None] + steps) + row)
    for row in scores[:0:-1]:
        backward.append(total((row + backward[-1])[:, None] + steps.T))
    both = np.array(forward) + np.array(backward[::-1])
    return best[-1].max(), np.exp(both - total(both.T)[:, None])


@settings(deadline=None)
@given(
    st.integers(1, 400), st.integers(1, 30), st.floats(0.01, 100), st.floats(0.01, FARTHEST / 2 - 1), st.integers(0, 99)
)
def test_a_text_of_many_blocks_is_as_if_read_word_by_word(words, labels, told, bound, seed):
    """Words that tell little, so that what is far back matters, and words that tell so much that shares vanish."""
    random = np.random.default_rng(seed)
    scores = random.normal(scale=told, size=(words, labels))
    steps = random.uniform(-bound, bound, size=(labels, labels))
    most, marginal = word_by_word(scores, steps)
    assert weight_of(likeliest(scores, steps), scores, steps) == pytest.approx(most)
    assert shares(scores, steps) == pytest.approx(marginal, abs=1e-7)


def test_what_the_first_word_says_reaches_the_last():
    """Labels that never change: no block can know its beginning before the one in front does."""
    scores = np.zeros((500, 2))
    scores[0] = 0, 1
    steps = np.array([[0.0, -40], [-40, 0]])
    assert likeliest(scores, steps) == [1] * 500
    assert shares(scores, steps)[-1] == pytest.approx([1 / (1 + np.e), np.e / (1 + np.e)])


def test_a_text_without_words_has_no_labels():
    assert likeliest(np.zeros((0, 3)), np.zeros((3, 3))) == []
    assert shares(np.zeros((0, 3)), np.zeros((3, 3))).shape == (0, 3)


def test_crfsuite_reads_the_same_labels_and_probabilities_from_a_model_of_its_own(tmp_path):
    random = np.random.default_rng(7)
    names = ["O", "B-cue", "I-cue", "B-source", "I-source"]
    texts = [[[f"like={random.integers(12)}", f"noise={random.integers(5)}"] for _ in range(90)] for _ in range(40)]
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c2": 0.1, "feature.possible_states": True, "feature.possible_transitions": True})
    for text in texts:
        trainer.append(text, [names[(int(row[0][5:]) // 3 + (random.random() < 0.3)) % 5] for row in text])
    trainer.train(str(tmp_path / "model"))
    reader = pycrfsuite.Tagger()
    reader.open(str(tmp_path / "model"))
    info = reader.info()
    steps = np.array([[info.transitions[a, b] for b in names] for a in names])
    for text in texts:
        scores = np.array([[sum(info.state_features[f, name] for f in row) for name in names] for row in text])
        assert [names[at] for at in likeliest(scores, steps)] == reader.tag(text)
        probable = [[reader.marginal(name, at) for name in names] for at in range(len(text))]
        assert shares(scores, steps) == pytest.approx(np.array(probable), abs=1e-4)
