"""The benchmark of the extractors: its documents are what it says, and its figures are figures."""

import json
import sys
import time

import pytest

from onrecord.eval import benchmark_extract, real_text


def test_the_articles_are_the_same_on_every_run_of_the_length_stated_and_each_another():
    made = benchmark_extract.articles("validation", "test")
    assert made == benchmark_extract.articles("validation", "test")
    assert all(benchmark_extract.LENGTH <= len(text) < 2 * benchmark_extract.LENGTH for text, _ in made)
    assert len({text for text, _ in made}) == len(made) > 50


def test_the_clock_counts_each_article_once_and_neither_the_warm_up_nor_what_is_prepared():
    clock = benchmark_extract.Clock(
        benchmark_extract.articles("train"), benchmark_extract.articles("validation", "test")[:2], 1
    )

    def spend(seconds):
        until = time.process_time() + seconds
        while time.process_time() < until:
            pass

    counted = {text for text, _ in clock.articles}
    seconds = clock.seconds(
        lambda text: spend(0.05 if text in counted else 0.01), lambda article: spend(0.01) or article[0]
    )
    assert 0.1 <= seconds < 0.15


def test_every_system_has_its_speed_both_ways_and_the_shares_of_its_stages_sum_to_one(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmark_extract", "--documents", "3", "--passes", "2", "--json"])
    benchmark_extract.main()
    printed = json.loads(capsys.readouterr().out)
    assert printed["documents"] == 3
    assert list(printed["systems"]) == ["quotes", "cues", "tagger"]
    for row in printed["systems"].values():
        for speed in (row[way] for way in ("spans", "extract")):
            assert speed["documents/s"] >= speed["median"] > 0
            assert speed["tokens/s"] > 0
    for name in ("cues", "tagger"):
        assert sum(printed["systems"][name]["stages"].values()) == pytest.approx(1.0)


def test_on_news_each_system_has_its_speed_without_a_codebook_and_no_article_is_counted_that_warmed_up(
    tmp_path, monkeypatch, capsys
):
    for name in ("text", "attributions"):
        (tmp_path / name).mkdir()
    for at in range(6):
        (tmp_path / "text" / f"ferry{at}.txt").write_text(f"“The fare {at} will rise,” Orsk said.\n", encoding="utf-8")
        (tmp_path / "attributions" / f"ferry{at}_a1.ann").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["benchmark_extract", "--news", str(tmp_path), "--passes", "1", "--json"])
    benchmark_extract.main()
    printed = json.loads(capsys.readouterr().out)
    assert (printed["documents"], printed["tokens"]) == (4, 4 * 11)
    assert {name: list(row) for name, row in printed["systems"].items()} == {
        name: ["spans"] for name in ("quotes", "cues", "tagger")
    }


@pytest.mark.parametrize("module", [benchmark_extract, real_text])
def test_a_folder_that_is_no_part_of_polnear_is_one_clear_message(module, tmp_path, monkeypatch, capsys):
    option = ["--news"] if module is benchmark_extract else []
    monkeypatch.setattr(sys, "argv", ["program", *option, str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        module.main()
    assert stopped.value.code == 2
    assert f"error: {tmp_path}: no folders `text` and `attributions`" in capsys.readouterr().err
