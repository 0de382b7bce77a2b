"""Fail unless a wheel's modules and data files are those of the checkout, name for name and byte for byte."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOMS = ("schema", "data", "baselines", "eval")


def main(wheel: str) -> None:
    """Compare `wheel` with the files that git tracks in the four rooms."""
    tracked = subprocess.run(["git", "ls-files", "-z", *ROOMS], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607
    expected = {f"onrecord/{name}": Path(name).read_bytes() for name in tracked.split("\0") if name}
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        found = {name: archive.read(name) for name in names}
    wrong = {
        "missing from the wheel": sorted(set(expected) - set(found)),
        "not in the checkout": sorted(set(found) - set(expected)),
        "different": sorted(name for name in expected.keys() & found.keys() if expected[name] != found[name]),
    }
    for what, names in wrong.items():
        if names:
            shown = ", ".join(names[:5])
            sys.exit(f"{wheel}: {what}: {shown} ({len(names)} in all); see package-data in pyproject.toml")
    sys.stdout.write(f"{len(found)} files, as in the checkout\n")


if __name__ == "__main__":
    main(sys.argv[1])
