"""What stands around the text of a PDF (PDF 的页边内容): page numbers and running heads by section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from reportgen.comparison.contents.pdf_text import frame, paragraph_of, setting_of
from reportgen.comparison.model import Paragraph, Piece, Section, Value
from reportgen.review.page import Line, TurnedLine
from reportgen.review.sheets import NUMBER_LOOK, Sheet

HEADER, FOOTER = "页眉", "页脚"
# What stands for the numbers that the program counts, as the reader of Word files writes them.
_FIELDS = ("{页码}", "{页数}")


def sections_of(sheets: Sequence[Sheet], firsts: Mapping[int, int]) -> tuple[Section, ...]:
    """Pages of one size as a section (节), with what is repeated at their edges."""
    found: list[Section] = []
    running = _running(sheets)
    for (width, height), group in groupby(
        sheets, key=lambda sheet: (round(sheet.page.width), round(sheet.page.height))
    ):
        own = list(group)
        setup: dict[str, Value] = {
            "纸张宽": round(own[0].page.width, 1),
            "纸张高": round(own[0].page.height, 1),
            "方向": "横向" if width > height else "纵向",
        }
        first = firsts.get(own[0].page.number, max(firsts.values(), default=-1) + 1)
        found.append(Section(setup=setup, first_block=first, edges=_edges(own, running)))
    return tuple(found)


def _edges(sheets: Sequence[Sheet], running: frozenset[str]) -> dict[str, tuple[Paragraph, ...]]:
    """The different running heads and feet of some pages, each once, with the number in the form of its field."""
    found: dict[str, dict[str, Paragraph]] = {HEADER: {}, FOOTER: {}}
    for sheet in sheets:
        for name, line in _edge_lines(sheet, running):
            made = _edge_paragraph(line, sheet.page.number)
            found[name].setdefault(made.text, made)
    return {name: tuple(made.values()) for name, made in found.items() if made}


def _edge_lines(sheet: Sheet, running: frozenset[str]) -> Iterator[tuple[str, Line | TurnedLine]]:
    middle = sheet.page.height / 2
    if sheet.number is not None:
        # A turned number stands at a side of a landscape page, which is the foot of the bound volume.
        at = FOOTER if isinstance(sheet.number, TurnedLine) or sheet.number.y > middle else HEADER
        yield at, sheet.number
    for line in sheet.stray:
        if form_of(line.text) in running or NUMBER_LOOK.fullmatch(line.text):
            yield (FOOTER if line.y > middle else HEADER), line


def _edge_paragraph(line: Line | TurnedLine, page: int) -> Paragraph:
    made = (
        paragraph_of([(page, line)])
        if isinstance(line, Line)
        else Paragraph(
            pieces=(Piece(line.text, setting_of(line.letters[0].setting)),),
            page=page,
            boxes=(frame(page, line.box),),
        )
    )
    fields = iter(_FIELDS)
    pieces = tuple(
        Piece(re.sub(r"\d+", lambda match: next(fields, match[0]), piece.text), piece.setting) for piece in made.pieces
    )
    return Paragraph(pieces=pieces, page=made.page, boxes=made.boxes)


def form_of(text: str) -> str:
    """A running head without the number of its page (页眉的形式)."""
    return re.sub(r"\d+", "", text)


def _running(sheets: Sequence[Sheet]) -> frozenset[str]:
    """The forms of what stands in the margins of several pages."""
    forms = Counter(form for sheet in sheets for form in {form_of(line.text) for line in sheet.stray})
    return frozenset(form for form, times in forms.items() if times > 1)


def beside_of(sheets: Sequence[Sheet]) -> tuple[tuple[str, Paragraph], ...]:
    """What stands on the pages outside of paragraphs, cells and edges: nothing of a page is lost."""
    running = _running(sheets)
    found: list[tuple[str, Paragraph]] = []
    for sheet in sheets:
        number = sheet.page.number
        for line in sheet.stray:
            if form_of(line.text) not in running and not NUMBER_LOOK.fullmatch(line.text):
                found.append(("页边文字", paragraph_of([(number, line)])))
        found += [("表格外溢出的文字", paragraph_of([(number, line)])) for line in sheet.spilled]
        for turned in sheet.page.turned:
            if turned is not sheet.number:
                piece = Piece(turned.text, setting_of(turned.letters[0].setting))
                box = frame(number, turned.box)
                found.append(("转向文字", Paragraph(pieces=(piece,), page=number, boxes=(box,))))
    return tuple(found)
