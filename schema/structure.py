"""The shape of a record: JSON Schema, draft 2020-12.

jsonschema-rs decides (it is about a hundred times faster); jsonschema, the reference, explains what it refuses. A test
holds the two to the same verdict.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from onrecord.schema.incidents import Incident, listed, shown
from onrecord.schema.located import pointer_part

RecordKind = Literal["claim", "report", "fact", "codebook", "prediction", "result"]
RECORD_KINDS: Final[tuple[RecordKind, ...]] = ("claim", "report", "fact", "codebook", "prediction", "result")
SCHEMA_VERSION: Final = "1"

_IDS: Final = {
    "required": "field-missing",
    "additionalProperties": "field-unknown",
    "type": "value-type",
    "enum": "value-choice",
    "pattern": "value-form",
    "format": "value-form",
}


@cache
def schema(kind: RecordKind) -> dict[str, Any]:
    """Return the JSON Schema of `kind` as a dictionary."""
    text = files("onrecord.schema").joinpath(f"{kind}.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def accepts(kind: RecordKind) -> Callable[[object], bool]:
    """Return the fast verdict for `kind`: whether an instance has the shape that the schema asks for."""
    import jsonschema_rs

    registry = jsonschema_rs.Registry([(schema(other)["$id"], schema(other)) for other in RECORD_KINDS])
    return jsonschema_rs.Draft202012Validator(schema(kind), registry=registry, validate_formats=True).is_valid


@cache
def reference(kind: RecordKind) -> Any:
    """Return the reference validator for `kind`, which can name its reasons."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    registry: Any = Registry().with_resources(
        [(schema(other)["$id"], Resource.from_contents(schema(other))) for other in RECORD_KINDS]
    )
    return Draft202012Validator(schema(kind), registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)


def check_structure(kind: RecordKind, instance: object) -> list[Incident]:
    """Return what is wrong with the shape of `instance`, a JSON value: one incident for each thing."""
    if accepts(kind)(instance):
        return []
    found = [i for error in reference(kind).iter_errors(instance) for i in _incidents(error)]
    return list(dict.fromkeys(found)) or [Incident("value-form", shown(instance), f"refused by the {kind} schema")]


def _incidents(error: Any) -> Iterator[Incident]:
    """Turn an error of jsonschema into incidents; of alternatives, explain the one that comes nearest."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        branches: dict[int, list[Any]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        if any(inner.validator != "type" or inner.path for branch in branches.values() for inner in branch):
            nearest = max(branches.values(), key=_nearness)
            for inner in nearest:
                yield from _incidents(inner)
            return
        expected = sorted({str(inner.validator_value) for branch in branches.values() for inner in branch})
        yield Incident(
            "value-type", shown(error.instance), f"expected {' or '.join(expected)}", pointer=_pointer(error)
        )
        return
    yield Incident(_IDS.get(error.validator, "value-range"), *_value_and_detail(error), pointer=_pointer(error))


def _nearness(branch: list[Any]) -> tuple[int, bool, int]:
    """Return how near an alternative comes to the value: by how deep its errors lie, their kind, their number."""
    return max(len(e.path) for e in branch), branch[0].validator != "type", -len(branch)


def _pointer(error: Any) -> str:
    return "".join(f"/{pointer_part(part)}" for part in error.absolute_path)


def _value_and_detail(error: Any) -> tuple[str, str]:
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return listed([shown(name) for name in missing]), ""
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema["properties"]))
        return listed([shown(name) for name in unknown]), f"known: {', '.join(error.schema['properties'])}"
    if error.validator == "enum":
        return shown(error.instance), "allowed: " + ", ".join(
            "null" if v is None else str(v) for v in error.validator_value
        )
    if error.validator == "pattern" and "description" in error.schema:
        return shown(error.instance), str(error.schema["description"])
    if error.validator == "type":
        expected = error.validator_value
        return shown(error.instance), f"expected {expected if isinstance(expected, str) else ' or '.join(expected)}"
    return shown(error.instance), f"{error.validator}: {shown(error.validator_value)}"
