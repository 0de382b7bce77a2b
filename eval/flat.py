"""Flat: claims of a chunk of reports as columns, straight from lines or from Arrow, without a record for each of them.

What is odd about a report is found in the columns, for all reports at once: a name that stands for nothing, an offset
out of bounds or of order, contents that begin alike (whose rank depends on more than columns hold). An odd report is
built again from records, by the one way that explains; so both ways give the same columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from onrecord.eval.columns import OPEN, Claims, Codes, Ints, Role, fragments_of
from onrecord.schema.codebook import Codebook
from onrecord.schema.constraints import ID
from onrecord.schema.offsets import character_borders
from onrecord.schema.prediction import LABELS

UNKNOWN: Final = -9
"""The code of a name that stands for nothing: only records can say why."""

Roles = tuple[Role, ...]
Flags = npt.NDArray[np.bool_]


class Names(dict[Any, int]):
    """The codes of names, found once each; `UNKNOWN` where `resolve` gives None."""

    def __init__(self, resolve: Callable[[Any], object | None], codes: Codes, known: Mapping[Any, int]) -> None:
        super().__init__(known)
        self._resolve, self._codes = resolve, codes

    def __missing__(self, name: object) -> int:
        """Return, and keep, the code of `name`."""
        value = self._resolve(name)
        self[name] = code = UNKNOWN if value is None else self._codes.setdefault(value, len(self._codes))
        return code


class Desk:
    """The names of each label in one dossier: what predictions may call its agents and topics, or what gold may."""

    def __init__(self, codes: Codes, codebook: Codebook | None, *, gold: bool = False) -> None:
        topics = None if codebook is None else {topic.id for topic in codebook.topics}

        def agent(name: str) -> str | None:
            if codebook is None or gold:
                return name if not gold or ID.fullmatch(name) else None
            found = codebook.resolve(name)
            return found[0] if len(found) == 1 else None

        def topic(name: str) -> str | None:
            known = ID.fullmatch(name) if gold else topics is None or name in topics
            return name if known else None

        def relay(name: str) -> tuple[str] | None:
            found = agent(name)
            return None if found is None else (found,)

        answer: dict[Any, int] = {None: UNKNOWN} if gold else {UNSET: OPEN, None: OPEN}
        null = {**answer, None: codes.setdefault(None, len(codes))}
        label = Names(lambda name: name, codes, answer)
        self.labels = (
            Names(agent, codes, answer), Names(agent, codes, null), Names(topic, codes, answer), label, label,
        )  # fmt: skip
        self.relays = Names(relay, codes, {})


def flattened(
    rows: Sequence[Sequence[Any]], desks: Sequence[Desk], dossiers: Sequence[str], codes: Codes, texts: Sequence[str]
) -> tuple[Claims, Flags]:
    """Return the claims of lines, in their order, and which reports are odd for a reason that columns do not show.

    `rows[i]` are the claims of report i (`onrecord.schema.typed`), whose names `desks[i]` knows.
    """
    claims = list(chain.from_iterable(rows))
    report = np.repeat(np.arange(len(rows)), list(map(len, rows)))
    odd = np.zeros(len(rows), dtype=bool)
    spans = []
    for role in ("content", "source", "cue"):
        owner, fragments = _joined(role, claims)
        start, end = _ints("start", fragments), _ints("end", fragments)
        spans.append((owner, start, end))
        odd[_misquoted(fragments, report[owner], start, end, texts)] = True
    via, strange = _relays(claims, desks, report, texts)
    odd[strange] = True
    none = np.zeros(len(claims), dtype=np.int64)
    owner, start, end = spans[0]
    return Claims(
        n_reports=len(rows),
        report=report,
        first=firsts(owner, len(claims)),
        start=start,
        end=end,
        labels=_labels(claims, desks, report),
        fact=_facts(list(map(attrgetter("fact"), claims)), map(dossiers.__getitem__, report.tolist()), codes),
        words=none,
        roles=roles_of(spans[1:], via, none),
    ), odd


def roles_of(spans: Sequence[tuple[Ints, Ints, Ints]], via: tuple[Ints, Ints, Ints, Ints], words: Ints) -> Roles:
    """Return source and cue from claim, start and end of their fragments, and via from these and the agent's code."""
    rows = (*((claim, np.zeros_like(claim), start, end) for claim, start, end in spans), via)
    return tuple(Role(firsts(claim, len(words)), agent, start, end, words) for claim, agent, start, end in rows)


def firsts(owner: Ints, claims: int) -> Ints:
    """Return where the fragments of each claim begin (claims + 1,), given the claim of each fragment, ascending."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=claims))])


def _facts(ids: Sequence[str | None], dossiers: Iterable[str], codes: Codes) -> Ints:
    """Return the codes of facts; an id is one of its dossier."""
    if not any(ids):
        return np.full(len(ids), OPEN, dtype=np.int64)
    pairs = zip(dossiers, ids, strict=True)
    return np.array([codes.setdefault(pair, len(codes)) if pair[1] else OPEN for pair in pairs], dtype=np.int64)


def _labels(claims: Sequence[Any], desks: Sequence[Desk], reports: Ints) -> Ints:
    """Return the codes of the labels (claims, labels), looked up by runs of reports with the same desk."""
    labels = np.empty((len(claims), len(LABELS)), dtype=np.int64)
    low = passed = 0
    for desk, run in groupby(desks):
        passed += sum(1 for _ in run)
        high = int(np.searchsorted(reports, passed))
        for at, name in enumerate(LABELS):
            codes = map(desk.labels[at].__getitem__, map(attrgetter(name), claims[low:high]))
            labels[low:high, at] = np.fromiter(codes, dtype=np.int64, count=high - low)
        low = high
    return labels


def _joined(name: str, of: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Return the elements of a list that each of some values has, one after another, and which value has each."""
    lists = list(map(attrgetter(name), of))
    return np.repeat(np.arange(len(lists)), list(map(len, lists))), list(chain.from_iterable(lists))


def _ints(name: str, of: Sequence[Any]) -> Ints:
    return np.fromiter(map(attrgetter(name), of), dtype=np.int64, count=len(of))


def _misquoted(fragments: Sequence[Any], reports: Ints, start: Ints, end: Ints, texts: Sequence[str]) -> list[int]:
    """Return the reports of the fragments whose text is not the text at their offsets."""
    said = list(map(attrgetter("text"), fragments))
    if said.count(UNSET) == len(said):
        return []
    rows = zip(said, reports.tolist(), start.tolist(), end.tolist(), strict=True)
    return [report for text, report, a, b in rows if text is not UNSET and text != texts[report][a:b]]


def _relays(
    claims: Sequence[Any], desks: Sequence[Desk], reports: Ints, texts: Sequence[str]
) -> tuple[tuple[Ints, Ints, Ints, Ints], Ints]:
    """Return claim, agent, start and end of the relays' fragments, and the reports whose relays are odd."""
    claim, relays = _joined("via", claims)
    desk_of = map(desks.__getitem__, reports[claim].tolist())
    known = (desk.relays[relay.agent] for desk, relay in zip(desk_of, relays, strict=True))
    agent = np.fromiter(known, dtype=np.int64, count=len(relays))
    of, fragments = _joined("fragments", relays)
    owner, start, end = claim[of], _ints("start", fragments), _ints("end", fragments)
    wrong = _misquoted(fragments, reports[owner], start, end, texts)
    odd = np.concatenate([reports[odd_relays(claim, agent)], np.array(wrong, dtype=np.int64)])
    return (owner, agent[of], start, end), odd


def odd_relays(claim: Ints, agent: Ints) -> Ints:
    """Return the claims, of the relays of `claim` with an `agent`, that have an unknown one, or one twice."""
    order = np.lexsort((agent, claim))
    twice = (np.diff(claim[order]) == 0) & (np.diff(agent[order]) == 0)
    return np.concatenate([claim[agent == UNKNOWN], claim[order][1:][twice]])


def oddities(claims: Claims, texts: Sequence[str]) -> Flags:
    """Return which reports (reports,) are odd; their claims may stand in any order, those of one report together."""
    odd = np.zeros(claims.n_reports, dtype=bool)
    odd[claims.report[(claims.labels == UNKNOWN).any(axis=1) | (np.diff(claims.first) == 0)]] = True
    sizes = np.array([len(text) for text in texts], dtype=np.int64)
    joining = np.flatnonzero([not text.isascii() and character_borders(text) is not None for text in texts])
    for owner, agent, start, end in _all_spans(claims):
        report = claims.report[owner]
        follows = (np.diff(owner) == 0) & (np.diff(agent) == 0)
        wrong = (start < 0) | (start >= end) | (end > sizes[report])
        wrong[1:] |= follows & (start[1:] < end[:-1])
        odd[report[wrong]] = True
        for number in joining.tolist():
            borders = character_borders(texts[number])
            here = report == number
            odd[number] |= borders is not None and not borders.issuperset([*start[here].tolist(), *end[here].tolist()])
    return odd


def _all_spans(claims: Claims) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """Yield claim, agent, start and end of all fragments of the contents, then of each role."""
    claim = np.arange(len(claims))
    owner = np.repeat(claim, np.diff(claims.first))
    yield owner, np.zeros_like(owner), claims.start, claims.end
    for role in claims.roles:
        yield np.repeat(claim, np.diff(role.first)), role.agent, role.start, role.end


def ranked(claims: Claims, odd: Flags) -> tuple[Claims, Flags]:
    """Return the claims of the reports that are not odd in canonical order, and which reports are odd after all."""
    kept = np.flatnonzero(~odd[claims.report])
    report, at = claims.report[kept], claims.first[kept]
    start, end = claims.start[at], claims.end[at]
    later = np.diff(report) > 0
    later |= (np.diff(start) > 0) | ((np.diff(start) == 0) & (np.diff(end) > 0))
    if len(kept) == len(claims) and later.all():
        return claims, odd
    order = np.lexsort((end, start, report))
    keys = np.stack([report, start, end])[:, order]
    alike = np.all(keys[:, 1:] == keys[:, :-1], axis=0)
    if np.any(alike):
        odd = odd.copy()
        odd[keys[0, 1:][alike]] = True
        return ranked(claims, odd)
    return arranged(claims, kept[order]), odd


def arranged(claims: Claims, order: Ints) -> Claims:
    """Return the claims `order` in this order; those that it does not name are left out."""
    first, fragment = fragments_of(claims.first, order)
    roles = []
    for role in claims.roles:
        own, row = fragments_of(role.first, order)
        roles.append(Role(own, role.agent[row], role.start[row], role.end[row], role.words[order]))
    return Claims(
        claims.n_reports, claims.report[order], first, claims.start[fragment], claims.end[fragment],
        claims.labels[order], claims.fact[order], claims.words[order], tuple(roles),
    )  # fmt: skip


def together(one: Claims, other: Claims) -> Claims:
    """Return the claims of both; each report has claims in one of them, in their order."""
    if not len(other):
        return one

    def both(name: str, a: Any = one, b: Any = other) -> Ints:
        return np.concatenate([getattr(a, name), getattr(b, name)])

    roles = tuple(
        Role(_continued(a.first, b.first), *(both(name, a, b) for name in ("agent", "start", "end", "words")))
        for a, b in zip(one.roles, other.roles, strict=True)
    )
    first = _continued(one.first, other.first)
    start, end, labels, fact, words = (both(name) for name in ("start", "end", "labels", "fact", "words"))
    report = both("report")
    united = Claims(one.n_reports, report, first, start, end, labels, fact, words, roles)
    return arranged(united, np.argsort(report, kind="stable"))


def _continued(first: Ints, then: Ints) -> Ints:
    return np.concatenate([first, then[1:] + first[-1]])
