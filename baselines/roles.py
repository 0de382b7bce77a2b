"""Token roles: attributions as one label for each word, and back.

A word is outside (`O`) or in a role: content, source, cue or via. `B-` begins a span of the role, `I-` goes on in it,
and `J-` begins a further fragment of the last span of that role ("“The levy,” she said, “will rise.”" is one content);
`E-` is an `I-` that ends a span or fragment: a large corpus teaches what ends look like, a small one has too few.
A chain of labels knows no farther back than one word, so a label can carry a mark of what it must not forget: whether
the cue stands in front (`<`), behind (`>`) or in the midst (`=`) of its content, and likewise of its source; `O<` is a
word between a cue and its content. Marks are for a model to learn; `plain` and `decode` see through them.
An `I-` or `J-` that has nothing to go on with, `REACH` words before at most, begins a span. In the corpora that this
was made for no word has two roles, so encoding loses only which spans belong together; that is the business of
`onrecord.baselines.binding`.
Any model that gives each word a label of `LABELS` can stand in for the one that is trained here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Final, Literal, Protocol, get_args

from onrecord.baselines.phrases import Range
from onrecord.baselines.words import Words
from onrecord.schema.records import Fragment, Fragments, Relay

Role = Literal["content", "source", "cue", "via"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
LABELS: Final = ("O", *(f"{prefix}-{role}" for role in ROLES for prefix in "BIJE"))
"""Every label, outside first."""
REACH: Final = 30
"""The most words between two fragments of one span: more are between one in fifty, and a model errs more often."""
_MARKS: Final = "<=>"
_GAP: Final = 12
"""From how many words on what stands between a cue and its content is no gap of the two."""


class Said(Protocol):
    """An annotated claim, as far as its spans go."""

    @property
    def content(self) -> Fragments: ...  # noqa: D102 - the role's fragments
    @property
    def source(self) -> Fragments: ...  # noqa: D102
    @property
    def cue(self) -> Fragments: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Span:
    """A span of one role, in ranges of word indices, in order."""

    role: Role
    ranges: tuple[Range, ...]
    first: int = field(init=False, compare=False, repr=False)
    """The index of its first word."""
    end: int = field(init=False, compare=False, repr=False)
    """The index behind its last word."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", self.ranges[0][0])
        object.__setattr__(self, "end", self.ranges[-1][1])


@dataclass(frozen=True, slots=True)
class Shares:
    """For each word, how likely it begins a content, begins a further fragment of one, ends either, and is in one."""

    begins: Sequence[float]
    resumes: Sequence[float]
    ends: Sequence[float]
    within: Sequence[float]


def spans_of(page: Words, claims: Iterable[Said]) -> list[list[Span]]:
    """Return the spans of each claim in words of `page`: content, source, cue (where it has them), then its relays."""
    return [_spans(page, claim) for claim in claims]


def _spans(page: Words, claim: Said) -> list[Span]:
    relays: tuple[Relay, ...] = getattr(claim, "via", ())
    given: list[tuple[Role, Fragments]] = [("content", claim.content), ("source", claim.source), ("cue", claim.cue)]
    given += [("via", relay.fragments) for relay in relays]
    found = (
        (role, tuple(r for r in (words_in(page, f) for f in fragments) if r[0] < r[1])) for role, fragments in given
    )
    return [Span(role, ranges) for role, ranges in found if ranges]


def words_in(page: Words, fragment: Fragment) -> Range:
    """Return the words that overlap `fragment`."""
    first = bisect_left(page.ends, fragment.start + 1)
    return first, max(first, bisect_left(page.starts, fragment.end))


def encode(count: int, spans: Iterable[Span]) -> list[str]:
    """Return the labels of `count` words; where spans overlap, the one that comes first in `ROLES` and the text counts.

    Equal spans (a source that several claims share) are one.
    """
    labels = ["O"] * count
    for span in sorted(set(spans), key=lambda span: (ROLES.index(span.role), span.ranges)):
        if any(labels[i] != "O" for first, end in span.ranges for i in range(first, end)):
            continue
        for number, (first, end) in enumerate(span.ranges):
            labels[first:end] = [f"I-{span.role}"] * (end - first)
            labels[first] = f"J-{span.role}" if number else f"B-{span.role}"
    return labels


def with_ends(labels: Sequence[str]) -> list[str]:
    """Return `labels` with `E-` for each `I-` that its role does not go on behind."""
    following = [*labels, "O"][1:]
    return [
        f"E-{label[2:]}" if label[0] == "I" and after != label else label
        for label, after in zip(labels, following, strict=True)
    ]


def with_marks(labels: Sequence[str], claims: Iterable[Sequence[Span]]) -> list[str]:
    """Return the `labels` of `claims` with marks of where each content and source has its cue."""
    marked = list(labels)
    for claim in claims:
        by_role = {span.role: span for span in claim if span.role != "via"}
        if (cue := by_role.get("cue")) is None:
            continue
        for role in ("content", "source"):
            if (span := by_role.get(role)) is not None:
                mark = "<" if cue.first < span.first else ">" if cue.first >= span.end else "="
                for at in (at for first, end in span.ranges for at in range(first, end)):
                    if marked[at][1:] == f"-{role}":
                        marked[at] += mark
        content = by_role.get("content")
        if content is not None and 0 < content.first - cue.end < _GAP:
            gap = slice(cue.end, content.first)
            marked[gap] = ["O<" if label == "O" else label for label in marked[gap]]
    return marked


def plain(label: str) -> str:
    """Return `label` without its mark."""
    return label.rstrip(_MARKS)


def decode(labels: Sequence[str]) -> list[Span]:
    """Return the spans that `labels` spell, marked or not, in the order of their first words."""
    open_: dict[Role, list[list[int]]] = {}
    found: list[tuple[Role, list[list[int]]]] = []
    previous: Role | None = None
    end = 0
    for label, run in groupby(labels):
        first, end = end, end + len(list(run))
        prefix, role = _read(label)
        before, previous = previous, role
        if role is None:
            continue
        step = end - first if prefix in "IE" else 1  # these go on with their like, of the others each is for itself
        for at in range(first, end, step):
            if prefix in "IE" and before == role:
                open_[role][-1][1] = end
            elif prefix == "J" and role in open_ and at - open_[role][-1][1] <= REACH:
                open_[role].append([at, at + step])
            else:
                open_[role] = [[at, at + step]]
                found.append((role, open_[role]))
    return [Span(role, tuple([(first, end) for first, end in ranges])) for role, ranges in found]


@lru_cache(maxsize=1_000)
def _read(label: str) -> tuple[str, Role | None]:
    """Return the prefix and the role of `label`, which may be marked."""
    prefix, _, name = plain(label).partition("-")
    return prefix, next((role for role in ROLES if role == name), None)


def covered(ranges: Iterable[Range], size: int) -> bytearray:
    """Return, for each of `size` words, 1 if it is in one of `ranges`, else 0."""
    found = bytearray(size)
    for first, end in ranges:
        found[first:end] = b"\1" * (end - first)
    return found


def fragments(page: Words, span: Span) -> Fragments:
    """Return `span` in offsets of the text of `page`."""
    return tuple([Fragment(page.starts[first], page.end(end - 1)) for first, end in span.ranges])
