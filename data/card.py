"""The dataset card's YAML: the front matter of README.md, where hand-written keys stay and generated ones are replaced.

`configs` names every published file by its path, with the package's version and the digest of the configuration's rows
in each entry: `datasets` keys its cache on this text alone, and would otherwise show old rows after the data change.
`dataset_info` declares the features.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from onrecord.schema.errors import OnRecordError

GENERATED: Final = ("configs", "dataset_info")
_FRONT: Final = re.compile(r"---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_KEY: Final = re.compile(r"[A-Za-z_][\w-]*(?=:)")


@dataclass(frozen=True, slots=True)
class Published:
    """One configuration as the card shows it: its files by split (paths from the root), and the digest of its rows."""

    config: str
    files: Mapping[str, str]
    digest: str
    features: Sequence[Mapping[str, Any]]


def render_card(readme: str, published: Sequence[Published], version: str) -> str:
    """Return `readme` with the generated keys of its front matter replaced; the rest stays to the letter.

    The first configuration is the default one. Raises `OnRecordError` where there is no front matter.
    """
    match = _FRONT.match(readme)
    if match is None:
        raise OnRecordError("README.md does not begin with front matter; begin it with a line '---', YAML, and '---'")
    generated = yaml.dump(_values(published, version), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{_hand_written(match[1])}{generated}---\n{readme[match.end() :]}"


def _hand_written(front: str) -> str:
    """Return the lines of the front matter that belong to keys that are not generated."""
    kept: list[str] = []
    generated = False
    for line in front.splitlines(keepends=True):
        if key := _KEY.match(line):
            generated = key[0] in GENERATED
        if not generated:
            kept.append(line)
    return "".join(kept)


def _values(published: Sequence[Published], version: str) -> dict[str, Any]:
    configs = [
        {
            "config_name": one.config,
            **({"default": True} if one is published[0] else {}),
            "version": version,
            "description": f"sha256={one.digest}",
            "data_files": [{"split": split, "path": path} for split, path in one.files.items()],
        }
        for one in published
    ]
    infos = [{"config_name": one.config, "features": list(one.features)} for one in published]
    return {"configs": configs, "dataset_info": infos}
