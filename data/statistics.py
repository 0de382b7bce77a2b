"""The composition of the corpus, counted: the figures of the card come from here, through `onrecord stats`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from onrecord.data.sentences import sentences
from onrecord.data.traits import TRAITS, traits
from onrecord.schema.codebook import Codebook
from onrecord.schema.records import Claim, Fact, Report
from onrecord.schema.vocabulary import FORMS, KINDS, REGISTERS, STANCES, TAGS

Json = dict[str, Any]


def describe(reports: Sequence[Report], codebooks: Mapping[str, Codebook], ledger: Mapping[str, Fact]) -> Json:
    """Return the counts of `reports`: sizes, classes, traits and tags of claims, registers, words, sentences.

    `codebooks` maps dossiers to codebooks, `ledger` the ids of facts to facts; both may hold more than is needed.
    """
    claims = [claim for report in reports for claim in report.claims]
    held = [t for report in reports for found in traits(report, codebooks[report.dossier], ledger) for t in found]
    words = [len(report.text.split()) for report in reports]
    empty, total = _sentences(reports)
    tagged = [tag for claim in claims for tag in claim.tags]
    return {
        "dossiers": len({report.dossier for report in reports}),
        "reports": len(reports),
        "claims": len(claims),
        "facts": len({claim.fact for claim in claims}),
        "reports_per_fact": _reports_per_fact(claims),
        "words": {"least": min(words), "median": median(words), "most": max(words)},
        "form": _counted(FORMS, (claim.form for claim in claims)),
        "stance": _counted(STANCES, (claim.stance for claim in claims)),
        "kind": _counted(KINDS, (claim.kind for claim in claims)),
        "traits": _counted(TRAITS, held),
        "tags": _counted(TAGS, tagged),
        "reports_with_tags": _counted(TAGS, (tag for report in reports for tag in report.tags)),
        "registers": _counted(REGISTERS, (report.register for report in reports)),
        "sentences": {"total": total, "without_claim": empty},
    }


def _counted(names: Iterable[str], values: Iterable[str]) -> dict[str, int]:
    counts = Counter(values)
    return {name: counts[name] for name in names}


def _reports_per_fact(claims: Sequence[Claim]) -> dict[str, int]:
    carried: dict[str, set[str]] = {}
    for claim in claims:
        carried.setdefault(claim.fact, set()).add(claim.report)
    sizes = [len(reports) for reports in carried.values()]
    return {"least": min(sizes), "most": max(sizes)}


def _sentences(reports: Sequence[Report]) -> tuple[int, int]:
    """Return how many sentences hold no part of a claim's content, and how many there are."""
    empty = total = 0
    for report in reports:
        contents = [f for claim in report.claims for f in claim.content]
        for sentence in sentences(report.text):
            total += 1
            empty += not any(f.start < sentence.end and sentence.start < f.end for f in contents)
    return empty, total
