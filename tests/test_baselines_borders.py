"""Borders: what a ranker may make of a content, what it learns, and that a large corpus teaches one."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import borders, roles, training
from onrecord.baselines.binding import Binder
from onrecord.baselines.bordering import Ground, Options
from onrecord.baselines.finding import search
from onrecord.baselines.linear import Ranker
from onrecord.baselines.model import OPTIONAL, load, save
from onrecord.baselines.proposals import Labelling
from onrecord.baselines.roles import Shares, Span
from onrecord.baselines.tagger import Tagger
from onrecord.baselines.training import Annotated, train
from onrecord.baselines.words import read
from onrecord.data.published import read_codebooks, read_reports
from onrecord.schema.errors import OnRecordError

CODEBOOKS = read_codebooks()
VALIDATION = read_reports("validation")
NEAREST = Binder(Ranker({"none": -9.0}), Ranker({"none": -9.0}), Ranker({}))
"""Binds every content to a cue and a source near it."""


def shares_of(count, spans):
    """Shares of a role model that is fairly sure of the contents among `spans`."""
    begins, resumes, ends, within = ([0.01] * count for _ in range(4))
    for span in spans:
        for number, (first, end) in enumerate(span.ranges if span.role == "content" else ()):
            (resumes if number else begins)[first], ends[end - 1] = 0.9, 0.9
            within[first:end] = [0.9] * (end - first)
    return Shares(begins, resumes, ends, within)


def settle(page, spans, ranker, sure=0.9):
    found = Labelling(spans, [sure] * len(page.words))
    return borders.settle(page, search(page), found, shares_of(len(page.words), spans), NEAREST, ranker)


def contents(spans):
    return [span.ranges for span in spans if span.role == "content"]


@st.composite
def pages(draw):
    """A text of clauses, marks and quotations, with spans that share no word."""
    some = ["Marn", "said", "that", "the", "line", "must", "close", ",", ".", "“", "”", "and", "who", "Tovar", "\n\n"]
    text = " ".join(draw(st.lists(st.sampled_from(some), min_size=1, max_size=40)))
    page = read(text)
    edges = sorted(draw(st.sets(st.integers(0, len(page.words)), max_size=12)))
    free, spans = list(zip(edges[::2], edges[1::2], strict=False)), []
    while free:
        count = draw(st.integers(1, 2))
        spans.append(Span(draw(st.sampled_from(roles.ROLES)), tuple(free[:count])))
        free = free[count:]
    return page, spans


def test_a_ranker_that_knows_nothing_leaves_every_content_as_it_was_found():
    for report in VALIDATION[:5]:
        page = read(report.text)
        spans = sorted(
            {span for claim in roles.spans_of(page, report.claims) for span in claim},
            key=lambda span: (span.ranges, span.role),
        )
        assert list(settle(page, spans, Ranker({})).spans) == spans


@settings(deadline=None, max_examples=300)
@given(pages(), st.integers(0, 9))
def test_whatever_a_ranker_chooses_contents_stay_in_order_apart_and_off_other_spans(drawn, seed):
    page, spans = drawn
    ground = Ground(page, search(page), spans, shares_of(len(page.words), spans))
    bound = NEAREST.bind(page, spans, search(page))
    seen = [Options(ground, one, borders._candidates(ground, one)).features() for one in bound]
    names = {name for options in seen for features in options for name in features}
    ranker = Ranker({name: math.sin(seed * 100 + at) for at, name in enumerate(sorted(names))})
    found = settle(page, spans, ranker)
    taken = [i for span in found.spans for first, end in span.ranges for i in range(first, end)]
    assert len(taken) == len(set(taken))
    assert all(0 <= first < end <= len(page.words) for span in found.spans for first, end in span.ranges)
    assert all(list(span.ranges) == sorted(span.ranges) for span in found.spans)
    assert [s for s in found.spans if s.role != "content"] == sorted(
        (s for s in spans if s.role != "content"), key=lambda span: (span.ranges, span.role)
    )
    assert len(contents(found.spans)) >= len(contents(spans))
    assert len(found.sure) == len(page.words)


def test_two_contents_never_take_the_same_words_between_them():
    page = read("The line must close and, on Monday, the mill will stay.")
    spans = [Span("content", ((0, 4),)), Span("content", ((9, 13),))]
    greedy = Ranker({"e.w+1=then": 9.0, "s.w=and": 9.0})
    assert contents(settle(page, spans[1:], greedy).spans) == [((4, 13),)]
    assert contents(settle(page, spans, greedy).spans) == [((0, 9),), ((9, 13),)]


def test_a_fragment_that_a_content_loses_becomes_a_content_of_its_own():
    page = read("“The line must close,” Marn said. “The crews stay.”")
    spans = [Span("content", ((0, 7), (10, 16))), Span("source", ((7, 8),)), Span("cue", ((8, 9),))]
    ranges = spans[0].ranges
    assert contents(settle(page, spans, Ranker({"fragments=1last": 9.0})).spans) == [(ranges[0],), (ranges[1],)]
    assert contents(settle(page, spans, Ranker({"fragments=1first": 9.0})).spans) == [(ranges[0],), (ranges[1],)]


def test_words_that_a_content_takes_in_are_as_sure_as_the_role_model_is_of_them():
    page = read("Marn said on Monday, the line must close.")
    spans = [Span("source", ((0, 1),)), Span("cue", ((1, 2),)), Span("content", ((5, 9),))]
    found = settle(page, spans, Ranker({"s<": 9.0, "s.w=on": 9.0}), sure=1.0)
    assert contents(found.spans) == [((2, 9),)]
    assert list(found.sure) == [1.0, 1.0, 0.01, 0.01, 0.01, 1.0, 1.0, 1.0, 1.0, 1.0]


def test_an_option_is_seen_alike_whatever_stands_beside_it_and_the_best_is_the_one_that_a_ranker_would_choose():
    report = VALIDATION[0]
    page = read(report.text)
    spans = [span for claim in roles.spans_of(page, report.claims) for span in claim]
    ground = Ground(page, search(page), spans, shares_of(len(page.words), spans))
    for one in NEAREST.bind(page, spans, search(page)):
        ranges = borders._candidates(ground, one)
        assert ranges[0] == one.content.ranges
        assert len(set(ranges)) == len(ranges)
        options = Options(ground, one, ranges)
        features = options.features()
        assert features == [Options(ground, one, [alone]).features()[0] for alone in ranges]
        names = sorted({name for each in features for name in each})
        ranker = Ranker({name: math.sin(at * at) for at, name in enumerate(names)})
        assert options.best(ranker) == ranker.choose(features)[0]


def test_borders_that_a_role_model_always_gets_wrong_are_put_right_in_texts_not_seen():
    names = ["Marn", "Tovar", "Ilse", "Quin", "Oda", "Brandt", "Vey", "Sorn"]
    things = ["line", "mill", "port", "school", "bridge", "market", "dam", "tower"]
    pages = [
        read(f"{who} said on Monday that the {what} must close, but nobody came.") for who in names for what in things
    ]
    wrong = [Span("source", ((0, 1),)), Span("cue", ((1, 2),)), Span("content", ((2, 13),))]
    right = [Span("source", ((0, 1),)), Span("cue", ((1, 2),)), Span("content", ((4, 9),))]
    examples = [
        borders.Example(page, search(page), Labelling(wrong, [0.9] * 14), shares_of(14, wrong), [right])
        for page in pages
    ]
    ranker = borders.learn(examples[:48], NEAREST)
    for page in pages[48:]:
        assert contents(settle(page, wrong, ranker).spans) == [((4, 9),)]


def test_shares_are_the_marginals_of_the_role_model_around_contents():
    field, page = load().field, read(VALIDATION[0].text)
    tagged = field.tag(page, search(page))
    shares, sure = tagged.shares(), tagged.sureness()
    assert any(label.startswith("B-content") for label in tagged.labels)
    for at, label in enumerate(tagged.labels):
        assert 0 <= shares.begins[at] <= shares.within[at] <= 1 + 1e-6
        if label == "B-content":
            assert shares.begins[at] == pytest.approx(sure[at])
        if label in ("B-content", "I-content", "J-content"):
            assert shares.within[at] >= sure[at] - 1e-9


def test_a_large_corpus_teaches_borders_and_what_to_keep_and_a_small_one_does_not(monkeypatch, tmp_path):
    texts = [Annotated(report.text, report.claims, report.dossier) for report in VALIDATION]

    def learnt():
        return train(texts, reports=VALIDATION[:4], codebooks=CODEBOOKS, divides=False, provenance={})

    assert not {"border", "sift"} & set(learnt().rankers)
    monkeypatch.setattr(training, "_LARGE", 10)
    monkeypatch.setattr(borders, "_FEWEST", 1)
    model = learnt()
    assert model.rankers["border"].weights
    assert model.rankers["sift"].weights
    save(model, tmp_path)
    again = load(tmp_path)
    assert again.digest == model.digest
    assert [again.rankers[name] for name in OPTIONAL] == [model.rankers[name] for name in OPTIONAL]
    text = VALIDATION[0].text
    assert Tagger(model=again).spans(text) == Tagger(model=model).spans(text)
    manifest = json.loads((tmp_path / "model.json").read_bytes())
    manifest["rankers"]["border"]["begins"] = "much"
    (tmp_path / "model.json").write_text(json.dumps(manifest))
    with pytest.raises(OnRecordError, match="the weight of 'begins' in 'border' is 'much'"):
        load(tmp_path)
