"""What a language model is told: our instructions, examples from the train split, a codebook and a text.

The instructions are `instructions.md`, the annotation guidelines in short. Whatever is the same for all texts of a
dossier stands in front, so that a server which keeps the prefix of a prompt computes it once. Words are asked for,
never offsets: models cannot count characters, and `onrecord.eval.align` finds the words.

Examples are taken from the train split without any chance: each is the report that shows most labels which those before
it do not, the shortest of equals. None is of the dossier at hand, and none is the text at hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import orjson

from onrecord.baselines.registry import Document
from onrecord.data.published import read_codebooks, read_reports
from onrecord.schema.codebook import Agent, Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Claim, Fragments, Report
from onrecord.schema.vocabulary import KINDS, STANCES

Message = dict[str, str]

_WORDS: Final = {"type": "array", "items": {"type": "string"}}


def instructions(path: str | None) -> str:
    """Return our instructions, or those of the file at `path`; raise `OnRecordError` where it cannot be read."""
    if path is None:
        return files("onrecord.baselines").joinpath("instructions.md").read_text(encoding="utf-8")
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise OnRecordError(f"{path}: {what}; give a prompt as a UTF-8 text file", exit_code=2) from None


def digest(value: str | object) -> str:
    """Return the SHA-256 of a text, or of a JSON value."""
    data = value.encode() if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(data).hexdigest()


def answer_schema(codebook: Codebook) -> dict[str, Any]:
    """Return the JSON Schema of an answer: the prediction schema with words for content, and the ids of `codebook`.

    Every field is required and no other allowed, which is what servers ask of a schema that they enforce.
    """
    agents = [agent.id for agent in codebook.agents]
    fields = {
        "content": _WORDS | {"minItems": 1},
        "source": _WORDS,
        "cue": _WORDS,
        "via": _relays(agents),
        "speaker": _choice(agents),
        "agency": _choice(agents),
        "topic": _choice([topic.id for topic in codebook.topics]),
        "stance": {"type": "string", "enum": list(STANCES)} if codebook.topics else _choice([]),
        "kind": {"type": "string", "enum": list(KINDS)},
    }
    return _closed({"claims": {"type": "array", "items": _closed(fields)}})


def _relays(agents: Sequence[str]) -> dict[str, Any]:
    if not agents:
        return {"type": "array", "items": _WORDS, "maxItems": 0}
    relay = {"agent": {"type": "string", "enum": list(agents)}, "fragments": _WORDS}
    return {"type": "array", "items": _closed(relay)}


def _closed(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _choice(ids: Sequence[str]) -> dict[str, Any]:
    """Return the schema of one of `ids`, or null; a list of types would make some servers overlook the ids."""
    nothing = {"type": "null"}
    return {"anyOf": [{"type": "string", "enum": list(ids)}, nothing]} if ids else nothing


def messages(document: Document, told: str, shots: int, *, structured: bool) -> list[Message]:
    """Return the conversation that asks for the claims of `document`; `told` are the instructions."""
    if not structured:
        schema = orjson.dumps(answer_schema(document.codebook)).decode()
        told = f"{told}\nAnswer with one JSON object that this JSON Schema describes, and nothing else:\n{schema}\n"
    conversation = [{"role": "system", "content": told}]
    for report in examples(document, shots):
        conversation.append({"role": "user", "content": _question(_codebooks()[report.dossier], report.text)})
        conversation.append({"role": "assistant", "content": _answer(report)})
    return [*conversation, {"role": "user", "content": _question(document.codebook, document.text)}]


@cache
def _train() -> tuple[Report, ...]:
    return tuple(sorted(read_reports("train"), key=lambda report: (len(report.text), report.id)))


@cache
def _codebooks() -> dict[str, Codebook]:
    return read_codebooks()


def examples(document: Document, shots: int) -> list[Report]:
    """Return `shots` reports of the train split to show before `document`, or as many as there are."""
    if not shots:
        return []
    pool = [r for r in _train() if r.dossier != document.codebook.dossier and r.text != document.text]
    chosen: list[Report] = []
    shown: set[tuple[str, object]] = set()
    while pool and len(chosen) < shots:
        best = max(pool, key=lambda report: len(_shows(report) - shown))  # the first of equals: the shortest
        pool.remove(best)
        chosen.append(best)
        shown |= _shows(best)
    return chosen


def _shows(report: Report) -> set[tuple[str, object]]:
    """Return what the claims of a report show: its dossier, and each label that does not depend on the codebook."""
    return {("dossier", report.dossier)} | {trait for claim in report.claims for trait in _traits(claim)}


def _traits(claim: Claim) -> Iterable[tuple[str, object]]:
    yield from (("stance", claim.stance), ("kind", claim.kind), ("form", claim.form), ("relays", len(claim.via)))
    yield from (("agency", claim.agency is None), ("source", bool(claim.source)), ("cue", len(claim.cue)))
    yield ("content", len(claim.content))


def _question(codebook: Codebook, text: str) -> str:
    agents = "\n".join(map(_agent_line, codebook.agents)) or "(none)"
    topics = "\n".join(f"- {t.id}: {t.label}. {t.definition} Target: {t.target}" for t in codebook.topics) or "(none)"
    head = f"# Codebook: {codebook.title}\n{codebook.description}"
    return f"{head}\n\n## Agents\n{agents}\n\n## Topics\n{topics}\n\n# Text\n{text}"


def _agent_line(agent: Agent) -> str:
    parts = [f"- {agent.id}: {' / '.join(agent.names)}", agent.type]
    parts += [agent.identity] if agent.identity != "named" else []
    parts += [f"of {agent.affiliation}"] if agent.affiliation else []
    return "; ".join(parts)


def _answer(report: Report) -> str:
    def words(fragments: Fragments) -> list[str]:
        return [report.text[f.start : f.end] for f in fragments]

    claims = [
        {
            "content": words(claim.content),
            "source": words(claim.source),
            "cue": words(claim.cue),
            "via": [{"agent": relay.agent, "fragments": words(relay.fragments)} for relay in claim.via],
            **{name: getattr(claim, name) for name in ("speaker", "agency", "topic", "stance", "kind")},
        }
        for claim in report.claims
    ]
    return orjson.dumps({"claims": claims}).decode()
