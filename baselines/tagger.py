"""`tagger`: a trained extractor. What a small model without any pretrained part reaches.

A conditional random field gives each word a role (`tagging`, `roles`), rankers bind the spans into claims (`binding`)
and choose speaker, agency, topic, stance and kind (`speaking`, `placing`, `subjects`), all from features that know no
dossier. The rules of `cues` are among the evidence: it knows what they know, and learns where they are wrong.

`tagger` is trained on OnRecord's train split; `tagger:FOLDER` is what `onrecord train tagger --out FOLDER` wrote. The
confidence of a claim is the probability that its content is right, calibrated on texts that the field had not seen.
Fact ids are its own: claims of one dossier with the same speaker and like words get the same id (`facts`). A report's
labels depend on that report alone; its fact ids depend on the reports that it is read with.

It cannot find a cue that neither the rules nor its training know, and reads stance by the signs that the rules read:
it has no knowledge of the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path

from onrecord.baselines import facts, linking, placing, relays, roles, speaking, subjects
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.finding import in_offsets, search
from onrecord.baselines.model import Model, load
from onrecord.baselines.proposals import Labelling, Proposal, attributions, proposals
from onrecord.baselines.registry import Document
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words, read
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import UNANSWERED, PredictedClaim
from onrecord.schema.records import Fact, Fragments, Relay
from onrecord.schema.vocabulary import KINDS, STANCES

Labelled = tuple[Words, Sequence[Found], Labelling]
"""A page, what the rules found in it, and its roles."""


class Tagger:
    """The trained extractor, as a system."""

    def __init__(self, folder: str = "", *, model: Model | None = None) -> None:
        self._folder = Path(folder) if folder else None
        if model is not None:
            self.model = model

    @cached_property
    def model(self) -> Model:
        """The model, read when it is first needed."""
        return load(self._folder)

    def identity(self) -> str:
        """Return what tells this model from any other: a digest of all that it learnt."""
        return self.model.digest

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions of `text` with offsets, undivided, without any codebook.

        What OnRecord's few invented reports teach carries less far than the rules do: of a model that learnt its spans
        from them, only what overlaps no attribution of the rules is added to these.
        """
        (labelled,) = self._labelled([read(text)])
        page, rules, _ = labelled
        found = self._attributions(labelled)
        if not self.model.divides:
            return found
        ruled = relays.outermost([in_offsets(page, one) for one in rules])
        taken = {at for one in ruled for f in one.content for at in range(f.start, f.end)}
        free = [one for one in found if one.cue and one.source and not _overlaps(one.content, taken)]
        return sorted([*ruled, *free], key=lambda one: (one.content[0].start, one.content[-1].end))

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text` (NFC) with labels of `codebook`, in the order of their contents."""
        (labelled,) = self._labelled([read(text)])
        return facts.told_apart([(text, self._claims(labelled, codebook))])[0]

    def extract_many(self, documents: Sequence[Document]) -> Iterator[Sequence[PredictedClaim] | Exception]:
        """Yield the claims of each document in order; facts are followed through consecutive documents of a dossier."""
        labelled = zip(documents, self._labelled(read(document.text) for document in documents), strict=True)
        for _, group in groupby(labelled, key=lambda pair: pair[0].codebook.dossier):
            found = [(document.text, self._claims(one, document.codebook)) for document, one in group]
            yield from facts.told_apart(found)

    def link(self, text: str, claims: Sequence[PredictedClaim], ledger: Sequence[Fact]) -> Sequence[PredictedClaim]:
        """Return `claims` of `text`, each with the id of its fact in `ledger`, or None."""
        return linking.link(text, claims, ledger)

    def _labelled(self, pages: Iterable[Words]) -> Iterator[Labelled]:
        """Yield each page with its roles; a system with another role model has this of its own."""
        for page in pages:
            rules = search(page)
            labels = self.model.field.label(page, rules)
            yield page, rules, Labelling(roles.decode(labels), self.model.field.sureness(labels))

    def _attributions(self, labelled: Labelled) -> list[Attribution]:
        page, rules, found = labelled
        bound = self.model.binder.bind(page, found.spans, rules)
        return attributions(page, bound, found.spans, joined=self.model.divides)

    def _claims(self, labelled: Labelled, codebook: Codebook) -> list[PredictedClaim]:
        page, rules, found = labelled
        proposed = proposals(page, rules, found, self.model.binder, divides=self.model.divides)
        if not proposed:
            return []
        reading, memory = Reading(page.text, codebook), speaking.Memory()
        cases = [reading.case(one, one.via) for one in proposed]
        settled = [self._settled(reading, case, memory) for case in cases]
        topics = subjects.Topics(reading, cases, [speaker for speaker, _ in settled])
        said = [self._said(reading, case, number, topics, memory) for number, case in enumerate(cases)]
        return [
            self._claim(reading, one, case, who, what)
            for one, case, who, what in zip(proposed, cases, settled, said, strict=True)
        ]

    def _settled(self, reading: Reading, case: Case, memory: speaking.Memory) -> tuple[str, str | None]:
        """Return the speaker and the agency of `case`, and remember them."""
        candidates = speaking.speakers(reading, case, memory)
        if not candidates:
            return UNANSWERED, None
        speaker = list(candidates)[self.model.rankers["speaker"].choose(list(candidates.values()))[0]]
        places = placing.agencies_of(reading, case, speaker, memory)
        agency = list(places)[self.model.rankers["agency"].choose(list(places.values()))[0]]
        memory.settle(case, speaker, agency)
        return speaker, agency

    def _said(
        self, reading: Reading, case: Case, number: int, topics: subjects.Topics, memory: speaking.Memory
    ) -> tuple[str, str, str]:
        """Return the topic, the stance and the kind of claim `number`, and remember the topic."""
        rankers = self.model.rankers
        kind = KINDS[rankers["kind"].choose(subjects.kinds(reading, case))[0]]
        if not topics.ids:
            return UNANSWERED, UNANSWERED, kind
        topic = topics.ids[rankers["topic"].choose(topics.features(number, memory))[0]]
        memory.topics.append(topic)
        return topic, STANCES[rankers["stance"].choose(subjects.stances(reading, case, topic, kind))[0]], kind

    def _claim(
        self, reading: Reading, one: Proposal, case: Case, who: tuple[str, str | None], what: tuple[str, str, str]
    ) -> PredictedClaim:
        (speaker, agency), (topic, stance, kind) = who, what
        return PredictedClaim(
            content=one.content,
            source=one.source,
            cue=one.cue,
            via=_relays(reading, case, speaker),
            speaker=speaker,
            agency=agency,
            topic=topic,
            stance=stance,
            kind=kind,
            confidence=round(self.model.rankers["confidence"].probabilities([one.signs, {}])[0], 4),
        )


def _overlaps(content: Fragments, taken: set[int]) -> bool:
    return any(at in taken for f in content for at in range(f.start, f.end))


def _relays(reading: Reading, case: Case, speaker: str) -> tuple[Relay, ...]:
    """Return the relays of `case`: the organisations that its spans mention, each once, the speaker left out."""
    found: dict[str, Relay] = {}
    for fragments in case.via:
        mention = next((m for m in reading.mentioned(fragments) if len(m.agents) == 1), None)
        agent = mention.agents[0] if mention else None
        if agent is not None and agent != speaker:
            found.setdefault(agent, Relay(agent, fragments))
    return tuple(found.values())
