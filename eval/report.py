"""The results of systems as one page: leaderboard, curves, outcomes, slices, confusion, and every report side by side.

All figures are those of `onrecord.eval.results`, with their intervals; the page computes none. What belongs to one
system alone travels compressed and is unpacked when that system is chosen (`onrecord.eval.sheet`), so that the page
stays usable with a hundred systems or some thousands of reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from onrecord.eval.complaints import Complain, ignored
from onrecord.eval.count import SCORES
from onrecord.eval.curves import CURVES, Curve
from onrecord.eval.outcomes import OUTCOMES
from onrecord.eval.page import render, visible
from onrecord.eval.results import Gold
from onrecord.eval.scores import FIGURES, Score
from onrecord.eval.sheet import Sheet, gold_row, sheet
from onrecord.eval.signature import Signature, as_line, signature
from onrecord.eval.slices import require_cut
from onrecord.eval.systems import predictions_of
from onrecord.eval.tables import percent
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import LABELS
from onrecord.schema.records import Report
from onrecord.schema.vocabulary import REGISTERS

SLICED: Final = ("form", "kind", "register", "dossier", "via", "identity", "source", "crowd")
"""What every page of results is cut by."""

OF_GOLD: Final = tuple(name for name in OUTCOMES if name not in {"spurious", "duplicate", "ungrounded"})
OF_PREDICTED: Final = tuple(name for name in OUTCOMES if name != "missed")

PLOT: Final = 300.0
"""The side of the square in which a curve is drawn, in the units of its picture."""


@dataclass(frozen=True, slots=True)
class Row:
    """A system on the page: its number, by which everything refers to it, and its sheet."""

    number: int
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Strip:
    """One value of a cut: how many gold claims it has, and the F1 of `record` of each system that has one."""

    value: str
    gold: int
    f1: tuple[tuple[int, float], ...]


def ranked(rows: Sequence[Row], score: str) -> list[Row]:
    """Return the rows from the best F1 down, the undefined last, equal ones as they were given."""
    return sorted(rows, key=lambda row: -_f1(row.sheet.result.scores[score]))


def _f1(score: Score) -> float:
    return -1.0 if score.f1 is None else score.f1


def strips(rows: Sequence[Row], cut: str) -> list[Strip]:
    """Return the values of a cut that any system has, in order."""
    found: dict[str, dict[int, Score]] = {}
    for row in rows:
        for value, scores in row.sheet.slices[cut].items():
            found.setdefault(value, {})[row.number] = scores["record"]
    return [
        Strip(
            value,
            max(score.gold for score in by_system.values()),
            tuple((number, score.f1) for number, score in by_system.items() if score.f1 is not None),
        )
        for value, by_system in sorted(found.items())
    ]


def curved(rows: Sequence[Row], score: str) -> list[tuple[Row, Curve]]:
    """Return the systems that give confidences with their curves, from the largest area down, the undefined last."""
    found = [(row, row.sheet.curves[score]) for row in rows if row.sheet.curves is not None]
    areas = {row.number: curve.average_precision for row, curve in found}
    return sorted(found, key=lambda pair: -1 if (area := areas[pair[0].number]) is None else area, reverse=True)


def curve_path(curve: Curve) -> str:
    """Return a curve as the path of its steps; steps too small to be seen are left out."""
    path, last = "", (-1.0, -1.0)
    points = list(zip(curve.recall, curve.precision, strict=True))
    for number, (recall, precision) in enumerate(points):
        x, y = PLOT * (recall or 0.0), PLOT * (1 - (precision or 0.0))
        if number in {0, len(points) - 1} or max(abs(x - last[0]), abs(y - last[1])) >= 0.5:
            path += f"V{y:.1f}H{x:.1f}" if path else f"M0 {y:.1f}H{x:.1f}"
            last = (x, y)
    return path


def page(
    sheets: Sequence[Sheet], *, gold: Gold, codebooks: Mapping[str, Codebook], signature: Signature, draws: int
) -> bytes:
    """Return the page of some systems' sheets on one gold; `signature` is what they share."""
    rows = [Row(number, each) for number, each in enumerate(sheets)]
    registers = Counter(report.register for report in gold.reports)
    dossiers = [codebooks[id_] for id_ in sorted({report.dossier for report in gold.reports})]
    cuts = list(sheets[0].slices) if sheets else []
    return render(
        "report.html.j2",
        styles=("page.css", "report.css"),
        scripts=("page.js", "report.js", "sides.js"),
        data=visible(_for_script(sheets, gold.reports, dossiers)),
        rows=rows,
        boards={score: ranked(rows, score) for score in SCORES},
        figures=FIGURES,
        curves={score: curved(rows, score) for score in CURVES},
        curve_path=curve_path,
        outcomes={"gold": OF_GOLD, "predicted": OF_PREDICTED},
        strips={cut: strips(rows, cut) for cut in cuts},
        gold=gold,
        dossiers=dossiers,
        registers=[name for name in REGISTERS if registers[name]],
        percent=percent,
        at=lambda value: f"{100 * value:.2f}%",
        signature=signature,
        draws=draws,
        provenance=as_line(signature),
    )


def _for_script(sheets: Sequence[Sheet], reports: Sequence[Report], dossiers: Sequence[Codebook]) -> dict[str, Any]:
    """Return what the script must know whichever system is chosen."""
    return {
        "systems": [each.name for each in sheets],
        "outcomes": OUTCOMES,
        "labels": LABELS,
        "dossiers": {
            book.dossier: {
                "title": book.title,
                "agents": {agent.id: agent.name for agent in book.agents},
                "topics": {topic.id: topic.label for topic in book.topics},
            }
            for book in dossiers
        },
        "reports": [
            {
                "id": report.id,
                "dossier": report.dossier,
                "register": report.register,
                "text": report.text,
                "claims": [gold_row(claim) for claim in report.claims],
            }
            for report in reports
        ],
    }


def report(
    systems: Sequence[str],
    *,
    gold: Gold,
    codebooks: Mapping[str, Codebook],
    by: Sequence[str] = (),
    draws: int,
    seed: int,
    folder: Path | None = None,
    complain: Complain = ignored,
    progress: Callable[[], None] = lambda: None,
) -> bytes:
    """Return the page of systems, each a name or a prediction file, on `gold`, cut by `SLICED` and by `by` as well.

    `folder` may hold kept predictions. `complain` takes what a system fails on; `progress` is called after each report
    that a system has read, and once the system is scored. Raise `OnRecordError` where there is no such system or cut.
    """
    cuts = list(dict.fromkeys([*SLICED, *by]))
    for cut in by:
        require_cut(cut)
    sheets = []
    for name in dict.fromkeys(systems):
        validated = predictions_of(
            name, gold=gold, codebooks=codebooks, folder=folder, complain=complain, progress=progress
        )
        predicted, invalid = validated.predictions, validated.refused
        made = sheet(name, gold=gold, predicted=predicted, codebooks=codebooks, cuts=cuts, draws=draws, seed=seed)
        sheets.append(replace(made, result=replace(made.result, invalid=invalid)))
        progress()
    shared = signature(data=gold.digest, split=gold.split, draws=draws, seed=seed)
    return page(sheets, gold=gold, codebooks=codebooks, signature=shared, draws=draws)
