"""Features: what a text's evidence shows, by template and symbols, as the numbers that a field is fitted to, or as the
weights of a field that was.

A feature is written as its template and its symbols with a space between each: `b- orsk said` holds of a *said* behind
*orsk*. No symbol has a space, so the name tells them. A template's features are found by *codes*, one number for the
symbols that it sees at a word. For a field all that matters of a feature is its weights, so what it knows of a template
is a table of codes with a row of weights for each: a page's scores are the sum of the rows that its words look up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from onrecord.baselines.chains import Floats
from onrecord.baselines.evidence import ALPHABETS, JOINED, MARGIN, RICH, TEMPLATES, Alphabet, Evidence, Numbers
from onrecord.baselines.scene import Found
from onrecord.baselines.weights import Singles, Weights
from onrecord.baselines.words import Words

_FEWEST: Final = 2
"""How often a feature has to be seen to be learnt."""
_SMALL: Final = 1 << 16
"""Up to how many codes a template has a place for each."""
_COLUMN: Final = {column: at for at, column in enumerate(ALPHABETS)}


def collect(
    evidence: Evidence, pages: Sequence[Numbers], *, fewest: int = _FEWEST, rich: bool = False
) -> tuple[list[str], list[NDArray[np.int32]]]:
    """Return the features of `pages`, columns of `evidence`, that are seen `fewest` times or more; and for each word of
    each page a row with the number of its feature of each template, -1 for one that is seen too seldom. The `RICH`
    templates are left out unless `rich`.
    """
    edges = np.cumsum([page.shape[1] - 2 * MARGIN for page in pages])[:-1]
    names: list[str] = []
    columns: list[NDArray[np.int32]] = []
    for name in (name for name in TEMPLATES if rich or name not in RICH):
        coding = _Coding(evidence.alphabets, name)
        codes, number, counts = np.unique(
            np.concatenate([coding.codes(page) for page in pages]), return_inverse=True, return_counts=True
        )
        often = counts >= fewest
        columns.append(np.where(often, len(names) + often.cumsum() - 1, -1)[number].astype(np.int32))
        names += (" ".join((name, *symbols)) for symbols in coding.symbols(codes[often]))
    return names, np.split(np.stack(columns, axis=1), edges)


class Scorer:
    """The weights of a trained field, looked up by what a page shows."""

    def __init__(self, weights: Weights) -> None:
        known = [_parts(name) for name in weights.features]
        self._evidence = Evidence(known)
        self._labels = len(weights.labels)
        rows: dict[str, list[int]] = {}
        for at, (template, *_) in enumerate(known):
            rows.setdefault(template, []).append(at)
        self._tables = [
            _Table(
                _Coding(self._evidence.alphabets, template),
                [known[at][1:] for at in places],
                weights.states[places],
            )
            for template, places in rows.items()
        ]

    def scores(self, page: Words, rules: Sequence[Found]) -> Floats:
        """Return the sum of the weights of what is seen of each word, for each label."""
        columns = self._evidence.of(page, rules)
        found = np.zeros((len(page.words), self._labels))
        for table in self._tables:
            found += table.weights(columns)
        return found


def _parts(name: str) -> list[str]:
    """Return the template and the symbols of a feature; raise `ValueError` where they do not go together."""
    template, *symbols = name.split(" ")
    places = len(TEMPLATES.get(template, ()))
    least = 0 if template in JOINED else places
    if not places or not least <= len(symbols) <= places:
        raise ValueError(f"it has a feature of another task, {name!r}")
    return [template, *symbols]


class _Coding:
    """How the symbols of a template make one number, its code: each is a digit."""

    def __init__(self, alphabets: Mapping[str, Alphabet], name: str) -> None:
        template = TEMPLATES[name]
        self._alphabets = [alphabets[ALPHABETS[column]] for column, _ in template]
        self._bases = [len(alphabet) + 1 for alphabet in self._alphabets]
        self._joined = name in JOINED
        if self._joined:  # a digit may stand in the place of any other
            self._bases = [max(self._bases)] * len(template)
        self._parts = [(_COLUMN[column], MARGIN + distance, distance - MARGIN or None) for column, distance in template]

    @property
    def count(self) -> int:
        """How many codes there are."""
        return prod(self._bases)

    def codes(self, columns: Numbers) -> Numbers:
        """Return the code at each word of a page."""
        codes, *others = (columns[column, first:end] for column, first, end in self._parts)
        for base, digits in zip(self._bases[1:], others, strict=True):
            longer = codes * base + digits
            codes = np.where(digits, longer, codes) if self._joined else longer
        return codes

    def code(self, symbols: Sequence[str]) -> int:
        """Return the code of `symbols`."""
        code = 0
        for base, alphabet, symbol in zip(self._bases, self._alphabets, symbols, strict=not self._joined):
            code = code * base + alphabet[symbol]
        return code

    def symbols(self, codes: Numbers) -> Iterator[Sequence[str]]:
        """Yield the symbols of each of `codes`."""
        written = [["", *alphabet] for alphabet in self._alphabets]  # from 2 on, behind a blank and what is no symbol
        columns: list[list[int]] = []
        for base in reversed(self._bases):
            codes, digits = np.divmod(codes, base)
            columns.append(digits.tolist())
        for row in zip(*reversed(columns), strict=True):
            shown = filter(None, row) if self._joined else row
            yield [names[digit] for names, digit in zip(written, shown, strict=not self._joined)]


class _Table:
    """The features of one template that a field knows, and their weights."""

    def __init__(self, coding: _Coding, features: Sequence[Sequence[str]], states: Singles) -> None:
        codes = np.array([coding.code(symbols) for symbols in features])
        order = codes.argsort()
        self._coding, self._codes = coding, codes[order]
        self._rows: Floats = np.concatenate([np.zeros((1, states.shape[1])), states[order]])
        self._places: NDArray[np.int32] | None = None
        if coding.count <= _SMALL:
            self._places = np.zeros(coding.count, dtype=np.int32)
            self._places[self._codes] = np.arange(1, len(codes) + 1)

    def weights(self, columns: Numbers) -> Floats:
        """Return the weights of the template's feature at each word; 0 for one that is not known."""
        codes = self._coding.codes(columns)
        if self._places is not None:
            places = self._places.take(codes)
        else:
            at = self._codes.searchsorted(codes)
            at[at == len(self._codes)] = 0
            places = np.where(self._codes[at] == codes, at + 1, 0)
        return self._rows.take(places, axis=0)
