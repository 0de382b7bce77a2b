"""Complaints: what went wrong, told on standard error as it comes, cut where there is much of one kind.

Every verb cuts alike: of a kind the first `MOST` are told, of those with one reason the first, and at the end how many
more there were; with `--all`, each. Nothing is cut in JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import click

from onrecord.eval.console import CONTROL
from onrecord.schema.incidents import listed

if TYPE_CHECKING:
    from onrecord.schema.incidents import Incident

MOST: Final = 10
"""How many of one kind are told."""
_NAMED: Final = 3
"""How many missing reports are named in the one line that tells of them."""
_ALL: Final = "onrecord.all"
_ESCAPED: Final = {code: repr(chr(code))[1:-1] for code in CONTROL}
"""A file's name may hold anything, and so may the message of a system."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that went wrong: the line that tells of it, its kind in the plural, and its reason, if it has one."""

    line: str
    kind: str = "complaints"
    reason: str = ""

    def __str__(self) -> str:
        return self.line


def of_incident(incident: Incident) -> Complaint:
    """Return an incident as a complaint: of one kind are those of one id in one file."""
    return Complaint(str(incident), f"[{incident.id}]{f' in {incident.file}' if incident.file else ''}")


def say(line: str) -> None:
    """Print a line on standard error: one line, whatever stands in it, and nothing that speaks to the terminal."""
    click.echo(line.translate(_ESCAPED), err=True)


Complain = Callable[[Complaint], None]


def ignored(_: Complaint) -> None:
    """Let nobody know."""


def _remember(context: click.Context, _: click.Parameter, value: Any) -> None:
    context.meta[_ALL] = value  # shared with the context of the group, which prints errors


every = click.option(
    "--all",
    is_flag=True,
    expose_value=False,
    callback=_remember,
    help="Show all that is wrong, not the first of a kind.",
)


class Teller:
    """Tells complaints, cut where the verb has the option `--all` and it was not given."""

    def __init__(self) -> None:
        context = click.get_current_context(silent=True)
        self.cuts = context is not None and not context.meta.get(_ALL, True)
        self._told: dict[str, set[str]] = {}
        self._more: dict[str, int] = {}

    def tell(self, complaint: Complaint) -> None:
        """Tell one complaint, or count it."""
        told, reason = self._told.setdefault(complaint.kind, set()), complaint.reason or complaint.line
        if self.cuts and (reason in told or len(told) == MOST):
            self._more[complaint.kind] = self._more.get(complaint.kind, 0) + 1
        else:
            told.add(reason)
            say(complaint.line)

    def close(self) -> None:
        """Tell how many more there were of each kind."""
        for kind, number in self._more.items():
            click.echo(f"… and {number:,} more {kind}; --all shows them", err=True)


def print_complaints(complaints: Iterable[Complaint]) -> None:
    """Print complaints on standard error, a line each."""
    with closing(Teller()) as teller:
        for complaint in complaints:
            teller.tell(complaint)


def print_incidents(incidents: Iterable[Incident]) -> None:
    """Print incidents on standard error, a line each; where lines are cut, the reports that a file lacks share one."""
    told = _gathered(incidents) if Teller().cuts else incidents
    print_complaints(map(of_incident, told))


def _gathered(incidents: Iterable[Incident]) -> Iterator[Incident]:
    missing: dict[str | None, list[Incident]] = {}
    for incident in incidents:
        if incident.id == "report-missing":
            missing.setdefault(incident.file, []).append(incident)
        else:
            yield incident
    for some in missing.values():
        yield replace(some[0], value=listed([incident.value for incident in some], _NAMED))
