"""Training the tagger: from annotated texts to a model.

The spans may come from OnRecord or from PolNeAR; the labels come from OnRecord reports always, for PolNeAR has none.
All that comes after the roles (what binds spans, labels, confidence) learns from what a role model predicts for texts
that it had not seen, because that is what it will meet: texts are held out in turn, whole dossiers where there are
several; of a large corpus each half. What is drawn at random has a fixed seed: equal texts give an equal model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from onrecord.baselines import binding, borders, roles, sifting, tagging, teaching
from onrecord.baselines.finding import search
from onrecord.baselines.linear import Choice, Ranker, fit
from onrecord.baselines.model import Model
from onrecord.baselines.proposals import Labelling, proposals
from onrecord.baselines.roles import Said, Shares
from onrecord.baselines.scene import Found
from onrecord.baselines.words import Words, read
from onrecord.schema.codebook import Codebook
from onrecord.schema.records import Report

_PENALTY: Final = 1.0
"""How strongly the weights of the confidence are drawn to 0."""
_FOLDS: Final = 4
_LARGE: Final = 100_000
"""The words from which on a corpus is large: labels tell ends of spans and where cues stand, the role model sees more
and is eager, borders are chosen anew and contents sifted, and two halves are enough to see what a model makes of texts
that it had not seen.

Choosing borders takes as long as all else, or longer. OnRecord's own reports gain some exact contents by it, but lost
half a point of records on the test split, the one setting that was settled with figures of test in view.
"""

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
    """A lesson, and what a role model that had not seen it makes of it; of a large corpus also where borders may be."""

    lesson: _Lesson
    found: Labelling
    shares: Shares | None


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
    large = _is_large(lessons)
    if large:
        lessons = [_enriched(lesson) for lesson in lessons]
    say("learning roles from all of them, and from parts, to see what the rest looks like")
    parts = _parts(lessons, large=large)
    field, *partial = _fields([lessons, *(seen for seen, _ in parts)], large=large)
    answers = [
        _answer(one, lesson, large=large) for one, (_, unseen) in zip(partial, parts, strict=True) for lesson in unseen
    ]
    say("learning what binds spans, and what is right")
    binder = binding.learn(
        binding.Example(a.lesson.page, a.found.spans, a.lesson.rules, a.lesson.claims) for a in answers
    )
    rankers = {"cue": binder.cue, "source": binder.source, "via": binder.via}
    if large:
        rankers["border"] = borders.learn(_examples(answers), binder)
        answers = [_settled(answer, binder, rankers["border"]) for answer in answers]
        rankers["sift"] = sifting.learn(_examples(answers), binder)
        answers = [_sifted(answer, binder, rankers["sift"]) for answer in answers]
    rankers["confidence"] = _confidence(answers, binder, divides=divides)
    say(f"learning labels from {len(reports)} reports")
    known = {answer.lesson.annotated.text: answer for answer in answers}
    taught: list[teaching.Taught] = []
    for report in reports:
        answer = known.get(report.text) or _unseen(field, report, binder, rankers)
        found = proposals(answer.lesson.page, answer.lesson.rules, answer.found, binder, divides=divides)
        taught.append(teaching.taught(report, codebooks[report.dossier], found))
    rankers |= teaching.learn(taught)
    return Model(field, rankers, divides, provenance)


def _lesson(annotated: Annotated) -> _Lesson:
    page = read(annotated.text)
    claims = roles.spans_of(page, annotated.claims)
    labels = roles.encode(len(page.words), [span for claim in claims for span in claim])
    return _Lesson(annotated, page, search(page), claims, labels)


def _enriched(lesson: _Lesson) -> _Lesson:
    return replace(lesson, labels=roles.with_marks(roles.with_ends(lesson.labels), lesson.claims))


def _fields(corpora: Iterable[Sequence[_Lesson]], *, large: bool) -> list[tagging.Field]:
    """Return the role models that corpora teach; large ones are learnt from side by side, on all processors."""
    if not large:
        return [tagging.learn(_roles(lessons)) for lessons in corpora]
    from joblib import Parallel, delayed

    learn = delayed(tagging.learn)
    fields: list[tagging.Field] = Parallel(n_jobs=-1)(learn(_roles(lessons), large=True) for lessons in corpora)
    return fields


def _roles(lessons: Sequence[_Lesson]) -> list[tuple[Words, Sequence[Found], Sequence[str]]]:
    return [(lesson.page, lesson.rules, lesson.labels) for lesson in lessons]


def _answer(field: tagging.Field, lesson: _Lesson, *, large: bool) -> _Answer:
    tagged = field.tag(lesson.page, lesson.rules)
    found = Labelling(roles.decode(tagged.labels), tagged.sureness())
    return _Answer(lesson, found, tagged.shares() if large else None)


def _examples(answers: Iterable[_Answer]) -> Iterator[borders.Example]:
    """Yield what `answers` teach of contents."""
    for answer in answers:
        if answer.shares is not None:
            lesson = answer.lesson
            yield borders.Example(lesson.page, lesson.rules, answer.found, answer.shares, lesson.claims)


def _settled(answer: _Answer, binder: binding.Binder, ranker: Ranker) -> _Answer:
    """Return `answer` with the borders that `ranker` chooses."""
    lesson, shares = answer.lesson, answer.shares
    if shares is None:
        return answer
    return replace(answer, found=borders.settle(lesson.page, lesson.rules, answer.found, shares, binder, ranker))


def _sifted(answer: _Answer, binder: binding.Binder, ranker: Ranker) -> _Answer:
    """Return `answer` with the contents that `ranker` keeps."""
    lesson = answer.lesson
    return replace(answer, found=sifting.sift(lesson.page, lesson.rules, answer.found, binder, ranker))


def _unseen(field: tagging.Field, report: Report, binder: binding.Binder, rankers: Mapping[str, Ranker]) -> _Answer:
    """Return what `field`, trained on other texts, makes of `report`."""
    large = "border" in rankers
    answer = _answer(field, _lesson(Annotated(report.text, report.claims, report.dossier)), large=large)
    if large:
        answer = _sifted(_settled(answer, binder, rankers["border"]), binder, rankers["sift"])
    return answer


def _is_large(lessons: Sequence[_Lesson]) -> bool:
    return sum(len(lesson.page.words) for lesson in lessons) > _LARGE


def _parts(lessons: Sequence[_Lesson], *, large: bool) -> list[tuple[Sequence[_Lesson], Sequence[_Lesson]]]:
    """Return lessons to learn from, each time with lessons that are not among them."""
    if large:
        return [(lessons[::2], lessons[1::2]), (lessons[1::2], lessons[::2])]
    groups = sorted({lesson.annotated.group for lesson in lessons})
    part = {group: at % _FOLDS for at, group in enumerate(groups)}
    places = [part[lesson.annotated.group] if len(groups) > 1 else at % _FOLDS for at, lesson in enumerate(lessons)]
    folds = (
        [
            [lesson for lesson, place in zip(lessons, places, strict=True) if (place == fold) == held]
            for held in (False, True)
        ]
        for fold in sorted(set(places))
    )
    return [(seen, unseen) for seen, unseen in folds if seen]


def _confidence(answers: Sequence[_Answer], binder: binding.Binder, *, divides: bool) -> Ranker:
    """Return the ranker of right contents against wrong ones."""
    choices: list[Choice] = []
    for answer in answers:
        gold = [claim.content for claim in answer.lesson.annotated.claims]
        found = proposals(answer.lesson.page, answer.lesson.rules, answer.found, binder, divides=divides)
        choices += [([one.signs, {}], 0 if teaching.nearest(one, gold) is not None else 1) for one in found]
    return fit(choices, penalty=_PENALTY)


def from_reports(reports: Sequence[Report]) -> list[Annotated]:
    """Return OnRecord reports as annotated texts, their dossiers as groups."""
    return [Annotated(report.text, report.claims, report.dossier) for report in reports]
