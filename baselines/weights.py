"""Weights: what a role model learnt, and its file, which has numbers and names and nothing that is run.

The file is JSON: the labels, the weight of each step between two of them, and that of each feature (`features`) at the
labels where it has one. Equal weights give equal bytes, and what is read is what was written, digit by digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import orjson
from msgspec import DecodeError, Struct
from msgspec.json import Decoder
from numpy.typing import NDArray

from onrecord.baselines.chains import FARTHEST
from onrecord.baselines.roles import LABELS, plain

Singles = NDArray[np.float32]

_MOST: Final = 1000.0
"""More than any training gives: a feature weighs 10 at most."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt: `states[f, l]` for feature f at label l, `steps[k, l]` for label l behind label k."""

    features: Sequence[str]
    labels: Sequence[str]
    states: Singles
    steps: Singles


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    """The file's values."""

    labels: list[str]
    steps: list[list[float]]
    features: dict[str, dict[str, float]]


_DECODER: Final = Decoder(_File)


def written(weights: Weights) -> bytes:
    """Return the file of `weights`; those of 0 are left out."""
    states = [{weights.labels[at]: row[at] for at in np.flatnonzero(row).tolist()} for row in weights.states]
    values = {
        "labels": list(weights.labels),
        "steps": weights.steps,
        "features": dict(zip(weights.features, states, strict=True)),
    }
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE)


def read(content: bytes) -> Weights:
    """Return the weights in a file; raise `ValueError`, saying what is wrong, where it is none of a role model."""
    try:
        given = _DECODER.decode(content)
    except (DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"it is no role model ({error})") from None
    labels = given.labels
    number = {label: at for at, label in enumerate(labels)}
    strange = [label for label in labels if plain(label) not in LABELS]
    strange += [label for weights in given.features.values() for label in weights if label not in number]
    if strange:
        raise ValueError(f"it has a label of another task, {strange[0]!r}")
    if not labels or len(number) < len(labels) or [len(row) for row in given.steps] != [len(labels)] * len(labels):
        raise ValueError(f"it has no step from every label to every other ({', '.join(labels) or 'none'})")
    steps = np.array(given.steps)
    states = np.zeros((len(given.features), len(labels)))
    for row, weights in zip(states, given.features.values(), strict=True):
        row[[number[label] for label in weights]] = list(weights.values())
    if np.ptp(steps) > FARTHEST or max(np.abs(steps).max(), np.abs(states).max(initial=0)) > _MOST:
        raise ValueError("it has weights that no training gives")
    return Weights(list(given.features), labels, states.astype(np.float32), steps.astype(np.float32))
