"""What similarity must not blur: numbers (5 % is never taken for 6 %) and negation (nor *can* for *cannot*)."""

from __future__ import annotations

import re
from typing import Final

from onrecord.eval.skeleton import HALF_WIDTH

_DIGIT: Final = r"[\d²³¹¼-¾⁰-₉⅐-⅟①-⒛]"
_NUMBER: Final = re.compile(rf"{_DIGIT}+(?:[.,]{_DIGIT}+)*")
_GROUPING: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def numbers(text: str) -> list[str]:
    """Return the numbers in `text`, in order, written alike: half width, no commas between thousands."""
    found = _NUMBER.findall(text)
    if not all(map(str.isascii, found)):
        found = _NUMBER.findall(text.translate(HALF_WIDTH))
    return [_GROUPING.sub("", number) for number in found]


_NEGATION: Final = re.compile(
    r"\b(?:not|no|never|nor|none|nobody|nothing|neither|without|cannot)\b|n['’]t\b", re.IGNORECASE
)


def negations(text: str) -> int:
    """Return how many negating words `text` has (English; *n't* and *cannot* count as *not*)."""
    return len(_NEGATION.findall(text))


def cuts_number(text: str, at: int) -> bool:
    """Whether a number of `text` goes on across the offset `at`."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isdigit() and after.isdigit():
        return True
    if after in ".," and before.isdigit():
        return text[at + 1 : at + 2].isdigit()
    return before in ".," and after.isdigit() and text[max(at - 2, 0) : at - 1].isdigit()
