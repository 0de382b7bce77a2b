"""Systems as a user names them: registered, recorded, or a prediction file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from onrecord.baselines.registry import entry, names, system
from onrecord.eval.complaints import Complain, ignored
from onrecord.eval.files import read_predictions
from onrecord.eval.keeping import Keep
from onrecord.eval.results import Gold
from onrecord.eval.run import run
from onrecord.eval.validate import Validated
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.incidents import Incident, counted


def predictions_of(
    name: str,
    *,
    gold: Gold,
    codebooks: Mapping[str, Codebook],
    folder: Path | None = None,
    complain: Complain = ignored,
    progress: Callable[[], None] = lambda: None,
) -> Validated:
    """Return what the system called `name`, or the prediction file at that path, predicts for the reports of `gold`.

    Where there is a `folder` of kept predictions, they are used again (`onrecord.eval.keeping`), and what is missing is
    added. `complain` takes what a system fails on; such a report counts as empty. `progress` is called after each
    report. Warnings are among the incidents. Raise `OnRecordError` for a name that is neither, and for a file with
    errors.
    """
    if name in names() or entry(name):
        keep = Keep(folder / gold.split) if folder and folder.is_dir() else None
        done = run(name, system(name), reports=gold.reports, codebooks=codebooks, keep=keep, progress=progress)
        for complaint in done.complaints:
            complain(complaint)
        return done.validated
    if not Path(name).exists():
        known = ", ".join(names())
        raise OnRecordError(f"{name}: no such file, and no system is called so ({known})", exit_code=2)
    validated = read_predictions(Path(name), gold, codebooks)
    refuse_errors(name, validated.incidents)
    for _ in gold.reports:
        progress()
    return validated


def refuse_errors(name: str, incidents: Iterable[Incident]) -> None:
    """Raise `OnRecordError` where there are errors among the incidents of a file."""
    if errors := [incident for incident in incidents if incident.level == "error"]:
        raise OnRecordError(
            f"{name}: {counted(len(errors), 'error')}; correct what stands above first", incidents=errors
        )
