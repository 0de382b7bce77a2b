"""Running a system over reports: text and codebook in, predictions out, a system's own failures contained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from onrecord.baselines.registry import System
from onrecord.eval.validate import Validated, validate
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import Prediction, prediction_to_json
from onrecord.schema.records import Report


@dataclass(frozen=True, slots=True)
class Run:
    """What a system predicted: the prediction file, what validation made of it, and a line for each failure."""

    lines: bytes
    validated: Validated
    failures: tuple[str, ...]


def run(
    name: str,
    system: System,
    *,
    reports: Sequence[Report],
    codebooks: Mapping[str, Codebook],
    progress: Callable[[], None] = lambda: None,
) -> Run:
    """Run `system` over `reports`; where it raises, the report counts as empty and the failure is kept.

    The predictions take the way of any prediction file, so that scoring the file again gives the same figures.
    """
    lines: list[bytes] = []
    failures: list[str] = []
    for report in reports:
        try:
            prediction = Prediction(report.id, tuple(system.extract(report.text, codebooks[report.dossier])))
        except Exception as error:  # a system is anyone's code; whatever it raises is one line here
            failures.append(f"{name} failed on {report.id}: {type(error).__name__}: {error}; it counts as empty")
            prediction = Prediction(report.id, ())
        lines.append(orjson.dumps(prediction_to_json(prediction), option=orjson.OPT_APPEND_NEWLINE))
        progress()
    validated = validate(lines, gold=reports, codebooks=codebooks, name=name)
    return Run(b"".join(lines), validated, tuple(failures))
