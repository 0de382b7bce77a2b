"""How well open codebooks bring the names of a speaker together, and how fast texts without a codebook are read.

The gold is a published split: the sources of its claims, pronouns left out, each with its speaker. Every source goes
through the open codebook of its report to an agent, and these agents are compared with the speakers, which the open
codebook never saw.

* *found*: the share of mentions that go to an agent at all.
* *whole*: the share of speakers with two mentions or more all of whose mentions go to one agent.
* *pure*: the share of agents with two mentions or more all of whose mentions are of one speaker.
* *B³*: precision, recall and F1 of the clusters as in Bagga and Baldwin (1998), over mentions; one that goes to no
  agent is a cluster of its own.

Speed is measured in one process on copies of one text: open codebook, `cues`, and JSON.

    python -m onrecord.eval.benchmark_open --split train
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from onrecord.baselines.cues import Cues
from onrecord.baselines.lexicon import OBJECTS, SUBJECTS
from onrecord.baselines.mentions import index
from onrecord.baselines.opening import open_codebook
from onrecord.baselines.speakers import Resolver
from onrecord.data.published import read_reports
from onrecord.schema.prediction import Prediction, prediction_to_json
from onrecord.schema.records import Report
from onrecord.schema.vocabulary import SPLITS

_PRONOUNS: Final = SUBJECTS | OBJECTS | {"who", "which", "one"}

Mention = tuple[str, str, str]
"""The speaker of a mention, the agent that it goes to ("" for none), and its words."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """How the agents of open codebooks and the gold speakers agree, over `mentions`."""

    mentions: int
    found: float
    whole: float
    pure: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of B³ precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def mentions(report: Report) -> list[Mention]:
    """Return the sources of the claims of `report` that are no pronouns, each once."""
    resolver = Resolver(report.text, index(open_codebook(report.text).codebook))
    sources = {claim.source: claim.speaker for claim in report.claims if claim.source}
    found = []
    for source, speaker in sorted(sources.items()):
        words = report.text[source[0].start : source[-1].end]
        agent = resolver.speaker(source) or ""  # pronouns too: who was heard last matters to those behind
        if words not in _PRONOUNS:
            found.append((speaker, agent, words))
    return found


def normalisation(reports: Iterable[Report]) -> Normalisation:
    """Return the agreement over `reports`; each is on its own."""
    pairs: list[tuple[str, str]] = []
    for report in reports:
        for number, (speaker, agent, _) in enumerate(mentions(report)):
            pairs.append((f"{report.id} {speaker}", f"{report.id} {agent or number}"))
    found = sum(not agent.rpartition(" ")[2].isdigit() for _, agent in pairs)
    of_speaker, of_agent, both = Counter(s for s, _ in pairs), Counter(a for _, a in pairs), Counter(pairs)
    return Normalisation(
        mentions=len(pairs),
        found=found / len(pairs),
        whole=_undivided(pairs),
        pure=_undivided([(agent, speaker) for speaker, agent in pairs]),
        precision=sum(both[pair] / of_agent[pair[1]] for pair in pairs) / len(pairs),
        recall=sum(both[pair] / of_speaker[pair[0]] for pair in pairs) / len(pairs),
    )


def _undivided(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the share of those on the left, with two pairs or more, that go with one on the right."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for left, right in pairs:
        groups[left].append(right)
    several = [set(group) for group in groups.values() if len(group) > 1]
    return sum(len(group) == 1 for group in several) / len(several)


def documents_a_second(text: str, copies: int, clock: Callable[[], float] = time.process_time) -> float:
    """Return how many copies of `text`, each a little different, `cues` reads in a second of one processor."""
    system, start = Cues(), clock()
    for number in range(copies):
        copy = f"{text}\n{number}"
        opened = open_codebook(copy)
        claims = opened.settled(system.extract(copy, opened.codebook))
        orjson.dumps(prediction_to_json(Prediction("open/copy", claims), copy))
    return copies / (clock() - start)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description="How well open codebooks bring names together, and how fast.")
    parser.add_argument("--split", choices=SPLITS, default="train", help="(default: %(default)s)")
    parser.add_argument("--copies", type=int, default=500, help="copies of a text of 3 kB (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="list the speakers whose mentions go to several agents")
    arguments = parser.parse_args()
    reports = read_reports(arguments.split)
    if arguments.list:
        for report in reports:
            groups: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
            for speaker, agent, words in mentions(report):
                groups[speaker].add((agent, words))
            for speaker, group in groups.items():
                if len({agent for agent, _ in group}) > 1 or "" in {agent for agent, _ in group}:
                    print(report.id, speaker, sorted(group))
    done = normalisation(reports)
    shares = {"found": done.found, "whole": done.whole, "pure": done.pure}
    shares |= {"B³ precision": done.precision, "B³ recall": done.recall, "B³ F1": done.f1}
    print(f"{arguments.split}: {done.mentions} mentions of speakers by name or description")
    print(", ".join(f"{name} {100 * share:.1f}" for name, share in shares.items()))
    text = "\n\n".join(report.text for report in reports[:3])[:3000]
    speed = documents_a_second(text, arguments.copies)
    print(f"cues with open codebooks: {speed:.0f} texts of {len(text)} characters in a second of one processor")


if __name__ == "__main__":
    main()
