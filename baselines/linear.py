"""A ranker: a linear model that chooses one of several candidates, each described by named features.

*Conditional logit* (McFadden 1974): the probability of a candidate is proportional to the exponential of the sum of its
features' weights. A choice between classes is the same with the class in the features' names; a yes or no is a choice
between a candidate and one without features. The weights minimise the negative log-likelihood with an L2 penalty, which
is convex, so the same examples give the same weights. Features are shared by the candidates of every text, so a ranker
works on candidates that it never saw.

Where candidates are many, features that are there or not are made in *groups*, each from a key of a few values (the
order of two spans and the words between them). A candidate is then described by its keys, one for each group. To learn,
the names of its features are made from them (`described`); to choose, what the features of a key weigh is summed once
and kept (`Grouped`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import exp
from operator import getitem, mul
from typing import Any, Final

Features = dict[str, float]
Choice = tuple[Sequence[Features], int]
"""Candidates, and the index of the right one."""
Keys = tuple[Any, ...]
"""A key for each group: a tuple of what names its features or the only such value, or None, which has no features."""
Group = Callable[..., Iterable[str]]
"""Names the features of a key; no two groups of a candidate name the same."""

_NEGLIGIBLE: Final = 1e-3
"""Weights nearer to 0 are dropped."""
_NOTHING: Final = repeat(0.0)
"""What a feature without a weight weighs."""
_MOST_KEPT: Final = 30_000
"""The most keys of a group whose sums are kept: more than a newspaper needs."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """The weights of features by name; a feature without one weighs nothing."""

    weights: Mapping[str, float]

    def score(self, features: Features) -> float:
        """Return the sum of the weighted features of a candidate."""
        total: float = sum(map(mul, map(self.weights.get, features, _NOTHING), features.values()))
        return total

    def probabilities(self, candidates: Sequence[Features]) -> list[float]:
        """Return the probability of each candidate; they sum to 1."""
        return _shares([self.score(features) for features in candidates])

    def choose(self, candidates: Sequence[Features]) -> tuple[int, float]:
        """Return the index of the likeliest candidate, the first of equals, and its probability."""
        return _likeliest([self.score(features) for features in candidates])


class Grouped:
    """A ranker of candidates that are described by keys of `groups`."""

    def __init__(self, ranker: Ranker, groups: Sequence[Group]) -> None:
        self._sums = [_Sums(ranker, names) for names in groups]

    def score(self, keys: Keys) -> float:
        """Return the sum of the weighted features of a candidate."""
        return sum(map(getitem, self._sums, keys))

    def choose(self, candidates: Sequence[Keys]) -> tuple[int, float]:
        """Return the index of the likeliest candidate, the first of equals, and its probability."""
        sums = self._sums
        return _likeliest([sum(map(getitem, sums, keys)) for keys in candidates])


class _Sums(dict[Any, float]):
    """What the features of each key met so far weigh together."""

    def __init__(self, ranker: Ranker, names: Group) -> None:
        super().__init__()
        self._ranker, self._names = ranker, names

    def __missing__(self, key: Any) -> float:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[key] = total = self._ranker.score(described([self._names], (key,)))
        return total


def described(groups: Sequence[Group], keys: Keys) -> Features:
    """Return the features of a candidate that is described by `keys` of `groups`."""
    features: Features = {}
    for names, key in zip(groups, keys, strict=True):
        if key is not None:
            features |= dict.fromkeys(names(*key) if isinstance(key, tuple) else names(key), 1.0)
    return features


def _shares(scores: Sequence[float]) -> list[float]:
    """Return the probability of each candidate by its score."""
    top = max(scores)
    shares = [exp(score - top) for score in scores]
    total = sum(shares)
    return [share / total for share in shares]


def _likeliest(scores: Sequence[float]) -> tuple[int, float]:
    """Return the index of the likeliest candidate, the first of equals, and its probability."""
    shares = _shares(scores)
    most = max(shares)
    return shares.index(most), most


def chance(score: float) -> float:
    """Return the probability of a candidate with this score against one without features."""
    top = max(score, 0.0)
    share, other = exp(score - top), exp(-top)
    return share / (share + other)


def fit(choices: Sequence[Choice], *, penalty: float, fewest: int = 1) -> Ranker:
    """Return the ranker that explains `choices` best under `penalty` (over 0), with features that `fewest` or more
    candidates have.
    """
    names = _names(choices, fewest)
    choices = [choice for choice in choices if len(choice[0]) > 1]
    if not choices or not names:
        return Ranker({})
    weights = _minimise(choices, names, penalty)
    return Ranker({name: round(weights[at], 5) for name, at in names.items() if abs(weights[at]) >= _NEGLIGIBLE})


def _names(choices: Sequence[Choice], fewest: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for candidates, _ in choices:
        for features in candidates:
            for name in features:
                counts[name] = counts.get(name, 0) + 1
    return {name: at for at, name in enumerate(sorted(name for name, count in counts.items() if count >= fewest))}


def _minimise(choices: Sequence[Choice], names: Mapping[str, int], penalty: float) -> list[float]:
    import numpy as np
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    rows = [
        [(names[name], value) for name, value in features.items() if name in names]
        for candidates, _ in choices
        for features in candidates
    ]
    edges = np.cumsum([0, *(len(row) for row in rows)])
    flat = [pair for row in rows for pair in row]
    columns, values = [at for at, _ in flat], [value for _, value in flat]
    matrix = csr_matrix((values, columns, edges), shape=(len(rows), len(names)))
    first = np.cumsum([0, *(len(candidates) for candidates, _ in choices)])[:-1]
    owner = np.repeat(np.arange(len(choices)), [len(candidates) for candidates, _ in choices])
    right = first + np.array([index for _, index in choices])

    def loss(weights: Any) -> tuple[float, Any]:
        scores = matrix @ weights
        scores -= np.maximum.reduceat(scores, first)[owner]
        total = np.add.reduceat(np.exp(scores), first)
        share = np.exp(scores) / total[owner]
        value = np.log(total).sum() - scores[right].sum() + penalty / 2 * (weights @ weights)
        share[right] -= 1
        return float(value), matrix.T @ share + penalty * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights: list[float] = found.x.tolist()
    return weights
