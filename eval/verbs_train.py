"""The verb that trains a system: `train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.eval.console import FOLDER

if TYPE_CHECKING:
    from onrecord.baselines.model import Model


@click.command()
@click.argument("system", type=click.Choice(["tagger"]))
@click.option(
    "--data",
    type=FOLDER,
    help="Learn spans from this folder: a part of PolNeAR, or a checkout with data/reports/train.parquet.",
)
@click.option("--out", type=FOLDER, required=True, help="Write the model into this folder.")
def train(system: str, data: Path | None, out: Path) -> None:
    """Train SYSTEM and write its model.

    By default it learns all from the published train split. A folder of PolNeAR teaches spans only: it has no speakers,
    agencies, topics, stances or kinds, so these are learnt from the published train split whatever the spans come from.

    \b
    Examples:
      onrecord train tagger --out my-model && onrecord bench tagger:my-model
      onrecord train tagger --data PolNeAR/data/train --out news-model
    """
    from onrecord.baselines.model import save

    out.mkdir(parents=True, exist_ok=True)  # before the work, not behind it, it turns out that it cannot be written
    save(trained(data), out)
    click.echo(f"wrote {out}; run it as {system}:{out}")


def trained(data: Path | None) -> Model:
    """Return a tagger's model with spans learnt from `data`, or from the published train split."""
    from onrecord.baselines.training import Annotated, from_reports, train
    from onrecord.data.polnear import is_polnear, read_polnear
    from onrecord.data.published import read_codebooks, read_reports, splits
    from onrecord.schema.errors import OnRecordError

    def say(what: str) -> None:
        click.echo(f"{what} …", err=True)

    ours = read_reports("train")
    if data is not None and is_polnear(data):
        texts = [Annotated(article.text, article.attributions, "PolNeAR") for article in read_polnear(data)]
        known = {"spans": f"PolNeAR, {len(texts)} articles", "labels": f"OnRecord train, {len(ours)} reports"}
        return train(texts, reports=ours, codebooks=read_codebooks(), divides=False, provenance=known, say=say)
    if data is not None and "train" not in splits(data):
        what = "neither a part of PolNeAR (folders `text` and `attributions`) nor a checkout with data/reports"
        raise OnRecordError(f"{data}: {what}/train.parquet; give one of them", exit_code=2)
    reports = ours if data is None else read_reports("train", data)
    known = dict.fromkeys(("spans", "labels"), f"OnRecord train, {len(reports)} reports")
    books = read_codebooks(data)
    return train(from_reports(reports), reports=reports, codebooks=books, divides=True, provenance=known, say=say)
