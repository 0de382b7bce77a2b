"""Linking: which fact of a ledger a claim states, for systems that are given the ledger.

A claim goes to the fact that its content resembles most, in the words of the proposition and of the quotation
(`likeness`), with a bonus for each label that the two share. A claim that resembles no fact and shares neither speaker
nor topic with one is linked to none. The weights were fitted by conditional logit (`linear`) on claims that the
tagger predicts for dossiers of the train split that it had not seen, and rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from onrecord.baselines.likeness import Likeness
from onrecord.baselines.linear import Features, Ranker
from onrecord.schema.prediction import PredictedClaim
from onrecord.schema.records import Fact

_SHARED: Final = ("speaker", "topic", "kind", "stance", "agency")
RANKER: Final = Ranker(
    {"parts": 6.0, "words": 5.0, "speaker": 2.5, "topic": 1.2, "kind": 1.2, "agency": 1.1, "stance": 0.2}
)


def link(text: str, claims: Sequence[PredictedClaim], ledger: Sequence[Fact]) -> list[PredictedClaim]:
    """Return `claims` of `text`, in their order, each with the id of its fact in `ledger`, or None."""
    if not claims or not ledger:
        return [replace(claim, fact=None) for claim in claims]
    said = [" ".join(text[f.start : f.end] for f in claim.content) for claim in claims]
    near = Likeness([" ".join([fact.proposition, *fact.quote]) for fact in ledger]).of(said)
    linked = []
    for number, claim in enumerate(claims):
        options = [
            features(claim, fact, {space: float(values[number, at]) for space, values in near.items()})
            for at, fact in enumerate(ledger)
        ]
        best, _ = RANKER.choose(options)
        known = {"speaker", "topic"} & options[best].keys() or options[best]["words"] or options[best]["parts"]
        linked.append(replace(claim, fact=ledger[best].id if known else None))
    return linked


def features(claim: PredictedClaim, fact: Fact, near: Features) -> Features:
    """Describe `fact` as the one that `claim` states; `near` is how alike their words are, by space."""
    return near | {name: 1.0 for name in _SHARED if getattr(claim, name) == getattr(fact, name)}
