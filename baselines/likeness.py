"""How alike texts are: cosines of TF-IDF vectors over words, and over parts of words.

Parts of words (three to five characters within a word) find the same stem in another form; words say which of them
weigh. The vocabulary is that of the known texts: a space is made for each codebook or ledger, and nothing is trained.
A paraphrase that shares no stem is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "words": {"stop_words": "english"},
    "parts": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}
_MOST_KEPT: Final = 30_000
"""The most words whose terms a space keeps."""


class _Terms(dict[str, list[str]]):
    """The terms of each word met so far, which are the same in every text; of a space that is made, those it has."""

    def __init__(self, analyse: Callable[[str], list[str]]) -> None:
        super().__init__()
        self._analyse = analyse
        self._known: Container[str] | None = None

    def __missing__(self, word: str) -> list[str]:
        if len(self) >= _MOST_KEPT:
            self.clear()
        terms = self._analyse(word)
        self[word] = terms if self._known is None else [term for term in terms if term in self._known]
        return self[word]

    def __call__(self, text: str) -> Iterator[str]:
        """Yield the terms of `text`: none goes over white space."""
        return (term for word in text.split() for term in self[word])

    def keep(self, known: Container[str]) -> None:
        """Leave out from now on all that is not among `known`."""
        self.clear()
        self._known = known


class Likeness:
    """Known texts as vectors in two spaces."""

    def __init__(self, known: Sequence[str]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._spaces: dict[str, tuple[Any, Any]] = {}
        for name, options in _OPTIONS.items():
            terms = _Terms(TfidfVectorizer(**options).build_analyzer())
            vectorizer = TfidfVectorizer(sublinear_tf=True, analyzer=terms)
            try:
                self._spaces[name] = vectorizer, vectorizer.fit_transform(known)
            except ValueError:  # no word in any of them
                continue
            terms.keep(vectorizer.vocabulary_)
        self._size = len(known)

    def of(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Return, by space, the cosine of each of `texts` (rows) with each known text (columns)."""
        found = dict.fromkeys(_OPTIONS, np.zeros((len(texts), self._size)))
        for name, (vectorizer, known) in self._spaces.items():
            found[name] = (vectorizer.transform(texts) @ known.T).toarray()
        return found

    def among(self, members: Sequence[int]) -> Floats:
        """Return how alike each two of the known texts with these indices are, from 0 to 1: the mean of the spaces."""
        total = np.zeros((len(members), len(members)))
        for near in self.apart(members).values():
            total += near
        mean: Floats = np.clip(total / max(len(self._spaces), 1), 0.0, 1.0)
        np.fill_diagonal(mean, 1.0)
        return mean

    def apart(self, members: Sequence[int] | None = None) -> dict[str, Floats]:
        """Return, by space, the cosine of each two of the known texts, or of those with the indices `members`."""
        found: dict[str, Floats] = {}
        for name, (_, known) in self._spaces.items():
            vectors = known if members is None else known[list(members)]
            found[name] = (vectors @ vectors.T).toarray()
        return found
