"""What a language model is told: complete, without leaks, and such that the gold, answered in it, scores as gold."""

import json

import orjson
import pytest
from jsonschema import Draft202012Validator
from makers import codebook
from servers import Exchange, says, serving

from onrecord.baselines.llm import Llm
from onrecord.baselines.llm_prompt import answer_schema, examples, instructions, messages
from onrecord.baselines.registry import Document
from onrecord.data.published import read_codebooks, read_reports
from onrecord.eval.gold import published_gold
from onrecord.eval.results import result_of
from onrecord.eval.run import run
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.structure import check_structure
from onrecord.schema.vocabulary import KINDS, STANCES

BOOKS = read_codebooks()
NOBODY = Codebook("none", "None", "Nothing.", "test", invented=True, agents=(), topics=())


def document(report):
    return Document(report.id, report.text, BOOKS[report.dossier])


def answers():
    """Return, by its text, the gold of each report of the train split as a prompt shows it as an example."""
    found = {}
    for report in {report.dossier: report for report in read_reports("train")}.values():
        shown = messages(document(report), "", 100, structured=True)[1:-1]
        for question, answer in zip(shown[::2], shown[1::2], strict=True):
            found[question["content"].partition("# Text\n")[2]] = answer["content"]
    return found


def test_examples_are_of_the_train_split_and_never_of_the_dossier_at_hand():
    train = {report.id for report in read_reports("train")}
    for split in ("train", "validation", "test"):
        for report in read_reports(split)[::7]:
            shown = examples(document(report), 5)
            assert len({example.id for example in shown} & train) == 5
            assert report.dossier not in {example.dossier for example in shown}


def test_no_text_is_its_own_example_under_whatever_codebook():
    report = examples(Document("a/b", "Some text.", codebook()), 1)[0]
    assert report.text not in {shown.text for shown in examples(Document("a/b", report.text, codebook()), 100)}


def test_examples_are_the_same_every_time_and_more_begin_with_fewer():
    at_hand = Document("a/b", "Some text.", codebook())
    assert examples(at_hand, 3) == examples(at_hand, 8)[:3]
    assert examples(at_hand, 0) == []


def test_few_examples_show_much():
    shown = examples(Document("a/b", "Some text.", codebook()), 4)
    claims = [claim for report in shown for claim in report.claims]
    assert {claim.stance for claim in claims} == set(STANCES)
    assert {claim.kind for claim in claims} == set(KINDS)
    assert any(claim.via for claim in claims)
    assert len({report.dossier for report in shown}) == 4


@pytest.mark.parametrize("book", [*BOOKS.values(), NOBODY], ids=lambda book: book.dossier)
def test_the_schema_of_an_answer_is_one_that_servers_enforce(book):
    schema = answer_schema(book)
    Draft202012Validator.check_schema(schema)

    def objects(value):
        if isinstance(value, dict):
            if value.get("type") == "object":
                yield value
            for inner in value.values():
                yield from objects(inner)

    for found in objects(schema):
        assert found["additionalProperties"] is False
        assert found["required"] == list(found["properties"])


def test_examples_are_answers_by_the_schema_and_predictions_too():
    shown = messages(Document("a/b", "Some text.", codebook()), "", 100, structured=True)
    asked = [message["content"] for message in shown if message["role"] == "user"]
    said = [json.loads(message["content"]) for message in shown if message["role"] == "assistant"]
    assert len(said) == len(read_reports("train"))
    for question, answer in zip(asked, said, strict=False):
        book = next(book for book in BOOKS.values() if f"# Codebook: {book.title}\n" in question)
        Draft202012Validator(answer_schema(book)).validate(answer)
        assert check_structure("prediction", {"report": "a/b", **answer}) == []


def test_the_gold_in_words_scores_as_gold(monkeypatch, tmp_path):
    gold = published_gold("train")
    said = answers()

    def answer(exchange: Exchange) -> None:
        says(said[exchange.body["messages"][-1]["content"].partition("# Text\n")[2]])(exchange)

    monkeypatch.setenv("OPENAI_API_KEY", "")
    with serving(answer) as server:
        model = Llm(f"gold@{server.url}?cache={tmp_path}")
        done = run("gold", model, reports=gold.reports, codebooks=BOOKS)
    scores = result_of(gold=gold, predicted=done.validated.predictions, draws=0).scores
    assert not done.failures
    assert not done.validated.errors
    assert scores["detection"].f1 == 1
    assert scores["record"].f1 > 0.99  # words that stand twice may be found at the other place


def test_the_instructions_name_every_label_and_every_field():
    told = instructions(None)
    fields = answer_schema(codebook())["properties"]["claims"]["items"]["properties"]
    for word in (*STANCES, *KINDS, *fields):
        assert word in told


def test_a_prompt_that_cannot_be_read_is_one_clear_message(tmp_path):
    (tmp_path / "latin").write_bytes("für".encode("latin-1"))
    for name in ("latin", "none"):
        with pytest.raises(OnRecordError, match="give a prompt as a UTF-8 text file"):
            instructions(str(tmp_path / name))


def test_without_a_codebook_nothing_can_be_chosen():
    claim = {
        "content": ["It stays"], "source": [], "cue": [], "via": [], "speaker": None, "agency": None, "topic": None,
        "stance": None, "kind": "statement",
    }  # fmt: skip
    validator = Draft202012Validator(answer_schema(NOBODY))
    assert validator.is_valid({"claims": [claim]})
    for name in ("speaker", "agency", "topic", "stance"):
        assert not validator.is_valid({"claims": [{**claim, name: "favor"}]})
    assert not validator.is_valid({"claims": [{**claim, "via": [{"agent": "tarn", "fragments": []}]}]})
    assert orjson.dumps(answer_schema(NOBODY))
