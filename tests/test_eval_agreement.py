"""Agreement: chance-corrected coefficients against cases worked by hand, and the recorded second pass."""

import json

import pytest
from click.testing import CliRunner
from makers import codebook, gold_of, prediction, report, said

from onrecord.baselines import recording
from onrecord.data import adjudication, read_reports
from onrecord.eval.agreement import agree
from onrecord.eval.cli import main
from onrecord.eval.gold import published_codebooks
from onrecord.eval.run import run
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import as_prediction
from onrecord.schema.vocabulary import SPLITS

SPANS = [(0, 10), (11, 21), (22, 32), (33, 43), (44, 54)]


def agreement(first, second):
    """The agreement of two annotators on the stances of the same five claims."""
    made = report("r", *(([span], {"stance": stance}) for span, stance in zip(SPANS, first, strict=True)))
    predicted = prediction("r", *(said(span, stance=stance) for span, stance in zip(SPANS, second, strict=True)))
    books = {"harbour": codebook()}
    return agree(gold=gold_of(made), second={made.id: predicted}, codebooks=books, draws=0, seed=0)


def test_coefficients_by_hand():
    """Four of five agree; expected agreement 0.52 for kappa (.6 x .8 + .4 x .2 = .56), coincidences for alpha."""
    found = agreement(
        ["favor", "favor", "favor", "against", "against"], ["favor", "favor", "favor", "against", "favor"]
    )
    stance = found["labels"]["stance"]
    assert stance["kappa"] == pytest.approx((0.8 - 0.56) / (1 - 0.56))
    # Krippendorff: 10 values, 7 favor and 3 against; Do = 2/10, De = 2 * 7 * 3 / (10 * 9).
    assert stance["alpha"] == pytest.approx(1 - (2 / 10) / (42 / 90))


def test_one_label_has_no_coefficient():
    found = agreement(["favor"] * 5, ["favor"] * 5)
    stance = found["labels"]["stance"]
    assert (stance["pairs"], stance["alpha"], stance["kappa"]) == (5, None, None)
    assert found["scores"]["record"]["f1"] == 1.0


def test_agreement_before_adjudication_is_with_the_gold_as_it_was(monkeypatch):
    """One of two claims was changed to what the second annotator had said, and one was added because of them."""
    made = report("r", [(0, 10)], ([(11, 21)], {"stance": "against"}), [(22, 32)])
    _, two, three = (claim.id for claim in made.claims)
    monkeypatch.setattr(adjudication, "changes", lambda: {two: {"stance": "favor"}, three: "absent"})
    books = {"harbour": codebook()}
    found = agree(gold=gold_of(made), second={made.id: as_prediction(made)}, codebooks=books, draws=0, seed=0)
    before = found["before_adjudication"]
    assert found["scores"]["record"]["f1"] == 1.0
    assert [before["record"][what] for what in ("tp", "predicted", "gold")] == [1, 3, 2]
    assert before["record_f1_by_dossier"] == {"harbour": 2 / 5}


def test_what_adjudication_changed_names_claims_of_the_gold_and_other_labels_than_theirs():
    claims = {claim.id: claim for split in SPLITS for r in read_reports(split) for claim in r.claims}
    changed = adjudication.changes()
    assert changed
    for id_, was in changed.items():
        assert was == "absent" or {name: getattr(claims[id_], name) for name in was}.items().isdisjoint(was.items())


def test_only_covered_reports_count():
    made = [report("r1", [(0, 10)]), report("r2", [(0, 10)])]
    second = {made[0].id: as_prediction(made[0])}
    found = agree(gold=gold_of(*made), second=second, codebooks={"harbour": codebook()}, draws=0, seed=0)
    assert found["reports"] == {"covered": 1, "of": 2}
    assert found["scores"]["record"]["recall"] == 1.0


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_the_recorded_second_pass_is_of_the_texts_as_they_are(split):
    """Words and offsets of a recorded annotation belong to one text: a text that changes needs a new annotation."""
    value = json.loads(CliRunner().invoke(main, ["agreement", "--split", split, "--json", "--draws", "50"]).stdout)
    assert value["scores"]["detection"]["f1"] > 0.97
    assert value["scores"]["exact"]["f1"] > 0.9
    assert sum(value["alignment"].values()) == value["scores"]["record"]["predicted"]


def test_a_recorded_system_knows_its_texts_alone():
    known, books = read_reports("validation")[0], published_codebooks()
    system = recording.Recorded("second-pass")
    assert len(system.extract(known.text, books[known.dossier])) > 0
    done = run("second-pass", system, reports=[report("r", [(0, 10)])], codebooks={"harbour": codebook()})
    assert "did not predict this text" in str(done.failures[0])


def test_a_recorded_system_is_offered_where_it_predicted_every_report():
    assert "second-pass" in recording.recorded("validation")
    assert "second-pass" not in recording.recorded("train")  # a third of it
    with pytest.raises(OnRecordError, match="no recorded system is called 'third-pass'"):
        recording.lines("third-pass", "test")
