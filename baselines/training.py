"""Training the tagger: from annotated texts to a model.

The spans may come from OnRecord or from PolNeAR; the labels come from OnRecord reports always, for PolNeAR has none. The
confidence is calibrated on claims that the field predicts for texts it was not trained on: the texts are held out in
turn, whole dossiers where there are several, so that no fact is on both sides. Nothing is drawn at random: equal texts
give an equal model on one machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onrecord.baselines import binding, roles, speaking, subjects, tagging
from onrecord.baselines.circumstances import Reading
from onrecord.baselines.finding import search
from onrecord.baselines.linear import Choice, Ranker, fit
from onrecord.baselines.model import LABELLED, Model
from onrecord.baselines.roles import Said
from onrecord.baselines.scene import Found
from onrecord.baselines.tagger import Proposal, Tagger
from onrecord.baselines.words import Words, read
from onrecord.schema.codebook import Codebook
from onrecord.schema.records import Fragments, Report
from onrecord.schema.vocabulary import KINDS, STANCES

PENALTIES: Final = {"speaker": 1.0, "agency": 1.0, "topic": 10.0, "stance": 30.0, "kind": 1.0, "confidence": 1.0}
"""How strongly each ranker is drawn to 0, chosen by holding out each dossier of the train split in turn."""
_FOLDS: Final = 4
_RIGHT: Final = 0.5
"""The intersection over union from which a predicted content counts as right."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text with its attributions; `group` names what has to stay together when texts are held out."""

    text: str
    claims: Sequence[Said]
    group: str


@dataclass(frozen=True, slots=True)
class _Lesson:
    """An annotated text made ready for the field and the binder."""

    annotated: Annotated
    page: Words
    rules: Sequence[Found]
    claims: Sequence[Sequence[roles.Span]]
    labels: Sequence[str]


def train(
    annotated: Sequence[Annotated],
    *,
    reports: Sequence[Report],
    codebooks: Mapping[str, Codebook],
    divides: bool,
    provenance: Mapping[str, str],
    say: Say = lambda _: None,
) -> Model:
    """Return the model learnt: spans from `annotated`, labels from `reports` with their codebooks.

    `say` is told what is being done.
    """
    say(f"reading {len(annotated)} texts")
    lessons = [_lesson(one) for one in annotated]
    say("learning roles and what binds them")
    field, rankers = _learnt(lessons)
    say(f"learning labels from {len(reports)} reports")
    choices = _choices(reports, codebooks)
    rankers |= {name: fit(choices[name], penalty=PENALTIES[name], fewest=2) for name in choices}
    say("calibrating the confidence on texts held out")
    rankers["confidence"] = _confidence(lessons, divides=divides)
    return Model(field, rankers, divides, provenance)


def _lesson(annotated: Annotated) -> _Lesson:
    page = read(annotated.text)
    claims = roles.spans_of(page, annotated.claims)
    labels = roles.encode(len(page.words), [span for claim in claims for span in claim])
    return _Lesson(annotated, page, search(page), claims, labels)


def _learnt(lessons: Sequence[_Lesson]) -> tuple[tagging.Field, dict[str, Ranker]]:
    field = tagging.learn((lesson.page, lesson.rules, lesson.labels) for lesson in lessons)
    binder = binding.learn((lesson.page, lesson.claims, lesson.rules) for lesson in lessons)
    return field, {"cue": binder.cue, "source": binder.source, "via": binder.via}


def _choices(reports: Sequence[Report], codebooks: Mapping[str, Codebook]) -> dict[str, list[Choice]]:
    """Return what was chosen, and from what, for every label of every claim of `reports`."""
    choices: dict[str, list[Choice]] = {name: [] for name in LABELLED if name != "confidence"}
    for report in reports:
        reading, memory = Reading(report.text, codebooks[report.dossier]), speaking.Memory()
        claims = sorted(report.claims, key=lambda claim: (claim.content[0].start, claim.content[-1].end))
        cases = [reading.case(claim, [relay.fragments for relay in claim.via]) for claim in claims]
        topics = subjects.Topics(reading, cases, [claim.speaker for claim in claims])
        for number, (claim, case) in enumerate(zip(claims, cases, strict=True)):
            speakers = speaking.speakers(reading, case, memory)
            choices["speaker"].append((list(speakers.values()), list(speakers).index(claim.speaker)))
            places = speaking.agencies_of(reading, case, claim.speaker, memory)
            if claim.agency in places:
                choices["agency"].append((list(places.values()), list(places).index(claim.agency)))
            choices["topic"].append((topics.features(number, memory), topics.ids.index(claim.topic)))
            choices["stance"].append(
                (subjects.stances(reading, case, claim.topic, claim.kind), STANCES.index(claim.stance))
            )
            choices["kind"].append((subjects.kinds(reading, case), KINDS.index(claim.kind)))
            memory.settle(case, claim.speaker, claim.agency)
            memory.topics.append(claim.topic)
    return choices


def _confidence(lessons: Sequence[_Lesson], *, divides: bool) -> Ranker:
    """Return the ranker of right contents against wrong ones, from predictions for texts that were held out."""
    choices: list[Choice] = []
    for held in _folds(lessons):
        field, rankers = _learnt([lesson for lesson in lessons if lesson not in held])
        rankers |= dict.fromkeys(LABELLED, Ranker({}))
        tagger = Tagger(model=Model(field, rankers, divides, {}))
        for lesson in held:
            gold = [claim.content for claim in lesson.annotated.claims]
            for proposal in tagger.proposals(lesson.annotated.text):
                choices.append(([proposal.signs, {}], 0 if right(proposal, gold) else 1))
    return fit(choices, penalty=PENALTIES["confidence"])


def _folds(lessons: Sequence[_Lesson]) -> list[list[_Lesson]]:
    """Return the parts that are held out in turn: each group, or every fourth text where groups are many or one."""
    groups = sorted({lesson.annotated.group for lesson in lessons})
    part = {group: at % _FOLDS for at, group in enumerate(groups)}
    folds: list[list[_Lesson]] = [[] for _ in range(_FOLDS)]
    for at, lesson in enumerate(lessons):
        folds[part[lesson.annotated.group] if len(groups) > 1 else at % _FOLDS].append(lesson)
    return [fold for fold in folds if 0 < len(fold) < len(lessons)]


def right(proposal: Proposal, gold: Sequence[Fragments]) -> bool:
    """Whether the content of `proposal` overlaps one of `gold` by half of what the two cover."""
    own = _offsets(proposal.content)
    return any(len(own & other) >= _RIGHT * len(own | other) for other in map(_offsets, gold))


def _offsets(fragments: Fragments) -> frozenset[int]:
    return frozenset(at for f in fragments for at in range(f.start, f.end))


def from_reports(reports: Sequence[Report]) -> list[Annotated]:
    """Return OnRecord reports as annotated texts, their dossiers as groups."""
    return [Annotated(report.text, report.claims, report.dossier) for report in reports]


