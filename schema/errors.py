"""The error that a person can act on: one line, and what a command exits with."""

from __future__ import annotations

from collections.abc import Iterable

from onrecord.schema.incidents import Incident


class OnRecordError(Exception):
    """Something is wrong with what the user gave: the message names the place, the value and the fix.

    `exit_code` is 1 for files with incidents, 2 for wrong use; `incidents` are the details, where there are any.
    """

    def __init__(self, message: str, *, exit_code: int = 1, incidents: Iterable[Incident] = ()) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.incidents = tuple(incidents)
