"""Kinds of words: what a word is by itself, in one letter, for rules that do not parse.

A *kind* is a closed class of the lexicon, a cue verb (`v`), punctuation (a comma), or `n` for any other word. A *sort*
is finer where rules look for single words: a quotation mark, what may end a sentence, a colon, *according*. All words
of a text are sorted in one pass, and a sort is then searched for in a string of letters instead of in a list of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import repeat
from typing import Final

from onrecord.baselines import lexicon
from onrecord.baselines.marks import MARKS

ENDERS: Final = frozenset(".!?…") | {"..."}
_KINDS: Final[dict[str, str]] = (
    dict.fromkeys(lexicon.VERBS, "v")
    | dict.fromkeys(lexicon.ADVERBS, "a")
    | dict.fromkeys(lexicon.PREPOSITIONS, "p")
    | dict.fromkeys(lexicon.DETERMINERS, "d")
    | dict.fromkeys(lexicon.OBJECTS, "o")
    | dict.fromkeys(lexicon.SUBJECTS, "r")
    | dict.fromkeys(lexicon.DAYS, "t")
    | dict.fromkeys(lexicon.COORDINATORS, "c")
    | dict.fromkeys(lexicon.SUBORDINATORS, "s")
    | dict.fromkeys(lexicon.AUXILIARIES, "x")
    | dict.fromkeys(lexicon.NEGATIONS, "x")
    | dict.fromkeys(",.;:!?()[]…/", ",")
    | dict.fromkeys(["—", "–", "-", "...", "“", "”", '"', "''", "«", "»", "„", "‘", "’", "'", "`"], ",")
)
_SORTS: Final[dict[str, str]] = (
    _KINDS | dict.fromkeys(MARKS, '"') | dict.fromkeys(ENDERS, ".") | {":": ":"} | dict.fromkeys(lexicon.ACCORDING, "A")
)
_COARSE: Final = str.maketrans({'"': ",", ".": ",", ":": ",", "A": "n"})
MARK: Final = re.compile('"')
ENDER: Final = re.compile("[.]")
CUE: Final = re.compile("[vA:]")
"""The sorts of words that may attribute."""


def sorts_of(words: Iterable[str]) -> str:
    """Return the sort of each word: its kind, but " for a quotation mark, a full stop for what may end a sentence, :
    for a colon, and A for *according*.
    """
    return "".join(map(_SORTS.get, words, repeat("n")))


def places(sort: re.Pattern[str], sorts: str) -> list[int]:
    """Return the indices of the words of one sort."""
    return [found.start() for found in sort.finditer(sorts)]


def coarse(sorts: str) -> list[str]:
    """Return the kind of each word: d(eterminer), p(reposition), r: subject pronoun, o(bject pronoun), x: auxiliary
    or negation, a(dverb), t(ime), c(oordinator), s(ubordinator), v: cue verb, a comma for punctuation, n for the
    rest.
    """
    return list(sorts.translate(_COARSE))


def kind_of(word: str) -> str:
    """Return the kind of a word by itself."""
    return _KINDS.get(word, "n")
