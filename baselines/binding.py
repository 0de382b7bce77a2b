"""Binding: which cue, which source and which relays go with a content, once every span of a text is known.

Each content chooses a cue among those near it, or none; then a source, seen from cue and content; then each relay near
it is taken or left. Every choice is a ranker's (`linear`) over distance, order, what stands between, and whether the
rules of `cues` bind the same two (`layout`). A cue or a source may serve several contents. The cues and sources of the
rules are candidates as well, where no word of them has a role: what the role model overlooked can still be bound. So
the rankers learn from spans that a model predicted for texts it had not seen, not from perfect ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from onrecord.baselines.layout import CUE, RELAY, SOURCE, Layout
from onrecord.baselines.linear import Choice, Grouped, Ranker, described, fit
from onrecord.baselines.roles import Span
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_PENALTY: Final = 1.0
CHOICES: Final = ("cue", "source", "via")


@dataclass(frozen=True, slots=True)
class Bound:
    """A content with what was bound to it, and how likely cue and source are the right ones."""

    content: Span
    cue: Span | None
    source: Span | None
    via: tuple[Span, ...]
    probability: float = 1.0

    @property
    def order(self) -> str:
        """Whether the cue stands before (`<`), within (`=`) or behind (`>`) the content, `n` where there is none."""
        if self.cue is None:
            return "n"
        return "<" if self.cue.end <= self.content.first else ">" if self.cue.first >= self.content.end else "="


@dataclass(frozen=True, slots=True)
class Binder:
    """The rankers of the three choices."""

    cue: Ranker
    source: Ranker
    via: Ranker
    _cues: Grouped = field(init=False, compare=False, repr=False)
    _sources: Grouped = field(init=False, compare=False, repr=False)
    _relays: Grouped = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cues", Grouped(self.cue, CUE))
        object.__setattr__(self, "_sources", Grouped(self.source, SOURCE))
        object.__setattr__(self, "_relays", Grouped(self.via, RELAY))

    def bind(self, page: Words, spans: Sequence[Span], rules: Sequence[Found]) -> list[Bound]:
        """Return every content of `spans` with its cue, source and relays, in order."""
        layout = Layout(page, spans, rules)
        return [self.bound(layout, content) for content in layout.of("content")]

    def bound(self, layout: Layout, content: Span) -> Bound:
        """Return `content`, one of the contents of `layout`, with its cue, source and relays."""
        cues, keys = layout.cues(content)
        at, sure = self._cues.choose(keys)
        cue = cues[at]
        sources, keys = layout.sources(content, cue)
        at, surer = self._sources.choose(keys)
        relays, keys = layout.relays(content, cue)
        via = [relay for relay, of_relay in zip(relays, keys, strict=True) if self._relays.score(of_relay) > 0]
        return Bound(content, cue, sources[at], tuple(via), sure * surer)


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the spans that a model predicts for it, what the rules found, and the spans of its claims."""

    page: Words
    predicted: Sequence[Span]
    rules: Sequence[Found]
    claims: Sequence[Sequence[Span]]


def learn(examples: Iterable[Example]) -> Binder:
    """Return the binder learnt from `examples`."""
    choices: dict[str, list[Choice]] = {name: [] for name in CHOICES}
    for example in examples:
        layout = Layout(example.page, example.predicted, example.rules)
        for claim in example.claims:
            _teach(layout, claim, choices)
    return Binder(*(fit(choices[name], penalty=_PENALTY, fewest=2) for name in CHOICES))


def _teach(layout: Layout, claim: Sequence[Span], choices: dict[str, list[Choice]]) -> None:
    """Add what was to be chosen for the content that overlaps that of `claim` most."""
    content = _alike(layout.of("content"), claim, "content")
    if content is None:
        return
    cues, keys = layout.cues(content)
    cue = _alike(cues, claim, "cue")
    if cue is not None or all(span.role != "cue" for span in claim):
        choices["cue"].append(([described(CUE, one) for one in keys], cues.index(cue)))
    sources, keys = layout.sources(content, cue)
    source = _alike(sources, claim, "source")
    if source is not None or all(span.role != "source" for span in claim):
        choices["source"].append(([described(SOURCE, one) for one in keys], sources.index(source)))
    for relay, of_relay in zip(*layout.relays(content, cue), strict=True):
        wanted = _alike([relay], claim, "via") is not None
        choices["via"].append(([described(RELAY, of_relay), {}], 0 if wanted else 1))


def _alike(candidates: Sequence[Span | None], claim: Sequence[Span], role: str) -> Span | None:
    """Return the candidate that shares most words with a span of `role` in `claim`, or None where none shares any."""
    wanted = {i for span in claim if span.role == role for first, end in span.ranges for i in range(first, end)}
    ranges = [span.ranges if span is not None else () for span in candidates]
    shared = [sum(i in wanted for first, end in some for i in range(first, end)) for some in ranges]
    best = max(range(len(candidates)), key=lambda at: (shared[at], -at), default=-1)
    return candidates[best] if best >= 0 and shared[best] else None
