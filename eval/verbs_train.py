"""The verbs that train a system: `train tagger`, `train transformers`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from onrecord.eval.console import FOLDER, SEED

if TYPE_CHECKING:
    from onrecord.baselines.model import Model
    from onrecord.baselines.training import Annotated

_HELD: Final = 10
"""Of a corpus without a validation split, one text in so many is held out."""

_data = click.option(
    "--data",
    type=FOLDER,
    help="Learn spans from this folder: a part of PolNeAR, or a checkout with data/reports/train.parquet.",
)
_out = click.option("--out", type=FOLDER, required=True, help="Write the model into this folder.")


@click.group()
def train() -> None:
    """Train a system and write its model.

    By default it learns from the published train split. A folder of PolNeAR teaches spans only: it has no speakers,
    agencies, topics, stances or kinds, so these are learnt from the published train split whatever the spans come from.

    \b
    Examples:
      onrecord train tagger --out my-model
      onrecord train transformers --base distilbert-base-cased --out my-model
    """


@train.command()
@_data
@_out
def tagger(data: Path | None, out: Path) -> None:
    """Train the tagger: roles, what binds them, and labels.

    \b
    Examples:
      onrecord train tagger --out my-model && onrecord bench tagger:my-model
      onrecord train tagger --data PolNeAR/data/train --out news-model
    """
    from onrecord.baselines.model import save

    out.mkdir(parents=True, exist_ok=True)  # before the work, not behind it, it turns out that it cannot be written
    save(trained(data), out)
    click.echo(f"wrote {out}; run it as tagger:{out}")


@train.command()
@click.option("--base", required=True, help="The pretrained model: a folder, or a name on the Hugging Face Hub.")
@_data
@_out
@click.option("--epochs", type=click.IntRange(1), default=10, show_default=True, help="How often each text is seen.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), default=5e-5, show_default=True, help="Learning rate.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of order, layers and dropout.")
@click.option("--device", default="cpu", show_default=True, help="Where to train: cpu, cuda, cuda:1, mps, …")
def transformers(base: str, data: Path | None, out: Path, epochs: int, rate: float, seed: int, device: str) -> None:
    """Fine-tune a pretrained language model to find roles.

    Each epoch is judged on the validation split (of PolNeAR: on every tenth text, held out); the best one is kept, and
    is whole on disk as soon as it is over. To go on from it, give it as the base.

    \b
    Examples:
      onrecord train transformers --base distilbert-base-cased --out my-model
      onrecord bench transformers:my-model
    """
    from onrecord.baselines.finetuning import Course, finetune

    course = Course(base, epochs, rate, seed, device)
    texts, held, divides, source = _texts(data)
    about = {"divides": divides, "provenance": {"spans": source, "base": base, "rate": rate, "seed": seed}}
    best = finetune(texts, held, course=course, about=about, out=out, tell=lambda epoch: click.echo(epoch, err=True))
    click.echo(f"wrote {out}, of epoch {best.number}; run it as transformers:{out}")


def _texts(data: Path | None) -> tuple[Sequence[Annotated], Sequence[Annotated], bool, str]:
    """Return texts to learn from, texts held out, whether contents are propositions, and what the texts are."""
    from onrecord.baselines.training import from_reports
    from onrecord.data.published import read_reports

    if articles := _articles(data):
        learnt = [article for number, article in enumerate(articles) if number % _HELD]
        return learnt, articles[::_HELD], False, f"PolNeAR, {len(learnt)} articles"
    reports = read_reports("train", data)
    held = read_reports("validation", data)
    return from_reports(reports), from_reports(held), True, f"OnRecord train, {len(reports)} reports"


def trained(data: Path | None) -> Model:
    """Return a tagger's model with spans learnt from `data`, or from the published train split."""
    from onrecord.baselines.training import from_reports, train
    from onrecord.data.published import read_codebooks, read_reports

    def say(what: str) -> None:
        click.echo(f"{what} …", err=True)

    if articles := _articles(data):
        ours = read_reports("train")
        known = {"spans": f"PolNeAR, {len(articles)} articles", "labels": f"OnRecord train, {len(ours)} reports"}
        return train(articles, reports=ours, codebooks=read_codebooks(), divides=False, provenance=known, say=say)
    reports = read_reports("train", data)
    known = dict.fromkeys(("spans", "labels"), f"OnRecord train, {len(reports)} reports")
    books = read_codebooks(data)
    return train(from_reports(reports), reports=reports, codebooks=books, divides=True, provenance=known, say=say)


def _articles(data: Path | None) -> list[Annotated]:
    """Return the articles in `data`, none where it is a checkout; raise `OnRecordError` where it is neither."""
    from onrecord.baselines.training import Annotated
    from onrecord.data.polnear import is_polnear, read_polnear
    from onrecord.data.published import splits
    from onrecord.schema.errors import OnRecordError

    if data is not None and is_polnear(data):
        return [Annotated(article.text, article.attributions, "PolNeAR") for article in read_polnear(data)]
    if data is not None and "train" not in splits(data):
        what = "neither a part of PolNeAR (folders `text` and `attributions`) nor a checkout with data/reports"
        raise OnRecordError(f"{data}: {what}/train.parquet; give one of them", exit_code=2)
    return []
