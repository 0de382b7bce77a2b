"""Check a file of any kind: all that is wrong with it, each thing once, none of it printed.

| file | what it is checked against |
|---|---|
| a dossier's folder; its codebook, ledger and reports | the rules of `MARKUP.md`, and the dossier around it |
| JSON Lines or JSON of predictions | the published reports and codebooks |
| JSON Lines or JSON of reports, claims, facts, codebooks, results | the schemas, and the published dossiers they name |
| Parquet of our configurations | the same, row by row |

What a file of JSON holds is read off the fields of its first record. The incidents of one file come in its order.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from onrecord.data.collection import check_together
from onrecord.data.dossier import read_background, read_codebook, read_dossier, read_ledger, read_report
from onrecord.data.known import Known, Records
from onrecord.data.published import CONFIGS, decode_rows
from onrecord.schema.convert import codebook_from_json
from onrecord.schema.incidents import Incident, listed, shown
from onrecord.schema.lines import read_json, read_lines
from onrecord.schema.located import UnreadableError, read_text, read_yaml
from onrecord.schema.structure import RECORD_KINDS, RecordKind, schema

_JSON_SUFFIXES = (".json", ".jsonl", ".ndjson")
_KINDS_OF_CONFIGS: dict[str, RecordKind] = {
    "claims": "claim",
    "reports": "report",
    "ledger": "fact",
    "codebook": "codebook",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in its file: on a line, or under a pointer."""

    line: int | None = None
    pointer: str = ""

    def __str__(self) -> str:
        return f"line {self.line}" if self.line else self.pointer

    def fill(self, incident: Incident, path: Path) -> Incident:
        """Return `incident`, which points into the record, with its place in the file."""
        return replace(incident, file=str(path), line=self.line, pointer=f"{self.pointer}{incident.pointer}")


Item = tuple[Place, Any, Incident | None]
"""A record and its place, or the incident that is there instead."""


def check_file(path: Path, known: Known | None = None) -> list[Incident]:
    """Return all that is wrong with the file or the dossier's folder at `path`, in the order of the file.

    `known` are the published dossiers that JSON is checked against: those of the package unless given.
    """
    try:
        if path.is_dir():
            return _check_folder(path)
        if path.suffix in (".yaml", ".yml"):
            return _check_yaml(path)
        if path.suffix == ".txt":
            return _check_text(path)
        if path.suffix == ".parquet":
            return _check_parquet(path)
        return _check_json(path, known or Known())
    except OSError as error:
        return [Incident("file-unreadable", "", error.strerror or str(error), str(path))]
    except UnreadableError as error:
        return [error.incident]


def _kind_unknown(path: Path, value: str, detail: str) -> list[Incident]:
    return [Incident("file-kind-unknown", value, detail, str(path))]


def _check_folder(path: Path) -> list[Incident]:
    if not (path / "codebook.yaml").is_file() and not (path / "ledger.yaml").is_file():
        return _kind_unknown(path, "", "a folder without codebook.yaml is no dossier")
    dossier, found = read_dossier(path)
    return found if dossier is None else found + check_together([dossier])


def _check_yaml(path: Path) -> list[Incident]:
    value, _ = read_yaml(read_text(path), str(path))
    if path.name == "codebook.yaml" or (isinstance(value, dict) and "agents" in value):
        return read_codebook(path)[1]
    if path.name == "ledger.yaml" or (isinstance(value, dict) and "facts" in value):
        codebook, _ = read_codebook(path.with_name("codebook.yaml"))
        return read_ledger(path, None if codebook is None else codebook_from_json(codebook))[1]
    return _kind_unknown(path, "", "neither a codebook (agents) nor a ledger (facts)")


def _check_text(path: Path) -> list[Incident]:
    folder = path.absolute().parent.parent
    if not (folder / "ledger.yaml").is_file():
        read_text(path)
        return _kind_unknown(path, "", "a report stands in the folder reports/ of a dossier")
    background = read_background(folder)
    return [*background.incidents, *read_report(path, background)[1]]


def _check_parquet(path: Path) -> list[Incident]:
    from pyarrow import ArrowException

    data = path.read_bytes()
    if not data:
        return [Incident("file-empty", "", "", str(path))]
    for config in CONFIGS:
        try:
            rows = decode_rows(config, data)
        except ArrowException as error:
            return [Incident("file-unreadable", "", str(error).partition(".")[0], str(path))]
        except (AttributeError, IndexError, TypeError):
            continue  # the columns are those of another configuration
        if not rows:
            return [Incident("file-empty", "", "no row", str(path))]
        if kind_of(rows[0]) == _KINDS_OF_CONFIGS[config]:
            return _check_rows(path, _KINDS_OF_CONFIGS[config], rows)
    return _kind_unknown(path, "", f"the columns are those of none of the configurations {', '.join(CONFIGS)}")


def _check_rows(path: Path, kind: RecordKind, rows: list[dict[str, Any]]) -> list[Incident]:
    """Check the rows of a published file against the dossiers that are published beside it."""
    root = path.resolve().parent.parent.parent
    known = Known(root if (root / "data" / "codebook").is_dir() else None)
    if kind == "claim":
        rows = [{name: value for name, value in row.items() if name != "register"} for row in rows]
    return _check_records(path, kind, _items(rows), known)


def _check_json(path: Path, known: Known) -> list[Incident]:
    if path.suffix == ".json":
        data = path.read_bytes()
        value, incident = read_json(data, str(path))
        if value == []:
            return [Incident("file-empty", "", "no record", str(path))]
        if incident is None:
            items = _items(value) if isinstance(value, list) else iter([(Place(), _unwrapped(value), None)])
            return _check_values(path, items, known)
        lone = next(read_lines([data.partition(b"\n")[0]], str(path)))
        if incident.id != "json-invalid" or lone[2] is not None:
            return [incident]
    with path.open("rb") as stream:
        lines = ((Place(line=number), value, incident) for number, value, incident in read_lines(stream, str(path)))
        first = next(lines)
        if first[2] is not None and first[2].id == "json-invalid" and path.suffix not in _JSON_SUFFIXES:
            return _kind_unknown(path, "", f"{path.suffix or 'no'} suffix, and its first line is not JSON")
        return _check_values(path, itertools.chain([first], lines), known)


def _items(values: list[Any]) -> Iterator[Item]:
    return ((Place(pointer=f"/{number}"), value, None) for number, value in enumerate(values))


def _unwrapped(value: Any) -> Any:
    """Return the report that `onrecord article --json` prints inside an object; any other value as it is."""
    wrapped = isinstance(value, dict) and set(value) == {"report"} and isinstance(value["report"], dict)
    return value["report"] if wrapped else value


def _check_values(path: Path, items: Iterable[Item], known: Known) -> list[Incident]:
    """Check records whose kind the first that is an object tells."""
    found: list[Incident] = []
    rest = iter(items)
    for place, value, incident in rest:
        kind = kind_of(value)
        if incident is not None:
            found.append(incident)
        elif kind is not None:
            first: Item = (place, value, None)
            return found + _check_records(path, kind, itertools.chain([first], rest), known)
        elif not isinstance(value, dict):
            found.append(place.fill(Incident("value-type", shown(value), "expected an object"), path))
        else:
            detail = f"its first record has the fields {listed(list(map(shown, value))) or '(none)'}"
            return [*found, place.fill(Incident("file-kind-unknown", "", detail), path)]
    return found


def kind_of(value: object) -> RecordKind | None:
    """Return the kind of record that `value` comes nearest to: of whose required fields it has the largest share."""
    if not isinstance(value, dict):
        return None
    if "signature" in value:
        return "result"
    shares: dict[RecordKind, float] = {}
    for kind in RECORD_KINDS:
        required = set(schema(kind).get("required", ()))
        shares[kind] = len(required & set(value)) / len(required) if required else 0.0
    best = max(RECORD_KINDS, key=lambda kind: shares[kind])
    return best if shares[best] else None


def _check_records(path: Path, kind: RecordKind, items: Iterable[Item], known: Known) -> list[Incident]:
    """Check records of one kind."""
    found: list[Incident] = []
    records = Records(kind, known)
    for place, value, incident in items:
        if incident is not None:
            found.append(incident)
        else:
            found += [place.fill(i, path) for i in records.check(value, str(place))]
    return found + [Place().fill(i, path) for i in records.missing()]
