"""The categories of MUC-5 and of SemEval-2013 task 9.1: correct, incorrect, partial, missing, spurious.

Chinchor and Sundheim, MUC-5 Evaluation Metrics (1993); Segura-Bedmar, Martínez and Herrero-Zazo, SemEval-2013 Task 9
(2013). Of flat spans with a type, each gold span meets at most one predicted span and the other way round: first those
with the same borders, of these first those of the same type; then the largest overlap, then the earliest. A pair is
*correct* in

* `strict`: where borders and type are the same; else incorrect,
* `exact`: where borders are; else incorrect,
* `partial`: where borders are; else partial, which counts one half,
* `type`: where the type is; else incorrect.

Possible are all gold spans, actual all predicted ones. The definitions leave open what meets what when spans nest; this
is one way that does not depend on the order of a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

MODES: Final = ("strict", "exact", "partial", "type")


class Span(NamedTuple):
    """A flat span, half-open; empty where it is nowhere in the text."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Pairs by whether borders and type are the same, and the spans of both sides."""

    both: int
    borders: int
    type: int
    neither: int
    possible: int
    actual: int

    def right(self, mode: str) -> float:
        """Return the sum of correct pairs, and of half of the partial ones."""
        return {
            "strict": self.both,
            "exact": self.both + self.borders,
            "partial": self.both + self.borders + 0.5 * (self.type + self.neither),
            "type": self.both + self.type,
        }[mode]


def tally(documents: Iterable[tuple[Sequence[Span], Sequence[Span]]]) -> Tally:
    """Return the tally of documents, each gold and predicted spans."""
    both = borders = of_type = neither = possible = actual = 0
    for gold, predicted in documents:
        possible += len(gold)
        actual += len(predicted)
        for g, p in _met(gold, predicted):
            if (g.start, g.end) == (p.start, p.end):
                both, borders = (both + 1, borders) if g.type == p.type else (both, borders + 1)
            else:
                of_type, neither = (of_type + 1, neither) if g.type == p.type else (of_type, neither + 1)
    return Tally(both, borders, of_type, neither, possible, actual)


def _met(gold: Sequence[Span], predicted: Sequence[Span]) -> list[tuple[Span, Span]]:
    candidates = []
    for i, g in enumerate(gold):
        for j, p in enumerate(predicted):
            overlap = min(g.end, p.end) - max(g.start, p.start)
            if overlap > 0:
                candidates.append(
                    ((g[:2] != p[:2], g.type != p.type if g[:2] == p[:2] else False, -overlap, g, p), i, j)
                )
    taken: tuple[set[int], set[int]] = (set(), set())
    met = []
    for _, i, j in sorted(candidates):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            met.append((gold[i], predicted[j]))
    return met
