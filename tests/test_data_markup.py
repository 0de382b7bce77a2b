"""Markup ⇄ offsets: the two ways are inverse, for every text and every set of spans, and for whole reports."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.data.decompile import decompile_report
from onrecord.data.dossier import read_background, read_dossier, read_report
from onrecord.data.markup import Span, parse, render
from onrecord.schema.quotation import form, quotations
from onrecord.schema.records import Fragment

LABELS = ("f01", "f02", "f02b", "f103")
AWKWARD = st.sampled_from(
    ["<", ">", "\\", "/", " ", "\n", "c", "f01", "</c>", "<c f01>", "e\u0301", "👩‍🚒", "🇿🇦", "“", "\t"]
)
TEXTS = st.lists(AWKWARD | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map("".join)


def crosses(span: Span, other: Span) -> bool:
    same = (span.role, span.labels) == (other.role, other.labels)
    return same and (span.start < other.start < span.end < other.end or other.start < span.start < other.end < span.end)


@st.composite
def marked(draw):
    """A text, and up to eight spans in it that nest, cross, touch and share their labels."""
    text = draw(TEXTS)
    spans: list[Span] = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        role = draw(st.sampled_from("csqv"))
        labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True))
        span = Span(start, end, role, tuple(f"{label}:the-agent" if role == "v" else label for label in labels))
        if not any(crosses(span, other) for other in spans):
            spans.append(span)
    return text, spans


@settings(max_examples=1000)
@given(marked())
def test_parse_is_the_inverse_of_render(case):
    text, spans = case
    parsed = parse(render(text, spans))
    assert (parsed.text, list(parsed.spans)) == (text, sorted(spans))
    assert {incident.id for incident in parsed.incidents} <= {"tag-loose"}


@given(st.text(alphabet="<>/\\csqvf01:- \n“a", max_size=40))
def test_any_body_is_read_to_its_end(body):
    parsed = parse(body)
    for span in parsed.spans:
        assert 0 <= span.start < span.end <= len(parsed.text)


@pytest.mark.parametrize(
    ("body", "id_", "line", "column"),
    [
        ("a\n<b>x</b>", "tag-unknown", 2, 1),
        ("a <c>x</c>", "tag-unknown", 1, 3),
        ("<c F01>x</c>", "tag-unknown", 1, 1),
        ("<v f01>x</v>", "tag-unknown", 1, 1),
        ("1 < 2", "tag-unknown", 1, 3),
        ("a\n\nb <c f01>x", "tag-unclosed", 3, 3),
        ("x</c>", "tag-unopened", 1, 2),
        ("<c f01>x</c f02>", "tag-unopened", 1, 9),
        ("<c f01></c>", "tag-empty", 1, 1),
        ("<c f01> x</c>", "tag-loose", 1, 1),
        ("<c f01>x\n</c>", "tag-loose", 1, 1),
    ],
)
def test_an_error_names_file_line_and_column(body, id_, line, column):
    first, *_ = parse(body, name="r.txt", first_line=10).incidents
    assert (first.id, first.file, first.line) == (id_, "r.txt", line + 9)
    assert first.detail.startswith(f"column {column}")


def test_shared_crossing_discontinuous_and_relayed_spans():
    body = "<s f01 f02>He</s> <c f01>a <c f02>b</c f01> c</c> <v f01:x f02:y-z>V</v> \\<c \\\\"
    parsed = parse(body)
    assert parsed.text == "He a b c V <c \\"
    assert [(s.role, s.labels, parsed.text[s.start : s.end]) for s in parsed.spans] == [
        ("s", ("f01", "f02"), "He"),
        ("c", ("f01",), "a b"),
        ("c", ("f02",), "b c"),
        ("v", ("f01:x", "f02:y-z"), "V"),
    ]


@pytest.mark.parametrize("dossier", ["harbour-levy", "lamp-oil"])
def test_decompiled_reports_compile_to_themselves(checkout, dossier):
    folder = checkout / "data" / "dossiers" / dossier
    read, incidents = read_dossier(folder)
    assert (read is not None, incidents) == (True, [])
    facts = {fact["id"]: fact for fact in read.facts}
    for report in read.reports:
        path = folder / "reports" / f"{report['id'].rpartition('/')[2]}.txt"
        path.write_text(decompile_report(report, facts), encoding="utf-8")
    assert read_dossier(folder) == (read, [])


@st.composite
def reports(draw):
    """A report of the dossier lamp-oil with random claims, in the published shape."""
    line = st.text(st.sampled_from(list("ab <\\“”‘’'\"é.,🚢")), max_size=12)
    text = "x" + "\n\n".join(draw(st.lists(line, min_size=1, max_size=3))).rstrip("\n") + "y"
    quoted = quotations(text)
    solid = [at for at, character in enumerate(text) if not character.isspace()]
    claims = []
    for fact in draw(st.lists(st.sampled_from(["f01", "f02"]), max_size=4)):
        ends = sorted(draw(st.lists(st.sampled_from(solid), min_size=1, max_size=4, unique=True)))
        spans = [Fragment(a, b + 1) for a, b in zip(ends[::2], ends[1::2], strict=False)] or [
            Fragment(ends[0], ends[0] + 1)
        ]
        fragments = [{"start": f.start, "end": f.end, "text": text[f.start : f.end]} for f in spans]
        relays = draw(st.permutations(["lampwrights-guild", "sena-tabor"]))[: draw(st.integers(0, 2))]
        via = [{"agent": agent, "fragments": copy.deepcopy(fragments)} for agent in relays]
        speaker = {"f01": "quill-tabor", "f02": "sena-tabor"}[fact]
        claims.append({
            "report": "lamp-oil/r", "dossier": "lamp-oil", "fact": f"lamp-oil/{fact}", "content": fragments,
            "source": draw(st.sampled_from([[], fragments])), "cue": [], "via": via, "speaker": speaker,
            "agency": relays[-1] if relays else None, "topic": "oil-ration",
            "stance": draw(st.sampled_from(["favor", "neutral"])), "kind": "statement",
            "form": form(text, tuple(spans), quoted), "tags": draw(st.sampled_from([[], ["shared-surname"]])),
        })  # fmt: skip
    ordered = sorted(claims, key=lambda c: (c["content"][0]["start"], c["content"][0]["end"], c["fact"]))
    numbered = [{"id": f"lamp-oil/r#{number}", **claim} for number, claim in enumerate(ordered, 1)]
    about = {"register": "minutes", "date": draw(st.sampled_from([None, "2988-11-03"])), "tags": []}
    return {"id": "lamp-oil/r", "dossier": "lamp-oil", **about, "text": text, "claims": numbered}


@pytest.fixture(scope="module")
def lamp_oil(built):
    return built / "data" / "dossiers" / "lamp-oil"


@settings(max_examples=200, deadline=None)
@given(report=reports())
def test_compile_is_the_inverse_of_decompile(lamp_oil, tmp_path_factory, report):
    background = read_background(lamp_oil)
    facts = {fact["id"]: fact for fact in background.facts}
    path = tmp_path_factory.getbasetemp() / "lamp-oil" / "reports" / "r.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(decompile_report(report, facts), encoding="utf-8")
    compiled, incidents = read_report(path, background)
    assert compiled == report, incidents
