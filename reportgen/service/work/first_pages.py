"""The first pages before the whole (先看前几页): they stand on the screen while the rest is still laid out.

A report with long annexes takes seconds: its first section is laid out alone, by the same engine, of the same tree, and
looks as it will in the whole, since every section begins a page of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reportgen.comparison.pages.page_pictures import page_count, page_pictures, quick_png
from reportgen.document import Document
from reportgen.generate import Inputs
from reportgen.service.work.layout import PICTURES, put
from reportgen.service.work.model import Room
from reportgen.writers import writer_of
from reportgen.writers.fonts import find_fonts

PICTURE_DPI = 108
"""So fine are the pictures of pages (页面图): 100% on a screen of today, readable at half."""


def beginning(document: Document) -> Document:
    """As much of a report as is laid out while somebody waits (报告的开头): its first section."""
    return replace(document, sections=document.sections[:1])


def laid_out(document: Document, inputs: Inputs) -> bytes:
    """The PDF of a report or of its beginning (排版); raises `ReportError` where it cannot be drawn."""
    return writer_of("pdf", inputs.pdf_engine).write(document, inputs.styles, find_fonts(inputs.fonts)).value


def pictures(pdf: bytes, most: int, room: Room) -> Iterator[tuple[str, Path]]:
    """Name and place of the picture of each page (页面图), at most so many; each is handed over as soon as it is."""
    count = min(page_count(pdf), most)
    numbers = range(1, count + 1)
    room.told("画页面图", 0, count)
    for number, picture in zip(numbers, page_pictures(pdf, numbers, PICTURE_DPI), strict=True):
        name = f"{PICTURES}{number:03d}.png"
        path = put(room.made, name, quick_png(picture))
        room.hand_over(name, path)
        yield name, path
        room.told("画页面图", number, count)
