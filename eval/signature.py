"""The signature: all that a number depends on, as a mapping that travels with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import orjson

from onrecord.eval.approximate import FUZZY
from onrecord.eval.match import THRESHOLD
from onrecord.schema.prediction import Prediction, prediction_to_json
from onrecord.schema.structure import SCHEMA_VERSION

Signature = dict[str, str | int]


def prediction_digest(predictions: Iterable[Prediction]) -> str:
    """Return the sha256 of predictions as they are scored: names resolved, reports by id, claims in a fixed order.

    Where claims are given as words their order stays, for it says which occurrence each of them takes.
    """

    def claim_key(claim: dict[str, Any]) -> bytes:
        return orjson.dumps(claim, option=orjson.OPT_SORT_KEYS)

    digest = hashlib.sha256()
    for prediction in sorted(predictions, key=lambda p: p.report):
        value = prediction_to_json(prediction)
        if all(claim.content for claim in prediction.claims):
            value["claims"].sort(key=claim_key)
        digest.update(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return digest.hexdigest()


def signature(*, data: str, split: str, draws: int, seed: int, ledger: bool = False) -> Signature:
    """Return the signature of a run; `data` is the digest of the gold, `ledger` whether systems were given the ledger.

    A result adds the digest of its predictions.
    """
    return {
        "onrecord": version("onrecord"),
        "schema": SCHEMA_VERSION,
        "data": data,
        "split": split,
        "match": f"one-to-one, iou>={THRESHOLD}",
        "alignment": f"fuzzy>={FUZZY}",
        "ledger": "given" if ledger else "hidden",
        "draws": draws,
        "seed": seed,
    }


def as_line(signature: Signature) -> str:
    """Return the signature as one line for people; digests are cut to 12 digits. Programs read the mapping."""
    shown = {
        key: value[:12] if isinstance(value, str) and len(value) == 64 else value for key, value in signature.items()
    }
    return " | ".join(f"{key}: {value}" for key, value in shown.items())
