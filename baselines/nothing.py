"""`nothing`: predicts no claim. The floor of every leaderboard.

It shows what a score says about a system that says nothing: recall is 0, precision is undefined (never 0 and never 1),
F1 is 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import PredictedClaim


class Nothing:
    """A system that finds no claim in any text."""

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:  # noqa: ARG002 - the interface of a system
        """Return no claim."""
        return ()
