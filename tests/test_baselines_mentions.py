"""Mentions: names found in a text, whichever way it is searched, and who was named last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from onrecord.baselines.mentions import Index, index
from onrecord.baselines.speakers import Resolver
from onrecord.schema.codebook import Agent, Codebook

AGENTS = (
    Agent("mara-orsk", "Mara Orsk", "person", "named", "ferry-board", ("Orsk", "Ms Orsk", "the ferry-master")),
    Agent("ivo-orsk", "Ivo Orsk", "person", "named", None, ("Orsk",)),
    Agent("hale", "Hale", "person", "named", None, ("the mayor",)),
    Agent("ferry-board", "Ferry Board", "institution", "named", None, ("the Ferry Board", "the board", "Board-Line")),
)
NAMES: Index = index(Codebook("ferry-fares", "Fares", "Invented.", "train", True, AGENTS, ()))
WORDS = ["Mara", "Orsk", "Ms", "Ivo", "Hale", "Ferry", "Board", "board", "the", "The", "mayor", "ferry-master", "Line"]
JOINTS = [" ", " ", "-", "--", "\n", ". ", "’s ", "", "_"]
TEXTS = st.lists(st.tuples(st.sampled_from([*WORDS, "x"]), st.sampled_from(JOINTS)).map("".join)).map("".join)


@given(TEXTS)
def test_a_whole_text_has_the_mentions_that_are_found_word_by_word(text: str) -> None:
    assert list(NAMES.in_text(text)) == list(NAMES.in_text(text, 0, len(text)))


@given(TEXTS, st.lists(st.integers(0, 40), max_size=4), st.sampled_from(["they", "he", "it"]))
def test_a_pronoun_means_who_of_those_it_fits_was_heard_or_named_last(text: str, heard: list[int], word: str) -> None:
    resolver = Resolver(text + f"\n{word}", NAMES)
    fitting = {"they": {*NAMES.agents}, "he": {"mara-orsk", "ivo-orsk", "hale"}, "it": {"ferry-board"}}[word]
    fitting = {agent for agent in fitting if word != "he" or resolver.gender(agent) != "f"}
    resolver._heard = dict(zip(sorted(NAMES.agents), heard, strict=False))
    last = dict(resolver._heard)
    for mention in resolver.mentions:
        if len(mention.agents) == 1:
            last[mention.agents[0]] = max(last.get(mention.agents[0], 0), mention.end)
    known = sorted(fitting & last.keys())
    expected = max(known, key=lambda agent: last[agent], default=None) if len(fitting) > 1 else min(fitting)
    assert resolver._by_pronoun(word, len(text) + 1) == expected
