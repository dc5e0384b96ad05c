"""Whether a name in Cyrillic is Ukrainian, so that resolution 55 spells it, or foreign, with a spelling of its own.

A Ukrainian given name, or the ending of a Ukrainian surname, makes a name Ukrainian. A given name that is not, sounds
that no Ukrainian root has (дж, double consonants, two vowels in a row) and endings that Ukrainian does not decline
make it foreign. Where nothing tells, it is taken for Ukrainian: resolution 55 is then at least a readable spelling.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Literal

NameOrigin = Literal["ukrainian", "foreign", "unclear"]

_CERTAIN = re.compile(r"(?:[єе]нк[оа]|ишин|[уюя]к|ійчук)$")
_UKRAINIAN_END = re.compile(
    r"(?:чик|[сцз]ьк(?:ий|а)|[ії]в|ець|ило|айло|[бвгдзклмнпрст]ко|йко|[яіуе]ха|[аи]га|[гд]ай|[иі]ба|чка|шка|рба|лба|"
    r"ний|рий|лий|[оа]та|[иі]ла|ура|юра|няк|ляк|дяк|уля|уня)$"
)
# Sounds that no Ukrainian root has, and endings of foreign surnames.
_FOREIGN_SOUNDS = re.compile(
    r"дж|ґ|([бвгґджзйклмпрстфхцчшщ])\1|[аеиіїоу]у|[ауео]о|[оуіе]а|уе|[оаі]е|[кгтдлн]ю[аеор]|ью|ьє|"
    r"кс|фф|фр|хт|нг|льд|лт|мпс|шт[еаро]|вуд|^е|^ле[^вбсщн]|[бгт]т$|нд$|рд$|рт$|рк$|рг$|рс$|лс$|нс$|кс$|[еі]с$|рман$|"
    r"ссон$|[лнкр]сон$|тон$|сен$|берг$|бург$|штейн$|фельд$|йєр$|[аео]єр$|ллі$|оні$|іні$"
)
_FOREIGN_END = re.compile(r"(?:[еєіїуюи]|[^клх][нтсрзджцмп]о|[аеио]о|дзе|швілі|оглу|ян|[аоі]с)$")
_SLAVIC_END = re.compile(r"(?:[оеє]в|[оеє]ва|[иі]н|[иі]на|[сц]ький|[сц]ька|ич|ик)$")


@lru_cache(maxsize=8192)
def surname_origin(surname: str) -> NameOrigin:
    """What a surname, in the nominative and lower case, says of itself; its Russian or Polish look is `unclear`."""
    if _CERTAIN.search(surname):
        return "ukrainian"
    if _SLAVIC_END.search(surname):
        return "unclear"
    if _FOREIGN_SOUNDS.search(surname):
        return "foreign"
    if _UKRAINIAN_END.search(surname):
        return "ukrainian"
    return "foreign" if _FOREIGN_END.search(surname) else "unclear"


def follows_the_rules(surname: str) -> bool:
    """Whether a surname that stands alone may be romanised: it looks Ukrainian, or at least Slavic."""
    return surname_origin(surname) == "ukrainian" or bool(_SLAVIC_END.search(surname))


_FOREIGN_PLACE = re.compile(
    r"(?:[еєіїуюи]|о[иу]|[аеіоу][аеіоу]|[^кв]о|с|з|нд|рд|рт|нг|лд|рк|форд|таун|тон|бург|берг|штадт|гайм|дорф|вілл|поліс|ія)$"
)
_UKRAINIAN_PLACE = re.compile(
    r"(?:[ії]вка|[сц]ьке?|щина|[иі]ця|[оеє]ве|не|[ії]в|поль|піль|[иі]вці|инці|град|город|иничі|ичі|пілля|яни|[иі]но)$"
)


@lru_cache(maxsize=8192)
def place_origin(place: str) -> NameOrigin:
    """What the name of a place, in the nominative and lower case, says of itself."""
    if _UKRAINIAN_PLACE.search(place):
        return "ukrainian"
    return "foreign" if _FOREIGN_PLACE.search(place) or _FOREIGN_SOUNDS.search(place) else "unclear"


def person_origin(
    given: Sequence[str], surname: str, *, ukrainian: Collection[str], patronymic: bool = False
) -> NameOrigin:
    """Where the name of a person comes from.

    Args:
        given: given names in the nominative, lower case; initials (`о.`) say nothing.
        surname: likewise; may be empty.
        ukrainian: given names, lower case, that Ukrainians bear.
        patronymic: whether the mention has a patronymic, which only East Slavic names have.
    """
    own = surname_origin(surname) if surname else "unclear"
    full = [name for name in given if not name.endswith(".")]
    if patronymic or (full and all(part in ukrainian for name in full for part in name.split("-"))):
        return "ukrainian"
    if full:
        return "ukrainian" if own == "ukrainian" and len(full) == 1 and full[0] not in _FOREIGN_GIVEN else "foreign"
    return own


# Given names in the form that Ukrainian keeps for Russians, Belarusians and Poles.
_FOREIGN_GIVEN = frozenset(
    "ніколай алєксєй алєксандр сєргєй дмітрій владімір андрєй міхаїл євгєній павєл пьотр анджей алесь".split()
)
