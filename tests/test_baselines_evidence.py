"""Evidence and features: a page against a reading word by word, the scores of a field against the names it knows."""

from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import evidence, features
from onrecord.baselines.evidence import ALPHABETS, JOINED, MARGIN, RICH, TEMPLATES, Evidence
from onrecord.baselines.features import Scorer, collect
from onrecord.baselines.finding import search
from onrecord.baselines.lexicon import VERBS
from onrecord.baselines.model import load
from onrecord.baselines.phrases import kinds_of
from onrecord.baselines.weights import Weights
from onrecord.baselines.words import read
from onrecord.data.published import read_reports

PAGES = [read(report.text) for report in read_reports("train")[:20]]
SEEN = [(page, search(page)) for page in PAGES]
WRITTEN = ["Orsk ", "said ", "“", "”", ". ", ", ", "that ", "the fare ", "\n\n", "has told ", "5 ", "a b ", "Ñ\u0301"]
TEXTS = st.lists(st.sampled_from(WRITTEN), max_size=40).map("".join)


def names_of(seen):
    """Return the features of each word of pages, however rare, as `collect` names them."""
    known = Evidence()
    names, rows = collect(known, [known.of(page, rules) for page, rules in seen], fewest=1, rich=True)
    return [[[names[at] for at in row] for row in page.tolist()] for page in rows]


def gap(words):
    return next(str(least) for least in (30, 16, 8, 4, 3, 2, 1, 0) if words >= least)


def sentence_shown(page, roles, first, end):
    """Return what a sentence shows, as columns of each of its words."""
    quoted = any(page.inside[i] for i in range(first, end))
    that = any(page.words[i].lower() == "that" for i in range(first, end))
    return {
        "pattern": min([roles[i][2:] for i in range(first, end) if roles[i]], default="-"),
        "quoting": {(0, 0): ".", (0, 1): "t", (1, 0): "q", (1, 1): "qt"}[quoted, that],
        "opening": page.words[first].lower(),
        "break": "|" if first in page.breaks else "",
    }


def cues_shown(page, kinds, at, first, end):
    """Return the cues around a word and how far they are, in its sentence."""
    cues = [i for i in range(first, end) if kinds[i] == "v" and not page.inside[i]]
    left, right = [i for i in cues if i < at][-1:], [i for i in cues if i >= at][:1]
    return {
        "left": "".join(VERBS[page.words[i]][2] for i in left),
        "before": "".join(gap(at - i) for i in left),
        "right": "".join(VERBS[page.words[i]][2] for i in right),
        "behind": "".join(gap(i - at) for i in right),
    }


def word_shown(page, roles, kinds, at, first, end):
    """Return what a word shows by itself, in its quotation, to the rules, and by its place."""
    word, kind, lower = page.words[at], kinds[at], page.words[at].lower()
    quote = ""
    for one in page.quotes:
        if one.first <= at <= one.last:
            size, ender = one.last - one.first, page.words[one.last - 1]
            edge = "e" if at == one.last else "b" if at == one.first else "i"
            quote = ("s" if size < 4 else "m" if size < 8 else "l") + (ender if ender in ",.?!" else "_") + edge
    place = "e" if at == end - 1 else "m"
    if at == first + 1 < end - 1:
        place = "c"
    if at == first:
        place = "P" if at in page.breaks else "b"
    return {
        "word": lower, "ending": lower[-3:], "end": lower[-2:], "kind": kind, "quote": quote, "place": place,
        "shape": "a" if word.islower() else "0" if word[0].isdigit() else ("A" if len(word) > 1 else "I")
        if word.isupper() else "Aa" if word[0].isupper() else ".",
        "verb": ".".join(VERBS[word][:2]) if kind == "v" else kind,
        "role": roles[at], "short": roles[at][:2],
    }  # fmt: skip


def columns_of(page, rules):
    """Return what each word shows, column by column, read word by word."""
    roles = [""] * len(page.words)
    for found in (one for one in rules if one.inside is None):
        spans = [found.content, [found.source], found.cue, [found.complementiser], found.via]
        for letter, ranges in zip("csqmv", spans, strict=True):
            for first, end in filter(None, ranges):
                roles[first:end] = [f"{letter}i{found.pattern[:4]}"] * (end - first)
                roles[first] = f"{letter}b{found.pattern[:4]}"
    kinds = kinds_of(page)
    return [
        word_shown(page, roles, kinds, at, first, end)
        | cues_shown(page, kinds, at, first, end)
        | sentence_shown(page, roles, first, end)
        for first, end in page.sentences
        for at in range(first, end)
    ]


def read_word_by_word(page, rules):
    shown = columns_of(page, rules)

    def at(place, column):
        return shown[place][column] if 0 <= place < len(shown) else ""

    rows = []
    for i in range(len(shown)):
        row = []
        for name, template in TEMPLATES.items():
            symbols = [at(i + distance, column) for column, distance in template]
            row.append(" ".join([name, *(filter(None, symbols) if name in JOINED else symbols)]))
        rows.append(row)
    return rows


def test_every_word_has_its_own_features():
    page = read("“The fare,” Orsk said, “will rise.”")
    (rows,) = names_of([(page, search(page))])
    assert len(rows) == len(page.words)
    assert {"w orsk", "w-1 ”", "w+1 said", "b- ” orsk", "b+ orsk said", "bo ” said", "h Aa", "e rsk"} <= set(rows[5])
    assert {"k , n v", "k+ n say.past ,", "R say 1", "L  ", "r sbinte", "r5 ci ci sb qb"} <= set(rows[5])
    assert {"w-1 ", "w-2 ", "w+1 the", "q m,b", "p P"} <= set(rows[0])


def test_features_of_published_reports_are_those_read_word_by_word():
    assert names_of(SEEN) == [read_word_by_word(*one) for one in SEEN]


@settings(deadline=None)
@given(TEXTS)
def test_features_of_any_text_are_those_read_word_by_word(text):
    page = read(text)
    rules = search(page)
    assert names_of([(page, rules)]) == [read_word_by_word(page, rules)]


def test_features_seen_too_seldom_have_no_number():
    known = Evidence()
    pages = [known.of(*one) for one in SEEN]
    names, rows = collect(known, pages, rich=True)
    counts = Counter(chain.from_iterable(chain.from_iterable(names_of(SEEN))))
    assert sorted(names) == sorted(name for name, count in counts.items() if count > 1)
    assert [[[names[at] for at in row if at >= 0] for row in page.tolist()] for page in rows] == [
        [[name for name in row if counts[name] > 1] for row in page] for page in names_of(SEEN)
    ]


def test_rich_templates_are_for_those_who_ask():
    known = Evidence()
    pages = [known.of(*one) for one in SEEN]
    plain, rich = ({name.split(" ")[0] for name in collect(known, pages, rich=rich)[0]} for rich in (False, True))
    assert rich == set(TEMPLATES)
    assert rich - plain == RICH


def summed(weights, seen):
    """Return the scores of pages by the names of their features, one by one."""
    row = dict(zip(weights.features, weights.states.astype(float), strict=True))
    nothing = np.zeros(len(weights.labels))
    return [
        np.array([sum((row.get(name, nothing) for name in names), nothing) for names in page])
        for page in names_of(seen)
    ]


def test_scores_are_the_weights_of_all_features_by_name():
    weights = load().field.weights
    scorer = Scorer(weights)
    for (page, rules), wanted in zip(SEEN, summed(weights, SEEN), strict=True):
        assert scorer.scores(page, rules) == pytest.approx(wanted, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(TEXTS, TEXTS, st.integers(0, 99), st.sampled_from([4, 1 << 16]))
def test_a_field_weighs_just_what_it_knows_in_any_text(known, text, seed, small):
    """Some of the features of one text, on another; with a place for every code or a search for it."""
    random = np.random.default_rng(seed)
    pages = [(page, search(page)) for page in map(read, (known, text))]
    names = sorted({name for page in names_of(pages[:1]) for row in page for name in row})[:: random.integers(1, 4)]
    weights = Weights(names, ["O", "B-cue"], random.normal(size=(len(names), 2)).astype(np.float32), np.zeros((2, 2)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "_SMALL", small)
        scorer = Scorer(weights)
    for (page, rules), wanted in zip(pages, summed(weights, pages), strict=True):
        assert scorer.scores(page, rules) == pytest.approx(wanted.reshape(-1, 2), abs=1e-12)


def test_what_was_kept_of_other_texts_does_not_matter(monkeypatch):
    monkeypatch.setattr(evidence, "_MOST_KEPT", 7)
    weights = load().field.weights
    forgetful, fresh = Scorer(weights), [Scorer(weights).scores(*one) for one in SEEN]
    for one, wanted in zip(reversed(SEEN), reversed(fresh), strict=True):
        assert (forgetful.scores(*one) == wanted).all()


def test_a_text_without_words_has_no_rows():
    assert Evidence().of(read(""), []).shape == (len(ALPHABETS), 2 * MARGIN)
    assert load().field.scorer.scores(read(""), []).shape[0] == 0


@pytest.mark.parametrize("name", ["", "w", "w a b", "zz a", "q2 n v", "r5 a a a a a a", "r5\ta"])
def test_a_field_refuses_what_no_template_makes(name):
    with pytest.raises(ValueError, match="a feature of another task"):
        Scorer(Weights([name], ["O"], np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32)))
