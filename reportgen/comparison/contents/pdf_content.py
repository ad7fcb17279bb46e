"""What a PDF shows (PDF 的内容): paragraphs and tables over line and page ends, what stands around them, its pages.

Any program may have made it: only what stands on the paper counts, no tags.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from reportgen.comparison.contents.page_fingerprints import page_fingerprints
from reportgen.comparison.contents.pdf_edges import beside_of, sections_of
from reportgen.comparison.contents.pdf_tables import table_of
from reportgen.comparison.contents.pdf_text import box_of, frame, paragraph_of, pitch_of, text_of
from reportgen.comparison.look_names import UNMEASURED
from reportgen.comparison.model import Block, Box, Content, FileKind, Layer, PageFacts, Paragraph, Value
from reportgen.problems import Location
from reportgen.review.page import MM_PER_POINT, Page, lines_of
from reportgen.review.page_reading import read_pages
from reportgen.review.page_tables import TableOnPage
from reportgen.review.passages import Element, Reading, is_centred, read
from reportgen.review.sheets import OPENING_MARKS, Sheet
from reportgen.styles import HEADING_ROLES, StyleSheet, TextRole

_STYLE = "gb9704"
_TOGETHER = (TextRole.TITLE, TextRole.ANNEX_TITLE, TextRole.ISSUER_MARK)


def pdf_content(blob: bytes, name: str, known: MutableMapping[str, Page] | None = None) -> Content:
    """The content (内容) of a PDF that has passed the door (`review.opening`).

    `known` holds the pages read so far by their fingerprints: given for both files of a pair, equal pages are read
    once.
    """
    prints = page_fingerprints(blob)
    laid = read_pages(blob, prints, {} if known is None else known)
    prints = prints if len(prints) == len(laid.pages) else []
    styles = _styles()
    reading = read(laid, styles)
    blocks, firsts = _blocks(reading, styles)
    return Content(
        kind=FileKind.PDF,
        name=name,
        blocks=tuple(blocks),
        sections=sections_of(reading.sheets, firsts),
        pages=tuple(_facts(sheet, prints) for sheet in reading.sheets),
        beside=beside_of(reading.sheets),
        layers=frozenset(Layer),
    )


@lru_cache(maxsize=1)
def _styles() -> StyleSheet:
    """Where an official document's text stands on its pages: no more than a first guess, pages are measured."""
    from reportgen.template.loading import load_styles

    return load_styles(_STYLE, Path(), Location(file=""))[0]


def _blocks(reading: Reading, styles: StyleSheet) -> tuple[list[Block], dict[int, int]]:
    """Paragraphs and tables in order; for every page the index of the first block that begins there or later."""
    chains = {id(chain[0]): chain for chain in reading.chains}
    blocks: list[Block] = []
    for items in _flow(reading):
        first = items[0]
        if isinstance(first, TableOnPage):
            if id(first) in chains:
                blocks.append(table_of(chains[id(first)], reading.heads))
            continue
        blocks.append(_paragraph([item for item in items if isinstance(item, Element)], reading, styles))
    firsts: dict[int, int] = {}
    for index, block in enumerate(blocks):
        for page in range(block.page or 1, 0, -1):
            if page in firsts:
                break
            firsts[page] = index
    return blocks, firsts


def _flow(reading: Reading) -> Iterator[list[Element | TableOnPage]]:
    """The parts in their order; the lines of a title, or of an annex's title, together."""
    for role, items in groupby(reading.flow, _title_role):
        if role is TextRole.ISSUER_MARK:
            # 文件 stands beside the middle of several issuers and is read behind them.
            yield from ([item] for item in sorted(items, key=_is_suffix))
        elif role:
            yield list(items)
        else:
            yield from ([item] for item in items)


def _is_suffix(item: Element | TableOnPage) -> bool:
    return isinstance(item, Element) and item.text == "文件"


def _title_role(item: Element | TableOnPage) -> TextRole | None:
    if isinstance(item, TableOnPage) or item.role not in _TOGETHER:
        return None
    return item.role


def _paragraph(elements: Sequence[Element], reading: Reading, styles: StyleSheet) -> Paragraph:
    lines = [(sheet.page.number, line) for element in elements for sheet, line in element.lines]
    look: dict[str, Value] = {"行距": pitch_of(lines), "首行缩进": _first_indent(elements, reading, styles)}
    return paragraph_of(lines, _level(elements[0]), look)


def _level(element: Element) -> int | None:
    """The level of a heading; one that text runs on behind is a paragraph with a heading at its beginning."""
    if element.role in (TextRole.TITLE, TextRole.ANNEX_TITLE):
        return 0
    alone = element.role in HEADING_ROLES and element.head >= len(element.text)
    return HEADING_ROLES.index(element.role) + 1 if alone else None


def _first_indent(elements: Sequence[Element], reading: Reading, styles: StyleSheet) -> Value:
    """How far its first line is set in against its others (首行缩进), if there are any; whole characters as such."""
    lines = [line for element in elements for line in element.lines]
    if len(elements) > 1 or len(lines) < 2 or elements[0].role in (TextRole.TITLE, TextRole.ANNEX_TITLE):
        return UNMEASURED
    sheet, first = lines[0]
    alike = [line for other, line in lines[1:] if other.page.landscape is sheet.page.landscape]
    # An opening mark may hang out by the empty half of its cell.
    others = [line.left for line in alike if line.text[0] not in OPENING_MARKS] or [line.left for line in alike]
    if not others or (is_centred(sheet, first, reading.edge(sheet), styles) and max(others) - min(others) > 1):
        return UNMEASURED
    indent = first.left - min(others)
    characters = indent / (first.size_pt * MM_PER_POINT)
    return f"{round(characters):d}字符" if abs(characters - round(characters)) < 0.06 else round(indent, 1)


def _facts(sheet: Sheet, prints: Sequence[str]) -> PageFacts:
    page = sheet.page
    lines: list[tuple[str, Box]] = []
    apart = {
        id(letter) for table in sheet.tables for cell in table.cells for line in cell.lines for letter in line.letters
    }
    for table in sheet.tables:
        lines += [(text_of(line), box_of(line, page.number)) for cell in table.cells for line in cell.lines]
    loose = lines_of(letter for letter in page.letters if id(letter) not in apart)
    lines += [(text_of(line), box_of(line, page.number)) for line in loose]
    lines += [(turned.text, frame(page.number, turned.box)) for turned in page.turned]
    rulings = []
    for ruling in page.rulings:
        half = ruling.thick_pt * MM_PER_POINT / 2
        low, high = ruling.at - half, ruling.at + half
        edges = (ruling.start, low, ruling.end, high) if ruling.across else (low, ruling.start, high, ruling.end)
        rulings.append(frame(page.number, edges))
    return PageFacts(
        number=page.number,
        width=round(page.width, 2),
        height=round(page.height, 2),
        fingerprint=prints[page.number - 1] if prints else "",
        lines=tuple(sorted(lines, key=lambda each: (each[1].top, each[1].left))),
        rulings=tuple(rulings),
        pictures=tuple(frame(page.number, box) for box in page.pictures),
    )
