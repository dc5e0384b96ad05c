"""What would make the first requests slow is done before them, and once: many at a time would each do it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vistka.documents.read import read
from vistka.models.engine import Decoding, Output, Request
from vistka.models.wrapped_engine import WrappedEngine
from vistka.translate.drafts import Remembered, Translator

_SAMPLE = (
    "<h1>Міністр оборони у Києві</h1><p>Олександр Сирський повідомив 24 серпня, що ЗСУ отримали 2,5 млрд грн на"
    " дрони. «Дякую», — сказав він. Подробиці: https://example.org.</p><p>Так. Он там.</p>"
)


def warm_up(translator: Translator) -> None:
    """Load dictionaries, lexicon and rules by translating a sample of news; the model is not asked."""
    item = read(_SAMPLE, format="html", max_mib=1.0)
    echo = _Echo(translator.engine)
    replace(translator, engine=echo, memory=None, remembered=Remembered(), measures_similarity=True).draft(item)


class _Echo(WrappedEngine):
    """An engine that writes what it reads; the one it stands for is not asked."""

    def count_tokens(self, text: str) -> int:
        """Words of `text`."""
        return len(text.split())

    def generate(self, requests: Sequence[Request], decoding: Decoding) -> list[Output]:
        """Each request's text."""
        return [Output(request.text, 1, 1, 0.0) for request in requests]

    def close(self) -> None:
        """Nothing to close."""
