"""A dossier read whole from its folder: codebook, ledger, reports, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.data.sources import compile_ledger, compile_report, placed, read_mapping
from onrecord.schema.codebook import Codebook
from onrecord.schema.convert import codebook_from_json, fact_from_json
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.records import Fact
from onrecord.schema.semantics import check_codebook, check_ledger, check_quotes, check_report
from onrecord.schema.structure import check_structure

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """The JSON values of a dossier, in the published shape, reports and facts in order of their ids."""

    folder: Path
    codebook: Json
    facts: tuple[Json, ...]
    reports: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Background:
    """What the reports of a dossier are compiled against: its codebook and its ledger, as far as they could be read.

    `ledger` is None where the ledger is wrong: what that makes of the reports would bury its own incidents, so that
    only their markup is checked then.
    """

    codebook_json: Json | None
    codebook: Codebook | None
    facts: tuple[Any, ...]
    ledger: dict[str, Fact] | None
    incidents: tuple[Incident, ...]


def read_background(folder: Path) -> Background:
    """Compile and check the codebook and the ledger in `folder`."""
    value, incidents = read_codebook(folder / "codebook.yaml")
    codebook = None if value is None else codebook_from_json(value)
    facts, wrong = read_ledger(folder / "ledger.yaml", codebook)
    ledger = None if wrong else {fact["id"]: fact_from_json(fact) for fact in facts}
    return Background(value, codebook, tuple(facts), ledger, (*incidents, *wrong))


def read_dossier(folder: Path) -> tuple[Dossier | None, list[Incident]]:
    """Compile and check the dossier in `folder`; it is None where an error makes it unusable."""
    background = read_background(folder)
    incidents = list(background.incidents)
    reports: list[Json] = []
    for path in sorted((folder / "reports").glob("*.txt")):
        report, found = read_report(path, background)
        incidents += found
        if report is not None:
            reports.append(report)
    if not reports and not incidents:
        incidents.append(Incident("file-empty", "", "no report was read", str(folder / "reports")))
    if background.codebook_json is None or any(i.level == "error" for i in incidents):
        return None, incidents
    by_number = sorted(background.facts, key=lambda fact: (len(fact["id"]), fact["id"]))
    return Dossier(folder, background.codebook_json, tuple(by_number), tuple(reports)), incidents


def read_codebook(path: Path) -> tuple[Json | None, list[Incident]]:
    """Read and check a codebook.yaml; the value is None where it is wrong."""
    value, lines, incidents = read_mapping(path)
    if incidents:
        return None, incidents
    found = check_structure("codebook", value)
    if not found:
        found = list(check_codebook(value))
        if value["dossier"] != path.resolve().parent.name:
            detail = f"the folder is {path.resolve().parent.name}"
            found.append(Incident("id-misplaced", shown(value["dossier"]), detail, pointer="/dossier"))
    return (None if found else value), placed(found, str(path), lines)


def read_ledger(path: Path, codebook: Codebook | None) -> tuple[list[Any], list[Incident]]:
    """Read, compile and check a ledger.yaml: the facts, whatever they are worth, and the incidents."""
    value, lines, incidents = read_mapping(path)
    if incidents:
        return [], incidents
    incidents = placed(list(_check_ledger_keys(value)), str(path), lines)
    if incidents:
        return [], incidents
    facts = compile_ledger(value, path.resolve().parent.name)
    for number, fact in enumerate(facts):
        incidents += placed(check_structure("fact", fact), str(path), lines, f"/facts/{number}")
    if not incidents:
        incidents = placed(list(check_ledger(facts, codebook)), str(path), lines)
    return facts, incidents


def _check_ledger_keys(value: Json) -> Iterator[Incident]:
    for key in value:
        if key != "facts":
            yield Incident("field-unknown", shown(key), "known: facts", pointer=f"/{key}")
    if "facts" not in value:
        yield Incident("field-missing", shown("facts"))
    elif not isinstance(value["facts"], list):
        yield Incident("value-type", shown(value["facts"]), "expected a list of facts", pointer="/facts")


def read_report(path: Path, background: Background) -> tuple[Json | None, list[Incident]]:
    """Compile and check one report; the value is None where an error prevents it."""
    by_id = None if background.ledger is None else {fact["id"]: fact for fact in background.facts}
    compiled = compile_report(path, path.resolve().parent.parent.name, by_id)
    if compiled.value is None or background.ledger is None:
        return None, compiled.incidents
    found = check_structure("report", compiled.value)
    if not found:
        found = check_report(compiled.value, background.codebook, background.ledger)
        found += check_quotes(compiled.value, background.ledger)
    return compiled.value, placed(found, str(path), compiled.lines)
