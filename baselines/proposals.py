"""Proposals: what the tagger finds in a text before any codebook is known.

Spans of roles become claims in two shapes: `proposals`, one for each proposition, for a codebook to label; and
`attributions`, whole as they stand in the text, for corpora and readers without a codebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.baselines import roles
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.binding import Binder, Bound
from onrecord.baselines.division import divided
from onrecord.baselines.linear import Features
from onrecord.baselines.phrases import Range
from onrecord.baselines.roles import Span, covered
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words
from onrecord.schema.records import Fragment, Fragments

_COMPLEMENTISERS: Final = frozenset(["that", "to"])
_JOINT: Final = 3
"""How many words may stand between two contents of one attribution that are one content in other corpora."""


@dataclass(frozen=True, slots=True)
class Labelling:
    """The spans of a page, and how sure the role model is of each of its words."""

    spans: Sequence[Span]
    sure: Sequence[float]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim before it has labels, with what its confidence is judged by."""

    content: Fragments
    source: Fragments
    cue: Fragments
    via: tuple[Fragments, ...]
    signs: Features


def proposals(
    page: Words, rules: Sequence[Found], found: Labelling, binder: Binder, *, divides: bool
) -> list[Proposal]:
    """Return the claims of `page` without labels, in the order of their contents.

    `divides` says whether the contents are propositions already; if not, they are divided by rule.
    """
    bound = binder.bind(page, found.spans, rules)
    claims = [claim for one in bound for claim in _proposed(page, one, found.sure, divides=divides)]
    return sorted(claims, key=lambda claim: (claim.content[0].start, claim.content[-1].end))


def _proposed(page: Words, one: Bound, sure: Sequence[float], *, divides: bool) -> Iterator[Proposal]:
    content, source, cue = (_offsets(page, span) for span in (one.content, one.source, one.cue))
    via = tuple(_offsets(page, span) for span in one.via)
    seen = signs(page, one.content, sure, bound=one.probability, cue=one.cue is not None, source=one.source is not None)
    if divides:
        yield Proposal(content, source, cue, via, seen)
        return
    for part in divided(page.text, Attribution(content, source, cue, "say", "preposed", "")):
        yield Proposal(part.content, source, cue, via, seen)


def _offsets(page: Words, span: Span | None) -> Fragments:
    return roles.fragments(page, span) if span is not None else ()


def signs(page: Words, content: Span, sure: Sequence[float], *, bound: float, cue: bool, source: bool) -> Features:
    """Return what the confidence in a content is judged by: how sure its words are, how likely it is `bound` rightly,
    and whether to a cue and to a source.
    """
    inside = [at for first, end in content.ranges for at in sure[first:end]]
    first, last = inside[0], inside[-1]
    return {
        "bias": 1.0,
        "mean": sum(inside) / len(inside),
        "least": min(inside),
        "first": first,
        "last": last,
        "bound": bound,
        "cue": float(cue),
        "source": float(source),
        "quoted": float(page.inside[content.first] > 0),
        "short": float(len(inside) < 5),
    }


def attributions(
    page: Words, bound: Iterable[Bound], spans: Iterable[Span], *, joined: bool, barred: bytes | bytearray = b""
) -> list[Attribution]:
    """Return the attributions of `page`, in order, without those whose content has a word that is `barred`; `joined`
    makes one of contents that share cue and source.
    """
    taken = covered((words for span in spans for words in span.ranges), len(page.words))
    groups = _groups(page, bound) if joined else [[one] for one in bound]
    contents = [(_ranges(page, group, taken), group[0]) for group in groups]
    return [
        _attribution(page, ranges, one, taken)
        for ranges, one in contents
        if all(barred.find(1, first, end) < 0 for first, end in ranges)
    ]


def _groups(page: Words, bound: Iterable[Bound]) -> list[list[Bound]]:
    """Return the contents that share cue and source, and between which stand no other words, together."""
    groups: list[list[Bound]] = []
    last: dict[tuple[Span | None, Span | None], list[Bound]] = {}
    for one in sorted(bound, key=lambda one: one.content.ranges):
        group = last.get((one.cue, one.source))
        if group is not None and one.cue is not None and follows(page, group[-1].content, one.content, one):
            group.append(one)
        else:
            last[one.cue, one.source] = group = [one]
            groups.append(group)
    return groups


def follows(page: Words, before: Span, content: Span, one: Bound) -> bool:
    """Whether nothing but the cue and source of `one`, and a joint, stands between two contents."""
    own = {i for span in (one.cue, one.source) if span is not None for a, b in span.ranges for i in range(a, b)}
    between = [i for i in range(before.end, content.first) if i not in own]
    return sum(page.words[i].isalnum() for i in between) < _JOINT and not any(i in page.breaks for i in between)


def _ranges(page: Words, group: Sequence[Bound], taken: bytearray) -> list[Range]:
    """Return the contents of `group` as one; what joins them ("and", a comma) becomes content."""
    ranges: list[Range] = []
    for first, end in sorted(r for one in group for r in one.content.ranges):
        gap = range(ranges[-1][1], first) if ranges else range(0)
        if (
            ranges
            and len(gap) < _JOINT
            and not any(taken[i] or i in page.breaks for i in gap)
            and first not in page.breaks
        ):
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((first, end))
    return ranges


def _attribution(page: Words, ranges: Sequence[Range], one: Bound, taken: bytearray) -> Attribution:
    """Return the attribution of the content in `ranges` to cue and source of `one`."""
    at, cue = ranges[0][0] - 1, one.cue
    led = cue is not None and cue.end <= at + 1 and not taken[at] and page.words[at].lower() in _COMPLEMENTISERS
    return Attribution(
        content=roles.fragments(page, Span("content", tuple(ranges))),
        source=_offsets(page, one.source),
        cue=_offsets(page, cue),
        frame="say",
        pattern="preposed",
        verb="",
        complementiser=(Fragment(page.starts[at], page.end(at)),) if led and at >= 0 else (),
    )
