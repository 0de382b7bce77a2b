"""What the verbs of the command line share: how they print, and the options that more than one of them has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import click

FILE: Final = click.Path(path_type=Path, allow_dash=True)
FOLDER: Final = click.Path(path_type=Path, file_okay=False)
CONTROL: Final = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Code points that speak to a terminal, or that turn the direction of writing and so would hide words."""
SPLITS: Final = click.Choice(["train", "validation", "test"])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
draws = click.option(
    "--draws", type=click.IntRange(0, 1_000_000), default=10_000, show_default=True,
    help="Resamples for the intervals.",
)  # fmt: skip
SEED: Final = click.IntRange(0, 2**32 - 1)
seed = click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the resamples.")

RESULTS: Final = "onrecord-results"


def results_folder() -> Path:
    """Return the folder in which predictions and results are kept unless a user names another."""
    return Path(os.environ.get("ONRECORD_RESULTS") or RESULTS)


def print_json(value: Any) -> None:
    """Print one JSON object on standard output."""
    import orjson

    # Bytes, so that JSON is UTF-8 whatever the encoding of the terminal.
    click.echo(orjson.dumps(in_unicode(value), option=orjson.OPT_INDENT_2))


def in_unicode(value: Any) -> Any:
    """Return a text, and every text in a list or a mapping, with escapes for what is no character.

    The name of a file may hold any bytes; those that are not UTF-8 are lone surrogates here, which nothing can encode.
    """
    if isinstance(value, str):
        return value if value.isprintable() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {in_unicode(key): in_unicode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [in_unicode(item) for item in value]
    return value
