"""The record types cannot hold a wrong value, and a codebook resolves names."""

import dataclasses
from dataclasses import replace

import pytest

from onrecord.schema.codebook import Agent, Topic
from onrecord.schema.records import Fragment, Relay


@pytest.fixture
def report(known):
    return known.reports["harbour-levy/wire-1"][1]


@pytest.mark.parametrize(
    ("start", "end"), [(3, 3), (4, 3), (-1, 3), (0.0, 3), (0, 3.0), (True, 3), ("0", 3), (None, 3)]
)
def test_a_fragment_has_two_counts_in_order(start, end):
    with pytest.raises(ValueError, match="is wrong"):
        Fragment(start, end)


def test_records_are_frozen_and_slotted(report):
    for record in (report, report.claims[0], report.claims[0].content[0], report.claims[0].via[0]):
        assert not hasattr(record, "__dict__")
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, dataclasses.fields(record)[0].name, "x")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "harbour-levy/wire-1#0"},
        {"id": "harbour-levy/wire-2#1"},
        {"report": "harbour-levy/wire-2"},
        {"dossier": "lamp-oil"},
        {"fact": "harbour-levy/1"},
        {"content": ()},
        {"content": (Fragment(5, 9), Fragment(0, 3))},
        {"source": (Fragment(0, 5), Fragment(4, 9))},
        {"speaker": "Mirel Toskan"},
        {"agency": ""},
        {"topic": None},
        {"stance": "pro"},
        {"kind": "claim"},
        {"form": "quoted"},
        {"tags": ("hard",)},
    ],
)
def test_a_claim_refuses_a_wrong_value_and_names_it(report, change):
    with pytest.raises(ValueError, match=r"is wrong: \w+"):
        replace(report.claims[0], **change)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "wire-1"},
        {"dossier": "lamp-oil"},
        {"register": "blog"},
        {"date": "20410513"},
        {"date": "2041-02-29"},
        {"date": "2041-W01-1"},
        {"text": "short"},
        {"text": "cafe\u0301"},
        {"text": "a\r\n"},
        {"tags": ("hard",)},
    ],
)
def test_a_report_refuses_a_wrong_value_and_names_it(report, change):
    with pytest.raises(ValueError, match=r"is wrong: \w+"):
        replace(report, **change)


def test_a_report_refuses_a_relay_past_its_end(report):
    claim = replace(report.claims[0], via=(Relay("tarn-press-agency", (Fragment(0, 10_000),)),))
    with pytest.raises(ValueError, match="stay within"):
        replace(report, claims=(claim,))


def test_names_resolve_by_id_name_and_alias_whatever_their_case_and_spacing(known):
    codebook = known.codebooks["lamp-oil"]
    assert codebook.resolve("quill-tabor") == codebook.resolve("QUILL  Tabor") == ("quill-tabor",)
    assert codebook.resolve("The guild") == ("lampwrights-guild",)
    assert codebook.resolve("tabor") == ("quill-tabor", "sena-tabor")
    assert codebook.resolve("nobody") == codebook.resolve("") == ()


def test_an_id_is_never_ambiguous(known):
    codebook = known.codebooks["lamp-oil"]
    other = replace(codebook.agents[1], aliases=("lampwrights-guild",))
    assert replace(codebook, agents=(codebook.agents[0], other, codebook.agents[2])).resolve("lampwrights-guild") == (
        "lampwrights-guild",
    )


@pytest.mark.parametrize(
    "fields",
    [{"type": "ship"}, {"identity": "known"}, {"wikidata": "Q0"}, {"name": " x"}, {"aliases": ("",)}, {"id": "X"}],
)
def test_an_agent_refuses_a_wrong_value(fields):
    agent = Agent("x", "X", "person", "named")
    with pytest.raises(ValueError, match="is wrong"):
        replace(agent, **fields)


def test_a_topic_and_a_codebook_refuse_wrong_values(known):
    with pytest.raises(ValueError, match="x target"):
        Topic("x", "X", "A thing.", "")
    codebook = known.codebooks["lamp-oil"]
    with pytest.raises(ValueError, match="use each id once"):
        replace(codebook, agents=(*codebook.agents, codebook.agents[0]))
    with pytest.raises(ValueError, match="split"):
        replace(codebook, split="dev")
