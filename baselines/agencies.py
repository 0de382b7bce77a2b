"""The source agency of each claim: the outermost relay, the institution itself, or the scene of the words.

A *scene* is an institution that the source's noun phrase names, or that the sentence of the cue names behind a
preposition of place or authority ("at the ministry", "in a statement by the board") or as a possessor ("the board's
hearing"). What this cannot do: follow a scene over more than a sentence. (Carrying it forward to the speaker's later
claims was tried on the train split and lost more than it gained.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from onrecord.baselines.attribution import Attribution
from onrecord.baselines.mentions import Index, Mention, Mentions
from onrecord.schema.records import Fragments

_BEFORE: Final = re.compile(r"\b(?:at|in|for|from|of|by|before|inside|outside|to)\s(?:(?:the|a|an)\s)?$", re.IGNORECASE)
_CAPITALISED: Final = re.compile(r"\b[A-Z]\w{3,}")
_OWN_AGENCY: Final = frozenset(["institution", "news-agency"])


def place(
    text: str,
    attribution: Attribution,
    sentences: Sequence[tuple[int, int]],
    mentions: Mentions,
    speaker: str | None,
    names: Index,
) -> str | None:
    """Return the institution at or for which the words were spoken: in the source's phrase, else in the last of
    `sentences` that names one.
    """
    found = affiliation(text, attribution.source, speaker, names)
    for sentence in reversed(sentences):
        found = found or scene(text, attribution, sentence, mentions, names)
    return found


def scene(
    text: str, attribution: Attribution, sentence: tuple[int, int], mentions: Mentions, names: Index
) -> str | None:
    """Return the institution that the source or the sentence of the cue names as the place of the words, or None."""
    for mention in mentions.between(*sentence):
        if len(mention.agents) != 1 or names.agents[mention.agents[0]].type != "institution":
            continue
        if mention.overlaps(attribution.source):
            return mention.agents[0]
        if not mention.overlaps(attribution.content) and _is_place(text, mention):
            return mention.agents[0]
    return None


def affiliation(text: str, source: Fragments, speaker: str | None, names: Index) -> str | None:
    """Return the institution of `speaker` where the source's noun phrase names it by a word ("a senior Treasury
    official"), or None.
    """
    place = names.agents[speaker].affiliation if speaker is not None else None
    if speaker is None or place is None or not source or place not in names.agents:
        return None
    own = (
        {word for name in names.agents[speaker].names[:1] for word in _CAPITALISED.findall(name)}
        if names.agents[speaker].identity == "named"
        else set()
    )
    named = {word for name in names.agents[place].names for word in _CAPITALISED.findall(name)}
    phrase = set(_CAPITALISED.findall(text[source[0].start : source[-1].end]))
    return place if phrase & named - own else None


def _is_place(text: str, mention: Mention) -> bool:
    possessor = text[mention.end : mention.end + 2] in ("'s", "’s", "' ", "’ ")
    return possessor or _BEFORE.search(text, max(0, mention.start - 12), mention.start) is not None


def agency(speaker: str | None, relay: str | None, place: str | None, names: Index) -> str | None:
    """Return the agency of a claim from its speaker, its outermost relay and its scene."""
    if relay is not None:
        return relay
    return speaker if speaker is not None and names.agents[speaker].type in _OWN_AGENCY else place
