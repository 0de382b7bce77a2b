"""Binding: which cue, which source and which relays go with a content, once every span of a text is known.

Each content chooses a cue among those near it, or none; then a source, seen from cue and content; then each relay near
it is taken or left. Every choice is a ranker's (`linear`) over distance, order, what stands between, and whether the
rules of `cues` bind the same two. A cue or a source may serve several contents.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.baselines.linear import Choice, Features, Ranker, fit
from onrecord.baselines.roles import Span
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_NEAR: Final = 3
"""How many spans of a role are candidates on either side."""
_FAR_SENTENCES: Final = 4
_PRONOUNS: Final = frozenset(["he", "she", "they", "it", "i", "we", "who", "you"])
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


@dataclass(frozen=True, slots=True)
class Binder:
    """The rankers of the three choices."""

    cue: Ranker
    source: Ranker
    via: Ranker

    def bind(self, page: Words, spans: Sequence[Span], rules: Sequence[Found]) -> list[Bound]:
        """Return every content of `spans` with its cue, source and relays, in order."""
        layout = _Layout(page, spans, rules)
        return [self._bound(layout, content) for content in layout.of("content")]

    def _bound(self, layout: _Layout, content: Span) -> Bound:
        cues: list[Span | None] = [None, *layout.near("cue", content)]
        at, sure = self.cue.choose([layout.cue_features(content, cue) for cue in cues]) if len(cues) > 1 else (0, 1.0)
        cue = cues[at]
        sources: list[Span | None] = [None, *layout.near("source", cue or content)]
        features = [layout.source_features(content, cue, source) for source in sources]
        at, surer = self.source.choose(features) if len(sources) > 1 else (0, 1.0)
        via = [v for v in layout.near("via", cue or content) if self._relays(layout, content, cue, v)]
        return Bound(content, cue, sources[at], tuple(via), sure * surer)

    def _relays(self, layout: _Layout, content: Span, cue: Span | None, via: Span) -> bool:
        return self.via.score(layout.via_features(content, cue, via)) > 0


def learn(examples: Iterable[tuple[Words, Sequence[Sequence[Span]], Sequence[Found]]]) -> Binder:
    """Return the binder learnt from texts, the spans of each of their claims, and what the rules found."""
    choices: dict[str, list[Choice]] = {name: [] for name in CHOICES}
    for page, claims, rules in examples:
        layout = _Layout(page, [span for claim in claims for span in claim], rules)
        for claim in claims:
            _teach(layout, claim, choices)
    return Binder(*(fit(choices[name], penalty=_PENALTY, fewest=2) for name in CHOICES))


def _teach(layout: _Layout, claim: Sequence[Span], choices: dict[str, list[Choice]]) -> None:
    content = next((span for span in claim if span.role == "content"), None)
    if content is None:
        return
    cue = next((span for span in claim if span.role == "cue"), None)
    source = next((span for span in claim if span.role == "source"), None)
    cues: list[Span | None] = [None, *layout.near("cue", content)]
    if cue in cues:
        choices["cue"].append(([layout.cue_features(content, one) for one in cues], cues.index(cue)))
    sources: list[Span | None] = [None, *layout.near("source", cue or content)]
    if source in sources:
        features = [layout.source_features(content, cue, one) for one in sources]
        choices["source"].append((features, sources.index(source)))
    for via in layout.near("via", cue or content):
        choices["via"].append(([layout.via_features(content, cue, via), {}], 0 if via in claim else 1))


class _Layout:
    """The spans of a text in order, and how any two of them lie to each other."""

    def __init__(self, page: Words, spans: Sequence[Span], rules: Sequence[Found]) -> None:
        self._page = page
        self._spans: dict[str, list[Span]] = {}
        for span in sorted(set(spans), key=lambda span: (span.ranges, span.role)):
            self._spans.setdefault(span.role, []).append(span)
        self._firsts = {role: [span.first for span in found] for role, found in self._spans.items()}
        self._sentence_edges = [first for first, _ in page.sentences]
        self._rule: dict[int, int] = {}
        for number, found in enumerate(rules):
            ranges = [*found.content, *found.cue, *([found.source] if found.source else []), *found.via]
            if found.inside is None:
                self._rule.update((i, number) for first, end in ranges for i in range(first, end))
        self._sources = {number: found.source for number, found in enumerate(rules)}

    def of(self, role: str) -> list[Span]:
        """Return the spans of a role in order."""
        return self._spans.get(role, [])

    def near(self, role: str, anchor: Span) -> list[Span]:
        """Return the nearest spans of a role around `anchor`, in order."""
        found, firsts = self.of(role), self._firsts.get(role, [])
        low, high = bisect_left(firsts, anchor.first), bisect_left(firsts, anchor.end)
        sentence = self._sentence(anchor.first)
        return [
            span
            for span in found[max(0, low - _NEAR) : high + _NEAR]
            if abs(self._sentence(span.first) - sentence) <= _FAR_SENTENCES or low <= bisect_left(firsts, span.first) < high
        ]

    def _sentence(self, at: int) -> int:
        return bisect_right(self._sentence_edges, at)

    def cue_features(self, content: Span, cue: Span | None) -> Features:
        """Describe a cue as the one of `content`; None is no cue."""
        if cue is None:
            return {"none": 1.0, f"none.quoted{self._quoted(content)}": 1.0}
        features = {name: 1.0 for name in self._pair(content, cue)}
        features |= {f"word.{self._page.words[cue.first].lower()}.{self._order(content, cue)}": 1.0}
        features["quoted" + self._quoted(content) + self._order(content, cue)] = 1.0
        return features

    def source_features(self, content: Span, cue: Span | None, source: Span | None) -> Features:
        """Describe a source as the one of `content` and `cue`; None is no source."""
        if source is None:
            return {"none": 1.0, "none.cue": float(cue is not None)}
        anchor = cue or content
        features = {name: 1.0 for name in self._pair(anchor, source)}
        features |= {f"content.{self._order(content, source)}": 1.0}
        word = self._page.words[source.first].lower()
        if word in _PRONOUNS:
            features[f"pronoun.{self._order(anchor, source)}"] = 1.0
        if cue is not None:
            features[f"form.{self._page.words[cue.end - 1][-3:]}.{self._order(cue, source)}"] = 1.0
            governed = self._sources.get(self._rule.get(cue.first, -1))
            features["governs"] = float(governed is not None and governed[0] < source.end and source.first < governed[1])
        return features

    def via_features(self, content: Span, cue: Span | None, via: Span) -> Features:
        """Describe a relay as one of `content`."""
        anchor = cue or content
        features = {f"cue.{name}": 1.0 for name in self._pair(anchor, via)}
        return features | {f"content.{name}": 1.0 for name in self._pair(content, via)} | {"bias": 1.0}

    def _quoted(self, span: Span) -> str:
        return "1" if self._page.inside[span.first] else "0"

    def _order(self, anchor: Span, other: Span) -> str:
        """Return whether `other` stands before, within or behind `anchor`."""
        return "<" if other.end <= anchor.first else ">" if other.first >= anchor.end else "="

    def _pair(self, anchor: Span, other: Span) -> Iterator[str]:
        """Yield how `other` lies to `anchor`."""
        page, order = self._page, self._order(anchor, other)
        low, high = (other.end, anchor.first) if order == "<" else (anchor.end, other.first)
        gap = max(0, high - low)
        near = str(gap) if gap < 4 else "4" if gap < 8 else "8" if gap < 20 else "20"
        yield f"gap{order}{near}"
        sentences = min(3, abs(self._sentence(anchor.first) - self._sentence(other.first)))
        ends = min(3, abs(self._sentence(anchor.end - 1) - self._sentence(other.first)))
        yield f"sentences{order}{sentences}"
        yield f"ends{order}{ends}"
        if 0 < gap < 4:
            yield f"between{order}{' '.join(page.words[low:high]).lower()}"
        for role, firsts in self._firsts.items():
            count = bisect_left(firsts, high) - bisect_left(firsts, low) if gap else 0
            yield f"{role}{order}{min(count, 2)}"
        number = self._rule.get(anchor.first, self._rule.get(anchor.end - 1, -1))
        if number >= 0:
            same = number in (self._rule.get(other.first), self._rule.get(other.end - 1))
            yield "rules" if same else "rules-not"
        paragraphs = bisect_right(page.edges, anchor.first) - bisect_right(page.edges, other.first)
        if paragraphs:
            yield f"paragraphs{order}{min(2, abs(paragraphs))}"
