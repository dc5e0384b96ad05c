"""Which of several entries a word means where it stands: name or everyday word, noun, adjective or verb."""

from __future__ import annotations

from collections.abc import Sequence

from vistka.text.lemmas import Reading, Token, lemmas, normal_word, readings
from vistka.translate.lexicon_entries import PROPER, Entry

# Part of speech of an entry → those of pymorphy3 that it can be.
_READ_AS: dict[str, frozenset[str]] = {
    "noun": frozenset({"NOUN"}),
    "verb": frozenset({"VERB", "GRND"}),
    "adj": frozenset({"ADJF", "NPRO", "NUMR"}),
    "adv": frozenset({"ADVB", "PREP", "CONJ", "PRCL", "INTJ", "PRED", "NUMR", "NPRO"}),
}
# What stands between an adjective and its noun.
ONE_SPACE = frozenset({" ", "\n", "\u00a0"})

_CASES = frozenset({"nomn", "gent", "datv", "accs", "ablt", "loct", "voct"})
_GENDERS = frozenset({"masc", "femn", "neut"})

# Words that an infinitive follows; without one before it `мати` is the mother.
_BEFORE_INFINITIVE = frozenset(
    "могти змогти мусити хотіти захотіти бути стати почати починати прагнути повинен треба слід потрібно варто можна "
    "неможливо необхідно доведеться довестися щоб аби не право можливість готовий здатний намагатися дозволити "
    "планувати продовжувати мати би б".split()
)


def is_name(entry: Entry) -> bool:
    """Whether the entry is written with a capital."""
    return entry.pos in PROPER and entry.lemma[:1].isupper()


def choose(
    entries: Sequence[Entry], words: Sequence[Token], index: int, between: str, *, shouted: bool, quoted: bool = False
) -> Entry:
    """The one of `entries` that word number `index` of the sentence means.

    Args:
        entries: one or more, of one word each; the first stands where the sentence does not tell.
        words: the words of the sentence.
        index: which of them is meant.
        between: what stands between that word and the next one.
        shouted: the sentence is in capitals throughout.
        quoted: that word stands alone between quotation marks: «Шахтар» is the club even where a sentence begins.
    """
    capital_says_nothing = (index == 0 and not quoted) or shouted
    names = [entry for entry in entries if is_name(entry)]
    if names and not capital_says_nothing:
        return names[0]
    others = [entry for entry in entries if not is_name(entry)]
    if not others or (names and not shouted and _goes_on_as_a_person(names[0], words, index)):
        return names[0]
    word = words[index]
    known = readings(word.text)
    fitting = [entry for entry in others if _can_be(entry, word, known)] or others
    if len(fitting) == 1:
        return fitting[0]
    after = words[index + 1] if index + 1 < len(words) and between in ONE_SPACE else None
    pos = _part_of_speech({entry.pos for entry in fitting}, known, words[index - 1] if index else None, after)
    return next((entry for entry in fitting if entry.pos == pos), fitting[0])


def _goes_on_as_a_person(entry: Entry, words: Sequence[Token], index: int) -> bool:
    """`Роман Іваненко`, and `Роман приїхав`, which a novel may do but seldom does."""
    after = words[index + 1] if index + 1 < len(words) else None
    if entry.pos != "name" or after is None:
        return False
    return after.is_capitalised or (after.pos == "VERB" and "past" in readings(after.text)[0].grammemes)


def is_adjective_of(entry: Entry, word: Token, after: Token) -> bool:
    """Whether `word`, read as the adjective `entry`, agrees with the noun that may follow it."""
    own = normal_word(entry.lemma)
    return _agree([r for r in readings(word.text) if r.lemma == own and r.pos == "ADJF"], readings(after.text))


def is_only_verb(word: Token, others: Sequence[Token]) -> bool:
    """Whether `word`, by its form a verb or something else, is the verb: no other word of its clause is one.

    `рух обмежено` is restricted, `він обмежено рухається` moves in a limited way; було and є only help another verb.
    `фальшивим` and `порожній` are no verbs: hardly any text says "let us be false" or "grow empty!".
    """
    if not any(reading.known and _is_finite(reading) and not _is_appeal(reading) for reading in readings(word.text)):
        return False
    return not any(known and _is_finite(known[0]) for other in others if (known := readings(other.text)))


def _is_finite(reading: Reading) -> bool:
    return reading.pos == "VERB" and "infn" not in reading.grammemes and reading.lemma != "бути"


def _is_appeal(reading: Reading) -> bool:
    return "impr" in reading.grammemes or {"1per", "plur"} <= reading.grammemes


def _part_of_speech(
    possible: set[str], known: Sequence[Reading], before: Token | None, after: Token | None
) -> str | None:
    if {"adj", "noun"} <= possible:
        adjectives = [reading for reading in known if reading.pos == "ADJF"]
        return "adj" if after is not None and _agree(adjectives, readings(after.text)) else "noun"
    if {"verb", "noun"} <= possible and any("infn" in reading.grammemes for reading in known):
        governed = before is not None and not _BEFORE_INFINITIVE.isdisjoint(lemmas(before.text))
        return "verb" if governed else "noun"
    return None


def _agree(adjectives: Sequence[Reading], nouns: Sequence[Reading]) -> bool:
    """Whether some reading of the one word goes with some noun reading of the next: case, number and gender."""
    return any(
        noun.pos == "NOUN" and noun.known and _same_form(adjective.grammemes, noun.grammemes)
        for adjective in adjectives
        for noun in nouns
    )


def _same_form(adjective: frozenset[str], noun: frozenset[str]) -> bool:
    if not adjective & noun & _CASES and "Fixd" not in noun:
        return False
    if ("plur" in adjective) != ("plur" in noun):
        return False
    return "plur" in adjective or bool(adjective & noun & _GENDERS)


def _can_be(entry: Entry, word: Token, known: Sequence[Reading]) -> bool:
    """Whether some reading of the word is one of the entry."""
    own, kinds = normal_word(entry.lemma), _READ_AS.get(entry.pos)
    if kinds is None or any(reading.lemma == own and reading.pos in kinds for reading in known):
        return True
    # The dictionary has no `слід` that means "should": this very form may be that.
    return entry.pos == "adv" and normal_word(word.text) == own
