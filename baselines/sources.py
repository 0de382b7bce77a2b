"""The source of a verbal cue: the noun phrase before it, what a participle hangs on, or the subject of its clause."""

from __future__ import annotations

from typing import Final

from onrecord.baselines import phrases
from onrecord.baselines.lexicon import Form, word_set
from onrecord.baselines.phrases import Range
from onrecord.baselines.scene import Pattern, Scene

_PLAIN_VERBS: Final = word_set("went came took made gave got began stood sat ran goes comes takes makes gives")
"""Verbs that are no cues and stand behind the subjects of sentences in the news."""
_OPENING: Final = 12
"""How many words at most stand in front of the dash behind a dateline."""
_REACH: Final = 60
"""How many words back or ahead a subject is looked for."""


def source_of(scene: Scene, at: int, first: int, form: Form) -> tuple[Range | None, Pattern]:
    """Return the source of the verb at `at`, whose cue begins at `first`, and the construction that links the two."""
    words = scene.page.words
    previous = words[first - 1] if first > scene.first else ""
    if form == "ing" and first == at:
        return _of_participle(scene, at), "participle"
    if previous in ("and", "but", "or") or (previous == "," and scene.recent is not None and form != "base"):
        return _governor(scene), "coordinated"
    source = phrases.before(scene.page, scene.kinds, first, scene.first)
    if source is None and scene.recent is not None:
        return scene.recent.source, "coordinated"
    return source, "preposed"


def _of_participle(scene: Scene, at: int) -> Range | None:
    """Return what a participle hangs on: the noun directly before it, or the subject of its clause."""
    previous = at - 1
    while previous > scene.first and phrases.adverb(scene.page, scene.kinds, previous):
        previous -= 1
    if previous > scene.first and scene.kinds[previous] == "n" and not scene.page.inside[previous]:
        near = phrases.before(scene.page, scene.kinds, previous + 1, scene.first)
        if near is not None:
            return near
    return _governor(scene, at)


def _governor(scene: Scene, before: int | None = None) -> Range | None:
    """Return the source of the attribution before in this sentence, or else its subject."""
    if scene.recent is not None:
        return scene.recent.source
    if before is not None:
        for i in range(before - 1, max(scene.first, before - _REACH) - 1, -1):
            if scene.kinds[i] == "r" and not scene.page.inside[i]:
                return i, i + 1
    return subject(scene)


def subject(scene: Scene) -> Range | None:
    """Return the subject of the sentence: its first noun phrase, behind a dateline or an introduction that ends with
    a comma.
    """
    words, kinds, end = scene.page.words, scene.kinds, min(scene.end, scene.first + _REACH)
    at = scene.first
    opening = words[at : min(end, at + _OPENING)]
    for mark in ("—", "–", "-", "--"):
        if mark in opening:
            at += opening.index(mark) + 1
            break
    if at < end and (kinds[at] in "ps" or (kinds[at] == "v" and words[at].endswith("ing"))) and "," in words[at:end]:
        at = words.index(",", at, end) + 1
    while at < end and (kinds[at] in "ca,tp" or phrases.adverb(scene.page, kinds, at)):
        at += 1
    found = phrases.after(scene.page, kinds, at, end)
    return found and (found[0], _before_verb(words, found))


def _before_verb(words: list[str], phrase: Range) -> int:
    """Return where a verb that no list has begins in `phrase`, by its form, or the end of the phrase."""
    for at in range(phrase[0] + 1, phrase[1]):
        past = words[at].endswith("ed") and words[at].islower() and phrases.is_name(words[at - 1])
        if past or words[at] in _PLAIN_VERBS:
            return at
    return phrase[1]
