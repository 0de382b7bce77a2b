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
    if not condition:
        raise ValueError(f"{place}: {value!r} is wrong: {fix}")


def require_id(pattern: re.Pattern[str], place: str, value: object) -> None:
    known = isinstance(value, str) and pattern.fullmatch(value) is not None
    require(known, place, value, f"give an id of the form {pattern.pattern}")


def require_member(members: tuple[str, ...], place: str, value: object) -> None:
    require(value in members, place, value, f"use one of {', '.join(members)}")


def require_text(place: str, value: object) -> None:
    require(isinstance(value, str) and value == value.strip() != "", place, value, "give text without white space around it")


def require_date(place: str, value: str | None) -> None:
    if value is not None:
        try:
            date.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValueError(f"{place}: {value!r} is wrong: give an ISO date (YYYY-MM-DD) or null") from None
