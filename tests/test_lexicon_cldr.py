"""Countries, currencies, months, weekdays and languages: what CLDR says, and what the news say instead."""

import pytest

from vistka.translate.glossary import load_glossary
from vistka.translate.lexicon_checks import Row
from vistka.translate.lexicon_cldr import cldr_rows, without_repeats

ROWS, _ = cldr_rows()
ENGLISH = {row.lemma: (row.pos, row.first) for row in ROWS}


@pytest.mark.parametrize(
    ("lemma", "pos", "english"),
    [
        ("Франція", "place", "France"),
        ("Сполучені Штати", "place", "United States"),
        ("Велика Британія", "place", "United Kingdom"),
        ("Об'єднані Арабські Емірати", "place", "United Arab Emirates"),
        ("Боснія і Герцеговина", "place", "Bosnia and Herzegovina"),
        ("Боснія та Герцеговина", "place", "Bosnia and Herzegovina"),
        ("Туреччина", "place", "Turkey"),
        ("Чехія", "place", "Czechia"),
        ("Демократична Республіка Конго", "place", "Democratic Republic of the Congo"),
        ("українська гривня", "phrase", "Ukrainian hryvnia"),
        ("долар США", "phrase", "US dollar"),
        ("російський рубль", "phrase", "Russian rouble"),
        ("євро", "noun", "euro"),
        ("січень", "noun", "January"),
        ("п'ятниця", "noun", "Friday"),
        ("польська", "noun", "Polish"),
        ("польська мова", "phrase", "Polish"),
        ("українська мова", "phrase", "Ukrainian language"),
        ("іврит", "noun", "Hebrew"),
    ],
)
def test_known_answers(lemma, pos, english):
    assert ENGLISH[lemma] == (pos, english)


@pytest.mark.parametrize("lemma", ["Невідомий регіон", "Європейський Союз", "мета", "крик", "Домініка", "українська ґ"])
def test_what_is_no_name_or_means_something_else_is_left_out(lemma):
    assert lemma not in ENGLISH


@pytest.mark.parametrize(
    ("text", "form", "english"),
    [
        ("Заява Сполучених Штатів щодо війни", "Сполучених Штатів", "United States"),
        ("Переговори з Об’єднаними Арабськими Еміратами", "Об’єднаними Арабськими Еміратами", "United Arab Emirates"),
        ("Посол у Великій Британії сказав", "Великій Британії", "United Kingdom"),
        ("Він вивчає польську мову", "польську мову", "Polish"),
        ("Він говорив польською мовою", "польською мовою", "in Polish"),
        ("Книга українською мовою", "українською мовою", "in Ukrainian"),
        ("Курс української гривні впав", "української гривні", "Ukrainian hryvnia"),
        ("Наприкінці січня тут сніг", "січня", "January"),
        ("Торік у Того сталася посуха", "Того", "Togo"),
    ],
)
def test_names_are_found_in_every_case(text, form, english):
    assert (form, english) in [(match.span.of(text), match.entry.sense) for match in load_glossary().matches(text)]


def test_an_everyday_word_at_the_start_of_a_sentence_is_no_country():
    senses = [match.entry.sense for match in load_glossary().matches("Того дня була злива, а малі діти спали.")]
    assert "Togo" not in senses
    assert "Mali" not in senses


def written(lemma, pos, senses):
    return Row(lemma, pos, senses, "general", "", "a.tsv:2")


def test_a_row_that_repeats_cldr_is_left_out_and_one_that_contradicts_it_is_told():
    same, lower, other, verb = (
        written("січень", "noun", "January"),
        written("франція", "noun", "France"),
        written("Туреччина", "place", "Türkiye"),
        written("лютий", "adj", "fierce"),
    )
    kept, repeats, wrong = without_repeats([same, lower, other, verb], ROWS)
    assert kept == [verb]
    assert repeats == [same, lower, other]
    assert len(wrong) == 1
    assert wrong[0].startswith("a.tsv:2 Туреччина: Türkiye, and CLDR (CLDR territory/TR) says Turkey")


def test_faults_of_the_news_file_are_told(tmp_path):
    news = tmp_path / "news.tsv"
    news.write_text(
        "code\tlemma\tsenses\tnote\nterritory/TR\tТуреччина\tTurkey\t\nterritory/??\tНіщо\tNothing\t\nmonth/1\tсічень\n",
        encoding="utf-8",
    )
    rows, wrong = cldr_rows(news)
    assert {row.lemma: row.first for row in rows}["Туреччина"] == "Turkey"
    assert wrong == ["news.tsv:4: not 4 cells, or a lemma without English", "news.tsv: CLDR has no territory/??"]
