"""The article in a user's copy: the ledger's anchors found in it, as a report with gold claims.

The article's prose is not part of the project. A copy may differ in white space, typographic marks and what stands
around its paragraphs; a text in which a paragraph is missing or has another word is refused with `ArticleError`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from onrecord.data.published import read_codebooks, read_ledger
from onrecord.data.recognition import Article, ArticleError, Glyphs, Paragraph, article_from_json, glyphs, locate
from onrecord.schema.codebook import Codebook
from onrecord.schema.convert import fragments_to_json, relays_to_json
from onrecord.schema.located import read_yaml
from onrecord.schema.quotation import form, quotations
from onrecord.schema.records import Anchor, Fact, Fragment, Fragments, Relay
from onrecord.schema.semantics import check_report
from onrecord.schema.structure import check_structure

__all__ = ["ArticleError", "anchor", "anchors_yaml", "content_digest", "read_article"]

Json = dict[str, Any]

DOSSIER: Final = "blinken-lavrov-call"
"""The dossier that is curated from a source article."""


def read_article(dossier: str = DOSSIER) -> Article:
    """Return what is known of the article of a dossier of the package."""
    name = f"dossiers/{dossier}/article.yaml"
    value, _ = read_yaml(files("onrecord.data").joinpath(name).read_text(encoding="utf-8"), name)
    return article_from_json(value)  # type: ignore[arg-type]  # a file of the package, tested


def anchor(
    text: str,
    ledger: Mapping[str, Fact] | None = None,
    codebook: Codebook | None = None,
    article: Article | None = None,
) -> Json:
    """Return a copy of the article as a report with gold claims: a row of the reports configuration.

    Its text is the article's paragraphs as in the copy, in NFC, white space collapsed, joined by empty lines; offsets
    count its code points. `ledger`, `codebook` and `article` are those of the package unless given. Raises
    `ArticleError` where `text` is not the article, or where an anchor does not lead to the words that it was made from.
    """
    codebook = codebook or read_codebooks()[DOSSIER]
    ledger = ledger or read_ledger()
    article = article or read_article(codebook.dossier)
    copy = _Copy(unicodedata.normalize("NFC", text), article)
    anchored = [fact for fact in ledger.values() if fact.anchor and fact.anchor.article == article.sha256]
    claims = sorted(
        (_claim(copy, fact) for fact in anchored),
        key=lambda claim: (claim["content"][0]["start"], claim["content"][0]["end"], claim["fact"]),
    )
    identity = {"id": f"{codebook.dossier}/article", "dossier": codebook.dossier}
    numbered = [
        {"id": f"{identity['id']}#{number}", "report": identity["id"], "dossier": codebook.dossier, **claim}
        for number, claim in enumerate(claims, 1)
    ]
    about = {"register": article.register, "date": article.date, "tags": []}
    report = {**identity, **about, "text": copy.text, "claims": numbered}
    incidents = check_structure("report", report) or check_report(report, codebook, ledger)
    if incidents:
        raise ArticleError(f"the anchored report has {len(incidents)} incidents", incidents=incidents)
    return report


class _Copy:
    """The paragraphs found in a copy: their text, and the way from canonical offsets into it."""

    def __init__(self, text: str, article: Article) -> None:
        found = glyphs(text)
        self._offsets: dict[int, int] = {}
        pieces: list[str] = []
        length = 0
        for paragraph, place in zip(article.paragraphs, locate(found, article), strict=True):
            piece, positions = _collapsed(text, found, place, paragraph)
            self._offsets |= {offset: length + positions[at] for offset, at in paragraph.places.items()}
            pieces.append(piece)
            length += len(piece) + 2
        self.text = "\n\n".join(pieces)
        self.quoted = quotations(self.text)

    def fragments(self, anchored: Fragments) -> Fragments:
        """Return fragments of the canonical text as fragments of this text."""
        return tuple(Fragment(self._offsets[f.start], self._offsets[f.end - 1] + 1) for f in anchored)


def _collapsed(text: str, found: Glyphs, place: int, paragraph: Paragraph) -> tuple[str, list[int]]:
    """Return a paragraph with one space for each white space, nothing invisible, and where each glyph went."""
    pieces: list[str] = []
    positions: list[int] = []
    length = 0
    end = found.offsets[place]
    for offset in found.offsets[place : place + paragraph.length]:
        if any(character.isspace() for character in text[end:offset]):
            pieces.append(" ")
            length += 1
        pieces.append(text[offset])
        positions.append(length)
        length += 1
        end = offset + 1
    return "".join(pieces), positions


def _claim(copy: _Copy, fact: Fact) -> Json:
    """Return the claim that a fact is in the article, from `fact` on; raise `ArticleError` where it is not there."""
    anchored: Anchor = fact.anchor  # type: ignore[assignment]  # the caller's facts have one
    try:
        spans = {role: copy.fragments(getattr(anchored, role)) for role in ("content", "source", "cue")}
        relays = [Relay(relay.agent, copy.fragments(relay.fragments)) for relay in anchored.via]
    except KeyError as error:
        raise ArticleError(f"{fact.id}: offset {error.args[0]} of its anchor is not within the article") from None
    words = "".join(copy.text[f.start : f.end] for f in spans["content"])
    if content_digest(words) != anchored.digest:
        raise ArticleError(f"{fact.id}: its anchor does not lead to the words that it was made from")
    return {
        "fact": fact.id,
        **{role: fragments_to_json(fragments, copy.text) for role, fragments in spans.items()},
        "via": relays_to_json(relays, copy.text),
        **{name: getattr(fact, name) for name in ("speaker", "agency", "topic", "stance", "kind")},
        "form": form(copy.text, spans["content"], copy.quoted),
        "tags": [],
    }


def content_digest(words: str) -> str:
    """Return the digest of content: 16 hexadecimal digits of the sha256 of its letters and digits, case folded."""
    letters = "".join(character for character in words if character.isalnum()).casefold()
    return hashlib.sha256(letters.encode()).hexdigest()[:16]


def anchors_yaml(marked: str) -> str:
    """Return the anchors of the article with inline tags, as YAML (see `onrecord.data.anchors`)."""
    from onrecord.data import anchors

    return anchors.anchors_yaml(marked)
