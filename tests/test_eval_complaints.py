"""What went wrong, as verbs tell it: the first of a kind, each reason once, how many more, and all of it on demand."""

import json
from collections import Counter

import click
from click.testing import CliRunner
from hypothesis import given as for_all
from hypothesis import strategies as st

from onrecord.eval.cli import main
from onrecord.eval.complaints import MOST, Complaint, every, print_complaints, print_incidents
from onrecord.schema.incidents import Incident


def told(complaints, *options, cuts=True):
    @click.command()
    def verb():
        print_complaints(complaints)

    return CliRunner().invoke(every(verb) if cuts else verb, options).stderr.splitlines()


@for_all(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2 * MOST)), max_size=60))
def test_what_is_shown_and_what_is_counted_are_all_there_is(drawn):
    complaints = [Complaint(f"{n} {kind}", f"of {kind}", f"reason {r}") for n, (kind, r) in enumerate(drawn)]
    lines = told(complaints)
    shown = [line for line in lines if not line.startswith("…")]
    more = {line.split()[5]: int(line.split()[2]) for line in lines if line.startswith("…")}
    for kind in "ab":
        reasons = {reason for one, reason in drawn if one == kind}
        of_kind = [line for line in shown if line.endswith(kind)]
        assert len(of_kind) == min(MOST, len(reasons))
        assert len(of_kind) + more.get(f"{kind};", 0) == Counter(one for one, _ in drawn)[kind]
    everything = [complaint.line for complaint in complaints]
    assert told(complaints, "--all") == told(complaints, cuts=False) == everything


def test_a_line_tells_of_all_missing_reports_of_a_file():
    incidents = [Incident("report-missing", f"'r{n}'", file=file) for n in range(1234) for file in ("a", "b")]

    @click.command()
    @every
    def verb():
        print_incidents(incidents)

    lines = CliRunner().invoke(verb).stderr.splitlines()
    assert [line.split(": a report")[0] for line in lines] == [
        f"{file}: warning [report-missing] 'r0', 'r1', 'r2' and 1,231 more" for file in ("a", "b")
    ]
    assert len(CliRunner().invoke(verb, "--all").stderr.splitlines()) == 2468


def test_validate_cuts_by_file_and_kind_and_not_in_json(tmp_path):
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    one.write_text("{\n" * 25, "utf-8")
    other.write_text("{\n" * (MOST + 1), "utf-8")
    result = CliRunner().invoke(main, ["validate", str(one), str(other)])
    assert result.exit_code == 1
    assert result.stderr.count("[json-invalid] '{'") == 2 * MOST
    assert f"… and 15 more [json-invalid] in {one}; --all shows them" in result.stderr
    assert f"… and 1 more [json-invalid] in {other}; --all shows them" in result.stderr
    assert "2 checked: 36 errors" in result.stderr
    assert CliRunner().invoke(main, ["validate", "--all", str(one)]).stderr.count("[json-invalid] '{'") == 25
    whole = json.loads(CliRunner().invoke(main, ["validate", "--json", str(one)]).stdout)
    assert len(whole["incidents"]) == 25


def test_a_broken_program_is_told_once_however_many_texts_it_fails_on(tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("Ned Tarne said that it is so.\n", "utf-8")
    result = CliRunner().invoke(main, ["extract", "exec:true", *[str(text)] * 30])
    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"onrecord: {text}: exec:true failed: ProgramError: the program ended")
    assert lines[-1].endswith(" more failures of exec:true; --all shows them")
    assert len(lines) <= 3  # a program that is gone before its input is written may fail in two ways
    assert len(CliRunner().invoke(main, ["extract", "--all", "exec:true", *[str(text)] * 30]).stderr.splitlines()) == 30


def test_what_is_told_is_one_line_whatever_a_file_is_called(tmp_path):
    name = "a\nb\x1b[31m\u202ec.txt"
    for verb in (["extract", "cues"], ["validate"], ["score"], ["article"], ["verify"]):
        lines = CliRunner().invoke(main, [*verb, str(tmp_path / name)]).stderr.splitlines()
        assert r"a\nb\x1b[31m\u202ec" in lines[0], verb
        assert len(lines) == 1 + (verb == ["validate"]), verb


def test_each_text_that_cannot_be_read_is_named_up_to_the_limit(tmp_path):
    result = CliRunner().invoke(main, ["extract", "cues", *[str(tmp_path / f"no-{n}.txt") for n in range(MOST + 2)]])
    lines = result.stderr.splitlines()
    assert [f"no-{n}.txt" in line for n, line in enumerate(lines[:MOST])] == [True] * MOST
    assert lines[MOST:] == ["… and 2 more texts that cannot be read; --all shows them"]
