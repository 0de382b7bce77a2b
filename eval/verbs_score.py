"""The verbs that run, score and compare systems: `bench`, `score`, `compare`, `verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from onrecord.eval.complaints import every
from onrecord.eval.console import FILE, FOLDER, RESULTS, SPLITS, as_json, draws, print_json, seed

if TYPE_CHECKING:
    from onrecord.eval.keeping import Overwrite

codebooks = click.option(
    "--codebook", "codebooks", type=FILE, multiple=True, help="A codebook for --gold; without, names are ids."
)


@click.command()
@click.argument("systems", nargs=-1, metavar="[SYSTEM]...")
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split to score on.")
@click.option("--article", type=FILE, help="A copy of the source article: scored as a split of its own.")
@click.option(
    "--out",
    type=FOLDER,
    show_default=f"$ONRECORD_RESULTS, or {RESULTS}",
    help="Keep predictions and results here, in a folder for each split.",
)
@click.option(
    "--overwrite",
    type=click.Choice(["changed", "always", "never"]),
    default="changed",
    show_default=True,
    help="Kept predictions: ask again for what has changed; for everything; or refuse where that would replace any.",
)
@click.option("--with-ledger", is_flag=True, help="Give systems the ledger, and score which fact each claim states.")
@draws
@seed
@every
@as_json
def bench(
    systems: tuple[str, ...],
    split: str,
    article: Path | None,
    out: Path | None,
    overwrite: Overwrite,
    with_ledger: bool,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Run systems and score them: precision, recall, F1, intervals.

    SYSTEM is a registered system, such as cues, tagger or exec:COMMAND; all are run if none is named. What a system
    predicts is kept report by report, and used again for as long as the system (its code, its version, and what it says
    of itself), the text and the codebook are the same: a run that was stopped goes on where it was, and a report that a
    system failed on is asked again.

    \b
    Examples:
      onrecord bench
      onrecord bench cues --split train --out results
      onrecord bench cues --overwrite always
      onrecord bench --json | jq '.systems[].scores.record.f1'
    """
    from onrecord.eval.bench import leaderboard

    code = leaderboard(
        systems, split=split, article=article, out=out, overwrite=overwrite, with_ledger=with_ledger, draws=draws,
        seed=seed, in_json=as_json,
    )  # fmt: skip
    raise SystemExit(code)


@click.command()
@click.argument("predictions", type=FILE)
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split that was predicted.")
@click.option("--article", type=FILE, help="Score predictions for this copy of the article instead.")
@click.option("--gold", type=FILE, help="Score against reports of your own: JSON Lines or Parquet, of any size.")
@codebooks
@click.option("--strict", is_flag=True, help="Give no score for a file with a bad line.")
@click.option("--with-ledger", is_flag=True, help="Fact ids are those of the ledger: score them as a label.")
@click.option("--per-class", is_flag=True, help="Also show topic, stance and kind class by class.")
@click.option("--by", multiple=True, metavar="CUT", help="Also score slice by slice: form, via, register, a tag, …")
@draws
@seed
@every
@as_json
def score(
    predictions: Path,
    split: str,
    article: Path | None,
    gold: Path | None,
    codebooks: tuple[Path, ...],
    strict: bool,
    with_ledger: bool,
    per_class: bool,
    by: tuple[str, ...],
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Score a file of predictions.

    PREDICTIONS is JSON Lines, one object a report; - is standard input. A bad line is reported and counts as an empty
    prediction; the exit code is then 1. A report without a line counts as empty. With --gold, predictions may be a
    .parquet file in the shape of the published reports as well.

    \b
    Examples:
      onrecord score predictions.jsonl
      onrecord export reports | my-system | onrecord score - --json
      onrecord score predictions.jsonl --by form --by document-source
      onrecord score mine.parquet --gold gold.parquet --codebook codebooks.jsonl
    """
    if gold and article:
        raise click.UsageError("--gold and --article exclude each other.")
    _require_gold(gold, codebooks)
    from onrecord.eval.scoring import scored, show

    result, slices, errors = scored(
        predictions, split=split, article=article, own=gold, own_codebooks=codebooks, strict=strict,
        ledger=with_ledger, by=by, draws=draws, seed=seed,
    )  # fmt: skip
    if as_json:
        from onrecord.eval.slices import slices_to_json

        print_json({**result.to_dict(), **({"slices": slices_to_json(slices)} if slices else {})})
    else:
        show(result, slices, per_class=per_class)
    raise SystemExit(1 if errors else 0)


def _require_gold(gold: Path | None, codebooks: tuple[Path, ...]) -> None:
    if codebooks and not gold:
        raise click.UsageError("--codebook is for --gold; a published split has its codebooks.")


@click.command()
@click.argument("systems", nargs=-1, required=True, metavar="A B [...]")
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split to compare on.")
@click.option("--gold", type=FILE, help="Compare files on reports of your own: JSON Lines or Parquet, of any size.")
@codebooks
@click.option(
    "--by", metavar="CUT", help="Also show where the first two systems part, slice by slice of this cut: form, a tag, …"
)
@click.option("--claims", is_flag=True, help="Also list the claims that one of the first two has right, the other not.")
@draws
@seed
@every
@as_json
def compare(
    systems: tuple[str, ...],
    split: str,
    gold: Path | None,
    codebooks: tuple[Path, ...],
    by: str | None,
    claims: bool,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Compare systems: differences of F1 with intervals and p.

    A and B are prediction files, or names of registered or recorded systems.

    \b
    Examples:
      onrecord compare cues quotes
      onrecord compare mine.jsonl cues --by form --claims
      onrecord compare a.jsonl b.jsonl --gold gold.jsonl
    """
    from onrecord.eval.comparison import compared, show

    _require_gold(gold, codebooks)
    comparison = compared(
        systems, split=split, own=gold, own_codebooks=codebooks, by=by, claims=claims, trials=draws, seed=seed
    )
    if as_json:
        return print_json(comparison)
    return show(comparison)


@click.command()
@click.argument("result", type=FILE)
@click.option("--predictions", type=FILE, help="The predictions; by default NAME.predictions.jsonl beside the result.")
@click.option("--article", type=FILE, help="The copy of the article, for a result on it.")
@click.option("--gold", type=FILE, help="The reports, for a result on reports of your own.")
@codebooks
@every
def verify(
    result: Path, predictions: Path | None, article: Path | None, gold: Path | None, codebooks: tuple[Path, ...]
) -> None:
    """Compute a published result again: equal, or where it differs.

    The predictions are scored on the published data, and every figure is compared.

    \b
    Examples:
      onrecord verify onrecord-results/test/cues.result.json
      onrecord verify result.json --predictions predictions.jsonl
    """
    _require_gold(gold, codebooks)
    from onrecord.eval.verify import verified
    from onrecord.schema.errors import OnRecordError

    beside = predictions or result.with_name(f"{result.name.removesuffix('.result.json')}.predictions.jsonl")
    if problem := verified(result, beside, article=article, own=gold, own_codebooks=codebooks):
        raise OnRecordError(f"{result}: {problem}")
    click.echo(f"{result}: equal, every figure")
