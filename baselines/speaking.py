"""Who speaks: the agents of a codebook as candidates for the speaker of a claim.

Every candidate is described by what its names have in common with the source, by what kind of word the source is, by
where it is mentioned around the content, by how lately it was heard or mentioned, and by whether the rules of `cues`
choose it. Nothing in a feature names an agent, so what is learnt holds for any codebook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.linear import Features
from onrecord.baselines.mentions import Index
from onrecord.schema.codebook import Agent
from onrecord.schema.vocabulary import AgentType, Identity

_PRONOUNS: Final = frozenset(["he", "she", "they", "it", "i", "we", "who", "you", "his", "her", "their", "its"])
_ARTICLES: Final = frozenset(["The", "A", "An"])
_WORD: Final = re.compile(r"\w{3,}")


@dataclass(slots=True)
class Memory:
    """What the claims before have settled: who was heard when, the last speaker, the agency of each, the topics."""

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


@dataclass(frozen=True, slots=True)
class _Known:
    """What is to be known of the agents of a codebook, looked up by what a source may show of them."""

    named: Mapping[str, Sequence[frozenset[str]]]
    """The words of each name of an agent."""
    worded: Mapping[str, Sequence[str]]
    """The agents that a word is in a name of."""
    housed: Mapping[str, Sequence[Agent]]
    """The agents that are of a house."""


def speakers(reading: Reading, case: Case, memory: Memory) -> dict[str, Features]:
    """Return the features of every agent as the speaker of `case`, by id.

    An agent has few of them: what there is to see is gone through, and added to whom it is seen of.
    """
    phrase = reading.words(case.source)
    kind = _kind(phrase)
    found = {agent.id: _plain(reading, kind, agent) for agent in reading.names.agents.values()}
    _name(found, reading, case, phrase, kind)
    for agent, features in _around(reading, case).items():
        found[agent] |= features
    _place(found, reading, case, memory, kind)
    return found


def _kind(phrase: str) -> str:
    """Return the kind of a source: the pronoun that it is, a name, a description, or nothing."""
    if not phrase:
        return "none"
    if phrase.casefold() in _PRONOUNS:
        return phrase.casefold()
    words = phrase.split()
    first, last = words[0], words[-1]
    return "name" if last[:1].isupper() or (first[:1].isupper() and first not in _ARTICLES) else "noun"


def _plain(reading: Reading, kind: str, agent: Agent) -> Features:
    """Describe a candidate for a source of this kind, whatever else is seen of it."""
    features = dict.fromkeys(_sorts(kind, agent.type, agent.identity), 1.0)
    if kind in ("he", "she") and (gender := reading.resolver.gender(agent.id)) is not None:
        features["gender" if (gender == "m") == (kind == "he") else "gender-not"] = 1.0
    if agent.id not in reading.mentioned_agents:
        features["absent"] = 1.0
    return features


def _name(found: Mapping[str, Features], reading: Reading, case: Case, phrase: str, kind: str) -> None:
    """Describe candidates by what the source, which is `phrase`, says of them."""
    whole, heads, known = reading.names.named(phrase), reading.names.by_head(phrase), _known(reading.names)
    for agent in whole:
        found[agent]["whole"] = 1.0 / len(whole)
    for agent in heads:
        found[agent] |= {"head": 1.0 / len(heads), f"head.{kind}": 1.0 / len(heads)}
    within = reading.mentioned(case.source)
    for number, mention in enumerate(within):
        possessor = reading.text[mention.end : mention.end + 2] in ("'s", "’s")
        features = {
            f"within{min(number, 1)}{'.possessor' if possessor else ''}": 1.0 / len(mention.agents),
            "within.first": float(mention.start <= case.source[0].start + 4),
            "within.last": float(mention.end >= case.source[-1].end),
        }
        for agent in mention.agents:
            found[agent] |= features
    words = _words(phrase)
    for agent in {agent for word in words for agent in known.worded.get(word, ())}:
        shared = max([_shared(words, own) for own in known.named[agent]])
        found[agent] |= {"shared": shared, f"shared.{kind}": shared}
    for house in {agent for mention in within for agent in mention.agents}:
        for one in known.housed.get(house, ()):
            found[one.id] |= {"affiliation": 1.0, f"affiliation.{one.identity}": 1.0}


def _place(found: Mapping[str, Features], reading: Reading, case: Case, memory: Memory, kind: str) -> None:
    """Describe candidates by what came before, and by whom the content and the relays mention."""
    ruled = reading.resolver.speaker(case.source) or reading.resolver.nearest(case.anchor)
    if ruled is not None:
        found[ruled] |= {"rule": 1.0, f"rule.{kind}": 1.0}
    for name, lately in zip(("recent", "heard"), _recency(reading, case, memory), strict=True):
        for agent, share in lately.items():
            found[agent][f"{name}.{kind}"] = share
    if memory.speaker is not None:
        found[memory.speaker][f"previous.{kind}"] = 1.0
    for mention in reading.mentioned(case.content):
        if len(mention.agents) == 1:
            found[mention.agents[0]][f"told.{kind}"] = 1.0
    for agent in [agent for via in case.via for mention in reading.mentioned(via) for agent in mention.agents]:
        found[agent]["relaying"] = 1.0


@cache
def _sorts(kind: str, type_: AgentType, identity: Identity) -> tuple[str, str]:
    """Name what kind of source meets what sort of agent: there are few of either."""
    return f"{kind}.{type_}", f"{kind}.{identity}"


@lru_cache(maxsize=64)
def _known(names: Index) -> _Known:
    """Return what is to be known of the agents of a codebook; made once."""
    named = {agent.id: [_words(name) for name in agent.names] for agent in names.agents.values()}
    worded: dict[str, list[str]] = {}
    housed: dict[str, list[Agent]] = {}
    for agent in names.agents.values():
        for word in frozenset[str]().union(*named[agent.id]):
            worded.setdefault(word, []).append(agent.id)
        if agent.affiliation is not None:
            housed.setdefault(agent.affiliation, []).append(agent)
    return _Known(named, worded, housed)


def _words(phrase: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(phrase)) - {"the"}


def _shared(words: frozenset[str], own: frozenset[str]) -> float:
    """Return the share of the words of a source and a name that they have in common (Dice's coefficient)."""
    common = len(own & words)
    return 2 * common / (len(own) + len(words)) if common else 0.0


def _around(reading: Reading, case: Case) -> dict[str, Features]:
    """Describe agents by where they are mentioned around the content of `case`, outside it, whatever its source is."""
    first, last = case.content[0].start, case.content[-1].end
    own = reading.lines.sentence(first)[0], reading.lines.sentence(last - 1)[1]
    before = reading.lines.sentence(max(0, own[0] - 2))
    behind = reading.lines.sentence(min(len(reading.text) - 1, own[1] + 2))
    found: dict[str, Features] = {}
    for where, stretch in (("own", own), ("before", before), ("behind", behind)):
        mentions = [
            mention
            for mention in reading.mentions.between(*stretch)
            if len(mention.agents) == 1 and not mention.overlaps(case.content)
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
