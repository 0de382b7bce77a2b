"""Layout: the spans of a text in order, which of them are candidates for which content, and how any two of them lie.

A candidate is described by keys (`linear`): how far it is and on which side, what is between, and what it is itself. So
that a pair of spans costs a few look-ups, what hangs on a word alone (its sentence, its paragraph, the rule that covers
it, the spans that begin before it) is laid out once for all words of the text.

Candidates are the spans that a role model found; the cues and sources of the rules of `cues`, where no word of them has
a role; and, for sources, the names and subject pronouns that neither has a role for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress, pairwise
from operator import attrgetter, itemgetter
from typing import Final

from onrecord.baselines.kinds import places
from onrecord.baselines.linear import Group, Keys
from onrecord.baselines.phrases import Range, kinds_of
from onrecord.baselines.roles import ROLES, Role, Span, covered
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_NEAR: Final = 3
"""How many spans of a role are candidates on either side."""
_FAR_SENTENCES: Final = 4
_PRONOUNS: Final = frozenset(["he", "she", "they", "it", "i", "we", "who", "you"])
_CLOSE: Final = 4
"""The words between two spans are named where they are fewer."""
_GAPS: Final = (*range(_CLOSE), *[4] * 4, *[8] * 12, 20)
"""What gaps count as: the last is for all that are longer."""
_BITS: Final = 32
"""How many spans of each role begin before a word is kept in one number, this many bits for each role."""
_NAME: Final = re.compile("[bd]?n+|b|r")
"""A name, or a subject pronoun (r), in letters for words that may be in one: n in any place; b, which begins a
paragraph, and d, a determiner with a capital, at the head alone.
"""
_SUBJECT: Final = re.compile("r")


class Layout:
    """The spans of a text in order, and how any two of them lie to each other."""

    def __init__(self, page: Words, spans: Sequence[Span], rules: Sequence[Found]) -> None:
        size = len(page.words)
        self._words, self._inside, self._rules = page.words, page.inside, rules
        self._taken = covered((words for span in spans for words in span.ranges), size)
        """Whether a word is in a span, those of the rules apart."""
        overlooked = list(_overlooked(rules, self._taken))
        self._overlooked = {span.ranges for span in overlooked if span.role == "source"}
        self._spans: dict[str, list[Span]] = {role: [] for role in (*ROLES, "name")}
        for span in sorted({*spans, *overlooked}, key=attrgetter("ranges")):
            self._spans[span.role].append(span)
        self._spans["name"] += _names(page, self._taken)
        self._firsts = {role: [span.first for span in found] for role, found in self._spans.items()}
        self._roles = " ".join(role for role, found in self._spans.items() if found)
        self._begun = _begun([self._firsts[role] for role in self._roles.split()], size)
        self._sentence = _numbered([first for first, _ in page.sentences], size)
        self._paragraph = _numbered(page.edges, size)
        self._rule = _ruled(rules, size)

    def of(self, role: Role) -> list[Span]:
        """Return the spans of a role in order."""
        return self._spans[role]

    def near(self, role: str, anchor: Span) -> list[Span]:
        """Return the nearest spans of a role around `anchor`, in order."""
        firsts, sentences, found = self._firsts[role], self._sentence, self._spans[role]
        low, high = bisect_left(firsts, anchor.first), bisect_left(firsts, anchor.end)
        sentence = sentences[anchor.first]
        return [
            found[at]
            for at in range(max(0, low - _NEAR), min(high + _NEAR, len(found)))
            if low <= at < high or abs(sentences[firsts[at]] - sentence) <= _FAR_SENTENCES
        ]

    def cues(self, content: Span) -> tuple[list[Span | None], list[Keys]]:
        """Return the candidates for the cue of `content`, none first, with their keys in `CUE`."""
        found = self.near("cue", content)
        words, taken, quoted = self._words, self._taken, self._inside[content.first] > 0
        keys: list[Keys] = [(quoted, None, None, None, None)]
        for cue, (order, apart, begun, between) in zip(found, self._pairs(content, found), strict=True):
            keys.append((None, apart, begun, between, (words[cue.first], order, quoted, not taken[cue.first])))
        return [None, *found], keys

    def sources(self, content: Span, cue: Span | None) -> tuple[list[Span | None], list[Keys]]:
        """Return the candidates for the source of `content` and `cue`, none first, then the nearest sources, then the
        nearest other names, with their keys in `SOURCE`.
        """
        anchor, words, form, governed = content, self._words, None, None
        if cue is not None:
            anchor, form = cue, words[cue.end - 1][-3:]
            number = self._rule[cue.first]
            governed = self._rules[number].source if number >= 0 else None
        found, names = self.near("source", anchor), self.near("name", anchor)
        found += [name for name in names if name.ranges not in self._overlooked or name not in found]
        keys: list[Keys] = [(cue is not None, None, None, None, None)]
        for source, (order, apart, begun, between) in zip(found, self._pairs(anchor, found), strict=True):
            at, end = source.first, source.end
            governs = governed is not None and governed[0] < end and at < governed[1]
            side = order if cue is None else "<" if end <= content.first else ">" if at >= content.end else "="
            itself = (side, order, self._origin(source), words[at].lower() in _PRONOUNS, form, governs)
            keys.append((None, apart, begun, between, itself))
        return [None, *found], keys

    def relays(self, content: Span, cue: Span | None) -> tuple[list[Span], list[Keys]]:
        """Return the candidates for relays of `content` and `cue`, with their keys in `RELAY`."""
        anchor = cue or content
        found = self.near("via", anchor)
        if not found:  # as nearly always
            return [], []
        both = zip(self._pairs(anchor, found), self._pairs(content, found), strict=True)
        return found, [((), *of_anchor, *of_content) for (_, *of_anchor), (_, *of_content) in both]

    def _origin(self, source: Span) -> str:
        """Return where a candidate comes from: the role model, the rules, or the names that neither has a role for."""
        if self._taken[source.first]:
            return "tagged"
        return "ruled" if source.ranges in self._overlooked else "name"

    def _pairs(self, anchor: Span, others: Iterable[Span]) -> Iterator[tuple[str, Keys, Keys, Keys | None]]:
        """Yield, for each of `others`, whether it stands before, within or behind `anchor`, and their keys in
        `_PAIR`.
        """
        sentences, paragraphs, rules, begun, roles = (
            self._sentence, self._paragraph, self._rule, self._begun, self._roles,
        )  # fmt: skip
        first, end = anchor.first, anchor.end
        sentence, last, paragraph = sentences[first], sentences[end - 1], paragraphs[first]
        rule = rules[first] if rules[first] >= 0 else rules[end - 1]
        for other in others:
            at, after = other.first, other.end
            order, low, high = ("<", after, first) if after <= first else (">" if at >= end else "=", end, at)
            here, gap = sentences[at], high - low
            ruled = None if rule < 0 else rules[at] == rule or rules[after - 1] == rule
            far = abs(sentence - here), abs(last - here), abs(paragraph - paragraphs[at])
            if gap <= 0:
                yield order, (order, 0, *far, ruled), (order, roles, 0), None
            else:
                between = (order, *self._words[low:high]) if gap < _CLOSE else None
                apart = (order, _GAPS[gap] if gap < len(_GAPS) else _GAPS[-1], *far, ruled)
                yield order, apart, (order, roles, begun[high] - begun[low]), between


def _apart(order: str, gap: int, sentences: int, ends: int, paragraphs: int, ruled: bool | None) -> Iterator[str]:
    """Name how far apart two spans are, and whether the rules that bind the first bind the other to it."""
    yield from (f"gap{order}{gap}", f"sentences{order}{min(3, sentences)}", f"ends{order}{min(3, ends)}")
    if ruled is not None:
        yield "rules" if ruled else "rules-not"
    if paragraphs:
        yield f"paragraphs{order}{min(2, paragraphs)}"


def _beginning(order: str, roles: str, begun: int) -> Iterator[str]:
    """Name how many spans of each of `roles` begin between two spans; `begun` is a difference of two of `_begun`."""
    for number, role in enumerate(roles.split()):
        yield f"{role}{order}{min(2, begun >> _BITS * number & (1 << _BITS) - 1)}"


def _between(order: str, *words: str) -> Iterator[str]:
    yield f"between{order}{' '.join(words).lower()}"


def _no_cue(quoted: bool) -> Iterator[str]:
    yield from ("none", f"none.quoted{quoted:d}")


def _cue(word: str, order: str, quoted: bool, overlooked: bool) -> Iterator[str]:
    """Name what a cue is by itself, seen from its content, which may be quoted."""
    yield from (f"word.{word.lower()}.{order}", f"quoted{quoted:d}{order}")
    if overlooked:
        yield "overlooked"


def _no_source(cue: bool) -> Iterator[str]:
    yield "none"
    if cue:
        yield "none.cue"


def _source(side: str, order: str, origin: str, pronoun: bool, form: str | None, governs: bool) -> Iterator[str]:
    """Name what a source is by itself: on which side of content (`side`) and anchor it stands, where it comes from, how
    the cue ends (`form`), and whether the rules give it that cue.
    """
    yield from (f"content.{side}", origin)
    if pronoun:
        yield f"pronoun.{order}"
    if form is not None:
        yield f"form.{form}.{order}"
    if governs:
        yield f"governs.{origin}"


def _bias() -> Iterator[str]:
    yield "bias"


def _of(prefix: str, names: Group) -> Group:
    return lambda *key: (f"{prefix}.{name}" for name in names(*key))


_PAIR: Final[tuple[Group, ...]] = (_apart, _beginning, _between)
CUE: Final[tuple[Group, ...]] = (_no_cue, *_PAIR, _cue)
SOURCE: Final[tuple[Group, ...]] = (_no_source, *_PAIR, _source)
RELAY: Final[tuple[Group, ...]] = (_bias, *(_of(span, names) for span in ("cue", "content") for names in _PAIR))


def _begun(firsts: Sequence[Sequence[int]], size: int) -> list[int]:
    """Return, for each of `size` words and the end, how many of each of `firsts` are before it, as one number."""
    begin = [0] * (size + 1)
    for number, some in enumerate(firsts):
        for first in some:
            begin[first + 1] += 1 << _BITS * number
    return list(accumulate(begin))


def _numbered(edges: Sequence[int], size: int) -> list[int]:
    """Return, for each of `size` words, the number of the last of `edges` that is not behind it."""
    numbers: list[int] = []
    for number, (first, end) in enumerate(pairwise([*edges, size])):
        numbers += [number] * (end - first)
    return numbers


def _ruled(rules: Iterable[Found], size: int) -> list[int]:
    """Return, for each of `size` words, the number of the last rule that covers it, those inside another left out, or
    -1.
    """
    ruled = [-1] * size
    for number, found in enumerate(rules):
        if found.inside is None:
            for first, end in (*found.content, *found.cue, *([found.source] if found.source else []), *found.via):
                ruled[first:end] = [number] * (end - first)
    return ruled


def _overlooked(rules: Iterable[Found], taken: bytearray) -> Iterator[Span]:
    """Yield the cues and sources of the rules that share no word with a span."""
    for found in rules:
        if found.inside is not None:
            continue
        ruled: list[tuple[Role, list[Range]]] = [("cue", found.cue), ("source", [found.source] if found.source else [])]
        for role, ranges in ruled:
            if ranges and all(taken.find(1, first, end) < 0 for first, end in ranges):
                yield Span(role, tuple(sorted(ranges)))


def _names(page: Words, taken: bytearray) -> Iterator[Span]:
    """Yield the names and subject pronouns outside quotation marks that share no word with a span, as sources."""
    kinds, inside, size = kinds_of(page), page.inside, len(page.words)
    letters = [" "] * size
    for i in compress(range(size), map(str.isupper, map(itemgetter(0), page.words))):
        if kinds[i] in "nd" and not inside[i] and not taken[i]:
            letters[i] = "b" if kinds[i] == "n" and i in page.breaks else kinds[i]
    for i in places(_SUBJECT, page.sorts):
        if not inside[i] and not taken[i]:
            letters[i] = "r"
    for found in _NAME.finditer("".join(letters)):
        yield Span("source", (found.span(),))
