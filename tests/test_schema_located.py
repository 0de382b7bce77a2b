"""Files into plain values: YAML has JSON's types only, and every part knows its line."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from onrecord.schema.located import UnreadableError, line_of, pointer_part, read_text, read_yaml

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(exclude_categories=["Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~ é", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_what_yaml_writes_is_read(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    assert read_yaml(text, "f.yaml")[0] == value


@given(JSON)
def test_json_is_yaml(value):
    assert read_yaml(json.dumps(value, indent=1, ensure_ascii=False), "f.yaml")[0] == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2022-07-29", "2022-07-29"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("12:30", "12:30"), ("0o17", "0o17"),
        ("1_000", "1_000"), ("010", "010"), ("~", "~"), ("True", "True"), ("null", None), ("true", True), ("-3", -3),
        ("1.5", 1.5), (".inf", ".inf"), ("", None),
    ],
)  # fmt: skip
def test_only_json_types_are_read(text, value):
    read, _ = read_yaml(f"a: {text}", "f.yaml")
    assert read == {"a": value}
    assert type(read["a"]) is type(value)


def test_every_part_knows_its_line():
    _, lines = read_yaml("a:\n  - b: 1\n    c/d: 2\n  - x\n", "f.yaml", first_line=10)
    assert lines == {"": 10, "/a": 11, "/a/0": 11, "/a/0/b": 11, "/a/0/c~1d": 12, "/a/1": 13}
    assert line_of(lines, "/a/0/c~1d/9/z") == 12
    assert pointer_part("a~/b") == "a~0~1b"


@pytest.mark.parametrize(
    ("text", "id_", "line"),
    [
        ("a: [1", "yaml-invalid", 1),
        ("a: 1\nb: 'x\n", "yaml-invalid", 3),
        ("a: 1\na: 2\n", "yaml-duplicate-key", 2),
        ("a: &x [*x]\n", "yaml-invalid", None),
        ("a: " + "[" * 5000, "yaml-invalid", 1),
        ("--- 1\n--- 2\n", "yaml-invalid", 2),
        ("a: !!python/object:os.system 1\n", "yaml-invalid", 1),
    ],
)
def test_what_is_no_such_yaml_is_one_incident(text, id_, line):
    with pytest.raises(UnreadableError) as caught:
        read_yaml(text, "f.yaml")
    assert caught.value.incident.id == id_
    assert line is None or caught.value.incident.line == line


@pytest.mark.parametrize(
    ("data", "id_"),
    [
        (b"", "file-empty"),
        (b" \n", "file-empty"),
        (b"a\0b", "file-binary"),
        (b"\x1f\x8b\x08abc", "file-binary"),
        ("ok\ncafé".encode("cp1252"), "file-not-utf8"),
        ("ok".encode("utf-16"), "file-not-utf8"),
    ],
)
def test_what_is_no_text_is_one_incident(tmp_path, data, id_):
    (tmp_path / "f").write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        read_text(tmp_path / "f")
    assert caught.value.incident.id in (id_, "file-binary")


def test_a_missing_file_is_one_incident(tmp_path):
    with pytest.raises(UnreadableError) as caught:
        read_text(tmp_path / "none")
    assert caught.value.incident.id == "file-unreadable"
