"""What JSON Schema cannot say: offsets against the text, ids against the codebook and the ledger, derived fields.

Each check takes JSON values whose shape `onrecord.schema.structure` has accepted, and returns incidents; the pointer
names the place.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from onrecord.schema.codebook import Codebook
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.offsets import character_borders, check_fragments, check_offsets, sound
from onrecord.schema.quotation import MARKS, form, quotations
from onrecord.schema.records import Fact, Fragment, Fragments

Json = Mapping[str, Any]


def check_prediction(value: Json, text: str, codebook: Codebook | None) -> list[Incident]:
    """Return what is wrong with a prediction for the report with this `text`; file and line are left to the caller.

    `value` has the shape of the prediction schema, and its report is known. Names that the codebook does not resolve
    are warnings: the claim stays, and what cannot be used counts as wrong. Words that the report does not contain are
    no incident but a wrong answer: `onrecord.eval.align` looks for them, and the result counts them. Without a codebook
    any name may be an id.
    """
    found: list[Incident] = []
    for number, claim in enumerate(value["claims"]):
        pointer = f"/claims/{number}"
        for role in ("content", "source", "cue"):
            if said := claim.get(role):
                found += _check_said(text, said, pointer, role)
        for link, relay in enumerate(claim.get("via", ())):
            found += _check_said(text, relay.get("fragments", ()), pointer, f"via/{link}/fragments")
        if codebook is not None:
            found += _check_names(claim, codebook, pointer)
    return found


def _check_names(claim: Json, codebook: Codebook, pointer: str) -> Iterator[Incident]:
    agents = {agent.id for agent in codebook.agents}
    topics = {topic.id for topic in codebook.topics}
    for place in ("speaker", "agency"):
        name = claim.get(place)
        if name is not None and name not in agents:
            yield from _check_name(name, codebook, f"{pointer}/{place}")
    for link, relay in enumerate(claim.get("via", ())):
        yield from _check_name(relay["agent"], codebook, f"{pointer}/via/{link}/agent")
    topic = claim.get("topic")
    if topic is not None and topic not in topics:
        known = ", ".join(sorted(topics))
        yield Incident("name-unknown", shown(topic), f"topics: {known}", pointer=f"{pointer}/topic")


def _check_said(text: str, said: Any, pointer: str, role: str) -> Iterable[Incident]:
    """Return what is wrong with `said`, which is fragments, or words that only an alignment can check."""
    if not said or isinstance(said[0], str):
        return ()
    if sound(said, len(text), character_borders(text)) and not any("text" in fragment for fragment in said):
        return ()
    return check_fragments(text, said, f"{pointer}/{role}", tight=False)


def _check_name(name: str, codebook: Codebook, pointer: str) -> Iterable[Incident]:
    candidates = codebook.resolve(name)
    if len(candidates) > 1:
        yield Incident("name-ambiguous", shown(name), f"agents: {', '.join(candidates)}", pointer=pointer)
    elif not candidates:
        yield Incident("name-unknown", shown(name), "", pointer=pointer)


def check_spans(text: str, claim: Json, pointer: str) -> Iterator[Incident]:
    """Yield what is wrong with the fragments of a gold claim of the report with this `text`."""
    for role in ("content", "source", "cue"):
        yield from check_fragments(text, claim[role], f"{pointer}/{role}", tight=True)
    for number, relay in enumerate(claim["via"]):
        yield from check_fragments(text, relay["fragments"], f"{pointer}/via/{number}/fragments", tight=True)


def check_report(
    report: Json, codebook: Codebook | None = None, ledger: Mapping[str, Fact] | None = None
) -> list[Incident]:
    """Return what is wrong with a report of the gold; ids are checked where `codebook` and `ledger` are given."""
    text = report["text"]
    quoted = quotations(text)
    found: list[Incident] = []
    if not unicodedata.is_normalized("NFC", text) or "\r" in text:
        found.append(Incident("text-not-normal", "", pointer="/text"))
    if not report["id"].startswith(f"{report['dossier']}/"):
        found.append(Incident("id-misplaced", shown(report["id"]), f"dossier {report['dossier']}", pointer="/id"))
    found += _check_marks(text, quoted)
    latest = (0, 0)
    for number, claim in enumerate(report["claims"]):
        pointer = f"/claims/{number}"
        first = (claim["content"][0]["start"], claim["content"][0]["end"])
        found += _check_identity(claim, report, number, pointer, in_order=first >= latest)
        latest = max(latest, first)
        spans = list(check_spans(text, claim, pointer))
        found += spans or _check_form(text, claim, quoted, pointer)
        found += check_labels(claim, pointer, codebook, ledger)
    return found


def _check_identity(claim: Json, report: Json, number: int, pointer: str, *, in_order: bool) -> Iterator[Incident]:
    expected = f"{report['id']}#{number + 1}"
    if claim["id"] != expected or not in_order:
        detail = f"expected {expected}; claims are numbered in order of their first content fragment"
        yield Incident("id-misplaced", shown(claim["id"]), detail, pointer=f"{pointer}/id")
    for place, id_ in (("report", report["id"]), ("dossier", report["dossier"])):
        if claim[place] != id_:
            yield Incident("id-misplaced", shown(claim[place]), f"expected {id_}", pointer=f"{pointer}/{place}")


def _check_form(text: str, claim: Json, quoted: Fragments, pointer: str) -> Iterator[Incident]:
    words = " … ".join(text[f["start"] : f["end"]] for f in claim["content"])
    if not any(character.isalnum() for character in words):
        yield Incident("content-without-letters", shown(words), pointer=f"{pointer}/content")
    derived = form(text, tuple(Fragment(f["start"], f["end"]) for f in claim["content"]), quoted)
    if claim["form"] != derived:
        yield Incident("form-differs", claim["form"], f"derived: {derived}", pointer=f"{pointer}/form")


def _check_marks(text: str, quoted: Fragments) -> Iterator[Incident]:
    """Yield the double quotation marks that stand in no quotation: they hide where a form ends."""
    for mark in re.finditer('[“”"«»„]', text):
        at = mark.start()
        if not any(q.start <= at < q.end for q in quoted):
            around = shown(text[max(at - 10, 0) : at + 20])
            yield Incident("quotation-unclosed", around, f"offset {at}", pointer="/text")


def check_labels(
    claim: Json, pointer: str, codebook: Codebook | None, ledger: Mapping[str, Fact] | None
) -> Iterator[Incident]:
    """Yield what is wrong with the labels of a gold claim: relays, agents, topic, agency, fact."""
    relays = [relay["agent"] for relay in claim["via"]]
    for number, agent in enumerate(relays):
        if agent in relays[:number]:
            yield Incident("id-duplicate", shown(agent), "each relay once", pointer=f"{pointer}/via/{number}/agent")
    if relays and claim["agency"] != relays[-1]:
        detail = f"the outermost relay is {relays[-1]}"
        yield Incident("agency-differs", shown(claim["agency"]), detail, pointer=f"{pointer}/agency")
    if codebook is not None:
        places = [("speaker", claim["speaker"]), ("agency", claim["agency"])]
        places += [(f"via/{number}/agent", agent) for number, agent in enumerate(relays)]
        yield from _check_ids(claim, places, pointer, codebook)
        speaker = next((agent for agent in codebook.agents if agent.id == claim["speaker"]), None)
        institutional = speaker is not None and speaker.type in ("institution", "news-agency")
        if institutional and not relays and claim["agency"] != claim["speaker"]:
            detail = f"{claim['speaker']} speaks for itself"
            yield Incident("agency-differs", shown(claim["agency"]), detail, pointer=f"{pointer}/agency")
    if ledger is not None:
        yield from _check_fact(claim, pointer, ledger)


def _check_ids(
    value: Json, agents: Iterable[tuple[str, str | None]], pointer: str, codebook: Codebook
) -> Iterator[Incident]:
    """Yield the agents, and the topic of `value`, that the codebook does not have."""
    known = {agent.id for agent in codebook.agents}
    for place, agent_id in agents:
        if agent_id is not None and agent_id not in known:
            yield Incident("agent-unknown", shown(agent_id), pointer=f"{pointer}/{place}")
    if value["topic"] not in {topic.id for topic in codebook.topics}:
        yield Incident("topic-unknown", shown(value["topic"]), pointer=f"{pointer}/topic")


def _check_fact(claim: Json, pointer: str, ledger: Mapping[str, Fact]) -> Iterator[Incident]:
    fact = ledger.get(claim["fact"])
    if fact is None:
        yield Incident("fact-unknown", shown(claim["fact"]), pointer=f"{pointer}/fact")
    elif (claim["speaker"], claim["topic"]) != (fact.speaker, fact.topic):
        detail = f"the ledger has {fact.speaker}, {fact.topic}"
        yield Incident("fact-differs", f"{claim['speaker']}, {claim['topic']}", detail, pointer=f"{pointer}/fact")


def _spoken(words: str) -> str:
    """Return `words` for comparison: marks unified, single spaces, neither marks nor final punctuation at the edges."""
    unified = "".join("'" if c in MARKS else c for c in " ".join(words.split()))
    return unified.strip("' ,.!?;:…").casefold()


def check_quotes(report: Json, ledger: Mapping[str, Fact]) -> Iterator[Incident]:
    """Yield the quoted stretches of contents that are not verbatim, by whole words, in a part of their fact's quote."""
    text, quoted = report["text"], quotations(report["text"])
    for number, claim in enumerate(report["claims"]):
        fact = ledger.get(claim["fact"])
        parts = [_spoken(part) for part in fact.quote] if fact else []
        for fragment, quotation in itertools.product(claim["content"], quoted):
            start, end = max(fragment["start"], quotation.start), min(fragment["end"], quotation.end)
            spoken = re.escape(_spoken(text[start:end])) if start < end else ""
            if fact and spoken and not any(re.search(rf"(?<!\w){spoken}(?!\w)", part) for part in parts):
                pointer = f"/claims/{number}/content"
                yield Incident("quote-not-on-record", shown(text[start:end]), fact.id, pointer=pointer)


def check_codebook(codebook: Json) -> Iterator[Incident]:
    """Yield ids that occur twice and affiliations that lead nowhere."""
    for what in ("agents", "topics"):
        ids = [entry["id"] for entry in codebook[what]]
        yield from _duplicates(ids, f"/{what}")
    agents = {agent["id"] for agent in codebook["agents"]}
    for number, agent in enumerate(codebook["agents"]):
        if agent["affiliation"] is not None and agent["affiliation"] not in agents:
            yield Incident("agent-unknown", shown(agent["affiliation"]), pointer=f"/agents/{number}/affiliation")


def _duplicates(ids: Sequence[str], pointer: str) -> Iterator[Incident]:
    for number, id_ in enumerate(ids):
        if id_ in ids[:number]:
            yield Incident("id-duplicate", shown(id_), pointer=f"{pointer}/{number}/id")


def check_ledger(facts: Sequence[Json], codebook: Codebook | None) -> Iterator[Incident]:
    """Yield what is wrong with the facts of a whole ledger; agents and topics are checked where `codebook` is given."""
    ids = [fact["id"] for fact in facts]
    yield from _duplicates(ids, "/facts")
    for number, fact in enumerate(facts):
        pointer = f"/facts/{number}"
        yield from check_fact(fact, pointer, codebook)
        yield from check_relations(fact, ids, f"{pointer}/relations")


def check_fact(fact: Json, pointer: str = "", codebook: Codebook | None = None) -> Iterator[Incident]:
    """Yield what is wrong with a fact by itself, and, where `codebook` is given, the agents and topics it lacks."""
    if not fact["id"].startswith(f"{fact['dossier']}/"):
        yield Incident("id-misplaced", shown(fact["id"]), f"dossier {fact['dossier']}", pointer=f"{pointer}/id")
    if codebook is not None:
        places = [(place, fact[place]) for place in ("speaker", "agency")]
        yield from _check_ids(fact, places, pointer, codebook)
    if fact["anchor"] is not None:
        spans = {role: fact["anchor"][role] for role in ("content", "source", "cue")}
        spans |= {f"via/{n}/fragments": relay["fragments"] for n, relay in enumerate(fact["anchor"]["via"])}
        for role, fragments in spans.items():
            yield from check_offsets(fragments, f"{pointer}/anchor/{role}")


def check_relations(fact: Json, ids: Collection[str], pointer: str = "/relations") -> Iterator[Incident]:
    """Yield the relations of a fact that lead to itself, or to none of `ids`."""
    for number, relation in enumerate(fact["relations"]):
        if relation["fact"] == fact["id"]:
            yield Incident("relation-to-itself", shown(fact["id"]), pointer=f"{pointer}/{number}/fact")
        elif relation["fact"] not in ids:
            yield Incident("fact-unknown", shown(relation["fact"]), pointer=f"{pointer}/{number}/fact")
