"""What several tests stand on: a small checkout of two invented dossiers, built once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser

from onrecord.data.build import build
from onrecord.data.known import Known

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which predictions are kept: each test has its own, and none is left in the checkout."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("ONRECORD_RESULTS", str(folder))
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the small checkout that a test may change; nothing is built in it."""
    return Path(shutil.copytree(FIXTURES / "checkout", tmp_path / "checkout"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small checkout with its published files; not to be changed."""
    root = Path(shutil.copytree(FIXTURES / "checkout", tmp_path_factory.mktemp("built") / "checkout"))
    build(root)
    return root


@pytest.fixture(scope="session")
def known(built: Path) -> Known:
    """The dossiers of the small checkout, as published."""
    return Known(built)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One tab of a headless Chromium."""
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()
