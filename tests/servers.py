"""Servers on loopback that speak, or mangle, the protocol of chat completions; each reply is a function of a test's.

`Served(reply)` answers every POST by calling `reply(exchange)`; the functions below it are replies, the hostile ones
too. A script is a list of replies for the first requests; its last one answers all that follow.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Exchange(BaseHTTPRequestHandler):
    """One request, and the ways to answer it."""

    body: dict[str, Any]
    protocol_version = "HTTP/1.1"
    server: Served

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.server.take(self)
        try:
            reply(self)
        except OSError:  # the client has left
            self.close_connection = True
        finally:
            self.server.leave()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


Reply = Callable[[Exchange], None]


class Served(ThreadingHTTPServer):
    """The server: what it was asked, and how many at once."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, *script: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.script = script
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.times: list[float] = []
        self.most = self._now = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def take(self, exchange: Exchange) -> Reply:
        with self._lock:
            self.bodies.append(exchange.body)
            self.keys.append(exchange.headers["Authorization"])
            self.times.append(time.monotonic())
            self._now += 1
            self.most = max(self.most, self._now)
            return self.script[min(len(self.bodies), len(self.script)) - 1]

    def leave(self) -> None:
        with self._lock:
            self._now -= 1

    def handle_error(self, *_: object) -> None:
        """Say nothing: hostile replies break connections on purpose."""


@contextmanager
def serving(*script: Reply) -> Iterator[Served]:
    """Serve until the block ends."""
    server = Served(*script)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def completion(content: object, **fields: object) -> bytes:
    """Return the body of a chat completion with this content."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop", **fields}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return json.dumps({"object": "chat.completion", "choices": [choice], "usage": usage}).encode()


def says(content: object, **fields: object) -> Reply:
    """Answer with this content."""
    return lambda exchange: exchange.send(200, completion(content, **fields))


def body(data: bytes, status: int = 200, **headers: str) -> Reply:
    """Answer with these bytes."""
    return lambda exchange: exchange.send(status, data, **headers)


def fails(status: int, message: str = "no", **headers: str) -> Reply:
    """Answer with an error."""
    return body(json.dumps({"error": {"message": message}}).encode(), status, **headers)


def late(seconds: float, reply: Reply) -> Reply:
    """Answer after a while."""

    def wait(exchange: Exchange) -> None:
        time.sleep(seconds)
        reply(exchange)

    return wait


def hangs_up(exchange: Exchange) -> None:
    """Close the connection without a word."""
    exchange.close_connection = True


def truncated(exchange: Exchange) -> None:
    """Promise more than is sent."""
    data = completion("{}")
    exchange.send_response(200)
    exchange.send_header("Content-Length", str(len(data) + 100))
    exchange.end_headers()
    exchange.wfile.write(data)
    exchange.close_connection = True


def _drips(exchange: Exchange, data: bytes) -> None:
    exchange.close_connection = True
    for _ in range(200):  # ends by itself, long after any client should have left
        exchange.wfile.write(data)
        exchange.wfile.flush()
        time.sleep(0.05)


def drips_body(exchange: Exchange) -> None:
    """Send a byte now and then: no single read takes long, the whole takes forever."""
    exchange.send_response(200)
    exchange.end_headers()
    _drips(exchange, b" ")


def drips_head(exchange: Exchange) -> None:
    """Never come to the end of the headers."""
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\n")
    _drips(exchange, b"X-More: 1\r\n")


def endless(exchange: Exchange) -> None:
    """Send more than anyone should keep."""
    exchange.close_connection = True
    exchange.send_response(200)
    exchange.end_headers()
    for _ in range(64):
        exchange.wfile.write(b" " * (1 << 20))


def bomb(exchange: Exchange) -> None:
    """Send little that unpacks to much."""
    exchange.send(200, gzip.compress(b" " * (64 << 20)), Content_Encoding="gzip")


def no_http(exchange: Exchange) -> None:
    """Answer in no protocol at all."""
    exchange.wfile.write(b"\x16\x03\x01 what?\r\n\r\n")
    exchange.close_connection = True
