"""Evidence: what the tagger sees of each word, as names of features that hold.

The word and its neighbours, its shape and ending, its kind (`phrases`), the frame of a cue verb (`lexicon`), the
quotation it stands in, its place in sentence and paragraph, and what the rules of `cues` make of it. The rules carry
over to any text; the words are what training adds.

Features are made in groups, each from a key of a few values (the form of a word, the kinds of five words in a row). The
features of a key are made once and kept, where most keys come again. A trained field knows few of the names that can be
made; those that it does not know weigh nothing, and are left out where they are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain, pairwise
from typing import Any, Final

from onrecord.baselines.lexicon import VERBS
from onrecord.baselines.phrases import kinds_of
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words

_ROLE_LETTERS: Final = ("c", "s", "q", "m", "v")
_FAR: Final = 30
_MOST_KEPT: Final = 30_000
"""The most keys of a group that are kept: more than a newspaper needs."""

Row = tuple[str, ...]


class _Group(dict[Any, Row]):
    """The features of each key met so far."""

    def __init__(self, names: Callable[..., Row], known: Set[str] | None) -> None:
        super().__init__()
        self._names, self._known = names, known

    def __missing__(self, key: Any) -> Row:
        if len(self) >= _MOST_KEPT:
            self.clear()
        names = self._names(*key) if isinstance(key, tuple) else self._names(key)
        self[key] = row = names if self._known is None else tuple(name for name in names if name in self._known)
        return row


class Evidence:
    """What is seen of words: every feature, or only those in `known`."""

    def __init__(self, known: Set[str] | None = None) -> None:
        self._known = known
        self._groups = [_Group(names, known) for names in _GROUPS]

    def of(self, page: Words, rules: Sequence[Found]) -> list[list[str]]:
        """Return the features of each word of `page`; `rules` are what `finding.search` found in it."""
        column = _Columns(page, rules)
        seen = [map(group.__getitem__, keys) for group, keys in zip(self._groups, column.keys(), strict=True)]
        rare: Iterable[Iterable[str]] = zip(*column.rare(), strict=True)
        if (known := self._known) is not None:
            rare = ([name for name in names if name in known] for names in rare)
        return [list(chain.from_iterable(parts)) for parts in zip(*seen, rare, strict=True)]


class _Columns:
    """What is known of each word of a page, with two empty places at either end."""

    def __init__(self, page: Words, rules: Sequence[Found]) -> None:
        kinds, ruled = kinds_of(page), _roles(page, rules)
        verbs = [_verb(word) if kind == "v" else kind for word, kind in zip(page.words, kinds, strict=True)]
        lower = [word.lower() for word in page.words]
        self.page, self.kinds, self.lower, self.ruled = page, kinds, lower, ruled
        padded = (["", "", *column, "", ""] for column in (lower, kinds, verbs, ruled, _quotes(page)))
        self.w, self.k, self.v, self.r, self.q = padded

    def keys(self) -> Iterator[Iterable[Any]]:
        """Yield the keys of the words in each group, in the order of `_GROUPS`."""
        w, v, r, q = self.w, self.v, self.r, self.q
        yield self.page.words
        yield w[1:-3]
        yield w[3:-1]
        yield w[:-4]
        yield w[4:]
        yield zip(v[:-4], v[1:-3], v[2:-2], v[3:-1], v[4:], strict=True)
        yield zip(q[1:-3], q[2:-2], q[3:-1], strict=True)
        yield zip(r[:-4], r[1:-3], self.ruled, r[3:-1], r[4:], strict=True)
        yield zip(self.ruled, q[2:-2], strict=True)
        yield zip(_places(self.page), self.kinds, strict=True)
        yield zip(*_cues_around(self.page, self.kinds), strict=True)
        yield zip(_sentences(self.page, self.lower, self.ruled), self.kinds, strict=True)

    def rare(self) -> Iterator[list[str]]:
        """Yield features that hold of so few words that to keep them is dearer than to make them."""
        w, k = self.w, self.k
        pairs = [f"{before}|{word}" for before, word in pairwise(w[1:-1])]
        yield ["b-=" + pair for pair in pairs[:-1]]
        yield ["b+=" + pair for pair in pairs[1:]]
        yield [f"bo={before}|{after}" for before, after in zip(w[1:-3], w[3:-1], strict=True)]
        yield ["wk=" + word + before + after for word, before, after in zip(self.lower, k[1:-3], k[3:-1], strict=True)]
        yield [f"rw={role}|w={word}" for role, word in zip(self.ruled, self.lower, strict=True)]


def _form(written: str) -> Row:
    word = written.lower()
    return "w=" + word, "e=" + word[-3:], "e2=" + word[-2:], "h=" + _shape(written)


def _before(word: str) -> Row:
    return ("w-1=" + word,)


def _after(word: str) -> Row:
    return ("w+1=" + word,)


def _farther_before(word: str) -> Row:
    return ("w-2=" + word,)


def _farther_after(word: str) -> Row:
    return ("w+2=" + word,)


def _kinds(*verbs: str) -> Row:
    """Name what five words in a row are; `verbs` are kinds, a cue verb with its frame and form."""
    a, b, c, d, e = ("v" if verb[:1] == "<" else verb for verb in verbs)
    _, before, word, after, _ = verbs
    return f"k={b}{word}{d}", f"k+={word}{after}{e}", f"k-={a}{before}{c}", f"k5={a}{b}{c}{d}{e}"


def _quoted(before: str, word: str, after: str) -> Row:
    return "q=" + word, f"q2={before}>{word}>{after}"


def _ruled(a: str, b: str, c: str, d: str, e: str) -> Row:
    """Name the roles that the rules give five words in a row."""
    return "r=" + c, f"r2={b}>{c}", f"r3={c}>{d}", f"r5={a[:2]}{b[:2]}{c[:2]}{d[:2]}{e[:2]}"


def _ruled_quoted(role: str, quote: str) -> Row:
    return (f"rq={role}|{quote}",)


def _placed(place: str, kind: str) -> Row:
    return "p=" + place, f"pk={place}{kind}"


def _cues(left: str, right: str) -> Row:
    return "L=" + left, "R=" + right


def _sentence(shown: tuple[str, str, str], kind: str) -> Row:
    pattern, quoting, opening = shown
    return pattern, quoting, opening + kind


_GROUPS: Final[tuple[Callable[..., Row], ...]] = (
    _form, _before, _after, _farther_before, _farther_after, _kinds, _quoted, _ruled, _ruled_quoted, _placed, _cues,
    _sentence,
)  # fmt: skip


def _sentences(page: Words, lower: Sequence[str], ruled: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield, for each word, what its sentence shows: a construction the rules saw, quotation marks or a *that*, and
    its first word.
    """
    for first, end in page.sentences:
        patterns = sorted({role[2:] for role in ruled[first:end] if role})
        quoting = f"sq={any(page.inside[first:end])}{'t' if 'that' in lower[first:end] else ''}"
        opening = "fw=" + lower[first] + ("|" if first in page.breaks else "")
        shown = ("s=" + (patterns[0] if patterns else "-"), quoting, opening)
        yield from [shown] * (end - first)


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


def _roles(page: Words, rules: Sequence[Found]) -> list[str]:
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
