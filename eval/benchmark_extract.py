"""How fast the extractors are: documents and tokens per second, and the share of time by stage.

    python -m onrecord.eval.benchmark_extract [--documents N] [--passes N] [--news FOLDER] [--json]

The documents are articles of about 3,000 characters, put together from paragraphs of the published reports; documents
per second are given for 3,000 characters exactly. Each system runs over the articles of the validation and the test
split, each of them once, in one process, after those of the train split, which are not counted: what is made once
(codebooks, models) is there, and what is kept for words that come again, but no text is met twice. That is done again
in a new process for each pass, and the fastest pass counts, as what else the machine does can only slow one down; the
median of the passes is printed beside it. Processor time is taken, so that most of that does not count at all. *spans*
finds attributions without a codebook; *extract* labels them with that of the dossier as well. A stage is timed on what
the stages before it made. It needs a system on which a process can fork.

OnRecord's reports are dense with attributions. With `--news` the documents are the articles of a part of PolNeAR as
they are, every third of them first and not counted; *spans* alone, for they have no codebook.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, Final, Protocol, TypeVar

from onrecord.baselines.words import read
from onrecord.data.polnear import read_polnear
from onrecord.data.published import read_codebooks, read_reports
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Report

LENGTH: Final = 3000
"""The characters of a document, at least."""

Article = tuple[str, Codebook]
Input = TypeVar("Input")


class Extractor(Protocol):
    """A system with both ways to run."""

    def spans(self, text: str) -> Sequence[Any]:
        """Return attributions without a codebook."""
        ...

    def extract(self, text: str, codebook: Codebook) -> Sequence[Any]:
        """Return claims."""
        ...


def articles(*splits: str) -> list[Article]:
    """Return the reports of `splits` as articles, each with the codebook of its dossier; the same on every run."""
    codebooks = read_codebooks()
    reports = [report for split in splits for report in read_reports(split)]
    made: list[Article] = []
    for dossier in sorted({report.dossier for report in reports}):
        made += [(text, codebooks[dossier]) for text in _texts([r for r in reports if r.dossier == dossier])]
    return made


def _texts(reports: Sequence[Report]) -> list[str]:
    """Return the paragraphs of `reports`, in order, as texts of at least `LENGTH` characters; what is left is left
    out.
    """
    texts, text = [], ""
    for paragraph in (line for report in reports for line in report.text.split("\n\n")):
        text += paragraph + "\n\n"
        if len(text) >= LENGTH:
            texts.append(text)
            text = ""
    return texts


def news(folder: Path) -> list[Article]:
    """Return the articles of a part of PolNeAR, with a codebook that lists nothing."""
    nothing = Codebook("none", "", "", "train", invented=True, agents=(), topics=())
    return [(article.text, nothing) for article in read_polnear(folder)]


class Clock:
    """Times what runs over `counted` articles, after those `before` them."""

    def __init__(self, before: Sequence[Article], counted: Sequence[Article], passes: int) -> None:
        self._before, self.articles = before, counted
        self.tokens = sum(len(read(text).words) for text, _ in self.articles)
        self.size = sum(len(text) for text, _ in self.articles) / LENGTH
        """The articles, counted in documents of `LENGTH` characters."""
        self._passes = passes

    def passes(self, run: Callable[[Input], object], prepare: Callable[[Article], Input]) -> list[float]:
        """Return the processor seconds of each pass of `run` over what `prepare` makes of the articles, which is not
        counted.
        """

        def once() -> float:
            before, counted = ([prepare(one) for one in some] for some in (self._before, self.articles))
            for one in before:
                run(one)
            began = time.process_time()
            _results = [run(one) for one in counted]  # kept, as a user keeps them
            return time.process_time() - began

        return [_elsewhere(once) for _ in range(self._passes)]

    def seconds(self, run: Callable[[Input], object], prepare: Callable[[Article], Input]) -> float:
        """Return the processor seconds of the fastest pass."""
        return min(self.passes(run, prepare))


def _elsewhere(work: Callable[[], float]) -> float:
    """Return what `work` returns in a process of its own, which knows all that this one knows now."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(work()))
    process.start()
    sender.close()
    value: float = receiver.recv()
    process.join()
    return value


def measure(system: Extractor, clock: Clock, *, labelled: bool) -> dict[str, list[float]]:
    """Return the seconds of each pass of the ways to run `system`; one of them if nothing is to be `labelled`."""
    found = {"spans": clock.passes(lambda article: system.spans(article[0]), lambda article: article)}
    if labelled:
        found["extract"] = clock.passes(lambda article: system.extract(*article), lambda article: article)
    return found


def cues_stages(clock: Clock, whole: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds of each stage of `cues`, which takes `whole`."""
    from onrecord.baselines.finding import search

    words = clock.seconds(read, lambda article: article[0])
    rules = clock.seconds(search, lambda article: read(article[0]))
    return {"words": words, "rules": rules, "offsets": whole["spans"] - words - rules} | {
        "labels": whole["extract"] - whole["spans"]
    }


def tagger_stages(clock: Clock, whole: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds of each stage of `tagger`, which takes `whole`."""
    from onrecord.baselines import roles
    from onrecord.baselines.finding import search
    from onrecord.baselines.model import load
    from onrecord.baselines.scene import Found
    from onrecord.baselines.words import Words

    model = load()
    binder = model.binder

    def ruled(article: Article) -> tuple[Words, list[Found]]:
        page = read(article[0])
        return page, search(page)

    def labelled(article: Article) -> tuple[Words, list[roles.Span], list[Found]]:
        page, rules = ruled(article)
        return page, roles.decode(model.field.tag(page, rules).labels), rules

    words = clock.seconds(read, lambda article: article[0])
    rules = clock.seconds(search, lambda article: read(article[0]))
    seeing = clock.seconds(lambda one: model.field.scorer.scores(*one), ruled)
    tagging = clock.seconds(lambda one: model.field.tag(*one).sureness(), ruled)
    binding = clock.seconds(lambda one: binder.bind(*one), labelled)
    stages = {"words": words, "rules": rules, "evidence": seeing, "field": tagging - seeing, "binding": binding}
    return stages | {"labels": whole["extract"] - sum(stages.values())}


def rows(clock: Clock, *, labelled: bool) -> dict[str, dict[str, Any]]:
    """Return, for each system, its speed, and if texts are `labelled` the shares of its stages."""
    from onrecord.baselines.cues import Cues
    from onrecord.baselines.quotes import Quotes
    from onrecord.baselines.tagger import Tagger

    systems: dict[str, Extractor] = {"quotes": Quotes(), "cues": Cues(), "tagger": Tagger()}
    staged = {"cues": cues_stages, "tagger": tagger_stages}
    found: dict[str, dict[str, Any]] = {}
    for name, system in systems.items():
        passes = measure(system, clock, labelled=labelled)
        whole = {way: min(seconds) for way, seconds in passes.items()}
        found[name] = {
            way: {
                "documents/s": clock.size / whole[way],
                "median": clock.size / median(seconds),
                "tokens/s": clock.tokens / whole[way],
            }
            for way, seconds in passes.items()
        }
        if labelled and name in staged:  # a difference may fall below 0
            spent = {stage: max(0.0, seconds) for stage, seconds in staged[name](clock, whole).items()}
            found[name]["stages"] = {stage: seconds / sum(spent.values()) for stage, seconds in spent.items()}
    return found


def main() -> None:
    """Print a row for each system, and its stages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000, help="how many documents at most (default: all)")
    parser.add_argument("--passes", type=int, default=9, help="the passes of which the fastest counts (default: 9)")
    parser.add_argument("--news", type=Path, metavar="FOLDER", help="take the articles of this part of PolNeAR")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    before, counted = articles("train"), articles("validation", "test")
    if arguments.news is not None:
        try:
            real = news(arguments.news)
        except OnRecordError as error:
            parser.error(str(error))
        before, counted = real[::3], [article for at, article in enumerate(real) if at % 3]
    clock = Clock(before, counted[: max(1, arguments.documents)], max(1, arguments.passes))
    found = rows(clock, labelled=arguments.news is None)
    if arguments.json:
        print(json.dumps({"documents": len(clock.articles), "tokens": clock.tokens, "systems": found}, indent=1))
        return
    print(f"{len(clock.articles)} articles as {clock.size:.1f} documents, {clock.tokens:,} tokens; one core.")
    print(f"{'':<17}" + "".join(f"{unit:>12}" for unit in ("documents/s", "median", "tokens/s")))
    for name, row in found.items():
        for way in (way for way in ("spans", "extract") if way in row):
            print(f"{name:<8}{way:<9}" + "".join(f"{value:>12,.0f}" for value in row[way].values()))
        for stage, share in row.get("stages", {}).items():
            print(f"{'':<8}{stage:<9}{100 * share:>11.0f} %")


if __name__ == "__main__":
    main()
