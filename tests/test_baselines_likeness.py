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


def plain(texts):
    found = {}
    for name, options in OPTIONS.items():
        vectorizer = TfidfVectorizer(sublinear_tf=True, **options)
        known = vectorizer.fit_transform(KNOWN)
        found[name] = (vectorizer.transform(texts) @ known.T).toarray()
    return found


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.text(st.sampled_from("crews fare’s'-\t\n\u2028 İé3.5%")) | st.sampled_from(KNOWN), min_size=1, max_size=4
    )
)
def test_it_is_what_scikit_learn_computes(texts):
    for name, expected in plain(texts).items():
        np.testing.assert_allclose(LIKENESS.of(texts)[name], expected, atol=1e-12)


def test_what_was_kept_of_other_texts_does_not_matter(monkeypatch):
    monkeypatch.setattr(likeness, "_MOST_KEPT", 2)
    fresh = Likeness(KNOWN)
    for _ in range(2):
        assert fresh.of(KNOWN)["parts"].diagonal() == pytest.approx([1, 1, 1])
