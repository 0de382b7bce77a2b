"""Quotations as language models copy them: cut from generated documents, perturbed, and some that stand nowhere.

Documents of about 3,200 characters are made of sentences of the published reports; a quotation is about 134 characters
long and begins and ends with a word. One in eleven is cut from a document of other dossiers, so that it stands in none
of this one's sentences. Numbers stay as they are; `number` changes one, and such a quotation stands nowhere either.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.data.published import read_reports
from onrecord.data.sentences import sentences
from onrecord.eval.skeleton import letters
from onrecord.schema.vocabulary import SPLITS

DOCUMENT: Final = 3200
QUOTATION: Final = 134


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words, how they were changed, and where they stand: offsets in code points, or None."""

    words: str
    change: str
    span: tuple[int, int] | None


def _verbatim(words: str, _: random.Random) -> str:
    return words


def _quotes(words: str, _: random.Random) -> str:
    return words.translate(str.maketrans("“”‘’\"'—–", "\"\"''“’--"))


def _spaces(words: str, chance: random.Random) -> str:
    return re.sub(" ", lambda _: chance.choice((" ", " ", "  ", "\n", "\u00a0")), words)


def _case(words: str, chance: random.Random) -> str:
    return chance.choice((words.upper(), words.lower(), words.title()))


def _punctuation(words: str, _: random.Random) -> str:
    return re.sub(r"(?<!\d)[,;:.](?!\d)", "", words)


def _width(words: str, _: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in words)


def _drop(words: str, chance: random.Random) -> str:
    """Leave out one to three words."""
    return _at_words(words, chance, chance.randint(1, 3), lambda _: "")


def _typo(words: str, chance: random.Random) -> str:
    """Change a letter in one word in twelve, at least in two."""
    times = max(2, len(words.split()) // 12)
    return _at_words(words, chance, times, lambda word: _misspelt(word, chance))


def _misspelt(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    letter = chance.choice("etaoinshrdlu")
    return chance.choice(
        (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :])
    )


def _insert(words: str, chance: random.Random) -> str:
    """Put one to three words in."""
    return _at_words(
        words, chance, chance.randint(1, 3), lambda w: f"{w} {chance.choice(('really', 'also', 'then', 'however'))}"
    )


def _ellipsis(words: str, chance: random.Random) -> str:
    """Leave two to six words out of the middle, and say so."""
    parts = words.split(" ")
    length = min(chance.randint(2, 6), max(len(parts) - 6, 1))
    first = chance.randint(3, max(3, len(parts) - length - 3))
    if re.search(r"\d", " ".join(parts[first : first + length])):
        return words
    return " ".join([*parts[:first], chance.choice(("...", "…", "[...]")), *parts[first + length :]])


def _mixed(words: str, chance: random.Random) -> str:
    for change in chance.sample((_quotes, _spaces, _case, _punctuation, _drop, _typo, _insert), 3):
        words = change(words, chance)
    return words


def _number(words: str, chance: random.Random) -> str:
    """Change a digit of a number, or put a number in."""
    digits = [m.start() for m in re.finditer(r"\d", words)]
    if not digits:
        return _at_words(words, chance, 1, lambda word: f"{word} 17")
    at = chance.choice(digits)
    return f"{words[:at]}{(int(words[at]) + chance.randint(1, 9)) % 10}{words[at + 1 :]}"


def _at_words(words: str, chance: random.Random, times: int, change: Callable[[str], str]) -> str:
    """Return `words` with `change` applied to some of them; those with digits are left alone."""
    parts = words.split(" ")
    able = [number for number, part in enumerate(parts) if part.isalpha()]
    for number in chance.sample(able, min(times, len(able))):
        parts[number] = change(parts[number])
    return " ".join(part for part in parts if part)


CHANGES: Final[dict[str, Callable[[str, random.Random], str]]] = {
    "verbatim": _verbatim,
    "quotes": _quotes,
    "spaces": _spaces,
    "case": _case,
    "punctuation": _punctuation,
    "width": _width,
    "drop": _drop,
    "typo": _typo,
    "insert": _insert,
    "ellipsis": _ellipsis,
    "mixed": _mixed,
}


def generate(documents: int, seed: int, length: int = QUOTATION) -> list[tuple[str, list[Quotation]]]:
    """Return documents and their quotations, one of each kind; equal arguments give equal values."""
    chance = random.Random(seed)  # noqa: S311  a benchmark, not a secret
    pools = _pools()
    made = []
    for number in range(documents):
        text = _document(pools[number % 2], chance)
        quotations: list[Quotation] = []
        starts: set[int] = set()
        for name, change in CHANGES.items():
            span = _cut(text, chance, length, starts)
            quotations.append(Quotation(change(text[slice(*span)], chance), name, span))
        start, end = _cut(text, chance, length, starts)
        quotations.append(Quotation(_number(text[start:end], chance), "number", None))
        other = _document(pools[1 - number % 2], chance)
        quotations.append(Quotation(other[slice(*_cut(other, chance, length, set()))], "absent", None))
        made.append((text, quotations))
    return made


def _pools() -> tuple[list[str], list[str]]:
    """Return the sentences of the published reports in two pools that share no dossier."""
    pools: dict[str, list[str]] = {}
    for split in SPLITS:
        for report in read_reports(split):
            pools.setdefault(report.dossier, []).extend(report.text[s.start : s.end] for s in sentences(report.text))
    halves: tuple[list[str], list[str]] = ([], [])
    for number, dossier in enumerate(sorted(pools)):
        halves[number % 2].extend(dict.fromkeys(pools[dossier]))
    return halves


def _document(pool: Sequence[str], chance: random.Random) -> str:
    taken: list[str] = []
    while sum(map(len, taken)) < DOCUMENT:
        taken.append(chance.choice(pool) + chance.choice((" ", " ", " ", "\n\n")))
    return "".join(taken).strip()


def _cut(text: str, chance: random.Random, length: int, starts: set[int]) -> tuple[int, int]:
    """Return a stretch of about `length` characters, whole words that stand only once in `text`; add to `starts`."""
    words = [match.span() for match in re.finditer(r"\d+(?:[.,]\d+)*|[^\W_]+", text)]
    while True:
        number = chance.randrange(len(words))
        start = words[number][0]
        wanted = start + int(length * chance.uniform(0.6, 1.4))
        end = next((end for _, end in words[number:] if end >= wanted), 0)
        if start not in starts and end and letters(text).count(letters(text[start:end])) == 1:
            starts.add(start)
            return start, end
