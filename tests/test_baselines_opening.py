"""Open codebooks: literal texts to literal agents, and what must hold for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import codebook, said, steps

from onrecord.baselines.cues import Cues
from onrecord.baselines.mentions import index
from onrecord.baselines.opening import open_codebook
from onrecord.baselines.quotes import Quotes
from onrecord.baselines.speakers import Resolver
from onrecord.data.published import splits
from onrecord.eval.benchmark_open import normalisation
from onrecord.schema.codebook import OPEN, Topic
from onrecord.schema.prediction import UNANSWERED
from onrecord.schema.records import Fragment

WIRE = """PORT ZELLANY (Tarn Press) - The Harbour Board will raise the levy, its director, Mirel Toskan, said on Monday.

"We have waited four years," Ms Toskan told the Tarn Press. Toskan said that it would not wait.

A senior board official said that it had been agreed. The official declined to say who had proposed it.

Captains of the Coasting Union (CU) disagree. "It is a tax on small boats," said the union's chairman, Ode Brae.
The CU denied that its members had been consulted. Mr Brae said that he expected no good of it.

According to the Ministry of Crossings, two smaller ports will follow. The ministry said it would decide by June.

Critics say that the money is lost.
"""


def speakers(text):
    """Return the source and the speaker's name of every claim that `cues` finds with the open codebook of `text`."""
    opened = open_codebook(text)
    names = {agent.id: agent.name for agent in opened.codebook.agents}
    claims = opened.settled(Cues().extract(text, opened.codebook))
    return [("".join(text[f.start : f.end] for f in c.source), names.get(c.speaker)) for c in claims]


def agents(text):
    return {agent.name: agent for agent in open_codebook(text).codebook.agents}


def test_a_wire_story_gives_its_people_and_organisations():
    found = {name: (agent.type, agent.identity) for name, agent in agents(WIRE).items()}
    assert found == {
        "Tarn Press": ("news-agency", "named"),
        "Harbour Board": ("institution", "named"),
        "Mirel Toskan": ("person", "named"),
        "a senior board official": ("person", "unnamed"),
        "Coasting Union": ("institution", "named"),
        "Ode Brae": ("person", "named"),
        "Ministry of Crossings": ("institution", "named"),
        "critics": ("group", "collective"),
    }


def test_the_sources_of_a_wire_story_go_to_one_agent_each():
    found = dict(speakers(WIRE))
    assert found["its director, Mirel Toskan"] == found["Ms Toskan"] == found["Toskan"] == "Mirel Toskan"
    assert found["A senior board official"] == found["The official"] == "a senior board official"
    assert found["the union's chairman, Ode Brae"] == found["Mr Brae"] == "Ode Brae"
    assert found["The CU"] == "Coasting Union"
    assert found["the Ministry of Crossings"] == found["The ministry"] == "Ministry of Crossings"


@pytest.mark.parametrize(
    ("text", "source", "speaker"),
    [
        ("Ned Tarne spoke. Mr Tarne said that it is so.", "Mr Tarne", "Ned Tarne"),
        ("Department spokesman Ned Tarne said it is so. Tarne said that it will be.", "Tarne", "Ned Tarne"),
        ("Mr Orsk said it is so. Later Tovin Orsk said that it will be so.", "Tovin Orsk", "Tovin Orsk"),
        ("President Tovin Orsk said it is so. President Orsk said that it will be.", "President Orsk", "Tovin Orsk"),
        ("Tovin A. Orsk said it is so. Tovin Orsk said that it will be.", "Tovin Orsk", "Tovin A. Orsk"),
        ("The Tern Aid Fund (TAF) met. The TAF said that it will be so.", "The TAF", "Tern Aid Fund"),
        ("The Tern Aid Fund met. TAF said that it will be so.", "TAF", "Tern Aid Fund"),
        ("The Orlan Foreign Ministry said it is so. The Foreign Ministry said that it will be.", "The Foreign Ministry",
         "Orlan Foreign Ministry"),
        ("Tovin Hale, the spokesman, said it is so. The spokesman said that it will be so.", "The spokesman",
         "Tovin Hale"),
        ("Sen. Ada Hale said it is so. The senator said that it will be so.", "The senator", "Ada Hale"),
        ("Officials said it is so. Officials said that it will be so.", "Officials", "officials"),
        ("A report by the Harbour Board said that it is so.", "A report by the Harbour Board", "Harbour Board"),
        ("Tovin Hale met Ada Hale. Hale said that it will be so, and Tovin Hale said it is so.", "Hale", "Tovin Hale"),
        ("One of his officials said that it is so.", "One of his officials", "one of his officials"),
    ],
)  # fmt: skip
def test_names_and_descriptions_go_back_to_who_is_meant(text, source, speaker):
    assert dict(speakers(text))[source] == speaker


def test_another_official_is_another():
    text = "An official said that it is so. Another official said that it is not so."
    assert dict(speakers(text)) == {"An official": "an official", "Another official": "another official"}


def test_two_people_of_one_surname_stay_two():
    text = "Tovin Hale said that it is so. Ada Hale said that it is not. Dr Ada Hale said that it was never so."
    assert [name for _, name in speakers(text)] == ["Tovin Hale", "Ada Hale", "Ada Hale"]


def test_a_place_that_is_only_mentioned_is_no_agent():
    assert set(agents("In New Zellany, Mara Orsk said that the ships of Old Zellany are late.")) == {"Mara Orsk"}


def test_a_name_that_nothing_explains_is_undecided_and_no_agency():
    text = "The talks in Zellany failed. Zellany said that it is so."
    opened = open_codebook(text)
    (claim,) = opened.settled(Cues().extract(text, opened.codebook))
    assert opened.undecided == {"zellany"}
    assert (claim.speaker, claim.agency) == ("zellany", UNANSWERED)


def test_a_source_that_no_one_can_be_called_by_leaves_the_speaker_open():
    text = "Mara Orsk said that it is so. Earlier said that it is not so."
    assert dict(speakers(text))["Earlier"] is None


def test_a_pronoun_goes_to_someone_of_its_gender():
    text = "Donna Orsk met Peter Hale. He said that it is so. She said that it is not so."
    assert dict(speakers(text + " Orsk said that it ends here. Hale said that it goes on.")) == {
        "He": "Peter Hale", "She": "Donna Orsk", "Orsk": "Donna Orsk", "Hale": "Peter Hale",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("PORT ZELLANY (Tarn Press) - The fare will rise soon, Ada Hale said.", "The fare will rise soon"),
        ("ZELLANY — The fare will rise soon, Ada Hale said.", "The fare will rise soon"),
        ("ZELLANY, Nov. 3 -- The fare will rise soon, Ada Hale said.", "The fare will rise soon"),
        ("NATO - the alliance - will rise soon, Ada Hale said.", "NATO - the alliance - will rise soon"),
        ("Zellany – The fare will rise soon, Ada Hale said.", "Zellany – The fare will rise soon"),
    ],
)
def test_a_dateline_is_no_part_of_what_is_said(text, content):
    (found,) = Cues().spans(text)
    assert [text[f.start : f.end] for f in found.content] == [content]


def test_titles_in_a_headline_are_no_names():
    text = "Angry Farmers Leave Ferry Party For Good\n\nMara Orsk said that it is so."
    assert set(agents(text)) == {"Mara Orsk"}


FARE = Topic("fare", "The fare", "What a crossing costs.", "The fare should rise.")


@pytest.mark.parametrize("system", [Cues(), Quotes()])
def test_without_topics_topic_and_stance_stay_open(system):
    text = 'Mara Orsk said: "The fare must rise, and it will rise soon."'
    opened = open_codebook(text)
    assert opened.codebook.dossier == OPEN
    found = system.extract(text, opened.codebook)
    assert {(claim.topic, claim.stance) for claim in found} == {(UNANSWERED, UNANSWERED)}


def test_a_topic_of_the_users_is_answered_where_the_claim_shares_a_word_with_it():
    text = "Mara Orsk said that the fare must rise at once. Tovin Hale said that his dog sleeps all day."
    first, second = Cues().extract(text, open_codebook(text, [FARE]).codebook)
    assert (first.topic, first.stance) == ("fare", "favor")
    assert (second.topic, second.stance) == (UNANSWERED, UNANSWERED)
    assert {claim.topic for claim in Cues().extract(text, codebook())} <= {"levy", "dredging"}


def test_a_regular_expression_has_no_idea_of_a_topic():
    text = 'Mara Orsk said: "The fare must rise, and it will rise soon."'
    (claim,) = Quotes().extract(text, open_codebook(text, [FARE]).codebook)
    assert (claim.topic, claim.stance) == (UNANSWERED, UNANSWERED)


def test_a_system_that_invents_topic_and_stance_is_not_believed():
    (claim,) = open_codebook("Mara Orsk said that it is so.").settled([said((0, 9), topic="levy", stance="favor")])
    assert (claim.topic, claim.stance, claim.kind) == (UNANSWERED, UNANSWERED, "statement")


def test_only_in_an_open_codebook_an_unknown_source_leaves_the_speaker_open():
    text = "Toskan said that it is so. Grennick said that it is not so."
    assert [claim.speaker for claim in Cues().extract(text, codebook())] == ["toskan", "toskan"]
    resolver = Resolver(text, index(open_codebook("Mara Orsk said that it is so.").codebook))
    assert resolver.nearest(40, (Fragment(27, 35),)) is None


PIECES = st.sampled_from(
    ["Mara Orsk", "Mr Orsk", "said", "that", "the", "a senior official", "of", "“", "”", '"', ",", ".", "\n", "\n\n",
     "(", "OB)", "Orsk Board", "Ministry of", "Secretary", "Sen.", "'s", "according to", ":", "it is so", "he",
     "\u200f", "é", "\U0001f680", "1,000", "percent", "The", "And", "Jr.", "--", "–", "told", "one of", "İ", "ß",
     "ǅ", "\u0301"]
)  # fmt: skip


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map(" ".join)))
def test_whatever_the_text_its_agents_have_ids_of_their_own_and_names_that_stand_in_it(text):
    opened = open_codebook(text)
    ids = [agent.id for agent in opened.codebook.agents]
    words = " ".join(text.split()).casefold()
    assert len(set(ids)) == len(ids)
    assert opened.undecided <= set(ids)
    assert opened == open_codebook(text)
    for agent in opened.codebook.agents:
        assert agent.affiliation is None or agent.affiliation in ids
        for name in agent.names:
            assert name.casefold().replace(" ", "") in words.replace(" ", "")
    for claim in opened.settled(Cues().extract(text, opened.codebook)):
        assert claim.speaker in {*ids, UNANSWERED}
        assert (claim.topic, claim.stance) == (UNANSWERED, UNANSWERED)


def test_the_work_grows_with_the_text_and_no_faster():
    def story(size):
        return "".join(
            f"Ada{n} Hale said that it is so. The official of Board {n} said it. Hale left.\n\n" for n in range(size)
        )

    open_codebook(story(2))
    short, long = steps(lambda: open_codebook(story(100))), steps(lambda: open_codebook(story(400)))
    assert long < 6 * short


@pytest.mark.skipif(not splits(), reason="the data are not built: run `onrecord build`")
def test_on_our_own_reports_the_names_of_a_speaker_come_together():
    from onrecord.data.published import read_reports

    done = normalisation(read_reports("train"))
    assert done.mentions > 400
    assert done.found > 0.8
    assert done.precision > 0.97
    assert done.recall > 0.92


def test_normalisation_is_1_where_all_is_right_and_falls_with_each_mistake():
    from dataclasses import replace

    from makers import report

    text = "Mara Orsk said that it is so. Orsk said that it will be so. Tovin Hale said that it was so."
    made = report("r", [(20, 28)], [(45, 58)], [(76, 90)], text=text)
    sources = [(Fragment(0, 9),), (Fragment(30, 34),), (Fragment(60, 70),)]
    right = ["orsk", "orsk", "hale"]

    def measured(names):
        claims = [replace(c, source=s, speaker=n) for c, s, n in zip(made.claims, sources, names, strict=True)]
        return normalisation([replace(made, claims=tuple(claims))])

    assert measured(right).f1 == measured(right).whole == measured(right).pure == 1
    split = measured(["orsk", "hale", "hale"])
    assert (split.whole, split.pure) == (0, 0)
    assert split.precision == pytest.approx(2 / 3)
    assert split.recall == pytest.approx(2 / 3)
