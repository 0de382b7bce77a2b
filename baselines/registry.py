"""The registry of systems: what any package registers under an entry point group.

* `onrecord.baselines`: a class without arguments whose instances are systems; called by its name.
* `onrecord.adapters`: a class whose one argument is a string; called `NAME:ARGUMENT`, as in `exec:./my-program`.

Ours are registered in `pyproject.toml` like anyone's.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Final, Protocol, cast, runtime_checkable

from onrecord.baselines.recording import Recorded, recorded
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import PredictedClaim
from onrecord.schema.records import Fact

GROUP: Final = "onrecord.baselines"
ADAPTERS: Final = "onrecord.adapters"


@dataclass(frozen=True, slots=True)
class Document:
    """What a system is given: a text (NFC) with the id of its report, and the codebook that labels come from."""

    id: str
    text: str
    codebook: Codebook


class System(Protocol):
    """Anything that turns a text and a codebook into predicted claims."""

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text` (NFC): offsets into it in code points, labels that are ids of `codebook`."""
        ...


@runtime_checkable
class ManySystem(Protocol):
    """A system that is better given all documents at once: because it asks a server, or starts a program."""

    def extract_many(self, documents: Sequence[Document]) -> Iterator[Sequence[PredictedClaim] | Exception]:
        """Yield, for each document in order, its claims, or the exception that says why there are none."""
        ...


@runtime_checkable
class Identified(Protocol):
    """A system whose predictions depend on more than its code: a model, its parameters, a prompt, a program."""

    def identity(self) -> str:
        """Return all of that, or a digest of it: predictions are kept, and used again only where it is equal."""
        ...


@runtime_checkable
class Metered(Protocol):
    """A system that counts what it uses: tokens, requests, cost, repairs, …"""

    def usage(self) -> Mapping[str, float]:
        """Return what this instance has used so far, by name; each figure grows or stays."""
        ...


@runtime_checkable
class Linker(Protocol):
    """A system that can say, given the ledger, which fact each of its claims states."""

    def link(self, text: str, claims: Sequence[PredictedClaim], ledger: Sequence[Fact]) -> Sequence[PredictedClaim]:
        """Return `claims`, which the system found in `text`, in their order, each with the id of its fact or None."""
        ...


class UnknownSystemError(OnRecordError):
    """No system has this name; the message names those that exist."""

    def __init__(self, name: str) -> None:
        near = difflib.get_close_matches(name, names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        adapters = "".join(f", {adapter}:…" for adapter in sorted(_registered(ADAPTERS)))
        super().__init__(f"no system is called {name!r}{hint} (there are: {', '.join(names())}{adapters})", exit_code=2)


def _registered(group: str = GROUP) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}


def names() -> list[str]:
    """Return the names of all systems: ours from the floor up, those of other packages by name, the recorded ones."""
    ladder = ["nothing", "quotes", "cues", "tagger"]
    found = _registered()
    return [name for name in ladder if name in found] + sorted(set(found) - set(ladder)) + recorded()


def system(name: str) -> System:
    """Return a new instance of the system called `name`, or `NAME:ARGUMENT` of an adapter.

    Raises `UnknownSystemError` if there is none, and `OnRecordError` where its package cannot be loaded.
    """
    if name not in _registered() and name in recorded():
        return Recorded(name)
    point = entry(name)
    if point is None:
        raise UnknownSystemError(name)
    return _instance(name, point, *([name.partition(":")[2]] if point.group == ADAPTERS else []))


def entry(name: str) -> EntryPoint | None:
    """Return the entry point of the system, or of the adapter, that `name` calls, or None where there is none."""
    adapter, colon, _ = name.partition(":")
    return _registered().get(name) or (_registered(ADAPTERS).get(adapter) if colon else None)


def _instance(name: str, point: EntryPoint, *arguments: str) -> System:
    """Return the system that `point` makes of `arguments`; an `OnRecordError` of its own is the message it wants."""
    try:
        instance = cast(Callable[..., System], point.load())(*arguments)
        if not callable(getattr(instance, "extract", None)):
            raise TypeError("it has no method `extract`")
    except OnRecordError:
        raise
    except Exception as error:  # whatever a package does while it is imported
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        fix = "correct or uninstall the package that registers it"
        raise OnRecordError(f"{name} cannot be loaded ({what}); {fix}", exit_code=2) from None
    return instance
