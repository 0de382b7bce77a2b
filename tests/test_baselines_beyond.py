"""Beyond the rules: binding only what can be found gives what binding all and leaving out the rest gives."""

from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines.beyond import beyond
from onrecord.baselines.binding import Binder
from onrecord.baselines.finding import in_offsets, search
from onrecord.baselines.linear import Ranker
from onrecord.baselines.proposals import Labelling, attributions, signs
from onrecord.baselines.relays import outermost
from onrecord.baselines.roles import ROLES, decode
from onrecord.baselines.words import read

CLAUSES = [
    "Marn said that the line must close .",
    "“ The fare will rise , ” Tovar said .",
    "The line must close and the fare",
    "told him ,",
    "Brae ,",
    "\n\n",
]


@st.composite
def found(draw):
    """A text that the rules read with joy, labelled at random, mostly with contents, and how sure each word is."""
    page = read(" ".join(draw(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=8))))
    some = [
        "O",
        *(f"{prefix}-{role}" for role in ROLES for prefix in "BI"),
        *["B-content", "I-content", "J-content"] * 3,
    ]
    labels: list[str] = []
    while len(labels) < len(page.words):
        labels += [draw(st.sampled_from(some))] * draw(st.integers(1, 5))
    sure = draw(st.lists(st.floats(0, 1), min_size=len(page.words), max_size=len(page.words)))
    return page, search(page), Labelling(decode(labels[: len(page.words)]), sure)


def binder_of(seed):
    """A binder that mostly binds, to something near."""
    names = [f"{of}{order}{n}" for of in ("gap", "sentences", "source", "content") for order in "<>=" for n in range(4)]
    made = {name: crc32(f"{seed}{name}".encode()) / 2**31 - 1 for name in names}
    return Binder(Ranker(made | {"none": -3.0}), Ranker(made | {"none": -3.0}), Ranker(made))


@given(found(), st.integers(0, 20), st.sampled_from([-2.0, -0.5, 2.0]), st.floats(0.1, 1.5))
@settings(max_examples=400)
def test_it_is_what_is_left_of_all_that_is_bound(drawn, seed, weight, least):
    page, rules, labelling = drawn
    binder, judge = binder_of(seed), Ranker({"least": 1.0, "bound": weight, "cue": 0.3, "source": 0.3})

    def confident(one):
        binds = {"bound": one.probability, "cue": one.cue is not None, "source": one.source is not None}
        return judge.score(signs(page, one.content, labelling.sure, **binds)) >= least

    bound = [one for one in binder.bind(page, labelling.spans, rules) if confident(one)]
    ruled = [in_offsets(page, rule) for rule in outermost(rules)]
    taken = {at for one in ruled for f in one.content for at in range(f.start, f.end)}
    expected = [
        one
        for one in attributions(page, bound, labelling.spans, joined=True)
        if one.cue and one.source and not any(at in taken for f in one.content for at in range(f.start, f.end))
    ]
    assert beyond(page, rules, labelling, binder, lambda seen: judge.score(seen) >= least) == expected
