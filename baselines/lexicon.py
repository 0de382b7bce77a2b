"""The cue lexicon: the verbs by which English news attributes, and the small words that rules steer by.

A *cue verb* has a frame, which says where its content stands:

* `SAY` takes a clause, may follow its content ("…, Marn said") and be inverted ("…, said Marn");
* `TELL` names the hearer before the clause ("told the council that …");
* `HOLD` is a thought or a feeling that the text reports ("believes that …");
* `JUDGE` takes an object and says what the speaker holds of it ("criticised the plan");
* `VOW` takes an infinitive ("promised to …");
* `SHOW` is said of a document or a study ("the report shows that …");
* `SEEM` reports an impression that no one is named for;
* `REFUSE` and `DENY` make the claim a refusal or a denial.

The lexicon was written by hand from counts over news text; it holds words, no prose. It cannot know a verb that is not
in it, nor tell apart the readings of one that is ("called the office").
"""

from __future__ import annotations

from typing import Final, Literal

Frame = Literal["say", "tell", "hold", "judge", "vow", "show", "refuse", "deny", "seem"]

_SAY: Final = """
add admit acknowledge affirm allege announce answer argue assert boast caution charge claim comment complain concede
conclude confess confide confirm contend continue counter cry declare disclose explain exclaim fume gush hint imply
indicate insist interject joke lament marvel mention muse note observe opine pronounce protest quip recall recount
reiterate remark repeat reply report respond retort reveal say sigh shout signal speculate stress suggest testify
theorize theorise tweet post volunteer vent warn whisper wonder write yell proclaim predict agree object plead posit
profess emphasize emphasise underline underscore guess ask read elaborate chant email forecast echo blog scoff bemoan
grumble rejoin stammer mutter murmur thunder chide reaffirm state maintain hold put
"""
_TELL: Final = "tell assure remind inform convince persuade notify advise promise urge"
_HOLD: Final = """
believe think hope fear feel expect assume suspect doubt worry know agree want wish prefer imagine consider understand
realize realise regret prefer remember learn decide
"""
_JUDGE: Final = """
accuse applaud attack assail blame blast brand challenge champion cite commend condemn criticize criticise decry defend
denounce deplore deride describe dismiss disparage dub endorse favor favour hail highlight label lambaste lampoon laud
liken mock name oppose portray praise question rail rebuke rebut recommend reference rip slam support tout thank welcome
propose express voice call quote demand discuss invoke credit depict characterize characterise compare trash ridicule
bash pan dispute scold hammer identify apologize apologise refer regard see talk speak point remember
"""
_VOW: Final = "request decide order vow pledge threaten offer seek refuse decline swear agree intend urge"
_SHOW: Final = "show find suggest indicate reveal estimate project "
_SEEM: Final = "seem appear"
_REFUSE: Final = "decline refuse"
_DENY: Final = "deny reject dispute rebuff refute"

_IRREGULAR: Final = {
    "say": ("says", "said", "saying", "said"),
    "tell": ("tells", "told", "telling", "told"),
    "think": ("thinks", "thought", "thinking", "thought"),
    "feel": ("feels", "felt", "feeling", "felt"),
    "write": ("writes", "wrote", "writing", "written"),
    "know": ("knows", "knew", "knowing", "known"),
    "understand": ("understands", "understood", "understanding", "understood"),
    "read": ("reads", "read", "reading", "read"),
    "show": ("shows", "showed", "showing", "shown"),
    "find": ("finds", "found", "finding", "found"),
    "seek": ("seeks", "sought", "seeking", "sought"),
    "swear": ("swears", "swore", "swearing", "sworn"),
    "speak": ("speaks", "spoke", "speaking", "spoken"),
    "see": ("sees", "saw", "seeing", "seen"),
    "hold": ("holds", "held", "holding", "held"),
    "put": ("puts", "put", "putting", "put"),
    "learn": ("learns", "learned", "learning", "learnt"),
    "forecast": ("forecasts", "forecast", "forecasting", "forecast"),
}
_DOUBLED: Final = {
    "plan": "plann",
    "slam": "slamm",
    "dub": "dubb",
    "rip": "ripp",
    "refer": "referr",
    "quip": "quipp",
    "rebut": "rebutt",
    "admit": "admitt",
    "regret": "regrett",
    "pan": "pann",
    "blog": "blogg",
}


def inflected(verb: str) -> tuple[str, str, str, str]:
    """Return the third person, past, present participle and past participle of `verb`."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    stem = _DOUBLED.get(verb, verb)
    if verb.endswith("e"):
        return verb + "s", verb + "d", verb[:-1] + "ing", verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing", verb[:-1] + "ied"
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    return third, stem + "ed", stem + "ing", stem + "ed"


Form = Literal["base", "third", "past", "ing", "part"]


def _verbs() -> dict[str, tuple[Frame, Form, str]]:
    found: dict[str, tuple[Frame, Form, str]] = {}
    frames: tuple[tuple[Frame, str], ...] = (  # where a verb has two frames, the first counts
        ("refuse", _REFUSE),
        ("deny", _DENY),
        ("tell", _TELL),
        ("say", _SAY),
        ("vow", _VOW),
        ("show", _SHOW),
        ("judge", _JUDGE),
        ("hold", _HOLD),
        ("seem", _SEEM),
    )
    for frame, verbs in frames:
        for verb in verbs.split():
            third, past, ing, part = inflected(verb)
            forms: tuple[tuple[Form, str], ...] = (
                ("past", past),
                ("third", third),
                ("ing", ing),
                ("part", part),
                ("base", verb),
            )
            for form, word in forms:
                for shape in (word, word.capitalize()):
                    found.setdefault(shape, (frame, form, verb))
    return found


VERBS: Final = {word: verb for word, verb in _verbs().items() if word != "States"}
"""Form of a cue verb (also with a capital) -> its frame, its form and its infinitive."""


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list that is written with spaces."""
    return frozenset(words.split())


def _both(words: str) -> frozenset[str]:
    return frozenset([*words.split(), *words.title().split()])


SUBJECTS: Final = _both("he she they it we i you")
"""Pronouns that are subjects."""
OBJECTS: Final = word_set("him her them me us himself herself themselves itself you")
AUXILIARIES: Final = _both(
    "has have had is are was were be been being am will would could should may might can shall must did does do cannot"
) | word_set("'s ’s 've ’ve 'd ’d 'll ’ll 're ’re 'm ’m")
MODALS: Final = _both("will would could should may might can shall must did does do cannot") | word_set("'ll ’ll 'd ’d")
NEGATIONS: Final = _both("not never nor neither") | word_set("'t ’t don didn wouldn won doesn couldn isn hasn")
ADVERBS: Final = _both(
    "also later then now still once even just again often always ever far soon yet further instead only long already"
    " first both all more meanwhile thus rather sometimes twice nonetheless nevertheless"
)
DETERMINERS: Final = _both(
    "the a an his her its their our my your this these that those some many most several any all both no each every"
    " another other one two three four five six seven eight nine ten"
)
PREPOSITIONS: Final = _both(
    "of in on at for with from by about against under over after before during between among through into near to via"
    " within without around across behind beyond since until despite including amid like"
)
SUBORDINATORS: Final = _both(
    "that because as if when while although though whether where why how which who whose whom what than so unless"
    " whereas whereby"
)
COORDINATORS: Final = _both("and but or nor yet")
DAYS: Final = word_set(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday today yesterday tonight earlier later last this recently"
    " afterwards afterward Today Yesterday"
)
SUPPOSED_NOUNS: Final = word_set(
    "report claim plan hope call attack support question note show demand challenge comment praise point list fear"
    " estimate offer answer promise project brand rail signal talk post hint doubt wish blast protest object"
    " charge credit mock pan rip slam hammer blame counter quote threat host find cry concern email remark request"
    " decide order state warn echo speak worry name forecast slight label regard"
)
"""Verbs whose third person or base form is a noun more often, unless a pronoun or a name stands before it."""

_PARTICLE_TABLE: Final = """
about: talk speak complain warn ask worry lament speculate boast joke know think read write wonder tweet testify learn
of: talk speak complain warn boast think say write tell learn
for: call ask apologize apologise argue plead hope
on: call comment agree decide elaborate remark reflect
to: point refer object respond reply
against: warn rail protest argue
out: point speak seek lash
at: hint marvel
with: agree
"""


def _particles() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _PARTICLE_TABLE.strip().splitlines():
        particle, _, verbs = line.partition(":")
        for verb in verbs.split():
            found.setdefault(verb, set()).add(particle)
    return {verb: frozenset(particles) for verb, particles in found.items()}


PARTICLES: Final = _particles()
"""Particles and prepositions that stand between a verb and its content, and belong to neither."""

ACCORDING: Final = word_set("according According")

NEEDS_CLAUSE: Final = word_set("hold maintain put")
"""Verbs that attribute only where a *that*, an *it* or a quotation follows."""

LIGHT: Final = word_set("express voice offer issue")
"""Verbs whose object names the attitude ("voiced support for …"): the content begins behind the preposition."""
