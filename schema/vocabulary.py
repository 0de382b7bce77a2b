"""The closed vocabularies of the record, and the form of its ids.

Each vocabulary stands once, as a `Literal` for the type checker and as the tuple of its members, in the order of the
published class labels: appending is compatible, reordering is not.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Stance = Literal["favor", "against", "neutral"]
Kind = Literal["statement", "denial", "refusal"]
Form = Literal["direct", "mixed", "indirect"]
Split = Literal["train", "validation", "test"]
AgentType = Literal["person", "institution", "news-agency", "group"]
Identity = Literal["named", "unnamed", "collective"]
RelationType = Literal["answers", "contradicts", "repeats", "updates"]
Register = Literal[
    "wire-brief", "news-story", "radio-script", "read-out", "live-blog", "analysis", "question-and-answer", "thread",
    "newsletter", "correction", "translated-item", "timeline", "explainer", "podcast-transcript", "press-review",
    "minutes", "profile",
]  # fmt: skip
Tag = Literal[
    "contradicting-accounts", "quoted-by-opponent", "withdrawn-attribution", "scare-quotes", "translated-relay",
    "updated-fact", "declined-then-answered", "distant-source", "shared-surname", "document-source",
]  # fmt: skip

STANCES: Final[tuple[Stance, ...]] = get_args(Stance)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FORMS: Final[tuple[Form, ...]] = get_args(Form)
SPLITS: Final[tuple[Split, ...]] = get_args(Split)
AGENT_TYPES: Final[tuple[AgentType, ...]] = get_args(AgentType)
IDENTITIES: Final[tuple[Identity, ...]] = get_args(Identity)
RELATION_TYPES: Final[tuple[RelationType, ...]] = get_args(RelationType)
REGISTERS: Final[tuple[Register, ...]] = get_args(Register)
TAGS: Final[tuple[Tag, ...]] = get_args(Tag)

SLUG: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
FACT_LABEL: Final = r"f[0-9]{2,3}"
