"""Lines of JSON as typed values, shape and all checked while they are parsed: the fast verdict on large files.

What these types accept has the shape that the schemas `prediction` and `report` ask for (of the latter, the forms of
ids aside), and is what a score needs of it; a test holds them to that. What they refuse is no verdict: offsets may be
words, a line may want an explanation. `onrecord.schema.structure` then decides.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.json import Decoder

from onrecord.schema.vocabulary import Form, Kind, Register, Stance, Tag

Offset = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Words = Annotated[str, Meta(min_length=1)]
Probability = Annotated[float, Meta(ge=0, le=1)]


class Span(Struct, forbid_unknown_fields=True, gc=False):
    """A fragment; its text, where it is given, is yet to be compared."""

    start: Offset
    end: Offset
    text: str | UnsetType = UNSET


Spans = Annotated[list[Span], Meta(min_length=1)]


class RelayLine(Struct, forbid_unknown_fields=True, gc=False):
    """A relay of a predicted claim."""

    agent: Words
    fragments: list[Span] = []


class ClaimLine(Struct, forbid_unknown_fields=True, gc=False):
    """A predicted claim with offsets; a label that is null or left out is no answer, but for a null agency."""

    content: Spans
    source: list[Span] = []
    cue: list[Span] = []
    via: list[RelayLine] = []
    speaker: Words | UnsetType | None = UNSET
    agency: Words | UnsetType | None = UNSET
    topic: Words | UnsetType | None = UNSET
    stance: Stance | UnsetType | None = UNSET
    kind: Kind | UnsetType | None = UNSET
    fact: Words | None = None
    confidence: Probability | None = None


class PredictionLine(Struct, forbid_unknown_fields=True, gc=False):
    """A line of a prediction file."""

    report: str
    claims: list[ClaimLine]


class GoldRelayLine(Struct, forbid_unknown_fields=True, gc=False):
    """A relay of a gold claim."""

    agent: str
    fragments: Spans


class GoldClaimLine(Struct, forbid_unknown_fields=True, gc=False):
    """A gold claim."""

    id: str
    report: str
    dossier: str
    fact: str
    content: Spans
    source: list[Span]
    cue: list[Span]
    via: list[GoldRelayLine]
    speaker: str
    agency: str | None
    topic: str
    stance: Stance
    kind: Kind
    form: Form
    tags: list[Tag]


class ReportLine(Struct, forbid_unknown_fields=True, gc=False):
    """A report with its gold claims."""

    id: str
    dossier: str
    register: Register
    date: str | None
    tags: list[Tag]
    text: Words
    claims: list[GoldClaimLine]


class _Addressed(Struct, gc=False):
    report: str


prediction_line: Final[Any] = Decoder(PredictionLine).decode
"""Return a line of a prediction file as a value, or raise `msgspec.MsgspecError`, or `UnicodeDecodeError`."""

report_line: Final[Any] = Decoder(ReportLine).decode
"""Return a line of a file of reports as a value, or raise as `prediction_line` does."""

_addressed: Final = Decoder(_Addressed).decode


def report_of(line: bytes) -> str:
    """Return the id of the report that a line of a prediction file is about, or raise as `prediction_line` does."""
    return _addressed(line).report
