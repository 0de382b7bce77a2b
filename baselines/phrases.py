"""Noun phrases around a cue, found without a parser: by the small words and marks that a noun phrase cannot contain.

A phrase is a half-open range of word indices. Every word has a one-letter kind (`onrecord.baselines.kinds`); the scans
below walk over kinds and stop where a noun phrase must have begun or ended. What this cannot do: see a verb that is
neither an auxiliary nor in the cue lexicon, so a phrase may begin too early ("the man who ran the firm" is caught by
its *who*, "reporters asked aides" is not).
"""

from __future__ import annotations

from typing import Final

from onrecord.baselines.kinds import coarse
from onrecord.baselines.lexicon import word_set
from onrecord.baselines.words import Words

Range = tuple[int, int]

_POSSESSIVES: Final = frozenset(["'s", "’s", "'", "’"])
_NAME_PREPOSITIONS: Final = word_set("of in for at from on with to by against")
_TITLES: Final = word_set("Mr Mr. Ms Ms. Mrs Mrs. Miss Dr Dr.")
_REFLEXIVES: Final = word_set("himself herself themselves itself")
_RELATIVES: Final = frozenset(["who", "which"])
_LONGEST: Final = 22


def kinds_of(page: Words) -> list[str]:
    """Return the kind of each word of `page`."""
    return coarse(page.sorts)


def is_name(word: str) -> bool:
    """Whether `word` is written with a capital or begins with a digit."""
    return not word[0].islower() and word[0].isalnum()


def adverb(page: Words, kinds: list[str], at: int) -> bool:
    """Whether word `at` is an adverb (listed, or ending in -ly)."""
    kind = kinds[at]
    if kind != "n":
        return kind == "a"
    word = page.words[at]
    return word.endswith("ly") and word[0].islower()


def before(page: Words, kinds: list[str], end: int, floor: int) -> Range | None:
    """Return the noun phrase that ends at `end` (exclusive) and does not begin before `floor`, with its apposition, or
    None.

    A relative clause between the phrase and `end` is left out; a time ("on Tuesday"), an adverb or a reflexive is
    skipped.
    """
    words = page.words
    end = _skip_back(page, kinds, end, floor)
    last = end - 1
    if last < floor:
        return None
    kind = kinds[last]
    if kind == "s" and words[last] in _RELATIVES:
        return _core(page, kinds, last - (words[last - 1] == ","), floor) if last > floor else None
    if kind == "," and words[last] in (",", ")", "—", "–"):
        return _with_apposition(page, kinds, last, floor)
    found = _core(page, kinds, end, floor)
    if found is not None and found[0] > floor and words[found[0] - 1] in _RELATIVES:
        comma = words[found[0] - 2] == ","
        return _core(page, kinds, found[0] - 1 - comma, floor)
    return found


def _skip_back(page: Words, kinds: list[str], end: int, floor: int) -> int:
    words = page.words
    while end > floor and (
        (kind := kinds[end - 1]) in "ta"
        or (kind == "n" and adverb(page, kinds, end - 1))
        or (kind == "o" and words[end - 1] in _REFLEXIVES)
    ):
        end -= 1
        if kind == "t" and end > floor and words[end - 1] in ("on", "On", "late", "early"):
            end -= 1
    return end


def _with_apposition(page: Words, kinds: list[str], last: int, floor: int) -> Range | None:
    """Return the phrase whose apposition ends with the mark at `last`."""
    words, inside = page.words, page.inside
    opener = "(" if words[last] == ")" else words[last]
    openers = [i for i in range(last - 1, max(floor, last - _LONGEST), -1) if words[i] == opener and not inside[i]]
    heads = [(at, head) for at in openers if (head := _core(page, kinds, at, floor)) is not None]
    if not heads:
        return None
    anchored = [pair for pair in heads if pair[1][0] == floor or inside[pair[1][0] - 1]]
    at, head = (anchored or heads)[0]
    # A relative clause or a participle is not part of the phrase; an apposition is.
    first = words[at + 1]
    bare = kinds[at + 1] in "spxatc" or first.endswith("ing") or any(kinds[i] == "x" for i in range(at + 1, last))
    return head if bare else (head[0], last + (opener == "("))


def _core(page: Words, kinds: list[str], end: int, floor: int) -> Range | None:
    words, inside = page.words, page.inside
    at, stop = end, end - _LONGEST
    if stop < floor:
        stop = floor
    while at > stop and not inside[at - 1] and not (at < end and words[at] in _TITLES):
        kind = kinds[at - 1]
        if kind == "r" and at == end:
            return at - 1, end
        if not (
            kind == "n"
            or kind == "d"
            or (kind == "p" and at < end and words[at - 1] in _NAME_PREPOSITIONS)
            or _within_phrase(words, kinds, at - 1, (stop, end))
        ):
            break
        at -= 1
    return _trimmed(page, kinds, at, end)


def _within_phrase(words: list[str], kinds: list[str], at: int, bounds: Range) -> bool:
    """Whether word `at`, no plain noun, still belongs to the phrase behind it: it joins names, marks a possessor, or
    is a noun after all.
    """
    if _joins(words, kinds, at, bounds[1]):
        return True
    if at <= bounds[0]:
        return False
    return words[at] in _POSSESSIVES or (kinds[at] == "v" and (kinds[at - 1] == "d" or words[at - 1] in _POSSESSIVES))


def _joins(words: list[str], kinds: list[str], at: int, end: int) -> bool:
    """Whether word `at` joins two names (and, &, the comma of a party or a state)."""
    if not 0 < at < end - 1:
        return False
    return (
        words[at] in ("and", "&", "/", "-")
        and is_name(words[at - 1])
        and is_name(words[at + 1])
        and kinds[at + 1] == "n"
    )


def _trimmed(page: Words, kinds: list[str], first: int, end: int) -> Range | None:
    words = page.words
    while first < end and (
        (kind := kinds[first]) in "apt,"
        or (kind == "n" and adverb(page, kinds, first))
        or (kind == "x" and words[first] in _POSSESSIVES)
    ):
        first += 1
    return (first, end) if first < end else None


def after(page: Words, kinds: list[str], first: int, ceiling: int) -> Range | None:
    """Return the noun phrase that begins at `first` and ends before `ceiling`, with a short apposition, or None."""
    words = page.words
    if first >= ceiling or kinds[first] in ",xscv" or page.inside[first]:
        return None
    if kinds[first] == "r":
        return first, first + 1
    at = first
    while at < ceiling and not _ends_phrase(page, kinds, at, first):
        at += 1
    if at < ceiling and words[at] == "," and at - first <= 6:
        at = _apposition(page, kinds, at, ceiling)
    while at > first and kinds[at - 1] in "pdtac":
        at -= 1
    return (first, at) if at > first else None


def _ends_phrase(page: Words, kinds: list[str], at: int, first: int) -> bool:
    kind, word = kinds[at], page.words[at]
    if page.inside[at]:
        return page.inside[at - 1] != page.inside[at]
    if kind == "v":
        return kinds[at - 1] != "d" if at > first else True
    if kind == "c":
        return not _joins(page.words, kinds, at, at + 3)
    if kind == "x":
        return word not in _POSSESSIVES
    if kind == "p":
        return word not in _NAME_PREPOSITIONS
    return kind in ",srto"


def _apposition(page: Words, kinds: list[str], comma: int, ceiling: int) -> int:
    """Return where the apposition ends that the comma opens, or the comma where it opens none."""
    words = page.words
    if comma + 1 >= ceiling or kinds[comma + 1] not in "dn" or words[comma + 1].endswith("ing"):
        return comma
    at = comma + 1
    while at < ceiling and words[at] not in (",", ".", ";", ":") and kinds[at] not in "sxr" and not page.inside[at]:
        at += 1
    return at if at >= ceiling or words[at] in (",", ".", ";") else comma
