"""English words cut down so that forms of one family are alike: decide, decides, decision; fight, fought.

Coarser than a stemmer for search (Porter 1980), on purpose: a translator may turn a verb into its noun, and a word of
the same family is then a trace of the source all the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Verbs with "not" inside say what "do" and "can" say.
_CONTRACTED = re.compile(r"n['’]t$|^(?:it|that|there|they|he|she|we|you|i|what|who|here|let)['’]", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

LITTLE_WORDS = frozenset(
    """a an the of to in on at by for from with as and or but nor not no be is are was were been being am it its he she
    they them his her their our we us you your i me my mine this that these those there here who whom whose which what
    when where why how if then than so such into onto upon about over under out up down off do does did done have has
    had having will would shall should can could may might must also all any some one's one oneself s t re ve ll d m
    let get got very more most too only even just each other own same both either between after before during while
    because since until through""".split()
)
"""Words that are no trace of anything: any English sentence has them."""

_ENDINGS = tuple(
    """ational isation ization fulness iveness ations ments ation ition ingly ities ships ement ness ment ions able ible
    ance ence ship ally ings ity ion ing ied ies ers ors ive ful ous ist ism ial ian est ish ed er or es ly al ic cy ty
    en y e s""".split()
)
_SHORT_ENDINGS = frozenset({"ed", "ing", "es", "er", "en", "s"})
_MIN_STEM, _MIN_VERB_STEM, _MAX_STEM = 4, 3, 6

# Word of the family → the forms that no rule leads back to it.
_FAMILIES = """
    use used uses using;
    say said; tell told; go went gone; come came; take took taken; give gave given gift; make made; know knew known;
    see saw seen; find found; leave left; feel felt; keep kept; hold held; bring brought; buy bought;
    think thought thoughts; fight fought; teach taught; catch caught; begin began begun; break broke broken;
    speak spoke spoken speech; write wrote written; choose chose chosen choice; rise rose risen; fall fell fallen;
    grow grew grown growth; draw drew drawn; throw threw thrown; fly flew flown flight; stand stood;
    understand understood; lose lost loss losses; meet met; lead led; pay paid; send sent; spend spent; build built;
    win won; shoot shot shots; seek sought; steal stole stolen; die died dead death deaths dying; life lives;
    man men; woman women; child children; person people; become became; run ran; sit sat; sleep slept;
    sell sold sale sales; hide hid hidden; drive drove driven; eat ate eaten; forget forgot forgotten; foot feet;
    good better best; bad worse worst; strike struck; hear heard; mean meant; deal dealt; lie lain lying; lay laid;
    bear bore borne born; swear swore sworn; tear tore torn; wear wore worn; freeze froze frozen;
    shake shook shaken; beat beaten; sink sank sunk; swim swam swum; sing sang sung; drink drank drunk; burn burnt;
    flee fled; feed fed; prove proven proof; show shown; strong strength; long length; defend defence defense;
    believe belief; succeed success; decide decision decisions; destroy destruction; invade invasion;
    respond response; explode explosion explosions; wife wives; half halves
"""
_FAMILY = {form: line.split()[0] for line in _FAMILIES.split(";") for form in line.split()[1:]}


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What the words of one family share: at most six letters, lower case. `word` is one word."""
    short = word.lower().replace("’", "'").split("'")[0]
    short = _FAMILY.get(short, short)
    for _ in range(3):
        ending = next((e for e in _ENDINGS if short.endswith(e) and len(short) - len(e) >= _shortest(e)), "")
        if not ending:
            break
        short = short[: -len(ending)]
    return _without_last(short)[:_MAX_STEM]


def _shortest(ending: str) -> int:
    """Letters that have to be left: `liked` and `uses` are short words with an ending of grammar."""
    return _MIN_VERB_STEM if ending in _SHORT_ENDINGS else _MIN_STEM


def _without_last(short: str) -> str:
    """Cut what is left of short words: `city` and `cities`, `stopp(ed)` and `stop`."""
    if len(short) < _MIN_STEM:
        return short
    if short[-1] in "eiy" or (short[-1] == "s" and short[-2] != "s"):
        short = short[:-1]
    return short[:-1] if len(short) > 3 and short[-1] == short[-2] else short


def is_content(word: str) -> bool:
    """Whether an English word says something by itself."""
    return word.lower() not in LITTLE_WORDS and not _CONTRACTED.search(word)


@lru_cache(maxsize=65536)
def content_stems(text: str) -> tuple[str, ...]:
    """The stem of each word of `text` that says something, each once, in order."""
    return tuple(dict.fromkeys(stem(word) for word in WORD.findall(text) if is_content(word)))
