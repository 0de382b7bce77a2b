"""Evidence: what is kept or left out for speed changes nothing that a field finds."""

from itertools import chain

import pycrfsuite
import pytest

from onrecord.baselines import evidence
from onrecord.baselines.evidence import Evidence
from onrecord.baselines.finding import search
from onrecord.baselines.model import load
from onrecord.baselines.words import read
from onrecord.data.published import read_reports

PAGES = [read(report.text) for report in read_reports("train")[:20]]
SEEN = [(page, search(page)) for page in PAGES]


@pytest.fixture(scope="module")
def everything():
    return [Evidence().of(page, rules) for page, rules in SEEN]


def test_every_word_has_its_own_features(everything):
    page = read("“The fare,” Orsk said, “will rise.”")
    rows = Evidence().of(page, search(page))
    assert len(rows) == len(page.words)
    assert {"w=orsk", "w-1=”", "w+1=said", "b-=”|orsk", "b+=orsk|said", "bo=”|said", "h=Aa", "e=rsk"} <= set(rows[5])
    assert {"w-1=", "w-2=", "w+1=the", "q=m,b"} <= set(rows[0])
    assert [len(row) for rows in everything for row in rows] == [len(rows[0])] * sum(map(len, everything))


def test_a_field_that_sees_only_what_it_knows_labels_as_if_it_saw_all(everything):
    field = load().field
    reader = pycrfsuite.Tagger()
    reader.open_inmemory(field.model)
    assert [field.label(page, rules) for page, rules in SEEN] == [reader.tag(rows) for rows in everything]


def test_what_is_left_out_is_just_what_is_not_known(everything):
    known = set(sorted(set(chain.from_iterable(chain.from_iterable(everything))))[::3])
    seen = Evidence(known)
    for (page, rules), rows in zip(SEEN, everything, strict=True):
        assert seen.of(page, rules) == [[name for name in row if name in known] for row in rows]


def test_what_was_kept_of_other_texts_does_not_matter(everything, monkeypatch):
    monkeypatch.setattr(evidence, "_MOST_KEPT", 7)
    forgetful = Evidence()
    assert [forgetful.of(page, rules) for page, rules in reversed(SEEN)] == everything[::-1]


def test_a_text_without_words_has_no_rows():
    assert Evidence().of(read(""), []) == []
