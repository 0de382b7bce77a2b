"""The sheet of a system: all that the page of results shows of it, the claims and what is cut by slice packed away.

A page may hold many systems and many reports, and shows one system at a time; so what belongs to one system alone is
JSON, compressed (zlib) and in base64, and is unpacked when the system is chosen. Its shape:

* `slices`: cut → value → score → the score as in the result schema;
* `confusion`: `stance` → matrix, `topic` → dossier → matrix (`onrecord.eval.confusion`);
* `reports`: for each report, in order, [outcomes of the gold claims, predicted claims]; an outcome is an index into
  `OUTCOMES`, and a predicted claim is [outcome, index of the matched gold claim or -1, *claim*].

A *claim* is [content, source, cue, via, *labels* in the order of `LABELS`, then what only one side has]: gold ends with
form, fact and id, predicted with confidence and words. Spans are flat lists of offsets, start and end in turn, or the
words where there are no offsets; via is a list of [agent, span].
"""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from onrecord.eval.confusion import confusion
from onrecord.eval.curves import Curve, curves, has_confidences
from onrecord.eval.outcomes import OUTCOMES, Outcome, outcomes
from onrecord.eval.page import visible
from onrecord.eval.pairing import Pairing, pair
from onrecord.eval.results import Gold, Result, result_of
from onrecord.eval.scores import Score
from onrecord.eval.slices import slice_scores, slices_to_json
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import LABELS, PredictedClaim, Prediction
from onrecord.schema.records import Claim, Fragments
from onrecord.schema.vocabulary import STANCES

Slices = Mapping[str, Mapping[str, Mapping[str, Score]]]

_CODE: Final[dict[Outcome, int]] = {name: code for code, name in enumerate(OUTCOMES)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One system: its scores, what became of the claims, its curves where it gives confidences, its slices, the rest.

    `of_gold` and `of_predicted` count the outcomes of all gold and all predicted claims. `packed` is the JSON of the
    module's docstring, compressed, in base64.
    """

    name: str
    result: Result
    of_gold: Mapping[Outcome, int]
    of_predicted: Mapping[Outcome, int]
    curves: Mapping[str, Curve] | None
    slices: Slices
    packed: str


def sheet(
    name: str,
    *,
    gold: Gold,
    predicted: Sequence[Prediction],
    codebooks: Mapping[str, Codebook],
    cuts: Sequence[str],
    draws: int,
    seed: int,
) -> Sheet:
    """Return the sheet of the system called `name`; `predicted[i]` is for report i of the gold, `cuts` are slices."""
    pairings = pair(gold=gold.reports, predicted=predicted)
    became = [outcomes(pairing) for pairing in pairings]
    slices = {cut: slice_scores(pairings, cut, codebooks, draws=draws, seed=seed) for cut in cuts}
    aligned = [pairing.prediction for pairing in pairings]
    value = {
        "slices": slices_to_json(slices),
        "confusion": _confusion(pairings, codebooks),
        "reports": [_report(*both) for both in zip(pairings, became, strict=True)],
    }
    return Sheet(
        name=name,
        result=result_of(gold=gold, predicted=predicted, draws=draws, seed=seed),
        of_gold=Counter(outcome for of_gold, _ in became for outcome in of_gold),
        of_predicted=Counter(outcome for _, of_predicted in became for outcome in of_predicted),
        curves=curves(gold=gold.reports, predicted=aligned) if has_confidences(aligned) else None,
        slices=slices,
        packed=base64.b64encode(zlib.compress(orjson.dumps(visible(value)), 9)).decode(),
    )


def unpack(packed: str) -> dict[str, Any]:
    """Return what `Sheet.packed` holds."""
    value: dict[str, Any] = orjson.loads(zlib.decompress(base64.b64decode(packed)))
    return value


def _confusion(pairings: Sequence[Pairing], codebooks: Mapping[str, Codebook]) -> dict[str, Any]:
    by_dossier: dict[str, list[Pairing]] = {}
    for pairing in pairings:
        by_dossier.setdefault(pairing.report.dossier, []).append(pairing)
    topics = {
        dossier: confusion(some, "topic", [topic.id for topic in codebooks[dossier].topics]).to_dict()
        for dossier, some in sorted(by_dossier.items())
    }
    return {"stance": confusion(pairings, "stance", STANCES).to_dict(), "topic": topics}


def _report(pairing: Pairing, became: tuple[tuple[Outcome, ...], tuple[Outcome, ...]]) -> list[Any]:
    of_gold, of_predicted = became
    matched = {p: g for g, p in pairing.pairs}
    return [
        [_CODE[outcome] for outcome in of_gold],
        [
            [_CODE[outcome], matched.get(p, -1), *predicted_row(claim)]
            for p, (outcome, claim) in enumerate(zip(of_predicted, pairing.prediction.claims, strict=True))
        ],
    ]


def gold_row(claim: Claim) -> list[Any]:
    """Return a gold claim as a row for the page."""
    via = [[relay.agent, _flat(relay.fragments)] for relay in claim.via]
    spans = [_flat(claim.content), _flat(claim.source), _flat(claim.cue), via]
    return [*spans, *(getattr(claim, name) for name in LABELS), claim.form, claim.fact, claim.id]


def predicted_row(claim: PredictedClaim) -> list[Any]:
    """Return a predicted claim as a row for the page."""
    via = [[relay.agent, _span(relay.fragments, getattr(relay, "words", ()))] for relay in claim.via]
    source, cue = _span(claim.source, claim.source_words), _span(claim.cue, claim.cue_words)
    labels = [getattr(claim, name) for name in LABELS]
    return [_flat(claim.content), source, cue, via, *labels, claim.confidence, [*claim.words]]


def _span(fragments: Fragments, words: Sequence[str]) -> list[int] | list[str]:
    return _flat(fragments) if fragments else list(words)


def _flat(fragments: Fragments) -> list[int]:
    return [offset for fragment in fragments for offset in (fragment.start, fragment.end)]
