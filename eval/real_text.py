"""How well extractors find attributions in real news: PolNeAR, in the corpus's own conventions.

    python -m onrecord.eval.real_text FOLDER [--train FOLDER] [--json]

FOLDER is a part of PolNeAR (`data/dev`), read by `onrecord.data.polnear`; with `--train` a tagger that was trained on
PolNeAR is scored too: trained now, on that part (`data/train`), or read from the folder of a model. Per article,
outermost attributions only, no codebook:

* **relation**: contents are paired one to one where the intersection over union of their characters (white space left
  out) is at least 0.5, most pairs first, then most overlap; a pair counts where the sources share a character. A pair
  in which a source is absent never counts: the stricter reading.
* **exact** and **overlap** of source, cue and content: the distinct spans (all fragments of a role of one attribution);
  equal to the last character, or paired one to one where they share a character.
* **token content**: words that stand in any content.

PolNeAR counts the complementiser (*that*, *to*) into the content, OnRecord does not; so a system's complementiser is
put back in front of its content here. Systems that were made for OnRecord differ from PolNeAR in more than that (they
divide a content into propositions, for one), and those differences are left to stand as errors.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from onrecord.baselines.words import read
from onrecord.data.polnear import Article, Attributed, is_polnear, read_polnear
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fragments

ROLES: Final = ("source", "cue", "content")
SCORES: Final = (
    "relation", "exact source", "exact cue", "exact content", "overlap source", "overlap cue", "overlap content",
    "token content",
)  # fmt: skip
PUBLISHED: Final[dict[str, dict[str, float]]] = {
    "published: BERT": {"exact source": 83.2, "exact cue": 75.3, "exact content": 72.9},
    "published: rules": {"exact source": 10.7, "exact cue": 22.8, "exact content": 5.6},
    "person to person": {"relation": 75.4, "exact content": 67.9, "token content": 91.6},
}
"""F1 in percent. CofeNet (2022): its BERT tagger and its rules, on the test part, sentence by sentence, spans and not
attributions. Person to person: the first against each other annotator of the articles that have several."""


class Spans(Protocol):
    """What finds attributions without a codebook."""

    def spans(self, text: str) -> Sequence[Any]:
        """Return attributions with `content`, `source` and perhaps `cue` and `complementiser`, as fragments."""
        ...


@dataclass(frozen=True, slots=True)
class F1:
    """True positives, predicted and gold, and their ratios; None where undefined."""

    tp: int
    predicted: int
    gold: int

    @property
    def value(self) -> float | None:
        """F1 as a ratio."""
        total = self.predicted + self.gold
        return 2 * self.tp / total if total else None


def found(system: Spans, text: str) -> list[Attributed]:
    """Return what `system` finds in `text`, in PolNeAR's convention: the complementiser belongs to the content."""
    return [_with_complementiser(attribution) for attribution in system.spans(text)]


def _with_complementiser(attribution: Any) -> Attributed:
    content: Fragments = attribution.content
    led_by: Fragments = getattr(attribution, "complementiser", ())
    if led_by and led_by[-1].end <= content[0].start:
        first = type(content[0])(led_by[0].start, content[0].end)
        content = (first, *content[1:])
    return Attributed(content, attribution.source, getattr(attribution, "cue", ()))


def score(articles: Sequence[Article], system: Spans) -> dict[str, F1]:
    """Return the scores of `system` on `articles`, summed over them."""
    total: dict[str, Counter[str]] = {name: Counter() for name in SCORES}
    for article in articles:
        counts = compare(article.text, gold=article.attributions, predicted=found(system, article.text))
        for name, one in counts.items():
            total[name].update(tp=one.tp, predicted=one.predicted, gold=one.gold)
    return {name: F1(one["tp"], one["predicted"], one["gold"]) for name, one in total.items()}


def compare(text: str, *, gold: Sequence[Attributed], predicted: Sequence[Attributed]) -> dict[str, F1]:
    """Return the counts of every score on one text."""
    ink = [_ink(text, a.content) for a in gold], [_ink(text, a.content) for a in predicted]
    pairs = _paired(*ink, least=0.5)
    related = sum(bool(_ink(text, gold[g].source) & _ink(text, predicted[p].source)) for g, p in pairs)
    scores = {"relation": F1(related, len(predicted), len(gold))}
    for role in ROLES:
        spans = [{getattr(a, role) for a in side if getattr(a, role)} for side in (gold, predicted)]
        known, said = (sorted(side) for side in spans)
        met = _paired([_ink(text, span) for span in known], [_ink(text, span) for span in said], least=0.0)
        scores[f"exact {role}"] = F1(len(spans[0] & spans[1]), len(said), len(known))
        scores[f"overlap {role}"] = F1(len(met), len(said), len(known))
    words = [_words(text, side) for side in (gold, predicted)]
    return scores | {"token content": F1(len(words[0] & words[1]), len(words[1]), len(words[0]))}


def _ink(text: str, fragments: Fragments) -> frozenset[int]:
    """Return the offsets of the characters of `fragments` that are not white space."""
    return frozenset(at for f in fragments for at in range(f.start, f.end) if not text[at].isspace())


def _words(text: str, attributions: Sequence[Attributed]) -> set[int]:
    """Return the starts of the words that stand in a content."""
    within = {at for a in attributions for f in a.content for at in range(f.start, f.end)}
    return {start for start in read(text).starts if start in within}


def _paired(gold: Sequence[frozenset[int]], predicted: Sequence[frozenset[int]], *, least: float) -> list[Any]:
    """Return one-to-one pairs that share a character and whose intersection over union is `least` or more."""
    from scipy.optimize import linear_sum_assignment

    ratio = np.zeros((len(gold), len(predicted)))
    for g, one in enumerate(gold):
        for p, other in enumerate(predicted):
            if shared := len(one & other):
                ratio[g, p] = shared / len(one | other)
    weight = np.where((ratio > 0) & (ratio >= least), ratio + len(gold) + 1, 0.0)
    rows, columns = linear_sum_assignment(weight, maximize=True)
    return [(int(g), int(p)) for g, p in zip(rows, columns, strict=True) if weight[g, p] > 0]


def systems(train: Path | None) -> dict[str, Spans]:
    """Return the systems to score: the rules, our tagger, and one trained on `train` if that is given."""
    from onrecord.baselines.cues import Cues
    from onrecord.baselines.quotes import Quotes
    from onrecord.baselines.tagger import Tagger
    from onrecord.eval.verbs_train import trained

    chosen: dict[str, Spans] = {"quotes": Quotes(), "cues": Cues(), "tagger": Tagger()}
    if train is not None:
        chosen["tagger, PolNeAR"] = Tagger(model=trained(train)) if is_polnear(train) else Tagger(str(train))
    return chosen


def _percent(values: Mapping[str, float | None], names: Iterable[str]) -> str:
    return "".join(f"{'–' if values.get(name) is None else f'{values[name]:.1f}':>8}" for name in names)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a part of PolNeAR to score on, as data/dev")
    parser.add_argument(
        "--train", type=Path, help="a part to train a tagger on, as data/train, or a model trained on it"
    )
    parser.add_argument("--json", action="store_true", help="print counts as JSON")
    arguments = parser.parse_args()
    try:
        articles = read_polnear(arguments.folder)
        scored = systems(arguments.train)
    except OnRecordError as error:
        parser.error(str(error))
    rows: dict[str, dict[str, float | None]] = {}
    counts: dict[str, Any] = {}
    for name, system in scored.items():
        result = score(articles, system)
        counts[name] = {key: [one.tp, one.predicted, one.gold] for key, one in result.items()}
        rows[name] = {key: None if one.value is None else 100 * one.value for key, one in result.items()}
    if arguments.json:
        print(json.dumps(counts, indent=1))
        return
    print(f"{len(articles)} articles, {sum(len(a.attributions) for a in articles)} attributions. F1, percent.\n")
    print(f"{'':<20}{'':>8}{'exact':^24}{'overlap':^24}{'token':>8}")
    print(f"{'':<20}{'relation':>8}{''.join(f'{role:>8}' for role in ROLES) * 2}{'content':>8}")
    table: dict[str, Mapping[str, float | None]] = {**rows, **PUBLISHED}
    for name, row in table.items():
        print(f"{name:<20}{_percent(row, SCORES)}")


if __name__ == "__main__":
    main()
