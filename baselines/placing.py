"""Through whom the words got on record: the organisations of a codebook, and none, as candidates for the agency.

A candidate is described by its part in the relays, by what it is to the speaker, by where it is mentioned around the
attribution and behind which preposition, by the agencies of the claims before, and by whether the rules choose it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.baselines import agencies, relays
from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.linear import Features
from onrecord.baselines.mentions import Mention
from onrecord.baselines.speaking import Memory
from onrecord.schema.codebook import Agent

_PREPOSITION: Final = re.compile(
    r"\b(at|in|for|from|of|by|before|to|with|inside|outside|through|via)\s(?:(?:the|a|an|its|his|her|their)\s)?$",
    re.IGNORECASE,
)
_ORGANISED: Final = frozenset(["institution", "news-agency", "group"])
_WORKPLACES: Final = frozenset(["institution", "news-agency"])
_LEAD: Final = 300
"""The characters behind the headline that set the scene of a report."""


@dataclass(frozen=True, slots=True)
class _View:
    """What is the same for every candidate for the agency of one claim."""

    speaker: str
    agent: Agent | None
    relaying: Sequence[str]
    chained: Sequence[str]
    """The relays by rule."""
    ruled: str | None

    @property
    def type(self) -> str:
        """The type of the speaker."""
        return self.agent.type if self.agent else "none"


class Places:
    """The organisations of a codebook, and none, as candidates for the agency of one claim."""

    def __init__(self, reading: Reading, case: Case) -> None:
        self._reading, self._case = reading, case
        self._said = reading.attribution(case)
        self._relays = [agent for agent, _ in reading.relays(case)]
        chain = relays.chain(reading.text, self._said, reading.mentions, case.sentence, reading.names)
        self._chain = [mention.agents[0] for mention in chain]
        near = _near(reading, case)
        self._near = {
            agent.id: near.get(agent.id, {}) | {agent.type: 1.0}
            for agent in reading.names.agents.values()
            if agent.type in _ORGANISED
        }
        self._seen: dict[str, tuple[_View, Mapping[str, Features]]] = {}

    def features(self, speaker: str, memory: Memory) -> dict[str | None, Features]:
        """Return the features of every organisation, and of None, as the agency of what `speaker` says, by id."""
        if speaker not in self._seen:  # mostly it is asked twice: the second time, claims have settled with their kin
            view = self._view(speaker)
            self._seen[speaker] = view, self._described(view)
        view, described = self._seen[speaker]
        found: dict[str | None, Features] = {None: _none(view, memory)}
        found.update(described)
        again = memory.agencies.get(speaker)
        for agency in (memory.agency, again):
            if agency is not None and agency in described:
                same = memory.speaker == speaker and memory.agency == agency
                found[agency] = described[agency] | {"same" if same else "again" if again == agency else "other": 1.0}
        return found

    def _described(self, view: _View) -> dict[str, Features]:
        """Describe every organisation but for the claims before: few have more than others."""
        found = dict(self._near)
        for agency, features in _evidence(view, self._near):
            if agency is not None and agency in found:
                found[agency] = found[agency] | features
        return found

    def _view(self, speaker: str) -> _View:
        reading, case, names = self._reading, self._case, self._reading.names
        relaying, chained = ([agent for agent in some if agent != speaker] for some in (self._relays, self._chain))
        sentences = (case.before, case.sentence)
        place = agencies.place(reading.text, self._said, sentences, reading.mentions, speaker, names)
        relay = (chained or relaying)[-1] if chained or relaying else None
        ruled = agencies.agency(speaker, relay, place, names)
        return _View(speaker, names.agents.get(speaker), relaying, chained, ruled)


def _none(view: _View, memory: Memory) -> Features:
    """Describe the lack of an agency."""
    none: Features = {"none": 1.0, f"none.{view.type}": 1.0}
    none |= {f"none.rule{view.ruled is None}": 1.0, f"none.via{bool(view.relaying)}": 1.0}
    if memory.speaker == view.speaker:
        none[f"none.same{memory.agency is None}"] = 1.0
    elif view.speaker in memory.agencies:
        none[f"none.again{memory.agencies[view.speaker] is None}"] = 1.0
    return none


def _evidence(view: _View, near: Mapping[str, Features]) -> Iterator[tuple[str | None, Features]]:
    """Yield what speaks for agents as the agency; `near` is what is seen of each around the attribution."""
    yield view.ruled, {"rule": 1.0, f"rule.{view.type}": 1.0, f"rule.via{bool(view.relaying)}": 1.0}
    yield view.speaker, {f"itself.{view.type}": 1.0}
    for relay in view.relaying:
        yield relay, {"outermost" if relay == view.relaying[-1] else "relay": 1.0}
    for relay in view.chained:
        yield relay, {"chained.last" if relay == view.chained[-1] else "chained": 1.0}
    if view.agent is not None and view.agent.affiliation is not None:
        yield view.agent.affiliation, _home(view.agent, near.get(view.agent.affiliation, {}))


def _home(speaker: Agent, near: Features) -> Features:
    """Describe the speaker's affiliation, which the source may name, or the sentence."""
    named = any(name.startswith("in.source") for name in near)
    here = any(name.startswith("in.sentence") for name in near)
    features = {"home": 1.0, f"home.{speaker.identity}": 1.0}
    if named:
        features |= {"home.named": 1.0, f"home.named.{speaker.identity}": 1.0}
    return features | ({"home.here": 1.0} if here else {})


def _near(reading: Reading, case: Case) -> dict[str, Features]:
    """Describe organisations by where they are mentioned around `case`."""
    stretches = {
        "source": [(f.start, f.end) for f in case.source],
        "sentence": [case.sentence],
        "before": [case.before] if case.before != case.sentence else [],
        "paragraph": [case.paragraph],
        "lead": [(0, len(reading.headline) + _LEAD)],
    }
    found: dict[str, Features] = {}
    manners: dict[int, list[str]] = {}  # of a mention by where it begins: it may stand in several stretches
    for where, spans in stretches.items():
        for mention in [m for span in spans for m in reading.mentions.between(*span)]:
            if len(mention.agents) == 1 and reading.names.agents[mention.agents[0]].type in _WORKPLACES:
                if mention.start not in manners:
                    manners[mention.start] = list(_manner(reading, case, mention))
                features = found.setdefault(mention.agents[0], {})
                for how in manners[mention.start]:
                    features[f"in.{where}{how}"] = 1.0
    return found


def _manner(reading: Reading, case: Case, mention: Mention) -> Iterator[str]:
    """Yield how an organisation is mentioned: within the content, behind a preposition, as a possessor, at all."""
    if mention.overlaps(case.content):
        yield ".told"
        return
    yield ""
    preposition = _PREPOSITION.search(reading.text, max(0, mention.start - 14), mention.start)
    if preposition is not None:
        yield f".{preposition[1].lower()}"
    if reading.text[mention.end : mention.end + 2] in ("'s", "’s"):
        yield ".possessor"
