"""How fast quotations are grounded, and how many are found, beside langextract's resolver, rapidfuzz and edlib.

    python -m onrecord.eval.benchmark_align [--documents N] [--peer-documents N] [--seed S]

The quotations are those of `onrecord.eval.quotations`. *Found* is a quotation whose first and last character lie where
it was cut, by an intersection over union of at least 0.9; where several stretches are found, from the first to the
last. *Rejected* is one that stands nowhere (`absent`, or a `number` that the document does not give) and is found
nowhere. Every method gets a document's quotations together, and its time is processor time per quotation, documents
prepared. Peers that are not installed are left out (`pip install '.[bench]'`). Absolute times drift between
machines and hours; the ratio of one run holds.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from onrecord.eval.align import align
from onrecord.eval.quotations import CHANGES, Quotation, generate
from onrecord.schema.prediction import PredictedClaim, Prediction

Place = tuple[int, int] | None
Method = Callable[[str, Sequence[str]], list[Place]]
Documents = list[tuple[str, list[Quotation]]]


def ours(text: str, words: Sequence[str]) -> list[Place]:
    """Ground `words` in `text` the way that `onrecord score` does."""
    aligned = align(Prediction("a/b", tuple(PredictedClaim((), words=(w,)) for w in words)), text)
    return [(c.content[0].start, c.content[-1].end) if c.content else None for c in aligned.prediction.claims]


def find(text: str, words: Sequence[str]) -> list[Place]:
    """Take words to the letter, or not at all."""
    return [(at, at + len(w)) if (at := text.find(w)) >= 0 else None for w in words]


def rapidfuzz(cutoff: float = 80) -> Method:
    """Return rapidfuzz's partial ratio alignment, in lower case, with a cutoff in percent."""
    fuzz = importlib.import_module("rapidfuzz.fuzz")

    def method(text: str, words: Sequence[str]) -> list[Place]:
        lower = text.lower()
        found = [fuzz.partial_ratio_alignment(w.lower(), lower, score_cutoff=cutoff) for w in words]
        return [(f.dest_start, f.dest_end) if f is not None else None for f in found]

    return method


def edlib(share: float = 0.25) -> Method:
    """Return edlib's infix alignment, in lower case, with at most `share` of the letters edited."""
    library = importlib.import_module("edlib")

    def method(text: str, words: Sequence[str]) -> list[Place]:
        lower, places = text.lower(), list[Place]()
        for w in words:
            found = library.align(w.lower(), lower, mode="HW", task="locations", k=int(share * len(w)))["locations"]
            places.append((found[0][0], found[0][1] + 1) if found else None)
        return places

    return method


def langextract() -> Method:
    """Return langextract's aligner with its default settings, a document's quotations in one call."""
    data: Any = importlib.import_module("langextract.data")
    aligner: Any = importlib.import_module("langextract.resolver").WordAligner()

    def method(text: str, words: Sequence[str]) -> list[Place]:
        extractions = [data.Extraction(extraction_class="quotation", extraction_text=w) for w in words]
        groups = aligner.align_extractions([extractions], text)
        intervals = [extraction.char_interval for group in groups for extraction in group]
        return [(i.start_pos, i.end_pos) if i is not None else None for i in intervals]

    return method


def iou(place: Place, truth: tuple[int, int]) -> float:
    """Return the intersection over union of two stretches, in characters."""
    if place is None:
        return 0.0
    shared = min(place[1], truth[1]) - max(place[0], truth[0])
    return max(shared, 0) / (max(place[1], truth[1]) - min(place[0], truth[0]))


def measure(method: Method, documents: Documents) -> dict[str, float]:
    """Return microseconds a quotation, the share found (in all and by change), and the shares rejected; in percent."""
    right: dict[str, list[bool]] = defaultdict(list)
    method(documents[0][0], [quotation.words for quotation in documents[0][1]])
    seconds, quotations = 0.0, 0
    for text, asked in documents:
        words = [quotation.words for quotation in asked]
        began = time.process_time()
        places = method(text, words)
        seconds += time.process_time() - began
        quotations += len(words)
        for quotation, place in zip(asked, places, strict=True):
            hit = place is None if quotation.span is None else iou(place, quotation.span) >= 0.9
            right[quotation.change].append(hit)
    present = [hit for change in CHANGES for hit in right[change]]
    row = {"µs": 1e6 * seconds / quotations, "found": 100 * sum(present) / len(present)}
    return row | {change: 100 * sum(hits) / len(hits) for change, hits in right.items()}


def main() -> None:
    """Print a row for each method, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200, help="documents (default: %(default)s)")
    parser.add_argument("--peer-documents", type=int, default=20, help="those for langextract (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    documents = generate(arguments.documents, arguments.seed)
    methods: dict[str, Callable[[], Method]] = {
        "onrecord": lambda: ours,
        "str.find": lambda: find,
        "rapidfuzz": rapidfuzz,
        "edlib": edlib,
        "langextract": langextract,
    }
    rows: dict[str, dict[str, float]] = {}
    for name, make in methods.items():
        try:
            method = make()
        except ImportError:
            print(f"{name:<12}not installed")
            continue
        rows[name] = measure(method, documents[: arguments.peer_documents] if name == "langextract" else documents)
        if len(rows) == 1:
            print(f"{'':<12}" + "".join(f"{key[:9]:>10}" for key in rows[name]))
        print(f"{name:<12}" + "".join(f"{value:>10.1f}" for value in rows[name].values()))
    mine = rows.pop("onrecord")
    for name, row in rows.items():
        print(
            f"{name}: {row['µs'] / mine['µs']:.1f} x our time, {mine['found'] - row['found']:+.1f} points found by us"
        )


if __name__ == "__main__":
    main()
