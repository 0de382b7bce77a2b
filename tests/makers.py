"""Makers of small reports, claims and predictions for the tests: short to write, the same everywhere.

`gold_claim("d/r", 1, (0, 5))` is a gold claim, `said((0, 5))` a predicted one, with labels that agree unless told
otherwise; `DOSSIER` names the dossier of the ids. `reports()` makes random reports with hypothesis.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from onrecord.eval.assign import assign
from onrecord.eval.columns import OPEN, Claims, without_roles
from onrecord.eval.results import Gold, result_of
from onrecord.eval.scores import Score
from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.prediction import LABELS, PredictedClaim, Prediction
from onrecord.schema.records import Claim, Fragment, Fragments, Report

settings.register_profile("same-every-time", derandomize=True, deadline=None)
settings.load_profile("same-every-time")

DOSSIER = "harbour"
SAME = {"speaker": "toskan", "agency": None, "topic": "levy", "stance": "favor", "kind": "statement"}
TEXT = "abcdefghij klmnopqrst uvwxyzabcd efghijklmn opqrstuvwx"  # words of ten letters, at 0, 11, 22, 33, 44
AGENTS = ("toskan", "brae", "board")
TOPICS = ("levy", "dredging")

Span = tuple[int, int]
Pairs = list[tuple[int, int]]


def steps(work: Callable[[], object]) -> int:
    """Return how many lines and calls of Python `work` runs: a measure that no clock disturbs."""
    count = 0

    def trace(*_: object) -> Callable[..., object]:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def fragments(*spans: Span) -> Fragments:
    """Return fragments from pairs of offsets."""
    return tuple(Fragment(start, end) for start, end in spans)


def gold_claim(report: str, number: int, *spans: Span, **labels: Any) -> Claim:
    """Return a gold claim with content `spans`; labels are those of `SAME` unless given, and it has no role."""
    dossier = report.partition("/")[0]
    return Claim(
        id=f"{report}#{number}", report=report, dossier=dossier, content=fragments(*spans), form="indirect",
        **{"fact": f"{dossier}/f01", "source": (), "cue": (), "via": (), **SAME, **labels},
    )  # fmt: skip


def said(*spans: Span, **fields: Any) -> PredictedClaim:
    """Return a predicted claim with content `spans`; labels are those of `SAME` unless given."""
    return PredictedClaim(fragments(*spans), **{**SAME, **fields})


def report(name: str, *claims: tuple[Sequence[Span], dict[str, Any]] | Sequence[Span], text: str = TEXT) -> Report:
    """Return report `dossier/name` with a claim for each of `claims`: spans, or spans and labels."""
    id_ = name if "/" in name else f"{DOSSIER}/{name}"
    parts = [(c[0], c[1]) if c and isinstance(c[1:2], tuple) and isinstance(c[-1], dict) else (c, {}) for c in claims]
    made = tuple(gold_claim(id_, n, *spans, **labels) for n, (spans, labels) in enumerate(parts, 1))
    return Report(id_, id_.partition("/")[0], "wire-brief", None, (), text, made)


def prediction(name: str, *claims: PredictedClaim) -> Prediction:
    """Return the prediction of `claims` for report `dossier/name`."""
    return Prediction(name if "/" in name else f"{DOSSIER}/{name}", claims)


def gold_of(*reports_: Report) -> Gold:
    """Return `reports_` as a split to score against."""
    return Gold("test", reports_, "0" * 64)


def scores(reports_: Iterable[Report], predictions: Iterable[Prediction], **options: Any) -> dict[str, Score]:
    """Return every score, without intervals unless `draws` is given."""
    options = {"draws": 0, **options}
    return result_of(gold=gold_of(*reports_), predicted=tuple(predictions), **options).scores


def triple(score: Score) -> tuple[int, int, int]:
    """Return (tp, predicted, gold) of a score."""
    return score.tp, score.predicted, score.gold


def triples(reports_: Iterable[Report], predictions: Iterable[Prediction]) -> dict[str, tuple[int, int, int]]:
    """Return (tp, predicted, gold) of every score by name."""
    return {name: triple(score) for name, score in scores(reports_, predictions).items()}


def codebook(*agents: Agent, dossier: str = DOSSIER) -> Codebook:
    """Return a codebook with three agents (one name is ambiguous), `agents`, and two topics."""
    return Codebook(
        dossier=dossier, title="The harbour levy", description="A levy.", split="test", invented=True,
        agents=(
            Agent("toskan", "Mirel Toskan", "person", "named", aliases=("Ms Toskan", "The Harbour Master")),
            Agent("brae", "Ode Brae", "person", "named", aliases=("The Master", "The Official")),
            Agent("board", "Zellany Harbour Board", "institution", "named", aliases=("The Official",)),
            *agents,
        ),
        topics=tuple(Topic(id_, id_.title(), "A definition.", "A target.") for id_ in TOPICS),
    )  # fmt: skip


def claim_columns(
    contents: Sequence[Sequence[Span]],
    report_of: Sequence[int] | None = None,
    reports: int = 1,
    labels: Sequence[Sequence[int]] | None = None,
) -> Claims:
    """Return claims with these contents as columns; claim i is of `report_of[i]`, its labels are 0 unless given."""
    first = np.cumsum([0, *map(len, contents)])
    spans = np.array([span for content in contents for span in content], dtype=np.int64).reshape(-1, 2)
    codes = [[0] * len(LABELS)] * len(contents) if labels is None else labels
    return Claims(
        n_reports=reports,
        report=np.array(report_of if report_of is not None else [0] * len(contents), dtype=np.int64),
        first=first.astype(np.int64),
        start=spans[:, 0].copy(),
        end=spans[:, 1].copy(),
        labels=np.array(codes, dtype=np.int64).reshape(len(contents), len(LABELS)),
        fact=np.full(len(contents), OPEN, dtype=np.int64),
        words=np.zeros(len(contents), dtype=np.int64),
        roles=without_roles(len(contents)),
    )


class Merit(NamedTuple):
    """What speaks for a pair: its overlap, and which labels are right."""

    overlap: Fraction
    right: tuple[bool, ...] = ()


Merits = dict[tuple[int, int], Merit]
"""The merit of every admissible pair (gold, predicted)."""


def assigned(merits: Merits) -> Pairs:
    """Return the pairs that the assignment takes."""
    return assign({pair: m.overlap for pair, m in merits.items()}, {pair: m.right for pair, m in merits.items()})


def matchings(merits: Merits) -> Iterator[Pairs]:
    """Yield every one-to-one matching of the admissible pairs."""

    def extend(rest: list[int], taken: Pairs) -> Iterator[Pairs]:
        if not rest:
            yield taken
            return
        yield from extend(rest[1:], taken)
        for g, p in merits:
            if g == rest[0] and p not in {q for _, q in taken}:
                yield from extend(rest[1:], [*taken, (g, p)])

    yield from extend(sorted({g for g, _ in merits}), [])


def best_matching(merits: Merits) -> Pairs:
    """Return the best matching by the words of the contract, found by trying all.

    The most pairs, then the largest total overlap, then the most right labels, the first label first, then the
    earliest: gold by gold, unmatched last.
    """
    gold = sorted({g for g, _ in merits})

    def key(pairs: Pairs) -> tuple[float | Fraction, ...]:
        place = dict(pairs)
        total = sum((merits[pair].overlap for pair in pairs), Fraction(0))
        right = [
            -sum(column) for column in zip(*(merit.right for merit in map(merits.get, pairs) if merit), strict=True)
        ]
        return (-len(pairs), -total, *right, *(place.get(g, float("inf")) for g in gold))

    return min(matchings(merits), key=key)


@st.composite
def contents(draw: st.DrawFn, length: int) -> tuple[Span, ...]:
    """Draw the content of a claim in a text of `length` characters: one to three fragments."""
    count = draw(st.integers(1, min(3, length // 2)))
    cuts = draw(st.lists(st.integers(0, length), min_size=2 * count, max_size=2 * count, unique=True))
    cuts.sort()
    return tuple((cuts[i], cuts[i + 1]) for i in range(0, len(cuts), 2))


labels = st.fixed_dictionaries(
    {
        "speaker": st.sampled_from(AGENTS),
        "agency": st.sampled_from((None, "board")),
        "topic": st.sampled_from(TOPICS),
        "stance": st.sampled_from(("favor", "against", "neutral")),
        "kind": st.sampled_from(("statement", "denial", "refusal")),
    }
)

letters = st.text(alphabet="abc …,\"'é“”\n", min_size=8, max_size=40).map(lambda text: "x" + text)


@st.composite
def reports(draw: st.DrawFn, *, name: str = "r", most: int = 5, text: st.SearchStrategy[str] = letters) -> Report:
    """Draw a report with up to `most` gold claims, each with at least one letter."""
    words = draw(text)
    spans = contents(len(words)).filter(lambda cs: any(words[i].isalnum() for a, b in cs for i in range(a, b)))
    return report(name, *draw(st.lists(st.tuples(spans, labels), max_size=most)), text=words)


@st.composite
def predictions(draw: st.DrawFn, of: Report, *, most: int = 5) -> Prediction:
    """Draw a prediction for the report `of`: some of its claims with new labels, and others."""
    kept = [tuple((f.start, f.end) for f in claim.content) for claim in of.claims if draw(st.booleans())]
    others = draw(st.lists(contents(len(of.text)), max_size=most))
    return prediction(of.id, *(said(*spans, **draw(labels)) for spans in (*kept, *others)))


@st.composite
def corpora(draw: st.DrawFn, *, most: int = 4) -> tuple[list[Report], list[Prediction]]:
    """Draw reports of one or two dossiers, and a prediction for each."""
    names = [f"{draw(st.sampled_from(('harbour', 'peaks')))}/r{number}" for number in range(draw(st.integers(1, most)))]
    made = [draw(reports(name=name)) for name in names]
    return made, [draw(predictions(report_)) for report_ in made]
