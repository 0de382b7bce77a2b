"""What a system predicts: claims without ids, each field but the content optional.

A label that a system leaves open is `UNANSWERED`; it is never right. An `agency` of None is an answer: that there is
none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from onrecord.schema.constraints import REPORT_ID, require, require_id
from onrecord.schema.convert import fragments_from_json, fragments_to_json
from onrecord.schema.records import Claim, Fragments, Relay, Report, require_ordered

UNANSWERED: Final = ""
"""A label that the system leaves open."""

LABELS: Final = ("speaker", "agency", "topic", "stance", "kind")
"""The labels of a claim that are scored as attributes."""

RECORD_LABELS: Final = ("speaker", "agency", "topic", "stance")
"""The labels that must all be right for the score `record`."""

ROLES: Final = ("source", "cue", "via")
"""The spans of a claim beside its content: who is quoted, the words that attribute, and the relays."""

Alignment = Literal["offsets", "exact", "normalised", "fuzzy", "ungrounded"]
"""How a content came by its offsets: the system gave them; its words were found, in one of three ways; or not."""

ALIGNMENTS: Final[tuple[Alignment, ...]] = ("offsets", "exact", "normalised", "fuzzy", "ungrounded")


@dataclass(frozen=True, slots=True)
class PredictedRelay:
    """A relay as a system sees it: an agent's id, or a name; where the text mentions it, by offsets or by words."""

    agent: str
    fragments: Fragments = ()
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "fragments", require_ordered(self.fragments, f"predicted via {self.agent}"))


@dataclass(frozen=True, slots=True)
class PredictedClaim:
    """A claim as a system sees it.

    `content` has offsets in code points of the report's text. Where the system gave the words alone, these stand in
    `words`, and `content` is empty until they are found in the text (`onrecord.eval.align`); `alignment` says how they
    were, and is `ungrounded` for as long as they are not. `source_words` and `cue_words` are words that no offsets
    have been found for. `confidence` is a probability.
    """

    content: Fragments
    source: Fragments = ()
    cue: Fragments = ()
    via: tuple[Relay | PredictedRelay, ...] = ()
    speaker: str = UNANSWERED
    agency: str | None = UNANSWERED
    topic: str = UNANSWERED
    stance: str = UNANSWERED
    kind: str = UNANSWERED
    fact: str | None = None
    confidence: float | None = None
    words: tuple[str, ...] = ()
    source_words: tuple[str, ...] = ()
    cue_words: tuple[str, ...] = ()
    alignment: Alignment = "offsets"

    def __post_init__(self) -> None:
        for role in ("content", "source", "cue"):
            given = getattr(self, role)
            if type(given) is not tuple or len(given) > 1:
                object.__setattr__(self, role, require_ordered(given, f"predicted {role}"))
        require(bool(self.content or self.words), "predicted content", self.content, "give fragments, or words")
        if not self.content:
            object.__setattr__(self, "alignment", "ungrounded")
        grounded = self.alignment == "offsets"
        require(
            grounded != bool(self.words), "alignment", self.alignment, "let it be `offsets` where no words were given"
        )
        if self.confidence is not None:
            require(0.0 <= self.confidence <= 1.0, "confidence", self.confidence, "give a probability between 0 and 1")


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a system predicts for one report."""

    report: str
    claims: tuple[PredictedClaim, ...]

    def __post_init__(self) -> None:
        require_id(REPORT_ID, "predicted report", self.report)


def as_prediction(report: Report) -> Prediction:
    """Return the gold of `report` in the form of a prediction."""
    return Prediction(report.id, tuple(_as_predicted(claim) for claim in report.claims))


def _as_predicted(claim: Claim) -> PredictedClaim:
    spans = {role: getattr(claim, role) for role in ("content", "source", "cue", "via")}
    return PredictedClaim(**spans, **{name: getattr(claim, name) for name in LABELS}, fact=claim.fact)


def prediction_from_json(value: Mapping[str, Any]) -> Prediction:
    """Return the prediction that `value`, of the shape of the prediction schema, describes."""
    return Prediction(value["report"], tuple(_claim_from_json(claim) for claim in value["claims"]))


def _claim_from_json(value: Mapping[str, Any]) -> PredictedClaim:
    labels = {name: value.get(name) or UNANSWERED for name in LABELS}
    if "agency" in value:
        labels["agency"] = value["agency"]
    content, words = _said(value["content"])
    source, source_words = _said(value.get("source", ()))
    cue, cue_words = _said(value.get("cue", ()))
    return PredictedClaim(
        content=content,
        source=source,
        cue=cue,
        via=tuple(PredictedRelay(relay["agent"], *_said(relay.get("fragments", ()))) for relay in value.get("via", ())),
        **labels,
        fact=value.get("fact"),
        confidence=value.get("confidence"),
        words=words,
        source_words=source_words,
        cue_words=cue_words,
        alignment="ungrounded" if words else "offsets",
    )


def _said(said: Any) -> tuple[Fragments, tuple[str, ...]]:
    """Return the fragments of a span that was given with offsets, or the words of one that was given as text."""
    if isinstance(said, str):
        return (), (said,)
    if said and isinstance(said[0], str):
        return (), tuple(said)
    return fragments_from_json(said), ()


def prediction_to_json(prediction: Prediction, text: str | None = None) -> dict[str, Any]:
    """Return `prediction` as a JSON value of the prediction schema; what is unanswered is left out.

    Words stand in it where there are no offsets. Fragments carry their text where `text`, the report's, is given.
    """
    return {"report": prediction.report, "claims": [_claim_to_json(claim, text) for claim in prediction.claims]}


def _claim_to_json(claim: PredictedClaim, text: str | None) -> dict[str, Any]:
    def spans(fragments: Fragments, words: tuple[str, ...]) -> list[dict[str, Any]] | list[str]:
        if text is not None and fragments:
            return fragments_to_json(fragments, text)
        return [{"start": f.start, "end": f.end} for f in fragments] or list(words)

    value: dict[str, Any] = {"content": spans(claim.content, claim.words)}
    value |= {"source": said} if (said := spans(claim.source, claim.source_words)) else {}
    value |= {"cue": said} if (said := spans(claim.cue, claim.cue_words)) else {}
    if claim.via:
        value["via"] = [
            {"agent": relay.agent, "fragments": spans(relay.fragments, getattr(relay, "words", ()))}
            for relay in claim.via
        ]
    value |= {name: getattr(claim, name) for name in LABELS if getattr(claim, name) != UNANSWERED}
    value |= {name: getattr(claim, name) for name in ("fact", "confidence") if getattr(claim, name) is not None}
    return value
