"""What can be wrong with the English of one sentence, told by comparing it with its source.

Each check reads the source and the English and returns findings; none of them changes the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from vistka.datatypes import Severity
from vistka.text import dates, names, number_mismatches
from vistka.text.mismatch import Mismatch
from vistka.text.names import Name
from vistka.translate.coverage_checks import (
    added_names,
    changed_currency,
    covered,
    dropped_clause,
    lost_negation,
    lost_places,
    quantities,
    swapped_numbers,
)
from vistka.translate.english_forms import word_forms_of
from vistka.translate.findings import Check, Checked, Finding
from vistka.translate.quotation_checks import altered_quotation, lost_quotation

__all__ = ["CHECKS", "CYRILLIC", "Checked", "check", "shows"]

CYRILLIC = re.compile(r"[\u0400-\u04ff\u0500-\u052f]+")


def unfinished(checked: Checked) -> list[Finding]:
    """The model was cut off, or wrote nothing."""
    if not checked.english.strip():
        return [Finding("empty", "The model wrote nothing for this segment.", "error")]
    if not checked.finished:
        return [
            Finding("unfinished", "The model did not come to an end; the English may be cut or repeat itself.", "error")
        ]
    return []


def leftover_cyrillic(checked: Checked) -> list[Finding]:
    """Words that were not translated."""
    left = CYRILLIC.findall(checked.english)
    if not left:
        return []
    return [Finding("leftover-cyrillic", "Not translated: " + ", ".join(dict.fromkeys(left)) + ".", "error")]


_NUMBER_SEVERITY: dict[str, Severity] = {"missing": "error", "unit": "error", "added": "warn"}


def _from_mismatch(code: str, mismatch: Mismatch) -> Finding:
    source = mismatch.text if mismatch.kind != "added" else ""
    return Finding(f"{code}-{mismatch.kind}", mismatch.message, _NUMBER_SEVERITY[mismatch.kind], source)


def changed_numbers(checked: Checked) -> list[Finding]:
    """Numbers, sums and units by value."""
    found = number_mismatches.compare(quantities(checked.source, "uk"), quantities(checked.english, "en"))
    return [_from_mismatch("number", mismatch) for mismatch in found]


def changed_dates(checked: Checked) -> list[Finding]:
    """Days, months, years and times of day."""
    found = dates.compare(dates.dates(checked.source, "uk"), dates.dates(checked.english, "en"))
    return [_from_mismatch("date", mismatch) for mismatch in found]


def lost_names(checked: Checked) -> list[Finding]:
    """People and places of the source that the English does not name."""
    named = names.names(checked.source) if checked.names is None else checked.names
    missing = names.missing_names(named, checked.english, checked.spellings)
    unknown = names.missing_unknown_names(checked.source, named, checked.english, checked.spellings)
    # `КАБи` has an entry: what it is called in English is not spelled like it.
    listed = [match.span for match in checked.matches]
    doubts = [span.of(checked.source) for span in unknown if not any(span.overlaps(one) for one in listed)]
    return [
        *(_name_missing(name.text, _how_grave(checked.source, name, named, missing)) for name in missing),
        *(_name_missing(text, "warn") for text in doubts),
    ]


def _how_grave(source: str, name: Name, named: Sequence[Name], missing: Sequence[Name]) -> Severity:
    """A doubt where the surname that follows is kept: `Тереза Мей` may be Mrs May."""
    kept = [other for other in named if other.kind == "person" and other.lemma not in {one.lemma for one in missing}]
    is_given = any(source[name.span.end : other.span.start].isspace() for other in kept)
    return "warn" if is_given else "error"


def _name_missing(text: str, severity: Severity) -> Finding:
    return Finding("name-missing", f"The name {text} is not found in the English.", severity, text)


def russian_spellings(checked: Checked) -> list[Finding]:
    """Ukrainian names in a Russian-based spelling."""
    return [
        Finding(
            "russian-form", f"{form.text} is a Russian-based spelling; the official one is {form.official}.", "error"
        )
        for form in names.russian_forms(checked.english)
    ]


_REPLY_WORDS = re.compile(
    r"^\W*(?:here(?: is|['’]s) (?:the|your|an?) (?:\w+ )?(?:translat|english|text)|sure[,!]"
    r"|(?:english )?translation\W*:|english\W*:|(?:terms?|dictionary|example):|as an ai"
    r"|the (?:ukrainian|given|provided) text\b|translated (?:text|into))",
    re.IGNORECASE,
)
_REFUSAL = re.compile(r"^\W*(?:i cannot|i can['’]t|i['’]m sorry|i am sorry|sorry,|i apologi[sz]e)", re.IGNORECASE)
# The fence and the instruction of `prompts.py`.
_PROMPT = re.compile(
    r"</?text>|\bmaterial to translate, never an instruction\b|\btext (?:\S+ ){0,20}?translates? (?:in)?to english\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(?:я|мені|мене|можу|зможу|шкода|жаль|вибач\w*|пробач\w*|перепрош\w*|шкодую|прошу)\b", re.IGNORECASE
)


def chatter(checked: Checked) -> list[Finding]:
    """Words of the model to its user, or of the prompt."""
    english = checked.english
    refused = _REFUSAL.search(english) and not _FIRST_PERSON.search(checked.source)
    if refused or _REPLY_WORDS.search(english) or _PROMPT.search(english):
        return [Finding("chatter", "The model wrote about its task instead of translating.", "error")]
    return []


_MIN_CHARS_FOR_RATIO = 40
_SHORT_RATIO, _LONG_RATIO = 0.6, 1.9
_SHORT_SENTENCE, _SHORT_RATIO_OF_SHORT = 80, 0.5


def odd_length(checked: Checked) -> list[Finding]:
    """English far shorter or longer than such a sentence is.

    Fewer than 1 in 500 human translations of paragraphs under 400 characters fall outside the bounds; 98 in 100 lie
    between 0.79 and 1.44 (`benchmarks/clean_references.py`).
    """
    source, english = len(checked.source.strip()), len(checked.english.strip())
    if source < _MIN_CHARS_FOR_RATIO or not english:
        return []
    least = _SHORT_RATIO if source >= _SHORT_SENTENCE else _SHORT_RATIO_OF_SHORT
    if english < least * source:
        return [
            Finding("too-short", "The English is much shorter than the source: something may be left out.", "error")
        ]
    # `ОВА` is three words in English.
    spelt_out = sum(
        max(0, len(match.entry.sense) - len(match.span.of(checked.source)))
        for match in checked.matches
        if match.entry.lemma.isupper()
    )
    if english > _LONG_RATIO * source + spelt_out:
        return [Finding("too-long", "The English is much longer than the source: something may be made up.", "error")]
    return []


# Speakers and writers repeat themselves too. In fewer than 1 in 100 human translations does a run of four words stand
# three times, or one of seven words twice, where the source has nothing of the kind.
_RUNS = ((4, 3), (7, 2))
_WORD = re.compile(r"\w+")


def repetition(checked: Checked) -> list[Finding]:
    """A run of words that comes again and again, as decoders do when they loop."""
    words, source_words = (_WORD.findall(text.lower()) for text in (checked.english, checked.source))
    if _stutters(words, _STUTTER) and not _stutters(source_words, 1):
        return [Finding("repetition", "The English repeats itself.", "error")]
    for length, times in _RUNS:
        # Ukrainian says the same in fewer words: no articles, and endings for prepositions.
        in_source = _most_repeats(source_words, (length + 1) // 2)
        if _most_repeats(words, length) >= max(times, in_source + 1):
            return [Finding("repetition", "The English repeats itself.", "error")]
    return []


_STUTTER = 3


def _stutters(words: Sequence[str], shortest: int) -> bool:
    """Whether a run of `shortest` words or more stands twice, one right after the other."""
    longest = len(words) // 2
    return any(
        words[start : start + length] == words[start + length : start + 2 * length]
        for length in range(shortest, longest + 1)
        for start in range(len(words) - 2 * length + 1)
        if words[start] == words[start + length]
    )


def _most_repeats(words: Sequence[str], length: int) -> int:
    """How often the commonest run of `length` words stands in `words`."""
    runs = Counter(tuple(words[index : index + length]) for index in range(len(words) - length + 1))
    return max(runs.values(), default=0)


_SPELT_OUT = re.compile(
    r"\b[A-Z]{2,6}\b(?:,? (?:or|i\.e\.,?|that is,?|(?:also )?known as|short for|meaning|(?:which )?stands? for"
    r"|an? abbreviation (?:of|for))|,| [-–—]) "
    r"(?P<remark>(?:the |an? )?[A-Z][\w’'-]+(?: (?:of|for|and|the|[A-Z][\w’'-]+))+)"
)
_PARENTHESIS = re.compile(r"[(\[]([^)\]]{3,})[)\]]")


def invented_expansion(checked: Checked) -> list[Finding]:
    """An abbreviation spelt out, or a remark in brackets, that neither the source nor its glossary entries have."""
    offered = [sense for match in checked.matches for sense in match.entry.senses]
    found = [
        remark
        for remark in _PARENTHESIS.findall(checked.english)
        if not any(f"({remark})" in sense for sense in offered)
    ]
    if len(found) > len(re.findall(r"[(\[{]", checked.source)):
        return [Finding("expansion", f"“({found[-1]})” is not in the source.", "error")]
    made_up = next((m["remark"] for m in _SPELT_OUT.finditer(checked.english) if _is_made_up(checked, m)), None)
    return [Finding("expansion", f"“{made_up}” is not in the source.", "error")] if made_up else []


def _is_made_up(checked: Checked, match: re.Match[str]) -> bool:
    """Whether most capitalised words of what an abbreviation is said to mean have no counterpart in the source."""
    found = covered(checked)
    inside = [
        at
        for at, word in enumerate(found.english)
        if match.start("remark") <= word.span.start < match.end("remark") and word.text[0].isupper()
    ]
    spare = len(set(inside) & set(found.spare))
    return spare > 1 and 2 * spare > len(inside)


def missed_user_terms(checked: Checked) -> list[Finding]:
    """Terms of the user's own glossary that the English does not use."""
    return [
        Finding(
            "term-missed",
            f"The glossary says {match.entry.lemma} = {match.entry.sense}, and the English does not use it.",
            "error",
            match.span.of(checked.source),
        )
        for match in checked.matches
        if match.entry.by_user and not any(_shows_any_form(checked.english, sense) for sense in match.entry.senses)
    ]


def _shows_any_form(english: str, sense: str) -> bool:
    """Like `shows`, irregular forms too: servicemen for serviceman. The table of forms takes 0.6 s to load, once."""
    if shows(english, sense):
        return True
    words = [f"(?:{'|'.join(map(re.escape, sorted(word_forms_of(word))))})" for word in _WORD.findall(sense)]
    return bool(words) and re.search(r"\b" + r"[\W_]+".join(words) + r"\b", english, re.IGNORECASE) is not None


def shows(english: str, sense: str) -> bool:
    """Whether `english` uses `sense`: the words in a row, an inflected ending of each allowed."""
    words = [re.escape(_stem(word)) + r"\w*" for word in _WORD.findall(sense)]
    return bool(words) and re.search(r"\b" + r"[\W_]+".join(words), english, re.IGNORECASE) is not None


_ENDINGS = ("ies", "ing", "ied", "es", "ed", "y", "e", "s")
_MIN_STEM = 3


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM:
            return word[: -len(ending)]
    return word


CHECKS: tuple[Check, ...] = (
    unfinished,
    leftover_cyrillic,
    changed_numbers,
    changed_currency,
    swapped_numbers,
    changed_dates,
    lost_names,
    lost_places,
    added_names,
    russian_spellings,
    chatter,
    odd_length,
    dropped_clause,
    repetition,
    lost_negation,
    invented_expansion,
    lost_quotation,
    altered_quotation,
    missed_user_terms,
)


def check(checked: Checked) -> list[Finding]:
    """Everything that the checks find, in the order of `CHECKS`; an empty hypothesis is not looked at further."""
    found = unfinished(checked)
    if found and not checked.english.strip():
        return found
    found = [finding for one in CHECKS for finding in one(checked)]
    # Two checks may miss the same words, one by the dictionary and one by the glossary.
    return list({(one.code, one.source_text or one.message): one for one in reversed(found)}.values())[::-1]
