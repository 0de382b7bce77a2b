"""Fitting: the recursions against all label sequences one by one, the carried model and the labels against CRFsuite."""

from itertools import pairwise, product

import numpy as np
import pycrfsuite
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import fitting
from onrecord.baselines.carrying import as_crfsuite
from onrecord.baselines.fitting import Labelled, Weights, fit

LABELS = ["B-cue", "I-cue", "O"]


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
        rows = [[f"like={name}", f"noise={random.integers(20)}"] for name in told]
        texts.append(Labelled(rows, labels, range(0, len(labels), 5)))
    return texts


@st.composite
def pieces(draw):
    """A few short pieces with features 0 to 3 and labels 0 to 2."""
    rows = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=4)
    drawn = draw(st.lists(rows, min_size=1, max_size=4))
    label = st.integers(0, 2)
    found = [fitting._Piece(rows, [draw(label) for _ in rows]) for rows in drawn]
    return [*found, fitting._Piece([[0, 1, 2, 3]], [0])]


def brute(piece, states, steps):
    """Return the marginals and the expected steps of a piece from all its label sequences."""
    score = np.array([states[row].sum(axis=0) if row else np.zeros(3) for row in piece.features])
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


@settings(deadline=None)
@given(st.integers(0, 99), st.floats(0, 1))
def test_a_carried_model_has_just_the_weights_that_it_was_given(seed, share):
    random = np.random.default_rng(seed)
    states = (random.normal(size=(6, 3)) * (random.random((6, 3)) < share)).astype(np.float32)
    states[0], states[1] = 0.5, [0, 1, 0]  # at every label alike; at one alone
    steps = random.normal(size=(3, 3)).astype(np.float32)
    names = [f"w={n}" for n in range(6)]
    model = as_crfsuite(Weights(names, LABELS, states, steps))
    reader = pycrfsuite.Tagger()
    reader.open_inmemory(model)
    info = reader.info()
    wanted = {(names[f], LABELS[at]): states[f, at] for f, at in zip(*np.nonzero(states), strict=True)}
    assert info.state_features == pytest.approx(wanted, abs=1e-5)
    assert info.transitions == pytest.approx(
        {(LABELS[a], LABELS[b]): steps[a, b] for a in range(3) for b in range(3)}, abs=1e-5
    )


def test_crfsuite_reads_the_same_probabilities_from_a_carried_model():
    (text,) = words(1, seed=4)
    weights = fit(words(60, seed=1), penalty=0.5, passes=6, size=100)
    numbers = {name: at for at, name in enumerate(weights.features)}
    rows = [[numbers[name] for name in row if name in numbers] for row in text.features]
    batch = fitting._Batch([fitting._Piece(rows, [0] * len(rows))], len(weights.labels))
    probable, _ = batch.expected(batch.seen @ weights.states[batch.used], weights.steps)
    model = as_crfsuite(weights)
    reader = pycrfsuite.Tagger()
    reader.open_inmemory(model)
    reader.set(text.features)
    read = [[reader.marginal(label, at) for label in weights.labels] for at in range(len(rows))]
    assert probable == pytest.approx(np.array(read), abs=1e-5)


def test_what_is_learnt_labels_as_well_as_what_crfsuite_learns(tmp_path):
    known, unknown = words(200, seed=2), words(200, seed=3)
    own = pycrfsuite.Tagger()
    model = as_crfsuite(fit(known, penalty=1.0, passes=12, size=200))
    own.open_inmemory(model)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 1.0, "c2": 0.0})
    for text in known:
        trainer.append(text.features, text.labels)
    trainer.train(str(tmp_path / "reference"))
    reference = pycrfsuite.Tagger()
    reference.open(str(tmp_path / "reference"))

    def right(tagger):
        pairs = [zip(tagger.tag(text.features), text.labels, strict=True) for text in unknown]
        return np.mean([found == label for pair in pairs for found, label in pair])

    assert right(reference) > 0.8
    assert right(own) > right(reference) - 0.01


def test_equal_texts_give_equal_weights():
    one, other = (fit(words(30, seed=5), penalty=0.5, passes=4, size=50) for _ in range(2))
    assert as_crfsuite(one) == as_crfsuite(other)


def test_a_stronger_penalty_leaves_fewer_weights():
    light, heavy = (fit(words(60, seed=6), penalty=penalty, passes=6, size=50) for penalty in (0.1, 10.0))
    assert np.count_nonzero(heavy.states) < np.count_nonzero(light.states) / 2
