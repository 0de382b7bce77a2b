"""What was extracted, in the shapes that are printed: JSON Lines, rows of a table, a Parquet file.

A line of JSON for a text with an open codebook holds:

    {"id": …, "sha256": …, "text": …, "agents": […], "claims": […]}

`id` is the name under which the user gave the text; `sha256` and all offsets are of the text, which stands in it only
where asked for. Every label is there: null where the system left it open, or nothing in the text decides it; so is the
type of an agent. A fragment whose words the text does not contain has null offsets. With a dossier's codebook the line
is that of a prediction file. The table has a row for each claim and the same columns in CSV and Parquet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO, Final

import orjson

from onrecord.eval.extraction import Extracted
from onrecord.schema.codebook import OPEN
from onrecord.schema.convert import fragments_to_json
from onrecord.schema.prediction import LABELS, UNANSWERED, PredictedClaim, prediction_to_json
from onrecord.schema.records import Fragments

Row = tuple[str | int | float | None, ...]

COLUMNS: Final = (
    "id", "claim", "speaker", "speaker_name", "agency", "via", "topic", "stance", "kind", "confidence",
    "start", "end", "content", "source", "cue",
)  # fmt: skip
"""The columns of a table: a row is a claim, `start` and `end` those of its whole content."""
_INTEGERS: Final = frozenset(["claim", "start", "end"])


def as_line(found: Extracted, *, with_text: bool = False) -> bytes:
    """Return what was found in one text as a line of JSON."""
    if found.codebook.dossier != OPEN:
        return orjson.dumps(prediction_to_json(found.prediction, found.text), option=orjson.OPT_APPEND_NEWLINE)
    agents = [asdict(agent) for agent in found.codebook.agents]
    for agent in agents:
        agent["type"] = None if agent["id"] in found.undecided else agent["type"]
        del agent["wikidata"]
    value: dict[str, Any] = {"id": found.name, "sha256": hashlib.sha256(found.text.encode()).hexdigest()}
    if with_text:
        value["text"] = found.text
    claims = [_claim(claim, found.text) for claim in found.prediction.claims]
    return orjson.dumps({**value, "agents": agents, "claims": claims}, option=orjson.OPT_APPEND_NEWLINE)


def _claim(claim: PredictedClaim, text: str) -> dict[str, Any]:
    def spans(fragments: Fragments, words: Iterable[str]) -> list[dict[str, Any]]:
        return fragments_to_json(fragments, text) or [{"start": None, "end": None, "text": word} for word in words]

    value: dict[str, Any] = {
        "content": spans(claim.content, claim.words),
        "source": spans(claim.source, claim.source_words),
        "cue": spans(claim.cue, claim.cue_words),
        "via": [{"agent": r.agent, "fragments": spans(r.fragments, getattr(r, "words", ()))} for r in claim.via],
    }
    value |= {label: _answer(getattr(claim, label)) for label in LABELS}
    return {**value, "confidence": claim.confidence}


def _answer(label: str | None) -> str | None:
    return None if label == UNANSWERED else label


def as_rows(found: Extracted) -> list[Row]:
    """Return a row for each claim of one text, in the order of `COLUMNS`."""
    names = {agent.id: agent.name for agent in found.codebook.agents}
    name = found.name if found.codebook.dossier == OPEN else found.prediction.report
    rows: list[Row] = []
    for number, claim in enumerate(found.prediction.claims, 1):
        start, end = (claim.content[0].start, claim.content[-1].end) if claim.content else (None, None)
        rows.append((
            name, number, _answer(claim.speaker), names.get(claim.speaker), _answer(claim.agency),
            ", ".join(relay.agent for relay in claim.via) or None, _answer(claim.topic), _answer(claim.stance),
            _answer(claim.kind), claim.confidence, start, end, words(claim.content, claim.words, found.text),
            words(claim.source, claim.source_words, found.text) or None,
            words(claim.cue, claim.cue_words, found.text) or None,
        ))  # fmt: skip
    return rows


def whole(found: Extracted) -> Extracted:
    """Return what was found as it is."""
    return found


def words(fragments: Fragments, said: Iterable[str], text: str) -> str:
    """Return the words of a span in one line, an ellipsis where something stands between them."""
    return " … ".join(" ".join(part.split()) for part in [text[f.start : f.end] for f in fragments] or said)


class Csv:
    """Rows as CSV (RFC 4180 but for plain line ends), UTF-8, with a line of column names."""

    def __init__(self, stream: BinaryIO) -> None:
        import csv
        import io

        self._text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        self._writer.writerows(rows)

    def close(self) -> None:
        """Leave the stream as it was."""
        self._text.detach()


class Parquet:
    """Rows as one Parquet file, which is whole only once it is closed."""

    _GROUP: Final = 10_000

    def __init__(self, stream: BinaryIO) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {name: pa.int64() for name in _INTEGERS} | {"confidence": pa.float64()}
        self._schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
        self._stream, self._sink = stream, pa.BufferOutputStream()
        self._writer = pq.ParquetWriter(self._sink, self._schema)
        self._rows: list[Row] = []

    def write(self, rows: Sequence[Row]) -> None:
        """Take rows, and write a group of them when there are enough."""
        self._rows.extend(rows)
        if len(self._rows) >= self._GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        columns = [list(column) for column in zip(*self._rows, strict=True)] or [[] for _ in COLUMNS]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.table(arrays, schema=self._schema))
        self._rows.clear()

    def close(self) -> None:
        """Write the file."""
        self._flush()
        self._writer.close()
        self._stream.write(self._sink.getvalue())
