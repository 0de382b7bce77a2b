"""The registry of systems: what any package registers under the entry point group `onrecord.baselines`.

A system is a class without arguments whose instances have `extract`. Ours are registered in `pyproject.toml` like
anyone's.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Final, Protocol, cast

from onrecord.baselines.recording import Recorded, recorded
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import PredictedClaim

GROUP: Final = "onrecord.baselines"


class System(Protocol):
    """Anything that turns a text and a codebook into predicted claims."""

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text` (NFC): offsets into it in code points, labels that are ids of `codebook`."""
        ...


class UnknownSystemError(OnRecordError):
    """No system has this name; the message names those that exist."""

    def __init__(self, name: str) -> None:
        near = difflib.get_close_matches(name, names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        super().__init__(f"no system is called {name!r}{hint} (there are: {', '.join(names())})", exit_code=2)


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def names() -> list[str]:
    """Return the names of all systems: ours from the floor up, those of other packages by name, the recorded ones."""
    ladder = ["nothing", "quotes", "cues"]
    found = _registered()
    return [name for name in ladder if name in found] + sorted(set(found) - set(ladder)) + recorded()


def system(name: str) -> System:
    """Return a new instance of the system called `name`.

    Raises `UnknownSystemError` if there is none, and `OnRecordError` where its package cannot be loaded.
    """
    point = _registered().get(name)
    if point is None:
        if name in recorded():
            return Recorded(name)
        raise UnknownSystemError(name)
    try:
        instance = cast(Callable[[], System], point.load())()
        if not callable(getattr(instance, "extract", None)):
            raise TypeError("it has no method `extract`")
    except Exception as error:  # whatever a package does while it is imported
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        fix = "correct or uninstall the package that registers it"
        raise OnRecordError(f"{name} cannot be loaded ({what}); {fix}", exit_code=2) from None
    return instance
