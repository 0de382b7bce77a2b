"""The page of the corpus: claims, facts and carriers in their places, no markup from the data, and in a browser."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from browser import HOSTILE, SEEN, Page, needs_chromium
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from makers import codebook, gold_claim

from onrecord.data.published import read_ledger, read_reports, splits
from onrecord.eval.browse import FATES, browse, fate, page, shelve
from onrecord.eval.cli import main
from onrecord.eval.page import ROLES, Span, as_script_json, paragraphs, spans_of
from onrecord.schema.codebook import Agent
from onrecord.schema.records import Fact, Fragment, Relation, Relay, Report


@pytest.fixture(scope="module")
def data():
    return browse()


@pytest.fixture(scope="module")
def parsed(data):
    return Page(data)


@pytest.fixture(scope="module")
def reports():
    return [report for split in splits() for report in read_reports(split)]


def assert_text(parsed, report, shown=lambda text: text):
    """Every character of `report` stands on the page with exactly the roles of the record."""
    found = parsed.reports[report.id]
    assert "".join(char for char, _ in found) == shown(report.text)
    expected = [set() for _ in report.text]
    for n, claim in enumerate(report.claims, 1):
        for span in spans_of(claim, n):
            for place in range(span.fragment.start, span.fragment.end):
                expected[place].add((n, span.role))
    gap = {place for m in re.finditer(r"\n\s*\n", report.text) for place in range(*m.span())}
    assert all(roles == expected[n] for n, (_, roles) in enumerate(found) if n not in gap)


def test_every_text_and_highlight_is_that_of_the_record(parsed, reports):
    assert set(parsed.reports) == {report.id for report in reports}
    for report in reports:
        assert_text(parsed, report)


def test_every_claim_fact_and_carrier_is_there_once_and_every_reference_leads_somewhere(parsed, reports):
    ids = parsed.ids()
    assert len(ids) == len(set(ids))
    claims = [claim for report in reports for claim in report.claims]
    assert [attrs["id"] for _, attrs in parsed.of("mark")] == [c.id for c in in_order_of(parsed, reports)]
    assert {f"record:{claim.id}" for claim in claims} | set(read_ledger()) <= set(ids)
    carried = [attrs["data-claim"] for _, attrs in parsed.elements if "data-claim" in attrs]
    assert sorted(carried) == sorted(claim.id for claim in claims)
    hrefs = [attrs["href"] for _, attrs in parsed.elements if "href" in attrs]
    assert {href.removeprefix("#").replace("%23", "#") for href in hrefs} <= set(ids)
    assert all(href.startswith("#") and "#" not in href[1:] for href in hrefs)


def in_order_of(parsed, reports):
    """Return the claims in the order of the page, which is the order of Tab: their first characters' order."""
    by_id = {report.id: report for report in reports}
    return [claim for id_ in parsed.reports for claim in by_id[id_].claims]


def test_the_ledger_says_where_the_agency_was_lost(parsed, reports):
    ledger = read_ledger()
    for claim in [claim for report in reports for claim in report.claims][::17]:
        text = parsed.text[f"record:{claim.id}"]
        lost = claim.agency is None and ledger[claim.fact].agency is not None
        assert ("agency lost" in text) == lost
        assert ledger[claim.fact].proposition in text


@pytest.mark.parametrize(
    ("fact", "claim", "expected"),
    [("a", "a", "kept"), ("a", None, "lost"), ("a", "b", "changed"), (None, "b", "added"), (None, None, "none")],
)
def test_fate(fact, claim, expected):
    assert fate(fact=fact, claim=claim) == expected
    assert expected in FATES


def test_the_page_is_one_small_file_that_is_the_same_every_time_and_asks_the_network_for_nothing(data, parsed):
    assert data == browse()
    assert len(data) < 5_000_000
    assert not re.search(rb"https?:", data)
    policies = [attrs["content"] for _, attrs in parsed.elements if "http-equiv" in attrs]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policies[0]
    assert not [tag for tag, attrs in parsed.elements if {"src", "srcset", "action", "style", "data"} & set(attrs)]
    assert b"@import" not in data
    assert b"url(" not in data


def test_the_page_can_be_used_by_keyboard_and_read_aloud(parsed):
    tags = [tag for tag, _ in parsed.elements]
    assert dict(parsed.elements)["html"]["lang"] == "en"
    assert (tags.count("h1"), tags.count("main"), tags.count("footer")) == (1, 1, 1)
    assert next(attrs["href"] for tag, attrs in parsed.elements if tag == "a") == "#main"
    assert {attrs["tabindex"] for _, attrs in parsed.elements if "tabindex" in attrs} <= {"0", "-1"}
    assert all(tag == "a" and "tabindex" not in attrs for tag, attrs in parsed.of("mark"))
    labelled = [attrs["aria-labelledby"] for _, attrs in parsed.elements if "aria-labelledby" in attrs]
    assert set(labelled) <= set(parsed.ids())
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(
        weight * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
        for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True)
    )


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast(data, theme):
    pairs = re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)", data.decode())
    colours = {name: luminance(values[theme]) for name, *values in pairs}
    grounds = ["paper", "raised", "content-tint"]
    on = dict.fromkeys(("ink", "soft", "accent", "content", "favor", "against", "cue"), grounds)
    on |= {"ink": [*grounds, *(f"{role}-lit" for role in ROLES)]}
    for name, under in on.items():
        for ground in under:
            high, low = sorted((colours[name], colours[ground]), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)


# What the data says is never markup.


@pytest.fixture(scope="module")
def hostile():
    text = f"Head {HOSTILE}\n\nOne {HOSTILE}\nmore {HOSTILE} end.\n\n  \n\nLast \U0001f600 words, he said, went on."
    end = text.index("Last")
    relay = Relay("evil", (Fragment(end, end + 8),))
    held = {"source": (Fragment(10, 30),), "cue": (Fragment(20, 60),), "via": (relay,), "tags": ("scare-quotes",)}
    claims = (
        gold_claim("harbour/r", 1, (0, 40), (end, end + 12), speaker="evil", agency="evil"),
        replace(gold_claim("harbour/r", 2, (3, len(text) - 1)), **held),
        gold_claim("harbour/r", 3, (7, 9)),
    )
    report = Report("harbour/r", "harbour", "live-blog", None, (), text, claims)
    facts = [
        Fact("harbour/f01", "harbour", HOSTILE, "evil", "board", "levy", "favor", "statement", None,
             relations=(Relation("updates", "harbour/f02"),)),
        Fact("harbour/f02", "harbour", "x", "toskan", None, "levy", "favor", "denial", "3000-01-01"),
    ]  # fmt: skip
    book = codebook(Agent("evil", HOSTILE, "group", "unnamed", "board", (HOSTILE,)))
    return report, page([shelve(book, facts, [report], {"harbour/r"})], provenance=HOSTILE)


def test_hostile_text_stays_text(hostile):
    report, data = hostile
    parsed = Page(data)
    tags = [tag for tag, _ in parsed.elements]
    harmless = Page(browse(["telquar-accord"])).elements
    assert tags.count("script") == 2
    assert set(tags) <= {tag for tag, _ in harmless}
    assert {name for _, attrs in parsed.elements for name in attrs} <= {name for _, attrs in harmless for name in attrs}
    assert SEEN in parsed.text["harbour/f01"]
    assert SEEN in parsed.text["record:harbour/r#1"]
    assert_text(parsed, report, lambda text: text.replace(HOSTILE, SEEN))
    assert json.loads(parsed.text["data"])["claims"][0]["id"] == "harbour/r#1"


def test_json_for_a_script_cannot_end_it():
    made = as_script_json({HOSTILE: [HOSTILE]})
    assert json.loads(made) == {HOSTILE: [HOSTILE]}
    assert not set("<>&\u2028\u2029\x00") & set(made)


@given(st.data())
def test_segments_are_the_text_and_know_what_holds(draw):
    text = draw.draw(st.text(alphabet="ab \n", min_size=1, max_size=40))
    place = st.integers(0, len(text))
    made = st.builds(
        lambda a, b, role, n: (min(a, b), max(a, b), role, n), place, place, st.sampled_from(ROLES), st.integers(1, 4)
    )
    spans = [Span(Fragment(a, b), role, n) for a, b, role, n in draw.draw(st.lists(made, max_size=6)) if a < b]
    cut = paragraphs(text, spans)
    assert "".join("".join(s.text for s in p.segments) + p.gap for p in cut) == text
    at = 0
    for paragraph in cut:
        for segment in paragraph.segments:
            for offset in range(at, at + len(segment.text)):
                holds = {(s.role, s.item) for s in spans if s.fragment.start <= offset < s.fragment.end}
                assert {(role, n) for role, items in segment.items.items() for n in items} == holds
            at += len(segment.text)
        at += len(paragraph.gap)


# The command.


def test_the_command_writes_a_dossier_or_a_report(tmp_path):
    out = tmp_path / "new" / "page.html"
    run = CliRunner().invoke(main, ["browse", "--dossier", "telquar-accord", "--out", str(out)])
    assert (run.exit_code, run.stdout) == (0, "")
    assert out.read_bytes() == browse(["telquar-accord"])
    assert {id_.partition("/")[0] for id_ in Page(out.read_bytes()).reports} == {"telquar-accord"}
    one = sorted(Page(out.read_bytes()).reports)[0]
    run = CliRunner().invoke(main, ["browse", "--report", one, "--out", "-"])
    parsed = Page(run.stdout_bytes)
    assert list(parsed.reports) == [one]
    assert len(parsed.of("fact")) == len([fact for fact in read_ledger() if fact.startswith("telquar-accord/")])


@pytest.mark.parametrize(
    "args", [["--dossier", "telquar-acord"], ["--report", "telquar-accord/none"], ["--report", ""]]
)
def test_what_is_unknown_is_one_line_and_wrong_use(args, tmp_path):
    run = CliRunner().invoke(main, ["browse", *args, "--out", str(tmp_path / "page.html")])
    assert run.exit_code == 2
    assert run.stderr.count("\n") == 1
    assert f"there is no {args[0][2:]} {args[1]!r}" in run.stderr
    assert not list(tmp_path.iterdir())


# In a browser.


@pytest.fixture(scope="module")
def address(data, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "onrecord.html"
    file.write_bytes(data)
    return file.as_uri()


COUNT = "document.getElementById('count').textContent"


@needs_chromium
def test_a_filter_changes_the_count_and_reset_undoes_it(browser, address, reports):
    browser.open(address)
    everything = browser.run(COUNT)
    refusals = [claim for report in reports for claim in report.claims if claim.kind == "refusal"]
    if browser.run("document.getElementById('panel').hidden"):
        browser.click("#more")
    browser.run("document.querySelector('select[name=kind]').focus()")
    for letter in "ref":  # by keyboard, as a person would
        browser.press(letter, ord(letter.upper()), letter)
    browser.until(f"{COUNT} !== {json.dumps(everything)}")
    carrying, facts = len({c.report for c in refusals}), len({c.fact for c in refusals})
    total = f"{sum(len(report.claims) for report in reports):,}"
    assert browser.run(COUNT) == (
        f"{len(refusals):,} of {total} claims, {carrying} of {len(reports)} reports, "
        f"{facts} of {len(read_ledger())} facts"
    )
    visible = "[...document.querySelectorAll('.mark')].filter((mark) => mark.checkVisibility()).length"
    assert browser.run(visible) == len(refusals)
    browser.click("#reset")
    browser.until(f"{COUNT} === {json.dumps(everything)}")
    assert browser.run("performance.getEntriesByType('resource').length") == 0


@needs_chromium
def test_search_counts_what_it_finds(browser, address, reports):
    browser.open(address)
    words = reports[0].text.split("\n\n")[1].split(". ")[0][:60]
    browser.run(f"search.value = {json.dumps(words)}; search.dispatchEvent(new Event('input'))")
    browser.until(f"{COUNT}.includes(' 1 of {len(reports)} reports')")
    assert browser.run("[...CSS.highlights.get('found')].map(String)") == [words]


@needs_chromium
def test_a_claim_is_reached_shown_and_left_by_keyboard(browser, address, reports):
    claim = next(c for r in reports for c in r.claims if len(c.content) > 1 and c.source and c.cue)
    browser.open(address)
    browser.run(f"document.getElementById({json.dumps(claim.id)}).focus()")
    lit = "[...document.querySelectorAll('.r.on')].map((part) => part.textContent).join('|')"
    text = next(r.text for r in reports if r.id == claim.report)
    fragments = sorted(
        [*claim.content, *claim.source, *claim.cue, *(f for relay in claim.via for f in relay.fragments)]
    )
    assert browser.run(lit) == "|".join(text[f.start : f.end] for f in fragments)
    browser.press("Enter", 13, "\r")
    browser.until("document.activeElement.id === 'card'")
    assert browser.run("decodeURIComponent(location.hash.slice(1))") == claim.id
    browser.press("Tab", 9)
    assert browser.run("document.activeElement.className") == "to-fact"
    browser.press("Escape", 27)
    assert browser.run("document.activeElement.id") == claim.id
    assert browser.run("card.hidden")


@needs_chromium
def test_a_link_in_the_ledger_leads_to_the_claim(browser, address, reports):
    claim = reports[-1].claims[-1]
    browser.open(f"{address}#{claim.fact}")
    link = f'a.to-claim[href="#{claim.id.replace("#", "%23")}"]'
    browser.run(f"document.querySelector({json.dumps(link)}).closest('details').open = true")
    browser.run(f"document.querySelector({json.dumps(link)}).scrollIntoView({{block: 'center'}})")
    browser.click(link)
    browser.until(f"active && active.id === {json.dumps(claim.id)} && !card.hidden")
    browser.until(
        "(({ top, bottom }) => top > bar.offsetHeight && bottom < innerHeight)(active.getBoundingClientRect())"
    )


@needs_chromium
@pytest.mark.parametrize("width", [360, 900, 1600])
def test_nothing_is_wider_than_the_window(browser, address, width):
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    browser.open(address)
    assert browser.run("document.documentElement.scrollWidth") <= width
    browser.call("Emulation.clearDeviceMetricsOverride")


@needs_chromium
def test_hostile_text_does_nothing_in_a_browser(browser, hostile, tmp_path):
    report, data = hostile
    (tmp_path / "page.html").write_bytes(data)
    browser.open((tmp_path / "page.html").as_uri())
    assert browser.run("document.querySelectorAll('img').length") == 0
    text = "textOf(document.querySelector('article')).nodes.map(([, node]) => node.data).join('')"
    assert browser.run(text) == report.text.replace(HOSTILE, SEEN)
    browser.run("document.querySelector('.mark').click()")
    assert SEEN in browser.run("card.textContent")
