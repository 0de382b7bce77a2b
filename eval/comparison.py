"""`onrecord compare`: systems by name or prediction file, compared, as JSON and as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import comb
from pathlib import Path
from typing import Any, Final

from onrecord.eval.bench import progress_bar
from onrecord.eval.compare import COMPARED, changes, compare_counts, parting
from onrecord.eval.complaints import Complaint, print_complaints, print_incidents
from onrecord.eval.console import results_folder
from onrecord.eval.count import Counts
from onrecord.eval.gold import published_codebooks, published_gold
from onrecord.eval.results import Gold, count_reports
from onrecord.eval.scoring_files import digest_of, tallied
from onrecord.eval.signature import prediction_digest, signature
from onrecord.eval.slices import require_cut
from onrecord.eval.systems import predictions_of, refuse_errors
from onrecord.eval.tables import percent, print_signature, print_table, standard_output
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import Prediction

_ROOM: Final = 22  # characters that the names of two systems have in a line of 80


def compared(
    systems: Sequence[str],
    *,
    split: str,
    own: Path | None = None,
    own_codebooks: Sequence[Path] = (),
    by: str | None = None,
    claims: bool = False,
    trials: int,
    seed: int,
) -> dict[str, Any]:
    """Return the comparison of `systems`, each a prediction file or a registered name, as a JSON object.

    With gold of one's `own`, all are files. What files lack, and what else there is to warn of, is printed on standard
    error.
    """
    names = list(dict.fromkeys(systems))
    if len(names) < 2:
        raise OnRecordError("there is nothing to compare; name two systems, or more", exit_code=2)
    if own is not None and (by is not None or claims):
        raise OnRecordError("--by and --claims need a published split; leave them out with --gold", exit_code=2)
    if by is not None:
        require_cut(by)
    pairs = len(COMPARED) * comb(len(names), 2)
    if own is None:
        gold = published_gold(split)
        with progress_bar(f"compare on {split}", len(names) * len(gold.reports) + pairs) as advance:
            return _on_split(names, gold, by, claims, trials, seed, advance)
    with progress_bar(f"compare on {own.name}", len(names) + pairs) as advance:
        return _on_files(names, own, own_codebooks, trials, seed, advance)


def _on_split(
    names: Sequence[str], gold: Gold, by: str | None, claims: bool, trials: int, seed: int, advance: Callable[[], None]
) -> dict[str, Any]:
    codebooks = published_codebooks()
    complaints: list[Complaint] = []
    predicted: dict[str, Sequence[Prediction]] = {}
    for name in names:
        found = predictions_of(
            name, gold=gold, codebooks=codebooks, folder=results_folder(), complain=complaints.append, progress=advance
        )
        print_incidents(i for i in found.incidents if i.level == "warning")
        predicted[name] = found.predictions
    if complaints:
        print_complaints(complaints)
        raise OnRecordError("nothing was compared: a system that fails on reports cannot be told from a bad one")
    counts = {name: count_reports(gold=gold.reports, predicted=some) for name, some in predicted.items()}
    dossiers = [report.dossier for report in gold.reports]
    value: dict[str, Any] = {
        "signature": signature(data=gold.digest, split=gold.split, draws=trials, seed=seed),
        "systems": list(names),
        "predictions": {name: prediction_digest(some) for name, some in predicted.items()},
        "comparisons": _compared(counts, dossiers, trials, seed, advance),
    }
    a, b = names[:2]
    if by is not None:
        parts = parting(gold=gold, predicted=predicted, a=a, b=b, by=by, codebooks=codebooks)
        value["slices"] = {"by": by, "recall": {slice_: {a: x, b: y} for slice_, (x, y) in parts.items()}}
    if claims:
        changed = changes(gold=gold, predicted=predicted, a=a, b=b)
        value["claims"] = [{"claim": c.claim, "gained_by": c.gained_by, "words": c.words} for c in changed]
    return value


def _on_files(
    names: Sequence[str], gold: Path, codebooks: Sequence[Path], trials: int, seed: int, advance: Callable[[], None]
) -> dict[str, Any]:
    counts: dict[str, dict[str, Counts]] = {}
    digests: dict[str, str] = {}
    dossiers: list[str] = []
    if strange := next((name for name in names if not Path(name).exists()), None):
        raise OnRecordError(f"{strange}: no such file; with --gold, give files of predictions", exit_code=2)
    for name in names:
        found = tallied(Path(name), gold, codebooks, ledger=False)
        incidents = found.reader.incidents()
        refuse_errors(name, incidents)
        print_incidents(incidents)
        counts[name], digests[name], dossiers = found.tally.counts(), found.digest, found.dossiers
        advance()
    return {
        "signature": signature(data=digest_of([gold, *codebooks]), split=gold.name, draws=trials, seed=seed),
        "systems": list(names),
        "predictions": digests,
        "comparisons": _compared(counts, dossiers, trials, seed, advance),
    }


def _compared(
    counts: Mapping[str, Mapping[str, Counts]],
    dossiers: Sequence[str],
    trials: int,
    seed: int,
    advance: Callable[[], None],
) -> list[dict[str, Any]]:
    found = compare_counts(counts, dossiers, trials=trials, seed=seed, progress=advance)
    return [each.to_dict() for each in found]


def show(comparison: Mapping[str, Any]) -> None:
    """Print a comparison on standard output: systems by name or, where names are long, by number under a list."""
    console = standard_output()
    called = shortened(comparison["systems"])
    if sum(sorted(map(len, called.values()))[-2:]) > _ROOM:
        numbers = {name: str(number) for number, name in enumerate(called, 1)}
        for name, number in numbers.items():
            console.print(f"{number:>3}  {called[name]}", markup=False, highlight=False, soft_wrap=True)
        console.print()
        called = numbers
    rows = [_row(c, called) for c in comparison["comparisons"]]
    columns = ("a - b", "score", "points of F1, 95 %", "p (Holm)", "W/T/L")
    print_table(console, "Differences, p by paired randomisation over reports", columns, rows)
    for line in _detectable(comparison):
        console.print(line, markup=False, highlight=False)
    console.print()
    if "slices" in comparison:
        slices = comparison["slices"]
        table = [(name, *(percent(v) for v in recalls.values())) for name, recalls in slices["recall"].items()]
        a, b = (called[name] for name in comparison["systems"][:2])
        print_table(console, "Recall of record", (slices["by"], a, b), table)
    for change in comparison.get("claims", ()):
        line = f"only {called[change['gained_by']]} has right {change['claim']}: {change['words']}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    print_signature(console, comparison["signature"])


def shortened(names: Sequence[str]) -> dict[str, str]:
    """Return the shortest ends of some paths by which they differ: the files' names, or as many folders as it takes."""
    parts = {name: Path(name).parts for name in names}
    ends: dict[str, str] = {}
    for name, own in parts.items():
        others = [other for rival, other in parts.items() if rival != name]
        takes = (n for n in range(1, len(own)) if all(other[-n:] != own[-n:] for other in others))
        ends[name] = "/".join(own[-n:]) if (n := next(takes, 0)) else name
    return ends


def _row(c: Mapping[str, Any], called: Mapping[str, str]) -> tuple[str, ...]:
    def points(value: float | None) -> str:
        return "–" if value is None else f"{100 * value:+.1f}"

    ends = f" [{points(c['interval'][0])}, {points(c['interval'][1])}]" if c["interval"] else ""
    p = "–" if c["p_holm"] is None else f"{c['p_holm']:.4f}"
    systems = f"{called[c['a']]} - {called[c['b']]}"
    return (systems, c["score"], points(c["value"]) + ends, p, f"{c['wins']}/{c['ties']}/{c['losses']}")


def _detectable(comparison: Mapping[str, Any]) -> Iterator[str]:
    sizes: dict[str, list[float]] = {}
    for c in comparison["comparisons"]:
        if c["detectable"]:
            sizes.setdefault(c["score"], []).append(100 * c["detectable"])
    for score, some in sizes.items():
        low, high = f"{min(some):.1f}", f"{max(some):.1f}"
        size = low if low == high else f"{low} to {high}"
        yield f"{score}: a true difference under {size} points would be missed in more than one of five such samples."
