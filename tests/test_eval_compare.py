"""Compare: who gained what, in Python and on the command line."""

import contextlib
import json

import pytest
from click.testing import CliRunner
from makers import codebook, gold_of, prediction, report, said

from onrecord.eval.cli import main
from onrecord.eval.compare import changes, compare, parting
from onrecord.eval.comparison import shortened
from onrecord.eval.gold import published_gold
from onrecord.schema.prediction import as_prediction, prediction_to_json

GOLD = gold_of(report("r1", [(0, 10)], [(22, 32)]), report("r2", [(0, 10)]))
PREDICTED = {
    "a": [prediction("r1", said((0, 10)), said((22, 32), stance="against")), prediction("r2")],
    "b": [prediction("r1", said((0, 10))), prediction("r2", said((0, 10)))],
}


def test_each_pair_is_compared_on_each_score():
    found = compare(gold=GOLD, predicted={**PREDICTED, "c": PREDICTED["a"]}, trials=200, seed=0)
    assert [(c.score, c.a, c.b) for c in found] == [
        (score, *pair) for score in ("record", "detection") for pair in (("a", "b"), ("a", "c"), ("b", "c"))
    ]
    assert all(c.wins + c.ties + c.losses == 2 for c in found)
    same = found[1]
    assert (same.difference.value, same.p_holm, same.ties) == (0.0, 1.0, 2)
    assert (found[0].wins, found[0].ties, found[0].losses) == (0, 0, 2)


def test_claims_that_one_has_right_and_the_other_not():
    found = changes(gold=GOLD, predicted=PREDICTED, a="a", b="b")
    assert [(c.claim, c.gained_by) for c in found] == [("harbour/r2#1", "b")]


def test_where_the_systems_part():
    books = {"harbour": codebook()}
    found = parting(gold=GOLD, predicted=PREDICTED, a="a", b="b", by="register", codebooks=books)
    assert found == {"wire-brief": (1 / 3, 2 / 3)}


def test_the_command_prints_one_json_object_or_a_table():
    arguments = ["compare", "cues", "quotes", "--split", "validation", "--draws", "200", "--by", "form", "--claims"]
    value = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).stdout)
    assert value["systems"] == ["cues", "quotes"]
    assert {c["score"] for c in value["comparisons"]} == {"record", "detection"}
    assert set(value["slices"]["recall"]) == {"direct", "mixed", "indirect"}
    assert {c["gained_by"] for c in value["claims"]} <= {"cues", "quotes"}
    table = CliRunner().invoke(main, arguments).stdout
    assert "cues - quotes" in table
    assert max(map(len, table.splitlines()[:8])) <= 80


@pytest.mark.parametrize("verb", ["compare", "report"])
def test_the_bar_moves_with_each_report_and_is_full_in_the_end(monkeypatch, tmp_path, verb):
    steps, taken = [], []

    @contextlib.contextmanager
    def bar(_, total):
        steps.append(total)
        yield lambda: taken.append(1)

    monkeypatch.setattr("onrecord.eval.bench.progress_bar", bar)
    monkeypatch.setattr("onrecord.eval.comparison.progress_bar", bar)
    monkeypatch.chdir(tmp_path)
    gold = published_gold("validation").reports
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"report": gold[0].id, "claims": []}) + "\n", "utf-8")
    done = CliRunner().invoke(main, [verb, "quotes", "nothing", str(file), "--split", "validation", "--draws", "9"])
    assert done.exit_code == 0, done.stderr
    assert steps == [len(taken)]
    assert len(taken) > 3 * len(gold)


def test_a_name_that_is_neither_file_nor_system():
    result = CliRunner().invoke(main, ["compare", "cues", "nowhere.jsonl"])
    assert result.exit_code == 2
    assert "nowhere.jsonl: no such file, and no system" in result.stderr


def test_one_system_is_no_comparison():
    assert CliRunner().invoke(main, ["compare", "cues", "cues"]).exit_code == 2


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["cues", "quotes"], ["cues", "quotes"]),
        (["runs/a.jsonl", "runs/b.jsonl"], ["a.jsonl", "b.jsonl"]),
        (["old/x.jsonl", "new/x.jsonl", "new/y.jsonl"], ["old/x.jsonl", "new/x.jsonl", "y.jsonl"]),
        (["r/old/x.jsonl", "r/new/x.jsonl"], ["old/x.jsonl", "new/x.jsonl"]),
        (["x.jsonl", "new/x.jsonl"], ["x.jsonl", "new/x.jsonl"]),
        (["a/b/x", "b/x", "x"], ["a/b/x", "b/x", "x"]),
    ],
)
def test_systems_are_called_by_as_much_of_their_paths_as_tells_them_apart(names, short):
    assert list(shortened(names).values()) == short


def test_files_of_one_name_stay_apart_and_a_report_that_is_missing_is_told(tmp_path):
    from onrecord.data.published import read_reports

    gold = read_reports("validation")
    for folder, some in (("old", gold), ("new", gold[1:])):
        (tmp_path / folder).mkdir()
        lines = (json.dumps(prediction_to_json(as_prediction(each))) + "\n" for each in some)
        (tmp_path / folder / "x.jsonl").write_text("".join(lines), "utf-8")
    files = [str(tmp_path / folder / "x.jsonl") for folder in ("old", "new")]
    result = CliRunner().invoke(main, ["compare", *files, "--split", "validation", "--draws", "100"])
    assert result.exit_code == 0
    assert "old/x.jsonl - new/x.jsonl" in result.stdout
    assert f"{files[1]}: warning [report-missing] {gold[0].id!r}" in result.stderr
    assert files[0] not in result.stderr


@pytest.fixture
def own(tmp_path):
    """The validation split, two systems' predictions and the codebooks, each as a file."""
    from onrecord.data.published import read_rows
    from onrecord.eval.gold import published_codebooks, published_gold
    from onrecord.eval.systems import predictions_of

    for name, config in (("gold.jsonl", "reports"), ("codebooks.jsonl", "codebook")):
        rows = read_rows(config, "validation")
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    for name in ("cues", "quotes"):
        found = predictions_of(name, gold=published_gold("validation"), codebooks=published_codebooks())
        lines = (json.dumps(prediction_to_json(each)) + "\n" for each in found.predictions)
        (tmp_path / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    return tmp_path


def test_gold_of_ones_own_gives_the_differences_of_the_split(own):
    files = [str(own / f"{name}.jsonl") for name in ("cues", "quotes")]
    options = ["--gold", own / "gold.jsonl", "--codebook", own / "codebooks.jsonl"]
    mine = CliRunner().invoke(main, ["compare", *files, "--draws", "200", "--json", *map(str, options)])
    split = CliRunner().invoke(main, ["compare", *files, "--draws", "200", "--json", "--split", "validation"])
    assert mine.exit_code == split.exit_code == 0
    assert json.loads(mine.stdout)["comparisons"] == json.loads(split.stdout)["comparisons"]
    assert json.loads(mine.stdout)["signature"]["split"] == "gold.jsonl"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["cues", "quotes", "--gold", "gold.jsonl"], "cues: no such file; with --gold, give files of predictions"),
        (["cues.jsonl", "quotes.jsonl", "--gold", "no.jsonl"], "no.jsonl: No such file"),
        (["cues.jsonl", "quotes.jsonl", "--gold", "gold.jsonl", "--by", "form"], "leave them out with --gold"),
        (["cues.jsonl", "quotes.jsonl", "--codebook", "codebooks.jsonl"], "--codebook is for --gold"),
        (["cues.jsonl", "quotes.jsonl", "--by", "shape"], "there is no cut 'shape'"),
        (["cues.jsonl", "gold.jsonl", "--gold", "gold.jsonl"], " errors; correct what stands above"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_message(own, monkeypatch, arguments, says):
    monkeypatch.chdir(own)
    result = CliRunner().invoke(main, ["compare", *arguments])
    assert result.exit_code in (1, 2)
    assert says in result.stderr.splitlines()[-1]
    assert result.stdout == ""
