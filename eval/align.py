"""Align: the words that a prediction gives instead of offsets, found in the text of its report.

Each claim's content is found in the first of these ways that succeeds, and the claim remembers it in `alignment`:

* `offsets`: the system gave them; nothing is looked for.
* `exact`: the words stand in the text to the letter.
* `normalised`: the text has the same letters, digits and symbols in the same order; white space, punctuation, quotation
  marks, dashes, case and Unicode width differ (`onrecord.eval.skeleton`), or an attribution stands in their midst.
* `fuzzy`: the text is similar, by at least `onrecord.eval.approximate.FUZZY`, and has the same numbers.
* `ungrounded`: none of these. The claim stays, without content, and is a false positive.

A list of strings is found part by part, in order, and so is a string with an ellipsis in it where it is not found
whole; a claim is grounded where all of its parts are. Of several claims with the same words the first takes the first
occurrence, the second the second; a claim for which none is left is ungrounded. The words of a source, a cue or a
relay are found, exact or normalised, where they stand nearest to the content; those that are not found stay words.

Everything is deterministic; offsets are code points of the text as it is, between grapheme clusters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from onrecord.eval.approximate import candidates
from onrecord.eval.grounding import Page, Spans, Way
from onrecord.eval.numbers import numbers
from onrecord.eval.skeleton import letters
from onrecord.schema.prediction import ALIGNMENTS, Alignment, PredictedClaim, PredictedRelay, Prediction
from onrecord.schema.records import Fragment, Fragments, Relay, Report

_ELLIPSIS: Final = re.compile(r"[\[(]\s*(?:…|\.\s?\.\s?\.)\s*[\])]|…|\.\s?\.\s?\.(?:\s?\.)*")
_WAYS: Final[tuple[Way, ...]] = ("exact", "normalised")

_Found = tuple[Spans, Alignment]
_Key = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A prediction with offsets wherever its words were found, and how many claims were grounded which way."""

    prediction: Prediction
    counts: Mapping[Alignment, int]


def align(prediction: Prediction, text: str) -> Aligned:
    """Return `prediction`, which is for the report with this `text`, with the words that it gives found in the text."""
    if any(_has_words(claim) for claim in prediction.claims):
        desk = _Desk(text)
        for claim in prediction.claims:
            if claim.words and claim.content:  # aligned before
                desk.queue(claim.words).taken.add(desk.page.rank(claim.content[0].start))
        prediction = replace(prediction, claims=tuple(map(desk.ground, prediction.claims)))
    return Aligned(prediction, count_alignments([prediction]))


def align_all(*, gold: Sequence[Report], predicted: Sequence[Prediction]) -> list[Prediction]:
    """Return `predicted` with their words found in the texts of `gold`; `predicted[i]` is for the report `gold[i]`."""
    return [align(prediction, report.text).prediction for report, prediction in zip(gold, predicted, strict=True)]


def count_alignments(predictions: Sequence[Prediction]) -> dict[Alignment, int]:
    """Return how many claims of `predictions` were grounded which way."""
    counts = Counter(claim.alignment for prediction in predictions for claim in prediction.claims)
    return {alignment: counts[alignment] for alignment in ALIGNMENTS}


def without_fuzzy(prediction: Prediction) -> Prediction:
    """Return `prediction` with every claim that was grounded by similarity ungrounded."""
    return replace(
        prediction,
        claims=tuple(
            replace(claim, content=()) if claim.alignment == "fuzzy" else claim for claim in prediction.claims
        ),
    )


def _has_words(claim: PredictedClaim) -> bool:
    if claim.alignment == "ungrounded" or claim.source_words or claim.cue_words:
        return True
    return any(isinstance(relay, PredictedRelay) and relay.words for relay in claim.via)


class _Desk:
    """One report's text, and the occurrences that its claims have taken so far."""

    def __init__(self, text: str) -> None:
        self.page = Page(text)
        self.queues: dict[_Key, _Queue] = {}

    def ground(self, claim: PredictedClaim) -> PredictedClaim:
        """Return `claim` with its words found, as far as they are."""
        fields: dict[str, Any] = {}
        content: Spans = tuple((fragment.start, fragment.end) for fragment in claim.content)
        if not content:
            found = self.queue(claim.words).take(claim.words)
            if found is None:
                return claim
            content = found[0]
            fields = {"content": _fragments(content), "alignment": found[1]}
        for role in ("source", "cue"):
            if words := getattr(claim, f"{role}_words"):
                fragments, words = self.nearest(words, content)
                fields |= {role: fragments, f"{role}_words": words}
        if claim.via:
            fields["via"] = tuple(self.relay(relay, content) for relay in claim.via)
        return replace(claim, **fields) if fields else claim

    def queue(self, words: tuple[str, ...]) -> _Queue:
        """Return the occurrences of `words`."""
        parts = _parts(words)
        key = tuple((tuple(map(letters, _pieces(part))), tuple(numbers(part))) for part in parts)
        if key not in self.queues:
            self.queues[key] = _Queue(self.page, parts)
        return self.queues[key]

    def nearest(self, words: tuple[str, ...], content: Spans) -> tuple[Fragments, tuple[str, ...]]:
        """Return the fragments of a role's `words`, or the words where they are not found."""
        found = self.page.nearest(words, content)
        return (_fragments(found), ()) if found else ((), words)

    def relay(self, relay: Relay | PredictedRelay, content: Spans) -> Relay | PredictedRelay:
        """Return `relay` with its words found."""
        if not isinstance(relay, PredictedRelay) or not relay.words:
            return relay
        return PredictedRelay(relay.agent, *self.nearest(relay.words, content))


class _Queue:
    """The occurrences of the words of some claims, which are alike but for what `normalised` leaves out."""

    def __init__(self, page: Page, parts: tuple[str, ...]) -> None:
        self.page = page
        self.exact: dict[tuple[str, ...], Iterator[Spans]] = {}
        self.normalised = page.chains(parts, "normalised")
        self.others = self.approximate(parts)
        self.stands = False  # whether the text has the words letter by letter, in one piece for each part
        self.taken: set[int] = set()  # the ranks of the first letters of what is taken

    def take(self, words: tuple[str, ...]) -> _Found | None:
        """Return the first occurrence of `words` that is not taken, and take it: an exact one if there is one."""
        parts = _parts(words)
        if parts not in self.exact:
            self.exact[parts] = self.page.chains(parts, "exact")
        for way, chains in zip(_WAYS, (self.exact[parts], self.normalised), strict=True):
            for chain in chains:
                self.stands = True
                if self.free(chain):
                    return chain, way
        return None if self.stands else next((found for found in self.others if self.free(found[0])), None)

    def free(self, spans: Spans) -> bool:
        """Whether the occurrence at `spans` was not taken; it is now."""
        place = self.page.rank(spans[0][0])
        free = place not in self.taken
        self.taken.add(place)
        return free

    def approximate(self, parts: Sequence[str]) -> Iterator[_Found]:
        """Yield where `parts` stand, cut at their ellipses, or with an attribution in their midst, or similarly."""
        pieces = [piece for part in parts for piece in _pieces(part)]
        if len(pieces) > len(parts):
            for way in _WAYS:
                chain = None
                for chain in self.page.chains(pieces, way):
                    yield chain, "normalised"
                if chain:
                    return
        if len(pieces) == 1:
            for candidate in candidates(self.page, pieces[0]):
                yield candidate.spans, "normalised" if candidate.similarity == 1 else "fuzzy"
        elif found := self.one_by_one(pieces):
            yield found

    def one_by_one(self, pieces: Sequence[str]) -> _Found | None:
        """Return where `pieces` stand one after another, each in the best way that it has."""
        spans: Spans = ()
        similar = 1.0
        for piece in pieces:
            low = spans[-1][1] if spans else 0
            place = self.page.first(piece, "normalised", low, len(self.page.text))
            if place is not None:
                spans = (*spans, place)
                continue
            best = next(iter(candidates(self.page, piece, low)), None)
            if best is None:
                return None
            spans, similar = (*spans, *best.spans), min(similar, best.similarity)
        return (spans, "normalised" if similar == 1 else "fuzzy") if spans else None


def _parts(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the strings of a content that have letters; all of them where none has."""
    return tuple(part for part in words if letters(part)) or words


def _pieces(part: str) -> list[str]:
    """Return the pieces of a string between its ellipses, those without letters left out."""
    if "…" not in part and ".." not in part and ". ." not in part:
        return [part] if letters(part) else []
    return [piece for piece in _ELLIPSIS.split(part) if letters(piece)]


def _fragments(spans: Spans) -> Fragments:
    return tuple(Fragment(start, end) for start, end in spans)
