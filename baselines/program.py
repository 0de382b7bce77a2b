"""`exec:COMMAND`: any program that reads reports and writes predictions, as a system.

The program is started once. It reads JSON Lines on its standard input, one object a report, until the end of the input:

    {"id": "…", "text": "…", "codebook": {…}}

and writes JSON Lines on its standard output: a line of a prediction file for each report, in any order, matched by
`report` (the `id` it was given). It may answer while it reads or after it has read all. Contents may be words: they
are aligned later. The command is split into words as a POSIX shell would, but no shell runs it: no pipes, no variables.
What the program writes on standard error goes to ours.

A report that gets no usable answer fails on its own, with the reason; answers that came before a crash are kept. What
is wrong and concerns no report (a line too many, an exit code after the last answer) is logged as a warning; a program
that writes thousands of such lines in a row is ended. What this cannot do: tell a program that thinks for a long time
from one that hangs, before its last answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import queue
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from onrecord.baselines.registry import Document
from onrecord.schema.codebook import Codebook
from onrecord.schema.convert import codebook_to_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident, shown
from onrecord.schema.lines import Line, read_lines
from onrecord.schema.prediction import PredictedClaim, prediction_from_json
from onrecord.schema.structure import check_structure

Answer = Sequence[PredictedClaim] | Exception

_PATIENCE: Final = 10.0
"""Seconds that a program has to end after its last answer, or after it was asked to stop."""
_MOST: Final = 5
"""Stray lines that are told of, of one run."""
_ASTRAY: Final = 10_000
"""Stray lines in a row after which nothing more is expected of a program."""
_WAITING: Final = 64
"""Lines of output that may wait to be read: a program that writes without end fills a pipe, not the memory."""

log = logging.getLogger(__name__)


class ProgramError(OnRecordError):
    """The program gave no usable answer for a report; the message says why."""


class Program:
    """A program, as a system."""

    def __init__(self, command: str) -> None:
        self.command = command
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise OnRecordError(f"exec:{command}: {error}; close what is open", exit_code=2) from None
        if not self._words:
            raise OnRecordError("exec: names no command; write exec:COMMAND, as in exec:./my-program", exit_code=2)
        if shutil.which(self._words[0]) is None:
            fix = "give the name of a program on the path, or the path of a file that may be executed"
            raise OnRecordError(f"exec:{command}: there is no program {self._words[0]!r}; {fix}", exit_code=2)

    def identity(self) -> str:
        """Return what the answers depend on: the command, and the digests of the files that it names."""
        named = [shutil.which(self._words[0]) or self._words[0], *self._words[1:]]
        digests = [digest for word in named if (digest := _digest(word)) is not None]
        return orjson.dumps([self._words, digests]).decode()

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return what the program answers for one text, run for this text alone."""
        answer = next(self.extract_many([Document(f"{codebook.dossier}/text", text, codebook)]))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def extract_many(self, documents: Sequence[Document]) -> Iterator[Answer]:
        """Yield, for each document in order, what the program answers, or why there is no answer.

        The program is ended before this generator is, whatever ends it.
        """
        if not documents:
            return
        if len({document.id for document in documents}) < len(documents):
            raise ValueError("two documents have the same id; give each its own")
        try:
            run = _Run(self._words, documents)
        except OSError as error:
            failure = ProgramError(f"the program cannot be started ({error.strerror}); see that it can be executed")
            yield from [failure for _ in documents]
            return
        with run:
            for document in documents[:-1]:
                yield run.answer(document.id)
            last = run.answer(documents[-1].id)
            run.finish()
            yield last


class _Run:
    """One run of the program: a thread that feeds it, a thread that reads it, and the answers so far."""

    def __init__(self, words: Sequence[str], documents: Sequence[Document]) -> None:
        self._lines: queue.Queue[Line | None] = queue.Queue(_WAITING)
        self._asked = {document.id for document in documents}
        self._answers: dict[str, Answer] = {}
        self._strange: list[str] = []
        """What is wrong with the first lines that answer no report."""
        self._strays = self._in_a_row = 0
        self._ended = False
        self._unread = False
        # A session of its own, so that whatever the program starts can be ended with it.
        self._process = process = subprocess.Popen(  # noqa: S603 - to run the user's command is the point
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        threading.Thread(target=self._feed, args=[process.stdin, documents], daemon=True).start()
        threading.Thread(target=self._listen, args=[process.stdout], daemon=True).start()

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE)
        self._signal(signal.SIGKILL)
        self._process.wait()
        with contextlib.suppress(queue.Empty):  # so that the listening thread can end
            while not self._ended:
                self._ended = self._lines.get(timeout=_PATIENCE) is None

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _feed(self, stdin: BinaryIO, documents: Sequence[Document]) -> None:
        try:
            with stdin as stream:
                for document in documents:
                    try:
                        line = _as_line(document)
                    except TypeError as error:  # a text that is no Unicode
                        self._answers[document.id] = ProgramError(f"the report cannot be written as JSON: {error}")
                    else:
                        stream.write(line)
        except OSError:  # it reads no more, which is no fault where it has answered
            self._unread = True

    def _listen(self, stdout: BinaryIO) -> None:
        with stdout as stream:
            for line in read_lines(stream, "output"):
                self._lines.put(line)
        self._lines.put(None)

    def answer(self, report: str) -> Answer:
        """Return the answer for the report with this id; the output is read as far as needed."""
        while report not in self._answers and not self._over():
            self._take(self._lines.get())
        return self._answers[report] if report in self._answers else self._why_not()

    def _over(self) -> bool:
        return self._ended or self._in_a_row >= _ASTRAY

    def _take(self, line: Line | None) -> None:
        if line is None:
            self._ended = True
            return
        number, value, incident = line
        if incident is not None and incident.id == "file-empty":
            return
        report = value.get("report") if isinstance(value, dict) else None
        wrong = [incident] if incident is not None else check_structure("prediction", value)
        wrong = [replace(one, file="output", line=number) for one in wrong]
        if not isinstance(report, str) or report not in self._asked:
            wrong = wrong or [Incident("report-unknown", shown(report), file="output", line=number)]
            self._stray(wrong[0])
        elif report in self._answers:
            self._stray(Incident("id-duplicate", shown(report), file="output", line=number))
        else:
            self._answers[report] = _answer(value, wrong)
            self._in_a_row = 0

    def _stray(self, incident: Incident) -> None:
        self._strays += 1
        self._in_a_row += 1
        if len(self._strange) < _MOST:
            self._strange.append(str(incident))

    def _why_not(self) -> Exception:
        if not self._ended:
            what = f"the program wrote {self._in_a_row:,} lines in a row that answer no report, and is ended"
            return ProgramError(f"{what}; {self._strange[0]}")
        unread = " and did not read all of its input" if self._unread else ""
        strange = f"; {self._strange[0]}" if self._strange else ""
        return ProgramError(f"the program {self._end()}{unread}, and gave no answer{strange}")

    def _end(self) -> str:
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return "closed its output"
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}" if code else "ended"

    def finish(self) -> None:
        """Wait until the program ends, and log what is wrong and concerns no report."""
        until = time.monotonic() + _PATIENCE
        with contextlib.suppress(queue.Empty):
            while not self._over() and (left := until - time.monotonic()) > 0:
                self._take(self._lines.get(timeout=left))
        answered = self._asked <= set(self._answers)
        if answered and not self._ended:
            log.warning("the program goes on after its last answer, and is ended")
        elif answered and (end := self._end()) != "ended":
            log.warning("the program %s, after it had answered every report", end)
        for line in self._strange:
            log.warning("%s", line)
        if self._strays > _MOST:
            log.warning("… and %d more lines like these", self._strays - _MOST)


def _digest(word: str) -> str | None:
    """Return the digest of the file that a word of a command names, or None where it names none."""
    try:
        return hashlib.sha256(Path(word).read_bytes()).hexdigest() if Path(word).is_file() else None
    except (OSError, ValueError):  # not to be read, or no name of a file: too long, with a NUL
        return None


def _as_line(document: Document) -> bytes:
    value = {"id": document.id, "text": document.text, "codebook": codebook_to_json(document.codebook)}
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _answer(value: Any, wrong: Sequence[Incident]) -> Answer:
    """Return the claims of a line of output about a known report, or what is `wrong` with it."""
    if wrong:
        return ProgramError(f"the program's answer is no prediction: {wrong[0]}")
    try:
        return prediction_from_json(value).claims
    except ValueError as error:  # what only the record types can refuse
        return ProgramError(f"the program's answer is no prediction: {error}")
