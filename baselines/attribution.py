"""What the extraction finds in a text before any codebook is known."""

from __future__ import annotations

from typing import NamedTuple

from onrecord.baselines.lexicon import Frame
from onrecord.baselines.scene import Pattern
from onrecord.schema.records import Fragments


class Attribution(NamedTuple):
    """An attribution as it stands in a text: who is said to say what, by which words; offsets in code points.

    `content`, `source` and `cue` follow the annotation rules. `complementiser` is the *that* or *to* in front of the
    content, which other corpora count into it; `relative` is the pronoun ("who") by which the cue hangs on the source.
    `via` holds mentions of those to whom or through whom the words went (the hearer of *told*, the source of a second
    *according to*): whether they are relays, only a codebook can tell. `inside` is the position, in the list that this
    stands in, of the attribution whose content holds this one, or None.
    """

    content: Fragments
    source: Fragments
    cue: Fragments
    frame: Frame
    pattern: Pattern
    verb: str
    complementiser: Fragments = ()
    relative: Fragments = ()
    via: tuple[Fragments, ...] = ()
    inside: int | None = None
