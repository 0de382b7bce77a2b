"""The benchmark of the extractors: its documents are what it says, and its figures are figures."""

import json
import sys

import pytest

from onrecord.eval import benchmark_extract


def test_the_documents_are_the_same_on_every_run_and_of_the_length_stated():
    made = benchmark_extract.documents(20)
    assert made == benchmark_extract.documents(20)
    assert all(benchmark_extract.LENGTH <= len(text) < 2 * benchmark_extract.LENGTH for text, _ in made)
    assert len({text for text, _ in made}) == 20


def test_every_system_has_its_speed_both_ways_and_the_shares_of_its_stages_sum_to_one(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmark_extract", "--documents", "3", "--json"])
    benchmark_extract.main()
    printed = json.loads(capsys.readouterr().out)
    assert printed["documents"] == 3
    assert list(printed["systems"]) == ["quotes", "cues", "tagger"]
    for row in printed["systems"].values():
        assert all(row[way][unit] > 0 for way in ("spans", "extract") for unit in ("documents/s", "tokens/s"))
    for name in ("cues", "tagger"):
        assert sum(printed["systems"][name]["stages"].values()) == pytest.approx(1.0)
