"""Kinship: how probably two claims of a dossier state the same fact, and what claims learn from their kin.

Reports of one dossier tell the same facts in other words and another order. What one of them says plainly (its source
is a name, its words are the codebook's) another only hints at. So each claim's choice of a label is made with those of
its kin: the log probabilities of a label are summed over the claims, each weighted by the probability that it states
the same fact (a product of experts, Hinton 2002), and how much
that counts beside its own is learnt. That probability comes from the words alone: how alike the contents
are (`likeness`, with the weights of words learnt from the claims themselves), the words and figures that both have
between quotation marks, whether one negates what the other does not, and how probably both have one speaker, one topic
and one kind. A report that is read alone has only its own claims as kin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from onrecord.baselines.labels import NEGATION
from onrecord.baselines.likeness import Floats, between
from onrecord.baselines.linear import Features, Ranker

Shares = Mapping[str, float]
"""The probability of each label of a claim."""

_STRANGE: Final = 0.03
"""The probability of kinship below which a claim does not count for another."""
_FLOOR: Final = 1e-4
"""The least probability that a label is given, so that no claim decides alone."""
_LEAST: Final = 0.06
"""The likeness below which two claims are no kin."""
_WORD: Final = re.compile(r"\w+")
_FIGURE: Final = re.compile(
    r"\d+|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+(?:teen|ty)|hundred|thousand|million)\b"
)
_LENGTH: Final = 3
"""The words of a run."""
_ENOUGH: Final = 4
"""The runs in common from which on more say no more."""
_SHORT: Final = 5
"""The words from which on a claim is not short."""

Pair = tuple[int, int]


class Kinship:
    """The claims of reports that are read together, and which two of them may be kin."""

    def __init__(self, words: Sequence[str], reports: Sequence[int]) -> None:
        """Take the words of each claim, and the number of its report."""
        self._pairs = list(_alike(words, reports))
        self._one, self._other = np.array([pair for pair, _ in self._pairs], np.int64).reshape(-1, 2).T
        self._scored: tuple[Ranker, Floats] | None = None

    def pairs(self, shares: Sequence[Sequence[Shares]]) -> Iterator[tuple[Pair, Features]]:
        """Yield each two claims that may be kin, by their places, and what speaks for it.

        `shares` are the probabilities of some labels: for each label, those of every claim.
        """
        same = {f"same{at}": self._same(label).tolist() for at, label in enumerate(shares)}
        for number, (pair, features) in enumerate(self._pairs):
            yield pair, features | {name: values[number] for name, values in same.items()}

    def _same(self, label: Sequence[Shares]) -> Floats:
        """Return how probably the two of each pair have the same label."""
        table = _table(label, _names(label))
        found: Floats = (table[self._one] * table[self._other]).sum(axis=1)
        return found

    def _near(self, shares: Sequence[Sequence[Shares]], kin: Ranker) -> Floats:
        """Return how probably, by `kin`, the two of each pair are kin, from all that `pairs` would yield."""
        if self._scored is None or self._scored[0] is not kin:
            self._scored = kin, np.array([kin.score(features) for _, features in self._pairs])
        scores = self._scored[1]
        for at, label in enumerate(shares):
            scores = scores + kin.weights.get(f"same{at}", 0.0) * self._same(label)
        found: Floats = np.exp(-np.logaddexp(0.0, -scores))
        return found

    def _evidence(
        self, names: Sequence[str], label: Sequence[Shares], shares: Sequence[Sequence[Shares]], kin: Ranker
    ) -> dict[str, Floats]:
        """Return what speaks for each label of `names` (columns) as that of each claim (rows), by feature."""
        near, size = self._near(shares, kin), len(label)
        kinship = np.zeros((size, size))
        kinship[self._one, self._other] = kinship[self._other, self._one] = np.where(near < _STRANGE, 0.0, near)
        logs = np.log(np.maximum(_table(label, names), _FLOOR))
        sums, mass = kinship @ logs, kinship.sum(axis=1, keepdims=True)
        return {"own": logs, "kin": sums, "mean": sums / np.maximum(mass, 1.0)}

    def gathered(
        self, label: Sequence[Shares], shares: Sequence[Sequence[Shares]], kin: Ranker
    ) -> list[dict[str, Features]]:
        """Return, for each claim, the features of every label: its own log probability, the sum over its kin, their
        mean.

        `label` has the probabilities of each claim, all of the same labels; `shares` are what kin are told from
        strangers by, with `kin`.
        """
        names = _names(label)
        evidence = {name: rows.tolist() for name, rows in self._evidence(names, label, shares, kin).items()}
        return [
            {name: {of: rows[at][place] for of, rows in evidence.items()} for place, name in enumerate(names)}
            for at in range(len(label))
        ]

    def settled(
        self, label: Sequence[Shares], shares: Sequence[Sequence[Shares]], kin: Ranker, ranker: Ranker
    ) -> list[Shares]:
        """Return, for each claim, the probability of every label by `ranker`, from all that is `gathered`."""
        names = _names(label)
        if not names:
            return [{} for _ in label]
        evidence = self._evidence(names, label, shares, kin)
        scores = np.sum([ranker.weights.get(of, 0.0) * rows for of, rows in evidence.items()], axis=0)
        found = np.exp(scores - scores.max(axis=1, keepdims=True))
        found /= found.sum(axis=1, keepdims=True)
        return [dict(zip(names, row, strict=True)) for row in found.tolist()]


def _names(label: Sequence[Shares]) -> list[str]:
    """Return the labels that claims have a probability of, in order."""
    return list(dict.fromkeys(chain.from_iterable(label)))


def _table(label: Sequence[Shares], names: Sequence[str]) -> Floats:
    """Return the probability of each label of `names` (columns) of each claim (rows)."""
    table: Floats = np.array([[one.get(name, 0.0) for name in names] for one in label]).reshape(len(label), len(names))
    return table


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a claim's words is compared: runs of three words, figures, whether it negates, and how many they are."""

    runs: frozenset[tuple[str, ...]]
    figures: frozenset[str]
    negated: bool
    size: int


def _alike(words: Sequence[str], reports: Sequence[int]) -> Iterator[tuple[Pair, Features]]:
    """Yield each two claims whose words are somewhat alike, and how."""
    near = between(tuple(words)).apart() if len(words) > 1 else {}
    if not near:
        return
    both: Any = sum(near.values())
    seen = [_seen(one) for one in words]
    rows, columns = (both > _LEAST * len(near)).nonzero()
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        if i < j:
            features = _compared(seen[i], seen[j]) | {name: float(values[i, j]) for name, values in near.items()}
            yield (i, j), features | {"bias": 1.0, "within": float(reports[i] == reports[j])}


def _seen(words: str) -> _Seen:
    tokens = [word.casefold() for word in _WORD.findall(words)]
    runs = frozenset(tuple(tokens[i : i + _LENGTH]) for i in range(len(tokens) - _LENGTH + 1))
    figures = frozenset(_FIGURE.findall(words.casefold()))
    return _Seen(runs, figures, NEGATION.search(words) is not None, len(tokens))


def _compared(one: _Seen, other: _Seen) -> Features:
    common = len(one.runs & other.runs)
    return {
        "runs": min(common, _ENOUGH) / _ENOUGH,
        "runs.share": common / max(1, min(len(one.runs), len(other.runs))),
        "figures": float(bool(one.figures & other.figures)),
        "figures.not": float(bool(one.figures and other.figures) and not one.figures & other.figures),
        "negated": float(one.negated != other.negated),
        "short": float(min(one.size, other.size) < _SHORT),
    }
