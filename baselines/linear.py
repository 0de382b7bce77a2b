"""A ranker: a linear model that chooses one of several candidates, each described by named features.

*Conditional logit* (McFadden 1974): the probability of a candidate is proportional to the exponential of the sum of its
features' weights. A choice between classes is the same with the class in the features' names; a yes or no is a choice
between a candidate and one without features. The weights minimise the negative log-likelihood with an L2 penalty, which
is convex, so the same examples give the same weights. Features are shared by the candidates of every text, so a ranker
works on candidates that it never saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from math import exp
from operator import mul
from typing import Any, Final

Features = dict[str, float]
Choice = tuple[Sequence[Features], int]
"""Candidates, and the index of the right one."""

_NEGLIGIBLE: Final = 1e-3
"""Weights nearer to 0 are dropped."""
_NOTHING: Final = repeat(0.0)
"""What a feature without a weight weighs."""


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
        scores = [self.score(features) for features in candidates]
        top = max(scores)
        shares = [exp(score - top) for score in scores]
        total = sum(shares)
        return [share / total for share in shares]

    def choose(self, candidates: Sequence[Features]) -> tuple[int, float]:
        """Return the index of the likeliest candidate, the first of equals, and its probability."""
        shares = self.probabilities(candidates)
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
