"""How large the page of results is, and how fast it answers: generated systems and reports, looked at in Chromium.

    python tests/scale_report.py [--systems 100] [--reports 60] [--draws 200] [--out page.html]

Each report has 8 gold claims; each system predicts about 8 with its own rate of errors, in two decimals of confidence.
"""

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from browser import CHROMIUM, Browser
from makers import AGENTS, TOPICS, codebook, gold_claim, gold_of, said

from onrecord.eval.report import SLICED, page
from onrecord.eval.sheet import sheet
from onrecord.eval.signature import signature
from onrecord.schema.prediction import Prediction
from onrecord.schema.records import Report
from onrecord.schema.vocabulary import REGISTERS

CLAIMS, LENGTH, DOSSIERS = 8, 1500, 5
CHOICES = {
    "speaker": AGENTS, "agency": (None, "board"), "topic": TOPICS, "stance": ("favor", "against", "neutral"),
    "kind": ("statement", "denial"),
}  # fmt: skip


def labels(random):
    return {name: values[int(random.integers(len(values)))] for name, values in CHOICES.items()}


def make_report(number, random):
    id_ = f"d{number % DOSSIERS}/r{number}"
    words = ("".join(map(chr, random.integers(97, 123, size))) for size in random.integers(2, 10, LENGTH // 5))
    text = (" ".join(words) + "x" * LENGTH)[:LENGTH].replace(" ", "-")  # no offset is white space
    slot = LENGTH // CLAIMS
    claims = []
    for n in range(CLAIMS):
        start = n * slot + int(random.integers(30, 60))
        own = labels(random)
        claim = gold_claim(id_, n + 1, (start, start + int(random.integers(30, 110))), **own)
        held = {"source": said((n * slot, n * slot + 8)).content, "cue": said((n * slot + 10, n * slot + 16)).content}
        claims.append(replace(claim, **held))
    register = REGISTERS[int(random.integers(len(REGISTERS)))]
    return Report(id_, id_.partition("/")[0], register, "2022-07-30", (), text, tuple(claims))


def predict(report, skill, random):
    found = []
    for claim in report.claims:
        if random.random() > skill:
            continue
        fragment = claim.content[0]
        end = max(fragment.start + 5, fragment.end - int(random.integers(0, 20)))
        right = {name: getattr(claim, name) for name in CHOICES}
        given = {name: right[name] if random.random() < skill else other for name, other in labels(random).items()}
        confidence = round(float(random.random()), 2)
        found.append(said((fragment.start, end), source=claim.source, cue=claim.cue, confidence=confidence, **given))
    if random.random() < 0.5:
        found.append(said((0, 20), **labels(random), confidence=0.2))
    return Prediction(report.id, tuple(found))


def generate(systems, reports, draws):
    random = np.random.default_rng(0)
    gold = gold_of(*(make_report(number, random) for number in range(reports)))
    books = {f"d{n}": codebook(dossier=f"d{n}") for n in range(DOSSIERS)}
    sheets = []
    for number in range(systems):
        skill = 0.3 + 0.65 * (number + 1) / systems
        predicted = [predict(report, skill, random) for report in gold.reports]
        options = {"codebooks": books, "cuts": SLICED, "draws": draws, "seed": 0}
        sheets.append(sheet(f"runs/system-{number:03}.jsonl", gold=gold, predicted=predicted, **options))
    shared = signature(data=gold.digest, split=gold.split, draws=draws, seed=0)
    return page(sheets, gold=gold, codebooks=books, signature=shared, draws=draws)


def look(file):
    """Print how long the page takes until a system is shown, to show another, and to answer a filter."""
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        began = time.perf_counter()
        browser.open(file.as_uri())
        browser.until("document.documentElement.dataset.chosen !== undefined")
        print(f"open and show: {time.perf_counter() - began:.2f} s")
        last = browser.run("data.systems.length - 1")
        for what, script in (
            ("choose another system", f"choose({last} === chosen ? 0 : {last})"),
            ("filter by outcome", "(filterOf('outcome').value = 'wrong-topic', apply())"),
            ("reset", "reset()"),
        ):
            frame = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
            script = f"(async () => {{ const t = performance.now(); await {script}; await {frame}; return performance.now() - t; }})()"  # noqa: E501
            print(f"{what}: {browser.run(script) / 1000:.3f} s")
            print(f"  {json.dumps(browser.run('count.textContent'))}")
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", type=int, default=100)
    parser.add_argument("--reports", type=int, default=60)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    began = time.perf_counter()
    data = generate(arguments.systems, arguments.reports, arguments.draws)
    print(f"{arguments.systems} systems, {arguments.reports} reports: {len(data) / 1e6:.1f} MB")
    print(f"made in {time.perf_counter() - began:.0f} s")
    with tempfile.TemporaryDirectory() as folder:
        file = arguments.out or Path(folder) / "page.html"
        file.write_bytes(data)
        if CHROMIUM:
            look(file.absolute())


if __name__ == "__main__":
    main()
