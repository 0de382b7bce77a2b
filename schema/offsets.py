"""Fragments against their text: order, bounds, characters, white space.

Offsets are half-open and count Unicode code points. The fast verdict and the explanation are two functions, because a
scorer asks the first for a million fragments and the second for a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from onrecord.schema.incidents import Incident, shown

Json = Mapping[str, Any]

# No two code points of these blocks join to one grapheme cluster, and nearly every text is made of them alone.
_JOINING = re.compile(
    "[^\x00-\x0c\x0e-\u02ff\u0370-\u0482\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u218f]"
)


@lru_cache(maxsize=8)
def character_borders(text: str) -> frozenset[int] | None:
    """Return the offsets between grapheme clusters (Unicode Annex 29), or None where every offset is one."""
    if _JOINING.search(text) is None:
        return None
    import regex

    return frozenset((0, *(match.end() for match in regex.finditer(r"\X", text))))


def sound(fragments: Sequence[Json], size: int, borders: frozenset[int] | None) -> bool:
    """Whether nothing is wrong with `fragments` in a text of `size` code points with these `character_borders`."""
    previous = 0
    for fragment in fragments:
        start, end = fragment["start"], fragment["end"]
        if type(start) is not int or type(end) is not int or not previous <= start < end <= size:
            return False
        if borders is not None and (start not in borders or end not in borders):
            return False
        previous = end
    return True


def check_fragments(text: str, fragments: Sequence[Json], pointer: str, *, tight: bool) -> Iterator[Incident]:
    """Yield what is wrong with `fragments` (of one field) of `text`; `tight` forbids white space at their edges."""
    borders = character_borders(text)
    if not sound(fragments, len(text), borders):
        yield from _explain_offsets(text, fragments, pointer, borders)
        return
    for number, fragment in enumerate(fragments):
        covered = text[fragment["start"] : fragment["end"]]
        if tight and covered != covered.strip():
            yield Incident("fragment-loose", shown(covered), "", pointer=f"{pointer}/{number}")
        if fragment.get("text", covered) != covered:
            detail = f"the report has {shown(covered)}"
            yield Incident("fragment-text-differs", shown(fragment["text"]), detail, pointer=f"{pointer}/{number}/text")


def check_offsets(fragments: Sequence[Json], pointer: str) -> Iterator[Incident]:
    """Yield what is wrong with `fragments` whose text is not at hand: that they are reversed or out of order."""
    yield from _explain_offsets(None, fragments, pointer, None)


def _explain_offsets(
    text: str | None, fragments: Sequence[Json], pointer: str, borders: frozenset[int] | None
) -> Iterator[Incident]:
    previous = 0
    for number, fragment in enumerate(fragments):
        start, end, place = fragment["start"], fragment["end"], f"{pointer}/{number}"
        value = f"[{start}, {end})"
        if type(start) is not int or type(end) is not int:  # JSON Schema takes 1.0 for an integer; no offset is one
            yield Incident("value-type", value, "expected integer", pointer=place)
        elif start >= end:
            yield Incident("fragment-reversed", value, pointer=place)
        elif text is not None and end > len(text):
            yield Incident("fragment-past-end", value, f"the text has {len(text)} code points", pointer=place)
        else:
            if start < previous:
                yield Incident("fragments-unordered", value, f"the one before ends at {previous}", pointer=place)
            if text is not None and borders is not None and not {start, end} <= borders:
                around = shown(text[max(start - 2, 0) : end + 2])
                yield Incident("fragment-splits-character", value, around, pointer=place)
            previous = max(previous, end)
