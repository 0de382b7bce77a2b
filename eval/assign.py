"""The assignment of a component: which admissible pairs to take when claims compete for each other.

The objective is an order, not a sum: the most pairs, then the largest total overlap, then the most right labels, then
the earliest. Python's integers have no upper limit, so one weight per pair holds all of them exactly, and the
maximum-weight assignment (Kuhn 1955, in the shortest augmenting path form of Jonker and Volgenant 1987) is the answer,
with no floating point and no tie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

Pair = tuple[int, int]
"""The ranks of a gold and of a predicted claim."""


def assign(overlap: Mapping[Pair, Fraction | int], right: Mapping[Pair, tuple[bool, ...]] | None = None) -> list[Pair]:
    """Return the best one-to-one pairs (gold, predicted), in order.

    `overlap` maps every admissible pair to its overlap, over 0; `right` maps it to which labels are right, the most
    important first. Among assignments with as many pairs and as much overlap, the one with more pairs whose first label
    is right is taken, then the second, and so on; among these the lowest gold gets the lowest predicted.
    """
    gold = sorted({g for g, _ in overlap})
    predicted = sorted({p for _, p in overlap})
    weights = _weights(overlap, right or {}, gold, predicted)
    chosen = _maximum([[weights.get((g, p), 0) for p in predicted] for g in gold])
    return [(gold[i], predicted[j]) for i, j in chosen if (gold[i], predicted[j]) in overlap]


def _weights(
    overlap: Mapping[Pair, Fraction | int],
    right: Mapping[Pair, tuple[bool, ...]],
    gold: Sequence[int],
    predicted: Sequence[int],
) -> dict[Pair, int]:
    """Return one integer for each pair, in which each aim outweighs the sum of all that come after it."""
    base = len(predicted) + 1
    place = {g: base ** (len(gold) - 1 - i) for i, g in enumerate(gold)}
    early = {p: len(predicted) - j for j, p in enumerate(predicted)}
    most = min(len(gold), len(predicted)) + 1
    unit = lcm(*(share.denominator for share in overlap.values()))
    scaled = {pair: int(share * unit) for pair, share in overlap.items()}
    another_pair = sum(scaled.values()) + 1
    weights: dict[Pair, int] = {}
    for (g, p), share in scaled.items():
        weight = another_pair + share
        for label in right.get((g, p), ()):
            weight = weight * most + label
        weights[g, p] = weight * base ** len(gold) + early[p] * place[g]
    return weights


def _maximum(weight: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the pairs (row, column) of a maximum-weight assignment of a matrix; weights are 0 or more."""
    transposed = len(weight) > len(weight[0])
    rows = list(zip(*weight, strict=True)) if transposed else weight
    n, m = len(rows), len(rows[0])
    infinity = 1 + 2 * sum(max(row) for row in rows)
    row_price, column_price = [0] * (n + 1), [0] * (m + 1)
    matched = [0] * (m + 1)  # the row (from 1) that holds each column (from 1); column 0 holds the row being placed
    for row in range(1, n + 1):
        matched[0] = row
        column, cheapest, before, seen = 0, [infinity] * (m + 1), [0] * (m + 1), [False] * (m + 1)
        while matched[column] != 0:
            seen[column] = True
            i, step, nearest = matched[column], infinity, 0
            for j in range(1, m + 1):
                if not seen[j]:
                    cost = -rows[i - 1][j - 1] - row_price[i] - column_price[j]
                    if cost < cheapest[j]:
                        cheapest[j], before[j] = cost, column
                    if cheapest[j] < step:
                        step, nearest = cheapest[j], j
            for j in range(m + 1):
                if seen[j]:
                    row_price[matched[j]] += step
                    column_price[j] -= step
                else:
                    cheapest[j] -= step
            column = nearest
        while column:
            matched[column], column = matched[before[column]], before[column]
    pairs = ((matched[j] - 1, j - 1) for j in range(1, m + 1) if matched[j])
    return sorted((j, i) if transposed else (i, j) for i, j in pairs)
