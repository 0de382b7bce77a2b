"""Binding: which cue, which source and which relays go with a content, once every span of a text is known.

Each content chooses a cue among those near it, or none; then a source, seen from cue and content; then each relay near
it is taken or left. Every choice is a ranker's (`linear`) over distance, order, what stands between, and whether the
rules of `cues` bind the same two. A cue or a source may serve several contents. The cues and sources of the rules are
candidates as well, where no word of them has that role: what the role model overlooked can still be bound. So the
rankers learn from spans that a model predicted for texts it had not seen, not from perfect ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from onrecord.baselines.linear import Choice, Features, Ranker, fit
from onrecord.baselines.phrases import Range, kinds_of
from onrecord.baselines.roles import Role, Span
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
        sources: list[Span | None] = [None, *layout.sources(cue or content)]
        features = [layout.source_features(content, cue, source) for source in sources]
        at, surer = self.source.choose(features) if len(sources) > 1 else (0, 1.0)
        via = [v for v in layout.near("via", cue or content) if self._relays(layout, content, cue, v)]
        return Bound(content, cue, sources[at], tuple(via), sure * surer)

    def _relays(self, layout: _Layout, content: Span, cue: Span | None, via: Span) -> bool:
        return self.via.score(layout.via_features(content, cue, via)) > 0


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
        layout = _Layout(example.page, example.predicted, example.rules)
        for claim in example.claims:
            _teach(layout, claim, choices)
    return Binder(*(fit(choices[name], penalty=_PENALTY, fewest=2) for name in CHOICES))


def _teach(layout: _Layout, claim: Sequence[Span], choices: dict[str, list[Choice]]) -> None:
    """Add what was to be chosen for the content that overlaps that of `claim` most."""
    content = _alike(layout.of("content"), claim, "content")
    if content is None:
        return
    cue = _alike(layout.near("cue", content), claim, "cue")
    if cue is not None or all(span.role != "cue" for span in claim):
        cues: list[Span | None] = [None, *layout.near("cue", content)]
        choices["cue"].append(([layout.cue_features(content, one) for one in cues], cues.index(cue)))
    source = _alike(layout.sources(cue or content), claim, "source")
    if source is not None or all(span.role != "source" for span in claim):
        sources: list[Span | None] = [None, *layout.sources(cue or content)]
        features = [layout.source_features(content, cue, one) for one in sources]
        choices["source"].append((features, sources.index(source)))
    for via in layout.near("via", cue or content):
        wanted = _alike([via], claim, "via") is not None
        choices["via"].append(([layout.via_features(content, cue, via), {}], 0 if wanted else 1))


def _alike(candidates: Sequence[Span], claim: Sequence[Span], role: str) -> Span | None:
    """Return the candidate that shares most words with a span of `role` in `claim`, or None where none shares any."""
    wanted = {i for span in claim if span.role == role for first, end in span.ranges for i in range(first, end)}
    shared = [sum(i in wanted for first, end in span.ranges for i in range(first, end)) for span in candidates]
    best = max(range(len(candidates)), key=lambda at: (shared[at], -at), default=-1)
    return candidates[best] if best >= 0 and shared[best] else None


class _Layout:
    """The spans of a text in order, and how any two of them lie to each other."""

    def __init__(self, page: Words, spans: Sequence[Span], rules: Sequence[Found]) -> None:
        self._page = page
        self._tagged = frozenset(spans)
        self._spans: dict[str, list[Span]] = {}
        for span in sorted({*spans, *_overlooked(spans, rules)}, key=lambda span: (span.ranges, span.role)):
            self._spans.setdefault(span.role, []).append(span)
        self._spans["name"] = sorted(_names(page, spans), key=lambda span: span.ranges)
        self._firsts = {role: [span.first for span in found] for role, found in self._spans.items()}
        self._counts = {
            order: [(self._firsts[role], [f"{role}{order}{n}" for n in range(3)]) for role in self._firsts]
            for order in "<>="
        }
        self._either = frozenset(self.of("source")) & frozenset(self.of("name"))
        self._untagged = frozenset(self.of("source")) - self._tagged
        self._sentence = [number for number, (first, end) in enumerate(page.sentences) for _ in range(first, end)]
        self._paragraph = _numbered(page.edges, len(page.words))
        self._rule: dict[int, int] = {}
        for number, found in enumerate(rules):
            ranges = [*found.content, *found.cue, *([found.source] if found.source else []), *found.via]
            if found.inside is None:
                self._rule.update((i, number) for first, end in ranges for i in range(first, end))
        self._sources = {number: found.source for number, found in enumerate(rules)}

    def of(self, role: str) -> list[Span]:
        """Return the spans of a role in order."""
        return self._spans.get(role, [])

    def sources(self, anchor: Span) -> list[Span]:
        """Return the candidates for the source of `anchor`: the nearest sources, then the nearest other names."""
        found = self.near("source", anchor)
        names = self.near("name", anchor)
        return found + ([name for name in names if name not in found] if self._either else names)

    def near(self, role: str, anchor: Span) -> list[Span]:
        """Return the nearest spans of a role around `anchor`, in order."""
        found = self._spans.get(role)
        if not found:
            return []
        firsts, sentences = self._firsts[role], self._sentence
        low, high = bisect_left(firsts, anchor.first), bisect_left(firsts, anchor.end)
        sentence = sentences[anchor.first]
        return [
            found[at]
            for at in range(max(0, low - _NEAR), min(high + _NEAR, len(found)))
            if low <= at < high or abs(sentences[firsts[at]] - sentence) <= _FAR_SENTENCES
        ]

    def cue_features(self, content: Span, cue: Span | None) -> Features:
        """Describe a cue as the one of `content`; None is no cue."""
        if cue is None:
            return {"none": 1.0, f"none.quoted{self._quoted(content)}": 1.0}
        features = dict.fromkeys(self._pair(content, cue), 1.0)
        features |= {f"word.{self._page.words[cue.first].lower()}.{self._order(content, cue)}": 1.0}
        features["overlooked"] = float(cue not in self._tagged)
        features["quoted" + self._quoted(content) + self._order(content, cue)] = 1.0
        return features

    def source_features(self, content: Span, cue: Span | None, source: Span | None) -> Features:
        """Describe a source as the one of `content` and `cue`; None is no source."""
        if source is None:
            return {"none": 1.0, "none.cue": float(cue is not None)}
        anchor = cue or content
        features = dict.fromkeys(self._pair(anchor, source), 1.0)
        origin = self._origin(source)
        features |= {f"content.{self._order(content, source)}": 1.0, origin: 1.0}
        word = self._page.words[source.first].lower()
        if word in _PRONOUNS:
            features[f"pronoun.{self._order(anchor, source)}"] = 1.0
        if cue is not None:
            features[f"form.{self._page.words[cue.end - 1][-3:]}.{self._order(cue, source)}"] = 1.0
            governed = self._sources.get(self._rule.get(cue.first, -1))
            governs = governed is not None and governed[0] < source.end and source.first < governed[1]
            features["governs." + origin] = float(governs)
        return features

    def via_features(self, content: Span, cue: Span | None, via: Span) -> Features:
        """Describe a relay as one of `content`."""
        anchor = cue or content
        features = {f"cue.{name}": 1.0 for name in self._pair(anchor, via)}
        return features | {f"content.{name}": 1.0 for name in self._pair(content, via)} | {"bias": 1.0}

    def _origin(self, source: Span) -> str:
        """Return where a candidate comes from: the role model, the rules, or the names that neither has a role for."""
        return "tagged" if source in self._tagged else "ruled" if source in self._untagged else "name"

    def _quoted(self, span: Span) -> str:
        return "1" if self._page.inside[span.first] else "0"

    def _order(self, anchor: Span, other: Span) -> str:
        """Return whether `other` stands before, within or behind `anchor`."""
        return "<" if other.end <= anchor.first else ">" if other.first >= anchor.end else "="

    def _pair(self, anchor: Span, other: Span) -> list[str]:
        """Name how `other` lies to `anchor`."""
        page, order = self._page, self._order(anchor, other)
        low, high = (other.end, anchor.first) if order == "<" else (anchor.end, other.first)
        gap = max(0, high - low)
        number = self._rule.get(anchor.first, self._rule.get(anchor.end - 1, -1))
        sentence, paragraph = self._sentence, self._paragraph
        names = [
            *_apart(
                order,
                gap if gap < 4 else 4 if gap < 8 else 8 if gap < 20 else 20,
                abs(sentence[anchor.first] - sentence[other.first]),
                abs(sentence[anchor.end - 1] - sentence[other.first]),
                abs(paragraph[anchor.first] - paragraph[other.first]),
                None if number < 0 else number in (self._rule.get(other.first), self._rule.get(other.end - 1)),
            )
        ]
        if not gap:
            return names + [none for _, (none, _, _) in self._counts[order]]
        for firsts, some in self._counts[order]:
            count = bisect_left(firsts, high) - bisect_left(firsts, low)
            names.append(some[count if count < 2 else 2])
        if gap < 4:
            names.append(f"between{order}{' '.join(page.words[low:high]).lower()}")
        return names


@lru_cache(maxsize=10_000)
def _apart(order: str, gap: int, sentences: int, ends: int, paragraphs: int, ruled: bool | None) -> tuple[str, ...]:
    """Name how far apart two spans are, and whether the rules that bind the first bind the other to it."""
    names = [f"gap{order}{gap}", f"sentences{order}{min(3, sentences)}", f"ends{order}{min(3, ends)}"]
    if ruled is not None:
        names.append("rules" if ruled else "rules-not")
    if paragraphs:
        names.append(f"paragraphs{order}{min(2, paragraphs)}")
    return tuple(names)


def _numbered(edges: Sequence[int], count: int) -> list[int]:
    """Return, for each of `count` words, the number of the last of `edges` that is not behind it."""
    return [number for number, (first, end) in enumerate(pairwise([*edges, count])) for _ in range(first, end)]


def _overlooked(spans: Iterable[Span], rules: Iterable[Found]) -> Iterator[Span]:
    """Yield the cues and sources of the rules that share no word with a span."""
    taken = {i for span in spans for first, end in span.ranges for i in range(first, end)}
    for found in rules:
        ruled: list[tuple[Role, list[Range]]] = [("cue", found.cue), ("source", [found.source] if found.source else [])]
        for role, ranges in ruled:
            if ranges and found.inside is None and not any(i in taken for a, b in ranges for i in range(a, b)):
                yield Span(role, tuple(sorted(ranges)))


def _names(page: Words, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the names and subject pronouns outside quotation marks that share no word with a span, as sources."""
    taken = {i for span in spans for first, end in span.ranges for i in range(first, end)}
    kinds, words = kinds_of(page), page.words
    first = -1
    for i in range(len(words) + 1):
        free = i < len(words) and not page.inside[i] and i not in taken
        named = free and words[i][0].isupper() and kinds[i] in ("nd" if first < 0 else "n") and i not in page.breaks
        if first >= 0 and not named:
            if kinds[i - 1] == "n":
                yield Span("source", ((first, i),))
            first = -1
        if free and kinds[i] == "r":
            yield Span("source", ((i, i + 1),))
        elif free and first < 0 and words[i][0].isupper() and kinds[i] in "nd":
            first = i
