"""Who did what: what a clause joins, its source must join too, and in the same order.

No parser is used: names are capitalised words, verbs are told by their endings and a list of the irregular ones that
news is written with. What has no name or no verb by these signs is not judged here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from vistka.summarize.content import content_stems

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_POSSESSIVE = re.compile(r"[’'](?:s|S)?$")
# Forms → one stem. Only what the ending does not tell; the verbs of saying are left out, since any source says much.
_IRREGULAR = {
    form: forms.split()[0]
    for forms in (
        "arise arose arisen", "beat beats beaten beating", "begin began begun begins", "bring brought brings",
        "build built builds", "buy bought buys", "catch caught", "choose chose chosen", "draw drew drawn",
        "drive drove driven", "fall fell fallen falls", "fight fought fights", "find found finds", "fly flew flown",
        "freeze froze frozen", "get got gets", "give gave given gives", "grow grew grown grows", "hit hits hitting",
        "hold held holds", "keep kept", "kill kills killing", "lead led leads", "leave left leaves", "lose lost loses",
        "meet met meets", "pay paid pays", "rise rose risen rises", "sell sold sells", "send sent sends",
        "shoot shot shoots", "steal stole stolen", "strike struck strikes", "take took taken takes",
        "teach taught", "throw threw thrown", "win won wins winning", "write wrote written",
    )
    for form in forms.split()
}  # fmt: skip
_NO_VERBS = frozenset(
    "said according reported hundred need indeed speed based united need breed seed feed exceed blessed red bed led "
    "sacred wicked naked hatred kindred used called named said added".split()
)
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december mr mrs ms dr the a an he she it they we you i his her its their our my this "
    "that these those there in on at by for from to of and but or as if so no not".split()
)
_BE = frozenset("is are was were be been being get got".split())
_PASSIVE_REACH = 3
_REACH = 4
"""Words on either side of a name that are its company."""
_CROSSED_BY = 3
"""Words by which two names keep each other's company rather than their own."""
_LEAST_SHARE = 0.5
_STEM = 5
_NAME = re.compile(r"\b[A-Z][\w’'-]*")


@dataclass(frozen=True, slots=True)
class _Clause:
    """The words of a clause or sentence, with where its names and verbs stand."""

    words: tuple[str, ...]
    names: tuple[tuple[str, int], ...]
    verbs: tuple[tuple[str, int], ...]

    @property
    def name_set(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.names)

    @property
    def verb_set(self) -> frozenset[str]:
        return frozenset(verb for verb, _ in self.verbs)


def _verb_stem(word: str) -> str:
    """The stem of a word that looks like a finite verb; empty for any other."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _NO_VERBS or not re.fullmatch(r"[a-z]{3,}ed", word):
        return ""
    return word[:-2][:_STEM]


@lru_cache(maxsize=512)
def _read(text: str) -> _Clause:
    words, names, verbs = [], [], []
    for index, match in enumerate(_WORD.finditer(text)):
        word = _POSSESSIVE.sub("", match.group())
        lower = word.lower()
        words.append(lower)
        if word[:1].isupper() and lower not in _CALENDAR:
            names.append((lower, index))
        elif stem := _verb_stem(lower):
            verbs.append((stem, index))
    return _Clause(tuple(words), tuple(names), tuple(verbs))


def _is_passive(clause: _Clause, at: int) -> bool:
    return bool(set(clause.words[max(0, at - _PASSIVE_REACH) : at]) & _BE) and "by" in clause.words[at : at + 6]


def _sides(clause: _Clause, verb: str) -> tuple[frozenset[str], frozenset[str]] | None:
    """(the names before, the names behind) the verb, as the one who acts and the one who is acted on."""
    at = next((index for stem, index in clause.verbs if stem == verb), None)
    if at is None:
        return None
    before = frozenset(name for name, index in clause.names if index < at)
    behind = frozenset(name for name, index in clause.names if index > at)
    return (behind, before) if _is_passive(clause, at) else (before, behind)


def wrong_relations(clauses: Iterable[str], sentences: Sequence[str]) -> list[str]:
    """Those of `clauses` that no one of `sentences`, the source's, bears out."""
    known = [_read(sentence) for sentence in sentences]
    everywhere = frozenset(name for sentence in known for name, index in sentence.names if index)
    return [clause for clause in clauses if not _is_borne_out(_read(clause), known, everywhere)]


def _is_borne_out(clause: _Clause, sentences: Sequence[_Clause], everywhere: frozenset[str]) -> bool:
    # A capital at the start of a sentence is a name only where the source has it elsewhere too.
    names = clause.name_set & everywhere
    if names and any(_is_crossed(clause, sentence, names) for sentence in _nearest(clause, sentences)):
        return False
    if not names or not clause.verbs:
        return True
    return all(_is_joined(clause, names, verb, sentences) for verb in clause.verb_set)


def _nearest(clause: _Clause, sentences: Sequence[_Clause]) -> list[_Clause]:
    """The sentence that shares most words with the clause; none where they have little in common."""
    own = set(clause.words)
    shared = [len(own & set(sentence.words)) for sentence in sentences]
    most = max(shared, default=0)
    return [sentences[shared.index(most)]] if most >= _LEAST_SHARE * len(own) else []


def _runs(clause: _Clause, names: frozenset[str]) -> list[tuple[frozenset[str], int, int]]:
    """Names of several words: (the words, the number of the first, of the last)."""
    runs: list[tuple[frozenset[str], int, int]] = []
    for name, index in clause.names:
        if name not in names:
            continue
        if runs and runs[-1][2] == index - 1:
            words, first, _ = runs[-1]
            runs[-1] = (words | {name}, first, index)
        else:
            runs.append((frozenset({name}), index, index))
    return runs


def _company(clause: _Clause, first: int, last: int) -> frozenset[tuple[str, int]]:
    """The words beside a name, each with its side: what it is called and what it does."""
    before = clause.words[max(0, first - _REACH) : first]
    behind = clause.words[last + 1 : last + 1 + _REACH]
    return frozenset({*((word, -1) for word in before), *((word, 1) for word in behind)})


def _is_crossed(clause: _Clause, sentence: _Clause, names: frozenset[str]) -> bool:
    """Whether two names of the clause each keep the company that the other one has in the sentence."""
    runs, theirs = _runs(clause, names), _runs(sentence, names)
    # A name that stands twice has two companies.
    often = Counter(word for run in theirs for word in run[0]) | Counter(word for run in runs for word in run[0])
    there = {word: run for run in theirs for word in run[0] if often[word] == 1}
    known = [(run, there[word]) for run in runs if (word := next((w for w in run[0] if w in there), ""))]
    for number, (one, one_there) in enumerate(known):
        for other, other_there in known[number + 1 :]:
            if one_there is other_there or one[0] & other[0]:
                continue
            here = [_company(clause, *run[1:]) for run in (one, other)]
            source = [_company(sentence, *run[1:]) for run in (one_there, other_there)]
            straight = len(here[0] & source[0]) + len(here[1] & source[1])
            crossed = len(here[0] & source[1]) + len(here[1] & source[0])
            if crossed >= straight + _CROSSED_BY:
                return True
    return False


def _is_joined(clause: _Clause, names: frozenset[str], verb: str, sentences: Sequence[_Clause]) -> bool:
    sides = _sides(clause, verb)
    there = [index for index, sentence in enumerate(sentences) if verb in sentence.verb_set]
    if sides is None or not there:
        return True  # a verb that the source has in no form is a new word, which is judged elsewhere
    acts, acted_on = sides[0] & names, sides[1] & names
    return any(_bears_out(acts, acted_on, verb, sentences, index) for index in there)


def _bears_out(
    acts: frozenset[str], acted_on: frozenset[str], verb: str, sentences: Sequence[_Clause], index: int
) -> bool:
    sentence = sentences[index]
    found = _sides(sentence, verb) or (frozenset(), frozenset())
    if acts and acted_on and acts & found[1] - found[0] and acted_on & found[0] - found[1]:
        return False  # the other way round
    # The sentence before may name who this one calls "he" or "the company".
    near = sentence.name_set | (sentences[index - 1].name_set if index else frozenset())
    named = acts or acted_on
    return bool(named & near)


def parted_words(clause: str, sentences: Sequence[frozenset[str]]) -> list[tuple[str, str]]:
    """Neighbouring content words of `clause` that no sentence of the source holds together.

    A sentence that is put together from two others, with the subject of one and the predicate of the other, has such a
    pair where they meet. Names are left out: agencies put the name for the "he" of the source.

    Args:
        clause: English.
        sentences: the stems of the content words of each sentence of the source.
    """
    first, _, rest = clause.partition(" ")
    stems = content_stems(first + " " + _NAME.sub(" ", rest))
    return [pair for pair in pairwise(stems) if not any(set(pair) <= sentence for sentence in sentences)]
