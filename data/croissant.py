"""`croissant.json`: the published files described for machines, in Croissant 1.0 (MLCommons, JSON-LD).

One file object and one record set for each configuration and split. Fragments are fields with sub-fields; what is
nested deeper (the claims of a report, the agents of a codebook) is left to the Parquet schema, because Croissant has
no form for it that its reference reader loads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from onrecord.data.citation import RELEASED, TITLE, bibtex

Json = dict[str, Any]

_TEXT, _INTEGER, _DATE, _BOOLEAN = "sc:Text", "sc:Integer", "sc:Date", "sc:Boolean"
_FRAGMENT: Final = {"start": _INTEGER, "end": _INTEGER, "text": _TEXT}
_FIELDS: Final[dict[str, dict[str, Any]]] = {
    "claims": {
        **dict.fromkeys(("id", "report", "dossier", "fact"), _TEXT),
        **dict.fromkeys(("content", "source", "cue"), _FRAGMENT),
        **dict.fromkeys(("speaker", "agency", "topic"), _TEXT),
        **dict.fromkeys(("stance", "kind", "form", "register"), _INTEGER),
    },
    "reports": {"id": _TEXT, "dossier": _TEXT, "register": _INTEGER, "date": _DATE, "text": _TEXT},
    "ledger": {
        **dict.fromkeys(("id", "dossier", "proposition", "speaker", "agency", "topic"), _TEXT),
        **dict.fromkeys(("stance", "kind"), _INTEGER),
        "said_on": _DATE,
    },
    "codebook": {**dict.fromkeys(("dossier", "title", "description"), _TEXT), "split": _INTEGER, "invented": _BOOLEAN},
}

_PREFIXED: Final = (
    "citeAs column equivalentProperty extract field fileProperty fileObject fileSet format includes isLiveDataset "
    "jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate separator source "
    "subField transform"
)
_CONTEXT: Final[Json] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    **{name: f"cr:{name}" for name in _PREFIXED.split()},
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}


def croissant(files: Mapping[str, bytes], version: str) -> str:
    """Return the description of the published `files` (content by path from the root) as the text of croissant.json."""
    published = {path: content for path, content in files.items() if path.endswith(".parquet")}
    value = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": "onrecord",
        "description": TITLE,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "citeAs": " ".join(bibtex().split()),
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "datePublished": RELEASED,
        "version": version,
        "distribution": [_file(path, content) for path, content in published.items()],
        "recordSet": [_record_set(path) for path in published],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _id(path: str) -> str:
    _, config, file = path.split("/")
    return f"{config}-{file.removesuffix('.parquet')}"


def _file(path: str, content: bytes) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": f"{_id(path)}.parquet",
        "name": f"{_id(path)}.parquet",
        "contentUrl": path,
        "encodingFormat": "application/x-parquet",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _record_set(path: str) -> Json:
    fields = [_field(_id(path), name, kind) for name, kind in _FIELDS[path.split("/")[1]].items()]
    return {"@type": "cr:RecordSet", "@id": _id(path), "name": _id(path), "field": fields}


def _field(record_set: str, name: str, kind: Any) -> Json:
    field: Json = {"@type": "cr:Field", "@id": f"{record_set}/{name}", "name": name}
    if not isinstance(kind, dict):
        return {**field, "dataType": kind, "source": _source(record_set, name)}
    parts = [
        {
            "@type": "cr:Field",
            "@id": f"{record_set}/{name}/{part}",
            "name": part,
            "dataType": type_,
            "source": {**_source(record_set, name), "transform": {"jsonPath": part}},
        }
        for part, type_ in kind.items()
    ]
    return {**field, "cr:isArray": True, "cr:arrayShape": "-1", "subField": parts}


def _source(record_set: str, column: str) -> Json:
    return {"fileObject": {"@id": f"{record_set}.parquet"}, "extract": {"column": column}}
