"""Validate: from a prediction file, JSON Lines with one object a report, to one prediction for each report of the gold.

A bad line is an incident; it counts as an empty prediction. A report without a line counts as empty too, and is
reported. Nothing is dropped in silence: `Validated` says how many of each there were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from onrecord.schema.codebook import Codebook
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.lines import read_lines
from onrecord.schema.prediction import (
    UNANSWERED,
    PredictedClaim,
    PredictedRelay,
    Prediction,
    prediction_from_json,
)
from onrecord.schema.records import Report
from onrecord.schema.semantics import check_prediction
from onrecord.schema.structure import check_structure


@dataclass(frozen=True, slots=True)
class Validated:
    """Predictions in the order of the gold's reports, one for each; and everything that was wrong with the file.

    `accepted` and `refused` count its lines; those that are refused are `invalid` in a result.
    """

    predictions: tuple[Prediction, ...]
    incidents: tuple[Incident, ...]
    accepted: int
    refused: int

    @property
    def errors(self) -> tuple[Incident, ...]:
        """The incidents that are no mere warnings."""
        return tuple(incident for incident in self.incidents if incident.level == "error")


def validate(
    lines: Iterable[bytes], *, gold: Sequence[Report], codebooks: Mapping[str, Codebook], name: str = "<predictions>"
) -> Validated:
    """Return the predictions that `lines` of the file `name` hold for `gold`, names resolved by `codebooks`."""
    reports = {report.id: report for report in gold}
    found: dict[str, Prediction] = {}
    accepted: dict[str, int] = {}  # the line of each report's prediction
    named: set[str] = set()  # the reports that some line is about, be it a bad one
    incidents: list[Incident] = []
    refused = 0
    for number, value, incident in read_lines(lines, name):
        if incident is not None:
            incidents.append(incident)
            refused += incident.id != "file-empty"
            continue
        about = str(value.get("report")) if isinstance(value, dict) else ""
        report = reports.get(about)
        wrong = check_line(value, report, codebooks[report.dossier] if report else None, accepted.get(about))
        incidents += [replace(i, file=name, line=number) for i in wrong]
        if isinstance(value, dict):
            named.add(about)
        if any(i.level == "error" for i in wrong):
            refused += 1
        else:
            prediction = prediction_from_json(value)
            accepted[prediction.report] = number
            found[prediction.report] = resolve(prediction, codebooks[reports[prediction.report].dossier])
    incidents += [Incident("report-missing", shown(r.id), file=name) for r in gold if r.id not in named]
    predictions = tuple(found.get(report.id, Prediction(report.id, ())) for report in gold)
    return Validated(predictions, tuple(incidents), len(accepted), refused)


class Texted(Protocol):
    """What a prediction is checked against."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


def check_line(value: Any, report: Texted | None, codebook: Codebook | None, first: int | None) -> list[Incident]:
    """Return what is wrong with the value of a line; file and line are left to the caller.

    `report` is the one that it names, if there is such a report, and `first` the line that was accepted for it.
    """
    if wrong := check_structure("prediction", value):
        return wrong
    if report is None:
        return [Incident("report-unknown", shown(value["report"]), pointer="/report")]
    if first is not None:
        return [Incident("id-duplicate", shown(report.id), f"first on line {first}", pointer="/report")]
    return check_prediction(value, report.text, codebook)


def resolve(prediction: Prediction, codebook: Codebook | None) -> Prediction:
    """Return `prediction` with the names of speakers, agencies and relays replaced by the ids of the agents named.

    Without a codebook names stand for themselves.
    """
    if codebook is None:
        return prediction
    return replace(prediction, claims=tuple(_resolve_claim(claim, codebook) for claim in prediction.claims))


def _resolve_claim(claim: PredictedClaim, codebook: Codebook) -> PredictedClaim:
    speaker = _agent(claim.speaker, codebook) if claim.speaker != UNANSWERED else UNANSWERED
    agency = _agent(claim.agency, codebook) if claim.agency not in (None, UNANSWERED) else claim.agency
    via = tuple(
        replace(relay, agent=_agent(relay.agent, codebook)) if isinstance(relay, PredictedRelay) else relay
        for relay in claim.via
    )
    return replace(claim, speaker=speaker, agency=agency, via=via)


def _agent(name: str | None, codebook: Codebook) -> str:
    found = codebook.resolve(name or "")
    return found[0] if len(found) == 1 else f"?{name}"
