"""Quotation marks of a sentence follow its source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.translate.quotation_marks import quoted_as


@pytest.mark.parametrize(
    ("source", "english", "right"),
    [
        # The quotation goes on in the next sentence.
        ("«Ми працювали всю ніч.", "We worked all night.", "“We worked all night."),
        ("«Ми працювали всю ніч.", '"We worked all night."', '"We worked all night.'),
        # It ends here, before the attribution.
        ("Світло вже є», – сказав він.", "There is light already, – he said.", "There is light already,” he said."),
        ("«Ми вистоїмо», – сказав він.", '"We will hold out", – he said.', '"We will hold out," he said.'),
        ('Ми вистоїмо", – сказав Коваль.', "We will hold out, said Koval.", 'We will hold out," said Koval.'),
        ("«Ми вистоїмо», – сказав він.", "We will hold out, he said.", "“We will hold out,” he said."),
        # Straight marks open and close by where they stand.
        ('"Ми працювали всю ніч.', "We worked all night.", '"We worked all night.'),
        ('"Ми вистоїмо".', "We will hold out.", '"We will hold out."'),
        ('Про це пише "Новина".', "Novyna writes about it.", "Novyna writes about it."),
        # The whole sentence is quoted.
        ("«Ми вистоїмо».", "We will hold out.", "“We will hold out.”"),
        # The source quotes nothing.
        ("ППО збила п'ять дронів", "“Air defence downed five drones”", "Air defence downed five drones"),
        # Nothing to do.
        ("Він назвав це «перемогою».", "He called it a “victory”.", "He called it a “victory”."),
        ("Видатки – 5%.", "Spending – 5%.", "Spending – 5%."),
    ],
)
def test_known_answers(source: str, english: str, right: str):
    assert quoted_as(source, english) == right


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_words_never_change(source: str, english: str):
    def words(text: str) -> list[str]:
        return [character for character in text if character.isalnum()]

    assert words(quoted_as(source, english)) == words(english)
