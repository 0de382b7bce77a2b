"""Extras: what an optional part of OnRecord needs, as the package's own metadata tell it."""

from __future__ import annotations

import re
import shlex
from importlib.metadata import requires


def command(extra: str) -> str:
    """Return the command that installs what `extra` needs: it works wherever OnRecord itself was installed from."""
    needs = [line.split(";")[0].strip() for line in requires("onrecord") or () if _of(line) == extra]
    return f"pip install {' '.join(map(shlex.quote, needs))}"


def _of(requirement: str) -> str:
    found = re.search(r"extra == ['\"](.+?)['\"]", requirement)
    return found[1] if found else ""
