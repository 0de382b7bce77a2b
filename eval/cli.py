"""The command line: `onrecord VERB`. Exit codes: 0 done, 1 incidents, 2 wrong use, 130 interrupted.

Every heavy import happens inside the verb that needs it, so that `onrecord --help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from onrecord.eval.complaints import print_incidents, say
from onrecord.eval.verbs_conventions import conventions
from onrecord.eval.verbs_data import agreement, article, build, cite, export, stats, validate
from onrecord.eval.verbs_extract import extract
from onrecord.eval.verbs_pages import browse, report
from onrecord.eval.verbs_score import bench, compare, score, verify
from onrecord.eval.verbs_train import train
from onrecord.schema.errors import OnRecordError


class _Verbs(click.Group):
    """A group whose verbs stand in the order in which a user meets them, and whose errors are one line each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OnRecordError as error:
            print_incidents(error.incidents)
            say(f"onrecord: {error}")
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("onrecord: interrupted", err=True)
            ctx.exit(130)
        except MemoryError:
            say("onrecord: there is not enough memory for this; give smaller files, or fewer draws")
            ctx.exit(2)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:  # it was closed by whoever started us
                setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - until we end
        try:
            return super().main(*args, **kwargs)
        except OSError as error:  # that the reader of a pipe has left, click has dealt with
            say(f"onrecord: {error.filename or 'standard output'}: {error.strerror}")
            sys.exit(2)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("onrecord"), prog_name="onrecord")
def main() -> None:
    """Attributed claims in news: the data, the baselines, and the scores.

    \b
    Examples:
      onrecord bench                        score every baseline on the test split
      onrecord score predictions.jsonl      score your own system
      onrecord extract cues story.txt       who says what in a text of yours
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # ours are small products: a second thread waits, and wakes late
    for stream in (sys.stdout, sys.stderr):  # a terminal that has no “ gets \\u201c, not a traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


for verb in (
    bench, score, compare, conventions, verify, report, extract, train, validate, build, export, article, stats,
    agreement, browse, cite,
):  # fmt: skip
    main.add_command(verb)

if __name__ == "__main__":
    main()
