"""Kept predictions: no report is asked twice, nothing that has changed is used again, and no damage makes a score."""

# ruff: noqa: ARG002, S603 - systems need not look at what they are given; the processes are our own

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import codebook, report, said

from onrecord.baselines import provenance as provenance_module
from onrecord.baselines.provenance import UNKNOWN, code_digest, provenance
from onrecord.data.published import read_reports, splits
from onrecord.eval import keeping
from onrecord.eval import run as running
from onrecord.eval.keeping import Keep, slug
from onrecord.eval.run import SystemFailedError, run
from onrecord.schema.codebook import Agent
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fact

REPORTS = tuple(report(f"r{n}", text=f"{n} abcdefghi {n} abcdefghij") for n in range(4))
BOOKS = {"harbour": codebook()}


class Asked:
    """Finds the first characters, as many as the text's number says, and notes each text that it is given."""

    def __init__(self, *, model="one", fails=(), tokens=0):
        self.model, self.fails, self.tokens = model, fails, tokens
        self.texts = []

    def identity(self):
        return self.model

    def usage(self):
        return {"tokens": self.tokens * len(self.texts)}

    def extract(self, text, codebook):
        self.texts.append(text[0])
        if text[0] in self.fails:
            raise RuntimeError("no connection")
        return [said((0, 3 + int(text[0])))]


def asked(folder, system=None, *, reports=REPORTS, books=BOOKS, name="asked", overwrite="changed"):
    """Run a system, a new one unless given; return the texts that it was asked for, and the run."""
    system = system or Asked()
    done = run(name, system, reports=reports, codebooks=books, keep=Keep(folder, overwrite))
    return "".join(system.texts), done


def ends(done):
    return [[claim.content[0].end for claim in p.claims] for p in done.validated.predictions]


def test_what_is_kept_is_not_asked_again_and_gives_the_same(tmp_path):
    texts, first = asked(tmp_path)
    assert (texts, ends(first), first.remarks) == ("0123", [[3], [4], [5], [6]], ())
    texts, again = asked(tmp_path)
    assert (texts, again.validated) == ("", first.validated)
    assert "4 of 4 predictions were kept" in again.remarks[0]


def test_only_the_reports_that_are_new_or_failed_are_asked(tmp_path):
    assert asked(tmp_path, reports=REPORTS[1:3])[0] == "12"
    texts, done = asked(tmp_path, Asked(fails="3"))
    assert (texts, len(done.failures), ends(done)) == ("03", 1, [[3], [4], [5], []])
    texts, done = asked(tmp_path)
    assert (texts, done.failures, ends(done)) == ("3", (), [[3], [4], [5], [6]])


def test_a_report_that_was_failed_on_has_no_line(tmp_path):
    asked(tmp_path, Asked(fails="02"))
    lines = (tmp_path / "asked.predictions.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["report"] for line in lines] == ["harbour/r1", "harbour/r3"]


def test_another_text_is_asked_again_and_no_other(tmp_path):
    asked(tmp_path)
    changed = [*REPORTS[:3], replace(REPORTS[3], text="9 another text")]
    texts, done = asked(tmp_path, reports=changed)
    assert (texts, ends(done)) == ("9", [[3], [4], [5], [12]])
    assert "1 of its lines are not as they were written, or for other texts" in done.remarks[0]


def test_another_codebook_is_asked_again(tmp_path):
    asked(tmp_path)
    books = {"harbour": codebook(Agent("new", "A New Agent", "person", "named"))}
    assert asked(tmp_path, books=books)[0] == "0123"


def test_a_ledger_is_part_of_what_is_given_and_its_links_are_kept(tmp_path):
    class Links(Asked):
        def link(self, text, claims, ledger):
            return [replace(claim, fact=ledger[0].id) for claim in claims]

    def linked(*facts):
        system = Links()
        ledgers = {"harbour": facts}
        done = run("links", system, reports=REPORTS, codebooks=BOOKS, ledgers=ledgers, keep=Keep(tmp_path))
        return "".join(system.texts), {claim.fact for p in done.validated.predictions for claim in p.claims}

    one = Fact("harbour/f01", "harbour", "The levy stays.", "toskan", None, "levy", "favor", "statement", None)
    assert linked(one) == ("0123", {one.id})
    assert linked(one) == ("", {one.id})
    assert linked(replace(one, proposition="The levy goes."))[0] == "0123"
    assert asked(tmp_path, Links(), name="links")[0] == "0123"


@pytest.mark.parametrize("key", ["system", "package", "code", "identity", "schema"])
def test_another_system_is_asked_again_and_the_remark_says_what_is_other(tmp_path, monkeypatch, key):
    asked(tmp_path)
    if key == "schema":
        monkeypatch.setattr(keeping, "SCHEMA_VERSION", "2")
    else:
        monkeypatch.setattr(running, "provenance", lambda *_: {**provenance("asked", Asked()), key: "other"})
        monkeypatch.setattr(keeping, "slug", lambda _: "asked")
    texts, done = asked(tmp_path)
    assert texts == "0123"
    assert f"it was made with another {key}; asked again" in done.remarks[0]
    assert asked(tmp_path)[0] == ""


def test_a_system_whose_code_is_in_no_file_is_never_taken_for_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "provenance", lambda *_: {**provenance("asked", Asked()), "code": UNKNOWN})
    assert [asked(tmp_path)[0] for _ in range(2)] == ["0123", "0123"]


def test_overwrite_always_asks_for_everything_and_never_refuses_to_replace(tmp_path):
    never = {"overwrite": "never"}
    assert asked(tmp_path, reports=REPORTS[:2], **never)[0] == "01"
    assert asked(tmp_path, overwrite="always", reports=REPORTS[:2])[0] == "01"
    assert asked(tmp_path, **never)[0] == "23"  # adding replaces nothing
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(OnRecordError, match="another identity, and --overwrite never") as caught:
        asked(tmp_path, Asked(model="two"), **never)
    assert caught.value.exit_code == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    texts, done = asked(tmp_path, Asked(model="two"))
    assert (texts, len(done.remarks)) == ("0123", 1)


def test_a_prediction_file_of_unknown_origin_is_no_kept_one(tmp_path):
    file = tmp_path / "asked.predictions.jsonl"
    file.write_text('{"report": "harbour/r0", "claims": []}\n', "utf-8")
    with pytest.raises(OnRecordError, match="nothing that tells how it was made"):
        asked(tmp_path, overwrite="never")
    assert ends(asked(tmp_path)[1]) == [[3], [4], [5], [6]]


# damage


def test_a_torn_last_line_is_dropped_and_the_rest_used(tmp_path):
    asked(tmp_path)
    file = tmp_path / "asked.predictions.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    texts, done = asked(tmp_path, overwrite="never")  # what is torn is no prediction that could be lost
    assert (texts, ends(done)) == ("3", [[3], [4], [5], [6]])
    assert file.read_bytes() == whole


def test_a_line_edited_by_hand_is_not_used(tmp_path):
    asked(tmp_path)
    file = tmp_path / "asked.predictions.jsonl"
    file.write_text(file.read_text("utf-8").replace('"end":4', '"end":9'), "utf-8")
    texts, done = asked(tmp_path)
    assert (texts, ends(done)) == ("1", [[3], [4], [5], [6]])


@settings(max_examples=30)
@given(data=st.data())
def test_no_damage_to_a_kept_file_changes_what_is_predicted(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("kept")
    asked(folder)
    path = folder / data.draw(st.sampled_from(["asked.predictions.jsonl", "asked.run.jsonl"]))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["byte", "cut", "gone", "twice"])):
            case "byte":
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                content = content[: at + 1]
            case "gone":
                del content[at : at + data.draw(st.integers(1, 200))]
                content = content or bytearray(b" ")
            case "twice":
                content[at:at] = content[: data.draw(st.integers(0, len(content)))]
    path.write_bytes(content)
    assert ends(asked(folder)[1]) == [[3], [4], [5], [6]]
    assert asked(folder)[0] == ""


@pytest.mark.parametrize("content", [b"", b"\n", b"[]\n", b"3\n", b"null\n{}\n", b"\xff\x00", b'{"system": 3}\n'])
def test_a_run_that_is_none_is_asked_again(tmp_path, content):
    asked(tmp_path)
    (tmp_path / "asked.run.jsonl").write_bytes(content)
    texts, done = asked(tmp_path)
    assert (texts, len(done.remarks)) == ("0123", 1)


def test_odd_entries_of_a_run_are_passed_over(tmp_path):
    asked(tmp_path)
    run_file = tmp_path / "asked.run.jsonl"
    odd = ('{"report": []}', '{"report": {}, "predicted": 3}', '{"usage": "much"}', '{"usage": {"a": []}}', "[]")
    run_file.write_text(run_file.read_text("utf-8") + "\n".join(odd) + "\n", "utf-8")
    assert asked(tmp_path)[0] == ""


def test_a_kept_file_that_cannot_be_read_is_one_clear_message(tmp_path):
    (tmp_path / "asked.predictions.jsonl").mkdir()
    with pytest.raises(OnRecordError, match=r"asked\.predictions\.jsonl: Is a directory"):
        asked(tmp_path)


# usage and identity


def test_usage_is_summed_over_all_runs_failures_included(tmp_path):
    assert asked(tmp_path, Asked(tokens=5, fails="1"))[1].usage == {"tokens": 20}
    assert asked(tmp_path, Asked(tokens=7))[1].usage == {"tokens": 27}
    assert asked(tmp_path, Asked(tokens=1000))[1].usage == {"tokens": 27}
    assert asked(tmp_path, Asked(tokens=3), overwrite="always")[1].usage == {"tokens": 12}


@pytest.mark.parametrize(
    "usage", [None, 3, {"tokens": "many"}, {3: 4}, {"cost": float("nan")}, RuntimeError("no\nmeter")]
)
def test_a_usage_that_is_none_is_told_and_loses_no_prediction(tmp_path, usage):
    class Odd(Asked):
        def usage(self):
            if isinstance(usage, Exception):
                raise usage
            return usage

    _, done = asked(tmp_path, Odd())
    assert (ends(done), done.usage) == ([[3], [4], [5], [6]], {})
    assert len(done.failures) == 1
    assert "failed to tell its usage: " in str(done.failures[0])
    assert "\n" not in str(done.failures[0])


def test_a_system_that_cannot_tell_its_identity_is_not_asked(tmp_path):
    class Nameless(Asked):
        def identity(self):
            sys.exit("no model")

    system = Nameless()
    with pytest.raises(SystemFailedError, match="failed to tell its identity: SystemExit: no model"):
        asked(tmp_path, system)
    assert system.texts == []


# names of files


@pytest.mark.parametrize("name", ["cues", "second-pass", "a.b_c"])
def test_a_plain_name_is_the_name_of_its_file(name):
    assert slug(name) == name


@given(st.lists(st.text(max_size=120), min_size=2, max_size=2, unique=True))
def test_any_name_makes_a_safe_file_name_of_its_own(names):
    made = [slug(name) for name in names]
    assert made[0] != made[1]
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", slug_) and len(slug_) < 100 for slug_ in made), made


def test_an_adapter_with_a_path_keeps_its_files_in_the_folder(tmp_path):
    asked(tmp_path / "out", name="exec:../../my program/run.sh --model a/b:c")
    assert {path.parent for path in (tmp_path / "out").rglob("*.jsonl")} == {tmp_path / "out"}
    assert asked(tmp_path / "out", name="exec:../../my program/run.sh --model a/b:c")[0] == ""


# code


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose system imports one module of it by a relative name, that one another; a third is not imported."""
    folder = tmp_path / "mine"
    (folder / "words").mkdir(parents=True)
    files = {
        "__init__.py": "", "system.py": "import json\nfrom .rules import RULE\nclass System: ...\n",
        "rules.py": "import mine.lexicon as words\nRULE = 1\n", "lexicon.py": "WORDS = []\n", "other.py": "X = 1\n",
        "prompt.txt": "Extract.", "words/de.txt": "sagte",
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    sys.modules.pop("mine", None)


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("system.py", True), ("rules.py", True), ("lexicon.py", True), ("__init__.py", True), ("prompt.txt", True),
        ("words/de.txt", True), ("new.json", True), ("other.py", False),
    ],
)  # fmt: skip
def test_the_code_is_what_the_system_imports_and_what_lies_beside_it(package, file, matters):
    before = code_digest({"mine.system"})
    assert code_digest({"mine.system"}) == before != UNKNOWN
    path = package / file
    path.write_text(path.read_text("utf-8") + "\n" if path.exists() else "{}", "utf-8")
    assert (code_digest({"mine.system"}) != before) == matters


def test_telling_the_code_runs_none_of_it(package):
    (package / "rules.py").write_text("raise AssertionError\n", "utf-8")
    assert code_digest({"mine.system"}) != UNKNOWN
    assert not {"mine.system", "mine.rules"} & set(sys.modules)


def test_a_module_that_there_is_not_has_unknown_code():
    assert code_digest({"no_such_module_anywhere"}) == UNKNOWN


def test_a_rule_of_our_own_is_code_of_ours_and_a_page_of_results_is_not():
    found = {}
    provenance_module._follow("onrecord.baselines.cues", found)
    assert {"onrecord.baselines.cuewords", "onrecord.schema.quotation"} <= set(found)
    assert not [name for name in found if name.startswith("onrecord.eval")]


# a process that is killed

PLUGIN = """
import os, threading
from pathlib import Path

class Slow:
    def extract(self, text, codebook):
        with open(os.environ["ASKED"], "a") as log:
            log.write(f"{hash(text) and len(text)} {text[:20]!r}\\n")
        if len(Path(os.environ["ASKED"]).read_text().splitlines()) == int(os.environ["STOP"]):
            print("stopped", flush=True)
            threading.Event().wait()
        return []
"""


@pytest.mark.skipif(not splits(), reason="the data are not built: run `onrecord build`")
def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path):
    site, log = tmp_path / "site", tmp_path / "asked.txt"
    (site / "slow-1.0.dist-info").mkdir(parents=True)
    (site / "slow.py").write_text(PLUGIN, "utf-8")
    (site / "slow-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
    (site / "slow-1.0.dist-info" / "entry_points.txt").write_text("[onrecord.baselines]\nslow = slow:Slow\n")
    command = [sys.executable, "-m", "onrecord.eval.cli", "bench", "slow", "--split", "validation", "--json"]
    command += ["--draws", "0", "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": str(site), "ASKED": str(log)}
    process = subprocess.Popen(
        command, env={**environment, "STOP": "6"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline() == "stopped\n"
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()
    assert len(log.read_text("utf-8").splitlines()) == 6
    done = subprocess.run(
        command, env={**environment, "STOP": "0"}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    reports = read_reports("validation")
    assert f"5 of {len(reports)} predictions were kept" in done.stderr
    texts = log.read_text("utf-8").splitlines()
    assert len(texts) == len(reports) + 1
    assert texts[5] == texts[6]  # the report that it died on, and no other, is asked twice
    assert len(set(texts)) == len(reports)
    assert json.loads(done.stdout)["systems"][0]["scores"]["record"]["reports"] == len(reports)
