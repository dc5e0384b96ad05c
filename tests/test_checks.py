"""Every check, on English that is wrong and on English that is right."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.translate.checks import Checked, check, shows
from vistka.translate.glossary import Entry, Glossary
from vistka.translate.hints import hints_for

NOTHING = Glossary([])


def codes(source: str, english: str, glossary: Glossary = NOTHING, *, finished: bool = True) -> set[str]:
    """Code of each finding, with `!` where it is an error."""
    hints = hints_for(source, glossary)
    found = check(Checked(source, english, finished, hints.matches, hints.spellings))
    return {finding.code + ("!" if finding.severity == "error" else "") for finding in found}


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("За це він отримав 1,5 млн грн.", "For this he received 1.5 million hryvnias."),
        ("Місто спить.", "The city sleeps."),
        ("Зустріч відбулася 24 лютого 2022 року о 17:30.", "The meeting took place on 24 February 2022 at 5:30 p.m."),
        ("Олег Синєгубов прибув до Харкова.", "Oleh Syniehubov arrived in Kharkiv."),
        ("«Місто спить», – сказав він.", "“The city sleeps,” he said."),
        ("Він не прийшов.", "He did not come."),
        ("Він не прийшов.", "He failed to come."),
        ("Це не лише місто, а й порт.", "It is both a city and a port."),
        ("Це чи не найбільше місто.", "It is perhaps the largest city."),
        ("Де б він не був, місто спить.", "Wherever he is, the city sleeps."),
        ("Місто сильне, як ніколи.", "The city is stronger than ever."),
        ("Ціни зросли на 2,5%.", "Prices rose by 2.5 percent."),
        ("800 тис. людей виїхали.", "800,000 people left."),
        ("Завод «Азовсталь» стоїть.", "The Azovstal plant stands."),
        ("Дві третини міста без світла.", "Two thirds of the city is without light."),
        ("Допомога від Сполученого Королівства.", "Aid from the UK."),
        ("Далі Роза прибула.", "Then Rosa arrived."),
    ],
)
def test_good_english_is_not_doubted(source: str, english: str):
    assert codes(source, english) == set()


@pytest.mark.parametrize(
    ("source", "english", "code"),
    [
        ("Він отримав 1,5 млн грн.", "He received 1.5 billion hryvnias.", "number-missing!"),
        ("Він отримав 1,5 млн грн.", "He received hryvnias.", "number-missing!"),
        ("Він отримав 1,5 млн грн.", "He received 1.5 million rubles.", "number-unit!"),
        ("Проїхали 40 км.", "They drove 40 miles.", "number-unit!"),
        ("Він отримав гроші.", "He received 350 dollars.", "number-added"),
        ("Це сталося 24 лютого.", "It happened on 25 February.", "date-missing!"),
        ("Це сталося 24 лютого.", "It happened on 24 March.", "date-missing!"),
        ("Олег Синєгубов прибув.", "The governor arrived.", "name-missing!"),
        ("Олег Синєгубов прибув.", "Mr Syniehubov arrived.", "name-missing"),
        ("Олег Синєгубов прибув.", "Mr Oleh arrived.", "name-missing!"),
        ("Виступила діва Сезен Аксу.", "The diva performed there.", "name-missing"),
        ("Він живе в Харкові.", "He lives in Kharkov.", "russian-form!"),
        ("Він живе в Києві.", "He lives in Kiev.", "russian-form!"),
        ("Він не прийшов.", "He came.", "negation-lost!"),
        ("Ніхто не постраждав.", "People were injured.", "negation-lost!"),
        ("Світла немає.", "The light is on.", "negation-lost!"),
        ("СБУ затримала його.", "The SBU (Security Service of Ukraine) detained him.", "expansion!"),
        ("СБУ затримала його.", "The Security Service of Ukraine (SBU) detained him.", "expansion!"),
        ("Він назвав це «кроком до миру».", "He called it a step to peace.", "quotation-lost"),
        ("Завод стоїть.", "The “plant” stands.", "quotation-added"),
        ("Місто спить.", "Місто sleeps.", "leftover-cyrillic!"),
        ("Місто спить.", "", "empty!"),
        ("Місто спить.", "  \n", "empty!"),
        ("Місто спить.", "Here is the translation: The city sleeps.", "chatter!"),
        ("Місто спить.", "Sure, the city sleeps.", "chatter!"),
        ("Місто спить.", "Translation: The city sleeps.", "chatter!"),
        ("Місто спить.", "English: The city sleeps.", "chatter!"),
        ("Місто спить.", "Terms: місто = city", "chatter!"),
        ("Місто спить.", "As an AI language model, I sleep.", "chatter!"),
        ("Місто спить.", "I'm sorry, but I can't translate it.", "chatter!"),
        ("Місто спить.", "</text> The city sleeps.", "chatter!"),
        ("Місто спить.", "The Ukrainian text is about a city.", "chatter!"),
    ],
)
def test_bad_english_is_doubted(source: str, english: str, code: str):
    assert code in codes(source, english)


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("Ось вона, столиця.", "Here is the capital."),
        ("Переклад твору вийшов друком.", "Translation of the work was published."),
        ("Англійська мова важка.", "English is hard."),
        ("Текст угоди відомий.", "The text of the agreement is known."),
        ("Я не можу спати.", "I cannot sleep."),
        ("«Мені шкода», – сказав він.", "“I'm sorry,” he said."),
    ],
)
def test_these_words_are_not_always_the_models_own(source: str, english: str):
    assert "chatter!" not in codes(source, english)


def test_a_hypothesis_that_was_cut_off():
    assert "unfinished!" in codes("Місто спить.", "The city", finished=False)


def test_an_empty_hypothesis_is_looked_at_no_further():
    assert codes("Він не отримав 5 млн грн 24 лютого.", "") == {"empty!"}


LONG = "Мешканці міста чекають на світло, воду й тепло, а влада обіцяє все полагодити до ранку."


def test_the_length():
    good = "The residents of the city are waiting for light, water and heat, and the authorities promise repairs soon."
    assert codes(LONG, good) == set()
    assert "too-short!" in codes(LONG, "The residents are waiting for light.")
    assert "too-long!" in codes(LONG, good + " " + "The war began long ago, as everyone there knows very well by now.")
    assert codes("Так, це воно.", "Yes.") == set()


@pytest.mark.parametrize(
    "english",
    [
        "the city the city the city the city the city the city",
        "the the the the the the",
        "He came to the very old city. He came to the very old city and slept.",
    ],
)
def test_a_loop(english: str):
    assert "repetition!" in codes("Він прийшов до старого міста й заснув там.", english)


def test_a_speaker_may_repeat_himself():
    source = "Ми не боїмося нічого. Ми не боїмося нікого. Ми не боїмося нічого."
    english = "We are not afraid of anything. We are not afraid of anyone. We are not afraid of anything."
    assert codes(source, english) == set()
    twice = "The will of the people is strong. They know the will of the people."
    assert codes("Воля народу сильна. Вони знають волю народу.", twice) == set()


def test_an_expansion_that_the_glossary_offers_or_the_source_has_is_none():
    known = Glossary([Entry("СБУ", ("Security Service of Ukraine (SBU)",), pos="abbr")])
    english = "The Security Service of Ukraine (SBU) detained him."
    assert codes("СБУ затримала його.", english, known) == set()
    assert codes("Служба безпеки України (СБУ) затримала його.", english) == set()
    assert "expansion!" in codes("СБУ (так) затримала.", "The SBU (yes) detained (in Kyiv).")


def test_a_name_by_the_glossarys_spelling():
    known = Glossary([Entry("Володимир Зеленський", ("Volodymyr Zelenskyy",), pos="name")])
    assert codes("Про це сказав Володимир Зеленський.", "Volodymyr Zelenskyy said this.", known) == set()
    assert "name-missing!" in codes("Про це сказав Володимир Зеленський.", "The president said this.", known)


def test_a_users_term_has_to_be_used():
    known = Glossary([Entry("безпілотник", ("drone", "UAV"), by_user=True), Entry("місто", ("town",), pos="noun")])
    source = "Безпілотники над містом."
    assert codes(source, "Drones over the city.", known) == set()
    assert codes(source, "UAVs over the city.", known) == set()
    assert codes(source, "Aircraft over the town.", known) == {"term-missed!"}


def test_a_finding_names_the_words_of_the_source():
    hints = hints_for("Він отримав 1,5 млн грн.", NOTHING)
    (finding,) = check(Checked("Він отримав 1,5 млн грн.", "He received 2 million hryvnias.", True, hints.matches))[:1]
    assert finding.source_text == "1,5 млн грн"
    assert "1,5 млн грн" in finding.message


@pytest.mark.parametrize(
    ("english", "sense", "wanted"),
    [
        ("Two city councils met.", "city council", True),
        ("He was detained.", "detain", True),
        ("They are carrying it.", "carry", True),
        ("The city's council met.", "city council", False),
        ("Scattered.", "cat", False),
        ("A drone.", "", False),
    ],
)
def test_whether_a_term_shows(english: str, sense: str, wanted: bool):
    assert shows(english, sense) is wanted


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="абв АЄ 1,5 млн грн не «»()%$-.", max_size=60),
    st.text(alphabet="abc the 1,5 million (“”) $%-.\n", max_size=60),
)
def test_no_text_breaks_a_check(source: str, english: str):
    for finding in check(Checked(source, english)):
        assert finding.code
        assert finding.message.endswith((".", ")", "”")) or finding.message


def test_an_abbreviation_that_is_several_words_in_english_makes_nothing_too_long_or_lost():
    known = Glossary(
        [
            Entry("ОВА", ("oblast military administration",), "abbr"),
            Entry("ДСНС", ("State Emergency Service",), "abbr"),
            Entry("КАБ", ("guided bomb",), "abbr"),
        ]
    )
    source = "Про це повідомили в Сумській ОВА та ДСНС."
    english = "This was reported by the Sumy oblast military administration and the State Emergency Service."
    assert "too-long!" not in codes(source, english, known)
    assert "too-long!" in codes(source, english)
    dropped = "Окупанти скинули три КАБи на прикордонну громаду."
    assert "name-missing" not in codes(
        dropped, "The occupiers dropped three guided bombs on a border community.", known
    )
