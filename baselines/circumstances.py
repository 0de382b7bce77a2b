"""The circumstances of a claim: what the label models look at, worked out once.

A *page* of a report (`Reading`) has its words, the mentions of the codebook's agents, and the resolver of `cues`, whose
answers are evidence here and not the last word. A claim (`Case`) has its spans in offsets, the stretches of text
around it, and its relays. Cases are made in the order of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from onrecord.baselines import relays
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.lexicon import VERBS, Frame
from onrecord.baselines.mentions import Index, Mention, Mentions, index
from onrecord.baselines.roles import Said
from onrecord.baselines.speakers import Resolver
from onrecord.baselines.words import Lines
from onrecord.schema.codebook import Codebook
from onrecord.schema.records import Fragment, Fragments

_WORKPLACES: Final = frozenset(["institution", "news-agency"])


@dataclass(frozen=True, slots=True)
class Case:
    """A claim whose labels are asked for; offsets in code points."""

    content: Fragments
    source: Fragments
    cue: Fragments
    via: tuple[Fragments, ...]
    sentence: tuple[int, int]
    before: tuple[int, int]
    """The sentence in front of `sentence`, or the same one where it begins a paragraph."""
    paragraph: tuple[int, int]

    @property
    def anchor(self) -> int:
        """Where the attribution stands: at its cue, or else its source, or else its content."""
        return (self.cue or self.source or self.content)[0].start


class Reading:
    """A text and a codebook, prepared for the labels of its claims."""

    def __init__(self, text: str, codebook: Codebook) -> None:
        self.text = text
        self.codebook = codebook
        self.names: Index = index(codebook)
        self.resolver = Resolver(text, self.names)
        self.lines = Lines(text)
        self.headline = text.lstrip().partition("\n")[0]

    @property
    def mentions(self) -> Mentions:
        """The mentions of the codebook's agents in the text."""
        return self.resolver.mentions

    @cached_property
    def mentioned_agents(self) -> frozenset[str]:
        """The agents that the text mentions unambiguously."""
        return frozenset(mention.agents[0] for mention in self.mentions if len(mention.agents) == 1)

    def case(self, said: Said, via: Sequence[Fragments]) -> Case:
        """Return the case of a claim with these spans."""
        anchor = (said.cue or said.source or said.content)[0].start
        sentence, paragraph = self.lines.sentence(anchor), self.lines.paragraph(anchor)
        before = self.lines.sentence(max(sentence[0] - 2, paragraph[0]))
        return Case(said.content, said.source, said.cue, tuple(via), sentence, before, paragraph)

    def words(self, fragments: Fragments) -> str:
        """Return the words of `fragments`, joined."""
        return " ".join(self.text[f.start : f.end] for f in fragments)

    def mentioned(self, fragments: Fragments) -> list[Mention]:
        """Return the mentions that overlap `fragments`."""
        return [m for f in fragments for m in self.mentions.between(f.start, f.end)]

    def relays(self, case: Case) -> Sequence[tuple[str, Fragments]]:
        """Return the organisations that relay `case`, with their mentions, from the nearest to the speaker outward."""
        attribution = self.attribution(case)
        found = {
            m.agents[0]: m
            for span in case.via
            for m in self.mentioned(span)
            if len(m.agents) == 1 and self.names.agents[m.agents[0]].type in _WORKPLACES
        }
        for mention in relays.chain(self.text, attribution, self.mentions, case.sentence, self.names):
            found.setdefault(mention.agents[0], mention)
        return [(mention.agents[0], (Fragment(mention.start, mention.end),)) for mention in found.values()]

    def frame(self, case: Case) -> tuple[Frame, str]:
        """Return the frame and the infinitive of the last cue verb in the cue of `case`, "say" where it has none."""
        for word in reversed(self.words(case.cue).split()):
            if word in VERBS:
                frame, _, verb = VERBS[word]
                return frame, verb
        return "say", ""

    def attribution(self, case: Case) -> Attribution:
        """Return `case` as the rules see it."""
        frame, verb = self.frame(case)
        return Attribution(case.content, case.source, case.cue, frame, "preposed", verb, via=case.via)
