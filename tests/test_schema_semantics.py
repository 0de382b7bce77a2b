"""What JSON Schema cannot say: offsets against the text, names against the codebook, labels against the ledger."""

import copy
import time
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from onrecord.schema.offsets import character_borders, check_fragments, check_offsets
from onrecord.schema.semantics import check_labels, check_ledger, check_prediction, check_quotes, check_report
from onrecord.schema.structure import schema

TEXT = "Tabor, der Älteste, sagte 👩‍🚒: nein."  # the last but one is a cluster of three code points


@pytest.fixture
def codebook(known):
    return known.codebooks["lamp-oil"]


def ids(incidents):
    return [(incident.id, incident.pointer) for incident in incidents]


def predicted(**fields):
    return {"report": "lamp-oil/minutes-1", "claims": [{"content": [{"start": 0, "end": 5}], **fields}]}


def test_a_right_prediction_has_no_incident(codebook):
    value = predicted(
        source=[{"start": 0, "end": 5}], cue=[], speaker="Quill Tabor", agency=None, topic="oil-ration", stance=None,
        via=[{"agent": "the guild", "fragments": [{"start": 7, "end": 10}]}, {"agent": "lampwrights-guild"}],
    )  # fmt: skip
    assert check_prediction(value, TEXT, codebook) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"content": [{"start": 5, "end": 5}]}, ("fragment-reversed", "/claims/0/content/0")),
        ({"content": [{"start": 0, "end": 1000}]}, ("fragment-past-end", "/claims/0/content/0")),
        ({"content": [{"start": 5, "end": 9}, {"start": 0, "end": 3}]}, ("fragments-unordered", "/claims/0/content/1")),
        ({"content": [{"start": 0, "end": 5}, {"start": 4, "end": 9}]}, ("fragments-unordered", "/claims/0/content/1")),
        ({"content": [{"start": 27, "end": 30}]}, ("fragment-splits-character", "/claims/0/content/0")),
        ({"content": [{"start": 1.0, "end": 5}]}, ("value-type", "/claims/0/content/0")),
        ({"content": [{"start": 0, "end": 5, "text": "Venn"}]}, ("fragment-text-differs", "/claims/0/content/0/text")),
        ({"source": [{"start": 5, "end": 2}]}, ("fragment-reversed", "/claims/0/source/0")),
        ({"cue": [{"start": 5, "end": 99}]}, ("fragment-past-end", "/claims/0/cue/0")),
        ({"via": [{"agent": "the guild", "fragments": [{"start": 9, "end": 8}]}]},
         ("fragment-reversed", "/claims/0/via/0/fragments/0")),
        ({"speaker": "Venn"}, ("name-unknown", "/claims/0/speaker")),
        ({"speaker": "Tabor"}, ("name-ambiguous", "/claims/0/speaker")),
        ({"agency": "tabor"}, ("name-ambiguous", "/claims/0/agency")),
        ({"via": [{"agent": "nobody"}]}, ("name-unknown", "/claims/0/via/0/agent")),
        ({"topic": "weather"}, ("name-unknown", "/claims/0/topic")),
    ],
)  # fmt: skip
def test_one_wrong_thing_in_a_prediction_is_one_incident(codebook, fields, expected):
    assert ids(check_prediction(predicted(**fields), TEXT, codebook)) == [expected]


def test_white_space_at_the_edge_of_a_predicted_fragment_is_allowed(codebook):
    assert check_prediction(predicted(content=[{"start": 5, "end": 7}]), TEXT, codebook) == []


def test_everything_wrong_is_told_at_once(codebook):
    value = predicted(content=[{"start": 3, "end": 1}, {"start": 0, "end": 99}], speaker="x", topic="y")
    assert len(check_prediction(value, TEXT, codebook)) == 4


@given(st.text(max_size=40))
def test_borders_are_those_of_the_grapheme_clusters(text):
    borders = character_borders(text)
    exact = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    assert (set(range(len(text) + 1)) if borders is None else borders) == exact


SPANS = st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)), max_size=4)


@given(SPANS)
def test_fragments_without_incident_cover_the_text_in_order(spans):
    fragments = [{"start": start, "end": end} for start, end in spans]
    right = all(a < b <= len(TEXT) for a, b in spans)
    right &= all(before[1] <= after[0] for before, after in pairwise(spans))
    right &= {offset for span in spans for offset in span} <= (character_borders(TEXT) or set())
    assert right == (not list(check_fragments(TEXT, fragments, "", tight=False)))
    if right:
        assert not list(check_offsets(fragments, ""))


@pytest.fixture
def report(known):
    """The JSON of a report with two claims."""
    from onrecord.schema.convert import report_to_json

    return report_to_json(known.reports["harbour-levy/wire-1"][1])


def harbour(known):
    return known.codebooks["harbour-levy"], known.facts["harbour-levy"]


def test_a_published_report_has_no_incident(known, report):
    assert check_report(report, *harbour(known)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda r: r["claims"].reverse(), {"id-misplaced"}),
        (lambda r: r["claims"][0].update(report="harbour-levy/wire-2"), {"id-misplaced"}),
        (lambda r: r["claims"][1].update(dossier="lamp-oil"), {"id-misplaced"}),
        (lambda r: r.update(id="lamp-oil/wire-1"), {"id-misplaced"}),
        (lambda r: r.update(text=r["text"].replace("by", "b\r")), {"text-not-normal"}),
        (lambda r: r["claims"][0].update(speaker="nobody"), {"agent-unknown", "fact-differs"}),
        (lambda r: r["claims"][0].update(topic="nothing"), {"topic-unknown", "fact-differs"}),
        (lambda r: r["claims"][0].update(agency=None), {"agency-differs"}),
        (lambda r: r["claims"][1].update(agency=None), {"agency-differs"}),
        (lambda r: r["claims"][0].update(form="indirect"), {"form-differs"}),
        (lambda r: r["claims"][0].update(fact="harbour-levy/f99"), {"fact-unknown"}),
        (lambda r: r["claims"][0]["via"].append(r["claims"][0]["via"][1]), {"id-duplicate"}),
        (lambda r: r["claims"][0]["cue"][0].update(text="sang"), {"fragment-text-differs"}),
    ],
)
def test_one_change_of_a_report_is_found(known, report, change, expected):
    changed = copy.deepcopy(report)
    change(changed)
    assert {incident.id for incident in check_report(changed, *harbour(known))} == expected


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("“has not paid for one barge”", False),
        ("“Has not paid for one barge.”", False),
        ("“has not paid for one bar”", True),  # half a word is no word of theirs
        ("“paid for three barges”", True),
        ("has paid nothing", False),
        ("has paid “one barge” of mud", False),
    ],
)
def test_quoted_words_are_the_ledger_s_by_whole_words(known, said, found):
    claim = {"fact": "harbour-levy/f01", "content": [{"start": 7, "end": 7 + len(said)}]}
    incidents = list(check_quotes({"text": f"Quote: {said}", "claims": [claim]}, harbour(known)[1]))
    assert bool(incidents) == found


def test_a_ledger_is_checked_by_itself():
    fact = copy.deepcopy(schema("fact")["examples"][0])
    fact["anchor"] = {"content": [{"start": 9, "end": 3}], "source": [], "cue": [], "via": []}
    fact["dossier"] = "lamp-oil"
    found = {incident.id for incident in check_ledger([fact, fact], None)}
    assert found == {"id-duplicate", "id-misplaced", "fragment-reversed", "fact-unknown"}


def test_labels_are_checked_without_a_text(known, report):
    assert list(check_labels(report["claims"][0], "", *harbour(known))) == []


def test_a_prediction_costs_microseconds(codebook):
    value = predicted(source=[{"start": 0, "end": 5}], speaker="quill-tabor", topic="oil-ration")
    value["claims"] *= 1000
    check_prediction(value, TEXT, codebook)
    began = time.perf_counter()
    check_prediction(value, TEXT, codebook)
    assert time.perf_counter() - began < 0.1
