"""A tagger's model on disk: a folder with `model.json` and `roles.json`; numbers and names, nothing that is run.

`model.json` names the format and its version, says what the model learnt from, holds the weights of every ranker, and
the sha256 of the other file. `roles.json` has what the role model learnt (`weights`). A file is refused before it is
used where it is missing, torn, of another format or version, or not the one that `model.json` was written with.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import orjson

from onrecord.baselines import weights
from onrecord.baselines.binding import CHOICES, Binder
from onrecord.baselines.linear import Ranker
from onrecord.baselines.tagging import Field
from onrecord.schema.errors import OnRecordError

FORMAT: Final = "onrecord-tagger"
VERSION: Final = 3
ALONE: Final = ("speaker", "agency", "topic", "stance", "kind")
"""The rankers of the labels of a claim by itself."""
TOGETHER: Final = ("kin", "speaker-kin", "topic-kin", "stance-kin")
"""The ranker that tells kin, and those of the labels that a claim settles with its kin."""
LABELLED: Final = (*ALONE, *TOGETHER, "confidence")
OPTIONAL: Final = ("border", "sift")
"""The rankers of borders and of contents to keep: a model has them if it learnt its spans from a large corpus."""
_MANIFEST, _ROLES = "model.json", "roles.json"
_RANKERS: Final = (*CHOICES, *LABELLED)


@dataclass(frozen=True, slots=True)
class Model:
    """What a tagger learnt.

    `divides` says whether its contents are propositions, as OnRecord's are, or whole attributions, as PolNeAR's.
    `provenance` says, by name, what spans and labels were learnt from.
    """

    field: Field
    rankers: Mapping[str, Ranker]
    divides: bool
    provenance: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The sha256 of all that was learnt."""
        return hashlib.sha256(_manifest_of(self, weights.written(self.field.weights))).hexdigest()

    @property
    def binder(self) -> Binder:
        """The rankers that bind spans."""
        return Binder(*(self.rankers[name] for name in CHOICES))


def save(model: Model, folder: Path) -> None:
    """Write `model` to `folder`, which is made where it is missing; equal models give equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    roles = weights.written(model.field.weights)
    (folder / _ROLES).write_bytes(roles)
    (folder / _MANIFEST).write_bytes(_manifest_of(model, roles))


def _manifest_of(model: Model, roles: bytes) -> bytes:
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "divides": model.divides,
        "provenance": dict(model.provenance),
        "roles": hashlib.sha256(roles).hexdigest(),
        "rankers": {name: dict(model.rankers[name].weights) for name in _named(model.rankers)},
    }
    return orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def load(folder: Path | None = None) -> Model:
    """Return the model in `folder`, or the one that comes with the package.

    Raises `OnRecordError`, naming file and fault, for anything that `save` did not write.
    """
    place = files("onrecord.baselines").joinpath("trained") if folder is None else folder
    manifest = _manifest(place)
    return Model(
        _field(place, manifest),
        _rankers(place, manifest),
        bool(manifest["divides"]),
        manifest["provenance"],
    )


def _manifest(place: Traversable) -> dict[str, Any]:
    try:
        manifest = orjson.loads(_bytes(place, _MANIFEST))
    except orjson.JSONDecodeError as error:
        raise _refusal(place, _MANIFEST, f"it is no JSON ({error})") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _refusal(place, _MANIFEST, f"its format is not {FORMAT!r}")
    if manifest.get("version") != VERSION:
        raise _refusal(place, _MANIFEST, f"its version is {manifest.get('version')!r}, not {VERSION}")
    if not isinstance(manifest.get("divides"), bool) or not isinstance(manifest.get("provenance"), dict):
        raise _refusal(place, _MANIFEST, "`divides` or `provenance` is missing")
    return manifest


def _field(place: Traversable, manifest: Mapping[str, Any]) -> Field:
    """Return the field whose weights are in the folder."""
    roles = _bytes(place, _ROLES)
    if hashlib.sha256(roles).hexdigest() != manifest.get("roles"):
        raise _refusal(place, _ROLES, "it is not the file that model.json was written with")
    try:
        return Field(weights.read(roles))
    except ValueError as error:
        raise _refusal(place, _ROLES, str(error)) from None


def _named(given: Mapping[str, object]) -> list[str]:
    """Return the names of the rankers of a model that has those of `given`."""
    return [*_RANKERS, *(name for name in OPTIONAL if name in given)]


def _rankers(place: Traversable, manifest: Mapping[str, Any]) -> dict[str, Ranker]:
    given = manifest.get("rankers")
    rankers: dict[str, Ranker] = {}
    given = given if isinstance(given, dict) else {}
    for name in _named(given):
        weights = given.get(name)
        if not isinstance(weights, dict):
            raise _refusal(place, _MANIFEST, f"the ranker {name!r} is missing")
        for feature, weight in weights.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not math.isfinite(weight):
                raise _refusal(place, _MANIFEST, f"the weight of {feature!r} in {name!r} is {weight!r}, no number")
        rankers[name] = Ranker(weights)
    return rankers


def _bytes(place: Traversable, name: str) -> bytes:
    try:
        return place.joinpath(name).read_bytes()
    except OSError as error:
        raise _refusal(place, name, f"it cannot be read ({error.strerror})") from None


def _refusal(place: Traversable, name: str, what: str) -> OnRecordError:
    where = place / name if isinstance(place, Path) else name
    return OnRecordError(f"{where}: {what}; write the model again with `onrecord train tagger`", exit_code=2)
