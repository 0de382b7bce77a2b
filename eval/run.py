"""Running a system over reports: text and codebook in, predictions out, a system's own failures contained."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import orjson

from onrecord.baselines.provenance import provenance
from onrecord.baselines.registry import Document, Linker, ManySystem, System
from onrecord.eval.complaints import Complaint, of_incident
from onrecord.eval.keeping import Keep, Keeper
from onrecord.eval.usage import Meter, Usage, in_one_line, summed
from onrecord.eval.validate import Validated, validate
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import shown
from onrecord.schema.prediction import PredictedClaim, Prediction, prediction_to_json
from onrecord.schema.records import Fact, Report

Ledgers = Mapping[str, Sequence[Fact]]
"""The facts of each dossier."""

_FEWER: Final = "TypeError: extract_many yielded fewer results than it was given documents"


@dataclass(frozen=True, slots=True)
class Run:
    """What a system predicted, validated; what it failed on; remarks on what was kept; what it used."""

    validated: Validated
    failures: tuple[Complaint, ...]
    remarks: tuple[str, ...]
    usage: Usage

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """The failures, and the errors in what was predicted."""
        return (*self.failures, *map(of_incident, self.validated.errors))


class SystemFailedError(OnRecordError):
    """A system raised, or returned what is no claim; the message says what, in one line."""


def failure(name: str, line: str, error: OnRecordError) -> Complaint:
    """Return the complaint that `line` tells: that the system called `name` failed on a text with `error`."""
    return Complaint(line, f"failures of {name}", str(error))


def extract(system: System, document: Document) -> Prediction:
    """Return what `system` predicts for a document; raise `SystemFailedError` whatever its code does wrong.

    What it prints goes to standard error: standard output is the command's.
    """
    found = next(extract_all(system, [document]))
    if isinstance(found, SystemFailedError):
        raise found
    return found


def extract_all(system: System, documents: Sequence[Document]) -> Iterator[Prediction | SystemFailedError]:
    """Yield, for each document in order, what `system` predicts, or how it failed on it."""
    claims = _claims(system, documents)
    for number, document in enumerate(documents):
        try:
            with contextlib.redirect_stdout(sys.stderr):
                found = next(claims)
        except (Exception, SystemExit) as error:  # what ended `extract_many` is why there is no more
            why = _FEWER if isinstance(error, StopIteration) else in_one_line(error)
            yield from (SystemFailedError(why) for _ in documents[number:])
            return
        try:
            prediction: Prediction | SystemFailedError = _prediction(document.id, found)
        except (Exception, SystemExit) as error:  # a system is anyone's code
            prediction = SystemFailedError(in_one_line(error))
        yield prediction


def _claims(system: System, documents: Sequence[Document]) -> Iterator[Sequence[PredictedClaim] | BaseException]:
    if isinstance(system, ManySystem):
        yield from system.extract_many(documents)
        return
    for document in documents:
        try:
            claims: Sequence[PredictedClaim] | BaseException = system.extract(document.text, document.codebook)
        except (Exception, SystemExit) as error:
            claims = error
        yield claims


def _prediction(report: str, found: Sequence[PredictedClaim] | BaseException) -> Prediction:
    if isinstance(found, BaseException):
        raise found
    claims = tuple(found)
    strangers = [claim for claim in claims if not isinstance(claim, PredictedClaim)]
    if strangers:
        raise TypeError(f"extract returned {shown(strangers[0])}, which is no PredictedClaim")
    prediction = Prediction(report, claims)
    serialised(prediction)
    return prediction


def _linked(
    system: Linker, document: Document, prediction: Prediction, ledger: Sequence[Fact]
) -> Prediction | SystemFailedError:
    """Return `prediction` with its claims linked to facts of the `ledger`, or how the system failed to."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            linked = _prediction(document.id, system.link(document.text, prediction.claims, ledger))
        if [replace(c, fact=None) for c in linked.claims] != [replace(c, fact=None) for c in prediction.claims]:
            raise TypeError("link returned other claims than it was given; let it fill in `fact` alone")
        return linked
    except (Exception, SystemExit) as error:  # a system is anyone's code
        return SystemFailedError(in_one_line(error))


def serialised(prediction: Prediction) -> bytes:
    """Return `prediction` as a line of a prediction file."""
    return orjson.dumps(prediction_to_json(prediction), option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)


def run(
    name: str,
    system: System,
    *,
    reports: Sequence[Report],
    codebooks: Mapping[str, Codebook],
    ledgers: Ledgers | None = None,
    keep: Keep | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Run:
    """Run `system` over `reports`; where it raises, the report counts as empty and the failure is told.

    With `ledgers`, a system that is a `Linker` is asked which fact of its dossier each claim states; the fact ids of
    one that is none stay what it gave. With `keep`, it is asked only for what is not kept there. The predictions take
    the way of any prediction file, so that scoring the file again gives the same figures.
    """
    documents = [Document(report.id, report.text, codebooks[report.dossier]) for report in reports]
    if keep is None:
        remarks: tuple[str, ...] = ()
        lines, failures, usage = _ask(name, system, documents, ledgers, progress)
    else:
        with Keeper(keep, described(name, system), documents, ledgers) as keeper:
            remarks, kept = _remarks(name, keeper, len(documents)), keeper.kept
            for _ in kept:
                progress()
            missing = [document for document in documents if document.id not in kept]
            lines, failures, _ = _ask(name, system, missing, ledgers, progress, keeper)
            lines, usage = {**kept, **lines}, keeper.usage
    empty = {document.id: serialised(Prediction(document.id, ())) for document in documents}
    validated = validate({**empty, **lines}.values(), gold=reports, codebooks=codebooks, name=name)
    return Run(validated, failures, remarks, usage)


def _ask(
    name: str,
    system: System,
    documents: Sequence[Document],
    ledgers: Ledgers | None,
    progress: Callable[[], None],
    keeper: Keeper | None = None,
) -> tuple[dict[str, bytes], tuple[Complaint, ...], Usage]:
    """Return the line of each document on which the system does not fail, the failures, and the usage."""
    lines: dict[str, bytes] = {}
    failures: list[Complaint] = []
    meter, used = Meter(system), []
    for document, found in zip(documents, extract_all(system, documents), strict=True):
        if ledgers is not None and isinstance(system, Linker) and isinstance(found, Prediction):
            found = _linked(system, document, found, ledgers[document.codebook.dossier])
        used.append(meter.read())
        if isinstance(found, SystemFailedError):
            line = f"{name} failed on {document.id}: {found}; the report counts as empty"
            failures.append(failure(name, line, found))
            if keeper:
                keeper.lose(used[-1])
        else:
            lines[document.id] = serialised(found)
            if keeper:
                keeper.add(document.id, lines[document.id], used[-1])
        progress()
    if meter.problem:
        failures.append(Complaint(f"{name} failed to tell its usage: {meter.problem}"))
    return lines, tuple(failures), summed(used)


def _remarks(name: str, keeper: Keeper, wanted: int) -> tuple[str, ...]:
    remarks = [f"{keeper.predictions}: {keeper.remark}; asked again"] if keeper.remark else []
    if keeper.kept:
        used = f"{len(keeper.kept)} of {wanted} predictions were kept in {keeper.predictions} and are used again"
        remarks.append(f"{name}: {used}")
    return tuple(remarks)


def described(name: str, system: System) -> dict[str, str]:
    """Return the provenance of a system; raise `SystemFailedError` where it cannot tell its identity."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return provenance(name, system)
    except (Exception, SystemExit) as error:
        raise SystemFailedError(f"{name} failed to tell its identity: {in_one_line(error)}") from None
