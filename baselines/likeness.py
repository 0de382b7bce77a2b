"""How alike texts are: cosines of TF-IDF vectors over words, and over parts of words.

Parts of words (three to five characters within a word) find the same stem in another form; words say which of them
weigh. The vocabulary is that of the known texts: a space is made for each codebook or ledger, and nothing is trained.
A paraphrase that shares no stem is not seen.

What terms a word has, scikit-learn says; vectors and cosines are those of its `TfidfVectorizer` with `sublinear_tf`.
They are made here because the texts are few and short: its overhead for each call would be most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Split = Sequence[str]
"""The words of a text: what stands between white space."""

_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "words": {"stop_words": "english"},
    "parts": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}
_MOST_KEPT: Final = 30_000
"""The most words whose terms are kept: more than a newspaper needs."""


class _Terms(dict[str, Sequence[str]]):
    """The terms of each word met so far, which are the same in every text: none goes over white space."""

    def __init__(self, analyse: Callable[[str], Sequence[str]]) -> None:
        super().__init__()
        self._analyse = analyse

    def __missing__(self, word: str) -> Sequence[str]:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[word] = terms = tuple(self._analyse(word))
        return terms


@cache
def _terms(space: str) -> _Terms:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return _Terms(TfidfVectorizer(**_OPTIONS[space]).build_analyzer())


class _Columns(dict[str, Sequence[int]]):
    """The columns of each word met so far: those of its terms that the known texts have."""

    def __init__(self, terms: _Terms, numbers: dict[str, int]) -> None:
        super().__init__()
        self._terms, self._numbers = terms, numbers

    def __missing__(self, word: str) -> Sequence[int]:
        if len(self) >= _MOST_KEPT:
            self.clear()
        numbers = self._numbers
        self[word] = columns = [numbers[term] for term in self._terms[word] if term in numbers]
        return columns


class _Space:
    """Known texts as vectors in one space."""

    def __init__(self, terms: _Terms, known: Sequence[Split]) -> None:
        words = dict.fromkeys(chain.from_iterable(known))
        distinct = dict.fromkeys(chain.from_iterable(map(terms.__getitem__, words)))
        numbers = dict(zip(distinct, range(len(distinct)), strict=True))
        self.size = len(numbers)
        self._columns = _Columns(terms, numbers)
        counted = self._counted(known)
        holding = np.bincount(counted[1], minlength=self.size)
        self._rarity: Floats = np.log((len(known) + 1) / (holding + 1)) + 1
        self._known = self._weighed(len(known), *counted)

    @cached_property
    def _upright(self) -> Floats:
        """The known texts, each a column."""
        dense: Floats = self._known.T.toarray()
        return dense

    @cached_property
    def apart(self) -> Floats:
        """The cosine of each two of the known texts."""
        found: Floats = (self._known @ self._known.T).toarray()
        return found

    def of(self, texts: Sequence[Split]) -> Floats:
        """Return the cosine of each of `texts` (rows) with each known text (columns)."""
        found: Floats = self._weighed(len(texts), *self._counted(texts)) @ self._upright
        return found

    def among(self, members: Sequence[int]) -> Floats:
        """Return the cosine of each two of the known texts with these indices, from all where these are known."""
        if "apart" in self.__dict__:
            return self.apart[np.ix_(members, members)]
        vectors = self._known[list(members)]
        found: Floats = (vectors @ vectors.T).toarray()
        return found

    def _counted(self, texts: Sequence[Split]) -> tuple[Whole, Whole, Whole]:
        """Return which term is how often in which text: rows, columns and counts, in this order."""
        get = self._columns.__getitem__
        terms = [list(chain.from_iterable(map(get, words))) for words in texts]
        sizes = list(map(len, terms))
        flat = np.fromiter(chain.from_iterable(terms), np.int64, sum(sizes))
        # Row and column in one number, so that one sort counts the terms of all texts.
        both, counts = np.unique(np.repeat(np.arange(len(texts)) * self.size, sizes) + flat, return_counts=True)
        return both // self.size, both % self.size, counts

    def _weighed(self, size: int, rows: Whole, columns: Whole, counts: Whole) -> Any:
        """Return the vectors of unit length of what was counted in `size` texts, as a sparse matrix."""
        from scipy.sparse import csr_matrix

        weights = (np.log(counts) + 1) * self._rarity[columns]
        weights /= np.sqrt(np.bincount(rows, weights * weights, size))[rows]
        edges = np.searchsorted(rows, np.arange(size + 1))
        return csr_matrix((weights, columns, edges), shape=(size, self.size))


class Likeness:
    """Known texts as vectors in two spaces; a space in which no known text has a term is left out."""

    def __init__(self, known: Sequence[str]) -> None:
        split = [text.split() for text in known]
        spaces = {name: _Space(_terms(name), split) for name in _OPTIONS}
        self._spaces = {name: space for name, space in spaces.items() if space.size}
        self._size = len(known)

    def of(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Return, by space, the cosine of each of `texts` (rows) with each known text (columns)."""
        split = [text.split() for text in texts]
        none = np.zeros((len(texts), self._size))
        return {name: self._spaces[name].of(split) if name in self._spaces else none for name in _OPTIONS}

    def among(self, members: Sequence[int]) -> Floats:
        """Return how alike each two of the known texts with these indices are, from 0 to 1: the mean of the spaces."""
        total = np.zeros((len(members), len(members)))
        for space in self._spaces.values():
            total += space.among(members)
        mean: Floats = np.clip(total / max(len(self._spaces), 1), 0.0, 1.0)
        np.fill_diagonal(mean, 1.0)
        return mean

    def apart(self) -> dict[str, Floats]:
        """Return, by space, the cosine of each two of the known texts."""
        return {name: space.apart for name, space in self._spaces.items()}


@lru_cache(maxsize=1)
def between(texts: tuple[str, ...]) -> Likeness:
    """Return the likeness of `texts`, the last of which is kept: claims are compared for their labels, then facts."""
    return Likeness(texts)
