"""Roles: spans to labels and back, on literal sentences and on any spans at all."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.baselines.roles import (
    LABELS,
    ROLES,
    Span,
    decode,
    encode,
    fragments,
    plain,
    spans_of,
    with_ends,
    with_marks,
    words_in,
)  # fmt: skip
from onrecord.baselines.words import read
from onrecord.data.polnear import Attributed
from onrecord.schema.records import Fragment

PAGE = read("“The fare,” Orsk said, “will rise.”")  # “ The fare , ” Orsk said , “ will rise . ”


def test_a_content_in_two_pieces_is_one_span():
    content = Span("content", ((0, 5), (8, 13)))
    labels = encode(13, [content, Span("source", ((5, 6),)), Span("cue", ((6, 7),))])
    assert labels[:8] == ["B-content", *["I-content"] * 4, "B-source", "B-cue", "O"]
    assert labels[8:] == ["J-content", *["I-content"] * 4]
    assert decode(labels) == [content, Span("source", ((5, 6),)), Span("cue", ((6, 7),))]


def test_two_contents_side_by_side_stay_two():
    spans = [Span("content", ((0, 2),)), Span("content", ((2, 4),))]
    assert decode(encode(4, spans)) == spans


def test_a_source_that_two_claims_share_is_labelled_once():
    assert encode(2, [Span("source", ((0, 2),))] * 2) == ["B-source", "I-source"]


def test_an_inside_without_a_begin_begins():
    assert decode(["I-cue", "O", "I-cue", "J-source"]) == [
        Span("cue", ((0, 1),)),
        Span("cue", ((2, 3),)),
        Span("source", ((3, 4),)),
    ]


def test_offsets_become_words_and_offsets_again():
    claim = Attributed((Fragment(0, 11), Fragment(23, 35)), (Fragment(12, 16),), (Fragment(17, 21),))
    (spans,) = spans_of(PAGE, [claim])
    assert [span.role for span in spans] == ["content", "source", "cue"]
    assert [fragments(PAGE, span) for span in spans] == [claim.content, claim.source, claim.cue]


@st.composite
def span_sets(draw):
    """Spans of any roles, in pieces, none overlapping; a span's pieces are ended before the next of its role begins."""
    at, spans, open_ = 0, [], {}
    for _ in range(draw(st.integers(0, 8))):
        at += draw(st.integers(0, 3))
        end = at + draw(st.integers(1, 4))
        role = draw(st.sampled_from(ROLES))
        if role in open_ and draw(st.booleans()) and open_[role][-1][1] < at:
            open_[role].append((at, end))
        else:
            open_[role] = [(at, end)]
            spans.append((role, open_[role]))
        at = end
    return at, [Span(role, tuple(ranges)) for role, ranges in spans]


@given(span_sets())
def test_decoding_what_was_encoded_gives_the_same_spans(drawn):
    count, spans = drawn
    assert decode(encode(count, spans)) == sorted(spans, key=lambda span: span.ranges)


def test_the_last_inside_of_a_fragment_is_its_end():
    labels = ["B-cue", "I-cue", "I-cue", "B-cue", "J-cue", "I-cue", "O", "I-source", "I-cue"]
    assert with_ends(labels) == ["B-cue", "I-cue", "E-cue", "B-cue", "J-cue", "E-cue", "O", "E-source", "E-cue"]
    assert with_ends([]) == []


@given(span_sets())
def test_ends_of_their_own_change_no_span(drawn):
    count, spans = drawn
    assert decode(with_ends(encode(count, spans))) == decode(encode(count, spans))


def test_marks_tell_where_the_cue_of_a_content_and_of_a_source_stands():
    behind = [Span("content", ((0, 5), (8, 13))), Span("source", ((5, 6),)), Span("cue", ((6, 7),))]
    assert with_marks(encode(13, behind), [behind]) == [
        *["B-content=", *["I-content="] * 4, "B-source>", "B-cue", "O", "J-content=", *["I-content="] * 4]
    ]
    before = [Span("source", ((0, 1),)), Span("cue", ((1, 2),)), Span("content", ((3, 5),))]
    assert with_marks(encode(6, before), [before]) == ["B-source>", "B-cue", "O<", "B-content<", "I-content<", "O"]
    bare = [Span("content", ((0, 2),))]
    assert with_marks(encode(2, bare), [bare]) == encode(2, bare)


@given(span_sets(), st.randoms(use_true_random=False))
def test_marks_change_no_label_and_no_span(drawn, random):
    count, spans = drawn
    labels = encode(count, spans)
    random.shuffle(spans)
    marked = with_marks(labels, [spans[at : at + 3] for at in range(0, len(spans), 3)])
    assert [plain(label) for label in marked] == labels
    assert decode(marked) == decode(labels)


@given(st.lists(st.sampled_from(LABELS), max_size=20))
def test_any_labels_decode_to_spans_that_cover_just_the_words_in_roles(labels):
    covered = sorted(i for span in decode(labels) for first, end in span.ranges for i in range(first, end))
    assert covered == [i for i, label in enumerate(labels) if label != "O"]


@given(st.text("ab “”.,\n", max_size=30), st.data())
def test_words_in_a_fragment_are_those_that_overlap_it(text, data):
    page = read(text)
    start = data.draw(st.integers(0, 30))
    fragment = Fragment(start, start + data.draw(st.integers(1, 9)))
    overlapping = [i for i in range(len(page.words)) if page.starts[i] < fragment.end and fragment.start < page.ends[i]]
    assert list(range(*words_in(page, fragment))) == overlapping
