"""`check_file`: every kind of file, all that is wrong, nothing raised."""

import gzip
import json
import random
import shutil

import pytest

from onrecord.data.check import check_file, kind_of
from onrecord.data.known import Known
from onrecord.data.published import CONFIGS, read_rows
from onrecord.eval.validate import validate
from onrecord.schema.prediction import as_prediction, prediction_to_json
from onrecord.schema.structure import RECORD_KINDS, schema


def gold_lines(known):
    return [
        json.dumps(prediction_to_json(as_prediction(report)))
        for split, report in known.reports.values()
        if split == "test"
    ]


def ids(incidents):
    return [incident.id for incident in incidents]


@pytest.fixture
def check(tmp_path, known):
    """Write a file and check it."""

    def write_and_check(name: str, content: str | bytes):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return check_file(path, known)

    return write_and_check


def test_gold_as_predictions_has_no_incident(check, known):
    assert check("p.jsonl", "\n".join(gold_lines(known))) == []


def test_all_that_is_wrong_with_predictions_is_told_in_order(check, known):
    first, second = gold_lines(known)
    bad = json.loads(second)
    bad["claims"][0]["content"][0]["end"] = 10**6
    bad["claims"][0]["speaker"] = "Nobody"
    lines = [first, "{", first, json.dumps(bad), '{"report": "a/b", "claims": []}', '{"report": "a/b"}', "[NaN]", "7"]
    incidents = check("p.jsonl", "\n".join(lines))
    assert [(incident.line, incident.id) for incident in incidents] == [
        (2, "json-invalid"),
        (3, "id-duplicate"),
        (4, "fragment-past-end"),
        (4, "name-unknown"),
        (5, "report-unknown"),
        (6, "field-missing"),
        (7, "number-not-finite"),
        (8, "value-type"),
    ]
    assert all(incident.file and incident.file.endswith("p.jsonl") for incident in incidents)


def test_what_validate_refuses_is_what_score_refuses(check, known):
    """A bad line is no first one, and a report that a bad line names is not missing."""
    gold = [report for split, report in known.reports.values() if split == "test"]
    first, second = gold_lines(known)
    bad = json.loads(first)
    bad["claims"][0]["content"][0]["end"] = 10**6
    shapeless = json.loads(second) | {"claims": 3}
    lines = [json.dumps(bad), first, json.dumps(shapeless)]
    told = [(i.line, i.id) for i in check("p.jsonl", "\n".join(lines))]
    validated = validate([line.encode() for line in lines], gold=gold, codebooks=known.codebooks)
    assert told == [(i.line, i.id) for i in validated.incidents] == [(1, "fragment-past-end"), (3, "value-type")]
    assert (validated.accepted, validated.refused) == (1, 2)


def test_a_report_without_a_line_is_a_warning(check, known):
    (incident,) = check("p.jsonl", gold_lines(known)[0])
    assert (incident.id, incident.level) == ("report-missing", "warning")


@pytest.mark.parametrize("config", CONFIGS)
def test_published_files_have_no_incident(built, config):
    assert check_file(built / "data" / config / "test.parquet") == []


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
def test_rows_as_json_have_no_incident(check, built, config, suffix):
    rows = read_rows(config, "test", built)
    for row in rows if config == "claims" else ():
        row.pop("register")
    content = json.dumps(rows) if suffix == ".json" else "\n".join(map(json.dumps, rows))
    assert check(f"rows{suffix}", content) == []


def test_a_changed_published_file_is_found_out(built, tmp_path):
    from pyarrow import parquet

    root = tmp_path / "checkout"
    shutil.copytree(built, root)
    path = root / "data/claims/test.parquet"
    table = parquet.read_table(path)
    speakers = table.column("speaker").to_pylist()
    parquet.write_table(table.set_column(table.schema.get_field_index("speaker"), "speaker", [speakers[::-1]]), path)
    incidents = check_file(path)
    assert set(ids(incidents)) == {"fact-differs"}
    assert incidents[0].pointer.startswith("/0/")


def test_an_item_of_a_list_has_its_place(check, built):
    rows = read_rows("reports", "test", built)
    rows[1]["claims"][0]["form"] = "mixed"
    (incident,) = check("rows.json", json.dumps(rows))
    assert (incident.id, incident.pointer) == ("form-differs", "/1/claims/0/form")


def test_what_the_article_command_prints_is_checked(check, built):
    row = read_rows("reports", "test", built)[0]
    assert check("article.json", json.dumps({"report": row}, indent=2)) == []
    row["claims"][0]["stance"] = "pro"
    assert ids(check("article.json", json.dumps({"report": row}, indent=2))) == ["value-choice"]


def test_json_lines_under_the_name_json_are_read_by_line(check, known):
    first, second = gold_lines(known)
    assert [(i.line, i.id) for i in check("p.json", f"{first}\n{second}\n{{\n")] == [(3, "json-invalid")]


def test_an_indented_file_has_one_incident_with_its_line(check):
    assert [(i.line, i.id) for i in check("p.json", '{\n "report": "a/b",\n "claims": [,]\n}')] == [(3, "json-invalid")]


def test_a_dossier_and_each_of_its_files(checkout, known):
    folder = checkout / "data/dossiers/harbour-levy"
    paths = [folder, *sorted(path for path in folder.rglob("*") if path.is_file())]
    assert len(paths) == 5
    assert [incident for path in paths for incident in check_file(path, known)] == []


def test_a_file_of_a_wrong_dossier_tells_what_is_wrong_with_the_background(checkout):
    folder = checkout / "data/dossiers/harbour-levy"
    (folder / "ledger.yaml").write_text("facts: [", encoding="utf-8")
    assert ids(check_file(folder / "reports/wire-1.txt")) == ["yaml-invalid"]
    (folder / "ledger.yaml").unlink()
    assert ids(check_file(folder)) == ["file-unreadable"]


@pytest.mark.parametrize(
    "ledger", ["facts: 7", "facts: [7]", "facts: [{id: f01}]", "fact: []", "[]", "facts: {}", "facts: null"]
)
def test_no_ledger_is_too_odd_to_be_checked(checkout, ledger):
    path = checkout / "data/dossiers/lamp-oil/ledger.yaml"
    path.write_text(ledger, encoding="utf-8")
    assert check_file(path)
    assert check_file(path.parent)


@pytest.mark.parametrize(
    "head",
    [
        "claims: 7", "claims: [f01]", "claims: {f01: 7}", "claims: {f01: {agency: [x]}}", "claims: {x: {agency: null}}",
        "claims: {f01: {agency: null, via: x}}", "claims: {f01: {agency: null, via: [{a: 1}]}}", "register: []", "[1]",
        "claims: {f01: {agency: null, tags: {a: b}}}", "claims: {f01: {agency: null, stance: [1]}}", "tags: 7",
        "date: 7",
        "claims: {f01: {agency: null, via: [quill-tabor, quill-tabor]}}", "7: 8", "claims: {}", "? [a]\n: b",
    ],
)  # fmt: skip
def test_no_front_matter_is_too_odd_to_be_checked(checkout, head):
    path = checkout / "data/dossiers/lamp-oil/reports/minutes-1.txt"
    path.write_text(
        f"---\nregister: minutes\n{head}\n---\n<c f01>a <c f01>b</c></c> <v f01:x><v f01:x>y</v></v>\n",
        encoding="utf-8",
    )
    assert check_file(path)


@pytest.mark.parametrize(
    ("name", "content", "id_"),
    [
        ("notes.md", "# Notes\n", "file-kind-unknown"),
        ("notes.txt", "Notes\n", "file-kind-unknown"),
        ("notes.yaml", "a: b\n", "file-kind-unknown"),
        ("empty.txt", "", "file-empty"),
        ("empty.yaml", "", "file-empty"),
        ("empty.parquet", "", "file-empty"),
        ("empty.json", "", "file-empty"),
        ("p.jsonl.gz", gzip.compress(b"{}", mtime=0), "file-binary"),
        ("p.jsonl", b"{}\0", "file-binary"),
        ("p.json", b"\x89PNG\r\n\x1a\n\0", "file-binary"),
        ("p.parquet", "PAR1PAR1", "file-unreadable"),
        ("p.json", "[]", "file-empty"),
        ("p.json", "7", "value-type"),
        ("p.jsonl", "{}", "file-kind-unknown"),
    ],
)
def test_what_is_no_such_file_is_one_incident(check, name, content, id_):
    assert ids(check(name, content)) == [id_]


def test_a_file_that_is_not_there_and_a_folder_that_is_no_dossier(tmp_path):
    assert ids(check_file(tmp_path / "none.jsonl")) == ["file-unreadable"]
    assert ids(check_file(tmp_path)) == ["file-kind-unknown"]


def test_parquet_of_other_columns_is_of_no_kind(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"a": [1], "tags": [7]}), tmp_path / "t.parquet")
    assert ids(check_file(tmp_path / "t.parquet")) == ["file-kind-unknown"]
    parquet.write_table(pa.table({"a": pa.array([], pa.int32())}), tmp_path / "t.parquet")
    assert ids(check_file(tmp_path / "t.parquet")) == ["file-empty"]


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_a_record_is_known_by_its_fields(kind):
    for example in schema(kind)["examples"]:
        assert kind_of(example) == kind
        for field in example:
            if len(example) > 2 and field != "signature":
                assert kind_of({key: value for key, value in example.items() if key != field}) == kind


def test_random_bytes_raise_nothing(check):
    chance = random.Random(7)  # noqa: S311 - no secret
    for suffix in ("jsonl", "json", "yaml", "txt", "parquet", "bin"):
        for _ in range(30):
            content = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 200)))
            assert all(incident.file for incident in check(f"x.{suffix}", content))


def test_predictions_for_the_article_say_where_its_text_is(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text('{"report": "blinken-lavrov-call/article", "claims": []}\n', encoding="utf-8")
    (incident,) = check_file(path, Known())
    assert (incident.id, "--article" in incident.detail) == ("report-unknown", True)
