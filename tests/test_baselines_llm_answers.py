"""Reading what language models answer: whatever stands there, claims or one clear error."""

import json
import time

import makers  # noqa: F401 - its profile: the same examples every time, without a deadline
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onrecord.baselines.llm_answers import MOST, UnreadableAnswerError, read_answer, repaired, repaired_apart

CLAIMS = [
    {"content": ["The levy stays"], "source": ["She"], "cue": ["said"], "speaker": "toskan", "agency": None},
    {"content": ["“It pays,”", "for the {mud}"], "via": [{"agent": "Tarn [agency]", "fragments": ["Tarn"]}]},
    {"content": "all of \"it\"", "stance": "favor", "kind": "denial", "topic": "levy", "confidence": 0.5},
]  # fmt: skip
WORDS = [("The levy stays",), ("“It pays,”", "for the {mud}"), ('all of "it"',)]
VALID = json.dumps({"claims": CLAIMS}, ensure_ascii=False)

NAMES = sorted({name for claim in CLAIMS for name in claim} | {"claims", "agent", "fragments", "start"})
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=24,
)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Repair here, which is quick; the tests of texts that take long repair apart."""
    monkeypatch.setattr("onrecord.baselines.llm_answers.repaired_apart", repaired)


def read(content):
    """Return what is read, or None; the only error there may be is that nothing can be."""
    try:
        return read_answer(content)
    except UnreadableAnswerError as error:
        said = str(error)
    assert "\n" not in said
    assert len(said) < 200
    return None


def test_a_valid_answer_is_read_whole_without_repair():
    reading = read_answer(VALID)
    assert [claim.words for claim in reading.claims] == WORDS
    assert (reading.repaired, reading.dropped) == (False, 0)
    assert reading.claims[1].via[0].words == ("Tarn",)
    assert reading.claims[0].agency is None
    assert reading.claims[1].agency == ""  # left open is another answer than none


def test_an_answer_that_ends_anywhere_keeps_the_claims_before_its_end():
    ends = [VALID.index(f'"content": {json.dumps(claim["content"], ensure_ascii=False)}') for claim in CLAIMS]
    for length in range(len(VALID)):
        reading = read(VALID[:length])
        whole = sum(length >= end for end in ends[1:])
        found = [claim.words for claim in reading.claims] if reading else []
        assert found[:whole] == WORDS[:whole]
        assert len(found) <= whole + 1


@given(st.text(max_size=40), st.text(max_size=40))
def test_prose_around_an_answer_changes_nothing(before, after):
    reading = read(f"{before}\n```json\n{VALID}\n```\n{after}")
    if "```" not in before + after and "<think" not in before + after and "`" not in before[-3:]:
        assert reading is not None
        assert [claim.words for claim in reading.claims] == WORDS


@given(st.text(max_size=200))
@example("{" * 300)
@example("[" * 300)
@example('{"claims": [' * 100)
@example("```json\n")
@example("<think>" * 100)
def test_any_text_is_read_or_refused(text):
    read(text)


@given(values)
def test_any_json_is_read_or_refused(value):
    for content in (json.dumps(value), json.dumps({"claims": [value]}), repr(value)):
        reading = read(content)
        assert reading is None or all(claim.words for claim in reading.claims)


@given(st.data())
def test_a_valid_answer_with_damage_is_read_or_refused(data):
    at = data.draw(st.integers(0, len(VALID) - 1))
    text = VALID[:at] + data.draw(st.text('{}[]",:\\ a\n`', max_size=3)) + VALID[at + data.draw(st.integers(0, 3)) :]
    reading = read(text)
    assert reading is None or len(reading.claims) + reading.dropped <= 12


@pytest.mark.parametrize("unit", ["[", "{'", "```json\n", 'a"b ', '{"claims": [{"content": ["a"]}] '])
def test_no_text_takes_long(unit, monkeypatch):
    monkeypatch.setattr("onrecord.baselines.llm_answers.repaired_apart", repaired_apart)
    monkeypatch.setattr("onrecord.baselines.llm_answers.SECONDS", 2)
    began = time.monotonic()
    read('{"claims": [{"content": ["' + unit * ((MOST - 99) // len(unit)))
    assert time.monotonic() - began < 8


def test_a_repair_apart_is_the_repair():
    parts = [VALID[:90], "x", '["\\ud800', "[1e999, NaN]", ""]
    assert repr(repaired_apart(parts)) == repr(repaired(parts))
