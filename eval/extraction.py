"""Extract from any texts: each text read, its codebook opened, the system run, its claims grounded, one line made.

Texts go through in their order, on several processes where there are many, and the results come out in that order. A
text that cannot be read, or that the system fails on, is one message in its place; the others come out. A system that
is better given all documents at once (`ManySystem`) gets a thousand at a time, in this process.
"""

from __future__ import annotations

import contextlib
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.synchronize import Event
from typing import Any, Final

from onrecord.baselines import registry
from onrecord.baselines.opening import Opened, open_codebook
from onrecord.baselines.recording import Recorded
from onrecord.baselines.registry import Document, ManySystem, System
from onrecord.eval.complaints import Complaint
from onrecord.eval.run import SystemFailedError, extract_all, failure
from onrecord.eval.texts import Given, read, unwrapped
from onrecord.schema.codebook import OPEN, Codebook, Topic
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import UNANSWERED, PredictedClaim, Prediction, prediction_to_json
from onrecord.schema.semantics import check_prediction

_CHUNK: Final = 16
"""Texts that a process takes at a time."""
_ALL: Final = 1000
"""Texts that a `ManySystem` is given at a time."""
_UNREAD: Final = "texts that cannot be read"
_LOST: Final = "texts lost with their process"
_AHEAD: Final = 4
"""Chunks for each process that may be under way or wait for their turn in the output."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a system found in one text; `undecided` are the agents of an open codebook whose type nothing tells."""

    name: str
    text: str
    codebook: Codebook
    undecided: frozenset[str]
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with every text: by which system, with a codebook or with topics for an open one, and what
    is made of the result, where the work is done.
    """

    system: str
    codebook: Codebook | None
    topics: tuple[Topic, ...]
    finish: Callable[[Extracted], Any]


def extracted(job: Job, texts: Iterator[Given], *, jobs: int) -> Iterator[Any]:
    """Yield, for each text in order, what `job.finish` makes of it, or a `Complaint`: why there is nothing.

    Raises `OnRecordError` where there is no such system, and for a recorded one.
    """
    system = registry.system(job.system)
    if isinstance(system, Recorded):
        what = f"{job.system} is recorded: it knows no text but the published reports"
        raise OnRecordError(f"{what}; score it with `onrecord bench {job.system}`", exit_code=2)
    if isinstance(system, ManySystem):
        for many in _chunks(texts, _ALL):
            yield from work(job, system, many)
        return
    first = list(islice(texts, _CHUNK))
    if jobs == 1 or len(first) < _CHUNK:
        for one in chain(first, texts):
            yield from work(job, system, [one])
        return
    yield from _in_parallel(job, _chunks(chain(first, texts), _CHUNK), jobs)


def _chunks(texts: Iterator[Given], size: int) -> Iterator[list[Given]]:
    while chunk := list(islice(texts, size)):
        yield chunk


def _in_parallel(job: Job, chunks: Iterator[list[Given]], jobs: int) -> Iterator[Any]:
    # Forking a process that has threads is unsafe, and the progress bar is one.
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    # Who ends a process that is about to send its result blocks the pool for ever; so each is asked to end by itself.
    stop = context.Event()
    pool = ProcessPoolExecutor(jobs, context, _begin, (job, stop))
    waiting: deque[tuple[list[Given], Future[list[Any]]]] = deque()
    try:
        with deaf():  # the processes inherit it: an interrupt is answered here, also while they begin
            pool.submit(int)
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_work_here, chunk)))
            if len(waiting) >= _AHEAD * jobs:
                yield from _done(*waiting.popleft())
        while waiting:
            yield from _done(*waiting.popleft())
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """Hold interrupts back, where the system can."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _done(chunk: Sequence[Given], future: Future[list[Any]]) -> list[Any]:
    try:
        return future.result()
    except BrokenProcessPool:
        fix = "try --jobs 1, or smaller texts"
        return [
            Complaint(f"onrecord: {one.place}: a process ended before it was done (too little memory?); {fix}", _LOST)
            for one in chunk
        ]


_here: list[tuple[Job, System, Event]] = []
"""The job of this process, once it has begun, and what says that nobody waits for it any more."""


def _begin(job: Job, stop: Event) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that gave the job answers
    _here.append((job, registry.system(job.system), stop))


def _work_here(chunk: Sequence[Given]) -> list[Any]:
    job, system, stop = _here[0]
    return [result for one in chunk if not stop.is_set() for result in work(job, system, [one])]


def work(job: Job, system: System, chunk: Sequence[Given]) -> list[Any]:
    """Return what `job.finish` makes of each text of `chunk`, or a `Complaint`."""
    results: list[Any] = []
    documents: list[Document] = []
    places: list[tuple[int, Given, str, Opened]] = []
    for number, one in enumerate(chunk):
        try:
            text = read(one)
        except OnRecordError as error:
            results.append(Complaint(f"onrecord: {error}", _UNREAD))
            continue
        laid = unwrapped(text)
        opened = Opened(job.codebook, frozenset()) if job.codebook is not None else open_codebook(laid, job.topics)
        documents.append(Document(f"{opened.codebook.dossier}/{one.report}", laid, opened.codebook))
        places.append((number, one, text, opened))
        results.append(None)
    for (number, one, text, opened), found in zip(places, extract_all(system, documents), strict=True):
        if isinstance(found, SystemFailedError):
            results[number] = _failed(job, one, found)
            continue
        try:
            results[number] = job.finish(_grounded(one.name, text, opened, found))
        except OnRecordError as error:
            results[number] = _failed(job, one, error)
    return results


def _failed(job: Job, one: Given, error: OnRecordError) -> Complaint:
    return failure(job.system, f"onrecord: {one.place}: {job.system} failed: {error}", error)


def _grounded(name: str, text: str, opened: Opened, found: Prediction) -> Extracted:
    """Return what a system found with offsets for its words; raise `OnRecordError` where offsets do not fit the text.

    In an open codebook an agent that it does not know is no answer, nor is what nothing in the text can tell.
    """
    codebook = opened.codebook
    prediction = replace(found, claims=opened.settled(found.claims))
    wrong = [i for i in check_prediction(prediction_to_json(prediction), text, codebook) if i.level == "error"]
    if wrong:
        raise OnRecordError(str(wrong[0]))
    if any(claim.words or claim.source_words or claim.cue_words for claim in prediction.claims):
        from onrecord.eval.align import align

        prediction = align(prediction, text).prediction
    if codebook.dossier == OPEN:
        claims = tuple(_known(claim, codebook) for claim in prediction.claims)
        prediction = replace(prediction, claims=claims)
    return Extracted(name, text, codebook, opened.undecided, prediction)


def _known(claim: PredictedClaim, codebook: Codebook) -> PredictedClaim:
    def agent(name: str | None) -> str:
        ids = codebook.resolve(name or "")
        return ids[0] if len(ids) == 1 else UNANSWERED

    via = tuple(replace(relay, agent=agent(relay.agent)) for relay in claim.via if agent(relay.agent))
    agency = agent(claim.agency) if claim.agency is not None else None
    return replace(claim, speaker=agent(claim.speaker), agency=agency, via=via)
