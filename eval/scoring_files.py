"""`onrecord score --gold`: a file of predictions against a file of reports, of any size, in the memory of a chunk."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from onrecord.data.published import decode_rows
from onrecord.eval.files import opened
from onrecord.eval.goldfile import gold_chunks
from onrecord.eval.results import Result, result_from
from onrecord.eval.signature import signature
from onrecord.eval.stream import Lines, Predicted, Reader
from onrecord.eval.tally import Tally
from onrecord.schema.codebook import Codebook
from onrecord.schema.convert import codebook_from_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident
from onrecord.schema.lines import Line, read_lines
from onrecord.schema.structure import check_structure


def score_files(
    predictions: Path, gold: Path, codebooks: Sequence[Path], *, ledger: bool, draws: int, seed: int
) -> tuple[Result, list[Incident], int]:
    """Return the result of predictions (JSON Lines or Parquet) on gold, what was wrong with them, how many were right.

    The rest is as for `tallied`.
    """
    found = tallied(predictions, gold, codebooks, ledger=ledger)
    run = signature(data=digest_of([gold, *codebooks]), split=gold.name, draws=draws, seed=seed, ledger=ledger)
    run["prediction"] = found.digest
    result = result_from(found.tally, found.dossiers, run, draws=draws, seed=seed)
    return replace(result, invalid=found.reader.refused), found.reader.incidents(), found.reader.accepted


@dataclass(frozen=True, slots=True)
class Tallied:
    """A file of predictions, counted: the dossier of each report, what was wrong with the lines, the file's digest."""

    tally: Tally
    dossiers: list[str]
    reader: Reader
    digest: str


def tallied(predictions: Path, gold: Path, codebooks: Sequence[Path], *, ledger: bool) -> Tallied:
    """Count predictions (JSON Lines or Parquet) against gold.

    `codebooks` are files of codebooks; without any, names stand for themselves. The digests in the signature are those
    of the files. Raises `OnRecordError` where the gold or a codebook is wrong, or can be read only once.
    """
    if pipe := next((path for path in (gold, *codebooks) if str(path) == "-" or path.is_fifo()), None):
        raise OnRecordError(f"{pipe}: gold and codebooks are read more than once; give files, no pipe", exit_code=2)
    tally = Tally(ledger=ledger)
    dossiers: list[str] = []
    with _uncollected(), _given_back(), _predicted(predictions) as (predicted, digest):
        reader = Reader(predicted, str(predictions), read_codebooks(codebooks), tally)
        for chunk in gold_chunks(gold, tally.codes):
            reader.add(chunk)
            dossiers += chunk.dossiers
        reader.finish()
    return Tallied(tally, dossiers, reader, digest)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector off: what a chunk makes has no cycles, and looking for them takes most of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextlib.contextmanager
def _given_back() -> Iterator[None]:
    """Let Arrow take its memory from the system: an allocator of its own keeps what earlier chunks needed."""
    import pyarrow as pa

    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@contextlib.contextmanager
def _predicted(path: Path) -> Iterator[tuple[Predicted, str]]:
    """Open a file of predictions, and return its digest with it."""
    if path.suffix == ".parquet":
        from onrecord.eval.parquet import Rows

        yield Rows(path), digest_of([path])
        return
    with opened(path) as stream, _seekable(path, stream) as file:
        digest = hashlib.sha256()
        _feed(digest, file)
        file.seek(0)
        yield Lines(file, str(path)), digest.hexdigest()


@contextlib.contextmanager
def _seekable(path: Path, stream: BinaryIO) -> Iterator[BinaryIO]:
    """Return `stream`, or a copy of it on disk where it can be read only once."""
    if str(path) != "-" and stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


def digest_of(paths: Sequence[Path]) -> str:
    """Return the sha256 of files, one after the other."""
    total = hashlib.sha256()
    for path in paths:
        with opened(path) as stream:
            _feed(total, stream)
    return total.hexdigest()


def _feed(digest: hashlib._Hash, stream: BinaryIO) -> None:
    while block := stream.read(2**20):
        digest.update(block)


def read_codebooks(paths: Sequence[Path]) -> Mapping[str, Codebook] | None:
    """Return the codebooks in files (JSON Lines, or Parquet as published), by dossier; None where there is no file."""
    if not paths:
        return None
    found: dict[str, Codebook] = {}
    for path in paths:
        with opened(path) as stream:
            if path.suffix == ".parquet":
                rows = decode_rows("codebook", stream.read())
                values: list[Line] = [(number, row, None) for number, row in enumerate(rows, 1)]
            else:
                values = list(read_lines(stream, str(path)))
        for line, value, incident in values:
            wrong = [incident] if incident else check_structure("codebook", value)
            if wrong:
                placed = [replace(i, file=str(path), line=line) for i in wrong]
                raise OnRecordError(f"{path}: the codebook is wrong; correct what stands above", incidents=placed)
            try:
                found[value["dossier"]] = codebook_from_json(value)
            except ValueError as error:
                raise OnRecordError(f"{path}:{line}: {error}") from None
    return found
