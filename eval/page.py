"""What every page shares: text cut where highlights begin and end, and a single file in which data is never markup.

A page is one HTML file that asks the network for nothing: a content security policy forbids it, and allows exactly the
style and the script that are in the file, by their hashes. Text from the data reaches the page in two ways only:
through Jinja2's autoescape, with control characters made visible, and as JSON in which no character can end a script.

A *span* is a stretch of a text that plays a role for a numbered item (a claim). Spans may nest, overlap and be
discontinuous, so the text is cut at every start and end; a *segment* lies between two neighbouring cuts and knows all
that holds for it. Offsets count code points; the segments and gaps of a text, joined, are the text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import orjson
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from onrecord.schema.records import Claim, Fragment, Fragments

Role = Literal["content", "via", "source", "cue"]
ROLES: Final[tuple[Role, ...]] = ("content", "via", "source", "cue")
"""The roles, from the outermost element of a segment to the innermost."""

_GAP: Final = re.compile(r"\n\s*\n")
_PICTURES: Final = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
_UNSEEN: Final = {**_PICTURES, 0x7F: 0x2421, **dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), 0xFFFD)}
_IN_SCRIPT: Final = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Span:
    """A fragment of a text that plays a role for an item."""

    fragment: Fragment
    role: Role
    item: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text for which the same spans hold: the items of each role, and the items that begin here."""

    text: str
    items: Mapping[Role, tuple[int, ...]]
    begin: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The segments of a paragraph, and the white space between it and the next."""

    segments: tuple[Segment, ...]
    gap: str


def spans_of(claim: Claim, item: int) -> Iterator[Span]:
    """Yield the spans of a claim, as those of `item`."""
    relays: Fragments = tuple(fragment for relay in claim.via for fragment in relay.fragments)
    roles: dict[Role, Fragments] = {"content": claim.content, "via": relays, "source": claim.source, "cue": claim.cue}
    for role, fragments in roles.items():
        yield from (Span(fragment, role, item) for fragment in fragments)


def paragraphs(text: str, spans: Iterable[Span]) -> tuple[Paragraph, ...]:
    """Return `text` cut into paragraphs and segments; an item begins at its first content."""
    spans = tuple(spans)
    begin: dict[int, int] = {}
    for span in spans:
        if span.role == "content":
            begin[span.item] = min(span.fragment.start, begin.get(span.item, len(text)))
    gaps = [match.span() for match in _GAP.finditer(text)]
    edges = [0, *(edge for gap in gaps for edge in gap), len(text)]
    cuts = sorted({*edges, *(edge for s in spans for edge in (s.fragment.start, s.fragment.end))})
    made: list[Paragraph] = []
    for number in range(0, len(edges), 2):
        first, last = edges[number], edges[number + 1]
        inner = [cut for cut in cuts if first <= cut <= last]
        segments = tuple(_segment(text, start, end, spans, begin) for start, end in pairwise(inner))
        after = text[last : edges[number + 2]] if number + 2 < len(edges) else ""
        made.append(Paragraph(segments, after))
    return tuple(made)


def _segment(text: str, start: int, end: int, spans: Iterable[Span], begin: Mapping[int, int]) -> Segment:
    items: dict[Role, set[int]] = {}
    for span in spans:
        if span.fragment.start <= start and end <= span.fragment.end:
            items.setdefault(span.role, set()).add(span.item)
    ordered = {role: tuple(sorted(items[role])) for role in ROLES if role in items}
    return Segment(text[start:end], ordered, tuple(sorted(item for item, at in begin.items() if at == start)))


def as_words(id_: str) -> str:
    """Return the name of a label, such as `news-agency`, as words."""
    return id_.replace("-", " ")


def as_link(id_: str) -> str:
    """Return the reference to the element with this id: `#` begins a reference, so one inside it is encoded."""
    return "#" + id_.replace("%", "%25").replace("#", "%23")


def as_script_json(value: Any) -> Markup:
    """Return `value` as JSON in which no character can end the script element that holds it."""
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return Markup(data.translate(_IN_SCRIPT))  # noqa: S704 - the translation leaves no markup


def visible(value: Any) -> Any:
    """Return text with its control characters as pictures, one for one, because a browser drops or alters them.

    In a list or a mapping this holds for every text in it; anything else is returned as it is.
    """
    if isinstance(value, dict):
        return {visible(key): visible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [visible(item) for item in value]
    return value.translate(_UNSEEN) if type(value) is str else value


def _shown(value: Any) -> Any:
    return visible(value) if type(value) is str else value


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _joined(names: Iterable[str]) -> tuple[Markup, str]:
    """Return our own files as one text, ready to stand in an element, and its hash for the policy."""
    text = "\n".join(_file(name) for name in names)
    sha = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{sha}'"  # noqa: S704 - files of this package


def render(template: str, *, styles: Iterable[str], scripts: Iterable[str], data: Any, **context: Any) -> bytes:
    """Return the page that `template` makes of `context`, with our styles and scripts, and `data` for the scripts."""
    environment = Environment(
        autoescape=True, loader=FunctionLoader(_file), undefined=StrictUndefined, finalize=_shown,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"words": as_words, "link": as_link}
    style, style_hash = _joined(styles)
    script, script_hash = _joined(scripts)
    policy = (
        f"default-src 'none'; style-src {style_hash}; script-src {script_hash}; base-uri 'none'; form-action 'none'"
    )
    page = environment.get_template(template).render(
        style=style, script=script, policy=policy, data=as_script_json(data), **context
    )
    return page.encode()
