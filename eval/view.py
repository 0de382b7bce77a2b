"""A text's claims for reading in a terminal: the paragraphs that hold them, content, source and cue set apart.

With colours these tell the three apart, and a number begins each content. Without (`NO_COLOR`, a pipe, a file) marks
do: `[1: content]`, `<source>`, `{cue}`. Paragraphs without a claim are left out, and a line says how many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Literal

from onrecord.eval.console import CONTROL
from onrecord.eval.extraction import Extracted
from onrecord.eval.findings import words
from onrecord.schema.incidents import counted
from onrecord.schema.prediction import UNANSWERED, PredictedClaim
from onrecord.schema.records import Fragment

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Role = Literal["content", "source", "cue"]

_STYLES: Final[dict[Role, str]] = {"content": "cyan", "source": "bold green", "cue": "bold magenta"}
_MARKS: Final[dict[Role, tuple[str, str]]] = {"content": ("[", "]"), "source": ("<", ">"), "cue": ("{", "}")}
_CONTROL: Final = dict.fromkeys(CONTROL, "\N{REPLACEMENT CHARACTER}") | {9: "\t", 10: " "}

Span = tuple[Fragment, Role, int]


class View:
    """Prints texts, one by one, on a console: before the first, what the colours or the marks mean."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = False

    def write(self, found: Extracted) -> None:
        """Print the claims of the next text."""
        if not self._begun:
            _print_legend(self._console)
            self._begun = True
        _print_found(self._console, found)


def _print_legend(console: Console) -> None:
    from rich.text import Text

    line = Text()
    for role, style in _STYLES.items():
        opening, closing = _MARKS[role] if not _coloured(console) else ("", "")
        number = "1: " if role == "content" else ""
        line.append(f"{opening}{number}{role}{closing}", style).append("  ")
    console.print(line)


def _coloured(console: Console) -> bool:
    return console.color_system is not None and not console.no_color


def _print_found(console: Console, found: Extracted) -> None:
    """Print the claims of one text, paragraph by paragraph."""
    from rich.markup import escape

    claims = found.prediction.claims
    count = counted(len(claims), "claim") if claims else "no claim"
    console.print(f"\n[bold]{escape(found.name.translate(_CONTROL))}[/]: {count}", highlight=False)
    spans = sorted(_spans(claims), key=lambda span: span[0])
    told: set[int] = set()
    left = 0
    for start, end in _paragraphs(found.text):
        here = [span for span in spans if span[0].start < end and start < span[0].end]
        begun = sorted({number for fragment, role, number in here if role == "content"} - told)
        if not begun:
            left += 1
            continue
        _print_gap(console, left)
        left = 0
        told.update(begun)
        console.print()
        console.print(_paragraph(found.text, start, end, here, marks=not _coloured(console)), highlight=False)
        for number in begun:
            console.print(_labels(number, claims[number - 1], found), highlight=False)
    _print_gap(console, left)
    for number in sorted(set(range(1, len(claims) + 1)) - told):
        said = words((), claims[number - 1].words, found.text).translate(_CONTROL)
        console.print(f"\nNot in the text: “{escape(said)}”", highlight=False)
        console.print(_labels(number, claims[number - 1], found), highlight=False)


def _print_gap(console: Console, paragraphs: int) -> None:
    """Print that so many paragraphs were left out, if any were."""
    if paragraphs:
        console.print(f"\n… {counted(paragraphs, 'paragraph')} without a claim …", style="dim", highlight=False)


def _spans(claims: Sequence[PredictedClaim]) -> set[Span]:
    """Return every fragment with its role, and for a content the number of its claim; what claims share, once."""
    roles: tuple[Role, ...] = ("content", "source", "cue")
    return {
        (fragment, role, number if role == "content" else 0)
        for number, claim in enumerate(claims, 1)
        for role in roles
        for fragment in getattr(claim, role)
    }


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches between blank lines, or line by line where there are none."""
    separator = "\n\n" if "\n\n" in text else "\n"
    parts = text.split(separator)
    starts = accumulate((len(part) + len(separator) for part in parts), initial=0)
    yield from ((start, start + len(part)) for start, part in zip(starts, parts, strict=False) if part.strip())


def _paragraph(text: str, start: int, end: int, spans: Sequence[Span], *, marks: bool) -> Text:
    from rich.text import Text

    inserts: list[tuple[int, int, str]] = []
    for fragment, role, number in spans:
        opening, closing = _MARKS[role] if marks else ("", "")
        inserts.append((max(fragment.start, start), 1, opening + (f"{number}: " if number else "")))
        inserts.append((min(fragment.end, end), 0, closing))
    inserts.sort(key=lambda insert: insert[:2])  # what ends somewhere does so before the next begins
    pieces, at, places = [], start, []
    for place, _, mark in inserts:
        pieces += [text[at:place], mark]
        at = place
        places.append((place, len(mark)))
    pieces.append(text[at:end])
    shown = Text("".join(pieces).translate(_CONTROL))
    for role in _STYLES:  # a cue inside a content keeps its own style
        for fragment, own, _ in spans:
            if own == role:
                first, last = max(fragment.start, start), min(fragment.end, end)
                before = sum(length for place, length in places if place < first)
                within = sum(length for place, length in places if place < last)
                shown.stylize(_STYLES[role], first - start + before, last - start + within)
    return shown


def _labels(number: int, claim: PredictedClaim, found: Extracted) -> Text:
    """Return the line that says who makes a claim, through whom, and what else is known of it."""
    from rich.text import Text

    names = {agent.id: agent.name for agent in found.codebook.agents}
    speaker = names.get(claim.speaker, claim.speaker) or "speaker not known"
    parts = [speaker]
    if claim.agency not in (None, UNANSWERED, claim.speaker):
        parts.append(f"at {names.get(str(claim.agency), str(claim.agency))}")
    parts += [f"via {names.get(relay.agent, relay.agent)}" for relay in claim.via]
    parts += [label for label in (claim.kind, claim.topic, claim.stance) if label != UNANSWERED]
    return Text(f"   {number}  {' · '.join(parts)}".translate(_CONTROL), style="dim")
