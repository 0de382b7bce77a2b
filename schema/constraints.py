"""What a single value must be: each check raises `ValueError` with the place, the value and the fix."""

from __future__ import annotations

import re
from datetime import date

from onrecord.schema.vocabulary import FACT_LABEL, SLUG

ID = re.compile(SLUG)
REPORT_ID = re.compile(f"{SLUG}/{SLUG}")
FACT_ID = re.compile(f"{SLUG}/{FACT_LABEL}")
CLAIM_ID = re.compile(f"{SLUG}/{SLUG}#[1-9][0-9]*")
WIKIDATA = re.compile("Q[1-9][0-9]*")


def require(condition: bool, place: str, value: object, fix: str) -> None:
    """Raise `ValueError` unless `condition` holds."""
    if not condition:
        raise ValueError(f"{place}: {value!r} is wrong: {fix}")


def require_id(pattern: re.Pattern[str], place: str, value: object) -> None:
    """Raise `ValueError` unless `value` is a string of the form of `pattern`."""
    known = isinstance(value, str) and pattern.fullmatch(value) is not None
    require(known, place, value, f"give an id of the form {pattern.pattern}")


def require_member(members: tuple[str, ...], place: str, value: object) -> None:
    """Raise `ValueError` unless `value` is one of `members`."""
    require(value in members, place, value, f"use one of {', '.join(members)}")


def require_text(place: str, value: object) -> None:
    """Raise `ValueError` unless `value` is text without white space around it."""
    tight = isinstance(value, str) and value == value.strip() != ""
    require(tight, place, value, "give text without white space around it")


def require_date(place: str, value: str | None) -> None:
    """Raise `ValueError` unless `value` is an ISO date or None."""
    if value is not None:
        try:
            plain = date.fromisoformat(value).isoformat() == value
        except (TypeError, ValueError):
            plain = False
        require(plain, place, value, "give an ISO date (YYYY-MM-DD) or null")
