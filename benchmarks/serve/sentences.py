"""Ukrainian news sentences that are all different, so that no cache has seen one before."""

from __future__ import annotations

import random
from collections.abc import Iterator

_WHO = (
    "Міська рада Полтави", "Кабінет Міністрів", "Обласна прокуратура", "Служба безпеки", "Рада директорів заводу",
    "Місцева лікарня", "Національний банк", "Команда волонтерів", "Управління освіти", "Державна служба з питань праці",
)  # fmt: skip
_DID = (
    "вирішила виділити", "планує витратити", "повідомила, що передала", "просить додатково", "отримала від партнерів",
    "затвердила допомогу на", "готується закупити обладнання на", "уклала договір на",
)  # fmt: skip
_UNIT = ("тисяч гривень", "мільйонів гривень", "тисяч доларів", "млн євро")
_FOR = (
    "на ремонт шкільних укриттів", "для лікування поранених військових", "на будівництво нового мосту через річку",
    "для відновлення пошкоджених електромереж", "на закупівлю медичного обладнання", "для допомоги переселенцям",
    "на підготовку до опалювального сезону", "для розвитку громадського транспорту",
)  # fmt: skip
_WHERE = ("у Чернігові", "на Харківщині", "у Вінницькій області", "в Одесі", "на заході країни", "у Кривому Розі")
_WHEN = ("сьогодні вранці", "минулого тижня", "до кінця року", "наступного понеділка", "у вівторок", "цієї осені")


def sentences(seed: int) -> Iterator[str]:
    """Sentences without an end, of 18 to 24 words; those of one seed never come twice."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    seen: set[str] = set()
    while True:
        amount = f"{chance.randint(2, 99)},{chance.randint(1, 9)}"
        text = (
            f"{chance.choice(_WHO)} {chance.choice(_DID)} {amount} {chance.choice(_UNIT)} {chance.choice(_FOR)}"
            f" {chance.choice(_WHERE)} {chance.choice(_WHEN)}, а роботи триватимуть {chance.randint(2, 98)} днів."
        )
        if text not in seen:
            seen.add(text)
            yield text
