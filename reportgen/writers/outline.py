"""The tree as plain text (大纲): what the report says, one line for each thing; the golden form of tests.

Files read back (`review/readback`) give the same lines, so that no writer can drop a thing unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from reportgen.document import (
    Addressee,
    AnnexList,
    AnnexTitle,
    Chart,
    Closing,
    Document,
    Heading,
    Imprint,
    Letterhead,
    Note,
    Paragraph,
    Row,
    Signature,
    Table,
    TextBlock,
    Title,
)
from reportgen.problems import Location, Outcome
from reportgen.styles import HEADING_ROLES, TextRole
from reportgen.writers.imprint import ROLE, imprint_texts
from reportgen.writers.letterhead import head_texts
from reportgen.writers.measure import annex_list_lines
from reportgen.writers.table_rows import row_role, table_texts

SECTION = "节"
LINE_BREAK = "⏎"


def write_outline(document: Document) -> Outcome[bytes]:
    """The outline as UTF-8 text."""
    return Outcome(("\n".join(outline_lines(document)) + "\n").encode())


def outline_lines(document: Document) -> list[str]:
    """The lines of the outline."""
    lines: list[str] = []
    for section in document.sections:
        lines.append(f"{SECTION} {section.orientation.value}")
        for block in section.blocks:
            if isinstance(block, Table):
                lines += [row_line(TextRole.TABLE_HEAD, row) for row in block.head]
                lines += [row_line(row_role(row), row) for row in block.body]
            else:
                lines += [text_line(role, text) for role, text, _ in block_texts(block)]
    return lines


def text_line(role: TextRole, text: str) -> str:
    """One paragraph of the outline."""
    return f"{role.value} {text.replace(chr(10), LINE_BREAK)}"


def row_line(role: TextRole, row: Row) -> str:
    """One table row of the outline; `↓3` covers three rows, `→2` two columns."""
    cells = []
    for cell in row:
        spans = (f" →{cell.col_span}" if cell.col_span > 1 else "") + (
            f" ↓{cell.row_span}" if cell.row_span > 1 else ""
        )
        cells.append(LINE_BREAK.join(cell.paragraphs).replace("\n", LINE_BREAK) + spans)
    return f"{role.value} │ " + " │ ".join(cells)


def role_texts(document: Document) -> Iterator[tuple[TextRole, str, Location | None]]:
    """Every text of the document with its role and its origin."""
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield from table_texts(block)
            else:
                yield from block_texts(block)


def block_texts(block: TextBlock) -> Iterator[tuple[TextRole, str, Location | None]]:
    """Every text of a block with its role and its origin (一块的文字)."""
    match block:
        case Letterhead():
            yield from ((role, text, block.origin) for role, text in head_texts(block))
        case Title():
            yield TextRole.TITLE, "\n".join(block.lines), block.origin
        case Addressee():
            yield TextRole.ADDRESSEE, block.text, block.origin
        case Heading():
            yield HEADING_ROLES[block.level - 1], block.label + block.text + block.body, block.origin
        case Paragraph():
            yield TextRole.BODY, block.text, block.origin
        case Closing():
            yield TextRole.CLOSING, block.text, block.origin
        case AnnexList():
            yield from ((TextRole.ANNEX_LIST, text, block.origin) for text, _, _ in annex_list_lines(block))
        case Signature():
            yield from ((TextRole.ISSUER, issuer, block.origin) for issuer in block.issuers)
            yield TextRole.DATE, block.date, block.origin
        case Note():
            yield TextRole.NOTE, block.text, block.origin
        case Imprint():
            yield from ((ROLE, text, block.origin) for text in imprint_texts(block))
        case AnnexTitle():
            yield TextRole.ANNEX_LABEL, block.entry.label, block.origin
            yield TextRole.ANNEX_TITLE, block.entry.name, block.origin
        case Chart():
            yield TextRole.CHART, block.alt, block.origin
            yield TextRole.CHART_TITLE, block.caption, block.origin
        case _:
            assert_never(block)
