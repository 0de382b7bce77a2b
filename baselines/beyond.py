"""Beyond the rules: the attributions that a tagger is sure of, and whose contents share no word with the rules' own.

They are few, and contents that cannot be among them are not bound: those that the rules touch, and those that would be
unsure though they were bound for certain, but for what may be one attribution with a content that can be. The outcome
is that of binding all and leaving out what is unsure, touched, or without cue or source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from onrecord.baselines.attribution import Attribution
from onrecord.baselines.binding import Binder, Bound
from onrecord.baselines.layout import Layout
from onrecord.baselines.linear import Features
from onrecord.baselines.proposals import Labelling, attributions, follows, signs
from onrecord.baselines.relays import outermost
from onrecord.baselines.roles import Span, covered
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words


def beyond(
    page: Words, rules: Sequence[Found], found: Labelling, binder: Binder, is_sure: Callable[[Features], bool]
) -> list[Attribution]:
    """Return what `found` holds beyond `rules`; `is_sure` judges the signs of a content."""
    touched = covered((words for rule in outermost(rules) for words in rule.content), len(page.words))

    def sure(content: Span, probability: float) -> bool:
        return is_sure(signs(page, content, found.sure, bound=probability, cue=True, source=True))

    contents = sorted({span for span in found.spans if span.role == "content"}, key=lambda span: span.ranges)
    possible = [
        at
        for at, content in enumerate(contents)
        if all(touched.find(1, first, end) < 0 for first, end in content.ranges)
        and (sure(content, 1.0) or sure(content, 0.0))
    ]
    if not possible:
        return []
    layout = Layout(page, found.spans, rules)

    def bind(content: Span) -> Bound | None:
        one = binder.bound(layout, content)
        return one if one.cue and one.source and sure(content, one.probability) else None

    bound = _with_others(page, contents, possible, bind)
    return attributions(page, bound, found.spans, joined=True, barred=touched)


def _with_others(
    page: Words, contents: Sequence[Span], places: Sequence[int], bind: Callable[[Span], Bound | None]
) -> list[Bound]:
    """Return what `bind` makes of the contents at `places`, and of those that may be one attribution with them."""
    left = list(places)
    found: dict[int, Bound | None] = {}
    while left:
        at = left.pop()
        if at not in found:
            found[at] = one = bind(contents[at])
            left += _near(page, contents, at, one) if one is not None else ()
    return [one for one in found.values() if one is not None]


def _near(page: Words, contents: Sequence[Span], at: int, one: Bound) -> Iterator[int]:
    """Yield the places of the contents around that at `at` that only cue and source of `one` part from it."""
    for other in range(at - 1, -1, -1):
        if not follows(page, contents[other], contents[at], one):
            break
        yield other
    for other in range(at + 1, len(contents)):
        if not follows(page, contents[at], contents[other], one):
            break
        yield other
