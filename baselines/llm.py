"""`llm`: any language model behind an endpoint that speaks the protocol of OpenAI's chat completions.

`llm:MODEL@URL` asks a vLLM, llama.cpp, Ollama or hosted server for the claims of each text as a JSON object, many texts
at once. What a model is told stands in `onrecord.baselines.llm_prompt`, what can be set in `llm_settings`, how broken
answers are read in `llm_answers`, where paid answers are kept in `llm_cache`.

A text without an answer is a failure of its own; the others go on. Where no other can fare better (the key is refused,
the model is unknown, nothing listens), the rest is not asked.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from onrecord.baselines.llm_answers import read_answer
from onrecord.baselines.llm_cache import Answer, Cache
from onrecord.baselines.llm_prompt import answer_schema, digest, instructions, messages
from onrecord.baselines.llm_settings import FORMATS, Format, endpoint, read_settings, secret_of
from onrecord.baselines.registry import Document
from onrecord.data.published import data_digest
from onrecord.schema import extras
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import PredictedClaim

if TYPE_CHECKING:
    from anyio import CapacityLimiter

    from onrecord.baselines.llm_client import Client

_FORM_REFUSED: Final = frozenset({400, 415, 422, 500, 501})
"""The statuses with which servers refuse a form of answer that they do not know, among other things."""
_NEEDS: Final = ("openai", "json_repair", "platformdirs")


@dataclass(slots=True)
class Tally:
    """What the answers cost and what was made of them; of answers from the cache too, but for the requests."""

    requests: int = 0
    retries: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    repairs: int = 0
    dropped: int = 0
    truncated: int = 0
    fallbacks: int = 0
    failures: int = 0


class Llm:
    """A language model as a system."""

    def __init__(self, argument: str) -> None:
        if missing := [name for name in _NEEDS if find_spec(name) is None]:
            raise OnRecordError(f"llm needs {', '.join(missing)}; {extras.command('llm')}", exit_code=2)
        from platformdirs import user_cache_path

        self._settings = read_settings(argument)
        secret_of(self._settings)
        self._told = instructions(self._settings.prompt)
        folder = Path(self._settings.cache) if self._settings.cache else user_cache_path("onrecord") / "llm"
        self._cache = Cache(folder)
        self._tally = Tally()
        self._form: int | None = None  # which of the forms of answer the server is known to accept
        self._refusals = _FORM_REFUSED
        self._hopeless: OnRecordError | None = None

    def identity(self) -> str:
        """Return all that the predictions depend on, as JSON: model, endpoint, parameters, prompt, schema, examples."""
        chosen = self._settings
        names = ("model", "format", "temperature", "seed", "max_tokens", "extra", "shots", "repeat")
        nobody = Codebook("none", "", "", "train", invented=True, agents=(), topics=())
        value = {name: getattr(chosen, name) for name in names} | {
            "url": endpoint(chosen),
            "prompt": digest(self._told),
            "schema": digest(answer_schema(nobody)),
            "train": data_digest("train") if chosen.shots else None,
        }
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

    def usage(self) -> Mapping[str, float]:
        """Return what the answers so far cost, and how many were repaired, cut short, dropped from, or never came.

        Tokens and cost are those of all answers, from the cache too; `requests` and `retries` are those of this run.
        `cost` is there where prices are given, in their currency.
        """
        tally, chosen = self._tally, self._settings
        found: dict[str, float] = asdict(tally)
        if chosen.prompt_price is not None or chosen.completion_price is not None:
            cost = tally.prompt_tokens * (chosen.prompt_price or 0)
            found["cost"] = (cost + tally.completion_tokens * (chosen.completion_price or 0)) / 1e6
        return found

    def extract(self, text: str, codebook: Codebook) -> Sequence[PredictedClaim]:
        """Return the claims of `text`, in words that are still to be found in it."""
        (found,) = self.extract_many([Document("text", text, codebook)])
        if isinstance(found, Exception):
            raise found
        return found

    def extract_many(self, documents: Sequence[Document]) -> Iterator[Sequence[PredictedClaim] | Exception]:
        """Yield the claims of each document in order, in words, or why there are none; several are asked at once.

        Who leaves early, or is interrupted, ends what is still being asked; answers that came are in the cache.
        """
        from anyio import CapacityLimiter
        from anyio.from_thread import start_blocking_portal

        from onrecord.baselines.llm_client import Client

        if not documents:
            return
        with ExitStack() as stack:
            atexit.register(stack.close)  # where the program ends before this generator does, nothing may wait for it
            stack.callback(atexit.unregister, stack.close)
            portal = stack.enter_context(start_blocking_portal())
            client = stack.enter_context(portal.wrap_async_context_manager(Client(self._settings, self._count_request)))
            places = CapacityLimiter(self._settings.concurrency)
            futures = [portal.start_task_soon(self._contained, document, client, places) for document in documents]
            for future in futures:
                stack.callback(future.cancel)
            for future in futures[:-1]:
                yield future.result()
            last = futures[-1].result()
        yield last

    def _count_request(self, *, again: bool) -> None:
        self._tally.requests += 1
        self._tally.retries += again

    async def _contained(
        self, document: Document, client: Client, places: CapacityLimiter
    ) -> Sequence[PredictedClaim] | Exception:
        """Return the claims of a document, or the failure that concerns it alone."""
        async with places:
            try:
                return await self._claims(document, client)
            except Exception as error:  # whatever it is, the other documents go on
                self._tally.failures += 1
                return error

    async def _claims(self, document: Document, client: Client) -> Sequence[PredictedClaim]:
        """Return the claims of a document: from an answer that is kept, or from the server's, which is then kept."""
        from anyio import to_thread

        forms = FORMATS[1:] if self._settings.format == "auto" else (self._settings.format,)
        requests = [self._request(document, form) for form in forms]
        keys = [Cache.key(endpoint(self._settings), request, self._settings.repeat) for request in requests]
        kept = [(number, answer) for number, key in enumerate(keys) if (answer := self._cache.get(key))]
        number, answer = kept[0] if kept else await self._ask(requests, client)
        self._form = number
        self._count_answer(answer, fallback=number > 0, cached=bool(kept))
        reading = await to_thread.run_sync(read_answer, answer.content, abandon_on_cancel=True)
        self._tally.repairs += reading.repaired
        self._tally.dropped += reading.dropped
        if not kept:
            self._keep(keys[number], answer)
        return reading.claims

    async def _ask(self, requests: Sequence[Mapping[str, Any]], client: Client) -> tuple[int, Answer]:
        """Return the answer to the first of `requests` whose form the server does not refuse, and its number."""
        from onrecord.baselines.llm_client import NoAnswerError

        known = self._form  # as it is now: others may learn it while this one is refused
        number = known or 0
        while self._hopeless is None:
            try:
                return number, await client.ask(requests[number])
            except NoAnswerError as error:
                self._hopeless = error if error.hopeless else self._hopeless
                number += 1
                if known is not None or error.status not in self._refusals or number == len(requests):
                    self._refusals -= {error.status} & {500}  # no form helped: it means that the server is broken
                    raise
        raise self._hopeless

    def _keep(self, key: str, answer: Answer) -> None:
        try:
            self._cache.put(key, answer)
        except OnRecordError as error:  # this answer is here; to pay for more that cannot be kept helps nobody
            self._hopeless = error

    def _count_answer(self, answer: Answer, *, fallback: bool, cached: bool) -> None:
        self._tally.prompt_tokens += answer.prompt_tokens
        self._tally.completion_tokens += answer.completion_tokens
        self._tally.truncated += answer.truncated
        self._tally.fallbacks += fallback
        self._tally.cached += cached

    def _request(self, document: Document, form: Format) -> dict[str, Any]:
        """Return the body of the request for a document."""
        chosen = self._settings
        told = messages(document, self._told, chosen.shots, structured=form == "schema")
        value: dict[str, Any] = {"model": chosen.model, "messages": told}
        drawn = {"temperature": chosen.temperature, "seed": chosen.seed, "max_tokens": chosen.max_tokens}
        value |= {name: number for name, number in drawn.items() if number is not None}
        schema = answer_schema(document.codebook)
        if form == "schema":
            shape = {"name": "claims", "strict": True, "schema": schema}
            value["response_format"] = {"type": "json_schema", "json_schema": shape}
        elif form == "object":
            value["response_format"] = {"type": "json_object", "schema": schema}
        return value | dict(chosen.extra)
