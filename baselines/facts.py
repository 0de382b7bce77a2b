"""Facts of a system's own: which claims, over the reports of a dossier, say the same.

Claims of one speaker and one kind are clustered by how alike their contents are (`likeness`), average linkage, up to a
distance chosen on the train split. The id of a cluster is made from its first claim's speaker and words, so it is the
same on every run, and never that of another cluster by accident.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from onrecord.baselines.likeness import Likeness, between
from onrecord.schema.prediction import PredictedClaim

FARTHEST: Final = 0.85
"""The average distance, from 0 to 1, up to which clusters are joined."""

_PAIR: Final = 2

Found = tuple[str, Sequence[PredictedClaim]]
"""A text and its claims."""


def told_apart(documents: Sequence[Found]) -> list[list[PredictedClaim]]:
    """Return the claims of each document with a fact id each: equal ids for what says the same."""
    flat = [(text, claim) for text, claims in documents for claim in claims]
    words = [" ".join(text[f.start : f.end] for f in claim.content) for text, claim in flat]
    ids: dict[int, str] = {}
    groups: dict[tuple[str, str], list[int]] = {}
    for at, (_, claim) in enumerate(flat):
        groups.setdefault((claim.speaker, claim.kind), []).append(at)
    likeness = between(tuple(words)) if flat else None
    for (speaker, _), members in groups.items():
        for cluster in _clusters(members, likeness):
            name = hashlib.sha256(f"{speaker}\n{words[cluster[0]]}".encode()).hexdigest()[:12]
            ids.update(dict.fromkeys(cluster, name))
    numbered = iter(range(len(flat)))
    return [[replace(claim, fact=ids[next(numbered)]) for claim in claims] for _, claims in documents]


def _clusters(members: Sequence[int], likeness: Likeness | None) -> list[list[int]]:
    """Return `members`, indices of texts that `likeness` knows, in clusters of what is alike."""
    if likeness is None or len(members) < _PAIR:
        return [[member] for member in members]
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distance = 1 - likeness.among(members)
    tree: Any = linkage(squareform(distance, checks=False), method="average")
    found: dict[int, list[int]] = {}
    for member, label in zip(members, fcluster(tree, t=FARTHEST, criterion="distance").tolist(), strict=True):
        found.setdefault(label, []).append(member)
    return sorted(found.values())
