"""Pages as a parser sees them, and as a browser does: one tab of a headless Chromium.

Chromium is driven by its own protocol over a pipe, so that the tests need nothing but the browser.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import time
from html.parser import HTMLParser

import pytest

VOID = {"meta", "input", "br", "link", "img"}
HOSTILE = (
    "</script><img src=x onerror=alert(1)> {{7*7}} "
    "{% raw %} \"'`><b> &amp; ]]> <!-- \x00\x01\x1b\x7f\x85 \u2028\u2029\u202e \U0001f600"
)
SEEN = HOSTILE.translate({0: "␀", 1: "␁", 0x1B: "␛", 0x7F: "␡", 0x85: "\ufffd"})


class Page(HTMLParser):
    """What a parser sees: elements with attributes, text by element, and every character's roles by report."""

    def __init__(self, data):
        super().__init__()
        self.elements, self.stack, self.text = [], [], {}
        self.reports = {}
        self.feed(data.decode())
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag

    def classes(self):
        return [set((attrs.get("class") or "").split()) for _, attrs in self.stack]

    def handle_data(self, data):
        for _, attrs in self.stack:
            if "id" in attrs:
                self.text[attrs["id"]] = self.text.get(attrs["id"], "") + data
        classes = self.classes()
        if {"text"} not in classes or {"mark"} in classes:
            return
        report = next(attrs["id"] for tag, attrs in self.stack if tag == "article")
        held = [(c - {"r"}, a["data-in"].split()) for c, (_, a) in zip(classes, self.stack, strict=True) if "r" in c]
        roles = {(int(n), role) for names, numbers in held for role in names for n in numbers}
        self.reports.setdefault(report, []).extend((char, roles) for char in data)

    def ids(self):
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    def of(self, name):
        return [(tag, attrs) for tag, attrs in self.elements if name in (attrs.get("class") or "").split()]


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
    "--window-size=1300,900",
]
ON_3_AND_4 = (
    "import os, sys; from fcntl import fcntl, F_DUPFD as up; r, w = (fcntl(int(n), up, 10) for n in sys.argv[1:3]); "
    "os.dup2(r, 3); os.dup2(w, 4); os.execv(sys.argv[3], sys.argv[3:])"
)
STILL = """new Promise((found) => {
  const look = (last) => {
    const { x, y, height } = document.querySelector(%s).getClientRects()[0];
    if (last === `${x} ${y}`) found([x + 4, y + height / 2]); else setTimeout(look, 60, `${x} ${y}`);
  };
  look();
})"""
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


class Browser:
    """One tab of a headless Chromium."""

    def __init__(self, profile):
        (theirs_in, self.out), (self.inn, theirs_out) = os.pipe(), os.pipe()
        command = [
            sys.executable,
            "-c",
            ON_3_AND_4,
            str(theirs_in),
            str(theirs_out),
            CHROMIUM,
            *FLAGS,
            f"--user-data-dir={profile}",
        ]
        self.process = subprocess.Popen(  # noqa: S603
            command, pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer, self.count, self.session = b"", 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                assert select.select([self.inn], [], [], 60)[0], f"{method}: no answer"
                self.buffer += os.read(self.inn, 1 << 20)
            head, _, self.buffer = self.buffer.partition(b"\0")
            answer = json.loads(head)
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]

    def run(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def open(self, url):
        for address in ("about:blank", url):  # a change of the fragment alone would load nothing
            self.call("Page.navigate", url=address)
            self.until(f"location.href === {json.dumps(address)} && document.readyState === 'complete'")

    def until(self, script):
        deadline = time.monotonic() + 30
        while not self.run(script):
            assert time.monotonic() < deadline, script
            time.sleep(0.05)

    def click(self, selector):
        x, y = self.run(STILL % json.dumps(selector))
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key, code, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                text=text if kind == "keyDown" else "",
            )

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(30)
        os.close(self.inn)
        os.close(self.out)
