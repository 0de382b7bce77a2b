"""The codebook: a dossier's agents and topics, handed to every extractor beside the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from onrecord.schema.constraints import ID, WIKIDATA, require, require_id, require_member, require_text
from onrecord.schema.vocabulary import AGENT_TYPES, IDENTITIES, SPLITS, AgentType, Identity, Split

OPEN: Final = "open"
"""The dossier of a codebook that was made from one text alone, by `onrecord.baselines.opening`."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person, institution, news agency or group that can say or relay something, or that is mentioned."""

    id: str
    name: str
    type: AgentType
    identity: Identity
    affiliation: str | None = None
    aliases: tuple[str, ...] = ()
    wikidata: str | None = None

    def __post_init__(self) -> None:
        require_id(ID, "agent id", self.id)
        for name in self.names:
            require_text(f"{self.id} name", name)
        require_member(AGENT_TYPES, f"{self.id} type", self.type)
        require_member(IDENTITIES, f"{self.id} identity", self.identity)
        if self.wikidata is not None:
            require_id(WIKIDATA, f"{self.id} wikidata", self.wikidata)

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then the aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Topic:
    """What claims are about, and the proposition that stance is measured against."""

    id: str
    label: str
    definition: str
    target: str

    def __post_init__(self) -> None:
        require_id(ID, "topic id", self.id)
        for place in ("label", "definition", "target"):
            require_text(f"{self.id} {place}", getattr(self, place))


@dataclass(frozen=True, slots=True)
class Codebook:
    """A dossier's agents and topics: what every extractor is given beside the text."""

    dossier: str
    title: str
    description: str
    split: Split
    invented: bool
    agents: tuple[Agent, ...]
    topics: tuple[Topic, ...]
    _by_name: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_id(ID, "dossier", self.dossier)
        require_member(SPLITS, f"{self.dossier} split", self.split)
        for what, ids in (("agents", [a.id for a in self.agents]), ("topics", [t.id for t in self.topics])):
            require(len(set(ids)) == len(ids), f"{self.dossier} {what}", ids, "use each id once")
        names: dict[str, tuple[str, ...]] = {}
        for agent in self.agents:
            for name in {" ".join(n.split()).casefold() for n in agent.names}:
                names[name] = (*names.get(name, ()), agent.id)
        names |= {agent.id: (agent.id,) for agent in self.agents}  # an id is never ambiguous
        object.__setattr__(self, "_by_name", names)

    def resolve(self, name: str) -> tuple[str, ...]:
        """Return the ids of the agents with this id, name or alias, case ignored: several where it is ambiguous."""
        return self._by_name.get(" ".join(name.split()).casefold(), ())
