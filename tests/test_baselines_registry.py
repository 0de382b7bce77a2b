"""The registry: systems and adapters by name, and systems that take many documents."""

# ruff: noqa: ARG002 - systems need not look at what they are given

from importlib.metadata import EntryPoint

import pytest
from makers import codebook, said

from onrecord.baselines import registry
from onrecord.baselines.cues import Cues
from onrecord.baselines.registry import Document, ManySystem, UnknownSystemError
from onrecord.eval.run import SystemFailedError, extract_all
from onrecord.schema.errors import OnRecordError


class Adapter:
    """Takes its argument as the words that it finds."""

    def __init__(self, argument):
        if argument == "bad":
            raise OnRecordError("bad is no argument; give a good one", exit_code=2)
        if argument == "odd":
            raise RuntimeError("two\nlines")
        self.argument = argument

    def extract(self, text, codebook):
        return [said((0, len(self.argument)))]


class Many:
    """Answers in its own way for each document: with claims, an exception, no claim, too early an end."""

    def __init__(self, *answers):
        self.answers = answers
        self.seen = []

    def extract(self, text, codebook):
        raise AssertionError("extract_many is there")

    def extract_many(self, documents):
        self.seen += documents
        yield from self.answers


class NoSystem:
    pass


def documents(count):
    return [Document(f"harbour/r{n}", "abcdefghij klm", codebook()) for n in range(count)]


@pytest.fixture
def adapters(monkeypatch):
    points = {
        registry.GROUP: {"plain": EntryPoint("plain", f"{__name__}:NoSystem", registry.GROUP)},
        registry.ADAPTERS: {"take": EntryPoint("take", f"{__name__}:Adapter", registry.ADAPTERS)},
    }
    monkeypatch.setattr(registry, "_registered", lambda group=registry.GROUP: points[group])


def test_a_system_is_found_by_its_name_and_made_anew_each_time():
    assert isinstance(registry.system("cues"), Cues)
    assert registry.system("cues") is not registry.system("cues")
    assert registry.names()[:3] == ["nothing", "quotes", "cues"]


def test_the_adapter_exec_is_registered():
    assert registry.system("exec:cat").command == "cat"
    with pytest.raises(UnknownSystemError, match="exec:…"):
        registry.system("exce:cat")


@pytest.mark.usefixtures("adapters")
def test_what_stands_behind_the_first_colon_is_the_adapters_argument():
    assert registry.system("take:a:b c").argument == "a:b c"
    assert registry.system("take:").argument == ""


@pytest.mark.usefixtures("adapters")
@pytest.mark.parametrize("name", ["take", "tak:x", "plain:x", ":x", "", "nowhere"])
def test_a_name_that_is_none_is_one_clear_message(name):
    with pytest.raises(UnknownSystemError) as error:
        registry.system(name)
    assert repr(name) in str(error.value)
    assert "take:…" in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.usefixtures("adapters")
def test_an_adapter_that_refuses_says_why_in_its_own_words_and_any_other_failure_in_one_line():
    with pytest.raises(OnRecordError, match=r"^bad is no argument; give a good one$"):
        registry.system("take:bad")
    with pytest.raises(OnRecordError, match=r"take:odd cannot be loaded \(RuntimeError: two lines\)"):
        registry.system("take:odd")
    with pytest.raises(OnRecordError, match="no method `extract`"):
        registry.system("plain")


def test_a_many_system_is_given_all_documents_at_once_and_answers_in_their_order():
    system = Many([said((0, 3))], (), RuntimeError("no\nconnection"), [said((4, 5))])
    first, second, third, fourth = extract_all(system, documents(4))
    assert isinstance(system, ManySystem)
    assert [document.id for document in system.seen] == ["harbour/r0", "harbour/r1", "harbour/r2", "harbour/r3"]
    assert first.claims == (said((0, 3)),)
    assert second.claims == ()
    assert isinstance(third, SystemFailedError)
    assert str(third) == "RuntimeError: no connection"
    assert (fourth.report, fourth.claims) == ("harbour/r3", (said((4, 5)),))


def test_a_many_system_that_yields_too_little_or_what_is_no_claim_fails_only_there():
    found = list(extract_all(Many((), [1]), documents(4)))
    assert found[0].claims == ()
    assert "no PredictedClaim" in str(found[1])
    assert all("fewer results" in str(failure) for failure in found[2:])


def test_a_many_system_that_raises_midway_fails_on_all_that_is_left_for_that_reason():
    class Ends(Many):
        def extract_many(self, documents):
            yield ()
            raise RuntimeError("the server\nis gone")

    first, *rest = extract_all(Ends(), documents(3))
    assert first.claims == ()
    assert [str(failure) for failure in rest] == ["RuntimeError: the server is gone"] * 2


def test_a_plain_system_is_no_many_system():
    assert not isinstance(registry.system("cues"), ManySystem)
    assert isinstance(registry.system("exec:cat"), ManySystem)
