"""Issued reports as a clerk types them (手工做的报告): titles, heads and tables in a clerk's ways, as Word files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

AUTO = "\x00"
"""A cell whose number Word counts (自动编号)."""


class C:
    """A cell: its text, over how many columns, and whether it begins or continues a merge downwards."""

    def __init__(self, text: str = "", span: int = 1, down: str = "") -> None:
        self.text, self.span, self.down = text, span, down


Cell = str | C
Table = Sequence[Sequence[Cell]]


def word_file(*blocks: str | Table) -> bytes:
    """Passages and tables, one below the other."""
    document = docx.Document()
    body = document.element.body
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        else:
            body.insert(len(body) - 1, parse_xml(_table(block)))
            # Two tables without a paragraph between them are one to Word.
            document.add_paragraph("")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _table(rows: Table) -> str:
    width = sum(_spec(cell).span for cell in rows[0])
    grid = '<w:gridCol w:w="1400"/>' * width
    body = "".join("<w:tr>" + "".join(map(_cell, row)) + "</w:tr>" for row in rows)
    look = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl {nsdecls('w')}>{look}<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


def _spec(cell: Cell) -> C:
    return cell if isinstance(cell, C) else C(cell)


def _cell(cell: Cell) -> str:
    spec = _spec(cell)
    span = f'<w:gridSpan w:val="{spec.span}"/>' if spec.span > 1 else ""
    merge = f'<w:vMerge w:val="{spec.down}"/>' if spec.down else ""
    inside = "".join(map(_paragraph, spec.text.split("\n")))
    return f'<w:tc><w:tcPr><w:tcW w:w="{1400 * spec.span}" w:type="dxa"/>{span}{merge}</w:tcPr>{inside}</w:tc>'


def _paragraph(text: str) -> str:
    if text == AUTO:
        return '<w:p><w:pPr><w:pStyle w:val="ListNumber"/></w:pPr></w:p>'
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def spaced(text: str) -> str:
    """A letter-spaced head: 责 任 单 位."""
    return " ".join(text)


def downwards(texts: Iterable[str]) -> list[C]:
    """Cells of a column in which equal neighbours are merged."""
    cells: list[C] = []
    above: str | None = None
    for text in texts:
        cells.append(C("" if text == above else text, down="continue" if text == above else "restart"))
        above = text
    return cells


def pages(head: Table, rows: Sequence[Sequence[Cell]], size: int, repeated: bool) -> Iterable[Any]:
    """The rows in tables of that size; the first has a head, the others if it is repeated."""
    for start in range(0, len(rows), size):
        yield [*(head if repeated or start == 0 else ()), *rows[start : start + size]]
