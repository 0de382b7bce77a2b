"""The verbs that check, build, write out and describe the data: `validate`, `build`, `export`, `article`, `stats`, …"""

from __future__ import annotations

from pathlib import Path

import click

from onrecord.eval.complaints import every, print_incidents
from onrecord.eval.console import FILE, FOLDER, SPLITS, as_json, draws, print_json, seed


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@every
@as_json
def validate(files: tuple[Path, ...], as_json: bool) -> None:
    """Check files of every kind, and print all that is wrong.

    A dossier's folder, a codebook, a ledger, a marked-up report; JSON or JSON Lines of predictions, reports, claims,
    facts, codebooks and results; published Parquet files.

    \b
    Examples:
      onrecord validate predictions.jsonl
      onrecord validate data/dossiers/*
    """
    from onrecord.data.check import check_file
    from onrecord.schema.incidents import counted

    incidents = [incident for path in files for incident in check_file(path)]
    errors = sum(incident.level == "error" for incident in incidents)
    if as_json:
        print_json({"files": len(files), "errors": errors, "incidents": [i.to_dict() for i in incidents]})
    else:
        print_incidents(incidents)
        warnings = counted(len(incidents) - errors, "warning")
        click.echo(f"{len(files):,} checked: {counted(errors, 'error')}, {warnings}", err=True)
    raise SystemExit(1 if errors else 0)


@click.command()
@click.option("--root", type=FOLDER, default=".", help="The checkout.")
@click.option("--check", is_flag=True, help="Write nothing; fail if the published files are not what the sources say.")
def build(root: Path, check: bool) -> None:
    """Compile the dossiers of a checkout into the published files.

    \b
    Examples:
      onrecord build
      onrecord build --check
    """
    from onrecord.data.build import build as build_published
    from onrecord.data.build import stale
    from onrecord.schema.errors import OnRecordError

    if not check:
        for line in build_published(root):
            click.echo(line, err=True)
    elif outdated := stale(root):
        raise OnRecordError(f"stale: {', '.join(outdated)}; run `onrecord build`")
    else:
        click.echo("the published files are what the sources say", err=True)


@click.command()
@click.argument("file", type=FILE)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report here, as one JSON line.")
@click.option("--anchors", is_flag=True, help="FILE is the article with inline tags: print its anchors for the ledger.")
@as_json
def article(file: Path, out: Path | None, anchors: bool, as_json: bool) -> None:
    """Make a report with gold claims of a copy of the article.

    The ledger is anchored in it. The article is not part of OnRecord. A copy may differ in white space, typographic
    quotes and what stands around it; another text is refused.

    \b
    Examples:
      onrecord article article.txt
      onrecord article article.txt --json
    """
    import orjson

    from onrecord.data.article import anchors_yaml
    from onrecord.eval.files import read_document, write
    from onrecord.eval.gold import read_article
    from onrecord.schema.incidents import counted

    if anchors:
        return click.echo(anchors_yaml(read_document(file)), nl=False)
    report = read_article(file)
    if out is not None:
        write(out, orjson.dumps(report, option=orjson.OPT_APPEND_NEWLINE))
    if as_json:
        return print_json({"report": report})
    for claim in report["claims"]:
        words = " … ".join(fragment["text"] for fragment in claim["content"])
        click.echo("\t".join([claim["fact"].rpartition("/")[2], claim["speaker"], str(claim["agency"] or ""), words]))
    click.echo(f"{counted(len(report['claims']), 'claim')} anchored", err=True)
    return None


@click.command()
@click.argument("config", type=click.Choice(("reports", "claims", "ledger", "codebook")))
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split to write.")
def export(config: str, split: str) -> None:
    """Write the rows of a split as JSON Lines, labels by name.

    Reports, facts and codebooks are those of the schemas; a flat claim has its report's register too.

    \b
    Examples:
      onrecord export reports --split train > train.jsonl
      onrecord export codebook > codebooks.jsonl
      onrecord export reports > gold.jsonl
    """
    import orjson

    from onrecord.data.published import CONFIGS, read_rows

    named = next(name for name in CONFIGS if name == config)
    for row in read_rows(named, split):
        click.echo(orjson.dumps(row))


@click.command()
@as_json
def stats(as_json: bool) -> None:
    """Print what the corpus consists of, as Markdown tables.

    They are the figures of the dataset card.

    \b
    Examples:
      onrecord stats
      onrecord stats --json | jq .splits.test.form
    """
    from onrecord.eval.composition import compose, markdown

    composition = compose()
    if as_json:
        return print_json(composition)
    click.echo(markdown(composition))
    return None


@click.command()
@click.option("--split", type=SPLITS, default="test", show_default=True, help="The split to compare on.")
@click.option("--with", "second", default="second-pass", show_default=True, metavar="NAME", help="A recorded system.")
@draws
@seed
@as_json
def agreement(split: str, second: str, draws: int, seed: int, as_json: bool) -> None:
    """Print how far the second annotation agrees with the gold.

    \b
    Examples:
      onrecord agreement
      onrecord agreement --split validation --json
    """
    from onrecord.baselines.recording import predictions
    from onrecord.eval.agreement import agree
    from onrecord.eval.gold import published_codebooks, published_gold
    from onrecord.eval.tables import print_agreement

    predicted = predictions(second, split)
    value = agree(gold=published_gold(split), second=predicted, codebooks=published_codebooks(), draws=draws, seed=seed)
    if as_json:
        return print_json(value)
    return print_agreement(value)


@click.command()
@click.option("--format", "style", type=click.Choice(["bibtex", "cff"]), default="bibtex", show_default=True)
def cite(style: str) -> None:
    """Print the citation, as BibTeX or as the Citation File Format.

    \b
    Examples:
      onrecord cite
      onrecord cite --format cff
    """
    from onrecord.data.citation import bibtex, cff

    click.echo(bibtex() if style == "bibtex" else cff(), nl=False)
