"""Noun phrases: a look at the kind of a word first misses nothing that the words themselves tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.baselines import kinds, phrases
from onrecord.baselines.phrases import adverb, kinds_of
from onrecord.baselines.words import read

PIECES = ["Orsk", "the", "board", "himself", "quickly", "Emily", "also", "Also", "late", "on", "On", "Tuesday", "today"]
PIECES += ["'s", "’", "of", "said", "and", "who", ",", ")", "she", "in"]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (phrases._REFLEXIVES, "o"),
        (phrases._RELATIVES, "s"),
        (phrases._NAME_PREPOSITIONS, "p"),
        (phrases._POSSESSIVES, ",x"),
        (phrases._TITLES, "n"),
    ],
)
def test_the_words_that_are_looked_for_behind_a_kind_are_of_that_kind(words: frozenset[str], kind: str) -> None:
    assert {kinds.kind_of(word) for word in words} <= {*kind}


@given(TEXTS, st.integers(0, 12), st.integers(0, 12))
def test_what_stands_between_a_phrase_and_its_verb_is_skipped_word_by_word(text: str, floor: int, end: int) -> None:
    page = read(text)
    words, kind = page.words, kinds_of(page)
    floor, end = min(floor, len(words)), min(end, len(words))
    at = end
    while at > floor and (kind[at - 1] == "t" or words[at - 1] in phrases._REFLEXIVES or adverb(page, kind, at - 1)):
        at -= 1
        if kind[at] == "t" and at > floor and words[at - 1] in ("on", "On", "late", "early"):
            at -= 1
    assert phrases._skip_back(page, kind, end, floor) == at


@given(TEXTS, st.integers(0, 12), st.integers(0, 12))
def test_a_phrase_begins_with_no_mark_preposition_time_adverb_or_possessor(text: str, first: int, end: int) -> None:
    page = read(text)
    words, kind = page.words, kinds_of(page)
    first, end = min(first, len(words)), min(end, len(words))
    loose = [kind[i] in "pt," or words[i] in phrases._POSSESSIVES or adverb(page, kind, i) for i in range(len(words))]
    begin = next((i for i in range(first, end) if not loose[i]), None)
    assert phrases._trimmed(page, kind, first, end) == (None if begin is None else (begin, end))
