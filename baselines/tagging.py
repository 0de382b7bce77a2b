"""Words to roles: a conditional random field (Lafferty, McCallum and Pereira 2001).

Its weights are fitted under an L1 penalty (`fitting`): a strong one leaves few features, which carry over better to
other text. What they weigh at each word is looked up by what is seen of it (`features`), and a text is tagged as one
sequence (`chains`), for contents go on over sentences and paragraphs.

What did not help on held-out articles of PolNeAR: parts of speech from a lexicon (0.2 points, for half as many features
again), a lexicon of cues learnt from the corpus, leaving out features at random, and a second field that sees what the
first one makes of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import sqrt
from typing import Final

import numpy as np

from onrecord.baselines import chains
from onrecord.baselines.chains import Floats
from onrecord.baselines.evidence import Evidence
from onrecord.baselines.features import Scorer, collect
from onrecord.baselines.roles import REACH, Shares, plain
from onrecord.baselines.scene import Found
from onrecord.baselines.weights import Weights
from onrecord.baselines.words import Words

_PASSES: Final = 12
"""How often each text is seen."""
_FEWEST_WORDS, _MOST_WORDS, _PARTS = 200, 1_000, 100
"""A batch is a hundredth of a corpus, in these bounds: a small corpus needs many steps, too, a large one few words."""
_PENALTY, _PENALTY_WORDS = 0.7, 20_000
"""The L1 penalty for a corpus of so many words; it grows with the square root of a corpus's words.

Chosen on the validation split and on held-out articles of PolNeAR's train part, never on what figures are given for:
0.5 to 1.5 are alike for 20,000 words, and 1.2 to 3 for 200,000.
"""

EAGER: Final = {"B-cue": 1.0, "B-content": 0.5}
"""By how much an eager model holds it for likelier, in log odds, that a span of a role begins.

Chosen on held-out articles of PolNeAR's train part.
"""


class Field:
    """A trained conditional random field."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.scorer = Scorer(weights)
        self._steps: Floats = weights.steps.astype(np.float64)

    def tag(self, page: Words, rules: Sequence[Found]) -> Tagged:
        """Return the labels of the words of `page` as one sequence; `rules` are what `finding.search` found in it."""
        scores = self.scorer.scores(page, rules)
        return Tagged(scores, self._steps, self.weights.labels)


class Tagged:
    """A text's words as a field labels them."""

    def __init__(self, scores: Floats, steps: Floats, labels: Sequence[str]) -> None:
        self._scores, self._steps, self._known = scores, steps, labels
        self._numbers = chains.likeliest(scores, steps)
        self.labels = [labels[number] for number in self._numbers]
        """The likeliest labels, with their marks."""

    @cached_property
    def _shares(self) -> Floats:
        return chains.shares(self._scores, self._steps)

    def sureness(self) -> list[float]:
        """Return the marginal probability of each label, 1 for those outside every role."""
        if not self._numbers:
            return []
        outside = np.array([plain(label) == "O" for label in self._known])
        sure = self._shares[np.arange(len(self._numbers)), self._numbers]
        sure[outside[self._numbers]] = 1.0
        found: list[float] = sure.tolist()
        return found

    def shares(self) -> Shares:
        """Return how likely words begin, go on with and end a content, 0 far from contents."""
        names = [plain(label) for label in self._known]
        near = np.zeros(len(self.labels), dtype=np.bool_)
        for at, number in enumerate(self._numbers):
            if names[number][1:] == "-content":
                near[max(0, at - REACH) : at + REACH + 1] = True
        begins, resumes, ends, within = (
            np.where(near, self._shares[:, [name in wanted for name in names]].sum(axis=1), 0.0).tolist()
            for wanted in (["B-content"], ["J-content"], ["E-content"], [f"{prefix}-content" for prefix in "BIJE"])
        )
        return Shares(begins, resumes, ends, within)


def learn(examples: Sequence[tuple[Words, Sequence[Found], Sequence[str]]], *, large: bool = False) -> Field:
    """Return the field learnt from pages, what the rules found in them, and the label of each word.

    A `large` corpus teaches more kinds of features, and an eager field, which finds more than is likely, for `sifting`
    to choose from.
    """
    from onrecord.baselines import fitting

    words = sum(len(page.words) for page, _, _ in examples)
    evidence = Evidence()
    names, seen = collect(evidence, [evidence.of(page, rules) for page, rules, _ in examples], rich=large)
    texts = [
        fitting.Labelled(features, labels, [first for first, _ in page.sentences])
        for features, (page, _, labels) in zip(seen, examples, strict=True)
    ]
    penalty = _PENALTY * sqrt(words / _PENALTY_WORDS)
    size = min(_MOST_WORDS, max(_FEWEST_WORDS, words // _PARTS))
    learnt = fitting.fit(texts, names, penalty=penalty, passes=_PASSES, size=size)
    if large:
        learnt.steps[:] += [EAGER.get(plain(label), 0.0) for label in learnt.labels]
    return Field(learnt)
