"""Between JSON values, in the shape that the schemas describe, and records.

`*_from_json` expects a value that `onrecord.schema.structure` accepts; what only the record types can refuse raises
`ValueError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.records import Anchor, Claim, Fact, Fragment, Fragments, Relation, Relay, Report

Json = Mapping[str, Any]

_CODEBOOK_LABELS = ("dossier", "title", "description", "split", "invented")
_CLAIM_LABELS = ("id", "report", "dossier", "fact", "speaker", "agency", "topic", "stance", "kind", "form")


def fragments_from_json(values: Iterable[Json]) -> Fragments:
    """Return fragments; their text, which the offsets imply, is left out."""
    return tuple(Fragment(value["start"], value["end"]) for value in values)


def _spans_from_json(value: Json) -> dict[str, Any]:
    relays = tuple(Relay(relay["agent"], fragments_from_json(relay["fragments"])) for relay in value["via"])
    return {**{role: fragments_from_json(value[role]) for role in ("content", "source", "cue")}, "via": relays}


def claim_from_json(value: Json) -> Claim:
    """Return the claim that `value` describes."""
    return Claim(
        **{name: value[name] for name in _CLAIM_LABELS},
        **_spans_from_json(value),
        tags=tuple(value["tags"]),
    )


def report_from_json(value: Json) -> Report:
    """Return the report that `value` describes, with its claims."""
    return Report(
        **{name: value[name] for name in ("id", "dossier", "register", "date", "text")},
        tags=tuple(value["tags"]),
        claims=tuple(claim_from_json(claim) for claim in value["claims"]),
    )


def fact_from_json(value: Json) -> Fact:
    """Return the fact that `value` describes."""
    labels = ("id", "dossier", "proposition", "speaker", "agency", "topic", "stance", "kind", "said_on")
    anchor = value["anchor"]
    return Fact(
        **{name: value[name] for name in labels},
        quote=tuple(value["quote"]),
        relations=tuple(Relation(relation["type"], relation["fact"]) for relation in value["relations"]),
        anchor=None if anchor is None else _anchor_from_json(anchor),
    )


def _anchor_from_json(value: Json) -> Anchor:
    return Anchor(
        **{name: value[name] for name in ("article", "paragraph", "digest")},
        **_spans_from_json(value),
    )


def codebook_from_json(value: Json) -> Codebook:
    """Return the codebook that `value` describes."""
    agents = tuple(Agent(**{**agent, "aliases": tuple(agent["aliases"])}) for agent in value["agents"])
    topics = tuple(Topic(**topic) for topic in value["topics"])
    return Codebook(**{name: value[name] for name in _CODEBOOK_LABELS}, agents=agents, topics=topics)


def codebook_to_json(codebook: Codebook) -> dict[str, Any]:
    """Return `codebook` as a JSON value in the published shape."""
    value: dict[str, Any] = {name: getattr(codebook, name) for name in _CODEBOOK_LABELS}
    agents = [{**asdict(agent), "aliases": list(agent.aliases)} for agent in codebook.agents]
    return {**value, "agents": agents, "topics": [asdict(topic) for topic in codebook.topics]}


def fragments_to_json(fragments: Fragments, text: str) -> list[dict[str, Any]]:
    """Return fragments as JSON values that carry their text."""
    return [{"start": f.start, "end": f.end, "text": text[f.start : f.end]} for f in fragments]


def relays_to_json(relays: Iterable[Relay], text: str) -> list[dict[str, Any]]:
    """Return relays as JSON values whose fragments carry their text."""
    return [{"agent": relay.agent, "fragments": fragments_to_json(relay.fragments, text)} for relay in relays]


def claim_to_json(claim: Claim, text: str) -> dict[str, Any]:
    """Return `claim`, a claim of the report with this `text`, as a JSON value in the published shape."""
    value: dict[str, Any] = {name: getattr(claim, name) for name in ("id", "report", "dossier", "fact")}
    value |= {role: fragments_to_json(getattr(claim, role), text) for role in ("content", "source", "cue")}
    value["via"] = relays_to_json(claim.via, text)
    value |= {name: getattr(claim, name) for name in ("speaker", "agency", "topic", "stance", "kind", "form")}
    return {**value, "tags": list(claim.tags)}


def report_to_json(report: Report) -> dict[str, Any]:
    """Return `report` as a JSON value in the published shape."""
    value: dict[str, Any] = {name: getattr(report, name) for name in ("id", "dossier", "register", "date")}
    claims = [claim_to_json(claim, report.text) for claim in report.claims]
    return {**value, "tags": list(report.tags), "text": report.text, "claims": claims}
