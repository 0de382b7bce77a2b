"""Agreement: a second annotation against the gold, by our own scorer and by chance-corrected coefficients.

The second annotation is scored like a system on the reports it covers; its `record` F1 is the ceiling. How far two
annotators agreed is what they said before their differences were settled: so `record` is also scored against the gold
as it was then (`onrecord.data.adjudication`), and that figure is the headline. How much of the agreement on each label
is more than chance say the coefficients of `onrecord.eval.classes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onrecord.data.adjudication import unadjudicated
from onrecord.eval.pairing import Pairing, pair
from onrecord.eval.results import Gold, result_of
from onrecord.eval.slices import slice_counts
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import Prediction
from onrecord.schema.vocabulary import TAGS


def agree(
    *,
    gold: Gold,
    second: Mapping[str, Prediction],
    codebooks: Mapping[str, Codebook],
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """Return the agreement of `second` (by report id) with the gold on the reports that it covers, as a JSON object."""
    covered = Gold(gold.split, tuple(r for r in gold.reports if r.id in second), gold.digest)
    predicted = [second[report.id] for report in covered.reports]
    result = result_of(gold=covered, predicted=predicted, draws=draws, seed=seed)
    pairings = pair(gold=covered.reports, predicted=predicted)
    then = Gold(gold.split, unadjudicated(covered.reports), gold.digest)
    before = result_of(gold=then, predicted=predicted, draws=draws, seed=seed).scores["record"]
    return {
        **result.to_dict(),
        "before_adjudication": {
            "record": before.to_dict(),
            "record_f1_by_dossier": _by(pair(gold=then.reports, predicted=predicted), "dossier", codebooks),
        },
        "reports": {"covered": len(covered.reports), "of": len(gold.reports)},
        "record_f1_by_dossier": _by(pairings, "dossier", codebooks),
        "record_recall_by_tag": {
            tag: recall for tag in TAGS if (recall := _recall(pairings, tag, codebooks)) is not None
        },
    }


def _by(pairings: Sequence[Pairing], cut: str, codebooks: Mapping[str, Codebook]) -> dict[str, float]:
    tables = slice_counts(pairings, cut, codebooks)
    sums = {
        value: [int(x.sum()) for x in (c["record"].tp, c["record"].predicted, c["record"].gold)]
        for value, c in tables.items()
    }
    return {value: 2 * tp / (predicted + gold) for value, (tp, predicted, gold) in sums.items()}


def _recall(pairings: Sequence[Pairing], tag: str, codebooks: Mapping[str, Codebook]) -> dict[str, float | int] | None:
    counts = slice_counts(pairings, tag, codebooks).get("tagged")
    if counts is None:
        return None
    tp, gold = int(counts["record"].tp.sum()), int(counts["record"].gold.sum())
    return {"recall": tp / gold, "gold": gold}
