"""How a copy of a source article is recognised without the article: by hashes of its paragraphs' glyphs.

The *glyphs* of a text are its characters without white space and invisible characters; quotation marks, apostrophes and
dashes count as their straight forms. They are the same in every honest copy, however the copy is wrapped and whatever
stands around its paragraphs. A paragraph is known by the number of its glyphs, their hash and the hash of their
beginning, which is looked up at every place where a word may start.

The *canonical text* of an article has one paragraph a line and one space between words. The lengths of the words are
kept as well: they turn an offset of the canonical text into a place in the glyphs.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onrecord.schema.errors import OnRecordError

PREFIX: Final = 16
"""The length of a paragraph's beginning, in glyphs."""

_SINGLE: Final = "‘’`\u00b4\u02b9\u02bc\u2018\u2019\u201a\u201b\u2032\u2039\u203a"
_DOUBLE: Final = "“”„‟«»″"
_DASH: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_UNIFIED: Final = str.maketrans(
    {**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"'), **dict.fromkeys(_DASH, "-")}
)
_WORD: Final = re.compile("[^\\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_START: Final = re.compile(r"(?<![^\W_])\S")


class ArticleError(OnRecordError):
    """A text is not the article, or the ledger's anchors do not fit it; the message is one line."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The glyphs of a text, the offset of each of its characters, and the places in it where words may start."""

    characters: str
    offsets: Sequence[int]
    starts: Sequence[int]


def glyphs(text: str) -> Glyphs:
    """Return the glyphs of `text` (NFC)."""
    words: list[str] = []
    offsets, starts = array("L"), array("L")
    for word in _WORD.finditer(text.translate(_UNIFIED)):
        starts.extend(len(offsets) + start.start() for start in _START.finditer(word[0]))
        offsets.extend(range(*word.span()))
        words.append(word[0])
    return Glyphs("".join(words), offsets, starts)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article: its offset in the canonical text, the lengths of its words, hashes of its glyphs."""

    start: int
    words: tuple[int, ...]
    prefix: str
    digest: str

    @property
    def length(self) -> int:
        """The length of the paragraph's glyphs."""
        return sum(self.words)

    @property
    def places(self) -> dict[int, int]:
        """The place in the glyphs of each offset of the canonical text that is no space."""
        offsets: list[int] = []
        at = self.start
        for length in self.words:
            offsets.extend(range(at, at + length))
            at += length + 1
        return {offset: place for place, offset in enumerate(offsets)}


@dataclass(frozen=True, slots=True)
class Article:
    """What is known of a source article: its citation, what its report carries, and its paragraphs."""

    citation: str
    date: str
    register: str
    sha256: str
    paragraphs: tuple[Paragraph, ...]


def article_from_json(value: Mapping[str, Any]) -> Article:
    """Return the article that the value of an `article.yaml` describes."""
    paragraphs = tuple(
        Paragraph(paragraph["start"], tuple(paragraph["words"]), paragraph["prefix"], paragraph["digest"])
        for paragraph in value["paragraphs"]
    )
    return Article(**{name: value[name] for name in ("citation", "date", "register", "sha256")}, paragraphs=paragraphs)


def hashed(characters: str) -> str:
    """Return the hash by which glyphs are known: 32 hexadecimal digits of its sha256."""
    return hashlib.sha256(characters.encode()).hexdigest()[:32]


def recognise(canonical: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a canonical text; raise `ArticleError` where it is not canonical."""
    paragraphs: list[Paragraph] = []
    start = 0
    for number, line in enumerate(canonical.removesuffix("\n").split("\n"), 1):
        characters = glyphs(line).characters
        words = tuple(map(len, line.split(" ")))
        if 0 in words or len(characters) != sum(words):
            raise ArticleError(f"line {number}: not canonical; give one paragraph a line and one space between words")
        paragraphs.append(Paragraph(start, words, hashed(characters[:PREFIX]), hashed(characters)))
        start += len(line) + 1
    return tuple(paragraphs)


def locate(found: Glyphs, article: Article) -> list[int]:
    """Return where each paragraph of `article` begins in the glyphs `found`; raise `ArticleError` if one is missing."""
    occurrences = _occurrences(found, article)
    missing = [number for number, places in enumerate(occurrences, 1) if not places]
    total = len(occurrences)
    if len(missing) == total:
        what = f"this is not the article ({article.citation})"
        raise ArticleError(f"{what}: none of its {total} paragraphs was found; give a copy of it")
    if missing:
        which = ", ".join(map(str, missing))
        counts = f"{total - len(missing)} of its {total} paragraphs were found"
        raise ArticleError(
            f"this is no faithful copy of the article: {counts}; missing or changed: {which}; give a whole one"
        )
    chosen: list[int] = []
    at = 0
    for number, (places, paragraph) in enumerate(zip(occurrences, article.paragraphs, strict=True), 1):
        place = next((place for place in places if place >= at), None)
        if place is None:
            raise ArticleError(
                f"this is no faithful copy of the article: paragraph {number} stands before paragraph {number - 1}; "
                "give one in the article's order"
            )
        chosen.append(place)
        at = place + paragraph.length
    return chosen


def _occurrences(found: Glyphs, article: Article) -> list[list[int]]:
    """Return, for each paragraph, all places in the glyphs where it begins."""
    by_prefix: dict[str, list[int]] = {}
    for number, paragraph in enumerate(article.paragraphs):
        by_prefix.setdefault(paragraph.prefix, []).append(number)
    lengths = {min(PREFIX, paragraph.length) for paragraph in article.paragraphs}
    occurrences: list[list[int]] = [[] for _ in article.paragraphs]
    for start in found.starts:
        for length in lengths:
            for number in by_prefix.get(hashed(found.characters[start : start + length]), ()):
                paragraph = article.paragraphs[number]
                if hashed(found.characters[start : start + paragraph.length]) == paragraph.digest:
                    occurrences[number].append(start)
    return occurrences
