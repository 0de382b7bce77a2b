"""All dossiers of a checkout, and what only all of them together can have wrong.

Ids of agents and topics are unique over the dossiers, no two reports come from one mould, and no text repeats the prose
of a source article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from onrecord.data.dossier import Dossier, read_dossier
from onrecord.data.leakage import FILE, leaks, read_hashes
from onrecord.data.overlap import near_duplicates
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident, counted, shown


@dataclass(frozen=True, slots=True)
class Collection:
    """The dossiers in order of their ids, free of errors, and the warnings."""

    dossiers: tuple[Dossier, ...]
    warnings: tuple[Incident, ...]


def read_collection(root: Path) -> Collection:
    """Read and check all dossiers of a checkout; raise `OnRecordError` with all incidents if one is an error."""
    folders = sorted(path for path in (root / "data" / "dossiers").glob("*") if path.is_dir())
    if not folders:
        fix = "run it in a checkout, or name one with --root"
        raise OnRecordError(f"{root / 'data' / 'dossiers'}: no dossier; {fix}", exit_code=2)
    dossiers: list[Dossier] = []
    incidents: list[Incident] = []
    for folder in folders:
        dossier, found = read_dossier(folder)
        incidents += found
        if dossier is not None:
            dossiers.append(dossier)
    incidents += check_together(dossiers)
    errors = [incident for incident in incidents if incident.level == "error"]
    if errors:
        places = counted(len({incident.file for incident in errors}), "file")
        what = f"nothing was built: {counted(len(errors), 'error')} in {places}"
        raise OnRecordError(f"{what}; correct what stands above", incidents=incidents)
    return Collection(tuple(dossiers), tuple(incidents))


def check_together(dossiers: Sequence[Dossier]) -> list[Incident]:
    """Return what is wrong with dossiers that are each right by themselves."""
    return [*_check_ids(dossiers), *_check_wording(dossiers), *_check_leaks(dossiers)]


def _check_ids(dossiers: Sequence[Dossier]) -> Iterator[Incident]:
    """Yield the agents and topics whose id another dossier uses."""
    for kind in ("agents", "topics"):
        seen: dict[str, str] = {}
        for dossier in dossiers:
            for number, entry in enumerate(dossier.codebook[kind]):
                first = seen.setdefault(entry["id"], dossier.folder.name)
                if first != dossier.folder.name:
                    file = str(dossier.folder / "codebook.yaml")
                    detail = f"dossier {first} has it"
                    yield Incident("id-duplicate", shown(entry["id"]), detail, file, pointer=f"/{kind}/{number}/id")


def _check_wording(dossiers: Sequence[Dossier]) -> Iterator[Incident]:
    """Yield the reports that share too much of their wording with an earlier one."""
    files = {report["id"]: _report_file(dossier, report["id"]) for dossier in dossiers for report in dossier.reports}
    texts = {report["id"]: report["text"] for dossier in dossiers for report in dossier.reports}
    for first, second, share, example in near_duplicates(texts):
        detail = f"{share:.0%} of the shorter one's 5-grams, such as {' '.join(example)!r}"
        yield Incident("report-near-duplicate", shown(first), detail, files[second], pointer="/text")


def _check_leaks(dossiers: Sequence[Dossier]) -> Iterator[Incident]:
    """Yield the texts that repeat the prose of a source article."""
    hashes = frozenset[str]().union(
        *(read_hashes(dossier.folder / FILE) for dossier in dossiers if (dossier.folder / FILE).is_file())
    )
    for dossier in dossiers:
        texts = [(_report_file(dossier, report["id"]), "/text", report["text"]) for report in dossier.reports]
        ledger = str(dossier.folder / "ledger.yaml")
        texts += [(ledger, f"/facts/{n}/proposition", fact["proposition"]) for n, fact in enumerate(dossier.facts)]
        texts.append((str(dossier.folder / "codebook.yaml"), "/description", dossier.codebook["description"]))
        for file, pointer, text in texts:
            for run in leaks(text, hashes):
                yield Incident("article-prose", shown(run), "", file, pointer=pointer)


def _report_file(dossier: Dossier, report: str) -> str:
    """Return the name of the source file of a report of `dossier`."""
    return str(dossier.folder / "reports" / f"{report.rpartition('/')[2]}.txt")
