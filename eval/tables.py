"""Tables for people: figures in percent, rounded here and nowhere else, 80 columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from onrecord.eval.count import SCORES
from onrecord.eval.score import FIGURES, Score
from onrecord.eval.signature import Signature, as_line

if TYPE_CHECKING:
    from rich.console import Console

_UNDEFINED = "–"
_BRIEF = ("exact", "characters", "speaker", "agency", "topic", "stance", "kind")


def percent(value: float | None) -> str:
    """Return a ratio as a percentage with one digit (but 100), or a dash where it is undefined."""
    if value is None:
        return _UNDEFINED
    return "100" if value == 1 else f"{100 * value:.1f}"


def with_interval(score: Score, figure: str) -> str:
    """Return a figure with its interval, in percent: `41.2 [36.0, 46.1]`."""
    ends = score.interval[figure]
    shown = percent(getattr(score, figure))
    return f"{shown} [{percent(ends[0])}, {percent(ends[1])}]" if ends else shown


def _print(console: Console, title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(title, style="bold", markup=False, highlight=False)
    console.print(table)


def print_bench(console: Console, systems: Mapping[str, Mapping[str, Score]]) -> None:
    """Print the leaderboard: `record` and `detection` with intervals, then the F1 of the other scores."""
    for name, what in (
        ("record", "record: content matched; speaker, agency, topic and stance all right"),
        ("detection", "detection: content matched"),
    ):
        rows = [
            (system, *(with_interval(scores[name], figure) for figure in FIGURES)) for system, scores in systems.items()
        ]
        _print(console, what, ("system", "precision", "recall", "F1"), rows)
    others = [(system, *(percent(scores[name].f1) for name in _BRIEF)) for system, scores in systems.items()]
    _print(console, "F1 of the other scores, end to end", ("system", *_BRIEF), others)


def print_scores(console: Console, scores: Mapping[str, Score]) -> None:
    """Print every score of one system with intervals, then the counts."""
    figures = [(name, *(with_interval(scores[name], figure) for figure in FIGURES)) for name in SCORES]
    _print(console, "Percent, with 95 % intervals", ("score", "precision", "recall", "F1"), figures)
    counts = [
        (
            name,
            f"{s.tp:,}",
            f"{s.predicted:,}",
            f"{s.gold:,}",
            "" if s.matched is None else percent(s.accuracy),
            percent(s.macro["f1"]),
        )
        for name, s in ((name, scores[name]) for name in SCORES)
    ]
    columns = ("score", "tp", "predicted", "gold", "accuracy", "macro F1")
    _print(console, "Counts, accuracy on matched pairs, macro F1 over dossiers", columns, counts)


def print_signature(console: Console, signature: Signature) -> None:
    """Print the signature, broken between its entries where the line is full."""
    line = ""
    for entry in as_line(signature).split(" | "):
        if line and len(line) + len(entry) + 3 > console.width:
            console.print(line, markup=False, highlight=False)
            line = entry
        else:
            line = f"{line} | {entry}" if line else entry
    console.print(line + "\n", markup=False, highlight=False)
