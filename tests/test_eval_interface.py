"""The scorer in Python: the same figures as the command's, names resolved, results that nothing can change."""

import dataclasses
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from makers import codebook, prediction, report, said

import onrecord.eval
from onrecord.data.published import read_codebooks, read_reports
from onrecord.eval import Result, Score, evaluate, score
from onrecord.eval.cli import main
from onrecord.eval.count import SCORES
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import PredictedRelay, as_prediction
from onrecord.schema.structure import check_structure

OPTIONS = {"split": "validation", "draws": 50}
MADE = [report("one", [(0, 10)], [(11, 21)]), report("two", [(22, 32)])]
BOOKS = {"harbour": codebook()}


def printed(*arguments):
    return CliRunner().invoke(main, [*arguments, "--split", "validation", "--draws", "50"]).stdout


def test_a_registered_name_gives_what_bench_gives():
    result = evaluate("quotes", **OPTIONS)
    (system,) = json.loads(printed("bench", "quotes", "--json"))["systems"]
    assert result.to_dict()["scores"] == system["scores"]
    assert result.signature["prediction"] == system["prediction"]


def test_a_function_is_given_each_text_with_its_codebook():
    seen = []

    def system(text, book):
        seen.append((text, book))
        return iter([said((0, 10))])

    assert evaluate(system, **OPTIONS).scores["detection"].predicted == len(seen)
    books = read_codebooks()
    assert seen == [(each.text, books[each.dossier]) for each in read_reports("validation")]


def test_a_function_that_knows_the_gold_scores_one():
    claims = {each.text: as_prediction(each).claims for each in read_reports("validation")}
    result = evaluate(lambda text, _: claims[text], **OPTIONS)
    assert {name: s.f1 for name, s in result.scores.items()} == dict.fromkeys(SCORES, 1.0)


def test_a_failure_is_a_warning_and_counts_as_empty():
    def system(text, _):
        if text == read_reports("validation")[0].text:
            raise RuntimeError("no connection")
        return []

    with pytest.warns(UserWarning, match="system failed on .*: RuntimeError: no connection") as told:
        result = evaluate(system, **OPTIONS)
    assert [warning.filename for warning in told] == [__file__]
    assert result.scores["record"].reports == len(read_reports("validation"))


def test_there_is_no_such_system_or_split():
    with pytest.raises(OnRecordError, match="no system is called so"):
        evaluate("nowhere", **OPTIONS)
    with pytest.raises(OnRecordError, match="there is no split 'dev'"):
        evaluate("quotes", split="dev")


def test_names_are_resolved_as_in_files():
    by_name = said((0, 10), speaker="Ms  TOSKAN", agency="Zellany Harbour Board", via=(PredictedRelay("ode brae"),))
    by_id = said((0, 10), speaker="toskan", agency="board", via=(PredictedRelay("brae"),))
    one, two = (score(gold=MADE, predicted=[prediction("one", p)], codebooks=BOOKS, draws=0) for p in (by_name, by_id))
    assert one == two
    assert one.scores["speaker"].tp == 1


@pytest.mark.parametrize("name", ["The Official", "Nobody", ""])
def test_a_name_that_is_none_or_that_of_several_is_not_right(name):
    predicted = [prediction("one", said((0, 10), speaker=name))]
    assert score(gold=MADE, predicted=predicted, codebooks=BOOKS, draws=0).scores["speaker"].tp == 0


def test_published_codebooks_resolve_names_in_published_reports():
    reports = read_reports("validation")
    names = {agent.id: agent.name for book in read_codebooks().values() for agent in book.agents}
    predicted = [
        dataclasses.replace(p, claims=tuple(dataclasses.replace(c, speaker=names[c.speaker]) for c in p.claims))
        for p in map(as_prediction, reports)
    ]
    assert score(gold=reports, predicted=predicted, draws=0).scores["record"].recall == 1.0
    whole = score(gold="validation", predicted=predicted, draws=0)
    assert whole.scores["record"].recall == 1.0
    assert whole.signature["split"] == "validation"


def test_reports_of_ones_own_are_a_split_of_their_own_with_its_digest():
    one, two = (score(gold=some, predicted=[], draws=0).signature for some in (MADE, MADE[:1]))
    assert (one["split"], one["data"] != two["data"]) == ("given", True)


def test_a_prediction_for_no_report_or_two_for_one_are_refused():
    with pytest.raises(ValueError, match="there is no report 'harbour/three'"):
        score(gold=MADE, predicted=[prediction("three")])
    with pytest.raises(ValueError, match="two predictions for the report 'harbour/one'"):
        score(gold=MADE, predicted=[prediction("one"), prediction("one")])


@pytest.fixture(scope="module")
def result():
    return score(gold=MADE, predicted=[prediction("one", said((0, 10)), said((33, 43)))], draws=100)


def test_a_result_is_frozen_and_its_dictionary_is_of_the_schema(result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.scores = {}
    assert isinstance(result, Result)
    assert isinstance(result.scores["record"], Score)
    assert check_structure("result", json.loads(json.dumps(result.to_dict()))) == []


def test_a_frame_has_a_row_for_each_score_with_the_figures_of_the_dictionary(result):
    frame = result.to_frame()
    assert list(frame.index) == list(SCORES)
    for name, value in result.to_dict()["scores"].items():
        row = frame.loc[name].astype(object).where(frame.loc[name].notna(), None)
        assert (row["precision"], row["tp"], row["gold"]) == (value["precision"], value["tp"], value["gold"])
        assert [row["recall_low"], row["recall_high"]] == (value["interval"]["recall"] or [None, None])
        assert row["f1_macro"] == value["macro_by_dossier"]["f1"]
    assert frame["tp"].dtype.kind == "i"
    assert frame["f1"].dtype.kind == "f"


def test_what_is_undefined_is_missing_in_a_frame():
    frame = score(gold=MADE, predicted=[], draws=0).to_frame()
    assert frame["precision"].isna().all()
    assert frame["f1_low"].isna().all()
    assert frame.loc["record", "recall"] == 0


def test_the_text_of_a_result_is_what_the_command_prints(tmp_path):
    from onrecord.schema.prediction import prediction_to_json

    reports = read_reports("validation")
    predicted = [as_prediction(each) for each in reports[:5]]
    path = tmp_path / "p.jsonl"
    path.write_text("".join(json.dumps(prediction_to_json(p)) + "\n" for p in predicted), "utf-8")
    lines = [line.rstrip() for line in printed("score", str(path)).strip("\n").splitlines()]
    assert str(score(gold="validation", predicted=predicted, draws=50)).splitlines() == lines


def test_the_names_stay_functions_whatever_is_imported_and_cost_nothing():
    code = (
        "import sys, onrecord.eval\n"
        "assert 'numpy' not in sys.modules\n"
        "import onrecord.eval.results, onrecord.eval.scores, onrecord.eval.verbs_score\n"
        "print(callable(onrecord.eval.evaluate), callable(onrecord.eval.score))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "True True\n"
    with pytest.raises(AttributeError, match="no attribute 'nothing_of_the_kind'"):
        _ = onrecord.eval.nothing_of_the_kind
