"""Layout: how spans lie to each other, against counting by hand; sums by key, against the ranker of named features."""

from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines.binding import Binder
from onrecord.baselines.finding import search
from onrecord.baselines.layout import CUE, RELAY, SOURCE, Layout
from onrecord.baselines.linear import Grouped, Ranker, described
from onrecord.baselines.phrases import kinds_of
from onrecord.baselines.roles import ROLES, Span
from onrecord.baselines.words import read

WORDS = [*"“”,.", "Marn", "Tovar", "said", "told", "According", "to", "that", "the", "The", "and", "who", "He", "\n\n"]


@st.composite
def layouts(draw):
    """A text of names, verbs and marks, spans that share no word, and what the rules find."""
    page = read(" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60))))
    edges = sorted(draw(st.sets(st.integers(0, len(page.words)), max_size=24)))
    free, spans = list(zip(edges[::2], edges[1::2], strict=False)), []
    while free:
        count = draw(st.sampled_from([1, 1, 1, 2]))
        spans.append(Span(draw(st.sampled_from(ROLES)), tuple(free[:count])))
        free = free[count:]
    return page, spans, search(page)


class Weights(dict):
    """Weights in which every name has one, of its own."""

    def __init__(self, seed):
        super().__init__()
        self._seed = seed

    def get(self, name, default=0.0):
        return default + crc32(f"{self._seed}{name}".encode()) / 2**31 - 1


@given(layouts(), st.integers(0, 5))
@settings(max_examples=200)
def test_sums_by_key_choose_as_the_ranker_of_named_features_does(drawn, seed):
    layout, ranker = Layout(*drawn), Ranker(Weights(seed))
    cues, sources, relays = (Grouped(ranker, groups) for groups in (CUE, SOURCE, RELAY))
    for content in layout.of("content"):
        candidates, keys = layout.cues(content)
        agree(cues, ranker, CUE, keys)
        for cue in candidates:
            agree(sources, ranker, SOURCE, layout.sources(content, cue)[1])
            for of_relay in layout.relays(content, cue)[1]:
                assert relays.score(of_relay) == pytest.approx(ranker.score(described(RELAY, of_relay)), abs=1e-9)


def agree(grouped, ranker, groups, keys):
    named = [described(groups, of_one) for of_one in keys]
    for _ in range(2):  # first the sums are made, then they are kept
        chosen, sure = grouped.choose(keys)
        assert [grouped.score(of_one) for of_one in keys] == pytest.approx([ranker.score(f) for f in named], abs=1e-9)
        assert sure == pytest.approx(ranker.choose(named)[1], abs=1e-9)
        assert ranker.probabilities(named)[chosen] == pytest.approx(sure, abs=1e-9)


@given(layouts())
@settings(max_examples=200)
def test_a_pair_is_described_as_counting_by_hand_does(drawn):
    page, spans, rules = drawn
    layout = Layout(page, spans, rules)
    every = {role: layout.of(role) for role in (*ROLES, "name")}
    for content in every["content"]:
        for cue, keys in list(zip(*layout.cues(content), strict=True))[1:]:
            seen = set(described(CUE, keys))
            assert by_hand(page, every, content, cue) <= seen
            assert ("overlooked" in seen) == (cue not in spans)


def by_hand(page, every, anchor, other):
    """What is to be seen of two spans, one word at a time."""
    before, behind = other.end <= anchor.first, other.first >= anchor.end
    order = "<" if before else ">" if behind else "="
    gap = range(other.end, anchor.first) if before else range(anchor.end, other.first) if behind else range(0)

    def number(at, ranges):
        return next(n for n, (first, end) in enumerate(ranges) if first <= at < end)

    paragraphs = list(pairwise([*page.edges, len(page.words)]))
    apart = abs(number(anchor.first, paragraphs) - number(other.first, paragraphs))
    here = number(other.first, page.sentences)
    found = {f"paragraphs{order}{min(2, apart)}"} if apart else set()
    found |= {f"gap{order}{max(limit for limit in (0, 1, 2, 3, 4, 8, 20) if limit <= len(gap))}"}
    found |= {f"sentences{order}{min(3, abs(number(anchor.first, page.sentences) - here))}"}
    found |= {f"ends{order}{min(3, abs(number(anchor.end - 1, page.sentences) - here))}"}
    for role, some in every.items():
        found |= {f"{role}{order}{min(2, sum(span.first in gap for span in some))}"} if some else set()
    if 0 < len(gap) < 4:
        found.add(f"between{order}{' '.join(page.words[i].lower() for i in gap)}")
    return found


@given(layouts())
@settings(max_examples=200)
def test_names_are_runs_of_capitals_outside_quotation_marks_that_no_span_has_a_word_of(drawn):
    page, spans, rules = drawn
    taken = {i for span in spans for first, end in span.ranges for i in range(first, end)}
    kinds = kinds_of(page)

    def free(at):
        return at < len(page.words) and at not in taken and not page.inside[at]

    def capital(at, kind):
        return free(at) and page.words[at][0].isupper() and kinds[at] == kind

    expected, at = [], 0
    while at < len(page.words):
        end = at + 1
        if capital(at, "n") or (capital(at, "d") and capital(end, "n") and end not in page.breaks):
            while capital(end, "n") and end not in page.breaks:
                end += 1
            expected.append((at, end))
        elif free(at) and kinds[at] == "r":
            expected.append((at, end))
        at = end
    assert [span.ranges for span in Layout(page, spans, rules).of("name")] == [(words,) for words in expected]


@given(layouts())
def test_no_candidate_for_a_source_comes_twice(drawn):
    layout = Layout(*drawn)
    for content in layout.of("content"):
        sources, keys = layout.sources(content, None)
        assert len(sources) == len(keys) == len(set(sources))


@given(layouts(), st.integers(0, 5))
def test_a_binder_binds_again_what_it_has_bound(drawn, seed):
    binder = Binder(*(Ranker(Weights(f"{seed}{name}")) for name in ("cue", "source", "via")))
    first = binder.bind(*drawn)
    assert binder.bind(*drawn) == first == Binder(binder.cue, binder.source, binder.via).bind(*drawn)
    assert [one.content for one in first] == Layout(*drawn).of("content")
