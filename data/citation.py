"""The citation of OnRecord, from one place: BibTeX and the Citation File Format 1.2.0 (`CITATION.cff`)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

TITLE: Final = (
    "OnRecord: an open dataset of attributed claims in news, and the harness that scores systems which extract them"
)
AUTHOR: Final = "The OnRecord maintainers"
RELEASED: Final = "2026-11-28"


def bibtex() -> str:
    """Return the citation as a BibTeX entry."""
    fields = {
        "title": f"{{{TITLE}}}",
        "author": f"{{{AUTHOR}}}",
        "year": RELEASED[:4],
        "version": version("onrecord"),
        "note": "Data: CC BY 4.0; code: Apache-2.0",
    }
    body = "".join(f"  {key:<7} = {{{value}}},\n" for key, value in fields.items())
    return f"@misc{{onrecord,\n{body}}}\n"


def cff() -> str:
    """Return the content of `CITATION.cff`."""
    return (
        "cff-version: 1.2.0\n"
        "message: If you use OnRecord, please cite it as below, with its version.\n"
        "type: dataset\n"
        f'title: "{TITLE}"\n'
        "authors:\n"
        f"  - name: {AUTHOR}\n"
        f"version: {version('onrecord')}\n"
        f"date-released: {RELEASED}\n"
        "license:\n"
        "  - CC-BY-4.0\n"
        "  - Apache-2.0\n"
        "keywords:\n"
        + "".join(f"  - {word}\n" for word in ("attribution", "quotation", "stance", "news", "claims", "evaluation"))
    )
