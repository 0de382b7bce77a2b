"""The house: imports run one way, rooms stay small, nothing below `eval` prints, one version everywhere."""

import ast
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from onrecord.data.citation import cff

ROOT = Path(__file__).parents[1]
ORDER = ("schema", "data", "baselines", "eval")
MODULES = sorted(path for room in ORDER for path in (ROOT / room).glob("*.py"))
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_rooms(path: Path) -> set[str]:
    names = {
        name
        for node in ast.walk(parsed(path))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    return {name.split(".")[1] for name in names if name.startswith("onrecord.")}


def test_there_are_modules_in_every_room():
    assert {path.parent.name for path in MODULES} == set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_imports_run_one_way(path):
    allowed = ORDER[: ORDER.index(path.parent.name) + 1]
    assert imported_rooms(path) <= set(allowed)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_budgets(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    assert path.stem not in {"utils", "helpers", "common"}
    for node in ast.walk(parsed(path)):
        if isinstance(node, FUNCTION):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 45, node.name


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.parent.name != "eval"], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_nothing_below_eval_prints(path):
    calls = [node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    assert not [call for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    assert "sys.stdout" not in path.read_text(encoding="utf-8")


def test_one_version_everywhere():
    card = yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    versions = {config["version"] for config in card["configs"]}
    assert versions == {version("onrecord")}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.findall(r'^version = "(.*)"$', project, re.MULTILINE) == [version("onrecord")]
    assert f"## {version('onrecord')}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_citation_file_is_what_the_command_prints():
    assert (ROOT / "CITATION.cff").read_text(encoding="utf-8") == cff()


def test_no_path_of_a_machine_and_no_registry_is_named():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S607
    leak = re.compile(rb"/(?:home|root|tmp)/[a-z]|pypi\.org|files\.pythonhosted")
    texts = [ROOT / name for name in tracked.split("\0") if name and not name.endswith(".parquet")]
    assert texts
    assert [path.name for path in texts if path != Path(__file__) and leak.search(path.read_bytes())] == []
