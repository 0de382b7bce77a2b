"""Answers that were paid for, on disk: one file each, written whole the moment it arrives.

The name of a file is the digest of all that an answer depends on: the endpoint and the whole request (model,
parameters, prompt with codebook and text, schema), with the number of the repetition. Scorers whose cache forgot the
model, or a parameter, have given one model the answers of another. A run that is killed goes on without asking again.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

import orjson

from onrecord.baselines.llm_prompt import digest
from onrecord.schema.errors import OnRecordError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, whether it was cut short, and the tokens that were paid for."""

    content: str
    truncated: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Cache:
    """A folder of answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def key(url: str | None, request: Mapping[str, Any], repeat: int) -> str:
        """Return what the answer to a request is kept under."""
        return digest({"url": url, "request": request, "repeat": repeat})

    def get(self, key: str) -> Answer | None:
        """Return the answer that is kept, or None; a file that is damaged is no answer."""
        try:
            answer = Answer(**orjson.loads(self._path(key).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        pairs = zip(astuple(answer), astuple(Answer("")), strict=True)
        return answer if all(isinstance(value, type(like)) for value, like in pairs) else None

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer: whole or not at all. Raise `OnRecordError` where the folder cannot be written to."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(orjson.dumps(asdict(answer)))
                Path(name).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            fix = "give a folder that can be written to as `cache`"
            raise OnRecordError(f"{path.parent}: {error.strerror}; {fix}", exit_code=2) from None

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
