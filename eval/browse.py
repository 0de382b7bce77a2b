"""The corpus as one page: the reports with their claims highlighted, the ledger beside them, each fact tracked.

For every fact the page lists the claims that carry it, in order of the reports' dates, and what became of the agency:

| fate | the ledger's agency, and the claim's |
|---|---|
| `kept` | the same |
| `lost` | there is one; the report names none |
| `changed` | there are two, and they differ |
| `added` | the ledger has none; the report names one |
| `none` | neither has one |

A page of some reports holds the whole ledger of their dossiers, so that what they leave out can be seen as well.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal, get_args

from onrecord.data.published import data_digest, read_codebooks, read_ledger, read_reports, splits
from onrecord.eval.page import Paragraph, paragraphs, render, spans_of
from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Claim, Fact, Report
from onrecord.schema.vocabulary import FORMS, KINDS, REGISTERS, STANCES

Fate = Literal["kept", "lost", "changed", "added", "none"]
FATES: Final[tuple[Fate, ...]] = get_args(Fate)

_LONGEST_HEADLINE: Final = 100


@dataclass(frozen=True, slots=True)
class Carrier:
    """A claim that carries a fact, the report it stands in, and whether that report is on the page."""

    claim: Claim
    report: Report
    fact: Fact
    here: bool

    @property
    def fate(self) -> Fate:
        """What became of the fact's agency in the claim."""
        return fate(fact=self.fact.agency, claim=self.claim.agency)

    @property
    def number(self) -> str:
        """The claim's number in its report."""
        return self.claim.id.rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class Tracked:
    """A fact, and its carriers in order of their dates."""

    fact: Fact
    carriers: tuple[Carrier, ...]

    @property
    def reports(self) -> int:
        """How many reports carry the fact."""
        return len({carrier.report.id for carrier in self.carriers})

    @property
    def lost(self) -> int:
        """How many of the carriers lost the agency."""
        return sum(carrier.fate == "lost" for carrier in self.carriers)


@dataclass(frozen=True, slots=True)
class Retelling:
    """A report as it is shown: its text in paragraphs, and its claims as carriers."""

    report: Report
    paragraphs: tuple[Paragraph, ...]
    carriers: tuple[Carrier, ...]

    @property
    def has_headline(self) -> bool:
        """Whether the first paragraph looks like a headline: one short line, without a full stop."""
        first = "".join(segment.text for segment in self.paragraphs[0].segments)
        return len(self.paragraphs) > 1 and len(first) <= _LONGEST_HEADLINE and not first.endswith((".", ".”", '."'))


@dataclass(frozen=True, slots=True)
class Shelf:
    """A dossier as it is shown."""

    codebook: Codebook
    agents: Mapping[str, Agent]
    topics: Mapping[str, Topic]
    reports: tuple[Retelling, ...]
    ledger: tuple[Tracked, ...]
    complete: bool

    @property
    def claims(self) -> int:
        """How many claims the reports that are shown hold."""
        return sum(len(retelling.carriers) for retelling in self.reports)

    @property
    def speakers(self) -> tuple[Agent, ...]:
        """The agents to whom the ledger gives a fact, by name."""
        ids = {tracked.fact.speaker for tracked in self.ledger}
        ids |= {carrier.claim.speaker for retelling in self.reports for carrier in retelling.carriers}
        return tuple(sorted((self.agents[id_] for id_ in ids), key=lambda agent: (agent.name.casefold(), agent.id)))


def fate(*, fact: str | None, claim: str | None) -> Fate:
    """Return what became of a fact's agency in a claim."""
    if fact == claim:
        return "none" if fact is None else "kept"
    if claim is None:
        return "lost"
    return "added" if fact is None else "changed"


def shelve(codebook: Codebook, ledger: Iterable[Fact], reports: Iterable[Report], shown: Collection[str]) -> Shelf:
    """Return a dossier to show: all facts, all that carry them, and the reports whose ids are in `shown`."""
    reports = tuple(reports)
    facts = {fact.id: fact for fact in sorted(ledger, key=lambda fact: fact.id)}
    carriers = {
        claim.id: Carrier(claim, report, facts[claim.fact], report.id in shown)
        for report in sorted(reports, key=lambda report: (report.date or "", report.id))
        for claim in report.claims
    }
    of_fact: dict[str, list[Carrier]] = {id_: [] for id_ in facts}
    for carrier in carriers.values():
        of_fact[carrier.claim.fact].append(carrier)
    retellings = [
        Retelling(
            report,
            paragraphs(report.text, (span for n, claim in enumerate(report.claims, 1) for span in spans_of(claim, n))),
            tuple(carriers[claim.id] for claim in report.claims),
        )
        for report in sorted(reports, key=lambda report: report.id)
        if report.id in shown
    ]
    return Shelf(
        codebook,
        {agent.id: agent for agent in codebook.agents},
        {topic.id: topic for topic in codebook.topics},
        tuple(retellings),
        tuple(Tracked(fact, tuple(of_fact[id_])) for id_, fact in facts.items()),
        complete=len(retellings) == len(reports),
    )


def shelves(dossiers: Collection[str], reports: Collection[str], root: Path | None = None) -> tuple[Shelf, ...]:
    """Return the dossiers of the published data to show; `dossiers` and `reports` choose, both empty means all.

    Raise `OnRecordError` for an id that is none.
    """
    codebooks, ledger = read_codebooks(root), read_ledger(root=root)
    published = [report for split in splits(root) for report in read_reports(split, root)]
    _require_known("dossier", dossiers, list(codebooks))
    _require_known("report", reports, [report.id for report in published])
    everything = not dossiers and not reports
    shown = {r.id for r in published if everything or r.dossier in dossiers or r.id in reports}
    chosen = {r.dossier for r in published if r.id in shown} | set(codebooks if everything else dossiers)
    return tuple(
        shelve(
            codebook,
            [fact for fact in ledger.values() if fact.dossier == id_],
            [report for report in published if report.dossier == id_],
            shown,
        )
        for id_, codebook in sorted(codebooks.items(), key=lambda item: (item[1].invented, item[0]))
        if id_ in chosen
    )


def _require_known(what: str, chosen: Iterable[str], known: list[str]) -> None:
    for id_ in chosen:
        if id_ not in known:
            near = difflib.get_close_matches(id_, known, n=3, cutoff=0.4) or sorted(known)[:3]
            advice = f"did you mean {' or '.join(near)}?" if near else "there is none; run `onrecord build`"
            raise OnRecordError(f"--{what}: there is no {what} {id_!r}; {advice}", exit_code=2)


def _for_script(shelf: Shelf) -> list[dict[str, Any]]:
    """Return what the filters must know of each claim that is shown, in order."""
    dossier = shelf.codebook.dossier
    return [
        {
            **{name: getattr(carrier.claim, name) for name in ("id", "report", "fact", "stance", "kind", "form")},
            "dossier": dossier,
            "register": retelling.report.register,
            "agency": carrier.fate,
            **{name: f"{dossier}/{getattr(carrier.claim, name)}" for name in ("speaker", "topic")},
        }
        for retelling in shelf.reports
        for carrier in retelling.carriers
    ]


def page(shown: Iterable[Shelf], *, provenance: str) -> bytes:
    """Return the page of some dossiers; `provenance` says which data it was made from."""
    shown = tuple(shown)
    registers = Counter(retelling.report.register for shelf in shown for retelling in shelf.reports)
    return render(
        "browse.html.j2",
        styles=("page.css", "browse.css"),
        scripts=("page.js", "browse.js"),
        data={"claims": [claim for shelf in shown for claim in _for_script(shelf)]},
        shelves=shown,
        provenance=provenance,
        vocabularies={
            "register": [name for name in REGISTERS if registers[name]],
            "stance": STANCES,
            "kind": KINDS,
            "form": FORMS,
            "agency": FATES,
        },
    )


def browse(dossiers: Collection[str] = (), reports: Collection[str] = (), root: Path | None = None) -> bytes:
    """Return the page of the published data, or of the dossiers and reports chosen.

    Raise `OnRecordError` if one is unknown.
    """
    shown = shelves(dossiers, reports, root)
    used = sorted({shelf.codebook.split for shelf in shown})
    digests = ", ".join(f"{split} {data_digest(split, root)[:12]}" for split in used)
    return page(shown, provenance=f"onrecord {version('onrecord')}; data {digests}")
