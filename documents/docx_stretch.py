"""A stretch of a paragraph and its English pieces → nodes: words with their formatting, and every other thing once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vistka.datatypes import Kept, New, Piece, Span
from vistka.documents.docx_inline import Container, Node, bare_text_like
from vistka.documents.docx_painting import Part, Report, painted
from vistka.documents.docx_stories import Stretch
from vistka.documents.word_alignment import Alignment

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHITE = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


def clean(text: str) -> str:
    """`text` as XML can hold it on one line: a line break or a tab of the English is a space."""
    return _NOT_XML.sub("\ufffd", _WHITE.sub(" ", text))


def short(text: str, most: int = 50) -> str:
    """`text` on one line, for a message; cut with `…` after `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class _Look:
    """Some English characters, the node that they look like, and whether they are new words."""

    span: Span
    node: Node
    is_new: bool


@dataclass(slots=True)
class _Section:
    """A part of a stretch that was translated by itself, and the English for it.

    Attributes:
        source: its characters in the stretch.
        start: where its English begins in that of the stretch.
        english: the words.
        known: what of the source stands in the English as it is; both counted from the section's start.
    """

    source: Span
    start: int
    english: str
    known: list[tuple[Span, Span]]
    _alignment: Alignment | None = None

    def alignment(self, text: str) -> Alignment:
        """Of the section's part of `text`, the whole stretch, with its English."""
        if self._alignment is None:
            self._alignment = Alignment(self.source.of(text), self.english, tuple(self.known))
        return self._alignment


def rewritten(stretch: Stretch, pieces: Sequence[Piece], notes: list[str]) -> list[Node]:
    """The nodes of a stretch in English, each thing of the source once; `notes` grows by what found no sure place."""
    return _Stretching(stretch, pieces).nodes(notes)


class _Stretching:
    """Puts the pieces of one stretch onto its nodes."""

    def __init__(self, stretch: Stretch, pieces: Sequence[Piece]) -> None:
        self.source = stretch.text
        self.old: list[tuple[Node, Span]] = []
        position = 0
        for node in stretch.nodes[stretch.first : stretch.last]:
            if node.kind != "layout":
                self.old.append((node, Span(position, position + len(node.text))))
            position += len(node.text)
        self.report = Report()
        self.misplaced = 0
        self.english = ""
        self.kept: list[tuple[Span, Span]] = []
        self.fixed: list[tuple[Span, Span]] = []
        self.sections: list[_Section] = []
        self._read(self._in_stretch(stretch, pieces))

    def _in_stretch(self, stretch: Stretch, pieces: Sequence[Piece]) -> Iterator[Piece]:
        """The pieces counted in the stretch, with the white space around its words."""
        start, end = stretch.words.start, stretch.words.end
        if start:
            yield Kept(0, start)
        for piece in pieces:
            yield piece if isinstance(piece, New) else Kept(piece.start + start, piece.end + start)
        if end < len(self.source):
            yield Kept(end, len(self.source))

    def _read(self, pieces: Iterator[Piece]) -> None:
        """Find the sections: what was translated together stands between two kept pieces with white space."""
        source_end = 0
        section: list[Piece] = []
        for piece in pieces:
            if isinstance(piece, Kept) and piece.start >= source_end and self._parts_sentences(piece):
                self._close(section, Span(source_end, piece.start))
                section = []
                self.fixed.append(self._keep(piece))
                source_end = piece.end
            elif isinstance(piece, New) or piece.start < piece.end:
                section.append(piece)
        self._close(section, Span(source_end, len(self.source)))

    def _parts_sentences(self, piece: Kept) -> bool:
        text = self.source[piece.start : piece.end]
        return text != text.strip()

    def _keep(self, piece: Kept) -> tuple[Span, Span]:
        text = self.source[piece.start : piece.end]
        there = Span(len(self.english), len(self.english) + len(text))
        self.kept.append((Span(piece.start, piece.end), there))
        self.english += text
        return self.kept[-1]

    def _close(self, pieces: Sequence[Piece], source: Span) -> None:
        if not any(isinstance(piece, New) for piece in pieces):
            self.fixed.extend(self._keep(piece) for piece in pieces if isinstance(piece, Kept))
            return
        start = len(self.english)
        known: list[tuple[Span, Span]] = []
        for piece in pieces:
            if isinstance(piece, New):
                self.english += clean(piece.text)
                continue
            _, there = self._keep(piece)
            if source.start <= piece.start and piece.end <= source.end:
                theirs = Span(piece.start - source.start, piece.end - source.start)
                known.append((theirs, Span(there.start - start, there.end - start)))
        if len(self.english) > start:
            self.sections.append(_Section(source, start, self.english[start:], known))

    def nodes(self, notes: list[str]) -> list[Node]:
        """The stretch in English."""
        looks = self._looks()
        things = self._things(looks)
        row: list[Node] = []
        position = 0
        for at, end, thing in things:
            row.extend(self._texts(looks, position, at))
            row.append(thing)
            position = max(position, end)
        row.extend(self._texts(looks, position, len(self.english)))
        self._tell(notes)
        return row

    def _looks(self) -> list[_Look]:
        """Which node each English character looks like: looks that join to the whole, in order."""
        looks: list[_Look] = []
        for theirs, ours in self.fixed:
            # White space goes with the words beside it.
            blank = not theirs.of(self.source).strip()
            for part in self._parts(theirs):
                begin = ours.start + part.span.start - theirs.start
                looks.append(_Look(Span(begin, begin + part.span.end - part.span.start), part.node, is_new=blank))
        for section in self.sections:
            parts = self._parts(section.source) or self._nearest(section.source.start)
            base = section.source.start
            shifted = [Part(part.node, Span(part.span.start - base, part.span.end - base)) for part in parts]
            source = section.source.of(self.source)
            for node, span in painted(shifted, source, section.english, section.known, self.report):
                looks.append(_Look(span.shifted(section.start), node, is_new=True))
        return self._without_gaps(sorted(looks, key=lambda look: look.span))

    def _without_gaps(self, looks: Sequence[_Look]) -> list[_Look]:
        """The characters of fields and breaks, which have no look of their own, look like what stands before them."""
        whole: list[_Look] = []
        position = 0
        ends = [*(look.span.start for look in looks[1:]), len(self.english)]
        for look, end in zip(looks, ends, strict=False):
            whole.append(_Look(Span(position, end), look.node, look.is_new))
            position = end
        return whole

    def _parts(self, span: Span) -> list[Part]:
        return [
            Part(node, Span(max(its.start, span.start), min(its.end, span.end)))
            for node, its in self.old
            if node.kind == "text" and its.start < span.end and span.start < its.end
        ]

    def _nearest(self, at: int) -> list[Part]:
        """English that stands for no text of its own looks like the text beside it."""
        texts = [(node, its) for node, its in self.old if node.kind == "text"]
        if texts:
            node, _ = min(texts, key=lambda pair: min(abs(pair[1].start - at), abs(pair[1].end - at)))
        else:
            node = bare_text_like(self.old[0][0])
        return [Part(node, Span(at, at))]

    def _texts(self, looks: Sequence[_Look], start: int, end: int) -> Iterator[Node]:
        for look in looks:
            text = self.english[max(look.span.start, start) : min(look.span.end, end)]
            if text:
                yield Node("text", clean(text), None, look.node.run, look.node.path, is_new=look.is_new)

    def _things(self, looks: Sequence[_Look]) -> list[tuple[int, int, Node]]:
        """Everything that is not text: where it goes, the end of the English that it replaces, and what it is.

        Bookmarks and other pairs of markers keep their order.
        """
        placed: list[tuple[int, int, int, Node]] = []
        last_marker = 0
        for order, (node, span) in enumerate(self.old):
            if node.kind == "text":
                continue
            start, end = self._place(node, span)
            if node.kind == "marker":
                start = last_marker = max(start, last_marker)
                end = start
            if start == end:
                start = end = _outside(looks, node, start)
            placed.append((start, end, order, node))
        return [(start, end, node) for start, end, _, node in sorted(placed, key=lambda thing: thing[:3])]

    def _place(self, node: Node, span: Span) -> tuple[int, int]:
        if span.start < span.end:
            for theirs, ours in self.kept:
                if theirs.start <= span.start and span.end <= theirs.end:
                    start = ours.start + span.start - theirs.start
                    there = Span(start, start + span.end - span.start)
                    return self._as_word(there) if node.kind == "field" else (there.start, there.end)
        at, sure = self._point(span.start)
        if not sure and node.kind in ("object", "field"):
            self.misplaced += 1
        if node.kind == "break":
            # The space at which the English line ends goes, as the source had none beside its break.
            while at < len(self.english) and self.english[at].isspace():
                at += 1
            return len(self.english[:at].rstrip()), at
        return at, at

    def _as_word(self, there: Span) -> tuple[int, int]:
        """Where the text of a field stands as a word of its own: the 5 of a page, not that of the 15 before it."""
        shown = re.escape(there.of(self.english))
        alone = re.compile(rf"(?<!\w){shown}(?!\w)")
        found = alone.match(self.english, there.start) or alone.search(self.english)
        return found.span() if found else (there.start, there.end)

    def _point(self, at: int) -> tuple[int, bool]:
        """Where in the English something goes that stands at `at` in the source, and whether that is sure."""
        for theirs, ours in self.kept:
            if theirs.start <= at <= theirs.end:
                return ours.start + at - theirs.start, True
        for section in self.sections:
            if section.source.start <= at <= section.source.end:
                found, sure = section.alignment(self.source).position(at - section.source.start)
                return section.start + found, sure
        return len(self.english), False

    def _tell(self, notes: list[str]) -> None:
        where = f"“{short(self.source)}”"
        notes.extend(
            f"{where}: the formatting of “{short(words, 30)}” found no English words and was left out"
            for words in self.report.fallen_back
        )
        notes.extend(
            f"{where}: the link or field on “{short(words, 30)}” was put on the likeliest words"
            for words in self.report.guessed
        )
        if self.misplaced:
            notes.append(f"{where}: a picture, note or field was put about where it stood")
        notes.extend(
            f"{where}: the field “{short(node.text, 30)}” was left as it was; update fields in Word (F9)"
            for node, _ in self.old
            if node.kind == "field" and _CYRILLIC.search(node.text)
        )


def _outside(looks: Sequence[_Look], node: Node, at: int) -> int:
    """`at`, or where the container ends that stands around it and not around `node`, so that it is not cut in two."""
    wanted: Container | None = node.path[0] if node.path else None
    around = [(look.span, look.node.path[0] if look.node.path else None) for look in looks]
    if wanted is not None:
        own = [span for span, container in around if container is wanted]
        if own:
            inside = any(span.start <= at <= span.end for span in own)
            return at if inside else own[-1].end
    here = next((container for span, container in around if span.start < at < span.end), None)
    if here is None or here is wanted:
        return at
    return max(span.end for span, container in around if container is here)
