"""From a prediction file to predictions: what is wrong is an incident, and nothing vanishes."""

import io
import json
import math
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from makers import codebook, corpora, prediction, report, said, triples

from onrecord.eval.count import CHARACTER_SCORES
from onrecord.eval.validate import resolve, validate
from onrecord.schema import lines as lines_module
from onrecord.schema.codebook import Agent
from onrecord.schema.prediction import Prediction, as_prediction, prediction_to_json

ONE = report("one", [(0, 10)])
TWO = report("two", [(11, 21)])
MARKED = report("marked", [(0, 2)], text="e̱ say 👩🏽‍🚀 ok")  # a combining line below, a joined emoji
GOLD = (ONE, TWO, MARKED)
BOOKS = {"harbour": codebook()}
FIXTURES = Path(__file__).parent / "fixtures/eval"


def checked(*lines, gold=GOLD, books=BOOKS):
    """Return the validation of `lines`, each a JSON value, text or bytes."""
    data = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    return validate(io.BytesIO(b"\n".join(data)), gold=gold, codebooks=books, name="p.jsonl")


def a_line(report_="harbour/one", **claim):
    return {"report": report_, "claims": [{"content": [{"start": 0, "end": 10}], **claim}]}


def found(validated, *, warnings=False):
    """Return (id, line) of the incidents, without those of missing reports."""
    return [
        (i.id, i.line) for i in validated.incidents if i.id != "report-missing" and (warnings or i.level == "error")
    ]


GOOD = a_line("harbour/two")

BAD = {
    "not JSON": ('{"report": "harbour/one", "claims": [}', "json-invalid"),
    "cut off": ('{"report": "harbour/one", "cla', "json-invalid"),
    "single quotes": ("{'report': 'harbour/one', 'claims': []}", "json-invalid"),
    "two objects": ('{"report": "harbour/one", "claims": []} {}', "json-invalid"),
    "unknown report": (a_line("harbour/nowhere"), "report-unknown"),
    "malformed report id": (a_line("nowhere"), "value-form"),
    "NaN confidence": (json.dumps(a_line(confidence=math.nan)), "number-not-finite"),
    "infinite confidence": (json.dumps(a_line(confidence=math.inf)), "number-not-finite"),
    "huge confidence": (
        '{"report": "harbour/one", "claims": [{"content": "abcdefghij", "confidence": 1e999}]}',
        "number-not-finite",
    ),
    "confidence over 1": (a_line(confidence=1.5), "value-range"),
    "confidence under 0": (a_line(confidence=-0.1), "value-range"),
    "confidence as text": (a_line(confidence="0.5"), "value-type"),
    "past the end": (a_line(content=[{"start": 50, "end": 55}]), "fragment-past-end"),
    "far past the end": (a_line(content=[{"start": 10**9, "end": 10**9 + 1}]), "fragment-past-end"),
    "reversed": (a_line(content=[{"start": 9, "end": 3}]), "fragment-reversed"),
    "empty": (a_line(content=[{"start": 3, "end": 3}]), "fragment-reversed"),
    "negative": (a_line(content=[{"start": -1, "end": 3}]), "value-range"),
    "fractional": (a_line(content=[{"start": 0, "end": 2.5}]), "value-type"),
    "a float that is whole": (a_line(content=[{"start": 0, "end": 2.0}]), "value-type"),
    "beyond 64 bits": (a_line(content=[{"start": 0, "end": 10**30}]), "value-range"),
    "fragments unsorted": (a_line(content=[{"start": 5, "end": 8}, {"start": 0, "end": 3}]), "fragments-unordered"),
    "fragments that overlap": (a_line(content=[{"start": 0, "end": 5}, {"start": 4, "end": 8}]), "fragments-unordered"),
    "source past the end": (a_line(source=[{"start": 50, "end": 55}]), "fragment-past-end"),
    "cue reversed": (a_line(cue=[{"start": 5, "end": 2}]), "fragment-reversed"),
    "via past the end": (
        a_line(via=[{"agent": "board", "fragments": [{"start": 50, "end": 99}]}]),
        "fragment-past-end",
    ),
    "no content": ({"report": "harbour/one", "claims": [{}]}, "field-missing"),
    "content of no fragment": (a_line(content=[]), "value-range"),
    "content of empty text": (a_line(content=""), "value-range"),
    "unknown field": (a_line(speakr="toskan"), "field-unknown"),
    "unknown field of the line": ({"report": "harbour/one", "claims": [], "model": "x"}, "field-unknown"),
    "no claims": ({"report": "harbour/one"}, "field-missing"),
    "a stance that is none": (a_line(stance="pro"), "value-choice"),
    "a kind that is none": (a_line(kind="question"), "value-choice"),
    "a list": ([], "value-type"),
    "a number": ("7", "value-type"),
    "null": ("null", "value-type"),
    "wrong text of a fragment": (a_line(content=[{"start": 0, "end": 3, "text": "xyz"}]), "fragment-text-differs"),
    "Windows-1252": ('{"report": "harbour/one", "claims": [{"content": "caf\xe9"}]}'.encode("cp1252"), "file-not-utf8"),
    "a lone surrogate": ('{"report": "harbour/one", "claims": [{"content": "\\ud800"}]}', "json-invalid"),
    "nested without end": ("[" * 100_000, "json-invalid"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_an_incident_counts_as_empty_and_the_next_line_is_read(name):
    bad, id_ = BAD[name]
    validated = checked(bad, GOOD)
    assert found(validated)[0] == (id_, 1)
    assert {line for _, line in found(validated)} == {1}
    assert [len(p.claims) for p in validated.predictions] == [0, 1, 0]
    assert [p.report for p in validated.predictions] == [r.id for r in GOLD]


@pytest.mark.parametrize("name", BAD)
def test_the_incident_names_file_line_value_and_fix_in_one_line(name):
    (incident, *_) = [i for i in checked(GOOD, BAD[name][0]).incidents if i.level == "error"]
    assert (incident.file, incident.line) == ("p.jsonl", 2)
    text = str(incident)
    assert text.startswith("p.jsonl:2: ")
    assert f"[{incident.id}]" in text
    assert str(incident.to_dict()["fix"]) in text
    assert "\n" not in text
    assert len(text) < 400


@pytest.mark.parametrize("span", [(0, 1), (1, 4), (7, 8), (8, 11), (9, 10)])
def test_an_offset_inside_a_character_is_refused(span):
    line = a_line("harbour/marked", content=[{"start": span[0], "end": span[1]}])
    assert found(checked(line)) == [("fragment-splits-character", 1)]


def test_whole_characters_are_taken():
    line = a_line("harbour/marked", content=[{"start": 0, "end": 2}, {"start": 7, "end": 11}])
    assert found(checked(line), warnings=True) == []


def test_all_that_is_wrong_with_a_line_is_reported_not_the_first_only():
    claims = [{"content": [{"start": 9, "end": 3}]}, {"content": [{"start": 0, "end": 99}]}]
    validated = checked({"report": "harbour/one", "claims": claims})
    assert [(i.id, i.pointer) for i in validated.errors] == [
        ("fragment-reversed", "/claims/0/content/0"),
        ("fragment-past-end", "/claims/1/content/0"),
    ]


def test_many_bad_lines_are_many_incidents():
    validated = checked("{", GOOD, "[", "", a_line("harbour/nowhere"))
    assert found(validated) == [("json-invalid", 1), ("json-invalid", 3), ("report-unknown", 5)]


def test_a_second_line_for_a_report_is_an_error_that_names_the_first():
    validated = checked(a_line(), a_line("harbour/two"), a_line(content=[{"start": 11, "end": 21}]))
    (incident,) = validated.errors
    assert (incident.id, incident.line, incident.detail) == ("id-duplicate", 3, "first on line 1")
    assert validated.predictions[0] == Prediction("harbour/one", (said((0, 10), **dict.fromkeys(
        ("speaker", "agency", "topic", "stance", "kind"), "")),))  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error_and_every_report_is_missing(data):
    validated = checked(data)
    assert [i.id for i in validated.incidents] == ["file-empty", *["report-missing"] * 3]
    assert [i.id for i in validated.errors] == ["file-empty"]
    assert [p.claims for p in validated.predictions] == [(), (), ()]


def test_a_binary_file_is_one_incident():
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40
    assert [i.id for i in checked(png).errors].count("file-binary") == 1
    parquet = b"PAR1\x15\x04\x15\x00" + b"\n\x00" * 1000
    assert found(checked(parquet)) == [("file-binary", 1)]
    assert found(checked(b"\x1f\x8b\x08\x00" + b"\xff\n" * 1000)) == [("file-binary", 1)]


def test_a_utf_16_file_is_refused_with_one_incident():
    assert len(checked(json.dumps(GOOD).encode("utf-16")).errors) == 1


def test_a_windows_1252_line_is_told_with_its_byte_and_what_it_would_read():
    (incident,) = checked('{"report": "Zürich"}'.encode("cp1252")).errors
    assert incident.value == "byte 0xfc"
    assert "Zürich" in incident.detail


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault():
    data = b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n" + json.dumps(a_line()).encode() + b"\r\n"
    assert found(checked(data), warnings=True) == []


class Endless(io.RawIOBase):
    """A line of `size` bytes that nobody has in memory, then a good line."""

    def __init__(self, size, after):
        self.left, self.after, self.largest = size, after, 0

    def readable(self):
        return True

    def readline(self, size=-1):
        assert size >= 0, "a line was read without a limit"
        if self.left:
            part = min(size, self.left)
            self.left -= part
            self.largest = max(self.largest, part)
            return b"x" * part if self.left else b"x" * (part - 1) + b"\n"
        line, self.after = self.after, b""
        return line


def test_a_line_of_100_mb_is_refused_in_little_memory_and_the_next_line_is_read():
    stream = Endless(100 * 2**20, json.dumps(GOOD).encode())
    tracemalloc.start()
    try:
        validated = validate(stream, gold=GOLD, codebooks=BOOKS, name="p.jsonl")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found(validated) == [("line-too-long", 1)]
    assert len(validated.predictions[1].claims) == 1
    assert peak < 4 * lines_module.LINE_LIMIT


@pytest.mark.parametrize("extra", [0, 1])
def test_the_limit_is_met_exactly(monkeypatch, extra):
    line = json.dumps(GOOD).encode() + b"\n"
    monkeypatch.setattr(lines_module, "LINE_LIMIT", len(line) - extra)
    assert found(checked(line)) == [("line-too-long", 1)] * extra


# missing reports


def test_a_missing_report_is_a_warning_and_an_empty_prediction():
    validated = checked(GOOD)
    assert validated.errors == ()
    assert [i.value for i in validated.incidents] == ["'harbour/one'", "'harbour/marked'"]
    assert triples(GOLD, validated.predictions)["detection"] == (0, 1, 3)


def test_a_report_whose_line_is_bad_is_reported_once():
    """The line is there, and the error says what is wrong with it: it is not missing as well."""
    validated = checked(
        a_line(content=[{"start": 9, "end": 3}]), a_line("harbour/two"), a_line("harbour/marked", stance="pro")
    )
    assert [(i.id, i.line) for i in validated.incidents] == [("fragment-reversed", 1), ("value-choice", 3)]


def test_predictions_come_in_the_order_of_the_gold_whatever_the_file_does():
    validated = checked(a_line("harbour/two"), a_line())
    assert [p.report for p in validated.predictions] == [r.id for r in GOLD]
    assert [len(p.claims) for p in validated.predictions] == [1, 1, 0]


# names


def speaker_of(name, books=BOOKS, place="speaker"):
    validated = checked(
        a_line(**{place: name}), GOOD, a_line("harbour/marked", content=[{"start": 0, "end": 2}]), books=books
    )
    (claim,) = validated.predictions[0].claims
    return getattr(claim, place), found(validated, warnings=True)


@pytest.mark.parametrize("place", ["speaker", "agency"])
@pytest.mark.parametrize("name", ["toskan", "Mirel Toskan", "mirel toskan", " MIREL  TOSKAN ", "the harbour master"])
def test_a_name_becomes_the_id_of_its_agent(name, place):
    assert speaker_of(name, place=place) == ("toskan", [])


@pytest.mark.parametrize(
    ("name", "incident"), [("Nobody", "name-unknown"), ("The Official", "name-ambiguous"), ("Toskan's", "name-unknown")]
)
def test_a_name_that_does_not_resolve_is_a_warning_and_wrong(name, incident):
    resolved, incidents = speaker_of(name)
    assert incidents == [(incident, 1)]
    assert resolved not in {"toskan", "brae", "board", ""}
    validated = checked(a_line(speaker=name))
    assert validated.errors == ()
    assert triples([ONE], [validated.predictions[0]])["speaker"] == (0, 1, 1)


def test_an_id_is_itself_even_where_another_agent_has_it_as_a_name():
    books = {
        "harbour": codebook(
            Agent("ketch", "Ketch", "person", "named"), Agent("oda", "Oda", "person", "named", aliases=("KETCH",))
        )
    }
    assert speaker_of("ketch", books) == ("ketch", [])


def test_a_name_with_a_no_break_space_in_the_codebook_resolves():
    books = {"harbour": codebook(Agent("ria", "RIA\u00a0Tovosti", "news-agency", "named"))}
    assert speaker_of("RIA Tovosti", books) == ("ria", [])


def test_an_unknown_topic_is_a_warning_and_wrong():
    validated = checked(a_line(topic="weather"))
    assert found(validated, warnings=True) == [("name-unknown", 1)]
    assert triples([ONE], [validated.predictions[0]])["topic"] == (0, 1, 1)


@pytest.mark.parametrize("agent", ["board", "Zellany Harbour Board", "Nobody", "The Official"])
@pytest.mark.parametrize("spans", [{"fragments": [{"start": 11, "end": 21}]}, {"fragments": "klmnopqrst"}, {}])
def test_via_takes_an_id_or_a_name_with_offsets_words_or_nothing(agent, spans):
    validated = checked(a_line(via=[{"agent": agent, **spans}]))
    assert validated.errors == ()
    assert len(validated.predictions[0].claims) == 1
    assert bool(found(validated, warnings=True)) == (agent in ("Nobody", "The Official"))


def test_null_and_left_out_are_open_except_that_no_agency_is_an_answer():
    (claim,) = checked(a_line(speaker=None, topic=None, stance=None, kind=None, agency=None)).predictions[0].claims
    assert (claim.speaker, claim.topic, claim.stance, claim.kind, claim.agency) == ("", "", "", "", None)
    (claim,) = checked(a_line()).predictions[0].claims
    assert claim.agency == ""


def test_resolve_leaves_ids_and_open_labels_alone():
    value = prediction("one", said((0, 10), speaker="", agency=None), said((11, 21), speaker="brae", agency="board"))
    assert resolve(value, BOOKS["harbour"]) == value


# words without offsets


@pytest.mark.parametrize(
    "content", ["never said", ["never said"], ["never", "said"], " never ", "not in the text at all"]
)
def test_words_that_the_report_does_not_have_are_no_incident_but_a_false_positive(content):
    validated = checked(a_line(content=content, speaker="toskan"))
    assert found(validated, warnings=True) == []
    found_ = triples([ONE], [validated.predictions[0]])
    assert {t for name, t in found_.items() if name not in CHARACTER_SCORES} == {(0, 1, 1)}
    assert found_["characters"] == (
        0,
        sum(len("".join(w.split())) for w in ([content] if isinstance(content, str) else content)),
        10,
    )


def test_words_beside_offsets_leave_the_claims_with_offsets_alone():
    claims = [{"content": "never said"}, {"content": [{"start": 0, "end": 10}]}]
    validated = checked({"report": "harbour/one", "claims": claims})
    assert triples([ONE], [validated.predictions[0]])["detection"] == (1, 2, 1)


def test_words_for_source_cue_and_via_are_no_incident():
    line = a_line(source="Toskan", cue=["said", "that"], via=[{"agent": "board", "fragments": "the board"}])
    assert found(checked(line), warnings=True) == []


# what goes out comes in


@settings(max_examples=60)
@given(corpora())
def test_predictions_survive_the_file(corpus):
    made, predicted = corpus
    books = {dossier: codebook(dossier=dossier) for dossier in ("harbour", "peaks")}
    lines = [json.dumps(prediction_to_json(p, r.text)).encode() for r, p in zip(made, predicted, strict=True)]
    validated = validate(lines, gold=made, codebooks=books)
    assert validated.incidents == ()
    assert list(validated.predictions) == predicted
    gold = [json.dumps(prediction_to_json(as_prediction(r))).encode() for r in made]
    assert triples(made, validate(gold, gold=made, codebooks=books).predictions)["exact"][0] == sum(
        len(r.claims) for r in made
    )


def test_every_triple_of_files_is_valid():
    for folder in FIXTURES.iterdir():
        for line in (folder / "predicted.jsonl").read_text("utf-8").splitlines():
            assert json.loads(line)["report"].partition("/")[0] in {"harbour", "peaks"}
