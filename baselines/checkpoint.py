"""Checkpoints: a model for token classification of the `transformers` library, from a folder or the Hub.

Nothing in a checkpoint is run: weights are read as safetensors alone, and code of its own stays where it is. It is
refused, in one line that says why, where a package is missing, where there is no such folder, no fast tokenizer (only
these tell where in the text a token stands), no labels of ours, or where weights are missing, torn or not numbers.
`config.json` says under `onrecord` whether the contents that it finds are propositions, as those of OnRecord are;
where it says nothing, they are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from onrecord.baselines import windows
from onrecord.baselines.proposals import Labelling
from onrecord.baselines.roles import LABELS
from onrecord.baselines.words import Words
from onrecord.schema import extras
from onrecord.schema.errors import OnRecordError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NEEDS: Final = ("torch", "transformers", "safetensors", "huggingface_hub")
_FILES: Final = ("*.json", "*.safetensors", "*.txt", "*.model")
"""What is fetched from the Hub: settings, weights, vocabularies."""
_NAME: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_LONGEST: Final = 512
"""The most tokens of a window, for models that can take more: what most can take, and what a processor bears."""
_AT_ONCE: Final = 8
"""Windows in a batch."""
KEY: Final = "onrecord"
"""Where `config.json` says what we know of a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model with its tokenizer, ready to label; `digest` is that of all its files, `length` that of its windows."""

    model: Any
    tokenizer: Any
    names: Sequence[str]
    length: int
    digest: str
    divides: bool

    def label(self, pages: Sequence[Words]) -> Iterator[Labelling]:
        """Yield the roles of each page; their windows share batches."""
        cuts = windows.cut(self.tokenizer, pages, self.length)
        every = [window for pieces in cuts for window in pieces.windows]
        scores = (score for batch in windows.batches(every, _AT_ONCE) for score in self._scores(batch))
        for pieces in cuts:
            own: list[NDArray[np.float64]] = [next(scores) for _ in pieces.windows]
            yield windows.labels_of(pieces, windows.joined(pieces.windows, own), self.names)

    def _scores(self, batch: Sequence[windows.Window]) -> Iterator[NDArray[np.float64]]:
        """Yield the log-probabilities (places × labels) of each window."""
        import torch

        with torch.inference_mode():
            logits = self.model(**padded(self.tokenizer, batch, self.model.device)).logits
            if not bool(torch.isfinite(logits).all()):
                raise OnRecordError("the checkpoint answers with what is no number; fetch or train it again")
            yield from torch.log_softmax(logits.double(), dim=-1).cpu().numpy()


def padded(tokenizer: Any, batch: Sequence[windows.Window], device: Any) -> Any:
    """Return the inputs of `batch` as tensors of one length."""
    with quiet():
        return tokenizer.pad([dict(window.inputs) for window in batch], return_tensors="pt").to(device)


def open_checkpoint(name: str, *, device: str, revision: str | None) -> Checkpoint:
    """Return the checkpoint in the folder `name`, or of that name on the Hub; raise `OnRecordError` for any other."""
    folder = folder_of(name, revision)
    config = _asked(name, "its config.json cannot be used", lambda: _auto("Config").from_pretrained(folder))
    names = [config.id2label.get(number, "") for number in range(config.num_labels)]
    if strangers := [label for label in names if label not in LABELS]:
        raise _refusal(name, f"it has labels of another task ({strangers[0]!r})")
    if "B-content" not in names:
        raise _refusal(name, "it has no label 'B-content', so it finds no claims")
    tokenizer = read_tokenizer(name, folder)
    model = read_model(name, folder, device).eval()
    ours = getattr(config, KEY, None)
    divides = bool(ours.get("divides", True)) if isinstance(ours, Mapping) else True
    return Checkpoint(model, tokenizer, names, window_length(tokenizer, config), _digest(folder), divides)


def folder_of(name: str, revision: str | None = None) -> Path:
    """Return the folder called `name`, or the one that holds what the Hub has under that name."""
    if missing := [package for package in _NEEDS if find_spec(package) is None]:
        fix = extras.command("transformers")
        raise OnRecordError(f"transformers needs {', '.join(missing)}; {fix}", exit_code=2)
    if Path(name).is_dir():
        return Path(name)
    if not _NAME.fullmatch(name):
        raise OnRecordError(f"{name}: no such folder; give that of a checkpoint, or a name on the Hub", exit_code=2)
    from huggingface_hub import snapshot_download

    with quiet():
        try:
            return Path(snapshot_download(name, revision=revision, allow_patterns=list(_FILES)))
        except Exception as error:  # no such name, no network, no access, no space: they have no common base
            what = f"{name}: no such folder, and the Hub does not give it ({_line(error)})"
            raise OnRecordError(f"{what}; correct the path or the name", exit_code=2) from None


def read_tokenizer(name: str, folder: Path) -> Any:
    """Return the tokenizer in `folder`, set to cut and pad at the end."""
    tokenizer = _asked(name, "its tokenizer cannot be read", lambda: _auto("Tokenizer").from_pretrained(folder))
    if not tokenizer.is_fast:
        raise _refusal(name, "its tokenizer is no fast one (tokenizer.json), which tells where tokens stand")
    if tokenizer.pad_token is None:
        raise _refusal(name, "its tokenizer has no token to pad with")
    tokenizer.truncation_side = tokenizer.padding_side = "right"
    return tokenizer


def read_model(name: str, folder: Path, device: str, **options: Any) -> Any:
    """Return the model in `folder` on `device`; with `options`, made for them.

    A model that is still to be trained may lack the weights of its last layers: `options` say which labels they get.
    """
    import torch

    kind = _auto("ModelForTokenClassification")
    settings = {"use_safetensors": True, "dtype": torch.float32, "output_loading_info": True, **options}
    model, known = _asked(name, "its weights cannot be read", lambda: kind.from_pretrained(folder, **settings))
    body = f"{model.base_model_prefix}."
    if lacking := [key for key in known["missing_keys"] if not options or key.startswith(body)]:
        raise _refusal(name, f"its weights lack {min(lacking)!r}")
    return _asked(name, f"it cannot be put on the device {device!r}", lambda: model.to(torch.device(device)))


def window_length(tokenizer: Any, config: Any) -> int:
    """Return how many tokens a window of the model has at most."""
    # Where the tokenizer does not say: two less than the model has positions, for some families use two themselves.
    positions = getattr(config, "max_position_embeddings", None) or _LONGEST + 2
    known = tokenizer.model_max_length
    return int(min(_LONGEST, positions, known if known < 10**6 else positions - 2))


def _auto(kind: str) -> Any:
    import transformers

    return getattr(transformers, f"Auto{kind}")


def _asked(name: str, what: str, ask: Any) -> Any:
    """Return what `ask` returns; whatever the library raises over a file that is not ours is one line."""
    with quiet():
        try:
            return ask()
        except Exception as error:
            raise _refusal(name, f"{what} ({_line(error)})") from None


def _line(error: Exception) -> str:
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words if len(words) <= 200 else words[:199] + '…'}"


def _refusal(name: str, what: str) -> OnRecordError:
    fix = "give a checkpoint as `onrecord train transformers` writes it"
    return OnRecordError(f"{name}: {what}; {fix}", exit_code=2)


def _digest(folder: Path) -> str:
    """Return the sha256 of the files that make a checkpoint, with their names."""
    total = hashlib.sha256()
    for file in sorted({file for pattern in _FILES for file in folder.glob(pattern)}):
        with file.open("rb") as stream:
            total.update(f"{file.name} {hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the library's progress bars and advice off the terminal."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
