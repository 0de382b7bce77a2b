"""`onrecord stats`: the composition of the corpus, by split and in all, as JSON and as the tables of the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from onrecord.data.published import read_codebooks, read_ledger, read_reports, splits
from onrecord.data.statistics import describe

Json = dict[str, Any]

_SHARES: Final = ("form", "stance", "kind", "traits", "tags")


def compose() -> Json:
    """Return the statistics of each split, of each dossier, and of all reports."""
    codebooks, ledger = read_codebooks(), read_ledger()
    by_split = {split: read_reports(split) for split in splits()}
    reports = [report for some in by_split.values() for report in some]
    by_dossier = {name: [report for report in reports if report.dossier == name] for name in codebooks}
    return {
        "all": describe(reports, codebooks, ledger),
        "splits": {name: describe(some, codebooks, ledger) for name, some in by_split.items()},
        "dossiers": {
            name: {"split": codebooks[name].split, **describe(some, codebooks, ledger)}
            for name, some in by_dossier.items()
        },
    }


def markdown(composition: Mapping[str, Any]) -> str:
    """Return the composition as the Markdown tables of the card: sizes, then what the claims are, then the texts."""
    return "\n\n".join(
        "\n".join(_table(*table)) for table in (_sizes(composition), _claims(composition), _texts(composition))
    )


_Table = tuple[list[str], list[list[str]]]


def _table(header: list[str], rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]

    figures = [all(not row[i] or row[i][0].isdigit() for row in rows) for i in range(len(header))]

    def line(cells: list[str]) -> str:
        aligned = (c.rjust(w) if right else c.ljust(w) for c, w, right in zip(cells, widths, figures, strict=True))
        return f"| {' | '.join(aligned)} |"

    yield line(header)
    yield "|" + "".join(f"{'-' * (w + 1)}{':' if right else '-'}|" for w, right in zip(widths, figures, strict=True))
    for row in rows:
        yield line(row)


def _sizes(composition: Mapping[str, Any]) -> _Table:
    rows = [
        [name, s["split"], *(str(s[key]) for key in ("facts", "reports", "claims"))]
        for name, s in sorted(composition["dossiers"].items(), key=lambda item: (item[1]["split"], item[0]))
    ]
    total = composition["all"]
    return ["dossier", "split", "facts", "reports", "claims"], [
        *rows,
        ["all", "", *(str(total[key]) for key in ("facts", "reports", "claims"))],
    ]


def _claims(composition: Mapping[str, Any]) -> _Table:
    groups = {**composition["splits"], "all": composition["all"]}
    rows = [
        [f"{field}: {name}" if field != "tags" else f"tag: {name}", *(_share(s, field, name) for s in groups.values())]
        for field in _SHARES
        for name, number in composition["all"][field].items()
        if number
    ]
    return ["claims, percent", *groups], [["number of claims", *(str(s["claims"]) for s in groups.values())], *rows]


def _share(statistics: Mapping[str, Any], field: str, name: str) -> str:
    return f"{100 * statistics[field][name] / statistics['claims']:.1f}"


def _texts(composition: Mapping[str, Any]) -> _Table:
    groups = {**composition["splits"], "all": composition["all"]}

    def row(name: str, value: Any) -> list[str]:
        return [name, *(str(value(s)) for s in groups.values())]

    rows = [
        row("reports", lambda s: s["reports"]),
        row("registers", lambda s: sum(1 for n in s["registers"].values() if n)),
        row("words, least", lambda s: s["words"]["least"]),
        row("words, median", lambda s: f"{s['words']['median']:g}"),
        row("words, most", lambda s: s["words"]["most"]),
        row("reports that carry a fact, least", lambda s: s["reports_per_fact"]["least"]),
        row("reports that carry a fact, most", lambda s: s["reports_per_fact"]["most"]),
        row("sentences", lambda s: s["sentences"]["total"]),
        row("sentences without claim, percent", _percent_empty),
        row("reports with scare quotes", lambda s: s["reports_with_tags"]["scare-quotes"]),
    ]
    return ["texts", *groups], rows


def _percent_empty(statistics: Mapping[str, Any]) -> str:
    sentences = statistics["sentences"]
    return f"{100 * sentences['without_claim'] / sentences['total']:.1f}"
