"""Names of territories, currencies, months, weekdays and languages, from CLDR through Babel.

`lexicon/cldr/news.tsv` says where the news write otherwise: columns `code` (`territory/TR`), `lemma`, `senses`, `note`.
The lines of a code stand in place of what CLDR says of it; a line without a lemma leaves the code out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vistka.text.lemmas import normal_word, readings, word_forms
from vistka.text.romanisation import romanise
from vistka.translate.lexicon_checks import Row, is_lemma
from vistka.translate.lexicon_entries import SENSE_SEPARATOR, entry_key

if TYPE_CHECKING:
    from babel import Locale

NEWS_FILE = Path(__file__).parent / "lexicon" / "cldr" / "news.tsv"
_NEWS_HEADER = ["code", "lemma", "senses", "note"]

_COUNTRY = re.compile("[A-Z]{2}")
# `польська`, `німецька`: with `мова` a phrase that inflects.
_ADJECTIVAL = re.compile(r"(?:[^\s()]+(?:ська|цька|зька) ?)+")
_ADJECTIVE_END = re.compile(r"а\b")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "\u00a0": " "})


class _Name(NamedTuple):
    code: str
    lemma: str
    senses: tuple[str, ...]
    note: str = ""


def cldr_rows(news_file: Path = NEWS_FILE) -> tuple[list[Row], list[str]]:
    """The rows that CLDR gives, with what the news say instead; and what is wrong with `news_file`."""
    instead, wrong = _read_news(news_file)
    names = [*_territories(), *_currencies(), *_calendar(), *_languages()]
    unknown = instead.keys() - {name.code for name in names}
    wrong += [f"{news_file.name}: CLDR has no {code}" for code in sorted(unknown)]
    rows: dict[tuple[str, str], Row] = {}
    for name in names:
        for row in map(_row, instead.get(name.code, [name])):
            rows.setdefault((row.lemma, row.pos), row)
    return list(rows.values()), wrong


def without_repeats(rows: Iterable[Row], cldr: Iterable[Row]) -> tuple[list[Row], list[Row], list[str]]:
    """Those `rows` that say something CLDR does not, those that repeat it, and what contradicts it."""
    known = {(entry_key(row.entry()), _kind(row)): row for row in cldr}
    kept: list[Row] = []
    repeats: list[Row] = []
    wrong: list[str] = []
    for row in rows:
        key = entry_key(row.entry())
        same = known.get((key, _kind(row)))
        if same is None and row.pos == "noun":
            # A country among the nouns, in lower case.
            same = known.get((key, "place"))
            same = same if same is not None and same.first == row.first else None
        if same is None:
            kept.append(row)
            continue
        repeats.append(row)
        if row.first != same.first:
            wrong.append(
                f"{row.where} {row.lemma}: {row.first}, and CLDR ({same.where}) says {same.first}: "
                f"take the row out, or write into cldr/{NEWS_FILE.name} what the news say"
            )
    return kept, repeats, wrong


def _kind(row: Row) -> str:
    """Two rows of one lemma and one kind mean the same thing."""
    return "phrase" if " " in row.lemma else row.pos


def _read_news(path: Path) -> tuple[dict[str, list[_Name]], list[str]]:
    head, *lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    wrong = [] if head == _NEWS_HEADER else [f"{path.name}:1: its columns are not {', '.join(_NEWS_HEADER)}"]
    found: dict[str, list[_Name]] = {}
    for number, cells in enumerate(lines, start=2):
        if len(cells) != len(_NEWS_HEADER) or bool(cells[1]) != bool(cells[2]):
            wrong.append(f"{path.name}:{number}: not {len(_NEWS_HEADER)} cells, or a lemma without English")
            continue
        code, lemma, senses, note = cells
        names = found.setdefault(code, [])
        if lemma:
            names.append(_Name(code, lemma, tuple(senses.split(SENSE_SEPARATOR)), note))
    return found, wrong


def _territories() -> Iterator[_Name]:
    uk, en = _locale("uk").territories, _locale("en").territories
    for code in _territory_codes():
        lemma, english = _plain(uk[code]), _plain(en[code]).replace(" & ", " and ")
        yield _Name(f"territory/{code}", lemma, (english,))
        if " і " in lemma:
            yield _Name(f"territory/{code}", lemma.replace(" і ", " та "), (english,))


def _territory_codes() -> list[str]:
    return sorted(code for code in map(str, _locale("uk").territories) if _COUNTRY.fullmatch(code))


def _currencies() -> Iterator[_Name]:
    """Those that are money somewhere today."""
    from babel.numbers import get_currency_name, get_territory_currencies

    uk = _locale("uk").currencies
    for code in sorted({code for territory in _territory_codes() for code in get_territory_currencies(territory)}):
        if code in uk:
            english = _plain(get_currency_name(code, count=1, locale="en")).replace(" & ", " and ")
            yield _Name(f"currency/{code}", _plain(uk[code]), (english,))


def _calendar() -> Iterator[_Name]:
    uk, en = _locale("uk"), _locale("en")
    for number, name in sorted(uk.months["stand-alone"]["wide"].items()):
        yield _Name(f"month/{number}", _plain(name), (en.months["stand-alone"]["wide"][number],))
    for number, name in sorted(uk.days["stand-alone"]["wide"].items()):
        yield _Name(f"weekday/{number}", _plain(name), (en.days["stand-alone"]["wide"][number],))


def _languages() -> Iterator[_Name]:
    """With `мова` all that inflect; alone those that are official somewhere and mean nothing else."""
    official = _official_languages()
    territories = {_plain(name).lower() for name in _locale("uk").territories.values()}
    uk, en = _locale("uk").languages, _locale("en").languages
    for code in sorted(uk.keys() & en.keys()):
        lemma, english = _plain(uk[code]), _plain(en[code])
        if "_" in code:
            continue
        if _ADJECTIVAL.fullmatch(lemma):
            yield _Name(f"language/{code}", f"{lemma} мова", (english, f"{english} language"))
            if code in official:
                yield _Name(f"language/{code}", f"{_ADJECTIVE_END.sub('ою', lemma)} мовою", (f"in {english}",), "fixed")
        if code in official and lemma not in territories and _means_one_thing(lemma):
            yield _Name(f"language/{code}", lemma, (english,))


def _official_languages() -> frozenset[str]:
    from babel.languages import get_official_languages

    return frozenset(
        language
        for code in _territory_codes()
        for language in get_official_languages(code, regional=True, de_facto=True)
    )


def _means_one_thing(word: str) -> bool:
    """Whether a language is all that `word` can mean: `іврит`, `польська`, but not `крик` or `мета`."""
    known = {reading.lemma for reading in readings(word)}
    adjective = normal_word(re.sub("а$", "ий", word))
    return len(word_forms(word)) == 1 and is_lemma(word) and known <= {word, adjective}


def _row(name: _Name) -> Row:
    kind = name.code.partition("/")[0]
    pos = "place" if kind == "territory" else "phrase" if " " in name.lemma else "noun"
    pos = "abbr" if name.lemma.isupper() else pos
    domain = {"territory": "region", "currency": "economy", "language": "culture"}.get(kind, "general")
    tags = [part for part in name.note.split("; ") if part]
    if pos == "place" and romanise(name.lemma) != name.senses[0]:
        tags.append("not-kmu55")
    if pos == "noun" and not is_lemma(name.lemma.lower()):
        tags.append("not-in-dictionary")
    return Row(name.lemma, pos, SENSE_SEPARATOR.join(name.senses), domain, "; ".join(tags), f"CLDR {name.code}")


def _plain(text: str) -> str:
    return text.translate(_APOSTROPHES)


def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(language)
