"""How far a content reaches: the marks at which it may end are found by sort, and are those that a walk would find."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from onrecord.baselines import reach
from onrecord.baselines.words import Words, read

PIECES = [
    "Orsk",
    "said",
    "adding",
    "Adding",
    "according",
    "that",
    "and",
    ",",
    ";",
    "(",
    ")",
    ".",
    ":",
    "“",
    "”",
    "\n\n",
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map(" ".join)


def walked(page: Words, first: int, end: int) -> int:
    """Return where the reporter takes over behind word `first`, looking at each word."""
    at = first + 1
    while at < end:
        if page.words[at] in (";", ")", ",") and not page.inside[at] and reach._breaks_off(page, at, first):
            break
        at += 1
    return at


@given(TEXTS, st.integers(0, 40), st.integers(0, 50))
@example("Orsk said that , adding", 0, 5)
@example("Orsk said that , Orsk , adding", 0, 7)
def test_the_reporter_takes_over_where_a_walk_over_the_words_finds_it(text: str, first: int, end: int) -> None:
    page = read(text)
    if page.words:
        first, end = first % len(page.words), end % (len(page.words) + 1)
        assert reach._turn(page, first, end) == walked(page, first, end)


TIMES = [
    "last",
    "this",
    "that",
    "earlier",
    "there",
    "here",
    "two",
    "days",
    "week",
    "Monday",
    "ago",
    "later",
    ",",
    "Orsk",
]


@given(st.lists(st.sampled_from(TIMES), min_size=1, max_size=6))
def test_a_time_is_looked_for_wherever_one_may_begin(words: list[str]) -> None:
    if reach._past_time(words, 0, len(words)) > 0:
        assert words[0] in reach._TIMES or words[1] in reach._TIME_NOUNS


@given(TEXTS, st.frozensets(st.integers(-1, 40), max_size=3))
def test_no_content_goes_over_a_cut_behind_its_first_word(text: str, cuts: frozenset[int]) -> None:
    page = read(text)
    for first, end in page.sentences:
        last = reach.finish(page, first, end, cuts)
        assert first < last <= end
        assert not any(first < cut < last for cut in cuts)
