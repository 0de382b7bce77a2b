"""Adjudication: the gold as it was before the second annotation was held against it.

`adjudicated.yaml` lists the claims that adjudication changed, with the labels that they had, and `ADJUDICATION.md` says
why. The agreement of two annotations is what it was *before* they were reconciled, so that is what has to be computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any, Final

import yaml

from onrecord.schema.records import Claim, Report

_ABSENT: Final = "absent"


def changes() -> Mapping[str, Any]:
    """Return, by claim id, the labels that adjudication changed, as they were, or `absent` for a claim it added."""
    entries = yaml.safe_load(files("onrecord.data").joinpath("adjudicated.yaml").read_text(encoding="utf-8"))
    return {entry["claim"]: entry["was"] for entry in entries}


def unadjudicated(reports: Sequence[Report]) -> tuple[Report, ...]:
    """Return `reports` with the labels that their claims had before adjudication."""
    was = changes()
    return tuple(
        replace(report, claims=tuple(_before(claim, was) for claim in report.claims if was.get(claim.id) != _ABSENT))
        for report in reports
    )


def _before(claim: Claim, was: Mapping[str, Any]) -> Claim:
    return replace(claim, **was.get(claim.id, {}))
