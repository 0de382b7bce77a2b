"""The article in a user's copy: a synthetic one, and the real one where ONRECORD_ARTICLE names a copy."""

import os
import re
import textwrap
import time
from pathlib import Path

import pytest
import yaml

from onrecord.data.anchors import anchors, anchors_yaml, write_anchors
from onrecord.data.article import ArticleError, anchor, content_digest, read_article
from onrecord.data.leakage import FILE, leaks, read_hashes
from onrecord.data.markup import parse
from onrecord.data.published import read_codebooks, read_ledger
from onrecord.data.recognition import article_from_json
from onrecord.schema.convert import codebook_from_json, fact_from_json
from onrecord.schema.located import read_yaml

MARKED = """\
<s f01>Tuva Ostrand</s> <q f01>said</q> on Friday that the lighthouse <c f01>“won’t be sold”</c> – not at any price.
The lamp has burned since the town was founded, and nobody pays for its oil.
<c f02>“The keepers’ pay is late,”</c> <s f02>the keeper</s> <q f02>noted</q>, according to \
<v f02:isle-wire>Isle Wire</v>, <c f02>“and the oil is short.”</c> She <q f03>would not say</q> \
<c f03>how much is left</c>.
"""
CODEBOOK = {
    "dossier": "light-house", "title": "A lighthouse", "description": "A light.", "split": "test", "invented": True,
    "agents": [
        {"id": "tuva-ostrand", "name": "Tuva Ostrand", "type": "person", "identity": "named", "affiliation": None,
         "aliases": [], "wikidata": None},
        {"id": "isle-wire", "name": "Isle Wire", "type": "news-agency", "identity": "named", "affiliation": None,
         "aliases": [], "wikidata": None},
    ],
    "topics": [{"id": "sale", "label": "The sale", "definition": "The sale.", "target": "It should be sold."}],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """The dossier of the synthetic article, with anchors."""
    facts = [
        f"""\
  - id: {label}
    proposition: Tuva Ostrand says something, number {label}.   # by hand
    speaker: tuva-ostrand
    agency: {agency}
    topic: sale
    stance: {stance}
    kind: {kind}
    said_on: null
    relations: []
"""
        for label, agency, stance, kind in (
            ("f01", "null", "against", "statement"),
            ("f02", "isle-wire", "neutral", "statement"),
            ("f03", "null", "neutral", "refusal"),
        )
    ]
    (tmp_path / "ledger.yaml").write_text("# by hand\nfacts:\n" + "\n".join(facts), encoding="utf-8")
    head = "# by hand\ncitation: The Isle Gazette\ndate: 2988-01-02\nregister: news-story\n"
    (tmp_path / "article.yaml").write_text(head, encoding="utf-8")
    write_anchors(tmp_path, MARKED)
    return tmp_path


@pytest.fixture
def known_article(folder):
    """Ledger, codebook and recognition of the synthetic article."""
    facts = yaml.safe_load((folder / "ledger.yaml").read_text(encoding="utf-8"))["facts"]
    full = [{**fact, "id": f"light-house/{fact['id']}", "dossier": "light-house", "quote": []} for fact in facts]
    recognition, _ = read_yaml((folder / "article.yaml").read_text(encoding="utf-8"), "article.yaml")
    ledger = {fact["id"]: fact_from_json(fact) for fact in full}
    return ledger, codebook_from_json(CODEBOOK), article_from_json(recognition)


CANONICAL = parse(MARKED).text
PARAGRAPHS = CANONICAL.splitlines()


def plain(text: str) -> str:
    return text.translate(str.maketrans("“”’–", '""\'-'))


COPIES = {
    "canonical": CANONICAL,
    "wrapped": "\n\n".join(textwrap.fill(paragraph, 30) for paragraph in PARAGRAPHS),
    "double spaces": CANONICAL.replace(" ", "  "),
    "no-break spaces": CANONICAL.replace(" ", "\u00a0"),
    "windows line ends": CANONICAL.replace("\n", "\r\n"),
    "joined": " ".join(PARAGRAPHS),
    "joined without a space": "".join(PARAGRAPHS),
    "zero width": CANONICAL.replace(" ", "\u200b ").replace("light", "li\u00adght"),
    "straight": plain(CANONICAL),
    "straight and wrapped": plain("\n".join(textwrap.fill(paragraph, 40) for paragraph in PARAGRAPHS)),
    "furniture": "Menu\nShare\n\n"
    + "\nAdvertisement “buy”\n".join(f"• {p} (Read more)" for p in PARAGRAPHS)
    + "\n© 2988",
    "in markup": "<p>" + "</p><p>".join(PARAGRAPHS) + "</p>",
    "a teaser first": PARAGRAPHS[2] + "\n" + CANONICAL,
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_faithful_copy_anchors(known_article, copy):
    report = anchor(copy, *known_article)
    said = [" … ".join(fragment["text"] for fragment in claim["content"]) for claim in report["claims"]]
    assert [plain(words) for words in said] == [
        '"won\'t be sold"',
        '"The keepers\' pay is late," … "and the oil is short."',
        "how much is left",
    ]
    assert [claim["form"] for claim in report["claims"]] == ["direct", "direct", "indirect"]
    assert plain(report["text"]) == plain("\n\n".join(PARAGRAPHS))
    assert report["claims"][1]["via"][0]["fragments"][0]["text"] == "Isle Wire"


def test_the_report_is_a_row_of_the_reports_configuration(known_article):
    report = anchor(CANONICAL, *known_article)
    assert (report["id"], report["register"], report["date"], report["tags"]) == (
        "light-house/article", "news-story", "2988-01-02", [],
    )  # fmt: skip
    assert [claim["id"] for claim in report["claims"]] == [f"light-house/article#{n}" for n in (1, 2, 3)]
    assert report["text"] == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("copy", "message"),
    [
        ("", "this is not the article (The Isle Gazette): none of its 3 paragraphs was found"),
        ("Tuva Ostrand said on Friday that the light is on.", "this is not the article"),
        (CANONICAL.replace("late", "gone"), "2 of its 3 paragraphs were found; missing or changed: 3"),
        (CANONICAL.replace("The lamp", "A lamp"), "missing or changed: 2"),
        (CANONICAL.replace("won’t", "wont"), "missing or changed: 1"),
        (CANONICAL.replace("Friday", "FRIDAY"), "missing or changed: 1"),
        ("\n".join(PARAGRAPHS[1:]), "missing or changed: 1"),
        ("\n".join(reversed(PARAGRAPHS)), "paragraph 2 stands before paragraph 1"),
    ],
)
def test_another_text_is_refused_in_one_line(known_article, copy, message):
    with pytest.raises(ArticleError, match=re.escape(message)) as caught:
        anchor(copy, *known_article)
    assert "\n" not in str(caught.value)


def test_a_page_of_a_megabyte_is_searched_in_two_seconds(known_article):
    page = "The lamp has said “Tuva” on Friday: the keepers’ pay (and the lighthouse) won’t.\n" * 13_000
    began = time.perf_counter()
    assert anchor(page + CANONICAL + page, *known_article)["claims"]
    assert time.perf_counter() - began < 4  # two megabytes


def test_an_anchor_that_leads_elsewhere_is_refused(folder, known_article):
    ledger, codebook, article = known_article
    changed = (folder / "ledger.yaml").read_text(encoding="utf-8").replace(content_digest("won’t be sold"), "0" * 16)
    facts = yaml.safe_load(changed)["facts"]
    fact = fact_from_json({**facts[0], "id": "light-house/f01", "dossier": "light-house", "quote": []})
    with pytest.raises(ArticleError, match="light-house/f01: its anchor does not lead to the words"):
        anchor(CANONICAL, {**ledger, fact.id: fact}, codebook, article)


def test_anchors_have_offsets_of_the_canonical_text():
    made = anchors(MARKED)
    assert list(made) == ["f01", "f02", "f03"]
    assert [made[label]["paragraph"] for label in made] == [1, 3, 3]
    span = made["f01"]["content"][0]
    assert CANONICAL[span["start"] : span["end"]] == "“won’t be sold”"
    assert made["f01"]["digest"] == content_digest("WON’T be sold!")
    assert made["f02"]["via"][0]["agent"] == "isle-wire"


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("<c f01>a", "the markup is wrong"),
        ("<c f01b>a</c>", "f01b: give one fact's label"),
        ("<s f01>a</s>", "f01: give one fact's label with content in one paragraph"),
        ("<c f01>a</c>\n<c f01>b</c>", "f01: give one fact's label with content in one paragraph"),
        ("<c f01>a</c>  b", "line 1: not canonical"),
        ("<c f01>a</c>\n\nb", "line 2: not canonical"),
    ],
)
def test_a_marked_article_that_is_wrong_is_refused(marked, message):
    with pytest.raises(ArticleError, match=re.escape(message)):
        anchors_yaml(marked)


def test_anchors_are_written_once_and_leave_the_rest_to_the_letter(folder):
    first = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    write_anchors(folder, MARKED)
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == first
    assert first["ledger.yaml"].count("# by hand") == 4
    assert first["ledger.yaml"].count("anchor:") == 3
    assert first["article.yaml"].startswith("# by hand\ncitation")


def test_nothing_that_is_written_holds_prose_of_the_article(folder):
    written = "\n".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    words = set(re.findall(r"[a-z’]{5,}", CANONICAL.lower())) - {"ostrand"}
    assert not words & set(re.findall(r"[a-z’]{5,}", written.lower()))
    assert leaks(CANONICAL, read_hashes(folder / FILE))


def test_a_ledger_of_other_facts_is_not_written(folder):
    before = (folder / "ledger.yaml").read_text(encoding="utf-8")
    with pytest.raises(ArticleError, match="do not have the same facts: f03, f04"):
        write_anchors(folder, MARKED.replace("f03", "f04"))
    assert (folder / "ledger.yaml").read_text(encoding="utf-8") == before


def test_the_real_ledger_is_anchored():
    article = read_article()
    facts = [fact for fact in read_ledger().values() if fact.dossier == "blinken-lavrov-call"]
    assert all(fact.anchor is not None and fact.anchor.article == article.sha256 for fact in facts)
    assert len(article.paragraphs) == 13


@pytest.mark.skipif("ONRECORD_ARTICLE" not in os.environ, reason="ONRECORD_ARTICLE names no copy of the article")
def test_the_real_article_anchors():
    text = Path(os.environ["ONRECORD_ARTICLE"]).read_text(encoding="utf-8")
    report = anchor(text)
    assert len(report["claims"]) == 28
    assert anchor(plain(textwrap.fill(text, 50)))["claims"][0]["form"] == report["claims"][0]["form"]
    assert {claim["speaker"] for claim in report["claims"]} <= {
        a.id for a in read_codebooks()[report["dossier"]].agents
    }
