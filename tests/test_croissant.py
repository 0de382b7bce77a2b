"""croissant.json: it names the published files with their checksums, and the reference reader loads it."""

import hashlib
import json
import warnings
from pathlib import Path

import pytest

from onrecord.data.published import CONFIGS, read_rows, splits

ROOT = Path(__file__).parents[1]
VALUE = json.loads((ROOT / "croissant.json").read_text(encoding="utf-8"))


def test_it_names_every_published_file_with_its_checksum():
    named = {file["contentUrl"]: file["sha256"] for file in VALUE["distribution"]}
    published = [path for config in CONFIGS for path in (ROOT / "data" / config).glob("*.parquet")]
    assert named == {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in published
    }


@pytest.mark.parametrize("config", CONFIGS)
def test_its_fields_are_columns(config):
    columns = set(read_rows(config, "test")[0])
    fields = next(record_set["field"] for record_set in VALUE["recordSet"] if record_set["name"] == f"{config}-test")
    assert {field["name"] for field in fields} <= columns


def test_the_reference_reader_loads_every_record():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader's own
        mlcroissant = pytest.importorskip("mlcroissant")
        dataset = mlcroissant.Dataset(jsonld=str(ROOT / "croissant.json"))
        assert not dataset.metadata.issues.errors
        loaded = {
            f"{config}-{split}": sum(1 for _ in dataset.records(f"{config}-{split}"))
            for config in CONFIGS
            for split in splits()
        }
    assert loaded == {f"{config}-{split}": len(read_rows(config, split)) for config in CONFIGS for split in splits()}
