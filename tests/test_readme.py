"""The README as a newcomer meets it: its commands, its example, its figures."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.eval.gold import published_codebooks, published_gold
from onrecord.eval.results import result_of
from onrecord.eval.validate import validate
from onrecord.schema.structure import check_structure

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(marker: str) -> str:
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```\w+\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found, marker
    return found[1]


def test_every_figure_is_what_a_command_prints():
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / ".ci" / "readme.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_example_runs(capsys):
    exec(compile(block("example: score"), "README.md", "exec"), {})  # noqa: S102 - our own README
    found = re.search(r"^ ?detection .* (\d+\.\d) \[[\d., ]+\]$", capsys.readouterr().out, re.MULTILINE)
    assert found
    assert 20 <= float(found[1]) <= 100


def test_the_prediction_shown_is_valid():
    shown = json.loads(block("example: prediction"))
    assert check_structure("prediction", shown) == []
    gold = published_gold("test")
    validated = validate([json.dumps(shown).encode()], gold=gold.reports, codebooks=published_codebooks())
    assert validated.errors == ()
    assert result_of(gold=gold, predicted=validated.predictions, draws=0).scores["record"].tp == 1


@pytest.mark.parametrize("marker", ["command: main", "command: test"])
def test_two_commands_do_all_the_setup(marker):
    lines = block(marker).strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("pip install ")


def test_every_file_that_is_named_exists():
    named = set(re.findall(r"`((?:data|schema|baselines|eval|tests)/[\w./-]+|[A-Z-]+(?:\.md|\.cff)?)`", README))
    paths = [ROOT / name for name in named if "/" in name or name.startswith(("LICENSE", "CITATION", "DATASHEET"))]
    assert paths
    assert [path.name for path in paths if not path.exists()] == []
