"""`tagger`: a trained extractor. What a small model without any pretrained part reaches.

A conditional random field gives each word a role (`tagging`, `roles`), rankers bind the spans into claims (`binding`)
and choose speaker, agency, topic, stance and kind (`speaking`, `subjects`), all from features that know no dossier. The
rules of `cues` are among the evidence, so it knows what they know, and learns where they are wrong.

`tagger` is trained on OnRecord's train split; `tagger:FOLDER` is what `onrecord train tagger --out FOLDER` wrote. The
confidence of a claim is the probability that its content is right, calibrated on texts that the field had not seen.
Fact ids are its own: claims of one dossier with the same speaker and like words get the same id (`facts`).

It cannot find a cue that neither the rules nor its training know, and reads stance from words, not from the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Final

from onrecord.baselines import facts, roles, speaking, subjects
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.binding import Bound
from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.division import divided
from onrecord.baselines.finding import search
from onrecord.baselines.linear import Features
from onrecord.baselines.model import Model, load
from onrecord.baselines.phrases import Range
from onrecord.baselines.registry import Document
from onrecord.baselines.roles import Span
from onrecord.baselines.words import Words, read
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import UNANSWERED, PredictedClaim
from onrecord.schema.records import Fragment, Fragments, Relay
from onrecord.schema.vocabulary import KINDS, STANCES

_COMPLEMENTISERS: Final = frozenset(["that", "to"])
_JOINT: Final = 3
"""How many words may stand between two contents of one attribution that are one content in other corpora."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim before it has labels, with what its confidence is judged by."""

    content: Fragments
    source: Fragments
    cue: Fragments
    via: tuple[Fragments, ...]
    signs: Features


class Tagger:
    """The trained extractor, as a system."""

    def __init__(self, folder: str = "", *, model: Model | None = None) -> None:
        self._folder = Path(folder) if folder else None
        self._given = model

    @cached_property
    def model(self) -> Model:
        """The model, read when it is first needed."""
        return self._given or load(self._folder)

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions of `text` with offsets, undivided, without any codebook."""
        page = read(text)
        bound, spans = self._bind(page)
        taken = {i for span in spans for first, end in span.ranges for i in range(first, end)}
        groups = _attributions(bound) if self.model.divides else [[one] for one in bound]
        return [_attribution(page, group, taken) for group in groups]

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text` (NFC) with labels of `codebook`, in the order of their contents."""
        return facts.told_apart([(text, self._claims(text, codebook))])[0]

    def extract_many(self, documents: Sequence[Document]) -> Iterator[Sequence[PredictedClaim] | Exception]:
        """Yield the claims of each document in order; facts are followed through consecutive documents of a dossier."""
        for _, group in groupby(documents, key=lambda document: document.codebook.dossier):
            together = list(group)
            found = [(document.text, self._claims(document.text, document.codebook)) for document in together]
            yield from facts.told_apart(found)

    def proposals(self, text: str) -> list[Proposal]:
        """Return the claims of `text` without labels, in the order of their contents."""
        page = read(text)
        bound, _ = self._bind(page, sure := [])
        found = [part for one in bound for part in self._proposed(page, one, sure)]
        return sorted(found, key=lambda one: (one.content[0].start, one.content[-1].end))

    def _bind(self, page: Words, sure: list[float] | None = None) -> tuple[list[Bound], list[Span]]:
        """Return the contents of `page` with what is bound to them, and all spans; fill `sure` with probabilities."""
        rules = search(page)
        labels = self.model.field.label(page, rules)
        if sure is not None:
            sure += self.model.field.sureness(labels)
        spans = roles.decode(labels)
        return self.model.binder.bind(page, spans, rules), spans

    def _proposed(self, page: Words, one: Bound, sure: Sequence[float]) -> Iterator[Proposal]:
        content, source, cue = (_offsets(page, span) for span in (one.content, one.source, one.cue))
        via = tuple(_offsets(page, span) for span in one.via)
        signs = _signs(page, one, sure)
        if self.model.divides:
            yield Proposal(content, source, cue, via, signs)
            return
        whole = Attribution(content, source, cue, "say", "preposed", "")
        for part in divided(page.text, whole):
            yield Proposal(part.content, source, cue, via, signs)

    def _claims(self, text: str, codebook: Codebook) -> list[PredictedClaim]:
        proposals = self.proposals(text)
        if not proposals:
            return []
        rankers, reading = self.model.rankers, Reading(text, codebook)
        cases = [reading.case(one, one.via) for one in proposals]
        memory = speaking.Memory()
        settled = [self._speaker(reading, case, memory) for case in cases]
        topics = subjects.Topics(reading, cases, [speaker for speaker, _ in settled])
        claims = []
        for number, (one, case, (speaker, agency)) in enumerate(zip(proposals, cases, settled, strict=True)):
            kind = KINDS[rankers["kind"].choose(subjects.kinds(reading, case))[0]]
            topic = UNANSWERED
            if topics.ids:
                topic = topics.ids[rankers["topic"].choose(topics.features(number, memory))[0]]
                memory.topics.append(topic)
            stance = STANCES[rankers["stance"].choose(subjects.stances(reading, case, topic, kind))[0]]
            sure = rankers["confidence"].probabilities([one.signs, {}])[0]
            claims.append(
                PredictedClaim(
                    content=one.content, source=one.source, cue=one.cue, via=_relays(reading, case, speaker), speaker=speaker,
                    agency=agency, topic=topic, stance=stance if topic else UNANSWERED, kind=kind, confidence=round(sure, 4),
                )  # fmt: skip
            )
        return claims

    def _speaker(self, reading: Reading, case: Case, memory: speaking.Memory) -> tuple[str, str | None]:
        """Return the speaker and the agency of `case`, and remember them."""
        candidates = speaking.speakers(reading, case, memory)
        if not candidates:
            return UNANSWERED, None
        speaker = list(candidates)[self.model.rankers["speaker"].choose(list(candidates.values()))[0]]
        places = speaking.agencies_of(reading, case, speaker, memory)
        agency = list(places)[self.model.rankers["agency"].choose(list(places.values()))[0]]
        memory.settle(case, speaker, agency)
        return speaker, agency


def _offsets(page: Words, span: Span | None) -> Fragments:
    return roles.fragments(page, span) if span is not None else ()


def _signs(page: Words, one: Bound, sure: Sequence[float]) -> Features:
    """Return what the confidence in a content is judged by."""
    inside = [sure[i] for first, end in one.content.ranges for i in range(first, end)]
    first, last = inside[0], inside[-1]
    return {
        "bias": 1.0,
        "mean": sum(inside) / len(inside),
        "least": min(inside),
        "first": first,
        "last": last,
        "bound": one.probability,
        "cue": float(one.cue is not None),
        "source": float(one.source is not None),
        "quoted": float(page.inside[one.content.first] > 0),
        "short": float(len(inside) < 5),
    }


def _relays(reading: Reading, case: Case, speaker: str) -> tuple[Relay, ...]:
    """Return the relays of `case`: the organisations that its relaying spans mention, each once, but not the speaker."""
    found: dict[str, Relay] = {}
    for fragments in case.via:
        mention = next((m for m in reading.mentioned(fragments) if len(m.agents) == 1), None)
        agent = mention.agents[0] if mention else None
        if agent is not None and agent != speaker:
            found.setdefault(agent, Relay(agent, fragments))
    return tuple(found.values())


def _attributions(bound: Iterable[Bound]) -> list[list[Bound]]:
    """Return the contents that share cue and source, together: they are one attribution."""
    groups: dict[tuple[Span, Span | None], list[Bound]] = {}
    for one in bound:
        groups.setdefault((one.cue or one.content, one.source), []).append(one)
    return list(groups.values())


def _attribution(page: Words, group: Sequence[Bound], taken: set[int]) -> Attribution:
    """Return the contents of `group` as one attribution; what joins them ("and", a comma) becomes content."""
    ranges: list[Range] = []
    for first, end in sorted(r for one in group for r in one.content.ranges):
        gap = range(ranges[-1][1], first) if ranges else range(0)
        if ranges and len(gap) < _JOINT and not any(i in taken or i in page.breaks for i in gap) and first not in page.breaks:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((first, end))
    content = roles.fragments(page, Span("content", tuple(ranges)))
    at, cue = ranges[0][0] - 1, group[0].cue
    led = cue is not None and cue.end <= at + 1 and at not in taken and page.words[at].lower() in _COMPLEMENTISERS
    return Attribution(
        content=content,
        source=_offsets(page, group[0].source),
        cue=_offsets(page, cue),
        frame="say",
        pattern="preposed",
        verb="",
        complementiser=(Fragment(page.starts[at], page.ends[at]),) if led and at >= 0 else (),
    )
