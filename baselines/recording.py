"""Recorded systems: predictions made once and kept with their provenance, scored like any system.

A folder of `recorded/` holds `<split>.jsonl` files in the prediction format and `provenance.yaml`: who or what
predicted, from which material, when. The second annotation pass is one of them: the ceiling that every leaderboard
shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import orjson

from onrecord.data.published import read_reports
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import PredictedClaim, Prediction, prediction_from_json
from onrecord.schema.vocabulary import SPLITS

FOLDER: Final = "recorded"


def _folder() -> Traversable:
    return files("onrecord.baselines").joinpath(FOLDER)


def recorded(split: str | None = None) -> list[str]:
    """Return the names of the recorded systems; with `split`, of those that predicted every report of it."""
    names = sorted(entry.name for entry in _folder().iterdir() if entry.joinpath("provenance.yaml").is_file())
    if split is None:
        return names
    wanted = {report.id for report in read_reports(split)}
    return [name for name in names if wanted <= set(predictions(name, split))]


def lines(name: str, split: str) -> bytes:
    """Return a recorded prediction file, empty where there is none; raise `OnRecordError` for an unknown system."""
    folder = _folder().joinpath(name)
    if name not in recorded():
        known = ", ".join(recorded())
        raise OnRecordError(f"no recorded system is called {name!r} (there are: {known})", exit_code=2)
    file = folder.joinpath(f"{split}.jsonl")
    return file.read_bytes() if file.is_file() else b""


def predictions(name: str, split: str) -> dict[str, Prediction]:
    """Return the predictions of a recorded system for a split by report id."""
    found = (prediction_from_json(orjson.loads(line)) for line in lines(name, split).splitlines() if line)
    return {prediction.report: prediction for prediction in found}


class Recorded:
    """A recorded system as a system: it knows the texts it predicted, and refuses any other."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def _by_text(self) -> Mapping[str, Prediction]:
        return {
            report.text: found[report.id]
            for split in SPLITS
            if (found := predictions(self.name, split))
            for report in read_reports(split)
            if report.id in found
        }

    def identity(self) -> str:
        """Return the digest of all that was recorded."""
        return hashlib.sha256(b"".join(lines(self.name, split) for split in SPLITS)).hexdigest()

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:  # noqa: ARG002 - the interface
        """Return what was recorded for `text`; raise `LookupError` where it was not predicted."""
        if text not in self._by_text:
            raise LookupError(f"{self.name} is recorded, and did not predict this text")
        return self._by_text[text].claims
