"""Fine-tuning: from a pretrained language model and annotated texts to a checkpoint that `transformers` runs.

The usual recipe (Devlin et al. 2019): cross-entropy over the first token of each word, AdamW (Loshchilov and Hutter
2019), a rate that rises over the first tenth of the steps and falls to 0 over the rest, gradients clipped to norm 1.
After each epoch the texts held out are labelled; the checkpoint of the epoch with the best F1 of whole spans is kept.
It is written to a folder of its own first and then moved, so `out` never holds a half of one, and who stops early has
the best epoch until then; `--base` may name it, to go on. One seed gives one checkpoint on one processor.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from onrecord.baselines import roles, windows
from onrecord.baselines.checkpoint import KEY, folder_of, padded, quiet, read_model, read_tokenizer, window_length
from onrecord.baselines.roles import LABELS, Span
from onrecord.baselines.training import Annotated
from onrecord.baselines.words import Words, read
from onrecord.schema.errors import OnRecordError

_IGNORED: Final = -100
"""The target of places that neither teach nor count; what torch's cross-entropy leaves out."""
_BATCH: Final = 8
_WARM_UP: Final = 0.1
_DECAY: Final = 0.01
_NORM: Final = 1.0
_WEIGHTS: Final = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Course:
    """How a pretrained model (a folder, or a name on the Hub) is trained; `rate` is the highest."""

    base: str
    epochs: int = 10
    rate: float = 5e-5
    seed: int = 0
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Epoch:
    """How an epoch ended: mean losses for a word, and the F1 of whole spans, all roles together, in texts held out."""

    number: int
    loss: float
    held_loss: float
    f1: float | None

    def __str__(self) -> str:
        f1 = "undefined (no spans)" if self.f1 is None else f"{100 * self.f1:.1f}"
        return f"epoch {self.number}: loss {self.loss:.4f}, held out: loss {self.held_loss:.4f}, F1 of spans {f1}"

    @property
    def rank(self) -> tuple[float, float]:
        """What the best epoch has most of."""
        return self.f1 or 0.0, -self.held_loss


@dataclass(frozen=True, slots=True)
class _Lesson:
    """An annotated text made ready: its spans, its windows, and what is to be learnt at each place of each of these."""

    spans: frozenset[Span]
    pieces: windows.Pieces
    targets: Sequence[Sequence[int]]


def finetune(
    texts: Sequence[Annotated],
    held: Sequence[Annotated],
    *,
    course: Course,
    about: Mapping[str, Any],
    out: Path,
    tell: Callable[[Epoch], None] = lambda _: None,
) -> Epoch:
    """Train on `texts`, keep in `out` the checkpoint that does best on `held`, and return the epoch it comes from.

    `about` goes into the checkpoint's `config.json`; `divides` in it says whether contents are propositions. `tell` is
    given each epoch when it ends.
    """
    if not texts or not held:
        raise OnRecordError(
            f"{len(texts)} texts to learn from and {len(held)} held out; give some of either", exit_code=2
        )
    folder, out = folder_of(course.base), _room(out)
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(course.seed)
        training = _Training(course, folder, about)
        lessons, tests = training.lessons(texts), training.lessons(held)
        best: Epoch | None = None
        for number, loss in enumerate(training.epochs(lessons), start=1):
            epoch = Epoch(number, loss, *training.tested(tests))
            if best is None or epoch.rank > best.rank:
                training.save(out)
                best = epoch
            tell(epoch)
    assert best is not None  # noqa: S101 - there is at least one epoch
    return best


def _room(out: Path) -> Path:
    """Return the whole path of `out`, an empty folder from now on; raise `OnRecordError` where it cannot be one."""
    out = out.resolve()
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise OnRecordError(f"{out}: it is not empty; give a new folder for the checkpoint", exit_code=2)
    except OSError as error:
        raise OnRecordError(f"{out}: it cannot be made ({error.strerror}); give another folder", exit_code=2) from None
    return out


class _Training:
    """A model while it is trained."""

    def __init__(self, course: Course, folder: Path, about: Mapping[str, Any]) -> None:
        self._course = course
        self._tokenizer = read_tokenizer(course.base, folder)
        labels = dict(enumerate(LABELS))
        self._model = read_model(
            course.base,
            folder,
            course.device,
            num_labels=len(LABELS),
            id2label=labels,
            label2id={label: number for number, label in labels.items()},
            ignore_mismatched_sizes=True,
        )
        self._length = window_length(self._tokenizer, self._model.config)
        self._tokenizer.model_max_length = self._length
        setattr(self._model.config, KEY, dict(about))

    def lessons(self, texts: Sequence[Annotated]) -> list[_Lesson]:
        """Return `texts` made ready."""
        pages = [read(text.text) for text in texts]
        cuts = windows.cut(self._tokenizer, pages, self._length)
        return [self._lesson(*each) for each in zip(texts, pages, cuts, strict=True)]

    def _lesson(self, text: Annotated, page: Words, pieces: windows.Pieces) -> _Lesson:
        spans = [span for claim in roles.spans_of(page, text.claims) for span in claim]
        labels = roles.encode(len(page.words), spans)
        return _Lesson(frozenset(roles.decode(labels)), pieces, windows.targets(pieces, labels, ignored=_IGNORED))

    def epochs(self, lessons: Sequence[_Lesson]) -> Iterator[float]:
        """Train epoch by epoch, and yield the mean loss of each."""
        import torch
        from transformers import get_linear_schedule_with_warmup

        pairs = [pair for lesson in lessons for pair in zip(lesson.pieces.windows, lesson.targets, strict=True)]
        steps = math.ceil(len(pairs) / _BATCH) * self._course.epochs
        optimizer = torch.optim.AdamW(self._model.parameters(), lr=self._course.rate, weight_decay=_DECAY)
        schedule = get_linear_schedule_with_warmup(optimizer, int(_WARM_UP * steps), steps)
        for number in range(1, self._course.epochs + 1):
            self._model.train()
            order, total, count = torch.randperm(len(pairs)).tolist(), 0.0, 0
            for first in range(0, len(order), _BATCH):
                loss, judged, _ = self._judged([pairs[at] for at in order[first : first + _BATCH]])
                optimizer.zero_grad()
                (loss / max(judged, 1)).backward()
                torch.nn.utils.clip_grad_norm_(self._model.parameters(), _NORM)
                optimizer.step()
                schedule.step()
                total, count = total + loss.item(), count + judged
            if not math.isfinite(total):
                raise OnRecordError(f"epoch {number}: the loss is no number; train with a lower rate")
            yield total / max(count, 1)

    def _judged(self, pairs: Sequence[tuple[windows.Window, Sequence[int]]]) -> tuple[Any, int, Any]:
        """Return the summed loss over a batch, over how many places it goes, and the logits."""
        import torch

        inputs = padded(self._tokenizer, [window for window, _ in pairs], self._model.device)
        width = inputs["input_ids"].shape[1]
        rows = [[*targets, *[_IGNORED] * (width - len(targets))] for _, targets in pairs]
        wanted = torch.tensor(rows, device=self._model.device)
        logits = self._model(**inputs).logits
        loss = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1).float(), wanted.flatten(), ignore_index=_IGNORED, reduction="sum"
        )
        return loss, int((wanted != _IGNORED).sum()), logits

    def tested(self, lessons: Sequence[_Lesson]) -> tuple[float, float | None]:
        """Return the mean loss for a word, and the F1 of whole spans."""
        import torch

        self._model.eval()
        total, count, right, either = 0.0, 0, 0, 0
        for lesson in lessons:
            scores = []
            with torch.inference_mode():
                for pair in zip(lesson.pieces.windows, lesson.targets, strict=True):
                    loss, judged, logits = self._judged([pair])
                    total, count = total + loss.item(), count + judged
                    scores.append(torch.log_softmax(logits[0].double(), dim=-1).cpu().numpy())
            found = windows.labels_of(lesson.pieces, windows.joined(lesson.pieces.windows, scores), LABELS)
            right += len(lesson.spans.intersection(found.spans))
            either += len(lesson.spans) + len(found.spans)
        return total / max(count, 1), 2 * right / either if either else None

    def save(self, out: Path) -> None:
        """Put the checkpoint into `out`, whole: the first one as a folder, later ones by their weights."""
        try:
            with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch, quiet():
                folder = Path(scratch) / "checkpoint"
                self._model.save_pretrained(folder)
                self._tokenizer.save_pretrained(folder)
                if any(out.iterdir()):
                    (folder / _WEIGHTS).replace(out / _WEIGHTS)
                else:
                    out.rmdir()
                    folder.rename(out)
        except OSError as error:
            raise OnRecordError(f"{out}: it cannot be written ({error.strerror or error}); make room for it") from None
