"""Evidence: what the tagger sees of each word, as names of features that hold.

The word and its neighbours, its shape and ending, its kind (`phrases`), the frame of a cue verb (`lexicon`), the
quotation it stands in, its place in sentence and paragraph, and what the rules of `cues` make of it. The rules carry
over to any text; the words are what training adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from onrecord.baselines.lexicon import VERBS
from onrecord.baselines.phrases import kinds_of
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_ROLE_LETTERS: Final = ("c", "s", "q", "m", "v")
_FAR: Final = 30


def evidence(page: Words, rules: Sequence[Found]) -> list[list[str]]:
    """Return the features of each word of `page`; `rules` are what `finding.search` found in it."""
    kinds = kinds_of(page)
    rows = _words(page, kinds)
    _around(page, kinds, rows)
    ruled = _ruled(page, rules)
    quotes, places = _quotes(page), _places(page)
    left, right = _cues_around(page, kinds)
    r, q = ["", "", *ruled, "", ""], ["", "", *quotes, "", ""]
    for i, row in enumerate(rows):
        j = i + 2
        row += [
            "q=" + q[j],
            "q2=" + q[j - 1] + ">" + q[j] + ">" + q[j + 1],
            "r=" + r[j],
            "r2=" + r[j - 1] + ">" + r[j],
            "r3=" + r[j] + ">" + r[j + 1],
            "r5=" + r[j - 2][:2] + r[j - 1][:2] + r[j][:2] + r[j + 1][:2] + r[j + 2][:2],
            "rw=" + r[j] + "|" + row[0],
            "rq=" + r[j] + "|" + q[j],
            "p=" + places[i],
            "pk=" + places[i] + kinds[i],
            "L=" + left[i],
            "R=" + right[i],
        ]
    for first, end in page.sentences:
        patterns = sorted({ruled[i][2:] for i in range(first, end) if ruled[i]})
        same = "s=" + (patterns[0] if patterns else "-")
        for row in rows[first:end]:
            row.append(same)
    return rows


def _words(page: Words, kinds: list[str]) -> list[list[str]]:
    """Return the features of each word that its neighbours, its form and its kind show."""
    lower = [word.lower() for word in page.words]
    verbs = [_verb(word) if kind == "v" else kind for word, kind in zip(page.words, kinds, strict=True)]
    w, k, v = (["", "", *column, "", ""] for column in (lower, kinds, verbs))
    rows = []
    for i, written in enumerate(page.words):
        j = i + 2
        word, before, after = w[j], w[j - 1], w[j + 1]
        rows.append(
            [
                "w=" + word,
                "w-1=" + before,
                "w+1=" + after,
                "w-2=" + w[j - 2],
                "w+2=" + w[j + 2],
                "b-=" + before + "|" + word,
                "b+=" + word + "|" + after,
                "bo=" + before + "|" + after,
                "e=" + word[-3:],
                "e2=" + word[-2:],
                "h=" + _shape(written),
                "k=" + k[j - 1] + v[j] + k[j + 1],
                "k+=" + v[j] + v[j + 1] + k[j + 2],
                "k-=" + k[j - 2] + v[j - 1] + k[j],
                "k5=" + k[j - 2] + k[j - 1] + k[j] + k[j + 1] + k[j + 2],
                "wk=" + word + k[j - 1] + k[j + 1],
            ]
        )
    return rows


def _around(page: Words, kinds: list[str], rows: list[list[str]]) -> None:
    """Add to `rows` what the sentence of each word shows: its first word, whether it quotes, or has a *that*."""
    for first, end in page.sentences:
        words = [word.lower() for word in page.words[first:end]]
        quoting = f"sq={any(page.inside[first:end])}{'t' if 'that' in words else ''}"
        opening = "fw=" + words[0] + ("|" if first in page.breaks else "")
        for i in range(first, end):
            rows[i] += [quoting, opening + kinds[i]]


def _shape(word: str) -> str:
    if word.islower():
        return "a"
    if word[0].isdigit():
        return "0"
    if word.isupper():
        return "A" if len(word) > 1 else "I"
    return "Aa" if word[0].isupper() else "."


def _verb(word: str) -> str:
    frame, form, _ = VERBS[word]
    return f"<{frame}.{form}>"


def _quotes(page: Words) -> list[str]:
    """Return where each word stands in a quotation: its begin, middle or end, its length, and what follows it."""
    found = [""] * len(page.words)
    for quote in page.quotes:
        size = quote.last - quote.first
        long = "s" if size < 4 else "m" if size < 8 else "l"
        ender = page.words[quote.last - 1]
        closed = ender if ender in (",", ".", "?", "!") else "_"
        for i in range(quote.first, quote.last + 1):
            found[i] = long + closed + "i"
        found[quote.first] = long + closed + "b"
        found[quote.last] = long + closed + "e"
    return found


def _ruled(page: Words, rules: Sequence[Found]) -> list[str]:
    """Return the role that the rules give each word, with the construction they found it by."""
    ruled = ["" for _ in page.words]
    for found in rules:
        if found.inside is not None:
            continue
        spans = (
            found.content,
            [found.source] if found.source else [],
            found.cue,
            [found.complementiser] if found.complementiser else [],
            found.via,
        )
        for letter, ranges in zip(_ROLE_LETTERS, spans, strict=True):
            for first, end in ranges:
                for i in range(first, end):
                    ruled[i] = f"{letter}i{found.pattern[:4]}"
                ruled[first] = f"{letter}b{found.pattern[:4]}"
    return ruled


def _places(page: Words) -> list[str]:
    """Return where each word stands in its sentence, and its sentence in its paragraph."""
    places = ["m"] * len(page.words)
    for first, end in page.sentences:
        places[end - 1] = "e"
        places[first] = "P" if first in page.breaks else "b"
        if first + 1 < end - 1:
            places[first + 1] = "c"
    return places


def _cues_around(page: Words, kinds: list[str]) -> tuple[list[str], list[str]]:
    """Return the last possible cue before each word and the next one behind it, in its sentence, by verb and gap."""
    count = len(page.words)
    left, right = [""] * count, [""] * count
    words, inside = page.words, page.inside
    for first, end in page.sentences:
        cues = [i for i in range(first, end) if kinds[i] == "v" and not inside[i]]
        if not cues:
            continue
        names = [VERBS[words[i]][2] for i in cues]
        n = 0
        for i in range(first, end):
            while n < len(cues) and cues[n] < i:
                n += 1
            if n:
                left[i] = names[n - 1] + _gap(i - cues[n - 1])
            if n < len(cues):
                right[i] = names[n] + _gap(cues[n] - i)
    return left, right


def _gap(words: int) -> str:
    return str(words) if words < 4 else "4" if words < 8 else "8" if words < 16 else "16" if words < _FAR else "30"
