"""Quotation marks: American, British, straight, nested, unbalanced, and full of apostrophes."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.schema.quotation import MARKS, form, quotations
from onrecord.schema.records import Fragment


def quoted(text: str) -> list[str]:
    return [text[f.start : f.end] for f in quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We go,” she said, “now.”", ["“We go,”", "“now.”"]),
        ('"We go," she said, "now."', ['"We go,"', '"now."']),
        ("„Nein“, sagte er, «si», „tak”.", ["„Nein“", "«si»", "„tak”"]),
        ("He called it “fair”, not ‘fair’.", ["“fair”", "‘fair’"]),
        # British style: apostrophes, plural possessives, elisions
        ("‘We won’t go,’ she said. ‘It’s ours.’", ["‘We won’t go,’", "‘It’s ours.’"]),
        ("‘The workers’ union won’t budge,’ she said. ‘It’s the workers’ right.’",
         ["‘The workers’ union won’t budge,’", "‘It’s the workers’ right.’"]),
        ("The ‘fair’ deal, as the workers’ leader put it, is done.", ["‘fair’"]),
        ("The ‘fair prices’ deal is what the bank called a ‘trick’.", ["‘fair prices’", "‘trick’"]),
        ("She called it ‘the strikers’ demands’.", ["‘the strikers’ demands’"]),
        ("‘I’m goin’ home,’ he said.", ["‘I’m goin’ home,’"]),
        ("Rock ’n’ roll: ’tis the workers’ song, the bosses’ too.", []),
        ("(‘yes’) —‘no’— [‘maybe’]", ["‘yes’", "‘no’", "‘maybe’"]),
        # straight single marks
        ("'Get 'em,' he said. 'Don't stop.'", ["'Get 'em,'", "'Don't stop.'"]),
        ("The '90s were the workers' best, O'Brien said.", []),
        ("'Tis the season of the dogs' tails.", []),
        # nested: the outermost
        ("“We said “no” twice,” he said, “and ‘yes’ once.”", ["“We said “no” twice,”", "“and ‘yes’ once.”"]),
        ("He said: ‘It is “fair”, she told me: “yes,”’ and left.", ["‘It is “fair”, she told me: “yes,”’"]),
        ("«Il a dit «non» hier», a-t-elle noté.", ["«Il a dit «non» hier»"]),
        # what is no quotation
        ("He is 6'2\" tall and said \"yes.\"", ['"yes."']),
        ("An opening “mark that nothing closes.", []),
        ("A closing mark” that nothing opens.", []),
        ("“Open, and then “closed.”", ["“Open, and then “closed.”"]),
        ("", []),
        ("’", []),
    ],
)  # fmt: skip
def test_quotations(text, expected):
    assert quoted(text) == expected


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"'), ("‘", "’"), ("«", "»")])
def test_a_quotation_continues_in_a_paragraph_that_begins_with_its_mark(opening, closing):
    text = f"{opening}We went home.\n\n{opening}And slept,{closing} he said."
    assert quoted(text) == [f"{opening}We went home.", f"{opening}And slept,{closing}"]


def test_a_quotation_does_not_continue_without_a_mark():
    assert quoted("“We went home.\n\nAnd slept,” he said.") == []


def test_a_continued_single_quotation_may_hold_a_possessive():
    assert quoted("‘The workers’ union met.\n\n‘It rose,’ he said.") == ["‘The workers’ union met.", "‘It rose,’"]


def test_a_scare_quote_is_not_continued_by_the_next_quotation():
    assert quoted("The ‘fair prices’ deal fell.\n\n‘Good,’ he said.") == ["‘fair prices’", "‘Good,’"]


TEXTS = st.text(alphabet=st.sampled_from(MARKS + " \n,.s abcé🚢"), max_size=60)


@given(TEXTS)
def test_quotations_are_sorted_apart_and_within_a_paragraph(text):
    found = quotations(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for quotation in found:
        covered = text[quotation.start : quotation.end]
        assert covered[0] in MARKS
        assert "\n" not in covered


@given(TEXTS, TEXTS)
def test_a_paragraph_that_begins_with_a_letter_does_not_change_those_before_it(before, after):
    assert quotations(f"{before}\n\nx{after}")[: len(quotations(before))] == quotations(before)


@given(TEXTS, st.data())
def test_form_depends_on_letters_and_digits_alone(text, data):
    start = data.draw(st.integers(0, max(len(text) - 1, 0)))
    end = data.draw(st.integers(start + 1, len(text) + 1))
    quoted_at = quotations(text)
    letters = [at for at in range(start, min(end, len(text))) if text[at].isalnum()]
    inside = [at for at in letters if any(q.start <= at < q.end for q in quoted_at)]
    expected = "indirect" if not inside else "direct" if inside == letters else "mixed"
    assert form(text, (Fragment(start, end),), quoted_at) == expected


@given(TEXTS, st.data())
def test_form_does_not_change_when_the_content_takes_in_white_space_and_marks(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    wider = end
    while wider < len(text) and not text[wider].isalnum():
        wider += 1
    if start < end:
        quoted_at = quotations(text)
        assert form(text, (Fragment(start, end),), quoted_at) == form(text, (Fragment(start, wider),), quoted_at)


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("behind", ["", "a ", "as’ ", "“", "‘"])
def test_a_hundred_thousand_marks_are_read_in_linear_time(mark, behind):
    began = time.perf_counter()
    quotations((mark + behind) * 20_000)
    assert time.perf_counter() - began < 5
