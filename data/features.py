"""The declared features of the four configurations: the types that the published files, and every `Dataset`, carry.

Class labels have the order of `onrecord.schema.vocabulary`, offsets are int32, dates are date32, and what is absent is
null. This module imports `datasets`, which takes most of a second: only building and loading import it.
"""

from __future__ import annotations

from typing import Any, Final

from datasets import ClassLabel, Features, List, Value

from onrecord.data.published import Config
from onrecord.schema.vocabulary import (
    AGENT_TYPES,
    FORMS,
    IDENTITIES,
    KINDS,
    REGISTERS,
    RELATION_TYPES,
    SPLITS,
    STANCES,
    TAGS,
)


def _string() -> Value:
    return Value("string")


def _labels(names: tuple[str, ...]) -> ClassLabel:
    return ClassLabel(names=list(names))


def _offsets() -> dict[str, Any]:
    return {"start": Value("int32"), "end": Value("int32")}


def _spans(fragment: dict[str, Any]) -> dict[str, Any]:
    """The roles that fragments have, in a claim and in an anchor."""
    return {
        **{role: List(fragment) for role in ("content", "source", "cue")},
        "via": List({"agent": _string(), "fragments": List(fragment)}),
    }


_CLAIM: Final = {
    **{name: _string() for name in ("id", "report", "dossier", "fact")},
    **_spans({**_offsets(), "text": _string()}),
    **{name: _string() for name in ("speaker", "agency", "topic")},
    "stance": _labels(STANCES),
    "kind": _labels(KINDS),
    "form": _labels(FORMS),
    "tags": List(_labels(TAGS)),
}

_REPORT: Final = {
    "id": _string(),
    "dossier": _string(),
    "register": _labels(REGISTERS),
    "date": Value("date32"),
    "tags": List(_labels(TAGS)),
    "text": _string(),
    "claims": List(_CLAIM),
}

_FACT: Final = {
    **{name: _string() for name in ("id", "dossier", "proposition", "speaker", "agency", "topic")},
    "stance": _labels(STANCES),
    "kind": _labels(KINDS),
    "said_on": Value("date32"),
    "quote": List(_string()),
    "relations": List({"type": _labels(RELATION_TYPES), "fact": _string()}),
    "anchor": {"article": _string(), "paragraph": Value("int32"), **_spans(_offsets()), "digest": _string()},
}

_AGENT: Final = {
    "id": _string(),
    "name": _string(),
    "type": _labels(AGENT_TYPES),
    "identity": _labels(IDENTITIES),
    "affiliation": _string(),
    "aliases": List(_string()),
    "wikidata": _string(),
}

_CODEBOOK: Final = {
    **{name: _string() for name in ("dossier", "title", "description")},
    "split": _labels(SPLITS),
    "invented": Value("bool"),
    "agents": List(_AGENT),
    "topics": List({name: _string() for name in ("id", "label", "definition", "target")}),
}

FEATURES: Final[dict[Config, Features]] = {
    "claims": Features({**_CLAIM, "register": _labels(REGISTERS)}),
    "reports": Features(_REPORT),
    "ledger": Features(_FACT),
    "codebook": Features(_CODEBOOK),
}
"""The features of each configuration."""
