"""Words without offsets come back to where they stand, and what stands nowhere stays a false positive."""

import io
import json
import subprocess
import sys
import unicodedata
from itertools import pairwise

import pytest
import regex
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from makers import codebook, fragments, gold_of, prediction, report, said, triples
from rich.console import Console

from onrecord.eval import benchmark_align, quotations
from onrecord.eval.align import align, without_fuzzy
from onrecord.eval.approximate import FUZZY, SHORTEST, candidates
from onrecord.eval.grounding import Page
from onrecord.eval.numbers import cuts_number, numbers
from onrecord.eval.pairing import pair
from onrecord.eval.results import result_of
from onrecord.eval.signature import prediction_digest, signature
from onrecord.eval.skeleton import letters, skeleton
from onrecord.eval.tables import print_alignment
from onrecord.eval.validate import validate
from onrecord.schema.prediction import (
    ALIGNMENTS,
    PredictedClaim,
    PredictedRelay,
    Prediction,
    prediction_from_json,
    prediction_to_json,
)
from onrecord.schema.structure import check_structure, schema

STORY = (
    "“The matter,” he said, “was considered a year ago.” The levy rose 5% in 2021, Toskan said. The levy rose 15%.\n\n"
    "The levy, Toskan told reporters late on Friday, has not paid for one barge of mud. He’s at the café, he said: "
    "the ﬁnancial plan – all of it – is “dead”. Lavrov, who is 71, said no."
)


def grounded(text, *contents, **fields):
    """Return (alignment, [text of each fragment]) of each claim whose content is given as words."""
    value = {"report": "a/b", "claims": [{"content": content, **fields} for content in contents]}
    aligned = align(prediction_from_json(value), text).prediction
    return [(c.alignment, [text[f.start : f.end] for f in c.content]) for c in aligned.claims]


def places(text, *contents):
    """Return the offsets of the first fragment of each claim, or None."""
    claims = tuple(PredictedClaim((), words=(c,) if isinstance(c, str) else tuple(c)) for c in contents)
    return [c.content[0].start if c.content else None for c in align(Prediction("a/b", claims), text).prediction.claims]


@pytest.mark.parametrize(
    ("words", "alignment", "found"),
    [
        ("The levy rose 5% in 2021", "exact", ["The levy rose 5% in 2021"]),
        ("  Toskan said. ", "exact", ["Toskan said."]),
        ("the levy ROSE 5% in 2021", "normalised", ["The levy rose 5% in 2021"]),
        ("The  levy\nrose 15%", "normalised", ["The levy rose 15%"]),
        ('"The matter," he said, "was considered', "normalised", ["The matter,” he said, “was considered"]),
        ("He's at the CAFE\u0301", "normalised", ["He’s at the café"]),
        ("the financial plan - all of it - is 'dead'", "normalised", ["the ﬁnancial plan – all of it – is “dead"]),
        ("".join(chr(ord(c) + 0xFEE0) for c in "thelevyrose15%"), "normalised", ["The levy rose 15%"]),
        ("The matter was considered a year ago", "normalised", ["The matter", "was considered a year ago"]),
        ("The levy has not paid for one barge of mud", "normalised", ["The levy", "has not paid for one barge of mud"]),
        (["The matter", "a year ago"], "exact", ["The matter", "a year ago"]),
        (["the matter", "a year ago"], "normalised", ["The matter", "a year ago"]),
        (["“The matter,”", "“was considered a year ago.”"], "exact", ["“The matter,”", "“was considered a year ago.”"]),
        ("The matter ... a year ago", "normalised", ["The matter", "a year ago"]),
        ("The matter […] a year ago", "normalised", ["The matter", "a year ago"]),
        ("The matter… considered [...] ago", "normalised", ["The matter", "considered", "ago"]),
        ("… was considered a year ago …", "normalised", ["was considered a year ago"]),
        ("The levy has not payed for a barge of mud", "fuzzy", ["The levy", "has not paid for one barge of mud"]),
        ("was considered a yeer ago", "fuzzy", ["was considered a year ago"]),
        (
            ["The levy", "has not payed for one barge of mud"],
            "fuzzy",
            ["The levy", "has not paid for one barge of mud"],
        ),
    ],
)
def test_words_come_back_to_where_they_stand(words, alignment, found):
    assert grounded(STORY, words) == [(alignment, found)]


@pytest.mark.parametrize(
    "words",
    [
        "the moon is made of green cheese, he told the reporters",
        "The levy rose 6% in 2021",
        "The levy rose 5% in 2020",
        "The levy rose 0.5% in 2021",
        "levy rose 5",  # of 15 no part, and 5% is 5
        "was considered 2 years ago",
        ["The matter", "was considered a week before"],
        ["was considered a year ago", "The matter"],
        "The matter ... the moon",
        "Toskam",
        " ",
        "\u200b",
        "?!",
    ],
)
def test_what_the_report_does_not_say_is_ungrounded(words):
    found = grounded(STORY, words)
    assert found == [("ungrounded", [])] or words == "levy rose 5"
    assert words != "levy rose 5" or found == [("exact", ["levy rose 5"])]


def test_a_number_is_whole_or_not_there():
    assert grounded("It rose 1.5 million.", "5 million", "rose 1", "1.5 million") == [
        ("ungrounded", []),
        ("ungrounded", []),
        ("exact", ["1.5 million"]),
    ]
    assert grounded("It cost 1,000 crowns.", "It COST 1000 crowns") == [("normalised", ["It cost 1,000 crowns"])]
    assert grounded("it rose 1.5 points", "it ROSE 15 points") == [("ungrounded", [])]
    assert letters("10²") != letters("102")
    assert grounded("an area of 10² metres and more", "an area of 102 metres and more") == [("ungrounded", [])]
    assert numbers("\uff15\uff05 of 1,250.5, in 2021.") == ["5", "1250.5", "2021"]
    assert [cuts_number("a 1.5, b", at) for at in range(9)] == [
        False,
        False,
        False,
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_repeated_words_take_occurrences_in_order_and_then_none():
    text = "It rains. it rains! IT RAINS? It rains."
    assert places(text, "It rains", "It rains", "It rains", "It rains", "It rains") == [0, 30, 10, 20, None]
    assert places(text, "it rains", "it RAINS", "It rains") == [10, 0, 30]
    assert places(text, ["It", "rains"], ["It", "rains"], ["It", "rains"]) == [0, 30, 10]


def test_b15_b37_a_duplicate_invention_is_a_false_positive():
    made = report("r", [(0, 8)], text="it rains, she said")
    twice = prediction("r", *(PredictedClaim((), words=("it rains",)) for _ in range(2)))
    assert triples([made], [twice])["detection"] == (1, 2, 1)


def test_similar_words_take_places_too():
    text = "The council considered the matter a year ago. " * 2
    words = "The council considered the mattr a year ago"
    assert places(text, words, words, words) == [0, 46, None]


def test_words_that_stand_there_never_take_a_place_that_is_only_similar():
    text = "The council considered the matter a year ago. The council considered that matter a year ago."
    assert places(
        text, "The council considered the matter a year ago", "The council considered the matter a year ago"
    ) == [0, None]


def test_short_words_are_found_letter_by_letter_or_not_at_all():
    assert grounded("They raised the harbour levy again.", "the harbor levy") == [("ungrounded", [])]
    assert grounded("They raised the old harbour levy again.", "raised the old harbor levy")[0][0] == "fuzzy"


def test_no_words_are_joined_across_paragraphs_or_without_punctuation_between_them():
    words = "the levy on the harbour that was considered a year ago"
    apart = "“the levy on the harbour,”{}he said,{}“that was considered a year ago.”"
    assert len(grounded(apart.format(" ", " "), words)[0][1]) == 2
    assert len(grounded(apart.format("\n\n", " "), words)[0][1]) == 1
    plain = "the levy on the harbour he said that was considered a year ago"
    assert grounded(plain, words) == [("fuzzy", [plain])]


def test_a_part_is_taken_from_the_nearest_passage():
    text = "The levy was debated. “The levy,” he said, “has not paid.”"
    assert places(text, ["The levy", "has not paid"], "The levy has not paid") == [23, 23]


def test_whole_words_come_before_parts_of_words():
    assert places("the rest: he said", "he") == [10]
    assert places("the rest", "es", "he") == [5, 1]
    assert places("お金は必要だ", "金") == [1]


def test_a_character_is_never_split():
    text = "x\u0331 👩🏽‍🚀 ﬁne किताब 🇩🇪🇫🇷 e"
    assert grounded(text, "x", "👩", "🇪🇫", "कि") == [("ungrounded", [])] * 3 + [("exact", ["कि"])]
    assert grounded(text, "FINE", "👩🏽‍🚀") == [("normalised", ["ﬁne"]), ("exact", ["👩🏽‍🚀"])]


def test_right_to_left_text_is_found_with_and_without_its_marks():
    text = "אמר: \u200fהמס עלה\u200f השנה"  # noqa: RUF001
    assert grounded(text, text.replace("\u200f", "")[5:]) == [("normalised", [text[6:-1] + text[-1]])]


ROLES = "He said he was glad he came, Ode Brae said. RIA Novosti had it first. Brae said more. Said Brae: “No.”"


def roles(text, **claim):
    (found,) = align(prediction_from_json({"report": "a/b", "claims": [claim]}), text).prediction.claims
    return found


def test_source_cue_and_via_are_taken_nearest_to_the_content():
    at = ROLES.index("he came")
    claim = roles(
        ROLES, content=[{"start": at, "end": at + 7}], source="Brae", cue=["said"],
        via=[{"agent": "ria", "fragments": "ria novosti"}, {"agent": "ap", "fragments": "AP"}, {"agent": "upi"}],
    )  # fmt: skip
    assert claim.source == fragments((33, 37))
    assert claim.cue == fragments((38, 42))
    assert claim.via == (
        PredictedRelay("ria", fragments((44, 55))),
        PredictedRelay("ap", (), ("AP",)),
        PredictedRelay("upi"),
    )
    assert (claim.alignment, claim.source_words, claim.cue_words) == ("offsets", (), ())


def test_roles_are_whole_words_outside_the_content_and_else_stay_words():
    claim = roles(ROLES, content="he was glad he came", source="He", cue="whispered")
    assert claim.source == fragments((0, 2))
    assert (claim.cue, claim.cue_words) == ((), ("whispered",))
    assert roles("the rest", content="rest", source="he").source == ()
    assert roles("“No,” she said", content="“No,” she said", source="she").source == fragments((6, 9))
    lost = roles(ROLES, content="never said", source="Brae")
    assert (lost.alignment, lost.source, lost.source_words) == ("ungrounded", (), ("Brae",))


# over all texts

POINTED = "abcABC éÉßﬁςΣ “”‘’\"'–—-,.…\n\u00a0\u3000 x\u0331 \uff41\uff22\uff11\uff12 12 שלום 👩🏽‍🚀 🇩🇪 किか゚ﾊﾟ 漢字"
texts = st.one_of(st.text(alphabet=POINTED, min_size=1, max_size=60), st.text(min_size=1, max_size=40)).map(
    lambda text: unicodedata.normalize("NFC", text).replace("\r", "\n")
)


@st.composite
def cuts(draw):
    """Draw a text and a stretch of it between grapheme clusters that begins and ends with no white space or number."""
    text = draw(texts)
    borders = [0, *(m.end() for m in regex.finditer(r"\X", text))]
    start, end = sorted(
        draw(st.lists(st.sampled_from(borders), min_size=2, max_size=2, unique=True)) if len(borders) > 1 else [0, 0]
    )
    cut = text[start:end]
    assume(cut and cut == cut.strip() and letters(cut) and not cuts_number(text, start) and not cuts_number(text, end))
    return text, start, end


def ink(text, spans):
    """Return the offsets of what counts of each stretch: neither white space nor, at its edges, punctuation."""
    kept = set()
    for start, end in spans:
        while start < end and loose(text[start]):
            start += 1
        while start < end and loose(text[end - 1]):
            end -= 1
        kept |= {at for at in range(start, end) if not (text[at] <= " " or text[at].isspace())}
    return kept


def loose(character):
    return character <= " " or character.isspace() or character == "`" or unicodedata.category(character)[0] == "P"


def content_of(text, words):
    (claim,) = align(Prediction("a/b", (PredictedClaim((), words=(words,)),)), text).prediction.claims
    return claim.alignment, [(f.start, f.end) for f in claim.content]


@settings(max_examples=400)
@given(cuts())
def test_words_cut_from_a_text_are_found_to_the_letter(case):
    text, start, end = case
    alignment, spans = content_of(text, text[start:end])
    assert alignment == "exact"
    assert [text[a:b] for a, b in spans] == [text[start:end]]
    if text.count(text[start:end]) == 1:
        assert spans == [(start, end)]


def brute_force(text, words):
    """Return where `words` stand between grapheme clusters and cut no number, whole words before others."""
    borders = {0, *(m.end() for m in regex.finditer(r"\X", text))}
    page = Page(text)
    found = [(at, at + len(words)) for at in range(len(text)) if text.startswith(words, at)]
    found = [s for s in found if set(s) <= borders and not any(cuts_number(text, at) for at in s)]
    whole = [s for s in found if not any(page.cuts_word(at) for at in s)]
    kept: list[tuple[int, int]] = []
    for span in whole or found:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


@settings(max_examples=300)
@given(st.text(alphabet="ab é\u0331.1", max_size=30), st.text(alphabet="ab é\u0331.1", min_size=1, max_size=3))
def test_exact_occurrences_are_those_of_a_search_by_brute_force(text, words):
    words = words.strip()
    assume(words)
    assert [span for (span,) in Page(text).chains([words], "exact")] == brute_force(text, words)


def widened(words):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in words)


CHANGES = {
    "width": widened,
    "upper": str.upper,
    "lower": str.lower,
    "quotes": lambda words: words.translate(str.maketrans("“”‘’\"'–—", "''\"\"“’--")),
    "spaces": lambda words: words.replace(" ", "\u00a0\n "),
    "decomposed": lambda words: unicodedata.normalize("NFD", words),
}


@settings(max_examples=600)
@given(cuts(), st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=3))
@example(("Die Straße, sagte er.", 4, 10), ["upper"])
@example(("ΟΔΟΣ ὁδός", 5, 9), ["upper"])
def test_a_copy_in_another_width_case_or_punctuation_comes_back_to_the_same_ink(case, changes):
    text, start, end = case
    words = text[start:end]
    for change in changes:
        words = CHANGES[change](words)
    assume(letters(words) == letters(text[start:end]) and numbers(words) == numbers(text[start:end]))
    alignment, spans = content_of(text, words)
    assert alignment in ("exact", "normalised")
    assert letters("".join(text[a:b] for a, b in spans)) == letters(words)
    clusters = regex.findall(r"\X", text[start:end])
    if letters(text).count(letters(words)) == 1 and letters(clusters[0]) and letters(clusters[-1]):
        assert ink(text, spans) == ink(text, [(start, end)])


@settings(max_examples=400)
@given(texts, st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=3), min_size=1, max_size=4))
def test_offsets_are_inside_the_text_and_between_characters(text, contents):
    borders = {0, *(m.end() for m in regex.finditer(r"\X", text))}
    claims = tuple(PredictedClaim((), words=tuple(words), source_words=("a",)) for words in contents)
    for claim in align(Prediction("a/b", claims), text).prediction.claims:
        assert (claim.alignment == "ungrounded") == (not claim.content)
        for f in (*claim.content, *claim.source):
            assert {f.start, f.end} <= borders
            assert text[f.start : f.end] == text[f.start : f.end].strip()


@settings(max_examples=200)
@given(
    st.text(alphabet="the levy rose,“” 5\n", min_size=20, max_size=120),
    st.text(alphabet="the levy rose 5.", min_size=6),
)
def test_similar_stretches_are_similar_have_the_same_numbers_and_do_not_overlap(text, words):
    found = candidates(Page(text), words)
    for candidate in found:
        covered = [text[a:b] for a, b in candidate.spans]
        assert numbers(" ".join(covered)) == numbers(words)
        assert candidate.similarity >= FUZZY
        assert candidate.similarity == 1 or len(letters(words)) >= SHORTEST
        assert list(candidate.spans) == sorted(candidate.spans)
    ends = sorted((c.spans[0][0], c.spans[-1][1]) for c in found)
    assert all(one[1] <= two[0] for one, two in pairwise(ends))


@settings(max_examples=300)
@given(texts, texts)
def test_the_skeleton_of_a_part_is_a_part_of_the_skeleton(one, two):
    assert letters(f"{one} {two}") == letters(one) + letters(two)
    assert letters(f"{one} ж") == letters(one) + "ж"  # no single byte: the other way to make it
    whole = skeleton(one)
    assert whole.letters == letters(one)
    assert len(whole.start) == len(whole.end) == len(whole.letters)
    assert all(
        letters(one[a:b]).find(letter) >= 0 for letter, a, b in zip(whole.letters, whole.start, whole.end, strict=True)
    )


@given(texts, st.lists(st.text(min_size=1, max_size=10), max_size=4))
def test_aligning_twice_changes_nothing(text, contents):
    value = Prediction("a/b", tuple(PredictedClaim((), words=(words,)) for words in contents))
    once = align(value, text)
    assert align(once.prediction, text) == once
    assert sum(once.counts.values()) == len(contents)
    assert set(once.counts) == set(ALIGNMENTS)


def test_what_has_offsets_is_left_alone():
    value = prediction("r", said((0, 4)), said((5, 9)))
    aligned = align(value, "any text")
    assert aligned.prediction is value
    assert aligned.counts["offsets"] == 2


# hostile words


@pytest.mark.parametrize(
    "words",
    ["a", "the", "…", "...", " \n ", "?" * 1000, "\u0331", "\u200d", "levy " * 20_000, "x" * 100_000, "a…" * 30_000],
    ids=lambda words: f"{words[:4]!r}x{len(words)}",
)
def test_hostile_words_end(words):
    text = STORY * 5
    (claim,) = align(Prediction("a/b", (PredictedClaim((), words=(words,)),)), text).prediction.claims
    assert claim.words == (words,)


class CountedText(str):
    """A text that counts how often it is searched."""

    searches = 0

    def find(self, *arguments):
        type(self).searches += 1
        return super().find(*arguments)


@pytest.mark.parametrize("words", ["it rains", "it pours"])
def test_ten_thousand_claims_with_the_same_words_are_searched_for_once(words):
    CountedText.searches = 0
    text = CountedText("it rains. " * 50)
    aligned = align(Prediction("a/b", tuple(PredictedClaim((), words=(words,)) for _ in range(10_000))), text)
    assert aligned.counts["exact"] == (50 if words == "it rains" else 0)
    assert aligned.counts["ungrounded"] == 10_000 - aligned.counts["exact"]
    assert CountedText.searches < 200


def test_candidates_do_not_overlap_on_real_sentences():
    for text, asked in quotations.generate(20, seed=2):
        page = Page(text)
        for quotation in asked:
            ends = sorted((c.spans[0][0], c.spans[-1][1]) for c in candidates(page, quotation.words))
            assert all(one[1] <= two[0] for one, two in pairwise(ends))


# in the harness

TEXT = (
    "“The matter,” he said, “was considered a year ago.” The levy rose, and it rained on the harbour all day, she said."
)
GOLD = report("r", [(1, 12), (24, 50)], [(52, 65)], [(71, 102)], text=TEXT)
LINE = {
    "report": "harbour/r",
    "claims": [
        {"content": "The matter was considered a year ago", "speaker": "toskan"},
        {"content": "The levy rose", "speaker": "Mirel Toskan"},
        {"content": "it rained on the harbor all dday", "speaker": "toskan", "via": [{"agent": "The Master"}]},
        {"content": "it snowed"},
    ],
}


def scored(draws=0):
    validated = validate([json.dumps(LINE).encode()], gold=[GOLD], codebooks={"harbour": codebook()})
    assert validated.incidents == ()
    return result_of(gold=gold_of(GOLD), predicted=validated.predictions, draws=draws), validated.predictions


def test_a_result_says_what_was_grounded_which_way_and_what_rests_on_similarity():
    result, _ = scored(draws=10)
    assert result.alignment == {"offsets": 0, "exact": 1, "normalised": 1, "fuzzy": 1, "ungrounded": 1}
    assert (result.scores["detection"].tp, result.scores["speaker"].tp) == (3, 3)
    assert result.without_fuzzy is not None
    assert result.without_fuzzy["detection"] == {"precision": 2 / 4, "recall": 2 / 3, "f1": 4 / 7}
    assert check_structure("result", json.loads(json.dumps(result.to_dict()))) == []
    assert result.signature["alignment"] == f"fuzzy>={FUZZY}"


def test_without_similar_words_there_is_nothing_to_take_away():
    result = result_of(gold=gold_of(GOLD), predicted=[prediction("r", said((52, 65)))], draws=0)
    assert result.without_fuzzy is None
    assert "without_fuzzy" not in result.to_dict()
    assert result.alignment["offsets"] == 1


def test_a_result_with_words_has_the_scores_of_one_with_the_offsets_found():
    result, (words,) = scored()
    aligned = align(words, TEXT).prediction
    again = prediction_from_json(json.loads(json.dumps(prediction_to_json(aligned, TEXT))))
    other = result_of(gold=gold_of(GOLD), predicted=[again], draws=0)
    assert other.scores == result.scores
    assert other.alignment == {"offsets": 3, "exact": 0, "normalised": 0, "fuzzy": 0, "ungrounded": 1}


def test_claims_without_fuzzy_credit_count_their_words():
    aligned = align(scored()[1][0], TEXT).prediction
    stripped = without_fuzzy(aligned)
    assert [c.alignment for c in stripped.claims] == ["normalised", "exact", "ungrounded", "ungrounded"]
    assert stripped.claims[2].words == aligned.claims[2].words


def test_pairs_show_the_offsets_found():
    (pairing,) = pair(gold=[GOLD], predicted=scored()[1])
    assert pairing.pairs == ((0, 0), (1, 1), (2, 2))
    assert pairing.prediction.claims[1].content == fragments((52, 65))


def test_words_survive_reading_and_writing():
    claim = {"content": ["a", "b"], "source": ["c"], "cue": ["d"], "via": [{"agent": "x", "fragments": ["e"]}]}
    value = {"report": "a/b", "claims": [claim]}
    assert prediction_to_json(prediction_from_json(value)) == value


def test_the_digest_knows_the_order_of_claims_only_where_it_matters():
    words = [PredictedClaim((), words=(w,)) for w in ("a", "b")]
    offsets = [said((0, 1)), said((2, 3))]

    def digest(claims):
        return prediction_digest([prediction("r", *claims)])

    assert digest(words) != digest(words[::-1])
    assert digest(offsets) == digest(offsets[::-1])


@pytest.mark.parametrize("number", range(len(schema("result")["examples"])))
def test_examples_of_results_are_signed_with_this_alignment(number):
    value = schema("result")["examples"][number]
    assert check_structure("result", value) == []
    assert value["signature"]["alignment"] == signature(data="", split="", draws=0, seed=0)["alignment"]


def line(counts, rest=None, system=""):
    console = Console(record=True, width=200, file=io.StringIO())
    print_alignment(console, dict.fromkeys(ALIGNMENTS, 0) | counts, rest, system)
    return console.export_text().strip()


def test_the_table_says_how_claims_were_grounded_where_any_had_words():
    assert line({"offsets": 7}) == line({}) == ""
    counts = {"exact": 1200, "normalised": 3, "fuzzy": 2, "ungrounded": 1}
    assert line(counts) == "Grounded: 1,200 exact, 3 normalised, 2 fuzzy, 1 not at all"
    rest = {"record": {"f1": 0.5}, "detection": {"f1": None}}
    assert line(counts, rest, "gpt").endswith("1 not at all; without the fuzzy ones record F1 50.0, detection F1 –")
    assert line({"offsets": 1, "ungrounded": 1}, None, "gpt") == "Grounded (gpt): 1 by offsets, 1 not at all"


def test_rapidfuzz_is_loaded_only_where_words_are_searched_for():
    code = "import sys, onrecord.eval.results, onrecord.eval.pairing; print('rapidfuzz' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False\n"


# the benchmark


def test_quotations_are_reproducible_and_truly_cut_from_their_documents():
    made = quotations.generate(3, seed=5)
    assert made == quotations.generate(3, seed=5)
    assert made != quotations.generate(3, seed=6)
    for text, asked in made:
        assert [q.change for q in asked] == [*quotations.CHANGES, "number", "absent"]
        assert asked[0].words == text[slice(*asked[0].span)]
        assert not any(letters(q.words) in letters(text) for q in asked if q.span is None)


def test_the_perturbed_quotations_are_found_and_the_absent_rejected():
    row = benchmark_align.measure(benchmark_align.ours, quotations.generate(30, seed=1))
    assert row["found"] >= 97
    assert row["absent"] >= 97
    assert row["number"] == 100
    assert min(row[change] for change in ("verbatim", "quotes", "spaces", "case", "punctuation", "width")) == 100
