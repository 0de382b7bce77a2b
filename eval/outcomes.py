"""Outcomes: what became of every claim, from a closed list; each gold and each predicted claim has exactly one.

A claim is *loose* if it is not matched and, of predicted claims, neither `ungrounded` nor a `duplicate`: a duplicate
is explained by the gold claim that it repeats, and explains no other. Two claims *touch* if they share characters.

| outcome | of gold | of predicted |
|---|---|---|
| `correct` | matched, every label right | the same |
| `wrong-speaker` … `wrong-kind` | matched; the first wrong label, in the order of `LABELS` | the same |
| `boundary` | touches one loose predicted claim, which touches no other loose gold claim | the same, mirrored |
| `split` | touches several loose predicted claims | touches one loose gold claim, which is split |
| `merged` | touches one loose predicted claim, which is merged | touches several loose gold claims |
| `duplicate` | – | not matched, and would match a gold claim that is matched already |
| `ungrounded` | – | has no offsets: the report does not contain its words |
| `missed` | loose, touches no loose predicted claim | – |
| `spurious` | – | loose, touches no loose gold claim |

The figures of `detection` follow: true positives are `correct` and the wrong labels together. One more outcome is not a
claim's: a line of a prediction file that is refused is `invalid`, and its claims are not read. The result counts such
lines (`onrecord.eval.results.Result.invalid`), and pages and tables show them.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal, get_args

from onrecord.eval.match import THRESHOLD
from onrecord.eval.pairing import Pairing
from onrecord.schema.prediction import LABELS

Outcome = Literal[
    "correct", "wrong-speaker", "wrong-agency", "wrong-topic", "wrong-stance", "wrong-kind",
    "boundary", "split", "merged", "missed", "spurious", "duplicate", "ungrounded",
]  # fmt: skip
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
_WRONG: Final[dict[str, Outcome]] = {name: f"wrong-{name}" for name in LABELS}  # type: ignore[misc]

Pair = tuple[int, int]


def outcomes(pairing: Pairing) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
    """Return the outcome of each gold claim of a report and of each predicted one, in their order."""
    gold: dict[int, Outcome] = {}
    predicted: dict[int, Outcome] = {}
    for g, p in pairing.pairs:
        gold[g] = predicted[p] = _label_outcome(pairing, g, p)
    for p, claim in enumerate(pairing.prediction.claims):
        if p not in predicted:
            if not claim.content:
                predicted[p] = "ungrounded"
            elif any(q == p and ratio >= THRESHOLD and g in gold for (g, q), ratio in pairing.overlap.items()):
                predicted[p] = "duplicate"
    _place_unmatched(pairing, gold, predicted)
    return (
        tuple(gold.get(g, "missed") for g in range(len(pairing.report.claims))),
        tuple(predicted.get(p, "spurious") for p in range(len(pairing.prediction.claims))),
    )


def _label_outcome(pairing: Pairing, g: int, p: int) -> Outcome:
    gold, predicted = pairing.report.claims[g], pairing.prediction.claims[p]
    wrong = next((name for name in LABELS if getattr(gold, name) != getattr(predicted, name)), None)
    return "correct" if wrong is None else _WRONG[wrong]


def _place_unmatched(pairing: Pairing, gold: dict[int, Outcome], predicted: dict[int, Outcome]) -> None:
    """Add the outcomes of loose claims that touch loose claims of the other side."""
    met = [(g, p) for g, p in pairing.overlap if g not in gold and p not in predicted]
    of_gold, of_predicted = Counter(g for g, _ in met), Counter(p for _, p in met)
    for g, p in met:
        if of_gold[g] > 1:
            gold[g] = "split"
            predicted[p] = "merged" if of_predicted[p] > 1 else "split"
        elif of_predicted[p] > 1:
            predicted[p] = "merged"
            gold.setdefault(g, "merged")
        else:
            gold[g] = predicted[p] = "boundary"
