"""The JSON Schemas: their examples, their agreement with the record types, and the agreement of the two validators."""

import copy
import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from onrecord.schema import records, vocabulary
from onrecord.schema.codebook import Agent, Codebook, Topic
from onrecord.schema.convert import codebook_from_json, fact_from_json, report_from_json, report_to_json
from onrecord.schema.prediction import PredictedClaim, Prediction, prediction_from_json
from onrecord.schema.semantics import check_codebook, check_fact, check_report
from onrecord.schema.structure import RECORD_KINDS, accepts, check_structure, reference, schema

EXAMPLES = [(kind, example) for kind in RECORD_KINDS for example in schema(kind)["examples"]]
IDS = [f"{kind}-{number}" for number, (kind, _) in enumerate(EXAMPLES)]


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_each_schema_is_one(kind):
    Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["$id"] == f"urn:onrecord:schema:{kind}"
    assert {"title", "description", "examples"} <= set(schema(kind))


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=IDS)
def test_each_example_is_valid(kind, example):
    assert accepts(kind)(example)
    assert reference(kind).is_valid(example)
    assert check_structure(kind, example) == []


@pytest.mark.parametrize(("kind", "example"), EXAMPLES, ids=IDS)
def test_a_misspelt_field_is_named(kind, example):
    incidents = check_structure(kind, {**example, "speeker": "x"})
    assert "field-unknown" in {incident.id for incident in incidents}


@pytest.mark.parametrize(
    ("type_", "kind", "place"),
    [
        (records.Claim, "claim", ()),
        (records.Report, "report", ()),
        (records.Fact, "fact", ()),
        (records.Anchor, "fact", ("$defs", "anchor")),
        (records.Fragment, "claim", ("$defs", "fragment")),
        (records.Relay, "claim", ("$defs", "relay")),
        (records.Relation, "fact", ("properties", "relations", "items")),
        (Codebook, "codebook", ()),
        (Agent, "codebook", ("$defs", "agent")),
        (Topic, "codebook", ("$defs", "topic")),
        (Prediction, "prediction", ()),
        (PredictedClaim, "prediction", ("$defs", "claim")),
    ],
)
def test_record_types_have_the_fields_of_their_schemas(type_, kind, place):
    described = schema(kind)
    for step in place:
        described = described[step]
    derived = {"text"} if type_ is records.Fragment else set()
    fields = {field.name for field in dataclasses.fields(type_) if field.init}
    if type_ is PredictedClaim:  # it also says how its words were aligned
        fields &= set(described["properties"])
    assert fields == set(described["properties"]) - derived


@pytest.mark.parametrize(
    ("members", "kind", "place"),
    [
        ("STANCES", "claim", ("$defs", "stance")),
        ("KINDS", "claim", ("$defs", "kind")),
        ("FORMS", "claim", ("$defs", "form")),
        ("TAGS", "claim", ("$defs", "tags", "items")),
        ("REGISTERS", "claim", ("$defs", "register")),
        ("SPLITS", "codebook", ("properties", "split")),
        ("AGENT_TYPES", "codebook", ("$defs", "agent", "properties", "type")),
        ("IDENTITIES", "codebook", ("$defs", "agent", "properties", "identity")),
        ("RELATION_TYPES", "fact", ("properties", "relations", "items", "properties", "type")),
    ],
)
def test_vocabularies_are_those_of_the_schemas(members, kind, place):
    described = schema(kind)
    for step in place:
        described = described[step]
    assert described["enum"] == list(getattr(vocabulary, members))


def paths(value, at=()):
    """Yield the path of every part of a JSON value."""
    yield at
    if isinstance(value, dict):
        for key, part in value.items():
            yield from paths(part, (*at, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from paths(part, (*at, number))


ODD = st.sampled_from(
    [
        None, True, False, 0, -1, 1.0, 0.5, 1e300, 2**31, 2**53, "", " ", "x", "X y", "a-b", "a--b", "a/b", "a/f01",
        "a/b#1", "a/b#0", "a\n", "\u00a0a", "a\u2028", "\u200ba", "\x1ca", "a\x85", "\uff12\uff10", "2022-07-29",
        "2022-02-30", "2023-02-29", "2024-02-29", "0000-01-01", "9999-12-31", "2022-7-29", "٢٠٢٢-07-29", "favor", "Q1",
        "Q0", [], {}, [[]], [{}], ["x"], ["x", "x"], [1, 1.0], [{"start": 0, "end": 1}], {"start": 0, "end": 1},
        {"start": 1.0, "end": 2}, 10**30,
    ]
)  # fmt: skip


@st.composite
def mutated(draw):
    """A kind of record, and one of its examples after one to three changes."""
    kind, example = draw(st.sampled_from(EXAMPLES))
    value = copy.deepcopy(example)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(value))))
        if not path:
            continue
        parent = value
        for step in path[:-1]:
            parent = parent[step]
        change = draw(st.sampled_from(["set", "set", "set", "remove", "add"]))
        if change == "set":
            parent[path[-1]] = copy.deepcopy(draw(ODD))
        elif change == "remove":
            del parent[path[-1]]
        elif isinstance(parent, dict):
            parent[draw(st.sampled_from(["x", "text", "claims", "via"]))] = copy.deepcopy(draw(ODD))
        else:
            parent.append(copy.deepcopy(draw(ODD)))
    return kind, value


@settings(max_examples=1500, deadline=None)
@given(mutated())
def test_the_two_validators_have_the_same_verdict(case):
    kind, value = case
    assert accepts(kind)(value) == reference(kind).is_valid(value)
    assert accepts(kind)(value) == (not check_structure(kind, value))


@settings(max_examples=1500, deadline=None)
@given(mutated())
def test_what_passes_the_validator_is_a_record(case):
    kind, value = case
    if not accepts(kind)(value):
        return
    if kind == "report" and not check_report(value):
        assert report_to_json(report_from_json(value))["id"] == value["id"]
    elif kind == "fact" and not list(check_fact(value)):
        assert fact_from_json(value).id == value["id"]
    elif kind == "codebook" and not list(check_codebook(value)):
        assert codebook_from_json(value).dossier == value["dossier"]


def test_a_prediction_is_read_with_all_that_it_leaves_open():
    for example in schema("prediction")["examples"]:
        assert len(prediction_from_json(example).claims) == len(example["claims"])


@pytest.mark.parametrize(
    ("content", "id_", "detail"),
    [
        (5, "value-type", "array or string"),
        ([], "value-range", ""),
        ("", "value-range", ""),
        ([{"start": -1, "end": 4}], "value-range", ""),
        ([{"start": 0}], "field-missing", ""),
        ([{"start": 0, "end": "4"}], "value-type", "expected integer"),
    ],
)
def test_of_alternatives_the_nearest_is_explained(content, id_, detail):
    incidents = check_structure("prediction", {"report": "a/b", "claims": [{"content": content}]})
    assert id_ in {incident.id for incident in incidents}
    assert any(detail in incident.detail for incident in incidents)
    assert all(incident.pointer.startswith("/claims/0/content") for incident in incidents)
