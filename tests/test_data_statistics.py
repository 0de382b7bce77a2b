"""Sentences, traits, statistics: literal cases, and sums that must come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.data import read_codebooks, read_ledger, read_reports
from onrecord.data.sentences import sentences
from onrecord.data.statistics import describe
from onrecord.data.traits import TRAITS, is_nameless, traits
from onrecord.schema.codebook import Agent
from onrecord.schema.records import Fragment


def cut(text):
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Dall said “It stays.” She left.", ["Mr. Dall said “It stays.”", "She left."]),
        ("“No!” he said. U.S. officials met.", ["“No!” he said.", "U.S. officials met."]),
        ("A headline\n\nText … goes on. 'Yes?' 3 came.", ["A headline", "Text … goes on.", "'Yes?'", "3 came."]),
        ("  \n ", []),
        (
            "He spoke on Feb. 4. It rained in Feb. The harbour froze.",
            ["He spoke on Feb. 4.", "It rained in Feb.", "The harbour froze."],
        ),
        ("Rev. Oll met the Hon. Brae.", ["Rev. Oll met the Hon. Brae."]),
        ("Letter no. 4 came. No. Nobody read No. 5.", ["Letter no. 4 came.", "No.", "Nobody read No. 5."]),
        (
            "„It stays,” she said. „It goes.“ „No.” He left.",
            ["„It stays,” she said.", "„It goes.“", "„No.”", "He left."],
        ),
        (
            "1. Opening. It rained.\n12. Close\nIn 1999. 5 came.",
            ["1. Opening.", "It rained.", "12. Close", "In 1999.", "5 came."],
        ),
    ],
)
def test_sentences(text, expected):
    assert cut(text) == expected


@given(st.text(alphabet='Ab .!?…”"\n1', max_size=60))
def test_every_character_is_in_one_sentence(text):
    spans = sentences(text)
    inside = [sum(s.start <= at < s.end for s in spans) for at in range(len(text))]
    assert all(n == 1 for n, character in zip(inside, text, strict=True) if not character.isspace())
    assert max(inside, default=0) <= 1
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() for s in spans)


@pytest.mark.parametrize(
    ("text", "nameless"),
    [("She", True), ("the harbour master", True), ("Ms Toskan", False), ("Mirel Toskan, the harbour master", False)],
)
def test_a_source_that_names_no_part_of_the_name(text, nameless):
    speaker = Agent("mirel-toskan", "Mirel Toskan", "person", "named")
    assert is_nameless((Fragment(0, len(text)),), text, speaker) is nameless


def test_an_institution_is_never_nameless_but_for_a_pronoun():
    board = Agent("board", "Harbour Board", "institution", "named")
    assert not is_nameless((Fragment(0, 9),), "the house", board)
    assert is_nameless((Fragment(0, 4),), "They", board)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_classes_sum_to_the_claims(split):
    reports, books, ledger = read_reports(split), read_codebooks(), read_ledger()
    found = describe(reports, books, ledger)
    for field in ("form", "stance", "kind"):
        assert sum(found[field].values()) == found["claims"]
    assert sum(found["registers"].values()) == found["reports"] == len(reports)
    assert found["traits"]["lost-agency"] <= found["traits"]["no-agency"]
    assert found["traits"]["relayed-twice"] <= found["traits"]["relayed"]
    held = [t for r in reports for claim in traits(r, books[r.dossier], ledger) for t in claim]
    assert found["traits"] == {t: held.count(t) for t in TRAITS}


def test_the_corpus_is_as_large_and_as_varied_as_the_datasheet_says():
    every = [r for split in ("train", "validation", "test") for r in read_reports(split)]
    found = describe(every, read_codebooks(), read_ledger())
    claims = found["claims"]
    assert claims >= 1200
    assert sum(len(r.claims) for r in read_reports("test")) >= 450
    assert min(found["form"].values()) >= 0.2 * claims
    assert min(found["stance"].values()) >= 0.2 * claims
    assert min(found["kind"].values()) >= 0.05 * claims
    assert found["traits"]["relayed"] >= 0.15 * claims
    assert found["traits"]["no-agency"] >= 0.25 * claims
    assert found["reports_per_fact"]["least"] >= 3
