"""A PDF's pages as contents (PDF 的内容): paragraphs over line and page ends, tables over pages, each with its page.

Page numbers and running heads are left out; a table that goes on is one, without the heads that it repeats.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from reportgen.ledger.files.contents import Block, Contents, Passage
from reportgen.ledger.tables import Cell, Table
from reportgen.problems import Location
from reportgen.proof.manuscripts.passage_roles import annex_number
from reportgen.proof.manuscripts.table_listings import Known, Places
from reportgen.review.joined_tables import Slot, joined_rows
from reportgen.review.page_reading import read_pages
from reportgen.review.page_tables import TableOnPage
from reportgen.review.passages import Element, Reading, read
from reportgen.review.sheets import NUMBER_LOOK, Sheet
from reportgen.styles import StyleSheet, TextRole


def read_pdf_contents(blob: bytes, name: str, styles: StyleSheet) -> tuple[Contents, Places]:
    """The contents (内容) of a PDF and the page of each; `styles` tell where its text stands on a page."""
    reading = read(read_pages(blob), styles)
    known: dict[Location, Known] = {}
    return Contents(name, tuple(_blocks(reading, name, known))), Places(known=known)


def _blocks(reading: Reading, name: str, known: dict[Location, Known]) -> Iterator[Block]:
    chains = {id(chain[0]): chain for chain in reading.chains}
    beside = _beside(reading.sheets)
    passages = tables = 0

    def passage(text: str, at: int) -> Passage:
        nonlocal passages
        passages += 1
        where = Location(file=name, cell=f"第{passages}段")
        known[where] = Known(page=at)
        return Passage(text, where)

    for items in _flow(reading):
        first = items[0]
        start = first.page if isinstance(first, TableOnPage) else first.sheet.page.number
        top = first.box[1] if isinstance(first, TableOnPage) else first.first.y
        for at, text in _before(beside, start, top):
            yield passage(text, at)
        if isinstance(first, TableOnPage):
            if id(first) in chains:
                tables += 1
                rows = joined_rows(chains[id(first)], reading.heads)
                yield _table(rows, Location(file=name, sheet=f"表格{tables}"), known)
            continue
        texts = [item.text for item in items if isinstance(item, Element)]
        yield passage(("\n" if first.role is TextRole.TITLE else "").join(texts), start)
    for at, text in _before(beside, len(reading.sheets) + 1, 0.0):
        yield passage(text, at)


def _before(beside: list[tuple[int, float, str]], page: int, y: float) -> Iterator[tuple[int, str]]:
    """Page and text of what stands before that height of that page, which is then done with."""
    while beside and beside[0][:2] < (page, y):
        number, _, text = beside.pop(0)
        yield number, text


def _flow(reading: Reading) -> Iterator[list[Element | TableOnPage]]:
    """The parts in their order; the lines of a title, or of an annex's title, together."""
    for role, items in groupby(reading.flow, _title_role):
        if role:
            yield list(items)
        else:
            yield from ([item] for item in items)


def _title_role(item: Element | TableOnPage) -> TextRole | None:
    """The role of a line of a title; None for all else. 附件2 is a line of its own."""
    if isinstance(item, TableOnPage) or item.role not in (TextRole.TITLE, TextRole.ANNEX_TITLE):
        return None
    return None if annex_number(item.text) is not None else item.role


def _beside(sheets: Sequence[Sheet]) -> list[tuple[int, float, str]]:
    """What stands on the pages outside of paragraphs and cells, with page and height.

    That is what ran out of its cell, is turned, or stands in a margin and on no other page: no running head.
    """
    heads = Counter(form for sheet in sheets for form in {_form(line.text) for line in sheet.stray})
    found: list[tuple[int, float, str]] = []
    for sheet in sheets:
        number = sheet.page.number
        for line in sheet.stray:
            if heads[_form(line.text)] == 1 and not NUMBER_LOOK.fullmatch(line.text):
                found.append((number, line.y, line.text))
        found += [(number, line.y, line.text) for line in sheet.spilled]
        turned = [each.text for each in sheet.page.turned if not NUMBER_LOOK.fullmatch(each.text)]
        found += [(number, sheet.page.height, text) for text in turned]
    return sorted(found)


def _form(text: str) -> str:
    """A running head without the number of its page."""
    return re.sub(r"\d+", "", text)


def _table(rows: Sequence[Sequence[Slot]], where: Location, known: dict[Location, Known]) -> Table:
    firsts: dict[int, Location] = {}
    made = []
    for r, row in enumerate(rows, 1):
        cells = []
        for c, slot in enumerate(row, 1):
            place = Location(file=where.file, sheet=where.sheet, cell=f"第{r}行第{c}列")
            first = firsts.setdefault(id(slot), place)
            known.setdefault(first, Known(page=slot.page))
            cells.append(Cell(slot.text, place, first if slot.spans else None))
        if any(cell.text for cell in cells):
            made.append(tuple(cells))
    return Table(str(where.sheet), made, where)
