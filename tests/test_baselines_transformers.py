"""Checkpoints for token classification: windows against one window, words against tokens, fine-tuning, bad checkpoints.

Every model here is tiny, random and made here; nothing is fetched. `.ci/run` runs this file with the extra installed.
"""

import json
import math
import re
import shutil
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from makers import codebook

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)  # these models are too small to share out

from huggingface_hub import constants  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers  # noqa: E402

from onrecord.baselines import checkpoint, finetuning, roles, windows  # noqa: E402
from onrecord.baselines.checkpoint import open_checkpoint  # noqa: E402
from onrecord.baselines.finetuning import Course, Epoch, finetune  # noqa: E402
from onrecord.baselines.registry import Document, system  # noqa: E402
from onrecord.baselines.roles import LABELS, spans_of  # noqa: E402
from onrecord.baselines.training import Annotated  # noqa: E402
from onrecord.baselines.words import read  # noqa: E402
from onrecord.data.polnear import Attributed  # noqa: E402
from onrecord.eval.cli import main  # noqa: E402
from onrecord.schema.errors import OnRecordError  # noqa: E402
from onrecord.schema.records import Fragment  # noqa: E402

LEVY = "Mirel Toskan said the harbour levy will rise in spring. Boats lay at the quay. The tide was low."
DREDGING = (
    "The market was quiet on Monday. “The dredging,” Ode Brae told traders, “will stop before winter.” "
    "Nobody at the quay spoke."
)


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # the environment is read but once


SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
CHARACTERS = "ab cdé“”’'.,-\n\u200b\u0301\u00ad漢😀🇬🇧…é"


def fragment(text: str, part: str) -> tuple[Fragment, ...]:
    start = text.index(part)
    return (Fragment(start, start + len(part)),)


TEACHING = [
    Annotated(
        LEVY,
        [
            Attributed(
                fragment(LEVY, "the harbour levy will rise in spring"),
                fragment(LEVY, "Mirel Toskan"),
                fragment(LEVY, "said"),
            )
        ],
        "levy",
    ),
    Annotated(
        DREDGING,
        [
            Attributed(
                fragment(DREDGING, "“The dredging,”") + fragment(DREDGING, "“will stop before winter.”"),
                fragment(DREDGING, "Ode Brae"),
                fragment(DREDGING, "told"),
            )
        ],
        "dredging",
    ),
]


def word_piece() -> Tokenizer:
    made = Tokenizer(models.WordPiece(unk_token=SPECIAL[1]))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.train_from_iterator([LEVY, DREDGING], trainers.WordPieceTrainer(vocab_size=120, special_tokens=SPECIAL))
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return made


def byte_level() -> Tokenizer:
    made = Tokenizer(models.BPE(unk_token=SPECIAL[1]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    made.train_from_iterator([LEVY, DREDGING], trainer)
    return made


def whole_lines() -> Tokenizer:
    """A tokenizer whose tokens are longer than our words: what stands between white space."""
    made = Tokenizer(models.WordLevel(unk_token=SPECIAL[1]))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.train_from_iterator([LEVY, DREDGING], trainers.WordLevelTrainer(special_tokens=SPECIAL))
    return made


def fast(made: Tokenizer, length: int = 48) -> object:
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), SPECIAL, strict=True))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=length, **names)


KINDS = {"word pieces": fast(word_piece()), "bytes": fast(byte_level()), "whole lines": fast(whole_lines())}


def config(**options: object) -> object:
    tiny = {
        "vocab_size": 400, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32,
        "max_position_embeddings": 128, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
    }  # fmt: skip
    return transformers.BertConfig(**(tiny | options))


def labelled(labels: tuple[str, ...] = LABELS) -> dict[str, object]:
    return {"id2label": dict(enumerate(labels)), "label2id": {label: at for at, label in enumerate(labels)}}


def save(folder: Path, model: object, tokenizer: object = KINDS["word pieces"]) -> Path:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random pretrained model, as one for masked words is published."""
    torch.manual_seed(0)
    return save(tmp_path_factory.mktemp("base"), transformers.BertForMaskedLM(config()))


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of our form that learnt nothing; its weights are large, so that its labels differ."""
    torch.manual_seed(1)
    model = transformers.BertForTokenClassification(config(**labelled()))
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(8)
    return save(tmp_path_factory.mktemp("untrained"), model)


COURSE = {"epochs": 80, "rate": 1e-2, "seed": 3}


@pytest.fixture(scope="module")
def learnt(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that knows the two reports by heart."""
    out = tmp_path_factory.mktemp("learnt") / "checkpoint"
    finetune(TEACHING, TEACHING, course=Course(str(base), **COURSE), about={"divides": True}, out=out)
    return out


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / "copy"))


def refusal(folder: Path | str) -> str:
    with pytest.raises(OnRecordError) as caught:
        system(f"transformers:{folder}")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(folder))
    return str(caught.value)


# --- What it finds


def test_a_tiny_model_learns_two_reports_by_heart_and_extracts_their_claims(learnt):
    named = system(f"transformers:{learnt}")
    for taught, speaker, topic in ((TEACHING[0], "toskan", "levy"), (TEACHING[1], "brae", "dredging")):
        (claim,) = named.extract(taught.text, codebook())
        (gold,) = taught.claims
        assert (claim.content, claim.source, claim.cue) == (gold.content, gold.source, gold.cue)
        assert (claim.speaker, claim.topic) == (speaker, topic)
        assert 0 < claim.confidence <= 1


def test_what_it_learnt_is_not_what_the_tagger_knows(untrained, learnt):
    """The labels come from the checkpoint: one that learnt nothing finds other contents in the same text."""
    gold = [tuple(claim.content for claim in taught.claims) for taught in TEACHING]
    for folder, right in ((learnt, True), (untrained, False)):
        named = system(f"transformers:{folder}")
        found = [tuple(one.content for one in named.extract(taught.text, codebook())) for taught in TEACHING]
        assert (found == gold) is right


def test_spans_without_a_codebook_are_the_checkpoints_own(learnt):
    named = system(f"transformers:{learnt}")
    for taught in TEACHING:
        (found,) = named.spans(taught.text)
        (gold,) = taught.claims
        assert (found.content, found.source, found.cue) == (gold.content, gold.source, gold.cue)


def test_many_documents_get_what_each_gets_alone(learnt):
    named = system(f"transformers:{learnt}")
    texts = [LEVY, "", DREDGING, " ", LEVY + "\n\n" + DREDGING, "\u200b"] * 4
    documents = [Document(f"d/{at}", text, replace(codebook(), dossier=f"d{at % 3}")) for at, text in enumerate(texts)]
    many = list(named.extract_many(documents))
    assert len(many) == len(documents)
    alone = [named.extract(document.text, document.codebook) for document in documents]
    spans = [[(c.content, c.source, c.cue, c.speaker, c.topic) for c in claims] for claims in many]
    assert spans == [[(c.content, c.source, c.cue, c.speaker, c.topic) for c in claims] for claims in alone]
    assert sum(map(len, spans)) >= 12


def test_the_command_line_extracts_with_it_and_says_nothing_else(learnt, tmp_path):
    file = tmp_path / "story.txt"
    file.write_text(LEVY, encoding="utf-8")
    arguments = ["extract", f"transformers:{learnt}?device=cpu", str(file), "--dossier", "blinken-lavrov-call"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    (claim,) = json.loads(done.stdout)["claims"]
    assert [part["text"] for part in claim["content"]] == ["the harbour levy will rise in spring"]
    assert done.stderr == ""


# --- Windows and words


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(CHARACTERS, max_size=60), length=st.integers(5, 20))
def test_windows_hold_every_token_once_and_words_find_theirs(kind, text, length):
    """The tokenizer without windows is the reference; a word's token is found by brute force."""
    page, tokenizer = read(text), KINDS[kind]
    (pieces,) = windows.cut(tokenizer, [page], length)
    plain = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True)
    kept = [at for at, special in enumerate(plain["special_tokens_mask"]) if not special]
    tokens = [plain["input_ids"][at] for at in kept]
    offsets = [plain["offset_mapping"][at] for at in kept]
    for window in pieces.windows:
        assert len(window.inputs["input_ids"]) <= length
        assert [window.inputs["input_ids"][at] for at in window.places] == tokens[window.first : window.end]
    own = [np.array(window.inputs["input_ids"], dtype=float)[:, None] for window in pieces.windows]
    assert windows.joined(pieces.windows, own)[:, 0].tolist() == tokens
    before = -1
    for start, end, token in zip(page.starts, page.ends, pieces.token_of, strict=True):
        overlapping = [at for at, (low, high) in enumerate(offsets) if low < end and start < high]
        assert token == min(overlapping, default=before)
        before = token


def test_windows_give_what_one_window_gives_where_a_token_is_judged_by_itself(untrained):
    """Without attention and positions a token's scores are its own, so windows of any length must agree."""
    known = open_checkpoint(str(untrained), device="cpu", revision=None)
    with torch.no_grad():
        known.model.bert.embeddings.position_embeddings.weight.zero_()
        for layer in known.model.bert.encoder.layer:
            layer.attention.self.value.weight.zero_()
            layer.attention.self.value.bias.zero_()
    page = read(f"{LEVY} {DREDGING}")
    (whole,) = replace(known, length=128).label([page])
    assert len({span.role for span in whole.spans}) > 1
    for length in (6, 9, 17, 33, 64):
        assert len(windows.cut(known.tokenizer, [page], length)[0].windows) > 1
        (parts,) = replace(known, length=length).label([page])
        assert parts.spans == whole.spans
        np.testing.assert_allclose(parts.sure, whole.sure, atol=1e-6)


def test_texts_that_fit_are_labelled_in_one_window_whatever_its_length(untrained):
    known = open_checkpoint(str(untrained), device="cpu", revision=None)
    assert known.length == 48
    page = read(LEVY)
    found = [list(replace(known, length=length).label([page])) for length in (48, 100, 128)]
    assert found[0] == found[1] == found[2]
    assert found[0][0].spans


@given(text=st.text(CHARACTERS, max_size=60), seed=st.integers(0, 99))
@pytest.mark.parametrize("kind", KINDS)
def test_spans_begin_and_end_at_words_and_shared_tokens_begin_one_span(kind, text, seed):
    page = read(text)
    (pieces,) = windows.cut(KINDS[kind], [page], 12)
    scores = np.log(np.random.default_rng(seed).dirichlet(np.ones(len(LABELS)), size=pieces.windows[-1].end))
    found = windows.labels_of(pieces, scores, LABELS)
    assert len(found.sure) == len(page.words)
    assert all(0 < sure <= 1 for sure in found.sure)
    starts = {span.first for span in found.spans} | {first for span in found.spans for first, _ in span.ranges}
    shared = {at for at in range(1, len(page.words)) if pieces.token_of[at] == pieces.token_of[at - 1]}
    assert not starts & shared


@pytest.mark.parametrize("kind", ["word pieces", "bytes"])
def test_what_is_taught_comes_back_from_perfect_scores(kind):
    """Targets as scores: whatever the windows, the labels of the words are those that were to be learnt."""
    for taught in TEACHING:
        page = read(taught.text)
        spans = [span for claim in spans_of(page, taught.claims) for span in claim]
        labels = roles.encode(len(page.words), spans)
        for length in (8, 13, 48):
            (pieces,) = windows.cut(KINDS[kind], [page], length)
            rows = windows.targets(pieces, labels, ignored=-100)
            assert sum(at != -100 for row in rows for at in row) >= len(set(pieces.token_of))
            scores = [np.log(np.eye(len(LABELS)) + 1e-9)[[max(at, 0) for at in row]] for row in rows]
            found = windows.labels_of(pieces, windows.joined(pieces.windows, scores), LABELS)
            assert set(found.spans) == set(spans)


def test_a_token_of_two_words_is_taught_the_first_and_labels_both():
    (taught, *_) = TEACHING
    page = read(taught.text)
    labels = roles.encode(len(page.words), [span for claim in spans_of(page, taught.claims) for span in claim])
    last = page.words.index("spring")
    assert (page.words[last + 1], labels[last : last + 2]) == (".", ["I-content", "O"])
    (pieces,) = windows.cut(KINDS["whole lines"], [page], 48)
    (row,) = windows.targets(pieces, labels, ignored=-100)
    assert pieces.token_of[last] == pieces.token_of[last + 1]
    assert LABELS[row[pieces.token_of[last]]] == "I-content"


@given(
    names=st.sampled_from(
        [("O", "B-cue", "I-cue", "B-via", "I-via"), ("I-via", "O", "J-cue", "I-cue", "B-cue"), ("O", "I-cue")]
    ),
    count=st.integers(0, 4),
    seed=st.integers(0, 10**6),
)
def test_the_best_sequence_of_labels_is_that_of_trying_all(names, count, seed):
    scores = np.log(np.random.default_rng(seed).dirichlet(np.full(len(names), 0.4), size=count))

    def fits(path: tuple[int, ...]) -> bool:
        spelt = ["O", *(names[at] for at in path)]
        begun = {name[2:] for name in names if name[0] == "B"}
        return all(b[0] != "I" or b[2:] not in begun or a[2:] == b[2:] for a, b in pairwise(spelt))

    every = [path for path in product(range(len(names)), repeat=count) if fits(path)]
    found = windows.likeliest(scores, names)
    assert tuple(found) in every
    total = [sum(scores[at, label] for at, label in enumerate(path)) for path in (found, *every)]
    assert total[0] == pytest.approx(max(total[1:]))


def test_a_word_in_doubt_does_not_cut_a_content_in_two():
    names = ("O", "B-content", "I-content")
    scores = np.log([[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.5, 0.05, 0.45], [0.1, 0.1, 0.8]])
    pieces = windows.Pieces((), range(4))
    assert [span.ranges for span in windows.labels_of(pieces, scores, names).spans] == [((0, 4),)]


def test_each_of_two_windows_speaks_for_its_half_of_what_they_share():
    parts = [windows.Window({}, first=first, places=range(1, 9)) for first in (0, 4)]
    scores = [np.full((10, 1), float(number)) for number in range(2)]
    assert windows.joined(parts, scores)[:, 0].tolist() == [0.0] * 6 + [1.0] * 6


# --- Checkpoints that cannot be used


def test_no_such_folder_and_no_such_name_are_one_line_each():
    assert "no such folder" in refusal("./nowhere/at/all")
    assert "no such folder, and the Hub does not give it" in refusal("nobody/no-such-checkpoint")


def test_a_missing_package_is_one_line_that_names_the_extra(untrained, monkeypatch):
    monkeypatch.setattr(checkpoint, "find_spec", lambda name: None if name == "torch" else name)
    with pytest.raises(OnRecordError, match=r"needs torch; pip install 'safetensors>=.*'torch>=.*'transformers>="):
        system(f"transformers:{untrained}")


def test_a_folder_without_a_checkpoint_is_refused(tmp_path):
    assert "config.json" in refusal(tmp_path)


def test_labels_of_another_task_are_refused(tmp_path):
    folder = save(tmp_path / "ner", transformers.BertForTokenClassification(config(**labelled(("O", "B-PER")))))
    assert "'B-PER'" in refusal(folder)
    folder = save(tmp_path / "few", transformers.BertForTokenClassification(config(**labelled(("O", "B-cue")))))
    assert "'B-content'" in refusal(folder)


def test_a_checkpoint_with_few_of_our_labels_is_taken(tmp_path):
    few = ("O", "B-content", "I-content")
    folder = save(tmp_path / "few", transformers.BertForTokenClassification(config(**labelled(few))))
    (found,) = open_checkpoint(str(folder), device="cpu", revision=None).label([read(LEVY)])
    assert {span.role for span in found.spans} <= {"content"}


def test_a_model_without_trained_labels_is_refused(base, tmp_path):
    folder = copy(base, tmp_path)
    settings = json.loads((folder / "config.json").read_text())
    names = labelled()
    settings |= {"id2label": {str(at): name for at, name in names["id2label"].items()}, "label2id": names["label2id"]}
    (folder / "config.json").write_text(json.dumps(settings))
    assert "its weights lack 'classifier.bias'" in refusal(folder)


@pytest.mark.parametrize("keep", [0, 7, 5000])
def test_torn_weights_are_refused(untrained, tmp_path, keep):
    folder = copy(untrained, tmp_path)
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:keep])
    assert "its weights cannot be read" in refusal(folder)


def test_weights_that_are_pickled_are_never_read(untrained, tmp_path):
    """Not even those that hold nothing but numbers, and that torch itself would take."""
    folder = copy(untrained, tmp_path)
    model = transformers.BertForTokenClassification.from_pretrained(untrained)
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    assert "its weights cannot be read" in refusal(folder)


def test_code_in_a_checkpoint_is_never_run(untrained, tmp_path):
    folder, mark = copy(untrained, tmp_path), tmp_path / "was-run"
    settings = json.loads((folder / "config.json").read_text())
    settings |= {
        "model_type": "own",
        "auto_map": {"AutoConfig": "own.Own", "AutoModelForTokenClassification": "own.Own"},
    }
    (folder / "config.json").write_text(json.dumps(settings))
    (folder / "own.py").write_text(f"open({str(mark)!r}, 'w')")
    assert "config.json cannot be used" in refusal(folder)
    assert not mark.exists()


def test_weights_that_are_no_numbers_are_one_line(untrained, tmp_path):
    model = transformers.BertForTokenClassification.from_pretrained(untrained)
    with torch.no_grad():
        model.classifier.bias[0] = float("nan")
    named = system(f"transformers:{save(tmp_path / 'nan', model)}")
    with pytest.raises(OnRecordError, match="no number"):
        named.extract(LEVY, codebook())


def test_a_tokenizer_that_cannot_pad_or_is_torn_or_missing_is_refused(untrained, tmp_path):
    folder = copy(untrained, tmp_path)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    del settings["pad_token"]
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    assert "no token to pad with" in refusal(folder)
    (folder / "tokenizer.json").write_text("{")
    assert "its tokenizer cannot be read" in refusal(folder)
    (folder / "tokenizer.json").unlink()
    assert "its tokenizer" in refusal(folder)


def test_a_tokenizer_that_cannot_say_where_tokens_stand_is_refused(untrained, tmp_path):
    folder = copy(untrained, tmp_path)
    for file in folder.glob("tokenizer*"):
        file.unlink()
    transformers.CanineTokenizer().save_pretrained(folder)
    assert "is no fast one" in refusal(folder)


def test_a_device_that_is_not_there_is_one_line(untrained):
    for device in ("cuda", "abacus"):
        if device == "cuda" and torch.cuda.is_available():
            continue
        with pytest.raises(OnRecordError, match=f"cannot be put on the device '{device}'"):
            system(f"transformers:{untrained}?device={device}")


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("", "the checkpoint is missing"),
        ("?device=cpu", "the checkpoint is missing"),
        ("x?colour=red", "no option 'colour' (there are: device, revision)"),
        ("x?device", "write each as name=value"),
        ("x?device=", "one value"),
        ("x?device=cpu&device=cpu", "one value"),
    ],
)
def test_options_that_are_none_are_one_line(argument, said):
    with pytest.raises(OnRecordError, match=re.escape(said)):
        system(f"transformers:{argument}")


def test_the_identity_changes_with_weights_settings_and_tokenizer_alone(untrained, tmp_path):
    folder = copy(untrained, tmp_path)
    known = [system(f"transformers:{place}").identity() for place in (untrained, folder)]
    assert known[0] == known[1]
    (folder / "README.md").write_text("notes")
    assert system(f"transformers:{folder}").identity() == known[0]
    model = transformers.BertForTokenClassification.from_pretrained(untrained)
    with torch.no_grad():
        model.classifier.bias[0] += 1
    model.save_pretrained(folder)
    known.append(system(f"transformers:{folder}").identity())
    settings = json.loads((folder / "config.json").read_text()) | {"onrecord": {"divides": False}}
    (folder / "config.json").write_text(json.dumps(settings))
    known.append(system(f"transformers:{folder}").identity())
    assert len(set(known)) == 3
    assert [system(f"transformers:{place}").model.divides for place in (untrained, folder)] == [True, False]


# --- Fine-tuning


def test_one_seed_gives_one_checkpoint_and_leaves_the_callers_dice_alone(base, tmp_path):
    torch.manual_seed(99)
    expected = torch.rand(3).tolist()
    torch.manual_seed(99)
    weights = []
    for number, seed in enumerate((1, 1, 2)):
        course = Course(str(base), epochs=2, rate=1e-2, seed=seed)
        finetune(TEACHING, TEACHING, course=course, about={}, out=tmp_path / str(number))
        weights.append((tmp_path / str(number) / "model.safetensors").read_bytes())
    assert weights[0] == weights[1] != weights[2]
    assert torch.rand(3).tolist() == expected


def test_the_epoch_that_does_best_on_texts_held_out_is_kept_whole(base, tmp_path):
    """The folder holds the best epoch at every moment: interrupted, the best until then."""
    out, told = tmp_path / "out", []

    def tell(epoch: Epoch) -> None:
        told.append(epoch)
        open_checkpoint(str(out), device="cpu", revision=None)
        if epoch.number == 12:
            raise KeyboardInterrupt

    course = Course(str(base), epochs=40, rate=1e-2, seed=3)
    with pytest.raises(KeyboardInterrupt):
        finetune(TEACHING, TEACHING, course=course, about={}, out=out, tell=tell)
    best = max(told, key=lambda epoch: (epoch.f1, -epoch.held_loss))
    again = finetune(
        TEACHING, TEACHING, course=replace(course, base=str(out), epochs=1, rate=1e-30), about={}, out=tmp_path / "on"
    )
    assert (again.f1, again.held_loss) == (best.f1, pytest.approx(best.held_loss, rel=1e-4))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert told[-1].loss < told[0].loss


def test_a_later_epoch_that_does_worse_is_not_kept(base, tmp_path, monkeypatch):
    results = iter([(0.5, 0.2), (0.4, 0.9), (0.1, 0.5), (0.3, 0.9)])
    monkeypatch.setattr(finetuning._Training, "tested", lambda self, lessons: next(results))  # noqa: ARG005
    weights = []

    def tell(_: Epoch) -> None:
        weights.append((tmp_path / "out" / "model.safetensors").read_bytes())

    course = Course(str(base), epochs=4, rate=1e-2)
    best = finetune(TEACHING, TEACHING, course=course, about={}, out=tmp_path / "out", tell=tell)
    assert (best.number, best.f1) == (4, 0.9)  # of two that are level, the one with the lower loss
    assert weights[0] != weights[1] == weights[2] != weights[3]


def test_a_rate_that_blows_the_model_up_is_one_line_and_keeps_what_was_learnt(base, tmp_path, monkeypatch):
    real, calls = torch.nn.functional.cross_entropy, iter(range(10**6))

    def blown(*given, **options):
        return real(*given, **options) * (float("nan") if next(calls) > 6 else 1)

    monkeypatch.setattr(torch.nn.functional, "cross_entropy", blown)
    with pytest.raises(OnRecordError, match="train with a lower rate"):
        finetune(TEACHING, TEACHING, course=Course(str(base), epochs=9), about={}, out=tmp_path / "out")
    assert open_checkpoint(str(tmp_path / "out"), device="cpu", revision=None)


def test_a_folder_that_holds_something_is_never_written_over(base, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OnRecordError, match="not empty"):
        finetune(TEACHING, TEACHING, course=Course(str(base)), about={}, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_place_of_the_folder_is_one_line(base, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OnRecordError, match="cannot be made"):
        finetune(TEACHING, TEACHING, course=Course(str(base)), about={}, out=tmp_path / "file" / "out")


def test_texts_without_claims_have_no_f1(base, tmp_path):
    empty = [Annotated("Nothing was heard.", [], "x")]
    told = []
    finetune(
        TEACHING, empty, course=Course(str(base), epochs=1, rate=1e-9), about={}, out=tmp_path / "o", tell=told.append
    )
    assert told[0].f1 is None or told[0].f1 == 0
    assert math.isfinite(told[0].held_loss)
    assert "undefined" in str(Epoch(1, 0.5, 0.5, None))


def polnear(folder: Path, articles: int = 11) -> Path:
    for part in ("text", "attributions"):
        (folder / part).mkdir(parents=True)
    (claim,) = TEACHING[0].claims
    for number in range(articles):
        (folder / "text" / f"a{number:02}.txt").write_text(LEVY, encoding="utf-8")
        spans = [
            f"T{at}\t{role} {part[0].start} {part[0].end}\t…"
            for at, (role, part) in enumerate(
                [("Content", claim.content), ("Source", claim.source), ("Cue", claim.cue)], 1
            )
        ]
        event = "E1\tAttribution:T9 Content:T1 Source:T2 Cue:T3"
        (folder / "attributions" / f"a{number:02}_x.ann").write_text("\n".join([*spans, event]), encoding="utf-8")
    return folder


def test_the_command_line_trains_on_polnear_and_says_how_each_epoch_ended(base, tmp_path):
    data, out = polnear(tmp_path / "data"), tmp_path / "out"
    arguments = ["--base", str(base), "--data", str(data), "--out", str(out), "--epochs", "3", "--rate", "0.01"]
    done = CliRunner().invoke(main, ["train", "transformers", *arguments])
    assert done.exit_code == 0, done.output
    assert len(re.findall(r"^epoch \d: loss \d\.\d{4}, held out: loss \d\.\d{4}, F1", done.stderr, re.MULTILINE)) == 3
    assert f"run it as transformers:{out}" in done.stdout
    settings = json.loads((out / "config.json").read_text())["onrecord"]
    assert settings["divides"] is False
    assert settings["provenance"]["spans"] == "PolNeAR, 9 articles"
    assert not open_checkpoint(str(out), device="cpu", revision=None).divides


def test_one_article_is_too_few_to_hold_one_out(base, tmp_path):
    arguments = [
        "--base",
        str(base),
        "--data",
        str(polnear(tmp_path / "data", articles=1)),
        "--out",
        str(tmp_path / "out"),
    ]
    done = CliRunner().invoke(main, ["train", "transformers", *arguments])
    assert done.exit_code == 2
    assert "0 texts to learn from and 1 held out" in done.output


def test_the_command_line_trains_on_a_checkout(base, built, tmp_path):
    checkout, out = Path(shutil.copytree(built, tmp_path / "checkout")), tmp_path / "out"
    shutil.copy(checkout / "data/reports/test.parquet", checkout / "data/reports/validation.parquet")
    arguments = ["--base", str(base), "--data", str(checkout), "--out", str(out), "--epochs", "1"]
    done = CliRunner().invoke(main, ["train", "transformers", *arguments])
    assert done.exit_code == 0, done.output
    assert open_checkpoint(str(out), device="cpu", revision=None).divides


def test_a_device_that_is_not_there_is_one_line_in_training_too(base, tmp_path):
    with pytest.raises(OnRecordError, match="cannot be put on the device 'abacus'"):
        finetune(TEACHING, TEACHING, course=Course(str(base), device="abacus"), about={}, out=tmp_path / "out")


def test_a_base_with_half_a_body_is_refused(base, tmp_path):
    folder = copy(base, tmp_path)
    settings = json.loads((folder / "config.json").read_text()) | {"num_hidden_layers": 2}
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(OnRecordError, match="its weights lack"):
        finetune(TEACHING, TEACHING, course=Course(str(folder)), about={}, out=tmp_path / "out")
