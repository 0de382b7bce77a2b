"""Chains: the likeliest labels of a text, and how likely each label is at each word, where labels follow each other.

A label weighs what the word shows for it and what the step from the label before it weighs. The likeliest sequence is
Viterbi's, the probabilities are those of forward and backward recursions (Rabiner 1989; for conditional random fields,
Sutton and McCallum 2012, section 4). Word by word NumPy would spend most of the time on being asked. So a text is cut
into blocks, which run side by side: each begins where the one before it ended the last time, and the first time it
begins anywhere. What stands some dozen words back hardly matters, so that after few rounds no block begins elsewhere
than the last time, which is what running through in one piece would give; the first block is right in the first round,
the second in the second, so it takes as many rounds as blocks at most. Neither recursion widens the distance between
two beginnings, as logarithms and but for a constant (Hilbert's metric), so what is left of it bounds what follows.

Arrays have a row for each word and a column for each label; on the way, words lie by their place in the block, and the
blocks along the last axis. Forward and backward recursions are two layers, the second of the words from last to first.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BLOCK, _LONGER = 16, 0.06
"""A block has so many words at least; the more words and labels there are, the more it has, and the fewer rounds."""
_EQUAL: Final = 1e-9
"""How far apart, as logarithms, two beginnings are alike."""
_LAPSE: Final = 8
"""After how many words shares are brought back to a sum of 1, so that they do not vanish."""
_ALONE: Final = 50_000
"""The most multiplications at once that are not spread over processors, which takes longer than they do."""
FARTHEST: Final = 50.0
"""How far apart the weights of two steps may be: over a lapse the shares must stay in the range of a float."""


def likeliest(scores: Floats, steps: Floats) -> list[int]:
    """Return the likeliest label of each word as part of the likeliest sequence, from what each label weighs at each
    word and what each step weighs (`steps[k, l]` to label l from label k).
    """
    if not len(scores):
        return []
    (best,) = _run(scores[None], _Best(steps))
    guessed = best.argmax(axis=1)  # mostly the label of the sequence, so what stands before it is asked for all at once
    before = (best[:-1] + steps.T[guessed[1:]]).argmax(axis=1).tolist()
    guesses: list[int] = guessed.tolist()
    label = guesses[-1]
    found = [label]
    for at in range(len(scores) - 2, -1, -1):
        label = before[at] if label == guesses[at + 1] else int((best[at] + steps[:, label]).argmax())
        found.append(label)
    return found[::-1]


def shares(scores: Floats, steps: Floats) -> Floats:
    """Return the probability of each label at each word."""
    if not len(scores):
        return scores
    own = np.exp(scores - scores.max(axis=1, keepdims=True))
    going = np.exp(steps - steps.max())
    forward, backward = _run(np.stack([own, own[::-1]]), _Shares(going))
    following = np.ones_like(forward)
    lot = max(1, _ALONE // steps.size)
    for first in range(0, len(scores) - 1, lot):
        end = min(first + lot, len(scores) - 1)
        np.matmul(backward[::-1][first + 1 : end + 1], going.T, out=following[first:end])
    marginal: Floats = forward * following
    marginal /= marginal.sum(axis=1, keepdims=True)
    return marginal


class _Recursion(Protocol):
    """What leads from the states before words to those behind them; `neutral` is a state that says nothing."""

    neutral: float

    def step(self, before: Floats, behind: Floats) -> None:
        """Fill in the states behind the words, as far as the steps go, from those before them."""

    def show(self, behind: Floats, own: Floats) -> None:
        """Add what the words show."""

    def level(self, state: Floats) -> None:
        """Take out what does not matter: a constant for each block."""

    def alike(self, one: Floats, other: Floats) -> NDArray[np.bool_]:
        """Return where levelled states are alike."""
        ...


class _Best:
    """The weights of the best sequences up to a word that end in each label (Viterbi)."""

    neutral = 0.0

    def __init__(self, steps: Floats) -> None:
        self._steps = np.ascontiguousarray(steps[:, :, None])
        self._paths: Floats = np.empty((*steps.shape, 0))

    def step(self, before: Floats, behind: Floats) -> None:
        if self._paths.shape[-1] != before.shape[-1]:
            self._paths = np.empty((*self._steps.shape[:2], before.shape[-1]))
        np.add(before[0][:, None], self._steps, out=self._paths)
        np.maximum.reduce(self._paths, axis=0, out=behind[0])

    def show(self, behind: Floats, own: Floats) -> None:
        behind += own

    def level(self, state: Floats) -> None:
        state -= state.max(axis=1, keepdims=True)

    def alike(self, one: Floats, other: Floats) -> NDArray[np.bool_]:
        return np.abs(one - other) <= _EQUAL


class _Shares:
    """The probabilities of labels, in the light of all words up to it (forward), or from it on (backward)."""

    neutral = 1.0

    def __init__(self, going: Floats) -> None:
        self._going = np.stack([going.T, going])
        self._since = 0

    def step(self, before: Floats, behind: Floats) -> None:
        np.matmul(self._going, before, out=behind)

    def show(self, behind: Floats, own: Floats) -> None:
        behind *= own
        self._since += 1
        if self._since == _LAPSE:
            self.level(behind)

    def level(self, state: Floats) -> None:
        state /= state.sum(axis=1, keepdims=True)
        self._since = 0

    def alike(self, one: Floats, other: Floats) -> NDArray[np.bool_]:
        return np.abs(one - other) <= _EQUAL * one


def _run(rows: Floats, recursion: _Recursion) -> Floats:
    """Return, for layers of rows, the states behind all words."""
    layers, count, labels = rows.shape
    size = max(_BLOCK, ceil(sqrt(_LONGER * labels * count)))
    blocks = -(-count // size)
    padded = np.ones((layers, blocks * size, labels))
    padded[:, :count] = rows
    laid = np.ascontiguousarray(padded.reshape(layers, blocks, size, labels).transpose(2, 0, 3, 1))
    found = _side_by_side(laid, recursion)
    return found.transpose(1, 3, 0, 2).reshape(padded.shape)[:, :count]


def _side_by_side(laid: Floats, recursion: _Recursion) -> Floats:
    """Return the states behind all words, once every block begins where the one before it ends."""
    found = np.empty_like(laid)
    begin = np.full(laid.shape[1:], recursion.neutral)
    stale = np.arange(laid.shape[-1])
    while len(stale):
        again = slice(stale[0], stale[-1] + 1)
        state = begin[..., again]
        for place, (following, own) in enumerate(zip(found[..., again], laid[..., again], strict=True)):
            recursion.step(state, following)
            if not place and not stale[0]:
                following[..., 0] = recursion.neutral
            recursion.show(following, own)
            state = following
        recursion.level(state)
        ended = found[-1, ..., :-1]
        stale = np.flatnonzero(~recursion.alike(ended, begin[..., 1:]).all(axis=(0, 1))) + 1
        begin[..., stale] = ended[..., stale - 1]
    return found
