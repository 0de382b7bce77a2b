"""What is published, to check records against: reports, codebooks and facts, read when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from onrecord.data.published import read_codebooks, read_ledger, read_reports, splits
from onrecord.schema.codebook import Codebook
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.records import Fact, Report
from onrecord.schema.semantics import (
    check_codebook,
    check_fact,
    check_labels,
    check_prediction,
    check_relations,
    check_report,
    check_spans,
)
from onrecord.schema.structure import RecordKind, check_structure

Json = Mapping[str, Any]

_ID_FIELDS: Final[Mapping[RecordKind, str]] = {"prediction": "report", "codebook": "dossier"}


class Known:
    """The published dossiers of the package, or of another root."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root

    @cached_property
    def reports(self) -> dict[str, tuple[str, Report]]:
        """Each report by id, with its split."""
        return {
            report.id: (split, report) for split in splits(self._root) for report in read_reports(split, self._root)
        }

    @cached_property
    def codebooks(self) -> dict[str, Codebook]:
        """Each codebook by dossier."""
        return read_codebooks(self._root)

    @cached_property
    def facts(self) -> dict[str, dict[str, Fact]]:
        """The facts by dossier, then by id."""
        found: dict[str, dict[str, Fact]] = {}
        for fact in read_ledger(root=self._root).values():
            found.setdefault(fact.dossier, {})[fact.id] = fact
        return found


class Records:
    """The records of one file, checked one after another; it remembers what it has seen."""

    def __init__(self, kind: RecordKind, known: Known) -> None:
        self._kind, self._known = kind, known
        self._seen: dict[str, str] = {}
        self._named: set[str] = set()  # the reports that some line is about, be it a bad one

    def check(self, value: Any, place: str) -> list[Incident]:
        """Return what is wrong with a record: with its shape or, where that is right, with what it says.

        `place` says where it stands. A prediction with an error is none, so that the next line for its report is no
        second one.
        """
        if isinstance(value, dict):
            self._named.add(str(value.get("report")))
        if wrong := check_structure(self._kind, value):
            return wrong
        if self._kind == "result":
            return []
        field = _ID_FIELDS.get(self._kind, "id")
        id_ = value[field]
        if id_ in self._seen:
            twice = Incident("id-duplicate", shown(id_), f"first: {self._seen[id_]}", pointer=f"/{field}")
            return [twice] if self._kind == "prediction" else [twice, *self._check(value)]
        found = list(self._check(value))
        if self._kind != "prediction" or not any(incident.level == "error" for incident in found):
            self._seen[id_] = place
        return found

    def missing(self) -> Iterator[Incident]:
        """Yield the reports without a prediction, of the split in which the predicted reports are."""
        if self._kind != "prediction":
            return
        reports = self._known.reports
        chosen = {reports[id_][0] for id_ in self._named if id_ in reports}
        for id_, (split, _) in reports.items():
            if split in chosen and id_ not in self._named:
                yield Incident("report-missing", shown(id_), f"split {split}")

    def _check(self, value: Json) -> Iterable[Incident]:
        match self._kind:
            case "prediction":
                return self._check_prediction(value)
            case "report":
                return check_report(value, self._codebook(value), self._facts(value))
            case "claim":
                return self._check_claim(value)
            case "fact":
                facts = self._facts(value) or {}
                relations = check_relations(value, {*facts, *self._seen}) if facts else ()
                return [*check_fact(value, "", self._codebook(value)), *relations]
            case "codebook":
                return check_codebook(value)
            case _:
                return ()

    def _codebook(self, value: Json) -> Codebook | None:
        return self._known.codebooks.get(value["dossier"])

    def _facts(self, value: Json) -> dict[str, Fact] | None:
        return self._known.facts.get(value["dossier"])

    def _check_prediction(self, value: Json) -> list[Incident]:
        id_ = value["report"]
        dossier, _, name = id_.partition("/")
        codebook = self._known.codebooks.get(dossier)
        if id_ in self._known.reports and codebook is not None:
            return check_prediction(value, self._known.reports[id_][1].text, codebook)
        article = name == "article" and codebook is not None and not codebook.invented
        detail = "the article's text is in your copy: `onrecord score --article FILE` checks it" if article else ""
        return [Incident("report-unknown", shown(id_), detail, pointer="/report")]

    def _check_claim(self, value: Json) -> Iterator[Incident]:
        if value["report"] in self._known.reports:
            yield from check_spans(self._known.reports[value["report"]][1].text, value, "")
        yield from check_labels(value, "", self._codebook(value), self._facts(value))
