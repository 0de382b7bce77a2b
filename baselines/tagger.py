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

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Final

from onrecord.baselines import facts, roles, speaking, subjects
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.finding import search
from onrecord.baselines.model import Model, load
from onrecord.baselines.proposals import Labelling, Proposal, attributions, proposals
from onrecord.baselines.registry import Document
from onrecord.baselines.words import read
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import UNANSWERED, PredictedClaim
from onrecord.schema.records import Relay
from onrecord.schema.vocabulary import KINDS, STANCES

_COMPLEMENTISERS: Final = frozenset(["that", "to"])
_JOINT: Final = 3
"""How many words may stand between two contents of one attribution that are one content in other corpora."""


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
        rules = search(page)
        spans = roles.decode(self.model.field.label(page, rules))
        bound = self.model.binder.bind(page, spans, rules)
        return attributions(page, bound, spans, joined=self.model.divides)

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text` (NFC) with labels of `codebook`, in the order of their contents."""
        return facts.told_apart([(text, self._claims(text, codebook))])[0]

    def extract_many(self, documents: Sequence[Document]) -> Iterator[Sequence[PredictedClaim] | Exception]:
        """Yield the claims of each document in order; facts are followed through consecutive documents of a dossier."""
        for _, group in groupby(documents, key=lambda document: document.codebook.dossier):
            together = list(group)
            found = [(document.text, self._claims(document.text, document.codebook)) for document in together]
            yield from facts.told_apart(found)

    def _propose(self, text: str) -> list[Proposal]:
        page = read(text)
        rules = search(page)
        labels = self.model.field.label(page, rules)
        sure = self.model.field.sureness(labels)
        return proposals(
            page, rules, Labelling(roles.decode(labels), sure), self.model.binder, divides=self.model.divides
        )

    def _claims(self, text: str, codebook: Codebook) -> list[PredictedClaim]:
        proposed = self._propose(text)
        if not proposed:
            return []
        rankers, reading = self.model.rankers, Reading(text, codebook)
        cases = [reading.case(one, one.via) for one in proposed]
        memory = speaking.Memory()
        settled = [self._speaker(reading, case, memory) for case in cases]
        topics = subjects.Topics(reading, cases, [speaker for speaker, _ in settled])
        claims = []
        for number, (one, case, (speaker, agency)) in enumerate(zip(proposed, cases, settled, strict=True)):
            kind = KINDS[rankers["kind"].choose(subjects.kinds(reading, case))[0]]
            topic = UNANSWERED
            if topics.ids:
                topic = topics.ids[rankers["topic"].choose(topics.features(number, memory))[0]]
                memory.topics.append(topic)
            stance = STANCES[rankers["stance"].choose(subjects.stances(reading, case, topic, kind))[0]]
            sure = rankers["confidence"].probabilities([one.signs, {}])[0]
            claims.append(
                PredictedClaim(
                    content=one.content,
                    source=one.source,
                    cue=one.cue,
                    via=_relays(reading, case, speaker),
                    speaker=speaker,
                    agency=agency,
                    topic=topic,
                    stance=stance if topic else UNANSWERED,
                    kind=kind,
                    confidence=round(sure, 4),
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


def _relays(reading: Reading, case: Case, speaker: str) -> tuple[Relay, ...]:
    """Return the relays of `case`: the organisations that its relaying spans mention, each once, but not the speaker."""
    found: dict[str, Relay] = {}
    for fragments in case.via:
        mention = next((m for m in reading.mentioned(fragments) if len(m.agents) == 1), None)
        agent = mention.agents[0] if mention else None
        if agent is not None and agent != speaker:
            found.setdefault(agent, Relay(agent, fragments))
    return tuple(found.values())
