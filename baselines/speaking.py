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
from onrecord.baselines.mentions import Index, Mention
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
class _View:
    """What is the same for every candidate for the speaker of one claim."""

    kind: str
    ruled: str | None
    whole: Sequence[str]
    heads: Sequence[str]
    within: Mapping[str, Sequence[tuple[int, Mention]]]
    """The mentions in the source, with their numbers, by agent."""
    words: frozenset[str]
    told: frozenset[str]
    relaying: frozenset[str]
    recent: Mapping[str, float]
    heard: Mapping[str, float]
    around: Mapping[str, Features]


def speakers(reading: Reading, case: Case, memory: Memory) -> dict[str, Features]:
    """Return the features of every agent as the speaker of `case`, by id."""
    phrase = reading.words(case.source)
    recent, heard = _recency(reading, case, memory)
    view = _View(
        kind=_kind(phrase),
        ruled=reading.resolver.speaker(case.source) or reading.resolver.nearest(case.anchor),
        whole=reading.names.named(phrase),
        heads=reading.names.by_head(phrase),
        within=_within(reading, case),
        words=_words(phrase),
        told=frozenset(m.agents[0] for m in reading.mentioned(case.content) if len(m.agents) == 1),
        relaying=frozenset(agent for via in case.via for m in reading.mentioned(via) for agent in m.agents),
        recent=recent,
        heard=heard,
        around=_around(reading, case),
    )
    return {
        agent.id: _named(reading, case, view, agent) | _placed(reading, view, agent, memory)
        for agent in reading.names.agents.values()
    }


def _kind(phrase: str) -> str:
    """Return the kind of a source: the pronoun that it is, a name, a description, or nothing."""
    if not phrase:
        return "none"
    if phrase.casefold() in _PRONOUNS:
        return phrase.casefold()
    words = phrase.split()
    first, last = words[0], words[-1]
    return "name" if last[:1].isupper() or (first[:1].isupper() and first not in _ARTICLES) else "noun"


def _named(reading: Reading, case: Case, view: _View, agent: Agent) -> Features:
    """Describe a candidate by what the source says of it."""
    kind = view.kind
    features = dict.fromkeys(_sorts(kind, agent.type, agent.identity), 1.0)
    if agent.id in view.whole:
        features["whole"] = 1.0 / len(view.whole)
    if agent.id in view.heads:
        features |= {"head": 1.0 / len(view.heads), f"head.{kind}": 1.0 / len(view.heads)}
    for number, mention in view.within.get(agent.id, ()):
        possessor = reading.text[mention.end : mention.end + 2] in ("'s", "’s")
        features[f"within{min(number, 1)}{'.possessor' if possessor else ''}"] = 1.0 / len(mention.agents)
        features["within.first"] = float(mention.start <= case.source[0].start + 4)
        features["within.last"] = float(mention.end >= case.source[-1].end)
    every, each = _words_of(reading.names)[agent.id]
    if not view.words.isdisjoint(every):
        shared = max([_shared(view.words, own) for own in each])
        features |= {"shared": shared, f"shared.{kind}": shared}
    if agent.affiliation in view.within:
        features |= {"affiliation": 1.0, f"affiliation.{agent.identity}": 1.0}
    return features


def _placed(reading: Reading, view: _View, agent: Agent, memory: Memory) -> Features:
    """Describe a candidate by where it is mentioned, and by what came before."""
    kind = view.kind
    features: Features = dict(view.around.get(agent.id, {}))
    if agent.id == view.ruled:
        features |= {"rule": 1.0, f"rule.{kind}": 1.0}
    for name, lately in (("recent", view.recent), ("heard", view.heard)):
        if agent.id in lately:
            features[f"{name}.{kind}"] = lately[agent.id]
    if agent.id == memory.speaker:
        features[f"previous.{kind}"] = 1.0
    if agent.id in view.told:
        features[f"told.{kind}"] = 1.0
    if agent.id in view.relaying:
        features["relaying"] = 1.0
    if kind in ("he", "she") and (gender := reading.resolver.gender(agent.id)) is not None:
        features["gender" if (gender == "m") == (kind == "he") else "gender-not"] = 1.0
    if agent.id not in reading.mentioned_agents:
        features["absent"] = 1.0
    return features


@cache
def _sorts(kind: str, type_: AgentType, identity: Identity) -> tuple[str, str]:
    """Name what kind of source meets what sort of agent: there are few of either."""
    return f"{kind}.{type_}", f"{kind}.{identity}"


def _within(reading: Reading, case: Case) -> dict[str, list[tuple[int, Mention]]]:
    found: dict[str, list[tuple[int, Mention]]] = {}
    for number, mention in enumerate(reading.mentioned(case.source)):
        for agent in mention.agents:
            found.setdefault(agent, []).append((number, mention))
    return found


@lru_cache(maxsize=64)
def _words_of(names: Index) -> dict[str, tuple[frozenset[str], Sequence[frozenset[str]]]]:
    """Return the words of all names of each agent together, and of each name; made once."""
    each = {agent.id: [_words(name) for name in agent.names] for agent in names.agents.values()}
    return {agent: (frozenset[str]().union(*own), own) for agent, own in each.items()}


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
