"""A source text in the form by which it is stored and found again, and the keys made of it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence

_FIGURES = re.compile(r"\d+(?:[., ]\d+)*")


def normalised(text: str) -> str:
    """`text` in NFC, with one kind of apostrophe, one space for any white space, and none at its ends.

    Case and punctuation stay: `Рада` and `рада`, a statement and its question are translated differently.
    """
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").replace("ʼ", "'").split())


def comparable(text: str) -> str:
    """`normalised(text)` for measuring how alike two texts are: lower case, one `0` for every number in digits.

    Numbers are left out of the measure because they are compared by value (`differences`): two long sums would make
    one sentence look like two.
    """
    return _FIGURES.sub("0", normalised(text).casefold())


def comparable_bytes(texts: Sequence[str]) -> list[bytes]:
    """`comparable` of each text, one byte a letter (Windows-1251), `?` for what the code page does not have.

    n texts in, n out, in order. All of them go through as one string, whose lines are the texts: three times as fast.
    """
    if not texts:
        return []
    lines = "\n".join(map(normalised, texts))
    return _FIGURES.sub("0", lines.casefold()).encode("cp1251", "replace").split(b"\n")


def source_key(source: str, source_language: str, target_language: str) -> str:
    """Key of a source whatever model its draft came from: SHA-256 of canonical JSON, 64 hexadecimal digits."""
    return _sha256({"source": normalised(source), "from": source_language, "to": target_language})


def correction_key(
    source: str, source_language: str, target_language: str, *, model: str, revision: str, glossary: str
) -> str:
    """Key of a source as one state of model and glossary drafted it: SHA-256 of canonical JSON, 64 hexadecimal digits.

    `model` and `revision` name the model whose draft was corrected, `glossary` is the version of the glossary it was
    drafted with; each is empty where it is not known.
    """
    return _sha256(
        {
            "source": normalised(source),
            "from": source_language,
            "to": target_language,
            "model": model,
            "revision": revision,
            "glossary": glossary,
        }
    )


def _sha256(fields: dict[str, str]) -> str:
    # ASCII escapes: text with a lone surrogate, which UTF-8 cannot hold, has a key too.
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
