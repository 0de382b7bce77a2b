"""No prose of a source article in the data, and no two reports from one mould: both tests can fail."""

from pathlib import Path

import pytest

from onrecord.data.collection import read_collection
from onrecord.data.leakage import FILE, leaks, read_hashes, render_hashes, run_hash, runs
from onrecord.data.overlap import LIMIT, grams, near_duplicates
from onrecord.schema.errors import OnRecordError

ROOT = Path(__file__).parents[1]
ARTICLE = (
    "The oil came down the hill in seven carts before the bells had rung for noon, “and no one in this town has "
    "thanked us for it,” said the carter, whose name the guild doesn’t give to anyone who asks for it at the gate."
)


@pytest.fixture
def hashes(tmp_path):
    (tmp_path / FILE).write_text(render_hashes(ARTICLE), encoding="utf-8")
    return read_hashes(tmp_path / FILE)


@pytest.mark.parametrize(
    ("text", "leaked"),
    [
        ("It is said that the oil came down the hill in seven wagons.", True),
        ("THE OIL, came down – the hill in\nseven", True),
        ("the oil came down the hill in six carts", False),
        ("oil came down the hill in seven", False),
        ("whose name the guild doesn't give to anyone", True),
        ("and no one in this town has thanked us for it", False),  # the article quotes it
        ("He said “the oil came down the hill in seven carts” again.", False),
        ('He said "the oil came down the hill in seven carts" again.', False),
        ("The oil came down “the” hill in seven carts.", False),
    ],
)
def test_eight_words_in_a_row_leak(hashes, text, leaked):
    assert bool(leaks(text, hashes)) == leaked


def test_all_runs_are_hashed_and_none_is_shipped_in_words():
    shipped = render_hashes(ARTICLE)
    assert {run_hash(run) for run in runs(ARTICLE)} == {line for line in shipped.splitlines() if line[0] != "#"}
    assert "carts" not in shipped
    assert not any("town" in run for run in runs(ARTICLE))


def test_the_hashes_of_the_real_article_ship_and_no_text_here_leaks():
    folder = ROOT / "data" / "dossiers" / "blinken-lavrov-call"
    hashes = read_hashes(folder / FILE)
    assert len(hashes) > 150
    texts = sorted((ROOT / "data" / "dossiers").rglob("reports/*.txt"))
    assert texts
    assert [(path.name, run) for path in texts for run in leaks(path.read_text(encoding="utf-8"), hashes)] == []


def test_a_report_that_leaks_is_not_built(checkout):
    folder = checkout / "data/dossiers/lamp-oil"
    (folder / FILE).write_text(render_hashes(ARTICLE), encoding="utf-8")
    assert read_collection(checkout).dossiers
    path = checkout / "data/dossiers/harbour-levy/reports/radio-1.txt"
    path.write_text(
        path.read_text(encoding="utf-8") + "\nThe oil came down the hill in seven carts.\n", encoding="utf-8"
    )
    with pytest.raises(OnRecordError) as caught:
        read_collection(checkout)
    assert {(i.id, Path(i.file or "").name) for i in caught.value.incidents} == {("article-prose", "radio-1.txt")}


WORDS = [f"word{number}" for number in range(100)]


def test_a_share_of_common_wording_over_the_limit_is_a_near_duplicate():
    for shared in range(30):
        first = " ".join(WORDS)
        second = " ".join(WORDS[:shared] + [f"other{number}" for number in range(100 - shared)])
        share = max(shared - 4, 0) / 96
        found = list(near_duplicates({"a": first, "b": second}))
        assert bool(found) == (share > LIMIT)
        if found:
            assert found[0][:2] == ("a", "b")
            assert found[0][2] == pytest.approx(share)


def test_quoted_words_are_no_common_wording():
    first, second = ("He said “" + " ".join(WORDS) + f"” {end}" for end in ("a b c d e f", "g h i j k l"))
    assert list(near_duplicates({"a": first, "b": second})) == []
    assert all("word" not in word for gram in grams(first) for word in gram)
