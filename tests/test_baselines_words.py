"""Words: where a text is cut, and that the quick ways to cut it are the plain ones."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.baselines import kinds, lexicon, words
from onrecord.baselines.marks import MARKS as MARKED
from onrecord.baselines.words import Lines, read

PLAIN = re.compile(
    rf"[DRI]-(?:[A-Z]\.[A-Za-z.]*|[A-Z][a-z]*\.)|(?:{words._ABBREVIATIONS})\.|(?:[A-Za-z]\.){{2,}}|[A-Z]\.(?=\s[A-Z])"
    r"|\w+(?:[.,]\d+|-\w+)*|['’](?:s|ve|re|d|ll|m|t|S)\b|(?<=\S)'(?=''(?!'))|''|\.\.\.|[^\w\s]"
)
"""What a word is, in the order in which it is tried, with nothing in front for the sake of speed."""
PIECES = ["Mr.", "vs.", "v.", "U.S.", "a.m.", "D-Calif.", "R-N.Y.", "J. Orsk", "Calif", "3.5", "1,000", "so-called"]
MARKS = ["“", "”", '"', "''", "'", "‘", "’", "’s", "'ve", "...", ".", ",", ";", ":", "—", "-", "(", ")", "!", "?"]
MARKS += ["....", "«", "»", "„", "–", "…", "`"]
SPACES = [" ", "  ", "\n", "\n\n", "\t", "\u2028", "\xa0"]
TEXTS = st.lists(st.sampled_from([*PIECES, *MARKS, *SPACES, "Orsk ", "said ", "a ", "vs", "é", "_", "7"])).map("".join)


@given(TEXTS | st.text())
def test_words_are_those_of_the_plain_expression_and_stand_where_they_say(text: str) -> None:
    page = read(text)
    assert page.words == PLAIN.findall(text)
    assert [text[start:end] for start, end in zip(page.starts, page.ends, strict=True)] == page.words
    assert "".join(page.words) == re.sub(r"\s", "", text)


SORTED = ["said", "Reports", "according", "According", "the", "he", "Monday", "and", "that", "not", *MARKS, *PIECES]


@given(st.lists(st.sampled_from(SORTED) | st.text(min_size=1)))
def test_a_sort_is_the_words_own_and_no_more_than_a_finer_kind(some: list[str]) -> None:
    sorts = kinds.sorts_of(some)
    assert kinds.coarse(sorts) == [kinds.kind_of(word) for word in some]
    may_attribute = {*lexicon.VERBS, *lexicon.ACCORDING, ":"}
    for sort, expected in ((kinds.MARK, MARKED), (kinds.ENDER, kinds.ENDERS), (kinds.CUE, may_attribute)):
        assert kinds.places(sort, sorts) == [at for at, word in enumerate(some) if word in expected]


@given(TEXTS)
def test_a_paragraph_begins_behind_every_line_end(text: str) -> None:
    page = read(text)
    after = {sum(end <= line for end in page.ends) for line, mark in enumerate(text) if mark == "\n"}
    assert page.breaks == {0} | after
    assert page.edges == sorted(page.breaks)


@given(TEXTS)
def test_sentences_cover_the_words_once_and_none_goes_over_a_paragraph(text: str) -> None:
    page = read(text)
    edges = [0, *(end for _, end in page.sentences)]
    assert page.sentences == list(pairwise(edges))
    assert edges[-1] == len(page.words)
    assert page.breaks <= {*edges}


@given(TEXTS, st.integers(0, 60))
def test_the_stretch_around_an_offset_is_the_last_that_begins_before_it(text: str, at: int) -> None:
    page = read(text)
    if page.words:
        stretches = [(page.starts[first], page.ends[end - 1]) for first, end in page.sentences]
        expected = stretches[max(bisect_right([start for start, _ in stretches], at) - 1, 0)]
        assert Lines(text).sentence(at) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sen. Ann Orsk (D-Calif.) v. Hale", ["Sen.", "Ann", "Orsk", "(", "D-Calif.", ")", "v.", "Hale"]),
        ("The vs. a fare", ["The", "vs.", "a", "fare"]),
        ("Up 3.5 per cent, she’d said.", ["Up", "3.5", "per", "cent", ",", "she", "’d", "said", "."]),
        ("Plan B. The end", ["Plan", "B.", "The", "end"]),
        ("at 5 p.m.\nThen", ["at", "5", "p.m.", "Then"]),
    ],
)
def test_abbreviations_figures_and_clitics_are_words(text: str, expected: list[str]) -> None:
    assert read(text).words == expected
