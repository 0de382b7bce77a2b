"""What a system predicts: claims without ids, each field but the content optional.

A label that a system leaves open is `UNANSWERED`; it is never right. An `agency` of None is an answer: that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from onrecord.schema.constraints import REPORT_ID, require, require_id
from onrecord.schema.convert import fragments_from_json, fragments_to_json
from onrecord.schema.records import Claim, Fragment, Fragments, Relay, Report, require_ordered

UNANSWERED: Final = ""
"""A label that the system leaves open."""

LABELS: Final = ("speaker", "agency", "topic", "stance", "kind")
"""The labels of a claim that are scored as attributes."""


@dataclass(frozen=True, slots=True)
class PredictedClaim:
    """A claim as a system sees it.

    `content` has offsets in code points of the report's text. It is empty where the system gave the words alone; these stand in `words`, and
    the claim cannot be matched until they are aligned. `confidence` is a probability.
    """

    content: Fragments
    source: Fragments = ()
    cue: Fragments = ()
    via: tuple[Relay, ...] = ()
    speaker: str = UNANSWERED
    agency: str | None = UNANSWERED
    topic: str = UNANSWERED
    stance: str = UNANSWERED
    kind: str = UNANSWERED
    fact: str | None = None
    confidence: float | None = None
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for role in ("content", "source", "cue"):
            object.__setattr__(self, role, require_ordered(getattr(self, role), f"predicted {role}"))
        require(bool(self.content) != bool(self.words), "predicted content", self.content, "give fragments, or words")
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
    words = _words(value["content"])
    labels = {name: value.get(name) or UNANSWERED for name in LABELS}
    if "agency" in value:
        labels["agency"] = value["agency"]
    return PredictedClaim(
        content=() if words else fragments_from_json(value["content"]),
        words=words,
        source=_spans(value.get("source", ())),
        cue=_spans(value.get("cue", ())),
        via=tuple(Relay(r["agent"], _spans(r["fragments"])) for r in value.get("via", ()) if _spans(r.get("fragments", ()))),
        **labels,
        fact=value.get("fact"),
        confidence=value.get("confidence"),
    )


def _words(said: Any) -> tuple[str, ...]:
    """Return the words of a span that was given as text, or nothing where it has offsets."""
    if isinstance(said, str):
        return (said,)
    return tuple(said) if said and isinstance(said[0], str) else ()


def _spans(said: Any) -> tuple[Fragment, ...]:
    return () if _words(said) else fragments_from_json(said)


def prediction_to_json(prediction: Prediction, text: str | None = None) -> dict[str, Any]:
    """Return `prediction` as a JSON value of the prediction schema; what is unanswered is left out.

    Fragments carry their text where `text`, the report's, is given.
    """
    return {"report": prediction.report, "claims": [_claim_to_json(claim, text) for claim in prediction.claims]}


def _claim_to_json(claim: PredictedClaim, text: str | None) -> dict[str, Any]:
    def spans(fragments: Fragments) -> list[dict[str, Any]]:
        if text is not None:
            return fragments_to_json(fragments, text)
        return [{"start": f.start, "end": f.end} for f in fragments]

    value: dict[str, Any] = {"content": list(claim.words) or spans(claim.content)}
    value |= {role: spans(getattr(claim, role)) for role in ("source", "cue") if getattr(claim, role)}
    if claim.via:
        value["via"] = [{"agent": relay.agent, "fragments": spans(relay.fragments)} for relay in claim.via]
    value |= {name: getattr(claim, name) for name in LABELS if getattr(claim, name) != UNANSWERED}
    value |= {name: getattr(claim, name) for name in ("fact", "confidence") if getattr(claim, name) is not None}
    return value
