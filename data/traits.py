"""Traits: what makes a claim easy or hard, derived from record, text and codebook; nothing is annotated here.

| trait | holds for a claim |
|---|---|
| `relayed` | with via |
| `relayed-twice` | with two or more relays |
| `no-agency` | whose agency is null |
| `lost-agency` | whose agency is null though the ledger knows one |
| `unnamed-speaker` | whose speaker is unnamed or collective |
| `pronoun-source` | whose source is a pronoun, or names no part of its person's name: a title or a description |
| `bare` | without source or without cue |
| `discontinuous` | whose content has two or more fragments |
| `shared-cue` | whose cue is also that of another claim |
| `crossing` | none of whose sources and cues stands in a sentence of its content |
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final, Literal, get_args

from onrecord.data.sentences import sentences
from onrecord.schema.codebook import Agent, Codebook
from onrecord.schema.records import Claim, Fact, Fragments, Report

Trait = Literal[
    "relayed", "relayed-twice", "no-agency", "lost-agency", "unnamed-speaker", "pronoun-source", "bare",
    "discontinuous", "shared-cue", "crossing",
]  # fmt: skip
TRAITS: Final[tuple[Trait, ...]] = get_args(Trait)

_PRONOUN: Final = re.compile(r"(?:he|she|they|it|we|I|who|one|the (?:former|latter)|him|her|them)", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")


def traits(report: Report, codebook: Codebook, ledger: Mapping[str, Fact]) -> tuple[frozenset[Trait], ...]:
    """Return the traits of each claim of `report`, in order; `ledger` maps the ids of facts to facts."""
    agents = {agent.id: agent for agent in codebook.agents}
    cues = Counter(claim.cue for claim in report.claims if claim.cue)
    spans = sentences(report.text)
    found: list[frozenset[Trait]] = []
    for claim in report.claims:
        speaker = agents[claim.speaker]
        holds: dict[Trait, bool] = {
            "relayed": len(claim.via) > 0,
            "relayed-twice": len(claim.via) > 1,
            "no-agency": claim.agency is None,
            "lost-agency": claim.agency is None and ledger[claim.fact].agency is not None,
            "unnamed-speaker": speaker.identity != "named",
            "pronoun-source": is_nameless(claim.source, report.text, speaker),
            "bare": not (claim.source and claim.cue),
            "discontinuous": len(claim.content) > 1,
            "shared-cue": cues[claim.cue] > 1,
            "crossing": _crosses(claim, spans),
        }
        found.append(frozenset(trait for trait in TRAITS if holds[trait]))
    return tuple(found)


def is_nameless(source: Fragments, text: str, speaker: Agent | None) -> bool:
    """Whether a source is a pronoun, or mentions a person by no part of the name: by title or description."""
    mention = " ".join(text[f.start : f.end] for f in source)
    if _PRONOUN.fullmatch(mention):
        return True
    if not mention or speaker is None or speaker.type != "person":
        return False
    return not {word for word in _WORD.findall(speaker.name) if word[0].isupper()} & set(_WORD.findall(mention))


def _crosses(claim: Claim, spans: Fragments) -> bool:
    def touched(fragments: Fragments) -> set[int]:
        return {n for n, s in enumerate(spans) for f in fragments if f.start < s.end and s.start < f.end}

    attribution = touched((*claim.source, *claim.cue))
    return bool(attribution) and not attribution & touched(claim.content)
