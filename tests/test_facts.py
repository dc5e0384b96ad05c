"""The fact gate: what a source says passes in other words and figures, what it does not say is named."""

from __future__ import annotations

import pytest

from vistka.summarize.facts import Support, clauses, overlap_0_1, unsupported

UKRAINIAN = Support(
    text=(
        "У ніч на 5 січня ППО збила 58 із 74 дронів, повідомила речниця Ірина Коваленко. «Жодна підстанція не працює», "
        "– сказала вона. Ремонт коштуватиме 1,5 млн грн. У Полтаві не постраждав ніхто."
    ),
    language="uk",
    english=(
        "On the night of 5 January air defence shot down 58 of 74 drones, spokeswoman Iryna Kovalenko reported. "
        "“Not a single substation is working,” she said. The repair will cost 1.5 million hryvnias. "
        "Nobody was hurt in Poltava."
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "Air defence shot down 58 of 74 drones on the night of 5 January.",
        "Air defence shot down 58 of 74 drones on the night of January 5, Iryna Kovalenko reported.",
        "The repair will cost UAH 1.5 million.",
        "The repair will cost 1,500,000 hryvnias.",
        "“Not a single substation is working,” Kovalenko said.",
        "Nobody was hurt in Poltava.",
    ],
)
def test_what_the_source_says_passes(text: str) -> None:
    assert unsupported(text, UKRAINIAN) == []


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Air defence shot down 59 drones.", "number", "59"),
        ("The repair will cost 1.5 million rubles.", "number", "1.5 million rubles"),
        ("The repair will cost 1.5 billion hryvnias.", "number", "1.5 billion hryvnias"),
        ("Air defence shot down 58 Su-57 drones.", "number", "Su-57"),
        ("Air defence shot down 58 drones on the night of 6 January.", "date", "6 January"),
        ("Spokeswoman Olena Kovalenko reported 58 drones.", "name", "Olena"),
        ("Air defence of NATO shot down 58 of 74 drones.", "name", "NATO"),
        ("“The substation is working,” she said.", "quotation", "The substation is working"),
        (
            "Air defence shot down 58 drones, and police arrested the pilots.",
            "words",
            "and police arrested the pilots.",
        ),
        ("HACKED", "name", "HACKED"),
    ],
)
def test_what_it_does_not_say_is_named(text: str, kind: str, found: str) -> None:
    assert any(fact.kind == kind and found in fact.text for fact in unsupported(text, UKRAINIAN))


def test_a_denial_that_the_source_lacks_is_refused() -> None:
    assert [fact.kind for fact in unsupported("Air defence did not shoot down 58 drones.", UKRAINIAN)] == ["words"]


def test_a_clause_gathered_from_many_places_is_refused() -> None:
    english = "The mayor opened a museum. Thieves robbed a bank. Farmers planted potatoes. Doctors treated soldiers."
    support = Support(english, "en", english)
    assert unsupported("The mayor opened a museum.", support) == []
    assert [fact.kind for fact in unsupported("The mayor robbed soldiers.", support)] == ["words"]


def test_given_sentences_are_not_guessed_again() -> None:
    english = "The car stood in vul. Polova near the church."
    support = Support(english, "en", english, (english,))
    assert unsupported(english, support) == []


def test_clauses_join_to_the_words_and_overlap_is_a_share() -> None:
    text = "Troops left the town, which had burned, and rescuers came. It was quiet; nobody spoke."
    assert " ".join(clauses(text)) == text
    assert len(clauses(text)) == 5
    assert overlap_0_1("Rescuers came at noon", "The rescuer slept") == pytest.approx(1 / 3)
    assert overlap_0_1("It is so", "Anything") == 1.0
