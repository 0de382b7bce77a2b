"""Windows: a text as the tokenizer of a language model cuts it, and what the model says of tokens, back as words.

A text longer than the model can take becomes windows that share tokens. Where two of them do, either speaks for its own
half of what they share: so every token is judged with as much text around it as there is. A word is judged by its
first token, the first that shares a character with it; the others of its tokens neither teach nor count. A word
without a token of its own (tokenizers drop control characters, and may join two marks into one token) goes on in the
role of the word before it. So spans begin and end at borders of words, whatever the tokenizer does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onrecord.baselines import roles
from onrecord.baselines.proposals import Labelling
from onrecord.baselines.words import Words

Inputs = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Window:
    """What a model is given at once: its inputs, and the places in them that hold tokens `first` … of the text."""

    inputs: Inputs
    first: int
    places: Sequence[int]

    @property
    def end(self) -> int:
        """The number of the token behind its last one."""
        return self.first + len(self.places)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text in windows; `token_of[i]` is the number of the token that word i is judged by, or -1."""

    windows: Sequence[Window]
    token_of: Sequence[int]


def cut(tokenizer: Any, pages: Sequence[Words], length: int) -> list[Pieces]:
    """Return each page in windows of at most `length` places, a quarter of which two windows share."""
    if not pages:
        return []
    body = length - tokenizer.num_special_tokens_to_add()
    step = body - body // 4
    encoded = tokenizer(
        [page.text for page in pages],
        truncation=True,
        max_length=length,
        stride=body - step,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )
    windows: list[list[Window]] = [[] for _ in pages]
    offsets: list[list[tuple[int, int]]] = [[] for _ in pages]
    for number, at in enumerate(encoded["overflow_to_sample_mapping"]):
        places = [place for place, special in enumerate(encoded["special_tokens_mask"][number]) if not special]
        window = Window(
            {name: encoded[name][number] for name in tokenizer.model_input_names if name in encoded},
            first=step * len(windows[at]),
            places=places,
        )
        windows[at].append(window)
        mapping = encoded["offset_mapping"][number]
        offsets[at] += [mapping[place] for place in places[len(offsets[at]) - window.first :]]
    return [Pieces(*both) for both in zip(windows, map(_tokens_of, pages, offsets), strict=True)]


def _tokens_of(page: Words, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Return the token that each word is judged by; `offsets` are those of the tokens of the text, in code points."""
    found: list[int] = []
    token, last = 0, -1
    for start, end in zip(page.starts, page.ends, strict=True):
        while token < len(offsets) and offsets[token][1] <= start:
            token += 1
        if token < len(offsets) and offsets[token][0] < end:
            last = token
        found.append(last)
    return found


def targets(pieces: Pieces, labels: Sequence[str], *, ignored: int) -> list[list[int]]:
    """Return what is to be learnt at each place of each window: the number of a label, or `ignored`."""
    wanted: dict[int, int] = {}
    for token, label in zip(pieces.token_of, labels, strict=True):
        wanted.setdefault(token, roles.LABELS.index(label))
    found = []
    for window in pieces.windows:
        learnt = [ignored] * len(next(iter(window.inputs.values())))
        for number, place in enumerate(window.places, start=window.first):
            learnt[place] = wanted.get(number, ignored)
        found.append(learnt)
    return found


def joined(windows: Sequence[Window], scores: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the scores (tokens × labels) of a text from those of its windows (places × labels)."""
    middles = [(window.end + following.first) // 2 for window, following in pairwise(windows)]
    edges = [0, *middles, windows[-1].end]
    parts = []
    for window, of_places, (low, high) in zip(windows, scores, pairwise(edges), strict=True):
        parts.append(of_places[[window.places[token - window.first] for token in range(low, high)]])
    return np.concatenate(parts)


def labels_of(pieces: Pieces, scores: NDArray[np.float64], names: Sequence[str]) -> Labelling:
    """Return the roles of the words of a text from the log-probabilities of its tokens (tokens × `names`)."""
    tokens = sorted({token for token in pieces.token_of if token >= 0})
    chosen = dict(zip(tokens, likeliest(scores[tokens], names), strict=True))
    labels, sure = [], []
    before = -1
    for token in pieces.token_of:
        label = names[chosen[token]] if token >= 0 else "O"
        sure.append(1.0 if label == "O" else float(np.exp(scores[token, chosen[token]])))
        labels.append(f"I{label[1:]}" if token == before and label != "O" else label)
        before = token
    return Labelling(roles.decode(labels), sure)


def likeliest(scores: NDArray[np.float64], names: Sequence[str]) -> list[int]:
    """Return the best sequence of labels, as numbers, in which every `I-` goes on in a role (Viterbi 1967).

    Without this, one word in doubt within a long content would make two of it.
    """
    if not len(scores):
        return []
    barred = np.array([[-np.inf if _cannot_follow(a, b, names) else 0.0 for b in names] for a in names])
    best = scores[0] + [-np.inf if _cannot_follow("O", b, names) else 0.0 for b in names]
    came = []
    for row in scores[1:]:
        paths = best[:, None] + barred
        came.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + row
    path = [int(best.argmax())]
    for before in reversed(came):
        path.append(int(before[path[-1]]))
    return path[::-1]


def _cannot_follow(label: str, following: str, names: Sequence[str]) -> bool:
    """Whether `following` goes on in a role that `label` is not in, though the role has a label to begin with."""
    return following[0] == "I" and following[1:] != label[1:] and f"B{following[1:]}" in names


def batches(windows: Sequence[Window], size: int) -> Iterator[Sequence[Window]]:
    """Yield `windows` in order, `size` at a time."""
    for first in range(0, len(windows), size):
        yield windows[first : first + size]
