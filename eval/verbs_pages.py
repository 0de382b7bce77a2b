"""The verbs that write pages to look at: `browse`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--dossier", "dossiers", multiple=True, metavar="ID", help="Show this dossier (repeatable).")
@click.option("--report", "reports", multiple=True, metavar="ID", help="Show this report (repeatable).")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="onrecord.html",
    show_default=True, help="Write the page here; - is standard output.",
)  # fmt: skip
def browse(dossiers: tuple[str, ...], reports: tuple[str, ...], out: Path) -> None:
    """Write one HTML page of the corpus: reports, claims, ledger, and every fact tracked.

    The page needs no network. Without --dossier and --report it holds everything.

    \b
    Examples:
      onrecord browse
      onrecord browse --dossier blinken-lavrov-call --out call.html
      onrecord browse --report blinken-lavrov-call/analysis-deliverables --out - > report.html
    """
    from onrecord.eval.browse import browse as page_of
    from onrecord.eval.files import write

    data = page_of(dossiers, reports)
    if str(out) == "-":
        click.echo(data, nl=False)
    else:
        write(out, data)
        click.echo(f"{out}: {len(data) / 1e6:.1f} MB; open it in a browser", err=True)
