"""What `onrecord export` writes is what OnRecord reads: it validates, and scores as gold of one's own."""

import json

import pytest
from click.testing import CliRunner

from onrecord.data.published import CONFIGS, read_reports, read_rows
from onrecord.eval.cli import main
from onrecord.schema.prediction import as_prediction, prediction_to_json


def exported(*arguments):
    done = CliRunner().invoke(main, ["export", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("config", CONFIGS)
def test_every_configuration_comes_out_whole_with_labels_by_name(config):
    lines = exported(config, "--split", "validation").splitlines()
    assert [json.loads(line) for line in lines] == read_rows(config, "validation")


@pytest.mark.parametrize("config", [config for config in CONFIGS if config != "claims"])  # whose rows have a register
def test_what_is_written_validates(config, tmp_path):
    path = tmp_path / f"{config}.jsonl"
    path.write_text(exported(config, "--split", "validation"), encoding="utf-8")
    done = CliRunner().invoke(main, ["validate", str(path)])
    assert done.exit_code == 0, done.output


def test_it_serves_as_gold_of_ones_own(tmp_path):
    gold, predictions = tmp_path / "gold.jsonl", tmp_path / "predictions.jsonl"
    gold.write_text(exported("reports", "--split", "validation"), encoding="utf-8")
    lines = [json.dumps(prediction_to_json(as_prediction(report))) for report in read_reports("validation")]
    predictions.write_text("\n".join(lines), encoding="utf-8")
    done = CliRunner().invoke(main, ["score", str(predictions), "--gold", str(gold), "--json", "--draws", "0"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["scores"]["record"]["f1"] == 1
