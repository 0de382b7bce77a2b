"""`onrecord train`: from a folder to a model that `bench` runs, and what it refuses."""

import pytest
from click.testing import CliRunner

from onrecord.baselines.model import load
from onrecord.eval.cli import main

TEXT = "Orsk said that the fare will rise.\n\nHale warned that it must not.\n"
LINES = (
    "T1\tSource 0 4\tOrsk\nT2\tCue 5 9\tsaid\nT3\tContent 10 33\tthat the fare will rise\n"
    "E1\tAttribution:T2 Content:T3 Cue:T2 Source:T1\n"
    "T4\tSource 36 40\tHale\nT5\tCue 41 47\twarned\nT6\tContent 48 64\tthat it must not\n"
    "E2\tAttribution:T5 Content:T6 Cue:T5 Source:T4\n"
)


@pytest.fixture
def part(tmp_path):
    for number in range(8):
        for folder, name, words in (("text", f"a{number}.txt", TEXT), ("attributions", f"a{number}_x.ann", LINES)):
            (tmp_path / "part" / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / "part" / folder / name).write_text(words, encoding="utf-8", newline="\n")
    return tmp_path / "part"


def test_a_folder_of_polnear_teaches_spans_and_our_train_split_labels(part, tmp_path):
    out = tmp_path / "model"
    done = CliRunner().invoke(main, ["train", "tagger", "--data", str(part), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert f"run it as tagger:{out}" in done.output
    model = load(out)
    assert model.provenance["spans"] == "PolNeAR, 8 articles"
    assert model.provenance["labels"].startswith("OnRecord train, ")
    assert not model.divides
    assert model.rankers["topic"].weights


def test_what_cannot_be_written_is_told_before_the_training(part, tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = CliRunner().invoke(main, ["train", "tagger", "--data", str(part), "--out", str(tmp_path / "file" / "model")])
    assert done.exit_code == 2
    assert "learning" not in done.output
    assert "file" in done.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "tagger"], "Missing option '--out'"),
        (["train", "transformers", "--out", "x"], "Missing option '--base'"),
        (["train", "cues", "--out", "x"], "No such command 'cues'"),
        (["train", "tagger", "--data", "nowhere", "--out", "x"], "nowhere: neither a part of PolNeAR"),
    ],
)
def test_wrong_use_is_one_message(arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert told in done.output
