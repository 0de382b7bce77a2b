"""Fitting a conditional random field (Lafferty, McCallum and Pereira 2001): its weights, from labelled sequences.

Proximal AdaGrad (Duchi, Hazan and Singer 2011) on small batches under an L1 penalty, which a weight pays when a batch
next holds its feature (Tsuruoka, Tsujii and Ananiadou 2009); the weights are the mean of those after the last passes.
A dozen passes reach what a batch method takes some hundred for, and the mean hardly depends on where they stop.

A text is cut where the labels on both sides are outside every role, at places that its reader names; only the step
between the two outsides is lost. The pieces of a batch are laid out by place, longest first, so that the recursions of
all of them are one matrix product a place. Order is drawn with a fixed seed: equal texts give equal weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from onrecord.baselines.chains import Floats
from onrecord.baselines.weights import Singles, Weights

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

OUTSIDE: Final = "O"
_RATE, _CAUTION = 0.15, 0.1
"""AdaGrad's rate, and the square of the gradient that every weight is taken to have seen."""
_AVERAGED: Final = 4
"""The passes at the end whose weights are averaged."""
_NEGLIGIBLE: Final = 0.02
"""Weights nearer to 0, nine in ten of those that the penalty leaves, are dropped: they change next to nothing."""
_LAPSE: Final = 8
"""After how many words the shares of labels are brought back to a sum of 1, so that they do not vanish."""
_SEED: Final = 0

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text: the features of each word (a row of numbers; those below 0 are none), its label, and the words before
    which the text may be cut.
    """

    features: NDArray[np.int32]
    labels: Sequence[str]
    cuts: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of a text, with numbers for labels."""

    features: NDArray[np.int32]
    labels: NDArray[np.int32]


class _Batch:
    """Pieces laid out place by place: first the first words of all pieces, longest piece first, then the second …"""

    def __init__(self, pieces: Sequence[_Piece], labels: int) -> None:
        from scipy.sparse import csr_matrix

        pieces = sorted(pieces, key=lambda piece: -len(piece.labels))
        longest = len(pieces[0].labels)
        counts = np.bincount([len(piece.labels) for piece in pieces], minlength=longest + 1)
        self.sizes: list[int] = (len(pieces) - np.cumsum(counts)[:longest]).tolist()
        """How many pieces have a first, a second … word."""
        self.edges: list[int] = [0, *np.cumsum(self.sizes).tolist()]
        place = np.concatenate([np.arange(len(piece.labels)) for piece in pieces])
        order = place.argsort(kind="stable")
        rows = np.concatenate([piece.features for piece in pieces])[order]
        gold = np.concatenate([piece.labels for piece in pieces])[order]
        self.used, local = np.unique(rows[rows >= 0], return_inverse=True)
        """The features of the batch."""
        ends = np.append(0, np.cumsum((rows >= 0).sum(axis=1)))
        ones = np.ones(len(local), dtype=np.float32)
        self.seen: csr_matrix = csr_matrix((ones, local, ends), shape=(len(rows), len(self.used)))
        self.seen_by_feature: csr_matrix = self.seen.T.tocsr()
        self.gold: Singles = np.zeros((len(rows), labels), dtype=np.float32)
        self.gold[np.arange(len(rows)), gold] = 1
        starts = [np.arange(edge, edge + size) for edge, size in zip(self.edges, self.sizes[1:], strict=False)]
        self.before: Numbers = np.concatenate([*starts, np.zeros(0, dtype=np.int64)])
        """For each word that does not begin its piece, the word before it."""
        self.gold_steps: Singles = np.zeros((labels, labels), dtype=np.float32)
        np.add.at(self.gold_steps, (gold[self.before], gold[self.sizes[0] :]), 1)

    def expected(self, scores: Singles, steps: Singles) -> tuple[Floats, Floats]:
        """Return the probability of each label at each word, and the expected number of each step between labels."""
        own = np.exp((scores - scores.max(axis=1, keepdims=True)).astype(np.float64))
        going = np.exp(steps.astype(np.float64))
        forward, behind = self._forward(own, going), self._backward(own, going)
        marginal = _normal(forward * behind)
        since, upto = forward[self.before], (own * behind)[self.sizes[0] :]
        both = ((since @ going) * upto).sum(axis=1, keepdims=True)
        return marginal, going * (since.T @ (upto / both))

    def _forward(self, own: Floats, going: Floats) -> Floats:
        found = _normal(own)
        for at, size in enumerate(self.sizes[1:], start=1):
            last = self.edges[at - 1]
            here = found[self.edges[at] : self.edges[at + 1]]
            np.matmul(found[last : last + size], going, out=here)
            here *= own[self.edges[at] : self.edges[at + 1]]
            if not at % _LAPSE:
                here[:] = _normal(here)
        return found

    def _backward(self, own: Floats, going: Floats) -> Floats:
        found = np.ones_like(own)
        for at in range(len(self.sizes) - 2, -1, -1):
            after, first = slice(self.edges[at + 1], self.edges[at + 2]), self.edges[at]
            here = found[first : first + self.sizes[at + 1]]
            np.matmul(own[after] * found[after], going.T, out=here)
            if not at % _LAPSE:
                here[:] = _normal(here)
        return found


def _normal(shares: Floats) -> Floats:
    """Return each row divided by its sum."""
    divided: Floats = shares / shares.sum(axis=1, keepdims=True)
    return divided


def fit(texts: Sequence[Labelled], names: Sequence[str], *, penalty: float, passes: int, size: int) -> Weights:
    """Return the weights that explain `texts` under the L1 `penalty`, after `passes` over batches of `size` words.

    `names` are those of all features. A feature has a weight only at labels that it was seen at; those without any are
    left out.
    """
    labels = sorted({label for text in texts for label in text.labels} | {OUTSIDE})
    numbers = {label: at for at, label in enumerate(labels)}
    pieces = [piece for text in texts for piece in _pieces(text, numbers)]
    random = np.random.default_rng(_SEED)
    batches = list(_batches([pieces[at] for at in random.permutation(len(pieces))], size, len(labels)))
    fitting = _Fitting(batches, (len(names), len(labels)), penalty / max(1, len(batches)))
    sums: list[Any] = [0.0, 0.0]
    for number in range(passes):
        for at in random.permutation(len(batches)):
            fitting.learn(batches[at])
        if number >= passes - _AVERAGED:
            fitting.settle()
            sums = [sums[0] + fitting.states, sums[1] + fitting.steps]
    averaged = min(passes, _AVERAGED)
    states: Singles = sums[0] / averaged
    states = np.where(np.abs(states) < _NEGLIGIBLE, np.float32(0), states)
    weighty = np.flatnonzero(states.any(axis=1)).tolist()
    return Weights([names[at] for at in weighty], labels, states[weighty], sums[1] / averaged)


def _pieces(text: Labelled, labels: dict[str, int]) -> Iterator[_Piece]:
    names = text.labels
    numbers = np.array([labels[name] for name in names], dtype=np.int32)
    cuts = (at for at in text.cuts if 0 < at < len(names) and names[at] == names[at - 1] == OUTSIDE)
    for first, end in pairwise([0, *cuts, len(names)]):
        if first < end:
            yield _Piece(text.features[first:end], numbers[first:end])


def _batches(pieces: Sequence[_Piece], size: int, labels: int) -> Iterator[_Batch]:
    first, words = 0, 0
    for at, piece in enumerate(pieces):
        words += len(piece.labels)
        if words >= size or at == len(pieces) - 1:
            yield _Batch(pieces[first : at + 1], labels)
            first, words = at + 1, 0


class _Fitting:
    """Weights on their way: a weight that no batch has touched since owes the penalty of those steps.

    Few labels are seen at a feature, so the weights are a list: feature by feature, one for each label that it has.
    """

    def __init__(self, batches: Sequence[_Batch], shape: tuple[int, int], penalty: float) -> None:
        self._allowed: NDArray[np.bool_] = np.zeros(shape, dtype=np.bool_)
        for batch in batches:
            self._allowed[batch.used] |= (batch.seen_by_feature @ batch.gold) > 0
        self._counts = self._allowed.sum(axis=1)
        self._firsts = self._counts.cumsum() - self._counts
        count = int(self._counts.sum())
        self._weights: Singles = np.zeros(count, dtype=np.float32)
        self._squares: Singles = np.full(count, _CAUTION, dtype=np.float32)
        self._paid: NDArray[np.int32] = np.zeros(count, dtype=np.int32)
        self.steps: Singles = np.zeros((shape[1], shape[1]), dtype=np.float32)
        self._step_squares: Singles = np.full(self.steps.shape, _CAUTION, dtype=np.float32)
        self._penalty, self._time = penalty, 0

    @property
    def states(self) -> Singles:
        """The weight of each feature at each label."""
        states: Singles = np.zeros(self._allowed.shape, dtype=np.float32)
        states[self._allowed] = self._weights
        return states

    def learn(self, batch: _Batch) -> None:
        """Move the weights of the batch's features, and of all steps, down the gradient of its loss."""
        self._time += 1
        used, own = self._places(batch.used), np.flatnonzero(self._allowed[batch.used])
        weights = self._shrunk(used)
        states: Singles = np.zeros((len(batch.used), len(self.steps)), dtype=np.float32)
        states.put(own, weights)
        probable, stepped = batch.expected(batch.seen @ states, self.steps)
        slope: Singles = (batch.seen_by_feature @ (probable.astype(np.float32) - batch.gold)).take(own)
        squares = self._squares[used] + slope * slope
        self._squares[used] = squares
        self._weights[used] = weights - _RATE / np.sqrt(squares) * slope
        step_slope = stepped.astype(np.float32) - batch.gold_steps
        self._step_squares += step_slope * step_slope
        self.steps -= _RATE / np.sqrt(self._step_squares) * step_slope

    def settle(self) -> None:
        """Let every weight pay what it owes."""
        self._weights = self._shrunk(np.arange(len(self._weights)))

    def _places(self, features: Numbers) -> Numbers:
        """Return the places of the weights of `features` in the list."""
        counts = self._counts[features]
        shifts = np.repeat(self._firsts[features] - counts.cumsum() + counts, counts)
        places: Numbers = np.arange(len(shifts)) + shifts
        return places

    def _shrunk(self, used: Numbers) -> Singles:
        owed = (self._time - self._paid[used]) * (self._penalty * _RATE) / np.sqrt(self._squares[used])
        self._paid[used] = self._time
        weights = self._weights[used]
        shrunk: Singles = (np.sign(weights) * np.maximum(np.abs(weights) - owed, 0)).astype(np.float32)
        return shrunk
