"""Tally: counts, classes and mentions of a split, added chunk by chunk; the chunking leaves no trace.

What is kept of a chunk is integers: three for each score and report, and which claims matched and what facts they are
said to state. Its texts and claims can be let go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from onrecord.eval.classes import Cells, Confusion, confusions, decoded
from onrecord.eval.clusters import Mentions, mentions, together
from onrecord.eval.columns import Claims, coding
from onrecord.eval.count import Counts, concatenate, count
from onrecord.eval.match import match
from onrecord.schema.prediction import LABELS, Alignment

CHUNK: Final = 2048
"""Reports matched at once: the working set stays in the processor's cache."""


class Tally:
    """What the reports added so far come to; `codes` are those that their columns must have.

    `alignment` is for whoever adds reports to count in how the claims were grounded. With `ledger`, the fact ids are
    those of the ledger.
    """

    def __init__(self, *, ledger: bool) -> None:
        self.codes = coding()
        self.ledger = ledger
        self.alignment: Counter[Alignment] = Counter()
        self._counts: list[dict[str, Counts]] = []
        self._firm: dict[int, dict[str, Counts]] = {}
        self._mentions: list[Mentions] = []
        self._sizes: list[int] = []
        self._cells = {name: Cells() for name in LABELS}

    def add(self, *, gold: Claims, predicted: Claims, texts: Sequence[str], firm: Claims | None = None) -> None:
        """Match and count a chunk; `firm` are the predicted claims with fuzzy ones ungrounded, where there are any."""
        if firm is not None:
            without = match(gold=gold, predicted=firm, texts=texts)
            self._firm[len(self._counts)] = count(gold=gold, predicted=firm, matching=without, ledger=self.ledger)
        matching = match(gold=gold, predicted=predicted, texts=texts)
        self._counts.append(count(gold=gold, predicted=predicted, matching=matching, ledger=self.ledger))
        self._mentions.append(mentions(gold=gold, predicted=predicted, matching=matching))
        self._sizes.append(gold.n_reports)
        for name, some in confusions(gold=gold, predicted=predicted, matching=matching).items():
            self._cells[name] += some

    def counts(self) -> dict[str, Counts]:
        """Return the counts of each score per report."""
        return concatenate(self._counts)

    def firm(self) -> dict[str, Counts] | None:
        """Return the counts without fuzzy credit, or None where no claim rests on it."""
        return concatenate(self._firm.get(n, some) for n, some in enumerate(self._counts)) if self._firm else None

    def mentions(self) -> Mentions:
        """Return the mentions of all reports."""
        return together(self._mentions, self._sizes)

    def classes(self) -> dict[str, Confusion]:
        """Return the confusion of each label."""
        return decoded(self._cells, self.codes)
