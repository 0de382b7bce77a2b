"""`onrecord bench`: run systems on a split, score them, print the leaderboard, keep what they predicted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from onrecord.baselines import registry
from onrecord.baselines.recording import recorded
from onrecord.baselines.registry import System
from onrecord.eval.console import print_json
from onrecord.eval.count import SCORES
from onrecord.eval.evaluate import Gold, Result, evaluate
from onrecord.eval.files import write
from onrecord.eval.run import Ledgers, run
from onrecord.eval.signature import signature
from onrecord.eval.tables import print_alignment, print_bench, print_signature, standard_output
from onrecord.eval.tables_labels import print_facts
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.vocabulary import SPLITS

Complain = Callable[[str], None]


@contextlib.contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar on standard error while a person watches; yield what moves it on by one."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=total)
        yield lambda: progress.advance(task)


def instances(named: Sequence[str], split: str, complain: Complain) -> dict[str, System]:
    """Return the systems that are named; or else all that there are, but recorded ones only where they know the split.

    Raises `OnRecordError` for a named system that there is not, or that cannot be loaded; of the others, `complain` is
    told.
    """
    if named:
        return {name: registry.system(name) for name in named}
    found: dict[str, System] = {}
    for name in registry.names():
        if name in recorded() and name not in recorded(split):
            continue
        try:
            found[name] = registry.system(name)
        except OnRecordError as error:
            complain(str(error))
    return found


def bench(
    systems: Mapping[str, System],
    *,
    gold: Gold,
    codebooks: Mapping[str, Codebook],
    ledgers: Ledgers | None = None,
    out: Path | None,
    draws: int,
    seed: int,
    results: dict[str, Result],
    complain: Complain,
) -> None:
    """Fill `results` with the result of each system in turn: complete, and written to `out`, before the next begins.

    With `ledgers`, systems are given the facts of each dossier, and what they link is scored as a label.
    `complain` takes a line for each report that a system failed on or predicted wrongly.
    """
    for name, instance in systems.items():
        if gold.split not in SPLITS and name in recorded():
            continue  # a recorded system knows no article
        with progress_bar(f"{name} on {gold.split}", len(gold.reports) + len(SCORES)) as advance:
            done = run(
                name, instance, reports=gold.reports, codebooks=codebooks, ledgers=ledgers, progress=advance
            )  # fmt: skip
            for line in (*done.failures, *map(str, done.validated.errors)):
                complain(line)
            predicted = done.validated.predictions
            result = evaluate(
                gold=gold, predicted=predicted, draws=draws, seed=seed, ledger=ledgers is not None, progress=advance
            )
        if out is not None:
            folder = out / gold.split
            write(folder / f"{name}.predictions.jsonl", done.lines)
            write(folder / f"{name}.result.json", orjson.dumps(result.to_dict(), option=orjson.OPT_INDENT_2))
        results[name] = result


def as_json(
    gold: Gold, results: Mapping[str, Result], *, draws: int, seed: int, ledger: bool = False
) -> dict[str, Any]:
    """Return the leaderboard of one split in the shape of the result schema."""
    shared = signature(data=gold.digest, split=gold.split, draws=draws, seed=seed, ledger=ledger)
    systems = []
    for name, result in results.items():
        value = result.to_dict()
        systems.append({"name": name, "prediction": value.pop("signature")["prediction"], **value})
    return {"signature": shared, "split": gold.split, "systems": systems}


def show(
    benches: Sequence[tuple[Gold, Mapping[str, Result]]], *, draws: int, seed: int, ledger: bool, in_json: bool
) -> None:
    """Print the leaderboard of each split; in JSON, the article's stands inside that of the published split."""
    values = [as_json(gold, results, draws=draws, seed=seed, ledger=ledger) for gold, results in benches]
    if in_json:
        print_json(values[0] | ({"article": values[1]} if len(values) > 1 else {}))
        return
    console = standard_output()
    for (gold, results), value in zip(benches, values, strict=True):
        claims = sum(len(report.claims) for report in gold.reports)
        reports = "1 report" if len(gold.reports) == 1 else f"{len(gold.reports)} reports"
        console.print(f"Split [bold]{gold.split}[/]: {reports}, {claims} claims. Percent, 95 % intervals.\n")
        print_bench(console, {name: result.scores for name, result in results.items()})
        print_facts(console, results)
        for name, result in results.items():
            print_alignment(console, result.alignment, result.without_fuzzy, name)
        print_signature(console, value["signature"])
