"""The verbs that run, score and compare systems: `bench`, `score`, `compare`, `verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.eval.console import FILE, FOLDER, SPLITS, as_json, draws, print_json, seed

if TYPE_CHECKING:
    from onrecord.eval.evaluate import Result


@click.command()
@click.argument("systems", nargs=-1, metavar="[SYSTEM]...")
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split to score on.")
@click.option("--article", type=FILE, help="A copy of the source article: scored as a split of its own.")
@click.option("--out", type=FOLDER, help="Write predictions and results here.")
@draws
@seed
@as_json
def bench(
    systems: tuple[str, ...], split: str, article: Path | None, out: Path | None, draws: int, seed: int, as_json: bool
) -> None:
    """Run and score systems: precision, recall and F1 with intervals.

    SYSTEM is the name of a registered system; all of them are run if none is named.

    \b
    Examples:
      onrecord bench
      onrecord bench cues --split train --out results
      onrecord bench --json | jq '.systems[].scores.record.f1'
    """
    from onrecord.eval import bench as leaderboard
    from onrecord.eval.gold import article_gold, published_codebooks, published_gold

    complaints: list[str] = []
    instances = leaderboard.instances(systems, split, complaints.append)
    golds = [published_gold(split), *([article_gold(article)] if article else [])]
    results: list[dict[str, Result]] = [{} for _ in golds]
    interrupted = False
    try:
        for gold, found in zip(golds, results, strict=True):
            leaderboard.bench(
                instances, gold=gold, codebooks=published_codebooks(), out=out, draws=draws, seed=seed, results=found,
                complain=complaints.append,
            )  # fmt: skip
    except KeyboardInterrupt:
        interrupted = True
    leaderboard.show(list(zip(golds, results, strict=True)), draws=draws, seed=seed, in_json=as_json)
    for line in complaints:
        click.echo(line, err=True)
    if interrupted:
        click.echo("onrecord: interrupted; what stands above is complete", err=True)
    raise SystemExit(130 if interrupted else bool(complaints))


@click.command()
@click.argument("predictions", type=FILE)
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split that was predicted.")
@click.option("--article", type=FILE, help="Score predictions for this copy of the article instead.")
@click.option("--strict", is_flag=True, help="Give no score for a file with a bad line.")
@click.option("--by", multiple=True, metavar="CUT", help="Also score slice by slice: form, via, register, a tag, …")
@draws
@seed
@as_json
def score(
    predictions: Path,
    split: str,
    article: Path | None,
    strict: bool,
    by: tuple[str, ...],
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Score a prediction file: JSON Lines, one object a report; - is standard input.

    A bad line is reported and counts as an empty prediction; the exit code is then 1. A report without a line counts as
    empty.

    \b
    Examples:
      onrecord score predictions.jsonl
      my-system < reports.jsonl | onrecord score - --json
      onrecord score predictions.jsonl --by form --by document-source
    """
    from onrecord.eval.scoring import scored, show

    result, slices, errors = scored(
        predictions, split=split, article=article, strict=strict, by=by, draws=draws, seed=seed
    )  # fmt: skip
    if as_json:
        from onrecord.eval.slices import slices_to_json

        print_json({**result.to_dict(), **({"slices": slices_to_json(slices)} if slices else {})})
    else:
        show(result, slices)
    raise SystemExit(1 if errors else 0)


@click.command()
@click.argument("systems", nargs=-1, required=True, metavar="A B [...]")
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split to compare on.")
@click.option("--by", help="Also show where the first two systems part, slice by slice of this cut.")
@click.option("--claims", is_flag=True, help="Also list the claims that one of the first two has right, the other not.")
@draws
@seed
@as_json
def compare(
    systems: tuple[str, ...], split: str, by: str | None, claims: bool, draws: int, seed: int, as_json: bool
) -> None:
    """Compare systems: differences of F1, with intervals and p-values.

    A and B are prediction files or names of registered systems.

    \b
    Examples:
      onrecord compare cues quotes
      onrecord compare mine.jsonl cues --by form --claims
    """
    from onrecord.eval.comparison import compared, show

    comparison = compared(systems, split=split, by=by, claims=claims, trials=draws, seed=seed)
    if as_json:
        return print_json(comparison)
    return show(comparison)


@click.command()
@click.argument("result", type=FILE)
@click.option("--predictions", type=FILE, help="The predictions; by default NAME.predictions.jsonl beside the result.")
@click.option("--article", type=FILE, help="The copy of the article, for a result on it.")
def verify(result: Path, predictions: Path | None, article: Path | None) -> None:
    """Compute a published result again from its predictions; say equal, or where it differs.

    \b
    Examples:
      onrecord verify results/test/cues.result.json
      onrecord verify result.json --predictions predictions.jsonl
    """
    from onrecord.eval.gold import article_gold, published_codebooks, published_gold
    from onrecord.eval.verify import read_result
    from onrecord.eval.verify import verify as verify_result
    from onrecord.schema.errors import OnRecordError

    value = read_result(result)
    beside = predictions or result.with_name(f"{result.name.removesuffix('.result.json')}.predictions.jsonl")
    gold = article_gold(article) if article else published_gold(value["signature"]["split"])
    if problem := verify_result(value, beside, gold=gold, codebooks=published_codebooks()):
        raise OnRecordError(f"{result}: {problem}")
    click.echo(f"{result}: equal, every figure")
