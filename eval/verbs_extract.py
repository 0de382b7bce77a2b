"""The verb that reads texts of the user's own: `extract`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord.eval.complaints import Complaint, Teller, every
from onrecord.eval.console import FILE

if TYPE_CHECKING:
    from onrecord.eval.extraction import Extracted
    from onrecord.eval.texts import Given


@click.command()
@click.argument("system")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--dossier", metavar="ID", help="Take agents and topics from this dossier's codebook.")
@click.option("--topics", type=FILE, help="Topics for texts without a dossier: YAML or JSON.")
@click.option(
    "--from", "source", type=click.Choice(["text", "markdown", "html", "jsonl"]),
    help="What the files are; by default their suffix tells.",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["jsonl", "csv", "parquet", "view"]), default="jsonl", show_default=True,
    help="What to print.",
)  # fmt: skip
@click.option("--with-text", is_flag=True, help="Put the text that the offsets are of into each JSON line.")
@click.option("--jobs", type=click.IntRange(1), help="How many processes; by default one for each processor.")
@every
def extract(
    system: str,
    files: tuple[Path, ...],
    dossier: str | None,
    topics: Path | None,
    source: Any,
    shape: str,
    with_text: bool,
    jobs: int | None,
) -> None:
    """Extract the claims of any texts.

    SYSTEM is a registered system, such as cues, tagger or exec:COMMAND; - is standard input. Without --dossier, the
    people and organisations come from each text itself, and topic and stance only from --topics; what cannot be decided
    is null. With --dossier, a line is that of a prediction file; the `fact` of a claim is then an id of the system's
    own: what has the same id is taken to state the same fact.

    The results stand in the order of the files. A file that cannot be read is one message; the others come out, and the
    exit code is 1.

    \b
    Examples:
      onrecord extract cues story.txt --format view
      onrecord extract cues *.html --topics topics.yaml --format csv > claims.csv
      cat story.txt | onrecord extract quotes - --dossier blinken-lavrov-call
    """
    if dossier is not None and topics is not None:
        raise click.UsageError("--dossier and --topics exclude each other: a dossier has topics.")
    if with_text and (dossier is not None or shape != "jsonl"):
        raise click.UsageError("--with-text is for JSON Lines without --dossier.")
    if shape == "parquet" and sys.stdout.isatty():
        raise click.UsageError("Parquet is binary; write it to a file: --format parquet > claims.parquet")
    from onrecord.eval.extraction import Job, extracted
    from onrecord.eval.texts import given
    from onrecord.eval.topics import read_topics

    codebook = _codebook(dossier) if dossier is not None else None
    job = Job(system, codebook, read_topics(topics) if topics else (), _finish(shape, with_text))
    texts = given(files, source)
    workers = jobs or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1))
    with _bar(texts, files) as (watched, advance), _writer(shape) as write:
        failures = _write(extracted(job, watched, jobs=workers), write, advance)
    raise SystemExit(1 if failures else 0)


def _finish(shape: str, with_text: bool) -> Callable[[Extracted], object]:
    from onrecord.eval import findings

    if shape == "jsonl":
        return partial(findings.as_line, with_text=with_text)
    return findings.whole if shape == "view" else findings.as_rows


def _codebook(dossier: str) -> Any:
    from onrecord.eval.gold import published_codebooks

    codebooks = published_codebooks()
    if dossier not in codebooks:
        raise click.UsageError(f"There is no dossier {dossier!r} (there are: {', '.join(codebooks)}).")
    return codebooks[dossier]


def _write(results: Iterator[Any], write: Callable[[Any], object], advance: Callable[[], None]) -> int:
    """Write results as they come; tell and count the complaints among them."""
    from onrecord.eval.extraction import deaf

    failures, teller = 0, Teller()
    with contextlib.closing(teller):
        for result in results:
            if isinstance(result, Complaint):
                failures += 1
                teller.tell(result)
            else:
                with deaf():  # a pipe takes a long line in several parts
                    write(result)
                    sys.stdout.flush()  # what stays in the buffer may be cut where the process ends
            advance()
    return failures


@contextlib.contextmanager
def _bar(texts: Iterator[Given], files: Sequence[Path]) -> Iterator[tuple[Iterator[Given], Callable[[], None]]]:
    """Show a bar while a person watches it and not the output; yield the texts, and what moves the bar on."""
    if not sys.stderr.isatty() or sys.stdout.isatty() or Path("-") in files:
        yield texts, lambda: None
        return
    from onrecord.eval.bench import progress_bar

    listed = list(texts)
    with progress_bar("texts", len(listed)) as advance:
        yield iter(listed), advance


@contextlib.contextmanager
def _writer(shape: str) -> Iterator[Callable[[Any], object]]:
    """Yield what writes results to standard output; what was written before an interrupt is whole."""
    from onrecord.eval import findings

    stream = sys.stdout.buffer
    if shape == "jsonl":
        yield stream.write
    elif shape == "view":
        from onrecord.eval.tables import standard_output
        from onrecord.eval.view import View

        yield View(standard_output()).write
    else:
        table: findings.Csv | findings.Parquet
        table = findings.Csv(stream) if shape == "csv" else findings.Parquet(stream)
        with contextlib.closing(table):
            yield table.write
