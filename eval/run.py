"""Running a system over reports: text and codebook in, predictions out, a system's own failures contained."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from onrecord.baselines.registry import System
from onrecord.eval.validate import Validated, validate
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import shown
from onrecord.schema.prediction import PredictedClaim, Prediction, prediction_to_json
from onrecord.schema.records import Report


@dataclass(frozen=True, slots=True)
class Run:
    """What a system predicted: the prediction file, what validation made of it, and a line for each failure."""

    lines: bytes
    validated: Validated
    failures: tuple[str, ...]


class SystemFailedError(OnRecordError):
    """A system raised, or returned what is no claim; the message says what, in one line."""


def extract(system: System, report: str, text: str, codebook: Codebook) -> Prediction:
    """Return what `system` predicts for a report; raise `SystemFailedError` whatever its code does wrong.

    What it prints goes to standard error: standard output is the command's.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):
            claims = tuple(system.extract(text, codebook))
        strangers = [claim for claim in claims if not isinstance(claim, PredictedClaim)]
        if strangers:
            raise TypeError(f"extract returned {shown(strangers[0])}, which is no PredictedClaim")
        prediction = Prediction(report, claims)
        serialised(prediction)
    except (Exception, SystemExit) as error:  # a system is anyone's code
        raise SystemFailedError(f"{type(error).__name__}: {' '.join(str(error).split())}") from None
    return prediction


def serialised(prediction: Prediction) -> bytes:
    """Return `prediction` as a line of a prediction file."""
    return orjson.dumps(prediction_to_json(prediction), option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)


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
            line = serialised(extract(system, report.id, report.text, codebooks[report.dossier]))
        except SystemFailedError as error:
            failures.append(f"{name} failed on {report.id}: {error}; the report counts as empty")
            line = serialised(Prediction(report.id, ()))
        lines.append(line)
        progress()
    validated = validate(lines, gold=reports, codebooks=codebooks, name=name)
    return Run(b"".join(lines), validated, tuple(failures))
