"""PolNeAR's format: files of invented text with every trap that the corpus has."""

from pathlib import Path

import pytest

from onrecord.data.polnear import Attributed, is_polnear, read_polnear
from onrecord.schema.errors import OnRecordError
from onrecord.schema.records import Fragment

TEXT = "“The fare,” Orsk said, “will rise.”\n\nThe crews warned that\nit must not.\n"


def part(root: Path, **annotations: str) -> Path:
    (root / "text").mkdir()
    (root / "attributions").mkdir()
    for name, lines in annotations.items():
        (root / "text" / f"{name.rpartition('_')[0]}.txt").write_bytes(TEXT.encode())
        (root / "attributions" / f"{name}.ann").write_text(lines, encoding="utf-8", newline="\n")
    return root


def words(text: str, attributed: Attributed) -> dict[str, list[str]]:
    roles = ("content", "source", "cue")
    return {role: [text[f.start : f.end] for f in getattr(attributed, role)] for role in roles}


FIRST = (
    "T1\tSource 12 16\tOrsk\nT2\tCue 17 21\tsaid\nT3\tContent 23 35;0 11\t“The fare,” “will rise.”\n"
    "T4\tAttribution 17 21\tsaid\nE1\tAttribution:T4 Content:T3 Cue:T2 Source:T1\n"
)


def test_fragments_come_in_order_with_their_source_and_cue(tmp_path):
    (article,) = read_polnear(part(tmp_path, ferry_a1=FIRST))
    assert article.id == "ferry"
    assert [words(article.text, one) for one in article.attributions] == [
        {"content": ["“The fare,”", "“will rise.”"], "source": ["Orsk"], "cue": ["said"]}
    ]


def test_of_several_annotators_the_first_counts_alone(tmp_path):
    second = "T1\tContent 0 35\tall\nT2\tCue 17 21\tsaid\nE1\tAttribution-no-source:T2 Content:T1 Cue:T2\n"
    (article,) = read_polnear(part(tmp_path, ferry_b2=second, ferry_a1=FIRST))
    assert len(article.attributions) == 1
    assert len(article.attributions[0].content) == 2


def test_a_covered_text_with_a_line_break_moves_nothing(tmp_path):
    lines = (
        "T1\tSource 37 46\tThe crews\nT2\tCue 47 53\twarned\nT3\tContent 54 70\tthat\nit must not\n"
        "E1\tAttribution:T2 Content:T3 Cue:T2 Source:T1\n"
    )
    (article,) = read_polnear(part(tmp_path, ferry_a1=lines))
    assert words(article.text, article.attributions[0])["content"] == ["that\nit must not"]


def test_white_space_is_trimmed_and_fragments_that_only_spaces_part_are_joined(tmp_path):
    lines = "T1\tContent 36 46;46 53\t…\nT2\tCue 47 53\twarned\nE1\tAttribution:T2 Content:T1 Cue:T2\n"
    (article,) = read_polnear(part(tmp_path, ferry_a1=lines))
    assert article.attributions[0].content == (Fragment(37, 53),)


def test_a_second_content_belongs_to_the_same_attribution_and_notes_are_none(tmp_path):
    lines = (
        "T1\tContent 0 11\t…\nT2\tContent 23 35\t…\nT3\tCue 17 21\tsaid\nT4\tDiscuss 0 5\t…\nT5\tDiscard 0 5\t…\n"
        "E1\tAttribution:T3 Cue:T3 Content:T1 Content2:T2\nE2\tAttribution:T3 Cue:T3\n#1\tAnnotatorNotes T1\tunsure\n"
    )
    (article,) = read_polnear(part(tmp_path, ferry_a1=lines))
    assert article.attributions == (Attributed((Fragment(0, 11), Fragment(23, 35)), (), (Fragment(17, 21),)),)


def test_an_article_without_attributions_is_kept(tmp_path):
    (article,) = read_polnear(part(tmp_path, ferry_a1=""))
    assert (article.text, article.attributions) == (TEXT, ())


def test_text_is_read_as_it_is_so_that_offsets_hold(tmp_path):
    decomposed = "Ore\u0301n said:\r\nno.\n"
    part(tmp_path, ferry_a1="T1\tContent 13 15\tno\nT2\tCue 6 10\tsaid\nE1\tAttribution:T2 Content:T1 Cue:T2\n")
    (tmp_path / "text" / "ferry.txt").write_bytes(decomposed.encode())
    (article,) = read_polnear(tmp_path)
    assert words(article.text, article.attributions[0]) == {"content": ["no"], "source": [], "cue": ["said"]}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("T1\tContent 0 999\tx\n", "ferry_a1.ann, line 1: '0 999' is no stretch of a text of"),
        ("T1\tContent 5 5\tx\n", "ferry_a1.ann, line 1: '5 5'"),
        ("\nE1\tAttribution:T4 Content:T9\n", "ferry_a1.ann, line 2: 'Content:T9' names a span"),
    ],
)
def test_a_wrong_line_is_one_clear_error(tmp_path, lines, told):
    with pytest.raises(OnRecordError) as error:
        read_polnear(part(tmp_path, ferry_a1=lines))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_of_another_layout_is_refused(tmp_path):
    assert not is_polnear(tmp_path)
    with pytest.raises(OnRecordError, match="no folders `text` and `attributions`"):
        read_polnear(tmp_path)
    with pytest.raises(OnRecordError, match=r"no \.ann files"):
        read_polnear(part(tmp_path))


def test_a_text_that_is_missing_or_no_utf8_is_named(tmp_path):
    part(tmp_path, ferry_a1=FIRST)
    (tmp_path / "text" / "ferry.txt").write_bytes(b"caf\xe9")
    with pytest.raises(OnRecordError, match=r"ferry\.txt: byte 3 is not UTF-8"):
        read_polnear(tmp_path)
    (tmp_path / "text" / "ferry.txt").unlink()
    with pytest.raises(OnRecordError, match=r"ferry\.txt: No such file"):
        read_polnear(tmp_path)
