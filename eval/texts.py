"""The texts that a user gives to extract from: plain text, Markdown, HTML, JSON Lines, from files or standard input.

A *text* is NFC with `\\n` line ends; all offsets count its code points, and its digest is that of its UTF-8. Of
Markdown and HTML it is the running text, paragraph by paragraph, which stands in no file: whoever needs it asks for it
with the result. What systems are given has the lines of hard-wrapped paragraphs joined: a space for a line break, so
that offsets hold in both.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from onrecord.eval.console import in_unicode
from onrecord.eval.files import LIMIT, opened, refuse_long, text_of
from onrecord.schema import extras
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.lines import read_lines
from onrecord.schema.located import UnreadableError, is_binary

Format = Literal["text", "markdown", "html", "jsonl"]

SUFFIXES: Final[dict[str, Format]] = {
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
"""Every other suffix is plain text."""
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_WIDTHS: Final = range(40, 101)
"""Widths at which plain text is wrapped by hand or by a mail program."""


@dataclass(frozen=True, slots=True)
class Given:
    """One text that is to be read: under which name the user knows it, and where it is.

    `report` is a slug, unique among the texts of one run. `content` is there where no file has it alone.
    """

    name: str
    report: str
    format: Format
    path: Path
    place: str
    """Where it is, for messages."""
    content: bytes | str | None = None
    problem: str = ""
    """Why there is no text to read."""


def given(paths: Sequence[Path], format_: Format | None) -> Iterator[Given]:
    """Yield the texts in files, in order; lines of JSON Lines are read here, other files later, by `read`."""
    used: set[str] = set()
    for path in paths:
        kind = format_ or SUFFIXES.get(path.suffix.lower(), "text")
        stem = "stdin" if str(path) == "-" else path.stem
        if kind == "jsonl":
            try:
                yield from _lines(path, stem, used)
            except OnRecordError as error:
                yield Given(str(path), "", kind, path, str(path), problem=str(error))
        else:
            data = sys.stdin.buffer.read() if str(path) == "-" else None
            yield Given(in_unicode(str(path)), _unique(stem, used), kind, path, str(path), data)


def _lines(path: Path, stem: str, used: set[str]) -> Iterator[Given]:
    with opened(path) as stream:
        for number, value, incident in read_lines(stream, str(path)):
            place = f"{path}:{number}"
            if incident is None and not isinstance(value, dict):
                incident = Incident("value-type", shown(value), "expected object", str(path), number)
            elif incident is None and "text" not in value:
                incident = Incident("field-missing", '"text"', "", str(path), number)
            elif incident is None and not isinstance(value["text"], str):
                incident = Incident("value-type", shown(value["text"]), "expected string", str(path), number, "/text")
            if incident is not None:
                yield Given(place, "", "jsonl", path, place, problem=str(incident))
                continue
            id_ = value.get("id")
            own = id_ if isinstance(id_, str) and id_ else str(id_) if type(id_) is int else None
            report = _unique(own.rpartition("/")[2] if own else f"{stem}-{number}", used)
            yield Given(own or in_unicode(place), report, "jsonl", path, place, value["text"])


def _unique(name: str, used: set[str]) -> str:
    """Return a slug of `name` that is not in `used`, and add it."""
    stem = slug = "-".join(re.findall("[a-z0-9]+", name.lower())) or "text"
    number = 1
    while slug in used:
        number += 1
        slug = f"{stem}-{number}"
    used.add(slug)
    return slug


def read(one: Given) -> str:
    """Return the text; raise `OnRecordError` with one message where there is none."""
    if one.problem:
        raise OnRecordError(one.problem)
    content = one.content
    if content is None:
        with opened(one.path) as stream:
            content = stream.read(LIMIT + 1)
    refuse_long(content, one.place)
    try:
        return _text(one, content)
    except UnreadableError as error:
        raise OnRecordError(str(error)) from None


def _text(one: Given, content: bytes | str) -> str:
    if one.format == "html" and isinstance(content, bytes):
        if is_binary(content):
            raise UnreadableError(Incident("file-binary", shown(content[:8]), "", one.place))
        content = html_text(content)
        if not content.strip():
            raise OnRecordError(f"{one.place}: no running text was found in the HTML; give a page with an article")
    text = text_of(content, one.place)
    if one.format == "markdown":
        text = markdown_text(text)
        if not text:
            raise OnRecordError(f"{one.place}: no running text stands in the Markdown; give a text")
    return text


def markdown_text(source: str) -> str:
    """Return the running text of Markdown: headings, paragraphs, list items and cells, a blank line between them.

    Emphasis and links leave their words; front matter, code, HTML and images are left out.
    """
    from markdown_it import MarkdownIt

    blocks = []
    for token in MarkdownIt("commonmark").enable("table").parse(_FRONT_MATTER.sub("", source)):
        if token.type == "inline":
            words = "".join(_words(child) for child in token.children or ())
            blocks.append(" ".join(words.split()))
    return unicodedata.normalize("NFC", "\n\n".join(block for block in blocks if block))


def _words(token: Any) -> str:
    if token.type in ("text", "code_inline"):
        return str(token.content)
    return " " if token.type in ("softbreak", "hardbreak") else ""


def html_text(data: bytes) -> str:
    """Return the main text of a page, by trafilatura: the article without its navigation, comments and tables."""
    try:
        from trafilatura import extract
    except ImportError:
        fix = extras.command("html")
        raise OnRecordError(f"HTML cannot be read without trafilatura; {fix}", exit_code=2) from None
    return extract(data, include_comments=False, include_tables=False) or ""


def unwrapped(text: str) -> str:
    """Return `text` with a space for each line break inside a hard-wrapped paragraph; the length stays.

    A break is one of wrapping where the next word would not have fitted on the line; the text is wrapped where its
    longest line is as long as wrapped lines are and most such breaks stand inside a sentence.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    if width not in _WIDTHS:
        return text
    full = [
        number
        for number in range(len(lines) - 1)
        if lines[number].strip() and (words := lines[number + 1].split(None, 1))
        and not lines[number + 1][0].isspace() and len(lines[number]) + 1 + len(words[0]) > width
    ]  # fmt: skip
    inside = sum(lines[number].rstrip()[-1] not in '.!?:…”"' for number in full)
    if 2 * inside <= len(full):
        return text
    breaks = set(full)
    return "".join(line + (" " if number in breaks else "\n") for number, line in enumerate(lines))[:-1]
