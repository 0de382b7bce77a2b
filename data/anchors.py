"""The making of anchors, for maintainers who have a source article: from the article with inline tags to what ships.

The marked article is its canonical text (one paragraph a line) with the tags of `MARKUP.md`; the label of a tag is the
fact's. Nothing that these functions return holds prose of the article: offsets, lengths and hashes.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from onrecord.data.article import content_digest
from onrecord.data.leakage import FILE, render_hashes
from onrecord.data.markup import parse
from onrecord.data.recognition import ArticleError, recognise
from onrecord.schema.vocabulary import FACT_LABEL

Json = dict[str, Any]

_FACT: Final = re.compile(rf"^( *)- id: ({FACT_LABEL})\s*(?:#.*)?$")
_ANCHOR: Final = re.compile(r"^ +anchor:.*\n", re.MULTILINE)


def anchors(marked: str) -> dict[str, Json]:
    """Return the anchor of each label of a marked article, in order of the labels.

    Several relays of one label come in the order of the text. Raises `ArticleError` for wrong markup, for a label
    without content, and for content in more than one paragraph.
    """
    parsed = parse(marked)
    if parsed.incidents:
        raise ArticleError("the markup is wrong", incidents=parsed.incidents)
    spans: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for span in parsed.spans:
        for label in span.labels:
            fact, _, agent = label.partition(":")
            spans[fact][f"{span.role}{agent}"].append((span.start, span.end))
    return {label: _anchor(parsed.text, label, spans[label]) for label in sorted(spans)}


def _anchor(text: str, label: str, spans: dict[str, list[tuple[int, int]]]) -> Json:
    def fragments(role: str) -> list[dict[str, int]]:
        return [{"start": start, "end": end} for start, end in spans.get(role, ())]

    paragraphs = {text.count("\n", 0, at) + 1 for span in spans.get("c", ()) for at in span}
    if not re.fullmatch(FACT_LABEL, label) or len(paragraphs) != 1:
        raise ArticleError(f"{label}: give one fact's label with content in one paragraph")
    return {
        "article": hashlib.sha256(text.encode()).hexdigest(),
        "paragraph": paragraphs.pop(),
        **{role: fragments(role[0] if role != "cue" else "q") for role in ("content", "source", "cue")},
        "via": [{"agent": role[1:], "fragments": fragments(role)} for role in spans if role[0] == "v"],
        "digest": content_digest("".join(text[start:end] for start, end in spans["c"])),
    }


def flow(value: object) -> str:
    """Return a JSON value as YAML on one line, as a person would write it; hexadecimal digits stay strings."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return f'"{value}"' if isinstance(value, str) and re.fullmatch("[0-9a-f]+", value) else str(value)


def recognition_yaml(canonical: str) -> str:
    """Return, as YAML, what a copy of the article is recognised by: its sha256 and its paragraphs."""
    lines = [f'sha256: "{hashlib.sha256(canonical.encode()).hexdigest()}"', "paragraphs:"]
    lines += [
        f"  - {flow({'start': p.start, 'prefix': p.prefix, 'digest': p.digest, 'words': p.words})}"
        for p in recognise(canonical)
    ]
    return "".join(f"{line}\n" for line in lines)


def anchors_yaml(marked: str) -> str:
    """Return, as YAML, all that ships of a marked article: its recognition, and the anchor of each fact."""
    lines = [f"  {label}: {flow(value)}\n" for label, value in anchors(marked).items()]
    return recognition_yaml(parse(marked).text) + "anchors:\n" + "".join(lines)


def write_anchors(folder: Path, marked: str) -> None:
    """Bring the dossier in `folder` up to date with a marked article: ledger.yaml, article.yaml, article-8grams.txt.

    In the ledger, the `anchor` of each fact is replaced; in article.yaml, all from `sha256` on. The rest stays to the
    letter. Raises `ArticleError` where a fact of the ledger has no anchor, or an anchor no fact.
    """
    made = anchors(marked)
    canonical = parse(marked).text
    ledger = (folder / "ledger.yaml").read_text(encoding="utf-8")
    known = re.split("^sha256:", (folder / "article.yaml").read_text(encoding="utf-8"), flags=re.MULTILINE)[0]
    updated = _with_anchors(ledger, made)
    (folder / "ledger.yaml").write_text(updated, encoding="utf-8")
    (folder / "article.yaml").write_text(known + recognition_yaml(canonical), encoding="utf-8")
    (folder / FILE).write_text(render_hashes(canonical), encoding="utf-8")


def _with_anchors(ledger: str, made: dict[str, Json]) -> str:
    """Return the text of a ledger in which the entry of each fact ends with its anchor."""
    entries: list[list[str]] = [[]]
    labels: list[str] = []
    for line in _ANCHOR.sub("", ledger).splitlines(keepends=True):
        if match := _FACT.match(line):
            labels.append(match[2])
            entries.append([])
        entries[-1].append(line)
    if sorted(labels) != sorted(made):
        odd = ", ".join(sorted(set(labels) ^ set(made)))
        raise ArticleError(f"the ledger and the marked article do not have the same facts: {odd}")
    pieces = entries[0]
    for label, entry in zip(labels, entries[1:], strict=True):
        indent = " " * (len(entry[0]) - len(entry[0].lstrip()) + 2)
        body = "".join(entry).rstrip("\n")
        pieces.append(f"{body}\n{indent}anchor: {flow(made[label])}\n{''.join(entry)[len(body) + 1 :]}")
    return "".join(pieces)
