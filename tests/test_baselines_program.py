"""`exec:COMMAND`: real programs, well-behaved and hostile, as a system."""

import json
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest
from makers import codebook
from test_readme import block

from onrecord.baselines import registry
from onrecord.baselines.program import Program, ProgramError
from onrecord.baselines.registry import Document
from onrecord.schema.convert import codebook_from_json, codebook_to_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.structure import check_structure

PERL = block("example: exec")
PREFACE = """
import json, os, sys, time
def reports():
    return map(json.loads, sys.stdin)
def answer(report, *words, **more):
    print(json.dumps({"report": report, "claims": [{"content": word} for word in words], **more}), flush=True)
"""


def documents(count, text="Orsk said it is so."):
    return [Document(f"harbour/r{number}", text, codebook()) for number in range(count)]


@pytest.fixture
def program(tmp_path):
    """Return a function that makes a system of a Python program's text."""

    def make(body):
        path = tmp_path / "program.py"
        path.write_text(PREFACE + body, "utf-8")
        return Program(f"{shlex.quote(sys.executable)} {shlex.quote(str(path))}")

    return make


def contents(answers):
    return [a if isinstance(a, Exception) else [claim.words for claim in a] for a in answers]


def test_a_program_in_another_language_is_a_system(tmp_path):
    if shutil.which("perl") is None:
        pytest.skip("there is no perl here")
    script = tmp_path / "claims.pl"
    script.write_text(PERL, "utf-8")
    system = registry.system(f"exec:perl {script}")
    (claim,) = system.extract("Toskan said that the lévy will rise – a little. No.", codebook())
    assert (claim.words, claim.speaker, claim.cue_words) == (("the lévy will rise – a little",), "Toskan", ("said",))


def test_a_report_comes_with_its_id_its_text_and_a_codebook_that_reads_back(program):
    body = "for report in reports(): answer(report['id'], json.dumps(report))"
    (claims,) = program(body).extract_many(documents(1, "Ünicode “so”\n\U0001f680"))
    value = json.loads(claims[0].words[0])
    assert (value["id"], value["text"]) == ("harbour/r0", "Ünicode “so”\n\U0001f680")
    assert check_structure("codebook", value["codebook"]) == []
    assert codebook_from_json(value["codebook"]) == codebook()
    assert codebook_to_json(codebook()) == value["codebook"]


def test_answers_are_matched_by_report_in_whatever_order_they_come(program):
    body = "for report in reversed(list(reports())): answer(report['id'], report['id'])"
    assert contents(program(body).extract_many(documents(5))) == [[(f"harbour/r{n}",)] for n in range(5)]


def test_an_empty_answer_is_an_answer(program):
    assert list(program("for report in reports(): answer(report['id'])").extract_many(documents(2))) == [(), ()]


def test_a_program_that_answers_only_after_much_input_and_writes_much_does_not_deadlock(program):
    body = "for report in list(reports()): answer(report['id'], 'x' * 300_000)"
    answers = list(program(body).extract_many(documents(40, "y" * 300_000)))
    assert [len(claims[0].words[0]) for claims in answers] == [300_000] * 40


def test_a_flood_on_standard_error_passes_through_and_blocks_nothing(program, capfd):
    body = "for report in reports():\n    sys.stderr.write('e' * 200_000)\n    answer(report['id'], 'so')"
    assert contents(program(body).extract_many(documents(5))) == [[("so",)]] * 5
    assert len(capfd.readouterr().err) == 1_000_000


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ("sys.exit(3)", "ended with exit code 3"),
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("os.close(1); os.close(0); sys.exit(0)", "gave no answer"),
        ("raise RuntimeError('no model')", "ended with exit code 1"),
    ],
)
def test_what_came_before_a_crash_is_kept_and_the_rest_says_why(program, ending, why):
    body = f"for n, report in enumerate(reports()):\n    if n == 2: {ending}\n    answer(report['id'], 'so')"
    answers = contents(program(body).extract_many(documents(4)))
    assert answers[:2] == [[("so",)]] * 2
    assert all(isinstance(answer, ProgramError) for answer in answers[2:])
    assert all(why in str(answer) and "\n" not in str(answer) for answer in answers[2:])


def test_a_program_that_closes_its_input_early_and_answers_all_the_same_is_right(program):
    body = "os.close(0)\nfor n in range(3): answer(f'harbour/r{n}', 'so')"
    assert contents(program(body).extract_many(documents(3, "y" * 1_000_000))) == [[("so",)]] * 3


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"report": "harbour/r1", "claims": [{}]}', "content"),
        ('{"report": "harbour/r1", "claims": [{"content": [{"start": 5, "end": 2}]}]}', "end"),
        ('{"report": "harbour/r1"}', "claims"),
        ("no JSON at all", "output:2"),
        ('{"report": "elsewhere/r1", "claims": []}', "report-unknown"),
        ("[1, 2]", "output:2"),
        ("\\udcff\\udcfe", "output:2"),
    ],
)
def test_a_line_that_is_no_prediction_fails_its_report_alone_and_is_named(program, line, why):
    write = f"sys.stdout.buffer.write({line!r}.encode('utf-8', 'surrogateescape') + b'\\n'); sys.stdout.flush()"
    body = f"for n, report in enumerate(reports()):\n    if n == 1: {write}\n    else: answer(report['id'], 'so')"
    first, second, third = contents(program(body).extract_many(documents(3)))
    assert first == third == [("so",)]
    assert isinstance(second, ProgramError)
    assert why in str(second)


def test_what_concerns_no_report_is_logged_and_costs_no_answer(program, caplog):
    body = "for report in reports(): answer(report['id'], 'so'); answer(report['id'], 'again')\nsys.exit(4)"
    with caplog.at_level(logging.WARNING):
        assert contents(program(body).extract_many(documents(9))) == [[("so",)]] * 9
    assert "exit code 4" in caplog.text
    assert "id-duplicate" in caplog.text
    assert "4 more" in caplog.text


def test_a_program_that_writes_without_end_is_ended(program, monkeypatch, caplog):
    monkeypatch.setattr("onrecord.baselines.program._ASTRAY", 50)
    body = """
report, *_ = [report["id"] for report in reports()]
for _ in range(2): print("loading", flush=True)
answer(report)
while True: print("y")
"""
    first, *rest = program(body).extract_many(documents(3))
    assert first == ()
    for answer in rest:
        assert str(answer).startswith(
            "the program wrote 50 lines in a row that answer no report, and is ended; output:1:"
        )
    assert "… and 47 more lines like these" in caplog.text


def test_a_text_that_is_no_unicode_fails_alone(program):
    system = program("for report in reports(): answer(report['id'], 'so')")
    answers = contents(system.extract_many([*documents(1), Document("harbour/x", "\ud800", codebook())]))
    assert answers[0] == [("so",)]
    assert isinstance(answers[1], ProgramError)


def alive(pid):
    """Whether a process runs; one that has ended and that no one has asked after does not."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return listed.stdout.strip()[:1] not in ("", "Z")


def test_leaving_early_ends_the_program_and_what_it_started(program, tmp_path):
    pids = tmp_path / "pids"
    body = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "for n, report in enumerate(reports()):\n    answer(report['id'], 'so')\n    time.sleep(600)"
    )
    answers = program(body).extract_many(documents(3))
    assert contents([next(answers)]) == [[("so",)]]
    both = [int(pid) for pid in pids.read_text().split()]
    assert all(map(alive, both))
    answers.close()
    until = time.monotonic() + 5
    while any(map(alive, both)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, both))


def test_ctrl_c_ends_the_program(tmp_path):
    if not hasattr(os, "killpg"):
        pytest.skip("no process groups here")
    slow = tmp_path / "slow.py"
    slow.write_text(
        f"import os, sys, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    )
    text = tmp_path / "t.txt"
    text.write_text("Orsk said it is so.")
    command = [sys.executable, "-m", "onrecord.eval.cli", "extract", f"exec:{sys.executable} {slow}", str(text)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
    until = time.monotonic() + 60
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert not alive(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize("command", ["", "   ", "no-such-program-anywhere --fast", "./nowhere", "'open", "/"])
def test_a_command_that_cannot_be_run_is_one_clear_message(command):
    with pytest.raises(OnRecordError) as error:
        registry.system(f"exec:{command}")
    assert error.value.exit_code == 2
    assert "exec:" in str(error.value)


def test_a_file_that_is_no_program_fails_every_report(tmp_path):
    path = tmp_path / "odd"
    path.write_bytes(b"\x7fELF no program")
    path.chmod(0o755)
    answers = list(Program(str(path)).extract_many(documents(2)))
    assert len(answers) == 2
    assert all(isinstance(answer, ProgramError) for answer in answers)


def test_the_identity_changes_with_the_command_and_with_the_files_that_it_names(program):
    first = program("pass")
    same, other = Program(first.command).identity(), Program(first.command + " --fast").identity()
    assert first.identity() == same != other
    assert program("pass # changed").identity() != same


def test_a_program_that_stands_in_the_command_itself_has_an_identity():
    body = shlex.quote("pass  # " + "x" * 5000)
    assert Program(f"{sys.executable} -c {body}").identity() != Program(f"{sys.executable} -c pass").identity()


def test_documents_with_one_id_are_refused(program):
    with pytest.raises(ValueError, match="same id"):
        list(program("pass").extract_many(documents(1) * 2))
