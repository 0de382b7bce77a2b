"""The track with the ledger: who is asked to link, what is scored, what the signature says, and how it fails."""

import json
from dataclasses import replace

import pytest
from makers import codebook, gold_of, prediction, report, said, scores, triple

from onrecord.eval.results import result_of
from onrecord.eval.run import run, serialised
from onrecord.eval.verify import verify
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fact
from onrecord.schema.structure import check_structure

FACTS = [
    Fact(f"harbour/f{n:02}", "harbour", "The levy stays.", "toskan", None, "levy", "favor", "statement", None)
    for n in (1, 2)
]
TWO = report("r", [(0, 10)], ([(11, 21)], {"fact": "harbour/f02"}))


class Silent:
    def extract(self, text, codebook):  # noqa: ARG002 - the interface
        return (said((0, 10)), said((11, 21)))


class Linking(Silent):
    """Links every claim to the second fact of the ledger."""

    def link(self, text, claims, ledger):  # noqa: ARG002 - the interface
        return [replace(claim, fact=ledger[1].id) for claim in claims]


def ran(system, **options):
    return run("it", system, reports=[TWO], codebooks={"harbour": codebook()}, **options)


def test_a_link_is_right_where_content_and_fact_are():
    linked = prediction("r", said((0, 10), fact="harbour/f02"), said((11, 21), fact="harbour/f02"))
    found = scores([TWO], [linked], ledger=True)["fact"]
    assert (triple(found), found.accuracy) == ((1, 2, 2), 0.5)


def test_a_claim_without_a_link_is_wrong_never_equal_to_nothing():
    assert triple(scores([TWO], [prediction("r", said((0, 10)))], ledger=True)["fact"]) == (0, 1, 2)


def test_the_signature_says_whether_the_ledger_was_given():
    for ledger, says in ((True, "given"), (False, "hidden")):
        result = result_of(gold=gold_of(TWO), predicted=[], draws=0, ledger=ledger)
        assert result.signature["ledger"] == says
        assert ("fact" in result.scores) == (result.fact is None) == ledger
        assert check_structure("result", result.to_dict()) == []


def test_a_system_that_links_is_given_the_ledger_and_only_then():
    linked = ran(Linking(), ledgers={"harbour": FACTS}).validated.predictions[0]
    assert [claim.fact for claim in linked.claims] == ["harbour/f02"] * 2
    assert [claim.fact for claim in ran(Linking()).validated.predictions[0].claims] == [None, None]


def test_a_system_that_does_not_link_runs_all_the_same():
    assert not ran(Silent(), ledgers={"harbour": FACTS}).failures


@pytest.mark.parametrize(
    ("linked", "says"),
    [
        (lambda claims: claims[:1], "link returned other claims than it was given"),
        (lambda claims: [replace(c, stance="against") for c in claims], "let it fill in `fact` alone"),
        (lambda claims: [claims[9]], "IndexError"),
        (lambda claims: None if claims else [], "TypeError"),
    ],
)
def test_a_system_that_fails_to_link_counts_as_empty_on_that_report_and_is_told(linked, says):
    class Failing(Silent):
        def link(self, text, claims, ledger):  # noqa: ARG002 - the interface
            return linked(claims)

    done = ran(Failing(), ledgers={"harbour": FACTS})
    assert done.validated.predictions[0].claims == ()
    assert len(done.failures) == 1
    assert says in str(done.failures[0])


def test_verify_honours_the_track(tmp_path):
    done = ran(Linking(), ledgers={"harbour": FACTS})
    file = tmp_path / "it.predictions.jsonl"
    file.write_bytes(b"".join(map(serialised, done.validated.predictions)))
    given = result_of(gold=gold_of(TWO), predicted=done.validated.predictions, draws=20, ledger=True).to_dict()
    options = {"gold": gold_of(TWO), "codebooks": {"harbour": codebook()}}
    assert verify(json.loads(json.dumps(given)), file, **options) is None
    given["scores"]["fact"]["tp"] += 1
    assert "/scores/fact/tp" in verify(json.loads(json.dumps(given)), file, **options)


def test_verify_refuses_a_result_of_another_track_by_its_shape(tmp_path):
    hidden = result_of(gold=gold_of(TWO), predicted=[], draws=0).to_dict()
    hidden["signature"]["ledger"] = "given"
    file = tmp_path / "it.predictions.jsonl"
    file.write_bytes(b"")
    try:
        said_of_it = verify(hidden, file, gold=gold_of(TWO), codebooks={"harbour": codebook()})
    except OnRecordError as error:
        said_of_it = str(error)
    assert said_of_it
