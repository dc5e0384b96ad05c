"""The words and set phrases whose English is known, and where they stand in a sentence, in whatever case form.

An entry is written once, in its dictionary form; a sentence is matched by the lemmas of its words, the longest
phrase first. The built-in lexicon and a user's glossaries have one format (see `lexicon/README.md`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from vistka.datatypes import Span
from vistka.text.lemmas import Token, lemmas, normal_word, tokens
from vistka.translate.glossary_files import read_glossary
from vistka.translate.lexicon_choice import ONE_SPACE, choose, is_adjective_of, is_only_verb
from vistka.translate.lexicon_compiled import CompiledLexicon, distinct, load_compiled, version_of
from vistka.translate.lexicon_entries import (
    COLUMNS,
    FORM,
    PROPER,
    SENSE_SEPARATOR,
    Entry,
    WordKeys,
    entry_key,
    entry_keys,
    is_capitals,
    read_entries,
)

__all__ = [
    "COLUMNS",
    "LEXICON_FOLDER",
    "PROPER",
    "SENSE_SEPARATOR",
    "WHOLE_ONLY",
    "Entry",
    "Glossary",
    "Match",
    "is_all_caps",
    "load_glossary",
    "read_entries",
]

LEXICON_FOLDER = Path(__file__).parent / "lexicon"

WHOLE_ONLY = frozenset({"label", "boilerplate"})
"""Parts of speech that are looked for as a whole segment or label, and not inside a sentence."""

# What may stand between two words of one phrase: `т. зв.`, `кв. м`, `прем'єр-міністр`, a hard-wrapped line.
_BETWEEN_WORDS = frozenset(" \t\n\r\u00a0\u202f.-‑–")
# And in `після того, як`, `слід зазначити, що`: a comma ahead of a word that opens a clause.
_CLAUSE_OPENERS = frozenset({"як", "що", "щоб", "ніж", "коли", "якби", "якщо", "хто", "який"})
_OPENING, _CLOSING = frozenset('«"“„'), frozenset('»"”“')
_CLAUSE_MARK = re.compile(r"[,;:.!?…()–—«»\"“”]")
# In boilerplate also what stands in «Фото: з відкритих джерел» and in «натисніть Ctrl+Enter».
_BETWEEN_WORDS_OF_A_LINE = _BETWEEN_WORDS | frozenset(':,;+«»"“”')


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found in a text, over `span` of it, covering `words` words."""

    entry: Entry
    span: Span
    words: int


_Item = tuple[Entry, tuple[WordKeys, ...]]
"""An entry with the keys of those of its words that are still to come."""


class _Node:
    """The entries that end at one word of a text, and those that go on after it."""

    def __init__(self, items: Iterable[_Item]) -> None:
        ending: list[Entry] = []
        self._waiting: list[_Item] = []
        for entry, words in items:
            if words:
                self._waiting.append((entry, words))
            else:
                ending.append(entry)
        self.entries = _variants([entry for entry in ending if not is_capitals(entry)])
        self.upper_entry = next(iter(_variants([entry for entry in ending if is_capitals(entry)])), None)
        self._next: dict[str, _Node] | None = None

    def next_node(self, key: str) -> _Node | None:
        """The node after one more word, made when a text first comes here."""
        if self._next is None:
            following: dict[str, list[_Item]] = {}
            for entry, words in self._waiting:
                for word_key in words[0]:
                    following.setdefault(word_key, []).append((entry, words[1:]))
            # Set whole, and the same whoever sets it: threads need no lock.
            self._next = {word_key: _Node(items) for word_key, items in following.items()}
        return self._next.get(key)


def _variants(ending: Sequence[Entry]) -> list[Entry]:
    """The entry that stands among those that a text may mean, with its other parts of speech.

    The user's last one, or else the first: two phrases may be read as the same words.
    """
    first = next((entry for entry in reversed(ending) if entry.by_user), ending[0] if ending else None)
    if first is None or first.by_user:
        return [first] if first else []
    return [entry for entry in ending if entry_key(entry) == entry_key(first)]


class _Root:
    """The first words of entries: a node for each is made when a text first has it."""

    def __init__(self, starting: Callable[[str], list[_Item]]) -> None:
        self._starting = starting
        self._nodes: dict[str, _Node] = {}

    def next_node(self, key: str) -> _Node | None:
        """The node after `key`, if an entry begins with it."""
        node = self._nodes.get(key)
        if node is None and (found := self._starting(key)):
            # Two threads may both make it; both then use the one that came first.
            node = self._nodes.setdefault(key, _Node((entry, words[1:]) for entry, words in found))
        return node


class Glossary:
    """Entries, found by lemma.

    Args:
        entries: a user's entry replaces all earlier ones of its lemma; of others the first stands for each part of
            speech.
        lexicon: entries that stand before these.
    """

    def __init__(self, entries: Iterable[Entry], *, lexicon: CompiledLexicon | None = None) -> None:
        self._lexicon = lexicon
        self._own = _standing(entries)
        self._replaced = frozenset(entry_key(entry) for entry in self._own if entry.by_user)
        self._by_key: dict[str, list[_Item]] = {}
        for entry in self._own:
            words = entry_keys(entry)
            for key in words[0]:
                self._by_key.setdefault(key, []).append((entry, words))
        self._root = _Root(lambda key: [item for item in self._starting(key) if item[0].pos not in WHOLE_ONLY])
        self._own_root = _Root(lambda key: [item for item in self._by_key.get(key, ()) if _is_own(item[0])])
        self._whole_root = _Root(lambda key: [item for item in self._starting(key) if item[0].is_exact])

    def _starting(self, key: str) -> list[_Item]:
        known = self._lexicon.starting(key) if self._lexicon else []
        return [*(item for item in known if self._is_kept(item[0])), *self._by_key.get(key, ())]

    def _is_kept(self, entry: Entry) -> bool:
        """Whether no user's entry replaces this one of the lexicon."""
        return not self._replaced or entry_key(entry) not in self._replaced

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries: the lexicon's, then the others."""
        known = self._lexicon.entries if self._lexicon else ()
        return (*(entry for entry in known if self._is_kept(entry)), *self._own)

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits that change with any entry: part of every result's recipe."""
        if self._lexicon is None:
            return version_of(self._own)
        if not self._own:
            return self._lexicon.version
        both = json.dumps([self._lexicon.version, version_of(self._own)])
        return hashlib.sha256(both.encode()).hexdigest()[:12]

    def matches(self, text: str, words: Sequence[Token] | None = None) -> list[Match]:
        """Where entries stand in `text`, none over another: the user's own first, then the longest, left to right."""
        sentence = _Sentence(text, tokens(text) if words is None else words, _BETWEEN_WORDS)
        own = dict(_found(sentence, self._own_root, {})) if self._replaced else {}
        return [match for _, match in _found(sentence, self._root, own)]

    def exact(self, text: str) -> Match | None:
        """The entry marked `exact` that is all that `text` says, but for case and punctuation around it."""
        words = tokens(text)
        match = _Sentence(text, words, _BETWEEN_WORDS_OF_A_LINE).longest(self._whole_root, 0) if words else None
        if match is None or match.words != len(words) or not match.entry.is_exact:
            return None
        outside = text[: match.span.start] + text[match.span.end :]
        return match if not any(character.isalnum() for character in outside) else None


def _found(sentence: _Sentence, root: _Root, taken: Mapping[int, Match]) -> Iterator[tuple[int, Match]]:
    """Matches by the number of their first word, in order: those that are `taken`, and between them those of `root`."""
    starts = [*sorted(taken), len(sentence.words)]
    index = 0
    while index < len(sentence.words):
        while starts[0] < index:
            del starts[0]
        match = taken.get(index) or sentence.longest(root, index, before=starts[0])
        if match is None or _is_everyday_word(match, index, sentence.shouted):
            index += 1
            continue
        yield index, match
        index += match.words


def _standing(entries: Iterable[Entry]) -> list[Entry]:
    """`entries` without those that another one replaces, in order."""
    by_key: dict[str, list[Entry]] = {}
    for entry in entries:
        known = by_key.setdefault(entry_key(entry), [])
        if entry.by_user:
            known[:] = [entry]
        else:
            known.append(entry)
    return distinct(entry for known in by_key.values() for entry in known)


def is_all_caps(text: str) -> bool:
    """Whether `text` is written in capitals throughout, as some headlines are."""
    return _is_shouted(tokens(text))


def _is_shouted(words: Sequence[Token]) -> bool:
    words = [w for w in words if len(w.text) > 1 and w.text[0].isalpha()]
    letters = [c for w in words for c in w.text if c.isalpha()]
    return len(words) > 1 and sum(c.isupper() for c in letters) > 0.9 * len(letters)


@lru_cache(maxsize=65_536)
def _keys_of(word: str) -> WordKeys:
    """What a word of a text is looked up by: its form, then its lemmas, the likeliest first."""
    form = normal_word(word)
    return tuple(dict.fromkeys((FORM + form, form, *lemmas(word))))


class _Sentence:
    """A text, its words, and the keys under which each is looked up."""

    def __init__(self, text: str, words: Sequence[Token], between: frozenset[str]) -> None:
        self.text = text
        self.words = words
        self.shouted = _is_shouted(words)
        self._between = between
        self._keys = [_keys_of(word.text) for word in words]

    def longest(self, root: _Root, first: int, *, before: int | None = None) -> Match | None:
        """The longest entry that starts at word number `first` and ends ahead of word number `before`."""
        best: Match | None = None
        nodes: list[_Root] | list[_Node] = [root]
        for last in range(first, len(self.words) if before is None else before):
            if last > first and not self._joins(last):
                break
            nodes = [found for node in nodes for key in self._keys[last] if (found := node.next_node(key))]
            if not nodes:
                break
            entry = self._entry_of(nodes, first, last)
            if entry is not None:
                best = Match(entry, Span(self.words[first].start, self.words[last].end), last - first + 1)
        return best

    def _joins(self, index: int) -> bool:
        """Whether word number `index` and the one before it may be words of one phrase."""
        gap = self._after(index - 1)
        if all(character in self._between for character in gap):
            return True
        return gap.strip() == "," and normal_word(self.words[index].text) in _CLAUSE_OPENERS

    def _after(self, index: int) -> str:
        """What stands between word number `index` and the next one."""
        end = self.words[index + 1].start if index + 1 < len(self.words) else len(self.text)
        return self.text[self.words[index].end : end]

    def _entry_of(self, nodes: Sequence[_Node], first: int, last: int) -> Entry | None:
        if self.shouted or all(word.text.isupper() for word in self.words[first : last + 1]):
            for node in nodes:
                if node.upper_entry is not None:
                    return node.upper_entry
        found = [fitting for node in nodes if (fitting := [e for e in node.entries if self._fits_case(e, first)])]
        if not found:
            return None
        # `млинцями` is a form of млинець and of млинці: the one that the user has a term for counts.
        own = next((fitting[0] for fitting in found if fitting[0].by_user), None)
        if own is not None:
            return own
        return self._meant(found, first) if first == last else found[0][0]

    def _meant(self, found: Sequence[Sequence[Entry]], index: int) -> Entry:
        """The entry that one word means, of those under each of its lemmas."""
        entry = found[0][0]
        if not entry.by_user and (entry.pos == "place" or self._has_own_capital(index)):
            # `Південного університету` is no Південне, and `громадян Куби` has no куб.
            adjective = self._adjective_of_next(found, index)
            if adjective is not None and entry.pos == "place":
                return adjective
            place = next((other for others in found for other in others if other.pos == "place"), None)
            if place is not None and adjective is None and entry.pos not in PROPER:
                return place
        if entry.pos in {"adv", "adj"} and not entry.by_user:
            verb = next((other for others in found for other in others if other.pos == "verb"), None)
            # `він живе в Києві`: what follows is nothing that would be alive
            may_be_verb = verb is not None and not self._adjective_of_next([[entry]], index)
            if verb is not None and may_be_verb and is_only_verb(self.words[index], self._rest_of_clause(index)):
                return verb
        if len(found[0]) > 1:
            quoted = self._is_quoted(index)
            entry = choose(found[0], self.words, index, self._after(index), shouted=self.shouted, quoted=quoted)
        if entry.pos != "noun" or entry.by_user or len(found) == 1:
            return entry
        # `арабська країна` and `минулого тижня` are no nouns, though the forms may be.
        return self._adjective_of_next(found[1:], index) or entry

    def _is_quoted(self, index: int) -> bool:
        """Whether the word stands alone between quotation marks."""
        word = self.words[index]
        return self.text[max(0, word.start - 1)] in _OPENING and self.text[word.end : word.end + 1] in _CLOSING

    def _adjective_of_next(self, found: Sequence[Sequence[Entry]], index: int) -> Entry | None:
        """The first adjective of `found` as which word number `index` describes the word after it."""
        if index + 1 == len(self.words) or self._after(index) not in ONE_SPACE:
            return None
        word, after = self.words[index], self.words[index + 1]
        adjectives = (other for others in found for other in others if other.pos == "adj")
        return next((other for other in adjectives if is_adjective_of(other, word, after)), None)

    def _rest_of_clause(self, index: int) -> list[Token]:
        """The words around word number `index` up to the nearest marks."""
        first, last = index, index
        while first and not _CLAUSE_MARK.search(self._after(first - 1)):
            first -= 1
        while last + 1 < len(self.words) and not _CLAUSE_MARK.search(self._after(last)):
            last += 1
        return [word for number, word in enumerate(self.words[first : last + 1], first) if number != index]

    def _has_own_capital(self, index: int) -> bool:
        """Whether the word has a capital that neither the start of a sentence nor a headline gives it."""
        if self.shouted or not index or not self.words[index].is_capitalised:
            return False
        return all(one.isspace() or one in ",-" for one in self._after(index - 1))

    def _fits_case(self, entry: Entry, first: int) -> bool:
        """A name must be capitalised in the text: `Суми` is a city, `суми` are sums."""
        return (
            self.shouted or entry.pos not in PROPER or not entry.lemma[:1].isupper() or self.words[first].is_capitalised
        )


def _is_own(entry: Entry) -> bool:
    return entry.by_user and entry.pos not in WHOLE_ONLY


def _is_everyday_word(match: Match, index: int, shouted: bool) -> bool:
    """Whether a name such as Рівне may be the everyday word, since its capital says nothing there."""
    return match.words == 1 and match.entry.has_tag("homograph") and (index == 0 or shouted)


@lru_cache(maxsize=1)
def built_in_lexicon() -> CompiledLexicon:
    """What `lexicon/` holds; loaded once."""
    return load_compiled()


def load_glossary(user_files: tuple[Path, ...] = ()) -> Glossary:
    """The built-in lexicon with the user's own glossaries on top, the last file winning.

    Made once for the same files: a file that changes is read again at the next call.

    Raises:
        ConfigurationError: a file cannot be read or is not right.
    """
    return _load_glossary(tuple((path, _changed_ns(path)) for path in user_files))


def _changed_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # reading it will say what is wrong


@lru_cache(maxsize=8)
def _load_glossary(user_files: tuple[tuple[Path, int], ...]) -> Glossary:
    own = [entry for path, _ in user_files for entry in read_glossary(path)]
    return Glossary(own, lexicon=built_in_lexicon())
