"""The verbs that write pages to look at: `browse` and `report`."""

from __future__ import annotations

from pathlib import Path

import click

from onrecord.eval.complaints import Complaint, every, print_complaints
from onrecord.eval.console import SPLITS, draws, results_folder, seed


@click.command()
@click.option("--dossier", "dossiers", multiple=True, metavar="ID", help="Show this dossier (repeatable).")
@click.option("--report", "reports", multiple=True, metavar="ID", help="Show this report (repeatable).")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="onrecord.html",
    show_default=True, help="Write the page here; - is standard output.",
)  # fmt: skip
def browse(dossiers: tuple[str, ...], reports: tuple[str, ...], out: Path) -> None:
    """Write a page of the corpus: reports, claims, facts.

    It is one HTML file, which needs no network: every report with its claims, the ledger, and every fact tracked.
    Without --dossier and --report it holds everything.

    \b
    Examples:
      onrecord browse
      onrecord browse --dossier blinken-lavrov-call --out call.html
      onrecord browse --report blinken-lavrov-call/analysis-verbs --out one.html
    """
    from onrecord.eval.browse import browse as page_of

    _write(out, page_of(dossiers, reports))


@click.command()
@click.argument("systems", nargs=-1, metavar="[SYSTEM_OR_FILE]...")
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split to report on.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="report.html",
    show_default=True, help="Write the page here; - is standard output.",
)  # fmt: skip
@click.option("--by", multiple=True, metavar="CUT", help="Also slice by this cut: a tag, topic, speaker, …")
@draws
@seed
@every
def report(systems: tuple[str, ...], split: str, out: Path, by: tuple[str, ...], draws: int, seed: int) -> None:
    """Write a page of results: scores, curves, slices, errors.

    SYSTEM_OR_FILE is the name of a registered or recorded system, or a prediction file; without any, all systems that
    predicted the whole split are shown. The page is one HTML file, which needs no network, and has every error in its
    text.

    \b
    Examples:
      onrecord report
      onrecord report mine.jsonl cues --by document-source
      onrecord report runs/*.jsonl --split validation --out validation.html
    """
    from onrecord.baselines.recording import recorded
    from onrecord.baselines.registry import names
    from onrecord.eval.bench import progress_bar
    from onrecord.eval.gold import published_codebooks, published_gold
    from onrecord.eval.report import report as page_of

    chosen = dict.fromkeys(systems or [*names(), *recorded(split)])
    complaints: list[Complaint] = []
    gold = published_gold(split)
    with progress_bar(f"report on {split}", len(chosen) * (len(gold.reports) + 1)) as advance:
        data = page_of(
            list(chosen), gold=gold, codebooks=published_codebooks(), by=by, draws=draws, seed=seed,
            folder=results_folder(), complain=complaints.append, progress=advance,
        )  # fmt: skip
    _write(out, data)
    print_complaints(complaints)
    raise SystemExit(bool(complaints))


def _write(out: Path, data: bytes) -> None:
    from onrecord.eval.files import write

    if str(out) == "-":
        click.echo(data, nl=False)
    else:
        write(out, data)
        click.echo(f"{out}: {len(data) / 1e6:.1f} MB; open it in a browser", err=True)
