"""The gold that a verb scores against: a published split, the article in a user's copy, or reports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from onrecord.data.article import anchor
from onrecord.data.published import data_digest, read_codebooks, read_ledger, read_reports
from onrecord.eval.files import read_document
from onrecord.eval.results import Gold
from onrecord.schema.codebook import Codebook
from onrecord.schema.convert import report_from_json, report_to_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fact, Report

Codebooks = Mapping[str, Codebook]


def published_gold(split: str) -> Gold:
    """Return the gold of a published split."""
    return Gold(split, read_reports(split), data_digest(split))


def article_gold(path: Path) -> Gold:
    """Return the article in the file `path` as a split of its own: one report, with gold claims."""
    return gold_of("article", [report_from_json(read_article(path))])


def read_article(path: Path) -> dict[str, Any]:
    """Return the report with gold claims that the copy of the article in a file gives; raise `OnRecordError` for one
    that is no such copy.
    """
    text = read_document(path)
    try:
        return anchor(text)
    except OnRecordError as error:
        raise OnRecordError(f"{path}: {error}", exit_code=error.exit_code, incidents=error.incidents) from None


def gold_of(name: str, reports: Sequence[Report]) -> Gold:
    """Return reports as a split of their own, called `name`."""
    digest = hashlib.sha256()
    for report in reports:
        digest.update(orjson.dumps(report_to_json(report), option=orjson.OPT_SORT_KEYS))
    return Gold(name, tuple(reports), digest.hexdigest())


def published_codebooks() -> Codebooks:
    """Return the codebooks of all published dossiers, by id."""
    return read_codebooks()


def published_ledgers() -> dict[str, list[Fact]]:
    """Return the facts of all published dossiers, by dossier."""
    ledgers: dict[str, list[Fact]] = {}
    for fact in read_ledger().values():
        ledgers.setdefault(fact.dossier, []).append(fact)
    return ledgers
