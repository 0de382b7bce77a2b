"""Training the tagger: from annotated texts to a model.

The spans may come from OnRecord or from PolNeAR; the labels come from OnRecord reports always, for PolNeAR has none.
All that comes after the roles (what binds spans, labels, confidence) learns from what a role model predicts for texts
that it had not seen, because that is what it will meet: texts are held out in turn, whole dossiers where there are
several; of a large corpus only a part. Nothing is drawn at random: equal texts give an equal model on one machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.baselines import binding, placing, roles, speaking, subjects, tagging
from onrecord.baselines.circumstances import Reading
from onrecord.baselines.finding import search
from onrecord.baselines.linear import Choice, Ranker, fit
from onrecord.baselines.model import LABELLED, Model
from onrecord.baselines.proposals import Labelling, Proposal, proposals
from onrecord.baselines.roles import Said
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words, read
from onrecord.schema.codebook import Codebook
from onrecord.schema.records import Fragments, Report
from onrecord.schema.vocabulary import KINDS, STANCES

PENALTIES: Final = {"speaker": 1.0, "agency": 1.0, "topic": 10.0, "stance": 30.0, "kind": 1.0, "confidence": 1.0}
"""How strongly each ranker is drawn to 0, chosen by holding out each dossier of the train split in turn."""
_FOLDS: Final = 4
_LARGE: Final = 100_000
"""The words from which on a corpus is large: the ends of spans are labels of their own, and to see what a model makes
of texts that it had not seen, a third of it teaches and another third is held out, once.
"""
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
    """An annotated text made ready for the role model."""

    annotated: Annotated
    page: Words
    rules: Sequence[Found]
    claims: Sequence[Sequence[roles.Span]]
    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A lesson, and what a role model that had not seen it makes of it."""

    lesson: _Lesson
    found: Labelling


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
    if _is_large(lessons):
        lessons = [replace(lesson, labels=roles.with_ends(lesson.labels)) for lesson in lessons]
    say("learning roles from a part, to see what the rest looks like")
    answers = [_Answer(lesson, _labelling(field, lesson)) for field, held in _held_out(lessons) for lesson in held]
    binder = binding.learn(
        binding.Example(a.lesson.page, a.found.spans, a.lesson.rules, a.lesson.claims) for a in answers
    )
    rankers = {"cue": binder.cue, "source": binder.source, "via": binder.via}
    rankers["confidence"] = _confidence(answers, binder, divides=divides)
    say("learning roles from all")
    field = _field(lessons)
    say(f"learning labels from {len(reports)} reports")
    known = {answer.lesson.annotated.text: answer for answer in answers}
    choices: dict[str, list[Choice]] = {name: [] for name in PENALTIES if name != "confidence"}
    for report in reports:
        answer = known.get(report.text) or _unseen(field, report)
        found = proposals(answer.lesson.page, answer.lesson.rules, answer.found, binder, divides=divides)
        _teach(report, codebooks[report.dossier], found, choices)
    rankers |= {name: fit(choices[name], penalty=PENALTIES[name], fewest=2) for name in choices}
    return Model(field, {name: rankers[name] for name in (*binding.CHOICES, *LABELLED)}, divides, provenance)


def _lesson(annotated: Annotated) -> _Lesson:
    page = read(annotated.text)
    claims = roles.spans_of(page, annotated.claims)
    labels = roles.encode(len(page.words), [span for claim in claims for span in claim])
    return _Lesson(annotated, page, search(page), claims, labels)


def _field(lessons: Sequence[_Lesson]) -> tagging.Field:
    return tagging.learn([(lesson.page, lesson.rules, lesson.labels) for lesson in lessons])


def _labelling(field: tagging.Field, lesson: _Lesson) -> Labelling:
    labels = field.label(lesson.page, lesson.rules)
    return Labelling(roles.decode(labels), field.sureness(labels))


def _unseen(field: tagging.Field, report: Report) -> _Answer:
    """Return what `field`, trained on other texts, makes of `report`."""
    lesson = _lesson(Annotated(report.text, report.claims, report.dossier))
    return _Answer(lesson, _labelling(field, lesson))


def _is_large(lessons: Sequence[_Lesson]) -> bool:
    return sum(len(lesson.page.words) for lesson in lessons) > _LARGE


def _held_out(lessons: Sequence[_Lesson]) -> Iterator[tuple[tagging.Field, Sequence[_Lesson]]]:
    """Yield role models, each with lessons that it did not learn from."""
    if _is_large(lessons):
        yield _field(lessons[::3]), lessons[1::3]
        return
    groups = sorted({lesson.annotated.group for lesson in lessons})
    part = {group: at % _FOLDS for at, group in enumerate(groups)}
    places = [part[lesson.annotated.group] if len(groups) > 1 else at % _FOLDS for at, lesson in enumerate(lessons)]
    for fold in sorted(set(places)):
        rest = [lesson for lesson, place in zip(lessons, places, strict=True) if place != fold]
        if rest:
            yield _field(rest), [lesson for lesson, place in zip(lessons, places, strict=True) if place == fold]


def _confidence(answers: Sequence[_Answer], binder: binding.Binder, *, divides: bool) -> Ranker:
    """Return the ranker of right contents against wrong ones."""
    choices: list[Choice] = []
    for answer in answers:
        gold = [claim.content for claim in answer.lesson.annotated.claims]
        found = proposals(answer.lesson.page, answer.lesson.rules, answer.found, binder, divides=divides)
        choices += [([one.signs, {}], 0 if _nearest(one, gold) is not None else 1) for one in found]
    return fit(choices, penalty=PENALTIES["confidence"])


def _teach(report: Report, codebook: Codebook, found: Sequence[Proposal], choices: dict[str, list[Choice]]) -> None:
    """Add what was to be chosen, and from what, for every label of every claim that `found` has right."""
    reading, memory = Reading(report.text, codebook), speaking.Memory()
    contents = [claim.content for claim in report.claims]
    paired = [(one, report.claims[at]) for one in found if (at := _nearest(one, contents)) is not None]
    cases = [reading.case(one, one.via) for one, _ in paired]
    topics = subjects.Topics(reading, cases, [claim.speaker for _, claim in paired])
    for number, (case, (_, claim)) in enumerate(zip(cases, paired, strict=True)):
        speakers = speaking.speakers(reading, case, memory)
        choices["speaker"].append((list(speakers.values()), list(speakers).index(claim.speaker)))
        places = placing.agencies_of(reading, case, claim.speaker, memory)
        if claim.agency in places:
            choices["agency"].append((list(places.values()), list(places).index(claim.agency)))
        choices["topic"].append((topics.features(number, memory), topics.ids.index(claim.topic)))
        stances = subjects.stances(reading, case, claim.topic, claim.kind)
        choices["stance"].append((stances, STANCES.index(claim.stance)))
        choices["kind"].append((subjects.kinds(reading, case), KINDS.index(claim.kind)))
        memory.settle(case, claim.speaker, claim.agency)
        memory.topics.append(claim.topic)


def _nearest(one: Proposal, contents: Sequence[Fragments]) -> int | None:
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


def from_reports(reports: Sequence[Report]) -> list[Annotated]:
    """Return OnRecord reports as annotated texts, their dossiers as groups."""
    return [Annotated(report.text, report.claims, report.dossier) for report in reports]
