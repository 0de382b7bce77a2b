"""Who a source is: the agent of the codebook that a phrase or a pronoun means, by names first, then by what was said
before.

A pronoun or a definite description goes to the agent that fits it and was heard or named last. Gender is known only
where an alias gives it away ("Ms Tavisk"); where it is not, he and she may both be anyone. What this cannot do: bridge
from "the old woman" to a name, or tell two agents apart by what they say.
"""

from __future__ import annotations

from typing import Final

from onrecord.baselines.mentions import Gender, Index, Mentions
from onrecord.schema.records import Fragment, Fragments

_PRONOUNS: Final[dict[str, tuple[frozenset[str], Gender | None]]] = {
    "he": (frozenset(["person"]), "m"),
    "she": (frozenset(["person"]), "f"),
    "i": (frozenset(["person"]), None),
    "it": (frozenset(["institution", "news-agency", "group"]), None),
    "they": (frozenset(["group", "institution", "news-agency", "person"]), None),
    "we": (frozenset(["group", "institution", "person"]), None),
    "who": (frozenset(["person", "group", "institution", "news-agency"]), None),
}
_TITLES: Final[dict[str, Gender]] = {"Mr": "m", "Sir": "m", "Ms": "f", "Mrs": "f", "Miss": "f"}


class Resolver:
    """Resolves the sources of one text, in the order in which they stand."""

    def __init__(self, text: str, names: Index) -> None:
        self._text = text
        self._index = names
        self.mentions = Mentions(names.in_text(text))
        self._heard: dict[str, int] = {}
        self._genders = dict(names.genders) | _titled(text, self.mentions)

    def speaker(self, source: Fragments) -> str | None:
        """Return the id of the agent that `source` means, or None; the agent counts as heard from then on."""
        if not source:
            return None
        span = source[0]
        phrase = self._text[span.start : span.end]
        found = self._by_pronoun(phrase, span.start) or self._by_name(phrase, span) or self._by_head(phrase, span.start)
        if found is not None:
            self._heard[found] = span.end
        return found

    def nearest(self, before: int, source: Fragments = ()) -> str | None:
        """Return who may be meant where `source` tells nothing: the agent that was heard, or named alone, last before
        `before`; in an open codebook, which knows every source by its words, the one heard last, where there is none.
        """
        if not self._index.is_open:
            return self._nearest(sorted(self._index.agents), before)
        heard = [agent for agent in sorted(self._heard) if not source]
        return max(heard, key=lambda agent: self._heard[agent], default=None)

    def gender(self, agent: str) -> Gender | None:
        """Return the gender that a title gives away, in the codebook or in the text."""
        return self._genders.get(agent)

    def _by_pronoun(self, phrase: str, at: int) -> str | None:
        types, gender = _PRONOUNS.get(phrase.casefold(), (frozenset[str](), None))
        if not types:
            return None
        fitting = [a.id for a in self._index.agents.values() if a.type in types]
        if gender is not None:
            fitting = [agent for agent in fitting if self._genders.get(agent, gender) == gender]
        return self._nearest(fitting, at)

    def _by_name(self, phrase: str, span: Fragment) -> str | None:
        whole = self._index.named(phrase)
        if whole:
            return self._nearest(list(whole), span.start) or min(whole)
        inside = [
            m for m in self.mentions.between(span.start, span.end) if self._text[m.end : m.end + 2] not in ("'s", "’s")
        ]
        if not inside:
            return None
        head = inside[0]
        persons = [m for m in inside if any(self._index.agents[a].type == "person" for a in m.agents)]
        if head not in persons and persons and "," in phrase[: persons[0].start - span.start]:
            head = persons[0]
        return self._nearest(list(head.agents), span.start) or min(head.agents)

    def _by_head(self, phrase: str, at: int) -> str | None:
        return self._nearest(list(self._index.by_head(phrase)), at, anyone=True)

    def _nearest(self, agents: list[str], at: int, *, anyone: bool = False) -> str | None:
        """Return the agent of `agents` that was heard or named last before `at`, or the only one."""
        if len(agents) == 1:
            return agents[0]
        last = {agent: self._heard[agent] for agent in sorted(agents) if agent in self._heard}
        for mention in self.mentions.backward(at):
            if len(mention.agents) == 1 and mention.agents[0] in agents:
                last[mention.agents[0]] = max(last.get(mention.agents[0], 0), mention.end)
                break  # those farther back end earlier
        if last:
            return min(last, key=lambda agent: (-last[agent], agent))
        return min(agents) if anyone and agents else None


def _titled(text: str, mentions: Mentions) -> dict[str, Gender]:
    """Return the genders that the text gives away by a title in front of a name."""
    found: dict[str, Gender] = {}
    for mention in mentions:
        title = text[max(0, mention.start - 5) : mention.start].split()[-1:]
        if len(mention.agents) == 1 and title:
            gender = _TITLES.get(title[0].rstrip("."))
            if gender is not None:
                found[mention.agents[0]] = gender
    return found
