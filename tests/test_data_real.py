"""The real dossier: no words for real people that the ledger does not hold, inside claims or outside them."""

import re

from onrecord.data.published import read_ledger, read_rows
from onrecord.schema.quotation import quotations

DOSSIER = "blinken-lavrov-call"
NO_SPEECH = {  # titles of columns, and terms that quote no one
    "A Call at Last",
    "Small Print",
    "Telephone diplomacy",
    "Who Carried What",
    "deliverables",
    "first ring",
    "progress",
}


def plain(words):
    return " ".join(re.findall(r"\w+", words.casefold()))


def reports():
    return [row for row in read_rows("reports", "test") if row["dossier"] == DOSSIER]


def unknown_quotations(text, said):
    """The quotations of `text` that are no title or term and do not stand, in a row, in what was said."""
    quoted = [text[q.start : q.end] for q in quotations(text)]
    return [q for q in quoted if plain(q) not in set(map(plain, NO_SPEECH)) and plain(q) not in said]


def spoken():
    facts = [fact for fact in read_ledger("test").values() if fact.dossier == DOSSIER]
    return " | ".join([" ".join(plain(part) for part in fact.quote) for fact in facts] + [continued(facts)])


def continued(facts):
    """f24 to f26 are one quotation in the article: a report may quote them in a row."""
    return " ".join(plain(part) for fact in facts if fact.id[-3:] in ("f24", "f25", "f26") for part in fact.quote)


def test_every_quotation_is_on_record():
    said = spoken()
    assert {r["id"]: found for r in reports() if (found := unknown_quotations(r["text"], said))} == {}


def test_words_that_are_not_on_record_are_found():
    text = "Blinken said “I never said so”, and called it “Small Print”."
    assert unknown_quotations(text, spoken()) == ["“I never said so”"]


def test_every_fact_is_retold_in_at_least_three_reports():
    carried = {}
    for row in reports():
        for claim in row["claims"]:
            carried.setdefault(claim["fact"], set()).add(row["id"])
    assert len(carried) == 28
    assert min(map(len, carried.values())) >= 3
    assert len({row["register"] for row in reports()}) >= 8
    assert all(90 <= len(row["text"].split()) <= 900 for row in reports())
