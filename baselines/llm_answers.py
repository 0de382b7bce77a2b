"""From what a language model answers to predicted claims: JSON found in text, repaired where it is broken, and counted.

Models put their answer between prose, in code fences, behind a train of thought, or stop in the middle. What can be
read is used: `json-repair` closes what was left open, in a process of its own that ends after `SECONDS`, since for some
texts it takes minutes. What then is no claim of the prediction schema is dropped, one claim at a time. Nothing of this
happens in silence: a `Reading` says what was done.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import LABELS, PredictedClaim, prediction_from_json
from onrecord.schema.structure import check_structure

MOST: Final = 1 << 18
"""The longest answer that is repaired, in code points: ten times what the longest report asks for."""

SECONDS: Final = 10
"""How long a repair may take; a whole answer takes a tenth of a second."""

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
    value = _strict(content)
    straight = isinstance(value, dict) and isinstance(value.get("claims"), list)
    read = [_claim(claim) for claim in (value["claims"] if straight else _searched(content))]
    found = tuple(claim for claim in read if claim is not None)
    return Reading(found, not straight, len(read) - len(found))


def _strict(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _excerpt(content: str) -> str:
    words = " ".join(content.split())
    return repr(words if len(words) <= 80 else f"{words[:79]}…") if words else "it is empty"


def _searched(content: str) -> list[Any]:
    """Return the list of claims in a text: as it stands there if it can be, or else its damage repaired."""
    text = _THOUGHT.sub("", content[: MOST + 1])
    if len(text) > MOST:
        raise UnreadableAnswerError(f"the answer is no JSON, and too long to repair: {_excerpt(content[:200])}")
    fenced = [match[1] for match in _FENCE.finditer(text)]
    parts = [*reversed(fenced), text[max(text.find("{"), 0) :], text[max(text.find("["), 0) :]]
    for values in (map(_strict, parts), repaired_apart(parts)):
        for value in values:
            if (claims := _claims_in(value)) is not None:
                return claims
    raise UnreadableAnswerError(f"the answer holds no list of claims: {_excerpt(content)}")


def _claims_in(value: Any) -> list[Any] | None:
    """Return the list of claims that `value` is or holds; of several the last, which corrects the others."""
    values = value if isinstance(value, list) else [value]
    if values and all(isinstance(one, dict) and "content" in one for one in values):
        return values
    lists = [one["claims"] for one in values if isinstance(one, dict) and isinstance(one.get("claims"), list)]
    return lists[-1] if lists else None


def repaired(parts: Sequence[str]) -> list[Any]:
    """Return the JSON value that each text comes nearest to, None where it comes near to none."""
    from json_repair import loads

    values: list[Any] = []
    for part in parts:
        try:
            values.append(loads(part))
        except (RecursionError, ValueError):
            values.append(None)
    return values


_REPAIR: Final = """
import json, sys
from onrecord.baselines.llm_answers import repaired
json.dump(repaired(json.load(sys.stdin)), open(1, 'w'))
"""


def repaired_apart(parts: Sequence[str]) -> list[Any]:
    """Return what `repaired` does, or nothing where it takes too long."""
    import json  # which can write what orjson refuses: halves of surrogate pairs, numbers of any size

    command = [sys.executable, "-P", "-c", _REPAIR]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, input=json.dumps(parts), capture_output=True, text=True, timeout=SECONDS, check=True
        )
        values: list[Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, RecursionError):
        return []
    return values


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
