"""What two files of different kinds both know (共同内容): a Word file has no pages, a PDF no styles and no blanks.

For a Word file and a PDF: text without white space, which layout adds and drops; each cell as one paragraph; the
heading levels where the Word file has any; paper and what headers and footers say. Of two PDFs only what page ends
leave open is settled: where one shows a paragraph or a row as one, the other's parts of it are joined.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from reportgen.comparison.contents.recutting import recut, sections_alike
from reportgen.comparison.contents.table_rows import settled_tables
from reportgen.comparison.model import Block, Cell, Content, FileKind, Paragraph, Piece, Section, Table, Value
from reportgen.numbering import HEADING_MARKS
from reportgen.review.forms import is_imprint_line

_PAPER = ("纸张宽", "纸张高", "方向")
# A PDF shows no comment, and formulas and readings of letters stand in its lines.
_NOT_ON_PAPER = frozenset(("批注", "公式", "注音"))
_EDGES = ("页眉", "页脚")
_MOST_IMPRINT_ROWS = 6


def common_ground(first: Content, second: Content) -> tuple[Content, Content]:
    """Both contents reduced to what both kinds of file know (共同内容); as they are where nothing is to be settled.

    The differences' places (`Spot.block`) are those in the contents that are given back.
    """
    kinds = {first.kind, second.kind}
    if kinds == {FileKind.DOCX, FileKind.PDF}:
        first, second = _plain(_without_unruled(first)), _plain(_without_unruled(second))
        first, second = _levelled(first, second)
        first, second = _without_common_beside(first, second)
    elif kinds != {FileKind.PDF}:
        return first, second
    first, second = recut(*settled_tables(first, second))
    return (first, second) if kinds == {FileKind.PDF} else sections_alike(first, second)


# ---- a Word file and a PDF


def _plain(content: Content) -> Content:
    blocks: list[Block] = []
    firsts: dict[int, int] = {}
    for index, block in enumerate(content.blocks):
        firsts[index] = len(blocks)
        if isinstance(block, Table):
            blocks.append(_table(block))
        elif (paragraph := _paragraph(block)).text:
            blocks.append(paragraph)
    return replace(
        content,
        blocks=tuple(blocks),
        sections=tuple(_sections(content.sections, firsts, len(blocks))),
        beside=tuple((name, _paragraph(own)) for name, own in content.beside if name not in _NOT_ON_PAPER),
    )


def _without_unruled(content: Content) -> Content:
    """A Word file without tables that nobody sees as such: those of an imprint, and those without any rule."""
    if content.kind is not FileKind.DOCX:
        return content
    blocks: list[Block] = []
    firsts: dict[int, int] = {}
    for index, block in enumerate(content.blocks):
        firsts[index] = len(blocks)
        if isinstance(block, Table) and _is_unseen(block):
            blocks += [replace(_row_text(row), part=block.part) for row in block.rows if row]
        else:
            blocks.append(block)
    return replace(content, blocks=tuple(blocks), sections=tuple(_moved(content.sections, firsts, len(blocks))))


def _is_unseen(table: Table) -> bool:
    lines = [_row_text(row).text for row in table.rows]
    imprint = any(is_imprint_line(bare(line)) for line in lines) and len(lines) <= _MOST_IMPRINT_ROWS
    upright = any(cell.look.get(side) for cell in table.cells for side in ("左框线", "右框线"))
    flat = any(cell.look.get(side) for cell in table.cells for side in ("上框线", "下框线"))
    return not upright and (imprint or not flat)


def _row_text(row: Sequence[Cell]) -> Paragraph:
    """What a row says, as a line of a page."""
    return Paragraph(pieces=tuple(piece for cell in row for each in cell.paragraphs for piece in each.pieces))


def _moved(sections: Sequence[Section], firsts: Mapping[int, int], end: int) -> Iterator[Section]:
    return (replace(section, first_block=firsts.get(section.first_block, end)) for section in sections)


def _paragraph(paragraph: Paragraph) -> Paragraph:
    pieces = (Piece(bare(piece.text), piece.setting) for piece in paragraph.pieces)
    return replace(paragraph, pieces=tuple(piece for piece in pieces if piece.text), page_break=False)


def bare(text: str) -> str:
    """A text without what leaves no ink, and with the usual one of letters that look the same (无空白文字)."""
    kept = (letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cf")
    return "".join(_usual(letter) for letter in kept)


def _usual(letter: str) -> str:
    """Some faces call 一 by the name of a radical, and fi is one shape."""
    if "\u2f00" <= letter <= "\u2fdf" or "\uf900" <= letter <= "\ufaff" or "\ufb00" <= letter <= "\ufb06":
        return unicodedata.normalize("NFKC", letter)
    return "-" if letter in "\u2010\u2011" else letter


def _table(table: Table) -> Table:
    cells = []
    for cell in table.cells:
        own = [_paragraph(paragraph) for paragraph in cell.paragraphs]
        pieces = tuple(piece for paragraph in own for piece in paragraph.pieces)
        boxes = tuple(box for paragraph in own for box in paragraph.boxes)
        joined = (Paragraph(pieces=pieces, boxes=boxes, page=own[0].page),) if pieces else ()
        cells.append(replace(cell, paragraphs=joined))
    return replace(table, cells=tuple(cells))


def _sections(sections: Sequence[Section], firsts: Mapping[int, int], end: int) -> Iterator[Section]:
    """The sections by their paper; what all their headers and footers say stands with the first."""
    edges: dict[str, tuple[Paragraph, ...]] = {}
    for section in sections:
        for name, own in section.edges.items():
            edges[name] = (*edges.get(name, ()), *own)
    for number, section in enumerate(sections):
        setup: dict[str, Value] = {name: _rounded(section.setup.get(name)) for name in _PAPER}
        first_block = firsts.get(section.first_block, end)
        yield Section(setup=setup, first_block=first_block, edges={} if number else _edges(edges))


def _rounded(value: Value) -> Value:
    return float(round(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


def _edges(edges: Mapping[str, tuple[Paragraph, ...]]) -> dict[str, tuple[Paragraph, ...]]:
    """Headers and footers of all kinds of pages, each text once."""
    found: dict[str, dict[str, Paragraph]] = {}
    for name, paragraphs in edges.items():
        usual = next((edge for edge in _EDGES if name.endswith(edge)), name)
        for paragraph in map(_paragraph, paragraphs):
            if paragraph.text:
                found.setdefault(usual, {}).setdefault(paragraph.text, paragraph)
    return {name: tuple(own[text] for text in sorted(own)) for name, own in found.items()}


def _levelled(first: Content, second: Content) -> tuple[Content, Content]:
    """The levels of headings that begin with their ordinal, as the Word file gives them to such headings.

    A page shows the ordinal; which level of the outline has it, most of the like headings in the Word file tell.
    """
    word, pdf = (first, second) if first.kind is FileKind.DOCX else (second, first)
    levels = {block.text: block.level for block in word.blocks if isinstance(block, Paragraph)}
    counts: dict[int, Counter[int | None]] = {}
    for block in pdf.blocks:
        if isinstance(block, Paragraph) and block.level and block.text in levels:
            counts.setdefault(block.level, Counter())[levels[block.text]] += 1
    usual = {level: found.most_common(1)[0][0] for level, found in counts.items()}
    shown = {block.text for block in pdf.blocks if isinstance(block, Paragraph) and block.level}

    def level(block: Paragraph, own: bool) -> int | None:
        if own:
            return usual.get(block.level or 0)
        ordinal = any(mark.match(block.text) for _, mark in HEADING_MARKS)
        return block.level if block.text in shown or ordinal else None

    return _with_levels(first, level), _with_levels(second, level)


def _with_levels(content: Content, level: Callable[[Paragraph, bool], int | None]) -> Content:
    own = content.kind is FileKind.PDF
    blocks = tuple(
        replace(block, level=level(block, own)) if isinstance(block, Paragraph) else block for block in content.blocks
    )
    return replace(content, blocks=blocks)


def _without_common_beside(first: Content, second: Content) -> tuple[Content, Content]:
    """What stands beside the text of one file, and on the page or beside it in the other, is the same."""
    one, two = ([own.text for _, own in content.beside] for content in (first, second))
    return _without(first, second, two), _without(second, first, one)


def _without(content: Content, other: Content, beside: Sequence[str]) -> Content:
    """A content without what the other one has beside its text, and without its own of what the other has in it."""
    flow = {block.text for block in other.blocks if isinstance(block, Paragraph)}
    own_flow = {block.text for block in content.blocks if isinstance(block, Paragraph)}
    kept = tuple(
        (name, own) for name, own in content.beside if own.text not in beside and own.text not in flow - own_flow
    )
    loose = {text for text in beside if text in own_flow - flow}
    if not loose:
        return replace(content, beside=kept)
    blocks: list[Block] = []
    firsts: dict[int, int] = {}
    for index, block in enumerate(content.blocks):
        firsts[index] = len(blocks)
        if not (isinstance(block, Paragraph) and block.text in loose):
            blocks.append(block)
    sections = tuple(_moved(content.sections, firsts, len(blocks)))
    return replace(content, blocks=tuple(blocks), sections=sections, beside=kept)
