"""Topics as a user defines them for texts of their own: a YAML or JSON file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from onrecord.eval.files import opened
from onrecord.schema.codebook import OPEN, Topic
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident, counted, shown
from onrecord.schema.located import UnreadableError, decode, line_of, read_yaml
from onrecord.schema.semantics import check_codebook
from onrecord.schema.structure import check_structure

_LIMIT: Final = 2**20
"""The largest file of topics, in bytes: thousands of them, which take seconds to read."""
_AGENT: Final[dict[str, Any]] = {
    "id": "anyone", "name": "anyone", "type": "person", "identity": "unnamed", "affiliation": None, "aliases": [],
    "wikidata": None,
}  # fmt: skip


def read_topics(path: Path) -> tuple[Topic, ...]:
    """Return the topics in a file: a list, or a mapping with a list `topics` (as a codebook is), of topics with `id`,
    `label`, `definition` and `target`. Raises `OnRecordError`, with an incident for each thing that is wrong.
    """
    name = str(path)
    with opened(path) as stream:
        data = stream.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise OnRecordError(f"{path}: longer than {_LIMIT // 2**20} MiB; give a list of topics", exit_code=2)
    try:
        value, lines = read_yaml(decode(data, name), name)
    except UnreadableError as error:
        raise OnRecordError(f"{path}: no topics to read", incidents=[error.incident], exit_code=2) from None
    listed: Any = value.get("topics") if isinstance(value, dict) else value
    prefix = "/topics" if isinstance(value, dict) else ""
    if not isinstance(listed, list):
        wrong = [Incident("value-type", shown(value), "expected a list of topics, or a mapping that has one")]
    else:
        # As the topics of a codebook, so that there is one rule for what a topic is.
        book: dict[str, Any] = {"dossier": OPEN, "title": "-", "description": "-", "split": "test", "invented": False}
        book |= {"agents": [_AGENT], "topics": listed}
        wrong = check_structure("codebook", book) or list(check_codebook(book))
    if wrong:
        placed = [replace(i, pointer=prefix + i.pointer.removeprefix("/topics")) for i in wrong]
        placed = [replace(i, file=name, line=line_of(lines, i.pointer)) for i in placed]
        what = f"{path}: {counted(len(placed), 'error')}; correct what stands above first"
        raise OnRecordError(what, incidents=placed, exit_code=2)
    return tuple(Topic(**topic) for topic in listed)
