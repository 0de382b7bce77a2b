"""Verify: a published result computed again from its predictions and the data, and compared figure by figure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson

from onrecord.eval import gold as sources
from onrecord.eval.console import in_unicode
from onrecord.eval.files import opened, read_predictions
from onrecord.eval.pairing import pair
from onrecord.eval.results import Gold, result_of
from onrecord.eval.scoring_files import score_files
from onrecord.eval.slices import slice_scores, slices_to_json
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.lines import read_json
from onrecord.schema.structure import check_structure
from onrecord.schema.vocabulary import SPLITS

_CONDITIONS: Final = {
    "onrecord": "another version of the scorer",
    "schema": "another version of the schemas",
    "data": "other data",
    "match": "another rule of matching",
    "alignment": "another alignment",
}


def read_result(path: Path) -> dict[str, Any]:
    """Return the result of one system in a file; raise `OnRecordError` where it is none."""
    if path.is_dir():
        found = ", ".join(sorted(file.name for file in path.glob("*.result.json"))) or "there is none"
        raise OnRecordError(f"{path}: a folder; give the file of one result in it ({found})", exit_code=2)
    with opened(path) as stream:
        data = stream.read()
    value, incident = read_json(data, str(path))
    incidents = [incident] if incident else [replace(i, file=str(path)) for i in check_structure("result", value)]
    if incidents or not isinstance(value, dict) or "scores" not in value:
        message = "not the result of one system; give what `onrecord score --json` or `onrecord bench --out` wrote"
        raise OnRecordError(f"{path}: {message}", incidents=incidents)
    return value


def verified(
    path: Path, predictions: Path, *, article: Path | None, own: Path | None, own_codebooks: Sequence[Path]
) -> str | None:
    """Return the first difference between the result in the file `path` and what its predictions give now, or None.

    The gold is that of the published split, a copy of the `article`, or one's `own`.
    """
    result = read_result(path)
    split = result["signature"]["split"]
    if own is not None:
        return verify_on_files(result, predictions, gold=own, codebooks=own_codebooks)
    if article is None and split not in SPLITS:
        fix = "name its reports with --gold, or with --article the copy of the article"
        raise OnRecordError(f"{path}: it is the result on {split}, which is no published split; {fix}", exit_code=2)
    gold = sources.article_gold(article) if article else sources.published_gold(split)
    return verify(result, predictions, gold=gold, codebooks=sources.published_codebooks())


def verify(
    result: Mapping[str, Any], predictions: Path, *, gold: Gold, codebooks: Mapping[str, Codebook]
) -> str | None:
    """Return the first difference between `result` and what its predictions give now, or None where they are equal.

    Raises `OnRecordError` where the result was made under other conditions, so that a difference would say nothing.
    """
    run = result["signature"]
    draws, seed, ledger = run["draws"], run["seed"], run["ledger"] == "given"
    validated = read_predictions(predictions, gold, codebooks)
    scored = result_of(gold=gold, predicted=validated.predictions, draws=draws, seed=seed, ledger=ledger)
    again = replace(scored, invalid=validated.refused).to_dict()
    if "slices" in result:
        pairings = pair(gold=gold.reports, predicted=validated.predictions)
        slices = {cut: slice_scores(pairings, cut, codebooks, draws=draws, seed=seed) for cut in result["slices"]}
        again["slices"] = slices_to_json(slices)
    return _difference(result, again, predictions)


def verify_on_files(
    result: Mapping[str, Any], predictions: Path, *, gold: Path, codebooks: Sequence[Path]
) -> str | None:
    """Return the same for a result on gold of one's own, with the codebooks that it was scored with."""
    run = result["signature"]
    draws, seed, ledger = run["draws"], run["seed"], run["ledger"] == "given"
    scored, _, _ = score_files(predictions, gold, codebooks, ledger=ledger, draws=draws, seed=seed)
    return _difference(result, scored.to_dict(), predictions)


def _difference(result: Mapping[str, Any], again: dict[str, Any], predictions: Path) -> str | None:
    signature = result["signature"]
    for key, what in _CONDITIONS.items():
        if signature[key] != again["signature"][key]:
            made, now = str(signature[key])[:12], str(again["signature"][key])[:12]
            raise OnRecordError(f"the result was made with {what}: {made}, here it is {now}; verify it under its own")
    if signature.get("prediction") != again["signature"]["prediction"]:
        return f"{predictions} does not hold the predictions of this result (their digests differ)"
    if "usage" in result:
        again["usage"] = result["usage"]  # the system's own word: predictions do not tell it
    return first_difference(dict(result), orjson.loads(orjson.dumps(in_unicode(again))))


def first_difference(one: Any, other: Any, pointer: str = "") -> str | None:
    """Return where two JSON values first differ, with both values, or None where they are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        places = ((key, one.get(key), other.get(key)) for key in [*one, *(k for k in other if k not in one)])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        places = ((str(n), a, b) for n, (a, b) in enumerate(itertools.zip_longest(one, other)))
    else:
        return None if one == other else f"{pointer or '/'}: {one!r} in the result, {other!r} computed now"
    return next((d for key, a, b in places if (d := first_difference(a, b, f"{pointer}/{key}"))), None)
