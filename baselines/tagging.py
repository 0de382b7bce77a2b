"""Words to roles: a conditional random field (Lafferty, McCallum and Pereira 2001), tagged by CRFsuite (Okazaki 2007).

Its weights are fitted under an L1 penalty (`fitting`): a strong one leaves few features, which carry over better to
other text. A text is tagged as one sequence, for contents go on over sentences and paragraphs. What a model file holds
is CRFsuite's own format (`carrying`): numbers and names, no code.

What did not help on held-out articles of PolNeAR: parts of speech from a lexicon (0.2 points, for half as many features
again), and making the begin of a role as such likelier or less likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

from onrecord.baselines.evidence import Evidence
from onrecord.baselines.roles import LABELS, REACH, Shares, plain
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words
from onrecord.schema.errors import OnRecordError

_PASSES: Final = 12
"""How often each text is seen."""
_FEWEST_WORDS, _MOST_WORDS, _PARTS = 200, 1_000, 100
"""A batch is a hundredth of a corpus, in these bounds: a small corpus needs many steps, too, a large one few words."""
_PENALTY, _PENALTY_WORDS = 0.7, 20_000
"""The L1 penalty for a corpus of so many words; it grows with the square root of a corpus's words.

Chosen on the validation split and on held-out articles of PolNeAR's train part, never on what figures are given for:
0.5 to 1.5 are alike for 20,000 words, and 1.2 to 3 for 200,000.
"""


class Field:
    """A trained conditional random field."""

    def __init__(self, model: bytes) -> None:
        import pycrfsuite

        self.model = model  # the tagger reads from these bytes: they must live as long as it does
        self._tagger = pycrfsuite.Tagger()
        try:
            self._tagger.open_inmemory(model)
            strangers = {plain(label) for label in self._tagger.labels()} - set(LABELS)
            self.evidence = Evidence(self._tagger.info().attributes.keys())
        except (ValueError, RuntimeError) as error:
            raise OnRecordError(f"the role model cannot be read ({error}); train the tagger again") from None
        if strangers:
            raise OnRecordError(f"the role model has labels of another task ({min(strangers)}); train the tagger again")

    def label(self, page: Words, rules: Sequence[Found]) -> list[str]:
        """Return the likeliest labels of the words of `page`, as one sequence, with their marks."""
        labels: list[str] = self._tagger.tag(self.evidence.of(page, rules)) if page.words else []
        return labels

    def sureness(self, labels: Sequence[str]) -> list[float]:
        """Return the marginal probability of each of `labels`, 1 for those outside every role."""
        known = set(self._tagger.labels())
        marginal = self._tagger.marginal
        return [
            marginal(label, at) if plain(label) != "O" and label in known else 1.0 for at, label in enumerate(labels)
        ]

    def shares(self, labels: Sequence[str]) -> Shares:
        """Return how likely words begin, go on with and end a content, 0 far from the contents of `labels`."""
        known = [label for label in self._tagger.labels() if plain(label)[1:] == "-content"]
        contents = [at for at, label in enumerate(labels) if plain(label)[1:] == "-content"]
        near = {i for at in contents for i in range(max(0, at - REACH), min(len(labels), at + REACH + 1))}
        marginal = self._tagger.marginal
        columns: dict[str, list[float]] = {prefix: [0.0] * len(labels) for prefix in "BIJE"}
        for at in near:
            for label in known:
                columns[label[0]][at] += marginal(label, at)
        within = list(map(sum, zip(*columns.values(), strict=True)))
        return Shares(columns["B"], columns["J"], columns["E"], within)


def learn(examples: Sequence[tuple[Words, Sequence[Found], Sequence[str]]]) -> Field:
    """Return the field learnt from pages, what the rules found in them, and the label of each word."""
    from onrecord.baselines import carrying, fitting

    words = sum(len(page.words) for page, _, _ in examples)
    evidence = Evidence()
    texts = [
        fitting.Labelled(evidence.of(page, rules), labels, [first for first, _ in page.sentences])
        for page, rules, labels in examples
    ]
    penalty = _PENALTY * sqrt(words / _PENALTY_WORDS)
    size = min(_MOST_WORDS, max(_FEWEST_WORDS, words // _PARTS))
    return Field(carrying.as_crfsuite(fitting.fit(texts, penalty=penalty, passes=_PASSES, size=size)))
