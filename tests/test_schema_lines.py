"""JSON Lines: every bad line is one incident, and the lines after it are still read."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.schema import lines
from onrecord.schema.lines import LINE_LIMIT, read_json, read_lines

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def read(data: bytes):
    return list(read_lines(io.BytesIO(data), "p.jsonl"))


@given(st.lists(JSON, min_size=1, max_size=5))
def test_what_json_writes_is_read(values):
    data = "".join(json.dumps(value) + "\n" for value in values).encode()
    assert [(number, value) for number, value, _ in read(data)] == list(enumerate(values, 1))


def test_blank_lines_count_and_say_nothing():
    assert read(b"\n[1]\n  \r\n[2]") == [(2, [1], None), (4, [2], None)]


def test_a_byte_order_mark_is_skipped():
    assert read(b"\xef\xbb\xbf[1]\n") == [(1, [1], None)]


@pytest.mark.parametrize(
    ("line", "id_", "detail"),
    [
        (b'{"a": }', "json-invalid", "column 7"),
        (b'{"a": 1', "json-invalid", "column 8"),
        (b"nul", "json-invalid", "column 1"),
        (b'"\\ud800"', "json-invalid", "column 2"),
        (b'{"a": NaN}', "number-not-finite", "column 7"),
        (b"[1, Infinity]", "number-not-finite", "column 5"),
        (b"[-Infinity]", "number-not-finite", "column"),
        (b"[1e999]", "number-not-finite", "column 2: it is so large that it is read as infinity"),
        (b"[" + b"9" * 5000 + b"]", "number-not-finite", "column 2: it is so large that it is read as infinity"),
        (b'"caf\xe9"', "file-not-utf8", "'\"café\"\\n'"),
        (b"[" * 5000, "json-invalid", "depth"),
    ],
)
def test_a_bad_line_is_one_incident_and_the_next_line_is_read(line, id_, detail):
    (number, value, incident), after = read(line + b"\n[2]\n")
    assert (number, value, after) == (1, None, (2, [2], None))
    assert (incident.id, incident.file, incident.line) == (id_, "p.jsonl", 1)
    assert detail in incident.detail


def test_nothing_is_read_behind_binary_data():
    assert [incident.id for _, _, incident in read(b"\x1f\x8b\x08\0\xff\n[1]\n")] == ["file-binary"]


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n\n"])
def test_an_empty_file_is_one_incident(data):
    assert [incident.id for _, _, incident in read(data)] == ["file-empty"]


def test_a_line_of_a_hundred_megabytes_is_not_held():
    class Endless(io.RawIOBase):
        left = 100 * 2**20

        def readable(self):
            return True

        def readinto(self, buffer):
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            return size

    tracemalloc.start()
    found = list(read_lines(io.BufferedReader(Endless()), "p.jsonl"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [incident.id for _, _, incident in found] == ["line-too-long"]
    assert peak < 3 * LINE_LIMIT


def test_the_line_behind_a_long_one_is_read(monkeypatch):
    monkeypatch.setattr(lines, "LINE_LIMIT", 10)
    found = read(b'"' + b"x" * 100 + b'"\n[1]\n"12345678"\n[2]')
    assert [(number, value, incident and incident.id) for number, value, incident in found] == [
        (1, None, "line-too-long"),
        (2, [1], None),
        (3, None, "line-too-long"),
        (4, [2], None),
    ]


def test_any_iterable_of_lines_will_do():
    assert list(read_lines([b"[1]\n", b"[2]"], "-")) == [(1, [1], None), (2, [2], None)]


def test_one_json_value_over_several_lines_has_its_line_and_column():
    value, incident = read_json(b'{\n  "a": 1,\n  "b": NaN\n}\n', "p.json")
    assert value is None
    assert (incident.id, incident.line, incident.detail) == ("number-not-finite", 3, "column 8")
    assert read_json(b'{"a": [1]}', "p.json") == ({"a": [1]}, None)
