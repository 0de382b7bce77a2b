"""Likeness: the cosines are those of scikit-learn's TF-IDF without anything kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from onrecord.baselines import likeness
from onrecord.baselines.likeness import Likeness

KNOWN = ["The ferry's night crossing must stay", "Fares; a fare rise (of 3.5 %)", "the crews’ pay — and hours"]
OPTIONS = {"words": {"stop_words": "english"}, "parts": {"analyzer": "char_wb", "ngram_range": (3, 5)}}
LIKENESS = Likeness(KNOWN)


def plain(texts, known):
    found = {}
    for name, options in OPTIONS.items():
        vectorizer = TfidfVectorizer(sublinear_tf=True, **options)
        try:
            vectors = vectorizer.fit_transform(known)
        except ValueError:  # no word in any of them
            found[name] = np.zeros((len(texts), len(known)))
        else:
            found[name] = (vectorizer.transform(texts) @ vectors.T).toarray()
    return found


texts_of = st.lists(
    st.text(st.sampled_from("crews fare’s'-\t\n\u2028 İé3.5%")) | st.sampled_from(KNOWN), min_size=1, max_size=4
)


@settings(deadline=None, max_examples=50)
@given(texts_of)
def test_it_is_what_scikit_learn_computes(texts):
    for name, expected in plain(texts, KNOWN).items():
        np.testing.assert_allclose(LIKENESS.of(texts)[name], expected, atol=1e-12)


@settings(deadline=None, max_examples=50)
@given(texts_of, st.data())
def test_of_any_known_texts_each_two_are_as_alike_as_scikit_learn_says_all_at_once_or_some(known, data):
    expected = plain(known, known)
    members = data.draw(st.lists(st.integers(0, len(known) - 1), min_size=1, max_size=3, unique=True))
    alone, after = Likeness(known), Likeness(known)
    apart = after.apart()
    for name, cosines in expected.items():
        np.testing.assert_allclose(apart.get(name, np.zeros_like(cosines)), cosines, atol=1e-12)
    np.testing.assert_allclose(alone.among(members), after.among(members), atol=1e-12)
    mean = sum(cosines[np.ix_(members, members)] for cosines in expected.values()) / max(1, len(apart))
    np.fill_diagonal(mean, 1.0)
    np.testing.assert_allclose(alone.among(members), mean, atol=1e-12)


def test_what_was_kept_of_other_texts_does_not_matter(monkeypatch):
    monkeypatch.setattr(likeness, "_MOST_KEPT", 2)
    fresh = Likeness(KNOWN)
    for _ in range(2):
        assert fresh.of(KNOWN)["parts"].diagonal() == pytest.approx([1, 1, 1])
