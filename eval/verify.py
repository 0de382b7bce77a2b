"""Verify: a published result computed again from its predictions and the data, and compared figure by figure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson

from onrecord.eval.files import opened, read_predictions
from onrecord.eval.pairing import pair
from onrecord.eval.results import Gold, result_of
from onrecord.eval.slices import slice_scores, slices_to_json
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.structure import check_structure

_CONDITIONS: Final = {
    "onrecord": "another version of the scorer",
    "schema": "another version of the schemas",
    "data": "other data",
    "match": "another rule of matching",
    "alignment": "another alignment",
}


def read_result(path: Path) -> dict[str, Any]:
    """Return the result of one system in a file; raise `OnRecordError` where it is none."""
    with opened(path) as stream:
        data = stream.read()
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise OnRecordError(f"{path}: not JSON ({error}); give a file that `onrecord score --json` wrote") from None
    incidents = check_structure("result", value)
    if incidents or not isinstance(value, dict) or "scores" not in value:
        message = "not the result of one system; give what `onrecord score --json` or `onrecord bench --out` wrote"
        raise OnRecordError(f"{path}: {message}", incidents=incidents)
    return value


def verify(
    result: Mapping[str, Any], predictions: Path, *, gold: Gold, codebooks: Mapping[str, Codebook]
) -> str | None:
    """Return the first difference between `result` and what its predictions give now, or None where they are equal.

    Raises `OnRecordError` where the result was made under other conditions, so that a difference would say nothing.
    """
    signature = result["signature"]
    validated = read_predictions(predictions, gold, codebooks)
    scored = result_of(
        gold=gold,
        predicted=validated.predictions,
        draws=signature["draws"],
        seed=signature["seed"],
        ledger=signature["ledger"] == "given",
    )
    again = replace(scored, invalid=validated.refused).to_dict()
    for key, what in _CONDITIONS.items():
        if signature[key] != again["signature"][key]:
            made, now = str(signature[key])[:12], str(again["signature"][key])[:12]
            raise OnRecordError(f"the result was made with {what}: {made}, here it is {now}; verify it under its own")
    if signature.get("prediction") != again["signature"]["prediction"]:
        return f"{predictions} does not hold the predictions of this result (their digests differ)"
    if "slices" in result:
        pairings = pair(gold=gold.reports, predicted=validated.predictions)
        options = {"draws": signature["draws"], "seed": signature["seed"]}
        slices = {cut: slice_scores(pairings, cut, codebooks, **options) for cut in result["slices"]}
        again["slices"] = slices_to_json(slices)
    if "usage" in result:
        again["usage"] = result["usage"]  # the system's own word: predictions do not tell it
    return first_difference(dict(result), orjson.loads(orjson.dumps(again)))


def first_difference(one: Any, other: Any, pointer: str = "") -> str | None:
    """Return where two JSON values first differ, with both values, or None where they are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        places = ((key, one.get(key), other.get(key)) for key in [*one, *(k for k in other if k not in one)])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        places = ((str(n), a, b) for n, (a, b) in enumerate(itertools.zip_longest(one, other)))
    else:
        return None if one == other else f"{pointer or '/'}: {one!r} in the result, {other!r} computed now"
    return next((d for key, a, b in places if (d := first_difference(a, b, f"{pointer}/{key}"))), None)
