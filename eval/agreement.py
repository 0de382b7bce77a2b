"""Agreement: a second annotation against the gold, by our own scorer and by chance-corrected coefficients.

The second annotation is scored like a system on the reports it covers; its `record` F1 is the ceiling. On the matched
pairs, Krippendorff's alpha (Content Analysis, 2004, chapter 11; nominal) and Cohen's kappa (Educational and
Psychological Measurement 20, 1960) say how much of the agreement on each label is more than chance. A coefficient is
None where one label only was used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onrecord.eval.pairing import Pairing, pair
from onrecord.eval.results import Gold, result_of
from onrecord.eval.slices import slice_counts
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import LABELS, Prediction
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
    return {
        **result.to_dict(),
        "reports": {"covered": len(covered.reports), "of": len(gold.reports)},
        "labels": {name: _coefficients(pairings, name) for name in LABELS},
        "record_f1_by_dossier": _by(pairings, "dossier", codebooks),
        "record_recall_by_tag": {
            tag: recall for tag in TAGS if (recall := _recall(pairings, tag, codebooks)) is not None
        },
    }


def _coefficients(pairings: Sequence[Pairing], name: str) -> dict[str, float | int | None]:
    import krippendorff
    import numpy as np
    from sklearn.metrics import cohen_kappa_score

    first, second = (
        [str(getattr(claims[index], name)) for pairing in pairings for claims, index in _matched(pairing, side)]
        for side in (0, 1)
    )
    values = sorted({*first, *second})
    if len(values) < 2:
        return {"pairs": len(first), "alpha": None, "kappa": None}
    coded = np.array([[values.index(value) for value in column] for column in (first, second)], dtype=float)
    alpha = float(krippendorff.alpha(coded, level_of_measurement="nominal"))
    return {"pairs": len(first), "alpha": alpha, "kappa": float(cohen_kappa_score(first, second))}


def _matched(pairing: Pairing, side: int) -> list[tuple[Sequence[Any], int]]:
    claims: Sequence[Any] = (pairing.report.claims, pairing.prediction.claims)[side]
    return [(claims, indices[side]) for indices in pairing.pairs]


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
