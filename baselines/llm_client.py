"""Asking a server that speaks the protocol of OpenAI's chat completions: the official client, and what guards it.

The client repeats what may succeed the second time (408, 409, 429, 5xx, a lost connection, a time-out); it waits twice
as long each time, or as long as Retry-After says where that is two minutes at most. Nothing else repeats. Below it,
every single request waits its turn (requests a minute), ends at its time-out however slowly a server drips, and is
given up where the answer is too long to be one.

A key is never part of a message: what a server says is shown only without it, and an answer that holds it is refused.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final, Protocol, Self

import anyio
import httpx2
import openai
import orjson

from onrecord.baselines.llm_cache import Answer
from onrecord.baselines.llm_settings import Settings, endpoint, secret_of
from onrecord.schema.errors import OnRecordError

MOST: Final = 8 << 20
"""The longest body of a response that is read, in bytes."""

_HOPELESS: Final = (401, 404)
"""The statuses after which no other request can fare better: the key is refused, the model or the path unknown."""

_DISCLOSED: Final = 8
"""How many characters of a key in a row betray it."""


class NoAnswerError(OnRecordError):
    """A request that got no answer: the HTTP status where there was one, and whether no other can fare better."""

    def __init__(self, message: str, status: int | None = None, *, hopeless: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.hopeless = hopeless


class _TooLongError(openai.OpenAIError):
    """A response of more than `MOST` bytes: asking again would not make it shorter."""


class Count(Protocol):
    """What is told of each request: whether it repeats one."""

    def __call__(self, *, again: bool) -> None:
        """Count a request."""
        ...


class Secret:
    """A key that no representation shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the key, for the client alone."""
        return self._value

    def in_text(self, text: str) -> bool:
        """Whether `text` holds the key, or enough of it in a row to betray it; a placeholder betrays nothing."""
        size = _DISCLOSED
        return any(self._value[at : at + size] in text for at in range(len(self._value) - size + 1))


class _Guarded(openai.DefaultAsyncHttpxClient):
    """The client's HTTP layer: paced, bounded in time and size, counted."""

    def __init__(self, settings: Settings, count: Count) -> None:
        super().__init__(timeout=settings.timeout)
        self._seconds = settings.timeout
        self._interval = 60 / settings.rpm if settings.rpm else 0.0
        self._next = 0.0
        self._count = count
        self.heard = False

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send one request and return the response with its whole body."""
        await self._turn()
        self._count(again=request.headers.get("x-stainless-retry-count", "0") != "0")
        try:
            with anyio.fail_after(self._seconds):
                response = await super().send(request, **{**options, "stream": True})
                self.heard = True
                return await _read(request, response)
        except TimeoutError:
            raise httpx2.ReadTimeout("the whole answer took too long", request=request) from None

    async def _turn(self) -> None:
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + self._interval
        await anyio.sleep(at - now)


async def _read(request: httpx2.Request, response: httpx2.Response) -> httpx2.Response:
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MOST:
                raise _TooLongError(f"the answer is longer than {MOST >> 20} MiB")
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose()
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _OF_THE_WIRE]
    return httpx2.Response(response.status_code, headers=headers, content=bytes(body), request=request)


_OF_THE_WIRE: Final = ("content-encoding", "content-length", "transfer-encoding")


class Client:
    """One server, asked by many at once; to be entered in the event loop that asks. `count` is told of each request."""

    def __init__(self, settings: Settings, count: Count) -> None:
        self._settings = settings
        self._secret = Secret(secret_of(settings))
        self._http = _Guarded(settings, count)
        self._client = openai.AsyncOpenAI(
            api_key=self._secret.reveal(),
            base_url=endpoint(settings),
            max_retries=settings.retries,
            timeout=settings.timeout,
            http_client=self._http,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._client.close()

    async def ask(self, request: Mapping[str, Any]) -> Answer:
        """Return the answer to a request; a `NoAnswerError` says in one line, and without the key, why none came."""
        try:
            response = await self._client.post("/chat/completions", cast_to=httpx2.Response, body=dict(request))
            answer = _answer(response.content)
        except NoAnswerError as error:
            raise NoAnswerError(self._clean(str(error))) from None
        except Exception as error:  # of the client, of HTTP, of TLS: all end here, none with the key
            status = error.status_code if isinstance(error, openai.APIStatusError) else None
            unreached = isinstance(error, openai.APIConnectionError) and not self._http.heard
            hopeless = status in _HOPELESS or (unreached and not isinstance(error, openai.APITimeoutError))
            raise NoAnswerError(self._clean(self._reason(error)), status, hopeless=hopeless) from None
        if self._secret.in_text(answer.content):
            raise NoAnswerError("the answer repeats the key, and is not used")
        return answer

    def _reason(self, error: Exception) -> str:
        if isinstance(error, openai.APIStatusError):
            said = " ".join(error.response.text.split())
            return f"HTTP {error.status_code}: {said[:200] or 'no more is said'}"
        if isinstance(error, openai.APITimeoutError):
            return f"no answer within {self._settings.timeout:g} s"
        if isinstance(error, openai.APIConnectionError):
            return f"the connection failed: {_innermost(error)}"
        return f"{type(error).__name__}: {' '.join(str(error).split())}"

    def _clean(self, message: str) -> str:
        if self._secret.in_text(message):
            return f"{message.partition(':')[0]} (what the server says repeats the key, and is not shown)"
        return message


def _innermost(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(str(error).split()) or type(error).__name__


def _answer(body: bytes) -> Answer:
    """Return what the body of a chat completion says; raise `NoAnswerError` where it is none."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NoAnswerError("the response is no JSON") from None
    choices = value.get("choices") if isinstance(value, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict) or not isinstance(message.get("content"), str):
        refused = isinstance(message, dict) and isinstance(message.get("refusal"), str)
        raise NoAnswerError("the model refused to answer" if refused else "the response holds no message")
    said = value.get("usage")
    tokens = said if isinstance(said, dict) else {}
    return Answer(
        content=message["content"],
        truncated=choice.get("finish_reason") == "length",
        prompt_tokens=_count(tokens.get("prompt_tokens")),
        completion_tokens=_count(tokens.get("completion_tokens")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0
