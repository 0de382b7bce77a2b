"""Sifting: which of the contents that an eager role model finds are kept.

A role model that takes the likeliest labels finds few contents that are wrong and overlooks many; told that to begin a
span is likelier than it learnt (`tagging.EAGER`), it finds more of both. Each content is then judged as a whole, with
its cue and source, by what no chain of labels sees at once: the probabilities along it and at its cue and source, how
long it is, in how many fragments, where its cue and source lie; the words of the cue, at the borders of the content and
at the end of the source; whether the rules of `cues` see an attribution there, and by which construction. The ranker
(`linear`) that weighs these learns from contents that a model predicted for texts it had not seen.

Generating more than is right and choosing among it with a model of the whole is *reranking* (Collins 2000).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from onrecord.baselines.binding import Binder, Bound
from onrecord.baselines.borders import Example
from onrecord.baselines.linear import Choice, Features, Ranker, chance, fit
from onrecord.baselines.phrases import kinds_of
from onrecord.baselines.proposals import Labelling
from onrecord.baselines.roles import Span
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_LEAST, _LONG, _LEAST_LONG = 0.4, 25, 0.3
"""The probability from which on a content is kept, and that for one of so many words or more, which is dearer to lose.

F1 is highest where all is kept that is right with a probability of half that F1 or more.
"""
_RIGHT: Final = 0.5
"""The intersection over union in words from which a content counts as right."""
_PENALTY, _FEWEST = 30.0, 4
"""The ranker's penalty, and how many contents have to have a feature.

Both, and the probabilities, were chosen on held-out articles of PolNeAR's train part.
"""
_SIZES: Final = ((4, "S"), (11, "M"), (24, "L"))
_STEPS: Final = (0, 1, 2, 3, 4, 6, 9, 14, 20, 30)


def learn(examples: Iterable[Example], binder: Binder) -> Ranker:
    """Return the ranker of right contents against wrong ones learnt from `examples`."""
    choices = [choice for example in examples for choice in _choices(example, binder)]
    return fit(choices, penalty=_PENALTY, fewest=_FEWEST)


def _choices(example: Example, binder: Binder) -> Iterator[Choice]:
    bound = binder.bind(example.page, example.found.spans, example.rules)
    signs = _Signs(example.page, example.rules, bound, example.found.sure)
    gold = [_words(span) for claim in example.claims for span in claim if span.role == "content"]
    for one in bound:
        own = _words(one.content)
        right = any(len(own & other) >= _RIGHT * len(own | other) for other in gold)
        yield [signs.of(one), {}], 0 if right else 1


def sift(page: Words, rules: Sequence[Found], found: Labelling, binder: Binder, ranker: Ranker) -> Labelling:
    """Return `found` without the contents that `ranker` holds to be wrong, seen with what `binder` binds to them."""
    bound = binder.bind(page, found.spans, rules)
    signs = _Signs(page, rules, bound, found.sure)
    wrong = {one.content for one in bound if chance(ranker.score(signs.of(one))) < _least(one.content)}
    return replace(found, spans=[span for span in found.spans if span not in wrong])


def _least(content: Span) -> float:
    return _LEAST if sum(end - first for first, end in content.ranges) < _LONG else _LEAST_LONG


def _words(span: Span) -> set[int]:
    return {at for first, end in span.ranges for at in range(first, end)}


class _Signs:
    """What the contents of a page are judged by."""

    def __init__(self, page: Words, rules: Iterable[Found], bound: Sequence[Bound], sure: Sequence[float]) -> None:
        self._page, self._sure = page, sure
        self._kinds = [*kinds_of(page), ","]
        self._words = [*(word.lower() for word in page.words), ""]
        self._ruled = [found for found in rules if found.content and found.inside is None]
        self._shared = Counter(one.cue for one in bound)
        """How many contents each cue has."""

    def of(self, one: Bound) -> Features:
        """Return what the content of `one` is judged by."""
        inside = [self._sure[i] for first, end in one.content.ranges for i in range(first, end)]
        first, last = inside[0], inside[-1]
        numbers = {
            "bias": 1.0,
            "mean": sum(inside) / len(inside),
            "least": min(inside),
            "first": first,
            "last": last,
            "bound": one.probability,
            "cue": 0.0 if one.cue is None else self._sure[one.cue.first],
            "source": 0.0 if one.source is None else self._sure[one.source.first],
        }
        return numbers | dict.fromkeys(self._names(one, inside), 1.0)

    def _names(self, one: Bound, inside: Sequence[float]) -> Iterator[str]:
        content, words = one.content, self._words
        size = next((name for most, name in _SIZES if len(inside) <= most), "X")
        first, last = int(5 * inside[0]), int(5 * inside[-1])
        yield f"mean{int(10 * sum(inside) / len(inside))}{size}"
        yield f"least{int(5 * min(inside))}{size}"
        yield f"edges{first}{last}"
        yield f"first{first}{size}"
        yield f"long{_step(len(inside))}"
        yield f"fragments{min(3, len(content.ranges))}"
        yield f"quoted{self._quoted(content.first)}{self._quoted(content.end - 1)}"
        yield f"w={words[content.first]}"
        yield f"k={self._kinds[content.first]}"
        yield f"w-1={words[content.first - 1] if content.first else ''}"
        yield f"w+1={words[content.end]}"
        yield f"end={words[content.end - 1]}"
        yield from self._by_cue(one, size)
        yield from self._by_source(one)
        ruled = (found.pattern for found in self._ruled if _meet(found, content))
        yield f"rule={next(ruled, '')}"

    def _by_cue(self, one: Bound, size: str) -> Iterator[str]:
        content, cue, words, kinds = one.content, one.cue, self._words, self._kinds
        quoted, order = self._quoted(content.first), one.order
        yield f"size{size}{order}{one.source is not None}"
        if cue is None:
            yield f"no cue{quoted}"
            return
        gap = content.first - cue.end if order == "<" else cue.first - content.end
        verb = words[cue.end - 1]
        yield f"cue={' '.join(words[cue.first : cue.end])}"
        yield f"cue-={words[cue.first]}"
        yield f"verb={verb}"
        yield f"verb={verb}{order}{quoted}"
        yield f"verb={verb}|{words[content.first]}"
        yield f"lies{order}{quoted}{_step(max(0, gap))}"
        yield f"kind={kinds[cue.first]}{order}"
        yield f"kind={kinds[cue.end - 1]}{size}{order}"
        yield f"words{min(4, cue.end - cue.first)}"
        yield f"shared{min(3, self._shared[cue])}"

    def _by_source(self, one: Bound) -> Iterator[str]:
        source, cue, kinds = one.source, one.cue, self._kinds
        if source is None:
            yield f"no source{self._quoted(one.content.first)}"
            return
        yield f"source={self._words[source.end - 1]}"
        yield f"source.kind={kinds[source.first]}{kinds[source.end - 1]}{self._page.words[source.end - 1][0].isupper()}"
        yield f"source.words{_step(source.end - source.first)}"
        yield f"source.quoted{self._quoted(source.first)}"
        if cue is not None:
            yield f"source.far{_step(abs(source.first - cue.first))}{source.first < cue.first}"

    def _quoted(self, at: int) -> str:
        return "1" if self._page.inside[at] else "0"


def _step(words: int) -> int:
    return next((step for step in _STEPS if words <= step), 99)


def _meet(found: Found, content: Span) -> bool:
    return found.content[0][0] < content.end and content.first < found.content[-1][1]
