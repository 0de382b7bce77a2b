"""Facts: linking claims to a ledger that is given, and telling them apart without one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from onrecord.baselines.cues import Cues
from onrecord.baselines.facts import told_apart
from onrecord.baselines.linking import link
from onrecord.data.published import read_ledger, read_reports
from onrecord.schema.prediction import PredictedClaim, as_prediction
from onrecord.schema.records import Fact, Fragment


def fact(number, proposition, speaker="orsk", topic="fare", **fields):
    labels = {"agency": None, "stance": "favor", "kind": "statement", "said_on": None, **fields}
    return Fact(f"ferry/f{number:02}", "ferry", proposition, speaker, topic=topic, **labels)


LEDGER = (
    fact(1, "The fare for a crossing should rise to nine crowns."),
    fact(2, "The crews work too many hours on deck.", topic="crews"),
    fact(3, "The fare for a crossing should rise to nine crowns.", speaker="hale"),
)
TEXT = "the fare has to rise to nine crowns / crews are on deck for too many hours / marmalade"


def claim(words, **labels):
    at = TEXT.index(words)
    return PredictedClaim((Fragment(at, at + len(words)),), **labels)


def facts(claims):
    return [claim.fact for claim in claims]


def test_a_claim_goes_to_the_fact_whose_words_and_labels_it_shares():
    claims = [
        claim("the fare has to rise to nine crowns", speaker="hale", topic="fare"),
        claim("the fare has to rise to nine crowns", speaker="orsk", topic="fare"),
        claim("crews are on deck for too many hours", speaker="orsk"),
    ]
    assert facts(link(TEXT, claims, LEDGER)) == ["ferry/f03", "ferry/f01", "ferry/f02"]


def test_a_claim_that_shares_nothing_with_any_fact_is_linked_to_none():
    assert facts(link(TEXT, [claim("marmalade", speaker="", topic="")], LEDGER[:1])) == [None]


def test_without_claims_or_ledger_there_is_nothing_to_link():
    assert link(TEXT, [], LEDGER) == []
    assert facts(link(TEXT, [claim("marmalade", fact="mine")], [])) == [None]


def test_linking_changes_the_fact_only_and_does_not_depend_on_the_order_of_the_ledger():
    claims = [claim("nine crowns", speaker="hale", topic="fare"), claim("on deck", topic="crews")]
    linked = link(TEXT, claims, LEDGER)
    assert [replace(one, fact=None) for one in linked] == claims
    assert linked == link(TEXT, claims, LEDGER[::-1])


def test_gold_claims_of_every_split_but_test_find_their_facts():
    ledger = read_ledger()
    right = total = 0
    for split in ("train", "validation"):
        for report in read_reports(split):
            own = [one for one in ledger.values() if one.dossier == report.dossier]
            gold = as_prediction(report).claims
            right += sum(a == b.fact for a, b in zip(facts(Cues().link(report.text, gold, own)), gold, strict=True))
            total += len(gold)
    assert right / total > 0.97


def test_the_same_words_of_one_speaker_in_two_reports_are_one_fact_and_of_two_speakers_two():
    said = "the fare has to rise to nine crowns"
    documents = [
        (TEXT, [claim(said, speaker="orsk", kind="statement"), claim("marmalade", speaker="orsk", kind="statement")]),
        (TEXT, [claim(said, speaker="orsk", kind="statement"), claim(said, speaker="hale", kind="statement")]),
    ]
    (first, jam), (again, other) = (facts(claims) for claims in told_apart(documents))
    assert first == again
    assert len({first, jam, other}) == 3


@given(st.lists(st.lists(st.sampled_from(["the fare", "crews are on deck", "nine crowns"]), max_size=4), max_size=4))
def test_every_claim_gets_an_id_and_keeps_its_place(contents):
    documents = [(TEXT, [claim(words, speaker="orsk", kind="statement") for words in one]) for one in contents]
    found = told_apart(documents)
    assert [[replace(one, fact=None) for one in claims] for claims in found] == [claims for _, claims in documents]
    assert all(one.fact for claims in found for one in claims)
