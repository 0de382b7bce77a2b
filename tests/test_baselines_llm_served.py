"""The language-model adapter against a real server: llama.cpp's, with a tiny random model that this test makes.

Its vocabulary is the 256 bytes; each next byte is drawn from one distribution, whatever stands before it, and the
server's grammar, made from our schema, is all that gives an answer its form. `pip install '.[llm-server]'`
builds llama.cpp, which takes minutes: without it, these tests are skipped.
"""

import json
import os
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from onrecord.baselines.llm import Llm
from onrecord.baselines.llm_prompt import answer_schema
from onrecord.baselines.registry import Document
from onrecord.data.published import read_codebooks, read_reports
from onrecord.eval.run import run

pytest.importorskip("llama_cpp", reason="pip install '.[llm-server]'")

KEY = "local-5b1d7e02c9"
WIDTH = 32
CONTEXT = 32768
LIKELY = {'"': 4.0, "]": 3.0, "}": 3.0, "{": 6.0, ",": 2.0, " ": 0.5}


def logits():
    """Return the logit of each token: marks that close what is open are likely, what is no ASCII is not."""
    drawn = np.random.default_rng(7)
    found = np.full(259, -12.0)
    for byte in range(0x20, 0x7F):
        found[3 + byte] = LIKELY.get(chr(byte), drawn.normal(0, 1) if chr(byte).isalpha() else -4.0)
    return found


def make_model(path):
    """Write a model of the llama architecture: one layer of noise, and an output that `logits` fixes."""
    gguf = pytest.importorskip("gguf")
    drawn = np.random.default_rng(0)

    def noise(*shape):
        return drawn.normal(0, 1e-3, shape).astype(np.float32)

    writer = gguf.GGUFWriter(path, "llama")
    for add, value in {
        writer.add_context_length: CONTEXT, writer.add_embedding_length: WIDTH, writer.add_block_count: 1,
        writer.add_feed_forward_length: WIDTH, writer.add_head_count: 1, writer.add_head_count_kv: 1,
        writer.add_rope_dimension_count: WIDTH, writer.add_layer_norm_rms_eps: 1e-5, writer.add_vocab_size: 259,
        writer.add_tokenizer_model: "llama", writer.add_bos_token_id: 1, writer.add_eos_token_id: 2,
        writer.add_unk_token_id: 0,
        writer.add_token_list: ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))],
        writer.add_token_scores: [0.0] * 259, writer.add_token_types: [2, 3, 3, *[6] * 256],
    }.items():  # fmt: skip
        add(value)
    ones = np.ones(WIDTH, dtype=np.float32)
    writer.add_tensor("token_embd.weight", ones + noise(259, WIDTH))
    writer.add_tensor("output.weight", (np.outer(logits(), ones) / WIDTH).astype(np.float32))
    writer.add_tensor("output_norm.weight", ones)
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", ones)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_down", "ffn_up"):
        writer.add_tensor(f"blk.0.{name}.weight", noise(WIDTH, WIDTH))
    for step in (writer.write_header_to_file, writer.write_kv_data_to_file, writer.write_tensors_to_file, writer.close):
        step()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of the server; it asks for a key."""
    folder = tmp_path_factory.mktemp("served")
    make_model(folder / "tiny.gguf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "model": folder / "tiny.gguf", "model_alias": "tiny", "n_ctx": CONTEXT, "chat_format": "chatml",
        "host": "127.0.0.1", "port": port, "n_threads": 1, "n_threads_batch": 2, "api_key": KEY, "verbose": False,
    }  # fmt: skip
    command = [sys.executable, "-m", "llama_cpp.server", *(f"--{name}={value}" for name, value in options.items())]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}/v1"
        for _ in range(600):
            assert process.poll() is None, (folder / "log").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(autouse=True)
def _environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def model(server, **options):
    query = "&".join(
        f"{name}={value}" for name, value in {"temperature": 1, "seed": 3, "max_tokens": 3000, **options}.items()
    )
    return Llm(f"tiny@{server}?{query}")


def test_every_answer_has_the_form_that_the_grammar_gives_and_is_scored(server, tmp_path):
    reports, books = read_reports("validation")[:2], read_codebooks()
    tiny = model(server)
    done = run("tiny", tiny, reports=reports, codebooks=books)
    assert done.failures == ()
    assert done.validated.errors == ()
    claims = [claim for prediction in done.validated.predictions for claim in prediction.claims]
    usage = tiny.usage()
    assert len(claims) + usage["dropped"] >= 2
    assert claims
    assert {claim.topic for claim in claims} - {""} <= {topic.id for topic in books[reports[0].dossier].topics}
    assert usage["prompt_tokens"] > 2 * 5000  # a token is a byte
    assert usage["completion_tokens"] > 200
    assert usage["fallbacks"] == 2  # this server knows the schema by its older name
    for file in (tmp_path / "cache").rglob("*.json"):
        answer = json.loads(file.read_bytes())
        if not answer["truncated"]:
            Draft202012Validator(answer_schema(books[reports[0].dossier])).validate(json.loads(answer["content"]))
    again = model(server)
    assert run("tiny", again, reports=reports, codebooks=books).validated == done.validated
    assert again.usage()["cached"] == 2


def test_an_answer_that_is_cut_short_is_repaired_and_counted(server):
    [report] = read_reports("validation")[:1]
    tiny = model(server, max_tokens=60)
    [found] = tiny.extract_many([Document(report.id, report.text, read_codebooks()[report.dossier])])
    usage = tiny.usage()
    assert usage["truncated"] == 1
    assert usage["completion_tokens"] == 60
    assert usage["repairs"] + usage["failures"] == 1
    assert isinstance(found, Exception) == (usage["failures"] == 1)


def test_a_wrong_key_is_refused_once(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "wrong-key-0123456789")
    documents = [Document(report.id, report.text, read_codebooks()[report.dossier]) for report in read_reports("test")]
    tiny = model(server, concurrency=1)
    found = list(tiny.extract_many(documents))
    assert tiny.usage()["requests"] == 1
    assert all("HTTP 401" in str(one) and "wrong-key" not in str(one) for one in found)


def test_the_command_extracts_with_it(server, tmp_path):
    [report] = read_reports("validation")[:1]
    text = tmp_path / "story.txt"
    text.write_text(report.text, encoding="utf-8")
    name = f"llm:tiny@{server}?temperature=1&seed=3&max_tokens=1200&retries=0"
    command = [sys.executable, "-m", "onrecord.eval.cli", "extract", name, str(text), "--dossier", report.dossier]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), timeout=240)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["claims"]
