"""The data room: hand-edited dossiers, the published files, and the ways between them.

`load` gives `datasets` objects; `read_reports`, `read_codebooks` and `read_ledger` give records, without `datasets`.
The modules:

* `markup`, `sources`, `decompile`, `dossier`, `collection`: what a person writes, read and checked;
* `build`, `card`, `features`: what is published; `published`, `loading`: how it is read;
* `article`, `recognition`, `anchors`: the source article in a user's copy, and the making of its anchors;
* `overlap`, `leakage`: what no report may share; `check`, `known`: files of every kind against what is published;
* `sentences`, `traits`, `statistics`: what the data are like.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onrecord.data.loading import load
    from onrecord.data.published import data_digest, read_codebooks, read_ledger, read_reports, splits

__all__ = ["data_digest", "load", "read_codebooks", "read_ledger", "read_reports", "splits"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: the package itself stays cheap."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module("onrecord.data.loading" if name == "load" else "onrecord.data.published")
    return getattr(module, name)
