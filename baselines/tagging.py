"""Words to roles: a conditional random field (Lafferty, McCallum and Pereira 2001), by CRFsuite (Okazaki 2007).

Trained with L-BFGS under an L1 and a small L2 penalty: strong L1 leaves few features, which carry over better to other
text. A whole document is one sequence, for contents go on over sentences and paragraphs. Training draws nothing at
random. What a model file holds is CRFsuite's own format: numbers and names, no code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Final

from onrecord.baselines.evidence import Evidence
from onrecord.baselines.roles import LABELS
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words
from onrecord.schema.errors import OnRecordError

SETTINGS: Final = {"c2": 0.01, "max_iterations": 100, "feature.minfreq": 2}
_C1, _C1_WORDS = 0.3, 20_000
"""The L1 penalty for a corpus of so many words; it grows with the square root of a corpus's words.

Chosen on the validation split and on a part of PolNeAR's train part, never on what figures are given for: 0.3 is best
of 0.1, 0.3 and 1 for 20,000 words, and 1 to 2 are better than 0.1 and 0.3 for 180,000.
"""


class Field:
    """A trained conditional random field."""

    def __init__(self, model: bytes) -> None:
        import pycrfsuite

        self.model = model  # the tagger reads from these bytes: they must live as long as it does
        self._tagger = pycrfsuite.Tagger()
        try:
            self._tagger.open_inmemory(model)
            strangers = set(self._tagger.labels()) - set(LABELS)
            self.evidence = Evidence(self._tagger.info().attributes.keys())
        except (ValueError, RuntimeError) as error:
            raise OnRecordError(f"the role model cannot be read ({error}); train the tagger again") from None
        if strangers:
            raise OnRecordError(f"the role model has labels of another task ({min(strangers)}); train the tagger again")

    def label(self, page: Words, rules: Sequence[Found]) -> list[str]:
        """Return the likeliest labels of the words of `page`, as one sequence."""
        labels: list[str] = self._tagger.tag(self.evidence.of(page, rules)) if page.words else []
        return labels

    def sureness(self, labels: Sequence[str]) -> list[float]:
        """Return the marginal probability of each of `labels`, 1 for those outside every role."""
        known = set(self._tagger.labels())
        marginal = self._tagger.marginal
        return [marginal(label, at) if label != "O" and label in known else 1.0 for at, label in enumerate(labels)]


def learn(examples: Sequence[tuple[Words, Sequence[Found], Sequence[str]]]) -> Field:
    """Return the field learnt from pages, what the rules found in them, and the label of each word."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    words = sum(len(page.words) for page, _, _ in examples)
    trainer.set_params({**SETTINGS, "c1": _C1 * max(1.0, sqrt(words / _C1_WORDS))})
    evidence = Evidence()
    for page, rules, labels in examples:
        if page.words:
            trainer.append(evidence.of(page, rules), labels)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roles"
        trainer.train(str(file))
        return Field(file.read_bytes())
