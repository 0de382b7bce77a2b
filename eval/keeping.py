"""Keeping what a system predicts: written report by report, used again for as long as it would be predicted again.

A folder holds three files of each system: `NAME.predictions.jsonl`, a prediction file like any other, with a line for
each report that the system did not fail on; `NAME.run.jsonl`, how these lines came about; and `NAME.result.json`. The
first object of the run is the provenance of the system (`onrecord.baselines.provenance`); each further one tells of one
line: its report, the digest of what the system was `given` (text, codebook, and the ledger if it was), the digest of
the line that it `predicted`, and its `usage`.

A line is used again where the provenance is equal, the system would be given the same, and the line is what was
written. Anything else (a line torn by a crash, a file changed by hand or by a bad disk) is not used and asked again. A
line of predictions is written before that of the run, so that whenever a process dies, what is told of is there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Literal, Self

import orjson

from onrecord.baselines.provenance import UNKNOWN
from onrecord.baselines.registry import Document
from onrecord.eval.files import writable, write
from onrecord.eval.usage import Usage, checked, summed
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fact
from onrecord.schema.structure import SCHEMA_VERSION

Overwrite = Literal["changed", "always", "never"]
"""Ask again for what has changed; for everything; or refuse to replace anything."""

_LONGEST: Final = 80  # characters of a name in a file's name
_ADVICE: Final = "name another folder with --out, or let --overwrite changed ask again for what is no longer right"


def slug(name: str) -> str:
    """Return `name` as the beginning of a file's name, on any system; different names stay different."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:_LONGEST].strip(".-")
    if name and safe == name:
        return name
    return f"{safe}-{_digest(name.encode('utf-8', 'surrogatepass'))[:8]}".lstrip("-")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A line of predictions, and what the run tells of it."""

    report: str
    given: str
    line: bytes
    usage: Usage

    def told(self) -> bytes:
        return _object({"report": self.report, "given": self.given, "predicted": _digest(self.line), **_used(self)})


def _used(kept: _Kept) -> dict[str, Usage]:
    return {"usage": kept.usage} if kept.usage else {}


def _object(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


@dataclass(frozen=True, slots=True)
class Keep:
    """Where predictions are kept, and when what is kept there is replaced."""

    folder: Path
    overwrite: Overwrite = "changed"


class Keeper:
    """Keeps the predictions of one system for some documents; a context in which what is added stays, come what may.

    `kept` has the lines that may be used again by report; `remark` says what was found that may not.
    """

    def __init__(
        self,
        keep: Keep,
        provenance: Mapping[str, str],
        documents: Sequence[Document],
        ledgers: Mapping[str, Sequence[Fact]] | None = None,
    ) -> None:
        name = slug(provenance["system"])
        self.predictions, self._run = keep.folder / f"{name}.predictions.jsonl", keep.folder / f"{name}.run.jsonl"
        self._provenance = {**provenance, "schema": SCHEMA_VERSION}
        self._order = [document.id for document in documents]
        self._given = {document.id: _given(document, ledgers) for document in documents}
        self._files: tuple[BinaryIO, BinaryIO] | None = None
        self._lost: list[Usage] = []  # used on reports for which there is no line
        self._kept: dict[str, _Kept] = {}
        self.remark = "" if keep.overwrite == "always" else self._read()
        if self.remark and keep.overwrite == "never":
            raise OnRecordError(f"{self.predictions}: {self.remark}, and --overwrite never; {_ADVICE}")

    @property
    def kept(self) -> dict[str, bytes]:
        """The lines that are kept, by report."""
        return {report: kept.line for report, kept in self._kept.items()}

    @property
    def usage(self) -> dict[str, float]:
        """What all that is kept has used, with what failed in between."""
        return summed([*(kept.usage for kept in self._kept.values()), *self._lost])

    def _read(self) -> str:
        """Take what may be used again from the files; return what stands in the way of the rest, if anything does."""
        if not self.predictions.exists() and not self._run.exists():
            return ""
        lines, told = (_lines(path) for path in (self.predictions, self._run))
        values = [_parsed(line) for line in told]
        made = values[0] if values else None
        if made is None or "system" not in made:
            return "there is nothing that tells how it was made"
        if self._provenance["code"] == UNKNOWN:
            return "the code of the system is in no file, so it cannot be told whether it has changed"
        if differs := next((key for key, value in self._provenance.items() if made.get(key) != value), None):
            return f"it was made with another {differs}"
        by_digest = {_digest(line): line for line in lines if line.endswith(b"\n")}  # a crash tears the last one
        for value in values[1:]:
            if value is not None:
                self._take(value, by_digest)
        stray = len(set(by_digest) - {_digest(kept.line) for kept in self._kept.values()})
        return f"{stray} of its lines are not as they were written, or for other texts or codebooks" if stray else ""

    def _take(self, value: Mapping[str, Any], by_digest: Mapping[str, bytes]) -> None:
        try:
            usage = checked(value.get("usage", {}))
        except TypeError:
            return
        report, line = value.get("report"), by_digest.get(str(value.get("predicted")))
        if report is None:
            self._lost.append(usage)
        elif line is not None and isinstance(report, str) and value.get("given") == self._given.get(report):
            prediction = _parsed(line)
            if prediction is not None and prediction.get("report") == report:
                self._kept[report] = _Kept(report, self._given[report], line, usage)

    def __enter__(self) -> Self:
        with writable(self.predictions):
            self.predictions.parent.mkdir(parents=True, exist_ok=True)
        return self

    def add(self, report: str, line: bytes, usage: Usage) -> None:
        """Keep `line`, predicted for `report`: it is on its way to the disk when this returns."""
        kept = _Kept(report, self._given[report], line, usage)
        self._append(line, kept.told())
        self._kept[report] = kept

    def lose(self, usage: Usage) -> None:
        """Keep count of what was used where there is no line to keep."""
        if usage:
            self._append(b"", _object({"usage": usage}))
            self._lost.append(usage)

    def _append(self, line: bytes, told: bytes) -> None:
        with writable(self.predictions):
            if self._files is None:
                self._write()
                self._files = (self.predictions.open("ab"), self._run.open("ab"))
            for file, data in zip(self._files, (line, told), strict=True):
                file.write(data)
                file.flush()

    def _write(self) -> None:
        """Write both files whole, in the order of the documents, where they hold anything else."""
        kept = [self._kept[report] for report in self._order if report in self._kept]
        lost = (_object({"usage": usage}) for usage in self._lost)
        told = [_object(self._provenance), *(each.told() for each in kept), *lost]
        for path, data in ((self.predictions, b"".join(k.line for k in kept)), (self._run, b"".join(told))):
            if not path.is_file() or path.read_bytes() != data:
                write(path, data)

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        for file in self._files or ():
            with writable(self.predictions):
                file.close()
        if kind is None:
            self._write()


def _given(document: Document, ledgers: Mapping[str, Sequence[Fact]] | None) -> str:
    ledger = None if ledgers is None else tuple(ledgers[document.codebook.dossier])
    return _digest(repr((document.text, document.codebook, ledger)).encode("utf-8", "surrogatepass"))


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OnRecordError(f"{path}: {error.strerror}; make it readable, or remove it", exit_code=2) from None


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
