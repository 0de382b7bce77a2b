"""Tables for people: figures in percent, rounded here and nowhere else, 80 columns wide."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, Final, TextIO, cast

from onrecord.eval.count import SCORES
from onrecord.eval.scores import FIGURES, Figures, Score
from onrecord.eval.signature import Signature, as_line
from onrecord.schema.prediction import LABELS, ROLES, Alignment

if TYPE_CHECKING:
    from rich.console import Console

    from onrecord.eval.results import Result

_WAYS: Final[dict[Alignment, str]] = {
    "offsets": "by offsets",
    "exact": "exact",
    "normalised": "normalised",
    "fuzzy": "fuzzy",
    "ungrounded": "not at all",
}
_UNDEFINED = "–"
_BRIEF: Final = (
    ("F1 of contents and roles, end to end", ("exact", "characters", *ROLES)),
    ("F1 of labels, end to end", LABELS),
)


def standard_output() -> Console:
    """Return the console that tables are printed on: at least 80 columns wide, so that no figure is cut."""
    from rich.console import Console

    console = Console()
    console = console if console.width >= 80 else Console(width=80)
    if not console.is_terminal:
        console.file = cast(IO[str], _Trimmed(sys.stdout))
    return console


class _Trimmed:
    """A stream whose lines lose the blanks that rich fills them with: litter in a file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.encoding = stream.encoding
        self.flush = stream.flush

    def write(self, text: str) -> int:
        return self._stream.write(re.sub(" +\n", "\n", text))


def as_text(printed: Callable[[Console], None]) -> str:
    """Return what `printed` prints on a console of 80 columns, as plain text."""
    from rich.console import Console

    stream = io.StringIO()
    printed(Console(file=stream, width=80, color_system=None))
    return "\n".join(line.rstrip() for line in stream.getvalue().strip("\n").split("\n"))


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


def print_table(console: Console, title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print a table under its title; the first column is text, the others are figures."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for number, name in enumerate(columns):
        # The first column gives way, by folding; figures are never cut.
        table.add_column(name, justify="right" if number else "left", no_wrap=number > 0, overflow="fold")
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
        print_table(console, what, ("system", "precision", "recall", "F1"), rows)
    for what, names in _BRIEF:
        others = [(system, *(percent(scores[name].f1) for name in names)) for system, scores in systems.items()]
        print_table(console, what, ("system", *names), others)


def print_result(console: Console, result: Result) -> None:
    """Print all that there is to say of the result of one system."""
    from onrecord.eval.tables_labels import print_fact

    print_scores(console, result.scores)
    print_fact(console, result.fact)
    print_alignment(console, result.alignment, result.without_fuzzy)
    print_usage(console, result.usage)
    print_invalid(console, result.invalid)
    print_signature(console, result.signature)


def print_scores(console: Console, scores: Mapping[str, Score]) -> None:
    """Print every score of one system with intervals, then the counts."""
    figures = [(name, *(with_interval(scores[name], figure) for figure in FIGURES)) for name in scores]
    print_table(console, "Percent, with 95 % intervals", ("score", "precision", "recall", "F1"), figures)
    counts = [
        (
            name,
            f"{s.tp:,}",
            f"{s.predicted:,}",
            f"{s.gold:,}",
            "" if s.matched is None else percent(s.accuracy),
            percent(s.macro["f1"]),
        )
        for name, s in scores.items()
    ]
    columns = ("score", "tp", "predicted", "gold", "accuracy", "macro F1")
    print_table(console, "Counts, accuracy on matched pairs, macro F1 over dossiers", columns, counts)


def print_alignment(
    console: Console, counts: Mapping[Alignment, int], without_fuzzy: Mapping[str, Figures] | None, system: str = ""
) -> None:
    """Print how many claims of a system were grounded which way, where any was given as words."""
    ways = ", ".join(f"{counts[way]:,} {words}" for way, words in _WAYS.items() if counts[way])
    if sum(counts.values()) == counts["offsets"]:
        return
    line = f"Grounded{system and f' ({system})'}: {ways}"
    if without_fuzzy:
        rest = ", ".join(f"{name} F1 {percent(without_fuzzy[name]['f1'])}" for name in SCORES[:2])
        line = f"{line}; without the fuzzy ones {rest}"
    console.print(f"{line}\n", markup=False, highlight=False)


def print_usage(console: Console, usage: Mapping[str, float] | None, system: str = "") -> None:
    """Print what a system used, where it says so."""
    if usage:
        figures = ", ".join(
            f"{name} {value:,.6g}" if value % 1 else f"{name} {value:,.0f}" for name, value in usage.items()
        )
        console.print(f"Used{system and f' ({system})'}: {figures}\n", markup=False, highlight=False)


def print_invalid(console: Console, invalid: int, system: str = "") -> None:
    """Print how many lines of a system's predictions were refused, where any were."""
    if invalid:
        line = f"Invalid lines, which count as empty{system and f' ({system})'}: {invalid:,}\n"
        console.print(line, markup=False, highlight=False)


def print_agreement(value: Mapping[str, Any]) -> None:
    """Print an agreement as `onrecord.eval.agreement.agree` returns it, on standard output."""
    console = standard_output()
    reports, record = value["reports"], value["scores"]["record"]
    console.print(f"Second annotation of {reports['covered']} of {reports['of']} reports.", highlight=False)
    rows = [(name, *(percent(value["scores"][name][f]) for f in FIGURES)) for name in SCORES]
    print_table(
        console, "The second annotation scored as a system, percent", ("score", "precision", "recall", "F1"), rows
    )
    before = value["before_adjudication"]
    for when, score in (("before", before["record"]), ("after", record)):
        low, high = score["interval"]["f1"] or (None, None)
        line = f"record F1 {when} adjudication: {percent(score['f1'])} [{percent(low)}, {percent(high)}]"
        console.print(line, markup=False, highlight=False)
    console.print()
    print_coefficients(console, value["labels"])
    dossiers = [
        (name, percent(before["record_f1_by_dossier"][name]), percent(after))
        for name, after in value["record_f1_by_dossier"].items()
    ]
    print_table(console, "record F1 by dossier", ("dossier", "before adjudication", "after"), dossiers)
    tags = [(tag, percent(v["recall"]), str(v["gold"])) for tag, v in value["record_recall_by_tag"].items()]
    print_table(console, "record by hard case", ("tag", "recall", "gold claims"), tags)
    print_signature(console, value["signature"])


def print_coefficients(console: Console, labels: Mapping[str, Mapping[str, float | None]]) -> None:
    """Print the chance-corrected coefficients of labels, each as the result has them."""
    rows = [
        (
            name,
            str(c["pairs"]),
            *(_UNDEFINED if (value := c[k]) is None else f"{value:.3f}" for k in ("alpha", "kappa")),
        )
        for name, c in labels.items()
    ]
    print_table(console, "Labels of matched claims", ("label", "pairs", "Krippendorff's alpha", "Cohen's kappa"), rows)


def print_slices(console: Console, cut: str, values: Mapping[str, Mapping[str, Score]]) -> None:
    """Print `record` and `detection` for each value of a cut."""
    for name in ("record", "detection"):
        rows = [
            (value, str(scores[name].gold), *(with_interval(scores[name], figure) for figure in FIGURES))
            for value, scores in values.items()
        ]
        print_table(console, f"{name} by {cut}", ("value", "gold", "precision", "recall", "F1"), rows)


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
