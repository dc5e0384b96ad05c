import pytest
from hypothesis import given
from hypothesis import strategies as st

from vistka.text.name_words import KnownNames
from vistka.text.names import missing_names, missing_unknown_names, names, russian_forms
from vistka.text.phonetic import sounds_alike
from vistka.text.place_short_forms import has_short_form


def read(text):
    return [(name.lemma, name.kind) for name in names(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Про це сказав Володимир Зеленський.", [("володимир", "person"), ("зеленський", "person")]),
        ("Зеленський заявив про це у Києві.", [("зеленський", "person"), ("київ", "place")]),
        ("Розмова з Олафом Шольцом тривала.", [("олаф", "person"), ("шольц", "person")]),
        ("Про це повідомив О. Чернишов.", [("чернишов", "person")]),
        ("У Харківській області знову обстріли.", []),
        ("Верховна Рада ухвалила закон.", []),
        ("Начальник Полтавської ОВА повідомив.", []),
        ("Зустріч у Німеччині та Польщі.", [("німеччина", "place"), ("польща", "place")]),
        ("Слава Україні!", []),
        ("Щастя є.", []),
        ("ЗЕЛЕНСЬКИЙ ПРИБУВ ДО КИЄВА", []),
        ("Вони купили Bradley.", []),
        ("Обстріл Кривого Рогу та Часів Яру.", [("кривий ріг", "place"), ("часів яр", "place")]),
        ("Сергій Лисак вибачився. Лисак пішов.", [("сергій", "person"), ("лисак", "person"), ("лисак", "person")]),
        ("Нагородив Олену Петрівну.", [("олена", "person"), ("петрівна", "patronymic")]),
    ],
)
def test_names_of_a_sentence(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("ukrainian", "english"),
    [
        ("Столтенберг", "Stoltenberg"),
        ("Шольц", "Scholz"),
        ("Байден", "Biden"),
        ("Джонсон", "Johnson"),
        ("Макрон", "Macron"),
        ("Ляєн", "Leyen"),
        ("Трюдо", "Trudeau"),
        ("Юрій", "Yuriy"),
        ("Зеленський", "Zelenskyi"),
        ("Жозеп", "Josep"),
        ("Качинський", "Kaczyński"),
    ],
)
def test_a_foreign_name_is_known_by_its_sound(ukrainian, english):
    assert sounds_alike(ukrainian, english)


@pytest.mark.parametrize(
    ("ukrainian", "english"),
    [("Шольц", "Macron"), ("Байден", "Trump"), ("Харків", "Kherson"), ("Петренко", "Poroshenko"), ("Дуда", "Biden")],
)
def test_another_name_is_another_name(ukrainian, english):
    assert not sounds_alike(ukrainian, english)


@pytest.mark.parametrize(
    ("source", "english", "missing"),
    [
        ("Він зустрів Олафа Шольца.", "He met Olaf Scholz.", []),
        ("Він зустрів Олафа Шольца.", "He met Emmanuel Macron.", ["олаф", "шольц"]),
        ("Бої за Авдіївку.", "Fighting for Avdiivka.", []),
        ("Бої за Авдіївку.", "Fighting for Bakhmut.", ["авдіївка"]),
        ("Допомога від Німеччини.", "German aid.", []),
        ("Допомога від Німеччини.", "Aid from France.", ["німеччина"]),
        ("Нагородив Олену Петрівну Мовчан.", "He decorated Olena Movchan.", []),
        ("Обстріл Кривого Рогу.", "Shelling of Kryvyi Rih.", []),
        ("Обстріл Кривого Рогу.", "Shelling of Kryvyi Torets.", ["кривий ріг"]),
        ("Вони люблять Україну.", "They love our country.", []),
        ("Їдуть до Давнього Єгипту через Грецію.", "They go to Egypt by way of Greek ports.", []),
        ("Похорони в Ред-Лейку.", "Funerals in Red Lake.", []),
        ("Острів біля Південного полюса.", "An island near the South Pole.", []),
        ("Влада не знає імені.", "The authorities do not know the name.", []),
        ("Люди Старка стоять.", "Stark's men stand.", []),
    ],
)
def test_names_that_the_english_lacks(source, english, missing):
    assert [name.lemma for name in missing_names(names(source), english, {})] == missing


@pytest.mark.parametrize(
    ("source", "english", "missing"),
    [
        ("Виступила діва Сезен Аксу з Анкари.", "The diva Sezen Aksu of Ankara performed.", []),
        ("Виступила діва Сезен Аксу з Анкари.", "The diva performed, she is of Ankara.", ["Сезен Аксу"]),
        ("Храм біля Сіємреапа стоїть.", "The temple near Siem Reap stands.", []),
        ("Розбився Піке-молодший.", "Piquet Jr. crashed.", []),
        ("Тоді Вістлер і ВестДжет злились.", "Then Whistler and they merged.", ["ВестДжет"]),
    ],
)
def test_names_that_no_dictionary_knows(source, english, missing):
    lost = missing_unknown_names(source, names(source), english, {})
    assert [span.of(source) for span in lost] == missing


def test_an_official_spelling_counts():
    source = names("Розмова з Віталієм Кличком у Києві.")
    english = "A talk with V. Klitschko in the capital."
    assert [name.lemma for name in missing_names(source, english, {"віталій кличко": "V. Klitschko"})] == ["київ"]


def test_russian_forms_are_found_with_the_official_spelling():
    english = "Zelensky left Kiev for Odessa and Kharkov, not kiev.com; Kyiv is fine."
    assert [(form.text, form.official) for form in russian_forms(english)] == [
        ("Zelensky", "Zelenskyy"),
        ("Kiev", "Kyiv"),
        ("Odessa", "Odesa"),
        ("Kharkov", "Kharkiv"),
    ]
    assert all(form.span.of(english) == form.text for form in russian_forms(english))
    assert russian_forms("Zelenskyy spoke in Kyiv, Lviv, Mykolaiv, Zaporizhzhia, Dnipro and Chornobyl.") == []


@given(st.text())
def test_any_text_can_be_read(text):
    assert all(name.span.of(text) == name.text for name in names(text))
    assert missing_names(names(text), text, {}) is not None


def test_an_adverb_that_opens_a_sentence_is_no_form_of_a_name() -> None:
    known = KnownNames(people=frozenset({"даля"}))
    assert names("Далі вони пішли.", known) == []


@pytest.mark.parametrize(
    ("name", "english", "has"),
    [
        ("United Kingdom", "in the UK.", True),
        ("United States", "U.S. troops", True),
        ("United States", "it helps us", False),
        ("British", "at 11:15 BST", True),
        ("New York", "NYC terror", True),
        ("Greece", "in the UK", False),
    ],
)
def test_a_place_may_be_called_by_a_shorter_name(name: str, english: str, has: bool):
    assert has_short_form(name, english) is has
