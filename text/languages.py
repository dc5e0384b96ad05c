"""Which language each part of a text is written in: Ukrainian, Russian, Belarusian, English, or another.

Letters that only one of the languages has decide first, then its commonest words and endings, then the dictionaries of
Ukrainian and Russian, and last what stands around: Cyrillic that could be either is taken for Ukrainian.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from vistka.datatypes import Language, Span
from vistka.text.lemmas import analyzer
from vistka.text.protected import protected_spans
from vistka.text.sentences import sentences_around


@dataclass(frozen=True, slots=True)
class LanguageSpan:
    """Characters `start` up to but not including `end` of a text, all in one language."""

    start: int
    end: int
    language: Language


_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_CYRILLIC = re.compile(r"[\u0400-\u052f\u1c80-\u1c8f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_CYRILLIC_RUN = re.compile(r"[\u0400-\u052f]{2,}")
_LATIN_LOOKALIKES = str.maketrans("aceiopxy", "асеіорху")

_UK_WORDS = frozenset(
    "що це та й із зі від був як якщо який яка яке які яких яким якого якій він вона воно вони йому її їх їй їм ще щоб"
    " або але також під після коли тільки лише дуже бо чи немає нема є більше між щодо через проти цього цей ця ці цих"
    " цю цьому усі всі все всього буде бути були було була може має мають вже та про й"
    " року році років щоби якби хоча проте однак зокрема ніж сьогодні вчора зараз шо мене тебе себе ми ви".split()
)
_RU_WORDS = frozenset(
    "что и с если который которая которое которые которых он она они оно его её ее их ему ей им ещё еще чтобы или но"
    " также после когда только очень нет есть под между из к ко обо со во уже был были было была быть может этот эта"
    " эти этого этой это всё всех где как более менее меня тебя себя мы вы сейчас сегодня вчера потому"
    " поэтому тоже мне свой года году лет против чем кто".split()
)
_BE_WORDS = frozenset(
    "што гэта гэты гэтая гэтага гэтых гэтым гэтымі з ад быў была было былі як калі які якая якое якія якіх ён яна яно"
    " яны яго яе іх яму ёй ім яшчэ каб або але таксама пра пад пасля толькі вельмі няма ёсць дзе паводле паміж ўжо ужо"
    " пры можа будзе быць мае гэтай мяне цябе сябе цяпер сёння учора чаму таму супраць год годзе гадоў больш".split()
)
_BG_WORDS = frozenset("са се във със това този тази тези които който която че след беше бяха като вече си".split())
_WORDS: dict[Language, frozenset[str]] = {"uk": _UK_WORDS, "ru": _RU_WORDS, "be": _BE_WORDS, "other": _BG_WORDS}

# Letters → what a word with them speaks for and against.
_LETTERS: tuple[tuple[re.Pattern[str], dict[Language, float]], ...] = (
    (re.compile("[їґ]"), {"uk": 4, "be": -3, "ru": -4, "other": -3}),
    (re.compile("є"), {"uk": 3, "be": -3, "ru": -3, "other": -2}),
    (re.compile("і"), {"uk": 2, "be": 1.5, "ru": -3, "other": -1}),
    (re.compile("ў"), {"be": 6, "uk": -3, "ru": -3}),
    (re.compile("[ыэё]"), {"ru": 3, "be": 2.5, "uk": -2, "other": -2}),
    (re.compile("ъ(?=[еёюя])"), {"ru": 3, "uk": -2, "be": -3}),
    (re.compile("ъ(?=[^еёюя])"), {"other": 5, "uk": -2, "ru": -1, "be": -3}),
    (re.compile("и"), {"be": -3}),
    (re.compile("щ"), {"be": -3}),
    (re.compile("['’ʼ](?=[яюєї])"), {"uk": 3, "be": 1, "ru": -3, "other": -2}),
    (re.compile("[јљњќѓџђћѕәңүұқғһөӣӯҳҷӧӱ]"), {"other": 8}),
)
_ENDINGS: tuple[tuple[re.Pattern[str], dict[Language, float]], ...] = (
    (re.compile("(?:ння|ття|лля|ський|цький|ться|тися|ується|ують|ією|ові|еві|ість|ського|ському|ських)$"), {"uk": 1}),
    (re.compile("..(?:ий|ував|овує|ила|или)$"), {"uk": 0.5}),
    (re.compile("..(?:ый|ого|ние|ния|нию|тие|ский|ость|остью|ывает|овал|ировал|ться|ешь|ишь|ают|яют)$"), {"ru": 0.5}),
    (re.compile("..(?:ние|ния|ский|ость|ции|ция|ией)$"), {"ru": 1}),
    (re.compile("..(?:цца|аць|яць|ыць|іць|скі|цкі|ага|ому|ць|ыя)$"), {"be": 1}),
    (re.compile("...(?:ът|ята|ите|ото|ция)$"), {"other": 0.5}),
)
_ENOUGH = 1.5
"""By how much one language must lead; less is left to the dictionaries and to the surroundings."""

# Words that names hold as well (`Institute for the Study of War`) prove no English sentence.
_IN_NAMES = frozenset("the of for and in on at to a an by de la le von van der di da du del al as with vs no".split())
_EN_WORDS = frozenset(
    "is are was were be been being has have had do does did will would can could should may might must not this that"
    " these those it its he she they we you i his her their our your my me him them us who what when where why how"
    " which there here from about after before more most all some any no than then if but or so because while also just"
    " new said says say over under into out up down only very still now today many much other such between against"
    " during without within through while amid since until per via".split()
)
_OTHER_LATIN = re.compile(r"[ąćęłńśźżčřšžůěőűäöüßñãõçğșțăîøåæœëïêèàùáíóúâô]", re.IGNORECASE)
_OTHER_LATIN_WORDS = frozenset(
    "der die das und ist nicht mit den von ein eine zu auf für im dem wir sie les des est une pour dans qui que avec"
    " sur nous vous el los las una por con para como más è che il lo gli della sono non per si się nie na jest w z do"
    " że oraz czy jak ale od za o są het een van niet ve bir için bu ile på och att det som är".split()
)
_OPENERS = {"«": "»", "(": ")", "[": "]", "“": "”", "„": "“”", '"': '"', "‘": "’", "'": "'"}
_ENCLOSED = re.compile(r"«[^«»]+»|“[^“”]+”|„[^„“”]+[“”]|\"[^\"]+\"|\([^()]+\)|\[[^\[\]]+\]")
_LONGEST_SENTENCE = 400
_QUOTED = re.compile(r"«[^«»]{5,}»|“[^“”]{5,}”|„[^„“”]{5,}[“”]|\"[^\"]{5,}\"")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    cyrillic: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of one script: the words' own characters only. `language` is None while undecided."""

    start: int
    end: int
    words: tuple[_Word, ...]
    language: Language | None


def _words(text: str, start: int, end: int) -> Iterator[_Word]:
    """Words of a known script. A word with a Cyrillic letter is Cyrillic, whatever Latin look-alikes stand in it."""
    for match in _WORD.finditer(text, start, end):
        cyrillic = bool(_CYRILLIC.search(match[0]))
        yield _Word(match.start(), match.end(), match[0], cyrillic)


def _add(scores: dict[Language, float], more: dict[Language, float]) -> None:
    for language, weight in more.items():
        scores[language] += weight


@lru_cache(maxsize=65_536)
def _word_scores(word: str) -> tuple[tuple[Language, float], ...]:
    """What one lower-case word says for each language."""
    scores: dict[Language, float] = {"uk": 0, "ru": 0, "be": 0, "other": 0}
    for pattern, weights in _LETTERS:
        if pattern.search(word):
            _add(scores, weights)
    for language, words in _WORDS.items():
        if word in words:
            scores[language] += 1.5
    for pattern, weights in _ENDINGS:
        if pattern.search(word):
            _add(scores, weights)
    return tuple(scores.items())


def _scores(words: Sequence[_Word]) -> dict[Language, float]:
    total: dict[Language, float] = {"uk": 0, "ru": 0, "be": 0, "other": 0}
    for word in words:
        if word.cyrillic:
            lowered = word.text.lower()
            if _LATIN.search(lowered):
                lowered = lowered.translate(_LATIN_LOOKALIKES)
            for language, score in _word_scores(lowered):
                total[language] += score
    return total


def _by_dictionary(words: Sequence[_Word]) -> Language | None:
    """Ukrainian or Russian by whose dictionary knows words that the other's does not."""
    ukrainian = russian = 0
    for word in words[:200]:
        lowered = word.text.lower()
        if not word.cyrillic or len(lowered) < 3:
            continue
        in_uk = bool(analyzer("uk").word_is_known(lowered))
        in_ru = bool(analyzer("ru").word_is_known(lowered))
        ukrainian += in_uk and not in_ru
        russian += in_ru and not in_uk
    # Names are in one dictionary or the other by chance: two of them alone prove little.
    margin = 2 if len(words) > 1 and all(word.text.istitle() for word in words) else 1
    if abs(ukrainian - russian) < margin:
        return None
    return "uk" if ukrainian > russian else "ru"


def _cyrillic_language(words: Sequence[_Word]) -> Language | None:
    """The language of Cyrillic words by themselves, or None where they could be several."""
    scores = _scores(words)
    ranked = sorted(scores.items(), key=lambda entry: -entry[1])
    (best, most), (_, second) = ranked[:2]
    if most >= _ENOUGH and most - second >= _ENOUGH:
        return best
    # Some languages are already out of the question: no dictionary speaks for Belarusian or Bulgarian.
    if best in {"be", "other"} and most - max(scores["uk"], scores["ru"]) >= _ENOUGH:
        return best
    if scores["uk"] - scores["ru"] >= 1:
        return "uk"
    return _by_dictionary(words)


def _latin_language(words: Sequence[_Word]) -> Language:
    """English unless letters or common words of another language outweigh English ones."""
    lowered = [word.text.lower() for word in words]
    if not any(_LATIN.search(word) for word in lowered):
        return "other"
    english = sum(word in _EN_WORDS or word in {"the", "of", "and", "to", "in", "for", "a"} for word in lowered)
    foreign = sum(word in _OTHER_LATIN_WORDS for word in lowered)
    foreign_letters = sum(bool(_OTHER_LATIN.search(word)) for word in lowered)
    return "other" if 2 * (foreign + foreign_letters) > len(lowered) or foreign + foreign_letters > english else "en"


def _is_prose(words: Sequence[_Word]) -> bool:
    """Whether Latin words inside a Cyrillic sentence are an English phrase, and not a name or a brand."""
    lowered = [word.text.lower() for word in words]
    functional = sum(word in _EN_WORDS for word in lowered)
    plain = sum(word.text.islower() and word.text.lower() not in _IN_NAMES and len(word.text) > 1 for word in words)
    if all(word.text.isupper() for word in words):
        return functional >= 1 and len(words) >= 2 and any(len(word) > 2 for word in lowered)
    return len(words) >= 2 and ((functional >= 1 and plain >= 1) or plain >= 4)


def _runs(words: Sequence[_Word]) -> list[list[_Word]]:
    """Words in groups of one script, in order."""
    runs: list[list[_Word]] = []
    for word in words:
        if runs and runs[-1][0].cyrillic == word.cyrillic:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _letters(runs: Sequence[Sequence[_Word]], *, cyrillic: bool) -> int:
    return sum(len(word.text) for run in runs for word in run if word.cyrillic == cyrillic)


def _mixed_parts(text: str, runs: list[list[_Word]]) -> list[_Part]:
    """The parts of a sentence that has both scripts.

    In an English sentence every Cyrillic run stands alone. In a Cyrillic one only English phrases do; names, brands and
    abbreviations belong to the sentence around them.
    """
    latin, cyrillic = _letters(runs, cyrillic=False), _letters(runs, cyrillic=True)
    prose = [not run[0].cyrillic and _is_prose(run) for run in runs]
    plain = [word for run in runs for word in run if not word.cyrillic and word.text.islower()]
    quoted = [match.span() for match in _ENCLOSED.finditer(text, runs[0][0].start, runs[-1][-1].end + 3)]
    words = [word for run in runs for word in run if word.cyrillic]
    all_quoted = all(any(start < word.start and word.end < end for start, end in quoted) for word in words)
    english = (any(prose) and (latin > cyrillic or all_quoted)) or (latin > 2 * cyrillic and len(plain) >= 2)
    parts: list[_Part] = []
    for run, alone in zip(runs, prose, strict=True):
        foreign = not run[0].cyrillic and (alone or english)
        language: Language | None = _latin_language(run) if foreign else None
        if parts and parts[-1].language == language:
            parts[-1] = replace(parts[-1], end=run[-1].end, words=(*parts[-1].words, *run))
        else:
            parts.append(_Part(run[0].start, run[-1].end, tuple(run), language))
    return parts


def _quoted_parts(text: str, part: _Part) -> list[_Part]:
    """A Cyrillic part, divided where it quotes another Cyrillic language: «Мы не отступим» in a Ukrainian sentence."""
    if len(part.words) > _LONGEST_SENTENCE:
        return [part]  # no sentence of a person; the search below is quadratic
    outer: list[_Word] = list(part.words)
    found: list[_Part] = []
    for match in _QUOTED.finditer(text, part.start, min(len(text), part.end + 3)):
        inner = [word for word in part.words if match.start() < word.start and word.end < match.end()]
        rest = [word for word in outer if word.start < match.start() or word.start >= match.end()]
        if len(inner) < 3 or not rest:
            continue
        inside, outside = _scores(inner), _scores(rest)
        if inside["ru"] - inside["uk"] >= 3 and outside["uk"] - outside["ru"] >= _ENOUGH:
            found.append(_Part(inner[0].start, inner[-1].end, tuple(inner), "ru"))
            outer = rest
    if not found:
        return [part]
    pieces = [_Part(run[0].start, run[-1].end, tuple(run), None) for run in _between(outer, found)]
    return sorted([*pieces, *found], key=lambda piece: piece.start)


def _between(words: Sequence[_Word], parts: Sequence[_Part]) -> Iterator[list[_Word]]:
    """Words in the groups that `parts` leave of them."""
    run: list[_Word] = []
    for before, word in pairwise([None, *words]):
        if word is None:
            continue
        if run and before is not None and any(before.end <= part.start < word.start for part in parts):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _sentence_parts(text: str, sentence: Span) -> list[_Part]:
    words = list(_words(text, sentence.start, sentence.end))
    if not any(word.cyrillic or len(word.text) > 1 for word in words):
        return []  # the T and Z of a time stamp are no words
    runs = _runs(words)
    if len(runs) > 1:
        parts = _mixed_parts(text, runs)
    elif words[0].cyrillic:
        parts = [_Part(words[0].start, words[-1].end, tuple(words), None)]
    else:
        parts = [_Part(words[0].start, words[-1].end, tuple(words), _latin_language(words))]
    divided: list[_Part] = []
    for part in parts:
        divided += _quoted_parts(text, part) if part.language is None else [part]
    return divided


def _enclosed(text: str, part: _Part, sentence: Span) -> Span:
    """The part with the quotes and brackets that enclose just it."""
    start, end = part.start, part.end
    while start > sentence.start:
        closers = _OPENERS.get(text[start - 1])
        close = end
        while close < sentence.end and text[close] in ".,!?…*":
            close += 1
        if closers is None or close >= sentence.end or text[close] not in closers:
            break
        start, end = start - 1, close + 1
    return Span(start, end)


def _borders(text: str, sentence: Span, parts: Sequence[_Part]) -> Iterator[int]:
    """Where each part but the first begins: signs between two parts go to the one that they belong to."""
    for left, right in pairwise(parts):
        left_end = _enclosed(text, left, sentence).end
        right_start = _enclosed(text, right, sentence).start
        # Closing signs stay with what they close, white space with what stands before it, the rest goes on.
        border = left_end
        while border < right_start and text[border] in ".,;:!?…%":
            border += 1
        while border < right_start and text[border].isspace():
            border += 1
        yield min(border, right_start)


def _decide(parts: list[_Part]) -> list[_Part]:
    """Parts with a language each: by themselves, else by the nearest Cyrillic before or after, else Ukrainian."""
    decided = [part if part.language else replace(part, language=_cyrillic_language(part.words)) for part in parts]
    near: Language | None = None
    for index, part in enumerate(decided):
        if part.language is None and near is not None:
            decided[index] = replace(part, language=near)
        elif part.words[0].cyrillic and part.language in {"uk", "ru", "be"}:
            near = part.language
    near = "uk"
    for index in range(len(decided) - 1, -1, -1):
        part = decided[index]
        if part.language is None:
            decided[index] = replace(part, language=near)
        elif part.words[0].cyrillic and part.language in {"uk", "ru", "be"}:
            near = part.language
    return decided


def _blanked(text: str, hidden: Sequence[Span]) -> str:
    """The text with its addresses, tags and the like made unreadable, so that they speak for no language."""
    pieces: list[str] = []
    done = 0
    for span in hidden:
        pieces += [text[done : span.start], "\ufffc" * (span.end - span.start)]
        done = span.end
    return "".join([*pieces, text[done:]])


def rough_language(text: str) -> Language:
    """Which rules of sentence ends suit a text: `ru` or `be` where their letters abound, `en` for Latin, else `uk`."""
    lowered = text.lower()
    if len(_LATIN.findall(lowered)) > 2 * len(_CYRILLIC.findall(lowered)):
        return "en"
    if 20 * lowered.count("ў") > lowered.count("а"):
        return "be"
    russian = sum(map(lowered.count, "ыэё"))
    return "ru" if russian > sum(map(lowered.count, "іїє")) else "uk"


def spans_of_sentences(text: str, sentences: Sequence[Span], protected: Sequence[Span]) -> list[LanguageSpan]:
    """The language of every part of `text`, cut at least where its `sentences` are: adjacent, covering all of it.

    `protected` (in order, not overlapping) speaks for no language and is never cut.
    """
    shown = _blanked(text, protected)
    by_sentence = [_sentence_parts(shown, sentence) for sentence in sentences]
    decided = iter(_decide([part for parts in by_sentence for part in parts]))
    spans: list[LanguageSpan] = []
    for sentence, undecided in zip(sentences, by_sentence, strict=True):
        parts = [next(decided) for _ in undecided]
        if not parts:
            spans.append(LanguageSpan(sentence.start, sentence.end, "und"))
            continue
        ends = [*_borders(shown, sentence, parts), sentence.end]
        start = sentence.start
        for part, end in zip(parts, ends, strict=True):
            spans.append(LanguageSpan(start, end, part.language or "uk"))
            start = end
    return spans


def language_spans(text: str) -> list[LanguageSpan]:
    """The language of every part of `text`: adjacent spans that cover all of it, neighbours in different languages.

    Latin names, brands and abbreviations belong to the Cyrillic sentence they stand in; an English phrase in it and
    Cyrillic in an English sentence are spans of their own, with the quotes and brackets that enclose just them. Mixed
    speech (surzhyk) is Ukrainian. Sentences without letters are `und`. An empty text has no span.
    """
    merged: list[LanguageSpan] = []
    protected = protected_spans(text)
    sentences = sentences_around(text, rough_language(text), protected)
    for span in spans_of_sentences(text, sentences, protected):
        if merged and merged[-1].language == span.language:
            merged[-1] = replace(merged[-1], end=span.end)
        else:
            merged.append(span)
    return merged


def dominant_language(text: str) -> Language:
    """The language that most letters of `text` are in; `und` where it has none to tell by."""
    letters: dict[Language, int] = {}
    for span in language_spans(text):
        if span.language != "und":
            count = sum(map(str.isalpha, text[span.start : span.end]))
            letters[span.language] = letters.get(span.language, 0) + count
    return max(letters, key=lambda language: letters[language], default="und")
