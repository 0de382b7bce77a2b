"""Tables beside the scores: facts as clusters, labels class by class, the conventions of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from onrecord.eval.classes import CLASSED, Confusion
from onrecord.eval.clusters import Clusters
from onrecord.eval.conventions import Convention
from onrecord.eval.results import Result
from onrecord.eval.scores import FIGURES, ratios
from onrecord.eval.tables import (
    percent,
    print_coefficients,
    print_signature,
    print_table,
    standard_output,
    with_interval,
)

if TYPE_CHECKING:
    from rich.console import Console


def print_fact(console: Console, fact: Clusters | None) -> None:
    """Print the clusters of one system, where it gives fact ids; where it does not, nothing was attempted."""
    if fact is None or not fact.linked:
        return
    rows = [
        ("B-cubed", *(_with_ends(fact, figure) for figure in FIGURES)),
        ("LEA", *(percent(fact.lea[figure]) for figure in FIGURES)),
    ]
    title = f"fact: claims of one fact as clusters ({fact.linked:,} of {fact.predicted:,} claims have an id)"
    print_table(console, title, ("measure", "precision", "recall", "F1"), rows)


def _with_ends(fact: Clusters, figure: str) -> str:
    ends = fact.interval[figure]
    shown = percent(fact.b_cubed[figure])
    return f"{shown} [{percent(ends[0])}, {percent(ends[1])}]" if ends else shown


def print_facts(console: Console, results: Mapping[str, Result]) -> None:
    """Print what the systems of a leaderboard say of facts: clusters, or links where the ledger was given."""
    links = [
        (system, *(with_interval(score, figure) for figure in FIGURES), percent(score.accuracy))
        for system, result in results.items()
        if (score := result.scores.get("fact")) is not None
    ]
    if links:
        print_table(
            console, "fact: content matched, fact right", ("system", "precision", "recall", "F1", "accuracy"), links
        )
    for system, result in results.items():
        if result.fact is not None and result.fact.linked:
            console.print(system, markup=False, highlight=False)
            print_fact(console, result.fact)


def print_classes(console: Console, labels: Mapping[str, Confusion]) -> None:
    """Print each class of the labels that have some, end to end, and the coefficients of every label."""
    for name in CLASSED:
        classes = labels[name].classes()
        rows = [
            (value, str(tp), str(predicted), str(gold), *(percent(f) for f in ratios(tp, predicted, gold).values()))
            for value, (tp, predicted, gold) in classes.items()
        ]
        rows.append(("mean of classes", "", "", "", *(percent(f) for f in labels[name].macro().values())))
        columns = ("class", "tp", "predicted", "gold", "precision", "recall", "F1")
        print_table(console, f"{name}, class by class, end to end", columns, rows)
    print_coefficients(console, {name: label.to_dict(classed=False) for name, label in labels.items()})


def print_conventions(result: Result, found: Sequence[Convention]) -> None:
    """Print our scores of spans and stance, then those of others, then what sets each of them apart."""
    console = standard_output()
    ours = [
        (f"onrecord, {name}", *(percent(getattr(result.scores[name], figure)) for figure in FIGURES))
        for name in ("detection", "exact", "characters", "source", "cue", "stance")
    ]
    theirs = [(one.name, *(percent(one.figures.get(figure)) for figure in FIGURES)) for one in found]
    columns = ("measure", "precision", "recall", "F1")
    print_table(console, "Ours, percent", columns, ours)
    print_table(console, "The same predictions as others count, percent", columns, theirs)
    console.print("What sets each apart from ours", style="bold")
    told = dict.fromkeys(one.differs for one in found)
    for differs in told:
        names = [one.name for one in found if one.differs == differs]
        name = names[0] if len(names) == 1 else f"{names[0]}, and so on"
        console.print(f"* {name}: {differs}", markup=False, highlight=False)
    console.print()
    print_signature(console, result.signature)
