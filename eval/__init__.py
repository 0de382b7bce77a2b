"""The eval room: systems are run, their predictions scored, and the scores looked at.

`evaluate` and `score` are the two ways in. The modules:

* `validate`, `align`, `match`, `count`, `scores`: the five steps of the contract; `results`: the five in a row;
* `run`, `keeping`, `usage`, `systems`: systems, and what they predict;
* `difference`, `compare`, `slices`, `outcomes`, `curves`, `confusion`, `agreement`: what else there is to ask;
* `report`, `browse`: pages; `tables`: what a terminal shows; `cli`: the command.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onrecord.eval.interface import evaluate, score
    from onrecord.eval.results import Result
    from onrecord.eval.scores import Score

_HOMES = {"Result": "results", "Score": "scores", "evaluate": "interface", "score": "interface"}

__all__ = ["Result", "Score", "evaluate", "score"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the command's help stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
