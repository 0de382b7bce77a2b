"""On which side: what words lean to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.baselines import siding
from onrecord.baselines.mentions import Index
from onrecord.baselines.siding import role, sides
from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.vocabulary import KINDS, STANCES

TARGET = "The fare should stay open to all."
ORSK = Agent("orsk", "Mella Orsk", "person", "named", "ferry-board")
BOARD = Agent("ferry-board", "the Ferry Board", "institution", "named")
HALE = Agent("hale", "Tam Hale", "person", "named")
BOOK = Codebook(
    "ferry", "Ferries", "Invented.", "test", True, (ORSK, BOARD, HALE), (Topic("fare", "Fare", "F.", TARGET),)
)
FAVOR, AGAINST, NEUTRAL = (STANCES.index(name) for name in ("favor", "against", "neutral"))


def leaning(words, kind="statement", verb="say", speaker=HALE):
    return sides(words, TARGET, verb, kind, speaker, "other")[FAVOR]


@given(st.text(max_size=60), st.sampled_from(KINDS), st.sampled_from(["say", "warn", "praise", ""]))
def test_what_speaks_for_one_side_speaks_as_much_against_the_other(words, kind, verb):
    found = sides(words, TARGET, verb, kind, ORSK, "of")
    assert found[AGAINST] == {name: -value for name, value in found[FAVOR].items()}
    assert not found[NEUTRAL].keys() & found[FAVOR].keys()


def test_a_negation_turns_words_about_and_two_turn_them_back():
    plain, once, twice = (leaning(words) for words in ("it stays", "it never stays", "nobody says it never stays"))
    assert (plain["lean.same"], once["lean.same"], twice["lean.same"]) == (1, -1, 1)


@pytest.mark.parametrize(
    ("words", "sign", "value"),
    [
        ("it should be closed", "lean.same", -1),
        ("it is unfair", "lean.value", -1),
        ("only after the board has answered", "lean.condition", -1),
        ("ferries would be better than a bridge", "lean.compared", -1),
        ("we will stay", "lean.self", 1),
    ],
)
def test_words_lean_by_their_class(words, sign, value):
    assert leaning(words)[sign] == value


def test_a_cue_that_judges_leans_and_a_refusal_leans_nowhere():
    assert (leaning("the fare", verb="condemn")["lean.cue"], leaning("the fare", verb="praise")["lean.cue"]) == (-1, 1)
    assert leaning("whether it must stay open", kind="refusal") == {}


def test_a_figure_speaks_for_no_side():
    assert sides("four hundred crowns", TARGET, "say", "statement", HALE, "other")[NEUTRAL]["even.figure.plain"] == 1


@pytest.mark.parametrize(
    ("target", "expected"),
    [("The Ferry Board should pay.", "of"), ("Mella Orsk should go.", "itself"), ("Tam Hale is right.", "other")],
)
def test_a_speaker_is_named_in_the_target_or_of_a_house_that_is_or_neither(target, expected):
    assert role(Index(BOOK), "orsk", target) == expected


def test_no_speaker_is_no_part_of_a_target():
    assert role(Index(BOOK), "", TARGET) == "other"


@given(
    st.lists(
        st.sampled_from(["stop", "must", "never", "open", "until", "we", "will", "three", "May", "unfair", "the"])
    ),
    st.sampled_from(KINDS),
)
def test_words_lean_alike_in_capitals(words, kind):
    text = " ".join(words)
    assert sides(text.upper(), TARGET, "say", kind, HALE, "other") == sides(text, TARGET, "say", kind, HALE, "other")


def test_classes_of_words_are_written_in_small_letters_in_which_they_are_looked_for():
    classes = [value for value in vars(siding).values() if isinstance(value, re.Pattern)]
    assert len(classes) > 9
    for pattern in classes:
        assert re.sub(r"\\[A-Za-z]", "", pattern.pattern).islower()
