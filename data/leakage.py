"""The article's prose must not be in the data: no text shares eight words in a row with it outside quoted speech.

The article is not part of the project, so what ships is a hash of every run of eight words in it: file
`article-8grams.txt` in the folder of its dossier. Words are runs of letters a-z, digits and apostrophes in lower case;
typographic apostrophes count as straight ones; a quotation (`onrecord.schema.quotation`) ends a run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from onrecord.schema.quotation import quotations

LENGTH: Final = 8
FILE: Final = "article-8grams.txt"
_DIGITS: Final = 16
_WORD: Final = re.compile(r"[a-z0-9']+|\|")
_HEADER: Final = f"""\
# The source article of this dossier, as hashes: the first {_DIGITS} hexadecimal digits of the sha256 of every run of
# {LENGTH} words outside quotation marks, sorted. They show that no report repeats its prose, without holding it. See
# onrecord.data.leakage.
"""


def runs(text: str) -> Iterator[str]:
    """Yield every run of eight words of `text` outside quotation marks, normalised, joined by spaces."""
    unquoted, at = "", 0
    for quotation in quotations(text):
        unquoted += f"{text[at : quotation.start]} | "
        at = quotation.end
    words = _WORD.findall((unquoted + text[at:]).lower().replace("’", "'"))
    for start in range(len(words) - LENGTH + 1):
        run = words[start : start + LENGTH]
        if "|" not in run:
            yield " ".join(run)


def run_hash(run: str) -> str:
    """Return the hash under which a run of words is shipped."""
    return hashlib.sha256(run.encode()).hexdigest()[:_DIGITS]


def render_hashes(article: str) -> str:
    """Return the content of the hash file for an article's text."""
    return _HEADER + "".join(f"{line}\n" for line in sorted({run_hash(run) for run in runs(article)}))


def read_hashes(path: Path) -> frozenset[str]:
    """Return the hashes that a hash file holds."""
    return frozenset(line for line in path.read_text(encoding="ascii").splitlines() if line and line[0] != "#")


def leaks(text: str, hashes: Collection[str]) -> list[str]:
    """Return the runs of eight words that `text` shares with the article of these hashes."""
    return [run for run in runs(text) if run_hash(run) in hashes]
