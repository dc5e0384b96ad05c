"""A news item with its English, some of it wrong on purpose: what the desk is tried and shown with.

The persons and the event are invented, the address is reserved (RFC 2606).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from vistka.memory.corrections import Correction
from vistka.models.engine import Output, Request
from vistka.tests.scripted_engine import ScriptedEngine
from vistka.text.romanisation import romanise

TITLE = "На Полтавщині запустили першу чергу сонячної станції для лікарень"
ADDRESS = "https://novyny.example/2026/05/19/soniachna-stantsiia/"
_PARAGRAPHS = (
    (
        "На Полтавщині запрацювала перша черга сонячної електростанції, яка живитиме три районні лікарні. "
        "Про це у вівторок повідомили в Полтавській ОВА."
    ),
    (
        "Станція потужністю 2,4 МВт коштувала 96 млн грн: 60% дав європейський фонд, решту – місцеві громади. "
        "За розрахунками енергетиків, лікарні платитимуть за світло на третину менше, ніж торік."
    ),
    (
        "«Під час відключень у січні операційна працювала на генераторі 41 годину поспіль. "
        "Тепер ми матимемо власне живлення і запас на ніч», – розповіла головна лікарка Ірина Савченко."
    ),
    "Другу чергу планують добудувати до кінця жовтня. Її вартість поки не називають, бо тендер ще триває.",
    "Мы ждали этого два года, и теперь свет в палатах больше не выключают.",
    "Нагадаємо, минулого місяця через обстріл без світла залишилися понад 12 тис. споживачів.",
    "Фото: з відкритих джерел",
)
NEWS = "\n\n".join((TITLE, f"{ADDRESS}\n2026-05-19T10:20:00+03:00", *_PARAGRAPHS)) + "\n"

GOOD = {
    TITLE: "First stage of a solar plant for hospitals launched in the Poltava region",
    "На Полтавщині запрацювала перша черга сонячної електростанції, яка живитиме три районні лікарні.": (
        "The first stage of a solar power plant that will supply three district hospitals has started work in the "
        "Poltava region."
    ),
    "Про це у вівторок повідомили в Полтавській ОВА.": (
        "The Poltava Regional Military Administration announced this on Tuesday."
    ),
    "«Під час відключень у січні операційна працювала на генераторі 41 годину поспіль.": (
        "“During the blackouts in January, the operating theatre ran on a generator for 41 hours in a row."
    ),
    "Нагадаємо, минулого місяця через обстріл без світла залишилися понад 12 тис. споживачів.": (
        "As a reminder, last month more than 12,000 consumers were left without power because of shelling."
    ),
}
UNSURE = {
    "Другу чергу планують добудувати до кінця жовтня.": "The second queue is to be completed by the end of October.",
    "За розрахунками енергетиків, лікарні платитимуть за світло на третину менше, ніж торік.": (
        "By the calculations of the power people, hospitals will pay for the light a quarter less than last year."
    ),
}
WRONG = {
    "Станція потужністю 2,4 МВт коштувала 96 млн грн: 60% дав європейський фонд, решту – місцеві громади.": (
        "The 2.4 MW plant cost 96 million rubles: a European fund gave 60%, and local communities the rest."
    ),
    "Тепер ми матимемо власне живлення і запас на ніч», – розповіла головна лікарка Ірина Савченко.": (
        "Now we will have our own power and a reserve for the night,” said the chief physician."
    ),
    "Її вартість поки не називають, бо тендер ще триває.": (
        "Its cost is being called so far, because the tender is still under way."
    ),
}
CORRECTED = (
    "За розрахунками енергетиків, лікарні платитимуть за світло на третину менше, ніж торік.",
    "Engineers expect the hospitals’ electricity bills to be a third lower than last year.",
)

REMEMBERED = Correction(
    source="Нагадаємо, минулого місяця через обстріл без світла залишилися понад 12 тис. споживачів.",
    target="Last month, shelling left more than 12,000 consumers without power.",
    author="O. Hnatiuk",
)


@dataclass
class Newsroom:
    """What the scripted engine knows, and how long it thinks.

    Attributes:
        pause_s: before each sentence.
    """

    pause_s: float = 0.0

    def answer(self, request: Request) -> Output:
        """The English of a sentence, also of a part of it, so that a second try does not put a wrong one right.

        Of what is not known: its letters in Latin script.
        """
        time.sleep(self.pause_s)
        text = request.text.strip()
        known = GOOD | UNSURE | WRONG
        english = next((known[sentence] for sentence in known if text in sentence), romanise(text))
        words = len(english.split())
        return Output(english, len(text.split()), words, -0.4 if text in UNSURE else -0.12)

    def engine(self) -> ScriptedEngine:
        """A sequence-to-sequence engine that knows this news."""
        return ScriptedEngine(self.answer, kind="seq2seq", name="scripted")
