"""Slices: whatever the cut, they sum to the whole."""

import pytest
from hypothesis import given
from makers import codebook, corpora, prediction, report, said, scores, triple

from onrecord.baselines import system
from onrecord.eval.gold import published_codebooks, published_gold
from onrecord.eval.pairing import pair
from onrecord.eval.run import run
from onrecord.eval.slices import CUTS, slice_counts, slice_scores
from onrecord.schema.errors import OnRecordError


def sums(tables, name):
    return tuple(
        sum(int(getattr(t[name], what).sum()) for t in tables.values()) for what in ("tp", "predicted", "gold")
    )


@given(corpora())
def test_every_cut_sums_to_the_whole(corpus):
    gold, predicted = corpus
    pairings = pair(gold=gold, predicted=predicted)
    whole = scores(gold, predicted)
    books = {r.dossier: codebook(dossier=r.dossier) for r in gold}
    for cut in CUTS:
        tables = slice_counts(pairings, cut, books)
        for name in ("record", "detection"):
            assert sums(tables, name) == triple(whole[name]), (cut, name)


def test_every_cut_of_the_published_data_sums_to_the_whole():
    gold, books = published_gold("validation"), published_codebooks()
    done = run("cues", system("cues"), reports=gold.reports, codebooks=books).validated.predictions
    pairings, whole = pair(gold=gold.reports, predicted=done), scores(gold.reports, done)
    for cut in CUTS:
        assert sums(slice_counts(pairings, cut, books), "record") == triple(whole["record"]), cut


def test_a_spurious_claim_is_in_the_slice_of_its_own_labels():
    made = report("r", ([(0, 10)], {"kind": "denial"}))
    pairings = pair(gold=[made], predicted=[prediction("r", said((0, 10)), said((22, 32), kind="refusal"))])
    found = slice_scores(pairings, "kind", {"harbour": codebook()}, draws=0, seed=0)
    assert {value: triple(s["detection"]) for value, s in found.items()} == {"denial": (1, 1, 1), "refusal": (0, 1, 0)}


def test_an_unknown_cut_is_one_clear_error():
    with pytest.raises(OnRecordError, match=r"there is no cut 'colour'.*form"):
        slice_counts((), "colour", {})
