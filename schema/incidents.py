"""Incidents: what the validator reports, each under an id that never changes.

`CATALOGUE` is the one table of ids; `schema/INCIDENTS.md` documents it and `tests/fixtures/incidents/` holds one
failing file for each id. An error makes the validator fail; a warning does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What an incident id means: its level, and the fix that every incident of this id names."""

    level: Level
    meaning: str
    fix: str


def _error(meaning: str, fix: str) -> Rule:
    return Rule("error", meaning, fix)


def _warning(meaning: str, fix: str) -> Rule:
    return Rule("warning", meaning, fix)


CATALOGUE: Final[dict[str, Rule]] = {
    # the file
    "file-unreadable": _error("the file cannot be read", "give the path of a readable file"),
    "file-binary": _error(
        "the file holds binary data", "give a text file in UTF-8, or a .parquet file under its own name"
    ),
    "file-not-utf8": _error("the file is not UTF-8", "save it as UTF-8"),
    "file-empty": _error("the file is empty", "give a file with at least one record"),
    "file-kind-unknown": _error("the file is of no kind that the schemas describe", "see `onrecord validate --help`"),
    "line-too-long": _error("a line is longer than 16 MiB", "write one report on each line"),
    "json-invalid": _error("the line is not JSON", "write one JSON object on each line"),
    "number-not-finite": _error("NaN and infinity are not JSON", "give a finite number, or leave the field out"),
    "yaml-invalid": _error("the file is not YAML", "correct the YAML at this line"),
    "yaml-duplicate-key": _error("a key occurs twice", "keep one of the two"),
    # the record's shape: JSON Schema
    "field-missing": _error("a required field is missing", "add the field"),
    "field-unknown": _error("the schema has no such field", "correct the spelling or remove the field"),
    "value-type": _error("the value has the wrong type", "give the type that the schema asks for"),
    "value-choice": _error("the value is none of the allowed ones", "use one of the allowed values"),
    "value-form": _error("the value does not have the required form", "follow the form that the schema gives"),
    "value-range": _error("the value is out of range", "stay within the range that the schema gives"),
    # markup
    "front-matter-missing": _error(
        "the report does not begin with front matter", "begin with a line '---', YAML and another line '---'"
    ),
    "tag-unknown": _error(
        "there is no such tag", "use <c …>, <s …>, <q …> or <v …>, or write \\< for a less-than sign"
    ),
    "tag-unclosed": _error("the tag is never closed", "add the closing tag"),
    "tag-unopened": _error("the closing tag closes nothing", "remove it, or open the tag before it"),
    "tag-empty": _error("the tag encloses nothing", "enclose the words, or remove the tag"),
    "tag-loose": _error("white space stands just inside the tag", "move the white space out of the tag"),
    "label-unknown": _error("the label is not declared in the front matter", "add it under 'claims'"),
    "label-unused": _error("the declared claim has no content in the text", "tag its content with <c …>, or remove it"),
    "relay-undeclared": _error("the tag's relay and the front matter's 'via' differ", "name the same agents in both"),
    # offsets against the text
    "fragment-reversed": _error("the fragment does not end after its start", "let end be greater than start"),
    "fragment-past-end": _error("the fragment ends after the text", "count code points, not bytes or UTF-16 units"),
    "fragment-splits-character": _error(
        "the fragment cuts a character (grapheme cluster) in two", "move the offset to its border"
    ),
    "fragment-loose": _error("white space stands at the fragment's edge", "tighten the fragment"),
    "fragment-text-differs": _error(
        "the fragment's text is not the text at its offsets", "correct the offsets or the text"
    ),
    "fragments-unordered": _error("the fragments are not sorted, or overlap", "sort them and let none overlap"),
    "content-without-letters": _error(
        "the content has no letter and no digit, so nothing can match it", "choose the words that state the claim"
    ),
    "text-not-normal": _error(
        "the text is not in NFC, or holds a carriage return", "normalise it to NFC and end lines with \\n"
    ),
    "quotation-unclosed": _error("a quotation mark is never closed", "close it, or write without it"),
    # ids and labels against the codebook and the ledger
    "id-duplicate": _error("the id occurs twice", "use each id once"),
    "id-misplaced": _error(
        "the id does not fit where it stands", "follow the form that the schema gives for this place"
    ),
    "report-unknown": _error("no such report", "use the id of a report of the split"),
    "report-near-duplicate": _error(
        "the report shares too much of its wording with another", "write one of the two anew, from the ledger"
    ),
    "article-prose": _error("eight words in a row are the source article's", "say it in other words, from the ledger"),
    "report-missing": _warning(
        "a report has no prediction and counts as an empty one", "write a line for each report of the split"
    ),
    "agent-unknown": _error("the codebook has no such agent", "use the id of an agent of the codebook"),
    "topic-unknown": _error("the codebook has no such topic", "use the id of a topic of the codebook"),
    "fact-unknown": _error("the ledger has no such fact", "use the id of a fact of the ledger"),
    "fact-differs": _error("the claim contradicts its fact", "take speaker and topic from the fact"),
    "form-differs": _error("the form is not what the quotation marks say", "derive the form from the quotation marks"),
    "agency-differs": _error(
        "the agency is not the outermost relay, nor the speaking institution", "decide it by the rule for agency"
    ),
    "quote-not-on-record": _error("the quoted words are not in the fact's quote", "quote the ledger to the letter"),
    "relation-to-itself": _error("the fact is related to itself", "name another fact"),
    "name-unknown": _warning(
        "the codebook resolves no such name; the answer counts as wrong",
        "use an id of the codebook, or an agent's name",
    ),
    "name-ambiguous": _warning("the name is that of several agents; the answer counts as wrong", "use the agent's id"),
}


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing wrong: where (file, line from 1, JSON pointer), which value, and why."""

    id: str
    value: str
    detail: str = ""
    file: str | None = None
    line: int | None = None
    pointer: str = ""

    @property
    def level(self) -> Level:
        """`error` or `warning`."""
        return CATALOGUE[self.id].level

    def to_dict(self) -> dict[str, object]:
        """Return the incident as a JSON object, its level, meaning and fix included."""
        rule = CATALOGUE[self.id]
        return {**asdict(self), "level": rule.level, "meaning": rule.meaning, "fix": rule.fix}

    def __str__(self) -> str:
        """Return the one line that a person reads."""
        rule = CATALOGUE[self.id]
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        where = " ".join(part for part in (place and f"{place}:", self.pointer and f"{self.pointer}:") if part)
        why = f"{rule.meaning} ({self.detail})" if self.detail else rule.meaning
        shown = f" {self.value}" if self.value else ""
        return f"{where} {rule.level} [{self.id}]{shown}: {why}; {rule.fix}".strip()


def shown(value: object, limit: int = 60) -> str:
    """Return `value` as it is shown in an incident: quoted, control characters escaped, cut at `limit` code points."""
    text = "null" if value is None else repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return the first names, and how many more there are: `'a', 'b' and 8 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def counted(number: int, noun: str) -> str:
    """Return how many there are of what a regular noun names: `1 error`, `1,200 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
