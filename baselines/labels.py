"""Topic, stance and kind of a claim, each by a rule that fits on a page.

* **Topic**: the topic of the codebook whose label, definition and target resemble the claim's words most, by the cosine
  of TF-IDF vectors over words and parts of words. The vocabulary is the codebook's own; nothing is trained. It cannot
  see a paraphrase that shares no word stem.
* **Stance**: read from the cue and the words alone, see `stance`. It has no idea of the target but for the words that
  it shares with the content.
* **Kind**: a refusal or a denial where the cue is one, else a statement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Final

from onrecord.baselines.lexicon import Frame, word_set
from onrecord.baselines.likeness import Likeness
from onrecord.schema.codebook import Codebook, Topic
from onrecord.schema.vocabulary import Kind, Stance


@lru_cache(maxsize=64)
def _known(topics: tuple[Topic, ...]) -> tuple[Likeness, tuple[str, ...]]:
    """Return the topics of a codebook as they are described, and their ids, in the order of the ids; made once."""
    ordered = sorted(topics, key=lambda topic: topic.id)
    return Likeness([_described(topic) for topic in ordered]), tuple(topic.id for topic in ordered)


def _described(topic: Topic) -> str:
    """Return what describes `topic`: label and target twice, and the definition up to where it says what the topic
    is not.
    """
    positive = re.split(r"\bNot ", topic.definition)[0]
    return f"{topic.label}. {topic.label}. {topic.target} {topic.target} {positive}"


Contexts = tuple[str, str, str, str]
"""A claim's content, its sentence, its paragraph, and the first line of the report."""
CONTEXT_WEIGHTS: Final = (1.0, 0.5, 0.3, 0.1)
"""What the content, its sentence, its paragraph and the head of the report weigh."""


def topics(contexts: Sequence[Contexts], codebook: Codebook) -> list[str]:
    """Return, for each claim's content, sentence, paragraph and report's first line, the id of the topic that they
    resemble most.
    """
    if not contexts or not codebook.topics:
        return ["" for _ in contexts]
    known, ids = _known(codebook.topics)
    distinct = sorted({part for context in contexts for part in context})
    near = known.of(distinct)
    cosines, places = near["words"] + near["parts"], {part: at for at, part in enumerate(distinct)}
    rows = [[places[part] for part in parts] for parts in zip(*contexts, strict=True)]
    scores = reduce(add, [weight * cosines[row] for weight, row in zip(CONTEXT_WEIGHTS, rows, strict=True)])
    return [ids[at] for at in scores.argmax(axis=1).tolist()]


_AGAINST: Final = word_set(
    "accuse attack blame complain condemn counter criticise criticize denounce object oppose protest reject warn"
    " decry deplore blast slam"
)
_FOR: Final = word_set(
    "assure defend endorse pledge praise promise recommend support urge vow welcome back applaud favor favour hail"
)
NEGATION: Final = re.compile(
    r"\b(?:no|not|never|nobody|nothing|none|neither|nor|without|cannot)\b|n[’']t\b", re.IGNORECASE
)
_ADVERSE: Final = re.compile(
    r"\b(?:wrong|mistakes?|stop(?:ped|s)?|cut|withdr[ae]w\w*|cancel\w*|g[ia]ve up|gone|resign\w*|remove\w*"
    r"|end(?:ed|s)?|ban\w*|refuse\w*|against|abandon\w*|close[ds]?|t[ao]ke?s? (?:away|back)|took|come down|fall"
    r"|fell|lower|worse|worst|bad|danger\w*|unsafe|luxury|only|harm\w*|hurt|kill\w*|illegal|unfair|secret\w*"
    r"|too \w+|leave|another|drop\w*|instead|hid\w*|fail\w*|threat\w*|crime|guilty|false|lie[sd]?|lying|shame\w*"
    r"|reject\w*|oppos\w*|object\w*|den(?:y|ie[sd]))\b",
    re.IGNORECASE,
)
_VALUING: Final = re.compile(
    r"\b(?:must|should|ought|need(?:s|ed)?|shall|time (?:that|to|for)|ha(?:s|ve|d) to|right|owe[sd]?|deserve[sd]?|would"
    r"|will|welcome|safe\w*|allowed|fair|demand\w*|let|mistake|wrong)\b",
    re.IGNORECASE,
)
_SMALL: Final = word_set(
    "the and for should was were its their his her that this with from not any all has have had are but who what which"
)
_LONG: Final = re.compile(r"\w{3,}")
_ENDING: Final = re.compile(r"(?:ing|ed|es|s|ly|d|e)$")


@lru_cache(maxsize=1024)
def stems(phrase: str) -> frozenset[str]:
    """Return the words of `phrase` that carry meaning, cut to something like their stems; targets come often."""
    return frozenset([_ENDING.sub("", word) for word in _LONG.findall(phrase.casefold()) if word not in _SMALL])


def shares_word(content: str, topic: Topic) -> bool:
    """Whether the words of a claim and what describes `topic` share a stem.

    Topics that a user brings need not fit the text. On the train split 91 % of the claims share a stem with a topic of
    their own dossier, and 46 % with one of another: the test finds the plainest strangers, no more.
    """
    return bool(stems(content) & stems(_described(topic)))


def stance(verb: str, kind: Kind, content: str, target: str) -> Stance:
    """Return the stance that cue and content show toward `target`, the first of these that holds.

    1. A refusal is neutral.
    2. The cue disapproves, or the content negates or has a word of ending, harm or blame that the target does not
       share: against.
    3. The cue approves, the content says what ought to be, or it shares a word with the target: favor.
    4. Else neutral.
    """
    if kind == "refusal":
        return "neutral"
    if verb in _AGAINST or NEGATION.search(content) is not None or is_adverse(content, target):
        return "against"
    favors = verb in _FOR or _VALUING.search(content) is not None or stems(content) & stems(target)
    return "favor" if favors else "neutral"


def is_adverse(content: str, target: str) -> bool:
    """Whether a word of ending, harm or blame in the content is none of the target's."""
    shared = stems(target)
    return any(not stems(word[0]) & shared for word in _ADVERSE.finditer(content))


def judgement(verb: str) -> int:
    """Return 1 for a cue that approves of what it reports, -1 for one that disapproves, else 0."""
    return (verb in _FOR) - (verb in _AGAINST)


def kind(frame: Frame) -> Kind:
    """Return the kind that goes with the frame of the cue."""
    if frame == "refuse":
        return "refusal"
    return "denial" if frame == "deny" else "statement"
