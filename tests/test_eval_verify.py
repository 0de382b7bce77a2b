"""Verify: a published result is computed again, and every way in which it may differ is named."""

import json

import pytest
from click.testing import CliRunner

from onrecord.eval.cli import main
from onrecord.eval.verify import first_difference


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    done = CliRunner().invoke(main, ["bench", "quotes", "--split", "validation", "--draws", "60", "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    return out / "validation"


def verified(path, *arguments):
    return CliRunner().invoke(main, ["verify", str(path), *map(str, arguments)])


def changed(published, tmp_path, change):
    value = json.loads((published / "quotes.result.json").read_text("utf-8"))
    change(value)
    path = tmp_path / "quotes.result.json"
    path.write_text(json.dumps(value), "utf-8")
    return verified(path, "--predictions", published / "quotes.predictions.jsonl")


def test_what_bench_wrote_is_equal(published):
    result = verified(published / "quotes.result.json")
    assert (result.exit_code, result.stdout.rstrip().endswith("equal, every figure")) == (0, True)


def test_a_changed_figure_is_named(published, tmp_path):
    result = changed(published, tmp_path, lambda v: v["scores"]["speaker"].update(tp=1))
    assert result.exit_code == 1
    assert "/scores/speaker/tp: 1 in the result" in result.stderr


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("data", "0" * 64, "other data"),
        ("onrecord", "0.0.1", "another version of the scorer"),
        ("match", "x", "matching"),
    ],
)
def test_other_conditions_are_refused(published, tmp_path, key, value, said):
    result = changed(published, tmp_path, lambda v: v["signature"].update({key: value}))
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    ("key", "value"), [("seed", -1), ("seed", 2**32), ("draws", -1), ("draws", 10**12), ("seed", "0"), ("split", None)]
)
def test_a_signature_that_no_run_has_is_one_clear_message(published, tmp_path, key, value):
    result = changed(published, tmp_path, lambda v: v["signature"].update({key: value}))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"/signature/{key}: error [value-" in result.stderr
    assert "not the result of one system" in result.stderr


def test_lines_that_were_refused_are_part_of_the_result(published, tmp_path):
    path = tmp_path / "x.predictions.jsonl"
    path.write_bytes((published / "quotes.predictions.jsonl").read_bytes() + b"{\n")
    scored = CliRunner().invoke(main, ["score", str(path), "--split", "validation", "--draws", "60", "--json"])
    value = json.loads(scored.stdout)
    assert (scored.exit_code, value["invalid"]) == (1, 1)
    (tmp_path / "x.result.json").write_text(scored.stdout, "utf-8")
    assert verified(tmp_path / "x.result.json").exit_code == 0
    (tmp_path / "x.result.json").write_text(json.dumps({**value, "invalid": 2}), "utf-8")
    assert "/invalid: 2 in the result, 1 computed now" in verified(tmp_path / "x.result.json").stderr


def test_usage_is_the_systems_word_and_not_computed_again(published, tmp_path):
    result = changed(published, tmp_path, lambda v: v.update(usage={"tokens": 12, "cost": 0.25}))
    assert result.exit_code == 0


def test_other_predictions_are_named(published, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_bytes((published / "quotes.predictions.jsonl").read_bytes().split(b"\n", 1)[1])
    result = verified(published / "quotes.result.json", "--predictions", other)
    assert result.exit_code == 1
    assert "digests differ" in result.stderr


def test_what_is_no_result_is_refused(tmp_path):
    path = tmp_path / "x.result.json"
    for content, id_ in (("{}", "field-missing"), ("[]", "value-"), ("{nonsense", "json-invalid"), ("", "file-empty")):
        path.write_text(content, "utf-8")
        result = verified(path)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"{path}:")
        assert f"error [{id_}" in result.stderr
        assert "give what `onrecord score --json` or `onrecord bench --out` wrote" in result.stderr.splitlines()[-1]
    assert verified(tmp_path / "nowhere.json").exit_code == 2


@pytest.fixture(scope="module")
def own(tmp_path_factory, published):
    """The validation split and predictions for it as files of one's own, with the result of scoring them."""
    folder = tmp_path_factory.mktemp("own")
    for name, config in (("gold.jsonl", "reports"), ("books.jsonl", "codebook")):
        (folder / name).write_bytes(CliRunner().invoke(main, ["export", config, "--split", "validation"]).stdout_bytes)
    predictions = folder / "x.predictions.jsonl"
    predictions.write_bytes((published / "quotes.predictions.jsonl").read_bytes())
    options = ["--gold", str(folder / "gold.jsonl"), "--codebook", str(folder / "books.jsonl"), "--draws", "60"]
    done = CliRunner().invoke(main, ["score", str(predictions), "--json", *options])
    assert done.exit_code == 0, done.stderr
    (folder / "x.result.json").write_bytes(done.stdout_bytes)
    return folder


def test_a_result_on_gold_of_ones_own_is_verified_with_it(own, published):
    gold, books = own / "gold.jsonl", own / "books.jsonl"
    result = verified(own / "x.result.json", "--gold", gold, "--codebook", books)
    assert (result.exit_code, result.stdout.endswith("equal, every figure\n")) == (0, True)
    other = verified(own / "x.result.json", "--gold", gold)  # without the codebooks it is another task
    assert "other data" in other.stderr
    assert "name its reports with --gold" in verified(own / "x.result.json").stderr
    assert verified(published / "quotes.result.json", "--codebook", books).exit_code == 2


def test_gold_that_can_be_read_only_once_is_refused(own):
    data = (own / "gold.jsonl").read_bytes()
    for arguments in (["--gold", "-"], ["--gold", str(own / "gold.jsonl"), "--codebook", "-"]):
        result = CliRunner().invoke(main, ["score", str(own / "x.predictions.jsonl"), *arguments], input=data)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "onrecord: -: gold and codebooks are read more than once; give files, no pipe\n"


def test_a_folder_is_refused_and_the_results_in_it_are_named(published, tmp_path):
    assert "give the file of one result in it (quotes.result.json)" in verified(published).stderr
    assert "(there is none)" in verified(tmp_path).stderr


def test_missing_predictions_are_one_clear_message(published, tmp_path):
    result = changed(published, tmp_path, lambda _: None)
    assert result.exit_code == 0
    lonely = verified(tmp_path / "quotes.result.json")
    assert lonely.exit_code == 2
    assert "quotes.predictions.jsonl" in lonely.stderr


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ({"a": [1, 2]}, {"a": [1, 3]}, "/a/1"),
        ({"a": 1}, {}, "/a"),
        ({}, {"b": 0}, "/b"),
        ([1], [1, 2], "/"),
        (1, 1, None),
    ],
)
def test_the_first_difference(one, other, place):
    found = first_difference(one, other)
    assert found is None if place is None else found.startswith(f"{place}:")
