"""The verb that prints a system's figures under the conventions of others: `conventions`."""

from __future__ import annotations

from pathlib import Path

import click

from onrecord.eval.complaints import every
from onrecord.eval.console import FILE, SPLITS, as_json, print_json


@click.command()
@click.argument("predictions", type=FILE)
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split that was predicted.")
@click.option("--article", type=FILE, help="Predictions are for this copy of the article instead.")
@every
@as_json
def conventions(predictions: Path, split: str, article: Path | None, as_json: bool) -> None:
    """Print the figures that others report, beside ours.

    Those of Pareti 2013, PolNeAR, the Gender Gap Tracker, SemEval-2013 and SemEval-2016, with what sets each apart.
    PREDICTIONS is a file as for `onrecord score`; - is standard input.

    \b
    Examples:
      onrecord conventions predictions.jsonl
      onrecord conventions predictions.jsonl --json
    """
    from onrecord.eval import conventions as published
    from onrecord.eval import gold as sources
    from onrecord.eval.files import read_predictions
    from onrecord.eval.results import result_of
    from onrecord.eval.scoring import verdict
    from onrecord.eval.tables_labels import print_conventions

    gold = sources.article_gold(article) if article else sources.published_gold(split)
    validated = read_predictions(predictions, gold, sources.published_codebooks())
    errors = verdict(predictions, validated.incidents, validated.accepted)
    found = published.conventions(gold=gold.reports, predicted=validated.predictions)
    result = result_of(gold=gold, predicted=validated.predictions, draws=0)
    if as_json:
        scores = {name: score.to_dict() for name, score in result.scores.items()}
        listed = [convention.to_dict() for convention in found]
        print_json({"signature": dict(result.signature), "conventions": listed, "scores": scores})
    else:
        print_conventions(result, found)
    raise SystemExit(1 if errors else 0)
