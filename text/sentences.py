"""Where sentences begin and end in Ukrainian, Russian, Belarusian and English, without losing a character.

The breaks come from the SRX rules of LanguageTool through choppa. Added here is what news needs and they lack: hard
wraps, lines of a list, emoji, quotations that go on after a dash, more abbreviations, and addresses kept whole.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from vistka.datatypes import Language, Span
from vistka.text.abbreviations import BEFORE_NUMBER, BRANDS_BEFORE_STOP, ENGLISH, RUSSIAN, UKRAINIAN
from vistka.text.protected import EMOJI, merged_spans, protected_spans

if TYPE_CHECKING:
    from choppa import SrxDocument

# `_two`: the rules for text in which only a blank line ends a paragraph.
_RULES: dict[Language, str] = {"uk": "uk_two", "ru": "ru_two", "be": "be_two", "en": "en_two"}
_ABBREVIATIONS: dict[Language, frozenset[str]] = {"uk": UKRAINIAN | RUSSIAN, "ru": RUSSIAN | UKRAINIAN, "en": ENGLISH}

_CONTEXT = 80
"""Characters on each side of a break that the rules here look at; a bound, so that time stays linear."""

_LONGEST_MARKER = 40

_MARKUP = re.compile(r"\*+|(?m:^[ \t]*>[> \t]*)|[\u200b\u200e\u200f\u2060\ufeff\u00ad]+")
_OTHER_SPACE = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_LONG_SPACE = re.compile(r"(?<=\s{8})\s++")
_BLANK_LINES = re.compile(r"\n(?:[ \t\r>]*+\n)++")

_LAST_WORD = re.compile(r"(?:^|[\s(«\"„“\[,;–—-])((?:[^\W\d_]|[.'’ʼ/№-])*[^\W\d_№])\.\s*$")
_DEGREE = re.compile(r"(?:^|[^\w.])[кдКД]\.\s?[а-яіїєґ]{1,6}\.(?:\s?[а-яіїєґ]\.)?\s*$")
_CLOSING_PAIR = re.compile(r"(?:^|[\s(])(?:(?:кв|куб|пог)\.\s+м|[тТ]\.\s?[дп])\.\s*$")  # `кв. м.`, `т. д.`
_COUNTED = re.compile(r"\d\s?[^\W\d_]+\.\s*$")
_GOES_ON = re.compile(r"[-–—―]\s?[a-zа-яёіїєґўъыэ]")
_MARKER = r"\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zа-яіїєґ])[.)]\s*"
_MARKER_AFTER_COLON = re.compile(rf"[:;]\s+{_MARKER}$")
_MARKER_ONLY = re.compile(rf"[\s>*•●▪◦‣■□▸►➤➢+_#–—-]*(?:{_MARKER})?")
_TWO_PART_NAME = re.compile(r"(?:^|[\s(])[«\"“„]\w+(?: \w+){0,2}\.\s*$")
_AND_SO_ON = re.compile(r"(?<![^\W_])[тТ]\.\s?[дп]\.\s+(?=[«\"„]?[А-ЯЁІЇЄҐЎ])")
_CLOSER = re.compile(r"[»”’)\]}]|\"(?=\s|$)")
_ONE_WORD_QUESTION = re.compile(r"[«\"“„]\w+[?!]\s*$|[«\"“„](?:\w+[?!]\s+){1,4}$")
_EMOJI_END = re.compile(rf"(?P<before>\S?)(?P<gap>\s{{0,3}})(?P<emoji>{EMOJI})\s++(?=[«\"“„]?[A-ZА-ЯЁІЇЄҐЎ])")
# Hearts and flags stand for a word as often as for a full stop: «Люблю ❤️ Україну».
_WORDLIKE_EMOJI = re.compile(
    "[\u2763-\u2764\u2661\u2665\U0001f493-\U0001f49f\U0001f5a4\U0001f90d\U0001f90e\U0001f1e6-\U0001f1ff]"
)

_BULLET = re.compile(rf"\s*(?:[•●▪◦‣■□▸►➤➢✓✔*+]\s|{EMOJI}|\(?\d{{1,2}}[.)]\s|[a-zа-яіїєґ]\)\s)")
_DASH_ITEM = re.compile(r"\s*[-–—]\s+(?=\S)")
_CAPITAL_DASH_ITEM = re.compile(r"\s*[-–—]\s+(?=[^a-zа-яёіїєґўъыэ\s])")
_LINE_START = re.compile(r"\s*+(?:[«\"“„(\[]|[-–—]\s)?\s*+[A-ZА-ЯЁІЇЄҐЎ\d]")
_ELLIPSIS_START = re.compile(r"\s*(?:\.\.\.|…)[A-ZА-ЯЁІЇЄҐЎ]")
_INITIAL_START = re.compile(r"\s*[A-ZА-ЯЁІЇЄҐЎ]\.")
_FINAL = ".!?…:;"
_UNFINISHED = ",-–—(«/"
_MIN_WRAP_WIDTH = 40
_MAX_WRAP_WIDTH = 120


@lru_cache(maxsize=1)
def _rules() -> SrxDocument:
    from choppa import DEFAULT_SRX_RULESET, SrxDocument  # 0.4 s, only when there is something to segment

    return SrxDocument(ruleset=DEFAULT_SRX_RULESET)


class _View:
    """A text as the rules should see it, and the way back.

    Markup and characters without width are left out, addresses and placeholders stand as words of the same length, and
    every white space is a plain one (no-break spaces stay: the rules know them).
    """

    def __init__(self, text: str, opaque: Sequence[Span]) -> None:
        pieces: list[str] = []
        self._starts: list[int] = []  # of each piece in the view
        self._origins: list[int] = []  # and in the text
        length = done = 0
        for start, end, shown in sorted(self._changes(text, opaque)):
            for origin, piece in ((done, text[done:start]), (start, shown)):
                if piece:
                    pieces.append(piece)
                    self._starts.append(length)
                    self._origins.append(origin)
                    length += len(piece)
            done = end
        pieces.append(text[done:])
        self._starts.append(length)
        self._origins.append(done)
        self.text = _OTHER_SPACE.sub(" ", "".join(pieces))

    @staticmethod
    def _changes(text: str, opaque: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
        done = 0
        for span in opaque:
            for mark in _MARKUP.finditer(text, done, span.start):
                yield (*mark.span(), "")
            part, done = span.of(text), span.end
            if part.startswith("<") or not any(char.isalnum() for char in part):
                yield span.start, span.end, part if _EMOJI_PART.match(part) else ""
            else:
                last = part[-1] if part[-1] in _FINAL else "x"
                yield span.start, span.end, part[0] + "x" * (len(part) - 2) + last if len(part) > 1 else part
        for mark in _MARKUP.finditer(text, done):
            yield (*mark.span(), "")

    def origin(self, index: int) -> int:
        """The character of the text that the view's character `index` is."""
        piece = bisect_right(self._starts, index) - 1
        return self._origins[piece] + index - self._starts[piece]


_EMOJI_PART = re.compile(EMOJI)


def _library_breaks(view: str, rules: str) -> Iterator[int]:
    from choppa import SrxTextIterator

    # The library's time grows with the square of a run of white space: it is shown no more than eight of one.
    pieces: list[str] = []
    starts, origins = [0], [0]
    for run in _LONG_SPACE.finditer(view):
        pieces.append(view[origins[-1] : run.start()])
        starts.append(starts[-1] + len(pieces[-1]))
        origins.append(run.end())
    pieces.append(view[origins[-1] :])
    position = 0
    for sentence in SrxTextIterator(_rules(), rules, "".join(pieces)):
        position += len(sentence)
        piece = bisect_right(starts, position) - 1
        yield origins[piece] + position - starts[piece]


def _is_abbreviation(before: str, after: str, language: Language) -> bool:
    word = _LAST_WORD.search(before)
    if word is None or _COUNTED.search(before) or _CLOSING_PAIR.search(before):
        return False
    last = word[1].lower()
    if after[:1].isdigit():
        return last in BEFORE_NUMBER
    if len(last) == 1 and before.rstrip()[-2:-1].isupper():
        return False  # an initial, which the library's rules judge better
    return last in _ABBREVIATIONS.get(language, UKRAINIAN) or bool(_DEGREE.search(before))


def _is_glued_name(before: str, after: str) -> bool:
    """Whether a full stop without a space after it stands inside a name (`Дж.Байден`, `Суспільне.Новини`)."""
    if before[-1:].isspace() or not before.endswith("."):
        return False
    word = re.search(r"(\w*)\.$", before)
    return word is not None and (
        word[1].lower() in BRANDS_BEFORE_STOP or (after[:1].isascii() and not word[1].isascii())
    )


def _goes_on(before: str, after: str, language: Language) -> bool:
    """Whether the sentence that the library ends between `before` and `after` goes on."""
    if after[:1].islower() or _GOES_ON.match(after) or _CLOSER.match(after):
        return True
    if _MARKER_AFTER_COLON.search(before):
        return True
    if _ONE_WORD_QUESTION.search(before) and re.match(r"\w+[?!]", after):
        return True
    if _TWO_PART_NAME.search(before) and re.match(r"\w+(?: \w+)?[»\"”]", after):
        return True  # a name of two parts: «Крим. Реалії»
    return _is_abbreviation(before, after, language) or _is_glued_name(before, after)


def _emoji_breaks(view: str) -> Iterator[int]:
    """Breaks after an emoji that stands where a full stop would: «Вибухи в Києві🔥 Працює ППО»."""
    for match in _EMOJI_END.finditer(view):
        before = match["before"]
        if not before or (before in _FINAL and match["gap"]):
            continue  # it opens the line or the sentence after it
        if before not in _FINAL and _WORDLIKE_EMOJI.search(match["emoji"]) and match["gap"]:
            continue
        yield match.end()


def _first_word_fits(line: str, following: str, width: int) -> bool:
    """Whether the newline between the lines was somebody's wish: wrapping would have put one more word on `line`."""
    if width < _MIN_WRAP_WIDTH or (width <= _MAX_WRAP_WIDTH and len(line) > 0.75 * width):
        return False
    word = following.split(maxsplit=1)[0]
    return width > _MAX_WRAP_WIDTH or len(line) + 1 + len(word) <= width


def _line_ends(line: str, following: str, width: int) -> bool:
    """Whether a single newline after `line` ends a sentence: lines of a list, of a post, a headline over its text."""
    last = line.rstrip("*_ \t\r")[-1:]
    item = bool(_BULLET.match(line) or _DASH_ITEM.match(line))
    if _DASH_ITEM.match(following) and last in ";:":
        return True
    if _BULLET.match(following) or _CAPITAL_DASH_ITEM.match(following):
        return item or last in _FINAL or bool(_EMOJI_PART.match(following.lstrip()))
    if _ELLIPSIS_START.match(following):
        return True
    if not _LINE_START.match(following) or _INITIAL_START.match(following) or not last or last in _UNFINISHED:
        return False
    if last == ":":
        return False  # a label and what it labels
    if line.endswith("  ") and len(line.rstrip()) < _MAX_WRAP_WIDTH:
        return True  # Markdown's line break
    # A list's last item, or one without a full stop, says nothing about the line after it but by its length.
    return _first_word_fits(line.rstrip(), following, width)


def _line_breaks(text: str) -> Iterator[int]:
    """Breaks at blank lines and at those single newlines that end a sentence."""
    if "\n" not in text:
        return
    offset = 0
    for paragraph in _paragraphs(text):
        yield offset
        lines = paragraph.split("\n")
        width = max(map(len, lines))
        position = offset
        for line, following in pairwise(lines):
            position += len(line) + 1
            if line.strip("> \t\r") and following.strip("> \t\r") and _line_ends(line, following, width):
                yield position
        offset += len(paragraph)


def _paragraphs(text: str) -> Iterator[str]:
    """The text in pieces that end after their blank lines."""
    start = 0
    for match in _BLANK_LINES.finditer(text):
        yield text[start : match.end()]
        start = match.end()
    yield text[start:]


def _after_space(text: str, last: int, first: int) -> int:
    """Where a sentence begins whose first visible character is `first` and the one before it `last`.

    White space between them belongs to the sentence before, an opening mark after it (`**`, `<b>`) to the next one.
    """
    for index in range(first - 1, last, -1):
        if text[index].isspace():
            return index + 1
    return first


def _view_breaks(view: str, language: Language) -> set[int]:
    """Where sentences begin in the view, by the library's rules, what is added to them and taken from them."""
    breaks = {
        position
        for position in _library_breaks(view, _RULES.get(language, "uk_two"))
        if not _goes_on(
            view[max(0, position - _CONTEXT) : position], view[position : position + _CONTEXT].lstrip(), language
        )
    }
    breaks.update(_emoji_breaks(view))
    if language == "ru":  # the library's Russian rules lack what its Ukrainian ones have
        breaks.update(match.end() for match in _AND_SO_ON.finditer(view))
    return breaks


def _starts(text: str, language: Language, opaque: Sequence[Span]) -> Iterator[int]:
    """Where sentences may begin, in no order."""
    view = _View(text, opaque)
    shown = view.text
    for position in _view_breaks(shown, language):
        last, first = position - 1, position
        while last >= 0 and shown[last].isspace():
            last -= 1
        while first < len(shown) and shown[first].isspace():
            first += 1
        if last >= 0 and first < len(shown):
            yield _after_space(text, view.origin(last), view.origin(first))
    opening = len(text) - len(text.lstrip())
    for position in _line_breaks(text):
        first = position
        while first < len(text) and text[first].isspace():
            first += 1
        if position > opening and first < len(text):
            yield first


def sentence_spans(text: str, language: Language, opaque: Sequence[Span] = ()) -> list[Span]:
    """The sentences of `text`: adjacent, covering all of it, each with the white space after it.

    Nothing is cut inside what `protected_spans` finds or inside `opaque` (other spans to be kept whole). A blank line
    ends a sentence; a single newline does only where it is clearly no wrap of a line: before an item of a list, or
    where the line is so short that the next word had room on it. White space before the first sentence belongs to it.
    An empty text has no sentence.

    Source: SRX 2.0 (LISA, 2008) with LanguageTool's rules, as choppa runs them.
    """
    return sentences_around(text, language, merged_spans(protected_spans(text), tuple(opaque)))


def sentences_around(text: str, language: Language, protected: Sequence[Span]) -> list[Span]:
    """As `sentence_spans`, for a caller that has found everything that must stay whole: in order, not overlapping."""
    if not text:
        return []
    ends = [span.end for span in protected]
    starts = [0]
    for start in sorted(set(_starts(text, language, protected))):
        inside = bisect_right(ends, start)
        whole = inside == len(protected) or protected[inside].start >= start
        # A bullet, number or letter of a list belongs to what it counts: `2. Друге`.
        marker = start - starts[-1] < _LONGEST_MARKER and _MARKER_ONLY.fullmatch(text, starts[-1], start)
        if whole and start > 0 and not marker:
            starts.append(start)
    return [Span(start, end) for start, end in pairwise([*starts, len(text)])]
