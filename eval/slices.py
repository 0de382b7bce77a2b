"""Slices: the same scores on a part of the claims, cut after the matching, so that slices sum to the whole.

A gold claim, and the predicted claim that is matched with it, belong to the slice of the gold claim. A predicted claim
without a match belongs to the slice that its own content and labels put it in; where these do not say (a tag), to
`unmatched`.

| cut | value of a claim |
|---|---|
| `dossier`, `register` | of its report |
| `form`, `kind`, `stance`, `topic`, `speaker`, `agency` | of the claim |
| `via` | `with` or `without` a relay |
| `identity` | of the speaker: `named`, `unnamed`, `collective` |
| `source` | `pronoun` (or a title or description that names no part of a person's name), `name`, `none` |
| `crowd` | how many claims begin in the sentence in which it begins: `1`, `2`, `3+` |
| a tag, such as `document-source` | `tagged` or `untagged` |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from onrecord.data.sentences import sentences
from onrecord.data.traits import is_nameless
from onrecord.eval.count import Counts
from onrecord.eval.pairing import Pairing
from onrecord.eval.scores import Score, scores_of
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import RECORD_LABELS, UNANSWERED, PredictedClaim
from onrecord.schema.quotation import form, quotations
from onrecord.schema.records import Claim, Fragments
from onrecord.schema.vocabulary import TAGS

AnyClaim = Claim | PredictedClaim
Value = Callable[[AnyClaim, Pairing, Codebook], str]

UNMATCHED: Final = "unmatched"
NONE: Final = "none"


def _label(name: str) -> Value:
    def value(claim: AnyClaim, pairing: Pairing, codebook: Codebook) -> str:  # noqa: ARG001 - one interface for all cuts
        label = getattr(claim, name)
        return NONE if label is None else "unanswered" if label == UNANSWERED else str(label)

    return value


def _form(claim: AnyClaim, pairing: Pairing, codebook: Codebook) -> str:  # noqa: ARG001
    if isinstance(claim, Claim):
        return claim.form
    text = pairing.report.text
    return form(text, claim.content, quotations(text)) if claim.content else UNMATCHED


def _identity(claim: AnyClaim, pairing: Pairing, codebook: Codebook) -> str:  # noqa: ARG001
    return next((agent.identity for agent in codebook.agents if agent.id == claim.speaker), "unanswered")


def _source(claim: AnyClaim, pairing: Pairing, codebook: Codebook) -> str:
    if not claim.source:
        return NONE
    speaker = next((agent for agent in codebook.agents if agent.id == claim.speaker), None)
    return "pronoun" if is_nameless(claim.source, pairing.report.text, speaker) else "name"


def _crowd(claim: AnyClaim, pairing: Pairing, codebook: Codebook) -> str:  # noqa: ARG001
    if not claim.content:
        return UNMATCHED
    claims: Sequence[AnyClaim] = pairing.report.claims if isinstance(claim, Claim) else pairing.prediction.claims
    spans = sentences(pairing.report.text)

    def home(content: Fragments) -> int:
        return next((n for n, s in enumerate(spans) if content[0].start < s.end), len(spans))

    size = sum(home(c.content) == home(claim.content) for c in claims if c.content)
    return str(size) if size < 3 else "3+"


def _tag(name: str) -> Value:
    def value(claim: AnyClaim, pairing: Pairing, codebook: Codebook) -> str:  # noqa: ARG001
        if isinstance(claim, PredictedClaim):
            return UNMATCHED
        return "tagged" if name in (*claim.tags, *pairing.report.tags) else "untagged"

    return value


CUTS: Final[dict[str, Value]] = {
    "dossier": lambda claim, pairing, codebook: pairing.report.dossier,  # noqa: ARG005
    "register": lambda claim, pairing, codebook: pairing.report.register,  # noqa: ARG005
    "form": _form,
    "via": lambda claim, pairing, codebook: "with" if claim.via else "without",  # noqa: ARG005
    "identity": _identity,
    "source": _source,
    "crowd": _crowd,
    **{name: _label(name) for name in ("kind", "stance", "topic", "speaker", "agency")},
    **{name: _tag(name) for name in TAGS},
}
"""What a score can be cut by."""


def require_cut(by: str) -> None:
    """Raise `OnRecordError`, naming the cuts that there are, for an unknown one."""
    if by not in CUTS:
        raise OnRecordError(f"there is no cut {by!r} (there are: {', '.join(CUTS)})", exit_code=2)


def slice_counts(
    pairings: Sequence[Pairing], by: str, codebooks: Mapping[str, Codebook]
) -> dict[str, dict[str, Counts]]:
    """Return, for each value of the cut `by`, the counts of `record` and `detection` per report, in order of value.

    Raises `OnRecordError`, naming the cuts that there are, for an unknown one.
    """
    require_cut(by)
    tables: dict[str, dict[str, Counts]] = {}

    def add(value: str, name: str, what: str, report: int) -> None:
        if value not in tables:
            tables[value] = {s: Counts(*np.zeros((3, len(pairings)), dtype=np.int64)) for s in ("record", "detection")}
        getattr(tables[value][name], what)[report] += 1

    for number, pairing in enumerate(pairings):
        codebook = codebooks[pairing.report.dossier]
        gold = [CUTS[by](claim, pairing, codebook) for claim in pairing.report.claims]
        matched = {p: g for g, p in pairing.pairs}
        for value in gold:
            add(value, "record", "gold", number)
            add(value, "detection", "gold", number)
        for p, claim in enumerate(pairing.prediction.claims):
            value = gold[matched[p]] if p in matched else CUTS[by](claim, pairing, codebook)
            add(value, "record", "predicted", number)
            add(value, "detection", "predicted", number)
        for g, p in pairing.pairs:
            add(gold[g], "detection", "tp", number)
            one, other = pairing.report.claims[g], pairing.prediction.claims[p]
            if all(getattr(one, name) == getattr(other, name) for name in RECORD_LABELS):
                add(gold[g], "record", "tp", number)
    return dict(sorted(tables.items()))


def slice_scores(
    pairings: Sequence[Pairing], by: str, codebooks: Mapping[str, Codebook], *, draws: int, seed: int
) -> dict[str, dict[str, Score]]:
    """Return `record` and `detection`, with intervals, of each value of the cut `by`; raise as `slice_counts` does.

    The reports of a slice are those in which it has a claim, gold or predicted.
    """
    dossiers = np.array([pairing.report.dossier for pairing in pairings])
    scores: dict[str, dict[str, Score]] = {}
    for value, counts in slice_counts(pairings, by, codebooks).items():
        detection = counts["detection"]
        touched = np.flatnonzero(detection.gold + detection.predicted)
        part = {name: Counts(c.tp[touched], c.predicted[touched], c.gold[touched]) for name, c in counts.items()}
        scores[value] = scores_of(part, dossiers[touched].tolist(), draws=draws, seed=seed)
    return scores


def slices_to_json(slices: Mapping[str, Mapping[str, Mapping[str, Score]]]) -> dict[str, Any]:
    """Return the scores of cuts, by value and name, as a JSON object."""
    return {
        cut: {value: {name: one.to_dict() for name, one in scores.items()} for value, scores in values.items()}
        for cut, values in slices.items()
    }
