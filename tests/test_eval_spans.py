"""What claims share, against sets of characters: any number of fragments, agents, reports and ties."""

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from makers import claim_columns, contents

from onrecord.eval.columns import Role, fragments_of, sums
from onrecord.eval.ink import ink_offsets
from onrecord.eval.match import overlaps
from onrecord.eval.spans import Spans, shared, spans_of

LENGTH = 24
SOLID = "abcdefghijklmnopqrstuvwx"  # a text of ink alone, so that offsets are ink offsets


def ints(values):
    return np.array(values, dtype=np.int64)


def characters(spans):
    return {at for start, end in spans for at in range(start, end)}


some_claims = st.lists(st.one_of(st.just(()), contents(LENGTH)), min_size=1, max_size=5)
by_agent = st.lists(st.dictionaries(st.integers(1, 3), contents(LENGTH), max_size=3), min_size=1, max_size=4)


def spans_from(claims, agents=None):
    columns = claim_columns(claims)
    return Spans(columns.first, columns.start, columns.end, agents)


@settings(max_examples=300)
@given(some_claims, some_claims)
@example([((0, 4), (6, 9))], [((0, 4), (6, 9))])
@example([tuple((at, at + 1) for at in range(0, LENGTH, 2))], [tuple((at, at + 1) for at in range(1, LENGTH, 2))])
def test_claims_share_the_characters_that_are_in_both(gold, predicted):
    pairs = list(product(range(len(gold)), range(len(predicted))))  # a claim may stand in many pairs
    g, p = ints(pairs).T
    found = shared(spans_from(gold), spans_from(predicted), g, p)
    assert found.tolist() == [len(characters(gold[i]) & characters(predicted[j])) for i, j in pairs]


@settings(max_examples=300)
@given(by_agent, by_agent)
def test_relays_share_the_characters_of_the_same_agent(gold, predicted):
    def spans(claims):
        flat = [tuple(span for some in claim.values() for span in some) for claim in claims]
        return spans_from(flat, ints([agent for claim in claims for agent, some in claim.items() for _ in some]))

    pairs = list(product(range(len(gold)), range(len(predicted))))
    found = shared(spans(gold), spans(predicted), *ints(pairs).T)
    for (i, j), common in zip(pairs, found.tolist(), strict=True):
        agents = gold[i].keys() & predicted[j].keys()
        assert common == sum(len(characters(gold[i][a]) & characters(predicted[j][a])) for a in agents)


def test_a_relay_shares_nothing_with_a_role_that_has_no_agents():
    one = spans_from([((0, 5),)], ints([2]))
    assert shared(one, spans_from([((0, 5),)]), ints([0]), ints([0])).tolist() == [0]


def test_a_thousand_fragments_against_as_many_are_swept_not_multiplied():
    """Every fragment against every other would be 10 ** 10 ways; in one sweep it is a moment."""
    many = [tuple((at, at + 2) for at in range(0, 300_000, 3))]
    moved = [tuple((at + 1, at + 3) for at in range(0, 300_000, 3))]
    assert shared(spans_from(many), spans_from(moved), ints([0]), ints([0])).tolist() == [100_000]


@st.composite
def crowds(draw):
    """Draw the contents of several reports, many of them equal, nested, crossing or in pieces."""
    reports = draw(st.lists(st.tuples(some_claims, some_claims), min_size=1, max_size=4))
    return [(gold, predicted + draw(st.lists(st.sampled_from(gold), max_size=3))) for gold, predicted in reports]


def in_columns(sides):
    """Return the contents of reports as columns, in canonical order: by content, and ungrounded ones last."""
    ranked = [sorted(claims, key=lambda claim: (not claim, claim)) for claims in sides]
    report = np.repeat(np.arange(len(ranked)), [len(claims) for claims in ranked])
    flat = [claim for claims in ranked for claim in claims]
    return flat, report, claim_columns(flat, report, len(ranked))


@settings(max_examples=500)
@given(crowds())
def test_the_pairs_that_overlap_are_all_that_share_a_character_alone_or_in_a_crowd(case):
    gold, gold_report, gold_columns = in_columns([gold for gold, _ in case])
    predicted, predicted_report, predicted_columns = in_columns([predicted for _, predicted in case])
    met = overlaps(gold=gold_columns, predicted=predicted_columns, texts=[SOLID] * len(case))
    expected = [
        (i, j, len(characters(gold[i]) & characters(predicted[j])))
        for i, j in product(range(len(gold)), range(len(predicted)))
        if gold_report[i] == predicted_report[j] and characters(gold[i]) & characters(predicted[j])
    ]
    assert list(zip(*(x.tolist() for x in (met.gold, met.predicted, met.shared)), strict=True)) == expected
    assert met.gold_size.tolist() == [len(characters(claim)) for claim in gold]
    assert met.predicted_size.tolist() == [len(characters(claim)) for claim in predicted]


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.text(alphabet="ab .,“é\u3000", min_size=2, max_size=30), st.data()), min_size=1, max_size=3)
)
def test_roles_lie_on_the_same_line_as_contents(drawn):
    texts = [text for text, _ in drawn]
    found = [data.draw(contents(len(text))) for text, data in drawn]
    claims = claim_columns(found, range(len(texts)), len(texts))
    role = Role(claims.first, ints([0] * len(claims.start)), claims.start, claims.end, claims.words)
    sides = spans_of(texts, replace(claims, roles=(role,) * 3), claims)
    (alone,) = ink_offsets(texts, [(claims.first, claims.start, claims.end)])
    for spans in (*sides[0], sides[1][0]):
        assert (spans.start.tolist(), spans.end.tolist()) == (alone[0].tolist(), alone[1].tolist())


@settings(max_examples=200)
@given(st.lists(st.lists(st.integers(-5, 2**60), max_size=3), max_size=6), st.integers(1, 3))
def test_sums_are_those_of_each_stretch_empty_ones_too(stretches, rows):
    amounts = ints([value for some in stretches for value in some])
    bounds = ints(np.cumsum([0, *map(len, stretches)]))
    expected = [sum(some) for some in stretches]
    assert sums(amounts, bounds).tolist() == expected
    assert sums(np.stack([amounts] * rows), bounds).tolist() == [expected] * rows


@given(some_claims, st.lists(st.integers(0, 4), max_size=6))
def test_fragments_of_claims_are_found_in_any_order_and_again(claims, wanted):
    columns = claim_columns(claims)
    wanted = [claim % len(claims) for claim in wanted]
    after, row = fragments_of(columns.first, ints(wanted))
    rows = [range(*columns.first[claim : claim + 2].tolist()) for claim in wanted]
    assert row.tolist() == [at for some in rows for at in some]
    assert after.tolist() == np.cumsum([0, *map(len, rows)]).tolist()
