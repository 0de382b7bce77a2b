"""The table of incidents: the catalogue, the documentation and the failing files are the same set."""

from pathlib import Path

import pytest

from onrecord.data.check import check_file
from onrecord.schema import lines
from onrecord.schema.incidents import CATALOGUE, Incident, counted, listed, shown
from onrecord.schema.structure import check_structure

FILES = {path.name.partition(".")[0]: path for path in (Path(__file__).parent / "fixtures" / "incidents").iterdir()}
DOCUMENT = Path(__file__).parents[1] / "schema" / "INCIDENTS.md"


@pytest.fixture
def found(request, monkeypatch):
    """What the validator says about the failing file of an id; predictions are checked against the published data."""
    if request.param == "line-too-long":
        monkeypatch.setattr(lines, "LINE_LIMIT", 2048)  # a file over the real limit would weigh 16 MiB
    return check_file(FILES[request.param])


def test_each_id_has_one_failing_file():
    assert set(FILES) == set(CATALOGUE)


@pytest.mark.parametrize(("id_", "found"), [(id_, id_) for id_ in CATALOGUE], indirect=["found"], ids=list(CATALOGUE))
def test_the_failing_file_has_nothing_else_wrong(id_, found):
    assert found[0].id == id_
    assert {incident.id for incident in found} <= {id_, "report-missing"}  # a file of predictions here has one report


@pytest.mark.parametrize(("id_", "found"), [(id_, id_) for id_ in CATALOGUE], indirect=["found"], ids=list(CATALOGUE))
def test_the_document_shows_what_the_validator_says(id_, found):
    assert row(found[0]) in DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert str(found[0]).endswith(f"; {CATALOGUE[id_].fix}")
    assert found[0].file


def test_the_document_has_no_other_rows():
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in rows] == list(CATALOGUE)


def row(incident: Incident) -> str:
    """Return the row of the document for an incident of a failing file."""

    def cell(text: str) -> str:
        return text.replace("\\", "\\\\").replace("<", "&lt;").replace("|", "\\|")

    rule = CATALOGUE[incident.id]
    file = Path(incident.file or "")
    folder = FILES[incident.id]
    place = folder.name if file == folder else f"{folder.name}/{file.relative_to(folder).as_posix()}"
    where = f"{place}:{incident.line}" if incident.line else place
    example = [f"`{where} {incident.pointer}`" if incident.pointer else f"`{where}`"]
    example += [f"`{incident.value}`"] if incident.value else []
    example += [f"({cell(incident.detail)})"] if incident.detail else []
    return f"| `{incident.id}` | {rule.level} | {cell(rule.meaning)} | {cell(rule.fix)} | {' '.join(example)} |"


def test_an_incident_is_one_line_that_names_place_value_and_fix():
    incident = Incident("agent-unknown", "'nobody'", "", "a.jsonl", 3, "/claims/0/speaker")
    assert str(incident) == (
        "a.jsonl:3: /claims/0/speaker: error [agent-unknown] 'nobody': the codebook has no such agent; "
        "use the id of an agent of the codebook"
    )
    assert "\n" not in str(Incident("json-invalid", shown("a\nb")))


def test_of_many_names_the_first_are_listed_and_the_rest_counted():
    assert [listed(list("abc"), most) for most in (2, 3, 4)] == ["a, b and 1 more", "a, b, c", "a, b, c"]
    (incident,) = check_structure("prediction", {"report": "a/b", "claims": []} | {f"x{n}": 0 for n in range(5000)})
    assert (incident.id, len(str(incident)) < 300) == ("field-unknown", True)
    assert "and 4,990 more" in incident.value


def test_one_is_counted_in_the_singular():
    assert [counted(number, "error") for number in (0, 1, 2, 1200)] == [
        "0 errors",
        "1 error",
        "2 errors",
        "1,200 errors",
    ]


def test_what_is_shown_of_a_long_value_is_cut():
    assert len(shown("x" * 1000)) == 60
    assert shown("x" * 1000).endswith("…")
