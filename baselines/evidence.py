"""Evidence: what the tagger sees of each word, in columns of symbols, and which of them make its features.

The word and its neighbours, its shape and ending, its kind (`kinds`), the frame of a cue verb (`lexicon`), the
quotation it stands in, its place in sentence and paragraph, and what the rules of `cues` make of it. The rules carry
over to any text; the words are what training adds.

Every symbol is a number of its column's alphabet, so a page is a matrix of small numbers; a feature is a template with
the symbols that its columns show at given distances from the word (`features`). What is to be learnt from grows the
alphabets; where a field is trained they are those of its features, and any other symbol is one. What a word shows by
itself is looked up once for each form, where most forms come again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from onrecord.baselines.kinds import kind_of
from onrecord.baselines.lexicon import VERBS
from onrecord.baselines.scene import Found, Pattern
from onrecord.baselines.words import Words

Numbers = NDArray[np.int64]

ALPHABETS: Final = {
    "word": "word", "ending": "ending", "end": "end", "shape": "shape", "kind": "kind", "verb": "kind", "cue": "cue",
    "quote": "quote", "role": "role", "short": "short", "place": "place", "pattern": "pattern", "quoting": "quoting",
    "left": "cue", "right": "cue", "before": "gap", "behind": "gap", "opening": "word", "break": "break",
}  # fmt: skip
"""The columns, each with its alphabet."""

Template = tuple[tuple[str, int], ...]
"""Columns, each with the distance from the word at which it is read."""
TEMPLATES: Final[dict[str, Template]] = {
    "w": (("word", 0),),
    "e": (("ending", 0),),
    "e2": (("end", 0),),
    "h": (("shape", 0),),
    "w-1": (("word", -1),),
    "w+1": (("word", 1),),
    "w-2": (("word", -2),),
    "w+2": (("word", 2),),
    "k": (("kind", -1), ("verb", 0), ("kind", 1)),
    "k+": (("verb", 0), ("verb", 1), ("kind", 2)),
    "k-": (("kind", -2), ("verb", -1), ("kind", 0)),
    "k5": (("kind", -2), ("kind", -1), ("kind", 0), ("kind", 1), ("kind", 2)),
    "q": (("quote", 0),),
    "q2": (("quote", -1), ("quote", 0), ("quote", 1)),
    "r": (("role", 0),),
    "r2": (("role", -1), ("role", 0)),
    "r3": (("role", 0), ("role", 1)),
    "r5": (("short", -2), ("short", -1), ("short", 0), ("short", 1), ("short", 2)),
    "rq": (("role", 0), ("quote", 0)),
    "p": (("place", 0),),
    "pk": (("place", 0), ("kind", 0)),
    "L": (("left", 0), ("before", 0)),
    "R": (("right", 0), ("behind", 0)),
    "s": (("pattern", 0),),
    "sq": (("quoting", 0),),
    "fw": (("opening", 0), ("break", 0), ("kind", 0)),
    "b-": (("word", -1), ("word", 0)),
    "b+": (("word", 0), ("word", 1)),
    "bo": (("word", -1), ("word", 1)),
    "wk": (("word", 0), ("kind", -1), ("kind", 1)),
    "rw": (("role", 0), ("word", 0)),
    "wq": (("word", 0), ("quote", 0)),
    "w-1q": (("word", -1), ("quote", 0)),
    "wp": (("word", 0), ("place", 0)),
    "h3": (("shape", -1), ("shape", 0), ("shape", 1)),
    "hk": (("shape", 0), ("kind", -1), ("kind", 1)),
}
RICH: Final = frozenset(["wq", "w-1q", "wp", "h3", "hk"])
"""The templates that only a large corpus teaches: a small one learns accidents by them."""
JOINED: Final = frozenset(["k", "k+", "k-", "k5", "r5", "wk"])
"""The templates that leave out blanks, what is beyond the text and words without a role: only the order counts."""
MARGIN: Final = 2
"""The empty places at either end of a page: how far a template looks."""

_LETTERS: Final = "csqmv"
_PATTERNS: Final = sorted(name[:4] for name in get_args(Pattern))
_ROLES: Final = [letter + edge + pattern for letter in _LETTERS for edge in "bi" for pattern in _PATTERNS]
_NONE: Final = "-"
"""The pattern of a sentence in which the rules see nothing; behind all others in order."""
_GAPS: Final = ("0", "1", "2", "3", *["4"] * 4, *["8"] * 8, *["16"] * 14, "30")
"""What a gap of so many words, or of more, is called."""
_QUOTING: Final = (".", "t", "q", "qt")
"""What a sentence has: neither, a *that*, a quotation, both."""
_MOST_KEPT: Final = 30_000
"""The most forms that are kept: more than a newspaper needs."""
_THAT, _CUE = 1, 2


class Alphabet(dict[str, int]):
    """The numbers of symbols: 0 is a blank; a symbol that is not there is added, or is 1 where the alphabet is
    `closed`.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        super().__init__({"": 0})
        self.closed = False
        for symbol in known:
            self[symbol]

    def __missing__(self, symbol: str) -> int:
        if self.closed:
            return 1
        self[symbol] = number = len(self) + 1
        return number


class _Forms(dict[str, int]):
    """The rows of the forms met so far, in a growing sheet of what a form shows by itself."""

    def __init__(self, alphabets: dict[str, Alphabet]) -> None:
        super().__init__()
        names = ("word", "ending", "end", "shape", "kind", "verb", "cue")
        self._alphabets = [alphabets[ALPHABETS[name]] for name in names]
        self._new: list[tuple[int, ...]] = []
        self._sheet: NDArray[np.int32] = np.zeros((len(names) + 1, 0), dtype=np.int32)

    def __missing__(self, form: str) -> int:
        self._new.append(self._shown(form))
        self[form] = number = len(self)
        return number

    def _shown(self, form: str) -> tuple[int, ...]:
        lower, kind = form.lower(), kind_of(form)
        word, ending, end, shape, kinds, verbs, cues = self._alphabets
        shown = word[lower], ending[lower[-3:]], end[lower[-2:]], shape[_shape(form)], kinds[kind]
        if kind != "v":
            return *shown, verbs[kind], 0, _THAT * (lower == "that")
        frame, inflection, verb = VERBS[form]
        return *shown, verbs[f"{frame}.{inflection}"], cues[verb], _CUE

    def shown(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Return a column for each word: its symbols, and what it is to others."""
        if len(self) > _MOST_KEPT:
            self.clear()
        rows = np.fromiter(map(self.__getitem__, words), dtype=np.int32, count=len(words))
        if self._new:
            before = len(self) - len(self._new)
            if len(self) > self._sheet.shape[1]:
                self._sheet = np.pad(self._sheet, ((0, 0), (0, len(self))))
            self._sheet[:, before : len(self)] = np.array(self._new, dtype=np.int32).T
            self._new.clear()
        return self._sheet.take(rows, axis=1)


class Evidence:
    """What is seen of words, in alphabets that grow, or in those of `features` alone: templates with their symbols."""

    def __init__(self, features: Iterable[Sequence[str]] | None = None) -> None:
        self.alphabets = {name: Alphabet() for name in ALPHABETS.values()}
        fixed = {"role": _ROLES, "pattern": [*_PATTERNS, _NONE], "quoting": _QUOTING, "gap": _GAPS}
        self.alphabets |= {name: Alphabet(symbols) for name, symbols in fixed.items()}
        for template, *symbols in features or ():
            for (column, _), symbol in zip(TEMPLATES[template], symbols, strict=template not in JOINED):
                self.alphabets[ALPHABETS[column]][symbol]
        if features is not None:
            for alphabet in self.alphabets.values():
                alphabet.closed = True
        self._forms = _Forms(self.alphabets)
        role, short, pattern, gap = (self.alphabets[name] for name in ("role", "short", "pattern", "gap"))
        self._roles = {
            name: [(role[letter + "b" + name[:4]], role[letter + "i" + name[:4]]) for letter in _LETTERS]
            for name in get_args(Pattern)
        }
        """For each construction the begin and the inside of each role, as `_LETTERS` has them."""
        self._short_of = np.array([short[name[:2]] for name in ("", "", *_ROLES)])
        self._pattern_of = np.array([pattern[name[2:] or _NONE] for name in ("", "", *_ROLES)])
        self._gap_of = np.array([gap[name] for name in _GAPS])

    def of(self, page: Words, rules: Sequence[Found]) -> Numbers:
        """Return the columns of `page`, with margins; `rules` are what `finding.search` found in it."""
        count = len(page.words)
        columns = np.zeros((len(ALPHABETS), count + 2 * MARGIN), dtype=np.int64)
        if not count:
            return columns
        inner = dict(zip(ALPHABETS, columns[:, MARGIN:-MARGIN], strict=True))
        *shown, flags = self._forms.shown(page.words)
        columns[: len(shown), MARGIN:-MARGIN] = shown
        quoted = np.zeros(count, dtype=np.bool_)
        self._quotes(page, inner["quote"], quoted)
        self._rule(rules, inner["role"])
        inner["short"][:] = self._short_of.take(inner["role"])
        first = np.array([first for first, _ in page.sentences])
        sizes = np.diff(first, append=count)
        broken = np.zeros(count + 1, dtype=np.bool_)
        broken[page.edges] = True
        self._places(inner["place"], first, sizes, broken)
        quoting = np.logical_or.reduceat(flags == _THAT, first) + 2 * np.logical_or.reduceat(quoted, first)
        shown_by_sentence = {
            "pattern": np.minimum.reduceat(self._pattern_of.take(inner["role"]), first),
            "quoting": quoting + self.alphabets["quoting"][_QUOTING[0]],
            "opening": inner["word"][first],
            "break": broken[first] * self.alphabets["break"]["|"],
        }
        for name, values in shown_by_sentence.items():
            inner[name][:] = np.repeat(values, sizes)
        self._cues(inner, (flags == _CUE) & ~quoted, np.repeat(first, sizes), np.repeat(first + sizes, sizes))
        return columns

    def _quotes(self, page: Words, quote: Numbers, quoted: NDArray[np.bool_]) -> None:
        """Fill in where words stand in a quotation: its begin, middle or end, its length, and what follows it."""
        numbers = self.alphabets["quote"]
        for one in page.quotes:
            size = one.last - one.first
            long = "s" if size < 4 else "m" if size < 8 else "l"
            ender = page.words[one.last - 1]
            shown = long + (ender if ender in (",", ".", "?", "!") else "_")
            quoted[one.first : one.last + 1] = True
            quote[one.first : one.last + 1] = numbers[shown + "i"]
            quote[one.first] = numbers[shown + "b"]
            quote[one.last] = numbers[shown + "e"]

    def _rule(self, rules: Sequence[Found], role: Numbers) -> None:
        """Fill in the role that the rules give words, with the construction they found it by."""
        for found in rules:
            if found.inside is not None:
                continue
            spans = (
                found.content,
                (found.source,) if found.source else (),
                found.cue,
                (found.complementiser,) if found.complementiser else (),
                found.via,
            )
            for (begin, inside), ranges in zip(self._roles[found.pattern], spans, strict=True):
                for first, end in ranges:
                    role[first:end] = inside
                    role[first] = begin

    def _places(self, place: Numbers, first: Numbers, sizes: Numbers, broken: NDArray[np.bool_]) -> None:
        """Fill in where words stand in their sentence, and the sentence in its paragraph."""
        numbers = self.alphabets["place"]
        place[:] = numbers["m"]
        place[first + sizes - 1] = numbers["e"]
        place[first] = np.where(broken[first], numbers["P"], numbers["b"])
        place[first[sizes > 2] + 1] = numbers["c"]

    def _cues(self, inner: dict[str, Numbers], cue: NDArray[np.bool_], first: Numbers, end: Numbers) -> None:
        """Fill in the last possible cue before words and the next one from them on, in their sentence, and its gap."""
        places = np.flatnonzero(cue)
        if not len(places):
            return
        passed, here = cue.cumsum() - cue, np.arange(len(cue))
        left, right = places[passed - 1], places[np.minimum(passed, len(places) - 1)]
        for side, gap, at, there, away in (
            ("left", "before", left, (passed > 0) & (left >= first), here - left),
            ("right", "behind", right, (passed < len(places)) & (right < end), right - here),
        ):
            inner[side][there] = inner["cue"][at[there]]
            inner[gap][there] = self._gap_of[np.minimum(away[there], len(_GAPS) - 1)]


def _shape(word: str) -> str:
    if word.islower():
        return "a"
    if word[0].isdigit():
        return "0"
    if word.isupper():
        return "A" if len(word) > 1 else "I"
    return "Aa" if word[0].isupper() else "."
