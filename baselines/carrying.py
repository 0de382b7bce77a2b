"""Carrying weights that were learnt elsewhere (`fitting`) in the model format of CRFsuite (Okazaki 2007), which tags.

CRFsuite writes models of its own training only. So it is trained for one step on a few made-up sequences that have just
the features wanted, each at the labels it has a weight for, and every step between two labels; then the weights in the
file that it wrote are replaced. The file's layout: a header of 48 bytes, whose eighth field is the place of the
features; there their number, and for each its kind (0: of a state, 1: of a step), source, label and weight.
"""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path
from typing import Final

import numpy as np

from onrecord.baselines.fitting import Weights

_HEADER: Final = struct.Struct("<4sI4s9I")
_FEATURES: Final = struct.Struct("<4sII")
_FEATURE: Final = np.dtype([("kind", "<u4"), ("source", "<u4"), ("label", "<u4"), ("weight", "<f8")])
_PLACE: Final = 7
"""Which field of the header is the place of the features."""
_STEP: Final = 1


def as_crfsuite(weights: Weights) -> bytes:
    """Return a model of CRFsuite with `weights`; weights of 0 are left out."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.0, "c2": 0.0, "max_iterations": 1, "feature.minfreq": 0})
    for at, label in enumerate(weights.labels):
        names = [weights.features[f] for f in np.flatnonzero(weights.states[:, at]).tolist()]
        for _ in range(2 if at == 0 else 1):  # all labels seen equally often would teach nothing, and be left out
            trainer.append([names], [label])
            for other in weights.labels:
                trainer.append([[], []], [label, other])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model"
        trainer.train(str(file))
        return _with(weights, file.read_bytes())


def _with(weights: Weights, made: bytes) -> bytes:
    """Return the model `made` with `weights` instead of its own."""
    import pycrfsuite

    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(made)
    info = tagger.info()
    model = bytearray(made)
    place = _HEADER.unpack_from(model)[_PLACE]
    _, _, count = _FEATURES.unpack_from(model, place)
    features = np.frombuffer(model, dtype=_FEATURE, count=count, offset=place + _FEATURES.size)
    label_of = np.zeros(len(info.labels), dtype=np.int64)
    for at, name in enumerate(weights.labels):
        label_of[int(info.labels[name])] = at
    row_of = {name: at for at, name in enumerate(weights.features)}
    feature_of = np.zeros(max(map(int, info.attributes.values()), default=-1) + 1, dtype=np.int64)
    for name, number in info.attributes.items():
        feature_of[int(number)] = row_of[name]
    stepping = features["kind"] == _STEP
    states, steps = features[~stepping], features[stepping]
    features["weight"][~stepping] = weights.states[feature_of[states["source"]], label_of[states["label"]]]
    features["weight"][stepping] = weights.steps[label_of[steps["source"]], label_of[steps["label"]]]
    return bytes(model)
