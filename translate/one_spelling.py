"""One spelling through an item for each foreign name that the model spells as it likes: Karner, Carnier → Karner.

A name that the glossary or the rules know is told to the model. Of the others the model knows some (Scholz) and guesses
the rest, in each sentence anew; a reader must not meet one man under two names.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from vistka.text.phonetic import likeness_0_1, sounds_alike
from vistka.translate.hypotheses import Work

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MIN_CHARS = 4


def with_one_spelling(works: Sequence[Work], fixed: Sequence[Work] = ()) -> None:
    """Give the names of `works` one spelling each, where they have several.

    Args:
        works: of one item; the best hypothesis of some is replaced.
        fixed: others of the same item, which stay as they are: their spelling is the one to take.
    """
    found: dict[str, dict[int, str]] = defaultdict(dict)
    everything = [*fixed, *works]
    for number, work in enumerate(everything):
        for lemma in _free_names(work):
            written = _written(lemma, work)
            if written:
                found[lemma][number] = written
    for lemma, spellings in found.items():
        if len(set(spellings.values())) > 1:
            given = [word for number, word in spellings.items() if number < len(fixed)]
            chosen = _chosen(lemma, given or list(spellings.values()))
            for number, word in spellings.items():
                if word != chosen and number >= len(fixed):
                    _respell(everything[number], word, chosen)


def _free_names(work: Work) -> list[str]:
    """Names that the model was not told how to spell."""
    told = {word.lower() for lemma, _ in work.hints.terms for word in lemma.split()}
    names = [name.lemma for name in work.hints.names if name.kind in {"person", "other"}]
    return [lemma for lemma in dict.fromkeys(names) if len(lemma) >= _MIN_CHARS and lemma not in told]


def _written(lemma: str, work: Work) -> str:
    """The one word of the English that may be the name, empty where none or several may be."""
    told = {word.lower() for _, english in work.hints.terms for word in english.split()}
    words = {
        match.group()
        for match in _WORD.finditer(work.best.text)
        if match.group()[0].isupper() and len(match.group()) >= _MIN_CHARS and match.group().lower() not in told
    }
    alike = [word for word in words if sounds_alike(lemma, word)]
    return alike[0] if len(alike) == 1 else ""


def _chosen(lemma: str, spellings: Sequence[str]) -> str:
    """The commonest spelling; of equally common ones, that which sounds most like the name."""
    counts = Counter(spellings)
    return max(counts, key=lambda word: (counts[word], likeness_0_1(lemma, word), word))


def _respell(work: Work, word: str, chosen: str) -> None:
    best = work.best
    text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", chosen, best.text)
    if any(text.count(piece) != best.text.count(piece) for piece in work.protected_texts()):
        return
    # What the checks say of the sentence stands: to them both spellings sound like the name.
    work.hypotheses[work.hypotheses.index(best)] = replace(best, text=text)
