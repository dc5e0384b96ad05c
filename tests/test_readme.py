"""The README's examples of files are read by the code that reads a user's own."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from vistka.models.catalogue import load_catalogue
from vistka.translate.glossary import load_glossary, read_entries

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def indented_block(first_line: str) -> str:
    """The indented block of the README that starts with `first_line`."""
    found = re.search(rf"^    {re.escape(first_line)}.*?(?=^\S)", README, re.DOTALL | re.MULTILINE)
    assert found is not None, first_line
    return textwrap.dedent(found.group()).strip() + "\n"


def test_the_model_to_add_is_a_valid_catalogue(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(indented_block("[models.my-marian]"), encoding="utf-8")
    entry = load_catalogue(file).entry("my-marian")
    assert entry.engines[0] == "ctranslate2"
    assert "embedded" in load_catalogue(file).entries


def test_the_glossary_example_is_matched_in_another_case(tmp_path: Path) -> None:
    file = tmp_path / "terms.tsv"
    file.write_text(indented_block("lemma\tsenses"), encoding="utf-8")
    assert [entry.sense for entry in read_entries(file, by_user=True)] == ["Point of Invincibility"]
    matches = load_glossary((file,)).matches("У місті працюють десять Пунктів незламності.")
    assert [match.entry.sense for match in matches if match.entry.by_user] == ["Point of Invincibility"]
