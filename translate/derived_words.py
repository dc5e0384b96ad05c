"""English of words that the lexicon lacks, by the word that they are made of: `виголошуючи` is deliver + ing.

The lexicon has the commonest of them by themselves. Gerunds, participles, degrees of comparison, verbal nouns, adverbs
and compounds can be made of any verb or adjective; what is worked out here is a hint to the model, and no check takes
it for certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vistka.text.lemmas import Reading, Token, normal_word, readings
from vistka.translate.english_forms import adverb, comparative, past_participle, present_participle, superlative
from vistka.translate.glossary import Glossary

_VERBAL_NOUN = re.compile(r"(?P<stem>.{4,})(?P<vowel>[аея])ння$")
_INFINITIVES = {"а": ("ати",), "я": ("яти",), "е": ("ити", "іти", "їти")}
_ADJECTIVE_ENDS = ("ий", "ій")
# What stands before another word → its English. Before a capital or a hyphen too: `екс-президент`.
_PREFIXES = {
    "екс": "former ",
    "віце": "vice-",
    "анти": "anti-",
    "контр": "counter-",
    "супер": "super",
    "псевдо": "pseudo-",
    "мікро": "micro-",
    "міні": "mini-",
    "кібер": "cyber ",
    "відео": "video ",
    "нано": "nano-",
    "пост": "post-",
    "мульти": "multi-",
    "само": "self-",
    "спів": "co-",
    "еко": "eco-",
    "теле": "television ",
    "радіо": "radio ",
    "фото": "photo ",
    "електро": "electric ",
    "енерго": "power ",
    "авіа": "air ",
    "інтернет": "internet ",
    "онлайн": "online ",
    "бізнес": "business ",
    "веб": "web ",
    "топ": "top ",
    "арт": "art ",
    "рок": "rock ",
    "поп": "pop ",
}
_FEWEST_LETTERS = 5
"""Of the word behind a prefix that no hyphen sets off: `контракт` is no акт."""


def derived(word: Token, glossary: Glossary) -> tuple[str, str] | None:
    """(dictionary form, English) of `word`, for which `glossary` has no entry; None where nothing tells.

    Args:
        word: of a sentence.
        glossary: has the words that others are made of.
    """
    if len(word.text) < _FEWEST_LETTERS or not word.text[0].isalpha() or word.is_upper:
        return None
    known = readings(word.text)
    return next(_tried(normal_word(word.text), known, glossary), None)


def _tried(form: str, known: tuple[Reading, ...], glossary: Glossary) -> Iterator[tuple[str, str]]:
    for reading in known:
        if reading.known and reading.pos == "GRND":
            yield from _gerund(form, glossary)
        if reading.known and reading.pos in {"ADJF", "COMP", "ADVB"}:
            yield from _compared(reading, glossary)
        if reading.known and reading.pos == "ADJF":
            yield from _participle(reading, glossary)
        if reading.known and reading.pos == "ADVB":
            yield from _adverb(reading, glossary)
        if reading.known and reading.pos == "NOUN":
            yield from _verbal_noun(reading, glossary)
    for reading in known:
        yield from _compound(reading, glossary)


def _sense(lemma: str, pos: str, glossary: Glossary) -> str | None:
    """The first sense of `lemma`, if `glossary` has it alone and as this part of speech."""
    found = glossary.matches(lemma)
    if len(found) != 1 or found[0].span.of(lemma) != lemma or found[0].entry.pos != pos:
        return None
    return found[0].entry.sense


def _first_sense(lemmas: Iterable[str], pos: str, glossary: Glossary) -> str | None:
    """The first sense of the first of `lemmas` that `glossary` has so."""
    return next(filter(None, (_sense(lemma, pos, glossary) for lemma in lemmas)), None)


def _verb_sense(form: str, glossary: Glossary) -> str | None:
    """The sense of the verb that `form` is a form of."""
    verbs = (one.lemma for one in readings(form) if one.known and one.pos in {"VERB", "INFN"})
    return _first_sense(verbs, "verb", glossary)


def _gerund(form: str, glossary: Glossary) -> Iterator[tuple[str, str]]:
    """`виголошуючи` is of виголошують, `повернувшись` of повернувся."""
    core, reflexive = (form[:-2], "ся") if form.endswith("сь") else (form, "")
    if core.endswith("чи"):
        sense = _verb_sense(core[:-2] + "ть" + reflexive, glossary)
        if sense:
            yield form, present_participle(sense)
    elif core.endswith("ши"):
        sense = _verb_sense(core[:-2] + reflexive, glossary)
        if sense:
            yield form, f"having {past_participle(sense)}"


def _compared(reading: Reading, glossary: Glossary) -> Iterator[tuple[str, str]]:
    """`найоптимістичніший` is of оптимістичний."""
    lemma = reading.lemma
    is_most = lemma.startswith("най")
    core = lemma.removeprefix("най") if is_most else lemma
    if not core.endswith(("іший", "іше")):
        return
    base = core.removesuffix("іший").removesuffix("іше")
    sense = _sense(base + "ий", "adj", glossary)
    if sense:
        yield lemma, superlative(sense) if is_most else comparative(sense)


def _participle(reading: Reading, glossary: Glossary) -> Iterator[tuple[str, str]]:
    """`недооцінений` is of недооцінено, which is a form of its verb."""
    if not reading.lemma.endswith(("ний", "тий")):
        return
    sense = _verb_sense(reading.lemma[:-2] + "о", glossary)
    if sense:
        yield reading.lemma, past_participle(sense)


def _adverb(reading: Reading, glossary: Glossary) -> Iterator[tuple[str, str]]:
    if not reading.lemma.endswith(("о", "е")):
        return
    sense = _first_sense((reading.lemma[:-1] + end for end in _ADJECTIVE_ENDS), "adj", glossary)
    if sense and (english := adverb(sense)):
        yield reading.lemma, english


def _verbal_noun(reading: Reading, glossary: Glossary) -> Iterator[tuple[str, str]]:
    """`виловлювання` is of виловлювати."""
    match = _VERBAL_NOUN.match(reading.lemma)
    if match is None:
        return
    sense = _first_sense((match["stem"] + end for end in _INFINITIVES[match["vowel"]]), "verb", glossary)
    if sense:
        yield reading.lemma, present_participle(sense)


def _compound(reading: Reading, glossary: Glossary) -> Iterator[tuple[str, str]]:
    """`екс-президент`, `супермодель`, `військово-політичний`."""
    pos = {"NOUN": "noun", "ADJF": "adj"}.get(reading.pos)
    if pos is None:
        return
    first, hyphen, second = reading.lemma.partition("-")
    for prefix, english in _PREFIXES.items():
        rest = second if hyphen and first == prefix else "" if hyphen else reading.lemma.removeprefix(prefix)
        if rest and rest != reading.lemma and (hyphen or len(rest) >= _FEWEST_LETTERS):
            sense = _sense(rest, pos, glossary)
            if sense:
                yield reading.lemma, (english if pos == "noun" else english.rstrip(" -") + "-") + sense
    if pos == "adj" and hyphen and first.endswith("о"):
        left, right = _sense(first[:-1] + "ий", pos, glossary), _sense(second, pos, glossary)
        if left and right:
            yield reading.lemma, f"{left}-{right}"
