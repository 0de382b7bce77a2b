"""Fitting: the recursions against all label sequences one by one, what is learnt against what CRFsuite learns."""

from itertools import pairwise, product

import numpy as np
import pycrfsuite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import fitting
from onrecord.baselines.chains import likeliest
from onrecord.baselines.fitting import Labelled, fit

LABELS = ["B-cue", "I-cue", "O"]
FEATURES = [*(f"like={label}" for label in LABELS), *(f"noise={number}" for number in range(20))]


def words(count, seed):
    """Texts in which a word's features tell its label three times in four, and a cue goes on with an inside."""
    random = np.random.default_rng(seed)
    texts = []
    for _ in range(count):
        labels = ["O"]
        for _ in range(int(random.integers(0, 40))):
            going_on = labels[-1] != "O" and random.random() < 0.5
            labels.append("I-cue" if going_on else str(random.choice(["O", "B-cue"], p=[0.7, 0.3])))
        told = [label if random.random() < 0.75 else str(random.choice(LABELS)) for label in labels]
        rows = [[LABELS.index(name), len(LABELS) + int(random.integers(20)), -1] for name in told]
        texts.append(Labelled(np.array(rows), labels, range(0, len(labels), 5)))
    return texts


@st.composite
def pieces(draw):
    """A few short pieces with features 0 to 3 and labels 0 to 2."""
    rows = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=4)
    drawn = draw(st.lists(rows, min_size=1, max_size=4))
    label = st.integers(0, 2)
    padded = [np.array([[*row, -1, -1, -1, -1][:4] for row in rows]) for rows in drawn]
    found = [fitting._Piece(rows, np.array([draw(label) for _ in rows])) for rows in padded]
    return [*found, fitting._Piece(np.array([[0, 1, 2, 3]]), np.array([0]))]


def brute(piece, states, steps):
    """Return the marginals and the expected steps of a piece from all its label sequences."""
    score = np.array([states[row[row >= 0]].sum(axis=0) for row in piece.features])
    marginal, going, total = np.zeros((len(score), 3)), np.zeros((3, 3)), 0.0
    for path in product(range(3), repeat=len(score)):
        share = np.exp(sum(score[i, k] for i, k in enumerate(path)) + sum(steps[k, m] for k, m in pairwise(path)))
        total += share
        marginal[range(len(score)), path] += share
        for step in pairwise(path):
            going[step] += share
    return marginal / total, going / total


@settings(deadline=None)  # SciPy is loaded by the first
@given(pieces(), st.integers(0, 99))
def test_probabilities_are_those_of_all_label_sequences_one_by_one(given_pieces, seed):
    random = np.random.default_rng(seed)
    states, steps = random.normal(size=(4, 3)), random.normal(size=(3, 3))
    batch = fitting._Batch(given_pieces, 3)
    marginal, going = batch.expected(batch.seen @ states, steps)
    longest_first = sorted(given_pieces, key=lambda piece: -len(piece.labels))
    wanted = [brute(piece, states, steps) for piece in longest_first]
    assert going == pytest.approx(sum(steps for _, steps in wanted))
    laid_out = [one[at] for at in range(len(batch.sizes)) for one, _ in wanted if at < len(one)]
    assert marginal == pytest.approx(np.array(laid_out))


def learnt(texts, **settings):
    return fit(texts, FEATURES, **settings)


def labelled(weights, text):
    """Return the likeliest labels of a text."""
    row = dict(zip(weights.features, weights.states.astype(float), strict=True))
    scores = [sum(row[FEATURES[at]] for at in numbers if FEATURES[at] in row) for numbers in text.features[:, :2]]
    return [weights.labels[at] for at in likeliest(np.array(scores), weights.steps.astype(float))]


def test_what_is_learnt_labels_as_well_as_what_crfsuite_learns(tmp_path):
    known, unknown = words(200, seed=2), words(200, seed=3)
    weights = learnt(known, penalty=1.0, passes=12, size=200)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 1.0, "c2": 0.0})

    def named(text):
        return [[FEATURES[at] for at in row if at >= 0] for row in text.features]

    for text in known:
        trainer.append(named(text), text.labels)
    trainer.train(str(tmp_path / "reference"))
    reference = pycrfsuite.Tagger()
    reference.open(str(tmp_path / "reference"))

    def right(tag):
        pairs = [zip(tag(text), text.labels, strict=True) for text in unknown]
        return np.mean([found == label for pair in pairs for found, label in pair])

    theirs = right(lambda text: reference.tag(named(text)))
    assert theirs > 0.8
    assert right(lambda text: labelled(weights, text)) > theirs - 0.01


def test_equal_texts_give_equal_weights():
    one, other = (learnt(words(30, seed=5), penalty=0.5, passes=4, size=50) for _ in range(2))
    assert one.features == other.features
    assert (one.states == other.states).all()
    assert (one.steps == other.steps).all()


def test_a_stronger_penalty_leaves_fewer_weights_and_no_feature_without_any():
    light, heavy = (learnt(words(60, seed=6), penalty=penalty, passes=6, size=50) for penalty in (0.1, 10.0))
    assert np.count_nonzero(heavy.states) < np.count_nonzero(light.states) / 2
    assert heavy.states.any(axis=1).all()
    assert len(heavy.features) == len(heavy.states) < len(light.features)
