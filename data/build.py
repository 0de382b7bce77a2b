"""Build: from the dossiers of a checkout to the published files and the card's YAML, byte-identical on every run.

Everything that is wrong with any dossier is reported at once, and nothing is written then. What is written is made in
memory first, put beside its place next, and moved there last: a failure leaves the published files as they were.
"""

from __future__ import annotations

import contextlib
import os
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from onrecord.data.card import Published, render_card
from onrecord.data.collection import Collection, read_collection
from onrecord.data.croissant import croissant
from onrecord.data.published import CONFIGS, Config, digest
from onrecord.schema.errors import OnRecordError
from onrecord.schema.vocabulary import SPLITS

PYARROW: Final = "26.0.1"
"""The version of pyarrow that writes the published files: another one may write other bytes for the same rows."""

Json = dict[str, Any]
Rows = Mapping[Config, Mapping[str, Sequence[Json]]]
"""The rows of each configuration's splits."""


def build(root: Path) -> list[str]:
    """Write the published files and the card of the checkout at `root`; return a line for each warning and each change.

    Raises `OnRecordError`, with all incidents, where a dossier is wrong; where the installed pyarrow is not the one
    that the published files are made with; and where a file cannot be written. Nothing has changed then.
    """
    collection = read_collection(root)
    wanted = _files(root, rows_of(collection))
    outdated = [path for path in wanted if _differs(root / path, wanted[path])]
    superfluous = [path for path in _published(root) if path not in wanted]
    _replace({root / path: wanted[path] for path in outdated})
    for path in superfluous:
        (root / path).unlink()
    lines = [str(incident) for incident in collection.warnings]
    lines += [f"{path}: written" for path in outdated] + [f"{path}: removed" for path in superfluous]
    return lines or ["the published files are what the sources say"]


def stale(root: Path) -> list[str]:
    """Return the published files of the checkout at `root` that `build` would change; raises what it raises."""
    wanted = _files(root, rows_of(read_collection(root)))
    outdated = [path for path in wanted if _differs(root / path, wanted[path])]
    return outdated + [path for path in _published(root) if path not in wanted]


def rows_of(collection: Collection) -> Rows:
    """Return the rows of every configuration by split, in order of their ids; only splits that exist."""
    rows: dict[Config, dict[str, list[Json]]] = {config: {} for config in CONFIGS}
    for split in SPLITS:
        dossiers = [dossier for dossier in collection.dossiers if dossier.codebook["split"] == split]
        if dossiers:
            reports = [report for dossier in dossiers for report in dossier.reports]
            rows["reports"][split] = reports
            rows["claims"][split] = [
                {**claim, "register": report["register"]} for report in reports for claim in report["claims"]
            ]
            rows["ledger"][split] = [fact for dossier in dossiers for fact in dossier.facts]
            rows["codebook"][split] = [dossier.codebook for dossier in dossiers]
    return rows


def _files(root: Path, rows: Rows) -> dict[str, bytes]:
    """Return the content of every published file by its path from the root: data, croissant.json, the card."""
    import pyarrow

    if pyarrow.__version__ != PYARROW:
        raise OnRecordError(
            f"the published files are made with pyarrow {PYARROW}, and {pyarrow.__version__} is installed; "
            f"run `pip install pyarrow=={PYARROW}`",
            exit_code=2,
        )
    files = {
        f"data/{config}/{split}.parquet": _parquet(config, some)
        for config, by_split in rows.items()
        for split, some in by_split.items()
    }
    version = _version(root)
    return files | {
        "croissant.json": croissant(files, version).encode(),
        "README.md": _card(root, rows, version).encode(),
    }


def _parquet(config: Config, rows: Sequence[Json]) -> bytes:
    """Return rows as a Parquet file with the declared features embedded."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    from onrecord.data.features import FEATURES

    schema = FEATURES[config].arrow_schema
    encoded = [FEATURES[config].encode_example(_dated(row)) for row in rows]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(encoded, schema=schema), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _dated(row: Json) -> Json:
    """Return `row` with its date as a date, which is what Arrow stores."""
    days = {name: date.fromisoformat(row[name]) for name in ("date", "said_on") if row.get(name) is not None}
    return {**row, **days}


def _version(root: Path) -> str:
    version: str = tomllib.loads(_text(root / "pyproject.toml"))["project"]["version"]
    return version


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        fix = "run it in a checkout, or name one with --root"
        raise OnRecordError(f"{error.filename}: {error.strerror}; {fix}", exit_code=2) from None


def _card(root: Path, rows: Rows, version: str) -> str:
    from onrecord.data.features import FEATURES

    published = [
        Published(
            config=config,
            files={split: f"data/{config}/{split}.parquet" for split in by_split},
            digest=digest(row for split, some in by_split.items() for row in ({"split": split}, *some)),
            features=FEATURES[config]._to_yaml_list(),
        )
        for config, by_split in rows.items()
    ]
    return render_card(_text(root / "README.md"), published, version)


def _published(root: Path) -> list[str]:
    """Return the paths, from the root, of all files in the published folders."""
    found = (path for config in CONFIGS for path in (root / "data" / config).glob("*.parquet"))
    return sorted(path.relative_to(root).as_posix() for path in found)


def _differs(path: Path, content: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != content


def _replace(contents: Mapping[Path, bytes]) -> None:
    """Write files whole, and all of them or none; raise `OnRecordError` where one cannot be written."""
    with contextlib.ExitStack() as stack:
        ready: list[tuple[Path, Path]] = []
        undo: list[tuple[Path, bytes | None]] = []
        try:
            for path, content in contents.items():
                temporary = path.with_name(f".{path.name}.{os.getpid()}")
                path.parent.mkdir(parents=True, exist_ok=True)
                stack.callback(temporary.unlink, missing_ok=True)
                temporary.write_bytes(content)
                ready.append((temporary, path))
            for temporary, path in ready:
                before = path.read_bytes() if path.is_file() else None
                temporary.replace(path)
                undo.append((path, before))
        except OSError as error:
            for path, before in undo:
                path.unlink() if before is None else path.write_bytes(before)
            place = error.filename2 or error.filename
            raise OnRecordError(
                f"{place}: {error.strerror}; nothing was changed: give a checkout that can be written to",
                exit_code=2,
            ) from None
