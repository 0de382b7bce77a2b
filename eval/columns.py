"""Claims as columns of integers: the form in which they are matched and counted.

A claim's place in the columns is its canonical rank within its report: by content offsets, then confidence (the surest
first), then labels, roles and fact. So nothing downstream depends on the order in which a file lists its claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.ink import ink_length
from onrecord.schema.prediction import LABELS, ROLES, UNANSWERED, PredictedClaim, Prediction, as_prediction
from onrecord.schema.records import Fragment, Fragments, Report

Ints = npt.NDArray[np.int64]

Codes = dict[object, int]
"""What stands for what in columns: a label by itself, a fact as its dossier and id, a relay's agent in brackets."""

OPEN: Final = -1
"""The code of a label, or of a fact, that a system leaves open: equal to no gold one."""


@dataclass(frozen=True, slots=True)
class Role:
    """The fragments that some claims have in one role.

    `first`, `start`, `end`: as in `Claims`. `agent` (fragments,): in `via` the code of the relay's agent, elsewhere 0;
    fragments of one claim and agent are sorted and do not overlap. `words` (claims,): the characters of the role's
    words that were not found in the text.
    """

    first: Ints
    agent: Ints
    start: Ints
    end: Ints
    words: Ints


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of `n_reports` reports, in order of report and of rank.

    `report` (claims,): the index of each claim's report. `first` (claims + 1,): the fragments of claim i are
    `start[first[i]:first[i + 1]]`, and likewise `end`; none if it is ungrounded. `start`, `end` (fragments,): offsets
    in code points of the report's text. `labels` (claims, labels): codes, in the order of `LABELS`; equal codes are
    equal labels, `OPEN` is no answer. `fact` (claims,): codes of facts. `words` (claims,): the characters of an
    ungrounded claim's words, 0 for a grounded one. `roles`: what stands in each of `ROLES`.
    """

    n_reports: int
    report: Ints
    first: Ints
    start: Ints
    end: Ints
    labels: Ints
    fact: Ints
    words: Ints
    roles: tuple[Role, ...]

    def __len__(self) -> int:
        """Return the number of claims."""
        return len(self.report)

    @property
    def bounds(self) -> Ints:
        """Where the claims of each report begin (reports + 1,)."""
        return np.searchsorted(self.report, np.arange(self.n_reports + 1))


def sums(amounts: Ints, bounds: Ints) -> Ints:
    """Return the sums of amounts (..., n) between each of `bounds`, ascending from 0 to n, and the next."""
    full = np.flatnonzero(bounds[1:] > bounds[:-1])  # what `reduceat` does with an empty stretch is not its sum
    if 0 < len(full) == len(bounds) - 1:
        return np.add.reduceat(amounts, bounds[:-1], axis=-1)
    total = np.zeros((*amounts.shape[:-1], len(bounds) - 1), dtype=np.int64)
    if len(full):
        total[..., full] = np.add.reduceat(amounts, bounds.take(full), axis=-1)
    return total


def coding() -> Codes:
    """Return the codes to begin with; whoever wants codes that hold across calls of `columns` gives it the same."""
    return {UNANSWERED: OPEN}


def columns(
    *, gold: Sequence[Report], predicted: Sequence[Prediction], codes: Codes | None = None
) -> tuple[Claims, Claims]:
    """Return gold and predicted claims as columns, coded alike; `predicted[i]` is for the report `gold[i]`."""
    for report, prediction in zip(gold, predicted, strict=True):
        if report.id != prediction.report:
            raise ValueError(
                f"prediction for {prediction.report!r} stands where {report.id!r} is due: pair them by report id"
            )
        end = max((some[-1].end for claim in prediction.claims for some in _spans(claim) if some), default=0)
        if end > len(report.text):
            raise ValueError(f"{report.id}: a claim ends at {end}, and the text has {len(report.text)} code points")
    codes = coding() if codes is None else codes
    dossiers = [report.dossier for report in gold]
    as_predicted = [as_prediction(report).claims for report in gold]
    return columns_of(as_predicted, dossiers, codes), columns_of([p.claims for p in predicted], dossiers, codes)


def _spans(claim: PredictedClaim) -> Iterator[Fragments]:
    yield from (claim.content, claim.source, claim.cue)
    yield from (relay.fragments for relay in claim.via)


def ranks(claims: Iterable[PredictedClaim]) -> list[int]:
    """Return the indices of the claims of one report in canonical order: the order in which they stand in columns."""
    keys = [_rank(claim) for claim in claims]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _rank(claim: PredictedClaim) -> tuple[object, ...]:
    """Return the key of the canonical order; two claims with one key are interchangeable for every score."""
    confidence = -1.0 if claim.confidence is None else claim.confidence
    labels = tuple((label is None, label or "") for label in (getattr(claim, name) for name in LABELS))
    roles = (claim.source, claim.source_words, claim.cue, claim.cue_words)
    via = tuple((relay.agent, relay.fragments, getattr(relay, "words", ())) for relay in claim.via)
    return (not claim.content, claim.content, claim.words, -confidence, labels, roles, via, claim.fact or "")


def columns_of(claims_by_report: Sequence[Sequence[PredictedClaim]], dossiers: Sequence[str], codes: Codes) -> Claims:
    """Return the claims of some reports as columns; `dossiers[i]` is the dossier of report i."""
    report: list[int] = []
    first = [0]
    start: list[int] = []
    end: list[int] = []
    labels: list[list[int]] = []
    fact: list[int] = []
    words: list[int] = []
    roles = {name: _Role() for name in ROLES}
    for number, claims in enumerate(claims_by_report):
        for claim in (claims[index] for index in ranks(claims)):
            report.append(number)
            start += [fragment.start for fragment in claim.content]
            end += [fragment.end for fragment in claim.content]
            first.append(len(start))
            labels.append([codes.setdefault(getattr(claim, name), len(codes)) for name in LABELS])
            fact.append(codes.setdefault((dossiers[number], claim.fact), len(codes)) if claim.fact else OPEN)
            words.append(0 if claim.content else sum(map(ink_length, claim.words)))
            roles["source"].add([(0, claim.source)], claim.source_words)
            roles["cue"].add([(0, claim.cue)], claim.cue_words)
            roles["via"].add(*_relays(claim, codes))
    return Claims(
        n_reports=len(claims_by_report),
        report=_ints(report),
        first=_ints(first),
        start=_ints(start),
        end=_ints(end),
        labels=_ints(labels).reshape(len(report), len(LABELS)),
        fact=_ints(fact),
        words=_ints(words),
        roles=tuple(role.column() for role in roles.values()),
    )


def without_roles(claims: int) -> tuple[Role, ...]:
    """Return the roles of so many claims that have none."""
    none = np.zeros(0, dtype=np.int64)
    return (Role(_ints([0] * (claims + 1)), none, none, none, _ints([0] * claims)),) * len(ROLES)


def fragments_of(first: Ints, claims: Ints) -> tuple[Ints, Ints]:
    """Return the fragments of some `claims` (in any order, or again): where each claim's will begin, and their rows.

    `first` is as in `Claims`; the rows are those of all claims, one after another.
    """
    begin = first.take(claims)
    size = first.take(claims + 1) - begin
    after = np.zeros(len(claims) + 1, dtype=np.int64)
    np.cumsum(size, out=after[1:])
    return after, np.arange(after[-1]) + np.repeat(begin - after[:-1], size)


def _ints(values: Any) -> Ints:
    return np.array(values, dtype=np.int64)


def _relays(claim: PredictedClaim, codes: Codes) -> tuple[list[tuple[int, Fragments]], tuple[str, ...]]:
    """Return the fragments of a claim's relays by the code of their agent, and the words that were not found."""
    if not claim.via:
        return [], ()
    by_agent: dict[int, Fragments] = {}
    for relay in claim.via:
        agent = codes.setdefault((relay.agent,), len(codes))
        by_agent[agent] = _united((*by_agent.get(agent, ()), *relay.fragments))
    return list(by_agent.items()), tuple(word for relay in claim.via for word in getattr(relay, "words", ()))


def _united(fragments: Fragments) -> Fragments:
    """Return what stands in any of `fragments`: an agent that a system names twice has each character once."""
    united: list[Fragment] = []
    for fragment in sorted(fragments):
        if united and fragment.start < united[-1].end:
            fragment = Fragment(united[-1].start, max(united.pop().end, fragment.end))
        united.append(fragment)
    return tuple(united)


class _Role:
    """The columns of one role, as they grow."""

    def __init__(self) -> None:
        self._first = [0]
        self._rows: list[tuple[int, int, int]] = []
        self._words: list[int] = []

    def add(self, parts: Iterable[tuple[int, Fragments]], words: Iterable[str]) -> None:
        """Add the next claim: its fragments by agent, and its words that were not found."""
        self._rows += [(agent, f.start, f.end) for agent, fragments in parts for f in fragments]
        self._first.append(len(self._rows))
        self._words.append(sum(map(ink_length, words)))

    def column(self) -> Role:
        """Return what was added."""
        agent, start, end = _ints(self._rows).reshape(-1, 3).T.copy()
        return Role(_ints(self._first), agent, start, end, _ints(self._words))
