"""Usage: what a system says that it has used (tokens, requests, cost), told apart report by report."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterable, Mapping

from onrecord.baselines.registry import Metered, System
from onrecord.schema.incidents import shown

Usage = Mapping[str, float]


class Meter:
    """Reads what `system` has used since it was last read; nothing where the system counts nothing.

    Where the system's own code fails, `problem` says how, and no more is read.
    """

    def __init__(self, system: System) -> None:
        self.problem = ""
        self._system = system
        self._before: Usage = {}
        self._before = self._now()

    def read(self) -> Usage:
        """Return what was used since the last reading."""
        now, before = self._now(), self._before
        self._before = now
        return {name: grown for name, value in now.items() if (grown := value - before.get(name, 0))}

    def _now(self) -> Usage:
        if self.problem or not isinstance(self._system, Metered):
            return self._before
        try:
            with contextlib.redirect_stdout(sys.stderr):
                return checked(self._system.usage())
        except (Exception, SystemExit) as error:  # a system is anyone's code
            self.problem = in_one_line(error)
            return self._before


def in_one_line(error: BaseException) -> str:
    """Return the kind and the message of an error, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def checked(usage: object) -> dict[str, float]:
    """Return `usage` as JSON can hold it; raise `TypeError` where it is no mapping of names to finite numbers."""
    if not isinstance(usage, Mapping):
        raise TypeError(f"usage is {shown(usage)}, and no mapping of names to numbers")
    figures = {}
    for name, value in usage.items():
        if not isinstance(name, str) or not isinstance(value, int | float) or not math.isfinite(value):
            raise TypeError(f"usage has {shown(name)}: {shown(value)}; give names and finite numbers")
        figures[name] = value if isinstance(value, int) else float(value)
    return figures


def summed(parts: Iterable[Usage]) -> dict[str, float]:
    """Return the sums by name, whole numbers kept whole."""
    values: dict[str, list[float]] = {}
    for part in parts:
        for name, value in part.items():
            values.setdefault(name, []).append(value)
    return {
        name: sum(some) if all(isinstance(value, int) for value in some) else math.fsum(some)
        for name, some in sorted(values.items())
    }
