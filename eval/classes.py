"""Classes: each value of a label by itself, end to end, and how much of the agreement on a label is more than chance.

*End to end*, a class has as true positives the matched pairs on which both sides have it, as predicted and gold all
claims with it, matched or not: what scikit-learn's `classification_report` says of all claims when those without a
partner are given a class of their own that is not reported. A spurious claim is charged to its predicted class alone, a
missed one to its gold class. A topic is a class wherever its id occurs; a label that is left open is none.

*On matched pairs*, Krippendorff's alpha (Content Analysis, 2004, chapter 11; nominal, two coders) and Cohen's kappa
(Educational and Psychological Measurement 20, 1960) correct the accuracy for chance, an open label being a value of its
own. Both are None where there is no pair, or where one value only was used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from onrecord.eval.columns import Claims, Codes, Ints
from onrecord.eval.match import Matching
from onrecord.eval.scores import Figures, macro, ratios
from onrecord.schema.prediction import LABELS, UNANSWERED

CLASSED: Final = ("topic", "stance", "kind")
"""The labels that are scored class by class."""

_ABSENT: Final = -2
_REASON: Final = "no pair matched, or one value only was used"

Cells = Counter[tuple[int, int]]
"""How many claims have which codes, gold and predicted; `_ABSENT` where a claim has no partner."""


def confusions(*, gold: Claims, predicted: Claims, matching: Matching) -> dict[str, Cells]:
    """Return the cells of each label; those of several runs of reports add, where their codes are the same."""
    missed, spurious = np.ones(len(gold), dtype=bool), np.ones(len(predicted), dtype=bool)
    missed[matching.gold] = False
    spurious[matching.predicted] = False
    g, p = gold.labels[missed], predicted.labels[spurious]
    one = np.concatenate([gold.labels.take(matching.gold, axis=0), g, np.full_like(p, _ABSENT)])
    other = np.concatenate([predicted.labels.take(matching.predicted, axis=0), np.full_like(g, _ABSENT), p])
    return {name: _counted(*codes) for name, *codes in zip(LABELS, one.T, other.T, strict=True)}


def _counted(one: Ints, other: Ints) -> Cells:
    width = int(other.max(initial=0)) - _ABSENT + 1
    keys, times = np.unique((one - _ABSENT) * width + other - _ABSENT, return_counts=True)
    pairs = ((key // width + _ABSENT, key % width + _ABSENT) for key in keys.tolist())
    return Counter(dict(zip(pairs, times.tolist(), strict=True)))


@dataclass(frozen=True, slots=True)
class Confusion:
    """One label: how often which values met on `matched` pairs (gold, predicted), were `missed`, were `spurious`."""

    matched: Mapping[tuple[str, str], int]
    missed: Mapping[str, int]
    spurious: Mapping[str, int]

    def classes(self) -> dict[str, tuple[int, int, int]]:
        """Return true positives, predicted and gold of every class, in order of its name."""
        tp, predicted, gold = Counter[str](), Counter(self.spurious), Counter(self.missed)
        for (one, other), times in self.matched.items():
            gold[one] += times
            predicted[other] += times
            tp[one] += times * (one == other)
        names = sorted({*predicted, *gold} - {UNANSWERED})
        return {name: (tp[name], predicted[name], gold[name]) for name in names}

    def kappa(self) -> float | None:
        """Return Cohen's kappa on matched pairs."""
        one, other, agreed, n = self._margins()
        chance = sum(one[value] * other[value] for value in one)
        return (agreed * n - chance) / (n * n - chance) if n * n != chance else None

    def alpha(self) -> float | None:
        """Return Krippendorff's alpha on matched pairs."""
        one, other, agreed, n = self._margins()
        used = [count for count in (one + other).values() if count]
        alike = sum(count * (count - 1) for count in used)
        expected = 2 * n * (2 * n - 1) - alike  # pairs of different values among all 2 n values
        return 1 - (n - agreed) * 2 * (2 * n - 1) / expected if expected else None

    def _margins(self) -> tuple[Counter[str], Counter[str], int, int]:
        one, other = Counter[str](), Counter[str]()
        for (a, b), times in self.matched.items():
            one[a] += times
            other[b] += times
        agreed = sum(times for (a, b), times in self.matched.items() if a == b)
        return one, other, agreed, one.total()

    def to_dict(self, *, classed: bool) -> dict[str, Any]:
        """Return the coefficients, and with `classed` the classes, in the shape of the result schema."""
        value: dict[str, Any] = {
            "pairs": sum(self.matched.values()),
            "alpha": self.alpha(),
            "kappa": self.kappa(),
        }
        if classed:
            found = self.classes()
            value["classes"] = {
                name: {**ratios(*counts), **dict(zip(("tp", "predicted", "gold"), counts, strict=True))}
                for name, counts in found.items()
            }
            value["macro_by_class"] = {**self.macro(), "classes": len(found)}
        if value["alpha"] is None or value["kappa"] is None:
            value["undefined"] = {name: _REASON for name in ("alpha", "kappa") if value[name] is None}
        return value

    def macro(self) -> Figures:
        """Return the unweighted mean of the classes' figures; None where one of them is undefined."""
        return macro(list(self.classes().values()))


def decoded(cells: Mapping[str, Cells], codes: Codes) -> dict[str, Confusion]:
    """Return each label's cells with values for codes; the null agency is `None`, which no id is."""
    names = {code: str(value) for value, code in codes.items()}
    return {name: _decoded(some, names) for name, some in cells.items()}


def _decoded(cells: Cells, names: Mapping[int, str]) -> Confusion:
    return Confusion(
        {(names[a], names[b]): n for (a, b), n in cells.items() if _ABSENT not in (a, b)},
        {names[a]: n for (a, b), n in cells.items() if b == _ABSENT},
        {names[b]: n for (a, b), n in cells.items() if a == _ABSENT},
    )
