"""`onrecord extract` on any text: inputs, outputs, order, failures, many files."""

# ruff: noqa: ARG002, S603 - systems need not look at what they are given; the processes are our own

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import unicodedata

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given as for_all
from hypothesis import strategies as st
from makers import codebook, said
from rich.console import Console

from onrecord.baselines import registry
from onrecord.eval import gold as gold_module
from onrecord.eval.cli import main
from onrecord.eval.extraction import Extracted
from onrecord.eval.files import LIMIT
from onrecord.eval.findings import COLUMNS
from onrecord.eval.texts import html_text, markdown_text, unwrapped
from onrecord.eval.topics import read_topics
from onrecord.eval.view import View
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import PredictedClaim, Prediction
from onrecord.schema.records import Fragment
from onrecord.schema.structure import check_structure

STORY = "Ned Tarne spoke.\n\nMr Tarne said that “the line must close”. Officials said that it will be so.\n"
PAGE = """<html><head><meta charset="utf-8"><script>var x = 1</script></head><body><nav>Home | News</nav><article>
<h1>The line</h1><p>The line along the quay must close this winter, Ned Tarne said on Monday after a long meeting.</p>
<p>“It must,” Tarne said.</p></article><footer>All rights</footer></body></html>"""


class Echo:
    def extract(self, text, codebook):
        return [said((0, 3))]


class Inventive:
    """Answers with words, names, and labels that nothing grounds."""

    def extract(self, text, codebook):
        return [
            PredictedClaim((), words=("the line must close",), speaker="mr tarne", topic="levy", stance="favor"),
            PredictedClaim(
                (), words=("nowhere in this text at all",), speaker="Nobody Known", source_words=("Nobody",)
            ),
        ]


class Beyond:
    def extract(self, text, codebook):
        return [said((0, 100_000))]


class Broken:
    """Fails on texts with the word *no*."""

    def extract(self, text, codebook):
        if "no" in text:
            raise RuntimeError("no connection\nto the model")
        return []


SYSTEMS = {"echo": Echo, "inventive": Inventive, "beyond": Beyond, "broken": Broken}


@pytest.fixture
def extract(monkeypatch):
    """Return a function that runs `onrecord extract`, with systems of our own beside the registered ones."""
    system = registry.system
    monkeypatch.setattr(registry, "system", lambda name: SYSTEMS[name]() if name in SYSTEMS else system(name))
    monkeypatch.setattr(gold_module, "published_codebooks", lambda: {"harbour": codebook()})

    def invoke(*arguments, stdin=None):
        result = CliRunner().invoke(main, ["extract", *map(str, arguments)], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        assert "Traceback" not in result.output
        return result

    return invoke


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# what a line holds


def test_a_line_holds_the_agents_and_the_claims_with_offsets_into_the_text(extract, tmp_path):
    path = written(tmp_path, "a.txt", STORY)
    (value,) = lines(extract("cues", path, "--with-text"))
    assert (value["id"], value["text"]) == (str(path), STORY)
    assert value["sha256"] == hashlib.sha256(STORY.encode()).hexdigest()
    assert [agent["name"] for agent in value["agents"]] == ["Ned Tarne", "officials"]
    assert [claim["speaker"] for claim in value["claims"]] == ["ned-tarne", "officials"]
    for claim in value["claims"]:
        for fragment in [*claim["content"], *claim["source"], *claim["cue"]]:
            assert STORY[fragment["start"] : fragment["end"]] == fragment["text"]
        assert claim["topic"] is claim["stance"] is None
    assert "text" not in lines(extract("cues", path))[0]


def test_what_a_system_invents_is_null_and_words_are_grounded_or_said_not_to_be(extract, tmp_path):
    (value,) = lines(extract("inventive", written(tmp_path, "a.txt", STORY)))
    first, second = value["claims"]
    at = STORY.index("the line")
    assert first["content"] == [{"start": at, "end": at + 19, "text": "the line must close"}]
    assert (first["speaker"], first["topic"], first["stance"]) == ("ned-tarne", None, None)
    assert second["content"] == [{"start": None, "end": None, "text": "nowhere in this text at all"}]
    assert second["speaker"] is None


def test_with_a_dossier_the_line_is_that_of_a_prediction_file(extract, tmp_path):
    path = written(tmp_path, "My Story.txt", "abcdefghij klm")
    (value,) = lines(extract("echo", path, "--dossier", "harbour"))
    assert check_structure("prediction", value) == []
    assert value["report"] == "harbour/my-story"
    assert value["claims"][0]["content"] == [{"start": 0, "end": 3, "text": "abc"}]
    assert value["claims"][0]["topic"] == "levy"


def test_topics_of_the_users_are_answered(extract, tmp_path):
    topics = written(
        tmp_path, "t.yaml", "- {id: line, label: The line, definition: The quay line., target: It should close.}"
    )
    (value,) = lines(extract("cues", written(tmp_path, "a.txt", STORY), "--topics", topics))
    assert [claim["topic"] for claim in value["claims"]] == ["line", None]
    assert value["claims"][0]["stance"] in ("favor", "against", "neutral")
    assert value["claims"][1]["stance"] is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[]", "value-range"),
        ("topics: 5", "value-type"),
        ("- {id: a, label: b, definition: c}", "field-missing"),
        ("- {id: A b, label: b, definition: c, target: d}", "value-form"),
        ("- {id: a, label: b, definition: c, target: d, stance: e}", "field-unknown"),
        ('[{"id":"a","label":"b","definition":"c","target":"d"},{"id":"a","label":"b","definition":"c","target":"d"}]',
         "id-duplicate"),
        ("a: [", "yaml-invalid"),
        (b"\x00", "file-binary"),
    ],
)  # fmt: skip
def test_topics_that_are_wrong_are_told_with_their_place(tmp_path, content, why):
    path = written(tmp_path, "t.yaml", content)
    with pytest.raises(OnRecordError) as error:
        read_topics(path)
    assert error.value.exit_code == 2
    assert [incident.id for incident in error.value.incidents][:1] == [why]
    assert str(error.value.incidents[0]).startswith(str(path))


def test_a_list_of_topics_that_is_no_list_but_a_book_is_refused(tmp_path):
    with pytest.raises(OnRecordError, match="longer than 1 MiB"):
        read_topics(written(tmp_path, "a.yaml", "- id: x\n" * 2**18))


def test_topics_stand_in_a_list_or_in_a_codebook(tmp_path):
    listed = '{"id": "a", "label": "b", "definition": "c", "target": "d"}'
    alone = read_topics(written(tmp_path, "a.json", f"[{listed}]"))
    assert alone == read_topics(written(tmp_path, "b.yaml", f"topics:\n- {listed}\nagents: none"))
    assert alone[0].target == "d"


# tables and the view


def test_csv_and_parquet_hold_the_same_rows(extract, tmp_path):
    paths = [written(tmp_path, f"{n}.txt", STORY + f'"So, it is {n}," said Ned Tarne.') for n in range(2)]
    table = extract("cues", *paths, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(table.stdout)))
    assert tuple(rows[0]) == COLUMNS
    binary = pq.read_table(io.BytesIO(extract("cues", *paths, "--format", "parquet").stdout_bytes)).to_pylist()
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in binary] == rows
    assert [row["id"] for row in rows] == [str(paths[0])] * 3 + [str(paths[1])] * 3
    assert rows[2]["content"] == '"So, it is 0,"'
    assert (binary[0]["start"], binary[0]["topic"]) == (STORY.index("“"), None)


def test_a_table_without_a_claim_has_its_columns(extract, tmp_path):
    path = written(tmp_path, "a.txt", STORY)
    assert extract("nothing", path, "--format", "csv").stdout == ",".join(COLUMNS) + "\n"
    table = pq.read_table(io.BytesIO(extract("nothing", path, "--format", "parquet").stdout_bytes))
    assert (table.num_rows, tuple(table.column_names)) == (0, COLUMNS)


def shown(found, **options):
    stream = io.StringIO()
    View(Console(file=stream, width=80, **options)).write(found)
    return stream.getvalue()


def found_in(text, *claims):
    return Extracted("a.txt", text, codebook(), frozenset(), Prediction("harbour/a", claims))


def test_the_view_can_be_read_without_colours_in_80_columns(extract, tmp_path):
    result = extract("cues", written(tmp_path, "a.txt", STORY + "\nA line without a claim.\n"), "--format", "view")
    flowing = " ".join(result.stdout.split())
    assert "<Mr Tarne> {said} that [1: “the line must close”]. <Officials> {said} that [2: it will be so]." in flowing
    assert "   1  Ned Tarne · statement" in result.stdout
    assert "[1: content]  <source>  {cue}" in result.stdout
    assert "A line without a claim." not in result.stdout
    assert [line for line in result.stdout.splitlines() if line.startswith("…")] == [
        "… 1 paragraph without a claim …"
    ] * 2
    assert not [line for line in result.stdout.splitlines() if line != line.rstrip()]
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_view_prints_its_legend_once_and_only_with_a_text(extract, tmp_path):
    path = written(tmp_path, "a.txt", STORY)
    assert extract("cues", path, path, "--format", "view").stdout.count("[1: content]  <source>  {cue}") == 1
    for arguments in (["nowhere", path], ["cues", tmp_path / "nowhere.txt"]):
        result = extract(*arguments, "--format", "view")
        assert (result.exit_code != 0, result.stdout) == (True, "")


def test_the_view_tells_where_paragraphs_are_left_out_and_how_many():
    text = "\n\n".join(["Lead."] * 2 + ["It is so."] + ["More."] * 3)
    page = shown(found_in(text, PredictedClaim((Fragment(14, 19),), speaker="toskan")))
    kinds = [line for line in page.splitlines() if line.startswith(("…", "["))]
    assert kinds[1:] == ["… 2 paragraphs without a claim …", "[1: It is] so.", "… 3 paragraphs without a claim …"]


def test_the_view_sets_content_source_and_cue_apart_by_colour():
    claim = PredictedClaim((Fragment(9, 14),), (Fragment(0, 3),), (Fragment(4, 8),), speaker="toskan")
    colours = shown(found_in("Abc said xyzzy.", claim), force_terminal=True, color_system="standard")
    assert "\x1b[1;32mAbc\x1b[0m \x1b[1;35msaid\x1b[0m \x1b[36m1: xyzzy\x1b[0m." in colours
    assert "[1:" not in colours


def test_no_character_of_a_text_speaks_to_the_terminal():
    text = "\x1b[31mAbc\x1b]0;title\x07 said\x9b2J \u202exyzzy\u2066."
    page = shown(found_in(text, PredictedClaim((Fragment(0, len(text)),), speaker="\x1b[2J")))
    assert not set(page) & {"\x1b", "\x07", "\x9b", "\u202e", "\u2066"}


@for_all(st.data())
def test_the_marks_stand_where_the_offsets_say_and_change_no_other_character(data):
    text = data.draw(st.text(alphabet="ab c\n", min_size=1, max_size=40).filter(str.strip))
    offsets = st.integers(0, len(text))
    claims = []
    for _ in range(data.draw(st.integers(1, 3))):
        start, end = sorted(data.draw(st.lists(offsets, min_size=2, max_size=2, unique=True)))
        claims.append(PredictedClaim((Fragment(start, end),), (Fragment(start, end),), speaker="toskan"))
    page = shown(found_in(text, *claims))
    body = "".join(line for line in page.splitlines()[3:] if not line.startswith("   "))
    if all(text[c.content[0].start : c.content[0].end].strip() for c in claims):
        letters = [c for c in body if c in "abc"]
        assert not set("".join(letters)) - set("abc")
        assert body.count("[") == body.count("]")
        assert body.count("<") == body.count(">")


# what can be read


def test_every_kind_of_file_is_read_by_its_suffix_or_as_it_is_told(extract, tmp_path):
    pytest.importorskip("trafilatura")
    markdown = (
        "---\ntitle: Ada said that no\n---\n# The *line*\n\nThe **line** must [close](x), Ned Tarne said\non Monday.\n"
    )
    paths = [
        written(tmp_path, "a.txt", STORY),
        written(tmp_path, "b.md", markdown),
        written(tmp_path, "c.html", PAGE),
        written(
            tmp_path, "d.jsonl", json.dumps({"id": "wire/1", "text": STORY}) + "\n\n" + json.dumps({"text": STORY})
        ),
    ]
    found = lines(extract("cues", *paths, "--with-text"))
    assert [value["id"] for value in found] == [*map(str, paths[:3]), "wire/1", f"{paths[3]}:3"]
    assert found[1]["text"] == "The line\n\nThe line must close, Ned Tarne said on Monday."
    assert found[2]["text"].startswith("The line\nThe line along the quay")
    assert "Home" not in found[2]["text"]
    assert all("Ned Tarne" in [agent["name"] for agent in value["agents"]] for value in found)
    told = lines(extract("cues", "-", "--from", "markdown", "--with-text", stdin=markdown))
    assert (told[0]["id"], told[0]["text"]) == ("-", found[1]["text"])


def test_without_the_extra_html_is_one_clear_message(extract, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    result = extract("cues", written(tmp_path, "a.html", PAGE), written(tmp_path, "b.txt", STORY))
    assert result.exit_code == 1
    assert "without trafilatura; pip install 'lxml_html_clean>=" in result.stderr
    assert "'trafilatura>=" in result.stderr
    assert len(lines(result)) == 1


BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n\n",
    "binary.txt": b"\x00\x01",
    "latin.txt": b"caf\xe9",
    "long.txt": b"a " * (LIMIT // 2 + 1),
    "code.md": b"```\ncode\n```\n",
    "bare.html": b"<html><body><img src=a></body></html>",
    "binary.html": b"\x00\x01\x02",
    "surrogate.jsonl": b'{"text": "\\ud800 said that it is so."}',
    "number.jsonl": b'{"text": 5}',
    "list.jsonl": b"[1]",
    "none.jsonl": b'{"id": "a"}',
    "empty.jsonl": b"",
    "nul.jsonl": b'{"text": "a\\u0000b"}',
    "broken.jsonl": b"{",
}


@pytest.mark.parametrize("name", BAD)
def test_a_text_that_cannot_be_read_is_one_message_and_the_others_come_out(extract, tmp_path, name):
    if name.endswith(".html"):
        pytest.importorskip("trafilatura")
    good, bad = written(tmp_path, "good.txt", STORY), written(tmp_path, name, BAD[name])
    result = extract("cues", bad, good)
    assert result.exit_code == 1
    assert [value["id"] for value in lines(result)] == [str(good)]
    assert len(result.stderr.splitlines()) == 1
    assert name in result.stderr


def test_a_file_that_is_not_there_and_a_folder_are_one_message_each(extract, tmp_path):
    result = extract("cues", tmp_path, tmp_path / "nowhere.txt", written(tmp_path, "a.txt", STORY))
    assert (result.exit_code, len(lines(result)), len(result.stderr.splitlines())) == (1, 1, 2)


def test_a_system_that_fails_on_one_text_fails_on_that_alone(extract, tmp_path):
    paths = [written(tmp_path, f"{word}.txt", f"{word} line") for word in ("yes", "no", "well")]
    result = extract("broken", *paths)
    assert result.exit_code == 1
    assert [value["id"] for value in lines(result)] == [str(paths[0]), str(paths[2])]
    assert result.stderr == f"onrecord: {paths[1]}: broken failed: RuntimeError: no connection to the model\n"


@pytest.mark.parametrize("system", ["tagger:no/such/folder", "second-pass", "exec:no-such-program", "nobody"])
def test_a_system_that_can_read_no_text_is_refused_at_once_in_one_line(extract, tmp_path, system):
    result = extract(system, *[written(tmp_path, f"{n}.txt", STORY) for n in range(20)])
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert system.removeprefix("exec:").removeprefix("tagger:") in line


def test_offsets_beyond_the_text_are_one_message(extract, tmp_path):
    result = extract("beyond", written(tmp_path, "a.txt", STORY))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "fragment-past-end" in result.stderr


def test_files_of_one_name_have_reports_of_their_own(extract, tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, "a.txt", "abcdef")
    result = extract("echo", tmp_path / "x/a.txt", tmp_path / "y/a.txt", "--dossier", "harbour")
    assert [value["report"] for value in lines(result)] == ["harbour/a", "harbour/a-2"]


@pytest.mark.parametrize(
    "text",
    [
        "قال الوزير إن الأمر انتهى. \u202eTarne said that it is so.",
        "\U0001f469\u200d\U0001f680 Tarne said: “We are \U0001f680 ready to go.”",
        "Cafe\u0301 owner Ned Tarne said that it is so.\r\n\r\nHe said that it was so.",
        "Mr A" + "b" * 5000 + " said that it is so.",
        "Ned Tarne said that it is so. " * 200 + "\x00 Tarne said that it was so.",
    ],
    ids=["right-to-left", "emoji", "decomposed", "a name of 5,000 characters", "a NUL"],
)  # fmt: skip
def test_odd_texts_have_offsets_that_hold_in_the_text_that_is_printed(extract, tmp_path, text):
    result = extract("cues", written(tmp_path, "a.txt", text), "--with-text")
    (value,) = lines(result)
    assert value["text"] == unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    assert value["claims"]
    for claim in value["claims"]:
        assert all(value["text"][f["start"] : f["end"]] == f["text"] for f in claim["content"])


def test_markdown_leaves_the_words():
    source = "# A\n\n*b* `c` [d](e) ![f](g)<b>h</b>\n\n- i\n- j\n\n> k\nl\n\n```\nm\n```\n\n| n | o |\n|---|---|\n| p | q |\n"  # noqa: E501
    assert markdown_text(source) == "A\n\nb c d h\n\ni\n\nj\n\nk l\n\nn\n\no\n\np\n\nq"


def test_html_in_another_encoding_is_read():
    pytest.importorskip("trafilatura")
    page = PAGE.replace("utf-8", "iso-8859-1").replace("“", "").replace("”", "").replace("Ned", "Ren\xe9")
    assert "René Tarne said on Monday" in html_text(page.encode("latin-1"))


WRAPPED = """The line along the quay must close this winter,
Ned Tarne said on Monday after a long meeting
of the board.

It must.
"""


def test_lines_that_are_wrapped_are_joined_and_others_are_not():
    assert unwrapped(WRAPPED) == WRAPPED.replace("winter,\n", "winter, ").replace("meeting\n", "meeting ")
    for text in (
        STORY,
        "One.\nTwo.\n",
        "A line of a poem that is rather long\nand one\nand another.\n",
        "x" * 60 + "\n",
    ):
        assert unwrapped(text) == text
    paragraphs = "\n".join(f"This is paragraph {n} and it fills the line to about its very end." for n in range(9))
    assert unwrapped(paragraphs) == paragraphs


@for_all(st.text(alphabet="ab .\n", max_size=300))
def test_joining_lines_changes_line_breaks_alone(text):
    joined = unwrapped(text)
    assert len(joined) == len(text)
    assert all(a == b or (a, b) == ("\n", " ") for a, b in zip(text, joined, strict=True))


def test_an_attribution_over_a_wrapped_line_is_found(extract, tmp_path):
    (value,) = lines(extract("cues", written(tmp_path, "a.txt", WRAPPED)))
    assert value["claims"][0]["content"][0]["text"] == "The line along the quay must close this winter"
    assert value["claims"][0]["speaker"] == "ned-tarne"


# many files


def command(*arguments):
    return [sys.executable, "-m", "onrecord.eval.cli", "extract", *map(str, arguments)]


def test_many_files_on_several_processes_come_out_as_from_one(tmp_path):
    paths = [written(tmp_path, f"{n:03}.txt", STORY if n != 33 else b"\x00") for n in range(70)]
    one, several = (
        subprocess.run(command("cues", *paths, "--jobs", jobs), capture_output=True, check=False) for jobs in (1, 2)
    )
    assert one.returncode == several.returncode == 1
    assert one.stdout == several.stdout
    assert one.stderr == several.stderr
    ids = [json.loads(line)["id"] for line in several.stdout.splitlines()]
    assert ids == [str(path) for n, path in enumerate(paths) if n != 33]


def test_ten_thousand_lines_are_read(extract, tmp_path):
    path = written(
        tmp_path, "many.jsonl", "".join(f'{{"id": {n}, "text": "Orsk said that it is so."}}\n' for n in range(10_000))
    )
    result = extract("nothing", path, "--jobs", 1)
    assert result.exit_code == 0
    assert [value["id"] for value in lines(result)] == [str(n) for n in range(10_000)]


def test_a_reader_that_leaves_is_no_error(tmp_path):
    paths = [written(tmp_path, f"{n:03}.txt", STORY * 40) for n in range(60)]
    with subprocess.Popen(
        command("cues", *paths), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        errors = process.stderr.read()
    assert "Traceback" not in errors


def test_ctrl_c_keeps_whole_lines_and_leaves_no_process(tmp_path):
    paths = [written(tmp_path, f"{n:03}.txt", STORY * 200) for n in range(400)]
    process = subprocess.Popen(
        command("cues", *paths, "--jobs", 2), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    read = os.read(process.stdout.fileno(), 1000)  # it is writing its first line, which no pipe takes at once
    os.killpg(process.pid, signal.SIGINT)
    while part := os.read(process.stdout.fileno(), 2**20):
        read += part
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert b"interrupted" in errors
    assert read.endswith(b"\n")
    assert [json.loads(line)["id"] for line in read.splitlines()] == [*map(str, paths[: read.count(b"\n")])]
    assert read.count(b"\n") < len(paths)
    assert not running(process.pid)


def running(session):
    """Return the processes of a session that have not ended, after a moment for those that are about to."""
    until = time.monotonic() + 10
    while True:
        listed = subprocess.run(["ps", "-s", str(session), "-o", "stat=,args="], capture_output=True, text=True)  # noqa: S607
        found = [line for line in listed.stdout.splitlines() if not line.startswith("Z")]
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.1)


def test_the_bar_is_for_a_person_who_watches(extract, tmp_path):
    assert extract("cues", written(tmp_path, "a.txt", STORY)).stderr == ""


def test_a_program_reads_any_texts(extract, tmp_path):
    body = (
        "import json, sys\n"
        "claim = {'content': 'the line must close', 'speaker': 'Ned Tarne'}\n"
        "for line in sys.stdin:\n    print(json.dumps({'report': json.loads(line)['id'], 'claims': [claim]}))\n"
    )
    program = written(tmp_path, "p.py", body)
    paths = [written(tmp_path, f"{n}.txt", STORY) for n in range(3)]
    found = lines(extract(f"exec:{sys.executable} {program}", *paths))
    assert [value["claims"][0]["speaker"] for value in found] == ["ned-tarne"] * 3
    assert [value["claims"][0]["content"][0]["start"] for value in found] == [STORY.index("the line")] * 3
