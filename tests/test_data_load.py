"""Loading: typed, offline, streaming, and never stale; through `load` and through `datasets.load_dataset`."""

import datetime
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.data import load, splits
from onrecord.data.build import build
from onrecord.data.published import CONFIGS, read_rows

ROOT = Path(__file__).parents[1]
SCRIPT = """
import json, os, sys
from datasets import load_dataset
path, config, streaming = sys.argv[1], sys.argv[2], sys.argv[3] == "stream"
dataset = load_dataset(path, config, split="test", streaming=streaming)
print(json.dumps({"features": dataset.features._to_yaml_list(), "rows": list(dataset)}, default=str), flush=True)
os._exit(0)  # a reading thread of Arrow that is still there at the interpreter's end may abort it
"""


def hub_free(cache: Path) -> dict[str, str]:
    """The environment of a machine without network and with its own cache."""
    return {**os.environ, "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}


def load_dataset(root: Path, config: str, cache: Path, *, streaming: bool = False):
    import json

    command = [sys.executable, "-c", SCRIPT, str(root), config, "stream" if streaming else "whole"]
    done = subprocess.run(command, env=hub_free(cache), cwd=cache, capture_output=True, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("config", CONFIGS)
def test_load_dataset_is_typed(built, cache, config, streaming):
    from onrecord.data.features import FEATURES

    loaded = load_dataset(built, config, cache, streaming=streaming)
    assert loaded["features"] == FEATURES[config]._to_yaml_list()
    assert len(loaded["rows"]) == len(read_rows(config, "test", built))
    if config == "reports":
        assert loaded["rows"][0]["date"] == "2988-11-03"
        assert loaded["rows"][0]["claims"][0]["content"][0]["start"] == 49


def test_changed_data_are_never_stale(checkout, tmp_path):
    build(checkout)
    first = load_dataset(checkout, "ledger", tmp_path)["rows"]
    path = checkout / "data/dossiers/lamp-oil/ledger.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("can stay.", "may stay."), encoding="utf-8")
    build(checkout)
    second = load_dataset(checkout, "ledger", tmp_path)["rows"]
    assert [row["proposition"] for row in first] != [row["proposition"] for row in second]


def test_two_checkouts_of_one_name_are_not_mixed_up(checkout, tmp_path):
    other = Path(shutil.copytree(checkout, tmp_path / "elsewhere" / checkout.name))
    path = other / "data/dossiers/lamp-oil/reports/thread-1.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("Dark again", "Bright again"), encoding="utf-8")
    texts = []
    for root in (checkout, other):
        build(root)
        texts.append([row["text"] for row in load_dataset(root, "reports", tmp_path)["rows"]])
    assert texts[0] != texts[1]


@pytest.mark.parametrize("config", CONFIGS)
def test_load_gives_the_rows_of_the_package(config):
    from datasets import ClassLabel, Dataset, IterableDataset

    dataset = load(config, "test")
    assert isinstance(dataset, Dataset)
    assert dataset.cache_files == []
    assert dataset.num_rows == len(read_rows(config, "test"))
    streamed = load(config, "test", streaming=True)
    assert isinstance(streamed, IterableDataset)
    assert list(streamed) == dataset.to_list()
    assert streamed.features == dataset.features
    label = {"claims": "stance", "reports": "register", "ledger": "kind", "codebook": "split"}[config]
    assert isinstance(dataset.features[label], ClassLabel)


def test_dates_are_dates_and_what_is_absent_is_null():
    dates = [row["said_on"] for row in load("ledger", "test")]
    assert {type(date) for date in dates} == {datetime.date, type(None)}
    assert None in load("claims", "test")["agency"]


def test_without_a_split_all_are_loaded():
    assert tuple(load()) == splits() == tuple(load("reports", streaming=True))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("claim",), r"no configuration 'claim' \(there are: claims, reports, ledger, codebook\)"),
        (("claims", "tset"), r"no split 'tset' \(there are: train"),
    ],
)
def test_what_there_is_not_is_a_value_error_that_names_what_there_is(arguments, message):
    with pytest.raises(ValueError, match=message):
        load(*arguments)


def test_importing_the_data_room_is_cheap(tmp_path):
    script = "import sys, onrecord.data; print(sorted({'datasets', 'pyarrow', 'orjson', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[]\n"


def test_reading_published_records_does_not_import_datasets(tmp_path):
    script = (
        "import sys; from onrecord.data import read_reports; read_reports('test'); print('datasets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False\n"


def test_an_unknown_name_of_the_data_room_is_an_attribute_error():
    import onrecord.data

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = onrecord.data.nothing
