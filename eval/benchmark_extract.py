"""How fast the extractors are: documents and tokens per second, and the share of time by stage.

    python -m onrecord.eval.benchmark_extract [--documents N] [--json]

The documents are articles of about 3,000 characters, put together from paragraphs of the published train split. Each
system runs over all of them in one process; processor time is taken, so that other programs on the machine do not
count. *spans* finds attributions without a codebook; *extract* labels them with that of the dossier as well. The stages
of a system are run one after the other over all documents, each on what the one before made. The first document is run
once before the clock starts: what is made once (codebooks, models) is not counted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, Protocol

from onrecord.baselines.words import read
from onrecord.data.published import read_codebooks, read_reports
from onrecord.schema.codebook import Codebook

LENGTH: Final = 3000
"""The characters of a document, about."""


class Extractor(Protocol):
    """A system with both ways to run."""

    def spans(self, text: str) -> Sequence[Any]:
        """Return attributions without a codebook."""
        ...

    def extract(self, text: str, codebook: Codebook) -> Sequence[Any]:
        """Return claims."""
        ...


def documents(count: int) -> list[tuple[str, Codebook]]:
    """Return `count` articles with the codebook of their dossier; the same on every run."""
    codebooks = read_codebooks()
    made: list[tuple[str, Codebook]] = []
    reports = read_reports("train")
    for dossier in sorted({report.dossier for report in reports}):
        paragraphs = [line for report in reports if report.dossier == dossier for line in report.text.split("\n\n")]
        text = ""
        for paragraph in paragraphs:
            text += paragraph + "\n\n"
            if len(text) >= LENGTH:
                made.append((text, codebooks[dossier]))
                text = ""
    return [made[at % len(made)] for at in range(count)]


def timed(run: Callable[[Any], Any], inputs: Sequence[Any]) -> tuple[float, list[Any]]:
    """Return the processor seconds of `run` over `inputs`, and what it returned."""
    run(inputs[0])
    began = time.process_time()
    results = [run(one) for one in inputs]
    return time.process_time() - began, results


def measure(system: Extractor, texts: Sequence[tuple[str, Codebook]]) -> dict[str, float]:
    """Return the seconds of both ways to run `system` over `texts`."""
    return {
        "spans": timed(system.spans, [text for text, _ in texts])[0],
        "extract": timed(lambda pair: system.extract(*pair), texts)[0],
    }


def cues_stages(texts: Sequence[tuple[str, Codebook]]) -> dict[str, float]:
    """Return the seconds of each stage of `cues`."""
    from onrecord.baselines.cues import Cues
    from onrecord.baselines.finding import search

    words, pages = timed(read, [text for text, _ in texts])
    rules, _ = timed(search, pages)
    whole = measure(Cues(), texts)
    return {"words": words, "rules": rules, "offsets": whole["spans"] - words - rules} | {
        "labels": whole["extract"] - whole["spans"]
    }


def tagger_stages(texts: Sequence[tuple[str, Codebook]]) -> dict[str, float]:
    """Return the seconds of each stage of `tagger`."""
    from onrecord.baselines import roles
    from onrecord.baselines.finding import search
    from onrecord.baselines.tagger import Tagger

    tagger = Tagger()
    model = tagger.model
    binder = model.binder
    words, pages = timed(read, [text for text, _ in texts])
    rules, found = timed(search, pages)
    seeing, _ = timed(lambda pair: model.field.evidence.of(*pair), list(zip(pages, found, strict=True)))
    tagging, labels = timed(lambda pair: model.field.label(*pair), list(zip(pages, found, strict=True)))
    spans = [roles.decode(one) for one in labels]
    binding, _ = timed(lambda one: binder.bind(*one), list(zip(pages, spans, found, strict=True)))
    whole = measure(tagger, texts)["extract"]
    stages = {"words": words, "rules": rules, "evidence": seeing, "field": tagging - seeing, "binding": binding}
    return stages | {"labels": whole - sum(stages.values())}


def main() -> None:
    """Print a row for each system, and its stages."""
    from onrecord.baselines.cues import Cues
    from onrecord.baselines.quotes import Quotes
    from onrecord.baselines.tagger import Tagger

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=400, help="how many documents (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    texts = documents(max(1, arguments.documents))
    tokens = sum(len(read(text).words) for text, _ in texts)
    systems: dict[str, Extractor] = {"quotes": Quotes(), "cues": Cues(), "tagger": Tagger()}
    rows: dict[str, dict[str, Any]] = {}
    for name, system in systems.items():
        seconds = measure(system, texts)
        rows[name] = {
            way: {"documents/s": len(texts) / spent, "tokens/s": tokens / spent} for way, spent in seconds.items()
        }
    for name, stages in (("cues", cues_stages(texts)), ("tagger", tagger_stages(texts))):
        spent = {stage: max(0.0, seconds) for stage, seconds in stages.items()}  # a difference may fall below 0
        rows[name]["stages"] = {stage: seconds / sum(spent.values()) for stage, seconds in spent.items()}
    if arguments.json:
        print(json.dumps({"documents": len(texts), "tokens": tokens, "systems": rows}, indent=1))
        return
    print(f"{len(texts)} documents, {tokens:,} tokens; one core.")
    for name, row in rows.items():
        for way in ("spans", "extract"):
            print(f"{name:<8}{way:<9}" + "".join(f"{value:>12,.0f} {unit}" for unit, value in row[way].items()))
        for stage, share in islice(row.get("stages", {}).items(), 9):
            print(f"{'':<8}{stage:<9}{100 * share:>11.0f} %")


if __name__ == "__main__":
    main()
