"""The generated reports of `onrecord.eval.benchmark` as files: JSON Lines and Parquet, gold and predictions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa
from pyarrow import parquet as pq

from onrecord.eval.benchmark import generate, peak, row
from onrecord.eval.columns import Claims
from onrecord.eval.scoring_files import score_files
from onrecord.schema.vocabulary import KINDS, STANCES

_DOSSIERS: Final = 100
_PART: Final = 20_000
"""Reports generated at once, so that a million need no more memory than these."""

Row = dict[str, Any]


def ready(folder: Path, reports: int, seed: int) -> None:
    """See to it that the files are in `folder`."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        write(folder, reports, seed)


def ours(folder: Path, suffix: str) -> dict[str, float]:
    """Score the files from end to end, without intervals."""
    before, began = peak(), time.process_time()
    gold, predicted = (folder / f"{name}{suffix}" for name in ("gold", "predicted"))
    result, _, _ = score_files(predicted, gold, (), ledger=False, draws=0, seed=0)
    found = result.scores["detection"]
    return row(time.process_time() - began, found.gold + found.predicted, before, found.f1 or 0.0)


def peer(folder: Path) -> dict[str, float]:
    """Feed nervaluate's four schemes from the same JSON Lines by `json`."""
    from nervaluate import Evaluator

    before, began = peak(), time.process_time()
    spans = []
    for name in ("gold.jsonl", "predicted.jsonl"):
        with (folder / name).open(encoding="utf-8") as stream:
            spans.append([[_span(claim) for claim in json.loads(line)["claims"]] for line in stream])
    result = Evaluator(*spans, tags=["favor", "against", "neutral"], loader="dict").evaluate()
    claims = sum(len(some) for side in spans for some in side)
    return row(time.process_time() - began, claims, before, result["overall"]["partial"].f1)


def _span(claim: Row) -> Row:
    content = claim["content"]
    return {"label": claim["stance"], "start": content[0]["start"], "end": content[-1]["end"] - 1}


def write(folder: Path, reports: int, seed: int) -> None:
    """Write gold and predictions of so many reports as `gold.jsonl`, `predicted.jsonl`, and .parquet likewise."""
    writers: dict[str, pq.ParquetWriter] = {}
    with (folder / "gold.jsonl").open("wb") as gold, (folder / "predicted.jsonl").open("wb") as predicted:
        for part, low in enumerate(range(0, reports, _PART)):
            rows = list(_rows(low, min(_PART, reports - low), seed + part))
            for name, stream, of in (("gold", gold, 0), ("predicted", predicted, 1)):
                stream.writelines(orjson.dumps(_line(pair[of]), option=orjson.OPT_APPEND_NEWLINE) for pair in rows)
                table = pa.Table.from_pylist([pair[of] for pair in rows])
                if name not in writers:
                    writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd")
                writers[name].write_table(table.cast(writers[name].schema))
    for writer in writers.values():
        writer.close()


def _line(value: Row) -> Row:
    """Return a row of Parquet as a line: a prediction names its report as `report`."""
    return value if "text" in value else {"report": value["id"], "claims": value["claims"]}


def _rows(low: int, reports: int, seed: int) -> Iterator[tuple[Row, Row]]:
    texts, gold, predicted = generate(reports, seed)
    names = [(f"d{(low + n) % _DOSSIERS}", f"d{(low + n) % _DOSSIERS}/r{low + n}") for n in range(reports)]
    golds, predictions = ([*_claims(claims)] for claims in (gold, predicted))
    for (dossier, report), text, some, others in zip(names, texts, golds, predictions, strict=True):
        for number, claim in enumerate(some, 1):
            claim |= {"id": f"{report}#{number}", "report": report, "dossier": dossier}
            claim |= {"fact": f"{dossier}/f{10 + number}", "form": "indirect", "tags": []}
            for role in ("content", "source", "cue"):
                _quote(claim[role], text)
            for relay in claim["via"]:
                _quote(relay["fragments"], text)
        row = {
            "id": report,
            "dossier": dossier,
            "register": "wire-brief",
            "date": "2026-01-01",
            "tags": [],
            "text": text,
        }
        yield {**row, "claims": some}, {"id": report, "claims": others}


def _quote(fragments: list[Row], text: str) -> None:
    for fragment in fragments:
        fragment["text"] = text[fragment["start"] : fragment["end"]]


def _claims(claims: Claims) -> Iterator[list[Row]]:
    """Yield the claims of each report as JSON values."""
    first, start, end = claims.first.tolist(), claims.start.tolist(), claims.end.tolist()
    spans = [[{"start": start[k], "end": end[k]} for k in range(a, b)] for a, b in pairwise(first)]
    roles: list[list[list[Row]]] = []
    agents: dict[int, int] = {}
    for role in claims.roles:
        roles.append([[] for _ in spans])
        owner = np.repeat(np.arange(len(claims)), np.diff(role.first))
        for claim, agent, a, b in zip(*(x.tolist() for x in (owner, role.agent, role.start, role.end)), strict=True):
            roles[-1][claim].append({"start": a, "end": b})
            agents[claim] = agent
    by_report: list[list[Row]] = [[] for _ in range(claims.n_reports)]
    for claim, (report, labels) in enumerate(zip(claims.report.tolist(), claims.labels.tolist(), strict=True)):
        speaker, agency, topic, stance, kind = labels
        via = [{"agent": f"agent-{agents[claim]}", "fragments": roles[2][claim]}] if roles[2][claim] else []
        by_report[report].append(
            {
                "content": spans[claim], "source": roles[0][claim], "cue": roles[1][claim], "via": via,
                "speaker": f"agent-{speaker}", "agency": f"agent-{agency}", "topic": f"topic-{topic}",
                "stance": STANCES[stance % 3], "kind": KINDS[kind % 3],
            }
        )  # fmt: skip
    yield from by_report
