"""The baseline `quotes`: literal texts to literal spans, and what must hold for any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import quotes
from onrecord.baselines.quotes import Quotes
from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.records import Fragments

AGENTS = (
    Agent("mara-orsk", "Mara Orsk", "person", "named", "ferry-board", ("Orsk", "Ms Orsk")),
    Agent("ferry-board", "Ferry Board", "institution", "named", None, ("the Ferry Board", "the board")),
)
TOPICS = (Topic("ferry-fare", "The fare", "What a crossing costs.", "The fare should be raised."),)


def codebook(*, reverse: bool = False) -> Codebook:
    step = -1 if reverse else 1
    return Codebook("ferry-fares", "Fares", "Invented.", "train", True, AGENTS[::step], TOPICS[::step])


def words(text: str, fragments: Fragments) -> list[str]:
    return [text[fragment.start : fragment.end] for fragment in fragments]


@pytest.mark.parametrize(
    ("text", "content", "source"),
    [
        ("“We will raise the fare,” Orsk said.", ["“We will raise the fare,”"], ["Orsk"]),
        ('Orsk said: "We will raise the fare."', ['"We will raise the fare."'], ["Orsk"]),
        ("«The fare is too low,» said Orsk.", ["«The fare is too low,»"], ["Orsk"]),
        ("‘The crew’s pay is too low,’ she said.", ["‘The crew’s pay is too low,’"], ["she"]),
        ("''The fare is too low,'' Orsk said.", ["''The fare is too low,''"], ["Orsk"]),
        ("„Die Fähre ist zu teuer“, sagte Orsk.", ["„Die Fähre ist zu teuer“"], ["Orsk"]),
        ("“The old fare,” Orsk said, “must go up.”", ["“The old fare,”", "“must go up.”"], ["Orsk"]),
    ],
)
def test_a_long_quotation_goes_to_the_nearest_name(text: str, content: list[str], source: list[str]) -> None:
    (found,) = Quotes().spans(text)
    assert (words(text, found.content), words(text, found.source)) == (content, source)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No marks at all.",
        "A “ferry tax” was mentioned.",
        'One stray " mark and no more words to quote.',
        "It’s the crew’s.",
    ],
)
def test_what_is_no_quotation_or_a_short_one_is_no_claim(text: str) -> None:
    assert Quotes().spans(text) == []
    assert Quotes().extract(text, codebook()) == []


def test_labels_are_the_commonest_and_the_nearest_agent() -> None:
    text = "“We will raise the fare in June,” Mara Orsk said.\n\n“The crews were asked twice,” the board wrote."
    first, second = Quotes().extract(text, codebook())
    assert (first.speaker, first.agency, first.topic, first.stance, first.kind) == (
        "mara-orsk", None, "ferry-fare", "neutral", "statement",
    )  # fmt: skip
    assert (second.speaker, second.agency) == ("ferry-board", "ferry-board")
    assert words(text, second.source) == ["the board"]


def test_a_quotation_that_runs_on_is_closed_by_its_paragraph() -> None:
    text = "“The fare is too low,” Orsk said. “It has been too low for years.\n\n“It will go up in June.”"
    assert [w for found in Quotes().spans(text) for w in words(text, found.content)] == [
        "“The fare is too low,”", "“It has been too low for years.", "“It will go up in June.”",
    ]  # fmt: skip


TEXTS = st.text(alphabet=st.sampled_from("aB .,:;!?\n\t\"'“”‘’«»„`—()é\U0001f600")) | st.text()


@given(TEXTS)
def test_any_text_gives_tight_ordered_fragments_within_it(text: str) -> None:
    for found in Quotes().spans(text):
        spans = [*found.content, *found.source]
        assert all(0 <= f.start < f.end <= len(text) for f in spans)
        assert all(words(text, (f,))[0] == words(text, (f,))[0].strip() for f in spans)
        assert all(a.end <= b.start for a, b in pairwise(found.content))


@given(TEXTS)
def test_quotations_are_those_that_the_expression_finds_by_itself(text: str) -> None:
    everywhere = [(found.start(), found.start() + len(found[0].rstrip())) for found in quotes._QUOTATION.finditer(text)]
    assert quotes._quotations(text) == everywhere


@given(st.lists(TEXTS | st.just("“so it is now” "), max_size=4).map("x".join))
def test_a_name_is_looked_for_in_the_line_near_the_quotation_and_up_to_the_next_one(text: str) -> None:
    marked = quotes._quotations(text)
    lines = [0, *(at + 1 for at, character in enumerate(text) if character == "\n"), len(text) + 1]
    for start, end, low, high, line in quotes._windows(text):
        number = marked.index((start, end))
        begin, following = next((a, b) for a, b in pairwise(lines) if a <= start < b)
        before = max([0, *(end for _, end in marked[:number])])
        after = min([len(text), *(start for start, _ in marked[number + 1 :])])
        assert line == begin
        assert (low, high) == (
            max(start - quotes._WINDOW, before, begin),
            min(end + quotes._WINDOW, after, following - 1),
        )


GAPS = st.sampled_from([" ", ", ", " x ", "’s ", ". "])
BESIDE = st.lists(st.sampled_from(["Orsk", "Mara B.", "she", "said", "x"]), max_size=2).map(" ".join)
NAMED = st.tuples(BESIDE, GAPS, st.just("“It is so now,”"), GAPS, BESIDE).map("".join)


@settings(max_examples=300)
@given(NAMED)
def test_of_the_names_on_both_sides_the_nearest_counts_and_of_two_as_near_the_one_behind(text: str) -> None:
    for (start, end, low, high, _), found in zip(quotes._windows(text), Quotes().spans(text), strict=False):
        if len(found.content) > 1:
            break
        behind = [(name.start() - end, 0, name.span()) for name in quotes._NAME.finditer(text, end, high)]
        ahead = [(start - name.end(), 1, name.span()) for name in quotes._NAME.finditer(text, low, start)]
        _, _, span = min([*behind, *ahead], default=(0, 0, None))
        assert [(f.start, f.end) for f in found.source] == ([] if span is None else [span])


@given(TEXTS)
def test_the_order_of_the_codebook_and_of_the_calls_changes_nothing(text: str) -> None:
    first = Quotes().extract(text, codebook())
    assert first == Quotes().extract(text, codebook()) == Quotes().extract(text, codebook(reverse=True))


@pytest.mark.parametrize("mark", ['"', "“", "”", "‘", "'", "''", "«", "„"])
def test_ten_thousand_marks_do_no_harm(mark: str) -> None:
    Quotes().spans(mark * 10_000)
    Quotes().spans(f"{mark}a b c d " * 10_000)
