"""The baseline `cues`: literal sentences to literal spans and labels for each construction, and what must hold for
any text.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import steps

from onrecord.baselines.cues import Cues
from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.records import Fragments

AGENTS = (
    Agent("mara-orsk", "Mara Orsk", "person", "named", "ferry-board", ("Orsk", "Ms Orsk", "the director")),
    Agent("tovin-hale", "Tovin Hale", "person", "named", None, ("Hale", "Mr Hale", "the crews' spokesman")),
    Agent("ferry-board", "Ferry Board", "institution", "named", None, ("the Ferry Board", "the board")),
    Agent("crossing-ministry", "Ministry of Crossings", "institution", "named", None, ("the ministry",)),
    Agent("tarn-press", "Tarn Press", "news-agency", "named", None, ("the Tarn Press",)),
)
TOPICS = (
    Topic("ferry-fare", "The fare", "What a crossing costs the passengers.", "The fare should be raised."),
    Topic("ferry-crews", "The crews' hours", "How long the crews work on deck.", "The crews' hours should be cut."),
)


def codebook(*, reverse: bool = False) -> Codebook:
    step = -1 if reverse else 1
    return Codebook("ferry-fares", "Fares", "Invented.", "train", True, AGENTS[::step], TOPICS[::step])


def words(text: str, fragments: Fragments) -> list[str]:
    return [text[fragment.start : fragment.end] for fragment in fragments]


CONSTRUCTIONS = {
    "pre-posed": (
        "Orsk said that the fare will rise.",
        "preposed", ["Orsk"], ["said"], ["the fare will rise"],
    ),
    "pre-posed without that": (
        "Orsk said the fare will rise.",
        "preposed", ["Orsk"], ["said"], ["the fare will rise"],
    ),
    "an adjunct between": (
        "Orsk said on Tuesday in a statement that the fare will rise.",
        "preposed", ["Orsk"], ["said"], ["the fare will rise"],
    ),
    "post-posed": (
        "The fare will rise, Orsk said.",
        "postposed", ["Orsk"], ["said"], ["The fare will rise"],
    ),
    "inverted": (
        '"The fare will rise," said Mara Orsk.',
        "inverted", ["Mara Orsk"], ["said"], ['"The fare will rise,"'],
    ),
    "direct": (
        'Orsk said: "The fare will rise."',
        "preposed", ["Orsk"], ["said"], ['"The fare will rise."'],
    ),
    "mixed": (
        "Orsk said the fare was “far too low” and would rise.",
        "preposed", ["Orsk"], ["said"], ["the fare was “far too low” and would rise"],
    ),
    "interrupted quotation": (
        "“The fare,” Orsk said, “will rise.”",
        "interrupted", ["Orsk"], ["said"], ["“The fare,”", "“will rise.”"],
    ),
    "interrupted clause": (
        "The fare, Orsk said, will rise.",
        "interrupted", ["Orsk"], ["said"], ["The fare", "will rise"],
    ),
    "according to, behind": (
        "The fare will rise, according to the ministry.",
        "according", ["the ministry"], ["according to"], ["The fare will rise"],
    ),
    "according to, in front": (
        "According to the ministry, the fare will rise.",
        "according", ["the ministry"], ["According to"], ["the fare will rise"],
    ),
    "colon": (
        "Orsk: The fare will rise in June.",
        "colon", ["Orsk"], [], ["The fare will rise in June"],
    ),
    "announced by a colon": (
        "Orsk went further: “The fare will rise.”",
        "announced", ["Orsk"], [], ["“The fare will rise.”"],
    ),
    "as": (
        "As Orsk put it, the fare is a joke.",
        "as", ["Orsk"], ["put it"], ["the fare is a joke"],
    ),
    "apposition": (
        "Orsk, the director of the board, said that the fare will rise.",
        "preposed", ["Orsk, the director of the board"], ["said"], ["the fare will rise"],
    ),
    "relative clause": (
        "Orsk, who runs it, said that the fare will rise.",
        "preposed", ["Orsk"], ["said"], ["the fare will rise"],
    ),
    "hearer": (
        "Orsk told the passengers that the fare will rise.",
        "preposed", ["Orsk"], ["told"], ["the fare will rise"],
    ),
    "attitude": (
        "Orsk expressed frustration at the slow pace of the works.",
        "preposed", ["Orsk"], ["expressed frustration"], ["the slow pace of the works"],
    ),
    "refusal": (
        "Orsk declined to say whether the fare will rise.",
        "preposed", ["Orsk"], ["declined to say"], ["whether the fare will rise"],
    ),
    "refusal with would": (
        "She would not say how high it is.",
        "preposed", ["She"], ["would not say"], ["how high it is"],
    ),
    "refusal to comment": (
        "Orsk refused to comment on the delay of the ferry.",
        "preposed", ["Orsk"], ["refused to comment"], ["the delay of the ferry"],
    ),
    "fronted refusal": (
        "Whether the fare will rise, Orsk declined to say.",
        "fronted", ["Orsk"], ["declined to say"], ["Whether the fare will rise"],
    ),
    "denial": (
        "Orsk denied that the fare is high.",
        "preposed", ["Orsk"], ["denied"], ["the fare is high"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTRUCTIONS)
def test_each_construction_gives_its_spans(name: str) -> None:
    text, pattern, source, cue, content = CONSTRUCTIONS[name]
    (found,) = Cues().spans(text)
    spans = (words(text, found.source), words(text, found.cue), words(text, found.content))
    assert (found.pattern, *spans) == (pattern, source, cue, content)


def test_participles_and_coordinated_cues_share_the_source() -> None:
    text = "Orsk praised the crews, adding that the fare will rise."
    first, second = Cues().spans(text)
    assert (words(text, first.content), words(text, second.content)) == (["the crews"], ["the fare will rise"])
    assert words(text, second.source) == ["Orsk"]
    text = "Orsk said that the fare will rise and accused the ministry of delay."
    first, second = Cues().spans(text)
    assert (words(text, first.content), words(text, second.content)) == (
        ["the fare will rise"],
        ["the ministry of delay"],
    )
    assert (second.pattern, words(text, second.source)) == ("coordinated", ["Orsk"])


def test_quotations_go_on_over_sentences_and_paragraphs() -> None:
    text = "“The fare will rise,” Orsk said. “It is too low.”\n\n“It was always too low.”"
    (found,) = Cues().spans(text)
    assert words(text, found.content) == ["“The fare will rise,”", "“It is too low.”", "“It was always too low.”"]
    claims = Cues().extract(text, codebook())
    assert [words(text, claim.content) for claim in claims] == [[w] for w in words(text, found.content)]
    assert {claim.speaker for claim in claims} == {"mara-orsk"}


@pytest.mark.parametrize(
    "text",
    [
        "", "The ferry was built in 1902.", "The claims were paid.", "Its reports were late.", "A said ferry.",
        "The ferry is called Old Nan.", "At 12:20 the bell rang.", "“Old Nan” is the name of the ferry.",
    ],
)  # fmt: skip
def test_the_reporters_own_voice_is_no_claim(text: str) -> None:
    assert list(Cues().extract(text, codebook())) == []


def test_coordinated_clauses_are_two_claims_where_each_has_its_subject() -> None:
    text = "Orsk said that the fare will rise in June and that the crews will be paid more."
    assert [words(text, claim.content) for claim in Cues().extract(text, codebook())] == [
        ["the fare will rise in June"], ["the crews will be paid more"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "speaker", "via", "agency"),
    [
        ("Orsk said that the fare will rise.", "mara-orsk", [], None),
        ("The board said that the fare will rise.", "ferry-board", [], "ferry-board"),
        ("Orsk told the Tarn Press that the fare will rise.", "mara-orsk", ["tarn-press"], "tarn-press"),
        ("The fare will rise, Orsk said, according to the Tarn Press.", "mara-orsk", ["tarn-press"], "tarn-press"),
        (
            "The ministry said Hale suggested that the fare will rise.",
            "tovin-hale",
            ["crossing-ministry"],
            "crossing-ministry",
        ),
        ("Orsk said at the ministry that the fare will rise.", "mara-orsk", [], "crossing-ministry"),
        ("The Tarn Press reported that the fare will rise.", "tarn-press", [], "tarn-press"),
    ],
)
def test_speaker_via_and_agency(text: str, speaker: str, via: list[str], agency: str | None) -> None:
    (claim,) = Cues().extract(text, codebook())
    assert (claim.speaker, [relay.agent for relay in claim.via], claim.agency) == (speaker, via, agency)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Ms Orsk spoke to Mr Hale. She said that the fare will rise.", "mara-orsk"),
        ("Ms Orsk spoke to Mr Hale. He said that the fare will rise.", "tovin-hale"),
        ("Orsk met the board. It said that the fare will rise.", "ferry-board"),
        ("Hale was late. The crews' spokesman said that the fare will rise.", "tovin-hale"),
        ("Hale met Orsk. The director said that the fare will rise.", "mara-orsk"),
    ],
)
def test_pronouns_and_descriptions_go_to_the_last_that_fits(text: str, speaker: str) -> None:
    assert Cues().extract(text, codebook())[-1].speaker == speaker


@pytest.mark.parametrize(
    ("text", "topic", "stance", "kind"),
    [
        ("Orsk said that the fare should be raised.", "ferry-fare", "favor", "statement"),
        ("Orsk said that the fare should not be raised.", "ferry-fare", "against", "statement"),
        ("Orsk said that crews work long hours on deck.", "ferry-crews", "favor", "statement"),
        ("Orsk declined to say whether the fare will be raised.", "ferry-fare", "neutral", "refusal"),
        ("Orsk denied that the crews had to work long hours.", "ferry-crews", "favor", "denial"),
    ],
)
def test_topic_stance_and_kind(text: str, topic: str, stance: str, kind: str) -> None:
    (claim,) = Cues().extract(text, codebook())
    assert (claim.topic, claim.stance, claim.kind) == (topic, stance, kind)
    assert claim.confidence is not None


def test_a_label_that_names_no_agent_is_no_speaker() -> None:
    text = "HOST: Orsk said that the fare will rise."
    (claim,) = Cues().extract(text, codebook())
    assert (claim.speaker, words(text, claim.content)) == ("mara-orsk", ["the fare will rise"])


VOCABULARY = [
    *["said", "says", "told", "Orsk", "the board", "declined to", "according to", "that", "and", "but", "saying", "is"],
    *["fare", "who", ",", ".", ":", "“", "”", '"', "'", "''", "‘", "’", "(", ")", "—", "\n", "\n\n", "Ms", "He", "It"],
    *["whether", "\U0001f600", "é"],
]
PIECES = st.lists(st.sampled_from(VOCABULARY), max_size=40)
TEXTS = st.text() | PIECES.map(" ".join) | PIECES.map("".join)


@given(TEXTS)
@settings(deadline=None, max_examples=200)
def test_any_text_gives_tight_ordered_fragments_within_it(text: str) -> None:
    for claim in [*Cues().spans(text), *Cues().extract(text, codebook())]:
        assert claim.content
        for fragments in (claim.content, claim.source, claim.cue):
            assert all(0 <= f.start < f.end <= len(text) for f in fragments)
            assert all(word == word.strip() for word in words(text, fragments))
            assert all(a.end <= b.start for a, b in pairwise(fragments))


@given(TEXTS)
@settings(deadline=None, max_examples=100)
def test_the_order_of_the_codebook_and_of_the_calls_changes_nothing(text: str) -> None:
    first = Cues().extract(text, codebook())
    assert first == Cues().extract(text, codebook()) == Cues().extract(text, codebook(reverse=True))


HOSTILE = {
    "one sentence of cues": "saying x ",
    "one sentence of told": "told x ",
    "one sentence of claims": "Orsk said x, ",
    "quote marks": '"',
    "typewriter marks": "''",
    "open marks": "“",
    "quotations": '"a b c." ',
    "quotations with cues": '"A b c," Orsk said. ',
    "auxiliaries": "is not only said ",
    "brackets": "said (a) b) ",
    "labels": "Orsk: a b c d.\n\n",
    "according": "according to x, ",
    "apostrophes": "‘a’b ",
    "colons": "a: “b c d e f.” ",
    "pronouns": "He said that it is so. ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_no_faster_than_the_text(name: str) -> None:
    unit = HOSTILE[name]
    book = codebook()
    Cues().extract("Orsk said that it is so.", book)
    short, long = unit * 250, unit * 1000
    work = steps(lambda: Cues().extract(short, book)), steps(lambda: Cues().extract(long, book))
    assert work[1] <= 6 * work[0] + 5_000


def test_nested_and_stray_marks_are_read_once() -> None:
    text = "“He said ‘no’ to us and ‘yes’ to them,” Orsk said. One stray “ mark. The fare will rise, Hale said."
    found = Cues().spans(text)
    assert [words(text, a.content) for a in found] == [
        ["“He said ‘no’ to us and ‘yes’ to them,”"],
        ["The fare will rise"],
    ]
