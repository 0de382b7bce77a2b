"""From what a language model answers to predicted claims: JSON found in text, repaired where it is broken, and counted.

Models put their answer between prose, in code fences, behind a train of thought, or stop in the middle. What can be
read is used: `json-repair` closes what was left open. What then is no claim of the prediction schema is dropped, one
claim at a time. Nothing of this happens in silence: a `Reading` says what was done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import LABELS, PredictedClaim, prediction_from_json
from onrecord.schema.structure import check_structure

MOST: Final = 1 << 18
"""The longest answer that is repaired, in code points: ten times what the longest report asks for."""

_FIELDS: Final = frozenset({"content", "source", "cue", "via", *LABELS, "confidence"})
_THOUGHT: Final = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_FENCE: Final = re.compile(r"```(?:json)?[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)


class UnreadableAnswerError(OnRecordError):
    """An answer in which no list of claims can be found."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The claims of an answer; whether its JSON had to be searched for or repaired; how many claims were dropped."""

    claims: tuple[PredictedClaim, ...]
    repaired: bool
    dropped: int


def read_answer(content: str) -> Reading:
    """Return the claims that `content` states; raise `UnreadableAnswerError` where it holds no list of claims."""
    try:
        value: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        value = None
    straight = isinstance(value, dict) and isinstance(value.get("claims"), list)
    claims = value["claims"] if straight else _searched(content)
    read = [_claim(claim) for claim in claims]
    found = tuple(claim for claim in read if claim is not None)
    return Reading(found, not straight, len(read) - len(found))


def _excerpt(content: str) -> str:
    words = " ".join(content.split())
    return repr(words if len(words) <= 80 else f"{words[:79]}…") if words else "it is empty"


def _searched(content: str) -> list[Any]:
    """Return the list of claims in a text, its damage repaired; an object behind others corrects them."""
    from json_repair import loads

    text = _THOUGHT.sub("", content[: MOST + 1])
    if len(text) > MOST:
        raise UnreadableAnswerError(f"the answer is no JSON, and too long to repair: {_excerpt(content[:200])}")
    fenced = [match[1] for match in _FENCE.finditer(text)]
    for part in (*reversed(fenced), text[max(text.find("{"), 0) :], text[max(text.find("["), 0) :]):
        try:
            value: Any = loads(part)
        except (RecursionError, ValueError):
            continue
        values = value if isinstance(value, list) else [value]
        if values and all(isinstance(one, dict) and "content" in one for one in values):
            return values
        for one in reversed(values):
            if isinstance(one, dict) and isinstance(one.get("claims"), list):
                return list(one["claims"])
    raise UnreadableAnswerError(f"the answer holds no list of claims: {_excerpt(content)}")


def _claim(value: Any) -> PredictedClaim | None:
    """Return the claim that `value` states in words, or None where it is none; fields of the model's own are left."""
    if not isinstance(value, dict):
        return None
    claim = {name: said for name, said in value.items() if name in _FIELDS}
    for role in ("content", "source", "cue"):
        claim |= {role: _words(claim[role])} if role in claim else {}
    if isinstance(relays := claim.get("via"), list):
        claim["via"] = [
            {**relay, "fragments": _words(relay.get("fragments", []))} for relay in relays if isinstance(relay, dict)
        ]
    if not claim.get("content") or not _is_words(claim):
        return None
    line = {"report": "a/a", "claims": [claim]}
    try:
        orjson.dumps(line)  # what cannot be written, a lone surrogate, is no word of a text
        if check_structure("prediction", line):
            return None
        return prediction_from_json(line).claims[0]
    except (TypeError, ValueError):
        return None


def _words(said: Any) -> Any:
    """Return the words of a role as a list without empty ones; what is neither words nor a list stays what it is."""
    listed = [] if said is None else [said] if isinstance(said, str) else said
    if not isinstance(listed, list):
        return listed
    return [word for word in listed if not isinstance(word, str) or word.strip()]


def _is_words(claim: dict[str, Any]) -> bool:
    """Whether no role is given by offsets: a model's are guesses, and would count as if they had been measured."""
    said = [claim.get(role, []) for role in ("content", "source", "cue")]
    said += [relay["fragments"] for relay in claim.get("via", []) if isinstance(relay, dict)]
    return all(isinstance(words, list) and all(isinstance(word, str) for word in words) for words in said)
