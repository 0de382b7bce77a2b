"""What the verbs of the command line share: how they print, and the options that more than one of them has."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from onrecord.schema.incidents import Incident

FILE: Final = click.Path(path_type=Path, allow_dash=True)
FOLDER: Final = click.Path(path_type=Path, file_okay=False)
SPLITS: Final = click.Choice(["train", "validation", "test"])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
draws = click.option(
    "--draws", type=click.IntRange(0), default=10_000, show_default=True, help="Resamples for the intervals."
)
seed = click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the resamples.")

RESULTS: Final = "onrecord-results"


def results_folder() -> Path:
    """Return the folder in which predictions and results are kept unless a user names another."""
    return Path(os.environ.get("ONRECORD_RESULTS") or RESULTS)


def print_json(value: Any) -> None:
    """Print one JSON object on standard output."""
    import orjson

    # Bytes, so that JSON is UTF-8 whatever the encoding of the terminal.
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def print_incidents(incidents: Iterable[Incident], *, most: int | None = None) -> None:
    """Print incidents on standard error, a line each; of one id at most `most`, then how many more there are."""
    seen: dict[str, int] = {}
    for incident in incidents:
        seen[incident.id] = seen.get(incident.id, 0) + 1
        if most is None or seen[incident.id] <= most:
            click.echo(str(incident), err=True)
    for id_, times in seen.items():
        if most is not None and times > most:
            click.echo(f"… and {times - most} more of [{id_}]; `onrecord validate` lists all", err=True)
