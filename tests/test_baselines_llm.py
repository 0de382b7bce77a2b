"""The language-model adapter against servers of our own on loopback: honest, slow, broken, hostile."""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from makers import codebook
from servers import (
    Exchange,
    body,
    bomb,
    completion,
    drips_body,
    drips_head,
    endless,
    fails,
    hangs_up,
    late,
    no_http,
    says,
    serving,
    truncated,
)

from onrecord.baselines.llm import Llm
from onrecord.baselines.registry import Document, ManySystem, system
from onrecord.schema.errors import OnRecordError

KEY = "sk-test-9f2c4e71b05d4d8a"
CLAIM = {
    "content": ["The levy stays"], "source": ["Toskan"], "cue": ["said"], "via": [], "speaker": "toskan",
    "agency": None, "topic": "levy", "stance": "favor", "kind": "statement",
}  # fmt: skip
GOOD = json.dumps({"claims": [CLAIM]})
TEXT = "The levy stays, Toskan said."
good = says(GOOD)


@pytest.fixture(autouse=True)
def _environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("onrecord.baselines.llm_answers.SECONDS", 3)


def documents(count):
    return [Document(f"harbour/r{number}", f"{number}: {TEXT}", codebook()) for number in range(count)]


def llm(server, **options):
    query = "&".join(f"{name}={value}" for name, value in {"retries": 1, "timeout": 5, **options}.items())
    return Llm(f"tiny@{server.url}?{query}")


def ask(server, count=1, **options):
    """Return what becomes of `count` documents, and the usage."""
    model = llm(server, **options)
    return list(model.extract_many(documents(count))), model.usage()


def test_claims_come_as_words_with_their_labels():
    with serving(good) as server:
        [claims], usage = ask(server)
    assert [(c.words, c.source_words, c.cue_words, c.alignment) for c in claims] == [
        (("The levy stays",), ("Toskan",), ("said",), "ungrounded")
    ]
    assert (claims[0].speaker, claims[0].agency, claims[0].topic) == ("toskan", None, "levy")
    assert usage["requests"] == 1
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (100, 10)
    assert not any(usage[name] for name in ("retries", "cached", "repairs", "dropped", "fallbacks", "failures"))


def test_the_request_holds_guidelines_codebook_text_and_schema():
    with serving(good) as server:
        ask(server)
    [request] = server.bodies
    told, question = (message["content"] for message in request["messages"])
    assert "One checkable proposition is one claim" in told
    for words in ("toskan: Mirel Toskan / Ms Toskan", "levy: Levy. A definition. Target: A target.", TEXT):
        assert words in question
    shape = request["response_format"]["json_schema"]
    assert shape["strict"] is True
    fields = shape["schema"]["properties"]["claims"]["items"]["properties"]
    assert fields["speaker"]["anyOf"][0]["enum"] == ["toskan", "brae", "board"]
    assert server.keys == [f"Bearer {KEY}"]


def test_what_the_settings_say_is_in_the_request(tmp_path):
    file = tmp_path / "llm.yaml"
    with serving(good) as server:
        options = f"model: tiny\nurl: {server.url}\nshots: 2\nseed: 5\nmax_tokens: 99\ntemperature: null"
        file.write_text(f"{options}\nextra: {{top_k: 1}}\n", encoding="utf-8")
        list(Llm(str(file)).extract_many(documents(1)))
    [request] = server.bodies
    assert (request["model"], request["seed"], request["max_tokens"], request["top_k"]) == ("tiny", 5, 99, 1)
    assert "temperature" not in request
    assert [message["role"] for message in request["messages"]] == ["system", *["user", "assistant"] * 2, "user"]
    assert json.loads(request["messages"][2]["content"])["claims"]


# -- what a server may do wrong

FINE = "fine"
HOSTILE = {
    "late once": ([late(1.0, good), good], {"timeout": 0.4}, FINE),
    "late always": ([late(1.0, good)], {"timeout": 0.3}, "no answer within 0.3 s"),
    "drips its body": ([drips_body], {"timeout": 0.4}, "no answer within 0.4 s"),
    "drips its head": ([drips_head], {"timeout": 0.4}, "no answer within 0.4 s"),
    "truncated once": ([truncated, good], {}, FINE),
    "truncated always": ([truncated], {}, "the connection failed"),
    "hangs up once": ([hangs_up, good], {}, FINE),
    "hangs up always": ([hangs_up], {}, "the connection failed"),
    "no HTTP": ([no_http], {}, "the connection failed"),
    "500 once": ([fails(500), good], {}, FINE),
    "500 always": ([fails(500, "out of order")], {}, "HTTP 500: .*out of order"),
    "503 without a body": ([body(b"", 503)], {}, "HTTP 503: no more is said"),
    "429 once": ([fails(429, Retry_After="0.2"), good], {}, FINE),
    "429 always": ([fails(429, Retry_After="0.1")], {}, "HTTP 429"),
    "429 for hours": ([fails(429, Retry_After="86400")], {}, "HTTP 429"),
    "403": ([fails(403, "not you")], {}, "HTTP 403: .*not you"),
    "no JSON": ([body(b"<html>gateway</html>")], {}, "the response is no JSON"),
    "no UTF-8": ([body(b'{"choices": "\xff\xfe"}')], {}, "the response is no JSON"),
    "empty body": ([body(b"")], {}, "the response is no JSON"),
    "deeply nested": ([body(b"[" * 100_000)], {}, "the response is no JSON"),
    "a list": ([body(b"[1]")], {}, "the response holds no message"),
    "no choices": ([body(b'{"choices": []}')], {}, "the response holds no message"),
    "choices of null": ([body(b'{"choices": [null]}')], {}, "the response holds no message"),
    "no content": ([says(None)], {}, "the response holds no message"),
    "content of pieces": ([says([{"type": "text"}])], {}, "the response holds no message"),
    "a refusal": ([body(b'{"choices": [{"message": {"content": null, "refusal": "I will not"}}]}')], {}, "refused"),
    "prose": ([says("I am sorry, I cannot do that.")], {}, "no list of claims: 'I am sorry"),
    "empty content": ([says("")], {}, "no list of claims: it is empty"),
    "another object": ([says('{"quotes": []}')], {}, "no list of claims"),
    "claims of text": ([says('{"claims": "none"}')], {}, "no list of claims"),
    "brackets": ([says("[" * 50_000)], {}, "no list of claims"),
    "no end of quotes": ([says('{"claims": [{"content": ["' + 'a"b ' * 20_000)], {}, "no list of claims"),
    "huge content": ([says("{" + "x" * 3_000_000)], {}, "too long to repair"),
    "endless": ([endless], {}, "longer than 8 MiB"),
    "a bomb": ([bomb], {}, "longer than 8 MiB"),
    "redirects to itself": ([body(b"", 307, Location="/v1/chat/completions")], {}, "redirect"),
    "senseless usage": ([body(completion(GOOD).replace(b" 100", b' "many"').replace(b" 10,", b" -5,"))], {}, FINE),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_server_costs_one_report_at_most(case):
    script, options, expected = HOSTILE[case]
    began = time.monotonic()
    with serving(*script) as server:
        [found], usage = ask(server, format="schema", **options)
    assert time.monotonic() - began < 15
    if expected == FINE:
        assert [claim.words for claim in found] == [("The levy stays",)]
    else:
        with pytest.raises(OnRecordError, match=f"(?i){expected}"):
            raise found
        assert "\n" not in str(found)
        assert len(str(found)) < 300
    assert usage["failures"] == (expected != FINE)
    assert usage["retries"] == usage["requests"] - 1


def test_one_bad_answer_leaves_the_others():
    def third_is_bad(exchange: Exchange) -> None:
        bad = "2: The" in exchange.body["messages"][-1]["content"]
        (fails(400) if bad else good)(exchange)

    with serving(third_is_bad) as server:
        found, usage = ask(server, count=5, format="schema")
    assert [isinstance(one, Exception) for one in found] == [False, False, True, False, False]
    assert usage["failures"] == 1


def test_retry_after_is_waited_for():
    with serving(fails(429, Retry_After="1.2"), good) as server:
        _, usage = ask(server)
    assert server.times[1] - server.times[0] >= 1.2
    assert usage["retries"] == 1


def test_claims_that_are_none_are_dropped_and_counted():
    claims = [
        CLAIM,
        {**CLAIM, "stance": "furious"},
        {**CLAIM, "content": []},
        {**CLAIM, "content": [{"start": 0, "end": 9}]},
        {**CLAIM, "content": ["\ud800"]},
        {**CLAIM, "speaker": 7},
        "The levy stays",
        None,
        {**CLAIM, "reasoning": "a field of the model's own", "source": None, "cue": " "},
    ]
    with serving(says(json.dumps({"claims": claims}))) as server:
        [found], usage = ask(server)
    assert [claim.source_words for claim in found] == [("Toskan",), ()]
    assert usage["dropped"] == 7
    assert usage["failures"] == 0


@pytest.mark.parametrize(
    "content",
    [
        f"Here you are:\n```json\n{GOOD}\n```\nAnything else?",
        f"<think>Is {{it}} so? [1]</think>\n{GOOD}",
        GOOD[:-2],
        GOOD[:-3] + ",}]}",
        GOOD.replace('"', "'"),
        json.dumps([CLAIM]),
    ],
    ids=["fenced", "thought", "cut short", "comma", "single quotes", "list"],
)
def test_json_in_text_is_found_repaired_and_counted(content):
    with serving(says(content, finish_reason="length")) as server:
        [found], usage = ask(server)
    assert [claim.words for claim in found] == [("The levy stays",)]
    assert usage["repairs"] == 1
    assert usage["truncated"] == 1


def knows(*types):
    """Answer where the form of answer that is asked for is one of these, and refuse all others."""

    def reply(exchange: Exchange) -> None:
        form = exchange.body.get("response_format", {}).get("type", "text")
        (good if form in types else fails(422, f"{form} is unknown"))(exchange)

    return reply


@pytest.mark.parametrize("refused", [1, 2])
def test_where_a_form_of_answer_is_refused_the_next_is_asked_for_and_remembered(refused):
    types = ["json_schema", "json_object", "text"]
    with serving(knows(*types[refused:])) as server:
        found, usage = ask(server, count=4, concurrency=1)
        assert not any(isinstance(one, Exception) for one in found)
        asked = [request.get("response_format", {}).get("type", "text") for request in server.bodies]
        assert asked == [*types[: refused + 1], *types[refused : refused + 1] * 3]
        assert all("JSON Schema describes" in request["messages"][0]["content"] for request in server.bodies[1:])
        with pytest.raises(OnRecordError, match="json_schema is unknown"):
            raise ask(server, format="schema")[0][0]
    assert usage["fallbacks"] == 4


def test_those_asked_at_once_all_find_the_form_that_is_accepted():
    def slow_to_refuse(exchange: Exchange) -> None:
        number = int(exchange.body["messages"][-1]["content"].rpartition("# Text\n")[2].partition(":")[0])
        late(0.1 * number, knows("text"))(exchange)

    with serving(slow_to_refuse) as server:
        found, usage = ask(server, count=4, concurrency=4)
    assert not any(isinstance(one, Exception) for one in found)
    assert usage["fallbacks"] == 4


def test_a_server_that_is_broken_is_asked_in_every_form_once():
    with serving(fails(500)) as server:
        ask(server, count=3, concurrency=1, retries=0)
        assert len(server.bodies) == 3 + 2


def test_what_a_form_was_answered_in_is_kept_to():
    def at_last_too_long(exchange: Exchange) -> None:
        (fails(400) if "3: The" in exchange.body["messages"][-1]["content"] else good)(exchange)

    with serving(at_last_too_long) as server:
        ask(server, count=4, concurrency=1)
        assert len(server.bodies) == 4


def test_a_refusal_that_has_other_grounds_is_no_fallback():
    with serving(fails(400, "the context is too long")) as server:
        found, usage = ask(server, count=2, concurrency=1)
        assert len(server.bodies) == 6
    assert ["too long" in str(one) for one in found] == [True, True]
    assert usage["fallbacks"] == 0


@pytest.mark.parametrize("status", [401, 404])
def test_where_no_other_text_can_fare_better_the_rest_is_not_asked(status):
    with serving(fails(status, "unknown model")) as server:
        found, usage = ask(server, count=30, concurrency=2)
        assert len(server.bodies) <= 2
    assert usage["failures"] == 30
    assert all("unknown model" in str(one) for one in found)


def test_where_nothing_listens_the_rest_is_not_asked():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, and not listening
        model = Llm(f"tiny@http://127.0.0.1:{bound.getsockname()[1]}/v1?retries=0&concurrency=1")
        found = list(model.extract_many(documents(50)))
    assert model.usage()["requests"] == 1
    assert all("the connection failed" in str(one) for one in found)


# -- keys


def echoes_in_error(exchange):
    fails(400, f"bad request with {exchange.headers['Authorization']}")(exchange)


def echoes_half(exchange):
    fails(401, f"incorrect key {exchange.headers['Authorization'][7:20]}****")(exchange)


def echoes_in_content(exchange):
    key = exchange.headers["Authorization"]
    says(json.dumps({"claims": [{**CLAIM, "content": [key]}]}))(exchange)


def echoes_in_prose(exchange):
    says(f"Your key is {exchange.headers['Authorization']}.")(exchange)


@pytest.mark.parametrize("reply", [echoes_in_error, echoes_half, echoes_in_content, echoes_in_prose])
def test_no_key_is_said_logged_or_written(reply, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    with serving(reply) as server:
        model = llm(server)
        [found] = model.extract_many(documents(1))
    assert server.keys[0] == f"Bearer {KEY}"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    seen = (
        f"{found} {found!r} {found.__cause__!r} {model.identity()} {model.usage()} {caplog.text} {kept!r} {vars(model)}"
    )
    assert isinstance(found, OnRecordError)
    assert not [KEY[at : at + 8] for at in range(len(KEY) - 7) if KEY[at : at + 8] in seen]


def test_a_key_goes_to_no_other_server():
    with serving(good) as other:
        with serving(body(b"", 307, Location=f"{other.url}/chat/completions")) as server:
            ask(server)
        assert other.keys == [None]


def test_the_command_writes_no_key(tmp_path):
    with serving(echoes_in_error) as server:
        done = run_command("bench", f"llm:tiny@{server.url}?retries=0", "--draws", "0", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "repeats the key" in done.stderr
    assert "Traceback" not in done.stderr
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for written in (done.stdout, done.stderr, kept.decode()):
        assert KEY[:12] not in written


def run_command(*arguments, **options):
    command = [sys.executable, "-m", "onrecord.eval.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)  # noqa: S603


# -- many at once


def test_as_many_are_asked_at_once_as_told_and_the_order_is_kept():
    def slow_at_first(exchange: Exchange) -> None:
        number = int(exchange.body["messages"][-1]["content"].rpartition("# Text\n")[2].partition(":")[0])
        claim = {**CLAIM, "content": [f"claim {number}"]}
        late(0.2 if number % 3 == 0 else 0.02, says(json.dumps({"claims": [claim]})))(exchange)

    with serving(slow_at_first) as server:
        found, _ = ask(server, count=12, concurrency=3)
    assert [claims[0].words for claims in found] == [(f"claim {number}",) for number in range(12)]
    assert server.most == 3


def test_requests_keep_to_the_rate():
    with serving(good) as server:
        ask(server, count=4, rpm=300)
    gaps = [later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False)]
    assert min(gaps) > 0.15


def test_it_works_where_an_event_loop_runs():
    async def notebook():
        return llm(server).extract(TEXT, codebook())

    with serving(good) as server:
        assert len(asyncio.run(notebook())) == 1


def test_it_is_a_system_for_many_documents_and_heavy_imports_are_late():
    assert isinstance(system("llm:tiny@http://127.0.0.1:9/v1"), ManySystem)
    heavy = {"openai", "httpx2", "json_repair", "anyio", "platformdirs"}
    code = f"import sys, onrecord.baselines.llm; print({heavy} & set(sys.modules) or 'none')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "none"


# -- the cache


def test_what_is_paid_for_is_not_asked_again():
    with serving(good) as server:
        first, paid = ask(server, count=3)
        again, usage = ask(server, count=3)
        assert len(server.bodies) == 3
    assert again == first
    assert usage["requests"] == 0
    assert usage["cached"] == 3
    assert usage["completion_tokens"] == paid["completion_tokens"] == 30


def test_what_is_kept_needs_no_server_whatever_form_it_was_asked_for_in():
    with serving(knows("text")) as server:
        first, _ = ask(server, count=3)
    again, usage = ask(server, count=3)
    assert again == first
    assert (usage["requests"], usage["cached"], usage["fallbacks"]) == (0, 3, 3)


@pytest.mark.parametrize(
    "options",
    [{"temperature": 0.5}, {"seed": 1}, {"max_tokens": 99}, {"repeat": 1}, {"shots": 1}, {"format": "text"}],
    ids=lambda options: next(iter(options)),
)
def test_another_parameter_is_another_answer_and_another_identity(options):
    with serving(good) as server:
        ask(server)
        _, usage = ask(server, **options)
        assert usage["requests"] == 1
        assert llm(server).identity() != llm(server, **options).identity()


def test_another_model_endpoint_prompt_codebook_or_text_is_another_answer(tmp_path):
    prompt = tmp_path / "prompt.txt"
    prompt.write_text("Find the claims.", encoding="utf-8")
    with serving(good) as server, serving(good) as other:
        [document] = documents(1)
        renamed = Document(document.id, document.text, codebook(dossier="peaks"))
        other_text = Document(document.id, document.text + " ", document.codebook)
        systems = [Llm(f"{name}@{at.url}") for name, at in (("a", server), ("b", server), ("a", other))]
        systems.append(Llm(f"a@{server.url}?prompt={prompt}"))
        assert len({model.identity() for model in systems}) == 4
        for model in systems:
            list(model.extract_many([document]))
        fifth = Llm(f"a@{server.url}")
        list(fifth.extract_many([document, other_text]))
        assert (fifth.usage()["cached"], fifth.usage()["requests"]) == (1, 1)
        list(fifth.extract_many([Document("x/y", document.text, document.codebook)]))
        assert fifth.usage()["requests"] == 1  # the id of a report is no part of the question
        agent = renamed.codebook.agents[0].__class__("ulm", "Ada Ulm", "person", "named")
        list(fifth.extract_many([Document(document.id, document.text, codebook(agent))]))
        assert fifth.usage()["requests"] == 2


def test_how_it_is_asked_is_no_part_of_the_identity():
    with serving(good) as server:
        assert llm(server).identity() == llm(server, concurrency=9, retries=7, timeout=9, rpm=60).identity()
        assert server.url in llm(server).identity()


def test_an_answer_that_cannot_be_read_is_asked_for_again():
    with serving(says("no"), good) as server:
        assert isinstance(ask(server)[0][0], OnRecordError)
        assert not isinstance(ask(server)[0][0], OnRecordError)


@pytest.mark.parametrize("damage", [b"", b"{", b'{"content": 5}', b'{"content": "x", "more": 1}', b"[]"])
def test_a_damaged_file_of_the_cache_is_asked_for_again(damage, tmp_path):
    with serving(good) as server:
        ask(server)
        [file] = (tmp_path / "cache").rglob("*.json")
        file.write_bytes(damage)
        [found], usage = ask(server)
        assert usage["requests"] == 1
        assert len(found) == 1


def test_where_nothing_can_be_kept_the_run_ends_with_what_it_has(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with serving(good) as server:
        found, _ = ask(server, count=9, concurrency=1, cache=tmp_path / "file")
        assert len(server.bodies) == 1
    assert len(found[0]) == 1
    assert all("give a folder that can be written to" in str(one) for one in found[1:])


RUN = """
import sys
from makers import codebook
from onrecord.baselines.llm import Llm
from onrecord.baselines.registry import Document
texts = [Document(f"harbour/r{n}", f"{n}: The levy stays, Toskan said.", codebook()) for n in range(12)]
answers = Llm(sys.argv[1]).extract_many(texts)
print(len(next(answers)), flush=True)
"""
RUN_ON = f"{RUN}for found in answers: print(len(found), flush=True)"


def started(server, code, concurrency):
    command = [sys.executable, "-c", code, f"tiny@{server.url}?concurrency={concurrency}"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)  # noqa: S603


def test_a_killed_run_goes_on_without_paying_twice():
    with serving(late(0.15, good)) as server:
        first = started(server, RUN_ON, 2)
        assert [first.stdout.readline(), first.stdout.readline()] == ["1\n", "1\n"]
        first.send_signal(signal.SIGKILL)
        first.communicate()
        assert len(server.bodies) < 12
        out, _ = started(server, RUN_ON, 2).communicate(timeout=60)
    assert out.split() == ["1"] * 12
    assert len(server.bodies) <= 12 + 2  # what was under way when the first run was killed


def test_an_interrupted_run_ends_at_once():
    with serving(good, late(30, good)) as server:
        run = started(server, RUN_ON, 1)
        assert run.stdout.readline() == "1\n"
        run.send_signal(signal.SIGINT)
        began = time.monotonic()
        run.communicate(timeout=20)
    assert time.monotonic() - began < 5


def test_a_program_that_ends_before_its_answers_ends_at_once():
    with serving(good, late(30, good)) as server:
        run = started(server, RUN, 1)
        assert run.stdout.readline() == "1\n"
        began = time.monotonic()
        _, errors = run.communicate(timeout=20)
    assert time.monotonic() - began < 5
    assert errors == ""


def test_cost_is_there_where_prices_are():
    with serving(good) as server:
        assert "cost" not in ask(server)[1]
        _, usage = ask(server, count=2, prompt_price=3, completion_price=15)
    assert usage["cost"] == pytest.approx((200 * 3 + 20 * 15) / 1e6)
