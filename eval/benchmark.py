"""How fast scoring is, and how much memory it takes, beside what others do on the same data, in one run.

    python -m onrecord.eval.benchmark [--reports N] [--runs N] [--seed S]

Generated reports with 8 gold claims each and about 8 predicted ones: 80 % recall, jittered borders, wrong labels and
spurious claims, one claim in eight in two fragments, every claim with a source and a cue, one in ten with a relay. Ours
does the full contract (fragments, trimmed overlap, optimal one-to-one matching, every role and label); nervaluate does
its four schemes on the outer borders of the same contents, with one label. Rows:

* *match and count*: both get their input ready in memory;
* *JSON Lines*, *Parquet*: from two files to scores without intervals, validation included; nervaluate is fed by `json`
  from the same JSON Lines (`onrecord.eval.benchmark_files`);
* *bootstrap*, *paired test*: 10,000 draws over 10,000 reports, beside sacrebleu's design, written anew
  (`onrecord.eval.benchmark_draws`).

Each row runs in a process of its own, so that the peak memory is its own, and several times, in turn with those it is
compared with; shown is its fastest run, for other work on the machine can only slow one down. Seconds are of the
processor, all threads. They drift between machines and hours; the ratios hold better.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.eval.columns import OPEN, Claims, Ints, Role
from onrecord.eval.count import concatenate, count
from onrecord.eval.match import match
from onrecord.eval.tally import CHUNK
from onrecord.schema.prediction import LABELS

GOLD_PER_REPORT = 8
_LENGTH = 1600  # characters of a report
_SLOT = _LENGTH // GOLD_PER_REPORT


def generate(reports: int, seed: int) -> tuple[list[str], Claims, Claims]:
    """Return texts, gold and predicted claims of `reports` reports; equal arguments give equal values."""
    random = np.random.default_rng(seed)
    letters = np.frombuffer(b"etaoinshrdlucmfwypvbgk    ,.", dtype=np.uint8)
    pool = [random.choice(letters, _LENGTH).tobytes().decode() for _ in range(64)]
    texts = [pool[i] for i in random.integers(0, len(pool), reports)]
    slots = np.arange(reports * GOLD_PER_REPORT)
    report, begin = slots // GOLD_PER_REPORT, slots % GOLD_PER_REPORT * _SLOT
    start = begin + random.integers(0, 40, len(slots))
    end = start + random.integers(40, _SLOT - 50, len(slots))
    labels = random.integers(0, 4, (len(slots), len(LABELS)))
    gold = _claims(reports, report, start, end, labels, random)
    kept = np.flatnonzero(random.random(len(slots)) < 0.8)
    spurious = np.flatnonzero(random.random(len(slots)) < 0.12)
    p_report = np.concatenate([report[kept], report[spurious]])
    jitter = random.integers(-15, 16, (len(kept), 2)) * (random.random((len(kept), 2)) < 0.2)
    p_start = np.concatenate([np.maximum(start[kept] + jitter[:, 0], begin[kept]), begin[spurious]])
    p_end = np.concatenate([end[kept] + jitter[:, 1], begin[spurious] + random.integers(20, _SLOT, len(spurious))])
    p_end = np.minimum(p_end, _LENGTH)
    wrong = (random.random((len(kept), len(LABELS))) < 0.07).astype(np.int64)
    p_labels = np.concatenate([labels[kept] + wrong, random.integers(0, 4, (len(spurious), len(LABELS)))])
    order = np.lexsort((p_end, p_start, p_report))
    predicted = _claims(reports, p_report[order], p_start[order], p_end[order], p_labels[order], random)
    return texts, gold, predicted


def _claims(reports: int, report: Ints, start: Ints, end: Ints, labels: Ints, random: np.random.Generator) -> Claims:
    """Build columns; one claim in eight is cut into two fragments."""
    cut = random.random(len(report)) < 0.125
    first = np.concatenate([[0], np.cumsum(1 + cut)])
    starts, ends = np.repeat(start, 1 + cut), np.repeat(end, 1 + cut)
    middle = (start + end) // 2
    ends[first[:-1][cut]] = middle[cut] - 3
    starts[first[:-1][cut] + 1] = middle[cut] + 3
    none = np.zeros(len(report), dtype=np.int64)
    roles = tuple(_role(report, start, share, random) for share in (1.0, 1.0, 0.1))
    return Claims(reports, report, first, starts, ends, labels, none + OPEN, none, roles)


def _role(report: Ints, start: Ints, share: float, random: np.random.Generator) -> Role:
    """Build the columns of a role that a `share` of the claims has, near their content."""
    claim = np.flatnonzero(random.random(len(report)) < share)
    begin = np.maximum(start[claim] - 20 + random.integers(0, 3, len(claim)), 0)
    agent = np.zeros(len(claim), dtype=np.int64) if share == 1 else random.integers(1, 4, len(claim))
    first = np.searchsorted(claim, np.arange(len(report) + 1))
    return Role(first, agent, begin, begin + 12, np.zeros(len(report), dtype=np.int64))


def _slice(claims: Claims, low: int, high: int) -> Claims:
    a, b = np.searchsorted(claims.report, [low, high])
    f, g = claims.first[a], claims.first[b]
    return Claims(
        high - low,
        claims.report[a:b] - low,
        claims.first[a : b + 1] - f,
        claims.start[f:g],
        claims.end[f:g],
        claims.labels[a:b],
        claims.fact[a:b],
        claims.words[a:b],
        tuple(_slice_role(role, a, b) for role in claims.roles),
    )


def _slice_role(role: Role, a: int, b: int) -> Role:
    c, d = role.first[a], role.first[b]
    return Role(role.first[a : b + 1] - c, role.agent[c:d], role.start[c:d], role.end[c:d], role.words[a:b])


def ours(reports: int, seed: int) -> dict[str, float]:
    """Match and count in chunks; return seconds, claims per second, peak memory in MB, detection F1."""
    texts, gold, predicted = generate(reports, seed)
    before = peak()
    began = time.process_time()
    chunks = []
    for low in range(0, reports, CHUNK):
        high = min(low + CHUNK, reports)
        g, p = _slice(gold, low, high), _slice(predicted, low, high)
        matching = match(gold=g, predicted=p, texts=texts[low:high])
        chunks.append(count(gold=g, predicted=p, matching=matching))
    detection = concatenate(chunks)["detection"]
    seconds = time.process_time() - began
    tp = int(detection.tp.sum())
    return row(seconds, len(gold) + len(predicted), before, 2 * tp / (len(gold) + len(predicted)))


def nervaluate(reports: int, seed: int) -> dict[str, float]:
    """Run nervaluate's four schemes over the outer borders of the same claims, labelled by stance."""
    from nervaluate import Evaluator

    _, gold, predicted = generate(reports, seed)
    spans = [_as_dicts(claims) for claims in (gold, predicted)]
    before = peak()
    began = time.process_time()
    evaluator = Evaluator(*spans, tags=[str(i) for i in range(5)], loader="dict")
    result = evaluator.evaluate()
    seconds = time.process_time() - began
    return row(seconds, len(gold) + len(predicted), before, result["overall"]["partial"].f1)


def _as_dicts(claims: Claims) -> list[list[dict[str, Any]]]:
    stance = LABELS.index("stance")
    by_report: list[list[dict[str, Any]]] = [[] for _ in range(claims.n_reports)]
    starts = claims.start[claims.first[:-1]].tolist()
    ends = claims.end[claims.first[1:] - 1].tolist()
    for report, start, end, label in zip(
        claims.report.tolist(), starts, ends, claims.labels[:, stance].tolist(), strict=True
    ):
        by_report[report].append({"label": str(label), "start": start, "end": end - 1})
    return by_report


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(seconds: float, claims: int, before: float, f1: float) -> dict[str, float]:
    """Return what is shown of a run that began with the memory `before`."""
    return {
        "seconds": seconds,
        "claims/s": claims / seconds,
        "peak MB": peak(),
        "of it for scoring": peak() - before,
        "F1": f1,
    }


def _alone(function: Callable[..., Any], *arguments: Any) -> Any:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def main() -> None:
    """Print a row for each run, and the ratios."""
    from onrecord.eval import benchmark_draws, benchmark_files

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=100_000, help="reports of ours (default: %(default)s)")
    parser.add_argument("--peer-reports", type=int, default=10_000, help="reports of nervaluate (default: %(default)s)")
    parser.add_argument("--files", type=Path, help="write the files here and keep them, or use those that are here")
    parser.add_argument("--runs", type=int, default=3, help="how often each row is run (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does
    n, few, seed = arguments.reports, arguments.peer_reports, arguments.seed
    mine, peer = _fastest(arguments.runs, (ours, n, seed), (nervaluate, few, seed))
    _show(f"match and count, {n:,} reports", mine)
    _show(f"nervaluate, {few:,} reports", peer)
    _ratio("match and count, claims per second", mine["claims/s"] / peer["claims/s"], "nervaluate")
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.files or Path(temporary)
        for size in dict.fromkeys((n, few)):
            _alone(benchmark_files.ready, folder / str(size), size, seed)
        kinds = {"JSON Lines": ".jsonl", "Parquet": ".parquet"}
        jobs = [(benchmark_files.ours, folder / str(n), suffix) for suffix in kinds.values()]
        peer, *rows = _fastest(arguments.runs, (benchmark_files.peer, folder / str(few)), *jobs)
        _show(f"json and nervaluate, {few:,} reports", peer)
        for kind, mine in zip(kinds, rows, strict=True):
            _show(f"{kind} to scores, {n:,} reports", mine)
            _ratio(f"{kind} to scores, claims per second", mine["claims/s"] / peer["claims/s"], "json and nervaluate")
    for name, mine_of, peer_of in benchmark_draws.ROWS:
        mine, peer = _fastest(arguments.runs, (mine_of, seed), (peer_of, seed))
        _show(f"{name}, 10,000 reports", mine)
        _show("sacrebleu's design, a score", peer)
        _ratio(f"{name}, time per score", peer["seconds"] * mine["scores"] / mine["seconds"], "sacrebleu's design")


def _fastest(runs: int, *jobs: tuple[Any, ...]) -> list[dict[str, float]]:
    """Run each job, a function and its arguments, `runs` times in turn; return the row of its fastest run."""
    rounds = [[_alone(*job) for job in jobs] for _ in range(runs)]
    return [min(rows, key=itemgetter("seconds")) for rows in zip(*rounds, strict=True)]


def _show(name: str, row: dict[str, float]) -> None:
    figures = (f"{key} {value:,.3g}" if value < 100 else f"{key} {value:,.0f}" for key, value in row.items())
    print(f"{name:<38}  {'  '.join(figures)}", flush=True)


def _ratio(name: str, ratio: float, peer: str) -> None:
    print(f"    {name}: {ratio:.1f} x {peer}", flush=True)


if __name__ == "__main__":
    main()
