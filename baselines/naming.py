"""Names: the runs of capitalised words in a text, with what the words around them tell.

A *run* is the longest row of words with capitals, small words between them only where names have them ("Ministry of
Health", "van der Linden"); titles in front are kept apart from the *core*. A word that has its capital from the
beginning of the sentence alone is no name unless the text has it elsewhere. What this cannot do: tell a person from a
place where nothing around the name does, or see a name that is written without capitals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from onrecord.baselines import nouns
from onrecord.baselines.kinds import ENDERS, kind_of
from onrecord.baselines.lexicon import DAYS, word_set
from onrecord.baselines.phrases import Range, kinds_of
from onrecord.baselines.words import Words

_PARTICLES: Final = word_set("de van von der den bin ibn al el la le du di da dos ben zu af")
_LINKS: Final = word_set("of for and the & on in")
_NO_NAMES: Final = DAYS | word_set(
    "January February March April June July August September October November December Jan. Feb. Aug. Sept. Oct."
    " Nov. Dec. I God OK Former Retired Interim Acting Longtime Mondays Tuesdays Wednesdays Thursdays Fridays"
    " Saturdays Sundays"
)
_PLACE_WORDS: Final = word_set("in near across outside inside throughout around")
_HEADLINE: Final = 25
"""The most words of a headline."""
_LONGEST_ACRONYM: Final = 8
_LONGEST: Final = 12
"""The most words of a name."""


@dataclass(frozen=True, slots=True)
class Name:
    """One run: word indices of the whole and of its core, and what surrounds it.

    `titled` says that a title precedes the core or is part of the run; `role` is the noun of a person beside it
    ("spokesman Ned Price", "Price, the spokesman"); `placed` says that it stands behind a preposition of place,
    `article` and `possessive` that *the* precedes and 's follows.
    """

    whole: Range
    core: Range
    words: tuple[str, ...]
    titled: bool
    role: str
    placed: bool
    article: bool
    possessive: bool


def names(page: Words) -> list[Name]:
    """Return the names of `page`, in order; a title without a name is none."""
    kinds = kinds_of(page)
    first_words = _first_words(page)
    seen = {w for i, w in enumerate(page.words) if w[0].isupper() and i not in first_words}
    small = {w for w in page.words if w[0].islower()}
    found = []
    headlines = _headlines(page)
    for first, end in _runs(page, kinds, first_words):
        name = _name(page, first, end)
        if name is None or first in headlines:
            continue
        word = page.words[first]
        explained = end - first == 1 and first in first_words and word not in seen
        if not explained or not (word.lower() in small or kinds[first] == "v" or nouns.is_plural(word.lower())):
            found.append(name)
    return found


def _headlines(page: Words) -> frozenset[int]:
    """Return the indices of words in paragraphs without a full stop whose words have capitals nearly throughout."""
    found: set[int] = set()
    for first, end in pairwise([*page.edges, len(page.words)]):
        letters = [word for word in page.words[first : min(end, first + _HEADLINE)] if word[0].isalpha()]
        capitals = sum(word[0].isupper() for word in letters)
        if end - first <= _HEADLINE and len(letters) > 4 and page.words[end - 1] not in ENDERS | {"”", '"', "''"}:
            found.update(range(first, end) if capitals > 0.6 * len(letters) else ())
    return frozenset(found)


def _first_words(page: Words) -> frozenset[int]:
    """Return the indices of words that begin a sentence, or a quotation."""
    firsts = set()
    for first, end in page.sentences:
        at = first
        while at < end and not page.words[at][0].isalnum():
            at += 1
        firsts.add(at)
    return frozenset(firsts | {quote.first + 1 for quote in page.quotes})


def _runs(page: Words, kinds: list[str], first_words: frozenset[int]) -> Iterator[Range]:
    words, at, count = page.words, 0, len(page.words)
    while at < count:
        if not _begins(words, kinds, at, first_words):
            at += 1
            continue
        end = at + 1
        while end < count and end - at < _LONGEST:
            step = _step(page, kinds, at, end)
            if not step:
                break
            end += step
        yield at, end
        at = end


def _begins(words: list[str], kinds: list[str], at: int, first_words: frozenset[int]) -> bool:
    word = words[at]
    if not word[0].isupper() or word in _NO_NAMES or (word.isupper() and len(word) > _LONGEST_ACRONYM):
        return False
    if at in first_words and kind_of(word.lower()) not in "nv":
        return False
    followed = at + 1 < len(words) and words[at + 1][0].isupper() and words[at + 1] not in _NO_NAMES
    return kinds[at] == "n" or (kinds[at] == "v" and (followed or at not in first_words))


def _step(page: Words, kinds: list[str], first: int, at: int) -> int:
    """Return how many words the run from `first` to `at` (exclusive) goes on by: 0 where it ends."""
    words, count = page.words, len(page.words)
    if page.inside[at] != page.inside[first] or at in page.breaks:
        return 0
    word = words[at]
    if _capital(word) and not (kinds[at] in "drs" and word != "May"):
        return 1
    if word in _PARTICLES and at + 1 < count and _capital(words[at + 1]):
        return 1
    if word not in _LINKS:
        return 0
    here = words[first:at]
    linking = any(w in nouns.INSTITUTION_NAMES for w in here) or (word == "of" and here[-1] == "Secretary")
    if word in ("and", "&") and not ("of" in here or "for" in here or word == "&"):
        linking = False
    if not linking or (word in ("on", "in", "for") and "of" not in here and here[-1] not in nouns.INSTITUTION_NAMES):
        return 0
    ahead = at + 1 + (at + 1 < count and words[at + 1] == "the")
    return ahead + 1 - at if ahead < count and _capital(words[ahead]) and ahead not in page.breaks else 0


def _capital(word: str) -> bool:
    return word[0].isupper() and word not in _NO_NAMES


def _name(page: Words, first: int, end: int) -> Name | None:
    words = page.words
    core = _core(words, first, end)
    if core >= end:
        return None
    before = words[first - 1] if first else ""
    role = _role_beside(page, core if core > first else first, end)
    return Name(
        whole=(first, end), core=(core, end), words=tuple(words[core:end]), titled=core > first, role=role,
        placed=before in _PLACE_WORDS or (before in ("the", "The") and first > 1 and words[first - 2] in _PLACE_WORDS),
        article=before in ("the", "The"),
        possessive=end < len(words) and words[end] in ("'s", "’s"),
    )  # fmt: skip


def _core(words: list[str], first: int, end: int) -> int:
    """Return where the name begins behind its titles: the whole run where it is an institution's."""
    strong = [
        at
        for at in range(first, end)
        if words[at] in nouns.TITLES
        and not (words[at] in nouns.WEAK_TITLES and at + 1 < end and words[at + 1] not in nouns.TITLES)
    ]
    if not strong:
        return first
    core = strong[-1] + 1
    if words[core : core + 1] == ["of"]:  # Secretary of State
        core += 2
    return first if any(word in nouns.INSTITUTION_NAMES for word in words[core:end]) else core


def _role_beside(page: Words, first: int, end: int) -> str:
    """Return the noun of a person that stands before a name or in the apposition behind it, or nothing."""
    words = page.words
    before = first - 2 if first > 1 and words[first - 1] == "," else first - 1
    if before >= 0 and first not in page.breaks and nouns.is_role(words[before]):
        return words[before]
    if end + 1 < len(words) and words[end] in (",", "("):
        if words[end + 1] == "who":
            return "person"
        for at in range(end + 1, min(end + 10, len(words))):
            if words[at] in (",", ".", ";", ")") or at in page.breaks:
                break
            if nouns.is_role(words[at]):
                return words[at]
    return "person" if end < len(words) and words[end] == "who" else ""
