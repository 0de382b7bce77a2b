"""What a user says of a language model: `MODEL`, `MODEL@URL`, either with `?option=value&…`, or a YAML file.

The options of the query and the keys of the file are the same: the fields of `Settings`. A key is never among them,
since an argument ends up in file names and results: `key` is the name of the environment variable that holds it.
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args
from urllib.parse import unquote, urlsplit

import orjson

from onrecord.schema.errors import OnRecordError
from onrecord.schema.located import UnreadableError, read_text, read_yaml

Format = Literal["auto", "schema", "object", "text"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)

LOCAL_KEY: Final = "none"
"""What is sent in place of a key to a named endpoint when the environment holds none: local servers want something."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A model, where it is served, and how it is asked.

    `format` says what gives an answer its form: the server, from a JSON Schema as the protocol has it (`schema`) or as
    some servers had it before (`object`, which others take for any JSON); the model, told so in its prompt (`text`);
    the first of these that the server does not refuse (`auto`). `shots` is the number of examples from the
    train split, `prompt` a file in place of our instructions, `extra` goes into each request as it is. `repeat` keeps
    runs of a model that draws lots apart in the cache. `rpm` is requests a minute, `timeout` seconds for one request,
    `retries` those of one request; prices are for a million tokens.
    """

    model: str
    url: str | None = None
    key: str = "OPENAI_API_KEY"
    prompt: str | None = None
    shots: int = 0
    format: Format = "auto"
    temperature: float | None = 0
    seed: int | None = None
    max_tokens: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    repeat: int = 0
    concurrency: int = 4
    rpm: float | None = None
    timeout: float = 300
    retries: int = 5
    prompt_price: float | None = None
    completion_price: float | None = None
    cache: str | None = None


_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Final = ("model", "url", "key", "prompt", "cache")
_NULLABLE: Final = {f.name for f in dataclasses.fields(Settings) if f.default is None} | {"temperature"}
_RANGES: Final[Mapping[str, tuple[type, float, float]]] = {
    "shots": (int, 0, 32),
    "temperature": (float, 0, 2),
    "seed": (int, 0, 2**63 - 1),
    "max_tokens": (int, 1, 10**9),
    "repeat": (int, 0, 10**9),
    "concurrency": (int, 1, 1000),
    "rpm": (float, 0.01, 10**9),
    "timeout": (float, 0.01, 86400),
    "retries": (int, 0, 100),
    "prompt_price": (float, 0, 10**9),
    "completion_price": (float, 0, 10**9),
}


def read_settings(argument: str) -> Settings:
    """Return the settings that `argument` states; raise `OnRecordError` naming the place and the fix, never a key."""
    if argument.endswith((".yaml", ".yml")):
        place, values = argument, _from_file(argument)
    else:
        place, values = "llm:MODEL@URL", _from_words(argument)
    names = [f.name for f in dataclasses.fields(Settings)]
    for name in values:
        if name not in names:
            raise _wrong(place, f"there is no option {name!r} (there are: {', '.join(names)})")
    if not values.get("model"):
        raise _wrong(place, "the model is missing; write llm:MODEL, llm:MODEL@URL or llm:FILE.yaml")
    for name, value in values.items():
        if (value is not None or name not in _NULLABLE) and (fix := _fault(name, value)):
            raise _wrong(f"{place}: {name}", fix)
    return Settings(**values)


def _wrong(place: str, fix: str) -> OnRecordError:
    return OnRecordError(f"{place}: {fix}", exit_code=2)


def _from_words(argument: str) -> dict[str, Any]:
    words, _, query = argument.partition("?")
    parts = re.split(r"@(?=https?://)", words, maxsplit=1)
    values: dict[str, Any] = dict(zip(("model", "url"), parts, strict=False))
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        if not equals or name in values:
            raise _wrong("llm:MODEL@URL?…", "write each option once, as name=value")
        values[name] = unquote(value) if name in _WORDS else _scalar(unquote(value))
    return values


def _scalar(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _from_file(name: str) -> dict[str, Any]:
    try:
        value, _ = read_yaml(read_text(Path(name)), name)
    except UnreadableError as error:
        raise OnRecordError(f"{name}: no settings to read", exit_code=2, incidents=[error.incident]) from None
    if not isinstance(value, dict):
        raise _wrong(name, "write options as `name: value`, one a line")
    return value


def _fault(name: str, value: object) -> str:
    """Return what to do about a value that cannot be used; the value itself might be a key, and is not shown."""
    if name in _RANGES:
        type_, low, high = _RANGES[name]
        number = isinstance(value, int | type_) and not isinstance(value, bool)
        fits = number and isinstance(value, int | float) and low <= value <= high
        return "" if fits else f"give {'a whole' if type_ is int else 'a'} number from {low:g} to {high:g}"
    if name == "format":
        return "" if value in FORMATS else f"give one of {', '.join(FORMATS)}"
    if name == "extra":
        return "" if isinstance(value, dict) else "give a mapping of names to values (in a YAML file)"
    if not isinstance(value, str) or not value:
        return "give a text"
    if name == "key" and not _NAME.fullmatch(value):
        return "give the name of an environment variable, never a key itself"
    return _fault_of_url(value) if name == "url" else ""


def _fault_of_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "give an address of the form http://localhost:8000/v1"
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return "leave credentials and everything behind the path out; keys come from the environment"
    fits = parts.scheme in ("http", "https") and parts.hostname
    return "" if fits else "give an address of the form http://localhost:8000/v1"


def endpoint(settings: Settings) -> str | None:
    """Return the address of the server: of the settings, or of the environment, or None for the client's own."""
    return (settings.url or os.environ.get("OPENAI_BASE_URL", "")).rstrip("/") or None


def secret_of(settings: Settings) -> str:
    """Return the key from the environment; raise `OnRecordError` where there has to be one, or it cannot be sent."""
    found = os.environ.get(settings.key, "").strip()
    if not found and endpoint(settings) is None:
        raise OnRecordError(
            "llm: neither a key nor an endpoint; set the environment variable that `key` names (OPENAI_API_KEY by"
            " default), or name the endpoint: llm:MODEL@URL",
            exit_code=2,
        )
    if not found and settings.key != "OPENAI_API_KEY":
        raise OnRecordError("llm: the environment variable that `key` names is not set; set it", exit_code=2)
    if not (found.isascii() and found.isprintable()) or " " in found:
        raise OnRecordError(f"llm: ${settings.key} holds what no header can; set it to the key alone", exit_code=2)
    return found or LOCAL_KEY
