"""The published files, read fast and without `datasets`: Parquet rows as JSON values, and as records.

The files are those of the installed package (a wheel or an editable checkout alike), or of another root: a folder that
holds `data/<config>/<split>.parquet`. Rows come in the order of the file and in the shape of the JSON Schemas; class
labels are names again. Nothing is cached: what is read is what the file holds now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal, get_args

import orjson

from onrecord.schema.codebook import Codebook
from onrecord.schema.convert import codebook_from_json, fact_from_json, report_from_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fact, Report
from onrecord.schema.vocabulary import (
    AGENT_TYPES,
    FORMS,
    IDENTITIES,
    KINDS,
    REGISTERS,
    RELATION_TYPES,
    SPLITS,
    STANCES,
    TAGS,
)

Json = dict[str, Any]
Config = Literal["claims", "reports", "ledger", "codebook"]
CONFIGS: Final[tuple[Config, ...]] = get_args(Config)
"""The configurations, the default first."""


def _name(names: tuple[str, ...], value: Any) -> Any:
    """Return the name of a class label; what is none (a file of a user's own may hold names) stays as it is."""
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _rows_of(decode: Mapping[str, Any], values: list[Json]) -> list[Json]:
    return [_decoded(value, decode) for value in values]


_LABELS: Final = {"stance": STANCES, "kind": KINDS, "form": FORMS, "register": REGISTERS}
_CLAIM: Final[dict[str, Callable[[Any], Any]]] = {
    **{field: partial(_name, names) for field, names in _LABELS.items()},
    "tags": lambda values: [_name(TAGS, value) for value in values],
}
_AGENT: Final = {"type": partial(_name, AGENT_TYPES), "identity": partial(_name, IDENTITIES)}
_DECODERS: Final[dict[Config, dict[str, Callable[[Any], Any]]]] = {
    "claims": _CLAIM,
    "reports": {
        "register": _CLAIM["register"],
        "tags": _CLAIM["tags"],
        "date": _iso,
        "claims": partial(_rows_of, _CLAIM),
    },
    "ledger": {
        "stance": _CLAIM["stance"],
        "kind": _CLAIM["kind"],
        "said_on": _iso,
        "relations": partial(_rows_of, {"type": partial(_name, RELATION_TYPES)}),
    },
    "codebook": {"split": partial(_name, SPLITS), "agents": partial(_rows_of, _AGENT)},
}


def _decoded(row: Json, decoders: Mapping[str, Callable[[Any], Any]]) -> Json:
    return {field: decoders[field](value) if field in decoders else value for field, value in row.items()}


def folder(config: Config, root: Path | None = None) -> Traversable:
    """Return the folder of a configuration's files, in the package or under `root`."""
    data = files("onrecord.data") if root is None else root / "data"
    return data / config


def splits(root: Path | None = None) -> tuple[str, ...]:
    """Return the splits that are published, in the order train, validation, test."""
    reports = folder("reports", root)
    return tuple(split for split in SPLITS if (reports / f"{split}.parquet").is_file())


def parquet(config: Config, split: str, root: Path | None = None) -> bytes:
    """Return the bytes of a published file; raise `OnRecordError`, naming the splits there are, if it is none."""
    file = folder(config, root) / f"{split}.parquet"
    if split not in SPLITS or not file.is_file():
        known = ", ".join(splits(root)) or "none; run `onrecord build`"
        raise OnRecordError(f"{config}: there is no split {split!r} (there are: {known})", exit_code=2)
    return file.read_bytes()


def read_rows(config: Config, split: str, root: Path | None = None) -> list[Json]:
    """Return the rows of a configuration's split as JSON values, in the shape of its schema."""
    return decode_rows(config, parquet(config, split, root))


def decode_rows(config: Config, data: bytes) -> list[Json]:
    """Return the rows of a published file, given as bytes, as JSON values in the shape of the schema."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    return json_rows(config, pq.ParquetFile(pa.BufferReader(data)).read().to_pylist())


def json_rows(config: Config, rows: list[Json]) -> list[Json]:
    """Return rows of a published file, as Arrow gives them, as JSON values in the shape of the schema."""
    return _rows_of(_DECODERS[config], rows)


def read_reports(split: str, root: Path | None = None) -> tuple[Report, ...]:
    """Return the reports of a split, with their gold claims, in order of their ids."""
    return tuple(report_from_json(row) for row in read_rows("reports", split, root))


def read_codebooks(root: Path | None = None) -> dict[str, Codebook]:
    """Return the codebooks of all splits by dossier."""
    rows = [row for split in splits(root) for row in read_rows("codebook", split, root)]
    return {row["dossier"]: codebook_from_json(row) for row in rows}


def read_ledger(split: str | None = None, root: Path | None = None) -> dict[str, Fact]:
    """Return the facts of a split, or of all splits, by id."""
    chosen = splits(root) if split is None else (split,)
    return {row["id"]: fact_from_json(row) for name in chosen for row in read_rows("ledger", name, root)}


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the sha256, in hexadecimal, of rows as JSON Lines with sorted keys: it does not depend on Parquet."""
    total = hashlib.sha256()
    for row in rows:
        total.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return total.hexdigest()


def data_digest(split: str, root: Path | None = None) -> str:
    """Return the digest of all that a score on a split depends on: its codebooks and its reports with their gold."""
    return digest([*read_rows("codebook", split, root), *read_rows("reports", split, root)])
