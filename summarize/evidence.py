"""Which sentences of an item a blurb is made from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vistka.summarize.clean import Sentence
from vistka.text.lemmas import lemmas

MAX_EVIDENCE = 4
"""Sentences that are translated for an abstract: two say what happened, the others who says so and how much."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_DIGITS = re.compile(r"\d")
# A sentence that begins so cannot stand alone: it leans on the one before.
_LEANS = re.compile(
    r"(?:he|she|they|it|this|that|these|those|also|in addition|moreover|however|but|and|then|later|instead|therefore"
    r"|his|her|their|its|both|such|another|the latter|the same|i|we|you|my|our|meanwhile|still|yet|so|nevertheless"
    r"|as a result|at the same time|among them|according to (?:him|her|them)|in (?:his|her|their) words"
    r"|there|for example"
    r"|він|вона|вони|воно|це|цей|ця|ці|про це|також|крім того|окрім того|однак|проте|але|та|а|тоді|згодом|пізніше"
    r"|його|її|їхн\w+|їх|обидв\w+|обоє|зі свого боку|своєю чергою|при цьому|адже|отже|втім|зокрема|до того ж|тим часом"
    r"|так|саме|він же|ми|я|наш\w*|наприклад|внаслідок цього|у відповідь|за словами (?:нього|неї|них)"
    r"|натомість|тому|водночас|серед іншого|за його|за її|за їхніми|там|тут|такий|така|таке|такі)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"(?:нагадаємо|як повідомлял\w+|раніше|напередодні|it was previously reported|earlier|as reported)\b", re.IGNORECASE
)

_REPORTED_BY = re.compile(
    r"(?:про це|про таке|про відповідне|таку інформацію|this (?:was|is|has been) (?:reported|announced|stated|said))\b"
    r"|[^,.;:]{3,100} (?:reported|announced|said) (?:about )?(?:this|it)\.",
    re.IGNORECASE,
)
_WHOLE_FACTOR = 1.3
"""English may be shorter than its Ukrainian, by less than this."""


def leans(text: str) -> bool:
    """Whether a sentence needs the one before it to be understood."""
    return bool(_LEANS.match(text))


def _stems(text: str, language: str) -> set[str]:
    words = [word.lower() for word in _WORD.findall(text)]
    if language == "uk":
        return {lemmas(word)[0] for word in words}
    return {word[:6] for word in words}


def score(sentence: Sentence, title_stems: set[str]) -> float:
    """How much a sentence says of the item, for the inverted pyramid in which news is written.

    Earlier is better, as is sharing words with the title; figures count for a little, and leaning on another
    sentence, being somebody's own words, a question or background counts against it.
    """
    own = _stems(sentence.text, sentence.segment.language)
    shared = len(own & title_stems) / len(title_stems) if title_stems else 0.0
    value = 2.0 / (1 + sentence.position) + shared + (0.15 if _DIGITS.search(sentence.text) else 0.0)
    value -= 0.6 if leans(sentence.text) else 0.0
    value -= 0.5 if sentence.is_quotation or sentence.text.endswith("?") else 0.0
    value -= 0.8 if _BACKGROUND.match(sentence.text) else 0.0
    return value


def choose(
    sentences: Sequence[Sentence], title: str, title_language: str, limit: int = MAX_EVIDENCE, max_chars: int = 0
) -> list[Sentence]:
    """The `limit` sentences that say most, in the order of the item.

    The first is always among them, and of the next two the one that says who reported it. All of them, where the whole
    is short enough that its English may fit into `max_chars`.
    """
    if sum(len(sentence.text) + 1 for sentence in sentences) <= _WHOLE_FACTOR * max_chars:
        return list(sentences)
    title_stems = _stems(title, title_language)
    ranked = sorted(sentences, key=lambda sentence: (not _is_fixed(sentence), -score(sentence, title_stems)))
    return sorted(ranked[:limit], key=lambda sentence: sentence.position)


def _is_fixed(sentence: Sentence) -> bool:
    return sentence.position == 0 or (sentence.position in (1, 2) and bool(_REPORTED_BY.match(sentence.text)))
