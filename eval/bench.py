"""`onrecord bench`: run systems on a split, score them, print the leaderboard, keep what they predicted."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from onrecord.baselines import registry
from onrecord.baselines.recording import recorded
from onrecord.baselines.registry import System
from onrecord.eval import gold as sources
from onrecord.eval.complaints import Complain, Complaint, print_complaints
from onrecord.eval.console import print_json, results_folder
from onrecord.eval.count import SCORES
from onrecord.eval.files import write
from onrecord.eval.keeping import Keep, Overwrite, slug
from onrecord.eval.results import Gold, Result, result_of
from onrecord.eval.run import Ledgers, SystemFailedError, run
from onrecord.eval.signature import signature
from onrecord.eval.tables import (
    print_alignment,
    print_bench,
    print_invalid,
    print_signature,
    print_usage,
    standard_output,
)
from onrecord.eval.tables_labels import print_facts
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import counted
from onrecord.schema.vocabulary import SPLITS

Remark = Callable[[str], None]


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
            complain(Complaint(str(error)))
    return found


def leaderboard(
    named: Sequence[str],
    *,
    split: str,
    article: Path | None,
    out: Path | None,
    overwrite: Overwrite,
    with_ledger: bool,
    draws: int,
    seed: int,
    in_json: bool,
) -> int:
    """Run the systems that are named, or all, on a split and on the article if given; print what they score.

    Return the exit code. Predictions and results are kept in `out` or, where it is None, in the usual folder if that
    can be written to. What a system failed on, and what there is to know of kept predictions, follows on standard
    error. An interrupt leaves the systems that were finished, and so does an `OnRecordError`, which is then raised.
    """
    complaints: list[Complaint] = []
    remarks: list[str] = []
    keep = Keep(out, overwrite) if out else _usual(overwrite, remarks.append)
    systems = instances(named, split, complaints.append)
    codebooks = sources.published_codebooks()
    ledgers = sources.published_ledgers() if with_ledger else None
    golds = [sources.published_gold(split), *([sources.article_gold(article)] if article else [])]
    results: list[dict[str, Result]] = [{} for _ in golds]
    stopped: KeyboardInterrupt | OnRecordError | None = None
    try:
        for gold, found in zip(golds, results, strict=True):
            bench(
                systems, gold=gold, codebooks=codebooks, ledgers=ledgers, keep=keep, draws=draws, seed=seed,
                results=found, complain=complaints.append, remark=remarks.append,
            )  # fmt: skip
    except (KeyboardInterrupt, OnRecordError) as error:
        stopped = error
    if any(results) or not isinstance(stopped, OnRecordError):
        show(list(zip(golds, results, strict=True)), draws=draws, seed=seed, ledger=with_ledger, in_json=in_json)
    for line in remarks:
        click.echo(line, err=True)
    print_complaints(complaints)
    if isinstance(stopped, OnRecordError):
        raise stopped
    if stopped:
        click.echo("onrecord: interrupted; what stands above is complete, and what was predicted is kept", err=True)
    return 130 if stopped else int(bool(complaints))


def _usual(overwrite: Overwrite, remark: Remark) -> Keep | None:
    """Return the folder in which predictions are kept unless a user names another, or None where there can be none."""
    folder = results_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return Keep(folder, overwrite)
        why = "it cannot be written to"
    except OSError as error:
        why = str(error.strerror)
    remark(f"{folder}: {why}, so nothing is kept; name a folder with --out")
    return None


def bench(
    systems: Mapping[str, System],
    *,
    gold: Gold,
    codebooks: Mapping[str, Codebook],
    ledgers: Ledgers | None = None,
    keep: Keep | None,
    draws: int,
    seed: int,
    results: dict[str, Result],
    complain: Complain,
    remark: Remark,
) -> None:
    """Fill `results` with the result of each system in turn: complete, and written, before the next begins.

    With `ledgers`, systems are given the facts of each dossier, and what they link is scored as a label. Predictions
    and results are kept in the split's folder in that of `keep`, those with the ledger in one beside it. `complain`
    takes what a system failed on or predicted wrongly, `remark` what is to be known of the kept.
    """
    if keep:
        keep = replace(keep, folder=keep.folder / (gold.split if ledgers is None else f"{gold.split}-with-ledger"))
    for name, instance in systems.items():
        if gold.split not in SPLITS and name in recorded():
            continue  # a recorded system knows no article
        with progress_bar(f"{name} on {gold.split}", len(gold.reports) + len(SCORES)) as advance:
            try:
                done = run(
                    name, instance, reports=gold.reports, codebooks=codebooks, ledgers=ledgers, keep=keep,
                    progress=advance,
                )  # fmt: skip
            except SystemFailedError as error:
                complain(Complaint(str(error)))
                continue
            for line in done.remarks:
                remark(line)
            for complaint in done.complaints:
                complain(complaint)
            predicted, given = done.validated.predictions, ledgers is not None
            result = result_of(
                gold=gold, predicted=predicted, draws=draws, seed=seed, ledger=given, progress=advance
            )  # fmt: skip
        result = replace(result, usage=done.usage or None, invalid=done.validated.refused)
        if keep:
            _save(keep.folder, name, result)
        results[name] = result


def _save(folder: Path, name: str, result: Result) -> None:
    write(folder / f"{slug(name)}.result.json", orjson.dumps(result.to_dict(), option=orjson.OPT_INDENT_2))


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
        size = f"{counted(len(gold.reports), 'report')}, {counted(claims, 'claim')}"
        console.print(f"Split [bold]{gold.split}[/]: {size}. Percent, 95 % intervals.\n")
        print_bench(console, {name: result.scores for name, result in results.items()})
        print_facts(console, results)
        for name, result in results.items():
            print_alignment(console, result.alignment, result.without_fuzzy, name)
        for name, result in results.items():
            print_usage(console, result.usage, name)
            print_invalid(console, result.invalid, name)
        print_signature(console, value["signature"])
