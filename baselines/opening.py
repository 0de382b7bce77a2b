"""The open codebook: a text's own people and organisations, for a text that no one made a codebook for.

It is made of the *cast* of the text (its names, see `onrecord.baselines.cast`) and of the sources of its attributions
that have no name: one agent for each description ("a senior official", "officials"). A definite description goes back:
"the ministry" to the ministry that was named before, "the spokesman" to the person who was called so, "the official" to
"a senior official". Every agent is given the phrases by which the text attributes something to it as aliases, so that
any system resolves its sources to the same agents.

Topics are the user's, or there are none; then no system can answer topic and stance. What this cannot do: see that two
descriptions without a common noun mean one person, or that a named person is the "senior official" of the paragraph
before.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.baselines import nouns
from onrecord.baselines.cast import Cast, Member
from onrecord.baselines.finding import searched
from onrecord.baselines.kinds import kind_of
from onrecord.baselines.lexicon import DETERMINERS, OBJECTS, PREPOSITIONS, SUBJECTS, word_set
from onrecord.baselines.naming import Name, names
from onrecord.baselines.phrases import Range
from onrecord.baselines.words import Words
from onrecord.schema.codebook import OPEN, Agent, Codebook, Topic
from onrecord.schema.prediction import UNANSWERED, PredictedClaim
from onrecord.schema.vocabulary import AgentType, Identity

_LONGEST: Final = 12
"""The most words of a description that becomes an agent."""
_CUT: Final = frozenset([",", "(", "—", "–", ";", ":"]) | word_set("who which that whose")
"""Words behind which a noun phrase is no description any more."""
_NO_SOURCE: Final = SUBJECTS | OBJECTS | word_set("who which one all percent half This That These Those") - {"us"}
_DEFINITE: Final = word_set("the The this This that That his His her Her its Its their Their our Our my My")
_ARTICLES: Final = word_set("the The a A an An its Its his His her Her their Their")
_INTRODUCING: Final = word_set("the a an this that some many several")
"""Determiners that do not tell one description from another; "another official" is another."""
_QUANTITIES: Final = word_set("majority half number handful dozens hundreds thousands percent third quarter one some")
_OWNING: Final = word_set("of from by")
_TITLE_NOUNS: Final = {
    "Sen.": "senator", "Rep.": "representative", "Gov.": "governor", "Gen.": "general", "Col.": "colonel",
    "Capt.": "captain", "Prof.": "professor", "Prof": "professor", "Dr": "doctor", "Dr.": "doctor",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """The open codebook of a text; `undecided` are the agents of which nothing tells what they are."""

    codebook: Codebook
    undecided: frozenset[str]

    def settled(self, claims: Iterable[PredictedClaim]) -> tuple[PredictedClaim, ...]:
        """Return `claims` without answers that this codebook gives no ground for: topic and stance where there are no
        topics, an agency of which nothing tells that it is an organisation.
        """
        return tuple(map(self._settled, claims))

    def _settled(self, claim: PredictedClaim) -> PredictedClaim:
        if not self.codebook.topics:
            claim = replace(claim, topic=UNANSWERED, stance=UNANSWERED)
        return replace(claim, agency=UNANSWERED) if claim.agency in self.undecided else claim


def open_codebook(text: str, topics: Sequence[Topic] = ()) -> Opened:
    """Return the open codebook of `text` (NFC), with the topics that the user gives."""
    page, attributed = searched(text)
    found = names(page)
    inside = _Inside(page, found)
    heads = {source: inside.head(source) for source in sorted({f.source for f in attributed if f.source})}
    company = _Company(page, inside, Cast(page, found, {name for name in heads.values() if name is not None}))
    for source, head in heads.items():
        company.hear(source, head)
    return _opened(company.members, topics)


class _Inside:
    """The names of a page, found again by where they stand."""

    def __init__(self, page: Words, found: Sequence[Name]) -> None:
        self._page = page
        self._found = found
        self._starts = [name.whole[0] for name in found]

    def names(self, phrase: Range) -> Sequence[Name]:
        """Return the names that begin in a phrase."""
        return self._found[bisect_left(self._starts, phrase[0]) : bisect_left(self._starts, phrase[1])]

    def core(self, phrase: Range) -> int:
        """Return where the head noun of a phrase ends: before the first preposition or mark outside a name."""
        named = {at for name in self.names(phrase) for at in range(*name.whole)}
        stops = (at for at in range(phrase[0] + 1, phrase[1]) if at not in named and self._stops(at))
        return next(stops, phrase[1])

    def _stops(self, at: int) -> bool:
        return self._page.words[at] in _CUT or self._page.words[at] in PREPOSITIONS

    def head(self, phrase: Range) -> Name | None:
        """Return the name that a phrase is about: the one its head ends with, or that an apposition gives."""
        core, inside = self.core(phrase), self.names(phrase)
        for name in inside:
            if name.whole[1] == core and not name.possessive:
                return name
        behind = (n for n in inside if n.whole[0] > core and (n.titled or n.role))
        return next(behind, None) if "," in self._page.words[phrase[0] : phrase[1]] else None


class _Company:
    """The cast, and the sources without a name that are heard."""

    def __init__(self, page: Words, inside: _Inside, cast: Cast) -> None:
        self._page, self._inside, self._cast = page, inside, cast
        self.members = list(cast.members)
        self._by_phrase: dict[str, Member] = {}
        self._by_noun: defaultdict[str, list[tuple[int, int, Member]]] = defaultdict(list)
        """By the noun that a definite description may take up: where, a number, who."""
        for name, member in sorted(cast.of.items(), key=lambda pair: pair[0].whole):
            for noun in sorted(_nouns(page, name, member)):
                self._note(noun, name.whole[0], member)

    def _note(self, noun: str, at: int, member: Member) -> None:
        insort(self._by_noun[noun], (at, len(self._by_noun[noun]), member), key=lambda entry: entry[:2])

    def hear(self, source: Range, head: Name | None) -> None:
        """Take a source into the company, or find out who in it is meant."""
        end = next((at for at in range(source[0] + 1, source[1]) if self._page.words[at] in _CUT), source[1])
        if head is not None:
            member = self._cast.of.get(head)
            end = end if head.whole[1] <= end else source[1]
        else:
            member = self._described((source[0], end))
        if member is not None and end - source[0] <= _LONGEST:
            member.aliases[self._words((source[0], end))] = None

    def _described(self, phrase: Range) -> Member | None:
        """Return who a phrase without a name at its head means: someone before, or someone new."""
        words, core = self._page.words, self._core(phrase)
        # What stands before a second determiner is no part of the phrase: "(at) its press conference the director".
        begun = (
            at for at in range(phrase[0] + 1, core) if words[at] in _ARTICLES and words[at - 1] not in PREPOSITIONS
        )
        phrase = (max(begun, default=phrase[0]), phrase[1])
        noun = words[core - 1].lower()
        if core - phrase[0] - (words[phrase[0]] in DETERMINERS) < 1 or phrase[1] - phrase[0] > _LONGEST:
            return None
        if not noun.isalpha() or noun in _NO_SOURCE or kind_of(noun) not in "nv":
            return None
        if noun in nouns.DOCUMENTS and (owner := self._owner(phrase)) is not None:
            return owner
        if self._is_no_description(phrase, noun):
            return None
        if words[phrase[0]] in _DEFINITE:
            before = self._by_noun[noun][: bisect_left(self._by_noun[noun], phrase[0], key=lambda entry: entry[0])]
            if before:
                return before[-1][2]
        key = self._words((phrase[0] + (words[phrase[0]].lower() in _INTRODUCING), phrase[1])).lower()
        if key not in self._by_phrase:
            self._by_phrase[key] = self._new(phrase, noun)
        self._note(noun, phrase[0], self._by_phrase[key])
        return self._by_phrase[key]

    def _core(self, phrase: Range) -> int:
        """Return where the head noun of a phrase ends: of "one of his officials" where the officials do."""
        words, core = self._page.words, self._inside.core(phrase)
        counted = kind_of(words[core - 1]) == "d" or words[core - 1].lower() in _QUANTITIES or words[core - 1].isdigit()
        if counted and core + 1 < phrase[1] and words[core] == "of":
            return self._inside.core((core, phrase[1]))
        return core

    def _is_no_description(self, phrase: Range, noun: str) -> bool:
        """Whether a phrase is what no one can be called: something that a name has ("Marn's plan"), or a noun that is
        no one's, singular and without an article, which mostly ends a phrase that was cut in the wrong place.
        """
        if noun in nouns.INSTITUTIONS or nouns.is_role(nouns.singular(noun)) or nouns.is_plural(noun):
            return False
        named = self._inside.names(phrase)[:1]
        if any(name.possessive for name in named):
            return True
        return not named and self._page.words[phrase[0]] not in DETERMINERS

    def _owner(self, phrase: Range) -> Member | None:
        """Return who a document in `phrase` belongs to ("the board's report", "a letter from the board"), if anyone."""
        words = self._page.words
        for name in self._inside.names(phrase):
            before = words[max(phrase[0], name.whole[0] - 2) : name.whole[0]]
            if name.possessive or set(before) & _OWNING:
                return self._cast.of.get(name)
        return None

    def _new(self, phrase: Range, noun: str) -> Member:
        named = self._inside.names(phrase)
        text = self._words(phrase)
        if not named or named[0].whole[0] > phrase[0]:
            text = text[0].lower() + text[1:]
        member = Member(text, *_what(noun, text), start=self._page.starts[phrase[0]])
        member.decided = noun in nouns.INSTITUTIONS or nouns.is_role(nouns.singular(noun)) or noun in nouns.PLURALS
        places = (self._cast.of.get(n) for n in named)
        member.affiliation = next((m for m in places if m is not None and m.decided and m.type == "institution"), None)
        self.members.append(member)
        return member

    def _words(self, phrase: Range) -> str:
        return " ".join(self._page.text[self._page.starts[phrase[0]] : self._page.ends[phrase[1] - 1]].split())


def _nouns(page: Words, name: Name, member: Member) -> set[str]:
    """Return the nouns by which a definite description may take up a name."""
    if member.type != "person":
        return {word.lower() for word in member.words if word.lower() in nouns.INSTITUTIONS}
    titles = set(page.words[name.whole[0] : name.core[0]]) & nouns.TITLES
    return {name.role} - {"", "person"} | {_TITLE_NOUNS.get(title, title.lower()) for title in titles} - {""}


def _what(noun: str, phrase: str) -> tuple[AgentType, Identity]:
    """Return the type and the identity of an agent that is described by `noun`."""
    if phrase.endswith("news agency"):
        return "news-agency", "unnamed"
    if noun in nouns.INSTITUTIONS:
        return "institution", "unnamed"
    if nouns.is_plural(noun):
        return "group", "collective"
    return ("person" if nouns.is_role(noun) else "institution"), "unnamed"


def _opened(members: Sequence[Member], topics: Sequence[Topic]) -> Opened:
    ordered = sorted(members, key=lambda member: member.start)
    ids: dict[Member, str] = {}
    used: set[str] = set()
    times: Counter[str] = Counter()
    for member in ordered:
        stem = id_ = _slug(member.name)
        while id_ in used:
            times[stem] += 1
            id_ = f"{stem}-{times[stem] + 1}"
        used.add(id_)
        ids[member] = id_
    agents = tuple(
        Agent(
            id=ids[member],
            name=member.name,
            type=member.type,
            identity=member.identity,
            affiliation=ids.get(member.affiliation) if member.affiliation is not None else None,
            aliases=tuple(alias for alias in member.aliases if alias != member.name),
        )
        for member in ordered
    )
    book = Codebook(OPEN, "An open codebook", "Who speaks in one text.", "test", False, agents, tuple(topics))
    return Opened(book, frozenset(ids[member] for member in ordered if not member.decided))


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("’", "").replace("'", "")).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain.lower()))[:60].strip("-") or "agent"
