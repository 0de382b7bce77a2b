"""On which side: what the words of a claim show of its stance toward a target.

The target is a sentence, and the question is whether the claim says what it says. Two kinds of features answer it. A
*lean* is a number between favor (over 0) and against (under 0): one weight holds for both sides, since what speaks for
one speaks against the other. It is learnt from few dossiers, and half the weights need half the facts. *Evenness* is
what speaks for neutral.

Words are put into classes of direction that hold in any field of news: what begins, opens, keeps or gives (up), what
ends, shuts, drops or withholds (down), what is sound and what is faulty. Negation turns a claim's direction about, and
it is compared with the target's. Beside it stand the signs of the guidelines: what ought to be takes a side; a
condition is against; a figure, a date and a refusal are neutral. Whom a target is about tends to defend itself: it is
told whether the speaker, or the house the speaker is of, is named in the target. It has no knowledge of the world.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from onrecord.baselines import labels
from onrecord.baselines.linear import Features
from onrecord.baselines.mentions import Index
from onrecord.schema.codebook import Agent
from onrecord.schema.vocabulary import STANCES, Kind

Pattern = re.Pattern[str]


def _any(words: str) -> Pattern:
    """Return the pattern of any of `words`, whole, in small letters: a pattern that minds no case is far slower."""
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b")


_UP: Final = _any(
    r"beg[aiu]n\w* start\w* open\w* build\w* built rebuil\w* rais\w* ris\w* rose grow\w* grew keep\w* kept "
    r"remain\w* stay\w* continu\w* go(?:es)?.on going.on restor\w* return\w* g[ia]ve[ns]? giving pay\w* paid "
    r"publish\w* print\w* allow\w* permit\w* admit\w* approv\w* accept\w* join\w* sign\w* hold\w* held run\w* "
    r"work\w* support\w* protect\w* sav(?:e|es|ed|ing) win\w* won gain\w* add\w* extend\w* expand\w* grant\w* "
    r"fund\w* help\w* serv\w* lift\w* free\w* releas\w* welcom\w* agree\w* pass(?:ed|es)? tell\w* told report\w* "
    r"inform\w* answer\w* shar\w* show\w* increas\w* higher more able"
)
_DOWN: Final = _any(
    r"stop\w* end(?:s|ed|ing)? clos\w* shut\w* cut\w* ban(?:s|ned|ning)? drop\w* fall\w* fell lower\w* reduc\w* "
    r"remov\w* withdr\w* cancel\w* suspend\w* scrap\w* abandon\w* leav\w* left refus\w* reject\w* block\w* halt\w* "
    r"den(?:y|ies|ied) forbid\w* forbade los[et]\w* lost break\w* broke\w* destroy\w* hid\w* conceal\w* silenc\w* "
    r"withh\w* delay\w* postpon\w* put.off pull\w* t(?:ake|akes|aking|ook).(?:away|back) strip\w* quit\w* "
    r"resign\w* sink\w* sank sunk fewer less bury buried burn\w* tear\w* tore stall\w* spar(?:e|ed|ing) throw\w* "
    r"(?:keep\w*|kept).(?:away|out|from) (?:sit\w*|sat).on g(?:ive|ives|iving|ave).up"
)
_GOOD: Final = _any(
    r"safe\w* sound fair\w* proper\w* right\w* good better best true honest\w* prompt\w* in.time enough well "
    r"clean\w* legal\w* lawful\w* reliab\w* strong\w* healthy success\w* effective\w* useful benefit\w* trust\w* "
    r"careful\w* correct\w* ready clear\w* deserv\w* need(?:s|ed)? worth\w* reason\w* justified grounds? hope\w* "
    r"pleas\w* glad proud\w* welcome"
)
_BAD: Final = _any(
    r"unsafe unsound unfair\w* wrong\w* bad\w* worse worst fals\w* lie[sd]? lying dishonest\w* late too fault\w* "
    r"flaw\w* fail\w* illegal\w* unlawful\w* danger\w* risk\w* harm\w* hurt\w* kill\w* dead death\w* damag\w* "
    r"weak\w* sick guilty shame\w* crime\w* cheat\w* threat\w* secret\w* poison\w* mistake\w* blunder\w* insult\w* "
    r"vague waste\w* stol\w* steal\w* theft farce mockery nonsense trick\w* accident\w* trouble\w* broken "
    r"regret\w* afraid fear\w* worr\w* disaster\w* dirty rotten empty"
)
_OUGHT: Final = _any(
    r"must should ought need(?:s|ed)? shall ha(?:s|ve|d).to time.(?:to|for|that) want\w* wish\w* demand\w* let "
    r"deserve\w* owe[sd]? right.to duty.to like.to belongs? call(?:s|ed|ing)?.for insist\w* urg(?:e|es|ed|ing) "
    r"may.not cannot can.be"
)
_WILL: Final = _any(r"will would ['’]ll ['’]d going.to shall intend\w* plan(?:s|ned)? promis\w* pledg\w* vow\w*")
_CONDITION: Final = _any(
    r"once until unless only.if only.after only.when only.once if before without first provided as.long.as "
    r"as.soon.as not.before can.only no.sooner on.condition till"
)
_COMPARED: Final = _any(r"rather.than instead better.than worse.than more.than less.than other.than another")
_FIGURE: Final = _any(
    r"\d[\d.,]* two three four five six seven eight nine ten eleven twelve \w+teen twenty thirty forty fifty sixty "
    r"seventy eighty ninety hundred\w* thousand\w* million\w* billion\w* half third quarter dozen percent per.cent"
)
_WHEN: Final = _any(
    r"january february march april may june july august september october november december monday tuesday "
    r"wednesday thursday friday saturday sunday spring summer autumn winter week\w* month\w* year\w* day\w* "
    r"tomorrow yesterday"
)
_SELF: Final = _any(r"we i us our me my ourselves")
_SHORT: Final = 6
"""The words from which on a content is not short."""


@dataclass(frozen=True, slots=True)
class _Sense:
    """What a sentence shows; `turn` is -1 where it negates an odd number of times, else 1."""

    stems: frozenset[str]
    negations: int
    turn: int
    side: int
    value: int
    ought: bool


@lru_cache(maxsize=1024)
def _sense(words: str) -> _Sense:
    negations, small = len(labels.NEGATION.findall(words)), words.lower()
    turn = -1 if negations % 2 else 1
    side, value = turn * _balance(small, _UP, _DOWN), turn * _balance(small, _GOOD, _BAD)
    return _Sense(labels.stems(words), negations, turn, side, value, _OUGHT.search(small) is not None)


def _balance(small: str, more: Pattern, less: Pattern) -> int:
    difference = len(more.findall(small)) - len(less.findall(small))
    return (difference > 0) - (difference < 0)


@lru_cache(maxsize=1024)
def _named_in(names: Index, target: str) -> frozenset[str]:
    """Return the agents that `target` names unambiguously."""
    return frozenset([mention.agents[0] for mention in names.in_text(target) if len(mention.agents) == 1])


def role(names: Index, speaker: str, target: str) -> str:
    """Return what `speaker` is to `target`: named in it ("itself"), of a house named in it ("of"), or "other"."""
    named, agent = _named_in(names, target), names.agents.get(speaker)
    if agent is None:
        return "other"
    return "itself" if agent.id in named else "of" if agent.affiliation in named else "other"


def sides(words: str, target: str, verb: str, kind: Kind, speaker: Agent | None, part: str) -> list[Features]:
    """Return the features of every stance toward `target`, in the order of `STANCES`.

    `part` is the speaker's `role`.
    """
    lean = {} if kind == "refusal" else _lean(words, target, verb, kind, speaker, part)
    leaning = {f"lean.{name}": float(value) for name, value in lean.items() if value}
    even = {f"even.{name}": float(value) for name, value in _even(words, target, kind, speaker, part).items() if value}
    turned = {name: -value for name, value in leaning.items()}
    return [{"favor": leaning, "against": turned, "neutral": even}[name] for name in STANCES]


def _lean(words: str, target: str, verb: str, kind: Kind, speaker: Agent | None, part: str) -> dict[str, float]:
    """Return what leans toward the target (over 0), or away from it."""
    own, aim = _sense(words), _sense(target)
    mood = "ought" if aim.ought else "fact"
    shared = len(own.stems & aim.stems) / max(1, len(aim.stems))
    small = words.lower()
    will, self_, condition, compared = (
        pattern.search(small) is not None for pattern in (_WILL, _SELF, _CONDITION, _COMPARED)
    )
    adverse = labels.is_adverse(words, target)
    found: dict[str, float] = {
        "turn": own.turn,
        "shares": own.turn * (shared > 0),
        "share": own.turn * shared,
        "same": own.side * aim.side,
        "alike": own.value * aim.value,
        "side": own.side,
        "value": own.value,
        "ought": own.ought * own.turn,
        "will": will * own.turn,
        "condition": -float(condition),
    }
    found |= {
        f"{name}.{mood}": value for name, value in found.items() if name not in ("shares", "share", "same", "alike")
    }
    found |= {"crossed": own.value * aim.side, "crossing": own.side * aim.value, "overlap": shared, "adverse": -adverse}
    found |= {f"mood.{mood}": 1.0, f"part.{part}.{mood}": 1.0, f"kind.{kind}": 1.0, f"kind.{kind}.{mood}": 1.0}
    found |= {"compared": -float(compared), "cue": labels.judgement(verb)}
    found |= {"self": self_, f"self.will.{mood}": self_ * will * own.turn}
    if kind == "denial":
        found |= {"denied.shares": -(shared > 0), "denied.part": part != "other", "denied.value": -own.value}
    return found | ({speaker.type: 1.0, f"{speaker.type}.{mood}": 1.0} if speaker is not None else {})


def _even(words: str, target: str, kind: Kind, speaker: Agent | None, part: str) -> dict[str, float]:
    """Return what speaks for no side."""
    own, aim = _sense(words), _sense(target)
    mood = "ought" if aim.ought else "fact"
    small = words.lower()
    figure, when, condition = (pattern.search(small) is not None for pattern in (_FIGURE, _WHEN, _CONDITION))
    found: dict[str, float] = {
        "bias": 1.0,
        f"mood.{mood}": 1.0,
        f"part.{part}": 1.0,
        f"kind.{kind}": 1.0,
        f"kind.{kind}.{mood}": 1.0,
        "figure": figure,
        f"figure.{mood}": figure,
        "figure.plain": figure and not own.ought,
        "when": when,
        f"when.{mood}": when,
        "plain": not (own.ought or condition or own.value or own.side),
        "strange": not own.stems & aim.stems,
        "value.none": own.value == 0,
        "side.none": own.side == 0,
        "negation.none": own.negations == 0,
        "ought.none": not own.ought,
        "condition.none": not condition,
        "short": len(words.split()) < _SHORT,
    }
    return found | ({speaker.type: 1.0, speaker.identity: 1.0} if speaker is not None else {})
