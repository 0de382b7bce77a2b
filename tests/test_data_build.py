"""Build: byte-identical everywhere, stale when a source changes, all or nothing."""

import shutil
import tomllib
from pathlib import Path

import pyarrow
import pytest
import yaml

from onrecord.data import build as building
from onrecord.data.build import PYARROW, build, rows_of, stale
from onrecord.data.card import Published, render_card
from onrecord.data.collection import read_collection
from onrecord.data.published import CONFIGS, data_digest, digest, read_reports, read_rows, splits
from onrecord.schema.convert import report_to_json
from onrecord.schema.errors import OnRecordError
from onrecord.schema.structure import accepts

ROOT = Path(__file__).parents[1]


def snapshot(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_pinned_pyarrow_is_the_installed_one_and_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"pyarrow=={PYARROW}" in project["optional-dependencies"]["dev"]
    assert pyarrow.__version__ == PYARROW


def test_two_builds_and_two_folders_give_the_same_bytes(checkout, tmp_path):
    other = Path(shutil.copytree(checkout, tmp_path / "elsewhere" / "another-name"))
    build(checkout)
    first = snapshot(checkout)
    assert build(checkout) == ["the published files are what the sources say"]
    build(other)
    assert snapshot(checkout) == first == snapshot(other)


def test_the_files_are_those_of_the_splits_that_exist(built):
    published = {path for path in snapshot(built) if path.endswith(".parquet")}
    assert published == {f"data/{config}/{split}.parquet" for config in CONFIGS for split in ("train", "test")}
    assert splits(built) == ("train", "test")


@pytest.mark.parametrize("config", CONFIGS)
def test_rows_come_back_as_they_were_compiled(built, config):
    compiled = rows_of(read_collection(built))[config]
    for split, rows in compiled.items():
        assert read_rows(config, split, built) == list(rows)


def test_rows_have_the_shape_of_their_schemas(built):
    for split in splits(built):
        assert all(accepts("report")(row) for row in read_rows("reports", split, built))
        assert all(accepts("fact")(row) for row in read_rows("ledger", split, built))
        assert all(accepts("codebook")(row) for row in read_rows("codebook", split, built))
        for row in read_rows("claims", split, built):
            assert row.pop("register") in ("wire-brief", "radio-script", "minutes", "thread")
            assert accepts("claim")(row)


def test_records_come_back_as_the_rows(built):
    for split in splits(built):
        assert [report_to_json(report) for report in read_reports(split, built)] == read_rows("reports", split, built)


def test_a_tenth_claim_stands_behind_the_ninth(checkout):
    many = "\n".join(f"  f02{letter}: {{agency: null}}" for letter in ["", *"bcdefghijkl"])
    lines = "\n\n".join(
        f"<s f02{x}>Sena Tabor</s> <q f02{x}>said</q> <c f02{x}>word {x or 'a'}</c>." for x in ["", *"bcdefghijkl"]
    )
    path = checkout / "data/dossiers/lamp-oil/reports/thread-1.txt"
    path.write_text(f"---\nregister: thread\ndate: null\nclaims:\n{many}\n---\n{lines}\n", encoding="utf-8")
    build(checkout)
    numbers = [row["id"].rpartition("#")[2] for row in read_rows("claims", "test", checkout) if "thread" in row["id"]]
    assert numbers == [str(number) for number in range(1, 13)]


def test_a_changed_source_is_stale_until_it_is_built(checkout):
    assert len(stale(checkout)) == 10
    build(checkout)
    assert stale(checkout) == []
    path = checkout / "data/dossiers/lamp-oil/ledger.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("can stay.", "may stay."), encoding="utf-8")
    changed = ["data/ledger/test.parquet", "croissant.json", "README.md"]
    assert stale(checkout) == changed
    assert build(checkout) == [f"{path}: written" for path in changed]
    assert stale(checkout) == []


def test_a_published_file_of_no_split_is_removed(checkout):
    build(checkout)
    superfluous = checkout / "data/claims/validation.parquet"
    shutil.copy(checkout / "data/claims/test.parquet", superfluous)
    assert stale(checkout) == ["data/claims/validation.parquet"]
    assert build(checkout) == ["data/claims/validation.parquet: removed"]
    assert not superfluous.exists()


def test_all_incidents_are_told_and_nothing_is_written(checkout):
    build(checkout)
    for dossier, report, right, wrong in (
        ("lamp-oil", "minutes-1", "<q f01>", "<q f09>"),
        ("harbour-levy", "wire-1", "“has not paid", "“has never paid"),
    ):
        path = checkout / "data/dossiers" / dossier / "reports" / f"{report}.txt"
        path.write_text(path.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    before = snapshot(checkout)
    with pytest.raises(OnRecordError, match="nothing was built: 2 errors in 2 files") as caught:
        build(checkout)
    assert {incident.id for incident in caught.value.incidents} == {"label-unknown", "quote-not-on-record"}
    assert snapshot(checkout) == before


def test_an_agent_belongs_to_one_dossier(checkout):
    path = checkout / "data/dossiers/lamp-oil/codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{id: sena-tabor", "{id: orla-venn"), encoding="utf-8")
    ledger = path.with_name("ledger.yaml")
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("sena-tabor", "orla-venn"), encoding="utf-8")
    with pytest.raises(OnRecordError) as caught:
        build(checkout)
    assert [(i.id, i.pointer) for i in caught.value.incidents] == [("id-duplicate", "/agents/1/id")]


def test_another_pyarrow_is_refused_in_one_line(checkout, monkeypatch):
    monkeypatch.setattr(pyarrow, "__version__", "1.0.0")
    before = snapshot(checkout)
    with pytest.raises(OnRecordError, match=r"^the published files are made with pyarrow .*pip install pyarrow==\S+$"):
        build(checkout)
    assert snapshot(checkout) == before


def test_a_folder_that_cannot_be_written_leaves_all_as_it_was(checkout):
    (checkout / "data/ledger").write_text("a file where a folder should be", encoding="utf-8")
    before = snapshot(checkout)
    with pytest.raises(OnRecordError, match=r"ledger.*nothing was changed"):
        build(checkout)
    assert snapshot(checkout) == before


def test_a_full_disk_leaves_all_as_it_was(checkout, monkeypatch):
    write = Path.write_bytes

    def full(self, data):
        if self.parent.name == "reports":
            write(self, data[: len(data) // 2])
            raise OSError(28, "No space left on device", str(self))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    before = snapshot(checkout)
    with pytest.raises(OnRecordError, match="No space left on device; nothing was changed"):
        build(checkout)
    assert snapshot(checkout) == before


def test_an_interrupt_leaves_all_as_it_was(checkout, monkeypatch):
    def interrupted(self, data):  # noqa: ARG001 - the signature of write_bytes
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    before = snapshot(checkout)
    with pytest.raises(KeyboardInterrupt):
        build(checkout)
    assert snapshot(checkout) == before


@pytest.mark.parametrize("missing", ["README.md", "pyproject.toml", "data/dossiers"])
def test_what_is_no_checkout_is_refused(checkout, missing):
    path = checkout / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(OnRecordError, match="or name one with --root"):
        build(checkout)


def test_the_card_keeps_what_is_written_by_hand(built):
    before = (Path(__file__).parent / "fixtures/checkout/README.md").read_text(encoding="utf-8")
    after = (built / "README.md").read_text(encoding="utf-8")
    assert after.partition("\n---\n")[2] == before.partition("\n---\n")[2]
    for line in (
        "# A small checkout, for the tests of build and load.",
        "tags: [attribution]   # hand-written keys stay, comments too",
    ):
        assert line in after.splitlines()
    assert "configs: []" not in after
    assert render_card(after, [Published("c", {"test": "p"}, "0", [])], "1").count("configs:") == 1


def test_the_card_names_every_file_with_version_and_digest(built):
    card = yaml.safe_load((built / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert [config["config_name"] for config in card["configs"]] == list(CONFIGS)
    assert [config.get("default") for config in card["configs"]] == [True, None, None, None]
    for config in card["configs"]:
        name = config["config_name"]
        rows = [row for split in splits(built) for row in ({"split": split}, *read_rows(name, split, built))]
        assert config["version"] == "9.8.7"
        assert config["description"] == f"sha256={digest(rows)}"
        assert all((built / file["path"]).is_file() for file in config["data_files"])


def test_the_digest_is_of_the_rows_and_not_of_their_parquet():
    assert digest([{"b": 1, "a": [None]}]) == digest([{"a": [None], "b": 1}])
    assert digest([{"a": 1}, {"a": 2}]) != digest([{"a": 2}, {"a": 1}])


def test_the_data_digest_is_of_one_split(built, checkout):
    path = checkout / "data/dossiers/lamp-oil/codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[the guild]", "[guild]"), encoding="utf-8")
    build(checkout)
    assert data_digest("test", checkout) != data_digest("test", built)
    assert data_digest("train", checkout) == data_digest("train", built)


def test_an_unknown_split_names_those_that_there_are(built):
    with pytest.raises(OnRecordError, match=r"no split 'validation' \(there are: train, test\)"):
        read_reports("validation", built)


def test_the_published_files_of_this_checkout_are_not_stale():
    assert building.stale(ROOT) == []
