"""Abbreviations that stand before what they belong to, so that a full stop after them ends no sentence.

Only those that the segmentation library's own rules lack, or have in another spelling; lower case, without the last
full stop. An abbreviation that often ends a sentence (`грн`, `млн`, `р`, `ін`) has no place here.
"""

from __future__ import annotations

UKRAINIAN = frozenset(
    # ranks, offices and forms of address before a name
    "ген полк підполк май кап лейт серж сол адм акад проф доц канд тов гр св преп митр архиєп єп о пп"
    " чл чл-кор кор дир заст зав нач ком ред реж арх худ упор голов ім пор напр див зокр вид"
    # places before a name
    " м с смт сел пос хут обл вул просп пр-т пров бул бульв б-р пл наб шос туп мкр мікр ж/м р-н о-в оз"
    # first names cut short
    " дж ол ів юр вол мик мих григ вас петр сер ант"
    # languages before a word
    " укр рос англ нім фр польськ лат грец".split()
)
RUSSIAN = frozenset(
    "ген полк подполк май кап лейт адм акад проф доц канд тов гр св преп митр архиеп дир зам зав нач ред реж арх"
    " им напр см г гор с дер пос обл ул просп пр-т пр пер бул бульв б-р пл наб ш туп мкр р-н о-в оз дж"
    " англ нем фр лат греч укр рус".split()
)
ENGLISH = frozenset(
    "mr mrs ms dr prof gen lt col maj sgt capt cpl pvt adm brig cmdr sen rep gov pres hon rev fr st mt ft messrs"
    " vs e.g i.e cf fig figs eds vol approx".split()
)
BEFORE_NUMBER = frozenset(
    # parts of a law, a book, an address: `ст. 115`, `No. 5`
    "ст ч п пп пункт рис мал табл тел моб факс кв буд б корп кім оф під стор сс див гл розд абз вип арт поз прим дод"
    " ном № с т вид ред рр см стр разд д дом оф no nos pp p vol ch sec art fig".split()
)
BRANDS_BEFORE_STOP = frozenset("суспільне дія армія радіо громадське реформа паляниця дом мрія".split())
"""Names written with a full stop inside: `Суспільне.Новини`, `Дія.Підпис`."""
