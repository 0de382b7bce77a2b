"""Gold of one's own: a file of reports, JSON Lines or Parquet, read a chunk at a time.

What a score depends on is checked (the shape of a report, its id, offsets, labels), and the first report with anything
wrong ends the run, explained: a score against wrong gold is worth nothing. `onrecord validate` checks the rest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import MsgspecError

from onrecord.eval.columns import OPEN, Claims, Codes, columns_of
from onrecord.eval.files import opened
from onrecord.eval.flat import Desk, Flags, flattened, oddities, ranked, together
from onrecord.eval.stream import Chunk
from onrecord.eval.tally import CHUNK
from onrecord.schema.constraints import REPORT_ID
from onrecord.schema.convert import report_from_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident
from onrecord.schema.lines import empty_file, raw_lines, read_line
from onrecord.schema.prediction import PredictedClaim, as_prediction
from onrecord.schema.semantics import check_spans
from onrecord.schema.structure import check_structure
from onrecord.schema.typed import ReportLine, report_line

_BYTES: Final = 2**26
"""A chunk has no more than about so many bytes, however long its reports are."""

Value = Callable[[int], tuple[int, Any]]
"""The line, and the JSON value, of each report of a chunk."""


def gold_chunks(path: Path, codes: Codes) -> Iterator[Chunk]:
    """Yield the reports of a file; raise `OnRecordError` where one is wrong or stands there twice, or none is there."""
    from onrecord.eval.parquet import gold_batches

    seen: set[str] = set()
    chunks = gold_batches(path, codes) if path.suffix == ".parquet" else _from_lines(path, codes)
    for line, chunk in chunks:
        for number, report in enumerate(chunk.ids):
            if report in seen:
                raise _wrong(path, line(number)[0], [Incident("id-duplicate", repr(report), pointer="/id")])
            seen.add(report)
        yield chunk
    if not seen:
        raise OnRecordError(f"{path}: no gold to score against", incidents=[empty_file(str(path))])


def _from_lines(path: Path, codes: Codes) -> Iterator[tuple[Value, Chunk]]:
    desk = Desk(codes, None, gold=True)
    with opened(path) as stream:
        for lines in _chunked(raw_lines(stream)):

            def value(number: int, lines: Sequence[tuple[int, int, bytes]] = lines) -> tuple[int, Any]:
                line, _, data = lines[number]
                found, incident = read_line(data, str(path), line)
                if incident is not None:
                    raise _wrong(path, line, [incident])
                return line, found

            reports = [_typed(data, path, line, value, at) for at, (line, _, data) in enumerate(lines)]
            texts = [report.text for report in reports]
            ids, dossiers = [report.id for report in reports], [report.dossier for report in reports]
            claims, odd = flattened([r.claims for r in reports], [desk] * len(reports), dossiers, codes, texts)
            yield value, settled(path, (ids, dossiers, texts), claims, odd, value, codes)


def _chunked(lines: Iterator[tuple[int, int, bytes]]) -> Iterator[list[tuple[int, int, bytes]]]:
    chunk: list[tuple[int, int, bytes]] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line[2])
        if len(chunk) == CHUNK or size > _BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _typed(data: bytes, path: Path, line: int, value: Value, at: int) -> ReportLine:
    try:
        report: ReportLine = report_line(data)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        explain(path, line, value(at)[1])
        raise OnRecordError(f"{path}:{line}: give offsets as integers; `onrecord validate` says where") from None
    return report


def settled(
    path: Path,
    names: tuple[Sequence[str], Sequence[str], Sequence[str]],
    claims: Claims,
    odd: Flags,
    value: Value,
    codes: Codes,
) -> Chunk:
    """Return a chunk of gold from columns in any order; raise `OnRecordError` where an odd report is a wrong one.

    `names` are ids, dossiers and texts.
    """
    ids, dossiers, texts = names
    strange = [
        REPORT_ID.fullmatch(report) is None
        or not report.startswith(f"{dossier}/")
        or "\r" in text
        or not unicodedata.is_normalized("NFC", text)
        for report, dossier, text in zip(ids, dossiers, texts, strict=True)
    ]
    odd = odd | np.array(strange, dtype=bool) | oddities(claims, texts)
    odd[claims.report[claims.fact == OPEN]] = True
    fast, odd = ranked(claims, odd)
    if not odd.any():
        return Chunk(ids, dossiers, texts, fast)
    slow: list[Sequence[PredictedClaim]] = [()] * len(ids)
    for number in np.flatnonzero(odd).tolist():
        line, found = value(number)
        explain(path, line, found)
        try:
            slow[number] = as_prediction(report_from_json(found)).claims
        except ValueError as error:
            raise OnRecordError(f"{path}:{line}: {error}") from None
    return Chunk(ids, dossiers, texts, together(fast, columns_of(slow, dossiers, codes)))


def explain(path: Path, line: int, value: Any) -> None:
    """Raise `OnRecordError` with what is wrong with the value of a report, if it is anything that this shows."""
    wrong = check_structure("report", value)
    if not wrong:
        text = value["text"]
        wrong = [i for n, claim in enumerate(value["claims"]) for i in check_spans(text, claim, f"/claims/{n}")]
        wrong = [incident for incident in wrong if incident.id != "fragment-loose"]
        if "\r" in text or not unicodedata.is_normalized("NFC", text):
            wrong.append(Incident("text-not-normal", "", pointer="/text"))
    if wrong:
        raise _wrong(path, line, wrong)


def _wrong(path: Path, line: int, incidents: Sequence[Incident]) -> OnRecordError:
    placed = [replace(incident, file=str(path), line=line) for incident in incidents]
    return OnRecordError(
        f"{path}: the gold is wrong, so there is no score; correct what stands above", incidents=placed
    )
