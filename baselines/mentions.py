"""Mentions: where a text names the agents of a codebook, and which agent a phrase means.

A mention is an alias of an agent, at word borders, its case ignored for the first letter only. Of overlapping aliases
the longest counts. What this cannot do: recognise an agent under a name that is not in the codebook, except by the head
noun of a definite description ("the engineer" for "a shift engineer").
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from onrecord.baselines import given
from onrecord.baselines.lexicon import word_set
from onrecord.schema.codebook import OPEN, Agent, Codebook
from onrecord.schema.records import Fragments

Gender = Literal["m", "f"]
_WORD: Final = re.compile(r"\w+(?:-\w+)*")
_WHOLE_WORD: Final = re.compile(r"(?<!\w)(?<!\w-)\w+(?:-\w+)*")
_ARTICLES: Final = ("the ", "a ", "an ", "its ", "his ", "her ", "their ")
_FEMININE: Final = re.compile(
    r"\b(?:Ms|Mrs|Miss|Madam|Dame|Lady|Sister|Queen|\w+woman|actress|\w*mother|daughter|widow|wife|sister|aunt|niece|girl)\b"
)
_MASCULINE: Final = re.compile(
    r"\b(?:Mr|Sir|Lord|Brother|King|\w+[a-z]man|\w*father|son|widower|husband|brother|uncle|nephew|boy)\b"
)
_PRESS: Final = re.compile(
    r"\b(?:Gazette|Beacon|Herald|Times|Post|Tribune|Courier|Chronicle|Telegraph|Daily|News|Radio|Echo|Observer|Guardian"
    r"|Mirror|Globe|Journal|Standard|Argus|Mercury|Bulletin|Examiner|Inquirer|Sentinel|Dispatch|Wire|newspaper|broadcaster"
    r"|station|magazine)\b"
)
"""What news organisations are called; a codebook may have them as institutions."""
_SMALL: Final = word_set("the a an of for in at on and to his her its their from by")


_LOOK_BACK: Final = 400
"""How many mentions back an antecedent is looked for."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the text that names one or, where the name is ambiguous, several agents."""

    start: int
    end: int
    agents: tuple[str, ...]

    def overlaps(self, fragments: Fragments) -> bool:
        """Whether it shares a character with one of `fragments`."""
        return any(self.start < fragment.end and fragment.start < self.end for fragment in fragments)


class Index:
    """The names of a codebook, prepared for search."""

    def __init__(self, codebook: Codebook) -> None:
        self.agents: dict[str, Agent] = {agent.id: agent for agent in codebook.agents}
        self.is_open = codebook.dossier == OPEN
        self.press = frozenset(agent.id for agent in codebook.agents if _is_press(agent))
        """The news agencies, and the institutions that are newspapers or stations by name."""
        self.genders: dict[str, Gender] = {a.id: g for a in codebook.agents if (g := _gender(a)) is not None}
        names: dict[str, set[str]] = {}
        for agent in codebook.agents:
            for name in agent.names:
                for variant in _variants(name):
                    names.setdefault(variant, set()).add(agent.id)
        self._names: dict[str, tuple[str, ...]] = {name: tuple(sorted(ids)) for name, ids in names.items()}
        # A name is looked up by its first word behind the article: articles are too frequent to try every name at each.
        self._by_word: dict[str, list[tuple[int, str]]] = {}
        for name in sorted(self._names, key=lambda name: (-len(name), name)):
            lead = next((len(article) for article in _ARTICLES if name.startswith(article)), 0)
            first = _WORD.match(name, lead)
            if first is not None:
                for word in {first[0], first[0][0].upper() + first[0][1:] if lead == 0 else first[0]}:
                    self._by_word.setdefault(word, []).append((lead, name))
        self._heads = _heads(codebook)

    def named(self, phrase: str) -> tuple[str, ...]:
        """Return the agents whose name or alias is `phrase`."""
        return self._names.get(_uncapitalised(" ".join(phrase.split())), ())

    def in_text(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Mention]:
        """Yield the mentions in `text[start:end]`, in order, none overlapping."""
        stop, free = len(text) if end is None else end, start
        for first, word in self._known_words(text) if end is None else _words(text, start, stop):
            for lead, name in self._by_word.get(word, ()):
                at = first - lead
                last = at + len(name)
                if at < free or last > stop or text[last : last + 1].isalnum() or text[at - 1 : at].isalnum():
                    continue
                if _uncapitalised(text[at:last]) == name:
                    yield Mention(at, last, self._names[name])
                    free = last
                    break

    def _known_words(self, text: str) -> list[tuple[int, str]]:
        """Return the words of `text` by which names are looked up, with where they begin: few of all its words."""
        found: list[tuple[int, str]] = []
        for word in self._by_word.keys() & _WORD.findall(text):
            at = text.find(word)
            while at >= 0:
                whole = _WHOLE_WORD.match(text, at)
                if whole is not None and whole[0] == word:
                    found.append((at, word))
                at = text.find(word, at + 1)
        return sorted(found)

    def by_head(self, phrase: str) -> tuple[str, ...]:
        """Return the agents that one of the nouns of `phrase` describes, by the head nouns of their aliases."""
        words = [
            word.casefold()
            for word in _WORD.findall(re.split(r"[,(]| of | for | in | at | from ", phrase, maxsplit=1)[0])
        ]
        return self._heads.get(words[-1], ()) if words else ()


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    return ((word.start(), word[0]) for word in _WORD.finditer(text, start, end))


def _uncapitalised(name: str) -> str:
    return name[:1].lower() + name[1:]


def _variants(name: str) -> Iterator[str]:
    """Yield the forms under which `name` is looked up: with and without its article, typographic and plain
    apostrophe.
    """
    for form in {name, name.replace("'", "’"), name.replace("’", "'")}:
        bare = _uncapitalised(form)
        yield bare
        for article in _ARTICLES[:3]:
            if bare.startswith(article) and bare[len(article) :][:1].isupper():
                yield _uncapitalised(bare[len(article) :])
            elif bare.startswith(article) and article != "the ":
                yield "the " + bare[len(article) :]
            elif bare.startswith(article):
                yield "a " + bare[len(article) :]


def _heads(codebook: Codebook) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for agent in codebook.agents:
        for name in agent.names:
            head = re.split(r",| of | for | in | at | from | with ", name, maxsplit=1)[0]
            words = _WORD.findall(head)
            if words and words[-1].casefold() not in _SMALL:
                found.setdefault(words[-1].casefold(), set()).add(agent.id)
    return {head: tuple(sorted(ids)) for head, ids in found.items()}


def _is_press(agent: Agent) -> bool:
    return agent.type == "news-agency" or (
        agent.type == "institution" and any(_PRESS.search(name) for name in agent.names)
    )


def _gender(agent: Agent) -> Gender | None:
    """Return the gender that the names of a person give away by a title or a noun, or else its given name, or None."""
    if agent.type != "person":
        return None
    names = " / ".join(agent.names)
    feminine, masculine = _FEMININE.search(names), _MASCULINE.search(names)
    if bool(feminine) != bool(masculine):
        return "f" if feminine else "m"
    first = agent.name.partition(" ")[0] if agent.identity == "named" else ""
    return "f" if first in given.FEMININE else "m" if first in given.MASCULINE else None


@lru_cache(maxsize=64)
def index(codebook: Codebook) -> Index:
    """Return the index of `codebook`, made once."""
    return Index(codebook)


class Mentions:
    """The mentions in a text, in order, found again by offset."""

    def __init__(self, found: Iterable[Mention]) -> None:
        self._all = list(found)
        self._starts = [mention.start for mention in self._all]

    def __iter__(self) -> Iterator[Mention]:
        return iter(self._all)

    def between(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that overlap the stretch from `start` to `end`."""
        first = bisect_left(self._starts, start)
        overlaps = first > 0 and self._all[first - 1].end > start
        return self._all[first - overlaps : bisect_left(self._starts, end)]

    def backward(self, before: int) -> Iterator[Mention]:
        """Yield the mentions that end at `before` or earlier, the last first, no more than `_LOOK_BACK`."""
        last = bisect_right(self._starts, before)
        for mention in reversed(self._all[max(0, last - _LOOK_BACK) : last]):
            if mention.end <= before:
                yield mention
