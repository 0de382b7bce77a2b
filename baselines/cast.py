"""The cast of a text: which of its names mean one person or organisation, and what that is.

Names are one where one is a part of the other that people are called by: a surname after a full name ("Mr Price" after
"Ned Price"), a given name that stands alone, a full name with a middle name more or less, an acronym after its name
("(OSCE)") or with its initials, the end of a longer institution's name ("Foreign Ministry" for "Russian Foreign
Ministry"), the first word of a company. A name belongs to the cast where something tells what it is, or something is
attributed to it: a place that is merely mentioned does not. A single name that speaks and that nothing explains
("Moscow said") is in the cast with its type undecided.

What this cannot do: tell two people of one full name apart, or know that two names without a shared word are one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from onrecord.baselines import nouns
from onrecord.baselines.lexicon import word_set
from onrecord.baselines.naming import Name
from onrecord.baselines.words import Words
from onrecord.schema.vocabulary import AgentType, Identity

_JUNIOR: Final = frozenset(["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"])
_PEOPLES: Final = ("ans", "crats", "ists", "ians", "Greens", "Tories")
_COMPANY: Final = word_set(
    "Inc Inc. Corp Corp. Co Co. Ltd Ltd. PLC plc LLC GmbH AG SA Company Corporation Group Motors"
)
_ADJECTIVE: Final = ("an", "ese", "ish", "ch", "al", "ic", "State", "Foreign", "Justice", "House")
_MOST: Final = 50
"""The most members of one surname that a name is compared with."""
_ACRONYM_LENGTHS: Final = range(2, 8)


@dataclass(slots=True, eq=False)
class Member:
    """One person, organisation, group or unnamed source of a text, under all the names that the text gives it."""

    name: str
    type: AgentType
    identity: Identity
    start: int
    """Where the text mentions it first, in code points."""
    decided: bool = True
    """Whether something in the text tells the type."""
    words: tuple[str, ...] = ()
    aliases: dict[str, None] = field(default_factory=dict)
    roles: set[str] = field(default_factory=set)
    affiliation: Member | None = None


class Cast:
    """The members among the names of a text, and the member of each name that belongs to one."""

    def __init__(self, page: Words, names: Sequence[Name], speaking: Collection[Name]) -> None:
        self._page = page
        self._speaking = set(speaking)
        self.members: list[Member] = []
        self.of: dict[Name, Member] = {}
        self._called: defaultdict[str, list[Member]] = defaultdict(list)
        """Members by each word that may stand for them."""
        self._ending: dict[int, Member] = {}
        """Members by the word index at which a name of theirs ends."""
        self._surnames = {
            n.words[-1] for n in names if len(n.words) == 1 and (n.titled or n.role or n in self._speaking)
        }
        self._placed = {n.words for n in names if n.placed}
        for name in names:
            if len(name.words) > 1:
                self._many_words(name)
        for name in names:
            if len(name.words) > 1 and name not in self.of:
                self._known(name)
        for name in names:
            if len(name.words) == 1:
                self._one_word(name)
        self.members.sort(key=lambda member: member.start)

    def _many_words(self, name: Name) -> None:
        kind = _kind(name)
        if kind is None and (name.titled or name.role or name in self._speaking or self._called_so(name)):
            kind = None if name.words in self._placed else "person"
        if kind is not None or name in self._speaking:
            decided = kind is not None
            self._join(name, self._same(name, kind), kind or "institution", decided=decided)

    def _called_so(self, name: Name) -> bool:
        """Whether a title or words of its own go with the last word of `name` elsewhere."""
        return len(name.words) < 4 and _surname(name.words) in self._surnames

    def _known(self, name: Name) -> None:
        """Give a name that nothing explains to the member of the same words."""
        member = next((m for m in self._called[_surname(name.words)][-_MOST:] if m.words == name.words), None)
        if member is not None:
            self._join(name, member, member.type)

    def _one_word(self, name: Name) -> None:
        member = self._short(name)
        if member is not None:
            self._join(name, member, member.type)
            return
        kind = _kind(name)
        if kind is not None or name.titled or name.role:
            self._join(name, None, kind or "person")
        elif name in self._speaking:
            people = name.words[0].endswith(_PEOPLES)
            kind = "group" if people else "institution" if name.words in self._placed else "person"
            self._join(name, None, kind, decided=people)

    def _join(self, name: Name, member: Member | None, kind: AgentType, *, decided: bool = True) -> None:
        text = " ".join(name.words)
        at = self._page.starts[name.whole[0]]
        if member is None:
            member = Member(text, kind, "collective" if kind == "group" else "named", at, decided, name.words)
            self.members.append(member)
            for called in _names_of(member):
                self._called[called].append(member)
        self._ending[name.whole[1]] = member
        member.start = min(member.start, at)
        member.decided = member.decided or decided
        if kind == "person" and len(name.words) > len(member.words):
            member.name, member.words = text, name.words
        member.aliases[text] = None
        if name.titled:
            first, end = name.whole
            member.aliases[" ".join(self._page.words[first:end])] = None
        if name.role:
            member.roles.add(name.role)
        self.of[name] = member

    def _same(self, name: Name, kind: AgentType | None) -> Member | None:
        """Return the member that a name of several words is another form of."""
        for member in self._called[_surname(name.words)][-_MOST:]:
            if member.words == name.words:
                return member
            if kind == member.type == "person" and _one_person(member.words, name.words):
                return member
            if kind == member.type == "institution" and _one_institution(member.words, name.words):
                return member
        return None

    def _short(self, name: Name) -> Member | None:
        """Return the member that a single word is short for: of several the one that was called so before, or that the
        text introduced first.
        """
        (word,) = name.words
        defined = self._bracketed(name)
        fits = [m for m in self._called[word][-_MOST:] if _is_short(word, m, speaking=name in self._speaking)]
        if defined is not None and word.isupper() and word[0] == defined.name[0]:
            fits = [defined]
            self._called[word].append(defined)
        if name.titled:
            fits = [m for m in fits if m.type == "person"]
        at = self._page.starts[name.whole[0]]
        before = [member for member in fits if member.start <= at] or fits
        return next((member for member in before if word in member.aliases), next(iter(before), None))

    def _bracketed(self, name: Name) -> Member | None:
        """Return the member named directly before a name in brackets: "the Ferry Board (FB)"."""
        words, first = self._page.words, name.whole[0]
        if first < 2 or words[first - 1] != "(" or words[name.whole[1] : name.whole[1] + 1] != [")"]:
            return None
        return self._ending.get(first - 1)


def _kind(name: Name) -> AgentType | None:
    """Return what a name is by its own words and title, or None."""
    words, text = name.words, " ".join(name.words)
    if text in nouns.AGENCY_NAMES or any(words[-len(e) :] == e and len(words) > len(e) for e in nouns.AGENCY_ENDINGS):
        return "news-agency"
    if name.titled:
        return "person"
    if any(word in nouns.INSTITUTION_NAMES for word in words):
        return "institution"
    acronym = len(words) == 1 and len(text) in _ACRONYM_LENGTHS and text.isupper() and text.isalpha()
    shown = name.article or name.possessive
    return "institution" if acronym and shown and text not in nouns.COUNTRIES else None


def _surname(words: tuple[str, ...]) -> str:
    return next((word for word in reversed(words) if word not in _JUNIOR), words[-1])


def _one_person(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two full names have the surname in common, and the given name or its initial."""
    first, second = one[0].rstrip("."), other[0].rstrip(".")
    initial = min(len(first), len(second)) == 1 and first[0] == second[0]
    return _surname(one) == _surname(other) and (first == second or initial)


def _one_institution(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter of two names, of at least two words, ends the longer, which has one word more."""
    short, long = sorted((one, other), key=len)
    return len(short) > 1 and len(long) == len(short) + 1 and long[-len(short) :] == short


def _names_of(member: Member) -> set[str]:
    """Return the single words that may stand for `member`: which of them do, `_is_short` decides."""
    return {_surname(member.words), member.words[0], _initials(member.words)}


def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words if word[0].isupper())


def _is_short(word: str, member: Member, *, speaking: bool) -> bool:
    """Whether a single word is short for `member`; the first word of an institution only where it speaks."""
    words = member.words
    if words == (word,):
        return True
    if len(words) < 2:
        return False
    if member.type == "person":
        return word in (_surname(words), words[0])
    last = word == words[-1] and word in nouns.INSTITUTION_NAMES
    first = word == words[0] and (words[-1] in _COMPANY or (speaking and not word.endswith(_ADJECTIVE)))
    return word == _initials(words) or last or first
