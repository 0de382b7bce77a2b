"""Binding: cues and sources go to the contents that they belong to, the overlooked ones of the rules included."""

import pytest

from onrecord.baselines.binding import Example, learn
from onrecord.baselines.finding import search
from onrecord.baselines.roles import Span, spans_of
from onrecord.baselines.words import read
from onrecord.data.published import read_reports


@pytest.fixture(scope="module")
def binder():
    """Learnt from the gold spans of the train split."""
    examples = []
    for report in read_reports("train"):
        page = read(report.text)
        claims = spans_of(page, report.claims)
        examples.append(Example(page, [span for claim in claims for span in claim], search(page), claims))
    return learn(examples)


def test_gold_spans_of_a_dossier_never_seen_bind_to_their_own_claims(binder):
    right = total = 0
    for report in read_reports("validation"):
        page = read(report.text)
        claims = spans_of(page, report.claims)
        gold = {next(s for s in claim if s.role == "content"): claim for claim in claims}
        for bound in binder.bind(page, [span for claim in claims for span in claim], search(page)):
            total += 1
            right += bound.source in gold[bound.content]
    assert total == sum(len(report.claims) for report in read_reports("validation"))
    assert right / total > 0.9


def test_each_half_of_a_sentence_keeps_its_own_speaker(binder):
    page = read("Marn said the line must close, and Tovar said it must stay.")
    roles = {"source": [(0, 1), (8, 9)], "cue": [(1, 2), (9, 10)], "content": [(2, 6), (10, 13)]}
    spans = [Span(role, (span,)) for role, found in roles.items() for span in found]
    first, second = binder.bind(page, spans, search(page))
    assert (first.source, first.cue) == (Span("source", ((0, 1),)), Span("cue", ((1, 2),)))
    assert (second.source, second.cue) == (Span("source", ((8, 9),)), Span("cue", ((9, 10),)))


def test_a_source_that_the_role_model_overlooked_is_found_by_the_rules(binder):
    page = read("Marn said that the line must close.")
    (bound,) = binder.bind(page, [Span("cue", ((1, 2),)), Span("content", ((3, 7),))], search(page))
    assert bound.source == Span("source", ((0, 1),))


def test_a_name_that_nothing_has_a_role_for_can_be_the_source(binder):
    page = read("Marn stood up. “The line must close on the day that the money is gone.”")
    (bound,) = binder.bind(page, [Span("content", ((4, len(page.words)),))], [])
    assert bound.source == Span("source", ((0, 1),))


def test_a_text_without_contents_has_nothing_to_bind(binder):
    page = read("Marn said so.")
    assert binder.bind(page, [Span("cue", ((1, 2),))], search(page)) == []
    assert binder.bind(read(""), [], []) == []
