"""`transformers`: the tagger with a language model's roles of words in place of its own.

`transformers:FOLDER` or `transformers:NAME` (on the Hugging Face Hub) reads a checkpoint for token classification
(`checkpoint`) whose labels are those of `roles`: one that `onrecord train transformers` wrote, or anyone's. Its roles
(`windows`) go the way of the tagger's: the packaged rankers bind them into claims and label these. The rankers learnt
from the mistakes of the tagger's own roles, which are others: so is what confidences were calibrated on.

Behind `?` stand options, as in `transformers:FOLDER?device=cuda`: `device` is one of torch's, `cpu` unless given;
`revision` is a branch, tag or commit of a model on the Hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl

from onrecord.baselines import model
from onrecord.baselines.attribution import Attribution
from onrecord.baselines.checkpoint import open_checkpoint
from onrecord.baselines.finding import search
from onrecord.baselines.tagger import Labelled, Tagger
from onrecord.baselines.words import Words, read
from onrecord.schema.errors import OnRecordError

_OPTIONS: Final = ("device", "revision")
_AT_ONCE: Final = 16
"""Texts whose windows share batches."""


class Transformers(Tagger):
    """A fine-tuned language model with the tagger's linking and labelling, as a system."""

    def __init__(self, argument: str) -> None:
        name, options = _read(argument)
        self._checkpoint = open_checkpoint(name, device=options.get("device", "cpu"), revision=options.get("revision"))
        super().__init__(model=replace(model.load(), divides=self._checkpoint.divides))

    def identity(self) -> str:
        """Return what tells this system from any other: digests of the checkpoint and of what links and labels."""
        return f"{self._checkpoint.digest} {super().identity()}"

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions that the checkpoint finds in `text`, undivided; the rules add none to these."""
        (labelled,) = self._labelled([read(text)])
        return self._attributions(labelled)

    def _labelled(self, pages: Iterable[Words]) -> Iterator[Labelled]:
        left = iter(pages)
        while block := list(islice(left, _AT_ONCE)):
            for page, found in zip(block, self._checkpoint.label(block), strict=True):
                yield page, search(page), found


def _read(argument: str) -> tuple[str, dict[str, str]]:
    """Return the name of a checkpoint and the options behind it."""
    name, _, query = argument.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
    except ValueError:
        raise _wrong(f"{query!r} is no option; write each as name=value") from None
    for option, value in pairs:
        if option not in _OPTIONS:
            raise _wrong(f"there is no option {option!r} (there are: {', '.join(_OPTIONS)})")
        if not value or [other for other, _ in pairs].count(option) > 1:
            raise _wrong(f"give {option!r} one value, once")
    if not name:
        raise _wrong("the checkpoint is missing; give its folder or its name on the Hub")
    return name, dict(pairs)


def _wrong(what: str) -> OnRecordError:
    return OnRecordError(f"transformers:CHECKPOINT?…: {what}", exit_code=2)
