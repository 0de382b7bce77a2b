"""Stream: large files scored a chunk of reports at a time, never held whole.

The gold is read once, in order. Of the predictions a first pass keeps where each report's lines lie, so that they may
stand in any order; what a chunk of the gold needs is then read from there. Claims become columns at once
(`onrecord.eval.flat`); a report with anything odd about it takes the way of records, which validates, explains,
resolves and aligns as it does for any prediction file. Incidents and counts are therefore the same.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Protocol

import numpy as np
from msgspec import MsgspecError

from onrecord.eval.align import align, count_alignments, without_fuzzy
from onrecord.eval.columns import Claims, Codes, columns_of
from onrecord.eval.flat import Desk, Flags, flattened, oddities, ranked, together
from onrecord.eval.tally import Tally
from onrecord.eval.validate import check_line, resolve
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.lines import LINE_LIMIT, empty_file, raw_lines, read_line
from onrecord.schema.prediction import Prediction, prediction_from_json
from onrecord.schema.typed import prediction_line, report_of

Found = tuple[int, Any, Incident | None]
"""The line of a prediction, its value, or the incident that is there instead."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some reports of the gold: ids, dossiers, texts, and their claims as columns."""

    ids: Sequence[str]
    dossiers: Sequence[str]
    texts: Sequence[str]
    claims: Claims


@dataclass(frozen=True, slots=True)
class Document:
    """A report as a prediction is checked against it."""

    id: str
    text: str


class Predicted(Protocol):
    """A file of predictions: what it has for a chunk, and what is left when all chunks have been asked for."""

    def fast(self, chunk: Chunk, desks: Sequence[Desk], codes: Codes) -> tuple[Claims, Flags]:
        """Return the claims for a chunk, and the reports for which this way is not good enough."""
        ...

    def slow(self, report: str) -> Iterator[Found]:
        """Yield all that the file has for a report, in order."""
        ...

    def has(self, report: str) -> bool:
        """Whether the file has anything for a report."""
        ...

    def rest(self, asked: Collection[str]) -> Iterator[Found]:
        """Yield what is for no report of those that were `asked` for."""
        ...


class Reader:
    """Reads predictions chunk by chunk, and remembers what was wrong with them.

    `accepted` and `refused` count the lines; `incidents()` are in order of the file, then missing reports.
    """

    def __init__(self, predicted: Predicted, name: str, codebooks: Mapping[str, Codebook] | None, tally: Tally) -> None:
        self._predicted, self._name, self._codebooks, self._tally = predicted, name, codebooks, tally
        self._desks: dict[str, Desk] = {}
        self._wrong: list[Incident] = []
        self._missing: list[Incident] = []
        self._asked: set[str] = set()
        self.accepted = self.refused = 0

    def add(self, chunk: Chunk) -> None:
        """Score the next chunk."""
        codes, tally = self._tally.codes, self._tally
        self._asked.update(chunk.ids)
        known = [self._predicted.has(report) for report in chunk.ids]
        missing = (report for report, has in zip(chunk.ids, known, strict=True) if not has)
        self._missing += [Incident("report-missing", shown(report), file=self._name) for report in missing]
        fast, odd = self._predicted.fast(chunk, [self._desk(dossier) for dossier in chunk.dossiers], codes)
        fast, odd = ranked(fast, odd | oddities(fast, chunk.texts))
        tally.alignment["offsets"] += len(fast)
        self.accepted += sum(known) - int(odd.sum())
        slow = {number: self._explained(chunk, number) for number in np.flatnonzero(odd).tolist()}
        counted = count_alignments(list(slow.values()))
        tally.alignment.update(counted)
        predicted, firm = _with(fast, slow, chunk, codes), None
        if counted["fuzzy"]:
            firm = _with(fast, {number: without_fuzzy(one) for number, one in slow.items()}, chunk, codes)
        tally.add(gold=chunk.claims, predicted=predicted, texts=chunk.texts, firm=firm)

    def finish(self) -> None:
        """Take what is left: lines about no report of the gold."""
        for number, value, incident in self._predicted.rest(self._asked):
            wrong = [incident] if incident else check_line(value, None, None, None)
            if incident is not None and incident.id == "file-empty":
                self._wrong.append(incident)
            else:
                self._refuse(number, wrong)

    def incidents(self) -> list[Incident]:
        """Return all incidents."""
        return [*sorted(self._wrong, key=lambda incident: incident.line or 0), *self._missing]

    def _desk(self, dossier: str) -> Desk:
        place = dossier if self._codebooks is not None else ""
        if place not in self._desks:
            self._desks[place] = Desk(self._tally.codes, self._codebook(dossier))
        return self._desks[place]

    def _codebook(self, dossier: str) -> Codebook | None:
        if self._codebooks is None:
            return None
        if dossier not in self._codebooks:
            raise OnRecordError(
                f"there is no codebook of the dossier {dossier!r}; give it with --codebook", exit_code=2
            )
        return self._codebooks[dossier]

    def _explained(self, chunk: Chunk, number: int) -> Prediction:
        """Return the prediction for a report by way of records, aligned; note what is wrong with its lines."""
        document = Document(chunk.ids[number], chunk.texts[number])
        codebook = self._codebook(chunk.dossiers[number])
        first: int | None = None
        accepted = Prediction(document.id, ())
        for line, value, incident in self._predicted.slow(document.id):
            wrong = [incident] if incident else check_line(value, document, codebook, first)
            if any(i.level == "error" for i in wrong):
                self._refuse(line, wrong)
                continue
            self._note(line, wrong)
            self.accepted += 1
            first, accepted = line, align(resolve(prediction_from_json(value), codebook), document.text).prediction
        return accepted

    def _refuse(self, line: int, wrong: Sequence[Incident]) -> None:
        self._note(line, wrong)
        self.refused += 1

    def _note(self, line: int, wrong: Sequence[Incident]) -> None:
        self._wrong += [replace(incident, file=self._name, line=line) for incident in wrong]


def _with(fast: Claims, slow: Mapping[int, Prediction], chunk: Chunk, codes: Codes) -> Claims:
    """Return the claims of a chunk: those that are columns, and those of the reports that took the way of records."""
    if not slow:
        return fast
    claims = [slow[number].claims if number in slow else () for number in range(len(chunk.ids))]
    return together(fast, columns_of(claims, chunk.dossiers, codes))


class Lines:
    """Predictions in JSON Lines: a first pass says where each report's lines lie; `broken` are those of no report."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._place = array("q")  # offset, length and number of each line
        self._first: dict[str, int] = {}
        self._again: dict[str, list[int]] = {}
        self.broken: list[Found] = []
        for number, offset, line in raw_lines(self._stream):
            try:
                if len(line) > LINE_LIMIT or b"\0" in line:
                    raise MsgspecError
                report = report_of(line)
            except (MsgspecError, UnicodeDecodeError, RecursionError):
                value, incident = read_line(line, name, number)
                self.broken.append((number, value, incident))
                if incident is not None and incident.id == "file-binary":
                    break
                continue
            at = len(self._place) // 3
            self._place.extend((offset, len(line), number))
            if self._first.setdefault(report, at) != at:
                self._again.setdefault(report, []).append(at)
        if not self._place and not self.broken:
            self.broken.append((1, None, empty_file(name)))

    def has(self, report: str) -> bool:
        """Whether a line is about a report."""
        return report in self._first

    def fast(self, chunk: Chunk, desks: Sequence[Desk], codes: Codes) -> tuple[Claims, Flags]:
        """Return the claims of the lines for a chunk that are right at first sight."""
        rows: list[Sequence[Any]] = []
        odd = np.zeros(len(chunk.ids), dtype=bool)
        for number, report in enumerate(chunk.ids):
            rows.append(())
            if report in self._first:
                try:
                    rows[number] = prediction_line(self._line(self._first[report])).claims
                except (MsgspecError, UnicodeDecodeError, RecursionError):
                    odd[number] = True
            odd[number] |= report in self._again
        claims, strange = flattened(rows, desks, chunk.dossiers, codes, chunk.texts)
        return claims, odd | strange

    def slow(self, report: str) -> Iterator[Found]:
        """Yield the lines about a report, as JSON values."""
        for at in [self._first[report], *self._again.get(report, ())]:
            number = self._place[3 * at + 2]
            yield number, *read_line(self._line(at), self._name, number)

    def rest(self, asked: Collection[str]) -> Iterator[Found]:
        """Yield the lines that are about no report of those `asked` for."""
        yield from self.broken
        for report in self._first:
            if report not in asked:
                yield from self.slow(report)

    def _line(self, at: int) -> bytes:
        return os.pread(self._stream.fileno(), self._place[3 * at + 1], self._place[3 * at])
