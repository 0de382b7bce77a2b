"""The page of results: every figure that of the scorer, no markup from the data, and in a browser."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from browser import HOSTILE, SEEN, Page, needs_chromium
from click.testing import CliRunner
from makers import codebook, gold_claim, gold_of, prediction, said
from makers import report as one_report

from onrecord.baselines.recording import predictions
from onrecord.eval.cli import main
from onrecord.eval.confusion import confusion
from onrecord.eval.count import SCORES
from onrecord.eval.curves import CURVES, curves
from onrecord.eval.gold import published_codebooks, published_gold
from onrecord.eval.outcomes import OUTCOMES, outcomes
from onrecord.eval.page import visible
from onrecord.eval.pairing import pair
from onrecord.eval.report import OF_GOLD, OF_PREDICTED, SLICED, curve_path, page, report
from onrecord.eval.results import result_of
from onrecord.eval.scores import FIGURES
from onrecord.eval.sheet import sheet, unpack
from onrecord.eval.signature import signature
from onrecord.eval.slices import slice_scores, slices_to_json
from onrecord.eval.systems import predictions_of
from onrecord.schema.codebook import Agent
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import PredictedClaim, Prediction, as_prediction, prediction_to_json
from onrecord.schema.records import Report

SYSTEMS = ["quotes", "cues", "nothing"]
DRAWS = 40


@pytest.fixture(scope="module")
def gold():
    return published_gold("test")


@pytest.fixture(scope="module")
def books():
    return published_codebooks()


@pytest.fixture(scope="module")
def made(gold, books):
    return report(SYSTEMS, gold=gold, codebooks=books, by=["document-source"], draws=DRAWS, seed=0)


@pytest.fixture(scope="module")
def parsed(made):
    return Page(made)


@pytest.fixture(scope="module")
def predicted(gold, books):
    return {name: predictions_of(name, gold=gold, codebooks=books).predictions for name in SYSTEMS}


@pytest.fixture(scope="module")
def results(gold, predicted):
    return {name: result_of(gold=gold, predicted=some, draws=DRAWS) for name, some in predicted.items()}


@pytest.fixture(scope="module")
def packed(parsed):
    return {name: unpack(parsed.text[f"system-{number}"].strip()) for number, name in enumerate(SYSTEMS)}


def rows(parsed, key):
    """Return the attributes of the rows that have `key`, in order of the page."""
    return [attrs for tag, attrs in parsed.elements if tag == "tr" and "data-system" in attrs and key in attrs]


def number(text):
    return None if text == "" else float(text)


def test_the_leaderboard_has_every_figure_of_evaluate_from_the_best_f1_down(parsed, results):
    found = rows(parsed, "data-precision")
    assert len(found) == len(SCORES) * len(SYSTEMS)
    for at, name in enumerate(SCORES):
        board = found[at * len(SYSTEMS) : (at + 1) * len(SYSTEMS)]
        for row in board:
            score = results[row["data-name"]].scores[name]
            assert [number(row[f"data-{figure}"]) for figure in FIGURES] == [getattr(score, f) for f in FIGURES]
            counts = (score.tp, score.predicted, score.gold)
            assert tuple(int(row[f"data-{what}"]) for what in ("tp", "predicted", "gold")) == counts
            assert number(row["data-macro"]) == score.macro["f1"]
        f1 = [-1.0 if row["data-f1"] == "" else float(row["data-f1"]) for row in board]
        assert f1 == sorted(f1, reverse=True)


def small_page(count, invalid=0):
    gold, books = gold_of(one_report("r", [(0, 10)])), {"harbour": codebook()}
    options = {"codebooks": books, "cuts": ["form"], "draws": 0, "seed": 0}
    made = [sheet(f"mine-{n}", gold=gold, predicted=[prediction("r")], **options) for n in range(count)]
    made = [replace(each, result=replace(each.result, invalid=invalid)) for each in made]
    return page(made, gold=gold, codebooks=books, signature=signature(data="0", split="s", draws=0, seed=0), draws=0)


@pytest.mark.parametrize(("systems", "boxes"), [(24, 0), (25, 4)])
def test_the_tables_of_many_systems_scroll_by_themselves(systems, boxes):
    assert len(Page(small_page(systems)).of("tall")) == boxes


@pytest.mark.parametrize(("invalid", "told"), [(1, "1 line of mine-0 was"), (3, "3 lines of mine-0 were")])
def test_lines_that_were_refused_are_told(invalid, told):
    assert f"Invalid: {told} refused" in small_page(1, invalid).decode()
    assert "Invalid:" not in small_page(1).decode()


def test_the_plot_has_a_dot_for_each_figure_and_a_whisker_for_each_interval(parsed, results):
    scores = [score for result in results.values() for score in result.scores.values()]
    figures = sum(getattr(score, figure) is not None for score in scores for figure in FIGURES)
    intervals = sum(score.interval[figure] is not None for score in scores for figure in FIGURES)
    picture = [attrs for tag, attrs in parsed.elements if tag == "svg" and attrs.get("class") == "row"]
    assert len(picture) == len(scores)
    legend, strips = 3, len(parsed.of("strip"))
    assert len(parsed.of("dot")) == figures + legend + strips
    assert len(parsed.of("whisker")) == intervals + 1 + strips
    f1 = results["cues"].scores["record"].f1
    assert f"{100 * f1:.2f}%" in {attrs.get("cx") for tag, attrs in parsed.elements if tag == "circle"}


def test_the_curves_are_there_for_who_gives_confidences(parsed, gold, predicted):
    expected = curves(gold=gold.reports, predicted=predicted["cues"])
    areas = rows(parsed, "data-area")
    assert [row["data-name"] for row in areas] == ["cues", "cues"]
    assert [float(row["data-area"]) for row in areas] == [expected[name].average_precision for name in CURVES]
    paths = [attrs["d"] for _, attrs in parsed.of("line") if "d" in attrs]
    assert paths == [curve_path(expected[name]) for name in CURVES]
    last = expected["detection"].recall[-1]
    assert paths[1].endswith(f"H{300 * last:.1f}")


def test_outcomes_sum_to_the_whole(parsed, gold, predicted):
    for row in rows(parsed, "data-missed"):
        counts = {name: int(row[f"data-{name}"]) for name in OF_GOLD}
        assert sum(counts.values()) == int(row["data-total"]) == sum(len(r.claims) for r in gold.reports)
    for row in rows(parsed, "data-spurious"):
        counts = {name: int(row[f"data-{name}"]) for name in OF_PREDICTED}
        claims = sum(len(p.claims) for p in predicted[row["data-name"]])
        assert sum(counts.values()) == int(row["data-total"]) == claims
    assert set(OF_GOLD) | set(OF_PREDICTED) == set(OUTCOMES)


def test_what_belongs_to_one_system_is_packed_whole(packed, gold, books, predicted):
    for name, value in packed.items():
        pairings = pair(gold=gold.reports, predicted=predicted[name])
        cuts = [*SLICED, "document-source"]
        slices = {cut: slice_scores(pairings, cut, books, draws=DRAWS, seed=0) for cut in cuts}
        assert value["slices"] == json.loads(json.dumps(slices_to_json(slices)))
        for (of_gold, of_predicted), pairing in zip(value["reports"], pairings, strict=True):
            became = outcomes(pairing)
            assert tuple(OUTCOMES[code] for code in of_gold) == became[0]
            assert tuple(OUTCOMES[row[0]] for row in of_predicted) == became[1]
            matched = {(row[1], p) for p, row in enumerate(of_predicted) if row[1] >= 0}
            assert matched == set(pairing.pairs)


def test_confusion_counts_the_matched_pairs(packed, results, gold):
    for name, value in packed.items():
        scores = results[name].scores
        for label, matrices in (
            ("stance", [value["confusion"]["stance"]]), ("topic", value["confusion"]["topic"].values()),
        ):  # fmt: skip
            assert sum(n for m in matrices for row in m["counts"] for n in row) == scores["detection"].tp
            right = sum(m["counts"][i][m["columns"].index(row)] for m in matrices for i, row in enumerate(m["rows"]))
            assert right == scores[label].tp
        assert list(value["confusion"]["topic"]) == sorted({r.dossier for r in gold.reports})


def test_confusion_has_a_column_for_what_is_unanswered_and_for_labels_of_ones_own():
    one = Report("d/r", "d", "wire-brief", None, (), "abcdefghij", (gold_claim("d/r", 1, (0, 5)),))
    for given, column in (("", 3), ("own", 2), ("dredging", 1)):
        pairings = pair(gold=[one], predicted=[Prediction("d/r", (said((0, 5), topic=given),))])
        matrix = confusion(pairings, "topic", ["levy", "dredging"])
        assert matrix.columns == ("levy", "dredging", *(["own"] if given == "own" else []), "")
        assert matrix.counts[0].index(1) == (column if given != "" else 2)
        assert sum(map(sum, matrix.counts)) == 1


def test_every_report_is_there_once_with_text_and_gold_claims(parsed, gold):
    assert [attrs["id"] for _, attrs in parsed.of("report")] == [r.id for r in gold.reports]
    data = json.loads(parsed.text["data"])
    assert [r["text"] for r in data["reports"]] == [visible(r.text) for r in gold.reports]
    assert [c[-1] for r in data["reports"] for c in r["claims"]] == [c.id for r in gold.reports for c in r.claims]


def test_the_page_is_one_file_that_is_the_same_every_time_and_asks_the_network_for_nothing(made, parsed, gold, books):
    assert made == report(SYSTEMS, gold=gold, codebooks=books, by=["document-source"], draws=DRAWS, seed=0)
    assert not re.search(rb"https?:", made)
    policies = [attrs["content"] for _, attrs in parsed.elements if "http-equiv" in attrs]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policies[0]
    assert not [tag for tag, attrs in parsed.elements if {"src", "srcset", "action", "style", "data"} & set(attrs)]
    assert b"@import" not in made
    assert b"url(" not in made
    for key, value in signature(data=gold.digest, split="test", draws=DRAWS, seed=0).items():
        assert f"<dt>{key}</dt><dd>{value}</dd>".replace(">=", "&gt;=").encode() in made


def test_the_page_can_be_used_by_keyboard_and_read_aloud(parsed):
    tags = [tag for tag, _ in parsed.elements]
    ids = parsed.ids()
    assert len(ids) == len(set(ids))
    assert (tags.count("h1"), tags.count("main"), tags.count("footer")) == (1, 1, 1)
    assert tags.count("table") == tags.count("caption")
    assert {attrs["tabindex"] for _, attrs in parsed.elements if "tabindex" in attrs} <= {"0", "-1"}
    labelled = [attrs["aria-labelledby"] for _, attrs in parsed.elements if "aria-labelledby" in attrs]
    assert set(labelled) <= set(ids)
    hrefs = [attrs["href"] for _, attrs in parsed.elements if "href" in attrs]
    assert {href.removeprefix("#") for href in hrefs} <= set(ids)
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


# What the data says is never markup.


@pytest.fixture(scope="module")
def hostile():
    text = f"Head {HOSTILE}\n\nOne {HOSTILE}\nmore {HOSTILE} end.\n\n  \n\nLast \U0001f600 words, he said, went on."
    end = text.index("Last")
    claims = (
        gold_claim("harbour/r", 1, (0, 40), (end, end + 12), speaker="evil", agency="evil"),
        gold_claim("harbour/r", 2, (50, 80)),
    )
    one = Report("harbour/r", "harbour", "live-blog", None, (), text, claims)
    found = (
        said((0, 41), (end, end + 12), speaker="evil", agency="?" + HOSTILE, confidence=0.5),
        said((51, 80)),
        PredictedClaim((), words=(HOSTILE, "nowhere"), source_words=(HOSTILE,), alignment="ungrounded"),
    )
    book = codebook(Agent("evil", HOSTILE, "group", "unnamed", "board", (HOSTILE,)))
    options = {"gold": gold_of(one), "codebooks": {"harbour": book}}
    named = sheet(
        HOSTILE, predicted=[Prediction("harbour/r", found)], cuts=[*SLICED, "speaker", "agency"], draws=0, seed=0,
        **options,
    )  # fmt: skip
    shared = signature(data="0" * 64, split="test", draws=0, seed=0)
    return one, page([named], signature=shared, draws=0, **options)


def test_hostile_text_stays_text(hostile, parsed):
    one, data = hostile
    found = Page(data)
    assert [tag for tag, _ in found.elements].count("script") == 3
    assert {tag for tag, _ in found.elements} <= {tag for tag, _ in parsed.elements}
    names = {name for _, attrs in parsed.elements for name in attrs}
    assert {name for _, attrs in found.elements for name in attrs} <= names
    assert json.loads(found.text["data"])["reports"][0]["text"] == one.text.replace(HOSTILE, SEEN)
    assert json.loads(found.text["data"])["systems"] == [SEEN]
    assert SEEN in found.text["system"]


def test_visible_reaches_every_text():
    assert visible({"a\x00": ["\x01", ("\x7f", 3, None)], "b": 0.5}) == {"a␀": ["␁", ["␡", 3, None]], "b": 0.5}


# The command.


def test_the_command_reports_names_and_files(tmp_path, gold):
    file = tmp_path / "perfect.jsonl"
    lines = [json.dumps(prediction_to_json(as_prediction(one))) for one in gold.reports]
    file.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "new" / "page.html"
    run = CliRunner().invoke(main, ["report", str(file), "nothing", "--draws", "0", "--out", str(out)])
    assert (run.exit_code, run.stdout) == (0, ""), run.output
    parsed = Page(out.read_bytes())
    first = rows(parsed, "data-precision")[0]
    assert (first["data-name"], first["data-f1"]) == (str(file), "1.0")
    again = CliRunner().invoke(main, ["report", str(file), "nothing", "--draws", "0", "--out", "-"])
    assert again.stdout_bytes == out.read_bytes()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nobody"], "nobody: no such file, and no system is called so (nothing, "),
        (["cues", "--by", "x"], "no cut 'x'"),
    ],
)
def test_what_is_unknown_is_one_line_and_wrong_use(args, message, tmp_path):
    run = CliRunner().invoke(main, ["report", *args, "--out", str(tmp_path / "page.html")])
    assert run.exit_code == 2
    assert run.stderr.count("\n") == 1
    assert message in run.stderr
    assert not list(tmp_path.iterdir())


def test_a_recorded_system_is_one_that_complains_of_what_it_did_not_predict(books):
    train, complaints = published_gold("train"), []
    found = predictions_of("second-pass", gold=train, codebooks=books, complain=complaints.append).predictions
    assert {p.report for p in found if p.claims} <= set(predictions("second-pass", "train"))
    missing = [one.id for one in train.reports if one.id not in predictions("second-pass", "train")]
    assert [str(line).split(": ")[0] for line in complaints] == [f"second-pass failed on {id_}" for id_ in missing]


def test_a_file_with_errors_is_refused(tmp_path, gold, books):
    (tmp_path / "bad.jsonl").write_text("{]\n")
    with pytest.raises(OnRecordError, match="1 error; correct what stands above first"):
        predictions_of(str(tmp_path / "bad.jsonl"), gold=gold, codebooks=books)


# In a browser.

COUNT = "document.getElementById('count').textContent"
READY = "document.documentElement.dataset.chosen !== undefined"


@pytest.fixture(scope="module")
def address(made, tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_bytes(made)
    return file.as_uri()


def opened(browser, address):
    browser.open(address)
    browser.until(READY)


@needs_chromium
def test_an_outcome_that_is_clicked_filters_and_the_count_says_so(browser, address, gold, predicted):
    opened(browser, address)
    became = [outcomes(pairing) for pairing in pair(gold=gold.reports, predicted=predicted["cues"])]
    missed = [of_gold.count("missed") for of_gold, _ in became]
    n_gold, n_predicted = (sum(len(both[side]) for both in became) for side in (0, 1))
    button = '#became-gold button[data-system="1"][data-outcome="missed"]'
    browser.run(f"document.querySelector({json.dumps(button)}).scrollIntoView({{block: 'center'}})")
    browser.click(button)
    browser.until(f"{COUNT}.includes(' of ')")
    shown = sum(n > 0 for n in missed)
    assert browser.run(COUNT) == (
        f"{sum(missed)} of {n_gold:,} gold claims, 0 of {n_predicted:,} predicted claims, "
        f"{shown} of {len(gold.reports)} reports"
    )
    visible_now = "[...document.querySelectorAll('.report')].filter((one) => one.checkVisibility()).length"
    assert browser.run(visible_now) == shown
    browser.until("document.querySelector('.report:not([hidden]) .mark') !== null")
    lit = "[...document.querySelectorAll('.report:not([hidden]) .mark:not(.dim)')].map((mark) => mark.className)"
    assert {name.replace(" on", "") for name in browser.run(lit)} == {"mark missed"}
    browser.click("#reset")
    browser.until(f"!{COUNT}.includes(' of ')")
    assert browser.run("performance.getEntriesByType('resource').length") == 0


@needs_chromium
def test_a_system_is_chosen_and_its_figures_shown(browser, address, packed):
    opened(browser, address)
    for n, name in enumerate(SYSTEMS):
        browser.run(f"choose({n})")
        browser.until(f"document.documentElement.dataset.chosen === '{n}'")
        table = 'document.querySelector(\'.cut[data-cut="form"] tr[data-value="direct"]\')'
        f1 = packed[name]["slices"]["form"]["direct"]["record"]["f1"]
        shown = browser.run(f"{table}.querySelector('.of-record b').textContent")
        assert shown == ("100" if f1 == 1 else f"{100 * f1:.1f}")
        cells = browser.run("[...document.querySelector('.matrix tbody').rows].map((r) => r.innerText.split(/\\s+/))")
        counts = packed[name]["confusion"]["stance"]["counts"]
        assert [[int(n) for n in row[1:]] for row in cells] == counts


@needs_chromium
def test_both_sides_show_the_text_and_what_holds_for_it(browser, address, gold, predicted):
    one = gold.reports[0]
    found = next(p for p in predicted["cues"] if p.report == one.id)
    opened(browser, f"{address}#{one.id}%23cues:1")
    browser.until("active !== null && !card.hidden")
    assert browser.run("[active.id, data.systems[chosen]]") == [f"{one.id}#cues:1", "cues"]
    clean = "(box) => { const copy = box.cloneNode(true); copy.querySelectorAll('.mark').forEach((m) => m.remove()); return copy.textContent; }"  # noqa: E501
    texts = f"[...document.getElementById({json.dumps(one.id)}).querySelectorAll('.text')].map({clean})"
    assert browser.run(texts) == [one.text, one.text]
    for side, claims in (("gold", one.claims), ("predicted", found.claims)):
        for n, claim in enumerate(claims, 1):
            parts = f"[...document.getElementById({json.dumps(one.id)}).querySelectorAll('.{side} .content[data-in]')]"
            own = f"{parts}.filter((part) => part.dataset.in.split(' ').includes('{n}')).map((p) => p.textContent)"
            expected = "".join(one.text[f.start : f.end] for f in claim.content)
            assert "".join(browser.run(own)) == expected


@needs_chromium
def test_a_gold_claim_is_linked_reached_by_keyboard_and_shows_its_partner(browser, address, gold, predicted):
    pairing = next(p for p in pair(gold=gold.reports, predicted=predicted["cues"]) if p.pairs)
    g, p = pairing.pairs[0]
    id_ = pairing.report.claims[g].id
    opened(browser, f"{address}#{id_.replace('#', '%23')}")
    browser.until(f"active !== null && active.id === {json.dumps(id_)} && !card.hidden")
    assert f"predicted {p + 1}" in browser.run("card.textContent")
    lit = "[...document.querySelectorAll('.mark.on')].map((mark) => mark.id)"
    assert browser.run(lit) == [id_, f"{pairing.report.id}#cues:{p + 1}"]
    browser.press("Escape", 27)
    assert browser.run("card.hidden")
    browser.press("Enter", 13, "\r")
    browser.until("document.activeElement.id === 'card'")
    browser.press("Tab", 9)
    assert browser.run("document.activeElement.className") == "to-partner"


@needs_chromium
def test_a_column_sorts_the_table(browser, address):
    opened(browser, address)
    names = "[...document.querySelectorAll('#board tbody:not([hidden]) tr[data-system]')].map((r) => r.dataset.name)"
    browser.click('#board .sort[data-key="name"]')
    assert browser.run(names) == sorted(SYSTEMS)
    browser.click('#board .sort[data-key="precision"]')
    assert browser.run(names)[-1] == "nothing"  # undefined comes last
    assert browser.run("document.querySelectorAll('#board [aria-sort]').length") == 1


@needs_chromium
@pytest.mark.parametrize("width", [360, 900, 1600])
def test_nothing_is_wider_than_the_window(browser, address, width):
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    opened(browser, address)
    assert browser.run("document.documentElement.scrollWidth") <= width
    browser.call("Emulation.clearDeviceMetricsOverride")


@needs_chromium
def test_hostile_text_does_nothing_in_a_browser(browser, hostile, tmp_path):
    one, data = hostile
    (tmp_path / "page.html").write_bytes(data)
    opened(browser, (tmp_path / "page.html").as_uri())
    browser.run("sections[0].scrollIntoView()")  # what is not near the window is unmade again
    browser.until("document.querySelectorAll('.report .text').length >= 2")
    assert browser.run("document.querySelectorAll('img').length") == 0
    shown = one.text.replace(HOSTILE, SEEN)
    clean = "(box) => { const copy = box.cloneNode(true); copy.querySelectorAll('.mark, .loose').forEach((m) => m.remove()); return copy.textContent; }"  # noqa: E501
    assert browser.run(f"[...document.querySelectorAll('.report .text')].map({clean})") == [shown, shown]
    assert f"{SEEN} … nowhere" in browser.run("document.querySelector('.loose').textContent")
    browser.run("document.querySelector('.predicted .mark').click()")
    assert SEEN in browser.run("card.textContent")
