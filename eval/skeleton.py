"""The skeleton of a text: its letters, digits and symbols, each with the offsets that it came from.

What a copy of a text may change without changing what is said is left out or made equal: white space, punctuation
(Unicode general category P, but for %, which a number needs), quotation marks and dashes of all kinds, invisible
characters (Cf, variation selectors), case (Unicode case folding), and width and other compatibility forms (NFKC, but
for superscripts and fractions: 10² is not 102). It is made grapheme cluster by grapheme cluster, so that the skeleton
of a part is a part of the skeleton.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np

from onrecord.eval.columns import Ints
from onrecord.schema.offsets import character_borders

_MEANT: Final = "%‰"
_UNMARKED: Final = "`\u00b4\u02bb\u02bc\u02bd\u2212\ufe0e\ufe0f"  # marks and selectors of other categories
_COMMON: Final = "’‘“”–—…\u2009\u202f„"  # beyond Latin-1, left out, and in nearly every text


HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""The code points of ASCII for their wide forms."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`letters`, and for each of them the borders of its grapheme cluster in code points: `start`, `end` (letters,)."""

    letters: str
    start: Ints
    end: Ints


@lru_cache(maxsize=64)
def letters(text: str) -> str:
    """Return the letters of the skeleton of `text`."""
    data = _bytes(text)
    if data is None:
        return "".join(map(_fold, _clusters(text)))
    return data.translate(_FOLDED, _DROPPED).decode("latin-1")


def skeleton(text: str) -> Skeleton:
    """Return the skeleton of `text`."""
    data = _bytes(text)
    if data is not None:
        start = np.flatnonzero(np.frombuffer(data.translate(_KEPT), dtype=np.uint8))
        return Skeleton(data.translate(_FOLDED, _DROPPED).decode("latin-1"), start, start + 1)
    clusters = _clusters(text)
    folds = [_fold(cluster) for cluster in clusters]
    width = np.array([len(fold) for fold in folds], dtype=np.int64)
    end = np.cumsum([len(cluster) for cluster in clusters], dtype=np.int64)
    start = end - np.array([len(cluster) for cluster in clusters], dtype=np.int64)
    return Skeleton("".join(folds), np.repeat(start, width), np.repeat(end, width))


def _clusters(text: str) -> list[str]:
    if character_borders(text) is None:
        return list(text)
    import regex

    return regex.findall(r"\X", text)


@lru_cache(maxsize=1 << 14)
def _fold(cluster: str) -> str:
    """Return what is left of a grapheme cluster."""
    if cluster in _UNMARKED:
        return ""
    form: Literal["NFC", "NFKC"] = (
        "NFC" if any(unicodedata.category(character) == "No" for character in cluster) else "NFKC"
    )
    folded = unicodedata.normalize(form, unicodedata.normalize(form, cluster).casefold())
    return "".join(character for character in folded if not _left_out(character))


def _left_out(character: str) -> bool:
    if character <= " " or character.isspace() or character in _UNMARKED:
        return True
    category = unicodedata.category(character)
    return category == "Cf" or (category[0] == "P" and character not in _MEANT)


def _bytes(text: str) -> bytes | None:
    """Return `text` in one byte a code point, or None where it does not fit, or where a character folds to several."""
    if not text.isascii():
        for character in _COMMON:
            text = text.replace(character, " ")
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        try:
            data = text.translate(HALF_WIDTH).encode("latin-1")
        except UnicodeEncodeError:
            return None
    return None if data.translate(None, _SIMPLE) else data


def _tables() -> tuple[bytes, bytes, bytes, bytes]:
    """Return, for the code points of Latin-1: folds, which are left out, whether each is kept, which fold to one."""
    folds = [_fold(chr(code)) for code in range(256)]
    simple = bytes(c for c, fold in enumerate(folds) if c != 13 and len(fold) <= 1 and (not fold or ord(fold) < 256))
    folded = bytes(ord(fold) if c in simple and fold else c for c, fold in enumerate(folds))
    dropped = bytes(c for c in simple if not folds[c])
    return folded, dropped, bytes(c not in dropped for c in range(256)), simple


_FOLDED, _DROPPED, _KEPT, _SIMPLE = _tables()
