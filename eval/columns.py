"""Claims as columns of integers: the form in which they are matched and counted.

A claim's place in the columns is its canonical rank within its report: by content offsets, then confidence (the surest
first), then labels. So nothing downstream depends on the order in which a file lists its claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from onrecord.eval.ink import ink_length
from onrecord.schema.prediction import LABELS, UNANSWERED, PredictedClaim, Prediction, as_prediction
from onrecord.schema.records import Report

Ints = npt.NDArray[np.int64]

OPEN: Final = -1
"""The code of a label that a system leaves open: equal to no gold label."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of `n_reports` reports, in order of report and of rank.

    `report` (claims,): the index of each claim's report. `first` (claims + 1,): the fragments of claim i are
    `start[first[i]:first[i + 1]]`, and likewise `end`; none if it is ungrounded. `start`, `end` (fragments,): offsets
    in code points of the report's text. `labels` (claims, labels): codes, in the order of `LABELS`; equal codes are
    equal labels, `OPEN` is no answer. `words` (claims,): the characters of an ungrounded claim's words, 0 for a
    grounded one.
    """

    n_reports: int
    report: Ints
    first: Ints
    start: Ints
    end: Ints
    labels: Ints
    words: Ints

    def __len__(self) -> int:
        """Return the number of claims."""
        return len(self.report)


def columns(*, gold: Sequence[Report], predicted: Sequence[Prediction]) -> tuple[Claims, Claims]:
    """Return gold and predicted claims as columns, labels coded alike; `predicted[i]` is for the report `gold[i]`."""
    for report, prediction in zip(gold, predicted, strict=True):
        if report.id != prediction.report:
            raise ValueError(
                f"prediction for {prediction.report!r} stands where {report.id!r} is due: pair them by report id"
            )
        contents = [claim.content for claim in report.claims] + [claim.content for claim in prediction.claims]
        for content in contents:
            if content and content[-1].end > len(report.text):
                end, length = content[-1].end, len(report.text)
                raise ValueError(f"{report.id}: a claim ends at {end}, and the text has {length} code points")
    codes: dict[str | None, int] = {UNANSWERED: OPEN}
    as_predicted = [as_prediction(report).claims for report in gold]
    return _columns(as_predicted, codes), _columns([prediction.claims for prediction in predicted], codes)


def ranks(claims: Iterable[PredictedClaim]) -> list[int]:
    """Return the indices of the claims of one report in canonical order: the order in which they stand in columns."""
    keys = [_rank(claim) for claim in claims]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _rank(claim: PredictedClaim) -> tuple[object, ...]:
    """Return the key of the canonical order; two claims with one key are interchangeable for every score."""
    confidence = -1.0 if claim.confidence is None else claim.confidence
    labels = tuple((label is None, label or "") for label in (getattr(claim, name) for name in LABELS))
    return (not claim.content, claim.content, claim.words, -confidence, labels)


def _columns(claims_by_report: Sequence[Sequence[PredictedClaim]], codes: dict[str | None, int]) -> Claims:
    report: list[int] = []
    first = [0]
    start: list[int] = []
    end: list[int] = []
    labels: list[list[int]] = []
    words: list[int] = []
    for number, claims in enumerate(claims_by_report):
        for claim in (claims[index] for index in ranks(claims)):
            report.append(number)
            start += [fragment.start for fragment in claim.content]
            end += [fragment.end for fragment in claim.content]
            first.append(len(start))
            labels.append([codes.setdefault(getattr(claim, name), len(codes)) for name in LABELS])
            words.append(0 if claim.content else sum(map(ink_length, claim.words)))
    return Claims(
        n_reports=len(claims_by_report),
        report=np.array(report, dtype=np.int64),
        first=np.array(first, dtype=np.int64),
        start=np.array(start, dtype=np.int64),
        end=np.array(end, dtype=np.int64),
        labels=np.array(labels, dtype=np.int64).reshape(len(report), len(LABELS)),
        words=np.array(words, dtype=np.int64),
    )
