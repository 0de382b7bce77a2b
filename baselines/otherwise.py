"""Attribution without a verb of its own: "according to S", and a name with a colon."""

from __future__ import annotations

from bisect import bisect_right

from onrecord.baselines import reach
from onrecord.baselines.phrases import Range
from onrecord.baselines.scene import Found, Scene
from onrecord.baselines.verbal import left, plain_right


def according(scene: Scene, at: int) -> None:
    """Record "according to S, …", "…, according to S" and "…, according to S, …", or S as a relay of the attribution
    it follows.
    """
    page, kinds = scene.page, scene.kinds
    source = _source(scene, at + 2)
    if source is None:
        return
    if _follows_attribution(scene, at):
        if scene.recent is not None:
            scene.recent.via = (*scene.recent.via, source)
        return
    content: list[Range] = []
    if at == scene.first or (at - scene.first == 1 and kinds[scene.first] in "ca"):
        first = source[1]
        while first < scene.end and page.words[first] == ",":
            first += 1
        if first < scene.end:
            content = [(first, reach.finish(page, first, scene.end, scene.cuts))]
    else:
        content = left(scene, at, scene.quote_before(at)) + plain_right(scene, source[1])
    if content:
        scene.add(Found(content, source, [(at, at + 2)], "say", "according", "according"))


def _follows_attribution(scene: Scene, at: int) -> bool:
    """Whether the *according* at `at` follows an attribution by a verb of saying without any content in between."""
    recent = scene.recent
    if recent is None or scene.page.words[at - 1] != "," or recent.frame not in ("say", "tell", "refuse", "deny"):
        return False
    spans = [*recent.content, *recent.cue, *([recent.source] if recent.source else [])]
    return max(last for _, last in spans) >= at - 1


def _source(scene: Scene, first: int) -> Range | None:
    page, kinds, at = scene.page, scene.kinds, first
    while (
        at < scene.end
        and page.words[at] not in (",", ";", ".", ":", "—", "–", ")")
        and not (kinds[at] == "s" and at > first)
    ):
        at += 1
    while at > first and kinds[at - 1] in ",pc":
        at -= 1
    return (first, at) if at > first else None


def label(scene: Scene, at: int) -> None:
    """Record "Name: …" at the head of a paragraph, to its end."""
    page, start = scene.page, at + 1
    following = bisect_right(page.edges, at)
    last = page.edges[following] if following < len(page.edges) else len(page.words)
    while last > start + 1 and not page.inside[last - 1] and page.words[last - 1] in ".,;:":
        last -= 1
    if last > start:
        scene.add(Found([(start, last)], (scene.first, at), [], "say", "colon", "colon"))
