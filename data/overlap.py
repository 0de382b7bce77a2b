"""Near-duplicates: how much of its wording a report shares with another, outside quotation marks.

Two reports retell one ledger, so they share names and quoted words; a reader must not be able to tell that they came
from one mould. What is measured is the share of word 5-grams: runs of five words that contain no quoted word.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from onrecord.schema.quotation import quotations

Gram = tuple[str, ...]

LENGTH: Final = 5
LIMIT: Final = 0.06
"""The largest share of the 5-grams of the shorter report that another may have: two texts on one event, written apart,
share long names and stock phrases and stay well below; one paragraph taken over and touched up lies above."""

_WORD: Final = re.compile(r"[\w']+|\|")


def grams(text: str) -> frozenset[Gram]:
    """Return the word 5-grams of `text` outside its quotations, case ignored."""
    pieces, at = [], 0
    for quotation in quotations(text):
        pieces += [text[at : quotation.start], " | "]
        at = quotation.end
    words = _WORD.findall("".join([*pieces, text[at:]]).casefold().replace("’", "'"))
    runs = (tuple(words[start : start + LENGTH]) for start in range(len(words) - LENGTH + 1))
    return frozenset(run for run in runs if "|" not in run)


def near_duplicates(texts: Mapping[str, str]) -> Iterator[tuple[str, str, float, Sequence[str]]]:
    """Yield (id, other id, share, one shared run) of each two texts that share more than `LIMIT` of their 5-grams."""
    all_grams = {id_: grams(text) for id_, text in texts.items()}
    holders: dict[Gram, list[str]] = defaultdict(list)
    for id_, found in all_grams.items():
        for gram in found:
            holders[gram].append(id_)
    shared = Counter(
        (first, second) for ids in holders.values() for place, second in enumerate(ids) for first in ids[:place]
    )
    for (first, second), count in sorted(shared.items()):
        share = count / min(len(all_grams[first]), len(all_grams[second]))
        if share > LIMIT:
            yield first, second, share, min(all_grams[first] & all_grams[second])
