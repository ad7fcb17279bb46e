"""This program (本程序): the tree and the style sheet to bytes, a workbook to a ledger."""

from __future__ import annotations

import json

from reportgen.document import Document
from reportgen.ledger.model import Entry, Ledger
from reportgen.ledger.reading import read_ledger
from reportgen.pdf_engine import PdfEngine
from reportgen.writers import writer_of
from reportgen.writers.fonts import find_fonts
from tests.bench.case import kept_workbook, styles, wants
from tests.bench.peers import Ready


def docx() -> Ready:
    """The writer of Word files."""
    writer, look = writer_of("docx", PdfEngine.WEASYPRINT), styles()

    def make(document: Document) -> bytes:
        return writer.write(document, look, None).value

    return Ready(lambda case: case.document, make)


def _pdf(engine: PdfEngine) -> Ready:
    writer, look, fonts = writer_of("pdf", engine), styles(), find_fonts({})

    def make(document: Document) -> bytes:
        return writer.write(document, look, fonts).value

    return Ready(lambda case: case.document, make)


def weasyprint() -> Ready:
    """The writer of PDFs with the usual engine."""
    return _pdf(PdfEngine.WEASYPRINT)


def typst() -> Ready:
    """The writer of PDFs with the fast engine."""
    return _pdf(PdfEngine.TYPST)


def reading() -> Ready:
    """A workbook as a ledger: units told apart, every cell with its place, every fault told."""
    needed = wants()

    def make(blob: bytes) -> Ledger:
        return read_ledger(blob, "台账.xlsx", needed).value

    return Ready(kept_workbook, make, told)


def told(ledger: Ledger) -> bytes:
    """What is held against the case: every text of every task, a task a row."""
    return json.dumps([_texts(task) for task in ledger.tasks], ensure_ascii=False).encode()


def _texts(task: Entry) -> list[str]:
    units = ("、".join(task.lead_units), "、".join(task.support_units))
    return [task.category, task.text, *units, task.progress, task.judgement, task.phrase]
