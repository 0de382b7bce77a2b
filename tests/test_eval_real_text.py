"""The figures on real text, on literal spans; one number each, worked out by hand."""

from onrecord.data.polnear import Article, Attributed
from onrecord.eval.real_text import compare, found, score
from onrecord.schema.records import Fragment

TEXT = "Orsk said that the fare will rise. “It must not,” Hale told the crews."


def span(words: str, *, start: int = 0) -> tuple[Fragment, ...]:
    at = TEXT.index(words, start)
    return (Fragment(at, at + len(words)),)


FARE = Attributed(span("that the fare will rise"), span("Orsk"), span("said"))
CREWS = Attributed(span("“It must not,”"), span("Hale"), span("told"))


def counts(gold, predicted):
    return {
        name: (one.tp, one.predicted, one.gold) for name, one in compare(TEXT, gold=gold, predicted=predicted).items()
    }


def test_gold_against_itself_is_right_in_everything():
    assert set(counts([FARE, CREWS], [CREWS, FARE]).values()) == {(2, 2, 2), (11, 11, 11)}


def test_a_wrong_source_costs_the_relation_and_the_source_only():
    wrong = Attributed(FARE.content, span("Hale"), FARE.cue)
    result = counts([FARE], [wrong])
    assert result["relation"] == result["exact source"] == result["overlap source"] == (0, 1, 1)
    assert result["exact content"] == result["exact cue"] == (1, 1, 1)


def test_a_pair_without_a_source_is_no_relation():
    assert counts([Attributed(FARE.content)], [Attributed(FARE.content)])["relation"] == (0, 1, 1)


def test_a_content_that_overlaps_by_less_than_half_is_no_relation_but_an_overlap():
    short = Attributed(span("that the"), FARE.source, FARE.cue)
    result = counts([FARE], [short])
    assert (result["relation"], result["exact content"], result["overlap content"]) == ((0, 1, 1), (0, 1, 1), (1, 1, 1))
    assert result["token content"] == (2, 2, 5)


def test_one_prediction_is_credited_once_and_the_whole_text_matches_nothing():
    whole = Attributed((Fragment(0, len(TEXT)),), FARE.source)
    result = counts([FARE, CREWS], [whole])
    assert result["relation"] == (0, 1, 2)
    assert result["overlap content"] == (1, 1, 2)


def test_a_source_that_two_attributions_share_is_one_span():
    second = Attributed(CREWS.content, FARE.source, CREWS.cue)
    assert counts([FARE, second], [FARE, second])["exact source"] == (1, 1, 1)


class Bare:
    """Finds the content without its complementiser, as our own convention has it."""

    def spans(self, text):  # noqa: ARG002 - the interface
        class Attribution:
            content, source, cue = span("the fare will rise"), span("Orsk"), span("said")
            complementiser = span("that")

        return [Attribution()]


def test_the_complementiser_is_put_back_in_front_of_the_content():
    assert found(Bare(), TEXT) == [FARE]
    articles = [Article("a", TEXT, (FARE,)), Article("b", TEXT, (FARE, CREWS))]
    assert score(articles, Bare())["exact content"].value == 2 * 2 / (2 + 3)


def test_nothing_in_nothing_is_undefined():
    assert {one.value for one in compare("", gold=[], predicted=[]).values()} == {None}
