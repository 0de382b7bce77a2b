"""Sifting: what an eager role model adds, what a ranker lets go, and what it learns to let go."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import roles, sifting, tagging
from onrecord.baselines.binding import Binder
from onrecord.baselines.borders import Example
from onrecord.baselines.evidence import RICH
from onrecord.baselines.finding import search
from onrecord.baselines.linear import Ranker, chance
from onrecord.baselines.proposals import Labelling
from onrecord.baselines.roles import Shares, Span
from onrecord.baselines.words import read
from onrecord.data.published import read_reports

VALIDATION = read_reports("validation")
NEAREST = Binder(Ranker({"none": -9.0}), Ranker({"none": -9.0}), Ranker({}))
"""Binds every content to a cue and a source near it."""
CUES = ("said", "saw")


def annotated(report):
    """The page of a report, and the spans of its claims as a role model would find them."""
    page = read(report.text)
    spans = {span for claim in roles.spans_of(page, report.claims) for span in claim}
    return page, sorted(spans, key=lambda span: (span.ranges, span.role))


def sift(page, spans, ranker, sure=0.9):
    return sifting.sift(page, search(page), Labelling(spans, [sure] * len(page.words)), NEAREST, ranker)


def signs_of(page, spans, sure=0.9):
    """Return each bound content with what it is judged by."""
    bound = NEAREST.bind(page, spans, search(page))
    signs = sifting._Signs(page, search(page), bound, [sure] * len(page.words))
    return [(one.content, signs.of(one)) for one in bound]


def test_a_ranker_that_knows_nothing_keeps_all_and_one_that_hates_all_drops_the_contents_alone():
    for report in VALIDATION[:5]:
        page, spans = annotated(report)
        assert list(sift(page, spans, Ranker({})).spans) == spans
        kept = sift(page, spans, Ranker({"bias": -9.0}))
        assert list(kept.spans) == [span for span in spans if span.role != "content"]
        assert list(kept.sure) == [0.9] * len(page.words)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(VALIDATION), st.integers(0, 99), st.floats(0.05, 1.0))
def test_a_content_is_dropped_where_its_chance_is_less_than_the_least_and_nothing_else_is(report, seed, sure):
    page, spans = annotated(report)
    signs = signs_of(page, spans, sure)
    names = sorted({name for _, features in signs for name in features})
    ranker = Ranker({name: math.sin(seed * 100 + at) for at, name in enumerate(names)})
    wrong = {
        content
        for content, features in signs
        if chance(ranker.score(features)) < (0.4 if len(sifting._words(content)) < 25 else 0.3)
    }
    assert list(sift(page, spans, ranker, sure).spans) == [span for span in spans if span not in wrong]


def test_signs_are_finite_numbers_for_contents_with_and_without_cue_and_source():
    page, spans = annotated(VALIDATION[0])
    for some in (spans, [span for span in spans if span.role == "content"]):
        for _, features in signs_of(page, some):
            assert all(math.isfinite(value) for value in features.values())
            assert {"bias", "mean", "least", "first", "last", "bound", "cue", "source"} < set(features)


def test_contents_that_are_always_wrong_behind_a_cue_are_dropped_in_texts_not_seen_and_right_ones_kept():
    names = ["Marn", "Tovar", "Ilse", "Quin", "Oda", "Brandt", "Vey", "Sorn"]
    things = ["line", "mill", "port", "school", "bridge", "market", "dam", "tower"]
    pages = [read(f"{who} {cue} that the {what} must close.") for who in names for what in things for cue in CUES]
    spans = [Span("source", ((0, 1),)), Span("cue", ((1, 2),)), Span("content", ((3, 7),))]
    shares = Shares(*([0.0] * 8 for _ in range(4)))
    examples = [
        Example(page, search(page), Labelling(spans, [0.9] * 8), shares, [spans] if page.words[1] == "said" else [])
        for page in pages
    ]
    ranker = sifting.learn(examples[:96], NEAREST)
    for page in pages[96:]:
        kept = [span.role for span in sift(page, spans, ranker).spans]
        assert kept == (["source", "cue", "content"] if page.words[1] == "said" else ["source", "cue"])


def test_the_field_of_a_large_corpus_is_eager_and_sees_what_a_small_one_does_not(monkeypatch):
    lessons = []
    for report in VALIDATION:
        page, spans = annotated(report)
        lessons.append((page, search(page), roles.encode(len(page.words), spans)))
    rich = {name.split(" ")[0] for name in tagging.learn(lessons[::2], large=True).weights.features}
    assert rich >= RICH
    monkeypatch.setattr("onrecord.baselines.features.RICH", frozenset())  # so that they differ in eagerness alone
    calm, eager = tagging.learn(lessons[::2]), tagging.learn(lessons[::2], large=True)
    assert np.array_equal(calm.weights.states, eager.weights.states)
    more = dict(zip(calm.weights.labels, (eager.weights.steps - calm.weights.steps).T, strict=True))
    for label, steps in more.items():
        assert steps == pytest.approx(tagging.EAGER.get(label, 0.0), abs=1e-6)
    found = [
        sum(label[0] == "B" for page, rules, _ in lessons[1::2] for label in field.tag(page, rules).labels)
        for field in (calm, eager)
    ]
    assert found[0] < found[1]
