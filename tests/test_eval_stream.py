"""Files of any size: the way of columns and the way of records agree, whatever stands in the files."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import orjson
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from makers import codebook, corpora, gold_of, prediction, report, said
from pyarrow import parquet as pq

from onrecord.eval.cli import main
from onrecord.eval.results import result_of
from onrecord.eval.scoring_files import score_files
from onrecord.eval.validate import validate
from onrecord.schema.convert import report_to_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import prediction_to_json

CODEBOOKS = {name: codebook(dossier=name) for name in ("harbour", "peaks")}
SPAN = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64())]))
ROWS = pa.schema(
    [
        ("id", pa.string()),
        (
            "claims",
            pa.list_(
                pa.struct(
                    [
                        *((role, SPAN) for role in ("content", "source", "cue")),
                        ("via", pa.list_(pa.struct([("agent", pa.string()), ("fragments", SPAN)]))),
                        *((name, pa.string()) for name in ("speaker", "agency", "topic", "stance", "kind", "fact")),
                        ("confidence", pa.float64()),
                    ]
                )
            ),
        ),
    ]
)


def lines(values):
    return [value if isinstance(value, bytes) else orjson.dumps(value) for value in values]


def written(folder, gold, predicted):
    """Write both as JSON Lines, and the codebooks; return the paths."""
    paths = [Path(folder) / name for name in ("gold.jsonl", "predicted.jsonl", "codebooks.jsonl")]
    paths[0].write_bytes(b"\n".join(lines(map(report_to_json, gold))))
    paths[1].write_bytes(b"\n".join(lines(predicted)))
    books = [
        {
            "dossier": name, "title": "T", "description": "D", "split": "test", "invented": True,
            "agents": [
                {"id": a.id, "name": a.name, "type": a.type, "identity": a.identity, "affiliation": None,
                 "aliases": list(a.aliases), "wikidata": None} for a in book.agents
            ],
            "topics": [{"id": t.id, "label": t.label, "definition": "D.", "target": "T."} for t in book.topics],
        }
        for name, book in CODEBOOKS.items()
    ]  # fmt: skip
    paths[2].write_bytes(b"\n".join(lines(books)))
    return paths


def by_records(gold, path, *, open_names=False):
    """Return result, incidents and accepted lines by way of records."""
    codebooks = dict.fromkeys(CODEBOOKS) if open_names else CODEBOOKS
    with path.open("rb") as stream:
        found = validate(stream, gold=gold, codebooks=codebooks, name=str(path))
    result = result_of(gold=gold_of(*gold), predicted=found.predictions, draws=5).to_dict()
    result |= {"invalid": found.refused} if found.refused else {}
    return {k: v for k, v in result.items() if k != "signature"}, list(map(str, found.incidents)), found.accepted


def by_columns(gold, predicted, *codebooks, chunk=2048):
    with mock.patch("onrecord.eval.goldfile.CHUNK", chunk), mock.patch("onrecord.eval.parquet.CHUNK", chunk):
        result, incidents, accepted = score_files(predicted, gold, codebooks, ledger=False, draws=5, seed=0)
    shown = {k: v for k, v in result.to_dict().items() if k != "signature"}
    return shown, list(map(str, incidents)), accepted


@st.composite
def spans(draw, length, *, wild):
    """Draw fragments as JSON; `wild` ones may be out of bounds, reversed, out of order or no integers."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, length - 1))
        span = {"start": start, "end": draw(st.integers(start + 1, length))}
        found.append(draw(st.sampled_from([span, span, {"start": span["end"], "end": start}])) if wild else span)
    ordered = sorted(found, key=lambda span: span["start"])
    return ordered[:1] if any(a["end"] > b["start"] for a, b in pairwise(ordered)) else ordered


@st.composite
def claims(draw, text, *, wild, words):
    """Draw a claim as JSON: names that may resolve or not, relays that may be named twice, labels left open or null."""
    agents = ["toskan", "brae", "Mirel Toskan", "The Official", "Nobody", "board"]
    content = draw(spans(len(text), wild=wild))
    if words and draw(st.booleans()):
        content = draw(st.sampled_from(["abc", text[:4], ["x", text[-2:]], "not there at all"]))
    claim = {"content": content}
    optional = {
        "source": spans(len(text), wild=wild),
        "cue": spans(len(text), wild=False),
        "via": st.lists(
            st.fixed_dictionaries({"agent": st.sampled_from(agents), "fragments": spans(len(text), wild=False)}),
            max_size=2,
        ),
        "speaker": st.sampled_from([*agents, None]),
        "agency": st.sampled_from([*agents, None]),
        "topic": st.sampled_from(["levy", "dredging", "no-topic"]),
        "stance": st.sampled_from(["favor", "against", None]),
        "kind": st.sampled_from(["statement", "denial"]),
        "fact": st.sampled_from(["f1", "f2"]),
        "confidence": st.sampled_from([0, 0.5, 1.0]),
    }
    for name, values in optional.items():
        if draw(st.booleans()):
            claim[name] = draw(values)
    return claim


BROKEN = [
    b"{", b"[]", b"nul\0l", b"7", b'{"report": 5, "claims": []}', b'{"report": "harbour/r0"}', b"  ", b"\xff\xfe{}",
    b'{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 1.0}]}]}',
    b'{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 1, "text": "x"}]}]}',
    b'{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 1, "text": "z"}]}]}',
    b'{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 99999999999}]}]}',
    b'{"report": "harbour/r0", "claims": [{"content": []}], "claims": []}',
    b'{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 1}], "confidence": NaN}]}',
    b'{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 1}], "stance": ""}]}',
    b'{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 1}], "sure": true}]}',
    b'{"report": "harbour/nowhere", "claims": []}', b'{"report": "harbour/nowhere", "claims": 5}',
]  # fmt: skip


@st.composite
def files(draw, *, wild=True, words=True, broken=True):
    """Draw gold reports and the values or bytes of the lines of a prediction file for them, in any order."""
    gold, _ = draw(corpora(most=5))
    gold = list({one.id: one for one in gold}.values())
    found = []
    for one in gold:
        for _ in range(draw(st.sampled_from([0, 1, 1, 1, 1, 2]) if broken else st.sampled_from([0, 1, 1, 1]))):
            some = draw(st.lists(claims(one.text, wild=wild and draw(st.booleans()), words=words), max_size=4))
            found.append({"report": one.id, "claims": some})
    if broken:
        found += draw(st.lists(st.sampled_from(BROKEN), max_size=2))
    return gold, draw(st.permutations(found))


PLAIN = report("r0", [(0, 10)], [(11, 21)])


@settings(max_examples=60)
@given(files(), st.integers(1, 4), st.booleans())
@example(([PLAIN], []), 1, False)
@example(([PLAIN], [b"\n \n"]), 1, False)
@example(([PLAIN], [b"\xef\xbb\xbf" + orjson.dumps({"report": PLAIN.id, "claims": []}), b"{"]), 1, False)
@example(([PLAIN], BROKEN[:3]), 1, False)
@example(([PLAIN], [line for line in BROKEN if b'"stance": ""' in line]), 1, False)
@example(([PLAIN], [line for line in BROKEN if b"\0" not in line]), 1, True)
def test_columns_and_records_agree_on_good_bad_and_mixed_files(case, chunk, open_names):
    gold, predicted = case
    with TemporaryDirectory() as folder:
        gold_path, path, books = written(folder, gold, predicted)
        found = by_columns(gold_path, path, *(() if open_names else (books,)), chunk=chunk)
        assert found == by_records(gold, path, open_names=open_names)


@settings(max_examples=40)
@given(files(wild=False, words=False, broken=False), st.integers(1, 4))
def test_parquet_says_what_json_lines_say(case, chunk):
    """Null and absent are one in Parquet, so every claim states its agency."""
    gold, predicted = case
    for value in predicted:
        for claim in value["claims"]:
            claim.setdefault("agency", None)
    with TemporaryDirectory() as folder:
        gold_path, path, books = written(folder, gold, predicted)
        rows = [{"id": value["report"], "claims": value["claims"]} for value in predicted]
        pq.write_table(pa.Table.from_pylist(rows, ROWS), path.with_suffix(".parquet"))
        pq.write_table(pa.Table.from_pylist(list(map(report_to_json, gold))), gold_path.with_suffix(".parquet"))
        result, incidents, accepted = by_records(gold, path)
        for gold_file in (gold_path, *([gold_path.with_suffix(".parquet")] if any(one.claims for one in gold) else [])):
            found = by_columns(gold_file, path.with_suffix(".parquet"), books, chunk=chunk)
            assert found[0] == result
            assert found[1] == [line.replace(".jsonl", ".parquet", 1) for line in incidents]
            assert found[2] == accepted or not predicted


def many(reports=7):
    gold = [report(f"r{n}", [(0, 10)], [(11, 21)]) for n in range(reports)]
    return gold, [prediction_to_json(prediction(one.id, said((0, 10)), said((33, 43)))) for one in gold]


@pytest.mark.parametrize("chunk", range(1, 9))
def test_the_chunking_leaves_no_trace(tmp_path, chunk):
    gold, predicted = many()
    paths = written(tmp_path, gold, predicted)
    assert by_columns(*paths, chunk=chunk) == by_columns(*paths)


def test_a_bad_line_in_the_third_chunk_is_one_message_and_an_empty_prediction(tmp_path):
    gold, predicted = many()
    predicted[5]["claims"][0]["content"][0]["end"] = 10_000
    paths = written(tmp_path, gold, predicted)
    result, incidents, accepted = by_columns(*paths, chunk=2)
    assert (result["invalid"], accepted) == (1, 6)
    assert len(incidents) == 1
    assert "predicted.jsonl:6: /claims/0/content/0: error [fragment-past-end]" in incidents[0]
    assert result["scores"]["detection"]["predicted"] == 12


def test_a_report_twice_in_two_chunks_is_scored_once(tmp_path):
    gold, predicted = many()
    paths = written(tmp_path, gold, [*predicted, predicted[0]])
    result, incidents, accepted = by_columns(*paths, chunk=2)
    assert (result["invalid"], accepted, result["scores"]["detection"]["predicted"]) == (1, 7, 14)
    assert len(incidents) == 1
    assert "first on line 1" in incidents[0]


def test_missing_reports_count_as_empty_and_are_told(tmp_path):
    gold, predicted = many()
    result, incidents, _ = by_columns(*written(tmp_path, gold, predicted[:4]), chunk=2)
    assert result["scores"]["detection"]["gold"] == 14
    assert sum("[report-missing]" in line for line in incidents) == len(incidents) == 3


def test_a_character_cut_in_two_is_told_where_the_text_has_such(tmp_path):
    gold = [report("r0", [(0, 10)], text="abcdefghij \U0001f1e6\U0001f1e7 klm")]
    predicted = [{"report": "harbour/r0", "claims": [{"content": [{"start": 0, "end": 12}]}]}]
    gold_path, path, books = written(tmp_path, gold, predicted)
    found = by_columns(gold_path, path, books)
    assert "[fragment-splits-character]" in found[1][0]
    assert found == by_records(gold, path)


GOLD_WRONG = {
    "field-missing": lambda one: one["claims"][0].pop("topic"),
    "fragment-past-end": lambda one: one["claims"][0]["content"][0].update(end=500),
    "fragment-text-differs": lambda one: one["claims"][0]["content"][0].update(text="zzz"),
    "value-form": lambda one: one["claims"][0].update(speaker="Not An Id"),
    "id-duplicate": lambda one: one.update(id="harbour/r1"),
}


@pytest.mark.parametrize("incident", GOLD_WRONG)
def test_wrong_gold_ends_the_run_and_says_where(tmp_path, incident):
    gold, predicted = many()
    gold_path, path, books = written(tmp_path, gold, predicted)
    values = [json.loads(line) for line in gold_path.read_bytes().splitlines()]
    GOLD_WRONG[incident](values[4])
    gold_path.write_bytes(b"\n".join(lines(values)))
    with pytest.raises(OnRecordError) as caught:
        by_columns(gold_path, path, books, chunk=2)
    assert [(i.id, i.line) for i in caught.value.incidents][:1] == [(incident, 5)]


@pytest.mark.parametrize("incident", ["fragment-past-end", "value-form", "id-duplicate"])
def test_wrong_gold_in_parquet_is_told_with_its_row_behind_rows_that_needed_no_second_look(tmp_path, incident):
    gold, predicted = many()
    _, path, books = written(tmp_path, gold, predicted)
    values = list(map(report_to_json, gold))
    GOLD_WRONG[incident](values[4])
    pq.write_table(pa.Table.from_pylist(values), tmp_path / "gold.parquet", row_group_size=3)
    with pytest.raises(OnRecordError) as caught:
        by_columns(tmp_path / "gold.parquet", path, books, chunk=2)
    assert [(i.id, i.line) for i in caught.value.incidents][:1] == [(incident, 5)]


@pytest.mark.parametrize("group", [1, 3, 100])
def test_parquet_in_row_groups_in_any_order_scores_as_json_lines_do(tmp_path, group):
    gold = [report(f"r{n}", [(0, 10)], [(11, 21)]) for n in range(7)]
    said_by = ["toskan", "brae", "nobody", None, "toskan", "board", "brae"]
    claims = [dict.fromkeys(("speaker", "agency"), who) | {"content": [{"start": 0, "end": 10}]} for who in said_by]
    predicted = [{"report": one.id, "claims": [claim]} for one, claim in zip(gold, claims, strict=True)]
    gold_path, path, _ = written(tmp_path, gold, predicted)
    order = (5, 2, 0, 6, 1, 4, 3)
    rows = [{"id": predicted[n]["report"], "claims": predicted[n]["claims"]} for n in order]
    pq.write_table(pa.Table.from_pylist(rows, ROWS), path.with_suffix(".parquet"), row_group_size=group)
    found = by_columns(gold_path, path.with_suffix(".parquet"), chunk=2)
    assert found == by_columns(gold_path, path, chunk=2)
    assert 0 < found[0]["scores"]["speaker"]["tp"] < 7


def test_scoring_parquet_does_not_wait_for_pandas(tmp_path):
    gold, predicted = many()
    written(tmp_path, gold, predicted)
    rows = [{"id": value["report"], "claims": value["claims"]} for value in predicted]
    for name, values in (("gold", list(map(report_to_json, gold))), ("predicted", rows)):
        pq.write_table(pa.Table.from_pylist(values), tmp_path / f"{name}.parquet")
    code = (
        "import sys, pathlib; from onrecord.eval.scoring_files import score_files; "
        "files = map(pathlib.Path, sys.argv[1:]); score_files(*files, (), ledger=False, draws=0, seed=0); "
        "print('pandas' in sys.modules)"
    )
    files = [tmp_path / "predicted.parquet", tmp_path / "gold.parquet"]
    command = [sys.executable, "-c", code, *files]
    found = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.strip() == "False"


@pytest.mark.parametrize("which", ["gold", "predicted"])
def test_a_truncated_parquet_is_one_message(tmp_path, which):
    gold, predicted = many()
    paths = written(tmp_path, gold, predicted)
    rows = [{"id": value["report"], "claims": value["claims"]} for value in predicted]
    tables = {"gold": pa.Table.from_pylist(list(map(report_to_json, gold))), "predicted": pa.Table.from_pylist(rows)}
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    broken = tmp_path / f"{which}.parquet"
    data = broken.read_bytes()
    broken.write_bytes(data[: len(data) // 2])
    with pytest.raises(OnRecordError, match="no Parquet that can be read"):
        by_columns(tmp_path / "gold.parquet", tmp_path / "predicted.parquet", paths[2])


@pytest.mark.parametrize("which", ["gold", "predicted"])
def test_a_parquet_that_is_not_there_is_told_as_any_other_file(tmp_path, which):
    gold, predicted = many()
    gold_path, path, books = written(tmp_path, gold, predicted)
    nowhere = tmp_path / "nowhere.parquet"
    with pytest.raises(OnRecordError, match=r"nowhere\.parquet: No such file or directory; give the path"):
        by_columns(nowhere if which == "gold" else gold_path, nowhere if which == "predicted" else path, books)


def test_a_dossier_without_a_codebook_is_told(tmp_path):
    gold, predicted = many()
    gold_path, path, books = written(tmp_path, gold, predicted)
    books.write_bytes(books.read_bytes().splitlines()[1])
    with pytest.raises(OnRecordError, match="no codebook of the dossier 'harbour'"):
        by_columns(gold_path, path, books)


def test_empty_gold_gives_no_score(tmp_path):
    gold_path, path, _ = written(tmp_path, [], [])
    with pytest.raises(OnRecordError, match="no gold"):
        by_columns(gold_path, path)


@pytest.mark.parametrize(
    ("claim", "incident"),
    [
        ({"content": [{"start": 0.0, "end": 1.5}]}, "value-type"),
        ({"content": [{"start": "a", "end": "b"}]}, "value-type"),
        ({"content": [{"start": 0, "end": 5}], "speaker": 7}, "value-type"),
        ({"content": [{"start": 0, "end": 5}], "stance": 9}, "value-choice"),
        ({"content": []}, "value-range"),
    ],
)
def test_a_wrong_value_in_parquet_is_told_as_in_json_lines(tmp_path, claim, incident):
    gold, _ = many(2)
    gold_path, _, books = written(tmp_path, gold, [])
    rows = [{"id": "harbour/r0", "claims": [claim]}, {"id": "harbour/r1", "claims": []}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "wrong.parquet")
    _, incidents, accepted = by_columns(gold_path, tmp_path / "wrong.parquet", books)
    assert accepted == 1
    assert any("wrong.parquet:1: /claims/0" in line and f"[{incident}]" in line for line in incidents)


def run(*arguments, stdin=None):
    found = CliRunner().invoke(main, ["score", *map(str, arguments)], input=stdin)
    assert "Traceback" not in found.output
    return found


def test_the_command_scores_files_and_standard_input_alike(tmp_path):
    gold, predicted = many()
    gold_path, path, books = written(tmp_path, gold, predicted)
    options = ("--gold", gold_path, "--codebook", books, "--draws", 10, "--json")
    file, piped = run(path, *options), run("-", *options, stdin=path.read_bytes())
    assert (file.exit_code, piped.exit_code) == (0, 0)
    assert json.loads(file.stdout) == json.loads(piped.stdout)


def test_the_command_says_what_is_wrong_in_one_message(tmp_path):
    gold, predicted = many()
    gold_path, path, books = written(tmp_path, gold, [*predicted[1:], b"{"])
    assert run(path, "--gold", gold_path, "--draws", 0).exit_code == 1
    assert run(path, "--gold", gold_path, "--strict").exit_code == 1
    for wrong in (
        ("--gold", tmp_path / "none.jsonl"),
        ("--gold", tmp_path / "none.parquet"),
        ("--codebook", books),
        ("--gold", gold_path, "--article", path),
        ("--gold", gold_path, "--by", "form"),
        ("--gold", gold_path, "--codebook", gold_path),
    ):
        found = run(path, *wrong)
        assert found.exit_code in (1, 2)
        assert found.stdout == "" or "Usage" in found.output
