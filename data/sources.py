"""The hand-edited sources of a dossier, compiled to the JSON values that the schemas describe.

Nothing is raised for a source that is wrong: every function returns what it could read and the incidents, so that a
person sees all of them at once. The formats are described in `MARKUP.md`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from onrecord.data.markup import LABEL, Parsed, parse
from onrecord.schema.convert import fragments_to_json
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.located import UnreadableError, line_of, read_text, read_yaml
from onrecord.schema.quotation import form, quotations
from onrecord.schema.records import Fragment, Fragments

Json = dict[str, Any]
Spans = Mapping[str, Mapping[str, Fragments]]
"""For each label, the fragments of each role; the role of a relay carries its agent (`v:agent`)."""

_CLAIM_FIELDS = ("agency", "via", "stance", "kind", "tags")
_REPORT_FIELDS = ("register", "date", "tags", "claims")
_LABEL = re.compile(LABEL)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A report in the published shape (None where an incident prevents it), and the lines of its parts."""

    value: Json | None
    incidents: list[Incident]
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Head:
    """The front matter of a report, and where its parts stand."""

    value: Json
    lines: dict[str, int]
    name: str

    @property
    def claims(self) -> Json:
        """The declared claims by label."""
        declared = self.value.get("claims")
        return declared if isinstance(declared, dict) else {}

    def incident(self, id_: str, pointer: str, value: object, detail: str = "") -> Incident:
        return Incident(id_, shown(value), detail, self.name, line_of(self.lines, pointer), pointer)


def read_mapping(path: Path) -> tuple[Json, dict[str, int], list[Incident]]:
    """Read a YAML file that holds a mapping: the mapping, its lines, and the incidents."""
    try:
        value, lines = read_yaml(read_text(path), str(path))
    except UnreadableError as error:
        return {}, {}, [error.incident]
    if not isinstance(value, dict):
        return {}, lines, [Incident("value-type", shown(value), "expected a mapping", str(path), 1)]
    return value, lines, []


def placed(incidents: list[Incident], name: str, lines: dict[str, int], shift: str = "") -> list[Incident]:
    """Return the incidents of a file's value with file and line filled in; `shift` is put before their pointers."""
    return [replace(i, file=name, line=line_of(lines, shift + i.pointer), pointer=shift + i.pointer) for i in incidents]


def compile_ledger(value: Json, dossier: str) -> list[Any]:
    """Return the facts of a ledger's YAML with full ids and every optional field in place; what is no fact stays."""
    return [_compile_fact(fact, dossier) if isinstance(fact, dict) else fact for fact in value["facts"]]


def _compile_fact(fact: Json, dossier: str) -> Json:
    relations = fact.get("relations", [])
    if isinstance(relations, list):
        relations = [
            {**relation, "fact": f"{dossier}/{relation['fact']}"}
            if isinstance(relation, dict) and "fact" in relation
            else relation
            for relation in relations
        ]
    defaults: Json = {"dossier": dossier, "quote": [], "anchor": None}
    return {**defaults, **fact, "id": f"{dossier}/{fact.get('id')}", "relations": relations}


def compile_report(path: Path, dossier: str, ledger: Mapping[str, Json] | None) -> Compiled:
    """Compile a marked-up report to its published shape; `ledger` maps the full ids of facts to the facts.

    Without a ledger (None) the labels lead to nothing, and only the markup is checked.
    """
    try:
        head, body, first_line = _split(path)
    except UnreadableError as error:
        return Compiled(None, [error.incident])
    parsed = parse(body, name=head.name, first_line=first_line)
    spans = _spans(parsed)
    facts = {label: None if ledger is None else ledger.get(f"{dossier}/{fact_label(label)}") for label in head.claims}
    incidents = [*parsed.incidents, *_check_head(head)]
    if not incidents:
        incidents = [*_check_tags(head, spans, body, first_line), *_check_claims(head, spans)]
        incidents += [
            head.incident("fact-unknown", f"/claims/{label}", label)
            for label in head.claims
            if ledger is not None and facts[label] is None
        ]
    if incidents or ledger is None:
        return Compiled(None, incidents)
    identity = {"id": f"{dossier}/{path.stem}", "dossier": dossier}
    value: Json = identity | {name: head.value.get(name) for name in ("register", "date")}
    value |= {"tags": head.value.get("tags", []), "text": parsed.text, "claims": []}
    lines = {**head.lines, "/text": first_line}
    quoted = quotations(parsed.text)
    for number, label in enumerate(sorted(head.claims, key=lambda label: (spans[label]["c"][0], label))):
        lines[f"/claims/{number}"] = head.lines[f"/claims/{label}"]
        claim = {"id": f"{identity['id']}#{number + 1}", "report": identity["id"], "dossier": dossier}
        claim |= _compile_claim(parsed.text, quoted, spans[label], head.claims[label], facts[label] or {})
        value["claims"].append(claim)
    return Compiled(value, [], lines)


def fact_label(label: str) -> str:
    """Return the label of the fact that the claim with this label mentions: `f04` of `f04b`."""
    return label.rstrip("abcdefghijklmnopqrstuvwxyz")


def _split(path: Path) -> tuple[_Head, str, int]:
    """Return the front matter, the body, and the body's first line; raise `UnreadableError`."""
    text = read_text(path).replace("\r\n", "\n")
    match = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    if match is None:
        raise UnreadableError(Incident("front-matter-missing", shown(text[:20]), "", str(path), 1))
    head, lines = read_yaml(match[1], str(path), first_line=2)
    if not isinstance(head, dict):
        raise UnreadableError(Incident("value-type", shown(head), "expected a mapping", str(path), 2))
    body = text[match.end() :]
    lead = len(body) - len(body.lstrip("\n"))
    return _Head(head, lines, str(path)), body.strip("\n"), text.count("\n", 0, match.end()) + lead + 1


def _spans(parsed: Parsed) -> Spans:
    spans: dict[str, dict[str, Fragments]] = defaultdict(dict)
    for span in parsed.spans:
        for label in span.labels:
            claim, colon, agent = label.partition(":")
            role = f"{span.role}{colon}{agent}"
            spans[claim][role] = (*spans[claim].get(role, ()), Fragment(span.start, span.end))
    return dict(spans)


def _check_head(head: _Head) -> Iterator[Incident]:
    for key in head.value:
        if key not in _REPORT_FIELDS:
            yield head.incident("field-unknown", f"/{key}", key, f"known: {', '.join(_REPORT_FIELDS)}")
    claims = head.value.get("claims")
    if not isinstance(claims, dict | None):
        yield head.incident("value-type", "/claims", claims, "expected a mapping of labels")
    for label, fields in head.claims.items():
        pointer = f"/claims/{label}"
        if not _LABEL.fullmatch(label):
            detail = "a label is the id of a fact, and a letter for a further mention"
            yield head.incident("value-form", pointer, label, detail)
        if isinstance(fields, dict):
            yield from _check_fields(head, pointer, fields)
        else:
            yield head.incident("value-type", pointer, fields, "expected a mapping")


def _check_fields(head: _Head, pointer: str, fields: Json) -> Iterator[Incident]:
    for key in fields:
        if key not in _CLAIM_FIELDS:
            yield head.incident("field-unknown", f"{pointer}/{key}", key, f"known: {', '.join(_CLAIM_FIELDS)}")
    if "agency" not in fields:
        yield head.incident("field-missing", pointer, "agency")
    via = fields.get("via", [])
    if not isinstance(via, list) or not all(isinstance(agent, str) for agent in via):
        yield head.incident("value-type", f"{pointer}/via", via, "expected a list of agent ids")


def _check_tags(head: _Head, spans: Spans, body: str, first_line: int) -> Iterator[Incident]:
    """Yield the labels of tags that the front matter does not declare."""
    for label in sorted(set(spans) - set(head.claims)):
        line = first_line + body.count("\n", 0, body.find(f" {label}"))
        yield Incident("label-unknown", shown(label), "", head.name, line)


def _check_claims(head: _Head, spans: Spans) -> Iterator[Incident]:
    """Yield what is declared in the front matter and contradicts the tags."""
    for label, fields in head.claims.items():
        pointer = f"/claims/{label}"
        roles = spans.get(label, {})
        if "c" not in roles:
            yield head.incident("label-unused", pointer, label)
        tagged = sorted(role[2:] for role in roles if role[0] == "v")
        via = fields.get("via", [])
        if tagged != sorted(via):
            yield head.incident("relay-undeclared", pointer, via, f"the text tags {', '.join(tagged) or 'none'}")


def _compile_claim(text: str, quoted: Fragments, spans: Mapping[str, Fragments], fields: Json, fact: Json) -> Json:
    """Return the claim from `fact` on; speaker and topic are the fact's, and so are stance and kind where not given."""
    roles = {"content": "c", "source": "s", "cue": "q"}
    relays = [(agent, fragments_to_json(spans[f"v:{agent}"], text)) for agent in fields.get("via", [])]
    return {
        "fact": fact["id"],
        **{role: fragments_to_json(spans.get(key, ()), text) for role, key in roles.items()},
        "via": [{"agent": agent, "fragments": fragments} for agent, fragments in relays],
        "speaker": fact["speaker"],
        "agency": fields["agency"],
        "topic": fact["topic"],
        **{name: fields.get(name, fact[name]) for name in ("stance", "kind")},
        "form": form(text, spans["c"], quoted),
        "tags": fields.get("tags", []),
    }
