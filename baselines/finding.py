"""Find the attributions of a text: cue by cue, sentence by sentence, with no codebook.

One pass over the words. Each cue verb outside quotation marks, each *according to* and each "Name:" at the head of a
paragraph is tried against the constructions of English attribution in a fixed order; the first that fits decides.
Quotations that are left over go on with the attribution before them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from onrecord.baselines import cuewords, lexicon, otherwise, reach, verbal
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.kinds import CUE, ENDERS, places
from onrecord.baselines.marks import Quoted
from onrecord.baselines.phrases import Range
from onrecord.baselines.scene import Found, Scene
from onrecord.baselines.sources import subject
from onrecord.baselines.words import Words, read
from onrecord.schema.records import Fragment, Fragments

_CONSTRUCTIONS: Final = {":": otherwise.label} | dict.fromkeys(lexicon.ACCORDING, otherwise.according)
"""What is tried at a cue that is no verb."""
_SHORTEST_QUOTE: Final = 5
"""The fewest words, marks not counted but one, of a quotation that stands for itself."""


def attributions(text: str) -> list[Attribution]:
    """Return the attributions of `text`, nested ones included, in the order of their cues."""
    page, found = searched(text)
    return [in_offsets(page, one) for one in found]


@lru_cache(maxsize=1)
def searched(text: str) -> tuple[Words, tuple[Found, ...]]:
    """Return the words of `text` and its attributions in word indices; nobody changes either."""
    page = read(text)
    return page, tuple(search(page))


def search(page: Words) -> list[Found]:
    """Return the attributions of `page` in word indices."""
    scene = Scene(page)
    inside = page.inside
    cues = [i for i in places(CUE, page.sorts) if not inside[i]]
    cues.append(len(inside))  # which no sentence has
    at, following = 0, cues[0]
    for first, end in page.sentences:
        if following < end:
            here, at = at, bisect_left(cues, end, at)
            following = cues[at]
            scene.enter(first, end, frozenset())
            _attribute(scene, cues[here:at])
    free = _free(scene)
    if free:
        _continue_quotes(scene, free)
        _stand_alone(scene, free)
    return scene.found


def _attribute(scene: Scene, cues: Sequence[int]) -> None:
    """Record the attributions of the sentence that the scene is at, whose possible cues are `cues`."""
    words = scene.page.words
    usable = [i for i in cues if cuewords.usable(scene, i, words[i])]
    if len(usable) > 1:  # a cue cuts a content that begins behind another one: the first has none to cut
        scene.cuts = frozenset([cuewords.cut_before(scene, i) for i in usable[1:]])
    for i in usable:
        _CONSTRUCTIONS.get(words[i], verbal.attribute)(scene, i)
    if len(usable) < len(cues):
        for i in cues:
            if words[i] == ":" and i not in usable:
                _announced(scene, i, attributed=bool(usable))


def _announced(scene: Scene, at: int, *, attributed: bool) -> None:
    """Record what only the colon at `at` announces: a quotation ("Marn went further: “…”"), or a clause ("Marn to the
    crews: the line must close").

    A clause counts only in a sentence that is not `attributed` otherwise.
    """
    page, after = scene.page, at + 1
    if at == scene.first or after >= len(page.words):
        return
    quote = page.inside[after]
    if quote and quote not in scene.taken:
        source = scene.recent.source if scene.recent is not None else subject(scene)
        scene.add(Found([(after, reach.behind_quote(page, after))], source, [], "say", "announced", ":"))
    elif not quote and not attributed and after + 2 < scene.end and not page.words[after][0].isdigit():
        content = (after, reach.finish(page, after, scene.end, scene.cuts))
        scene.add(Found([content], subject(scene), [], "say", "headed", ":"))


def _free(scene: Scene) -> list[tuple[int, Quoted]]:
    """Return the quotations that belong to no attribution and begin a sentence, with their numbers."""
    ends, taken = dict(scene.page.sentences), scene.taken
    quotes = enumerate(scene.page.quotes, start=1)
    return [(number, quote) for number, quote in quotes if number not in taken and quote.first in ends]


def _continue_quotes(scene: Scene, free: Sequence[tuple[int, Quoted]]) -> None:
    """Give each of the `free` quotations to the attribution before it, in its paragraph or the one before."""
    page = scene.page
    ends = sorted(
        [
            (max(f.content[-1][1], f.cue[-1][1] if f.cue else 0), i)
            for i, f in enumerate(scene.found)
            if f.inside is None and f.pattern != "headed"
        ]
    )
    at = -1
    for number, quote in free:
        while at + 1 < len(ends) and ends[at + 1][0] <= quote.first:
            at += 1
        if at < 0:
            continue
        owner = scene.found[ends[at][1]]
        gap = bisect_right(page.edges, quote.first) - bisect_right(page.edges, ends[at][0] - 1)
        if gap == 0 or (gap == 1 and quote.first in page.breaks and _quotes(page, owner)):
            owner.content.append((quote.first, quote.last + 1))
            scene.taken.add(number)
            ends[at] = (quote.last + 1, ends[at][1])


def _stand_alone(scene: Scene, free: Sequence[tuple[int, Quoted]]) -> None:
    """Record each of the `free` quotations that is still so and a sentence of its own: who says it, only the context
    can tell.
    """
    for number, quote in free:
        long = quote.last - quote.first >= _SHORTEST_QUOTE
        if number not in scene.taken and long and scene.page.words[quote.last - 1] in ENDERS:
            scene.found.append(Found([(quote.first, quote.last + 1)], None, [], "say", "standing", ""))


def _quotes(page: Words, found: Found) -> bool:
    """Whether the content of `found` has words in quotation marks."""
    return any(page.inside[first] or page.inside[last - 1] for first, last in found.content)


def in_offsets(page: Words, found: Found) -> Attribution:
    """Return what `search` found in `page` in offsets of its text."""
    return Attribution(
        _fragments(page, found.content),
        _fragment(page, found.source),
        _fragments(page, found.cue),
        found.frame,
        found.pattern,
        found.verb,
        _fragment(page, found.complementiser) if found.complementiser else (),
        _fragment(page, found.relative) if found.relative else (),
        tuple([_fragment(page, span) for span in found.via]) if found.via else (),
        found.inside,
    )


def _fragment(page: Words, span: Range | None) -> Fragments:
    """Return `span`, a range of words, as the only fragment, or none."""
    if span is None or span[0] >= span[1]:
        return ()
    first, last = span[0], span[1] - 1
    return (Fragment(page.starts[first], page.starts[last] + len(page.words[last])),)


def _fragments(page: Words, ranges: Sequence[Range]) -> Fragments:
    """Return `ranges` of words as fragments; those that only white space parts are one, but not over a line's end."""
    if len(ranges) == 1:  # as nearly all are
        return _fragment(page, ranges[0])
    found: list[Fragment] = []
    for start, end in sorted([(page.starts[first], page.end(last - 1)) for first, last in ranges if first < last]):
        gap = page.text[found[-1].end : start] if found else "-"
        if not gap.strip() and "\n" not in gap:
            found[-1] = Fragment(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Fragment(start, end))
    return tuple(found)
