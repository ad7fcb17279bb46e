"""A Word file as what its reader sees (Word 文件的内容): what looks alike and says the same is equal, however written.

Page breaks are told by what begins a page, whether it is a break among the letters, a wish of the paragraph or a
new section; a page break before a table is told by its first paragraph. Sections that differ in nothing are one.
Numbers of pages stand as {页码} and {页数}. A heading has the outline level of its style; the title has none.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from reportgen.comparison.contents.word_drawings import Drawings
from reportgen.comparison.contents.word_looks import SIDES, ParagraphLooks
from reportgen.comparison.contents.word_sections import breaks_page, edge_distances, edges_of, setup_of
from reportgen.comparison.contents.word_settings import Settings, shown_runs
from reportgen.comparison.contents.word_tables import shown_table
from reportgen.comparison.model import Block, Content, FileKind, Layer, Paragraph, Piece, Section, Setting
from reportgen.word.asides import AsideKind
from reportgen.word.file import Edge, Setup, WordFile, WordSection, read_whole
from reportgen.word.parts import Parts, open_parts
from reportgen.word.tables import Table
from reportgen.word.text import Paragraph as Read

LAYERS = frozenset((Layer.TEXT, Layer.STRUCTURE, Layer.STYLE))
"""What Word files can be compared in (Word 的比对层次): they have no pages."""

_BESIDE = {
    AsideKind.NOTE: "脚注",
    AsideKind.COMMENT: "批注",
    AsideKind.FORMULA: "公式",
    AsideKind.RUBY: "注音",
}

# A line that is thinner is not seen; what `beforeLines` counts in where nothing says it.
_HAIRLINE_PT, _LINE_PT = 1.0, 12.0


def word_content(blob: bytes, name: str) -> Content:
    """What a Word file shows (内容); the door has refused what is no Word file."""
    with _undisturbed():
        return _content(blob, name)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nothing that is read stands in a ring: the collector would only walk through all of it, again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _content(blob: bytes, name: str) -> Content:
    parts = open_parts(blob)
    file = read_whole(parts)
    making = _Making(parts, file)
    for section in file.sections:
        making.section(section)
    if making.sections:
        making.end_page()
    for text in file.untold:
        making.beside.append(("其他文字", Paragraph(pieces=(Piece(text, Setting()),))))
    return Content(
        kind=FileKind.DOCX,
        name=name,
        blocks=tuple(making.blocks),
        sections=tuple(making.sections),
        beside=tuple(making.beside),
        layers=LAYERS,
    )


@dataclass(slots=True)
class _Making:
    """What has been made of a file: the next block begins a page if `pending`; `looks` are those of the section."""

    parts: Parts
    file: WordFile
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    beside: list[tuple[str, Paragraph]] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    drawings: Drawings = field(init=False)
    looks: ParagraphLooks = field(init=False)
    part: str = ""
    pending: bool = False
    above: Setup | None = None

    def __post_init__(self) -> None:
        self.part = self.parts.main
        self.drawings = Drawings(self.parts)

    def section(self, section: WordSection) -> None:
        """A section with its blocks; one that changes nothing is no section to its reader."""
        setup = section.setup
        self.looks = ParagraphLooks(setup)
        if self.above is not None and breaks_page(setup, self.above):
            self.end_page()
        values = setup_of(setup, self.above)
        edges = edges_of(setup, self._edge, odd_even=self.file.odd_even)
        values |= edge_distances(setup, edges)
        begun = Section(setup=values, first_block=len(self.blocks), edges=edges)
        if not self.sections or not _goes_on(self.sections[-1], begun):
            self.sections.append(begun)
        self.above = setup
        for number, block in enumerate(section.blocks):
            if isinstance(block, Read):
                self._flow(block, *_neighbours(section.blocks, number))
            else:
                self._table(block)

    def _table(self, table: Table) -> None:
        first = next((each for row in table.rows for cell in row.cells for each in cell.paragraphs), None)
        if first is not None and first.look.page_break:
            self.end_page()
        shown = shown_table(table, self._cell, old=self.file.old, page_break=self._begins())
        if shown is not None:
            self.blocks.append(shown)
            self.pending = False

    def _begins(self) -> bool:
        """Whether the next block begins a page because the file wants it; the first of all does so anyway."""
        return bool(self.blocks) and self.pending

    def _cell(self, paragraphs: Sequence[Read], *, page_break: bool) -> tuple[Paragraph, ...]:
        return tuple(
            self._paragraph(each, *_neighbours(paragraphs, number), page_break=page_break and not number)
            for number, each in enumerate(paragraphs)
            if not _is_hidden(each)
        )

    def _edge(self, edge: Edge) -> tuple[Paragraph, ...]:
        """The paragraphs of a header or footer, those of its text boxes behind them."""
        self.part = edge.part
        read = (*edge.paragraphs, *(box for each in edge.paragraphs for box in _boxes(each)))
        made = tuple(self._paragraph(each) for each in read if not _is_hidden(each))
        self.part = self.parts.main
        seen = (bool(each.text.strip()) or "图片" in each.look or "图形" in each.look for each in made)
        return made if any(seen) else ()

    def _flow(self, read: Read, above: Read | None, below: Read | None) -> None:
        """A paragraph of the flow; one with a page break inside it is two to its reader."""
        if _is_hidden(read):
            return
        if read.look.page_break:
            self.end_page()
        begins, self.pending = self._begins(), False
        if _is_hairline(read):
            self.pending = begins
        else:
            made = self._paragraph(read, above, below)
            if read.breaks and made.text.strip():
                self._broken(read, made, begins)
            else:
                self.blocks.append(replace(made, page_break=begins))
        if read.breaks and not read.text.strip():
            self.end_page()

    def end_page(self) -> None:
        """The file ends a page here: lines without letters are not seen at its end, but a page of them is."""
        while self.blocks and len(self.blocks) > self.sections[-1].first_block and _is_blank(self.blocks[-1]):
            self.blocks.pop()
        self.pending = True

    def _broken(self, read: Read, made: Paragraph, begins: bool) -> None:
        """The parts of a paragraph before, between and behind its page breaks; parts without text are none."""
        gap = len(made.text) - sum(len(run.text) for run in read.runs)
        seen = False
        for pieces in _parts(made.pieces, [at + gap for at in read.breaks]):
            seen = any(piece.text.strip() for piece in pieces)
            if seen:
                self.blocks.append(replace(made, pieces=pieces, page_break=begins))
                made = replace(made, look={**made.look, "首行缩进": 0.0, "段前": 0.0})
            begins = bool(self.blocks)
        if not seen:
            self.end_page()

    def _paragraph(
        self, read: Read, above: Read | None = None, below: Read | None = None, *, page_break: bool = False
    ) -> Paragraph:
        look = self.looks.of(read, above, below)
        if read.drawings or read.asides:
            look.update(self.drawings.look(read, self.part))
            self._beside(read)
        return Paragraph(
            pieces=tuple(self.settings.pieces(shown_runs(read))),
            level=read.look.outline if read.text.strip() else None,
            look=look,
            page_break=page_break,
        )

    def _beside(self, read: Read) -> None:
        """What stands beside the text of the flow; that of headers and footers stands there."""
        if self.part != self.parts.main:
            return
        for box in read.boxes:
            # Boxes within the box are told on the way.
            made = self._paragraph(box)
            if made.text.strip():
                self.beside.append(("文本框", made))
        for aside in read.asides:
            if aside.kind in _BESIDE and aside.text.strip():
                setting = self.settings.of(read.mark, "east")
                self.beside.append((_BESIDE[aside.kind], Paragraph(pieces=(Piece(aside.text, setting),))))


# How a section begins says nothing of what follows behind it.
_BEGINNING = ("分节方式", "页码起始")


def _goes_on(last: Section, begun: Section) -> bool:
    """Whether a section is set as the last one and nothing is counted anew: to its reader it is the same."""
    before = {name: value for name, value in last.setup.items() if name not in _BEGINNING}
    same = {name: value for name, value in begun.setup.items() if value is not None or name not in _BEGINNING}
    return same == before and begun.edges == last.edges


def _neighbours(blocks: Sequence[object], number: int) -> tuple[Read | None, Read | None]:
    """The paragraphs above and below a block, None where something else stands there."""
    above = blocks[number - 1] if number else None
    below = blocks[number + 1] if number + 1 < len(blocks) else None
    return above if isinstance(above, Read) else None, below if isinstance(below, Read) else None


def _is_hidden(read: Read) -> bool:
    """Whether a paragraph takes no room: its end is hidden, and so is all that stands in it."""
    return read.mark.hidden and not read.drawn and all(run.letters.hidden for run in read.runs)


def _is_blank(block: Block) -> bool:
    """Whether a block is a line that shows nothing; one that begins a page makes that page, so it stays."""
    if not isinstance(block, Paragraph) or block.page_break or block.text.strip():
        return False
    return not any(name in block.look for name in ("图片", "图形", "底纹", "图文框", *SIDES.values()))


def _is_hairline(read: Read) -> bool:
    """Whether a paragraph is a line without letters that is too thin to be seen, as before a new section."""
    look = read.look
    thin = look.exact_pt is not None and look.exact_pt < _HAIRLINE_PT
    room = look.before.pt(_LINE_PT) + look.after.pt(_LINE_PT)
    return thin and room < _HAIRLINE_PT and not read.text.strip() and not read.label and not read.drawn


def _boxes(read: Read) -> Iterator[Read]:
    """The paragraphs of text boxes that are anchored in one, those of boxes in boxes too."""
    for box in read.boxes:
        yield box
        yield from _boxes(box)


def _parts(pieces: Sequence[Piece], breaks: Sequence[int]) -> Iterator[tuple[Piece, ...]]:
    """The pieces cut at places of their text."""
    begin = 0
    for end in (*breaks, sum(len(piece.text) for piece in pieces)):
        at, found = 0, []
        for piece in pieces:
            text = piece.text[max(0, begin - at) : max(0, end - at)]
            at += len(piece.text)
            found += [Piece(text, piece.setting)] if text else []
        yield tuple(found)
        begin = end
