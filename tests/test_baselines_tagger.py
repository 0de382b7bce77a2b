"""The trained tagger: what it finds, that training repeats itself, and that no file of a model can surprise it."""

import hashlib
import json
import shutil
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.baselines import registry
from onrecord.baselines import tagger as tagger_module
from onrecord.baselines.cues import Cues
from onrecord.baselines.model import load, save
from onrecord.baselines.registry import Document
from onrecord.baselines.tagger import Tagger
from onrecord.baselines.training import Annotated, from_reports, train
from onrecord.data.polnear import Attributed
from onrecord.data.published import read_codebooks, read_reports
from onrecord.eval.results import Gold, result_of
from onrecord.eval.run import run
from onrecord.eval.verbs_train import trained
from onrecord.schema.codebook import Codebook
from onrecord.schema.errors import OnRecordError
from onrecord.schema.prediction import Prediction
from onrecord.schema.records import Fragment

CODEBOOKS = read_codebooks()
VALIDATION = read_reports("validation")
SHIPPED = Path(str(files("onrecord.baselines"))) / "trained"


@pytest.fixture(scope="module")
def tagger():
    return Tagger()


@pytest.fixture(scope="module")
def retrained():
    return trained(None)


def predicted(system):
    return [system.extract(report.text, CODEBOOKS[report.dossier]) for report in VALIDATION]


def test_training_again_gives_the_same_predictions_as_the_model_that_is_shipped(tagger, retrained):
    assert predicted(Tagger(model=retrained)) == predicted(tagger)


def test_a_saved_model_is_loaded_as_it_was(retrained, tmp_path):
    save(retrained, tmp_path / "new" / "model")
    again = registry.system(f"tagger:{tmp_path / 'new' / 'model'}")
    assert again.identity() == Tagger(model=retrained).identity()
    assert predicted(again) == predicted(Tagger(model=retrained))
    save(again.model, tmp_path / "twice")
    assert [
        (tmp_path / "twice" / name).read_bytes() == (tmp_path / "new" / "model" / name).read_bytes()
        for name in ("model.json", "roles.json")
    ] == [True, True]


def scores(system):
    done = run("system", system, reports=VALIDATION, codebooks=CODEBOOKS)
    assert not done.failures
    gold = Gold("validation", VALIDATION, "0" * 64)
    return result_of(gold=gold, predicted=done.validated.predictions, draws=0).scores


def test_it_finds_more_than_the_rules_on_a_dossier_never_seen(tagger):
    ours, theirs = scores(tagger), scores(Cues())
    for name in ("record", "detection", "exact", "speaker", "agency", "topic", "kind"):
        assert ours[name].f1 > theirs[name].f1, name


def test_confidence_is_calibrated_on_a_dossier_never_seen(tagger):
    """The Brier score beats that of the share of right contents; the mean confidence is near that share."""
    pairs = [
        (claim.confidence, any(_half(claim.content, gold.content) for gold in report.claims))
        for report, claims in zip(VALIDATION, predicted(tagger), strict=True)
        for claim in claims
    ]
    share = sum(right for _, right in pairs) / len(pairs)
    brier = sum((sure - right) ** 2 for sure, right in pairs) / len(pairs)
    assert brier < share * (1 - share)
    assert abs(sum(sure for sure, _ in pairs) / len(pairs) - share) < 0.07


def _half(one, other):
    a, b = ({at for f in fragments for at in range(f.start, f.end)} for fragments in (one, other))
    return 2 * len(a & b) >= len(a | b)


def test_a_report_has_the_same_spans_alone_and_among_others_and_the_same_labels_among_strangers(tagger):
    documents = [Document(report.id, report.text, CODEBOOKS[report.dossier]) for report in VALIDATION[:4]]
    together = list(tagger.extract_many(documents))
    alone = [tagger.extract(d.text, d.codebook) for d in documents]
    assert [[_spans(c) for c in claims] for claims in together] == [[_spans(c) for c in claims] for claims in alone]
    other = read_reports("train")[0]
    stranger = Document(other.id, other.text, CODEBOOKS[other.dossier])
    apart = list(tagger.extract_many([documents[0], stranger, documents[1], stranger]))
    assert [[_labels(c) for c in claims] for claims in apart[::2]] == [[_labels(c) for c in one] for one in alone[:2]]


def _spans(claim):
    return claim.content, claim.source, claim.cue, claim.confidence


def _labels(claim):
    return claim.content, claim.source, claim.speaker, claim.agency, claim.topic, claim.stance, claim.kind


def test_reports_read_together_tell_more_of_each_others_labels(tagger):
    """Read alone, they have to do without what the others of their dossier say plainly."""
    alone = [
        result_of(gold=gold, predicted=[as_answered(report, tagger)], draws=0).scores
        for report in VALIDATION
        for gold in [Gold("validation", [report], "0" * 64)]
    ]
    together = scores(tagger)
    for name in ("record", "speaker", "topic"):
        assert together[name].tp > sum(one[name].tp for one in alone), name


def as_answered(report, system):
    return Prediction(report.id, tuple(system.extract(report.text, CODEBOOKS[report.dossier])))


def test_facts_are_followed_through_the_reports_of_a_dossier(tagger):
    documents = [Document(report.id, report.text, CODEBOOKS[report.dossier]) for report in VALIDATION]
    reports_of: dict[str, set[str]] = {}
    for document, claims in zip(documents, tagger.extract_many(documents), strict=True):
        for claim in claims:
            reports_of.setdefault(claim.fact, set()).add(document.id)
    assert max(len(reports) for reports in reports_of.values()) > 2


def test_spans_without_a_codebook_keep_what_the_rules_find(tagger):
    text = "“The fare will rise,” Orsk said. According to the ministry, the crews agreed to longer hours."
    found = {text[one.content[0].start : one.content[-1].end] for one in tagger.spans(text)}
    assert {text[one.content[0].start : one.content[-1].end] for one in Cues().spans(text)} <= found


def test_of_what_the_rules_do_not_see_spans_hold_only_what_is_sure(tagger, monkeypatch):
    def contents(system):
        return [{one.content for one in system.spans(report.text)} for report in VALIDATION]

    ruled, sure = contents(Cues()), contents(tagger)
    monkeypatch.setattr(tagger_module, "_SURE", 2.0)
    assert contents(tagger) == ruled
    monkeypatch.setattr(tagger_module, "_SURE", 0.0)
    found = contents(tagger)
    assert all(a <= b & c for a, b, c in zip(ruled, sure, found, strict=True))
    assert sum(map(len, ruled)) < sum(map(len, sure)) < sum(map(len, found))


@settings(max_examples=60)
@given(st.text(st.sampled_from("ab Orsk said “”\".,:\n'—é\u0301\U0001f6a2\x00"), max_size=120))
def test_any_text_gives_claims_within_it_or_none(tagger, text):
    codebook = CODEBOOKS["telquar-accord"]
    for claim in tagger.extract(text, codebook):
        for role in (claim.content, claim.source, claim.cue):
            assert all(a.end <= b.start for a, b in pairwise(role))
            assert all(text[f.start : f.end].strip() for f in role)
        assert claim.speaker in {agent.id for agent in codebook.agents}
        assert 0 <= claim.confidence <= 1
    assert all(one.content for one in tagger.spans(text))


def test_a_codebook_without_agents_or_topics_leaves_labels_open(tagger):
    report = VALIDATION[0]
    empty = Codebook("ferry", "Ferries", "Invented.", "test", True, (), ())
    claims = tagger.extract(report.text, empty)
    assert claims
    assert {(claim.speaker, claim.agency, claim.topic, claim.stance) for claim in claims} == {("", None, "", "")}


def test_spans_may_come_from_another_corpus_and_labels_from_ours():
    """A corpus whose contents are whole attributions: they are divided into propositions by rule."""
    text = "Marn said that the line must close and that the crews should be paid.\n\nTovar said that it must stay.\n"
    content, other = text.index("that the line"), text.index("that it must")
    claims = [
        Attributed(_span(text, content, ".\n"), _span(text, 0, " said"), _span(text, 5, " that")),
        Attributed(_span(text, other, ".\n"), _span(text, other - 11, " said"), _span(text, other - 5, " that")),
    ]
    model = train(
        [Annotated(text, claims, "news")] * 8, reports=VALIDATION, codebooks=CODEBOOKS, divides=False, provenance={}
    )
    tagger = Tagger(model=model)
    found = [text[one.content[0].start : one.content[-1].end] for one in tagger.spans(text)]
    assert found == ["that the line must close and that the crews should be paid", "that it must stay"]
    assert len(tagger.extract(text, CODEBOOKS["telquar-accord"])) == 3


def _span(text, start, before):
    return (Fragment(start, text.index(before, start)),)


# Files that no training wrote


def damaged(tmp_path, change):
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "model"))
    change(folder)
    return folder


def rewrite(**values):
    def change(folder):
        manifest = json.loads((folder / "model.json").read_bytes())
        (folder / "model.json").write_text(json.dumps(manifest | values))

    return change


def cut(name, size):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:size])


def disguised(content):
    """A foreign file with the right digest."""

    def change(folder):
        (folder / "roles.json").write_bytes(content)
        rewrite(roles=hashlib.sha256(content).hexdigest())(folder)

    return change


def taught(**values):
    """The role model that is shipped, with other values and the right digest."""
    return lambda folder: disguised(json.dumps(json.loads((folder / "roles.json").read_bytes()) | values).encode())(
        folder
    )


DAMAGES = {
    "no folder": (lambda folder: shutil.rmtree(folder), "model.json: it cannot be read"),
    "no roles": (lambda folder: (folder / "roles.json").unlink(), "roles.json: it cannot be read"),
    "torn manifest": (cut("model.json", 400), "model.json: it is no JSON"),
    "empty manifest": (cut("model.json", 0), "model.json: it is no JSON"),
    "torn roles": (cut("roles.json", 5000), "it is not the file that model.json was written with"),
    "another format": (rewrite(format="pickle"), "its format is not 'onrecord-tagger'"),
    "another version": (rewrite(version=99), "its version is 99, not 3"),
    "a list": (lambda folder: (folder / "model.json").write_text("[]"), "its format is not"),
    "no rankers": (rewrite(rankers=None), "the ranker 'cue' is missing"),
    "a word for a weight": (rewrite(rankers={"cue": {"gap": "wide"}}), "the weight of 'gap' in 'cue' is 'wide'"),
    "no provenance": (rewrite(provenance=None), "`divides` or `provenance` is missing"),
    "disguised roles": (disguised(b"not a model" * 50), "roles.json: it is no role model (JSON is malformed"),
    "roles of another encoding": (disguised(b"\xff\xfe{}"), "roles.json: it is no role model"),
    "a list of roles": (disguised(b"[]"), "it is no role model (Expected `object`, got `array`)"),
    "no steps": (disguised(b'{"labels": ["O"], "features": {}}'), "missing required field `steps`"),
    "no labels": (taught(labels=[], steps=[], features={}), "no step from every label to every other (none)"),
    "a step too few": (taught(steps=[[0.0]]), "no step from every label to every other (B-content, "),
    "a label twice": (taught(labels=["O", "O"], steps=[[0, 0]] * 2, features={}), "to every other (O, O)"),
    "a word for a step": (taught(steps=[["far"]]), "Expected `float`, got `str` - at `$.steps[0][0]`"),
    "another label": (taught(labels=["O", "B-PER"], steps=[[0, 0]] * 2, features={}), "another task, 'B-PER'"),
    "an unknown label": (taught(features={"w said": {"B-PER": 1.0}}), "another task, 'B-PER'"),
    "another feature": (taught(features={"w said so": {"O": 1.0}}), "a feature of another task, 'w said so'"),
    "a step too far": (taught(labels=["O", "B-cue"], steps=[[0, 99], [0, 0]], features={}), "that no training gives"),
    "a weight beyond all": (taught(features={"w said": {"O": 1e300}}), "it has weights that no training gives"),
}


@pytest.mark.parametrize(("change", "told"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_or_foreign_model_is_one_clear_error(tmp_path, change, told):
    with pytest.raises(OnRecordError) as error:
        load(damaged(tmp_path, change))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_train_refuses_a_folder_that_is_no_data(tmp_path):
    with pytest.raises(OnRecordError, match="neither a part of PolNeAR"):
        trained(tmp_path)


def test_groups_of_one_are_held_out_text_by_text():
    few = from_reports(VALIDATION)[:5]
    model = train(few, reports=VALIDATION[:5], codebooks=CODEBOOKS, divides=True, provenance={"spans": "five reports"})
    assert model.rankers["confidence"].weights
    assert model.provenance == {"spans": "five reports"}
