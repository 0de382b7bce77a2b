r"""Markup ⇄ offsets: the inline tags in which reports are written, and the spans that they stand for.

`parse` turns a marked-up body into text and spans; `render` is its inverse. The tags are described in `MARKUP.md`:
`<c f01>…</c>` (content), `<s …>` (source), `<q …>` (cue), `<v f01:agent>…</v>` (via). `\<` and `\\` are escapes.

For every text, and spans of it that are not empty and of which no two of one role and the same labels cross,
`parse(render(text, spans))` gives the text and the spans back, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast

from onrecord.schema.incidents import Incident, shown
from onrecord.schema.vocabulary import FACT_LABEL, SLUG

Role = Literal["c", "s", "q", "v"]

LABEL: Final = rf"{FACT_LABEL}[a-z]?"
"""The form of a claim's label: the id of its fact in the dossier, and a letter for a further mention."""

_OPENING: Final = rf"<(?P<role>[csq])(?P<labels>(?: {LABEL})+)>|<v(?P<relays>(?: {LABEL}:{SLUG})+)>"
_CLOSING: Final = rf"</(?P<closed>[csqv])(?P<which>(?: {LABEL}(?::{SLUG})?)*)>"
_TOKEN: Final = re.compile(rf"(?P<escaped>\\[<\\])|{_OPENING}|{_CLOSING}|(?P<stray><)|(?P<text>[^<\\]+|\\)")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A tagged stretch `text[start:end]` (code points) and the labels it carries: `f01`, or `f01:agent` for via."""

    start: int
    end: int
    role: Role
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A body without its tags, the spans in order, and the incidents (line and column are in the incident)."""

    text: str
    spans: tuple[Span, ...]
    incidents: tuple[Incident, ...]


@dataclass(frozen=True, slots=True)
class _Open:
    """A tag that waits for its closing tag: where it starts in the text, and where it stands in the body."""

    role: Role
    labels: tuple[str, ...]
    start: int
    at: int


class _Parser:
    """What has been read of a body: the text so far, the tags that are open, the spans, the incidents."""

    def __init__(self, body: str, name: str, first_line: int) -> None:
        self.body, self.name, self.first_line = body, name, first_line
        self.text = ""
        self.open: list[_Open] = []
        self.spans: list[Span] = []
        self.incidents: list[Incident] = []

    def read(self) -> Parsed:
        for token in _TOKEN.finditer(self.body):
            if token["text"] or token["escaped"]:
                self.text += token["text"] or token["escaped"][1]
            elif token["stray"]:
                self.text += "<"
                self.report("tag-unknown", token.start(), self.body[token.start() : token.start() + 20])
            elif token["closed"]:
                self.close(token)
            else:
                labels = tuple((token["labels"] or token["relays"]).split())
                self.open.append(_Open(cast(Role, token["role"] or "v"), labels, len(self.text), token.start()))
        for tag in self.open:
            self.report("tag-unclosed", tag.at, f"<{tag.role} {' '.join(tag.labels)}>")
        return Parsed(self.text, tuple(sorted(self.spans)), tuple(self.incidents))

    def close(self, token: re.Match[str]) -> None:
        """Close the tag of this role that was opened last, or the one with the labels that the closing tag repeats."""
        labels = tuple(token["which"].split())
        tag = next((t for t in reversed(self.open) if t.role == token["closed"] and labels in ((), t.labels)), None)
        if tag is None:
            self.report("tag-unopened", token.start(), token[0])
            return
        self.open.remove(tag)
        covered = self.text[tag.start :]
        if not covered:
            self.report("tag-empty", tag.at, token[0])
            return
        self.spans.append(Span(tag.start, len(self.text), tag.role, tag.labels))
        if covered != covered.strip():
            self.report("tag-loose", tag.at, covered)

    def report(self, id_: str, at: int, value: str) -> None:
        line = self.first_line + self.body.count("\n", 0, at)
        column = at - self.body.rfind("\n", 0, at)
        self.incidents.append(Incident(id_, shown(value), f"column {column}", self.name, line))


def parse(body: str, *, name: str = "<markup>", first_line: int = 1) -> Parsed:
    """Compile a marked-up body; `name` and `first_line` place the incidents in the file that it stands in."""
    return _Parser(body, name, first_line).read()


def render(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with its spans as tags; the closing tag repeats the labels where spans of one role cross."""
    tags: dict[int, str] = {}
    for at, tag in _tags(sorted(spans, key=lambda s: (s.start, -s.end, s.role, s.labels))):
        tags[at] = tags.get(at, "") + tag
    pieces: list[str] = []
    for at in range(len(text) + 1):
        character = text[at : at + 1]
        pieces += (tags.get(at, ""), f"\\{character}" if character in ("<", "\\") else character)
    return "".join(pieces)


def _tags(ordered: list[Span]) -> Iterator[tuple[int, str]]:
    """Yield (offset, tag) of spans sorted by start; at each offset, what ends is closed before anything opens."""
    stack: list[Span] = []
    for at in sorted({offset for span in ordered for offset in (span.start, span.end)}):
        for place in reversed(range(len(stack))):
            span = stack[place]
            if span.end == at:
                crossing = any(later.role == span.role for later in stack[place + 1 :])
                yield at, f"</{span.role} {' '.join(span.labels)}>" if crossing else f"</{span.role}>"
                del stack[place]
        for span in ordered:
            if span.start == at:
                yield at, f"<{span.role} {' '.join(span.labels)}>"
                stack.append(span)
