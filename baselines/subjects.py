"""What is said: topic, stance and kind of a claim, as choices over features that know no dossier.

* **Topic**: every topic of the codebook is a candidate, described by how much the content, the sentence, the paragraph
  and the headline resemble its label, target and definition (cosines of TF-IDF vectors over words and parts of words,
  fitted on the codebook itself, so a dossier never seen is no different), and by the topic of the claim before.
* **Kind**: the kinds are the candidates, described by the words of the cue, its frame, and the kind that the rules of
  `labels` read from it.
* **Stance**: the stances are the candidates, described by what the words lean to (`siding`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from onrecord.baselines import labels, siding
from onrecord.baselines.circumstances import Case, Reading
from onrecord.baselines.likeness import Likeness
from onrecord.baselines.linear import Features
from onrecord.baselines.speaking import Memory
from onrecord.schema.codebook import Topic
from onrecord.schema.vocabulary import KINDS, Kind

_CONTEXTS: Final = ("content", "sentence", "paragraph", "headline", "source")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’]\w+)?")


@lru_cache(maxsize=64)
def _known(topics: tuple[Topic, ...]) -> Likeness:
    """Return the topics of a codebook as they are described, then what their definitions rule out; made once."""
    parts = [re.split(r"\bNot ", topic.definition, maxsplit=1) for topic in topics]
    described = [
        f"{topic.label}. {topic.label}. {topic.target} {topic.target} {part[0]}"
        for topic, part in zip(topics, parts, strict=True)
    ]
    return Likeness([*described, *(part[1] if len(part) > 1 else "" for part in parts)])


class Topics:
    """The topics of a codebook as candidates for each claim of one report."""

    def __init__(self, reading: Reading, cases: Sequence[Case], speakers: Sequence[str]) -> None:
        self.ids = [topic.id for topic in reading.codebook.topics]
        texts = [
            text for case, speaker in zip(cases, speakers, strict=True) for text in _contexts(reading, case, speaker)
        ]
        distinct = sorted(set(texts))
        places = {text: at for at, text in enumerate(distinct)}
        self._rows = [places[text] for text in texts]
        near = _known(reading.codebook.topics).of(distinct) if texts and self.ids else {}
        self._near = {space: cosines.tolist() for space, cosines in near.items()}
        self._seen: dict[tuple[str, int], list[Features]] = {}

    def features(self, number: int, memory: Memory) -> list[Features]:
        """Return the features of every topic as the one of claim `number`, in the order of `ids`."""
        found: list[Features] = [{"any": 1.0} for _ in self.ids]
        rows = self._rows[number * len(_CONTEXTS) : (number + 1) * len(_CONTEXTS)]
        for where in zip(_CONTEXTS, rows, strict=True):
            if where not in self._seen:  # the headline is that of all claims, and others stand together
                self._seen[where] = self._likenesses(*where)
            for features, likenesses in zip(found, self._seen[where], strict=True):
                features |= likenesses
        for back, topic in enumerate(reversed(memory.topics[-3:])):
            if topic in self.ids:
                found[self.ids.index(topic)][f"previous{back}"] = 1.0
        return found

    def _likenesses(self, context: str, row: int) -> list[Features]:
        """Return how much the text with the number `row`, as this context, is like each topic."""
        found: list[Features] = [{} for _ in self.ids]
        for space, near in self._near.items():
            name = f"{space}.{context}"
            share, highest, excluded = f"{name}.share", f"{name}.top", f"{name}.not"
            values = near[row]
            top = max(values[: len(found)])
            for features, value, ruled_out in zip(found, values, values[len(found) :], strict=False):
                if ruled_out:
                    features[excluded] = ruled_out
                if value:
                    features[name] = value
                    features[share] = value / top
                if value == top > 0:
                    features[highest] = 1.0
        return found


def _contexts(reading: Reading, case: Case, speaker: str) -> tuple[str, ...]:
    agent = reading.names.agents.get(speaker)
    return (
        reading.words(case.content),
        reading.text[slice(*case.sentence)],
        reading.text[slice(*case.paragraph)],
        reading.headline,
        agent.name if agent else "",
    )


def kinds(reading: Reading, case: Case) -> list[Features]:
    """Return the features of every kind, in the order of `KINDS`."""
    frame, verb = reading.frame(case)
    cue = _tokens(reading.words(case.cue))
    content = _tokens(reading.words(case.content))
    seen = [
        "bias",
        f"rule.{labels.kind(frame)}",
        f"frame.{frame}",
        f"verb.{verb}",
        f"first.{content[0] if content else ''}",
    ]
    seen += [f"cue.{word}" for word in cue] + [f"cues.{'.'.join(cue[:3])}"]
    seen += [f"source.{reading.words(case.source).casefold()[:12]}"]
    return _by_class(KINDS, seen)


def stances(reading: Reading, case: Case, speaker: str, topic: str, kind: Kind) -> list[Features]:
    """Return the features of every stance toward the target of `topic`, in the order of `STANCES`."""
    target = next((t.target for t in reading.codebook.topics if t.id == topic), "")
    words, (_, verb) = reading.words(case.content), reading.frame(case)
    part = siding.role(reading.names, speaker, target)
    return siding.sides(words, target, verb, kind, reading.names.agents.get(speaker), part)


def _tokens(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _by_class(classes: Sequence[str], seen: Sequence[str]) -> list[Features]:
    return [dict.fromkeys([f"{name}:{feature}" for feature in seen], 1.0) for name in classes]
