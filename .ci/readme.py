"""Fill the marked blocks of README.md with what commands print; with --check, fail where they hold anything else.

A block begins behind a line `<!-- output: COMMAND -->`. It is a fenced block or, where the output is Markdown, all that
stands before `<!-- end -->`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(
    r"(?P<head><!-- output: (?P<command>.+?) -->\n)(?P<body>```\w*\n.*?^```\n|.*?(?=^<!-- end -->$))",
    re.DOTALL | re.MULTILINE,
)


def output(command: str) -> str:
    """Return what a command prints in a terminal of 80 columns, without trailing white space."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(command, shell=True, check=True, capture_output=True, text=True, env=environment)  # noqa: S602
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").split("\n"))


def filled(match: re.Match[str]) -> str:
    """Return a block with the output of its command in it."""
    text = output(match["command"])
    if match["body"].startswith("```"):
        fence = match["body"].split("\n", 1)[0]
        return f"{match['head']}{fence}\n{text}\n```\n"
    return f"{match['head']}\n{text}\n\n"


def main() -> None:
    """Write README.md anew, or compare."""
    old = README.read_text(encoding="utf-8")
    new = BLOCK.sub(filled, old)
    if "--check" not in sys.argv:
        README.write_text(new, encoding="utf-8")
    elif new != old:
        sys.exit("README.md does not show what the commands print; run `python .ci/readme.py`")


if __name__ == "__main__":
    main()
