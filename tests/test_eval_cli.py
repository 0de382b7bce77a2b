"""The command line, in the process with a small split, and as a process of its own where that is what is tested."""

# ruff: noqa: ARG002, S603 - systems need not look at what they are given; the processes are our own

import errno
import io
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import EntryPoint, version
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from makers import codebook, gold_of, prediction, report, said
from rich.console import Console

from onrecord.baselines import registry
from onrecord.data.published import splits
from onrecord.eval import gold as gold_module
from onrecord.eval.cli import main
from onrecord.eval.count import SCORES
from onrecord.eval.files import LIMIT, write
from onrecord.eval.tables import print_bench, print_scores
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import prediction_to_json
from onrecord.schema.structure import check_structure

MADE = (report("one", [(0, 10)], [(11, 21)]), report("two", [(22, 32)]))
FOUND = prediction("one", said((0, 10)), said((33, 43)))
published = pytest.mark.skipif(not splits(), reason="the data are not built: run `onrecord build`")


class Echo:
    """Finds the first word."""

    def extract(self, text, codebook):
        return [said((0, 10))]


class Breaks:
    """Raises on the second report, with a message of two lines."""

    def extract(self, text, codebook):
        if self.seen:
            raise RuntimeError("no connection\nto the model")
        self.seen = True
        return []

    seen = False


class Leaves:
    def extract(self, text, codebook):
        sys.exit(3)


class Interrupts:
    def extract(self, text, codebook):
        raise KeyboardInterrupt


class Prints:
    def extract(self, text, codebook):
        print("loading the model …")
        return []


class Odd:
    """Gives what `value` is, in place of claims."""

    def __init__(self, value):
        self.value = value

    def extract(self, text, codebook):
        return self.value


SYSTEMS = {"echo": Echo, "breaks": Breaks, "leaves": Leaves, "interrupts": Interrupts, "prints": Prints}


@pytest.fixture
def onrecord(monkeypatch):
    """Return a function that runs a command on a small split with systems of our own."""
    monkeypatch.setattr(gold_module, "published_gold", lambda _: gold_of(*MADE))
    monkeypatch.setattr(gold_module, "published_codebooks", lambda: {"harbour": codebook()})
    monkeypatch.setattr(registry, "names", lambda: ["echo"])
    monkeypatch.setattr(registry, "system", lambda name: SYSTEMS[name]() if isinstance(name, str) else name)

    def invoke(*arguments, stdin=None):
        result = CliRunner().invoke(main, [*map(str, arguments)], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert "Traceback" not in result.output
        return result

    return invoke


def lines_of(*predictions):
    return "".join(json.dumps(prediction_to_json(p)) + "\n" for p in predictions)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_text(lines_of(FOUND, prediction("two")), "utf-8")
    return path


# the help, and what it imports


@pytest.mark.parametrize(
    "verb",
    [[], *([name] for name in main.commands), ["train", "tagger"], ["train", "transformers"]],
    ids=lambda verb: " ".join(verb) or "onrecord",
)
def test_every_verb_has_help_with_an_example_and_its_defaults(onrecord, verb):
    for option in ("--help", "-h"):
        result = onrecord(*verb, option)
        assert result.exit_code == 0
        assert "Examples:" in result.stdout
        assert f"onrecord {' '.join(verb)}".strip() in result.stdout
        assert max(map(len, result.stdout.splitlines())) <= 80


def test_help_imports_nothing_heavy():
    heavy = (
        "numpy",
        "pyarrow",
        "datasets",
        "sklearn",
        "scipy",
        "rich",
        "yaml",
        "jsonschema",
        "jsonschema_rs",
        "orjson",
    )
    code = (
        "import sys\nfrom onrecord.eval.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version_and_cite(onrecord):
    assert version("onrecord") in onrecord("--version").stdout
    bibtex = onrecord("cite").stdout
    assert bibtex.startswith("@misc{onrecord,\n")
    assert bibtex.count("{") == bibtex.count("}")
    assert version("onrecord") in bibtex
    cff = onrecord("cite", "--format", "cff").stdout
    assert cff.startswith("cff-version: 1.2.0\n")
    assert onrecord("cite", "--format", "apa").exit_code == 2


# exit codes


def test_score_of_a_good_file_exits_with_0_and_prints_every_score(onrecord, file):
    result = onrecord("score", file, "--draws", 20)
    assert result.exit_code == 0
    assert all(name in result.stdout for name in SCORES)
    assert "data: " in result.stdout
    assert result.stderr == ""


def test_score_per_class_prints_each_class_and_the_coefficients(onrecord, file):
    result = onrecord("score", file, "--per-class", "--draws", 0)
    assert "stance, class by class, end to end" in result.stdout
    assert "mean of classes" in result.stdout
    assert "Cohen's kappa" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "class by class" not in onrecord("score", file, "--draws", 0).stdout


def test_score_of_fact_ids_prints_clusters_or_links_with_the_ledger(onrecord, file):
    file.write_text(lines_of(prediction("one", said((0, 10), fact="a"), said((11, 21), fact="harbour/f01"))), "utf-8")
    hidden = onrecord("score", file, "--draws", 0).stdout
    assert "B-cubed" in hidden
    assert "ledger: hidden" in hidden
    given = json.loads(onrecord("score", file, "--draws", 0, "--with-ledger", "--json").stdout)
    assert (given["scores"]["fact"]["tp"], given["signature"]["ledger"]) == (1, "given")
    assert "fact" not in given


def test_bench_with_the_ledger_scores_links_and_signs_that_it_was_given(onrecord, monkeypatch, tmp_path):
    monkeypatch.setattr(gold_module, "published_ledgers", lambda: {"harbour": []})
    result = onrecord("bench", "echo", "--with-ledger", "--draws", 0, "--out", tmp_path)
    assert "fact: content matched, fact right" in result.stdout
    assert "ledger: given" in result.stdout
    assert onrecord("verify", tmp_path / "test-with-ledger/echo.result.json").exit_code == 0


def test_score_of_a_file_with_a_bad_line_scores_and_exits_with_1(onrecord, file):
    file.write_text(file.read_text("utf-8") + "{nonsense\n", "utf-8")
    result = onrecord("score", file, "--json", "--draws", 20)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["scores"]["detection"]["tp"] == 1
    assert f"{file}:3: " in result.stderr
    assert "[json-invalid]" in result.stderr


def test_strict_gives_no_score_for_a_file_with_a_bad_line(onrecord, file):
    file.write_text(file.read_text("utf-8") + "{nonsense\n", "utf-8")
    result = onrecord("score", file, "--strict", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "[json-invalid]" in result.stderr
    assert "--strict" in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("content", ["", "{\n", '{"report": "harbour/one", "claims": 3}\n{\n'])
def test_a_file_without_a_right_line_has_no_score(onrecord, file, content):
    file.write_text(content, "utf-8")
    result = onrecord("score", file, "--draws", 0)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == (
        f"onrecord: {file}: no line can be scored, so there is no score; correct what stands above"
    )


def test_invalid_lines_are_counted_in_table_and_json(onrecord, file):
    file.write_text(file.read_text("utf-8") + "{\n7\n", "utf-8")
    assert "Invalid lines, which count as empty: 2\n" in onrecord("score", file, "--draws", 0).stdout
    value = json.loads(onrecord("score", file, "--draws", 0, "--json").stdout)
    assert (check_structure("result", value), value["invalid"]) == ([], 2)


def test_what_a_system_uses_and_what_is_refused_of_it_is_shown(onrecord, monkeypatch):
    class Metered(Odd):
        calls = 0

        def usage(self):
            return {"requests": self.calls, "cost": 0.25 * self.calls}

        def extract(self, text, codebook):
            self.calls += 1
            return self.value

    monkeypatch.setitem(SYSTEMS, "metered", lambda: Metered([said((0, 999))]))
    result = onrecord("bench", "metered", "echo", "--draws", 0)
    assert "Used (metered): cost 0.5, requests 2\n" in result.stdout
    assert "Invalid lines, which count as empty (metered): 2\n" in result.stdout
    assert "(echo)" not in result.stdout
    metered, echo = json.loads(onrecord("bench", "metered", "echo", "--draws", 0, "--json").stdout)["systems"]
    assert (metered["usage"], metered["invalid"]) == ({"cost": 0.5, "requests": 2}, 2)
    assert not {"usage", "invalid"} & set(echo)


def test_a_warning_is_not_fatal_under_strict(onrecord, file):
    file.write_text(lines_of(FOUND), "utf-8")
    result = onrecord("score", file, "--strict", "--draws", 0)
    assert result.exit_code == 0
    assert "[report-missing]" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["score"],
        ["score", "p", "--nonsense"],
        ["score", "nowhere.jsonl"],
        ["score", "."],
        ["score", "p", "--split", "dev"],
        ["score", "-", "--seed", "-1"],
        ["score", "-", "--draws", "-1"],
        ["score", "-", "--draws", "1000001"],
        ["score", "-", "--by", "nonsense"],
        ["bench", "--seed", str(2**64)],
        ["score", "-", "--seed", "x"],
        ["bench", "--out", __file__],
        ["bench", "--article", "nowhere.txt"],
        ["extract", "echo"],
        ["extract", "echo", "-", "--dossier", "nowhere"],
        ["extract", "echo", "-", "--dossier", "harbour", "--topics", "topics.yaml"],
        ["extract", "echo", "-", "--dossier", "harbour", "--with-text"],
        ["extract", "echo", "-", "--with-text", "--format", "csv"],
        ["extract", "echo", "-", "--topics", "nowhere.yaml"],
        ["extract", "echo", "-", "--jobs", "0"],
        ["validate"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_use_exits_with_2_and_says_so(onrecord, arguments):
    result = onrecord(*arguments, stdin="")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()
    assert len(result.stderr.splitlines()) <= 4


def test_an_unknown_system_is_wrong_use_and_names_the_near_one():
    result = CliRunner().invoke(main, ["bench", "quote"])
    assert result.exit_code == 2
    assert "did you mean 'quotes'?" in result.stderr


def test_many_incidents_of_one_id_are_cut_with_a_count(onrecord, file):
    file.write_text("{\n" * 40, "utf-8")
    result = onrecord("score", file, "--draws", 0)
    assert result.exit_code == 1
    assert result.stderr.count("error [json-invalid]") == 10
    assert f"… and 30 more [json-invalid] in {file}; --all shows them" in result.stderr
    assert onrecord("score", file, "--draws", 0, "--all").stderr.count("error [json-invalid]") == 40


def test_reports_without_prediction_are_one_line_or_with_all_one_each(onrecord, file, monkeypatch):
    monkeypatch.setattr(gold_module, "published_gold", lambda _: gold_of(*MADE, report("three", [(0, 10)])))
    file.write_text(lines_of(prediction("three")), "utf-8")
    for verb in ("score", "conventions"):
        (line,) = onrecord(verb, file).stderr.splitlines()
        assert "[report-missing] 'harbour/one', 'harbour/two': " in line
        assert onrecord(verb, file, "--all").stderr.count("[report-missing]") == 2


@pytest.mark.parametrize("command", [["article"], ["score", "-", "--article"], ["bench", "--article"]], ids=" ".join)
def test_what_is_not_the_article_is_named_with_a_fix(onrecord, tmp_path, command):
    path = tmp_path / "other.txt"
    path.write_text("Ned Tarne said that it is so.\n", "utf-8")
    result = onrecord(*command, path, stdin="")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"onrecord: {path}: this is not the article (")
    assert result.stderr.endswith("; give a copy of it\n")
    path.write_text("x" * (LIMIT + 1), "utf-8")
    assert onrecord(*command, path, stdin="").stderr == f"onrecord: {path}: longer than 16 MiB; split it into texts\n"


def test_too_little_memory_is_one_clear_message(onrecord, file, monkeypatch):
    def refuse(*_, **__):
        raise MemoryError

    monkeypatch.setattr("onrecord.eval.scoring.result_of", refuse)
    result = onrecord("score", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "onrecord: there is not enough memory for this; give smaller files, or fewer draws\n"


def test_where_no_line_can_be_scored_nothing_is_said_of_missing_reports(onrecord, file):
    file.write_text("{\n", "utf-8")
    for verb in ("score", "conventions"):
        result = onrecord(verb, file)
        wrong, last = result.stderr.splitlines()
        assert (result.exit_code, result.stdout) == (1, "")
        assert "[json-invalid]" in wrong
        assert last == f"onrecord: {file}: no line can be scored, so there is no score; correct what stands above"


@pytest.mark.parametrize("verb", ["score", "conventions", "compare", "report"])
def test_parquet_without_gold_is_told_what_it_needs(onrecord, tmp_path, verb):
    path = tmp_path / "p.parquet"
    path.write_bytes(b"PAR1\0")
    result = onrecord(verb, path, *(["echo"] if verb == "compare" else []))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("give JSON Lines, or score it with `onrecord score --gold`\n")


@pytest.mark.parametrize(("lines", "said"), [(1, "1 error"), (2, "2 errors")])
def test_one_error_is_no_errors(onrecord, file, lines, said):
    file.write_text("{\n" * lines, "utf-8")
    assert f": {said} and --strict: no score" in onrecord("score", file, "--strict").stderr
    assert onrecord("validate", file).stderr.endswith(f"1 checked: {said}, 0 warnings\n")


def test_no_summary_of_a_verb_is_cut_in_80_columns(onrecord):
    commands = onrecord("--help").stdout.partition("Commands:")[2]
    assert "..." not in commands
    assert len(commands.split("\n  ")) - 1 == len(main.commands)


BAD_FILES = {
    "empty": (b"", "file-empty"),
    "binary": (b"PAR1\x00\x01\x02" * 100, "file-binary"),
    "windows-1252": ('{"report": "Zürich"}'.encode("cp1252"), "file-not-utf8"),
    "unknown report": (b'{"report": "harbour/nowhere", "claims": []}', "report-unknown"),
    "control characters": (b'{"report": "a\x1b[31mb", "claims": []}', "json-invalid"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_a_bad_file_is_one_clear_message_and_exit_code_1(onrecord, tmp_path, name, way):
    data, id_ = BAD_FILES[name]
    path = tmp_path / "bad.jsonl"
    path.write_bytes(data)
    result = onrecord("score", path if way == "file" else "-", "--draws", 0, stdin=data if way == "stdin" else None)
    assert (result.exit_code, result.stdout) == (1, "")
    errors = [line for line in result.stderr.splitlines() if " error " in line]
    assert len(errors) == 1
    assert f"[{id_}]" in errors[0]
    assert "\x1b" not in result.stderr


# one JSON object


def test_score_json_is_one_object_that_its_schema_accepts(onrecord, file):
    result = onrecord("score", file, "--json", "--draws", 20, "--seed", 4)
    value = json.loads(result.stdout)
    assert check_structure("result", value) == []
    assert {"signature", "scores"} <= set(value)
    assert (value["signature"]["draws"], value["signature"]["seed"]) == (20, 4)
    detection = value["scores"]["detection"]
    assert (detection["tp"], detection["predicted"], detection["gold"], detection["reports"]) == (1, 2, 3, 2)


def test_bench_json_is_one_object_that_its_schema_accepts(onrecord):
    value = json.loads(onrecord("bench", "echo", "--json", "--draws", 20).stdout)
    assert check_structure("result", value) == []
    assert [system["name"] for system in value["systems"]] == ["echo"]
    assert "prediction" not in value["signature"]


def test_bench_json_with_the_article_is_what_its_schema_says(onrecord, monkeypatch):
    monkeypatch.setattr(gold_module, "article_gold", lambda _: gold_of(MADE[1]))
    value = json.loads(onrecord("bench", "echo", "--json", "--draws", 20, "--article", "a.txt").stdout)
    assert check_structure("result", value) == []


@pytest.mark.parametrize("draws", [0, 20])
def test_json_holds_nothing_that_is_no_json(onrecord, draws):
    def refuse(constant):
        raise AssertionError(constant)

    json.loads(onrecord("bench", "echo", "--json", "--draws", draws).stdout, parse_constant=refuse)
    nothing = lines_of(prediction("one"))
    json.loads(onrecord("score", "-", "--json", "--draws", draws, stdin=nothing).stdout, parse_constant=refuse)


def test_json_is_alone_on_standard_output_even_if_a_system_prints(onrecord):
    value = json.loads(onrecord("bench", "prints", "--json", "--draws", 0).stdout)
    assert value["systems"][0]["name"] == "prints"


def test_standard_input_gives_the_same_as_the_file(onrecord, file):
    one = onrecord("score", file, "--json", "--draws", 20)
    two = onrecord("score", "-", "--json", "--draws", 20, stdin=file.read_text("utf-8"))
    assert one.stdout == two.stdout
    assert two.exit_code == 0


def test_what_bench_writes_scores_the_same_again(onrecord, tmp_path):
    out = tmp_path / "deep" / "results"
    onrecord("bench", "echo", "--out", out, "--draws", 20)
    kept = json.loads((out / "test" / "echo.result.json").read_text("utf-8"))
    again = json.loads(onrecord("score", out / "test" / "echo.predictions.jsonl", "--json", "--draws", 20).stdout)
    assert kept == again
    assert check_structure("result", kept) == []


# output that cannot be written


def results_in(folder):
    return [name for name in files_in(folder) if name.endswith(".result.json")]


def files_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_an_output_folder_under_a_file_is_one_clear_message(onrecord, tmp_path):
    (tmp_path / "file").write_text("x")
    result = onrecord("bench", "echo", "--out", tmp_path / "file" / "deeper", "--draws", 0)
    assert result.exit_code == 2
    assert "give a folder that can be written to" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; the next test stands in for this one")
def test_a_read_only_output_folder_is_one_clear_message(onrecord, tmp_path):
    tmp_path.chmod(0o555)
    result = onrecord("bench", "echo", "--out", tmp_path / "out", "--draws", 0)
    assert result.exit_code == 2
    assert "give a folder that can be written to" in result.stderr


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_folder_that_refuses_files_is_one_clear_message(onrecord, tmp_path, monkeypatch, code):
    def refuse(**_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    result = onrecord("bench", "echo", "--out", tmp_path, "--draws", 0)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert os.strerror(code) in result.stderr


class Full(io.BytesIO):
    """A disk that is full after the first byte."""

    def write(self, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_nothing_half_written_and_keeps_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "echo.result.json"
    write(path, b"old")
    real = os.fdopen

    def full(descriptor, *_):
        real(descriptor, "wb").close()
        return Full()

    monkeypatch.setattr("os.fdopen", full)
    with pytest.raises(OnRecordError, match="No space left"):
        write(path, b"new")
    assert files_in(tmp_path) == ["echo.result.json"]
    assert path.read_bytes() == b"old"


def test_an_interrupt_while_writing_leaves_nothing_half_written(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "x.json", b"new")
    assert files_in(tmp_path) == []


def test_a_disk_that_fills_up_keeps_the_systems_that_were_finished(onrecord, tmp_path, monkeypatch):
    def fill_up(path, data):
        if path.name.startswith("prints"):
            raise OnRecordError(f"{path}: No space left on device", exit_code=2)
        write(path, data)

    monkeypatch.setattr("onrecord.eval.bench.write", fill_up)
    result = onrecord("bench", "echo", "prints", "--out", tmp_path, "--draws", 0)
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert results_in(tmp_path) == ["test/echo.result.json"]
    assert " echo " in result.stdout
    assert onrecord("bench", "prints", "--out", tmp_path, "--draws", 0).stdout == ""


def test_a_usual_folder_that_cannot_be_made_costs_no_figure(onrecord, results):
    results.write_text("a file in the place of the folder", "utf-8")
    result = onrecord("bench", "echo", "--draws", 0)
    assert result.exit_code == 0
    assert "echo" in result.stdout
    assert result.stderr == f"{results}: File exists, so nothing is kept; name a folder with --out\n"


def test_predictions_are_kept_in_the_usual_folder(onrecord, results):
    onrecord("bench", "echo", "--draws", 0)
    assert results_in(results) == ["test/echo.result.json"]
    assert "2 of 2 predictions were kept" in onrecord("bench", "echo", "--draws", 0).stderr
    assert "2 of 2 predictions were kept" not in onrecord("bench", "echo", "--draws", 0, "--overwrite", "always").stderr


# systems that misbehave


def test_a_system_that_raises_is_told_and_counts_as_empty_on_that_report(onrecord):
    result = onrecord("bench", "breaks", "echo", "--json", "--draws", 0)
    assert result.exit_code == 1
    value = json.loads(result.stdout)
    assert [s["name"] for s in value["systems"]] == ["breaks", "echo"]
    assert value["systems"][0]["scores"]["detection"]["gold"] == 3
    (line,) = result.stderr.splitlines()
    assert "harbour/two" in line
    assert "RuntimeError: no connection" in line


def test_a_system_that_leaves_does_not_take_the_bench_with_it(onrecord):
    result = onrecord("bench", "leaves", "echo", "--json", "--draws", 0)
    assert result.exit_code == 1
    assert [s["name"] for s in json.loads(result.stdout)["systems"]] == ["leaves", "echo"]
    assert "harbour/one" in result.stderr


ODD = {
    "none": None,
    "dictionaries": [{"content": "x"}],
    "text": "abc",
    "numpy confidence": [said((0, 10), confidence=np.float64(0.5))],
    "numpy confidence of 32 bits": [said((0, 10), confidence=np.float32(0.5))],
    "numpy text": [said((0, 10), speaker=np.str_("toskan"))],
    "a label that is a number": [said((0, 10), topic=3)],
    "a lone surrogate": [said((0, 10), topic="\ud800")],
    "past the end": [said((0, 999))],
}


@pytest.mark.parametrize("name", ODD)
def test_a_system_that_gives_something_odd_is_scored_or_told_never_a_traceback(onrecord, monkeypatch, name):
    monkeypatch.setitem(SYSTEMS, "odd", lambda: Odd(ODD[name]))
    result = onrecord("bench", "odd", "echo", "--json", "--draws", 0)
    odd, echo = json.loads(result.stdout)["systems"]
    assert echo["scores"]["detection"]["tp"] == 1
    if name.startswith("numpy"):
        assert (result.exit_code, odd["scores"]["detection"]["tp"]) == (0, 1)
    else:
        assert result.exit_code == 1
        assert "odd" in result.stderr
        assert odd["scores"]["record"]["tp"] == 0


def test_a_system_that_cannot_be_loaded_is_one_clear_message(monkeypatch):
    point = EntryPoint("broken", "no_such_module_anywhere:System", registry.GROUP)
    monkeypatch.setattr(registry, "_registered", lambda: {"broken": point})
    result = CliRunner().invoke(main, ["bench", "broken"])
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code in (1, 2)
    assert "no_such_module_anywhere" in result.stderr
    assert "broken" in result.stderr


# interrupts


def test_an_interrupt_keeps_the_systems_that_were_finished(onrecord, tmp_path):
    result = onrecord("bench", "echo", "interrupts", "prints", "--json", "--out", tmp_path, "--draws", 0)
    assert result.exit_code == 130
    assert [s["name"] for s in json.loads(result.stdout)["systems"]] == ["echo"]
    assert results_in(tmp_path) == ["test/echo.result.json"]
    assert "interrupted" in result.stderr


PLUGIN = """
import sys, threading

class Quick:
    def extract(self, text, codebook):
        return []

class Waits:
    def extract(self, text, codebook):
        print("waiting", file=sys.stderr, flush=True)
        threading.Event().wait()
"""


@pytest.fixture
def plugin(tmp_path):
    """A folder with an installed plug-in: the systems `a-quick` and `b-waits`."""
    folder = tmp_path / "site"
    (folder / "waiting-1.0.dist-info").mkdir(parents=True)
    (folder / "waiting.py").write_text(PLUGIN, "utf-8")
    (folder / "waiting-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: waiting\nVersion: 1.0\n")
    points = "[onrecord.baselines]\na-quick = waiting:Quick\nb-waits = waiting:Waits\n"
    (folder / "waiting-1.0.dist-info" / "entry_points.txt").write_text(points)
    return folder


@published
def test_ctrl_c_keeps_the_finished_system_and_leaves_nothing_half_written(plugin, tmp_path):
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "onrecord.eval.cli",
        "bench",
        "a-quick",
        "b-waits",
        "--json",
        "--out",
        str(out),
        "--draws",
        "9",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(plugin)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "waiting\n"
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert [s["name"] for s in json.loads(stdout)["systems"]] == ["a-quick"]
    assert "Traceback" not in stderr
    assert "interrupted" in stderr
    assert files_in(out) == [f"test/a-quick.{what}" for what in ("predictions.jsonl", "result.json", "run.jsonl")]


# the process itself


def process(*arguments, stdin=b"", **environment):
    return subprocess.run(
        [sys.executable, "-m", "onrecord.eval.cli", *arguments],
        input=stdin, capture_output=True, timeout=120, check=False, env={**os.environ, **environment},
    )  # fmt: skip


@published
def test_bench_on_the_published_data_is_valid_json_and_alone():
    done = process("bench", "nothing", "quotes", "--json", "--draws", "50")
    assert (done.returncode, done.stderr) == (0, b"")
    value = json.loads(done.stdout)
    assert check_structure("result", value) == []
    floor = value["systems"][0]["scores"]["record"]
    assert (floor["precision"], floor["recall"], floor["f1"], floor["predicted"]) == (None, 0.0, 0.0, 0)
    assert floor["gold"] > 0


@published
@pytest.mark.parametrize("split", splits())
def test_the_published_gold_as_prediction_scores_one(split, tmp_path):
    from onrecord.data.published import read_reports
    from onrecord.schema.prediction import as_prediction

    path = tmp_path / "gold.jsonl"
    path.write_text(lines_of(*map(as_prediction, read_reports(split))), "utf-8")
    result = CliRunner().invoke(main, ["score", str(path), "--split", split, "--json", "--draws", "20"])
    assert (result.exit_code, result.stderr) == (0, "")
    for name, s in json.loads(result.stdout)["scores"].items():
        assert (s["precision"], s["recall"], s["f1"], s["macro_by_dossier"]["f1"]) == (1.0, 1.0, 1.0, 1.0), name


@published
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding_of_standard_output_is_served(encoding):
    from onrecord.data.published import read_reports

    line = json.dumps({"report": read_reports("test")[0].id, "claims": []})
    for arguments in (
        ["bench", "nothing", "--draws", "9"],
        ["score", "-", "--draws", "0"],
        ["score", "-", "--json", "--draws", "0"],
    ):
        done = process(*arguments, stdin=line.encode() + b"\n{\n", PYTHONIOENCODING=encoding)
        assert b"Traceback" not in done.stderr, arguments
        assert done.stdout


@published
@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode here")
def test_a_file_may_have_a_name_that_is_no_utf_8(tmp_path):
    from onrecord.data.published import read_rows

    row = read_rows("reports", "validation")[0]
    gold, mine, text = (tmp_path / os.fsdecode(name) for name in (b"g\xff.jsonl", b"p\xff.jsonl", b"t\xff.txt"))
    gold.write_text(json.dumps(row), "utf-8")
    mine.write_text(json.dumps({"report": row["id"], "claims": []}), "utf-8")
    text.write_text("Ned Tarne said that it is so.\n", "utf-8")
    for name, arguments in {
        "g": ["score", mine, "--gold", gold, "--draws", 0, "--json"],
        "p": ["compare", mine, gold.with_name("p\xe9.jsonl"), "--gold", gold, "--draws", 9, "--json"],
        "t": ["extract", "quotes", text, "--format", "jsonl"],
    }.items():
        gold.with_name("p\xe9.jsonl").write_bytes(mine.read_bytes())
        done = process(*map(str, arguments))
        assert (done.returncode, done.stderr) == (0, b"")
        assert f"{name}\\udcff." in json.dumps(json.loads(done.stdout)).replace("\\\\", "\\")
    for shape in ("csv", "parquet"):
        done = process("extract", "cues", str(text), "--format", shape)
        assert (done.returncode, done.stderr, rb"t\udcff.txt" in done.stdout) == (0, b"", True)
    page = process("report", str(mine), "--split", "validation", "--draws", "9", "--out", "-")
    assert page.returncode == 0
    assert "p\ufffd.jsonl" in page.stdout.decode()


@published
def test_a_reader_that_leaves_early_is_no_traceback():
    read, write_ = os.pipe()
    os.close(read)
    with os.fdopen(write_, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "onrecord.eval.cli", "bench", "nothing", "--draws", "9"],
            stdout=closed, stderr=subprocess.PIPE, timeout=120, check=False,
        )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("arguments", [["--help"], ["score", "--help"], ["--version"], ["cite"]], ids=" ".join)
def test_a_full_disk_is_one_message_for_help_as_well(arguments):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "onrecord.eval.cli", *arguments],
            stdout=full, stderr=subprocess.PIPE, timeout=120, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, b"onrecord: standard output: No space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="a shell is needed")
@pytest.mark.parametrize(
    ("command", "code"), [("score - <&-", 1), ("extract quotes - <&-", 1), ("cite >&-", 0), ("nonsense 2>&-", 2)]
)
def test_a_stream_that_is_closed_from_the_start_is_no_traceback(command, code):
    shell = ["/bin/sh", "-c", f'"$0" -m onrecord.eval.cli {command}', sys.executable]
    done = subprocess.run(shell, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (code, b"")
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == (0 if code != 1 else 2 if "score" in command else 1)


# tables


def table(printed, *arguments, width=80):
    console = Console(file=io.StringIO(), width=width)
    printed(console, *arguments)
    return console.file.getvalue()


@pytest.fixture
def some_scores():
    from makers import scores

    return scores(MADE, [FOUND], draws=50)


def test_tables_fit_80_columns_and_show_whole_figures(some_scores):
    for text in (table(print_scores, some_scores), table(print_bench, {"cues": some_scores})):
        assert max(map(len, text.splitlines())) <= 80
        assert "…" not in text
    assert "33.3 [" in table(print_scores, some_scores)


@pytest.mark.parametrize("name", ["a-system-with-a-name-of-forty-characters", "[bold]brackets[/bold]"])
def test_a_long_or_strange_name_cuts_no_figure(some_scores, name):
    text = table(print_bench, {name: some_scores})
    low, high = some_scores["detection"].interval["f1"]
    assert f"{100 * some_scores['detection'].f1:.1f} [{100 * low:.1f}, {100 * high:.1f}]" in text


def test_undefined_is_a_dash_in_tables():
    from makers import scores

    text = table(print_scores, scores(MADE, []))
    assert "–" in text
    assert "None" not in text
    assert "nan" not in text
