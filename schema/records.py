"""The record types: frozen, slotted values that cannot hold a wrong value.

Offsets are half-open and count Unicode code points of the report's text. Checks that need nothing but the value itself
happen at construction and raise `ValueError` with the place, the value and the fix; checks that need the text, the
codebook or the ledger are in `onrecord.schema.semantics`. The types mirror the JSON Schemas beside this module, and a
test holds the two together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from onrecord.schema.constraints import (
    CLAIM_ID,
    FACT_ID,
    ID,
    REPORT_ID,
    require,
    require_date,
    require_id,
    require_member,
    require_text,
)
from onrecord.schema.vocabulary import (
    FORMS,
    KINDS,
    REGISTERS,
    RELATION_TYPES,
    STANCES,
    TAGS,
    Form,
    Kind,
    Register,
    RelationType,
    Stance,
    Tag,
)


@dataclass(frozen=True, slots=True, order=True, init=False)
class Fragment:
    """A stretch of a text: `text[start:end]`, code points, half-open, never empty."""

    start: int
    end: int

    def __init__(self, start: int, end: int) -> None:
        if not (type(start) is type(end) is int and 0 <= start < end):
            _refuse(start, end)
        _set_start(self, start)  # extractors make millions
        _set_end(self, end)


_set_start: Final[Callable[[Fragment, int], None]] = vars(Fragment)["start"].__set__
_set_end: Final[Callable[[Fragment, int], None]] = vars(Fragment)["end"].__set__


def _refuse(start: object, end: object) -> None:
    for place, value in (("fragment start", start), ("fragment end", end)):
        require(type(value) is int and value >= 0, place, value, "give a count of code points, 0 or more")
    require(False, "fragment", (start, end), "let end be greater than start")


Fragments = tuple[Fragment, ...]


def require_ordered(fragments: Iterable[Fragment], place: str) -> Fragments:
    """Return `fragments` as a tuple; raise `ValueError` unless they are sorted and do not overlap."""
    ordered = tuple(fragments)
    if len(ordered) < 2:  # as nearly all are
        return ordered
    for before, after in pairwise(ordered):
        require(before.end <= after.start, place, (before, after), "sort the fragments and let none overlap")
    return ordered


@dataclass(frozen=True, slots=True)
class Relay:
    """An organisation that relays the words, and where the text mentions it."""

    agent: str
    fragments: Fragments

    def __post_init__(self) -> None:
        require_id(ID, "via agent", self.agent)
        object.__setattr__(self, "fragments", require_ordered(self.fragments, f"via {self.agent}"))
        require(len(self.fragments) > 0, f"via {self.agent}", self.fragments, "give at least one fragment")


@dataclass(frozen=True, slots=True)
class Claim:
    """One annotated mention, in a report, of one fact."""

    id: str
    report: str
    dossier: str
    fact: str
    content: Fragments
    source: Fragments
    cue: Fragments
    via: tuple[Relay, ...]
    speaker: str
    agency: str | None
    topic: str
    stance: Stance
    kind: Kind
    form: Form
    tags: tuple[Tag, ...] = ()

    def __post_init__(self) -> None:
        require_id(CLAIM_ID, "claim id", self.id)
        require(
            self.id.rpartition("#")[0] == self.report, f"{self.id} report", self.report, "let it be the id before '#'"
        )
        require(
            self.report.startswith(f"{self.dossier}/"),
            f"{self.id} dossier",
            self.dossier,
            "let it be the id before '/'",
        )
        require_id(FACT_ID, f"{self.id} fact", self.fact)
        for role in ("content", "source", "cue"):
            object.__setattr__(self, role, require_ordered(getattr(self, role), f"{self.id} {role}"))
        require(len(self.content) > 0, f"{self.id} content", self.content, "give at least one fragment")
        relays = [relay.agent for relay in self.via]
        require(len(set(relays)) == len(relays), f"{self.id} via", relays, "name each relaying agent once")
        require_id(ID, f"{self.id} speaker", self.speaker)
        if self.agency is not None:
            require_id(ID, f"{self.id} agency", self.agency)
        require_id(ID, f"{self.id} topic", self.topic)
        require_member(STANCES, f"{self.id} stance", self.stance)
        require_member(KINDS, f"{self.id} kind", self.kind)
        require_member(FORMS, f"{self.id} form", self.form)
        for tag in self.tags:
            require_member(TAGS, f"{self.id} tags", tag)


@dataclass(frozen=True, slots=True)
class Report:
    """A text and its gold claims."""

    id: str
    dossier: str
    register: Register
    date: str | None
    tags: tuple[Tag, ...]
    text: str
    claims: tuple[Claim, ...]

    def __post_init__(self) -> None:
        require_id(REPORT_ID, "report id", self.id)
        require(
            self.id.startswith(f"{self.dossier}/"), f"{self.id} dossier", self.dossier, "let it be the id before '/'"
        )
        require_member(REGISTERS, f"{self.id} register", self.register)
        require_date(f"{self.id} date", self.date)
        for tag in self.tags:
            require_member(TAGS, f"{self.id} tags", tag)
        normal = unicodedata.is_normalized("NFC", self.text) and "\r" not in self.text
        require(normal, f"{self.id} text", self.text[:40], "normalise it to NFC and end lines with \\n")
        for claim in self.claims:
            require(claim.report == self.id, f"{claim.id} report", claim.report, f"let it be {self.id}")
            relays = (fragment for relay in claim.via for fragment in relay.fragments)
            last = max(fragment.end for fragment in (*claim.content, *claim.source, *claim.cue, *relays))
            within = last <= len(self.text)
            require(within, f"{claim.id} offsets", last, f"stay within the {len(self.text)} code points")


@dataclass(frozen=True, slots=True)
class Relation:
    """What a fact does to another: `answers`, `contradicts`, `repeats` or `updates` it."""

    type: RelationType
    fact: str

    def __post_init__(self) -> None:
        require_member(RELATION_TYPES, "relation type", self.type)
        require_id(FACT_ID, "relation fact", self.fact)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the article states a fact; paragraphs count from 1.

    Offsets count code points of the article whose sha256 is `article`.
    """

    article: str
    paragraph: int
    content: Fragments
    source: Fragments
    cue: Fragments
    via: tuple[Relay, ...]
    digest: str

    def __post_init__(self) -> None:
        require(self.paragraph >= 1, "anchor paragraph", self.paragraph, "count paragraphs from 1")
        for role in ("content", "source", "cue"):
            object.__setattr__(self, role, require_ordered(getattr(self, role), f"anchor {role}"))


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the ledger: that this speaker said this, once."""

    id: str
    dossier: str
    proposition: str
    speaker: str
    agency: str | None
    topic: str
    stance: Stance
    kind: Kind
    said_on: str | None
    quote: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    anchor: Anchor | None = None

    def __post_init__(self) -> None:
        require_id(FACT_ID, "fact id", self.id)
        require(
            self.id.startswith(f"{self.dossier}/"), f"{self.id} dossier", self.dossier, "let it be the id before '/'"
        )
        require_text(f"{self.id} proposition", self.proposition)
        require_id(ID, f"{self.id} speaker", self.speaker)
        if self.agency is not None:
            require_id(ID, f"{self.id} agency", self.agency)
        require_id(ID, f"{self.id} topic", self.topic)
        require_member(STANCES, f"{self.id} stance", self.stance)
        require_member(KINDS, f"{self.id} kind", self.kind)
        require_date(f"{self.id} said_on", self.said_on)
        for part in self.quote:
            require_text(f"{self.id} quote", part)
