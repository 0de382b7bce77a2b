"""Attribution by a verb: in front of its content, behind it, or in its middle; by a participle, or coordinated with
another cue.
"""

from __future__ import annotations

from typing import Final

from onrecord.baselines import cuewords, lexicon, phrases, reach
from onrecord.baselines.lexicon import Frame, word_set
from onrecord.baselines.phrases import Range
from onrecord.baselines.scene import Found, Pattern, Scene
from onrecord.baselines.sources import source_of

_SUBORDINATING: Final = word_set("while when although though after before if because since once whereas as until")
_QUESTION_WORDS: Final = word_set("whether how why what who when where if which")
_FRAMES_BEHIND: Final = frozenset(["say", "tell", "deny", "show", "hold"])


def attribute(scene: Scene, at: int) -> None:
    """Try the constructions of the verb at `at`, and record the first that fits."""
    frame, form, verb = cuewords.lexical(scene, at)
    first = cuewords.first_of(scene, at)
    last, behind = cuewords.last_of(scene, at, frame, verb)
    if frame == "seem":
        _seems(scene, first, last)
        return
    if form != "ing" and first == at and _inverted(scene, at, last, frame, verb):
        return
    start, heard = reach.begin(scene.page, scene.kinds, behind, scene.end, hearer=frame == "tell" or verb == "ask")
    source, pattern = source_of(scene, at, first, form)
    if source is None and pattern == "preposed":
        return
    found = Found([], source, [(first, last)], frame, pattern, verb, via=(heard,) if heard else ())
    if pattern == "preposed" and source is not None:
        if first > scene.first and scene.page.words[first - 1] in ("who", "which"):
            found.relative = (first - 1, first)
        quote = scene.quote_before(source[0])
        if (quote or start is None) and _postposed(scene, found, source, quote, start, heard[1] if heard else last):
            return
        if frame == "refuse" and start is None and _fronted(scene, found, source):
            return
    if start is None and behind < scene.end and _colon_ends(scene):
        start = scene.end
    if start is not None:
        _preposed(scene, found, start)


def _colon_ends(scene: Scene) -> bool:
    """Whether the sentence ends with a colon, and the next paragraph quotes."""
    page = scene.page
    return page.words[scene.end - 1] == ":" and scene.end < len(page.words) and bool(page.inside[scene.end])


def _seems(scene: Scene, first: int, last: int) -> None:
    """Record "S seems to …": an impression of no one in particular, so its subject belongs to the content."""
    subject = phrases.before(scene.page, scene.kinds, first, scene.first)
    start = last
    if subject is None or start >= scene.end or scene.kinds[start] == ",":
        return
    content = [subject, (start, reach.finish(scene.page, start, scene.end, scene.cuts))]
    scene.add(Found(content, None, [(first, last)], "seem", "preposed", "seem"))


# Behind the content


def _inverted(scene: Scene, first: int, last: int, frame: Frame, verb: str) -> bool:
    """Try "…, said S"."""
    page, kinds = scene.page, scene.kinds
    if first == 0 or not (page.words[first - 1] == "," or page.inside[first - 1]) or first in page.breaks:
        return False
    quote = scene.quote_before(first)
    if frame != "say" and not (frame == "tell" and quote):
        return False
    if not quote and (first == scene.first or verb in lexicon.SUPPOSED_NOUNS):
        return False
    source = phrases.after(page, kinds, last, scene.end)
    if source is None or (not quote and not _plain_inversion(scene, first, source[1])):
        return False
    content = left(scene, first, quote) + _quoted_right(scene, source[1])
    pattern: Pattern = "inverted" if len(content) == 1 else "interrupted"
    if content:
        scene.add(Found(content, source, [(first, last)], frame, pattern, verb))
    return bool(content)


def _plain_inversion(scene: Scene, comma_end: int, behind: int) -> bool:
    """Whether "X, said S" without quotation marks is no apposition ("the mayor, a baker, said S had …")."""
    page, kinds = scene.page, scene.kinds
    if behind < scene.end and (
        kinds[behind] in "xv" or (page.words[behind] not in ",.;" and kinds[behind] not in "pts")
    ):
        return False
    apposed = phrases.before(page, kinds, comma_end, scene.first)
    if apposed is not None and (scene.quote_before(apposed[0]) or apposed[0] <= scene.first + 1):
        return False
    return comma_end - scene.first > 6 and any(kinds[i] in "xv" for i in range(scene.first, comma_end - 1))


def left(scene: Scene, end: int, quote: int) -> list[Range]:
    """Return the content in front of the attribution that begins at `end`."""
    page = scene.page
    if quote:
        last = page.quotes[quote - 1].last + 1
        first = quote_run(scene, page.quotes[quote - 1].first)
        if first > scene.first:
            first = clause_first(scene, first)
        return [(first, last)]
    last = end
    while last > scene.first and page.words[last - 1] in ",—–":
        last -= 1
    first = clause_first(scene, last)
    return [(first, last)] if last > first else []


def quote_run(scene: Scene, first: int) -> int:
    """Return where the run of free quotations begins that ends with the one that begins at `first`."""
    page = scene.page
    while (
        first > 0 and first not in page.breaks and page.inside[first - 1] and page.inside[first - 1] not in scene.taken
    ):
        first = page.quotes[page.inside[first - 1] - 1].first
    return first


def clause_first(scene: Scene, last: int) -> int:
    """Return where the clause that ends at `last` begins: behind the attribution before it, and its conjunction."""
    first, recent, words = scene.first, scene.recent, scene.page.words
    if recent is not None:
        spans = [*recent.content, *recent.cue, *([recent.source] if recent.source else [])]
        first = max([first, *(b for _, b in spans if b <= last)])
    while (
        first < last - 1
        and (words[first] in ",;—–:)" or words[first] in lexicon.COORDINATORS)
        and not scene.page.inside[first]
    ):
        first += 1
    return first


def _quoted_right(scene: Scene, at: int) -> list[Range]:
    """Return the quotation that goes on behind an attribution, directly or after a comma further on in the sentence."""
    page = scene.page
    for i in range(at, min(scene.end, at + 40)):
        if page.inside[i]:
            if (
                page.words[i - 1] in (",", ":", "—", "–")
                and page.inside[i] not in scene.taken
                and not (i - 2 >= at and scene.kinds[i - 2] == "v")
            ):
                return [(i, reach.behind_quote(page, i))]
            return []
    return []


def plain_right(scene: Scene, at: int) -> list[Range]:
    """Return the clause that goes on, behind a comma, after an attribution in its middle that ends before word `at`."""
    page, kinds, end = scene.page, scene.kinds, scene.end
    words = page.words
    skipped = reach.past_adjuncts(page, kinds, at, end)
    if skipped < end and words[skipped] == ",":
        at = skipped
    if at + 1 >= end or words[at] != ",":
        return []
    first = at + 1
    if page.inside[first]:
        return [(first, reach.behind_quote(page, first))]
    if (
        words[first] in lexicon.ACCORDING
        or words[first].endswith("ing")
        or kinds[first] in "spt"
        or words[first] in lexicon.COORDINATORS
    ):
        return []
    if words[first] in lexicon.VERBS and lexicon.VERBS[words[first]][1] != "base":
        return []
    return [(first, reach.finish(page, first, end, scene.cuts))]


def _postposed(scene: Scene, found: Found, source: Range, quote: int, start: int | None, behind: int) -> bool:
    """Try "…, S said", "…, S said, …" and "As S said, …"; `quote` is the number of the quotation before S, or 0."""
    page = scene.page
    if quote and quote not in scene.taken and (start is None or found.frame in ("say", "tell")):
        found.content = left(scene, source[0], quote) + _quoted_right(scene, behind)
    elif quote or start is not None or found.frame not in _FRAMES_BEHIND:
        return False
    elif source[0] > scene.first and page.words[source[0] - 1] in ("As", "as"):
        found.pattern = "as"
        found.content = _around_as(scene, source[0] - 1, behind)
    elif source[0] > scene.first + 1 and page.words[source[0] - 1] in ",—–":
        found.content = _unquoted(scene, source, behind)
    if not found.content:
        return False
    if found.pattern != "as":
        found.pattern = "postposed" if len(found.content) == 1 else "interrupted"
    scene.add(found)
    return True


def _unquoted(scene: Scene, source: Range, behind: int) -> list[Range]:
    before = left(scene, source[0], 0)
    after = plain_right(scene, behind)
    if after and before and scene.kinds[before[0][0]] in "pts" and before[0][1] - before[0][0] <= 6:
        return after  # "In the end, S said, …": the introduction is the reporter's
    if not before or (before[0][1] - before[0][0] < 3 and not after):
        return []
    return before + after


def _around_as(scene: Scene, at: int, behind: int) -> list[Range]:
    """Return the content of "As S said, …" or "…, as S said"."""
    if at > scene.first + 1:
        return left(scene, at, scene.quote_before(at)) if scene.page.words[at - 1] == "," else []
    return plain_right(scene, behind)


def _fronted(scene: Scene, found: Found, source: Range) -> bool:
    """Try "Whether …, S declined to say"."""
    page, first, last = scene.page, -1, source[0]
    for i in range(scene.first, last - 2):
        opens = i == scene.first or page.words[i - 1] in (",", ";", "and", "but", "—", "on", "On")
        if opens and page.words[i].lower() in _QUESTION_WORDS:
            first = i
            break
    if first < 0:
        return False
    while last > first and page.words[last - 1] in ",—–":
        last -= 1
    found.content, found.pattern = [(first, last)], "fronted"
    scene.add(found)
    return True


# In front of the content


def _preposed(scene: Scene, found: Found, start: int) -> None:
    page, kinds, end = scene.page, scene.kinds, scene.end
    words = page.words
    infinitive = words[start] == "to" and start + 1 < end and kinds[start + 1] not in "dp"
    if (words[start] == "that" or infinitive) and not page.inside[start] and start + 1 < end:
        found.complementiser, start = (start, start + 1), start + 1
    if page.inside[start] and reach.is_direct(page, start, found.cue[-1][1], end):
        found.content = [(start, reach.behind_quote(page, start))]
    else:
        limit = _subordinate_end(scene, found, start)
        found.content = [(start, reach.finish(page, start, limit, scene.cuts))]
    scene.add(found)


def _subordinate_end(scene: Scene, found: Found, start: int) -> int:
    """Return where the sentence ends for `found`: at the first comma where its clause is an introduction ("While S
    said …, Y did").
    """
    page = scene.page
    opener = found.source[0] - 1 if found.source and found.pattern == "preposed" else found.cue[0][0] - 1
    introduces = scene.first <= opener <= scene.first + 1 and page.words[opener].lower() in _SUBORDINATING
    if found.pattern == "participle" and found.cue[0][0] <= scene.first + 1:
        introduces = True
    if introduces:
        for i in range(start, min(scene.end, start + reach.CONTENT_LONGEST)):
            if page.words[i] == ",":
                if not page.inside[i]:
                    return i
                if page.inside[i + 1 : i + 3] == [page.inside[i], 0]:
                    return i + 2
    return scene.end
