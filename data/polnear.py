"""PolNeAR (Newell, Margolin and Ruths, LREC 2018): real political news with attributions, in brat's standoff format.

A part of the corpus is a folder with `text/NAME.txt` and `attributions/NAME_<annotator>.ann`. Offsets are code points
of the text as it is: it is not normalised here, or they would no longer hold. What this reader settles:

* An article with several annotators is read once, by the first in the order of the file names.
* A covered text with a line break splits its line; offsets count, covered texts are never read.
* Fragments come unsorted, touching, or with white space at their ends: they are sorted, trimmed, and joined where only
  spaces part them.
* `Discuss` and `Discard` are notes of the annotators, no attributions; neither is an event without content.
* `Content2` is a second content of the same attribution: its fragments are added.

The texts belong to their publishers: neither they nor a model trained on them belongs into this repository.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fragment, Fragments

_SPAN: Final = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t|$)")
_EVENT: Final = re.compile(r"E\d+\tAttribution\S* (.*)")
_ROLES: Final = ("content", "source", "cue")


@dataclass(frozen=True, slots=True)
class Attributed:
    """One attribution of a text: who is said to say what, by which words; offsets in code points."""

    content: Fragments
    source: Fragments = ()
    cue: Fragments = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A text and its attributions, in the order of their contents."""

    id: str
    text: str
    attributions: tuple[Attributed, ...]


def is_polnear(folder: Path) -> bool:
    """Whether `folder` is laid out as a part of the corpus."""
    return (folder / "attributions").is_dir() and (folder / "text").is_dir()


def read_polnear(folder: Path) -> tuple[Article, ...]:
    """Return the articles of a part of the corpus (such as `data/dev`), in the order of their names.

    Raises `OnRecordError`, naming file and line, where the folder or an annotation is not of the format.
    """
    if not is_polnear(folder):
        raise OnRecordError(f"{folder}: no folders `text` and `attributions`; give a part of PolNeAR, as data/dev")
    first: dict[str, Path] = {}
    for file in sorted((folder / "attributions").glob("*.ann")):
        first.setdefault(file.stem.rpartition("_")[0], file)
    if not first:
        raise OnRecordError(f"{folder / 'attributions'}: no .ann files; give a part of PolNeAR, as data/dev")
    return tuple(_article(folder / "text" / f"{name}.txt", file) for name, file in sorted(first.items()))


def _article(text_file: Path, annotations: Path) -> Article:
    text = _read(text_file)
    spans: dict[str, Fragments] = {}
    events: list[tuple[int, str]] = []
    for number, line in enumerate(_read(annotations).split("\n"), start=1):
        if (span := _SPAN.match(line)) is not None:
            spans[span[1]] = _fragments(text, span[3], f"{annotations}, line {number}")
        elif (event := _EVENT.match(line)) is not None:
            events.append((number, event[1]))
    found = [
        attributed
        for number, arguments in events
        if (attributed := _attributed(text, spans, arguments, f"{annotations}, line {number}")) is not None
    ]
    found.sort(key=lambda attributed: (attributed.content[0].start, attributed.content[-1].end))
    return Article(text_file.stem, text, tuple(found))


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")  # as it is: a translated line end would move the offsets
    except OSError as error:
        raise OnRecordError(f"{file}: {error.strerror}; every .ann file needs its text") from None
    except UnicodeDecodeError as error:
        raise OnRecordError(f"{file}: byte {error.start} is not UTF-8; save the file as UTF-8") from None


def _fragments(text: str, offsets: str, place: str) -> Fragments:
    pairs = sorted((int(start), int(end)) for start, end in (pair.split(" ") for pair in offsets.split(";")))
    if pairs[-1][1] > len(text) or any(start >= end for start, end in pairs):
        raise OnRecordError(f"{place}: {offsets!r} is no stretch of a text of {len(text)} code points; correct it")
    return _joined(text, pairs)


def _joined(text: str, pairs: list[tuple[int, int]]) -> Fragments:
    """Return `pairs`, in order of start, as fragments without white space at their ends, joined over mere spaces."""
    found: list[Fragment] = []
    for start, end in pairs:
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        end -= len(words) - len(words.rstrip())
        if start >= end:
            continue
        if found and not text[found[-1].end : start].strip(" "):
            found[-1] = Fragment(found[-1].start, max(found[-1].end, end))
        else:
            found.append(Fragment(start, end))
    return tuple(found)


def _attributed(text: str, spans: dict[str, Fragments], arguments: str, place: str) -> Attributed | None:
    """Return the attribution of an event's arguments, or None where it has no content."""
    parts: dict[str, list[tuple[int, int]]] = {role: [] for role in _ROLES}
    for argument in arguments.split():
        role, _, id_ = argument.partition(":")
        if (role := role.rstrip("0123456789").lower()) not in parts:
            continue
        if id_ not in spans:
            raise OnRecordError(f"{place}: {argument!r} names a span that the file does not have; add or remove it")
        parts[role] += [(fragment.start, fragment.end) for fragment in spans[id_]]
    if not parts["content"]:
        return None
    return Attributed(*(_joined(text, sorted(parts[role])) for role in _ROLES))
