"""`cues`: hand-written rules over a lexicon of cues. What careful rules reach without training.

It finds pre-posed, post-posed, inverted and interrupted attribution, *according to*, colons, participles ("…, adding
that …"), refusals and denials, in direct, mixed and indirect speech, and quotations that go on without a cue. The
source is resolved with the names of the codebook and, for pronouns and descriptions, by recency; relays and agencies
come from the organisations that the sentence of the cue names; topic, stance and kind from the rules of `labels`.

It cannot find an attribution whose cue is not in its lexicon (most nouns, "for him, …"), does not parse, knows nothing
of the world, and reads stance from single words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.baselines import agencies, labels, linking, relays
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.division import divided
from onrecord.baselines.finding import attributions, in_offsets, searched
from onrecord.baselines.lexicon import Frame
from onrecord.baselines.mentions import Index, index
from onrecord.baselines.scene import Pattern
from onrecord.baselines.speakers import Resolver
from onrecord.baselines.words import Lines
from onrecord.schema.codebook import Codebook, Topic
from onrecord.schema.prediction import UNANSWERED, PredictedClaim
from onrecord.schema.quotation import MARKS
from onrecord.schema.records import Fact, Fragment, Relay

_FEWEST: Final = 3
"""The fewest words of a content without quotation marks."""
_NO_CLAIM: Final[frozenset[Frame]] = frozenset(["seem", "hold"])
"""Frames of impressions and thoughts: mostly the reporter infers them, and no one expressed them."""
_PRECISION: Final[dict[Pattern, float]] = {
    "postposed": 0.92,
    "inverted": 0.92,
    "interrupted": 0.92,
    "fronted": 0.9,
    "announced": 0.85,
    "preposed": 0.82,
    "according": 0.8,
    "standing": 0.8,
    "coordinated": 0.68,
    "participle": 0.6,
    "as": 0.6,
    "headed": 0.6,
    "colon": 0.5,
}
"""The share of right contents by pattern, on the train parts of PolNeAR and OnRecord together, rounded."""
_WEAK: Final[frozenset[Frame]] = frozenset(["judge", "vow", "show"])
_WEAK_FACTOR: Final = 0.75


class Cues:
    """The rules, as a system."""

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions of `text` with offsets, outermost only, without any codebook."""
        page, found = searched(text)
        return [in_offsets(page, one) for one in relays.outermost(found)]

    def link(self, text: str, claims: Sequence[PredictedClaim], ledger: Sequence[Fact]) -> Sequence[PredictedClaim]:
        """Return `claims` of `text`, each with the id of its fact in `ledger`, or None."""
        return linking.link(text, claims, ledger)

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text` (NFC) with labels of `codebook`, in the order of their contents."""
        names = index(codebook)
        found = [a for a in relays.innermost(text, attributions(text), names) if a.frame not in _NO_CLAIM]
        parts = [part for attribution in found for part in divided(text, attribution) if _says_something(text, part)]
        if not parts:
            return []
        sources = _sources(text, sorted(parts, key=lambda part: (part.content[0].start, part.content[-1].end)), names)
        headline = text.lstrip().partition("\n")[0]
        topics = labels.topics([_contexts(text, source, headline) for source in sources], codebook)
        known = {topic.id: topic for topic in codebook.topics}
        return [_claim(text, s, known.get(t), names) for s, t in zip(sources, topics, strict=True)]


@dataclass(frozen=True, slots=True)
class _Sourced:
    """An attribution with its agents, and the stretches of the text around it."""

    found: Attribution
    speaker: str
    agency: str | None
    via: tuple[Relay, ...]
    sentence: tuple[int, int]
    paragraph: tuple[int, int]


def _says_something(text: str, attribution: Attribution) -> bool:
    """Whether the content is more than a word or two ("said so", "told Lumesh"), or quoted."""
    content = _words(text, attribution)
    return content.count(" ") >= _FEWEST - 1 or content[0] in MARKS


def _words(text: str, attribution: Attribution) -> str:
    return " ".join(text[f.start : f.end] for f in attribution.content)


def _sources(text: str, found: Sequence[Attribution], names: Index) -> list[_Sourced]:
    resolver, lines = Resolver(text, names), Lines(text)
    sourced = []
    for attribution in found:
        anchor = (attribution.cue or attribution.source or attribution.content)[0].start
        sentence, paragraph = lines.sentence(anchor), lines.paragraph(anchor)
        speaker = resolver.speaker(attribution.source) or resolver.nearest(anchor, attribution.source)
        relaying = [
            m for m in relays.chain(text, attribution, resolver.mentions, sentence, names) if m.agents[0] != speaker
        ]
        via = tuple(Relay(m.agents[0], (Fragment(m.start, m.end),)) for m in relaying)
        previous = lines.sentence(max(sentence[0] - 2, paragraph[0]))
        place = agencies.place(text, attribution, (previous, sentence), resolver.mentions, speaker, names)
        agency = agencies.agency(speaker, via[-1].agent if via else None, place, names)
        sourced.append(
            _Sourced(
                attribution, speaker or UNANSWERED, agency, via, lines.sentence(attribution.content[0].start), paragraph
            )
        )
    return sourced


def _contexts(text: str, source: _Sourced, headline: str) -> labels.Contexts:
    return _words(text, source.found), text[slice(*source.sentence)], text[slice(*source.paragraph)], headline


def _claim(text: str, source: _Sourced, topic: Topic | None, names: Index) -> PredictedClaim:
    found = source.found
    if names.is_open and topic is not None and not labels.shares_word(_words(text, found), topic):
        topic = None
    kind = labels.kind(found.frame)
    return PredictedClaim(
        content=found.content,
        source=found.source,
        cue=found.cue,
        via=source.via,
        speaker=source.speaker,
        agency=source.agency,
        topic=topic.id if topic else UNANSWERED,
        stance=labels.stance(found.verb, kind, _words(text, found), topic.target) if topic else UNANSWERED,
        kind=kind,
        confidence=_PRECISION.get(found.pattern, 0.5) * (_WEAK_FACTOR if found.frame in _WEAK else 1.0),
    )
