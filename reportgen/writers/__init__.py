"""The writers (输出格式): document tree + style sheet → bytes. A new format is one module and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reportgen.document import Document
from reportgen.problems import Outcome
from reportgen.styles import StyleSheet
from reportgen.writers.docx import write_docx
from reportgen.writers.fonts import FontSet
from reportgen.writers.html import write_html
from reportgen.writers.outline import write_outline
from reportgen.writers.pdf import write_pdf


@dataclass(frozen=True)
class Writer:
    """One output format (输出格式): its name is also its file ending.

    `draws` is true where the writer lays out pages itself and so needs this machine's faces.
    """

    name: str
    description: str
    write: Callable[[Document, StyleSheet, FontSet | None], Outcome[bytes]]
    draws: bool = False


def _pdf(document: Document, styles: StyleSheet, fonts: FontSet | None) -> Outcome[bytes]:
    assert fonts is not None, "a writer that draws is given faces"
    return write_pdf(document, styles, fonts)


WRITERS: Mapping[str, Writer] = {
    writer.name: writer
    for writer in (
        Writer("docx", "Word 文档", lambda document, styles, _: write_docx(document, styles)),
        Writer("pdf", "PDF/A 版式文件", _pdf, draws=True),
        Writer("html", "网页", lambda document, styles, _: write_html(document, styles)),
        Writer("txt", "纯文字大纲，便于比对", lambda document, styles, _: write_outline(document)),
    )
}
