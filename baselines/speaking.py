"""Who speaks: the agents of a codebook as candidates for the speaker of a claim, and for its agency.

Every candidate is described by what its names have in common with the source, by what kind of word the source is, by
how lately it was heard or mentioned, and by whether the rules of `cues` choose it. Nothing in a feature names an agent,
so what is learnt holds for any codebook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from onrecord.baselines import agencies
from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.linear import Features
from onrecord.baselines.mentions import Mention
from onrecord.schema.codebook import Agent

_PRONOUNS: Final = frozenset(["he", "she", "they", "it", "i", "we", "who", "you", "his", "her", "their", "its"])
_WORD: Final = re.compile(r"\w{3,}")
_PREPOSITION: Final = re.compile(
    r"\b(at|in|for|from|of|by|before|to|with|inside|outside|through|via)\s(?:(?:the|a|an|its|his|her|their)\s)?$",
    re.IGNORECASE,
)
_ORGANISED: Final = frozenset(["institution", "news-agency", "group"])
_WORKPLACES: Final = frozenset(["institution", "news-agency"])


@dataclass(slots=True)
class Memory:
    """What the claims before have settled: who was heard when, the last speaker, the last agency of each."""

    heard: dict[str, int] = field(default_factory=dict)
    speaker: str | None = None
    agency: str | None = None
    agencies: dict[str, str | None] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)

    def settle(self, case: Case, speaker: str, agency: str | None) -> None:
        """Remember the speaker and the agency of `case`."""
        self.heard[speaker] = case.anchor
        self.speaker, self.agency = speaker, agency
        self.agencies[speaker] = agency


def kind_of(phrase: str) -> str:
    """Return the kind of a source: the pronoun that it is, a name, a description, or nothing."""
    if not phrase:
        return "none"
    if phrase.casefold() in _PRONOUNS:
        return phrase.casefold()
    words = phrase.split()
    return (
        "name" if words[-1][:1].isupper() or (words[0][:1].isupper() and words[0] not in ("The", "A", "An")) else "noun"
    )


def speakers(reading: Reading, case: Case, memory: Memory) -> dict[str, Features]:
    """Return the features of every agent as the speaker of `case`, by id."""
    phrase = reading.words(case.source)
    kind = kind_of(phrase)
    ruled = reading.resolver.speaker(case.source) or reading.resolver.nearest(case.anchor)
    whole, heads = reading.names.named(phrase), reading.names.by_head(phrase)
    within = [m for m in reading.mentioned(case.source)]
    words = {word.casefold() for word in _WORD.findall(phrase)}
    told = {m.agents[0] for m in reading.mentioned(case.content) if len(m.agents) == 1}
    relaying = {agent for fragments in case.via for m in reading.mentioned(fragments) for agent in m.agents}
    recent, heard = _recency(reading, case, memory)
    around = _around(reading, case)
    found: dict[str, Features] = {}
    for agent in reading.names.agents.values():
        features: Features = {f"{kind}.{agent.type}": 1.0, f"{kind}.{agent.identity}": 1.0}
        features |= around.get(agent.id, {})
        if agent.id == ruled:
            features |= {"rule": 1.0, f"rule.{kind}": 1.0}
        if agent.id in whole:
            features["whole"] = 1.0 / len(whole)
        if agent.id in heads:
            features |= {"head": 1.0 / len(heads), f"head.{kind}": 1.0 / len(heads)}
        for number, mention in enumerate(within):
            if agent.id in mention.agents:
                _within(features, reading, case, mention, number)
        if words:
            features |= _shared(words, agent, kind)
        place = reading.names.agents.get(agent.affiliation or "")
        if place is not None and any(place.id in m.agents for m in within):
            features |= {"affiliation": 1.0, f"affiliation.{agent.identity}": 1.0}
        features |= {f"recent.{kind}": recent.get(agent.id, 0.0), f"heard.{kind}": heard.get(agent.id, 0.0)}
        if agent.id == memory.speaker:
            features[f"previous.{kind}"] = 1.0
        if agent.id in told:
            features[f"told.{kind}"] = 1.0
        if agent.id in relaying:
            features["relaying"] = 1.0
        gender = reading.resolver.gender(agent.id)
        if kind in ("he", "she") and gender is not None:
            features["gender" if (gender == "m") == (kind == "he") else "gender-not"] = 1.0
        features["absent"] = float(agent.id not in reading.counts)
        found[agent.id] = {name: value for name, value in features.items() if value}
    return found


def _within(features: Features, reading: Reading, case: Case, mention: Mention, number: int) -> None:
    """Describe a candidate by a mention of it in the source."""
    possessor = reading.text[mention.end : mention.end + 2] in ("'s", "’s")
    features[f"within{min(number, 1)}{'.possessor' if possessor else ''}"] = 1.0 / len(mention.agents)
    features["within.first"] = float(mention.start <= case.source[0].start + 4)
    features["within.last"] = float(mention.end >= case.source[-1].end)


def _shared(words: set[str], agent: Agent, kind: str) -> Features:
    """Describe a candidate by the words that the source shares with its names."""
    best = 0.0
    for name in agent.names:
        own = {word.casefold() for word in _WORD.findall(name)} - {"the"}
        common = len(own & words)
        if common:
            best = max(best, 2 * common / (len(own) + len(words - {"the"})))
    return {"shared": best, f"shared.{kind}": best} if best else {}


def _around(reading: Reading, case: Case) -> dict[str, Features]:
    """Describe agents by where they are mentioned around the content of `case`, outside it, whatever its source is."""
    first, last = case.content[0].start, case.content[-1].end
    own = reading.lines.sentence(first)[0], reading.lines.sentence(last - 1)[1]
    before = reading.lines.sentence(max(0, own[0] - 2))
    behind = reading.lines.sentence(min(len(reading.text) - 1, own[1] + 2))
    found: dict[str, Features] = {}
    for where, (start, end) in (("own", own), ("before", before), ("behind", behind)):
        mentions = [
            m
            for m in reading.mentions.between(start, end)
            if len(m.agents) == 1 and not any(m.start < f.end and f.start < m.end for f in case.content)
        ]
        for number, mention in enumerate(mentions):
            side = "<" if mention.end <= first else ">" if mention.start >= last else "="
            features = found.setdefault(mention.agents[0], {})
            features[f"{where}{side}"] = 1.0
            if number == 0:
                features[f"{where}{side}first"] = 1.0
            if number == len(mentions) - 1:
                features[f"{where}{side}last"] = 1.0
    return found


def _recency(reading: Reading, case: Case, memory: Memory) -> tuple[dict[str, float], dict[str, float]]:
    """Return how lately each agent was mentioned, and heard, before `case`: 1 for the last, then 1/2, 1/3, …"""
    order: dict[str, float] = {}
    for mention in reading.mentions.backward(case.anchor):
        if len(mention.agents) == 1 and mention.agents[0] not in order:
            order[mention.agents[0]] = 1 / (1 + len(order))
    heard = sorted(memory.heard, key=lambda agent: -memory.heard[agent])
    return order, {agent: 1 / (1 + rank) for rank, agent in enumerate(heard)}


def agencies_of(reading: Reading, case: Case, speaker: str, memory: Memory) -> dict[str | None, Features]:
    """Return the features of every organisation, and of None, as the agency of `case`, by id."""
    agent = reading.names.agents.get(speaker)
    relaying = [m.agents[0] for fragments in case.via for m in reading.mentioned(fragments) if len(m.agents) == 1]
    attribution = reading.attribution(case)
    place = agencies.place(
        reading.text, attribution, (case.before, case.sentence), reading.mentions, speaker, reading.names
    )
    ruled = agencies.agency(speaker, relaying[-1] if relaying else None, place, reading.names)
    type_ = agent.type if agent else "none"
    none: Features = {
        "none": 1.0,
        f"none.{type_}": 1.0,
        f"none.rule{ruled is None}": 1.0,
        f"none.via{bool(relaying)}": 1.0,
    }
    if memory.speaker == speaker:
        none[f"none.same{memory.agency is None}"] = 1.0
    elif speaker in memory.agencies:
        none[f"none.again{memory.agencies[speaker] is None}"] = 1.0
    found: dict[str | None, Features] = {None: none}
    near = _near(reading, case)
    for candidate in reading.names.agents.values():
        if candidate.type not in _ORGANISED:
            continue
        features: Features = dict(near.get(candidate.id, {}))
        features[candidate.type] = 1.0
        if candidate.id == ruled:
            features |= {"rule": 1.0, f"rule.{type_}": 1.0, f"rule.via{bool(relaying)}": 1.0}
        if candidate.id == speaker:
            features[f"itself.{candidate.type}"] = 1.0
        if candidate.id in relaying:
            features["outermost" if candidate.id == relaying[-1] else "relay"] = 1.0
        if agent is not None and agent.affiliation == candidate.id:
            features |= {"home": 1.0, f"home.{agent.identity}": 1.0}
            if any(name.startswith("in.source") for name in near.get(candidate.id, {})):
                features |= {"home.named": 1.0, f"home.named.{agent.identity}": 1.0}
            features["home.here"] = float(any(name.startswith("in.sentence") for name in near.get(candidate.id, {})))
        if memory.speaker == speaker and memory.agency == candidate.id:
            features["same"] = 1.0
        elif memory.agencies.get(speaker) == candidate.id:
            features["again"] = 1.0
        elif memory.agency == candidate.id:
            features["other"] = 1.0
        found[candidate.id] = {name: value for name, value in features.items() if value}
    return found


def _near(reading: Reading, case: Case) -> Mapping[str, Features]:
    """Describe organisations by where they are mentioned around `case`."""
    found: dict[str, Features] = {}
    inner = case.content
    stretches = {
        "source": [(f.start, f.end) for f in case.source],
        "sentence": [case.sentence],
        "before": [case.before] if case.before != case.sentence else [],
        "paragraph": [case.paragraph],
        "lead": [(0, len(reading.headline) + 300)],
    }
    for where, spans in stretches.items():
        for mention in (m for span in spans for m in reading.mentions.between(*span)):
            if len(mention.agents) != 1 or reading.names.agents[mention.agents[0]].type not in _WORKPLACES:
                continue
            told = any(mention.start < f.end and f.start < mention.end for f in inner)
            features = found.setdefault(mention.agents[0], {})
            if told:
                features[f"in.{where}.told"] = 1.0
                continue
            features[f"in.{where}"] = 1.0
            preposition = _PREPOSITION.search(reading.text, max(0, mention.start - 14), mention.start)
            if preposition is not None:
                features[f"in.{where}.{preposition[1].lower()}"] = 1.0
            if reading.text[mention.end : mention.end + 2] in ("'s", "’s", "s’"):
                features[f"in.{where}.possessor"] = 1.0
    return found
