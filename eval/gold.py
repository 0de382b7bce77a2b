"""The gold that a verb scores against: a published split, or the article in a user's copy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson

from onrecord.data.article import anchor
from onrecord.data.published import data_digest, read_codebooks, read_ledger, read_reports
from onrecord.eval.evaluate import Gold
from onrecord.eval.files import read_document
from onrecord.schema.codebook import Codebook
from onrecord.schema.convert import report_from_json, report_to_json
from onrecord.schema.records import Fact

Codebooks = Mapping[str, Codebook]


def published_gold(split: str) -> Gold:
    """Return the gold of a published split."""
    return Gold(split, read_reports(split), data_digest(split))


def article_gold(path: Path) -> Gold:
    """Return the article in the file `path` as a split of its own: one report, with gold claims."""
    report = report_from_json(anchor(read_document(path)))
    digest = hashlib.sha256(orjson.dumps(report_to_json(report), option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Gold("article", (report,), digest)


def published_codebooks() -> Codebooks:
    """Return the codebooks of all published dossiers, by id."""
    return read_codebooks()


def published_ledgers() -> dict[str, list[Fact]]:
    """Return the facts of all published dossiers, by dossier."""
    ledgers: dict[str, list[Fact]] = {}
    for fact in read_ledger().values():
        ledgers.setdefault(fact.dossier, []).append(fact)
    return ledgers
