"""Recorded systems: known by name, complete or partial on a split, and with their provenance beside them."""

import pytest
import yaml
from makers import codebook, prediction, report, said
from orjson import dumps

from onrecord.baselines import recording
from onrecord.baselines.recording import Recorded, lines, predictions, recorded
from onrecord.data.published import read_codebooks, read_reports, splits
from onrecord.eval.run import run
from onrecord.eval.validate import validate
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import prediction_to_json

MADE = {
    "train": (report("t1", text="One."),),
    "validation": (report("v1", text="Two."), report("v2", text="Three.")),
    "test": (report("x1", [(0, 4)], text="Four."), report("x2", text="Five.")),
}
published = pytest.mark.skipif(not splits(), reason="the data are not built: run `onrecord build`")


def line(*predicted):
    return b"".join(dumps(prediction_to_json(p)) + b"\n" for p in predicted)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two recorded systems: `pass` has all of test and half of validation; `bare` lacks its provenance."""
    monkeypatch.setattr(recording, "_folder", lambda: tmp_path)
    monkeypatch.setattr(recording, "read_reports", lambda split: MADE[split])
    for name in ("pass", "bare"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "test.jsonl").write_bytes(line(prediction("x1", said((0, 4))), prediction("x2")))
        (tmp_path / name / "validation.jsonl").write_bytes(line(prediction("v1", said((0, 3)))))
    (tmp_path / "pass" / "provenance.yaml").write_text("name: pass\n", "utf-8")
    (tmp_path / "note.txt").write_text("no system\n", "utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestAFolder:
    def test_a_system_without_provenance_is_none(self):
        assert recorded() == ["pass"]
        with pytest.raises(OnRecordError, match="no recorded system is called 'bare'"):
            lines("bare", "test")

    @pytest.mark.parametrize(("split", "names"), [("test", ["pass"]), ("validation", []), ("train", [])])
    def test_a_system_is_offered_for_a_split_that_it_predicted_whole(self, split, names):
        assert recorded(split) == names

    @pytest.mark.parametrize("name", ["", "third-pass", "Pass", "../pass", "note.txt", "pass/test.jsonl"])
    def test_an_unknown_name_is_one_error_that_names_those_there_are(self, name):
        with pytest.raises(OnRecordError) as caught:
            predictions(name, "test")
        assert caught.value.exit_code == 2
        assert str(caught.value) == f"no recorded system is called {name!r} (there are: pass)"

    def test_a_split_that_was_not_predicted_is_empty(self):
        assert (lines("pass", "train"), predictions("pass", "train")) == (b"", {})

    def test_predictions_are_by_report(self):
        assert predictions("pass", "test") == {
            "harbour/x1": prediction("x1", said((0, 4))),
            "harbour/x2": prediction("x2"),
        }

    def test_a_text_gets_what_was_recorded_for_it_and_no_other_text_anything(self):
        system = Recorded("pass")
        assert system.extract("Four.", codebook()) == (said((0, 4)),)
        assert system.extract("Two.", codebook()) == (said((0, 3)),)
        assert system.extract("Five.", codebook()) == ()
        for text in ("Three.", "One.", "four.", "Four. ", ""):
            with pytest.raises(LookupError, match="pass is recorded, and did not predict this text"):
                system.extract(text, codebook())

    def test_a_report_that_was_not_predicted_is_a_failure_and_counts_as_empty(self):
        done = run("pass", Recorded("pass"), reports=MADE["validation"], codebooks={"harbour": codebook()})
        assert [len(p.claims) for p in done.validated.predictions] == [1, 0]
        assert len(done.failures) == 1
        assert "harbour/v2" in str(done.failures[0])


@published
@pytest.mark.parametrize("name", recorded())
class TestThePublished:
    def test_its_provenance_says_who_from_what_and_when(self, name):
        text = recording._folder().joinpath(name, "provenance.yaml").read_text("utf-8")
        value = yaml.safe_load(text)
        assert value["name"] == name
        assert {"what", "date", "form"} <= set(value)

    @pytest.mark.parametrize("split", splits())
    def test_its_lines_are_valid_predictions_of_reports_of_the_split(self, name, split):
        reports = read_reports(split)
        if not lines(name, split):
            pytest.skip(f"{name} predicted nothing of {split}")
        checked = validate(lines(name, split).splitlines(keepends=True), gold=reports, codebooks=read_codebooks())
        assert checked.errors == ()
        assert set(predictions(name, split)) <= {r.id for r in reports}

    @pytest.mark.parametrize("split", splits())
    def test_it_stands_in_the_leaderboard_where_it_is_whole(self, name, split):
        whole = set(predictions(name, split)) == {r.id for r in read_reports(split)}
        assert (name in recorded(split)) == whole

    def test_extracting_again_gives_what_is_recorded(self, name):
        system, books = Recorded(name), read_codebooks()
        for made in read_reports("test"):
            assert system.extract(made.text, books[made.dossier]) == predictions(name, "test")[made.id].claims
