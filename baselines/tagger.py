"""`tagger`: a trained extractor. What a small model without any pretrained part reaches.

A conditional random field gives each word a role (`tagging`, `roles`), rankers bind the spans into claims (`binding`),
where a large corpus taught it choose the borders of contents anew (`borders`) and which contents to keep (`sifting`),
and choose speaker, agency, topic, stance and kind (`labelling`), all from features that know no dossier. The rules of
`cues` are among the evidence: it knows what they know, and learns where they are wrong.

`tagger` is trained on OnRecord's train split; `tagger:FOLDER` is what `onrecord train tagger --out FOLDER` wrote. The
confidence of a claim is the probability that its content is right, calibrated on texts that the field had not seen.
Fact ids are its own: claims of one dossier with the same speaker and like words get the same id (`facts`). Spans depend
on their report alone; labels and fact ids depend on the reports of the dossier that it is read with, because claims
settle their labels with those that say the same elsewhere (`kinship`).

It cannot find a cue that neither the rules nor its training know, and reads stance by classes of words (`siding`): it
has no knowledge of the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from onrecord.baselines import borders, facts, labelling, linking, relays, roles, sifting
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.beyond import beyond
from onrecord.baselines.finding import in_offsets, search
from onrecord.baselines.labelling import Page
from onrecord.baselines.linear import Features, chance
from onrecord.baselines.model import Model, load
from onrecord.baselines.proposals import Labelling, Proposal, attributions, proposals
from onrecord.baselines.registry import Document
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words, read
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import PredictedClaim
from onrecord.schema.records import Fact, Relay

_TOGETHER: Final = 100
"""The most reports whose claims settle their labels together: what is compared grows with the square."""
_SURE: Final = 0.9
"""The confidence from which on a content that the rules do not see is taken, in a text that may be unlike OnRecord's.

Chosen on a held-out part of PolNeAR's train part.
"""

Labelled = tuple[Words, Sequence[Found], Labelling]
"""A page, what the rules found in it, and its roles."""


class Tagger:
    """The trained extractor, as a system."""

    def __init__(self, folder: str = "", *, model: Model | None = None) -> None:
        self.model = model or load(Path(folder) if folder else None)
        self._binder = self.model.binder  # one for all texts: it keeps what it has summed

    def identity(self) -> str:
        """Return what tells this model from any other: a digest of all that it learnt."""
        return self.model.digest

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions of `text` with offsets, undivided, without any codebook.

        What OnRecord's few invented reports teach carries less far than the rules do: of a model that learnt its spans
        from them, only what it is sure of, and overlaps no attribution of the rules, is added to these.
        """
        (labelled,) = self._labelled([read(text)])
        if not self.model.divides:
            return self._attributions(labelled)
        page, rules, found = labelled
        ruled = [in_offsets(page, one) for one in relays.outermost(rules)]
        more = beyond(page, rules, found, self._binder, lambda seen: self._confidence(seen) >= _SURE)
        return sorted([*ruled, *more], key=lambda one: (one.content[0].start, one.content[-1].end))

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text` (NFC) with labels of `codebook`, in the order of their contents."""
        return self._together(zip([Document("text", text, codebook)], self._labelled([read(text)]), strict=True))[0]

    def extract_many(self, documents: Sequence[Document]) -> Iterator[Sequence[PredictedClaim] | Exception]:
        """Yield the claims of each document in order; consecutive documents of one codebook are read together."""
        labelled = zip(documents, self._labelled(read(document.text) for document in documents), strict=True)
        for _, group in groupby(labelled, key=lambda pair: pair[0].codebook):
            yield from self._together(group)

    def link(self, text: str, claims: Sequence[PredictedClaim], ledger: Sequence[Fact]) -> Sequence[PredictedClaim]:
        """Return `claims` of `text`, each with the id of its fact in `ledger`, or None."""
        return linking.link(text, claims, ledger)

    def _labelled(self, pages: Iterable[Words]) -> Iterator[Labelled]:
        """Yield each page with its roles; a system with another role model has this of its own."""
        for page in pages:
            rules = search(page)
            tagged = self.model.field.tag(page, rules)
            found = Labelling(roles.decode(tagged.labels), tagged.sureness())
            if (ranker := self.model.rankers.get("border")) is not None:
                found = borders.settle(page, rules, found, tagged.shares(), self._binder, ranker)
            if (ranker := self.model.rankers.get("sift")) is not None:
                found = sifting.sift(page, rules, found, self._binder, ranker)
            yield page, rules, found

    def _attributions(self, labelled: Labelled) -> list[Attribution]:
        """Return the attributions of a page."""
        page, rules, found = labelled
        bound = self._binder.bind(page, found.spans, rules)
        return attributions(page, bound, found.spans, joined=self.model.divides)

    def _confidence(self, seen: Features) -> float:
        return chance(self.model.rankers["confidence"].score(seen))

    def _together(self, labelled: Iterable[tuple[Document, Labelled]]) -> list[list[PredictedClaim]]:
        """Return the claims of documents of one codebook."""
        pairs = list(labelled)
        proposed = [self._proposed(one) for _, one in pairs]
        pages = [
            labelling.page(document.text, document.codebook, found)
            for (document, _), found in zip(pairs, proposed, strict=True)
        ]
        for first in range(0, len(pages), _TOGETHER):
            labelling.label(pages[first : first + _TOGETHER], self.model.rankers)
        claims = [
            [self._claim(page, number, one) for number, one in enumerate(found)]
            for page, found in zip(pages, proposed, strict=True)
        ]
        return facts.told_apart([(document.text, found) for (document, _), found in zip(pairs, claims, strict=True)])

    def _proposed(self, labelled: Labelled) -> list[Proposal]:
        page, rules, found = labelled
        return proposals(page, rules, found, self._binder, divides=self.model.divides)

    def _claim(self, page: Page, number: int, one: Proposal) -> PredictedClaim:
        speaker = page.chosen("speaker", number)
        return PredictedClaim(
            content=one.content,
            source=one.source,
            cue=one.cue,
            via=tuple(Relay(a, f) for a, f in page.reading.relays(page.cases[number]) if a != speaker),
            speaker=speaker,
            agency=page.agencies[number],
            topic=page.chosen("topic", number),
            stance=page.chosen("stance", number),
            kind=page.chosen("kind", number),
            confidence=round(self._confidence(one.signs), 4),
        )
