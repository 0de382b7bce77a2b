"""What a user says of a language model: every option, in either form, and every mistake in one line."""

import dataclasses

import pytest

from onrecord.baselines.llm import Llm
from onrecord.baselines.llm_settings import Settings, endpoint, read_settings, secret_of
from onrecord.baselines.registry import names, system
from onrecord.schema.errors import OnRecordError

URL = "http://localhost:8000/v1"


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("gpt-x", Settings("gpt-x")),
        (f"qwen3-8b@{URL}", Settings("qwen3-8b", url=URL)),
        (f"qwen3:8b@{URL}/", Settings("qwen3:8b", url=f"{URL}/")),
        (f"@cf/org/model@{URL}", Settings("@cf/org/model", url=URL)),
        ("a/b@https://host?shots=3&temperature=null", Settings("a/b", url="https://host", shots=3, temperature=None)),
        ("m?prompt=a%20b.txt&key=MY_KEY&cache=7", Settings("m", prompt="a b.txt", key="MY_KEY", cache="7")),
        ("m?rpm=0.5&timeout=1&format=text", Settings("m", rpm=0.5, timeout=1, format="text")),
    ],
)  # fmt: skip
def test_an_argument_is_read(argument, expected):
    assert read_settings(argument) == expected


def test_a_file_says_the_same_and_more(tmp_path):
    file = tmp_path / "qwen.yaml"
    file.write_text(f"model: qwen3-8b\nurl: {URL}\nshots: 3\nextra:\n  top_k: 1\n", encoding="utf-8")
    assert read_settings(str(file)) == Settings("qwen3-8b", url=URL, shots=3, extra={"top_k": 1})


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("", "the model is missing"),
        (f"@{URL}", "the model is missing"),
        ("m?shots=many", "shots: give a whole number from 0 to 32"),
        ("m?shots=-1", "shots: give a whole number"),
        ("m?shots=1.5", "shots: give a whole number"),
        ("m?shots=true", "shots: give a whole number"),
        ("m?shots=null", "shots: give a whole number"),
        ("m?temperature=9", "temperature: give a number from 0 to 2"),
        ("m?timeout=0", "timeout: give a number"),
        ("m?format=xml", "format: give one of auto, schema, object, text"),
        ("m?extra=1", "extra: give a mapping"),
        ("m?prompt=", "prompt: give a text"),
        ("m?shot=1", "there is no option 'shot' .*shots"),
        ("m?shots", "write each option once"),
        ("m?shots=1&shots=2", "write each option once"),
        ("m?model=x", "write each option once"),
        ("m?key=sk-123", "key: give the name of an environment variable, never a key itself"),
        ("m@http://user:sk-123@host/v1", "url: leave credentials"),
        ("m@http://host:port/v1", "url: give an address of the form"),
        ("m@http:///v1", "url: give an address of the form"),
        ("m?url=ftp://host", "url: give an address of the form"),
        ("none.yaml", "none.yaml"),
    ],
)
def test_a_mistake_is_one_line_that_shows_no_key(argument, message):
    with pytest.raises(OnRecordError, match=message) as caught:
        read_settings(argument)
    assert "sk-123" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- model", "write options as"),
        ("# nothing", "write options as"),
        ("", "no settings to read"),
        ("model: [a]", "model: give a text"),
        ("model: m\nmodel: n", "no settings to read"),
        ("model: m\napi_key: sk-123", "there is no option 'api_key'"),
        ("model: m\nextra: {a: 1}\nurl: 5", "url: give a text"),
        ("model: m\nrpm: .inf", "rpm"),
    ],
)
def test_a_mistake_in_a_file_names_the_file(text, message, tmp_path):
    (tmp_path / "llm.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(OnRecordError, match=message) as caught:
        read_settings(str(tmp_path / "llm.yaml"))
    assert "llm.yaml" in str(caught.value)
    assert "sk-123" not in str(caught.value)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Settings)])
def test_every_option_has_a_rule(name, tmp_path):
    """What no rule refuses would reach the server, or the cache, as it is."""
    file = tmp_path / "llm.yaml"
    values = {"model": "m", name: "[1]"}
    file.write_text("".join(f"{key}: {value}\n" for key, value in values.items()), encoding="utf-8")
    with pytest.raises(OnRecordError, match=f"llm.yaml: {name}: give"):
        read_settings(str(file))


def test_the_key_and_the_endpoint_come_from_the_environment(monkeypatch):
    with pytest.raises(OnRecordError, match="neither a key nor an endpoint"):
        secret_of(Settings("m"))
    with pytest.raises(OnRecordError, match="the environment variable that `key` names is not set"):
        secret_of(Settings("m", url=URL, key="MINE"))
    assert secret_of(Settings("m", url=URL)) == "none"
    monkeypatch.setenv("OPENAI_BASE_URL", f"{URL}/")
    monkeypatch.setenv("MINE", " sk-123456789\n")
    assert endpoint(Settings("m")) == URL
    assert endpoint(Settings("m", url="http://other/v1/")) == "http://other/v1"
    assert secret_of(Settings("m", key="MINE")) == "sk-123456789"


@pytest.mark.parametrize("value", ["sk-12\n34", "sk 12", "sk-ü", "sk-\x7f"])
def test_a_key_that_no_header_can_hold_is_refused_without_showing_it(value, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", value)
    with pytest.raises(OnRecordError, match="holds what no header can") as caught:
        secret_of(Settings("m"))
    assert "sk" not in str(caught.value)


def test_what_is_not_installed_is_named_with_the_fix(monkeypatch):
    monkeypatch.setattr("onrecord.baselines.llm.find_spec", lambda name: None if name == "openai" else object())
    with pytest.raises(OnRecordError, match=r"llm needs openai; pip install 'json-repair>=.*'openai>="):
        Llm(f"m@{URL}")


def test_it_is_registered_as_an_adapter_and_never_run_unasked():
    assert isinstance(system(f"llm:m@{URL}"), Llm)
    assert not [name for name in names() if name.startswith("llm")]
