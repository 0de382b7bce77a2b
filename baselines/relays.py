"""Relays: the organisations through which words reached the report, and the agency that follows from them.

"The ministry said Marn suggested X": where the content of an organisation's attribution begins with another one, the
inner is the claim and the organisation relays it; elsewhere what stands inside a content is part of that content. A
news agency that is named in the sentence of a cue, outside the content and the source ("told the agency", "according to
the agency"), relays too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from onrecord.baselines.attribution import Attribution
from onrecord.baselines.mentions import Index, Mention, Mentions
from onrecord.baselines.scene import Found
from onrecord.schema.records import Fragments

_NEED_AGENT: Final = frozenset(["colon", "headed"])
"""Patterns that attribute only where the source is an agent: "Marn: …", not "Note: …" or the host of a programme."""

_AGENCY_NOUN: Final = re.compile(
    r"(?:the|this|our|its|same|\s)+(?:news )?(?:agency|newspaper|paper|station|wire)|us|it"
)
_LOOSE: Final = frozenset(["headed", "standing"])
"""Patterns that mean something only beside a codebook."""
_ORGANISATIONS: Final = frozenset(["institution", "news-agency"])
AnyFound = TypeVar("AnyFound", Attribution, Found)
"""An attribution in offsets, or in words."""


def outermost(found: Iterable[AnyFound]) -> list[AnyFound]:
    """Return the attributions that stand in no other's content."""
    return [attribution for attribution in found if attribution.inside is None and attribution.pattern not in _LOOSE]


def innermost(text: str, found: Sequence[Attribution], names: Index) -> list[Attribution]:
    """Return the claims among `found`: relayed ones in place of the attribution that relays them, else the
    outermost.
    """
    relayed: dict[int, Attribution] = {}
    void = {number for number, a in enumerate(found) if a.pattern in _NEED_AGENT and not _named(text, a, names)}
    for attribution in found:
        outer = None if attribution.inside in void else attribution.inside
        if outer is None or outer in relayed or not attribution.source:
            continue
        relay = found[outer]
        if attribution.source[0].start <= relay.content[0].start + 1 and _organisation(text, relay.source, names):
            relayed[outer] = attribution._replace(via=(*attribution.via, relay.source), inside=None)
    return [
        relayed.get(number, a)
        for number, a in enumerate(found)
        if number not in void and (a.inside is None or a.inside in void)
    ]


def _named(text: str, attribution: Attribution, names: Index) -> bool:
    """Whether the source of `attribution` mentions an agent."""
    return any(True for f in attribution.source for _ in names.in_text(text, f.start, f.end))


def _organisation(text: str, source: Fragments, names: Index) -> bool:
    if not source:
        return False
    agents = names.named(text[source[0].start : source[-1].end])
    return any(names.agents[agent].type in _ORGANISATIONS for agent in agents)


def chain(
    text: str, attribution: Attribution, mentions: Mentions, sentence: tuple[int, int], names: Index
) -> list[Mention]:
    """Return the relays of `attribution`, from the nearest to the speaker outward; `sentence` is the stretch around
    its cue.
    """
    taken = (*attribution.content, *attribution.source)
    found: dict[str, Mention] = {}
    for span in attribution.via:
        agency = _described(text, span, mentions, names)
        if agency is not None:
            found[agency.agents[0]] = agency
    for mention in mentions.between(*sentence):
        kind = _type(mention, names)
        if kind not in _ORGANISATIONS or mention.overlaps(taken):
            continue
        linked = any(mention.start < span[-1].end and span[0].start < mention.end for span in attribution.via)
        hearer = linked and attribution.frame == "tell"
        if (linked and not hearer) or (
            mention.agents[0] in names.press and (linked or sentence[0] <= mention.start < sentence[1])
        ):
            found.setdefault(mention.agents[0], mention)
    return list(found.values())


def _described(text: str, span: Fragments, mentions: Mentions, names: Index) -> Mention | None:
    """Return a mention for "the agency" or "this newspaper": the news organisation that was named last before it, or
    the only one.
    """
    if not _AGENCY_NOUN.fullmatch(text[span[0].start : span[-1].end]):
        return None
    known = next((m for m in mentions.backward(span[0].start) if _is_press(m, names)), None)
    return Mention(span[0].start, span[-1].end, known.agents) if known else None


def _is_press(mention: Mention, names: Index) -> bool:
    return len(mention.agents) == 1 and mention.agents[0] in names.press


def _type(mention: Mention, names: Index) -> str:
    return names.agents[mention.agents[0]].type if len(mention.agents) == 1 else ""
