"""Which words of a sentence are cues, and how far a cue reaches.

A form that can be a noun ("reports", "claims") counts only where what stands before it can be a subject; a past form
behind a form of *be* is a passive, which names no speaker, and is left out.
"""

from __future__ import annotations

from typing import Final

from onrecord.baselines import lexicon, phrases
from onrecord.baselines.lexicon import Form, Frame, word_set
from onrecord.baselines.phrases import adverb, is_name
from onrecord.baselines.scene import Scene

_BE: Final = word_set("is are was were be been being 's ’s 're ’re 'm ’m am get gets got")
_LEAD_ON: Final = lexicon.LIGHT | lexicon.PARTICLES.keys() | {"put"}
"""Verbs behind which more words may belong to neither the cue nor its content."""
_NO_OBJECT: Final = word_set("of by from are were is was and in")


def lexical(scene: Scene, at: int) -> tuple[Frame, Form, str]:
    """Return the frame, the form and the infinitive of the verb at `at`; under a negated *would* a verb of saying is
    a refusal.
    """
    frame, form, verb = lexicon.VERBS[scene.page.words[at]]
    if frame in ("say", "tell") and form == "base" and _would_not(scene, at):
        return "refuse", form, verb
    return frame, form, verb


def _would_not(scene: Scene, at: int) -> bool:
    words = scene.page.words[max(scene.first, at - 4) : at]
    if "would" in words:
        return "not" in words or "’t" in words or "'t" in words
    return "wouldn" in words or ("Nor" in words and "would" in words)


def usable(scene: Scene, at: int, word: str) -> bool:
    """Whether `word`, a verb of the lexicon, a colon or *according* at `at`, attributes."""
    page = scene.page
    words = page.words
    if word == ":":
        return _is_label(scene, at)
    if word not in lexicon.VERBS:
        return at + 1 < len(words) and words[at + 1] == "to"
    _, form, verb = lexicon.VERBS[word]
    kinds, first, previous = scene.kinds, scene.first, at - 1
    if previous < first:
        before, kind = "", ","
    else:
        while (kind := kinds[previous]) in "an" and previous > first and adverb(page, kinds, previous):
            previous -= 1
        before = words[previous]
    if kind == "d" and not (form == "third" and before in ("This", "That")):
        return False
    if verb in lexicon.NEEDS_CLAUSE and not _clause_follows(scene, at):
        return False
    if form == "base":
        return _usable_base(before, kind)
    if form == "third":
        return kind != "p" and (
            verb not in lexicon.SUPPOSED_NOUNS
            or kind == "r"
            or before in ("who", "which")
            or _has_subject(scene, previous, at)
        )
    if form == "ing":
        return before not in ("'s", "’s")
    by = at + 1 < len(words) and words[at + 1] == "by"
    return kind != "p" and not by and not (before in _BE and not _contracted_has(scene, previous))


def _clause_follows(scene: Scene, at: int) -> bool:
    """Whether a *that*, an *it* or a quotation stands directly behind the verb at `at`, or a quotation before its
    subject.
    """
    words, inside = scene.page.words, scene.page.inside
    if at + 1 >= len(words):
        return False
    quoted = inside[at + 1] or (words[at + 1] in (",", ":") and at + 2 < len(words) and inside[at + 2])
    return bool(quoted) or words[at + 1] in ("that", "it") or any(inside[max(scene.first, at - 5) : at])


def _contracted_has(scene: Scene, at: int) -> bool:
    """Whether the clitic at `at` is the *has* of "he's said"."""
    return scene.page.words[at] in ("'s", "’s") and at > scene.first and scene.kinds[at - 1] == "r"


def _has_subject(scene: Scene, previous: int, at: int) -> bool:
    """Whether a name stands before the form at `at`, and no sign that it is a noun behind it."""
    words = scene.page.words
    if previous < scene.first or not is_name(words[previous]):
        return False
    after = words[at + 1] if at + 1 < len(words) else "."
    if after in (",", "."):
        return any(scene.page.inside[max(scene.first - 1, at - 8) : at])
    return after not in _NO_OBJECT


def _usable_base(before: str, kind: str) -> bool:
    if kind == "r":
        return before.lower() not in ("he", "she", "it")
    if before in ("who", "which") or before in lexicon.MODALS or before in ("'t", "’t", "not"):
        return True
    return kind == "n" and before.endswith(("s", "people", "men", "women")) and before not in ("'s", "’s")


def _is_label(scene: Scene, at: int) -> bool:
    """Whether the colon at `at` follows a name that begins a paragraph."""
    first, words = scene.first, scene.page.words
    if first not in scene.page.breaks or not 0 < at - first <= 6 or at + 2 >= len(words) or at + 1 in scene.page.breaks:
        return False
    if words[at + 1][0].isdigit() and not words[at + 2][0].isalpha():
        return False
    return all(
        (is_name(words[i]) and not words[i][0].isdigit()) or words[i] in ("of", "the", ".", "'s", "’s")
        for i in range(first, at)
    )


def first_of(scene: Scene, at: int) -> int:
    """Return where the cue of the verb at `at` begins: with its auxiliaries, negation and adverbs."""
    first, floor, kinds, page = at, scene.first, scene.kinds, scene.page
    while first > floor and (
        (kind := kinds[first - 1]) == "x"
        or (kind in "an" and adverb(page, kinds, first - 1) and page.words[first - 1].islower())
    ):
        first -= 1
    return first


def last_of(scene: Scene, at: int, frame: Frame, verb: str) -> tuple[int, int]:
    """Return the end (exclusive) of the cue of the verb at `at`, and where the search for its content begins, behind
    a particle.
    """
    words, kinds, end = scene.page.words, scene.kinds, scene.end
    last = at + 1
    if frame == "refuse" and last + 1 < end and words[last] == "to" and kinds[last + 1] == "v":
        verb = lexicon.VERBS[words[last + 1]][2]
        last += 2
    if verb not in _LEAD_ON:
        return last, last
    if verb in lexicon.LIGHT:
        for i in range(last, min(end, last + 5)):
            if words[i] in ("for", "at", "about", "over", "with", "that") and i > last:
                return i, i if words[i] == "that" else i + 1
            if kinds[i] in ",rxs":
                break
    if verb == "put" and last < end and words[last] == "it":
        return last + 1, last + 1
    if last < end and words[last] in lexicon.PARTICLES.get(verb, ()):
        return (last + 1 if words[last] == "out" else last), last + 1
    return last, last


def cut_before(scene: Scene, at: int) -> int:
    """Return where the content of an earlier attribution has to end when the cue at `at` is coordinated with it, or
    -1.
    """
    if scene.kinds[at] != "v":
        return -1
    first = first_of(scene, at)
    if first > scene.first + 1 and scene.page.words[first - 1] in ("and", "but"):
        return first - 1
    subject = phrases.before(scene.page, scene.kinds, first, scene.first)
    if subject is None or subject[0] < scene.first + 3:
        return -1
    comma = subject[0] - 2
    return comma if scene.page.words[comma] == "," and scene.page.words[comma + 1] in ("and", "but") else -1
