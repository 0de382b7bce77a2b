"""Labelling: speaker, agency, topic, stance and kind of the claims of reports that are read together.

First each report is read by itself, claim by claim: rankers choose speaker and agency (`speaking`, `placing`), topic
and kind (`subjects`). Then the claims of all reports that are read together settle speaker, topic and stance with their
kin (`kinship`), each with what the ones before have settled; the stance is asked about the topic. The agency is about
one report alone, and is chosen again once the speaker is settled; the kind stands in the cue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onrecord.baselines import placing, speaking, subjects
from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.kinship import Kinship, Shares
from onrecord.baselines.linear import Features, Ranker
from onrecord.baselines.proposals import Proposal
from onrecord.schema.codebook import Codebook
from onrecord.schema.prediction import UNANSWERED
from onrecord.schema.vocabulary import KINDS, STANCES

SHARED: Final = ("speaker", "topic", "stance")
"""The labels that kin share, in the order in which they are settled."""
_SEEN: Final = ("speaker", "topic", "kind")
"""The labels by which kin are known."""


@dataclass(slots=True)
class Page:
    """A report on its way to its labels: of each claim the probabilities of each shared label, and the agency."""

    reading: Reading
    cases: Sequence[Case]
    places: Sequence[placing.Places]
    shares: dict[str, list[Shares]] = field(default_factory=dict)
    agencies: list[str | None] = field(default_factory=list)

    def chosen(self, label: str, number: int) -> str:
        """Return the likeliest `label` of claim `number`, the first of equals."""
        shares = self.shares[label][number]
        return max(shares, key=shares.__getitem__) if shares else UNANSWERED

    def speakers(self) -> list[str]:
        """Return the likeliest speaker of each claim."""
        return [self.chosen("speaker", number) for number in range(len(self.cases))]


def page(text: str, codebook: Codebook, proposed: Sequence[Proposal]) -> Page:
    """Return the page of a report with these claims."""
    reading = Reading(text, codebook)
    cases = [reading.case(one, one.via) for one in proposed]
    return Page(reading, cases, [placing.Places(reading, case) for case in cases])


def label(pages: Sequence[Page], rankers: Mapping[str, Ranker]) -> None:
    """Settle all labels of `pages`, which are of one dossier."""
    read_alone(pages, rankers)
    family = kinship_of(pages)
    for name in SHARED:
        settle(pages, name, family, rankers)
    _place(pages, rankers)


def read_alone(pages: Sequence[Page], rankers: Mapping[str, Ranker]) -> None:
    """Fill in what each report shows by itself: speakers, topics and kinds."""
    for one in pages:
        memory, found = speaking.Memory(), []
        for case, places in zip(one.cases, one.places, strict=True):
            shares = _shares(speaking.speakers(one.reading, case, memory), rankers["speaker"])
            found.append(shares)
            if shares:
                speaker = max(shares, key=shares.__getitem__)
                memory.settle(case, speaker, _agency(places, speaker, memory, rankers["agency"]))
        one.shares["speaker"] = found
        one.shares["kind"] = [
            dict(zip(KINDS, rankers["kind"].probabilities(subjects.kinds(one.reading, case)), strict=True))
            for case in one.cases
        ]
        _read_topics(one, rankers["topic"])


def settle(pages: Sequence[Page], name: str, family: Kinship, rankers: Mapping[str, Ranker]) -> None:
    """Settle the label `name` of the claims of `pages` with their kin, and what follows from it."""
    prepare(pages, name, rankers)
    settled = family.settled(_all(pages, name), seen(pages), rankers["kin"], rankers[f"{name}-kin"])
    numbered = iter(settled)
    for one in pages:
        before = one.speakers() if name == "speaker" else []
        one.shares[name] = [next(numbered) for _ in one.cases]
        if name == "speaker" and before != one.speakers():
            _read_topics(one, rankers["topic"])


def prepare(pages: Sequence[Page], name: str, rankers: Mapping[str, Ranker]) -> None:
    """Fill in the label `name` where it waits for the others: a stance is asked about a topic."""
    if name == "stance":
        for one in pages:
            one.shares["stance"] = _stances(one, rankers["stance"])


def gathered(pages: Sequence[Page], name: str, family: Kinship, kin: Ranker) -> list[dict[str, Features]]:
    """Return, for each claim of `pages`, the features of every label `name` that its kin give."""
    return family.gathered(_all(pages, name), seen(pages), kin)


def kinship_of(pages: Sequence[Page]) -> Kinship:
    """Return the kinship of the claims of `pages`."""
    claims = [(number, one.reading.words(case.content)) for number, one in enumerate(pages) for case in one.cases]
    return Kinship([words for _, words in claims], [number for number, _ in claims])


def seen(pages: Sequence[Page]) -> list[list[Shares]]:
    """Return what kin are known by: the probabilities of speaker, topic and kind, of each claim of `pages`."""
    return [_all(pages, name) for name in _SEEN]


def _all(pages: Sequence[Page], name: str) -> list[Shares]:
    return [shares for one in pages for shares in one.shares[name]]


def _read_topics(one: Page, ranker: Ranker) -> None:
    topics, memory = subjects.Topics(one.reading, one.cases, one.speakers()), speaking.Memory()
    one.shares["topic"] = []
    for number in range(len(one.cases)):
        options = dict(zip(topics.ids, topics.features(number, memory), strict=True))
        one.shares["topic"].append(_shares(options, ranker))
        memory.topics.append(one.chosen("topic", number))


def _stances(one: Page, ranker: Ranker) -> list[Shares]:
    found: list[Shares] = []
    for number, case in enumerate(one.cases):
        speaker, topic = one.chosen("speaker", number), one.chosen("topic", number)
        kind = next(kind for kind in KINDS if kind == one.chosen("kind", number))
        options = subjects.stances(one.reading, case, speaker, topic, kind) if one.shares["topic"][number] else []
        found.append(_shares(dict(zip(STANCES, options, strict=False)), ranker))
    return found


def _place(pages: Sequence[Page], rankers: Mapping[str, Ranker]) -> None:
    """Choose the agencies of all claims, now that their speakers are settled."""
    for one in pages:
        memory, one.agencies = speaking.Memory(), []
        for number, (case, places) in enumerate(zip(one.cases, one.places, strict=True)):
            speaker = one.chosen("speaker", number)
            agency = _agency(places, speaker, memory, rankers["agency"]) if speaker else None
            memory.settle(case, speaker, agency)
            one.agencies.append(agency)


def _agency(places: placing.Places, speaker: str, memory: speaking.Memory, ranker: Ranker) -> str | None:
    options = places.features(speaker, memory)
    return list(options)[ranker.choose(list(options.values()))[0]]


def _shares(options: Mapping[str, Features], ranker: Ranker) -> Shares:
    return dict(zip(options, ranker.probabilities(list(options.values())), strict=True)) if options else {}
