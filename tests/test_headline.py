"""Headlines: sentence case, no slot names, no full stop, and otherwise as they were."""

from __future__ import annotations

import pytest

from vistka.summarize.headline import headline, objection

BODY = "More than 40 thousand customers in Odesa lost power, the SES said. The engineers of DTEK will do it by Monday."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("MORE THAN 40 THOUSAND CUSTOMERS IN ODESA LOST POWER", "More than 40 thousand customers in Odesa lost power"),
        ("DTEK ENGINEERS WILL REPAIR THE LINE BY MONDAY", "DTEK engineers will repair the line by Monday"),
        ("Power is back in Odesa. VIDEO", "Power is back in Odesa"),
        ("Power is back in Odesa (PHOTOS)", "Power is back in Odesa"),
        ("Power is back in Odesa – PHOTO, VIDEO", "Power is back in Odesa"),
        ("Power is back in Odesa.", "Power is back in Odesa"),
        ("Power is back in the U.S.", "Power is back in the U.S."),
        ("Power is back. Repairs go on.", "Power is back. Repairs go on."),
        ("Power is back…", "Power is back…"),
        ("DTEK and the SES restore power", "DTEK and the SES restore power"),
        ("  Power   is\nback ", "Power is back"),
        ("NATO", "NATO"),
        ("DTEK", "DTEK"),
        ("EXPLOSION", "Explosion"),
        ("BREAKING: power is back!", "Power is back"),
        ("DTEK: WE WILL REPAIR IT BY MONDAY", "DTEK: we will repair it by Monday"),
        ("Engineers: WE WILL DO IT", "Engineers: we will do it"),
        ("US AND UKRAINE SIGN DEAL IN MARCH", "US and Ukraine sign deal in March"),
        ("Video shows the moment of the strike", "Video shows the moment of the strike"),
    ],
)
def test_a_title_becomes_a_headline(title: str, expected: str) -> None:
    assert headline(title, BODY) == expected


@pytest.mark.parametrize(
    ("head", "title", "refused"),
    [
        ("Power is back in Odesa", "Світло повернулося", False),
        ("You won’t believe who is back", "Світло повернулося", True),
        ("Is power back in Odesa?", "Світло повернулося", True),
        ("Is power back in Odesa?", "Чи повернулося світло?", False),
    ],
)
def test_what_is_no_headline(head: str, title: str, refused: bool) -> None:
    assert bool(objection(head, title)) == refused
