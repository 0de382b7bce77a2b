"""Teaching: what the rankers of labels learn from annotated reports and the claims that were proposed for them.

The rankers of a claim by itself learn from every proposal that has a claim of the annotation right. What claims settle
with their kin is learnt from what such rankers say of a dossier that they had not seen: each dossier is held out in
turn, where there are several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.baselines import labelling, placing, speaking, subjects
from onrecord.baselines.circumstances import Reading
from onrecord.baselines.kinship import Kinship
from onrecord.baselines.labelling import Page
from onrecord.baselines.linear import Choice, Ranker, fit
from onrecord.baselines.model import ALONE
from onrecord.baselines.proposals import Proposal
from onrecord.schema.codebook import Codebook
from onrecord.schema.records import Claim, Fragments, Report
from onrecord.schema.vocabulary import KINDS, STANCES

PENALTIES: Final = {"speaker": 1.0, "agency": 10.0, "topic": 10.0, "stance": 30.0, "kind": 1.0}
"""How strongly each ranker is drawn to 0, chosen by holding out each dossier of the train split in turn."""
_TOGETHER: Final = 1.0
"""How strongly what is learnt of kin is drawn to 0."""
_RIGHT: Final = 0.5
"""The intersection over union from which a predicted content counts as right."""

Choices = Mapping[str, Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class Taught:
    """A report, its codebook, the claims proposed for it with the annotated one that each has right, and what the
    rankers of a claim by itself learn from it.
    """

    report: Report
    codebook: Codebook
    proposed: Sequence[Proposal]
    claims: Sequence[Claim | None]
    choices: Choices


@dataclass(frozen=True, slots=True)
class _Group:
    """The reports of a dossier, read alone by rankers that had not seen it."""

    pages: Sequence[Page]
    family: Kinship
    claims: Sequence[Claim | None]
    alone: dict[str, Ranker]


def taught(report: Report, codebook: Codebook, proposed: Sequence[Proposal]) -> Taught:
    """Return what there is to learn from `report` and the claims `proposed` for it."""
    contents = [claim.content for claim in report.claims]
    claims = [None if (at := nearest(one, contents)) is None else report.claims[at] for one in proposed]
    paired = [(one, claim) for one, claim in zip(proposed, claims, strict=True) if claim is not None]
    return Taught(report, codebook, proposed, claims, _choices(report, codebook, paired))


def _choices(report: Report, codebook: Codebook, paired: Sequence[tuple[Proposal, Claim]]) -> Choices:
    """Return what was to be chosen, and from what, for every label of every claim."""
    reading, memory = Reading(report.text, codebook), speaking.Memory()
    choices: dict[str, list[Choice]] = {name: [] for name in ALONE}
    cases = [reading.case(one, one.via) for one, _ in paired]
    topics = subjects.Topics(reading, cases, [claim.speaker for _, claim in paired])
    for number, (case, (_, claim)) in enumerate(zip(cases, paired, strict=True)):
        speakers = speaking.speakers(reading, case, memory)
        choices["speaker"].append((list(speakers.values()), list(speakers).index(claim.speaker)))
        places = placing.Places(reading, case).features(claim.speaker, memory)
        if claim.agency in places:
            choices["agency"].append((list(places.values()), list(places).index(claim.agency)))
        choices["topic"].append((topics.features(number, memory), topics.ids.index(claim.topic)))
        stances = subjects.stances(reading, case, claim.speaker, claim.topic, claim.kind)
        choices["stance"].append((stances, STANCES.index(claim.stance)))
        choices["kind"].append((subjects.kinds(reading, case), KINDS.index(claim.kind)))
        memory.settle(case, claim.speaker, claim.agency)
        memory.topics.append(claim.topic)
    return choices


def learn(lessons: Sequence[Taught]) -> dict[str, Ranker]:
    """Return the rankers of all labels that `lessons` teach."""
    alone = _alone(lessons)
    dossiers = sorted({one.report.dossier for one in lessons})
    held = []
    for dossier in dossiers:
        rest = [one for one in lessons if one.report.dossier != dossier]
        held.append(([one for one in lessons if one.report.dossier == dossier], _alone(rest) if rest else alone))
    return alone | _together(held)


def _alone(lessons: Sequence[Taught]) -> dict[str, Ranker]:
    return {
        name: fit([choice for one in lessons for choice in one.choices[name]], penalty=PENALTIES[name], fewest=2)
        for name in ALONE
    }


def _together(held: Sequence[tuple[Sequence[Taught], dict[str, Ranker]]]) -> dict[str, Ranker]:
    """Return what claims settle with their kin, from dossiers with rankers that had not seen them."""
    groups: list[_Group] = []
    for lessons, alone in held:
        pages = [labelling.page(one.report.text, one.codebook, one.proposed) for one in lessons]
        labelling.read_alone(pages, alone)
        claims = [claim for one in lessons for claim in one.claims]
        groups.append(_Group(pages, labelling.kinship_of(pages), claims, alone))
    learnt = {"kin": fit([choice for group in groups for choice in _kin(group)], penalty=_TOGETHER)}
    for name in labelling.SHARED:
        choices: list[Choice] = []
        for one in groups:
            labelling.prepare(one.pages, name, one.alone)
            gathered = labelling.gathered(one.pages, name, one.family, learnt["kin"])
            for claim, options in zip(one.claims, gathered, strict=True):
                if claim is not None and options:
                    choices.append((list(options.values()), list(options).index(getattr(claim, name))))
        learnt[f"{name}-kin"] = fit(choices, penalty=_TOGETHER)
        for one in groups:
            labelling.settle(one.pages, name, one.family, one.alone | learnt)
    return learnt


def _kin(group: _Group) -> list[Choice]:
    """Return, for each two claims of `group` that may be kin, whether they are."""
    found: list[Choice] = []
    for (i, j), features in group.family.pairs(labelling.seen(group.pages)):
        one, other = group.claims[i], group.claims[j]
        if one is not None and other is not None:
            found.append(([features, {}], 0 if one.fact == other.fact else 1))
    return found


def nearest(one: Proposal, contents: Sequence[Fragments]) -> int | None:
    """Return the index of the content that `one` overlaps most, by half of what both cover at least, or None."""
    own = _offsets(one.content)
    best, most = None, _RIGHT
    for at, content in enumerate(contents):
        other = _offsets(content)
        if (ratio := len(own & other) / len(own | other)) >= most:
            best, most = at, ratio
    return best


def _offsets(fragments: Fragments) -> frozenset[int]:
    return frozenset(at for f in fragments for at in range(f.start, f.end))
