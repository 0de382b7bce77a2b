"""Confusion: which label was given for which, on matched pairs; rows are gold, columns are predicted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from onrecord.eval.pairing import Pairing
from onrecord.schema.prediction import UNANSWERED


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of matched pairs: `counts[i][j]` have gold label `rows[i]` and predicted label `columns[j]`.

    The columns begin with the rows, labels of the system's own follow, and `UNANSWERED` is the last.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the matrix as a JSON object."""
        return asdict(self)


def confusion(pairings: Iterable[Pairing], label: str, rows: Sequence[str]) -> Confusion:
    """Return the confusion of `label`, whose gold values are `rows`, on the matched pairs of some reports."""
    met = Counter(
        (getattr(pairing.report.claims[g], label), getattr(pairing.prediction.claims[p], label))
        for pairing in pairings
        for g, p in pairing.pairs
    )
    own = sorted({given for _, given in met} - {*rows, UNANSWERED})
    columns = (*rows, *own, UNANSWERED)
    return Confusion(tuple(rows), columns, tuple(tuple(met[row, column] for column in columns) for row in rows))
