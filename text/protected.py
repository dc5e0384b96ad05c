"""What must come out of a translation exactly as it went in: addresses, tags, placeholders, emoji."""

from __future__ import annotations

import re
from functools import lru_cache

from vistka.datatypes import Span

# Endings that make a bare `name.ending` an address. Others (a sentence end with its space missing, `ВВП.Однак`, or
# `Дія.City`) are not: a wrong guess here would leave a word untranslated.
_TOP_DOMAINS = (
    "ua com org net edu gov mil int info biz io co eu uk us de fr pl it es cz sk hu ro md lt lv ee fi se no dk nl be at"
    " ch pt gr bg tr il jp cn in au ca br by ru kz ge az am me tv fm ai app dev news site online media agency club pro"
    " press live blog store shop tech cloud link page today world eco"
)
_FILE_ENDINGS = (
    "docx? xlsx? pptx? odt ods odp rtf pdf txt csv tsv json jsonl xml ya?ml toml ini html? md rst tex css js ts py java"
    " cpp sh bat exe apk dmg deb zip rar 7z tar gz bz2 xz jpe?g png gif svg webp bmp tiff? mp3 mp4 avi mov mkv wav ogg"
    " flac webm srt vtt po tmx xliff xlf epub fb2 gguf safetensors"
)

_EMOJI_BASE = (
    r"[\U0001F300-\U0001FAFF\U0001F000-\U0001F0FF\U0001F170-\U0001F251\u2600-\u27BF\u2B05-\u2B07\u2B1B\u2B1C\u2B50"
    r"\u2B55\u231A\u231B\u2328\u23CF\u23E9-\u23F3\u23F8-\u23FA\u25AA\u25AB\u25B6\u25C0\u25FB-\u25FE]"
)
_EMOJI_ONE = (
    r"(?:[\U0001F1E6-\U0001F1FF]{2}"  # a flag is two regional letters
    r"|[0-9#*]\uFE0F?\u20E3"  # a digit in a key cap
    r"|[\u00A9\u00AE\u203C\u2049\u2122\u2139\u2194-\u21AA\u3030\u303D]\uFE0F"
    rf"|{_EMOJI_BASE}(?:\uFE0F|[\U0001F3FB-\U0001F3FF])?[\U000E0020-\U000E007F]*)"
)
EMOJI = rf"{_EMOJI_ONE}(?:\u200D{_EMOJI_ONE}|{_EMOJI_ONE})*"
"""Pattern of one or more emoji without anything between them, each with its joiners, skin tones and selectors."""

# What Weblate puts in place of a placeholder before it asks for a translation, and looks for afterwards: `[X12X]`.
_MARK = r"\[X\d{1,6}X\]"

# In order of preference where two begin at the same character. Every repeat is bounded by a character it cannot cross,
# or possessive, and a look-behind stops a second try inside the same run: the scan stays linear.
_PATTERNS = (
    ("code", r"```(?:[^`]|`(?!``))*+```|`[^`\n]++`"),
    ("comment", r"<!--(?:(?!-->|<!--)[\s\S])*+-->"),
    ("element", r"<(?P<opened>[A-Za-z][\w:.-]{0,40})(?:\s[^<>]*+)?></(?P=opened)>"),
    ("tag", r"</?[A-Za-z][\w:.-]*+(?:\s[^<>]*+)?/?>|<[A-Za-z][\w:.-]{0,40}/>|<[!?][A-Za-z\[][^<>]*+>"),
    ("placeholder", r"\{\{[^{}\n]{1,80}\}\}|\$\{[^{}\n]{1,80}\}|%?\{[\w.:!-]{1,80}\}|" + _MARK),
    ("variable", r"(?<!\w)__[A-Z0-9]++(?:_[A-Z0-9]++)*+__(?!\w)"),
    ("format", r"(?<![\w%])%(?:\(\w{1,60}\)[#0+ -]?\d{0,3}(?:\.\d{1,3})?[a-zA-Z]|(?:\d\$)?[sdifuxXeEgGcr@])(?!\w)"),
    (
        "url",
        r"(?<!\w)(?:https?|ftps?|file|tg|viber|mailto):(?://)?[^\s<>\"«»“”„`]++|(?<![\w.@/-])www\.[^\s<>\"«»“”„`]++",
    ),
    ("email", r"(?<![\w.+-])[\w+-][\w.+-]{0,63}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])"),
    (
        "file",
        rf"(?<![\w.@/-])[^\W_][\w-]{{0,100}}(?:\.[\w-]{{1,40}}){{0,4}}\.(?:{'|'.join(_FILE_ENDINGS.split())})(?![\w@]|\.\w)",
    ),
    (
        "domain",
        (
            r"(?<![\w.@/-])[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,62}\.)(?:[a-zA-Z0-9-]{1,63}\.){0,6}"
            rf"(?:{'|'.join(_TOP_DOMAINS.split())})(?![\w@-]|\.\w)(?::\d{{1,5}})?(?:/[^\s<>\"«»“”„`]*+)?"
            r"|(?<![\w.@/-])[\w-]{1,63}\.укр(?![\w-])(?:/[^\s<>\"«»“”„`]*+)?"
        ),
    ),
    ("handle", r"(?<![\w@/.])@[A-Za-z0-9_](?:[\w.-]{0,62}\w)?(?!\w)"),
    ("hashtag", r"(?<![\w#&/])#\d{0,20}[^\W\d]\w*+"),
    (
        "hash",
        (
            r"(?<!\w)(?:0x[0-9a-fA-F]{4,64}|[0-9a-f]{32,128}|[0-9A-F]{32,128}"
            r"|(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,31})(?!\w)"
        ),
    ),
    ("emoji", EMOJI),
)
_TRAILING = ".,;:!?…'*_’”"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PATTERNS))


def _address_end(address: str) -> int:
    """How many characters of `address` are address, and not the punctuation of the sentence around it."""
    surplus = {closer: address.count(closer) - address.count(opener) for closer, opener in _PAIRS.items()}
    end = len(address)
    # A mark of Weblate's is never cut, whatever brackets stand before it.
    marked = max((match.end() for match in re.finditer(_MARK, address)), default=0)
    while end > marked:
        last = address[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return end


_SCHEME_ONLY = re.compile(r"[a-z]+(?::(?://)?)?|www\.?")


def _scheme_only(address: str) -> bool:
    return _SCHEME_ONLY.fullmatch(address) is not None


def protected_spans(text: str) -> list[Span]:
    """The parts of `text` that no step may change, in order, never overlapping and never within a word.

    Addresses of the web and of mail, bare domains, @handles, #hashtags, tags, placeholders of message formats, emoji,
    Markdown code, file names and hexadecimal digests. An address ends before the punctuation of its sentence.
    """
    spans: list[Span] = []
    for match in _pattern().finditer(text):
        start, end = match.span()
        if match.lastgroup in {"url", "domain"}:
            end = start + _address_end(match[0])
            if end == start or _scheme_only(text[start:end]):
                continue
        spans.append(Span(start, end))
    return spans


def merged_spans(*groups: list[Span] | tuple[Span, ...]) -> list[Span]:
    """Spans of several lists as one: in order, those that overlap made one, empty ones left out."""
    merged: list[Span] = []
    for span in sorted(span for group in groups for span in group if span.end > span.start):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
