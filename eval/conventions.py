"""Published conventions: a system's figures as others would report them, each with what sets it apart from ours.

None of these is a score of OnRecord. They exist so that a published figure can be put beside ours, and so that it can
be seen why the two differ: the same predictions, counted otherwise. All are end to end on the same gold, with words
aligned first (`onrecord.eval.align`); a claim whose words are nowhere stays predicted. Each measure is a function, and
its docstring names its source and where we had to choose. A *token* is a run of letters and digits, or one other
character that is not white space; it belongs to a span if one of its characters does. Where a denominator is 0 a
figure is None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from onrecord.eval.classes import Confusion
from onrecord.eval.pairing import Pairing, pair
from onrecord.eval.scores import Figures, with_f1
from onrecord.eval.semeval import MODES, Span, tally
from onrecord.schema.prediction import PredictedClaim, Prediction
from onrecord.schema.records import Claim, Fragments, Report

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")

_Claim = Claim | PredictedClaim
_Sets = list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Convention:
    """A measure under its published name, its figures (those it has), and in one line what sets it apart from ours."""

    name: str
    figures: Figures
    differs: str

    def to_dict(self) -> dict[str, Any]:
        """Return the convention as a JSON object."""
        return {"name": self.name, **self.figures, "differs": self.differs}


def conventions(*, gold: Sequence[Report], predicted: Sequence[Prediction]) -> tuple[Convention, ...]:
    """Return every convention; `predicted[i]` is the prediction for the report `gold[i]`."""
    pages = [_Page(pairing) for pairing in pair(gold=gold, predicted=predicted)]
    return tuple(convention for measure in _MEASURES for convention in measure(pages))


class _Page:
    """A report with both sides' claims, and its tokens."""

    def __init__(self, pairing: Pairing) -> None:
        self.pairing = pairing
        self.gold: tuple[Claim, ...] = pairing.report.claims
        self.predicted: tuple[PredictedClaim, ...] = pairing.prediction.claims
        text = pairing.report.text
        self._token = [-1] * len(text)
        for number, token in enumerate(_TOKEN.finditer(text)):
            self._token[token.start() : token.end()] = [number] * len(token[0])

    def tokens(self, fragments: Fragments) -> frozenset[int]:
        """Return the tokens of a span."""
        return frozenset(t for f in fragments for t in self._token[f.start : f.end] if t >= 0)

    def contents(self) -> tuple[_Sets, _Sets]:
        """Return the tokens of every content, gold and predicted."""
        return [self.tokens(c.content) for c in self.gold], [self.tokens(c.content) for c in self.predicted]


def _figures(right_of_predicted: float, right_of_gold: float, predicted: float, gold: float) -> Figures:
    return with_f1(right_of_predicted / predicted if predicted else None, right_of_gold / gold if gold else None)


def _sum(parts: Iterator[tuple[float, float, int, int]]) -> Figures:
    return _figures(*map(sum, zip((0, 0, 0, 0), *parts, strict=True)))


def pareti_2013(pages: Sequence[_Page]) -> Iterator[Convention]:
    """Pareti, O'Keefe, Konstas, Curran and Koprinska 2013 (EMNLP): content spans, strict and partial.

    Strict: the same tokens. Partial, after Hollingsworth and Teufel 2005: each predicted span has the share of its
    tokens that lie in gold spans, each gold span the share that lies in predicted ones; means over spans. Where spans
    nest, a token counts once.
    """

    def strict(page: _Page) -> tuple[float, float, int, int]:
        gold, predicted = page.contents()
        same = (Counter(s for s in gold if s) & Counter(s for s in predicted if s)).total()
        return same, same, len(predicted), len(gold)

    def partial(page: _Page) -> tuple[float, float, int, int]:
        gold, predicted = page.contents()
        in_gold, in_predicted = frozenset[int]().union(*gold), frozenset[int]().union(*predicted)
        return _shares(predicted, in_gold), _shares(gold, in_predicted), len(predicted), len(gold)

    yield Convention(
        "Pareti 2013, strict", _sum(map(strict, pages)), "as `exact`, but edges count: a full stop more is wrong"
    )
    yield Convention(
        "Pareti 2013, partial", _sum(map(partial, pages)), "no claim is matched: any overlap pays, split and merged too"
    )


def _shares(spans: _Sets, covered: frozenset[int]) -> float:
    return sum(len(span & covered) / len(span) for span in spans if span)


def polnear_tokens(pages: Sequence[_Page]) -> Iterator[Convention]:
    """Newell, Margolin and Ruths 2018 (LREC, PolNeAR) and taggers trained on it: tokens of each role, unlinked.

    A token has a role if it is in that role of any claim; precision and recall are over tokens. There a token has one
    role; here it may have several.
    """
    differs = "roles are linked to no claim: a source beside the wrong content is right"
    for role in ("source", "cue", "content"):

        def shared(page: _Page, role: str = role) -> tuple[float, float, int, int]:
            gold, predicted = (
                frozenset[int]().union(*(page.tokens(getattr(claim, role)) for claim in claims))
                for claims in (page.gold, page.predicted)
            )
            both = len(gold & predicted)
            return both, both, len(predicted), len(gold)

        yield Convention(f"PolNeAR tokens, {role}", _sum(map(shared, pages)), differs)


def gender_gap_tracker(pages: Sequence[_Page]) -> Iterator[Convention]:
    """Asr et al. 2021 (PLOS ONE, the Gender Gap Tracker): quotes that overlap by 0.3, and by 0.8.

    Their overlap is divided by the gold's length only, so that a prediction that spans the document is a hit; beside it
    the same with the union as denominator. Gold in order, each takes the free prediction that overlaps most; lengths
    are in tokens.
    """
    for threshold in (0.3, 0.8):
        for both, what, differs in (
            (False, "as published", "overlap over the gold's length: a prediction of the whole text is a hit"),
            (True, "over the union", "greedy, and at another threshold; otherwise as `detection`"),
        ):
            parts = (_greedy(page, threshold, both_sides=both) for page in pages)
            yield Convention(f"Gender Gap Tracker {threshold}, {what}", _sum(parts), differs)


def _greedy(page: _Page, threshold: float, *, both_sides: bool) -> tuple[float, float, int, int]:
    gold, predicted = page.contents()
    free = dict(enumerate(sorted(predicted, key=sorted)))  # a tie goes to the earliest, wherever a file lists it
    hits = 0
    for span in gold:
        overlap = {n: len(span & p) / (len(span | p) if both_sides else len(span)) for n, p in free.items() if span & p}
        best = max(overlap, key=overlap.__getitem__, default=None)
        if best is not None and overlap[best] >= threshold:
            hits += 1
            del free[best]
    return hits, hits, len(predicted), len(gold)


def semeval_2013(pages: Sequence[_Page]) -> Iterator[Convention]:
    """Segura-Bedmar, Martínez and Herrero-Zazo 2013 (SemEval task 9.1), after MUC-5: strict, exact, partial, type.

    A span is flat there: ours reach from the first fragment to the last. The type is the `kind`. See
    `onrecord.eval.semeval` for what meets what.
    """
    counts = tally([_flat(page) for page in pages])
    differs = {
        "strict": "borders and kind; fragments are joined; no other label counts",
        "exact": "borders alone; fragments are joined",
        "partial": "any overlap pays one half, be it one letter",
        "type": "any overlap will do, if the kind is right",
    }
    for mode in MODES:
        right = counts.right(mode)
        yield Convention(f"SemEval-2013, {mode}", _figures(right, right, counts.actual, counts.possible), differs[mode])


def _flat(page: _Page) -> tuple[list[Span], list[Span]]:
    def spans(claims: Sequence[_Claim]) -> list[Span]:
        return [
            Span(c.content[0].start, c.content[-1].end, c.kind) if c.content else Span(0, 0, c.kind) for c in claims
        ]

    return spans(page.gold), spans(page.predicted)


def stance_2016(pages: Sequence[_Page]) -> Iterator[Convention]:
    """Mohammad et al. 2016 (SemEval task 6): the mean of the F1 of favor and of against, neutral left out of the mean.

    There the items are given; nearest to it are matched pairs alone. Beside it the same end to end.
    """
    found = [(str(page.gold[g].stance), str(page.predicted[p].stance)) for page in pages for g, p in page.pairing.pairs]
    given = Confusion(Counter(found), {}, {})
    everything = Confusion(given.matched, _unmatched(pages, "gold", 0), _unmatched(pages, "predicted", 1))
    for what, confusion, differs in (
        ("matched pairs", given, "claims that were not found cost nothing; neutral counts as an error only"),
        ("end to end", everything, "neutral is in no mean; `stance` counts all three"),
    ):
        figures: Figures = {"f1": _mean_f1(confusion.classes())}
        yield Convention(f"SemEval-2016 stance, {what}", figures, differs)


def _unmatched(pages: Sequence[_Page], side: str, at: int) -> Mapping[str, int]:
    return Counter(
        str(claim.stance)
        for page in pages
        for number, claim in enumerate(getattr(page, side))
        if number not in {pair_[at] for pair_ in page.pairing.pairs}
    )


def _mean_f1(classes: Mapping[str, tuple[int, int, int]]) -> float | None:
    values = []
    for name in ("favor", "against"):
        tp, predicted, gold = classes.get(name, (0, 0, 0))
        if not predicted + gold:
            return None
        values.append(2 * tp / (predicted + gold))
    return sum(values) / len(values)


_MEASURES: Final[tuple[Callable[[Sequence[_Page]], Iterator[Convention]], ...]] = (
    pareti_2013, polnear_tokens, gender_gap_tracker, semeval_2013, stance_2016,
)  # fmt: skip
