"""How far a content reaches: where it begins behind a cue or in front of one, and where it ends.

All positions are word indices, ranges half-open. The limits of a content are those of its sentence, cut where another
attribution takes over ("…, adding that …", "… and accused …", "…, according to …"). What this cannot do: see where the
reporter takes over without a comma or a cue ("… said he would go before the train left").
"""

from __future__ import annotations

from typing import Final

from onrecord.baselines import lexicon
from onrecord.baselines.kinds import ENDERS
from onrecord.baselines.lexicon import word_set
from onrecord.baselines.phrases import Range, adverb, is_name
from onrecord.baselines.words import Words

_ADJUNCTS: Final = word_set(
    "in on at during after before to from by via through with of last late early when while for as"
)
_ADJUNCT_LONGEST: Final = 18
_PHRASE_LONGEST: Final = 24
CONTENT_LONGEST: Final = 400
"""Bounds in words: no scan runs over a whole text that has no full stop."""
_QUESTIONS: Final = word_set("whether how what why if who when where which that to")
_NO_CONTENT: Final = (
    ENDERS | {",", ";", ")", "—", "–"} | word_set("as when while after before because since although though")
)
_TURNS: Final = frozenset([";", ")", ","])
"""Marks at which the reporter may take over."""
_LOOSE_ENDS: Final = lexicon.COORDINATORS | frozenset(".,;:!?…—–)")
"""What a content does not end with, outside quotation marks."""
_TIME_NOUNS: Final = word_set(
    "week month year morning night evening afternoon summer spring fall winter weekend day time Monday Tuesday"
    " Wednesday Thursday Friday Saturday Sunday January February March April May June July August September"
    " October November December days weeks months years hours"
)
_TIME_OPENERS: Final = word_set("last this next that late early earlier later")
_TIMES: Final = _TIME_OPENERS | {"there", "here"}
"""What a time without a preposition begins with, if not with a number of days."""


def begin(page: Words, kinds: list[str], first: int, end: int, *, hearer: bool) -> tuple[int | None, Range | None]:
    """Return where the content begins behind a cue that ends before `first`, and the range of the hearer, if any.

    The start is None where no content follows the cue within the sentence, which ends at `end`.
    """
    words = page.words
    at, heard = first, None
    while at < end and kinds[at] in "an" and adverb(page, kinds, at):
        at += 1
    if hearer:
        at, heard = _hearer(page, kinds, at, end)
    at = past_adjuncts(page, kinds, at, end)
    if at + 1 < end and kinds[at] == "," and words[at] in (":", ",", "-", "—", "–"):
        if words[at] != ":" and not page.inside[at + 1] and words[at + 1] != "that":
            return None, heard
        at += 1
    if at >= end or words[at] in _NO_CONTENT or (words[at] == ":" and at + 1 == end):
        return None, heard
    return at, heard


def _hearer(page: Words, kinds: list[str], first: int, end: int) -> tuple[int, Range | None]:
    """Skip the hearer that begins at `first`: one pronoun, or a noun phrase up to where a clause begins."""
    words, inside = page.words, page.inside
    if first < end and (kinds[first] == "o" or words[first] in ("you", "it", "her")):
        possessive = words[first] == "her" and first + 1 < end and kinds[first + 1] == "n"
        if not possessive:
            return first + 1, (first, first + 1)
    at, end = first, min(end, first + _PHRASE_LONGEST)
    while at < end and not inside[at]:
        kind, word = kinds[at], words[at]
        if kind in "r,tx" or word in _QUESTIONS:
            break
        if at > first and _clause_begins(page, kinds, at):
            break
        if kind == "p" and word in _ADJUNCTS and word not in ("of", "for", "from", "at"):
            break
        at += 1
    return at, ((first, at) if at > first else None)


def _clause_begins(page: Words, kinds: list[str], at: int) -> bool:
    """Whether a subject may begin at `at`, directly behind a finished noun phrase."""
    words = page.words
    if kinds[at - 1] in "pd" or words[at - 1] in ("'s", "’s", "and"):
        return False
    if kinds[at] == "d":
        return True
    return is_name(words[at]) and not is_name(words[at - 1])


def past_adjuncts(page: Words, kinds: list[str], first: int, end: int) -> int:
    """Skip times, places and occasions behind a cue ("on Tuesday", "in a statement")."""
    at, words = first, page.words
    while at < end:
        word = words[at]
        if word in _TIMES or (at + 2 < end and words[at + 1] in _TIME_NOUNS):
            past = _past_time(words, at, end)
            if past > at:
                at = past
                continue
        if kinds[at] == "t" and word not in _TIME_OPENERS:
            at += 1
        elif word in _ADJUNCTS and not page.inside[at] and word != "for":
            past = _past_phrase(page, kinds, at, end)
            if past == at:
                return at
            at = past
        else:
            return at
    return at


def _past_time(words: list[str], at: int, end: int) -> int:
    """Return where a time without a preposition ends ("last week", "earlier this year", "two days ago"), or `at`
    where there is none.
    """
    first = at
    if words[at] in ("there", "here") and at + 1 < end and words[at + 1] in ("that", ","):
        return at + 1
    while at < end and words[at] in _TIME_OPENERS:
        at += 1
    if at > first and at < end and words[at] in _TIME_NOUNS:
        return at + 1
    if (
        first + 2 < end
        and words[first + 1] in _TIME_NOUNS
        and words[first + 2] in ("ago", "earlier", "later", "before")
    ):
        return first + 3
    return at if at > first and words[first] in ("earlier", "later") else first


def _past_phrase(page: Words, kinds: list[str], first: int, end: int) -> int:
    """Return where the prepositional phrase at `first` is over: at a complementiser, a mark, a pronoun, a time or a
    new subject.
    """
    words, inside = page.words, page.inside
    if words[first] == "to" and first + 1 < end and kinds[first + 1] == "v":
        return first
    for at in range(first + 1, min(end, first + _ADJUNCT_LONGEST)):
        kind, word = kinds[at], words[at]
        if inside[at] or word in (",", ":", ";", "that", "—", "–") or word in ENDERS:
            return at
        if kind in "rx" and at > first + 1:
            return at if kind == "r" else _subject_start(page, kinds, at, first)
        if kind == "t" or (kind == "p" and word in _ADJUNCTS and at > first + 1):
            return at
    return first if first + _ADJUNCT_LONGEST < end else end


def _subject_start(page: Words, kinds: list[str], verb: int, floor: int) -> int:
    """Return where the subject of the auxiliary at `verb` begins, no earlier than two words behind `floor`."""
    for at in range(verb - 1, floor + 1, -1):
        if _clause_begins(page, kinds, at):
            return at
    return min(floor + 2, verb - 1) if verb - 1 > floor else verb


def finish(page: Words, first: int, end: int, cuts: frozenset[int]) -> int:
    """Return where the content that begins at `first` ends: at a cut, or with the sentence, without its final mark."""
    words, inside = page.words, page.inside
    if end - first > CONTENT_LONGEST:
        end = first + CONTENT_LONGEST
    if cuts:
        end = min([end, *[cut for cut in cuts if cut > first]])
    last = _turn(page, first, end)
    while last > first + 1 and not inside[last - 1] and words[last - 1] in _LOOSE_ENDS:
        if words[last - 1] == ")" and "(" in words[first:last]:
            break
        last -= 1
    return last


def _turn(page: Words, first: int, end: int) -> int:
    """Return the first mark behind word `first` at which the reporter takes over, or `end`, but no less than a word."""
    at = page.sorts.find(",", first + 1, end)
    while at >= 0:
        if page.words[at] in _TURNS and not page.inside[at] and _breaks_off(page, at, first):
            return at
        at = page.sorts.find(",", at + 1, end)
    return end if end > first else first + 1


def _breaks_off(page: Words, at: int, first: int) -> bool:
    """Whether the reporter plainly takes over at the mark at `at`, one of `_TURNS`."""
    word = page.words[at]
    if word == ";":
        return True
    if word == ")":
        return "(" not in page.words[first:at]
    if at - first < 2 or at + 1 >= len(page.words):
        return False
    after = page.words[at + 1]
    if after == "according":
        return True
    found = lexicon.VERBS.get(after)
    return found is not None and found[1] == "ing"


def behind_quote(page: Words, at: int) -> int:
    """Return the end of the run of quotations that begins with the one at word `at`, all in one paragraph."""
    quote = page.quotes[page.inside[at] - 1]
    last = quote.last + 1
    while last < len(page.words) and page.inside[last] and last not in page.breaks and page.words[last - 2] in ENDERS:
        last = page.quotes[page.inside[last] - 1].last + 1
    return last


def is_direct(page: Words, at: int, cue_end: int, end: int) -> bool:
    """Whether the quotation at word `at`, behind a cue, is the whole content and not the beginning of a clause."""
    quote = page.quotes[page.inside[at] - 1]
    if quote.open:
        return True
    if page.words[quote.last - 1] in ENDERS or page.words[quote.last - 1] == ",":
        return True
    if quote.last + 1 >= end:
        return True
    return at > cue_end and page.words[at - 1] in (",", ":") and page.words[quote.last + 1] in ".,;"
