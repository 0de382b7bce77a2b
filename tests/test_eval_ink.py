"""Ink against a reference of ten lines that works with sets of characters, over all of Unicode."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from makers import claim_columns

from onrecord.eval.spans import spans_of

POINTED = [
    "abc",
    " \t\n\r\x00\x1c\x7f\x85\xa0",
    "“”‘’\"'`\u00b4«»,.;:!?…—–-_()[]%&@",
    "\u0301\u0308\u200d\ufe0f\u200b\u200e\u202f\u2028\u2029\u2003\u3000\ufeff",
    "שלום مرحبا ،؛؟",
    "😀👩🏽‍🚀🇩🇪",
    "\uff46\uff55\uff4c\uff4c\u3001\u3002\u300c\u300d\uff02\uff07",  # wide forms
    "\U0001d49c\U00010a50\U0001e95e\U0010ffff\u2fff\u3001\u2ffe",
]
anything = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="".join(POINTED), max_size=30),
    st.text(alphabet=st.characters(max_codepoint=0xFF), max_size=30),
)


def is_space(character):
    return character <= " " or character.isspace()


def is_loose(character):
    return is_space(character) or character == "`" or unicodedata.category(character)[0] == "P"


def reference(text, start, end):
    """Return the characters of a fragment that count: trimmed, then without white space."""
    while start < end and is_loose(text[start]):
        start += 1
    while start < end and is_loose(text[end - 1]):
        end -= 1
    return {at for at in range(start, end) if not is_space(text[at])}


def ink_of(texts, where):
    """Return, for each (report, start, end) of `where`, the ink offsets."""
    claims = claim_columns([[(a, b)] for _, a, b in where], [r for r, _, _ in where], len(texts))
    ((content, *_),) = spans_of(texts, claims)
    return list(zip(content.start.tolist(), content.end.tolist(), strict=True))


@st.composite
def cases(draw):
    texts = draw(st.lists(anything, min_size=1, max_size=4))
    where = []
    for number, text in enumerate(texts):
        for _ in range(draw(st.integers(0, 3)) if text else 0):
            start = draw(st.integers(0, len(text) - 1))
            where.append((number, start, draw(st.integers(start + 1, len(text)))))
    return texts, where


@settings(max_examples=600)
@given(cases())
@example((["", "“…”", "a\u3000b"], [(1, 0, 3), (2, 0, 3), (2, 1, 3)]))
def test_sizes_are_those_of_the_reference(case):
    texts, where = case
    for (number, a, b), (start, end) in zip(where, ink_of(texts, where), strict=True):
        assert end - start == len(reference(texts[number], a, b))


@settings(max_examples=600)
@given(cases())
def test_intersections_are_those_of_the_reference(case):
    texts, where = case
    spans = ink_of(texts, where)
    for (r, a, b), (start, end) in zip(where, spans, strict=True):
        for (s, c, d), (low, high) in zip(where, spans, strict=True):
            shared = reference(texts[r], a, b) & reference(texts[s], c, d) if r == s else set()
            assert max(min(end, high) - max(start, low), 0) == len(shared)


@settings(max_examples=200)
@given(cases(), anything)
def test_another_text_in_the_corpus_changes_nothing(case, other):
    texts, where = case
    alone = ink_of(texts, where)
    followed = ink_of([*texts, other + "😀\u3000"], where)
    assert followed == alone


def test_every_character_of_the_table_in_a_text_of_bytes():
    for code in range(0x100):
        text = f"{chr(code)}a{chr(code)}a{chr(code)}"
        ((start, end),) = ink_of([text], [(0, 0, 5)])
        assert end - start == len(reference(text, 0, 5)), hex(code)


def test_all_of_unicode_agrees_in_one_text():
    points = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    text = "a" + "a".join(points) + "a"
    (start, end), *each = ink_of([text], [(0, 0, len(text)), *((0, i, i + 1) for i in range(1, len(text), 2))])
    assert end - start == len(text) - sum(map(is_space, points))
    assert [b - a for a, b in each] == [int(not is_loose(point)) for point in points]


@pytest.mark.parametrize(
    ("text", "span", "size"),
    [
        ("“The levy stays.”", (0, 17), 12),
        ("“The levy stays.”", (1, 15), 12),
        ("a-b, c", (0, 6), 5),
        ("« oui »", (0, 7), 3),
        ("…?!”", (0, 4), 0),
        ("   ", (0, 3), 0),
        ("e\u0301t\u00e9", (0, 4), 4),
        ("a\u2028b\u00a0c", (0, 5), 3),
        ("``quoted''", (0, 10), 6),
        ("don't", (0, 5), 5),
    ],
)
def test_literal_sizes(text, span, size):
    ((start, end),) = ink_of([text], [(0, *span)])
    assert end - start == size


def test_offsets_are_ink_offsets_over_all_texts():
    assert ink_of(["a b", "", " cd"], [(0, 0, 3), (2, 0, 3), (2, 2, 3)]) == [(0, 2), (2, 4), (3, 4)]


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_no_text_and_no_claim(texts):
    assert ink_of(texts, []) == []


def test_the_borders_of_the_64_bit_words():
    text = ("ab " * 100)[:257]
    where = [(0, a, b) for a in (0, 1, 63, 64, 65, 127, 128) for b in (129, 191, 192, 193, 256, 257)]
    for (_, a, b), (start, end) in zip(where, ink_of([text], where), strict=True):
        assert end - start == len(reference(text, a, b))
