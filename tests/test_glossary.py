"""Where glossary entries stand in a sentence, in whatever form; and what a user's own file may and may not hold."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vistka.datatypes import Span
from vistka.errors import ConfigurationError
from vistka.text.lemmas import lemma_set, lemmas, tokens, word_forms
from vistka.translate.glossary import Entry, Glossary, is_all_caps, load_glossary, read_entries


def glossary(*rows: tuple[str, str] | tuple[str, str, str] | tuple[str, str, str, str]) -> Glossary:
    """A glossary of (lemma, English, part of speech, note)."""
    entries = []
    for row in rows:
        lemma, senses, pos, note = (*row, "", "")[:4]
        entries.append(Entry(lemma, tuple(senses.split(" / ")), pos=pos, note=note))
    return Glossary(entries)


def found(text: str, known: Glossary) -> list[tuple[str, str]]:
    """(characters of the text, English) of every match."""
    return [(match.span.of(text), match.entry.sense) for match in known.matches(text)]


LIFE = glossary(("довічне ув'язнення", "life imprisonment", "phrase"))


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ"])
@pytest.mark.parametrize(
    "phrase",
    [
        "довічне ув'язнення",
        "довічного ув'язнення",
        "довічному ув'язненню",
        "довічним ув'язненням",
        "Довічне ув'язнення",
    ],
)
def test_a_phrase_is_found_in_every_case_and_with_every_apostrophe(phrase, apostrophe):
    written = phrase.replace("'", apostrophe)
    assert found(f"Суд обрав {written} для нього.", LIFE) == [(written, "life imprisonment")]


def test_a_single_word_is_found_in_every_case():
    known = glossary(("обстріл", "shelling", "noun"))
    for form in ("обстріл", "обстрілу", "обстрілом", "обстріли", "обстрілів", "обстрілами", "Обстрілам"):
        assert found(f"Це {form} міста", known) == [(form, "shelling")]


def test_another_word_with_the_same_beginning_is_not_found():
    assert found("Його обстрілювали годину.", glossary(("обстріл", "shelling", "noun"))) == []


def test_the_longest_entry_wins_and_matches_do_not_overlap():
    known = glossary(
        ("служба", "service", "noun"),
        ("безпека", "security", "noun"),
        ("служба безпеки", "security service", "phrase"),
        ("служба безпеки України", "Security Service of Ukraine", "org"),
        ("Україна", "Ukraine", "place"),
    )
    assert found("У службі безпеки України кажуть, що служба безпеки порту знає про безпеку.", known) == [
        ("службі безпеки України", "Security Service of Ukraine"),
        ("служба безпеки", "security service"),
        ("безпеку", "security"),
    ]


def test_a_phrase_does_not_reach_over_punctuation():
    known = glossary(("служба безпеки", "security service", "phrase"))
    assert found("Це його служба, безпеки немає.", known) == []


def test_a_phrase_reaches_over_the_comma_ahead_of_a_clause():
    known = glossary(("після того як", "after", "phrase"), ("країни що розвиваються", "developing countries", "phrase"))
    assert found("Після того, як країни, що розвиваються, погодилися.", known) == [
        ("Після того, як", "after"),
        ("країни, що розвиваються", "developing countries"),
    ]
    assert found("Сталося після того; як саме, невідомо.", known) == []
    assert found("Після, того як просили.", known) == []


@pytest.mark.parametrize("joint", [" ", "\n", "\u00a0", "  "])
def test_a_phrase_reaches_over_a_wrapped_line(joint):
    known = glossary(("міська рада", "city council", "phrase"))
    assert found(f"у міській{joint}раді", known) == [(f"міській{joint}раді", "city council")]


def test_abbreviations_with_points():
    assert found("Так звані, т. зв. добровольці", glossary(("т. зв.", "so-called", "abbr"))) == [("т. зв", "so-called")]


def test_an_abbreviation_is_found_in_capitals_only():
    known = glossary(("САП", "SAPO", "abbr"), ("сап", "glanders", "noun"))
    assert found("Прокурор САП заявив", known) == [("САП", "SAPO")]
    assert found("У коня сап виявили вчора", known) == [("сап", "glanders")]
    assert found("Прокурор сап", glossary(("САП", "SAPO", "abbr"))) == []


def test_a_city_needs_its_capital():
    known = glossary(("Суми", "Sumy", "place"))
    assert found("Удар по місту Суми вночі", known) == [("Суми", "Sumy")]
    assert found("Великі суми грошей", known) == []


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("У місті рух обмежено.", "restrict"),
        ("Було обмежено рух, але люди йшли.", "restrict"),
        ("Він обмежено рухається містом.", "in a limited way"),
        ("Люди обмежено рухалися.", "in a limited way"),
        ("Тут обмежено, заявив мер, рух.", "restrict"),
    ],
)
def test_an_adverb_that_is_the_only_verb_of_its_clause_is_one(text: str, sense: str):
    known = glossary(("обмежено", "in a limited way", "adv", ""), ("обмежити", "restrict", "verb", ""))
    assert [english for _, english in found(text, known)] == [sense]


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("Сестра живе в Києві.", "live"),
        ("У хаті живе дерево росте.", "alive"),
        ("Це живе світло.", "alive"),
        ("Усе живе зникло.", "alive"),
        ("Живемо далі.", "live"),
    ],
)
def test_an_adjective_without_a_noun_is_the_verb_where_there_is_no_other(text: str, sense: str):
    known = glossary(("живий", "alive", "adj", ""), ("жити", "live", "verb", ""))
    assert [english for _, english in found(text, known)] == [sense]


def test_an_adjective_is_no_verb_that_hardly_anyone_says():
    known = glossary(("порожній", "empty", "adj", ""), ("порожніти", "become empty", "verb", ""))
    assert found("Зал майже порожній.", known) == [("порожній", "empty")]


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("Роман про війну здобув премію.", "novel"),
        ("Новий роман вийшов друком.", "novel"),
        ("Роман Іваненко здобув премію.", "Roman"),
        ("Роман приїхав додому.", "Roman"),
        ("Приїхав Роман.", "Roman"),
        ("«Роман» здобув премію.", "Roman"),
        ("«Роман про війну» здобув премію.", "novel"),
        ("РОМАН ПРО ВІЙНУ", "novel"),
    ],
)
def test_what_is_a_name_and_an_everyday_word(text: str, sense: str):
    known = glossary(("Роман", "Roman", "name", ""), ("роман", "novel", "noun", ""))
    assert [english for _, english in found(text, known)] == [sense]


def test_a_capital_inside_a_sentence_means_the_place():
    known = glossary(("Куба", "Cuba", "place", ""), ("куб", "cube", "noun", ""))
    assert found("Це громадяни Куби тут", known) == [("Куби", "Cuba")]
    assert found("Це грані куби тут", known) == [("куби", "cube")]
    assert found("Куби стоять тут", known) == [("Куби", "cube")]


def test_an_adjective_under_a_capital_is_no_place_before_its_noun():
    known = glossary(("Південне", "Pivdenne", "place", ""), ("південний", "southern", "adj", ""))
    assert found("Поліція Південного університету тут", known) == [("Південного", "southern")]
    assert found("Мер Південного заявив", known) == [("Південного", "Pivdenne")]


def test_a_homograph_at_the_start_of_a_sentence_or_in_capitals_is_not_taken_for_the_name():
    known = glossary(("Рівне", "Rivne", "place", "homograph"))
    assert found("Він приїхав у місто Рівне вчора", known) == [("Рівне", "Rivne")]
    assert found("Рівне поле за селом", known) == []
    assert found("ПІД МІСТОМ РІВНЕ ПОЛЕ", known) == []


def test_a_fixed_phrase_is_found_in_this_form_only():
    known = glossary(("тим часом", "meanwhile", "adv", "fixed"))
    assert found("Тим часом у місті тихо", known) == [("Тим часом", "meanwhile")]
    assert found("У той час у місті було тихо", known) == []
    assert found("У той час", glossary(("тим часом", "meanwhile", "adv"))) == [("той час", "meanwhile")]


def test_a_plural_phrase_is_found_though_its_dictionary_form_is_another_word():
    known = glossary(("люди похилого віку", "the elderly", "phrase"), ("діти війни", "children of war", "phrase"))
    assert found("Допомога людям похилого віку та дітям війни", known) == [
        ("людям похилого віку", "the elderly"),
        ("дітям війни", "children of war"),
    ]


def test_labels_and_boilerplate_are_found_only_as_a_whole():
    known = glossary(("Джерело", "Source", "label", "exact"), ("фото дня", "photo of the day", "boilerplate", "exact"))
    assert found("Джерело води та фото дня", known) == []
    match = known.exact("Джерело:")
    assert match is not None
    assert match.entry.sense == "Source"
    assert match.span == Span(0, 7)
    assert known.exact("Джерело води") is None


def test_only_entries_marked_exact_stand_for_a_whole_segment():
    assert glossary(("обстріл", "shelling", "noun")).exact("Обстріл") is None
    assert Glossary([Entry("обстріл", ("shelling",), by_user=True)]).exact("Обстріл") is not None


@pytest.mark.parametrize(
    "line",
    ["фото з відкритих джерел", "Фото з відкритих джерел.", "ФОТО З ВІДКРИТИХ ДЖЕРЕЛ", "(фото з відкритих джерел)"],
)
def test_the_line_under_a_photograph(line):
    match = load_glossary().exact(line)
    assert match is not None
    assert match.entry.sense == "photo from open sources"


def test_the_line_under_a_photograph_with_a_colon():
    match = load_glossary().exact("Фото: з відкритих джерел")
    assert match is not None
    assert "open sources" in match.entry.sense


def test_a_longer_line_is_not_exact():
    assert load_glossary().exact("фото з відкритих джерел зібрали волонтери") is None
    assert load_glossary().exact("5 фото з відкритих джерел") is None
    assert load_glossary().exact("") is None
    assert load_glossary().exact("...") is None


def test_two_lines_of_one_lemma_and_part_of_speech_the_first_stands():
    assert found("стіл", glossary(("стіл", "table", "noun"), ("стіл", "desk", "noun"))) == [("стіл", "table")]


HAVE = glossary(("мати", "mother", "noun"), ("мати", "have", "verb"))
MILITARY = glossary(("військовий", "military", "adj"), ("військовий", "soldier", "noun"))
LAND = glossary(("Земля", "Earth", "place"), ("земля", "land", "noun"))
SHOULD = glossary(("слід", "should", "adv"), ("слід", "trace", "noun"))
ARAB = glossary(("арабська", "Arabic", "noun"), ("арабський", "Arab", "adj"))
HECTARE = glossary(("га", "hectares", "abbr"), ("га", "Ga", "noun"))


@pytest.mark.parametrize(
    ("known", "text", "form", "english"),
    [
        (HAVE, "Місто має план", "має", "have"),
        (HAVE, "Вони мали час", "мали", "have"),
        (HAVE, "Він чекав на матір удома", "матір", "mother"),
        (HAVE, "Кожен може мати план", "мати", "have"),
        (HAVE, "Його мати чекала", "мати", "mother"),
        (MILITARY, "Удар по військових об'єктах", "військових", "military"),
        (MILITARY, "Військова база горіла", "Військова", "military"),
        (MILITARY, "Поранено десять військових.", "військових", "soldier"),
        (MILITARY, "Наші військові тримають місто", "військові", "soldier"),
        (MILITARY, "Військові, база яких горіла", "Військові", "soldier"),
        (LAND, "Купівля землі", "землі", "land"),
        (LAND, "Супутник облетів Землю", "Землю", "Earth"),
        (LAND, "Земля тут родюча", "Земля", "land"),
        (SHOULD, "Це слід знати", "слід", "should"),
        (SHOULD, "Знайшли сліди ракет", "сліди", "trace"),
        (ARAB, "Це арабська країна", "арабська", "Arab"),
        (ARAB, "Його рідна мова – арабська", "арабська", "Arabic"),
        (HECTARE, "Згоріло сто га лісу", "га", "hectares"),
    ],
)
def test_the_sentence_tells_which_part_of_speech_is_meant(known, text, form, english):
    assert found(text, known) == [(form, english)]


def test_a_users_word_replaces_the_built_in_one():
    built_in = Entry("обстріл", ("shelling",), pos="noun")
    own = Entry("Обстріл", ("bombardment",), by_user=True)
    later = Entry("обстріл", ("fire",), by_user=True)
    assert found("після обстрілу", Glossary([built_in, own])) == [("обстрілу", "bombardment")]
    assert found("після обстрілу", Glossary([built_in, own, later])) == [("обстрілу", "fire")]


def test_a_users_file_wins_over_the_lexicon(tmp_path: Path):
    own = tmp_path / "own.tsv"
    own.write_text("lemma\tsenses\nЗСУ\tUkrainian forces\n# a remark\n\nбезпілотник\tUAV / drone\n", encoding="utf-8")
    known = load_glossary((own,))
    assert ("ЗСУ", "Ukrainian forces") in found("Речник ЗСУ повідомив", known)
    assert ("безпілотників", "UAV") in found("десять безпілотників", known)
    assert ("ЗСУ", "Armed Forces of Ukraine") in found("Речник ЗСУ повідомив", load_glossary())


def test_a_file_saved_by_a_spreadsheet_is_read(tmp_path: Path):
    own = tmp_path / "own.tsv"
    own.write_bytes("\ufefflemma\tpos\tsenses\r\nщось\tnoun\tthing\r\n".encode())
    assert read_entries(own) == [Entry("щось", ("thing",), pos="noun")]


def test_every_fault_of_a_file_is_one_error_that_names_the_lines(tmp_path: Path):
    own = tmp_path / "own.tsv"
    own.write_text("lemma\tsenses\nдобре\tgood\n\tnothing\nслово\t\n...\tdots\nмісто\tcity\ttown\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        read_entries(own)
    line = str(error.value)
    assert str(own) in line
    assert "line 3: no lemma" in line
    assert "line 4: no English" in line
    assert "line 5: no word" in line
    assert "line 6: more cells than the first line has columns (town)" in line
    assert "line 2" not in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has nothing"),
        ("слово\tword\n".encode(), "lemma and senses"),
        (b"lemma\tsenses\tcolour\n", "colour"),
        ("lemma\tsenses\nслово\tword\n".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_glossary(tmp_path: Path, content: bytes, said: str):
    own = tmp_path / "own.tsv"
    own.write_bytes(content)
    with pytest.raises(ConfigurationError, match=re.escape(said)) as error:
        read_entries(own)
    assert str(own) in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=re.escape("none.tsv")):
        load_glossary((tmp_path / "none.tsv",))
    with pytest.raises(ConfigurationError):
        read_entries(tmp_path)


def test_the_version_changes_with_the_content_and_not_with_the_order():
    one, two = Entry("місто", ("city",)), Entry("село", ("village",))
    version = Glossary([one, two]).version
    assert re.fullmatch("[0-9a-f]{12}", version)
    assert Glossary([two, one]).version == version
    assert Glossary([one]).version != version
    assert Glossary([Entry("місто", ("town",)), two]).version != version
    assert Glossary([Entry("місто", ("city",), note="exact"), two]).version != version
    assert Glossary([Entry("місто", ("city",), by_user=True), two]).version != version


def test_all_caps():
    assert is_all_caps("УКРАЇНА ОТРИМАЛА 1,5 МЛРД ЄВРО")
    assert not is_all_caps("ЗСУ")
    assert not is_all_caps("Речник ЗСУ та СБУ")
    assert not is_all_caps("")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="служба безпеки України міста 'ʼ.,-–«»\n1A", max_size=60))
def test_matches_come_in_order_and_never_overlap(text: str):
    matches = load_glossary().matches(text)
    for one, other in pairwise(matches):
        assert one.span.end <= other.span.start
    assert all(match.span.of(text).strip() for match in matches)


def test_the_quick_lookup_of_dictionary_forms_finds_the_same_ones():
    for word in ("ув’язненням", "Люди", "дітей", "NATO", "34-річний", "т", "Києві", "ґвалт"):
        assert lemma_set(word) == set(lemmas(word))


def test_words_are_cut_as_tokens_are():
    text = "Прем'єр-міністр, 34-річний, т. зв. 2,5% Patriot"
    assert word_forms(text) == [token.text for token in tokens(text)]


def test_a_users_term_wins_over_the_lexicon_under_another_lemma_of_the_form() -> None:
    own = Entry("млинець", ("crepe",), "noun", by_user=True)
    theirs = Entry("млинці", ("pancakes",), "noun")
    for entries in ([own, theirs], [theirs, own]):
        [match] = Glossary(entries).matches("Пригостив млинцями.")
        assert match.entry.sense == "crepe"


def test_a_users_word_wins_over_a_longer_phrase_of_the_lexicon() -> None:
    theirs = Entry("ухвалити бюджет", ("adopt the budget",), "phrase")
    own = Entry("бюджет", ("spending plan",), "noun", by_user=True)
    longer = Entry("ухвалити бюджет", ("pass the spending plan",), "phrase", by_user=True)
    matches = Glossary([theirs, own, Entry("уряд", ("government",), "noun")]).matches("Уряд ухвалив бюджет.")
    assert [match.entry.sense for match in matches] == ["government", "spending plan"]
    assert [match.entry.sense for match in Glossary([own, longer]).matches("Уряд ухвалив бюджет.")] == [longer.sense]
