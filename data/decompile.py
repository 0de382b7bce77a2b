"""The way back: from a report in the published shape to the marked-up source that compiles to it.

`compile_report` of what `decompile_report` returns is the report again, for every report that the validator accepts and
whose text neither begins nor ends with an empty line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from onrecord.data.markup import Role, Span, render

Json = Mapping[str, Any]

_ROLES: Final[Mapping[str, Role]] = {"content": "c", "source": "s", "cue": "q"}
_LETTERS: Final = ("", *"abcdefghijklmnopqrstuvwxyz"[1:])


def decompile_report(report: Json, ledger: Mapping[str, Json]) -> str:
    """Return the source of a report; `ledger` maps the ids of facts to facts."""
    mentions: dict[str, int] = {}
    claims: dict[str, Json] = {}
    for claim in report["claims"]:
        number = mentions[claim["fact"]] = mentions.get(claim["fact"], -1) + 1
        claims[f"{claim['fact'].rpartition('/')[2]}{_LETTERS[number]}"] = claim
    head = {
        **{name: report[name] for name in ("register", "date", "tags")},
        "claims": {label: _declared(claim, ledger[claim["fact"]]) for label, claim in claims.items()},
    }
    front = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, default_flow_style=None, width=10_000)
    spans = (span for label, claim in claims.items() for span in _spans(label, claim))
    return f"---\n{front}---\n{render(report['text'], spans)}\n"


def _declared(claim: Json, fact: Json) -> dict[str, Any]:
    """Return the front matter's entry for a claim: what neither the tags nor its fact say."""
    entry: dict[str, Any] = {"agency": claim["agency"]}
    if claim["via"]:
        entry["via"] = [relay["agent"] for relay in claim["via"]]
    entry |= {name: claim[name] for name in ("stance", "kind") if claim[name] != fact[name]}
    return entry | ({"tags": claim["tags"]} if claim["tags"] else {})


def _spans(label: str, claim: Json) -> Iterator[Span]:
    for field, role in _ROLES.items():
        for fragment in claim[field]:
            yield Span(fragment["start"], fragment["end"], role, (label,))
    for relay in claim["via"]:
        for fragment in relay["fragments"]:
            yield Span(fragment["start"], fragment["end"], "v", (f"{label}:{relay['agent']}",))
