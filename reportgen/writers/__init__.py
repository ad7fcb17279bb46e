"""The writers (输出格式): document tree + style sheet → bytes. A new format is a module and a line here.

A writer is loaded when it writes for the first time: who asks for a Word file need not wait for the PDF's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.document import Document
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import Outcome
from reportgen.styles import StyleSheet

if TYPE_CHECKING:
    from reportgen.writers.fonts import FontSet


@dataclass(frozen=True)
class Writer:
    """One output format (输出格式): its name is also its file ending.

    `draws` is true where the writer lays out pages itself and so needs this machine's faces.
    """

    name: str
    description: str
    write: Callable[[Document, StyleSheet, FontSet | None], Outcome[bytes]]
    draws: bool = False

    def needs_faces(self, document: Document) -> bool:
        """Whether this machine's faces are needed for a document: its pages, or pictures of its charts."""
        if self.draws or self.name != "docx":
            return self.draws
        from reportgen.writers.docx_charts import has_pictures

        return has_pictures(document)


def _docx(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Outcome[bytes]:
    from reportgen.writers.docx import write_docx

    return write_docx(document, styles, fonts)


def _weasyprint(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Outcome[bytes]:
    from reportgen.writers.pdf import write_pdf

    assert fonts is not None, "a writer that draws is given faces"
    return write_pdf(document, styles, fonts)


def _typst(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Outcome[bytes]:
    from reportgen.writers.typst import write_typst

    assert fonts is not None, "a writer that draws is given faces"
    return write_typst(document, styles, fonts)


def _html(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Outcome[bytes]:
    from reportgen.writers.html import write_html

    return write_html(document, styles)


def _outline(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Outcome[bytes]:
    from reportgen.writers.outline import write_outline

    return write_outline(document)


_PDF = "PDF/A 版式文件"
_ENGINES: Mapping[PdfEngine, Writer] = {
    PdfEngine.WEASYPRINT: Writer("pdf", _PDF, _weasyprint, draws=True),
    PdfEngine.TYPST: Writer("pdf", _PDF, _typst, draws=True),
}
WRITERS: Mapping[str, Writer] = {
    writer.name: writer
    for writer in (
        Writer("docx", "Word 文档", _docx),
        _ENGINES[PdfEngine.WEASYPRINT],
        Writer("html", "网页", _html),
        Writer("txt", "纯文字大纲，便于比对", _outline),
    )
}
"""Every format by its name, a PDF laid out by the usual engine."""


def writer_of(name: str, engine: PdfEngine) -> Writer:
    """The writer of a format (输出格式), a PDF's by the engine that is asked for."""
    return _ENGINES[engine] if name == "pdf" else WRITERS[name]


def ready_engine(engine: PdfEngine) -> Outcome[str]:
    """The version of an engine that can be used here (可用的引擎), and what slows it down.

    Raises `EnvironmentLacking` with what is missing.
    """
    if engine is PdfEngine.WEASYPRINT:
        from reportgen.writers.pdf import load_engine, slow_subsetting

        return Outcome(str(load_engine().__version__), tuple(slow_subsetting()))
    from reportgen.writers.typst import load_typst

    load_typst()
    return Outcome(engine.version)
